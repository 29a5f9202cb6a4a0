"""Finding known phrases in a message: a trie over word keys, with gaps and with places for values.

A phrase is written as people say it, in a small notation: `(a|b)` alternatives, `[a]` optional words, `*` up to four
words between, `=a` a word whose marks must be typed, `{n}` a value found before (a number, a time …), which the hit
carries.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.language.text import IGNORED, Token, hisses_fit, marks_fit, sounds_fit, sounds_same, tone_of

OUTSIDE = ("is.none", "topic.none")
GAP, GAP_WORDS = "*", 4
EXACT = "="  # before a word: its marks must be typed
PIECES = re.compile(r"\{\w+\}|\*|\d+|[^\s\d{}*%/:.,?!+&\-]+|[%/:.,?!+&\-]")
Variant = tuple[str, str]  # the key to look up, and the word it stands for


class Spanned(Protocol):
    """Anything that stands at the tokens `first` to `last` (exclusive)."""

    @property
    def first(self) -> int: ...

    @property
    def last(self) -> int: ...


def inside(spans: Iterable[Spanned], first: int, last: int | None = None) -> bool:
    """Whether a token (or the tokens up to `last`) stands inside one of the spans."""
    return any(s.first <= first and (first + 1 if last is None else last) <= s.last for s in spans)


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: what it says, its tokens (`last` exclusive), its language, the values in its places."""

    name: str
    first: int
    last: int
    lang: str = ""
    values: tuple[Any, ...] = ()
    words: int = 0
    spots: frozenset[int] | None = None

    @property
    def own(self) -> Collection[int]:
        """The tokens that are the phrase's own; the words in its gap are not."""
        return self.spots if self.spots is not None else range(self.first, self.last)

    def overlaps(self, other: Hit) -> bool:
        """Whether the two share a word."""
        if self.first >= other.last or other.first >= self.last:
            return False
        theirs = other.own
        return any(at in theirs for at in self.own)


@dataclass(slots=True)
class View:
    """A message as one language sees it: every token's possible keys, and the values found so far.

    `whole` are tokens that mean what they say without marks, `level` those that do so alone, without a tone.
    """

    tokens: Sequence[Token]
    variants: Sequence[tuple[Variant, ...]]
    skips: Sequence[bool]
    whole: frozenset[int] = frozenset()
    level: frozenset[int] = frozenset()
    values: dict[str, dict[int, list[tuple[int, Any]]]] = field(default_factory=dict)

    def put(self, place: str, first: int, last: int, value: Any) -> None:
        """Notes a value that a `{place}` of a phrase can stand for."""
        self.values.setdefault(place, {}).setdefault(first, []).append((last, value))


_NOTHING: dict[str, Any] = {}  # shared by the nodes that lead nowhere; never written to


class _Node:
    """One step of the trie."""

    __slots__ = ("ends", "gap", "next", "places")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = _NOTHING
        self.places: dict[str, _Node] | None = None
        self.gap: _Node | None = None
        self.ends: list[tuple[str, tuple[str, ...]]] | None = None


_State = tuple[_Node, int, tuple[int, ...], tuple[Any, ...]]


class Phrasebook:
    """The phrases of one language (or of one plan) for one purpose.

    `strict` says that marks that contradict a phrase's own forbid the match.
    """

    def __init__(self, key: Callable[[str], str], lang: str, strict: bool = False) -> None:
        self._key, self._lang, self._strict = key, lang, strict
        self._root = _Node()
        self.keys: set[str] = set()
        self._words: set[str] = set()

    def add(self, words: Sequence[str], name: str) -> None:
        """Adds one expanded phrase."""
        node = self._root
        for word in words:
            node = self._step(node, word)
        node.ends = node.ends or []
        node.ends.append((name, tuple(w for w in words if w != GAP and w[0] != "{")))

    def _step(self, node: _Node, word: str) -> _Node:
        if word == GAP:
            node.gap = node.gap or _Node()
            return node.gap
        if word[0] == "{":
            node.places = node.places if node.places is not None else {}
            return node.places.setdefault(word[1:-1], _Node())
        key = self._key(word.lstrip(EXACT))
        self.keys.add(key)
        self._words.add(word.lstrip(EXACT))
        if node.next is _NOTHING:
            node.next = {}
        found = node.next.get(key)
        if found is None:
            found = node.next[key] = _Node()
        return found

    def scan(self, view: View) -> list[Hit]:
        """Every phrase in the message, at every place and of every length."""
        hits: dict[Hit, None] = {}
        for first in range(len(view.tokens)):
            if not self._can_begin(view, first):
                continue
            for hit in self._from(view, first):
                hits[hit] = None
        return list(hits)

    def _can_begin(self, view: View, first: int) -> bool:
        """Whether some phrase starts with this token, or with a value that starts here."""
        root = self._root
        if root.places and any(first in view.values.get(place, ()) for place in root.places):
            return True
        return any(key in root.next for key, _ in view.variants[first])

    def _from(self, view: View, first: int) -> Iterator[Hit]:
        waiting: list[_State] = [(self._root, first, (), ())]
        while waiting:
            state = waiting.pop()
            node, at, spots, values = state
            if node.ends:
                for name, words in node.ends:
                    clipped = len(words) == 1 and self._clipped(view, spots[0], words[0], name)
                    if self._fits(view, spots, words) and not clipped:
                        own = frozenset(spots) if not values and at - first > len(spots) else None
                        yield Hit(name, first, at, self._lang, values, len(spots) + len(values), own)
            waiting.extend(self._onward(view, state))

    def _onward(self, view: View, state: _State) -> Iterator[_State]:
        node, at, spots, values = state
        if node.places:
            for place, onward in node.places.items():
                for end, value in view.values.get(place, {}).get(at, ()):
                    yield onward, end, spots, (*values, value)
        if at >= len(view.tokens):
            return
        for key, _ in view.variants[at]:
            if key in node.next:
                yield node.next[key], at + 1, (*spots, at), values
        if view.skips[at] and node is not self._root and node.next:
            yield node, at + 1, spots, values
        if node.gap:
            for wide in range(1, GAP_WORDS + 2):
                yield node.gap, at + wide - 1, spots, values
                if at + wide - 1 >= len(view.tokens) or view.tokens[at + wide - 1].text in ".;?!\n":
                    break

    def _fits(self, view: View, spots: Sequence[int], words: Sequence[str]) -> bool:
        whole = view.whole if len(words) > 1 else view.whole | view.level
        return all(
            any(self._alike(word, meant) for key, word in view.variants[at] if key == self._key(meant.lstrip(EXACT)))
            and not (at in whole and meant.lstrip(EXACT) != view.tokens[at].text)
            for at, meant in zip(spots, words, strict=True)
        )

    def _clipped(self, view: View, at: int, word: str, name: str) -> bool:
        """Whether a lone word is met only in what is left of a longer one, or in the sound of another known word."""
        typed, key = view.tokens[at].text, self._key(word.lstrip(EXACT))
        whole = view.variants[at][0][0]
        if len(key) < 3 and whole != key:
            return True
        if self._strict:
            return False
        if not any(k == key and w == typed for k, w in view.variants[at]):
            return name in OUTSIDE and all(w == k for k, w in view.variants[at] if k == key)
        if name in OUTSIDE and whole != key and whole in self.keys and typed.isascii():
            return True
        meant = word.lstrip(EXACT)
        return not hisses_fit(typed, meant) or (typed in self._words and not sounds_same(typed, meant))

    def _alike(self, typed: str, meant: str) -> bool:
        if not self._strict:
            return typed == meant[1:] if meant[0] == EXACT else sounds_fit(typed, meant)
        return tone_of(typed) == tone_of(meant[1:]) if meant[0] == EXACT else marks_fit(typed, meant)


def expanded(phrase: str) -> list[tuple[str, ...]]:
    """The plain phrases that one written with `(a|b)` and `[c]` stands for, as words."""
    plain = "".join(c for c in unicodedata.normalize("NFC", phrase.lower()) if c not in IGNORED)
    forms = _choices(plain)
    return list(dict.fromkeys(tuple(PIECES.findall(form)) for form in forms if form.strip()))


def _choices(phrase: str) -> list[str]:
    start = min((i for i in (phrase.find("("), phrase.find("[")) if i >= 0), default=-1)
    if start < 0:
        return [phrase]
    stop = _closing(phrase, start)
    options = _split(phrase[start + 1 : stop])
    if phrase[start] == "[":
        options = [*options, ""]
    tails = _choices(phrase[stop + 1 :])
    heads = [choice for option in options for choice in _choices(option)]
    return [f"{phrase[:start]}{head}{tail}" for head in heads for tail in tails]


def _closing(phrase: str, start: int) -> int:
    depth = 0
    for at in range(start, len(phrase)):
        depth += (phrase[at] in "([") - (phrase[at] in ")]")
        if depth == 0:
            return at
    raise ValueError(f"unbalanced brackets: {phrase}")


def _split(inside: str) -> list[str]:
    parts, depth = [""], 0
    for char in inside:
        depth += (char in "([") - (char in ")]")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """The hits that no longer hit overlaps, in the order said; equals in one place all stay."""
    kept: list[Hit] = []
    owner: dict[int, tuple[int, int]] = {}
    for hit in sorted(hits, key=lambda h: (-h.words, h.first - h.last, h.first)):
        same = (hit.first, hit.last)
        if all(owner.get(at, same) == same for at in hit.own):
            owner.update(dict.fromkeys(hit.own, same))
            kept.append(hit)
    return sorted(kept, key=lambda h: (h.first, h.last))


NOUNS = ("kind.", "unit.any", "report", "lang.", "percent", "ask.who", "most", "tail.already")
HOLDERS = ("it", "mine", "nobody", "every", *NOUNS)


def outermost(hits: Iterable[Hit]) -> list[Hit]:
    """The hits that stand in no longer one, in the order said. Nouns of the plan stay, but in a pronoun's phrase."""
    kept: list[Hit] = []
    at: dict[int, list[Hit]] = {}
    for hit in sorted(hits, key=lambda h: (-h.words, h.first)):
        begin = min(hit.own, default=hit.first)
        if not any(_holds(k, hit) for k in at.get(begin, ())):
            kept.append(hit)
            for spot in hit.own:
                at.setdefault(spot, []).append(hit)
    return sorted(kept, key=lambda h: (h.first, h.last))


def _holds(outer: Hit, inner: Hit) -> bool:
    if (inner.name == "is.difficulties" and outer.name.startswith("cue.")) or outer.name.startswith("choose:"):
        return False
    if inner.name.startswith(("ask.", "state.") if outer.spots is not None else "ask.") and outer.name in OUTSIDE:
        return False
    if inner.name.startswith("format.") and outer.name == "is.export":
        return False
    if outer.words <= inner.words or (inner.name.startswith(NOUNS) and not outer.name.startswith(HOLDERS)):
        return False
    own = outer.own
    return all(at in own for at in inner.own)


def number_variants(digits: str) -> tuple[Variant, ...]:
    """The keys of a token without letters: as typed, and without leading zeros."""
    plain = digits.lstrip("0") or digits
    return ((digits, digits),) if plain == digits else ((digits, digits), (plain, plain))
