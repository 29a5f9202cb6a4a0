"""What a message names that cannot be is noticed, in any writing, and nothing else is."""

from __future__ import annotations

from datetime import date

import pytest

from bot.language.misfits import misfits
from bot.rules.plan import Item, Kind, Plan

START = date(2025, 1, 1)
CODES = ("CT07", "CT11.2", *(f"NV{n:02}" for n in range(1, 67)))
PLAN = Plan(year=2025, items=tuple(Item(code, Kind.TASK, "Nhiệm vụ", START) for code in CODES))


@pytest.mark.parametrize("text", ["NV99 50%", "nv 99 xong", "NV-99", "NV৯৯ শেষ", "báo cáo nv099"])
def test_a_code_that_the_plan_lacks(text: str) -> None:
    assert misfits(text, PLAN).code == "NV99"


@pytest.mark.parametrize("text", ["NV05 60%", "nv 5", "CT11.2 xong", "ct7 93,4%", "12/20 xã", "nvl 99", "2025", ""])
def test_what_the_plan_has_or_what_is_no_code(text: str) -> None:
    assert misfits(text, PLAN).code is None


@pytest.mark.parametrize(("text", "percent"), [("NV20 130%", 130), ("NV20 ১৩০%", 130), ("130 %", 130)])
def test_more_than_the_whole(text: str, percent: int) -> None:
    assert misfits(text, PLAN).percent == percent


@pytest.mark.parametrize("text", ["NV20 100%", "CT07 93,4%", "130 xã", "1.250"])
def test_a_possible_figure(text: str) -> None:
    assert misfits(text, PLAN).percent is None
