"""Numbers and goals as people write them in a plan, in three languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.rules.plan import Direction, Goal
from bot.workbook.text import plain

_NUMBER = r"-?\d[\d.,]*(?: \d{3}(?![\d.,]))*"
_GROUPED_DOTS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_GROUPED_COMMAS = re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}")


def number_of(text: str) -> Decimal | None:
    """A number in Vietnamese writing ("1.234,5", "25 000") or plain ("81.7"); None where it is none.

    A dot before exactly three digits groups thousands, a single comma is a decimal sign.
    """
    written = plain(text).replace(" ", "").strip(".,")
    sign = -1 if written.startswith("-") else 1
    written = written.removeprefix("-")
    if not re.fullmatch(r"\d[\d.,]*", written) or len(written) > 40:
        return None
    return _unsigned(written, sign)


def _unsigned(written: str, sign: int) -> Decimal | None:
    whole, comma, rest = written.partition(",")
    if _GROUPED_DOTS.fullmatch(whole) and "." not in rest and "," not in rest:
        written = whole.replace(".", "") + ("." + rest if comma else "")
    elif written.count(",") > 1 or (comma and "." in rest):
        whole, _, rest = written.partition(".")
        if not _GROUPED_COMMAS.fullmatch(whole) or "." in rest or "," in rest:
            return None
        written = whole.replace(",", "") + ("." + rest if rest else "")
    else:
        written = written.replace(",", ".")
    return sign * Decimal(written) if written.count(".") <= 1 else None


def written(number: Decimal, decimals: int | None = None) -> str:
    """A number as `number_of` reads it back: no grouping, a decimal comma."""
    digits = f"{number:.{decimals}f}" if decimals else f"{number:f}"
    return digits.replace(".", ",")


# Nothing that a goal is: years and dates, quarters, the numbers of documents.
_NOISE = re.compile(
    r"""(?:(?:den|trong|cuoi|dau|het|vao|truoc)\s)*\bnam\s(?:19|20)\d\d\b(?:\s?-\s?20\d\d)?
      | \bgiai\sdoan\s20\d\d\s?-\s?20\d\d
      | \b20\d\d\s?-\s?20\d\d\b
      | \b\d{1,2}/(?:\d{1,2}/)?20\d\d\b
      | \bquy\s(?:iv|i{1,3}|[1-4])\b(?:\s?/\s?20\d\d)?
      | \bso\s\d+/\S+
      | \b\d+(?:/\d+)?/[a-z]+(?:-[a-z]+)+
      | (?:২০\d\d|20\d\d)\sসাল\w*
    """,
    re.VERBOSE,
)

_UP_BEFORE = (
    ">=", "=>", "≥", "≧", ">", "toi thieu", "it nhat", "khong duoi", "khong thap hon", "khong it hon", "tren",
    "lon hon", "cao hon", "hon", "vuot", "at least", "minimum", "min", "over", "above", "more than",
    "কমপক্ষে", "অন্তত", "ন্যূনতম", "সর্বনিম্ন",
)  # fmt: skip
_DOWN_BEFORE = (
    "<=", "=<", "≤", "≦", "<", "toi da", "khong qua", "khong vuot qua", "khong vuot", "khong tren", "khong lon hon",
    "khong cao hon", "duoi", "nho hon", "thap hon", "it hon", "at most", "maximum", "max", "under", "below",
    "less than", "no more than", "not more than", "সর্বোচ্চ", "অনধিক",
)  # fmt: skip
_UP_AFTER = ("tro len", "or more", "and above", "or above", "বা তার বেশি", "বা ততোধিক", "এর বেশি", "ও তার বেশি", "ঊর্ধ্বে")
_DOWN_AFTER = ("tro xuong", "or less", "or below", "and below", "বা তার কম", "এর নিচে", "এর কম", "ও তার কম")


def _any_of(phrases: tuple[str, ...]) -> str:
    """One pattern for phrases as `plain` writes them; the longest first."""
    return "|".join(re.escape(plain(p)) for p in sorted(phrases, key=len, reverse=True))


_SIGN = rf"(?:(?P<up>{_any_of(_UP_BEFORE)})|(?P<down>{_any_of(_DOWN_BEFORE)}))"
_BOUND = re.compile(
    rf"(?:(?<![a-z]){_SIGN}\s*(?:muc |la |den )?)?(?<![a-z\d.,/])(?P<first>{_NUMBER})(?!\d|g\b)\s*%?"
    rf"(?:\s*(?:-|~|den|toi|to|থেকে)\s*(?P<second>{_NUMBER.removeprefix('-?')})\s*%?)?"
)
_AFTER = re.compile(rf"^[^;\d]*?(?:(?P<up>{_any_of(_UP_AFTER)})|(?P<down>{_any_of(_DOWN_AFTER)}))")
_EXPECTED = re.compile(
    r"\b(?:dat|duy tri|giu vung|giu|bao dam|dam bao|giam con|giam xuong|tang len|con|tu|muc|khoang|len|la|বজায় রাখা|বজায়)\b"
)


@dataclass(frozen=True, slots=True)
class GoalRead:
    """A goal, and whether it was plain: a vague one is told back to the office as it was read."""

    goal: Goal
    plain: bool


def goal_of(text: str, baseline: Decimal | None, measure: str | None = None) -> GoalRead:
    """Read a goal's text. Without a number it is a yes/no target; of several bounds the first counts.

    Without a sign the direction is the way from the baseline; up where there is none.
    """
    said = " ".join(_NOISE.sub(" ", plain(text)).split())
    bound = _BOUND.search(said)
    first = number_of(bound.group("first")) if bound else None
    if bound is None or first is None:
        return GoalRead(Goal(text), plain=False)
    low, high = _sorted(first, number_of(bound.group("second") or ""))
    rest = said[bound.end() :]
    direction = _direction(bound, rest) or _way(baseline, high)
    value, other = (low, high) if direction is Direction.UP else (high, low)
    upper = None if low == high else other
    return GoalRead(Goal(text, value, upper, direction), _is_plain(said[: bound.start()], rest, measure))


def _sorted(first: Decimal, second: Decimal | None) -> tuple[Decimal, Decimal]:
    """A range's two ends; what does not rise is no range."""
    return (first, second) if second is not None and second > first else (first, first)


def _direction(bound: re.Match[str], rest: str) -> Direction | None:
    after = _AFTER.match(rest)
    for found in (bound, after):
        if found and found["up"]:
            return Direction.UP
        if found and found["down"]:
            return Direction.DOWN
    return None


def _way(baseline: Decimal | None, high: Decimal) -> Direction:
    return Direction.DOWN if baseline is not None and high < baseline else Direction.UP


def _is_plain(before: str, rest: str, measure: str | None) -> bool:
    """Whether nothing but the bound, its sign and its unit of measure was written."""
    after = _AFTER.match(rest)
    left = before + " " + (rest[after.end() :] if after else rest)
    left = _EXPECTED.sub(" ", left).replace(plain(measure or "%"), " ")
    return not re.search(r"\w", left)


def figure_of(text: str) -> Decimal | None:
    """The first number of a text that is no goal ("khoảng 80%"); None where it has none."""
    found = _BOUND.search(_NOISE.sub(" ", plain(text)))
    return number_of(found.group("first")) if found else None


_NO_FIGURE = re.compile(r"[-–—./…x\s]*|n/?a|(?:chua|khong) .*|chua|khong co|তথ্য নেই|নেই|no data|none")


def says_no_figure(text: str) -> bool:
    """Whether a cell says, in one of the ways people do, that there is no figure ("-", "chưa thống kê")."""
    return _NO_FIGURE.fullmatch(plain(text)) is not None
