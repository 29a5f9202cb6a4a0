"""The sample plan: what the demo and the acceptance tests rest on."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import bot
from bot.rules.plan import Direction, Kind, Role
from bot.rules.record import State
from bot.workbook import Loaded, Sheet, read_workbook
from bot.workbook.write import write_workbook
from tests.workbook.build import TASK_HEADINGS, UNITS, book

SAMPLE = Path(bot.__file__).parent / "demo" / "ninh-thuan-2025.xlsx"


@pytest.fixture(scope="module")
def sample() -> Loaded:
    return read_workbook(SAMPLE)


def test_everything_is_there_and_nothing_is_wrong(sample: Loaded) -> None:
    kinds = Counter(i.kind for i in sample.plan.items)
    assert sample.problems == ()
    assert kinds == {Kind.TARGET: 44, Kind.TASK: 66}
    assert (len(sample.plan.units), len(sample.plan.pillars), len(sample.plan.people)) == (30, 7, 37)
    assert len(sample.reports) == 156
    assert sample.plan.year == 2025
    assert sample.unknown_units == ()
    assert sample.sheets == set(Sheet) - {Sheet.PLAN, Sheet.HOLIDAYS}


def test_items_stand_in_the_workbooks_order_targets_first(sample: Loaded) -> None:
    wanted = [f"CT{n:02d}" for n in range(1, 45)] + [f"NV{n:02d}" for n in range(1, 67)]
    assert [i.code for i in sample.plan.items] == wanted


def test_a_target_is_read_whole(sample: Loaded) -> None:
    item = sample.plan.item["CT11"]
    assert item.pillar == "DLS"
    assert (item.baseline, item.measure) == (Decimal(6), "giờ")
    assert item.goal is not None
    assert (item.goal.value, item.goal.direction, item.goal.text) == (Decimal(2), Direction.DOWN, "≤ 2")
    assert item.points == (Decimal(5), Decimal(4), Decimal(3), Decimal(2))
    assert (item.start, item.due, item.due_text) == (date(2025, 1, 1), date(2025, 12, 31), None)
    assert item.leads == ("STTTT",)
    assert item.partners[0] == "CAT"


def test_vague_cells_are_read_as_the_contract_says(sample: Loaded) -> None:
    items = sample.plan.item
    assert items["CT30"].goal is not None and items["CT30"].goal.value == 1200  # "≥ 1.200"
    assert items["CT32"].goal is not None and items["CT32"].goal.upper == 55  # "50 - 55"
    assert items["CT39"].points == (Decimal(3000), Decimal(10000), Decimal(18000), Decimal(25000))
    assert items["CT43"].goal is not None and items["CT43"].goal.direction is Direction.DOWN  # "dưới 8"
    assert items["CT26"].baseline is None  # lower is better and nobody counted before
    assert items["CT03"].yes_no and items["CT03"].once
    assert (items["CT10"].due, items["CT10"].due_text) == (None, "Thường xuyên")
    assert (items["CT17"].due, items["CT17"].due_text) == (date(2025, 5, 31), "5/2025")
    assert items["CT34"].leads == ("NHNN", "SGDDT", "SYT")  # separated by line breaks
    assert items["CT07"].partners == ("BACAI", "TBAC", "NSON")  # by commas, by alias


def test_people_and_reports(sample: Loaded) -> None:
    roles = Counter(p.role for p in sample.plan.people)
    assert roles[Role.CHAIR] == 1 and roles[Role.OFFICE] == 2
    blocked = [r for r in sample.reports if r.state is State.BLOCKED]
    assert blocked and all(r.difficulty for r in blocked)
    assert all(r.unit in sample.plan.unit for r in sample.reports)


def test_reading_twice_gives_the_same_reports(sample: Loaded) -> None:
    assert read_workbook(SAMPLE).reports == sample.reports
    assert len({r.id for r in sample.reports}) == 156


def test_its_export_reads_back_unchanged(sample: Loaded) -> None:
    file = io.BytesIO()
    write_workbook(sample.plan, sample.reports, file, calendar=())
    again = read_workbook(file)
    assert again.problems == ()
    assert again.plan == sample.plan
    assert again.reports == sample.reports


def test_ten_thousand_items_are_read() -> None:
    row = ("Một việc của kế hoạch", None, "30/6/2025", "Biên bản", "SYT; Sở TT&TT; Bác Ái", "Sở Văn hóa")
    file = book({"Đơn vị": UNITS, "Nhiệm vụ": (TASK_HEADINGS, *((n, *row) for n in range(1, 10_001)))})
    assert len(read_workbook(file).plan.items) == 10_000
