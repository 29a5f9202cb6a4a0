"""What each clause of a report is: the figure that counts, the trouble, a wish, or only how the report is meant."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rules.acts import Act, Intent
from tests.language.conftest import Say

SURE: dict[str, dict[str, Any]] = {
    # what is planned or was does not count beside what is
    "CT22 phải đạt 90%, hiện tại mới 51,8%": {"item": "CT22", "value": 51.8},
    "CT22 er target 98 kintu amra 92.1 e": {"item": "CT22", "value": 92.1},
    "NV20 ৫০% হওয়ার কথা ছিল, হইছে মাত্র ২৫%": {"item": "NV20", "percent": 25},
    "CT22 ৫৫% ছিল গত মাসে, এখন ৫৭%": {"item": "CT22", "value": 57},
    # a denial is no difficulty
    "NV20 đâu có xong, mới 35%": {"item": "NV20", "percent": 35},
    "এয়ারপোর্ট না, NV20 ৭৫%": {"item": "NV20", "percent": 75},
    "NV20 ổn, đang chạy": {"item": "NV20", "state": "in_progress"},
    # trouble between the figure and the wish, and trouble that names what the bot does not do
    "NV20 được 40%, sạt lở chưa thông, kính mong tỉnh cho mượn xe": {
        "item": "NV20",
        "percent": 40,
        "difficulty": "sạt lở chưa thông",
        "proposal": "tỉnh cho mượn xe",
    },
    "NV20: kính bị mờ, học sinh chóng mặt; đề nghị mua loại khác": {
        "item": "NV20",
        "difficulty": "kính bị mờ, học sinh chóng mặt",
        "proposal": "mua loại khác",
    },
    "xin bổ sung 2 tủ điện dự phòng, nv20 dc 90%": {
        "item": "NV20",
        "percent": 90,
        "proposal": "2 tủ điện dự phòng",
    },
    "NV20 không còn vướng gì nữa, đạt 76%": {"item": "NV20", "percent": 76},
    "NV20: ৯৭% হয়েছে। সমস্যা: ছবি তোলার লোক নেই": {"item": "NV20", "percent": 97, "difficulty": "ছবি তোলার লোক নেই"},
}


@pytest.mark.parametrize(("text", "slots"), SURE.items())
def test_a_report_of_several_clauses_is_read_whole(say: Say, text: str, slots: dict[str, Any]) -> None:
    assert say(text) == [{"intent": "update", "sure": True, **slots}]


def test_what_is_told_between_the_figure_and_the_wish_is_not_lost(say: Say) -> None:
    (act,) = say("NV20 được 40%, đường lên núi đi chẳng xong, mong tỉnh cho mượn xe cơ giới")
    assert (act["difficulty"], act["sure"]) == ("đường lên núi đi chẳng xong", True)


def test_a_clause_that_ends_with_a_wish_is_the_proposal(say: Say) -> None:
    (act,) = say("NV20 ৯০%, দুইটা ব্যাকআপ ব্যাটারি লাগবে")
    assert (act["percent"], act["proposal"]) == (90, "দুইটা ব্যাকআপ ব্যাটারি লাগবে")
    (act,) = say("nv30 70% hoyeche kintu lok nai, aro 2 jon lagbe")
    assert (act["difficulty"], act["proposal"]) == ("lok nai", "aro 2 jon lagbe")


@pytest.mark.parametrize("text", ["NV20 ৭০ ভাগ কাজ শেষ, বাকিটা সামনের মাসে", "NV20 chưa bắt đầu, tuần sau mới họp"])
def test_what_is_planned_is_no_trouble(say: Say, text: str) -> None:
    (act,) = say(text)
    assert "difficulty" not in act


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("CT08 6 nghìn 2 trăm trạm ạ", {"item": "CT08", "value": 6200}),
        ("NV20 80% rồi a nhé", {"item": "NV20", "percent": 80}),
        ("NV20 80% nhé chị Hà", {"item": "NV20", "percent": 80}),
        ("NV20 lắp được 80% rồi đó mn", {"item": "NV20", "percent": 80}),
        ("NV20 80%, khách duyệt rồi", {"item": "NV20", "percent": 80}),
    ],
)
def test_names_deeds_and_settled_matters_raise_no_doubt(say: Say, text: str, told: dict[str, Any]) -> None:
    assert say(text) == [{"intent": "update", "sure": True, **told}]


def test_stuck_at_a_figure_is_no_stop(say: Say) -> None:
    (act,) = say("CT22 সেই ৭৯% এই আটকে আছে, ওয়ার্ডগুলো ফাইল জমা দেয়নি")
    assert (act["value"], act["difficulty"], "state" in act) == (79, "ওয়ার্ডগুলো ফাইল জমা দেয়নি", False)


def test_a_port_is_no_stop(say: Say) -> None:
    (act,) = say("NV20 বন্দরে ৬০%")
    assert (act["percent"], "state" in act) == (60, False)


def test_done_but_something_not_yet_goes_on(say: Say) -> None:
    (act,) = say("NV20 in xong rồi nhưng chưa phát")
    assert (act["state"], act["sure"]) == ("in_progress", False)


def test_trouble_that_names_an_item_by_the_way_is_the_trouble_of_the_one_reported(say: Say) -> None:
    (act,) = say("học bạ số đạt 62%; khó khăn là bệnh án điện tử còn thiếu 3 mã; kiến nghị tỉnh cấp bổ sung")
    assert act["difficulty"] == "bệnh án điện tử còn thiếu 3 mã"


@pytest.mark.parametrize("text", ["NV20 80% chưa dùng", "NV20 80% không sử dụng", "NV20 ৮০% ব্যবহার করে না"])
def test_what_is_not_used_is_asked_about(say: Say, text: str) -> None:
    assert [act["sure"] for act in say(text)] == [False]


def test_a_mason_is_no_history(say: Say) -> None:
    (act,) = say("NV20 ৩০%, একজন মিস্ত্রি পাঠান")
    assert (act["percent"], act["proposal"]) == (30, "একজন মিস্ত্রি পাঠান")


def test_a_figure_alone_names_no_item_though_a_title_has_it(say: Say) -> None:
    (act,) = say("đăng ký đất đai CSDL đang triển khai, 15% rồi")  # CT33 counts people from 15 years on
    assert (act["item"], act["value"]) == ("CT15", 15)


def test_a_reason_may_hold_a_bengali_case_ending(say: Say) -> None:
    (act,) = say("nv20 ta 15 september porjonto extend koren, tower er jinish pahar e tola jay na")
    assert act["reason"] == "tower er jinish pahar e tola jay na"


def test_a_figure_is_no_small_talk(say: Say) -> None:
    assert say("ok 100% rồi", reply_to="NV20") == [{"intent": "update", "sure": True, "item": "NV20", "percent": 100}]


def test_a_report_on_what_was_spoken_of_may_tell_of_money(say: Say) -> None:
    (act,) = say("এটা বন্ধ, টাকা ছাড় হয়নি", previous=Act(Intent.DETAIL, {"item": "NV30"}))
    assert (act["item"], act["state"], act["difficulty"]) == ("NV30", "blocked", "টাকা ছাড় হয়নি")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("nv54,55 và 57 xong hết rồi", ["NV54", "NV55", "NV57"]),
        ("NV20, 21 đã xong", ["NV20", "NV21"]),
        ("nhiệm vụ 20 và 21 đều xong", ["NV20", "NV21"]),
        ("কাজ ২০ ও ২১ শেষ", ["NV20", "NV21"]),
        ("NV20 ও ২১ এর অবস্থা কী", ["NV20", "NV21"]),
        ("NV20, 60%", ["NV20"]),
        ("NV20, 21% xong", ["NV20"]),
        ("NV20, 30 hồ sơ xong", ["NV20"]),
    ],
)
def test_codes_may_share_one_prefix(say: Say, text: str, codes: list[str]) -> None:
    assert [act["item"] for act in say(text)] == codes


def test_stations_without_marks_are_no_hundreds(say: Say) -> None:
    (act,) = say("CT08 được 52 tram rồi")
    assert act["value"] == 52


def test_a_figure_that_is_denied_at_the_end_is_asked_about(say: Say) -> None:
    (act,) = say("NV20 đã 80% đâu")
    assert not act["sure"]
