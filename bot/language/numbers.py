"""Numbers as people write and say them: `93,4`, `1.080`, `১,০৮০`, "tám mươi lăm", "পঁচাত্তর", "sáu rưỡi", "সাড়ে দশ".

A language lists its number words by kind: `unit` (a value below a hundred that stands alone or closes a number),
`times` (multiplies what was said before it: mươi, trăm, শত), `and` (says nothing: lẻ, linh), `point` (phẩy, দশমিক), `plus` (a
fraction said after: rưỡi), `before` (a fraction added to what follows: সাড়ে, পৌনে), `alone` (a number of its own: দেড়), `whole` (hundreds in one word: দুশো).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.language.data import Language
from bot.language.phrases import View
from bot.language.text import NUMBER, Token, marks_fit

GROUP = 3


@dataclass(frozen=True, slots=True)
class Number:
    """A number said by the tokens `first` to `last` (exclusive). `words`: it was said in words."""

    value: float
    first: int
    last: int
    words: bool = False


def plain(value: float) -> int | float:
    """An amount as JSON should show it: whole numbers without a point."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def written_numbers(tokens: Sequence[Token]) -> list[Number]:
    """The numbers written in digits, with their thousands and decimals put together."""
    found, at = [], 0
    while at < len(tokens):
        if tokens[at].kind != NUMBER:
            at += 1
            continue
        number = _written(tokens, at)
        found.append(number)
        at = number.last
    return found


def _written(tokens: Sequence[Token], first: int) -> Number:
    """`1.080.000` and `1,080` group thousands; `93,4` and `93.45` have decimals; `1.080,5` has both."""
    groups, marks, at = [tokens[first].text], [], first + 1
    while at + 1 < len(tokens) and _joins(tokens, at):
        marks.append(tokens[at].text)
        groups.append(tokens[at + 1].text)
        at += 2
    used = _usable(groups, marks)
    return Number(_value(groups[:used], marks[: used - 1]), first, first + 2 * used - 1)


def _joins(tokens: Sequence[Token], at: int) -> bool:
    mark, after = tokens[at], tokens[at + 1]
    return mark.text in ".," and not mark.spaced and after.kind == NUMBER and not after.spaced


def _usable(groups: list[str], marks: list[str]) -> int:
    """How many groups make one number: "1.2.3" and "NV1,2,3" are lists, "20.6.2025" a date."""
    used = 1
    while used < len(groups) and len(groups[used]) == GROUP and len(groups[0]) <= GROUP and marks[used - 1] == marks[0]:
        used += 1
    if used < len(groups) and (used == 1 or marks[used - 1] != marks[0]):
        return used + 1 if len(groups) == used + 1 else used
    return used


def _value(groups: list[str], marks: list[str]) -> float:
    if not marks:
        return float(groups[0])
    last_is_decimal = len(groups[-1]) != GROUP or marks[-1] != marks[0] or (groups[0] in ("0", "00"))
    if last_is_decimal:
        return float("".join(groups[:-1]) + "." + groups[-1])
    return float("".join(groups))


def spoken_numbers(language: Language, view: View) -> list[Number]:
    """The numbers said in words of `language`, the longest reading at each place."""
    found, at = [], 0
    while at < len(view.tokens):
        number = _spoken(language, view, at)
        if number is None:
            at += 1
            continue
        found.append(number)
        at = number.last
    return found


def _word(language: Language, view: View, at: int, seen: bool) -> tuple[str, float] | None:
    """The number word at a token; of two that are written alike without marks, the one that fits what came before."""
    if at >= len(view.tokens) or (at and view.tokens[at].text in ".,"):
        return None
    known = [
        (word, typed)
        for key, typed in view.variants[at][:1]
        for word in language.numbers.get(key, ())
        if not language.strict or marks_fit(typed, word.word)
    ]
    if not known:
        return None
    best = min(known, key=lambda k: ((k[0].kind == "times") != seen, k[0].word != k[1]))[0]
    return best.kind, best.value


def is_point(language: Language, view: View, at: int) -> bool:
    """Whether a word for the decimal point stands at a token."""
    known = _word(language, view, at, True)
    return known is not None and known[0] == "point"


def _spoken(language: Language, view: View, first: int) -> Number | None:
    total, part, added, at, seen, digits = 0.0, None, 0.0, first, False, 0
    while (word := _word(language, view, at, seen)) is not None:
        kind, value = word
        if kind == "unit":
            if part is not None and digits < 10:
                break
            part, digits = (part or 0) + value, 0
        elif kind == "times":
            if part is None and not seen:
                return None
            part = (1.0 if part is None else part) * value
            digits = value
            if value >= 100:
                total, part = total + part, None
        elif kind == "whole":
            total, part = total + value + (part or 0), None
        elif kind == "before":
            if seen:
                break
            added += value
        elif kind == "plus":
            if not seen:
                return None
            added += value * (digits or 1)
        elif kind == "alone":
            if seen:
                break
            part = value
        elif kind == "point":
            return _decimal(language, view, first, at, total + (part or 0), seen)
        elif not seen:
            return None
        seen = seen or kind in ("unit", "times", "alone", "whole")
        at += 1
    if not seen:
        return None
    return Number(total + (part or 0) + added, first, at, True)


def _decimal(language: Language, view: View, first: int, point: int, whole: float, seen: bool) -> Number | None:
    """ "chín mươi ba phẩy bốn": the words after the point are its digits."""
    digits, at = "", point + 1
    while (word := _word(language, view, at, False)) is not None and word[0] in ("unit", "alone"):
        digits += str(int(word[1]))
        at += 1
    if not seen:
        return None
    if not digits:
        return Number(whole, first, point, True)
    return Number(whole + float("0." + digits), first, at, True)
