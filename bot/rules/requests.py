"""Requests: whether a later deadline may be asked for, and when a personal reminder is to come.

Neither changes the plan: an extension waits for the office, a reminder concerns the person alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from bot.rules.access import Action, Policy, may, may_report, may_see_item
from bot.rules.acts import NO_HOUR, Act
from bot.rules.book import Book
from bot.rules.calendar import WorkCalendar
from bot.rules.people import Person
from bot.rules.plan import Item
from bot.rules.record import Report
from bot.rules.reminders import Timetable, next_waking
from bot.rules.standing import Status

MOST_CHOICES = 4  # buttons under a question
LATER_TODAY = timedelta(hours=2)
SOON = 3  # working days
QUARTER = 3  # months


class Problem(StrEnum):
    """Why a request cannot be taken."""

    NO_ITEM = "no_item"
    NO_SUCH_ITEM = "no_such_item"
    WITHDRAWN = "withdrawn"
    NOT_YOURS = "not_yours"
    DONE = "done"
    NO_DEADLINE = "no_deadline"
    NOT_LATER = "not_later"  # than the deadline that counts now
    DAY_PAST = "day_past"
    MOMENT_PAST = "moment_past"


class Need(StrEnum):
    """What is asked before a request is taken."""

    WHICH = "which"
    UNTIL = "until"
    WHEN = "when"
    SURE = "sure"


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that cannot be taken: why, on which item, under which name, for which day."""

    problem: Problem
    item: str | None = None
    named: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A request that waits for an answer: what is missing, and what to choose from (item codes, days or moments)."""

    need: Need
    act: Act
    items: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    moments: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """A later deadline, fit to be put before the office. `reason` is in the leader's words."""

    item: str
    until: date
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A personal reminder at a local moment. `moved`: asked for at night; `late`: it comes after the due date."""

    item: str
    at: datetime
    moved: bool = False
    late: bool = False


# ---------------------------------------------------------------- a later deadline


def examine_extension(act: Act, book: Book, person: Person, today: date) -> Wish | Open | Refused:
    """Judge an `extend` act of `person`: leaders on what their units lead, the office on every item."""
    found = _item_of(act, book)
    if not isinstance(found, Item):
        return found
    if not may(person, Action.EXTEND) or not may_report(person, found, book.plan):
        return Refused(Problem.NOT_YOURS, found.code)
    due = found.approved_due
    if due is None:
        return Refused(Problem.NO_DEADLINE, found.code)
    if book.standing(found.code, today).status is Status.DONE:
        return Refused(Problem.DONE, found.code)
    until = _day(act.slots)
    if until is None:
        return Open(Need.UNTIL, act, days=days_offered(due, today))
    if until <= due:
        return Refused(Problem.NOT_LATER, found.code, day=due)
    if until < today:
        return Refused(Problem.DAY_PAST, found.code, day=until)
    if not act.sure:
        return Open(Need.SURE, act, days=(until,))
    return Wish(found.code, until, act.slots.get("reason") or None)


def examine_grant(request: Extension, until: date, today: date) -> Refused | None:
    """Why the office may not grant a request until this day; None where it may."""
    if request.due is not None and until <= request.due:
        return Refused(Problem.NOT_LATER, request.item, day=request.due)
    return Refused(Problem.DAY_PAST, request.item, day=until) if until < today else None


def days_offered(due: date, today: date) -> tuple[date, ...]:
    """Later deadlines to choose from: the ends of the next two months, of the quarter and of the year."""
    after = max(due, today)
    months = [month_end(after, n) for n in range(QUARTER + 1)]
    quarter = next(m for m in months if m.month % QUARTER == 0 and m > after)
    wanted = {*[m for m in months if m > after][:2], quarter, date(after.year, 12, 31)}
    return tuple(sorted(day for day in wanted if day > after))


def month_end(day: date, later: int = 0) -> date:
    """The last day of the month that comes `later` months after the day's own."""
    months = day.year * 12 + day.month + later
    return date(months // 12, months % 12 + 1, 1) - timedelta(1)


# ---------------------------------------------------------------- a personal reminder


def examine_reminder(
    act: Act,
    book: Book,
    person: Person,
    now: datetime,
    table: Timetable,
    calendar: WorkCalendar,
    policy: Policy = Policy(),  # noqa: B008 - a frozen value
) -> Alarm | Open | Refused:
    """Judge a `remind` act of `person` at the local moment `now`."""
    found = _item_of(act, book)
    if not isinstance(found, Item):
        return found
    if not may_see_item(person, found, book.plan, policy):
        return Refused(Problem.NOT_YOURS, found.code)
    moment = moment_of(act.slots, now, table)
    if moment is None or not (act.sure or _says_only_a_day(act)):
        offered = moments_offered(found, now, table, calendar)
        return Open(Need.WHEN, act, moments=offered if moment is None or moment <= now else (moment, *offered))
    if moment <= now:
        return Refused(Problem.MOMENT_PAST, found.code, day=moment.date())
    at = next_waking(moment, table)
    due = found.approved_due
    return Alarm(found.code, at, moved=at != moment, late=due is not None and at.date() > due >= now.date())


def _says_only_a_day(act: Act) -> bool:
    """Whether no more is open than the hour: then the morning's is meant, and the answer says so."""
    if set(act.doubts) - {NO_HOUR}:
        return False  # a guessed item is asked about
    return "item" in act.slots and "date" in act.slots and "time" not in act.slots


def moment_of(slots: Mapping[str, Any], now: datetime, table: Timetable) -> datetime | None:
    """The local moment that is meant; None where none is. A bare day means the morning's reminders of that day.

    So many minutes from now end on a whole minute: a message's own moment is only known to the second.
    """
    if (minutes := slots.get("in_minutes")) is not None:
        exact = now.astimezone(UTC) + timedelta(minutes=minutes, seconds=30)
        return exact.replace(second=0, microsecond=0).astimezone(now.tzinfo)
    day, at = _day(slots), slots.get("time")
    if at is None:
        return None if day is None else datetime.combine(day, table.digest_at, now.tzinfo)
    moment = datetime.combine(day or now.date(), time.fromisoformat(at), now.tzinfo)
    return moment + timedelta(1) if day is None and moment <= now else moment


class Later(StrEnum):
    """Why a moment is offered for an item to come again."""

    NEXT = "next"  # the next working day
    SOON = "soon"  # in three working days
    DUE = "due"  # the due day


def snoozes(item: Item, now: datetime, table: Timetable, calendar: WorkCalendar) -> Mapping[datetime, Later]:
    """When an item may come again, soonest first: on the next working day, in three, on the due day."""
    days = {calendar.after(now.date(), 1): Later.NEXT, calendar.after(now.date(), SOON): Later.SOON}
    if item.approved_due is not None and item.approved_due > now.date():
        days[item.approved_due] = Later.DUE
    return {datetime.combine(day, table.digest_at, now.tzinfo): days[day] for day in sorted(days)}


def moments_offered(item: Item, now: datetime, table: Timetable, calendar: WorkCalendar) -> tuple[datetime, ...]:
    """Moments to choose from: in two hours (today, while awake), the next working day, in three, on the due day."""
    later = (now.astimezone(UTC) + LATER_TODAY).astimezone(now.tzinfo)
    today = [later] if later.date() == now.date() and table.awake(later.time()) else []
    return (*today, *snoozes(item, now, table, calendar))


# ---------------------------------------------------------------- what both need


def _item_of(act: Act, book: Book) -> Item | Open | Refused:
    """The live item that is meant, or the question which."""
    code = act.slots.get("item")
    if code is None:
        known = tuple(c for c in act.slots.get("candidates", ()) if c in book.plan.item)
        live = tuple(c for c in known if not book.plan.item[c].withdrawn)
        return Open(Need.WHICH, act, items=live[:MOST_CHOICES]) if live else Refused(Problem.NO_ITEM)
    item = book.plan.item.get(code)
    if item is None:
        return Refused(Problem.NO_SUCH_ITEM, named=code)
    return Refused(Problem.WITHDRAWN, code) if item.withdrawn else item


def _day(slots: Mapping[str, Any]) -> date | None:
    said = slots.get("date")
    return None if said is None else date.fromisoformat(said)


def with_slots(act: Act, **slots: object) -> Act:
    """The act with an answer filled in, sure now; the candidates of a chosen item are forgotten."""
    known = {k: v for k, v in act.slots.items() if k != "candidates" or "item" not in slots}
    return replace(act, slots={**known, **slots}, sure=True)


# ---------------------------------------------------------------- what became of a request


class Outcome(StrEnum):
    """What has become of a request for a later deadline."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    REPLACED = "replaced"  # by a newer one for the same item


@dataclass(frozen=True, slots=True)
class Extension:
    """A request as it is kept: for which item (code), until when, why, by whom, and what became of it.

    `due` is the item's deadline that counts now.
    """

    id: int
    item: str
    until: date
    reason: str | None
    state: Outcome
    asked_at: datetime
    person_id: int | None
    by: str | None
    granted: date | None = None
    decided_by: str | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that is before the office now; `before` is the one that it replaced."""

    request: Extension
    before: Extension | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A request as it is decided; `already`: somebody was faster, or it has been replaced."""

    request: Extension
    already: bool = False


@dataclass(frozen=True, slots=True)
class RequestTold:
    """A request as the office sees it while it waits, with the item's last reports of a figure or a state."""

    person: Person
    book: Book
    today: date
    request: Extension
    unit: str | None
    history: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class OutcomeTold:
    """A request that was decided, for the person who asked."""

    person: Person
    book: Book
    request: Extension


Requested = RequestTold | OutcomeTold
