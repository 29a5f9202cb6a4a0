"""Numbers as people write and say them: `93,4`, `1.080`, `১,০৮০`, "tám mươi lăm", "পঁচাত্তর", "sáu rưỡi", "সাড়ে দশ".

A language lists its number words by kind: `unit` (a value below a hundred that stands alone or closes a number),
`ten` (a unit that another one may close: mười hai), `close` (a unit that only closes a number: lăm, mốt),
`times` (multiplies what was said before it: mươi, trăm, শত), `and` (says nothing: lẻ, linh), `point` (phẩy, দশমিক),
`plus` (a fraction said after: rưỡi), `before` (a fraction added to what follows: সাড়ে, পৌনে), `alone` (a number of its
own: দেড়), `whole` (hundreds in one word: দুশো).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.language.data import Language
from bot.language.phrases import View
from bot.language.text import NUMBER, Token, marks_fit, sounds_fit

GROUP = 3
UNITS = ("unit", "close")
COUNTING = (*UNITS, "ten", "times", "alone", "whole")
TEN, FIVE = 10, 5
LEAST_SCALE = 10  # "7 chục"
LEAST_BARE_SCALE = 1000  # and without its marks the word for a hundred may be another ("52 tram" are stations)


@dataclass(frozen=True, slots=True)
class Number:
    """A number said by the tokens `first` to `last` (exclusive). `words`: it was said in words.

    `vague`: it was told digit by digit, and may mean something else ("ba bốn" is 34, or three or four).
    """

    value: float
    first: int
    last: int
    words: bool = False
    vague: bool = False


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
    if _counts_lakhs(groups, marks):
        return Number(float("".join(groups)), first, first + 2 * len(groups) - 1)
    used = _usable(groups, marks)
    return Number(_value(groups[:used], marks[: used - 1]), first, first + 2 * used - 1)


def _joins(tokens: Sequence[Token], at: int) -> bool:
    mark, after = tokens[at], tokens[at + 1]
    return mark.text in ".," and not mark.spaced and after.kind == NUMBER and not after.spaced


def _counts_lakhs(groups: Sequence[str], marks: Sequence[str]) -> bool:
    """Whether thousands are grouped as in Bengal: three digits last, two in each group before ("৩,৫০,০০০")."""
    sizes = [len(g) for g in groups]
    last = len(sizes) > 2 and sizes[-1] == GROUP and set(marks) == {","}
    return last and sizes[0] < GROUP and set(sizes[1:-1]) == {2}


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


TENS = 10


def scaled(language: Language, view: View, numbers: Sequence[Number]) -> list[Number]:
    """The numbers, those in digits multiplied by a word for hundreds or more right after them ("1,2 nghìn")."""
    found: list[Number] = []
    scale = 0.0  # what the last one was multiplied by
    for number in numbers:
        word = None if number.words else _word(language, view, number.last, True)
        times = word[1] if word and word[0] == "times" and word[1] >= _least(language, view, number) else 1
        scaled = Number(number.value * times, number.first, number.last + (times > 1))
        if found and found[-1].last == number.first and scaled.value < scale:  # "6 nghìn 2 trăm"
            scaled = Number(found[-1].value + scaled.value, found.pop().first, scaled.last)
        found.append(number if scaled.last == number.last and scaled.first == number.first else scaled)
        scale = times if times > 1 else 0.0
    return found


def _least(language: Language, view: View, number: Number) -> int:
    """What a word after digits must at least multiply by; tens only a single digit ("7 chục")."""
    if 1 < number.value < TENS:
        return TENS
    at = number.last
    return LEAST_BARE_SCALE if language.strict and view.tokens[at].text.isascii() else LEAST_SCALE


def spoken_numbers(language: Language, view: View) -> list[Number]:
    """The numbers said in words of `language`, the longest reading at each place."""
    found: list[Number] = []
    for at, variants in enumerate(view.variants):
        begun = any(key in language.numbers for key, _ in variants) and (not found or at >= found[-1].last)
        if begun and (number := _spoken(language, view, at)) is not None:
            found.append(number)
    return found


def _word(language: Language, view: View, at: int, seen: bool) -> tuple[str, float] | None:
    """The number word at a token; of two that are written alike without marks, the one that fits what came before."""
    if at >= len(view.tokens) or (at and view.tokens[at].text in ".,"):
        return None
    known = [
        (word, typed)
        for key, typed in view.variants[at][: None if seen and language.endings else 1]
        for word in language.numbers.get(key, ())
        if (marks_fit if language.strict else sounds_fit)(typed, word.word)
        if word.word.isascii()
        or typed not in language.bare
        or (at not in view.whole and _leads(language, view, at, seen))
    ]
    if not known:
        return None
    best = min(known, key=lambda k: ((k[0].kind == "times") != seen, (k[0].kind == "close") != seen, k[0].word != k[1]))
    return best[0].kind, best[0].value


def _leads(language: Language, view: View, at: int, seen: bool) -> bool:
    """Whether a word that may be another without its marks ("nam", "ba") stands among number words."""
    after = view.variants[at + 1][0][0] if at + 1 < len(view.tokens) else ""
    return seen or any(word.kind in ("times", "point") for word in language.numbers.get(after, ()))


def is_point(language: Language, view: View, at: int) -> bool:
    """Whether a word for the decimal point stands at a token."""
    known = _word(language, view, at, True)
    return known is not None and known[0] == "point"


@dataclass(slots=True)
class _Sum:
    """A number being put together from its words."""

    total: float = 0.0
    part: float | None = None
    added: float = 0.0
    times: float = 0.0  # what the part was last multiplied by
    seen: bool = False

    def take(self, kind: str, value: float) -> bool:
        """Takes one more word in; False where the word does not belong to this number any more."""
        taken = getattr(self, f"_{kind}")(value)
        self.seen = self.seen or (taken and kind in COUNTING)
        return bool(taken)

    def closes(self, kind: str) -> bool:
        """Whether a word of this kind would close a number that has its tens."""
        return kind in UNITS and self.part is not None

    @property
    def value(self) -> float:
        return self.total + (self.part or 0) + self.added

    def _unit(self, value: float) -> bool:
        if self.part is not None and self.times < 10:
            return False
        self.part, self.times = (self.part or 0) + value, 0.0
        return True

    def _close(self, value: float) -> bool:
        return self.part is not None and self._unit(value)

    def _ten(self, value: float) -> bool:
        if self.part is not None:
            return False
        self.part, self.times = value, value
        return True

    def _times(self, value: float) -> bool:
        if self.part is None and not self.seen:
            return False
        self.part, self.times = (1.0 if self.part is None else self.part) * value, value
        if value >= 100:
            self.total, self.part = self.total + self.part, None
        return True

    def _whole(self, value: float) -> bool:
        self.total, self.part = self.total + value + (self.part or 0), None
        return True

    def _before(self, value: float) -> bool:
        self.added += 0 if self.seen else value
        return not self.seen

    def _plus(self, value: float) -> bool:
        self.added += value * (self.times or 1) if self.seen else 0
        return self.seen

    def _alone(self, value: float) -> bool:
        self.part = value if not self.seen else self.part
        return not self.seen

    def _and(self, _: float) -> bool:
        return self.seen


def _spoken(language: Language, view: View, first: int) -> Number | None:
    pair = _digits(language, view, first) if language.digit_pairs else None
    said, at = _Sum(), first
    if pair is not None:
        said.part, said.seen, at = pair.value, True, pair.last
    while (word := _word(language, view, at, said.seen)) is not None:
        if word[0] == "point":
            return _decimal(language, view, first, at, said.value, said.seen)
        if said.closes(word[0]) and _is_tens(language, view, at + 1):
            break  # "hai mươi | ba mươi"
        if pair is not None or not said.take(*word):
            break
        at += 1
    vague = pair is not None and pair.vague
    return Number(said.value, first, at, True, vague) if said.seen else None


def _is_tens(language: Language, view: View, at: int) -> bool:
    """Whether a token multiplies what was said before it, by ten or more."""
    known = _word(language, view, at, True)
    return known is not None and known[0] == "times"


def _digits(language: Language, view: View, first: int) -> Number | None:
    """Two digits told one by one ("bốn lăm" is 45, "ba bảy" 37); of three, the first stands alone."""
    run: list[float] = []
    closed = False
    while not closed and (word := _word(language, view, first + len(run), bool(run))) is not None:
        closed = word[0] == "close" and bool(run)
        if (word[0] != "unit" and not closed) or not 0 < word[1] < TEN:
            break
        run.append(word[1])
    if not closed and run and _is_tens(language, view, first + len(run)):
        run.pop()
    if len(run) < 2 or len(run) % 2 or _counts_apart(language, view, first):
        return None
    odd = not closed and first > 0 and _word(language, view, first - 1, False) is not None
    near = not closed and (run[1] - run[0] == 1 or run[1] == FIVE)
    return Number(TEN * run[0] + run[1], first, first + 2, True, odd or near)


def _counts_apart(language: Language, view: View, first: int) -> bool:
    """Whether the word before takes one number word for itself ("thứ hai | ba giờ")."""
    return first > 0 and view.tokens[first - 1].text in language.ordinals


def _decimal(language: Language, view: View, first: int, point: int, whole: float, seen: bool) -> Number | None:
    """ "chín mươi ba phẩy bốn": the words after the point are its digits."""
    digits, at = "", point + 1
    while (word := _word(language, view, at, False)) is not None and word[0] in (*UNITS, "alone"):
        digits += str(int(word[1]))
        at += 1
    if not seen:
        return None
    if not digits:
        return Number(whole, first, point, True)
    return Number(whole + float("0." + digits), first, at, True)
