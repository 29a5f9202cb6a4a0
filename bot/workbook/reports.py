"""The Reports sheet: what is already on record, or known, when a plan is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from bot.rules.loading import ProblemCode
from bot.rules.plan import Plan
from bot.rules.record import Report, State
from bot.workbook.desk import Desk
from bot.workbook.items import References
from bot.workbook.roster import Units, row_text, word
from bot.workbook.tables import Row, shown
from bot.workbook.text import key
from bot.workbook.words import states, yes_no


@dataclass(slots=True)
class _Reading:
    """What reports are read against, and those read so far: by id, with the place of each."""

    plan: Plan
    units: Units
    items: References
    by_name: dict[str, str]
    found: dict[str, Report] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


def read_reports(desks: Sequence[Desk], plan: Plan, units: Units, stored_items: Sequence[str]) -> tuple[Report, ...]:
    """Every report, in the sheet's order. `stored_items`: codes that the workbook's own sheets do not list."""
    items = References([*(i.code for i in plan.items), *stored_items])
    reading = _Reading(plan, units, items, _units_by_person(plan))
    for desk in desks:
        for row in desk.table.rows:
            if len(row.written) > 1:
                _take(reading, desk, row)
            else:
                desk.note(row, None, ProblemCode.ROW_SKIPPED, text=row_text(row))
    return tuple(reading.found.values())


def _units_by_person(plan: Plan) -> dict[str, str]:
    """The unit of everybody who serves one only, by name."""
    units: dict[str, set[str]] = {}
    for person in plan.people:
        units.setdefault(key(person.name), set()).add(person.unit)
    return {name: next(iter(codes)) for name, codes in units.items() if len(codes) == 1}


def _take(reading: _Reading, desk: Desk, row: Row) -> None:
    report = _report(reading, desk, row)
    if report is None:
        return
    place = f"{desk.table.title} {row.number}"
    first = reading.places.setdefault(report.id, place)
    if first == place:
        reading.found[report.id] = report
    elif row.cells.get("id"):
        desk.error(row, "id", ProblemCode.DUPLICATE_REPORT, id=report.id)
    else:
        desk.note(row, None, ProblemCode.SAME_REPORT, first=first)


def _report(reading: _Reading, desk: Desk, row: Row) -> Report | None:
    item = _item(reading, desk, row)
    day = _day(desk, row)
    exported = desk.line(row, "id")
    text = desk.verbatim if exported else desk.prose
    state = _state(desk, row)
    report = Report(
        id=exported or "",
        item=item or "",
        on=day or date.min,
        percent=_percent(desk, row),
        value=_value(reading, desk, row, item),
        state=state,
        difficulty=text(row, "difficulty"),
        proposal=text(row, "proposal"),
        by=text(row, "by"),
        unit=_unit(reading, desk, row),
        at=_moment(desk, row),
        text=text(row, "text"),
        evidence=_count(desk, row),
        corrects=desk.line(row, "corrects"),
        undoes=desk.line(row, "undoes"),
    )
    if item is None or day is None:
        return None
    if not exported:
        _tell_empty(desk, row, report)
        return _named(report, reading.plan.year)
    return report


def _item(reading: _Reading, desk: Desk, row: Row) -> str | None:
    text = desk.line(row, "item")
    if text is None:
        if not desk.flawed(row, "item"):
            desk.error(row, "item", ProblemCode.MISSING_CODE, name="")
        return None
    found = reading.items.find(text)
    if found is None:
        desk.error(row, "item", ProblemCode.UNKNOWN_ITEM, text=text, nearest=reading.items.nearest(text))
    return found


def _day(desk: Desk, row: Row) -> date | None:
    day = desk.day(row, "date")
    if "date" not in row.cells:
        desk.error(row, "date", ProblemCode.MISSING_DATE)
    return day


def _percent(desk: Desk, row: Row) -> Decimal | None:
    percent = desk.number(row, "percent")
    if percent is not None and not 0 <= percent <= 100:
        desk.error(row, "percent", ProblemCode.PERCENT_OUTSIDE, text=f"{percent:f}")
        return None
    return percent


def _value(reading: _Reading, desk: Desk, row: Row, code: str | None) -> Decimal | None:
    """A figure; of a yes/no target a word for yes or no as well."""
    item = reading.plan.item.get(code or "")
    said = yes_no().get(key(shown(row.cells.get("value"))))
    if item is not None and item.yes_no and said and not desk.flawed(row, "value"):
        return Decimal(said)
    return desk.number(row, "value")


def _state(desk: Desk, row: Row) -> State | None:
    if "state" not in row.cells:
        return None
    found = word(desk, row, "state", states(), ProblemCode.UNKNOWN_STATE, State)
    return State(found) if found else None


def _unit(reading: _Reading, desk: Desk, row: Row) -> str | None:
    """The unit spoken for: as written (an exported report may name one that is gone), or the author's own."""
    if "id" in row.cells and "unit" in row.cells:
        text = desk.line(row, "unit") or ""
        return reading.units.directory.find(text) or text or None
    if "unit" in desk.table.columns:
        return reading.units.one_in(desk, row, "unit")
    return reading.by_name.get(key(shown(row.cells.get("by"))))


def _moment(desk: Desk, row: Row) -> datetime | None:
    """When an exported report was written, in UTC."""
    text = desk.line(row, "at")
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        desk.error(row, "at", ProblemCode.NOT_A_DATE, text=text)
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _count(desk: Desk, row: Row) -> int:
    number = desk.number(row, "evidence")
    if number is None:
        return 0
    if number < 0 or number != int(number):
        desk.error(row, "evidence", ProblemCode.NOT_A_COUNT, text=f"{number:f}")
    return int(number)


def _tell_empty(desk: Desk, row: Row, report: Report) -> None:
    said = (report.percent, report.value, report.state, report.difficulty, report.proposal)
    flawed = any(desk.flawed(row, name) for name in row.cells)
    if all(s is None for s in said) and not flawed:
        desk.note(row, None, ProblemCode.EMPTY_REPORT)


def _named(report: Report, year: int) -> Report:
    """A report of a hand-kept sheet, with an id that follows from plan, item, date, author and contents alone."""
    figures = (None if f is None else f"{f.normalize():f}" for f in (report.percent, report.value))
    texts = (report.difficulty, report.proposal, report.by)
    said = (str(year), report.item, report.on.isoformat(), *figures, report.state, *texts)
    digest = hashlib.sha256("\x1f".join("" if s is None else str(s) for s in said).encode()).hexdigest()
    return replace(report, id=f"w{digest[:20]}")
