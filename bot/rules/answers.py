"""What a question is answered with: frozen values that a service fills and a view words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.rules.acts import Act
from bot.rules.plan import Item, Kind, Plan, Role
from bot.rules.record import Facts, Report
from bot.rules.standing import OfficialClass, Standing, Status


class Pick(StrEnum):
    """Which items a question is about: the contract's words, and what only our buttons ask for.

    `behind` takes in the overdue; `behind_only` is the standing of that name alone.
    """

    BEHIND = "behind"
    OVERDUE = "overdue"
    AT_RISK = "at_risk"
    ON_TRACK = "on_track"
    DONE = "done"
    NOT_DONE = "not_done"
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    STALE = "stale"
    DUE = "due"
    NO_DATA = "no_data"
    BEHIND_ONLY = "behind_only"


class Problem(StrEnum):
    """Why a question has no answer."""

    NO_ITEM = "no_item"  # nothing says which item is meant
    NO_SUCH_ITEM = "no_such_item"
    ITEM_HIDDEN = "item_hidden"
    NO_SUCH_UNIT = "no_such_unit"
    UNIT_HIDDEN = "unit_hidden"
    NO_UNIT = "no_unit"  # "mine", of somebody who belongs to no unit
    NO_SUCH_PILLAR = "no_such_pillar"


class Basis(StrEnum):
    """What the expected share of an item rests on."""

    DUE = "due"  # the due date has come
    ONCE = "once"  # measured once, or yes/no: nothing is expected before the due date
    POINT = "point"  # the planned point of the last quarter's end
    BEFORE_POINT = "before_point"  # no planned point has been reached yet
    EVEN = "even"  # spread evenly from start to due date
    NONE = "none"  # no due date


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def has(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question covers. `day` is the day whose standings count, `past` says that it is over.

    `assumed` says that the period was chosen for the person, `partial` that items which the person may not see were
    left out.
    """

    day: date
    kind: Kind | None = None
    unit: str | None = None
    pillar: str | None = None
    period: Period | None = None
    past: bool = False
    assumed: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One item with what the record says of it and where it stands."""

    item: Item
    facts: Facts
    standing: Standing


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a longer answer is shown: page `number` of `pages` (both from 1), of `total` things."""

    number: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question without an answer, and why. `named` is what was asked about: a code, or a unit's."""

    problem: Problem
    named: str = ""


@dataclass(frozen=True, slots=True)
class Which:
    """Several items or units fit: the readings to choose from, best first."""

    readings: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of items, worst first. `counts` has the standings of all that were picked, `targets` says how many of
    them are targets.

    Of the rest of the scope: how many are at risk, how many lack data and the first of them, how many are done.
    """

    scope: Scope
    pick: Pick | None
    entries: tuple[Entry, ...]
    page: Page
    counts: Mapping[Status, int]
    targets: int
    at_risk: int = 0
    no_data: int = 0
    apart: tuple[Item, ...] = ()
    done: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """How many items were picked, of how many in the scope."""

    scope: Scope
    pick: Pick | None
    total: int
    of: int
    targets: int
    tasks: int
    counts: Mapping[Status, int]
    at_risk: int = 0
    no_data: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """The items of one kind: how many, by standing and by official class."""

    total: int
    by_status: Mapping[Status, int]
    by_class: Mapping[OfficialClass, int]

    @property
    def done(self) -> int:
        return self.by_status.get(Status.DONE, 0)


@dataclass(frozen=True, slots=True)
class Summed:
    """How a scope is doing. `done_in` and `due_in` count within the period, where one was asked about."""

    scope: Scope
    targets: Tally
    tasks: Tally
    stale: int
    blocked: int
    done_in: int = 0
    due_in: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A report as the history shows it: still counting, corrected by a later one, or taken back."""

    report: Report
    corrected: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who answers for a unit."""

    name: str
    unit: str
    role: Role


@dataclass(frozen=True, slots=True)
class Detailed:
    """One item in full. `trail` are its last reports that count, newest first; `may_report`: by the person who asks."""

    entry: Entry
    basis: Basis
    trail: tuple[Told, ...]
    may_report: bool
    day: date


@dataclass(frozen=True, slots=True)
class Historied:
    """A page of reports, newest first, of an item, of a unit, or of the whole plan."""

    item: Item | None
    unit: str | None
    period: Period | None
    told: tuple[Told, ...]
    page: Page


@dataclass(frozen=True, slots=True)
class Owned:
    """Who leads an item, with those who have joined for the leading units."""

    item: Item
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """When an item is due."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Quiet:
    """A unit in a period: how many items wait for its report, how many of them are overdue, what it did report on.

    `last_on` is the day of its last report on anything it leads.
    """

    unit: str
    waiting: int
    overdue: int
    reported: int
    last_on: date | None


@dataclass(frozen=True, slots=True)
class Silence:
    """Who has not reported in the scope's period: a page of units, the longest silent first.

    Asked about one unit, `one` is that unit and `entries` the first of the items that wait for it.
    """

    scope: Scope
    quiet: tuple[Quiet, ...]
    page: Page
    expected: int
    one: Quiet | None = None
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Rank:
    """A unit's place: `good` of its `total` items are done or on track. Equal shares have equal places."""

    place: int
    unit: str
    total: int
    good: int
    done: int
    overdue: int

    @property
    def share(self) -> Decimal:
        return Decimal(100) * self.good / self.total


@dataclass(frozen=True, slots=True)
class Ranked:
    """A page of units in order; `worst` says that the list begins at the end."""

    scope: Scope
    worst: bool
    ranks: tuple[Rank, ...]
    page: Page


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What was reported of one item's difficulties, under its first leading unit. `day` and `by` are the report's."""

    item: Item
    unit: str | None
    day: date
    by: str | None
    difficulty: str | None
    proposal: str | None


@dataclass(frozen=True, slots=True)
class Obstacles:
    """A page of difficulties and proposals, by unit. Without a period: those that are still open."""

    scope: Scope
    item: Item | None
    obstacles: tuple[Obstacle, ...]
    page: Page


Answer = (
    Unanswered | Which | Listed | Counted | Summed | Detailed | Historied | Owned | Dated | Silence | Ranked | Obstacles
)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with the plan whose names it uses, and the act as it was carried out."""

    act: Act
    answer: Answer
    plan: Plan = field(repr=False)
