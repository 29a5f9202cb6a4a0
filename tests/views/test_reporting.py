"""The card of a report as an official reads it, in both languages; its questions, and why something was refused."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from bot.rules.acts import Act, Intent
from bot.rules.plan import Direction, Goal, Item, Kind, Plan, Unit
from bot.rules.record import NO_FACTS, Facts, Report, State
from bot.rules.reporting import Asked, Doubt, Filed, Line, Refusal, Refused
from bot.rules.standing import standing_of
from bot.services.reporting import Undone
from bot.views.reporting import (
    DOUBTS,
    REFUSALS,
    edit_prompt,
    filed_screen,
    reading_label,
    refusal,
    undone_screen,
    which_report,
)
from bot.views.screen import TEXT_LIMIT, length
from bot.views.words import Words, load_words

ROOT = Path(__file__).parents[2]
TODAY = date(2025, 6, 18)
START, DUE = date(2025, 1, 1), date(2025, 12, 31)
TASK = Item("NV05", Kind.TASK, "Xây dựng kho dữ liệu", START, name_bn="উপাত্ত ভাণ্ডার নির্মাণ", due=DUE, leads=("SYT",))
TARGET = Item(
    "CT07",
    Kind.TARGET,
    "Tỷ lệ hồ sơ trực tuyến",
    START,
    name_bn="অনলাইন আবেদনের হার",
    measure="%",
    goal=Goal("≥ 80%", Decimal(80)),
    baseline=Decimal(0),
    due=DUE,
    leads=("SYT",),
)
YES_NO = replace(TARGET, code="CT08", goal=Goal("Ban hành"), measure=None)
DOWN = replace(TARGET, code="CT09", measure="vùng", goal=Goal("≤ 2", Decimal(2), direction=Direction.DOWN))
PLAN = Plan(2025, units=(Unit("SYT", "Sở Y tế <&>", "স্বাস্থ্য বিভাগ"),), items=(TARGET, YES_NO, DOWN, TASK))


@pytest.fixture(scope="module")
def languages() -> dict[str, Words]:
    return load_words(ROOT / "locales")


def line(item: Item, old: Facts, new: Facts, **said: Any) -> Line:
    report = Report("r1", item.code, TODAY, at=datetime(2025, 6, 18, 2, tzinfo=UTC), **said)
    return Line(report, old, new, standing_of(item, old, TODAY), standing_of(item, new, TODAY))


def task_line(**said: Any) -> Line:
    old = Facts(percent=Decimal(20), percent_on=TODAY, last_on=TODAY)
    return line(TASK, old, replace(old, percent=Decimal(60)), percent=Decimal(60), **said)


def card(words: Words, *lines: Line) -> str:
    """The card's text as its reader sees it."""
    return plain(filed_screen(words, PLAN, Filed(lines)).text)


def plain(text: Markup) -> str:
    return str(Markup(re.sub("</?b>", "", text)).unescape())


def test_a_card_in_vietnamese(languages: dict[str, Words]) -> None:
    said = task_line(difficulty="thiếu kinh phí", proposal="duyệt dự toán")
    assert card(languages["vi"], said) == (
        "Đã ghi nhận:\n\n"
        "NV05 Xây dựng kho dữ liệu\n"
        "20% → 60%\n"
        "🟠 chậm tiến độ → 🟢 đúng tiến độ\n"
        "Khó khăn: thiếu kinh phí\n"
        "Đề xuất: duyệt dự toán"
    )


def test_a_card_in_bengali(languages: dict[str, Words]) -> None:
    text = card(languages["bn"], task_line(difficulty="বরাদ্দ নেই"))
    assert text.startswith("নথিভুক্ত হয়েছে:\n\nNV05 উপাত্ত ভাণ্ডার নির্মাণ\n২০% → ৬০%\n🟠 পিছিয়ে → 🟢 ")
    assert text.endswith("অসুবিধা: বরাদ্দ নেই")
    assert not re.search("[0-9]", text.replace("NV05", ""))


def test_a_card_can_be_undone_and_edited_and_knows_what_it_is_about(languages: dict[str, Words]) -> None:
    screen = filed_screen(languages["vi"], PLAN, Filed((task_line(),)))
    assert [(b.label, b.data) for row in screen.rows for b in row] == [("Hoàn tác", "undo"), ("Sửa", "edit")]
    assert screen.about is not None
    assert (screen.about.items, screen.about.reports) == (("NV05",), ("r1",))


def test_blocked_evidence_and_corrections_are_said(languages: dict[str, Words]) -> None:
    said = task_line(state=State.BLOCKED, evidence=2, corrects="r0")
    text = card(languages["vi"], said)
    assert "đang tạm dừng" in text
    assert "Minh chứng: 2 tệp" in text
    assert "Báo cáo này thay cho báo cáo trước; lịch sử vẫn lưu cả hai." in text
    assert "প্রমাণ: ২টি ফাইল" in card(languages["bn"], said)


def test_words_of_the_speaker_are_kept_escaped_and_cut(languages: dict[str, Words]) -> None:
    screen = filed_screen(languages["vi"], PLAN, Filed((task_line(difficulty="<b>vướng</b> & " + "dài " * 200),)))
    assert "&lt;b&gt;vướng&lt;/b&gt; &amp; dài" in screen.text
    assert screen.text.endswith("dài…")


def test_a_target_that_is_only_said_to_be_done_asks_for_its_value(languages: dict[str, Words]) -> None:
    old = Facts(value=Decimal("61.5"), value_on=TODAY, last_on=TODAY)
    done = line(TARGET, old, replace(old, state=State.DONE), state=State.DONE)
    share = line(TARGET, old, replace(old, percent=Decimal(90)), percent=Decimal(90))
    assert "anh/chị vui lòng gửi, ví dụ “CT07 80%”" in card(languages["vi"], done)
    assert "90% khối lượng công việc (số liệu đo được vẫn là: 61,5%)" in card(languages["vi"], share)
    assert "কাজের ৯০% (পরিমাপ করা মান আগের মতোই: ৬১.৫%)" in card(languages["bn"], share)


def test_many_items_make_one_card_within_telegrams_limit(languages: dict[str, Words]) -> None:
    lines = tuple(task_line(difficulty="khó " * 70) for _ in range(60))
    for words in languages.values():
        screen = filed_screen(words, PLAN, Filed(lines))
        assert length(screen.text) <= TEXT_LIMIT
        assert screen.text.endswith("…")


# ---------------------------------------------------------------- refusals and questions


@pytest.mark.parametrize("lang", ["vi", "bn"])
@pytest.mark.parametrize("reason", Refusal)
def test_every_refusal_names_the_item_or_says_what_to_write(
    languages: dict[str, Words], lang: str, reason: Refusal
) -> None:
    known = reason not in (Refusal.NO_ITEM, Refusal.NO_SUCH_ITEM)
    text = plain(refusal(languages[lang], PLAN, Refused(reason, "NV05" if known else None, "NV99")))
    assert REFUSALS[reason] not in text
    assert "{" not in text
    if known:
        assert text.split("\n")[0] == f"NV05 {TASK.name(lang)}"
    else:
        assert "NV05 60%" in text or "NV05 ৬০%" in text or "NV99" in text


def test_refusals_tell_one_from_the_other(languages: dict[str, Words]) -> None:
    texts = {refusal(languages["vi"], PLAN, Refused(reason, "NV05", "NV99")) for reason in Refusal}
    assert len(texts) == len(Refusal)


def test_an_item_of_another_unit_says_whose_it_is(languages: dict[str, Words]) -> None:
    raw = refusal(languages["vi"], PLAN, Refused(Refusal.NOT_YOURS, "NV05"))
    assert "do Sở Y tế &lt;&amp;&gt; chủ trì" in raw
    assert "স্বাস্থ্য বিভাগ" in refusal(languages["bn"], PLAN, Refused(Refusal.NOT_YOURS, "NV05"))


@pytest.mark.parametrize(("item", "value"), [(TARGET, 40), (DOWN, 9)])
def test_a_step_back_is_called_so_whichever_way_the_target_moves(
    languages: dict[str, Words], item: Item, value: int
) -> None:
    asked = Asked(Doubt.BACKWARDS, (Act(Intent.UPDATE, {"item": item.code, "value": value}),))
    text = plain(filed_screen(languages["vi"], PLAN, Filed(asked=asked, question="q1"), Markup("61,5%")).text)
    assert text == f"{item.code} Tỷ lệ hồ sơ trực tuyến\nSố liệu này lùi so với số đã ghi nhận (61,5%). Vẫn ghi nhận?"


@pytest.mark.parametrize("doubt", Doubt)
def test_a_question_offers_its_readings_and_none_of_them(languages: dict[str, Words], doubt: Doubt) -> None:
    readings = (
        Act(Intent.UPDATE, {"item": "CT07", "value": 62.5}),
        Act(Intent.UPDATE, {"item": "NV05", "percent": 62.5, "state": "in_progress"}),
    )
    screen = filed_screen(languages["bn"], PLAN, Filed(asked=Asked(doubt, readings), question="q1"), Markup("৫%"))
    assert [row[0].data for row in screen.rows] == ["pick:q1:0", "pick:q1:1", "drop:q1"]
    assert screen.rows[0][0].label == "CT07 · ৬২.৫% · অনলাইন আবেদনের হার"
    assert screen.rows[1][0].label.startswith("NV05 · ৬২.৫% · ")
    assert screen.rows[2][0].label == "কোনোটিই নয়"
    assert DOUBTS[doubt] not in screen.text


def test_a_reading_on_a_button_is_short_and_says_what_would_be_written(languages: dict[str, Words]) -> None:
    long = Plan(2025, items=(replace(TASK, name_vi="Việc rất dài " * 20),))
    text = reading_label(languages["vi"], long, Act(Intent.UPDATE, {"item": "NV05", "state": "done"}))
    assert text.startswith("NV05 · đã báo cáo hoàn thành · Việc rất dài")
    assert len(text) <= 60
    assert reading_label(languages["vi"], PLAN, Act(Intent.UPDATE, {"item": "CT08", "value": 1})).startswith(
        "CT08 · đạt"
    )


# ---------------------------------------------------------------- undo and edit


def test_undoing_shows_the_figure_that_counts_again(languages: dict[str, Words]) -> None:
    back = replace(task_line(), old=Facts(percent=Decimal(60)), new=Facts(percent=Decimal(20)))
    assert plain(undone_screen(languages["vi"], PLAN, Undone((back,))).text) == (
        "Đã hoàn tác. Lịch sử vẫn lưu đây là báo cáo đã rút lại.\n\nNV05 Xây dựng kho dữ liệu\n60% → 20%"
    )


def test_what_cannot_be_undone_says_why(languages: dict[str, Words]) -> None:
    nothing, late, done = Undone(), Undone(too_late=True), Undone(already=True)
    texts = [undone_screen(languages["vi"], PLAN, one).text for one in (nothing, late, done)]
    assert "không có báo cáo nào để hoàn tác" in texts[0]
    assert "trong vòng một ngày" in texts[1]
    assert "đã được hoàn tác hoặc sửa trước đó" in texts[2]


def test_editing_asks_for_the_right_words(languages: dict[str, Words]) -> None:
    assert "“৬০%”" in edit_prompt(languages["bn"], ("NV05", "CT07"), ("a", "b")).text
    assert "NV05</b>, <b>CT07" in edit_prompt(languages["vi"], ("NV05", "CT07"), ("a", "b")).text


def test_a_lone_photo_is_asked_about_without_another_plans_codes(languages: dict[str, Words]) -> None:
    assert not re.search(r"\d", which_report(languages["vi"]))


def test_nothing_on_record_is_said_in_words(languages: dict[str, Words]) -> None:
    first = line(TARGET, NO_FACTS, Facts(value=Decimal(10), value_on=TODAY, last_on=TODAY), value=Decimal(10))
    assert "chưa có số đo → 10%" in card(languages["vi"], first)
