"""What stands in a message, before anybody decides what it wants: words, numbers, times, names, and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from itertools import chain
from typing import TypeVar

from bot.language.data import Language, Languages
from bot.language.names import Names
from bot.language.numbers import Number, is_point, scaled, spoken_numbers, written_numbers
from bot.language.phrases import OUTSIDE, Hit, Spanned, Variant, View, inside, longest, outermost
from bot.language.spelling import SHORTEST_SYLLABLE, SHORTEST_WORD, Spelling
from bot.language.text import KEPT_WORDS, MARK, MOST_TOKENS, NUMBER, WORD, Token, tokens_of
from bot.language.times import Clock, TimeHit, TimeReader
from bot.rules.plan import Kind

Found = TypeVar("Found", bound=Spanned)
DIGITS = re.compile("[০-৯]")
BENGALI = ("\u0980", "\u09ff")
SHORT_TIME = 3  # letters of a word that says a time in one language and something else in another
SYLLABLE = 4  # letters of a usual one
LONGEST_CODE = 3  # digits
VOWELS = frozenset("aeiouy")
OF_CLAUSES = ("state.", "show", "switch", "request.tail")  # what a word inside a time ("দিন", a day) never says
IN_TITLES = ("state.", "percent", "kind.", "counter", "is.extend", "is.remind", "is.undo", "is.deadline")
SMALL = ("total", "goal", "delta", "to", "trouble")  # two syllables of a title are enough against them
IN_NUMBERS = ("percent", "fraction", "choose:", "ask.count")


@dataclass(frozen=True, slots=True)
class Mention:
    """An item named by its code at the tokens `first` to `last` (exclusive)."""

    code: str
    first: int
    last: int


@dataclass(slots=True)
class Message:
    """A message taken apart. Hits are those of its own language, and of the others where it leaves room."""

    text: str
    tokens: tuple[Token, ...]
    lang: str
    views: dict[str, View]
    least: int = 2  # words that make a clause worth keeping in the message's language
    hits: list[Hit] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    times: list[TimeHit] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    strangers: list[int] = field(default_factory=list)  # tokens that open a code that the plan does not have
    units: list[Hit] = field(default_factory=list)
    pillars: list[Hit] = field(default_factory=list)
    denied: frozenset[int] = frozenset()  # tokens of verbs that carry their own "not"
    owners: frozenset[int] = frozenset()  # tokens that say of what something is
    foreign: bool = False  # whether a word in plain Latin letters is no syllable of the message's language
    titled: list[tuple[int, int]] = field(default_factory=list)  # stretches of words side by side as in a title
    _clauses: list[tuple[int, int]] = field(default_factory=list)
    _by_name: dict[str, list[Hit]] = field(default_factory=dict)
    _of_names: dict[tuple[str, ...], Sequence[Hit]] = field(default_factory=dict)

    def keep(self, hits: list[Hit]) -> None:
        """Sets the hits that stand."""
        self.hits = hits
        self._by_name = {}
        self._of_names = {}
        for hit in hits:
            for name in _names(hit.name):
                self._by_name.setdefault(name, []).append(hit)

    def of(self, *names: str) -> Sequence[Hit]:
        """The hits of these concepts; a name that ends with a dot or colon stands for all that begin with it."""
        if len(names) == 1:
            return self._by_name.get(names[0], ())
        known = self._of_names.get(names)
        if known is None:
            found = [hits for n in names if (hits := self._by_name.get(n))]
            known = sorted(chain.from_iterable(found), key=lambda h: (h.first, h.last)) if found else ()
            self._of_names[names] = known
        return known

    def has(self, *names: str) -> bool:
        return not self._by_name.keys().isdisjoint(names)

    def cut(self, first: int, last: int) -> str:
        """The speaker's own words from one token to another (exclusive)."""
        if first >= last:
            return ""
        whole = last == MOST_TOKENS == len(self.tokens)
        return self.text[self.tokens[first].start : None if whole else self.tokens[last - 1].end]

    def clauses(self) -> list[tuple[int, int]]:
        """The spans between the marks and line breaks that end a clause."""
        if not self._clauses:
            self._clauses = list(self._cut_clauses())
        return self._clauses

    def clause(self, at: int) -> tuple[int, int]:
        """The clause that a token stands in."""
        return next(((a, b) for a, b in self.clauses() if a <= at < b), (at, at + 1))

    def says(self, first: int, last: int, *names: str) -> bool:
        """Whether one of these concepts begins between two tokens."""
        return any(first <= h.first < last for h in self.of(*names))

    def is_clear(self, hit: Hit) -> bool:
        """Whether a phrase is more than one word in plain Latin letters, which may only sound like it."""
        return hit.words > 1 or not self.tokens[hit.first].text.isascii()

    def unknown(self, known: Iterable[Spanned], within: range | None = None) -> list[int]:
        """The tokens of the words that neither names, times nor what else is `known` account for, nor are particles."""
        found: list[Spanned] = [*known, *self.times, *self.mentions, *self.units, *self.pillars]
        spots = {at for h in found for at in range(h.first, h.last)}
        skips = self.views[self.lang].skips
        places = range(len(self.tokens)) if within is None else within
        return [at for at in places if self.tokens[at].is_word and at not in spots and not skips[at]]

    def _cut_clauses(self) -> Iterator[tuple[int, int]]:
        begin = 0
        for at, token in enumerate(self.tokens):
            if self.ends_clause(at):
                if at > begin:
                    yield begin, at
                begin = at + 1
            elif at > begin and "\n" in self.text[self.tokens[at - 1].end : token.start]:
                yield begin, at
                begin = at
        if begin < len(self.tokens):
            yield begin, len(self.tokens)

    def at_tail(self, at: int) -> bool:
        """Whether only politeness stands between a token and the end of its clause."""
        soft = {spot for h in self.of("polite", "is.smalltalk", "tail.ask") for spot in range(h.first, h.last)}
        while at < len(self.tokens) and not self.ends_clause(at):
            if at not in soft and self.tokens[at].kind != MARK:
                return False
            at += 1
        return True

    def ends_clause(self, at: int) -> bool:
        token = self.tokens[at]
        if token.kind != MARK:
            return False
        if token.text in ".:" and at + 1 < len(self.tokens) and self.tokens[at + 1].kind == NUMBER:
            return self.tokens[at + 1].spaced
        if token.text == "-":
            return token.spaced and at + 1 < len(self.tokens) and self.tokens[at + 1].spaced
        return token.text in ".;!?,:"


@lru_cache(1024)
def _names(name: str) -> Sequence[str]:
    """A concept's name, and the prefixes that it can be asked for by ("state.done": "state.")."""
    return (name, *(name[: name.index(mark) + 1] for mark in ".:" if mark in name))


class Parser:
    """Takes messages apart, with the languages' data and the names of one plan."""

    def __init__(self, languages: Languages, names: Names) -> None:
        self._languages = languages
        self._names = names
        self._variants = {lang.code: _variants(lang, names) for lang in languages}
        self._counter_of = _counter_of(languages)

    def parse(self, text: str, today: date) -> Message:
        """The message with everything found in it."""
        tokens = self._split(tokens_of(text))
        views = {lang.code: lang.view(tokens, self._variants[lang.code]) for lang in self._languages}
        written = written_numbers(tokens)
        reader = TimeReader(tokens, today)
        found: dict[str, list[Hit]] = {lang.code: [] for lang in self._languages}
        named: dict[str, list[Hit]] = {lang.code: [] for lang in self._languages}
        times: dict[str, list[TimeHit]] = {lang.code: [] for lang in self._languages}
        numbers: dict[str, list[Number]] = {lang.code: [] for lang in self._languages}
        likely = self._likely(tokens)
        for lang in likely:
            view = views[lang.code]
            numbers[lang.code] = self._numbers(lang, view, written)
            times[lang.code] = reader.read(view, partial(self._times, lang))
            named[lang.code] = self._names.books[lang.code].scan(view.without_skips())
            for name in (h for h in named[lang.code] if h.name.startswith("unit:")):
                coded = tokens[name.first].upper  # a unit's code is one in any language
                for each in views.values() if coded else (view,):
                    each.put("unit", name.first, name.last, name.name[5:])
        for lang in likely:  # the phrases of all of them may hold a unit that any has found
            found[lang.code] = outermost(lang.heard_in(views[lang.code]))
        code = self._language(text, tokens, found, named, numbers)
        own = self._syllables(code, tokens)
        found, named, times = _heard(code, found, own), _heard(code, named, own), _heard(code, times, own)
        spelled = any(lang.code == code and lang.syllable for lang in self._languages)
        message = Message(text, tokens, code, views, least=3 if spelled else 2)
        own_language = next(lang for lang in self._languages if lang.code == code)
        message.denied = frozenset(at for at, t in enumerate(tokens) if t.is_word and own_language.is_denied(t.text))
        latin = {at for at, t in enumerate(tokens) if t.is_word and t.text.isascii() and len(t.text) > 2}
        message.owners = frozenset(at for at, t in enumerate(tokens) if t.is_word and own_language.is_owner(t.text))
        elsewhere = own_language.script == "bengali" and any(
            t.is_word and not t.text.isascii() and not _is_bengali(t.text) for t in tokens
        )
        message.foreign = elsewhere or not latin <= own
        strict = {lang.code for lang in self._languages if lang.strict}
        message.keep([_opening(h) for h in _preferred(code, found, tokens, strict)])
        message.numbers = numbers.get(code, written)
        names = _preferred_names(code, named, [h for h in message.hits if h.name == "pillar.cue"])
        message.units = [h for h in names if h.name.startswith("unit:") and not self._is_courtesy(message, h)]
        message.pillars = [h for h in names if h.name.startswith("pillar:")]
        if not message.units and any(h.name.startswith("kind.") for h in message.hits):
            any_unit = message.of("unit.any")
            parts = [h for h in names if h.name.startswith("unit.part:") and not inside(any_unit, h.first, h.last)]
            message.units = [h._replace(name="unit:" + h.name[10:]) for h in parts]
        message.times = [t for t in _preferred_times(code, times, tokens, strict) if not _of_a_ratio(message, t)]
        message.times = [t for t in message.times if not inside(message.units, t.first, t.last)]  # "kh&cn"
        message.titled = self._titled(message)
        runs = [(first, last) for first, last in message.titled if last - first >= message.least]
        message.units = [u for u in message.units if not any(a <= u.first and u.last <= b for a, b in runs)]
        called = [u for u in message.units if u.words > 1]
        message.numbers = [n for n in message.numbers if not (n.words and inside(called, n.first, n.last))]
        message.numbers = [n for n in message.numbers if self._counts_for(n, views[code], own_language)]
        message.keep(sorted([*message.hits, *self._measured(message)], key=lambda h: h.first))
        message.keep([h for h in message.hits if _stands(message, h)])
        message.mentions = self._mentions(message)
        message.keep([h for h in message.hits if not inside(message.mentions, h.first, h.last)])
        message.keep([h for h in message.hits if h.first not in message.strangers])
        message.times = [t for t in message.times if not _is_swallowed(message, t) and not _is_pointer(message, t)]
        return message

    def _counts_for(self, number: Number, view: View, language: Language) -> bool:
        """Whether a number in one word is no particle ("তো" is no "টু"), and no other known word of the same sound."""
        if not number.words or number.last - number.first > 1:
            return True
        return not view.skips[number.first] and language.says_a_number(view.tokens[number.first].text)

    def _measured(self, message: Message) -> Iterator[Hit]:
        """What the plan's targets are counted in, where it stands after a number ("năm tuyến"): a counter."""
        known = {(h.first, h.last) for h in message.of("counter")}
        variants = message.views[message.lang].variants
        for number in message.numbers if self._names.measures[message.lang] else ():
            for size in (2, 1) if number.value else ():
                last = number.last + size
                keys = tuple(each[0][0] for each in variants[number.last : last])
                typed = tuple(t.text for t in message.tokens[number.last : last])
                whole = last <= len(message.tokens) and (number.last, last) not in known
                if whole and self._names.is_measure(message.lang, keys, typed):
                    yield Hit("counter", number.last, last, message.lang, (), size)
                    break

    def _likely(self, tokens: Sequence[Token]) -> Sequence[Language]:
        """The languages that a message can be in: one where its writing leaves no doubt, else all.

        Its words are all in Bengali script; or some have Vietnamese marks, and the others are such syllables too.
        """
        words = [t.text for t in tokens if t.kind == WORD]
        scripts = {_is_bengali(word) for word in words}
        if scripts == {True}:
            return [lang for lang in self._languages if lang.script == "bengali"]
        if scripts == {False} and not all(word.isascii() for word in words):
            plain = [word for word in words if word.isascii() and len(word) > 1 and word not in self._names.prefixes]
            spelled = [lang for lang in self._languages if lang.syllable and all(map(lang.syllable.match, plain))]
            if spelled:
                return spelled
        return list(self._languages)

    def _titled(self, message: Message) -> list[tuple[int, int]]:
        """The stretches that stand side by side as in a title, where that is more than the name of a unit in it."""
        index = self._names.titles.get(message.lang)
        runs = index.runs(message.views[message.lang]) if index else ()
        return [(first, last) for first, last in runs if not inside(message.units, first, last)]

    def _times(self, language: Language, view: View) -> list[Hit]:
        """The phrases for times, but for those that a code's number would open: "nv12 tháng trước" is last month."""
        return [h for h in language.times.scan(view) if not self._is_coded(view.tokens, h.first)]

    def _is_coded(self, tokens: Sequence[Token], at: int) -> bool:
        return at > 0 and tokens[at].kind == NUMBER and tokens[at - 1].text in self._names.prefixes

    def _is_courtesy(self, message: Message, name: Hit) -> bool:
        """Whether a name is only the sound of a polite word in Latin letters ("please" is no পুলিশ)."""
        sounds = any(lang.code == name.lang and lang.script != "latin" for lang in self._languages)
        said = name.last - name.first == 1 and message.tokens[name.first].text.isascii()
        return sounds and said and inside(message.of("polite"), name.first, name.last)

    def _syllables(self, code: str, tokens: Sequence[Token]) -> frozenset[int]:
        """The tokens that are no words, or written like syllables of the message's own language, if it has such."""
        pattern = next((lang.syllable for lang in self._languages if lang.code == code), None)
        if pattern is None:
            return frozenset()
        return frozenset(
            at for at, t in enumerate(tokens) if not t.is_word or (t.text.isascii() and pattern.match(t.text))
        )

    def _split(self, tokens: Sequence[Token]) -> tuple[Token, ...]:
        """Number words with a counter glued to them ("দশটায়") become two tokens."""
        out: list[Token] = []
        for token in tokens:
            out.extend(self._parts(token))
        return tuple(out)

    def _parts(self, token: Token) -> Iterable[Token]:
        counter = self._counter_of(token.text) if token.kind == WORD else ""
        if not counter:
            return (token,)
        cut = token.end - len(counter)
        head = token._replace(text=token.text[: -len(counter)], end=cut)
        return head, token._replace(text=counter, start=cut, spaced=False)

    def _numbers(self, language: Language, view: View, written: Sequence[Number]) -> list[Number]:
        spoken = spoken_numbers(language, view)
        written = scaled(language, view, written)
        taken = {at for n in spoken for at in range(n.first, n.last)}
        numbers = _pointed(
            language, view, sorted([*spoken, *(n for n in written if n.first not in taken)], key=lambda n: n.first)
        )
        for number in numbers:
            if not self._is_article(number, view):
                view.put("n", number.first, number.last, number.value)
        return sorted(numbers, key=lambda n: n.first)

    def _is_article(self, number: Number, view: View) -> bool:
        """ "একটা", "một cái": one with a counter glued to it says no number."""
        after = view.tokens[number.last] if number.last < len(view.tokens) else None
        glued = after is not None and after.is_word and not after.spaced and len(after.text) <= 2
        return number.words and number.value == 1 and glued

    def _language(
        self,
        text: str,
        tokens: Sequence[Token],
        found: dict[str, list[Hit]],
        named: dict[str, list[Hit]],
        numbers: dict[str, list[Number]],
    ) -> str:
        """The language of a message: by its script, by the marks on its letters, then by which words are known."""
        scores = {lang.code: 0.0 for lang in self._languages}
        for lang in self._languages:
            told: list[Spanned] = [*found[lang.code], *named[lang.code], *(n for n in numbers[lang.code] if n.words)]
            covered = {at for h in told for at in range(h.first, h.last)}
            scores[lang.code] += sum(self._worth(lang, tokens[at]) for at in covered if tokens[at].kind == WORD)
            scores[lang.code] += sum(
                2.5 if lang.script == "bengali" else 0.0 for t in tokens if t.kind == WORD and _is_bengali(t.text)
            )
            scores[lang.code] += sum(
                0.7 if lang.strict else 0.0
                for t in tokens
                if t.kind == WORD and not t.text.isascii() and not _is_bengali(t.text)
            )
            scores[lang.code] += sum(1.2 for t in tokens if t.text in lang.telltale)
            if lang.script == "bengali" and DIGITS.search(text):
                scores[lang.code] += 1.0
            scores[lang.code] *= lang.weight
        first = "vi" if "vi" in scores else next(iter(scores), "vi")
        return max(scores, key=lambda c: (scores[c], c == first))

    def _worth(self, language: Language, token: Token) -> float:
        sounds = 0.9 if language.script != "latin" and token.text.isascii() else 1.0
        return sounds if len(token.text) > 1 else 0.4

    def _mentions(self, message: Message) -> list[Mention]:
        """Codes in any writing, and a kind with a number ("nhiệm vụ 5", "কাজ ৫", "৩০ নম্বর কাজ")."""
        found: list[Mention] = []
        numbers = {n.first: n for n in message.numbers}
        for at, token in enumerate(message.tokens):
            if token.kind == WORD and token.text in self._names.prefixes:
                named = self._after(message, token.text, at + 1, at, numbers)
                found += [*named, *self._further(message, partial(self._names.code, token.text), named)]
                if not named and self._is_code(message.tokens, at + 1):
                    message.strangers.append(at)
        for hit in message.of("kind.target", "kind.task", "code.target", "code.task"):
            kind = Kind.TARGET if hit.name.endswith("target") else Kind.TASK
            if not any(m.first <= hit.first < m.last for m in found):
                named = self._numbered(message, kind, hit, numbers)
                found += [*named, *self._further(message, partial(self._names.of_kind, kind), named)]
        found += [
            m for m in self._before(message, numbers) if not any(m.first < f.last and f.first < m.last for f in found)
        ]
        return sorted(found, key=lambda m: m.first)

    def _is_code(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a number that could be a code's stands there; a longer one is a year ("ct 2025")."""
        return at < len(tokens) and tokens[at].kind == NUMBER and len(tokens[at].text) <= LONGEST_CODE

    def _before(self, message: Message, numbers: dict[int, Number]) -> Iterator[Mention]:
        """ "৩০ নম্বর কাজ": the number, the word for number, the kind."""
        ends = {n.last: n for n in numbers.values()}
        for word in message.of("after.number"):
            kinds = [h for h in message.of("kind.target", "kind.task") if h.first == word.last]
            number = ends.get(word.first)
            if number is None or not kinds or number.value != int(number.value):
                continue
            kind = Kind.TARGET if kinds[0].name == "kind.target" else Kind.TASK
            code = self._names.of_kind(kind, str(int(number.value)))
            if code:
                yield Mention(code, number.first, kinds[0].last)

    def _after(self, message: Message, prefix: str, at: int, first: int, numbers: dict[int, Number]) -> list[Mention]:
        tokens = message.tokens
        while at < len(tokens) and tokens[at].text in ("-", ".", "_", "#", "số", "so", "নম্বর", "no"):
            at += 1
        if at >= len(tokens):
            return []
        spelled, last = _code_number(tokens, at)
        if not spelled and at in numbers and numbers[at].words:
            spelled, last = _two_digits(numbers[at], numbers)
        code = self._names.code(prefix, spelled) if spelled else None
        return [Mention(code, first, last)] if code else []

    def _further(
        self, message: Message, code_of: Callable[[str], str | None], named: Sequence[Mention]
    ) -> Iterator[Mention]:
        """The codes that share one prefix ("nv54,55 và 57 xong"); a number before a word may count that instead."""
        if not named:
            return
        at, joins = named[0].last, self._joins(message)
        while at + 1 < len(message.tokens) and message.tokens[at].text in joins:
            number = message.tokens[at + 1]
            code = (
                code_of(number.text) if number.kind == NUMBER and not self._has_digits_after(message, at + 1) else None
            )
            if code is None or not self._closes_a_code(message, at + 2, joins):
                return
            yield Mention(code, at + 1, at + 2)
            at += 2

    def _has_digits_after(self, message: Message, at: int) -> bool:
        """Whether a number goes on after a point ("1.080")."""
        after = message.tokens[at + 1 : at + 3]
        return len(after) == 2 and after[0].text in ".," and after[1].kind == NUMBER and not after[1].spaced

    def _joins(self, message: Message) -> Collection[str]:
        """What is written between things named together."""
        words = {t.text for t in message.tokens if t.is_word}
        spoken = (w for lang in self._languages for w in words if lang.key(w) in lang.conjunctions)
        return {",", "+", "&", *spoken, *(message.tokens[h.first].text for h in message.of("splitter") if h.words == 1)}

    def _closes_a_code(self, message: Message, at: int, joins: Collection[str]) -> bool:
        """Whether what stands at a token shows that the number before it is no amount: the end, a state, one more."""
        tokens, light = message.tokens, {h.first: h.last for h in message.of("filler")}
        told = {h.first for h in message.of("state.", "ask.how")}
        while at < len(tokens) and at not in told:
            if tokens[at].text in joins:
                return at + 1 < len(tokens) and tokens[at + 1].kind == NUMBER
            if not tokens[at].is_word:
                return tokens[at].text in ":;."
            if at not in light and not message.views[message.lang].skips[at]:
                return False
            at = light.get(at, at + 1)
        return True

    def _numbered(self, message: Message, kind: Kind, hit: Hit, numbers: dict[int, Number]) -> list[Mention]:
        at = hit.last
        while at < len(message.tokens) and (
            message.tokens[at].text in ("-", ".", "#")
            or any(h.name == "code.number" and h.first == at for h in message.hits)
        ):
            at += 1
        number = numbers.get(at)
        if number is not None and number.words and _is_dated(message, number, hit.last):
            return []
        if number is not None and not self._is_amount(message, number):
            spelled, last = _two_digits(number, numbers)
            code = self._names.of_kind(kind, spelled)
            if code:
                return [Mention(code, hit.first, last)]
        return []

    def _is_amount(self, message: Message, number: Number) -> bool:
        after = message.tokens[number.last].text if number.last < len(message.tokens) else ""
        share = any(h.first == number.last for h in message.of("percent")) or inside(
            message.of("fraction"), number.first
        )
        return share or after in ("%", "/")


def _is_swallowed(message: Message, time: TimeHit) -> bool:
    """Whether a time is only a word of a phrase that tells no time ("việc nay", "lâu nay", "đến nay")."""
    size, spots = time.last - time.first, range(time.first, time.last)
    if any(n.last - n.first > size for n in _long_numbers(message) if inside([n], time.first, time.last)):
        return True  # "bảy mươi mốt" tells no day
    wide = [h for h in message.hits if h.words > size == 1 or (h.words >= size > 1 and h.name == "filler")]
    return any(not h.values and set(spots) <= set(h.own) for h in wide)


def _is_dated(message: Message, number: Number, after: int) -> bool:
    """Whether a number word is part of a time ("nhiệm vụ năm nay", "nhiệm vụ ba tháng đầu năm")."""
    return any(after <= t.first <= number.first and number.last <= t.last for t in message.times)


def _two_digits(number: Number, numbers: dict[int, Number]) -> tuple[str, int]:
    """A code's number, told digit by digit too ("hai chín" is 29), and where it ends."""
    after = numbers.get(number.last)
    digits = after is not None and number.words and after.words and 0 < number.value < 10 and 0 < after.value < 10
    if after is None or not digits:
        return f"{number.value:g}", number.last
    return f"{int(number.value)}{int(after.value)}", after.last


def _counter_of(languages: Languages) -> Callable[[str], str]:
    """What gives the counter that is glued to a number word; nothing where there is none."""

    @lru_cache(KEPT_WORDS)
    def counter_of(word: str) -> str:
        if any(language.key(word) in language.numbers for language in languages):
            return ""  # "আটষট্টি" ends like one
        for language in languages:
            for counter in language.counters:
                if word.endswith(counter) and language.is_counted(word, counter):
                    return counter
        return ""

    return counter_of


def _variants(language: Language, names: Names) -> Callable[[str], tuple[Variant, ...]]:
    """What gives a word's keys, with what an unknown word was meant to be where one letter is amiss."""
    spelling, titles = _spelling(language, names), names.titles.get(language.code)

    @lru_cache(KEPT_WORDS)
    def variants(word: str) -> tuple[Variant, ...]:
        found = language.variants(word)
        keys = [key for key, _ in found]
        slip = language.may_slip(word, keys[0]) and not (word.isascii() and VOWELS.isdisjoint(word))  # "BHXH"
        if slip and not any(key in spelling or (titles is not None and key in titles) for key in keys):
            meant = spelling.near(keys[0])
            return found if meant is None else (*found, (meant, meant))
        return found

    return variants


def _spelling(language: Language, names: Names) -> Spelling:
    shortest = SHORTEST_SYLLABLE if language.syllable else SHORTEST_WORD
    books = (language.concepts, language.times, names.books[language.code])
    return Spelling({key for book in books for key in book.keys} | set(language.numbers), shortest)


def _pointed(language: Language, view: View, numbers: Sequence[Number]) -> list[Number]:
    """Digits around a word for the decimal point made one ("81 phẩy 5")."""
    found: list[Number] = []
    for number in numbers:
        before = found[-1] if found else None
        gap = before is not None and number.first - before.last == 1
        if before is not None and gap and not number.words and is_point(language, view, before.last):
            value = float(f"{int(before.value)}.{int(number.value)}")
            found[-1] = Number(value, before.first, number.last, before.words)
        else:
            found.append(number)
    return found


def _opening(hit: Hit) -> Hit:
    """A cue that is told by whom it asks ("xin tỉnh hỗ trợ …") as its first word: what follows is the proposal."""
    if hit.name != "cue.proposal.to":
        return hit
    return hit._replace(name="cue.proposal", last=hit.first + 1, spots=None, values=())


def _stands(message: Message, hit: Hit) -> bool:
    """Whether a concept holds: not inside a name that says more, and where it may only close a clause, at its end."""
    if (hit.name == "topic.none" and _sounds_only(message, hit)) or _is_initials(message, hit):
        return False
    if not hit.name.startswith(IN_TITLES) and _is_of_a_title(message, hit):
        return False
    if _counts(message, hit) or _asks_nothing(message, hit):
        return False
    if hit.name in ("counter", "ask.what") and _is_particle(message, hit):
        return False
    if hit.name == "show" and any(h.last == hit.first for h in message.of("trouble", "under")):
        return False  # "chưa tìm được"
    if hit.name in OUTSIDE and any(t.text == "," for t in message.tokens[hit.first : hit.last]):
        return False
    if hit.name.startswith(OF_CLAUSES) and any(t.first <= hit.first and hit.last <= t.last for t in message.times):
        return False
    if hit.name.startswith("state.") and any(h.overlaps(hit) and h.words > hit.words for h in message.of("state.")):
        return False  # "dang dung tien do": no "đang dừng"
    if hit.name == "state.nearly" and any(hit.first < t.first < hit.last < t.last for t in message.times):
        return False
    if not hit.name.startswith(IN_NUMBERS) and inside(_long_numbers(message), hit.first, hit.last):
        return False
    names = (*message.units, *message.pillars)
    if any(hit.overlaps(n) and n.words >= hit.words for n in names):
        return False
    return not hit.name.startswith("tail.") or (message.at_tail(hit.last) and not _denies(message, hit))


def _denies(message: Message, hit: Hit) -> bool:
    """Whether a "not yet" that could close a question denies what follows it ("chưa chính xác")."""
    denial = any(h.first == hit.first and h.last == hit.last for h in message.of("under"))
    said = {h.first for h in message.of("is.smalltalk")} - {h.first for h in message.of("polite")}
    return denial and hit.last in said


def _is_of_a_title(message: Message, hit: Hit) -> bool:
    """Whether a phrase is made of words of a title: of a stretch side by side, which it does not hold as a whole."""
    least = 2 if hit.name in SMALL and hit.words == 1 else message.least
    return any(
        last - first >= least
        and any(first <= at < last for at in hit.own)
        and not (hit.first <= first and last <= hit.last and hit.words > 1)
        for first, last in message.titled
    )


def _counts(message: Message, hit: Hit) -> bool:
    """Whether a word that could close a question says what a number counts ("2.950 ho")."""
    if not hit.name.startswith("tail.") or hit.last - hit.first > 1:
        return False
    counted = any(n.last == hit.first for n in message.numbers)
    return counted and any(h.first == hit.first for h in message.of("counter"))


def _is_particle(message: Message, hit: Hit) -> bool:
    """Whether what could be counted is a particle that closes the clause without its marks ("65 nha")."""
    soft = any((h.first, h.last) == (hit.first, hit.last) for h in message.of("polite"))
    return soft and message.tokens[hit.first].text.isascii() and message.at_tail(hit.last)


def _is_ending(message: Message, hit: Hit) -> bool:
    """Whether a "who" is the case ending that is written alike, after a word and before more ("sở ke … bola hok")."""
    view = message.views.get(hit.lang)
    before = hit.first > 0 and message.tokens[hit.first - 1].is_word
    return view is not None and view.skips[hit.first] and before and not message.at_tail(hit.last)


def _is_any(message: Message, hit: Hit) -> bool:
    """Whether a "which" or "what" is an "any" that is denied in its clause, with nothing asked.

    The denial stands after it ("কোনো ভাতা পায় না"), or before it where it closes the clause ("chưa gặp lỗi gì").
    """
    begin, end = message.clause(hit.first)
    if any(t.text == "?" for t in message.tokens) or message.says(begin, end, "show", "kind."):
        return False
    if hit.name == "ask.what":
        before = [h for h in message.of("under") if begin <= h.first and h.last <= hit.first]
        asked = message.says(begin, hit.first, "tail.ask") and begin == 0
        return bool(before) and not asked and message.at_tail(hit.last)
    if hit.last - hit.first > 1:
        return False
    denied = message.of("trouble", "state.not_done", "state.not_started", "no.difficulty")
    return end - 1 in message.denied or any(hit.last < h.last == end for h in denied)


def _asks_nothing(message: Message, hit: Hit) -> bool:
    """Whether a "how many" asks nothing: several who are in trouble ("mấy xã mạng yếu"), or "may chu", a server."""
    if hit.name in ("ask.which", "ask.what") and _is_any(message, hit):
        return True
    if hit.name == "ask.who" and hit.last - hit.first == 1:
        return _is_ending(message, hit)
    if hit.name != "ask.some" or hit.last - hit.first > 1:
        return False
    if any(h.first > hit.first for h in message.of("trouble")) and not any(t.text == "?" for t in message.tokens):
        return True
    if not message.tokens[hit.first].text.isascii():
        return False
    return not any(h.first == hit.last for h in message.of("kind.", "unit.any", "counter", "state."))


def _long_numbers(message: Message) -> list[Number]:
    """The numbers told in several words: what a word of theirs means elsewhere does not count."""
    return [n for n in message.numbers if n.words and n.last - n.first > 1]


def _is_initials(message: Message, hit: Hit) -> bool:
    """Whether a question word is two capitals among small letters: "AI" is no "who"."""
    token = message.tokens[hit.first]
    shouted = message.text.isupper()
    asks = (hit.name.startswith("ask.") and hit.last - hit.first == 1) or hit.name == "is.owner"
    return asks and token.upper and len(token.text) == 2 and hit.first > 0 and not shouted


def _sounds_only(message: Message, hit: Hit) -> bool:
    """Whether a topic is met only in the sound of one short word in Latin letters: too little to turn anybody away."""
    token = message.tokens[hit.first]
    view = message.views.get(hit.lang)
    if hit.last - hit.first > 1 or view is None or not token.text.isascii():
        return False
    key = view.variants[hit.first][0][0]
    return key != token.text and len(key) <= 3


def _code_number(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    if tokens[at].kind != NUMBER:
        return "", at
    spelled, last = tokens[at].text, at + 1
    rest = tokens[last : last + 2]
    if len(rest) == 2 and rest[0].text == "." and rest[1].kind == NUMBER and not (rest[0].spaced or rest[1].spaced):
        return f"{spelled}.{rest[1].text}", last + 2
    return spelled, last


def _is_bengali(word: str) -> bool:
    return BENGALI[0] <= word[0] <= BENGALI[1]


def _preferred(code: str, found: dict[str, list[Hit]], tokens: Sequence[Token], strict: Collection[str]) -> list[Hit]:
    """The concepts in the message's own language, and what other languages say where that one says nothing."""
    own = list(found.get(code, ()))
    for other, hits in found.items():
        for hit in hits if other != code else ():
            rivals = [o for o in own if hit.overlaps(o)]
            if not _is_slight(hit, tokens, strict, code) and all(r.words < hit.words for r in rivals):
                own = [*(o for o in own if o not in rivals), hit]
    return sorted(own, key=lambda h: h.first)


def _heard(code: str, found: dict[str, list[Found]], own: frozenset[int]) -> dict[str, list[Found]]:
    """What other languages find, without what only syllables of the message's own language sound like."""
    if not own:
        return found
    return {
        lang: hits if lang == code else [h for h in hits if not own.issuperset(range(h.first, h.last))]
        for lang, hits in found.items()
    }


def _is_slight(hit: Hit, tokens: Sequence[Token], strict: Collection[str], code: str) -> bool:
    """A single word of another language is too little to be heard, where it is short or lacks that language's marks.

    Where a language is written without its marks, its syllables look like another one's words.
    """
    token = tokens[hit.first]
    if hit.last - hit.first > 1 or not token.is_word:
        return False
    short = SYLLABLE if code in strict and token.text.isascii() else 2
    return len(token.text) <= short or (hit.lang in strict and token.text.isascii())


def _preferred_names(code: str, named: dict[str, list[Hit]], cues: Sequence[Hit]) -> list[Hit]:
    """The names said, the longest first; a part of a pillar's name counts only beside a word for pillars."""
    every = [
        h._replace(name="pillar:" + h.name[12:], words=h.words + 1) if h.name.startswith("pillar.part:") else h
        for c in sorted(named, key=lambda c: c != code)
        for h in named[c]
        if not h.name.startswith("pillar.part:")
        or any(0 <= h.first - c.last <= 1 or 0 <= c.first - h.last <= 1 for c in cues)
    ]
    unique = {(h.name, h.first, h.last): h for h in reversed(every)}
    return longest(unique.values())


def _is_pointer(message: Message, time: TimeHit) -> bool:
    """Whether a word for a day only points to a thing ("vu nay": this matter, not today)."""
    return any(h.first < time.first and time.last <= h.last for h in message.of("it"))


def _of_a_ratio(message: Message, time: TimeHit) -> bool:
    """Whether a clock's hour is a count: "২০টার মধ্যে ১১টা" is eleven out of twenty."""
    if not isinstance(time.value, Clock):
        return False
    whole = any(0 <= h.first - time.last <= 1 for h in message.of("out.of"))
    part = any(h.last == time.first for h in message.of("out.of"))
    counts = sum(n.first < h.first for h in message.of("out.of") for n in message.numbers)
    return (whole and any(n.first >= time.last for n in message.numbers)) or (part and counts > 0)


def _preferred_times(
    code: str, times: dict[str, list[TimeHit]], tokens: Sequence[Token], strict: Collection[str]
) -> list[TimeHit]:
    own = list(times.get(code, ()))
    for other in times:
        for hit in times[other]:
            word = tokens[hit.first].text if hit.last - hit.first == 1 and other != code else ""
            slight = word.isascii() and word != "" and (other in strict or len(word) <= SHORT_TIME)
            if not slight and not any(hit.first < o.last and o.first < hit.last for o in own):
                own.append(hit)
    return sorted(own, key=lambda t: t.first)
