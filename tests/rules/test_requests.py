"""What may be asked for: a later deadline by whom and until when, a reminder at which moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.acts import NO_HOUR, Act, Intent
from bot.rules.book import Book
from bot.rules.calendar import WorkCalendar
from bot.rules.people import Person, Post
from bot.rules.plan import Item, Kind, Plan, Role, Unit
from bot.rules.record import Facts
from bot.rules.reminders import Timetable
from bot.rules.requests import (
    Alarm,
    Need,
    Open,
    Problem,
    Refused,
    Wish,
    days_offered,
    examine_extension,
    examine_reminder,
    moment_of,
    moments_offered,
    snoozes,
)

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TABLE = Timetable()
CALENDAR = WorkCalendar(lambda _: False)
TODAY = date(2025, 6, 18)
NOW = datetime(2025, 6, 18, 9, tzinfo=ZONE)
ITEM = Item("NV01", Kind.TASK, "Việc", date(2025, 1, 1), due=date(2025, 6, 30), leads=("A",), year=2025)
LEADER = Person(1, "A", "vi", (Post("A", Role.LEADER),), 1)
OTHER = Person(2, "B", "vi", (Post("B", Role.LEADER),), 2)
OFFICE = Person(3, "C", "vi", (Post("B", Role.OFFICE),), 3)


def book(item: Item = ITEM, facts: Facts | None = None) -> Book:
    plan = Plan(2025, units=(Unit("A", "Sở A"), Unit("B", "Sở B")), items=(item,))
    return Book(plan, {item.code: facts} if facts else {})


def extend(person: Person = LEADER, held: Book | None = None, *, sure: bool = True, **slots: object) -> object:
    act = Act(Intent.EXTEND, {"item": "NV01"} | slots, sure)
    return examine_extension(act, held or book(), person, TODAY)


def remind(person: Person = LEADER, *, doubts: tuple[str, ...] = (), **slots: object) -> object:
    act = Act(Intent.REMIND, {"item": "NV01"} | slots, not doubts, doubts)
    return examine_reminder(act, book(), person, NOW, TABLE, CALENDAR)


def test_a_leader_of_the_item_and_the_office_may_ask_for_more_time() -> None:
    wish = Wish("NV01", date(2025, 7, 31), "chờ vốn")
    assert extend(date="2025-07-31", reason="chờ vốn") == wish
    assert extend(OFFICE, date="2025-07-31", reason="chờ vốn") == wish
    assert extend(OTHER, date="2025-07-31") == Refused(Problem.NOT_YOURS, "NV01")


@pytest.mark.parametrize(
    ("held", "slots", "problem"),
    [
        (book(), {"date": "2025-06-30"}, Problem.NOT_LATER),
        (book(replace(ITEM, extended=date(2025, 8, 31))), {"date": "2025-07-31"}, Problem.NOT_LATER),
        (book(replace(ITEM, due=date(2025, 5, 1))), {"date": "2025-06-17"}, Problem.DAY_PAST),
        (book(replace(ITEM, due=None)), {"date": "2025-07-31"}, Problem.NO_DEADLINE),
        (book(facts=Facts(done_on=TODAY)), {"date": "2025-07-31"}, Problem.DONE),
        (book(replace(ITEM, withdrawn=True)), {"date": "2025-07-31"}, Problem.WITHDRAWN),
        (book(), {"item": "NV99"}, Problem.NO_SUCH_ITEM),
        (book(), {"item": None}, Problem.NO_ITEM),
    ],
)
def test_what_cannot_be_extended(held: Book, slots: dict[str, object], problem: Problem) -> None:
    found = extend(held=held, **slots)
    assert isinstance(found, Refused)
    assert found.problem is problem


def test_what_is_missing_or_doubtful_is_asked_first() -> None:
    assert isinstance(missing := extend(), Open)
    assert missing.need is Need.UNTIL
    assert isinstance(doubtful := extend(date="2025-07-31", sure=False), Open)
    assert doubtful.need is Need.SURE
    assert isinstance(several := extend(item=None, candidates=["NV01", "NV99"], date="2025-07-31"), Open)
    assert (several.need, several.items) == (Need.WHICH, ("NV01",))


@given(due=st.dates(date(2025, 1, 1), date(2026, 12, 31)), today=st.dates(date(2025, 1, 1), date(2026, 12, 31)))
def test_the_dates_offered_are_later_and_ends_of_months(due: date, today: date) -> None:
    offered = days_offered(due, today)
    assert 2 <= len(offered) <= 4
    assert list(offered) == sorted(set(offered))
    assert all(day > max(due, today) and (day + timedelta(1)).day == 1 for day in offered)


# ---------------------------------------------------------------- reminders


@pytest.mark.parametrize(
    ("slots", "moment"),
    [
        ({"in_minutes": 30}, datetime(2025, 6, 18, 9, 30)),  # noqa: DTZ001 - given its zone below
        ({"date": "2025-06-20", "time": "15:00"}, datetime(2025, 6, 20, 15)),  # noqa: DTZ001
        ({"date": "2025-06-20"}, datetime(2025, 6, 20, 8)),  # noqa: DTZ001 - with the morning's reminders
        ({"time": "10:00"}, datetime(2025, 6, 18, 10)),  # noqa: DTZ001
        ({"time": "08:30"}, datetime(2025, 6, 19, 8, 30)),  # noqa: DTZ001 - passed today: tomorrow
    ],
)
def test_the_moment_that_is_meant(slots: dict[str, object], moment: datetime) -> None:
    found = remind(**slots)
    assert isinstance(found, Alarm)
    assert found.at == moment.replace(tzinfo=ZONE)
    assert not found.moved


def test_at_night_it_waits_and_after_the_due_day_it_warns() -> None:
    assert remind(date="2025-06-18", time="23:00") == Alarm(
        "NV01", datetime(2025, 6, 19, 6, 30, tzinfo=ZONE), moved=True
    )
    assert remind(date="2025-07-01", time="08:00") == Alarm("NV01", datetime(2025, 7, 1, 8, tzinfo=ZONE), late=True)


def test_a_day_alone_is_enough_unless_the_item_is_only_guessed() -> None:
    assert isinstance(remind(date="2025-06-20", doubts=(NO_HOUR,)), Alarm)
    assert isinstance(remind(date="2025-06-20", doubts=("item", NO_HOUR)), Open)


def test_without_a_moment_some_are_offered_and_a_past_one_is_refused() -> None:
    assert isinstance(asked := remind(), Open)
    assert [f"{m:%d %H:%M}" for m in asked.moments] == ["18 11:00", "19 08:00", "23 08:00", "30 08:00"]
    assert isinstance(remind(date="2025-06-18", time="08:00"), Refused)


def test_each_later_moment_says_why_it_is_offered() -> None:
    """On Friday, of what is due on Saturday: the due day comes before the next working day."""
    friday, saturday = datetime(2025, 6, 20, 9, tzinfo=ZONE), date(2025, 6, 21)
    offered = snoozes(replace(ITEM, due=saturday), friday, TABLE, CALENDAR)
    assert [(f"{m:%d}", why) for m, why in offered.items()] == [("21", "due"), ("23", "next"), ("25", "soon")]


@given(
    minutes=st.integers(1, 60 * 24 * 30),
    zone=st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    day=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    at=st.times(),
)
def test_minutes_from_now_are_real_minutes_in_every_zone(minutes: int, zone: str, day: date, at: time) -> None:
    """Also over the night when the clocks change."""
    now = datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))
    moment = moment_of({"in_minutes": minutes}, now, TABLE)
    assert moment is not None
    assert abs(moment.astimezone(UTC) - now.astimezone(UTC) - timedelta(minutes=minutes)) <= timedelta(seconds=30)
    assert (moment.second, moment.microsecond) == (0, 0)


@given(day=st.dates(date(2025, 1, 1), date(2025, 12, 31)), at=st.times())
def test_the_moments_offered_lie_ahead_and_in_waking_hours(day: date, at: time) -> None:
    now = datetime.combine(day, at, ZONE)
    offered = moments_offered(ITEM, now, TABLE, CALENDAR)
    assert 2 <= len(offered) <= 4
    assert all(moment > now and TABLE.awake(moment.time()) for moment in offered)
