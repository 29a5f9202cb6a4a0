"""From a plan to a workbook that reads back as the same plan and the same reports.

Every text is written as text, whatever it begins with. A withdrawn item stays, marked in the column `withdrawn`, so
that a reload cannot bring it back. The plan's title, decision and year stand on a sheet of their own, `Plan`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from bot.rules.calendar import DayOverride
from bot.rules.loading import Sheet
from bot.rules.plan import Item, Plan
from bot.rules.record import Report
from bot.workbook.amounts import number_of, written
from bot.workbook.dates import period_of
from bot.workbook.tables import column_letter
from bot.workbook.words import TITLES

Value = str | Decimal | date | int | None
Columns = Mapping[str, int]  # the English heading -> its width in characters

_PLAN: Columns = {"field": 14, "text": 90}
_UNITS: Columns = {"code": 12, "name_vi": 44, "name_bn": 44, "aliases": 50, "kind": 18, "parent": 12, "members": 30}
_PILLARS: Columns = {"code": 12, "name_vi": 44, "name_bn": 44}
_TARGETS: Columns = {
    "code": 10, "name_vi": 60, "name_bn": 50, "pillar": 10, "measure": 14, "baseline": 12, "goal": 16, "start": 12,
    "due": 18, "extended": 12, "Q1": 10, "Q2": 10, "Q3": 10, "Q4": 10, "measured": 10, "lead": 24, "with": 36,
    "source": 36, "withdrawn": 10,
}  # fmt: skip
_TASKS: Columns = {
    "code": 10, "name_vi": 60, "name_bn": 50, "pillar": 10, "target": 10, "start": 12, "due": 18, "extended": 12,
    "product": 40, "lead": 24, "with": 36, "source": 36, "withdrawn": 10,
}  # fmt: skip
_PEOPLE: Columns = {"name": 30, "unit": 12, "role": 12, "language": 10}
_REPORTS: Columns = {
    "item": 10, "date": 12, "percent": 10, "value": 12, "state": 14, "difficulty": 50, "proposal": 50, "by": 26,
    "unit": 12, "id": 24, "at": 28, "text": 50, "evidence": 10, "corrects": 24, "undoes": 24,
}  # fmt: skip
_HOLIDAYS: Columns = {"date": 12, "kind": 10, "note": 50}


def write_workbook(
    plan: Plan, reports: Iterable[Report], target: Path | BinaryIO, *, calendar: Iterable[DayOverride] | None = None
) -> None:
    """Write a plan and its reports. `calendar` None leaves the Holidays sheet out: loading it then changes no day."""
    plan_book(plan, reports, calendar=calendar).save(target)


def plan_book(plan: Plan, reports: Iterable[Report], *, calendar: Iterable[DayOverride] | None = None) -> Workbook:
    """The same as an unsaved workbook (openpyxl, write-only), for a caller that adds sheets of its own.

    Added sheets are left alone when the file is loaded again, whatever their titles: the English title wins.
    """
    book = Workbook(write_only=True)
    targets = [i for i in plan.items if i.is_target]
    tasks = [i for i in plan.items if not i.is_target]
    _write(book, Sheet.PLAN, _PLAN, _plan_rows(plan))
    _write(book, Sheet.UNITS, _UNITS, _unit_rows(plan))
    _write(book, Sheet.PILLARS, _PILLARS, ((p.code, p.name_vi, p.name_bn) for p in plan.pillars))
    _write(book, Sheet.TARGETS, _TARGETS, (_target_row(i, plan.year) for i in targets))
    _write(book, Sheet.TASKS, _TASKS, (_task_row(i, plan.year) for i in tasks))
    _write(book, Sheet.PEOPLE, _PEOPLE, ((p.name, p.unit, str(p.role), p.language) for p in plan.people))
    _write(book, Sheet.REPORTS, _REPORTS, map(_report_row, reports))
    if calendar is not None:
        rows = ((d.day, "worked" if d.working else "off", d.note or None) for d in calendar)
        _write(book, Sheet.HOLIDAYS, _HOLIDAYS, rows)
    return book


def _plan_rows(plan: Plan) -> Iterator[Sequence[Value]]:
    yield "title", plan.title or None
    yield "decision", plan.decision or None
    yield "year", plan.year


def _unit_rows(plan: Plan) -> Iterator[Sequence[Value]]:
    for u in plan.units:
        yield u.code, u.name_vi, u.name_bn, _listed(u.aliases), u.kind, u.parent, _listed(u.members)


def _target_row(item: Item, year: int) -> Sequence[Value]:
    figures = (item.measure, item.baseline, _goal(item))
    once = "once" if item.once else None
    return (*_names(item), *figures, *_dates(item, year), *item.points, once, *_bodies(item))


def _task_row(item: Item, year: int) -> Sequence[Value]:
    return (*_names(item), item.target, *_dates(item, year), item.product, *_bodies(item))


def _names(item: Item) -> Sequence[Value]:
    return item.code, item.name_vi, item.name_bn, item.pillar


def _bodies(item: Item) -> Sequence[Value]:
    return _listed(item.leads), _listed(item.partners), item.source, "yes" if item.withdrawn else None


def _listed(codes: Iterable[str]) -> str | None:
    return "; ".join(codes) or None


def _goal(item: Item) -> Value:
    """The goal as written; a bare number as a number, which people can reckon with."""
    if item.goal is None:
        return None
    bare = re.fullmatch(r"(0|-?[1-9]\d{0,11})(,\d{0,2}[1-9])?", item.goal.text)
    return number_of(item.goal.text) if bare else item.goal.text


def _dates(item: Item, year: int) -> Sequence[Value]:
    """Start, due and extension. The usual start is left empty, unless a row would else look like a heading."""
    usual = item.start == date(year, 1, 1)
    bare = not (item.leads or item.goal or item.due or item.due_text or item.product)
    return None if usual and not bare else item.start, _due(item), item.extended


def _due(item: Item) -> Value:
    """The words of the plan where they still mean the same date; else the date."""
    if item.due_text is None:
        return item.due
    period = period_of(item.due_text)
    return item.due_text if (period.last if period else None) == item.due else item.due


def _report_row(report: Report) -> Sequence[Value]:
    said = (report.percent, report.value, str(report.state) if report.state else None)
    words = (report.difficulty, report.proposal, report.by, report.unit)
    at = report.at.astimezone(UTC).isoformat() if report.at else None
    links = (report.evidence or None, report.corrects, report.undoes)
    return (report.item, report.on, *said, *words, report.id, at, report.text, *links)


def _write(book: Workbook, kind: Sheet, columns: Columns, rows: Iterable[Sequence[Value]]) -> None:
    sheet = book.create_sheet(TITLES[kind][0])
    for number, width in enumerate(columns.values(), 1):
        sheet.column_dimensions[column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    sheet.append(_headings(sheet, columns))
    model = _Pen(*(WriteOnlyCell(sheet) for _ in range(3)))
    model.style()
    pens = [model.like(sheet) for _ in columns]
    for row in rows:
        sheet.append([pen.draw(value) for pen, value in zip(pens, row, strict=True)])


def _headings(sheet: WriteOnlyWorksheet, columns: Columns) -> list[Cell]:
    model = WriteOnlyCell(sheet)
    model.font = Font(bold=True, color="FFFFFF")
    model.fill = PatternFill("solid", fgColor="1F4E78")
    model.alignment = Alignment(vertical="center", wrap_text=True)
    model.border = Border(bottom=Side("thin", color="999999"))
    return [_styled_like(model, WriteOnlyCell(sheet, name)) for name in columns]


def _styled_like(model: Cell, cell: Cell) -> Cell:
    # openpyxl's own way to copy a style; setting fonts and fills anew for every cell is what takes time.
    cell._style = copy(model._style)  # type: ignore[attr-defined]
    return cell


# A spreadsheet that opens, or re-edits, a text with one of these in front may take it for a formula.
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(slots=True)
class _Pen:
    """The cells of one column, one for each way of writing, used again for every row."""

    plain: Cell
    quoted: Cell
    dated: Cell

    def style(self) -> None:
        for cell in (self.plain, self.quoted, self.dated):
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        self.dated.number_format = "dd/mm/yyyy"
        self.quoted.number_format = "@"
        self.quoted.quotePrefix = True

    def like(self, sheet: WriteOnlyWorksheet) -> _Pen:
        models = (self.plain, self.quoted, self.dated)
        return _Pen(*(_styled_like(model, WriteOnlyCell(sheet)) for model in models))

    def draw(self, value: Value) -> Cell | None:
        """The cell for a value; an amount that a spreadsheet cannot hold exactly is written as text."""
        if value is None or value == "":
            return None
        if isinstance(value, date):
            self.dated.value = value
            return self.dated
        if isinstance(value, Decimal | int):
            exact = _as_number(Decimal(value))
            if exact is not None:
                self.plain.value = exact
                return self.plain
            return self._text(written(Decimal(value)))
        return self._text(value)

    def _text(self, value: str) -> Cell:
        cell = self.quoted if value.startswith(_RISKY) else self.plain
        cell.value = _escaped(value)
        cell.data_type = "s"
        return cell


def _as_number(amount: Decimal) -> int | float | None:
    """The number that a spreadsheet keeps for an amount, if it keeps it exactly (15 digits)."""
    if len(amount.as_tuple().digits) > 15 or not Decimal("1e-9") <= abs(amount or Decimal(1)) < Decimal("1e15"):
        return None
    return int(amount) if amount == int(amount) else float(amount)


_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def _escaped(text: str) -> str:
    """Characters that XML cannot hold, as spreadsheets write them: _x000D_; and what only looks so, kept apart."""
    text = re.sub(r"[\ud800-\udfff]", "\ufffd", text)
    return _UNWRITABLE.sub(lambda m: f"_x{ord(m.group()):04X}_", text)
