"""Working days: public holidays, the office's own word, and counting."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.calendar import WorkCalendar
from bot.services.reminding import Holidays

VIETNAM = Holidays("VN")
TET = date(2025, 1, 29)  # the first day of the lunar year; 25 January to 2 February were off
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def test_public_holidays_and_weekends_are_off() -> None:
    calendar = WorkCalendar(VIETNAM)
    assert not calendar.is_working(TET)
    assert not calendar.is_working(date(2025, 4, 30))
    assert not calendar.is_working(date(2025, 6, 21))  # a Saturday
    assert calendar.is_working(date(2025, 6, 18))


def test_the_office_has_the_last_word() -> None:
    worked, off = date(2025, 4, 26), date(2025, 6, 18)
    calendar = WorkCalendar(VIETNAM, {worked: True, off: False, TET: True})
    assert calendar.is_working(worked)
    assert not calendar.is_working(off)
    assert calendar.is_working(TET)


def test_the_working_day_after_tet_is_found() -> None:
    calendar = WorkCalendar(VIETNAM)
    assert calendar.after(date(2025, 1, 24), 1) == date(2025, 2, 3)
    assert calendar.before(date(2025, 2, 3), 1) == date(2025, 1, 24)
    assert calendar.between(date(2025, 1, 24), date(2025, 2, 4)) == 2


def test_another_country_has_other_holidays() -> None:
    victory_day = date(2025, 12, 16)
    assert not WorkCalendar(Holidays("BD")).is_working(victory_day)
    assert WorkCalendar(VIETNAM).is_working(victory_day)


@given(day=DAYS, count=st.integers(1, 30), off=st.sets(DAYS, max_size=5))
def test_going_ahead_and_back_meets_again(day: date, count: int, off: set[date]) -> None:
    calendar = WorkCalendar(VIETNAM, dict.fromkeys(off, False))
    there = calendar.after(day, count)
    assert calendar.is_working(there)
    assert calendar.between(day, there) == count
    assert calendar.before(there + timedelta(1), 1) == there
    assert calendar.before(there, count) == (day if calendar.is_working(day) else calendar.before(day, 1))


@given(first=DAYS, middle=DAYS, last=DAYS)
def test_counting_adds_up(first: date, middle: date, last: date) -> None:
    calendar = WorkCalendar(VIETNAM)
    assert calendar.between(first, middle) + calendar.between(middle, last) == calendar.between(first, last)
