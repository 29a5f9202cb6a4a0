"""The numbers of what is looked at rather than read: a card, a unit, an item's course, a meeting's report.

Everything is a frozen value made from a book; the views draw it, and say the same in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.rules.answers import Basis, Entry, Obstacle, Period, Rank, Scope, Summed, Told
from bot.rules.book import Book
from bot.rules.plan import Item
from bot.rules.questions import Asker, basis_of, entry_of, in_scope, ranks, severity, summed, units_of
from bot.rules.record import State
from bot.rules.standing import (
    HUNDRED,
    QUARTER_ENDS,
    ZERO,
    OfficialClass,
    Standing,
    Status,
    official_class,
)

WORST_SHOWN = 3
BAD = frozenset({Status.OVERDUE, Status.BEHIND})
TROUBLED = (Status.OVERDUE, Status.BEHIND, Status.AT_RISK)


# ---------------------------------------------------------------- units and fields


class Level(StrEnum):
    """How a cell of the heat table looks: what is overdue or behind of all its items."""

    CALM = "calm"  # none
    WATCH = "watch"  # none, but something is at risk
    SOME = "some"  # less than half
    MOST = "most"  # half or more
    UNKNOWN = "unknown"  # nothing has figures


@dataclass(frozen=True, slots=True)
class Cell:
    """The items of one unit in one field of work, by standing."""

    counts: Mapping[Status, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def bad(self) -> int:
        """Overdue or behind."""
        return sum(self.counts.get(status, 0) for status in BAD)

    @property
    def level(self) -> Level:
        """How hot the cell is."""
        if not self.bad:
            if self.counts.get(Status.AT_RISK):
                return Level.WATCH
            return Level.UNKNOWN if self.counts.get(Status.NO_DATA) == self.total else Level.CALM
        return Level.MOST if 2 * self.bad >= self.total else Level.SOME


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A unit's cells, one for each field of the table, and all of them together."""

    unit: str
    cells: tuple[Cell, ...]
    whole: Cell


@dataclass(frozen=True, slots=True)
class Heat:
    """Units by fields of work (`pillars`, codes), in the plan's order; only units and fields that have items."""

    pillars: tuple[str, ...]
    rows: tuple[HeatRow, ...]


def heat(book: Book, scope: Scope, who: Asker) -> Heat:
    """How each unit stands in each field. An item that several units lead counts for each of them."""
    counts: dict[str, dict[str, Counter[Status]]] = {}
    for item, standing in in_scope(book, scope, who):
        for unit in units_of(item, book.plan):
            counts.setdefault(unit, {}).setdefault(item.pillar or "", Counter())[standing.status] += 1
    used = {pillar for cells in counts.values() for pillar in cells}
    pillars = tuple(p.code for p in book.plan.pillars if p.code in used)
    units = [u.code for u in book.plan.units if u.code in counts]
    if scope.partial:
        units = [unit for unit in units if unit in who.person.units]
    return Heat(pillars, tuple(_heat_row(unit, pillars, counts[unit]) for unit in units))


def _heat_row(unit: str, pillars: Sequence[str], counts: Mapping[str, Counter[Status]]) -> HeatRow:
    whole = sum(counts.values(), Counter[Status]())
    return HeatRow(unit, tuple(Cell(counts.get(pillar, Counter())) for pillar in pillars), Cell(whole))


# ---------------------------------------------------------------- the card, a unit, the ranking


@dataclass(frozen=True, slots=True)
class Card:
    """How everything is doing: now and at the end of the month before, what is worst, units by fields.

    `before` is None where the plan's year had not begun by then.
    """

    now: Summed
    before: Summed | None
    worst: tuple[Entry, ...]
    heat: Heat


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """A unit's items, the most urgent first, under the unit's own figures."""

    unit: str
    now: Summed
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every unit's place, the best first."""

    scope: Scope
    ranks: tuple[Rank, ...]


def month_before(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(1)


def card(book: Book, earlier: Book, scope: Scope, who: Asker) -> Card:
    """The card of a scope. `earlier` is the book as it was at the end of the month before."""
    rows = sorted(in_scope(book, scope, who), key=lambda row: severity(row[1]))
    worst = [item for item, standing in rows if standing.status in TROUBLED][:WORST_SHOWN]
    then = month_before(scope.day)
    begun = then.year == book.plan.year
    return Card(
        now=summed(book, scope, who),
        before=summed(earlier, replace(scope, day=then), who) if begun else None,
        worst=tuple(entry_of(item, book, scope.day) for item in worst),
        heat=heat(book, scope, who),
    )


def unit_sheet(book: Book, scope: Scope, who: Asker) -> UnitSheet:
    """The sheet of the scope's unit."""
    assert scope.unit is not None
    rows = sorted(in_scope(book, scope, who), key=lambda row: severity(row[1]))
    entries = tuple(Entry(item, book.facts_on(item.code), standing) for item, standing in rows)
    return UnitSheet(scope.unit, summed(book, scope, who), entries)


def ranking(book: Book, scope: Scope, who: Asker) -> Ranking:
    """All units in order."""
    return Ranking(scope, tuple(ranks(book, scope, who)))


# ---------------------------------------------------------------- an item's course


@dataclass(frozen=True, slots=True)
class Step:
    """What one report said: a figure in the course's own scale, or None where it gave none."""

    day: date
    figure: Decimal | None
    state: State | None
    by: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """An item over time. `planned` and `steps` share one scale: a target's measure, a task's percent, 0 or 1 of yes/no.

    `planned` are the corners of what was to be reached, oldest first; where `stepped`, nothing is due between them.
    """

    entry: Entry
    basis: Basis
    day: date
    first: date
    last: date
    planned: tuple[tuple[date, Decimal], ...]
    stepped: bool
    steps: tuple[Step, ...]


def course(item: Item, book: Book, day: date, told: Sequence[Told]) -> Course:
    """The course of `item` up to `day`; `told` are its reports that count, in any order."""
    entry = entry_of(item, book, day)
    steps = tuple(_step(item, t) for t in sorted(told, key=lambda t: t.report.on))
    planned = tuple(_planned(item))
    days = [item.start, day, *(d for d in (item.due, item.extended) if d), *(s.day for s in steps)]
    stepped = item.is_target and (item.once or item.yes_no or any(p is not None for p in item.points))
    return Course(entry, basis_of(item, day), day, min(days), max(days), planned, stepped, steps)


def _step(item: Item, told: Told) -> Step:
    report = told.report
    if not item.is_target:
        figure = HUNDRED if report.percent is None and report.state is State.DONE else report.percent
    else:
        figure = Decimal(1) if report.value is None and item.yes_no and report.state is State.DONE else report.value
    return Step(report.on, figure, report.state, report.by)


def _planned(item: Item) -> Iterator[tuple[date, Decimal]]:
    """Where the plan begins, its points, where it ends."""
    due = item.approved_due
    begin, end = _ends(item)
    if begin is not None:
        yield item.start, begin
    year = item.year or item.start.year
    for point, (month, last) in zip(item.points, QUARTER_ENDS, strict=True):
        quarter = date(year, month, last)
        if item.is_target and point is not None and (due is None or quarter < due):
            yield quarter, point
    if due is not None and end is not None and due > item.start:
        yield due, end


def _ends(item: Item) -> tuple[Decimal | None, Decimal | None]:
    if not item.is_target:
        return ZERO, HUNDRED
    if item.yes_no:
        return ZERO, Decimal(1)
    return item.baseline, item.goal.value if item.goal else None


Figures = Card | UnitSheet | Ranking | Course


# ---------------------------------------------------------------- the meeting's report


@dataclass(frozen=True, slots=True)
class UnitClasses:
    """How a unit's items fall into the four official classes."""

    unit: str
    total: int
    by_class: Mapping[OfficialClass, int]


@dataclass(frozen=True, slots=True)
class NewDeadline:
    """A later deadline of an item: asked for, and (where `granted`) given. `item` is as the plan has it now."""

    item: Item
    until: date
    reason: str | None
    by: str | None
    asked_on: date
    granted: bool


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a committee's meeting is told of a period: everything as it stands on the scope's day.

    `missed` are the targets that are overdue or behind, `finished` what was done within the period, `overdue` every
    item past its date; all worst first. `waiting` and `granted` are extensions; `entries` the annex, in the plan's
    order.
    """

    scope: Scope
    period: Period
    now: Summed
    units: tuple[UnitClasses, ...]
    missed: tuple[Entry, ...]
    finished: tuple[Entry, ...]
    overdue: tuple[Entry, ...]
    obstacles: tuple[Obstacle, ...]
    waiting: tuple[NewDeadline, ...]
    granted: tuple[NewDeadline, ...]
    entries: tuple[Entry, ...]


def meeting(
    book: Book, scope: Scope, who: Asker, obstacles: Sequence[Obstacle], extensions: Sequence[NewDeadline]
) -> Meeting:
    """The report of the scope's period. `obstacles` are those still open, `extensions` those that concern it."""
    assert scope.period is not None
    rows = list(in_scope(book, replace(scope, period=None), who))
    entries = [Entry(item, book.facts_on(item.code), standing) for item, standing in rows]
    worst = sorted(entries, key=lambda e: severity(e.standing))
    done = [e for e in entries if e.standing.status is Status.DONE and scope.period.has(e.facts.done_on)]
    return Meeting(
        scope=scope,
        period=scope.period,
        now=summed(book, scope, who),
        units=_classes_by_unit(book, scope, who, rows),
        missed=tuple(e for e in worst if e.item.is_target and e.standing.status in BAD),
        finished=tuple(sorted(done, key=lambda e: e.facts.done_on or scope.day)),
        overdue=tuple(e for e in worst if e.standing.status is Status.OVERDUE),
        obstacles=tuple(obstacles),
        waiting=tuple(e for e in extensions if not e.granted),
        granted=tuple(e for e in extensions if e.granted),
        entries=tuple(entries),
    )


def _classes_by_unit(
    book: Book, scope: Scope, who: Asker, rows: Sequence[tuple[Item, Standing]]
) -> tuple[UnitClasses, ...]:
    counts: dict[str, Counter[OfficialClass]] = {}
    for item, standing in rows:
        for unit in units_of(item, book.plan):
            counts.setdefault(unit, Counter())[official_class(standing)] += 1
    shown = [u.code for u in book.plan.units if u.code in counts and (not scope.partial or u.code in who.person.units)]
    return tuple(UnitClasses(unit, counts[unit].total(), counts[unit]) for unit in shown)
