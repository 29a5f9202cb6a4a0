"""Reminding: which notices are due by now, and what there is to say when one is about to be sent.

Planning reads everything at once and writes in chunks; the outbox's uniqueness makes it safe to plan twice. What a
notice says is worked out again when it is sent, so that it is still true then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.rules.book import Book
from bot.rules.calendar import WorkCalendar
from bot.rules.notices import BlockedTold, DayTold, Notable, Reminded, Unreached
from bot.rules.people import Person
from bot.rules.plan import Role
from bot.rules.record import Report, State
from bot.rules.reminders import (
    Entry,
    Scene,
    Sort,
    Step,
    Timetable,
    Told,
    Why,
    day_report_due,
    decisions,
    digest_due,
    figure_entries,
    line_entries,
    morning_entries,
    next_waking,
    outlook,
    silence_entries,
    week_entries,
)
from bot.services.shelf import NoPlan, Shelf
from storage.outbox import NewNotice, Notice, put
from storage.people import everybody, person_by_id, with_roles
from storage.plans import current_plan_row, read_overrides
from storage.record import item_id, item_ids, report_by_uid
from storage.reminders import (
    Past,
    answered_of,
    close_chat,
    drop_superseded,
    keep_calendar,
    on_leave,
    past_digests,
    put_off,
    rename_chat,
    reported_after,
    reports_in,
    take_reminders,
    trails,
    unreachable,
    write_steps,
)
from storage.requests import waiting

DIGEST, DAY, BLOCKED, OWN, CLOSED, UNDELIVERED = "digest", "day", "blocked", "own", "closed", "undelivered"
URGE, STANDS_IN = "urge", "stands_in"
WHY_CLOSED = "blocked"


class Holidays:
    """The public holidays of a country, each year's worked out once, when it is first asked for."""

    def __init__(self, country: str) -> None:
        self._country = country
        self._years: dict[int, frozenset[date]] = {}
        self._lock = threading.Lock()

    def __call__(self, day: date) -> bool:
        """Whether the day is a public holiday. Raises NotImplementedError for a country nobody knows."""
        known = self._years.get(day.year)
        if known is None:
            with self._lock:
                known = self._years.setdefault(day.year, self._of(day.year))
        return day in known

    def _of(self, year: int) -> frozenset[date]:
        # Imported here: it takes 0.3 s, which the first poll need not wait for.
        from holidays import country_holidays

        # A holiday of next January may be kept on a day of this December.
        days = country_holidays(self._country, years=(year, year + 1))
        return frozenset(day for day in days if day.year == year)


@dataclass(frozen=True, slots=True)
class Almanac:
    """What time means here: the public holidays, the timetable, the deployment's zone."""

    holiday: Callable[[date], bool]
    table: Timetable
    zone: ZoneInfo
    abroad: Mapping[int, ZoneInfo] = field(default_factory=dict)  # people who live by another clock, by id
    home: ZoneInfo | None = None  # the deployment's zone, where `zone` is another one

    def seen_from(self, zone: ZoneInfo) -> Almanac:
        """The same for those who live by another clock."""
        return replace(self, zone=zone, home=self.home or self.zone)

    def of(self, person_id: int) -> Almanac:
        """The same for one person."""
        zone = self.abroad.get(person_id)
        return self if zone is None or zone == self.zone else self.seen_from(zone)

    def lives_here(self, person_id: int) -> bool:
        """Whether the person lives by this almanac's clock."""
        return self.abroad.get(person_id, self.home or self.zone) == self.zone

    def calendar(self, session: Session) -> WorkCalendar:
        """The working days, the office's own word included."""
        return WorkCalendar(self.holiday, {o.day: o.working for o in read_overrides(session)})

    def moment(self, day: date, at: time) -> datetime:
        """A local time of a day, in UTC."""
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)


# ---------------------------------------------------------------- planning


LATEST_ONLY = frozenset({DIGEST, DAY, Sort.LINE, Sort.FIGURES})  # a day without them is made up for by the next

Entries = Callable[[Scene], list[Entry]]


def scene_of(session: Session, shelf: Shelf, almanac: Almanac, today: date) -> Scene | None:
    """All that a day's notices follow from; None before a plan is loaded."""
    book, plan = _book(session, shelf, today), current_plan_row(session, today)
    if book is None or plan is None:
        return None
    table, calendar, people = almanac.table, almanac.calendar(session), everybody(session)
    past = past_digests(session, DIGEST, [p.id for p in people], today - timedelta(table.look_back), today)
    dues = {i.code: i.approved_due for i in book.plan.live if i.approved_due}
    return Scene(
        book,
        people,
        calendar,
        table,
        today,
        told_by(past, calendar.before(today, 1)),
        unreachable(session) | on_leave(session, today).keys(),
        put_off(session, plan.id, almanac.moment(today, time())),
        trails(session, plan.id, dues, almanac.zone),
    )


def plan_entries(
    entries: Entries, sort: Sort, session: Session, shelf: Shelf, almanac: Almanac, now: datetime
) -> list[NewNotice] | None:
    """Today's notices of one sort for those who live by the almanac's clock; None before a plan, or on a day off."""
    today = almanac.local(now).date()
    if not almanac.calendar(session).is_working(today):
        return None
    scene = scene_of(session, shelf, almanac, today)
    if scene is None:
        return None
    found = [e for e in entries(scene) if e.sort is sort and e.sent and almanac.lives_here(e.person.id)]
    return [_entry_notice(e, scene, almanac.moment(today, e.at)) for e in found]


def plan_morning(session: Session, shelf: Shelf, almanac: Almanac, now: datetime) -> list[NewNotice] | None:
    """The digests of today; None where it is not the time for them, or before a plan is loaded."""
    if not digest_due(almanac.local(now), almanac.calendar(session), almanac.table):
        return None
    return plan_entries(morning_entries, Sort.DIGEST, session, shelf, almanac, now)


plan_unit = partial(plan_entries, silence_entries, Sort.UNIT)
plan_unheard = partial(plan_entries, silence_entries, Sort.OFFICE)
plan_weekly = partial(plan_entries, week_entries, Sort.WEEK)
plan_line = partial(plan_entries, line_entries, Sort.LINE)
plan_figures = partial(plan_entries, figure_entries, Sort.FIGURES)

STEPS: Mapping[Sort, Step] = {Sort.UNIT: Step.UNIT, Sort.OFFICE: Step.OFFICE, Sort.WEEK: Step.CHAIR}


def _entry_notice(entry: Entry, scene: Scene, due_at: datetime) -> NewNotice:
    """The entry as a row; its facts name the steps that are taken with it, by item."""
    facts: dict[str, Any] = {"items": [d.code for d in entry.listed]}
    if entry.since:
        facts["since"] = entry.since.isoformat()
    if steps := _steps_taken(entry, scene):
        facts["steps"] = steps
    person = entry.person
    return NewNotice(person.id, person.chat_id, scene.today, entry.sort, "", facts, due_at, bulk=True)


def _steps_taken(entry: Entry, scene: Scene) -> dict[str, tuple[str, int]]:
    """For each item its due date and the step; a digest announces what is overdue for the first time."""
    if entry.sort is Sort.DIGEST:
        codes = [d.code for d in entry.listed if d.why is Why.OVERDUE and d.code not in scene.trails]
        step = Step.NOTICED
    else:
        codes, step = [d.code for d in entry.listed], STEPS.get(entry.sort, Step.NOTICED)
    dues = {c: scene.book.plan.item[c].approved_due for c in codes if entry.sort in (Sort.DIGEST, *STEPS)}
    return {code: (due.isoformat(), int(step)) for code, due in dues.items() if due}


def told_by(past: Sequence[Past], yesterday: date) -> Told:
    """Up to which day people have had their digests; `past` comes newest first.

    A day on which anybody's digest was planned is told to all but those whose own did not arrive. `yesterday` is the
    working day before, for a deployment that has planned nothing lately.
    """
    days = sorted({p.day for p in past}, reverse=True)
    if not days:
        return Told(yesterday)
    untold = {(p.person_id, p.day) for p in past if not p.told}
    missed = {
        person: next((day for day in days if (person, day) not in untold), days[-1] - timedelta(1))
        for person, day in untold
        if day == days[0]
    }
    return Told(days[0], missed)


def plan_evening(session: Session, shelf: Shelf, almanac: Almanac, now: datetime) -> list[NewNotice] | None:
    """The office's digest of the day's reports, for each of its people; None where it is not the time for it.

    It tells what came in since the last one that arrived, so that nothing said after hours or on a day off is lost.
    """
    local = almanac.local(now)
    today, table = local.date(), almanac.table
    calendar = almanac.calendar(session)
    plan = current_plan_row(session, today)
    if plan is None or not day_report_due(local, calendar, table):
        return None
    office = [p for p in _office(session, today) if almanac.lives_here(p.id)]
    past = past_digests(session, DAY, [p.id for p in office], today - timedelta(table.look_back), today)
    due_at = almanac.moment(today, table.day_report_at)
    usual = almanac.moment(calendar.before(today, 1), table.day_report_at)
    last = {p.id: _last_told(past, p.id, usual) for p in office}
    busy = {after: bool(reports_in(session, plan.id, after, due_at)) for after in set(last.values())}
    return [_day_notice(p, last[p.id], due_at, today) for p in office if busy[last[p.id]]]


def _last_told(past: Sequence[Past], person_id: int, usual: datetime) -> datetime:
    told = (datetime.fromisoformat(p.facts["until"]) for p in past if p.person_id == person_id and p.told)
    return next(told, usual)


def _day_notice(person: Person, after: datetime, until: datetime, today: date) -> NewNotice:
    facts = {"after": after.isoformat(), "until": until.isoformat()}
    return NewNotice(person.id, person.chat_id, today, DAY, "", facts, until, bulk=True)


def keep(session: Session, notices: Sequence[NewNotice], at: datetime) -> int:
    """Write notices of one day and sort (at most some hundreds), with the steps that are taken with them.

    Digests come in place of older ones that still wait. Returns how many are new.
    """
    if not notices:
        return 0
    if notices[0].kind in LATEST_ONLY:
        drop_superseded(session, notices[0].kind, [n.person_id for n in notices], notices[0].day)
    _keep_steps(session, notices)
    for notice in notices:
        if "dates" in notice.facts:
            keep_calendar(session, notice.person_id, notice.facts["dates"], at)
    return put(session, notices, at)


def _keep_steps(session: Session, notices: Sequence[NewNotice]) -> None:
    taken = {code: step for n in notices for code, step in n.facts.get("steps", {}).items()}
    plan = current_plan_row(session, notices[0].day) if taken else None
    if plan is not None:
        ids = item_ids(session, plan.id)
        day = notices[0].day
        write_steps(
            session, {(ids[c], date.fromisoformat(due), step): day for c, (due, step) in taken.items() if c in ids}
        )


def plan_own(session: Session, almanac: Almanac, now: datetime) -> int:
    """Write the personal reminders that are due, one message a person however many; returns how many messages."""
    notices = []
    for person_id, due in take_reminders(session, now).items():
        person = person_by_id(session, person_id)
        if person is not None:
            asked = {r.item: r.made_at.isoformat() for r in sorted(due, key=lambda r: r.made_at)}
            codes = list(dict.fromkeys(r.item for r in due))
            facts = {"items": codes, "asked": asked}
            today = almanac.of(person.id).local(now).date()
            notices.append(NewNotice(person.id, person.chat_id, today, OWN, str(due[0].id), facts, now, bulk=False))
    return put(session, notices, now)


def _book(session: Session, shelf: Shelf, today: date) -> Book | None:
    try:
        return shelf.book(session, today)
    except NoPlan:
        return None


def _office(session: Session, day: date) -> list[Person]:
    """The office's people who can be reached; without those on leave, unless all are."""
    away, off = unreachable(session), on_leave(session, day)
    there = [p for p in with_roles(session, (Role.OFFICE,)) if p.id not in away]
    return [p for p in there if p.id not in off] or there


# ---------------------------------------------------------------- at once


def tell_office(
    session: Session,
    kind: str,
    subject: str,
    facts: Mapping[str, object],
    day: date,
    at: datetime,
    but: int | None = None,
) -> int:
    """A notice for everybody in the office (except the person `but`), in the caller's transaction."""
    office = [p for p in _office(session, day) if p.id != but]
    return put(
        session, [NewNotice(p.id, p.chat_id, day, kind, subject, dict(facts), at, bulk=False) for p in office], at
    )


def tell_of_blocked(session: Session, reports: Iterable[Report], person: Person, day: date, at: datetime) -> None:
    """Tell the office at once of what was just reported as blocked by somebody else."""
    for report in reports:
        if report.state is State.BLOCKED and report.undoes is None:
            facts = {"report": report.id, "item": report.item}
            tell_office(session, BLOCKED, report.id, facts, day, at, but=person.id)


def chat_closed(session: Session, chat_id: int, person_id: int, day: date, at: datetime) -> None:
    """A person's chat takes no more messages: remember it, and tell the office once."""
    if close_chat(session, chat_id, person_id, WHY_CLOSED):
        tell_office(session, CLOSED, str(chat_id), {"person": person_id}, day, at, but=person_id)


def chat_moved(session: Session, old: int, new: int) -> None:
    """A group has another id now."""
    rename_chat(session, old, new)


def given_up(session: Session, notice: Notice, day: date, at: datetime) -> None:
    """A notice did not arrive: tell the office, once a day for each person, and never about such a message itself."""
    if notice.kind not in (UNDELIVERED, CLOSED):
        facts = {"person": notice.person_id, "kind": notice.kind}
        tell_office(session, UNDELIVERED, str(notice.person_id), facts, day, at, but=notice.person_id)


# ---------------------------------------------------------------- what there is to say


@dataclass(frozen=True, slots=True)
class Reading:
    """What is needed to work out what a notice says now: `now` in UTC."""

    shelf: Shelf
    almanac: Almanac
    now: datetime

    @property
    def today(self) -> date:
        return self.almanac.local(self.now).date()


Said = TypeVar("Said")
Teller = Callable[[Session, Reading, Notice, Person, Book], Said | None]


def content(
    session: Session, reading: Reading, notice: Notice, tellers: Mapping[str, Teller[Said]]
) -> Said | datetime | None:
    """What the notice says now; None where nothing is left to say, a moment where it must wait until then.

    `tellers` work it out, by kind of notice.
    """
    person = person_by_id(session, notice.person_id)
    reading = replace(reading, almanac=reading.almanac.of(notice.person_id))
    book = _book(session, reading.shelf, reading.today)
    if person is None or book is None or notice.kind not in tellers:
        return None
    later = not_before(session, reading, notice)
    return later or tellers[notice.kind](session, reading, notice, person, book)


def not_before(session: Session, reading: Reading, notice: Notice) -> datetime | None:
    """The moment (UTC) until which a notice must wait: nothing goes out at night, and little on a day off.

    Only what a person asked for comes on a day off. A digest never waits for another day: that day has its own.
    """
    local = reading.almanac.local(reading.now)
    calendar = None if notice.kind == OWN else reading.almanac.calendar(session)
    wake = next_waking(local, reading.almanac.table, calendar)
    return None if wake == local else wake.astimezone(UTC)


def _morning(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> Reminded | None:
    if notice.day != reading.today:
        return None
    mine = [c for c in notice.facts["items"] if _theirs(book, person, c)]
    told = reminded(session, reading, person, book, mine, date.fromisoformat(notice.facts["since"]))
    later = put_off_by(session, reading, person)
    listed = tuple(d for d in told.decisions if d.listed and d.code not in later)
    return replace(told, decisions=listed) if listed else None


def put_off_by(session: Session, reading: Reading, person: Person) -> frozenset[str]:
    """The items that a person has asked to be reminded of today or later."""
    plan = current_plan_row(session, reading.today)
    assert plan is not None  # the book was read from it
    return put_off(session, plan.id, reading.almanac.moment(reading.today, time())).get(person.id, frozenset())


def _theirs(book: Book, person: Person, code: str) -> bool:
    item = book.plan.item.get(code)
    return item is not None and any(book.plan.leads(unit, item) for unit in person.reporting_units)


def _own(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> Reminded | None:
    """What was asked for, without what is done, and without what its own leaders have reported on since they asked."""
    told = reminded(session, reading, person, book, notice.facts["items"])
    asked = notice.facts.get("asked", {})
    left = tuple(
        d
        for d in told.decisions
        if book.facts_on(d.code).done_on is None and not _answered(session, reading, person, book, d.code, asked)
    )
    return replace(told, decisions=left, own=True) if left else None


def _answered(
    session: Session, reading: Reading, person: Person, book: Book, code: str, asked: Mapping[str, str]
) -> bool:
    if code not in asked or not _theirs(book, person, code):
        return False
    plan = current_plan_row(session, reading.today)
    assert plan is not None  # the book was read from it
    return reported_after(session, item_id(session, plan.id, code), datetime.fromisoformat(asked[code]))


def reminded(
    session: Session, reading: Reading, person: Person, book: Book, codes: Sequence[str], since: date | None = None
) -> Reminded:
    """Those of the items that are still in the plan, with what a digest would say of them today."""
    day = outlook(reading.almanac.calendar(session), reading.almanac.table, reading.today, since)
    live = [c for c in codes if c in book.plan.item and not book.plan.item[c].withdrawn]
    plan = current_plan_row(session, reading.today)
    assert plan is not None  # the book was read from it
    asked = waiting(session, plan.id)
    return Reminded(person, book, reading.today, day.since, decisions(book, live, day), asked=asked)


def _day(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> DayTold | None:
    if notice.day != reading.today:
        return None
    moments = (datetime.fromisoformat(notice.facts[name]) for name in ("after", "until"))
    told = day_told(session, reading, person, book, *moments)
    return told if told.reports else None


def day_told(
    session: Session, reading: Reading, person: Person, book: Book, after: datetime, until: datetime
) -> DayTold:
    """The reports of a span of time that still count, an item's in one: blocked first, then those with a difficulty."""
    plan = current_plan_row(session, reading.today)
    assert plan is not None  # the book was read from it
    latest: dict[str, Report] = {}
    for report in reports_in(session, plan.id, after, until):
        if report.item in book.plan.item:
            latest[report.item] = _added(latest.get(report.item), report)
    ordered = sorted(latest.values(), key=lambda r: (r.state is not State.BLOCKED, not r.difficulty, not r.proposal))
    return DayTold(person, book, reading.today, after, until, tuple(ordered))


def _added(earlier: Report | None, report: Report) -> Report:
    """The report with what an earlier one of the same span said and it does not."""
    if earlier is None:
        return report
    return replace(
        report,
        percent=earlier.percent if report.percent is None else report.percent,
        value=earlier.value if report.value is None else report.value,
        difficulty=report.difficulty or earlier.difficulty,
        proposal=report.proposal or earlier.proposal,
    )


def _blocked(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> BlockedTold | None:
    report = report_by_uid(session, notice.facts["report"])
    if report is None or report.item not in book.plan.item or answered_of(session, [report.id]):
        return None
    return BlockedTold(person, book, reading.today, report)


def _unreached(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> Unreached | None:
    who = person_by_id(session, notice.facts["person"])
    return Unreached(person, book, who, notice.kind == CLOSED) if who else None


TELLERS: Mapping[str, Teller[Notable]] = {
    DIGEST: _morning,
    DAY: _day,
    BLOCKED: _blocked,
    OWN: _own,
    CLOSED: _unreached,
    UNDELIVERED: _unreached,
}
