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
- What a person has asked to be reminded of later is in none of the lists that ask them for a report until then, nor
  on that day.
- Whoever is on leave or cannot be reached counts as absent: the deputies stand in.
- Escalation: an overdue item that was announced and of which nothing has been heard since for 2 working days is told
  to the unit's other people, for 5 to the office (which may urge the unit), for 10 to the chair in the weekly digest:
  each once for one due date. A report starts the count again; a request for a later deadline that waits holds the
  steps back, and the count starts again when it is decided. The reminders go on meanwhile.
- An urge: one an item in 4 working hours, and none about what was reported today.
- The week: its first working day tells the chair and the office what has changed since the last one began; its last
  working day tells each leader how the unit stands, and names what is late and was not reported on that week. Who
  finished early or came back on track is named.
- On the working day before a month ends, the leaders of measured targets whose figure of that month is missing are
  asked for it: those planned by quarters when the quarter ends, those measured once when they are due.
- Nothing is sent at night; what is due outside the waking hours waits for the morning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType

from bot.rules.book import Book
from bot.rules.calendar import WorkCalendar
from bot.rules.people import Person
from bot.rules.plan import Item, Plan, Role
from bot.rules.record import Facts, State
from bot.rules.standing import Finish, Limits, Standing, Status, standing_of

ONE_DAY = timedelta(1)
NOBODY: Mapping[int, frozenset[str]] = MappingProxyType({})


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
    unit_after: int = 2  # working days of silence after an overdue notice: the unit's other people are told
    office_after: int = 5  # the same: the office
    chair_after: int = 10  # the same: the chair
    urge_hours: int = 4  # working hours between two urges about one item
    office_hours: tuple[tuple[time, time], ...] = ((time(7, 30), time(11, 30)), (time(13), time(17)))
    figures_at: time = time(14)  # the call for figures, on the working day before a month ends
    week_ends_at: time = time(16)  # the leaders' line, on a week's last working day

    @property
    def digest_at(self) -> time:
        """When the digest goes out: as set, but never at night."""
        return self.waking(self.remind_at)

    @property
    def day_report_at(self) -> time:
        """When the office hears of the day: as set, but never at night."""
        return self.waking(self.report_at)

    def waking(self, moment: time) -> time:
        """A time of day as set, but never at night."""
        return min(max(moment, self.wake), self.sleep)

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
    """Why an item is not in a notice."""

    DONE = "done"
    REPORTED = "reported"  # there is a reason, but it has been answered just now
    SNOOZED = "snoozed"  # the person has asked to be reminded of it later
    ASKED = "asked"  # a request for a later deadline waits
    NOT_YET = "not_yet"  # silent, but not for long enough, or told already
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
    quiet: Mapping[int, frozenset[str]] = NOBODY,
) -> tuple[Digest, ...]:
    """The morning's digests of everybody for whom an item has a reason, whatever is held back included.

    `away` are those who cannot be reached or are on leave, `quiet` what each person has put off.
    """
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
            put_off = quiet.get(person.id, frozenset())
            found.append(_digest(book, person, since, (snoozed(d, put_off) for d in mine.values())))
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


def snoozed(decision: Decision, put_off: frozenset[str]) -> Decision:
    """The decision for somebody who has put some items off."""
    return replace(decision, held=Held.SNOOZED) if decision.listed and decision.code in put_off else decision


def _digest(book: Book, person: Person, since: date, mine: Iterable[Decision]) -> Digest:
    ordered = sorted(mine, key=lambda d: pressing_first(book, d))
    listed = tuple(d for d in ordered if d.listed)
    return Digest(person, since, listed, tuple(d for d in ordered if not d.listed))


# ---------------------------------------------------------------- escalation


class Step(IntEnum):
    """How far an overdue item has been taken: announced to its leaders, told to the unit, the office, the chair."""

    NOTICED = 0
    UNIT = 1
    OFFICE = 2
    CHAIR = 3


@dataclass(frozen=True, slots=True)
class Trail:
    """What has happened about an item's due date: the day of each step, and its requests for a later one.

    `asked`: one waits; `decided_on`: the day on which the last one was decided.
    """

    steps: Mapping[Step, date] = field(default_factory=dict)
    asked: bool = False
    decided_on: date | None = None


NO_TRAIL = Trail()


@dataclass(frozen=True, slots=True)
class Silence:
    """An overdue item of which nothing is heard: for how many working days, and which steps that makes due today.

    Without steps, `held` says why.
    """

    code: str
    days: int
    steps: tuple[Step, ...] = ()
    held: Held | None = None


def silences(
    book: Book, trails: Mapping[str, Trail], calendar: WorkCalendar, table: Timetable, today: date
) -> tuple[Silence, ...]:
    """The announced and still overdue items, longest silent first."""
    passed: dict[date, int] = {}
    found: list[Silence] = []
    for code, trail in trails.items():
        item = book.plan.item.get(code)
        if item is not None and Step.NOTICED in trail.steps and _is_overdue(book, item, today):
            since = _silent_since(book.facts_on(code), trail, today)
            days = passed.setdefault(since, calendar.between(since, today))
            found.append(_silence(code, days, trail, table, today))
    return tuple(sorted(found, key=lambda s: -s.days))


def _is_overdue(book: Book, item: Item, today: date) -> bool:
    return not item.withdrawn and book.standing(item.code, today).status is Status.OVERDUE


def _silent_since(facts: Facts, trail: Trail, today: date) -> date:
    """The last of: the overdue notice, the last report, the decision on a request."""
    days = (trail.steps[Step.NOTICED], facts.last_on, trail.decided_on)
    return min(today, max(day for day in days if day is not None))


def _silence(code: str, days: int, trail: Trail, table: Timetable, today: date) -> Silence:
    """A step that was taken today is still today's: planning may be repeated."""
    if trail.asked:
        return Silence(code, days, held=Held.ASKED)
    after = {Step.UNIT: table.unit_after, Step.OFFICE: table.office_after, Step.CHAIR: table.chair_after}
    due = tuple(step for step, least in after.items() if days >= least and trail.steps.get(step, today) == today)
    return Silence(code, days, due, None if due else Held.REPORTED if days == 0 else Held.NOT_YET)


def others_of(plan: Plan, people: Iterable[Person], readers: Mapping[int, tuple[str, ...]], item: Item) -> list[Person]:
    """A unit's other people: its deputies and members who do not get the item in their digests anyway."""
    units = leading_units(plan, item)
    return [p for p in people if not units & set(readers.get(p.id, ())) and _works_in(p, units)]


def _works_in(person: Person, units: frozenset[str]) -> bool:
    return any(post.unit in units and post.role in (Role.LEADER, Role.DEPUTY, Role.MEMBER) for post in person.posts)


def told_to_unit(
    book: Book, people: Sequence[Person], found: Iterable[Silence], away: frozenset[int] = frozenset()
) -> Mapping[int, tuple[Silence, ...]]:
    """For each of the units' other people (by id) the items whose silence they are told of today."""
    readers = readers_of(people, away)
    present = [p for p in people if p.id not in away]
    told: dict[int, list[Silence]] = defaultdict(list)
    for silence in found:
        if Step.UNIT in silence.steps:
            for person in others_of(book.plan, present, readers, book.plan.item[silence.code]):
                told[person.id].append(silence)
    return {person: tuple(silences) for person, silences in told.items()}


# ---------------------------------------------------------------- an urge


class NoUrge(StrEnum):
    """Why a unit is not urged about an item."""

    DONE = "done"
    REPORTED = "reported"
    TOO_SOON = "too_soon"
    NOBODY = "nobody"  # there is nobody to urge


def urge_refused(
    book: Book, code: str, last: datetime | None, now: datetime, calendar: WorkCalendar, table: Timetable
) -> NoUrge | None:
    """Why the item may not be urged at the local moment `now`; None where it may. `last` is its last urge, local."""
    item = book.plan.item[code]
    if item.withdrawn or book.facts_on(code).done_on is not None:
        return NoUrge.DONE
    if book.facts_on(code).last_on == now.date():
        return NoUrge.REPORTED
    if last is not None and worked(last, now, calendar, table) < timedelta(hours=table.urge_hours):
        return NoUrge.TOO_SOON
    return None


def worked(first: datetime, last: datetime, calendar: WorkCalendar, table: Timetable) -> timedelta:
    """The working time between two local moments, of at most `look_back` days."""
    total = timedelta(0)
    start = max(first, last - ONE_DAY * table.look_back)
    for day in _days(start.date(), last.date()):
        if calendar.is_working(day):
            for opens, closes in table.office_hours:
                begins = max(start, datetime.combine(day, opens, first.tzinfo))
                ends = min(last, datetime.combine(day, closes, first.tzinfo))
                total += max(ends - begins, timedelta(0))
    return total


# ---------------------------------------------------------------- the week


def begins_week(day: date, calendar: WorkCalendar) -> bool:
    """Whether this is the first working day of its week (ISO: Monday first)."""
    return calendar.is_working(day) and _week(calendar.before(day, 1)) != _week(day)


def ends_week(day: date, calendar: WorkCalendar) -> bool:
    """Whether this is the last working day of its week."""
    return calendar.is_working(day) and _week(calendar.after(day, 1)) != _week(day)


def week_before(today: date, calendar: WorkCalendar) -> date:
    """The first working day of the last week that had one before today's: the day of the digest before today's."""
    day = calendar.before(today - ONE_DAY * today.weekday(), 1)
    return calendar.after(day - ONE_DAY * day.weekday(), 0)


@dataclass(frozen=True, slots=True)
class Praise:
    """What a unit has done well: items finished early, items that came back on track."""

    unit: str
    early: tuple[str, ...] = ()
    recovered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Week:
    """What has changed from the morning of `since` to today, by item code; `silent` are units that reported nothing.

    `decisions` are the items that have stopped, and those reported on with a difficulty or proposal that is still open;
    `chair` are those silent for so long that the chair is told.
    """

    since: date
    today: date
    done: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    overdue: tuple[str, ...] = ()
    due: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    praised: tuple[Praise, ...] = ()
    chair: tuple[str, ...] = ()


def week_of(book: Book, before: Book, since: date, today: date, chair: tuple[str, ...] = ()) -> Week:
    """The week of the whole plan. `before` is the book as it was on the eve of `since`."""
    then, now = before.standings(since), book.standings(today)
    status = {code: (then[code].status if code in then else None, found.status) for code, found in now.items()}
    sunday = today + ONE_DAY * (6 - today.weekday())
    dues = {i.code: i.approved_due for i in book.plan.live}
    open_ = [code for code, found in now.items() if found.status is not Status.DONE]
    return Week(
        since,
        today,
        done=tuple(c for c in now if c not in open_ and _within(book.facts_on(c).done_on, since, today)),
        behind=tuple(c for c, (old, new) in status.items() if new is Status.BEHIND and old is not new),
        overdue=tuple(c for c, (old, new) in status.items() if new is Status.OVERDUE and old is not new),
        due=tuple(sorted((c for c in open_ if _until(dues[c], today, sunday)), key=lambda c: (dues[c], c))),
        decisions=_to_decide(book, open_, since),
        silent=silent_units(book, since, today),
        praised=praise(book, before, since, today),
        chair=chair,
    )


def _heard(facts: Facts, since: date) -> bool:
    return facts.last_on is not None and facts.last_on >= since


def _within(day: date | None, since: date, today: date) -> bool:
    return day is not None and since <= day < today


def _until(due: date | None, today: date, last: date) -> bool:
    return due is not None and today <= due <= last


def _to_decide(book: Book, codes: Iterable[str], since: date) -> tuple[str, ...]:
    """What has stopped first, then what comes with a proposal. What was told long ago is not told again."""
    told = {c: f for c in codes if (f := book.facts_on(c)).difficulty or f.proposal}
    fresh = [c for c, f in told.items() if f.state is State.BLOCKED or (f.last_on is not None and f.last_on >= since)]
    return tuple(sorted(fresh, key=lambda c: (told[c].state is not State.BLOCKED, not told[c].proposal)))


def silent_units(book: Book, since: date, today: date) -> tuple[str, ...]:
    """The units with open work of whose items nothing has been heard since a day, in the plan's order."""
    now = book.standings(today)
    busy: set[str] = set()
    heard: set[str] = set()
    for item in book.plan.live:
        last = book.facts_on(item.code).last_on
        if last is not None and last >= since:
            heard |= leading_units(book.plan, item)
        elif item.start < since and now[item.code].status is not Status.DONE:
            busy |= leading_units(book.plan, item)
    return tuple(u.code for u in book.plan.units if u.code in busy - heard and not u.is_group)


def praise(book: Book, before: Book, since: date, today: date) -> tuple[Praise, ...]:
    """The units that finished something early or brought something back on track, those with most first."""
    early: dict[str, list[str]] = defaultdict(list)
    recovered: dict[str, list[str]] = defaultdict(list)
    then = before.standings(since)
    for code, found in book.standings(today).items():
        old = then[code].status if code in then else None
        if found.finish is Finish.EARLY and _within(book.facts_on(code).done_on, since, today):
            _add(early, book, code)
        elif found.status is Status.ON_TRACK and old in (Status.BEHIND, Status.AT_RISK, Status.OVERDUE):
            _add(recovered, book, code)
    units = sorted({*early, *recovered}, key=lambda u: (-len(early[u]) - len(recovered[u]), u))
    return tuple(Praise(u, tuple(early[u]), tuple(recovered[u])) for u in units)


def _add(by_unit: Mapping[str, list[str]], book: Book, code: str) -> None:
    """Under the units named as leading: a group is praised as a group."""
    for unit in book.plan.item[code].leads:
        by_unit[unit].append(code)


def week_for(plan: Plan, week: Week, unit: str | None) -> Week:
    """The part of a week that concerns one unit; the whole week for None."""
    if unit is None:
        return week

    def mine(codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(code for code in codes if plan.leads(unit, plan.item[code]))

    return replace(
        week,
        done=mine(week.done),
        behind=mine(week.behind),
        overdue=mine(week.overdue),
        due=mine(week.due),
        decisions=mine(week.decisions),
        silent=tuple(u for u in week.silent if u == unit),
        praised=tuple(p for p in week.praised if p.unit == unit),
        chair=mine(week.chair),
    )


@dataclass(frozen=True, slots=True)
class UnitWeek:
    """How a leader's units stand when the week ends: done since `since`; behind, overdue or due next week.

    `owed` are those behind or overdue that were not reported on since `since`, nor put off.
    """

    since: date
    done: tuple[str, ...]
    behind: tuple[str, ...]
    overdue: tuple[str, ...]
    next_week: tuple[str, ...]
    owed: tuple[str, ...] = ()
    praised: tuple[Praise, ...] = ()


def unit_week(
    book: Book, before: Book, units: Iterable[str], since: date, today: date, quiet: frozenset[str] = frozenset()
) -> UnitWeek:
    """The week of some units, up to and including today, for a reader who has put off `quiet`."""
    wanted, tomorrow = frozenset(units), today + ONE_DAY
    mine = {i.code: i for i in book.plan.live if leading_units(book.plan, i) & wanted}
    now = {c: s for c, s in book.standings(today).items() if c in mine}
    monday = today + ONE_DAY * (7 - today.weekday())
    open_ = [c for c, s in now.items() if s.status is not Status.DONE]
    behind = tuple(c for c, s in now.items() if s.status is Status.BEHIND)
    overdue = tuple(c for c, s in now.items() if s.status is Status.OVERDUE)
    return UnitWeek(
        since,
        done=tuple(c for c in now if c not in open_ and _within(book.facts_on(c).done_on, since, tomorrow)),
        behind=behind,
        overdue=overdue,
        next_week=tuple(c for c in open_ if _until(mine[c].approved_due, monday, monday + ONE_DAY * 6)),
        owed=tuple(c for c in (*overdue, *behind) if c not in quiet and not _heard(book.facts_on(c), since)),
        praised=tuple(p for p in praise(book, before, since, tomorrow) if p.unit in wanted),
    )


# ---------------------------------------------------------------- figures before a month ends


def month_ending(day: date, calendar: WorkCalendar) -> date | None:
    """The last day of the month where `day` is the working day before it; else None."""
    first_of_next = (day.replace(day=1) + ONE_DAY * 31).replace(day=1)
    last = first_of_next - ONE_DAY
    return last if calendar.before(last, 1) == day else None


def owes_figure(item: Item, facts: Facts, last: date) -> bool:
    """Whether a figure is owed for the month that ends on `last`: a measured target, not achieved, without one yet."""
    if not item.is_target or item.goal is None or item.yes_no or item.withdrawn or item.start > last:
        return False
    if facts.done_on is not None or (facts.value_on is not None and facts.value_on >= last.replace(day=1)):
        return False
    due = item.approved_due
    if item.once:
        return due is not None and (due.year, due.month) <= (last.year, last.month)
    if any(point is not None for point in item.points):
        return last.month % 3 == 0 and item.points[last.month // 3 - 1] is not None
    return True


def figures_owed(
    book: Book, people: Iterable[Person], away: frozenset[int], last: date
) -> Mapping[int, tuple[str, ...]]:
    """For each leader (by id) the targets whose figure is missing."""
    owed = [i for i in book.plan.live if owes_figure(i, book.facts_on(i.code), last)]
    found = {
        person: tuple(i.code for i in owed if leading_units(book.plan, i) & set(units))
        for person, units in readers_of(people, away).items()
    }
    return {person: codes for person, codes in found.items() if codes}


# ---------------------------------------------------------------- a whole day


class Sort(StrEnum):
    """The notices that leave by themselves on a day of their own."""

    DIGEST = "digest"
    UNIT = "silent"  # to a unit's other people: nothing is heard of an overdue item
    OFFICE = "unheard"  # the same to the office
    WEEK = "weekly"  # to the chair and the office, when a week begins
    LINE = "friday"  # to the leaders, when a week ends
    FIGURES = "figures"  # to the leaders, before a month ends


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a day's notices follow from, beside the moment."""

    book: Book
    people: Sequence[Person]
    calendar: WorkCalendar
    table: Timetable
    today: date
    told: Told | None = None
    away: frozenset[int] = frozenset()
    quiet: Mapping[int, frozenset[str]] = field(default_factory=dict)
    trails: Mapping[str, Trail] = field(default_factory=dict)

    @property
    def silences(self) -> tuple[Silence, ...]:
        return silences(self.book, self.trails, self.calendar, self.table, self.today)

    def with_role(self, *roles: Role) -> list[Person]:
        """Those who hold one of the roles and are there; all of them where nobody is."""
        found = [p for p in self.people if p.roles & frozenset(roles)]
        return [p for p in found if p.id not in self.away] or found


@dataclass(frozen=True, slots=True)
class Entry:
    """One notice of a day: to whom, at what local time, about which items; and what was held back, and why."""

    person: Person
    sort: Sort
    at: time
    listed: tuple[Decision, ...] = ()
    held: tuple[Decision, ...] = ()
    since: date | None = None

    @property
    def sent(self) -> bool:
        """Whether the notice goes out: the week's come without items as well."""
        return bool(self.listed) or self.sort in (Sort.WEEK, Sort.LINE)


def agenda(scene: Scene) -> tuple[Entry, ...]:
    """Everything that is due by itself on the scene's day, in the order of the day; nothing on a day off."""
    if not scene.calendar.is_working(scene.today):
        return ()
    parts = (morning_entries, silence_entries, week_entries, figure_entries, line_entries)
    return tuple(entry for part in parts for entry in part(scene))


def morning_entries(scene: Scene) -> list[Entry]:
    """The digests."""
    found = digests(
        scene.book, scene.people, scene.calendar, scene.table, scene.today, scene.told, scene.away, scene.quiet
    )
    at = scene.table.digest_at
    return [Entry(d.person, Sort.DIGEST, at, d.listed, d.held, d.since) for d in found]


def silence_entries(scene: Scene) -> list[Entry]:
    """What the units' other people and the office are told of overdue items of which nothing is heard."""
    found = scene.silences
    told = told_to_unit(scene.book, scene.people, found, scene.away)
    people = {p.id: p for p in scene.people}
    units = [_silence_entry(scene, people[n], Sort.UNIT, _unheard(some)) for n, some in told.items()]
    if not found:
        return units
    due = _unheard(s for s in found if Step.OFFICE in s.steps)
    early = _unheard(replace(s, held=s.held or Held.NOT_YET) for s in found if Step.OFFICE not in s.steps)
    return [*units, *(_silence_entry(scene, p, Sort.OFFICE, (*due, *early)) for p in scene.with_role(Role.OFFICE))]


def _silence_entry(scene: Scene, person: Person, sort: Sort, found: Iterable[Decision]) -> Entry:
    listed, held = _parted(scene, person, found)
    return Entry(person, sort, scene.table.digest_at, listed, held)


def _parted(
    scene: Scene, person: Person, found: Iterable[Decision]
) -> tuple[tuple[Decision, ...], tuple[Decision, ...]]:
    """What a person is asked about, and what is held back: also what they have put off."""
    quiet = scene.quiet.get(person.id, frozenset())
    asked = [replace(d, held=Held.SNOOZED) if d.held is None and d.code in quiet else d for d in found]
    return tuple(d for d in asked if d.held is None), tuple(d for d in asked if d.held is not None)


def _unheard(found: Iterable[Silence]) -> tuple[Decision, ...]:
    return tuple(Decision(s.code, Why.OVERDUE, s.held, s.days) for s in found)


def week_entries(scene: Scene) -> list[Entry]:
    """The digest of the week that begins, with what the chair is told of."""
    if not begins_week(scene.today, scene.calendar):
        return []
    chair = _unheard(s for s in scene.silences if Step.CHAIR in s.steps)
    since = week_before(scene.today, scene.calendar)
    readers = scene.with_role(Role.CHAIR, Role.OFFICE)
    return [Entry(p, Sort.WEEK, scene.table.digest_at, chair, since=since) for p in readers]


def line_entries(scene: Scene) -> list[Entry]:
    """Each leader's line about the week that ends."""
    if not ends_week(scene.today, scene.calendar):
        return []
    monday = scene.today - ONE_DAY * scene.today.weekday()
    readers = readers_of(scene.people, scene.away)
    at = scene.table.waking(scene.table.week_ends_at)
    return [Entry(p, Sort.LINE, at, since=monday) for p in scene.people if p.id in readers]


def figure_entries(scene: Scene) -> list[Entry]:
    """The call for figures."""
    last = month_ending(scene.today, scene.calendar)
    if last is None:
        return []
    owed = figures_owed(scene.book, scene.people, scene.away, last)
    at = scene.table.waking(scene.table.figures_at)
    missing = {n: tuple(Decision(c) for c in codes) for n, codes in owed.items()}
    return [Entry(p, Sort.FIGURES, at, *_parted(scene, p, missing[p.id])) for p in scene.people if p.id in missing]
