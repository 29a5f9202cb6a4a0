"""Two more sheets of the exported workbook: where every item stands, and the official classes by unit.

They are for people only: loading the file back leaves them alone.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from bot.rules.answers import Entry
from bot.rules.calendar import DayOverride
from bot.rules.figures import Meeting, UnitClasses
from bot.rules.plan import Plan
from bot.rules.record import Report
from bot.rules.standing import OfficialClass, Status
from bot.views.asking_words import reason, unit_name
from bot.views.items import goal, status_word
from bot.views.pictures.words import plain
from bot.views.words import N_, Words
from bot.workbook.write import plan_book

Value = str | Decimal | date | int | None

FILLS: Mapping[Status, str] = {
    Status.DONE: "A9DFBF",
    Status.ON_TRACK: "D5F5E3",
    Status.AT_RISK: "FCF3B0",
    Status.BEHIND: "F9CB9C",
    Status.OVERDUE: "F1948A",
    Status.NO_DATA: "D5D8DC",
}
# The headings of the first sheet with their widths in characters.
STANDINGS: Mapping[str, int] = {
    N_("Code"): 10,
    N_("Kind"): 12,
    N_("Item"): 42,
    N_("Field of work"): 20,
    N_("Led by"): 24,
    N_("Due"): 12,
    N_("Standing"): 18,
    N_("Achieved (%)"): 12,
    N_("Expected (%)"): 12,
    N_("Gap (points)"): 12,
    N_("Latest figure"): 14,
    N_("Goal"): 18,
    N_("Last report"): 12,
    N_("Why"): 36,
    N_("Difficulty"): 30,
    N_("Proposal"): 30,
}
STATUS_COLUMN = 7
HEAD_HEIGHT, LINE_HEIGHT = 34.0, 15.0  # points: two lines of a heading, one line of a row
CLASSES: Mapping[OfficialClass, str] = {
    OfficialClass.DONE_ON_TIME: N_("Done on time"),
    OfficialClass.DONE_LATE: N_("Done late"),
    OfficialClass.OPEN_IN_TIME: N_("Not done, within the deadline"),
    OfficialClass.OPEN_OVERDUE: N_("Not done, overdue"),
}


def standing_workbook(
    words: Words, plan: Plan, reports: Iterable[Report], calendar: Iterable[DayOverride], meeting: Meeting
) -> bytes:
    """The plan's workbook with both sheets, as a file's bytes. Takes seconds for a large plan: run it in a thread."""
    book = plan_book(plan, reports, calendar=calendar)
    add_standing_sheets(book, words, plan, meeting)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def add_standing_sheets(book: Workbook, words: Words, plan: Plan, meeting: Meeting) -> None:
    """Put both sheets at the end of a write-only workbook, in the reader's language."""
    names = [plain(words.say(head)) for head in STANDINGS]
    sheet = _sheet(book, plain(words.say("Progress")), names, tuple(STANDINGS.values()))
    for row, entry in enumerate(meeting.entries, 2):
        cells = _entry_cells(sheet, words, plan, entry)
        sheet.row_dimensions[row].height = _height(cells)
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{len(meeting.entries) + 1}"
    heads = (N_("Unit"), N_("Items"), *CLASSES.values())
    units = _sheet(book, plain(words.say("Units")), [plain(words.say(h)) for h in heads], (44, 10, 14, 14, 16, 16))
    for unit in meeting.units:
        units.append([_cell(units, value) for value in _unit_values(words, plan, unit)])


def _sheet(book: Workbook, title: str, heads: Sequence[str], widths: Sequence[int]) -> Any:
    """A sheet with frozen headings, printed sideways on the width of a page, the headings on every page."""
    sheet: Any = book.create_sheet(title)  # the stubs know a write-only sheet by half only
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.row_dimensions[1].height = HEAD_HEIGHT
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 8  # A3, as offices print their annexes
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.append([_head(sheet, text) for text in heads])
    return sheet


def _head(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor="1F4E78")
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.border = Border(bottom=Side("thin", color="999999"))
    return cell


def _height(cells: Sequence[Cell | None]) -> float:
    """Points that the longest wrapped text takes: not every program finds a row's height by itself."""
    texts = zip((str(c.value) if c is not None else "" for c in cells), STANDINGS.values(), strict=True)
    return LINE_HEIGHT * max(math.ceil(len(text) / (width - 2)) for text, width in texts)


def _entry_cells(sheet: WriteOnlyWorksheet, words: Words, plan: Plan, entry: Entry) -> list[Cell | None]:
    cells = [_cell(sheet, value) for value in _entry_values(words, plan, entry)]
    marked = cells[STATUS_COLUMN - 1]
    assert marked is not None  # every item stands somewhere
    marked.fill = PatternFill("solid", fgColor=FILLS[entry.standing.status])
    return cells


def _entry_values(words: Words, plan: Plan, entry: Entry) -> Iterable[Value]:
    item, facts, standing = entry.item, entry.facts, entry.standing
    pillar = plan.pillar.get(item.pillar or "")
    achieved, expected = standing.achieved, standing.expected
    known = achieved is not None and expected is not None
    return (
        item.code,
        plain(words.say("target") if item.is_target else words.say("task")),
        item.name(words.lang),
        pillar.name(words.lang) if pillar else None,
        "; ".join(unit_name(words, plan, code) for code in item.leads),
        item.approved_due,
        plain(status_word(words, standing.status, target=item.is_target)),
        None if achieved is None else round(achieved, 1),
        None if expected is None else round(expected, 1),
        round(standing.gap, 1) if known else None,
        facts.value if item.is_target else facts.percent,
        plain(goal(words, item)),
        facts.last_on,
        plain(reason(words, entry, figures=False)),
        facts.difficulty,
        facts.proposal,
    )


def _unit_values(words: Words, plan: Plan, unit: UnitClasses) -> Iterable[Value]:
    return unit_name(words, plan, unit.unit), unit.total, *(unit.by_class.get(cls, 0) for cls in CLASSES)


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> Cell | None:
    """A cell; a text stays text whatever it begins with."""
    if value is None or value == "":
        return None
    cell = WriteOnlyCell(sheet)
    cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))
    if isinstance(value, str):
        cell.value = "".join(c for c in value if c >= " " or c in "\t\n")
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@", "\t"))
    else:
        cell.value = float(value) if isinstance(value, Decimal) else value
    if isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"
    return cell
