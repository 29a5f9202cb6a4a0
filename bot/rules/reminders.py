"""Which reminders are due, to whom, and why: the clerk's whole judgement, pure, with its numbers in one table.

The rule, in one place:

- On a working day every leader gets one digest of what their units lead, alone or as members of a group. A unit's
  deputies get it only where the unit has no leader who can be reached.
- It lists what is overdue, what is due now (today, or on a day off before the next working day), what is due in 1, 3
  or 7 working days, and what has gone stale: the first day that it is stale, then on each week's first working day.
- Whatever was reported today is left out; what was reported in the last two working days as well, unless it is overdue
  or due now.
- A day without a digest (the bot was down, the network was) is caught up by the next one: it also lists what would
  have been listed first on the days that were missed. Only the latest digest counts.
- Nothing is sent at night; what is due outside the waking hours waits for the morning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.rules.book import Book
from bot.rules.calendar import WorkCalendar
from bot.rules.people import Person
from bot.rules.plan import Item, Plan, Role
from bot.rules.record import Facts, Report
from bot.rules.standing import Limits, Standing, Status, standing_of

ONE_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The numbers of the rule; a deployment can change them. Times are local, to the minute."""

    remind_at: time = time(8)
    report_at: time = time(17)
    wake: time = time(6, 30)
    sleep: time = time(21)
    ahead: tuple[int, ...] = (1, 3, 7)  # working days before the due date
    quiet_days: int = 2  # working days for which a report keeps a reminder back
    look_back: int = 14  # days: what was missed longer ago is not caught up

    @property
    def digest_at(self) -> time:
        """When the digest goes out: as set, but never at night."""
        return min(max(self.remind_at, self.wake), self.sleep)

    @property
    def day_report_at(self) -> time:
        """When the office hears of the day: as set, but never at night."""
        return min(max(self.report_at, self.wake), self.sleep)

    def awake(self, moment: time) -> bool:
        """Whether something may be sent at this time of day; the minute of `sleep` still counts."""
        return self.wake <= moment.replace(second=0, microsecond=0) <= self.sleep


class Why(StrEnum):
    """Why an item is in a digest. The order is the digest's own."""

    OVERDUE = "overdue"
    DUE_NOW = "due_now"
    DUE_SOON = "due_soon"
    STALE = "stale"


class Held(StrEnum):
    """Why an item is not in a digest."""

    DONE = "done"
    REPORTED = "reported"  # there is a reason, but it has been answered just now
    NOTHING_DUE = "nothing_due"


RANK: Mapping[Why, int] = {why: n for n, why in enumerate(Why)}
PRESSING = frozenset({Why.OVERDUE, Why.DUE_NOW})


@dataclass(frozen=True, slots=True)
class Decision:
    """What a digest does with one item. `why` without `held` is listed; `held` says why it is not.

    `days`: days late (overdue), working days left (due now: 0, or due soon), days without a report (stale).
    """

    code: str
    why: Why | None = None
    held: Held | None = None
    days: int = 0

    @property
    def listed(self) -> bool:
        return self.why is not None and self.held is None


@dataclass(frozen=True, slots=True)
class Outlook:
    """One day as a digest sees it, worked out once for all items.

    `since` is the last day whose digest was told. `left` gives the working days left to the due dates ahead, `reached`
    the due dates of which a warning has come up since then; `quiet_from` is the first day whose reports keep a reminder
    back; `weekly`: a week has begun since then.
    """

    today: date
    since: date
    left: Mapping[date, int]
    reached: frozenset[date]
    quiet_from: date
    weekly: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """One person's morning: what is listed, most pressing first, and what was held back although it had a reason."""

    person: Person
    since: date
    listed: tuple[Decision, ...]
    held: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Up to which day people have had their digests: everybody, and those who missed later ones."""

    last: date
    missed: Mapping[int, date] = field(default_factory=dict)

    def since(self, person_id: int) -> date:
        return self.missed.get(person_id, self.last)


# ---------------------------------------------------------------- when


def digest_due(now: datetime, calendar: WorkCalendar, table: Timetable) -> bool:
    """Whether the morning's digests should be under way at this local moment."""
    return table.digest_at <= now.time() and table.awake(now.time()) and calendar.is_working(now.date())


def day_report_due(now: datetime, calendar: WorkCalendar, table: Timetable) -> bool:
    """Whether the office should have heard of the day at this local moment."""
    return table.day_report_at <= now.time() and table.awake(now.time()) and calendar.is_working(now.date())


def next_waking(now: datetime, table: Timetable, calendar: WorkCalendar | None = None) -> datetime:
    """The local moment itself where something may be sent then, else the next one: awake, and on a working day."""
    if table.awake(now.time()) and (calendar is None or calendar.is_working(now.date())):
        return now
    day = now.date() if now.time() < table.wake else now.date() + ONE_DAY
    if calendar is not None:
        day = calendar.after(day, 0)
    return datetime.combine(day, table.wake, now.tzinfo)


# ---------------------------------------------------------------- what


def outlook(calendar: WorkCalendar, table: Timetable, today: date, since: date | None = None) -> Outlook:
    """The day as digests see it. `since` (the last day told; the working day before, unless given) is capped."""
    yesterday = calendar.before(today, 1)
    first = yesterday if since is None else min(max(since, today - ONE_DAY * table.look_back), yesterday)
    days = [d for d in _days(first + ONE_DAY, today) if calendar.is_working(d)]
    reached = {due for day in days for ahead in table.ahead for due in _due_in(calendar, day, ahead)}
    return Outlook(
        today=today,
        since=first,
        left=_working_days_left(calendar, today, max(table.ahead, default=0)),
        reached=frozenset(reached),
        quiet_from=calendar.before(today, table.quiet_days),
        weekly=any(_week(calendar.before(day, 1)) != _week(day) for day in days),
    )


def _days(first: date, last: date) -> Iterable[date]:
    return (first + ONE_DAY * n for n in range((last - first).days + 1))


def _due_in(calendar: WorkCalendar, day: date, ahead: int) -> Iterable[date]:
    """The due dates that are `ahead` working days after `day`: days off belong to the working day before them."""
    return _days(calendar.after(day, ahead), calendar.after(day, ahead + 1) - ONE_DAY)


def _working_days_left(calendar: WorkCalendar, today: date, most: int) -> dict[date, int]:
    left: dict[date, int] = {}
    count = 0
    for day in _days(today, calendar.after(today, most + 1)):
        count += day > today and calendar.is_working(day)
        left[day] = count
    return left


def _week(day: date) -> tuple[int, int]:
    return day.isocalendar()[:2]


def decide(item: Item, facts: Facts, standing: Standing, day: Outlook, limits: Limits) -> Decision:
    """Whether a digest of that day lists the item, and why, or why not."""
    if standing.status is Status.DONE:
        return Decision(item.code, held=Held.DONE)
    why, days = _reason(item, facts, standing, day, limits)
    if why is None:
        return Decision(item.code, held=Held.NOTHING_DUE)
    held = Held.REPORTED if _answered(facts, why, day) else None
    return Decision(item.code, why, held, days)


def _reason(item: Item, facts: Facts, standing: Standing, day: Outlook, limits: Limits) -> tuple[Why | None, int]:
    due = item.approved_due
    if due is not None and due < day.today:
        return Why.OVERDUE, (day.today - due).days
    if due is not None and day.left.get(due) == 0:
        return Why.DUE_NOW, 0
    if due is not None and due in day.reached:
        return Why.DUE_SOON, day.left[due]
    if standing.stale and (day.weekly or not standing_of(item, facts, day.since, limits).stale):
        return Why.STALE, (day.today - (facts.last_on or item.start)).days
    return None, 0


def _answered(facts: Facts, why: Why, day: Outlook) -> bool:
    if facts.last_on is None:
        return False
    return facts.last_on >= (day.today if why in PRESSING else day.quiet_from)


def decisions(book: Book, codes: Iterable[str], day: Outlook) -> tuple[Decision, ...]:
    """What that day's digest does with each of the items, most pressing first; those held back come last."""
    found = [_decided(book, book.plan.item[c], day) for c in codes if c in book.plan.item]
    return tuple(sorted(found, key=lambda d: pressing_first(book, d)))


def _decided(book: Book, item: Item, day: Outlook) -> Decision:
    if item.withdrawn:
        return Decision(item.code, held=Held.DONE)
    return decide(item, book.facts_on(item.code), book.standing(item.code, day.today), day, book.limits)


def pressing_first(book: Book, decision: Decision) -> tuple[int, int, int]:
    """The digest's order: by reason, then the longest overdue, the soonest due, the longest silent."""
    if not decision.listed or decision.why is None:
        return len(RANK), 0, 0
    days = decision.days if decision.why is Why.DUE_SOON else -decision.days
    return RANK[decision.why], days, 0 if book.plan.item[decision.code].is_target else 1


# ---------------------------------------------------------------- to whom


def readers_of(people: Iterable[Person], away: frozenset[int] = frozenset()) -> Mapping[int, tuple[str, ...]]:
    """For each person (by id) the units whose digest they get: a unit's leaders, or its deputies where it has none.

    `away` are those who cannot be reached; they count as absent.
    """
    present = [p for p in people if p.id not in away]
    led = {post.unit for p in present for post in p.posts if post.role is Role.LEADER}
    return {p.id: units for p in present if (units := _units_read(p, led))}


def _units_read(person: Person, led: set[str]) -> tuple[str, ...]:
    posts = (
        post.unit
        for post in person.posts
        if post.role is Role.LEADER or (post.role is Role.DEPUTY and post.unit not in led)
    )
    return tuple(dict.fromkeys(posts))


def digests(
    book: Book,
    people: Sequence[Person],
    calendar: WorkCalendar,
    table: Timetable,
    today: date,
    told: Told | None = None,
    away: frozenset[int] = frozenset(),
) -> tuple[Digest, ...]:
    """The morning's digests of everybody for whom an item has a reason, whatever is held back included."""
    done = told or Told(calendar.before(today, 1))
    book.standings(today)  # all at once, and kept
    by_unit: dict[date, Mapping[str, list[Decision]]] = {}
    found: list[Digest] = []
    readers = readers_of(people, away)
    for person in people:
        if person.id not in readers:
            continue
        since = done.since(person.id)
        if since not in by_unit:
            by_unit[since] = _by_unit(book, outlook(calendar, table, today, since))
        mine = {d.code: d for unit in readers[person.id] for d in by_unit[since].get(unit, ())}
        if mine:
            found.append(_digest(book, person, since, mine.values()))
    return tuple(found)


def _by_unit(book: Book, day: Outlook) -> Mapping[str, list[Decision]]:
    """The decisions that have a reason, for each unit that leads the item, itself or as a member of a group."""
    found: dict[str, list[Decision]] = defaultdict(list)
    for item in book.plan.live:
        decision = _decided(book, item, day)
        if decision.why is not None:
            for unit in leading_units(book.plan, item):
                found[unit].append(decision)
    return found


def leading_units(plan: Plan, item: Item) -> frozenset[str]:
    """The units that lead an item, itself or as members of a group that does."""
    return frozenset(u for lead in item.leads for u in (lead, *plan.members_of.get(lead, ())))


def _digest(book: Book, person: Person, since: date, mine: Iterable[Decision]) -> Digest:
    ordered = sorted(mine, key=lambda d: pressing_first(book, d))
    listed = tuple(d for d in ordered if d.listed)
    return Digest(person, since, listed, tuple(d for d in ordered if not d.listed))


# ---------------------------------------------------------------- what a notice says


@dataclass(frozen=True, slots=True)
class Reminded:
    """A digest, or what a person asked to be reminded of (`own`): the items and why, most pressing first.

    `since` is the last day told before it; a page that is turned later is worked out from there again.
    """

    person: Person
    book: Book
    today: date
    since: date
    decisions: tuple[Decision, ...]
    own: bool = False


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


Notable = Reminded | DayTold | BlockedTold | Unreached
