"""Days, periods, clock times and durations, as people say them, on the day that they are said.

A language's file lists phrases under an operation ("day:+1", "month:n", "start" …) with places for values already
found: `{n}` a number, `{d}` a day, `{p}` a period, `{w}` a weekday, `{c}` a clock time, `{m}` a month's name.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.language.phrases import Hit, View
from bot.language.text import NUMBER, Token

NEXT, LAST = 1, -1
UNIT_DAYS = {"day": 1, "week": 7}
UNIT_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10080}
UNIT_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
OPERATIONS = frozenset(
    [
        "after",
        "ago",
        "at",
        "by",
        "clock",
        "coming",
        "date",
        "day",
        "endof",
        "half",
        "in_year",
        "last",
        "moment",
        "month",
        "now",
        "part",
        "quarter",
        "range",
        "same",
        "since",
        "sofar",
        "span",
        "startof",
        "until",
        "week",
        "weekday",
        "weekday_in",
        "weekday_next",
        "year",
    ]
)
JUST_PAST = timedelta(days=60)  # a day so lately past is a slip, not next year's
ROLES = {"until": "until", "by": "until", "since": "since", "after": "in", "weekday": "weekday"}
NOON, HALF = 12 * 60, 0.5
FRIDAY = 4  # as `weekday` counts
MOST_WORKDAYS = 260  # a year
MOST_YEARS = 10  # a month or quarter of a year further off is not meant
MOST_MINUTES = MOST_YEARS * 366 * 1440  # a longer span is not meant either


@dataclass(frozen=True, slots=True)
class Day:
    """A day. Of one said without its year or month `day` is the next, `other` the last, `same` this year's."""

    day: date
    other: date | None = None
    same: date | None = None

    def toward(self, direction: int) -> date:
        """The day that is meant ahead (1), behind (-1), or with no direction (0)."""
        if direction < 0:
            return self.other or self.day
        return self.day if direction > 0 else self.same or self.day


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included. `unit` is what sort of period was named, `bare` without its year."""

    first: date
    last: date
    unit: str = ""
    bare: bool = False

    def toward(self, direction: int, today: date) -> Period:
        """A period said without its year, in the year that the direction suggests."""
        if not self.bare:
            return self
        if direction > 0 and self.last < today:
            return replace(self, first=_years(self.first, 1), last=_years(self.last, 1))
        if direction < 0 and self.first > today:
            return replace(self, first=_years(self.first, -1), last=_years(self.last, -1))
        return self

    def as_json(self) -> dict[str, str]:
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes after midnight; `fixed` where morning or evening was said, or the hour leaves no doubt."""

    minutes: int
    fixed: bool = False

    def as_text(self) -> str:
        return f"{self.minutes // 60 % 24:02d}:{self.minutes % 60:02d}"


@dataclass(frozen=True, slots=True)
class Span:
    """How long: in minutes where it is hours or days, `forward` where it is counted from now on."""

    minutes: int
    unit: str


Time = Day | Period | Clock | Span


@dataclass(frozen=True, slots=True)
class TimeHit:
    """A time said by the tokens `first` to `last` (exclusive). `role`: `until`, `since`, `in`, or empty."""

    value: Time
    first: int
    last: int
    role: str = ""


def _years(day: date, years: int) -> date:
    return _day(day.year + years, day.month, day.day)


def _day(year: int, month: int, day: int) -> date:
    """A real day: the 31st of a short month is its last one."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def months_later(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return _day(max(1, count // 12), count % 12 + 1, day.day)


def workdays_later(day: date, days: int) -> date:
    """The day so many days later, of Monday to Friday only."""
    for _ in range(min(days, MOST_WORKDAYS)):
        day += timedelta(1 if day.weekday() < FRIDAY else 7 - day.weekday())
    return day


def period_of(unit: str, day: date) -> Period:
    """The calendar period of a sort that holds a day; weeks run Monday to Sunday."""
    if unit == "day":
        return Period(day, day, unit)
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6), unit)
    size = UNIT_MONTHS[unit]
    month = (day.month - 1) // size * size + 1
    first = date(day.year, month, 1)
    return Period(first, months_later(first, size) - timedelta(days=1), unit)


def shifted(unit: str, day: date, by: int) -> Period:
    """The period that stands `by` periods after the one that holds `day`."""
    if unit in UNIT_DAYS:
        return period_of(unit, day + timedelta(days=by * UNIT_DAYS[unit]))
    return period_of(unit, months_later(period_of(unit, day).first, by * UNIT_MONTHS[unit]))


def numbered(unit: str, number: int, today: date, year: int | None = None) -> Period | None:
    """Month 7, quarter 3, half 2, year 2025 …; None where there is no such one."""
    if unit == "year":
        return period_of("year", date(number, 1, 1)) if 2000 <= number <= 2100 else None
    size = UNIT_MONTHS.get(unit)
    if size is None or not 1 <= number <= 12 // size:
        return None
    found = period_of(unit, date(year or today.year, (number - 1) * size + 1, 1))
    return replace(found, bare=year is None)


def middle_or_end(period: Period) -> date:
    """The day that a period means as a deadline: its last, or the middle of what only its middle third is said of."""
    whole = period_of(period.unit, period.first) if period.unit in UNIT_MONTHS else period
    inner = whole.first < period.first and period.last < whole.last
    return period.first + (period.last - period.first) // 2 if inner else period.last


def part_of(period: Period, part: str) -> Period:
    """The start, the middle or the end of a period, as a period; its last day closes "end"."""
    days = (period.last - period.first).days + 1
    third = max(1, days // 3)
    if part == "start":
        return replace(period, last=period.first + timedelta(days=third - 1))
    if part == "end":
        return replace(period, first=period.last - timedelta(days=third - 1))
    return Period(period.first + timedelta(days=third), period.last - timedelta(days=third), period.unit, period.bare)


def bare_day(number: int, today: date) -> Day | None:
    """The 15th: the next one, and the last one as the other."""
    if not 1 <= number <= 31:
        return None
    ahead = next((d for d in _same_days(number, today, NEXT) if d >= today), None)
    behind = next((d for d in _same_days(number, today, LAST) if d <= today), None)
    return Day(ahead or today, behind)


def _same_days(number: int, today: date, direction: int) -> Iterable[date]:
    for step in range(4):
        first = months_later(today.replace(day=1), step * direction)
        if number <= calendar.monthrange(first.year, first.month)[1]:
            yield first.replace(day=number)


def day_of_month(number: int, month: int, today: date, year: int | None = None) -> Day | None:
    """A day of a month; without its year the next one, with the last one as the other."""
    if not (1 <= month <= 12 and 1 <= number <= 31):
        return None
    if year is not None:
        year = year + 2000 if year < 100 else year
        return Day(_day(year, month, number)) if 2000 <= year <= 2100 else None
    this = _day(today.year, month, number)
    ahead = this if this >= today - JUST_PAST else _years(this, 1)
    return Day(ahead, _years(this, -1) if this > today else this, this)


def weekday(number: int, today: date) -> Day:
    """A bare weekday: the next one (today counts), and the last one as the other."""
    ahead = (number - today.weekday()) % 7
    return Day(today + timedelta(days=ahead), today + timedelta(days=ahead - 7 if ahead else 0))


class TimeReader:
    """Reads the times of one message on one day, from each language's phrases."""

    def __init__(self, tokens: Sequence[Token], today: date) -> None:
        self._today = today
        self._written = list(_written_days(tokens, today))

    def read(self, view: View, hits_of: Callable[[View], list[Hit]]) -> list[TimeHit]:
        """Every time said, the longest reading at each place. `hits_of(view)` finds the language's time phrases.

        Phrases build on one another ("đầu" + "tháng sau", "từ" + day + "đến" + day), so they are read in rounds.
        """
        found: dict[tuple[int, int, Time, str], int] = {}
        for first, last, day in self._written:
            self._note(view, found, Hit("", first, last, words=last - first + 1), day, "")
        for _ in range(3):
            before = len(found)
            for hit in _closed(hits_of(view), view):
                value, role = self._value(hit)
                if value is not None:
                    self._note(view, found, hit, value, role)
            if len(found) == before:
                break
        return _chosen(found)

    def _note(self, view: View, found: dict[tuple[int, int, Time, str], int], hit: Hit, value: Time, role: str) -> None:
        key = (hit.first, hit.last, value, role)
        if key in found:
            return
        found[key] = hit.words
        place = {Day: "d", Period: "p", Clock: "c", Span: "s"}[type(value)]
        if role == "weekday":
            view.put("w", hit.first, hit.last, value)
        if role != "until":
            view.put(place, hit.first, hit.last, value)

    def _value(self, hit: Hit) -> tuple[Time | None, str]:
        operation, _, rest = hit.name.partition(":")
        reader = getattr(self, f"_op_{operation}", None)
        if reader is None:
            return None, ""
        try:
            value = reader(rest, hit.values)
        except (OverflowError, ValueError):
            return None, ""
        return value, ROLES.get(operation, "")

    # Each operation below is given what follows the colon of its name and the values in the phrase's places.

    def _op_day(self, rest: str, _: Sequence[object]) -> Time:
        if rest.startswith("±"):  # one word for yesterday and tomorrow
            days = timedelta(days=int(rest[1:]))
            return Day(self._today + days, self._today - days)
        return Day(self._today + timedelta(days=int(rest)))

    def _op_weekday(self, rest: str, _: Sequence[object]) -> Time:
        return weekday(int(rest), self._today)

    def _op_weekday_in(self, rest: str, values: Sequence[object]) -> Time | None:
        day = values[0]
        if not isinstance(day, Day):
            return None
        monday = shifted("week", self._today, int(rest)).first
        return Day(monday + timedelta(days=day.day.weekday()))

    def _op_weekday_next(self, rest: str, values: Sequence[object]) -> Time | None:
        """ "আগামী সোমবার": the first one after today; "গত সোমবার": the last one before it."""
        day = values[0]
        if not isinstance(day, Day):
            return None
        ahead = (day.day.weekday() - self._today.weekday()) % 7
        return Day(self._today + timedelta(days=(ahead or 7) if int(rest) > 0 else ahead - 7))

    def _op_week(self, rest: str, values: Sequence[object]) -> Time | None:
        return shifted("week", self._today, int(rest))

    def _period(self, unit: str, rest: str, values: Sequence[object]) -> Time | None:
        if rest[0] in "+-":
            return shifted(unit, self._today, int(rest))
        numbers = [int(v) for v in values if isinstance(v, (int, float))]
        number = numbers.pop(0) if rest == "n" else int(rest)
        year = next((v.first.year for v in values if isinstance(v, Period)), None)
        if numbers:
            year = numbers[0] + 2000 if numbers[0] < 100 else numbers[0]
            if abs(year - self._today.year) > MOST_YEARS:
                return None  # "ডিসেম্বরের ১৫": a day
        return numbered(unit, number, self._today, year)

    def _op_month(self, rest: str, values: Sequence[object]) -> Time | None:
        return self._period("month", rest, values)

    def _op_quarter(self, rest: str, values: Sequence[object]) -> Time | None:
        return self._period("quarter", rest, values)

    def _op_half(self, rest: str, values: Sequence[object]) -> Time | None:
        return self._period("half", rest, values)

    def _op_year(self, rest: str, values: Sequence[object]) -> Time | None:
        return self._period("year", rest, values)

    def _op_date(self, rest: str, values: Sequence[object]) -> Time | None:
        """ "ngày 15": a bare day; "ngày 15 tháng 7 [năm 2025]"; "১৫ জুলাই": a day of a month said as a period."""
        numbers = [int(v) for v in values if isinstance(v, (int, float)) and v == int(v)]
        month = next((v for v in values if isinstance(v, Period)), None)
        if month is not None and numbers:
            return self._day_in(numbers[0], month, numbers[1:])
        if len(numbers) == 1:
            return bare_day(numbers[0], self._today)
        if len(numbers) in (2, 3):
            return day_of_month(numbers[0], numbers[1], self._today, numbers[2] if len(numbers) == 3 else None)
        return None

    def _op_in_year(self, rest: str, values: Sequence[object]) -> Time | None:
        """ "28/2 năm sau", "28/2 năm 2027": a day and its year."""
        day = next((v for v in values if isinstance(v, Day)), None)
        years = [v.first.year for v in values if isinstance(v, Period) and v.unit == "year"]
        years += [int(v) for v in values if isinstance(v, (int, float))]
        return day_of_month(day.day.day, day.day.month, self._today, years[0]) if day and years else None

    def _day_in(self, number: int, month: Period, years: Sequence[int]) -> Time | None:
        if month.unit != "month" or not 1 <= number <= 31:
            return None
        if years:
            return day_of_month(number, month.first.month, self._today, years[0])
        if month.bare:
            return day_of_month(number, month.first.month, self._today)
        return Day(_day(month.first.year, month.first.month, number))

    def _op_after(self, rest: str, values: Sequence[object]) -> Time | None:
        """ "3 ngày nữa": a moment ahead of now; minutes and hours stay a span. Working days: Monday to Friday."""
        if rest == "workday":
            return Day(workdays_later(self._today, int(_amount(values) or 1)))
        if rest.endswith("+"):  # "1 tiếng rưỡi nữa"
            return self._moved(rest[:-1], (_amount(values) or 1.0) + HALF)
        return self._moved(rest, _amount(values) or 1.0)

    def _op_ago(self, rest: str, values: Sequence[object]) -> Time | None:
        amount = _amount(values)
        return None if amount is None or rest in ("minute", "hour") else self._moved(rest, -amount)

    def _moved(self, unit: str, amount: float) -> Time:
        if unit in ("minute", "hour"):
            return _span(amount * UNIT_MINUTES[unit], unit)
        if unit in UNIT_DAYS:
            return Day(self._today + timedelta(days=round(amount * UNIT_DAYS[unit])))
        return Day(months_later(self._today, round(amount * UNIT_MONTHS[unit])))

    def _op_span(self, rest: str, values: Sequence[object]) -> Time | None:
        """ "thêm 2 tuần": so much longer than the date that stands."""
        amount = _amount(values)
        if amount is None:
            return None
        minutes = UNIT_MINUTES.get(rest) or UNIT_MONTHS[rest] * 30 * 1440
        if amount != int(amount):
            return _span(amount * minutes, f"more {round(amount * minutes / 1440)} day")
        return _span(amount * minutes, f"more {int(amount)} {rest}")

    def _op_last(self, rest: str, values: Sequence[object]) -> Time | None:
        """ "3 tháng qua": from so long ago until today."""
        amount = _amount(values)
        back = None if amount is None else self._moved(rest, -amount)
        return Period(back.day, self._today, rest) if isinstance(back, Day) else None

    def _op_coming(self, rest: str, values: Sequence[object]) -> Time | None:
        """ "trong 7 ngày tới": from today until so long ahead."""
        amount = _amount(values)
        ahead = None if amount is None else self._moved(rest, amount)
        return Period(self._today, ahead.day, rest) if isinstance(ahead, Day) else None

    def _op_part(self, rest: str, values: Sequence[object]) -> Time | None:
        period = values[0] if values else shifted("month", self._today, 0)
        return part_of(period, rest) if isinstance(period, Period) else None

    def _op_same(self, rest: str, values: Sequence[object]) -> Time | None:
        """A time with words around it that say nothing more ("trong tháng 6")."""
        value = values[0]
        return value if isinstance(value, (Day, Period, Clock, Span)) else None

    _op_by = _op_same

    def _op_until(self, rest: str, values: Sequence[object]) -> Time | None:
        return self._op_same(rest, values)

    def _op_range(self, rest: str, values: Sequence[object]) -> Time | None:
        first, last = values[0], values[1]
        begin = _first_day(first)
        end = _last_day(last)
        if begin is None and isinstance(first, (int, float)) and isinstance(last, Day):
            begin = _day(last.day.year, last.day.month, int(first))
        if begin is None or end is None:
            return None
        if isinstance(first, Day) and isinstance(last, Day) and begin > end:
            begin = first.other or begin
        return Period(begin, end, "range") if begin <= end else None

    def _op_since(self, rest: str, values: Sequence[object]) -> Time | None:
        first = values[0]
        begin = first.toward(LAST) if isinstance(first, Day) else _first_day(first)
        return Period(begin, self._today, "range") if begin is not None and begin <= self._today else None

    def _op_sofar(self, rest: str, _: Sequence[object]) -> Time:
        """ "từ đầu năm đến nay": the calendar period of today, up to today."""
        return Period(period_of(rest, self._today).first, self._today, "range")

    def _op_endof(self, rest: str, _: Sequence[object]) -> Time:
        """ "cuối tháng": the last days of the period that holds today."""
        return part_of(period_of(rest, self._today), "end")

    def _op_startof(self, rest: str, _: Sequence[object]) -> Time:
        return part_of(period_of(rest, self._today), "start")

    def _op_now(self, rest: str, values: Sequence[object]) -> Time | None:
        """ "năm nay đến giờ": the named period up to today."""
        period = values[0]
        return Period(period.first, self._today, "range") if isinstance(period, Period) else None

    def _op_clock(self, rest: str, values: Sequence[object]) -> Time | None:
        numbers = [float(v) for v in values if isinstance(v, (int, float))]
        if not numbers:
            return None
        minutes = round(numbers[0] * 60) + (round(numbers[1]) if len(numbers) > 1 else 0)
        minutes += int(rest or 0)
        if not 0 <= minutes < 1440 or (len(numbers) > 1 and not 0 <= numbers[1] < 60):
            return None
        return Clock(minutes, fixed=minutes >= 13 * 60)

    def _op_at(self, rest: str, values: Sequence[object]) -> Time | None:
        """A clock time with its part of the day ("3 giờ chiều")."""
        clock = values[0]
        return Clock(in_part(clock.minutes, rest), True) if isinstance(clock, Clock) else None

    def _op_moment(self, rest: str, _: Sequence[object]) -> Time:
        """A part of the day alone ("trưa", "cuối giờ chiều") that stands for a clock time, given in minutes."""
        return Clock(int(rest), True)


def _closed(hits: Sequence[Hit], view: View) -> list[Hit]:
    """The hits without those that only take in particles after what is said ("tuần sau giúp em nhé")."""
    shortest: dict[tuple[str, int, tuple[object, ...]], int] = {}
    for hit in hits:
        key = hit.name, hit.first, hit.values
        shortest[key] = min(shortest.get(key, hit.last), hit.last)
    ends = ((hit, shortest[hit.name, hit.first, hit.values]) for hit in hits)
    return [hit for hit, end in ends if hit.last == end or not all(view.skips[end : hit.last])]


def _span(minutes: float, unit: str) -> Span:
    """A span of so many minutes. Raises OverflowError where nobody can mean so many."""
    if minutes > MOST_MINUTES:
        raise OverflowError(minutes)
    return Span(round(minutes), unit)


def _amount(values: Sequence[object]) -> float | None:
    return next((float(v) for v in values if isinstance(v, (int, float))), None)


def _first_day(value: object) -> date | None:
    if isinstance(value, Day):
        return value.toward(0)
    return value.first if isinstance(value, Period) else None


def _last_day(value: object) -> date | None:
    if isinstance(value, Day):
        return value.toward(0)
    return value.last if isinstance(value, Period) else None


def in_part(minutes: int, part: str) -> int:
    """Minutes after midnight in a part of the day: 3 in the afternoon is 15:00, 12 at night is midnight's."""
    if part == "am":
        return minutes % NOON if minutes >= NOON and minutes < NOON + 60 else minutes
    if part == "noon":
        return minutes + NOON if minutes < 4 * 60 else minutes
    return minutes + NOON if minutes < NOON else minutes


def _written_days(tokens: Sequence[Token], today: date) -> Iterable[tuple[int, int, Day]]:
    """Days written as 30/6, 30/6/2025, 30-6-2025, 30.6.2025, 2025-06-30."""
    at = 0
    while at < len(tokens):
        size, parts, mark = _parts(tokens, at)
        day = _from_parts(parts, mark, today)
        if day is not None:
            yield at, at + size, day
        at += max(size, 1)


def _parts(tokens: Sequence[Token], at: int) -> tuple[int, list[str], str]:
    if tokens[at].kind != NUMBER or (at and tokens[at - 1].text in "/-." and not tokens[at].spaced):
        return 0, [], ""
    parts, mark, end = [tokens[at].text], "", at + 1
    while end + 1 < len(tokens) and len(parts) < 3 and tokens[end].text in (mark or "/-."):
        after = tokens[end + 1]
        if after.kind != NUMBER or after.spaced or tokens[end].spaced:
            break
        mark = tokens[end].text
        parts.append(after.text)
        end += 2
    return end - at, parts, mark


def _from_parts(parts: Sequence[str], mark: str, today: date) -> Day | None:
    if len(parts) == 3 and len(parts[0]) == 4:
        return day_of_month(int(parts[2]), int(parts[1]), today, int(parts[0]))
    if len(parts) == 3 and len(parts[2]) in (2, 4):
        return day_of_month(int(parts[0]), int(parts[1]), today, int(parts[2]))
    if len(parts) == 2 and mark in "/-" and mark and len(parts[0]) <= 2 and len(parts[1]) <= 2:
        return day_of_month(int(parts[0]), int(parts[1]), today)
    return None


def _chosen(found: dict[tuple[int, int, Time, str], int]) -> list[TimeHit]:
    """The longest readings that do not overlap; of two of one length the period, then the later (richer) one."""
    readings = [TimeHit(value, first, last, role) for first, last, value, role in reversed(found)]
    readings.sort(key=lambda t: (t.first - t.last, not isinstance(t.value, Period)))
    chosen: list[TimeHit] = []
    for time in readings:
        if not any(time.first < c.last and c.first < time.last for c in chosen):
            chosen.append(time)
    return sorted(chosen, key=lambda t: t.first)
