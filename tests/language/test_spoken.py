"""Reports by voice and reports that a clerk would not write down unasked, in Vietnamese."""

from __future__ import annotations

import pytest

from bot.language import Languages
from bot.language.numbers import spoken_numbers
from bot.language.phrases import View
from bot.language.text import tokens_of, without_telex
from tests.language.conftest import Say


@pytest.mark.parametrize(
    ("text", "item", "percent"),
    [
        ("nhiệm vụ mười hai sáu mươi phần trăm", "NV12", 60),
        ("nhiệm vụ hai mươi ba mươi phần trăm", "NV20", 30),
        ("nhiệm vụ năm ba mươi phần trăm", "NV05", 30),
        ("nhiệm vụ ba ba bốn lăm phần trăm", "NV33", 45),
        ("nv20 duoc ba muoi lam phan tram", "NV20", 35),
        ("nv20 đạt sáu chục phần trăm", "NV20", 60),
        ("nv20 chín hai phẩy năm phần trăm", "NV20", 92.5),
    ],
)
def test_a_number_told_digit_by_digit_ends_where_the_next_begins(
    say: Say, text: str, item: str, percent: float
) -> None:
    assert say(text) == [{"intent": "update", "sure": True, "item": item, "percent": percent}]


@pytest.mark.parametrize("text", ["NV20 ba bốn phần trăm", "nhiệm vụ ba bảy năm phần trăm"])
def test_digits_that_may_mean_two_things_are_asked_about(say: Say, text: str) -> None:
    assert [act["sure"] for act in say(text)] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "nghe nói NV12 xong rồi",
        "NV12 sẽ đạt 80%",
        "NV12 phấn đấu đạt 80% cuối quý",
        "NV12 mục tiêu 80%",
        "NV12 không được 60%",
        "NV12 làm gì có 60%",
        "NV12 đâu đã xong",
        "NV12 chưa thể xong trong tháng này",
        "NV12 tháng trước 60%",
        "NV12 còn lại 20%",
        "NV12 chậm 20% so với kế hoạch",
        "NV12 đạt 60 đến 70%",
        "NV12 60-70%",
        "NV12 tối thiểu 60%",
        "NV12 giải ngân 60%",
        "NV12 có 60% cán bộ chưa tập huấn",
        "NV12 xong bước khảo sát",
        "NV12 sở y tế đạt 60%",
        "NV12 đừng ghi 60%",
        "nếu không kịp thì xin lùi NV12 đến 30/7",
        "NV12 60% anh Tám bảo vậy chứ tui hổng rành",
    ],
)
def test_what_is_promised_heard_denied_or_only_a_share_is_never_sure(say: Say, text: str) -> None:
    assert not any(act["sure"] for act in say(text) if act["intent"] in ("update", "extend"))


def test_trouble_told_in_one_breath_with_the_figure_is_the_difficulty(say: Say) -> None:
    assert say("nhiệm vụ hai mươi được năm mươi phần trăm bà con chưa hợp tác") == [
        {"intent": "update", "sure": True, "item": "NV20", "percent": 50, "difficulty": "bà con chưa hợp tác"}
    ]


def test_this_year_is_no_number_of_a_task(say: Say) -> None:
    assert say("nhiệm vụ năm nay")[0].get("item") is None


def test_a_weekday_is_no_number_of_a_task(say: Say) -> None:
    act = say("sáng thứ năm 8 giờ nhắc tôi", reply_to="NV12")[0]
    assert (act["item"], act["date"], act["time"]) == ("NV12", "2025-06-19", "08:00")


def test_keys_of_the_telex_keyboard_left_in_a_word_are_no_letters_of_it() -> None:
    assert [without_telex(w) for w in ("tieens", "ddooj", "hoanf", "anh")] == ["tien", "do", "hoan", "anh"]


def test_number_words_of_a_language_without_digit_pairs_stand_apart(languages: Languages) -> None:
    bengali = languages.by_code["bn"]
    view: View = bengali.view(tokens_of("পাঁচ সাত"))
    assert [n.value for n in spoken_numbers(bengali, view)] == [5, 7]
