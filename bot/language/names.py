"""The names of one plan: its units, pillars and items, found in a message by code, by name, or by a telling part.

Rare words weigh more than common ones, and words that stand side by side in a title weigh more than scattered ones.
Where several items fit equally, all are candidates and none is chosen.
"""

from __future__ import annotations

import heapq
import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.language.data import Language, Languages
from bot.language.phrases import Phrasebook, View
from bot.language.text import is_bengali, marks_fit, marks_key, sounds_fit, tokens_of, tone_of, words_of
from bot.rules.plan import Item, Kind, Plan

CODE = re.compile(r"([^\W\d_]+)[\s.\-_]*0*(\d+(?:\.\d+)*)", re.IGNORECASE)
SEARCHED = 8  # steps of a search, each worth as much as one of a walk
PARTS = re.compile(r"[,;/]| và ")
CAPITALS = re.compile(r"\b[A-Z][A-Za-z]?[A-Z]+\b")
MOST_CORE = 4  # words of a unit's name without its generic ones, said after "bên"
TOO_MANY = 1500  # postings of a word that says nothing where rarer words are said
MANY = 250  # postings of a word that is too common to open new candidates in a large plan
SCATTERED, NEIGHBOURS = 0.4, 0.65  # what a lone syllable is worth, and what two side by side add
BEST = 12  # items weighed more closely
LEAST_STEM, MOST_NAMESAKES = 3, 3
LEAST_RUN = 2  # words side by side that are a title's
SOUND = 0.4  # what a short word is worth that only sounds like a title's


@dataclass(frozen=True, slots=True)
class Fit:
    """How well an item's title fits the words of a message: its weight, and the tokens that matched."""

    code: str
    weight: float
    tokens: tuple[int, ...]
    share: float
    words: float = 0.0  # the weight of its words alone


@dataclass(frozen=True, slots=True)
class Said:
    """A title word (or two neighbours) that a message says at a token, the items that have it, and what it is worth."""

    at: int
    items: Sequence[int]
    weight: float


class TitleIndex:
    """Items' titles in one language: which words stand in which titles, and next to which."""

    def __init__(self, language: Language, items: Sequence[Item]) -> None:
        self._language = language
        self._items = items
        self._at = {item.code: at for at, item in enumerate(items)}
        self._count = max(1, len(items))
        self._titles: list[str] = []
        self._letters: set[str] = set()  # names in capital letters ("IOC"), which are no lone syllables
        self._posts: dict[str, list[int]] = {}
        self._spelled: dict[str, set[str]] = defaultdict(set)  # the words of a key
        self._wholes: dict[int, float] = {}  # what all words of an item's title weigh, once asked for
        self._index()

    def _index(self) -> None:
        posts: dict[str, list[int]] = defaultdict(list)
        key, lang = self._language.key, self._language.code
        for at, item in enumerate(self._items):
            typed = words_of(item.name(lang))
            words = [key(word) for word in typed]
            for word, sound in zip(typed, words, strict=True):
                self._spelled[sound].add(word)
            self._titles.append(f" {' '.join(words)} ")
            self._letters.update(key(name.lower()) for name in CAPITALS.findall(item.name(lang)))
            for word in set(words):
                posts[word].append(at)
        for word in list(posts) if self._language.endings else ():
            self._index_stems(posts, word)
        self._posts = dict(posts)

    def _index_stems(self, posts: dict[str, list[int]], word: str) -> None:
        """A title's word is found without its case ending too ("কিয়স্কের" by "কিয়স্ক")."""
        for stem in self._language.stems(word):
            if len(stem) >= LEAST_STEM:
                posts[stem] = sorted({*posts.get(stem, ()), *posts[word]})
                self._spelled[stem] |= self._spelled[word]

    def __contains__(self, word: str) -> bool:
        return word in self._posts

    def says(self, code: str, words: str) -> bool:
        """Whether an item's title holds these words (as keys) side by side."""
        at = self._at.get(code)
        return at is not None and f" {words} " in self._titles[at]

    def runs(self, view: View) -> Iterator[tuple[int, int]]:
        """The stretches of several tokens that stand side by side in a title too, the longest at each place."""
        keys = [self._words(view, at) or self._known(view, at) for at in range(len(view.tokens))]
        first = 0
        while first + LEAST_RUN <= len(keys):
            last = self._run(keys, first)
            if last - first >= LEAST_RUN:
                yield first, last
            first = max(first + 1, last)

    def _run(self, keys: Sequence[Sequence[str]], first: int) -> int:
        """Where the words from a token on cease to stand side by side in one title."""
        told: dict[str, Sequence[int]] = dict.fromkeys(keys[first], ())
        for last in range(first + 1, len(keys)):
            pairs = [(words, where, word) for words, where in told.items() for word in keys[last]]
            if last == first + 1:
                pairs = [(words, self._rarer(words, word), word) for words, _, word in pairs]
            begun = [(f"{words} {word}", where) for words, where, word in pairs]
            told = {words: here for words, where in begun if (here := self._holding(f" {words} ", where))}
            if not told:  # the last word may stand in the title with an ending
                begins = any(len(word) > LEAST_STEM for word in keys[last]) and bool(self._language.endings)
                return last + 1 if begins and any(self._holding(f" {words}", where) for words, where in begun) else last
        return len(keys)

    def _rarer(self, one: str, other: str) -> Sequence[int]:
        """The items that have the rarer of two words; none where both are too common to tell of a title."""
        where = min(self._posts[one], self._posts[other], key=len)
        return where if len(where) <= TOO_MANY else ()

    def _holding(self, words: str, where: Sequence[int]) -> list[int]:
        return [item for item in where if words in self._titles[item]]

    def tells_of(self, code: str, key: str) -> bool:
        """Whether a word is one of an item's title, in another form or as its first part ("নগদ" of "নগদবিহীন")."""
        at = self._at.get(code)
        if at is None:
            return False
        begins = bool(self._language.endings) and len(key) > LEAST_STEM and f" {key}" in self._titles[at]
        return f" {key} " in self._titles[at] or begins or at in self._posts.get(key, ())

    def _weight(self, word: str) -> float:
        return self._rarity(len(self._posts[word])) * (0.25 if word in self._language.common else 1.0)

    def _rarity(self, titles: int) -> float:
        return math.log((self._count + 1) / titles)

    def fits(self, view: View, usable: Sequence[bool]) -> list[Fit]:
        """The items whose titles share words with the message's usable tokens, the heaviest first."""
        weights: dict[int, float] = defaultdict(float)
        spots: dict[int, list[int]] = defaultdict(list)
        for said in sorted(self._said(view, usable), key=lambda s: len(s.items)):
            if len(said.items) > TOO_MANY and weights:
                continue
            opens = len(said.items) <= MANY or not weights
            for item in said.items if opens else _shared(weights, said.items):
                weights[item] += said.weight
                spots[item].append(said.at)
        floor = max(weights.values(), default=0.0) / 2
        near = [i for i, weight in weights.items() if weight >= floor]
        ranked = heapq.nsmallest(BEST, near, key=lambda i: (-round(weights[i], 6), i))
        return [self._fit(i, weights[i], spots[i]) for i in ranked]

    def _fit(self, item: int, weight: float, spots: Sequence[int]) -> Fit:
        whole = self._wholes.get(item)
        if whole is None:
            whole = self._wholes[item] = sum(self._weight(word) for word in set(self._titles[item].split()))
        return Fit(self._items[item].code, weight, tuple(sorted(set(spots))), weight / (whole or 1.0))

    def _said(self, view: View, usable: Sequence[bool]) -> list[Said]:
        """Each title word of the message once; two neighbours make up what lone syllables lack."""
        found: dict[str, Said] = {}
        previous: str | None = None
        for at, token in enumerate(view.tokens):
            words = self._known(view, at) if usable[at] and token.kind != "mark" else []
            for word in words:
                heard = token.is_word and token.text.isascii() and token.text != word and len(word) <= LEAST_STEM
                self._note(found, at, previous, word, SOUND if heard else 1.0)
                previous = word
            for word in self._meant(view, at, words):
                others = [item for item in self._posts[word] if item not in self._posts[words[0]]]
                found.setdefault(word, Said(at, others, self._weight(word)))
            previous = previous if words else None
        return list(found.values())

    def _meant(self, view: View, at: int, own: Sequence[str]) -> list[str]:
        """The title words that a token stands for beside the one that it says itself ("জমি" says ভূমি too)."""
        if len(own) != 1 or not self._language.endings:
            return []
        typed = view.tokens[at].text
        meant = (key for key, word in view.variants[at] if word != typed and word != key)
        return [key for key in dict.fromkeys(meant) if key in self._posts and not key.startswith(own[0])]

    def _note(self, found: dict[str, Said], at: int, previous: str | None, word: str, share: float) -> None:
        syllable = self._language.syllable
        lone = syllable is not None and syllable.match(word) is not None and word not in self._letters
        if word not in found:
            found[word] = Said(at, self._posts[word], share * (SCATTERED if lone else 1.0) * self._weight(word))
        pair = f"{previous} {word}"
        if previous is not None and pair not in found and (both := self._beside(previous, word)):
            found[pair] = Said(at, both, (NEIGHBOURS if lone else 0.1) * self._rarity(len(both)))

    def _beside(self, first: str, second: str) -> list[int]:
        """The items in whose titles two words stand side by side."""
        return self._holding(f" {first} {second} ", self._rarer(first, second))

    def _known(self, view: View, at: int) -> list[str]:
        """The title words that a token says: itself, or what it abbreviates."""
        own = self._words(view, at)
        if own:
            return [self._stem_of(own)]
        full = [self._language.key(w) for w in self._language.full.get(view.tokens[at].text, ())]
        return full if full and all(key in self._posts for key in full) else []

    def _words(self, view: View, at: int) -> list[str]:
        """The title words that a token itself says: its own key first, then its stems."""
        return [key for key, typed in view.variants[at] if key in self._posts and self._heard(key, typed)]

    def _stem_of(self, known: Sequence[str]) -> str:
        """Of a word's own key and its stems the one that most titles have: they may say it with another ending."""
        best, titles = known[0], set(self._posts[known[0]]) if self._language.endings else set()
        for stem in known[1:] if titles else ():
            if len(stem) > LEAST_STEM and best.startswith(stem) and titles < set(self._posts[stem]):
                best, titles = stem, set(self._posts[stem])
        return best

    def _heard(self, key: str, typed: str) -> bool:
        """Whether a typed word can be one of the title words of its key."""
        fit = _written_alike if self._language.strict else sounds_fit
        return key not in self._spelled or any(fit(typed, word) for word in self._spelled[key])


def _shared(few: Collection[int], many: Sequence[int]) -> list[int]:
    """The items of the one that are in the other, which is in order."""
    if len(few) * SEARCHED > len(many):
        return [item for item in many if item in few]
    places = ((item, bisect_left(many, item)) for item in few)
    return [item for item, at in places if at < len(many) and many[at] == item]


class Names:
    """Everything of one plan that a message can name."""

    def __init__(self, languages: Languages, plan: Plan) -> None:
        self.plan = plan
        self.items = tuple(plan.live)
        self.item = {i.code: i for i in self.items}
        self.titles = {lang.code: TitleIndex(lang, self.items) for lang in languages if lang.code in ("vi", "bn")}
        self._by_code = {_squeezed(i.code): i.code for i in self.items}
        self.prefixes = frozenset(m[1].lower() for i in self.items if (m := CODE.match(i.code)))
        self.books = {lang.code: self._book(lang) for lang in languages}
        self.measures = {lang.code: self._measures(lang) for lang in languages}

    def _measures(self, language: Language) -> dict[tuple[str, ...], tuple[str, ...]]:
        """What the targets are counted in: its words, by their keys."""
        told = {part for measure in {i.measure or "" for i in self.items} for part in PARTS.split(measure)}
        return {tuple(map(language.key, words)): words for part in told if (words := tuple(words_of(part)))}

    def is_measure(self, lang: str, keys: tuple[str, ...], typed: tuple[str, ...]) -> bool:
        """Whether words, by their keys and as typed, are what a target is counted in."""
        words = self.measures[lang].get(keys)
        return words is not None and all(map(marks_fit, typed, words))

    def code(self, prefix: str, number: str) -> str | None:
        """The item that a prefix and a number name ("nv", "05")."""
        return self._by_code.get(f"{prefix.lower()}{_plain_number(number)}")

    def of_kind(self, kind: Kind, number: str) -> str | None:
        """The target or the task of that number, whatever the prefix of its code."""
        prefix = {Kind.TARGET: "ct", Kind.TASK: "nv"}[kind]
        code = self.code(prefix, number)
        if code is not None:
            return code
        plain = _plain_number(number)
        matches = [i.code for i in self.items if i.kind is kind and _number_of(i.code) == plain]
        return matches[0] if len(matches) == 1 else None

    def is_here(self, place: str) -> bool:
        """Whether a place's name belongs to this plan: to its title, its decision, a unit or an item."""
        return marks_key(place.lower()) in self._own_places

    @cached_property
    def _own_places(self) -> str:
        texts = [self.plan.title, self.plan.decision]
        texts += [t for u in self.plan.units for t in (u.name_vi, *u.aliases)]
        return marks_key(" | ".join(texts).lower())

    def _book(self, language: Language) -> Phrasebook:
        book = Phrasebook(language.key, language.code, language.strict)
        for name, code in self._unit_names(language):
            book.add(name, f"unit:{code}" if not code.startswith("part:") else f"unit.{code}")
        for name, code in self._pillar_names(language):
            book.add(name, code)
        return book

    def _unit_names(self, language: Language) -> Iterator[tuple[tuple[str, ...], str]]:
        """Every way to write a unit; a short way that several units share names all of them."""
        sure: dict[tuple[str, ...], set[str]] = defaultdict(set)
        loose: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for unit in self.plan.units:
            for text in (unit.name_vi, unit.name_bn or "", unit.code, *unit.aliases):
                for form in _forms(text, language):
                    sure[form].add(unit.code)
                named = text in (unit.name_vi, unit.name_bn)
                for form in _looser(text, language, named):
                    loose[form].add(unit.code)
        for form, codes in sure.items():
            yield from ((form, code) for code in sorted(codes))
        for word, codes in self._unit_words(language).items() if language.script != "latin" else ():
            yield from (((word,), f"part:{code}") for code in sorted(codes) if len(codes) <= MOST_NAMESAKES)
        for form, codes in loose.items():
            generic = any(language.key(w) in language.unit_words for w in form)
            if form not in sure and (len(codes) == 1 or (generic and len(codes) <= 4)):
                yield from ((form, code) for code in sorted(codes))

    def _unit_words(self, language: Language) -> dict[str, set[str]]:
        """The words that only a few units' names hold, with those units: one of them may do beside a plan's noun."""
        words: dict[str, set[str]] = defaultdict(set)
        for unit in self.plan.units:
            for text in (unit.name_vi, unit.name_bn or ""):
                said = [w for w in _pieces(text) if w not in "&-."]
                if said and _sounds(said, language):
                    for word in said:
                        if (
                            len(language.key(word)) > 3
                            and language.key(word) not in language.unit_words | language.common
                        ):
                            words[word].add(unit.code)
        return words

    def _pillar_names(self, language: Language) -> Iterator[tuple[tuple[str, ...], str]]:
        """A pillar's name, each of its halves ("Nhận thức số và thể chế số"), and what no other pillar's name has."""
        names = [(p.code, t) for p in self.plan.pillars for t in (p.name_vi, p.name_bn or "")]
        seen = Counter(w for _, t in names for w in set(_pieces(t)))
        for code, text in names:
            words = tuple(w for w in _pieces(text) if w not in "&-.")
            if not words or not _sounds(words, language):
                continue
            yield words, f"pillar:{code}"
            yield from ((part, f"pillar.part:{code}") for part in _stretches(words))
            for part in _halves(words, language):
                yield part, f"pillar:{code}" if len(part) > 1 else f"pillar.part:{code}"
                own = tuple(w for w in part if seen[w] == 1)
                if own and own != part:
                    yield own, f"pillar.part:{code}"


def _written_alike(typed: str, meant: str) -> bool:
    """Whether a word can be the meant one: its marks may be missing, and its tone may be another ("sữa chửa")."""
    return marks_fit(typed, meant) or tone_of(typed)[0] == tone_of(meant)[0]


def _squeezed(code: str) -> str:
    match = CODE.match(code)
    return f"{match[1].lower()}{_plain_number(match[2])}" if match else code.lower()


def _plain_number(number: str) -> str:
    return ".".join(part.lstrip("0") or "0" for part in number.split("."))


def _number_of(code: str) -> str | None:
    match = CODE.match(code)
    return _plain_number(match[2]) if match else None


@lru_cache(1024)  # every language asks for the same names
def _pieces(text: str) -> tuple[str, ...]:
    return tuple(t.text for t in tokens_of(text) if t.text not in ",()[]{}|*=")


def _sounds(words: Sequence[str], language: Language) -> bool:
    """Whether words can be looked up by sound: "TT" and "SXD" cannot, they are letters."""
    if language.script == "latin":
        return True
    return all(
        is_bengali(w) or (w.isascii() and len(w) > 2 and re.search("[aeiou]", w) is not None) or w.isdecimal()
        for w in words
    )


def _halves(words: tuple[str, ...], language: Language) -> Iterator[tuple[str, ...]]:
    """The parts of a name around its "and"."""
    parts: list[list[str]] = [[]]
    for word in words:
        if language.key(word) in language.conjunctions:
            parts.append([])
        else:
            parts[-1].append(word)
    yield from (tuple(part) for part in parts if len(part) > 1 or (part and len(part[0]) > 4))


def _stretches(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Most of a name: every run of its words that holds at least three in five of them."""
    for size in range(max(2, math.ceil(0.6 * len(words))), len(words)):
        yield from (words[at : at + size] for at in range(len(words) - size + 1))


def _forms(text: str, language: Language) -> Iterator[tuple[str, ...]]:
    """A name as written, and without the marks between its words ("Sở TT&TT", "Sở TTTT")."""
    words = _pieces(text)
    if not words or not _sounds(words, language):
        return
    for form in language.writings(words):
        yield form
        plain = tuple(w for w in form if w not in "&-.")
        if plain and plain != form:
            yield plain
            yield _glued(plain, language)


def _glued(words: tuple[str, ...], language: Language) -> tuple[str, ...]:
    """ "sở tt tt" as "sở tttt": letters that marks had parted."""
    head = [w for w in words if language.key(w) in language.unit_words]
    rest = "".join(w for w in words if language.key(w) not in language.unit_words)
    return (*head, rest) if rest else words


def _looser(text: str, language: Language, named: bool) -> Iterator[tuple[str, ...]]:
    """A name's shorter writings: its initials, its first words, and (a full name's) its own words alone."""
    words = [w for w in _pieces(text) if w not in "&-."]
    if not words or not _sounds(words, language) or not any(language.key(w) in language.unit_words for w in words):
        return
    if language.script == "latin":
        yield from _initials(words, language)
    core = [w for w in words if language.key(w) not in language.unit_words]
    if 0 < len(core) <= MOST_CORE and len(core) < len(words) and not any(w.isdecimal() for w in core):
        yield from ((lead, *core) for lead in language.unit_leads)
    if named and core and len(core) < len(words) and (len(core) > 1 or len(core[0]) > 3):
        yield tuple(core)
    yield from _beginnings(words, core, language)


def _initials(words: Sequence[str], language: Language) -> Iterator[tuple[str, ...]]:
    """ "Sở Giáo dục và Đào tạo" as "sgdđt", "sở gdđt", "sgd"."""
    said = [w for w in words if language.key(w) not in language.conjunctions]
    letters = "".join(w[0] for w in said)
    if len(said) < 3 or not letters.isalpha():
        return
    for form in dict.fromkeys((letters, marks_key(letters))):
        yield (form,)
        if len(form) > 2:
            yield (said[0], form[1:])
            yield from ([(form[1:],)] if len(form) > 3 else [])
    whole = "".join(w[0] for w in words)
    yield (whole,)


def _beginnings(words: Sequence[str], core: Sequence[str], language: Language) -> Iterator[tuple[str, ...]]:
    """The generic word with the first words of the name: "Sở Giáo dục", "huyện Thuận", "শিক্ষা বিভাগ"."""
    heads = [
        w for w in words if language.key(w) in language.unit_words and language.key(w) not in language.conjunctions
    ]
    for size in range(1, len(core) + 1):
        for head in heads:
            if len(head) > 1:
                part = tuple(core[:size])
                yield (head, *part) if language.heads_first else (*part, head)
