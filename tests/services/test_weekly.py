"""When a week begins: its first working day, whatever day that is."""

from __future__ import annotations

from datetime import date

import pytest

from bot.rules.calendar import WorkCalendar
from bot.services.weekly import begins_week

HOLIDAY = date(2025, 9, 1)  # a Monday, the day before the National Day


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2025, 6, 23), True),  # a Monday
        (date(2025, 6, 24), False),
        (date(2025, 6, 22), False),  # a Sunday
        (HOLIDAY, False),
        (date(2025, 9, 2), True),  # the Tuesday after it, worked here
        (date(2025, 12, 29), True),  # the Monday of a week that ends in another year
        (date(2026, 1, 2), False),
    ],
)
def test_a_week_begins_on_its_first_working_day(day: date, begins: bool) -> None:
    assert begins_week(day, WorkCalendar(lambda d: d == HOLIDAY)) is begins


def test_a_worked_sunday_does_not_begin_the_week_that_follows() -> None:
    calendar = WorkCalendar(lambda _: False, {date(2025, 6, 22): True})
    assert not begins_week(date(2025, 6, 22), calendar)
    assert begins_week(date(2025, 6, 23), calendar)
