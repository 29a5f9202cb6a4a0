"""Due dates as plans write them: days, months, quarters, years, ranges, and what recurs."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.workbook.text import plain


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last` that a text names; a due date is the last, a start the first."""

    first: date
    last: date
    whole_day: bool = False  # written as day, month and year, and nothing else
    vague: bool = False  # more was written than one date


LONGEST = 300  # characters; what is longer is no date, whatever stands in it

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_BN_ORDINALS = {"1ম": 1, "2য়": 2, "3য়": 3, "4র্থ": 4, "প্রথম": 1, "দ্বিতীয়": 2, "তৃতীয়": 3, "চতুর্থ": 4}
_MONTHS = (
    ("জানুয়ারি", "জানুয়ারী", "january", "jan"),
    ("ফেব্রুয়ারি", "ফেব্রুয়ারী", "february", "feb"),
    ("মার্চ", "march", "mar"),
    ("এপ্রিল", "april", "apr"),
    ("মে", "may"),
    ("জুন", "june", "jun"),
    ("জুলাই", "july", "jul"),
    ("আগস্ট", "অগাস্ট", "august", "aug"),
    ("সেপ্টেম্বর", "september", "sep"),
    ("অক্টোবর", "october", "oct"),
    ("নভেম্বর", "november", "nov"),
    ("ডিসেম্বর", "december", "dec"),
)
_MONTH_OF = {plain(name): number for number, names in enumerate(_MONTHS, 1) for name in names}
_QUARTER_OF = _ROMAN | {plain(word): number for word, number in _BN_ORDINALS.items()}

_YEAR = r"(?P<y>20\d\d)"
_OF_YEAR = rf"\s*(?:/|-|,|\.|nam|সালের|এর)?\s*(?:nam\s*)?{_YEAR}"
_MONTH_NAME = "|".join(sorted(map(re.escape, _MONTH_OF), key=len, reverse=True))
_ORDINAL = "|".join(sorted(map(re.escape, _QUARTER_OF), key=len, reverse=True))
_QUARTER_BN = "(?:" + "|".join(map(plain, ("প্রান্তিক", "ত্রৈমাসিক"))) + ")"
_AND = r"\s*(?:-|,|&|va|den|toi|ও)\s*"
_SALER = plain("সালের")


def _list_of(one: str, word: str) -> str:
    """One or several of a thing before their year: "quy i, ii", "thang 3 - thang 6"."""
    return rf"(?P<many>(?:{one})(?:{_AND}(?:{word}\s*)?(?:{one}))*)"


def _days(m: re.Match[str]) -> Period:
    month = m.groupdict().get("m")
    number = int(month) if month and month.isdigit() else _MONTH_OF[m["month"]]
    day = date(int(m["y"]), number, int(m["d"]))
    return Period(day, day)


def _months(m: re.Match[str]) -> Period:
    numbers = [int(n) for n in re.findall(r"\d+", m["many"])]
    return _span(int(m["y"]), numbers[0], numbers[-1])


def _named_month(m: re.Match[str]) -> Period:
    return _span(int(m["y"]), _MONTH_OF[m["month"]], _MONTH_OF[m["month"]])


def _quarters(m: re.Match[str]) -> Period:
    numbers = [_QUARTER_OF[w] for w in re.findall(rf"(?<!\w)(?:{_ORDINAL})(?!\w)", m["many"])]
    return _span(int(m["y"]), numbers[0] * 3 - 2, numbers[-1] * 3)


def _half(m: re.Match[str]) -> Period:
    return _span(int(m["y"]), 1, 6) if m["half"] == "dau" else _span(int(m["y"]), 7, 12)


def _year(m: re.Match[str]) -> Period:
    return _span(int(m["y"]), 1, 12)


def _span(year: int, first: int, last: int) -> Period:
    """Whole months of a year. Raises ValueError for a month that there is not."""
    return Period(date(year, first, 1), date(year, last, 1).replace(day=_month_end(year, last)))


def _month_end(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


# In this order: a longer writing before the shorter one that it holds.
_WRITINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Period]], ...] = tuple(
    (re.compile(rf"(?<!\w){pattern}(?!\d)"), reader)
    for pattern, reader in (
        (r"(?P<d>\d{1,2})\s*[/.-]\s*(?P<m>\d{1,2})\s*[/.-]\s*(?P<y>20\d\d)", _days),
        (r"(?P<y>20\d\d)-(?P<m>\d{1,2})-(?P<d>\d{1,2})", _days),
        (r"(?:ngay\s*)?(?P<d>\d{1,2})\s*thang\s*(?P<m>\d{1,2})\s*(?:nam|/|,|-)?\s*(?P<y>20\d\d)", _days),
        (rf"(?P<d>\d{{1,2}})\s*(?P<month>{_MONTH_NAME})\s*,?\s*{_YEAR}", _days),
        (rf"(?P<month>{_MONTH_NAME})\s+(?P<d>\d{{1,2}}),\s*{_YEAR}", _days),
        (rf"(?:6|sau) thang (?P<half>dau|cuoi)(?: cua)?(?: nam)?\s*{_YEAR}", _half),
        (rf"(?:quy|q)\s*{_list_of('iv|i{1,3}|[1-4]', '(?:quy|q)')}{_OF_YEAR}", _quarters),
        (rf"{_YEAR}\s*(?:{_SALER})?\s*(?P<many>{_ORDINAL})\s*{_QUARTER_BN}", _quarters),
        (rf"(?P<many>{_ORDINAL})\s*{_QUARTER_BN}{_OF_YEAR}", _quarters),
        (rf"thang\s*{_list_of(r'[01]?[0-9]', 'thang')}{_OF_YEAR}", _months),
        (rf"(?P<many>\d{{1,2}})\s*[/.-]\s*{_YEAR}", _months),
        (rf"{_YEAR}-(?P<many>0[1-9]|1[0-2])(?!\d)", _months),
        (rf"(?P<month>{_MONTH_NAME})(?:{_OF_YEAR})", _named_month),
        (rf"{_YEAR}\s*(?:{_SALER})?\s*(?P<month>{_MONTH_NAME})", _named_month),
        (rf"{_YEAR}", _year),
    )
)

# Words that may stand around a date and change nothing.
_FILLERS = (
    "hoan thanh", "xong", "truoc", "ngay", "den", "toi", "het", "trong", "cham nhat", "la", "tu", "cuoi", "nam",
    "thang", "quy", "giai doan", "thoi gian", "thuc hien", "thoi han", "han", "va", "nhung", "cac", "tiep theo",
    "ke tiep", "sau", "by", "before", "until", "end of", "the", "of", "in", "year", "from", "to", "and", "following",
    "years", "onwards", "সালের", "সাল", "এর", "মধ্যে", "পর্যন্ত", "আগে", "পূর্বে", "তারিখ", "তারিখের", "ও", "এবং",
    "পরবর্তী", "বছর", "বছরগুলো", "বছরসমূহ", "থেকে", "মাসের", "মাস", "শেষে",
)  # fmt: skip
_FILLER = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, map(plain, _FILLERS)), key=len, reverse=True)) + r")(?!\w)"
)
_RECURRINGS = (
    "thường xuyên", "hằng năm", "hàng năm", "hằng quý", "hàng quý", "hằng tháng", "hàng tháng", "hằng tuần",
    "hàng tuần", "hằng ngày", "hàng ngày", "liên tục", "định kỳ", "annual", "every year", "yearly", "ongoing",
    "regular", "continuous", "monthly", "quarterly", "প্রতি বছর", "প্রতিবছর", "বার্ষিক", "নিয়মিত", "চলমান",
    "সারা বছর", "প্রতি মাস", "ধারাবাহিক",
)  # fmt: skip
_RECURRING = re.compile("|".join(map(plain, _RECURRINGS)))
_WHOLE_DAY = re.compile(r"\d{1,2}/\d{1,2}/20\d\d")


def period_of(text: str) -> Period | None:
    """The days that a text names, from its first date to its last; None where it is anything else.

    Only words that change nothing may stand beside the dates ("trước", "giai đoạn", "và những năm tiếp theo").
    """
    said = plain(text)
    if len(said) > LONGEST:
        return None
    found: list[Period] = []
    try:
        rest = _take_dates(said, found)
    except ValueError:  # a day or month that there is not
        return None
    left = _FILLER.sub(" ", rest)
    if not found or re.search(r"[^\s,;:.()/&-]", left):
        return None
    vague = len(found) > 1 or re.search(r"\w", rest.replace("nam", "")) is not None
    return Period(found[0].first, found[-1].last, _WHOLE_DAY.fullmatch(said) is not None, vague)


def _take_dates(said: str, found: list[Period]) -> str:
    """Put the dates of `said` into `found` in the order written, and give back what remains of it."""
    rest, at = [], 0
    while at < len(said):
        hit = next(((m, read) for pattern, read in _WRITINGS if (m := pattern.match(said, at))), None)
        if hit is None:
            rest.append(said[at])
            at += 1
        else:
            match, read = hit
            found.append(read(match))
            rest.append(" ")
            at = match.end()
    return "".join(rest)


def recurs(text: str) -> bool:
    """Whether a text says that a thing has no end ("Hằng năm", "Nhiệm vụ thường xuyên"), and so no due date."""
    return _RECURRING.search(plain(text)) is not None


def month_end(day: date) -> date:
    return day.replace(day=_month_end(day.year, day.month))
