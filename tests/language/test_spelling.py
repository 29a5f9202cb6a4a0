"""Slips of the finger."""

from __future__ import annotations

import pytest

from bot.language.spelling import Spelling
from tests.language.conftest import Say


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("NV05 hoàn thnàh 70%", "update"),
        ("cho bnả pdf của Sở Nội vụ nha", "export"),
        ("lietj kê nhiệm vụ quá hạn", "list"),
        ("পিছিযে থাকা লক্ষমাত্রা গুলা দেকান তো", "list"),
        ("NV05 সম্পনন হয়েছে", "update"),
    ],
)
def test_a_slip_does_not_hide_the_meaning(say: Say, text: str, intent: str) -> None:
    assert [act["intent"] for act in say(text)] == [intent]


def test_the_one_near_word_is_found() -> None:
    spelling = Spelling({"thanh", "nhanh", "complete"}, 4)
    assert spelling.near("thnah") == "thanh"
    assert spelling.near("complte") == "complete"
    assert spelling.near("completee") == "complete"
    assert spelling.near("xyzzy") is None


def test_several_near_words_are_none() -> None:
    assert Spelling({"target", "tarred"}, 4).near("tarret") is None
