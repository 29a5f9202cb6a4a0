"""Yes and no, as people type them; anything more is no answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.language.answers import Answers

LOCALES = Path(__file__).parents[2] / "locales"


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers.load(LOCALES)


@pytest.mark.parametrize(
    "text",
    [
        "đúng",
        "Đúng rồi ạ",
        "dung roi",
        "ok",
        "OKKKK",
        "vâng ạ",
        "ừ ghi đi em",
        "হ্যাঁ",
        "হ্যাঁ, ঠিক আছে",
        "জি স্যার",
        "ji thik ache",
        "yes please",
    ],
)
def test_yes(answers: Answers, text: str) -> None:
    assert answers.read(text) is True


@pytest.mark.parametrize("text", ["không", "ko", "sai rồi em", "thôi bỏ qua", "না", "ভুল হয়েছে", "na", "no"])
def test_no(answers: Answers, text: str) -> None:
    assert answers.read(text) is False


@pytest.mark.parametrize(
    "text", ["", "NV20 70%", "đúng là NV20 chậm", "ok NV05 xong", "হ্যাঁ কাজ ৫ শেষ", "không biết ai phụ trách", "70%", "👍"]
)
def test_anything_else_is_no_answer(answers: Answers, text: str) -> None:
    assert answers.read(text) is None
