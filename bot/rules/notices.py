"""What a notice says: the facts that a view puts into words, worked out when the notice is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.rules.book import Book
from bot.rules.people import Person
from bot.rules.record import Report
from bot.rules.reminders import Decision, UnitWeek, Week


@dataclass(frozen=True, slots=True)
class Reminded:
    """A digest, or what a person asked to be reminded of (`own`): the items and why, most pressing first.

    `since` is the last day told before it; a page that is turned later is worked out from there again. `asked` are the
    items about which a request for a later deadline waits, and until when it asks.
    """

    person: Person
    book: Book
    today: date
    since: date
    decisions: tuple[Decision, ...]
    own: bool = False
    asked: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayTold:
    """What was reported between two moments, each item once (its latest report), most pressing first."""

    person: Person
    book: Book
    today: date
    after: datetime
    until: datetime
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class BlockedTold:
    """A report that says work has stopped."""

    person: Person
    book: Book
    today: date
    report: Report


@dataclass(frozen=True, slots=True)
class Unreached:
    """Somebody whom notices do not reach: their chat is `closed`, or one did not arrive."""

    person: Person
    book: Book
    who: Person
    closed: bool


@dataclass(frozen=True, slots=True)
class Unheard:
    """Overdue items of which nothing is heard, with the working days of silence; `urging`: the reader may urge."""

    person: Person
    book: Book
    today: date
    silences: tuple[Decision, ...]
    urging: bool = False


@dataclass(frozen=True, slots=True)
class Urged:
    """The office by name asks a unit about an item."""

    person: Person
    book: Book
    today: date
    code: str
    by: str


@dataclass(frozen=True, slots=True)
class WeekBegun:
    """The week's digest."""

    person: Person
    book: Book
    week: Week


@dataclass(frozen=True, slots=True)
class WeekEnded:
    """A leader's line."""

    person: Person
    book: Book
    today: date
    line: UnitWeek


@dataclass(frozen=True, slots=True)
class FiguresAsked:
    """The call for figures of the month that ends on `last`."""

    person: Person
    book: Book
    today: date
    last: date
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StandsIn:
    """Somebody's reminders come to this person while the other is on leave: from a day (None: now) to another, both
    included."""

    person: Person
    book: Book
    who: Person
    until: date
    first: date | None = None


@dataclass(frozen=True, slots=True)
class GroupWeek:
    """The week's digest for a group: `person` is the group's voice, `thread_id` the topic that it goes to."""

    person: Person
    book: Book
    week: Week
    thread_id: int | None


@dataclass(frozen=True, slots=True)
class GroupTold:
    """To the office: the bot was added to a group (by somebody of the committee, or a stranger), or removed from it."""

    person: Person
    book: Book
    title: str
    by: str
    removed: bool


Told = Reminded | DayTold | BlockedTold | Unreached
Oversight = Unheard | Urged | WeekBegun | WeekEnded | FiguresAsked | StandsIn
InGroups = GroupWeek | GroupTold
Notable = Told | Oversight | InGroups
