"""Makes workbooks for the tests: sheets as lists of rows, the way people type them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.rules.plan import Item, Plan
from bot.workbook import Loaded, Problem, ProblemCode, read_workbook

Rows = Sequence[Sequence[Any]]

UNITS: Rows = (
    ("Mã", "Tên đơn vị", "নাম", "Tên khác", "Loại", "Trực thuộc", "Thành viên"),
    ("STTTT", "Sở Thông tin và Truyền thông", "তথ্য ও যোগাযোগ বিভাগ", "Sở TT&TT; TTTT", "department"),
    ("SYT", "Sở Y tế", "স্বাস্থ্য বিভাগ", "Y tế", "department"),
    ("SVHTTDL", "Sở Văn hóa, Thể thao và Du lịch", "সংস্কৃতি বিভাগ", "Sở Văn hóa", "department"),
    ("BACAI", "UBND huyện Bác Ái", "বাক আই", "Bác Ái", "locality"),
    ("TBAC", "UBND huyện Thuận Bắc", "থুয়ান বাক", "Thuận Bắc", "locality"),
)
PILLARS: Rows = (
    ("code", "name_vi", "name_bn"),
    ("HTS", "Hạ tầng số", "ডিজিটাল অবকাঠামো"),
    ("CQS", "Chính quyền số", "ডিজিটাল সরকার"),
)
TARGET_HEADINGS = ("TT", "Chỉ tiêu", "ĐVT", "Hiện trạng", "Kế hoạch", "Thời hạn", "Chủ trì", "Phối hợp")
TASK_HEADINGS = ("TT", "Nhiệm vụ", "Chỉ tiêu", "Thời hạn", "Sản phẩm", "Chủ trì", "Phối hợp")
TASK_ROW = (1, "Lắp đặt trạm", None, "30/6/2025", "Biên bản", "SYT", None)


def book(sheets: Mapping[str, Rows], finish: Callable[[Workbook], None] | None = None) -> io.BytesIO:
    """A workbook file with these sheets; `finish` may merge cells or set formats before it is saved."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet: Worksheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.data_type == "f":
                    cell.data_type = "s"  # a text that begins with "=", not a formula
    if finish:
        finish(made)
    file = io.BytesIO()
    made.save(file)
    file.seek(0)
    return file


def load(sheets: Mapping[str, Rows], finish: Callable[[Workbook], None] | None = None, **how: Any) -> Loaded:
    return read_workbook(book(sheets, finish), **how)


def load_targets(*rows: Sequence[Any], headings: Sequence[Any] = TARGET_HEADINGS, **how: Any) -> Loaded:
    """A workbook with known units and these rows of targets; the year is 2025 unless said."""
    return load({"Đơn vị": UNITS, "Lĩnh vực": PILLARS, "Chỉ tiêu": (headings, *rows)}, **({"year": 2025} | how))


def load_tasks(*rows: Sequence[Any], headings: Sequence[Any] = TASK_HEADINGS, **how: Any) -> Loaded:
    return load({"Đơn vị": UNITS, "Lĩnh vực": PILLARS, "Nhiệm vụ": (headings, *rows)}, **({"year": 2025} | how))


def target(goal: Any, baseline: Any = None, due: Any = "2025", measure: Any = None) -> Item:
    """One target with this goal, as read; the workbook must be free of errors."""
    loaded = load_targets((1, "Một chỉ tiêu", measure, baseline, goal, due, "SYT"))
    assert loaded.problems == ()
    return loaded.plan.items[0]


def codes(problems: Sequence[Problem]) -> list[ProblemCode]:
    return [p.code for p in problems]


def only(problems: Sequence[Problem], code: ProblemCode) -> Problem:
    """The one problem of this code."""
    found = [p for p in problems if p.code == code]
    assert len(found) == 1, problems
    return found[0]


def by_code(plan: Plan) -> dict[str, Item]:
    return {i.code: i for i in plan.items}
