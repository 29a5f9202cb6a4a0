"""What a message takes from the act before it: a question that is whole by itself takes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rules.acts import Act, Intent
from tests.language.conftest import Say

JUNE = {"from": "2025-06-01", "to": "2025-06-30"}
BLOCKED = Act(Intent.LIST, {"kind": "task", "state": "blocked"})
DONE = Act(Intent.COUNT, {"kind": "task", "state": "done"})
WORST = Act(Intent.RANKING, {"order": "worst"})


@pytest.mark.parametrize(
    ("text", "previous", "act"),
    [
        (
            "ei mashe kon kaj er somoy shesh",
            Act(Intent.SILENT, {}),
            {"intent": "list", "kind": "task", "state": "due", "period": JUNE},
        ),
        ("shastho bibhag er ki ki pichiye ache", DONE, {"intent": "list", "state": "behind", "unit": "SYT"}),
        (
            "sở y tế còn việc nào chậm",
            DONE,
            {"intent": "list", "kind": "task", "state": "behind", "unit": "SYT"},
        ),
        ("sở y tế thế nào rồi", DONE, {"intent": "summary", "unit": "SYT"}),
    ],
)
def test_a_whole_question_takes_nothing_from_the_one_before(
    say: Say, text: str, previous: Act, act: dict[str, Any]
) -> None:
    assert say(text, previous=previous) == [{"sure": True, **act}]


@pytest.mark.parametrize("text", ["ct99 sao rồi", "nv 99 sao rồi", "ct99 xong chưa", "CT99 এর কী অবস্থা"])
def test_an_unknown_code_is_no_filter(say: Say, text: str) -> None:
    assert [act["intent"] for act in say(text, previous=BLOCKED)] == ["none"]
    assert [act["intent"] for act in say(text)] == ["none"]


@pytest.mark.parametrize(
    ("text", "previous", "act"),
    [
        ("còn Sở Y tế?", BLOCKED, {"intent": "list", "kind": "task", "state": "blocked", "unit": "SYT"}),
        ("আর স্বাস্থ্য বিভাগ?", BLOCKED, {"intent": "list", "kind": "task", "state": "blocked", "unit": "SYT"}),
        ("chỉ tiêu thì sao", DONE, {"intent": "count", "kind": "target", "state": "done"}),
        ("còn Sở Y tế thì sao?", WORST, {"intent": "summary", "unit": "SYT"}),
        ("আর স্বাস্থ্য বিভাগ?", WORST, {"intent": "summary", "unit": "SYT"}),
        (
            "gửi cái đó ra excel",
            Act(Intent.SUMMARY, {"unit": "SYT", "period": JUNE}),
            {"intent": "export", "format": "xlsx", "unit": "SYT", "period": JUNE},
        ),
    ],
)
def test_a_follow_up_keeps_what_it_does_not_say(say: Say, text: str, previous: Act, act: dict[str, Any]) -> None:
    assert say(text, previous=previous) == [{"sure": True, **act}]


@pytest.mark.parametrize("text", ["DTI", "dti den dau r"])
def test_a_word_of_several_titles_is_asked_about(say: Say, text: str) -> None:
    (act,) = say(text)
    assert (act["intent"], act["sure"], set(act["candidates"])) == ("detail", False, {"CT02", "NV03", "NV04"})


@pytest.mark.parametrize("text", ["so sánh sở y tế với sở nội vụ", "so sanh so y te va so noi vu"])
def test_units_that_are_compared_are_each_told_of(say: Say, text: str) -> None:
    assert say(text) == [{"intent": "summary", "sure": True, "unit": unit} for unit in ("SYT", "SNV")]


@pytest.mark.parametrize("text", ["ভাষা বদলান", "đổi ngôn ngữ", "change language"])
def test_a_language_that_is_not_named_is_asked_for(say: Say, text: str) -> None:
    assert say(text) == [{"intent": "language", "sure": False}]


def test_why_the_speaker_cannot_report_is_no_question_about_others(say: Say) -> None:
    assert [act["intent"] for act in say("không báo cáo được vì mất mạng")] == ["none"]


def test_teencode_for_what_is_left(say: Say) -> None:
    assert say("dv minh con j chua xong") == [{"intent": "list", "sure": True, "state": "not_done", "mine": True}]


def test_the_most_urgent_tasks_are_those_that_fall_due(say: Say) -> None:
    assert say("3 việc gấp nhất là gì") == [{"intent": "list", "sure": True, "kind": "task", "state": "due"}]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("nv12 tháng trước báo gì", {"from": "2025-05-01", "to": "2025-05-31"}),
        ("NV05 tuần trước báo cáo gì", {"from": "2025-06-09", "to": "2025-06-15"}),
    ],
)
def test_the_number_of_a_code_counts_no_weeks_or_months(say: Say, text: str, period: dict[str, str]) -> None:
    (act,) = say(text)
    assert (act["intent"], act["period"]) == ("history", period)


def test_the_head_of_a_table_is_not_the_head_of_a_month(say: Say) -> None:
    (act,) = say("đơn vị nào đứng đầu tháng 5")
    assert act["period"] == {"from": "2025-05-01", "to": "2025-05-31"}


@pytest.mark.parametrize("text", ["còn Sở Y tế?", "আর স্বাস্থ্য বিভাগ?"])
@pytest.mark.parametrize("intent", [Intent.UPDATE, Intent.DETAIL, Intent.DEADLINE])
def test_a_unit_after_an_item_is_told_of_as_a_whole(say: Say, text: str, intent: Intent) -> None:
    assert say(text, previous=Act(intent, {"item": "NV05"})) == [{"sure": True, "intent": "summary", "unit": "SYT"}]
