"""Working days: what the public holidays and the office's own calendar leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class DayOverride:
    """The office's word on one day: off, or worked (a swapped Saturday), whatever else is known of it."""

    day: date
    working: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked. `holiday` tells a public holiday; `overrides` win over it and over weekends."""

    holiday: Callable[[date], bool]
    overrides: Mapping[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        decided = self.overrides.get(day)
        if decided is not None:
            return decided
        return day.weekday() < 5 and not self.holiday(day)

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (0: the day itself, or the next one worked)."""
        found = day
        while count > 0 or not self.is_working(found):
            found += timedelta(1)
            count -= self.is_working(found)
        return found

    def before(self, day: date, count: int) -> date:
        """The `count`-th working day before `day`."""
        found = day
        while count > 0:
            found -= timedelta(1)
            count -= self.is_working(found)
        return found

    def between(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to `last`, negative where `last` comes before."""
        if last < first:
            return -self.between(last, first)
        return sum(self.is_working(first + timedelta(n)) for n in range(1, (last - first).days + 1))
