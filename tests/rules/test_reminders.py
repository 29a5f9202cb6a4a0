"""Which reminders are due, to whom and why: every sentence of the rule as an example, the whole as properties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.book import Book
from bot.rules.calendar import WorkCalendar
from bot.rules.people import Person, Post
from bot.rules.plan import Item, Kind, Plan, Role, Unit
from bot.rules.record import Facts, Report, State, facts_of, until
from bot.rules.reminders import (
    Digest,
    Held,
    Timetable,
    Told,
    Why,
    day_report_due,
    decisions,
    digest_due,
    digests,
    next_waking,
    outlook,
    readers_of,
)

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TABLE = Timetable()
START = date(2025, 1, 1)
WEDNESDAY = date(2025, 6, 18)
HOLIDAYS = frozenset({date(2025, 9, 1), date(2025, 9, 2)})  # a Monday and a Tuesday
CALENDAR = WorkCalendar(HOLIDAYS.__contains__)
UNITS = (Unit("A", "Sở A"), Unit("B", "Sở B"), Unit("ALL", "Các sở", kind="group", members=("all",)))


def task(code: str = "NV01", due: date | None = WEDNESDAY, leads: Sequence[str] = ("A",), **more: object) -> Item:
    item = Item(code, Kind.TASK, f"Nhiệm vụ {code}", START, due=due, leads=tuple(leads), year=2025)
    return replace(item, **more)  # type: ignore[arg-type]


def reported(item: Item, on: date, percent: int = 50) -> Facts:
    return facts_of(item, [Report("r", item.code, on, percent=Decimal(percent))])


def book_of(*items: Item, facts: dict[str, Facts] | None = None) -> Book:
    return Book(Plan(2025, units=UNITS, items=items), facts or {})


def person(number: int, *posts: tuple[str, Role]) -> Person:
    return Person(number, f"P{number}", "vi", tuple(Post(u, r) for u, r in posts), number)


LEADER = person(1, ("A", Role.LEADER))


def morning(
    book: Book, day: date = WEDNESDAY, people: Iterable[Person] = (LEADER,), told: Told | None = None
) -> tuple[Digest, ...]:
    return digests(book, list(people), CALENDAR, TABLE, day, told)


def why(item: Item, day: date = WEDNESDAY, facts: Facts | None = None, told: Told | None = None) -> Why | None:
    """Why the item is in the leader's digest of that day; None where it is not."""
    found = morning(book_of(item, facts={item.code: facts} if facts else {}), day, told=told)
    return next((d.why for digest in found for d in digest.listed), None)


# ---------------------------------------------------------------- what is listed


@pytest.mark.parametrize(
    ("due", "reason"),
    [
        (date(2025, 6, 17), Why.OVERDUE),
        (date(2025, 6, 18), Why.DUE_NOW),
        (date(2025, 6, 19), Why.DUE_SOON),
        (date(2025, 6, 20), None),
        (date(2025, 6, 23), Why.DUE_SOON),  # in three working days, over a weekend
        (date(2025, 6, 24), None),
        (date(2025, 6, 27), Why.DUE_SOON),  # in seven
        (date(2025, 6, 30), None),
    ],
)
def test_overdue_due_today_and_in_one_three_or_seven_working_days(due: date, reason: Why | None) -> None:
    item = task(due=due, start=WEDNESDAY)  # nothing stale about it
    assert why(item) == reason


def test_a_due_date_on_a_day_off_belongs_to_the_working_day_before() -> None:
    friday, sunday = date(2025, 6, 20), date(2025, 6, 22)
    item = task(due=sunday, start=WEDNESDAY)
    assert why(item, friday) is Why.DUE_NOW
    assert why(item, friday - timedelta(1)) is Why.DUE_SOON


def test_the_days_are_told() -> None:
    book = book_of(task("NV01", date(2025, 6, 8)), task("NV02", date(2025, 6, 23)), task("NV03", WEDNESDAY))
    (digest,) = morning(book)
    assert [(d.code, d.days) for d in digest.listed] == [("NV01", 10), ("NV03", 0), ("NV02", 3)]


def test_an_extension_counts_and_not_the_original_date() -> None:
    assert why(task(due=date(2025, 5, 31), extended=WEDNESDAY + timedelta(1))) is Why.DUE_SOON


def test_done_and_withdrawn_items_are_never_listed() -> None:
    overdue = task(due=date(2025, 5, 31))
    assert why(overdue, facts=reported(overdue, date(2025, 5, 1), 100)) is None
    assert why(replace(overdue, withdrawn=True)) is None


def test_stale_on_the_first_day_then_on_mondays() -> None:
    item = task(due=date(2025, 12, 31))
    silent_since = date(2025, 5, 17)  # 31 days before Tuesday 17 June, 32 before the Wednesday
    facts = reported(item, silent_since)
    tuesday, monday = date(2025, 6, 17), date(2025, 6, 23)
    assert [why(item, tuesday + timedelta(n), facts) for n in range(3)] == [Why.STALE, None, None]
    assert why(item, monday, facts) is Why.STALE


def test_stale_items_come_on_the_weeks_first_working_day_where_monday_is_off() -> None:
    item = task(due=date(2025, 12, 31))
    facts = reported(item, date(2025, 7, 1))
    assert why(item, date(2025, 9, 3), facts) is Why.STALE  # the Wednesday after two days off
    assert why(item, date(2025, 9, 4), facts) is None


def test_an_item_that_turns_stale_on_a_weekend_is_told_on_the_next_working_day() -> None:
    item = task(due=date(2025, 12, 31))
    saturday = date(2025, 6, 21)
    facts = reported(item, saturday - timedelta(31))
    assert why(item, saturday - timedelta(1), facts) is None
    assert why(item, date(2025, 6, 23), facts) is Why.STALE


# ---------------------------------------------------------------- what is held back


@pytest.mark.parametrize(
    ("last", "listed"), [(date(2025, 6, 13), True), (date(2025, 6, 16), False), (date(2025, 6, 17), False)]
)
def test_what_was_reported_in_the_last_two_working_days_is_held_back(last: date, listed: bool) -> None:
    item = task(due=date(2025, 6, 23))
    assert (why(item, facts=reported(item, last)) is Why.DUE_SOON) is listed


def test_overdue_and_due_today_are_listed_whatever_was_reported_before_today() -> None:
    yesterday = WEDNESDAY - timedelta(1)
    for due, reason in ((yesterday, Why.OVERDUE), (WEDNESDAY, Why.DUE_NOW)):
        item = task(due=due)
        assert why(item, facts=reported(item, yesterday)) is reason
        assert why(item, facts=reported(item, WEDNESDAY)) is None


def test_what_is_held_back_says_why() -> None:
    soon, done, calm = task("NV01", date(2025, 6, 19)), task("NV02"), task("NV03", date(2025, 12, 31), start=WEDNESDAY)
    facts = {"NV01": reported(soon, WEDNESDAY - timedelta(1)), "NV02": reported(done, WEDNESDAY, 100)}
    found = decisions(
        book_of(soon, done, calm, facts=facts), ["NV01", "NV02", "NV03"], outlook(CALENDAR, TABLE, WEDNESDAY)
    )
    assert {d.code: d.held for d in found} == {"NV01": Held.REPORTED, "NV02": Held.DONE, "NV03": Held.NOTHING_DUE}


# ---------------------------------------------------------------- to whom


def test_a_unit_without_a_leader_reminds_its_deputy_and_one_with_a_leader_does_not() -> None:
    deputy = person(2, ("A", Role.DEPUTY))
    book = book_of(task())
    assert [d.person.id for d in morning(book, people=[LEADER, deputy])] == [1]
    assert [d.person.id for d in morning(book, people=[deputy])] == [2]


def test_a_leader_who_cannot_be_reached_counts_as_absent() -> None:
    deputy = person(2, ("A", Role.DEPUTY))
    assert readers_of([LEADER, deputy], frozenset({1})) == {2: ("A",)}


def test_an_item_of_a_group_reminds_every_member() -> None:
    other, chair = person(2, ("B", Role.LEADER)), person(3, ("A", Role.CHAIR))
    found = morning(book_of(task(leads=("ALL",))), people=[LEADER, other, chair])
    assert [d.person.id for d in found] == [1, 2]


def test_a_leader_of_two_units_gets_one_digest_with_each_item_once() -> None:
    both = person(1, ("A", Role.LEADER), ("B", Role.LEADER))
    (digest,) = morning(book_of(task("NV01", leads=("A", "B")), task("NV02", leads=("B",))), people=[both])
    assert sorted(d.code for d in digest.listed) == ["NV01", "NV02"]


# ---------------------------------------------------------------- catching up


def test_a_day_that_was_missed_is_caught_up_by_the_next_digest() -> None:
    item = task(due=date(2025, 6, 23), start=WEDNESDAY)
    thursday = WEDNESDAY + timedelta(1)  # two working days before; the day before was missed
    assert why(item, thursday) is None
    assert why(item, thursday, told=Told(date(2025, 6, 17))) is Why.DUE_SOON
    assert why(item, thursday, told=Told(WEDNESDAY, {LEADER.id: date(2025, 6, 17)})) is Why.DUE_SOON


def test_what_was_missed_long_ago_is_not_dug_up() -> None:
    item = task(due=date(2025, 12, 31))
    facts = reported(item, date(2025, 3, 1))
    assert outlook(CALENDAR, TABLE, WEDNESDAY, date(2025, 1, 1)).since == WEDNESDAY - timedelta(TABLE.look_back)
    assert why(item, facts=facts, told=Told(date(2025, 1, 1))) is Why.STALE  # a week began since then


# ---------------------------------------------------------------- when

DAYS = st.dates(date(2025, 1, 1), date(2025, 12, 31))
MOMENTS = st.builds(datetime.combine, DAYS, st.times(), st.just(ZONE))
TIMETABLES = st.builds(Timetable, remind_at=st.times(), report_at=st.times())


@given(now=MOMENTS, table=TIMETABLES)
def test_no_digest_is_due_at_night_or_on_a_day_off(now: datetime, table: Timetable) -> None:
    if digest_due(now, CALENDAR, table) or day_report_due(now, CALENDAR, table):
        assert time(6, 30) <= now.time() < time(21, 1)
        assert now.weekday() < 5
        assert now.date() not in HOLIDAYS


@given(day=DAYS, table=TIMETABLES)
def test_every_working_day_has_its_digest(day: date, table: Timetable) -> None:
    minutes = [datetime.combine(day, time(n // 60, n % 60), ZONE) for n in range(0, 1440, 30)]
    late = datetime.combine(day, time(21), ZONE)
    assert any(digest_due(now, CALENDAR, table) for now in [*minutes, late]) is CALENDAR.is_working(day)


@given(now=MOMENTS)
def test_what_must_wait_waits_for_the_first_waking_moment(now: datetime) -> None:
    woken = next_waking(now, TABLE, CALENDAR)
    assert TABLE.awake(woken.time())
    assert CALENDAR.is_working(woken.date())
    assert woken >= now
    assert woken == now or woken.time() == TABLE.wake
    assert next_waking(woken, TABLE, CALENDAR) == woken


# ---------------------------------------------------------------- the whole

DUES = st.none() | st.dates(date(2025, 5, 1), date(2025, 9, 30))
ITEMS = st.lists(
    st.tuples(DUES, st.none() | st.dates(START, date(2025, 9, 30)), st.sampled_from([20, 100])), min_size=1, max_size=6
)
WORKDAYS = st.dates(date(2025, 5, 1), date(2025, 9, 30)).filter(CALENDAR.is_working)


@given(rows=ITEMS, day=WORKDAYS)
def test_a_digest_is_true_and_complete(rows: list[tuple[date | None, date | None, int]], day: date) -> None:
    """Everything listed has its reason, and everything pressing that nobody has answered today is listed."""
    items = [task(f"NV{n:02}", due) for n, (due, _, _) in enumerate(rows)]
    facts = {i.code: reported(i, on, p) for i, (_, on, p) in zip(items, rows, strict=True) if on and on <= day}
    book = book_of(*items, facts=facts)
    listed = {d.code: d for digest in morning(book, day) for d in digest.listed}
    for item in items:
        known, due = book.facts_on(item.code), item.due
        open_ = known.done_on is None
        pressing = open_ and due is not None and due <= day and known.last_on != day
        assert not pressing or listed[item.code].why in (Why.OVERDUE, Why.DUE_NOW)
        if decision := listed.get(item.code):
            assert open_
            recent = known.last_on is not None and CALENDAR.between(known.last_on, day) <= TABLE.quiet_days
            assert decision.why in (Why.OVERDUE, Why.DUE_NOW) or not recent
            assert decision.why is not Why.DUE_SOON or decision.days in TABLE.ahead


@given(due=st.dates(date(2025, 6, 2), date(2025, 8, 29)))
def test_each_warning_comes_once(due: date) -> None:
    """Day by day, with nobody reporting, an item is announced exactly three times before its last working day."""
    item = task(due=due, start=date(2025, 5, 20))
    days = [d for n in range(120) if CALENDAR.is_working(d := date(2025, 5, 15) + timedelta(n)) and d <= due]
    told = [why(item, day) for day in days]
    assert told.count(Why.DUE_SOON) == 3
    assert told.count(Why.DUE_NOW) == 1


def test_a_report_that_is_blocked_still_counts_as_an_answer() -> None:
    item = task(due=date(2025, 6, 23))
    said = Report("r", item.code, date(2025, 6, 17), state=State.BLOCKED)
    assert why(item, facts=facts_of(item, until([said], WEDNESDAY))) is None
