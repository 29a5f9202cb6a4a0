"""Typed answers to a clarifying question."""

from __future__ import annotations

import pytest

from bot.language import Reader

CODES = ["CT14", "NV23", "NV24"]
LABELS = ["Sở Y tế", "Sở Tư pháp", "Sở Nội vụ"]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("cái thứ hai", 1),
        ("cái đầu tiên", 0),
        ("cái cuối", 2),
        ("2", 1),
        ("số 3", 2),
        ("প্রথমটা", 0),
        ("দ্বিতীয়টা", 1),
        ("শেষেরটা", 2),
        ("২", 1),
        ("NV23", 1),
        ("nv 24", 2),
        ("ct14 nhé", 0),
        ("the second one", 1),
        ("NV05", None),
        ("NV23 70%", None),
        ("NV23 xong", None),
        ("NV23 tới đâu rồi", None),
        ("có 2 việc nào chậm", None),
        ("কাজ ২৩ শেষ", None),
        ("2 xã", None),
        ("7", None),
        ("để mai tính", None),
        ("", None),
    ],
)
def test_which_option_is_meant(reader: Reader, text: str, index: int | None) -> None:
    assert reader.choose(text, CODES) == index


def test_an_option_is_told_by_its_words(reader: Reader) -> None:
    assert reader.choose("tư pháp", LABELS) == 1
    assert reader.choose("sở nội vụ ạ", LABELS) == 2
    assert reader.choose("sở", LABELS) is None


def test_a_whole_new_message_is_no_answer(reader: Reader) -> None:
    assert reader.choose("NV05 được 80% rồi nhưng còn vướng mặt bằng ở hai xã miền núi", CODES) is None
    assert reader.choose("2", []) is None
