"""Finding known phrases in a message: a graph over word keys, with gaps and with places for values.

A phrase is written as people say it, in a small notation: `(a|b)` alternatives, `[a]` optional words, `*` up to four
words between, `=a` a word whose marks must be typed, `{n}` a value found before (a number, a time …), which the hit
carries.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from bot.language.text import IGNORED, Token, hisses_fit, marks_fit, sounds_fit, sounds_same, tone_of

OUTSIDE = ("is.none", "topic.none")
ACTED = ("state.", "ask.", "show", "switch", "tail.", "future", "trouble")  # what a scrap of a noun never says
GAP, GAP_WORDS = "*", 4
EXACT = "="  # before a word: its marks must be typed
PIECES = re.compile(r"[()\[\]|]|\{\w+\}|\*|\d+|[^\s\d(){}\[\]|*%/:.,?!+&\-]+|[%/:.,?!+&\-]")
Variant = tuple[str, str]  # the key to look up, and the word it stands for
Part = Any  # a word, a gap or a place (a string), or alternatives (a tuple of sequences of parts)
Ways = Callable[[Sequence[Part], int], Iterable[tuple[int, Sequence[str]]]]


class Spanned(Protocol):
    """Anything that stands at the tokens `first` to `last` (exclusive)."""

    @property
    def first(self) -> int: ...

    @property
    def last(self) -> int: ...


def inside(spans: Iterable[Spanned], first: int, last: int | None = None) -> bool:
    """Whether a token (or the tokens up to `last`) stands inside one of the spans."""
    return any(s.first <= first and (first + 1 if last is None else last) <= s.last for s in spans)


class Hit(NamedTuple):
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

    def without_skips(self) -> View:
        """The same, where every word counts."""
        return View(self.tokens, self.variants, (False,) * len(self.tokens), self.whole, self.level, self.values)

    def put(self, place: str, first: int, last: int, value: Any) -> None:
        """Notes a value that a `{place}` of a phrase can stand for."""
        self.values.setdefault(place, {}).setdefault(first, []).append((last, value))


_NOTHING: dict[str, Any] = {}  # shared by the nodes that lead nowhere; never written to
_Edges = Sequence[tuple[str, "_Node"]]


class _Node:
    """One place in the phrases: the words, values or gap that may follow, and the names of what ends here.

    The alternatives of a phrase share the nodes that follow them. Edges are a list until they are first walked; then
    those of one word are joined, so that phrases that begin alike are walked as one.
    """

    __slots__ = ("ends", "gap", "next", "places")

    def __init__(self) -> None:
        self.next: dict[str, _Edges] = _NOTHING
        self.places: dict[str, _Node] | None = None
        self.gap: _Node | None = None
        self.ends: tuple[str, ...] = ()

    def onto(self, key: str) -> _Edges:
        """The words of a key that may follow here, with where they lead."""
        edges = self.next.get(key, ())
        if isinstance(edges, list):
            leads: dict[str, list[_Node]] = {}
            for word, node in edges:
                leads.setdefault(word, []).append(node)
            edges = self.next[key] = tuple((word, _joined(nodes)) for word, nodes in leads.items())
        return edges


def _joined(nodes: Sequence[_Node]) -> _Node:
    """One node for several that are reached alike."""
    if len(nodes) == 1:
        return nodes[0]
    node = _Node()
    onward: dict[str, list[tuple[str, _Node]]] = {}
    places: dict[str, list[_Node]] = {}
    for other in nodes:
        for key, edges in other.next.items():
            onward.setdefault(key, []).extend(edges)
        for place, after in (other.places or {}).items():
            places.setdefault(place, []).append(after)
    if onward:
        node.next = dict(onward)
    node.places = {place: _joined(after) for place, after in places.items()} or None
    gaps = [n.gap for n in nodes if n.gap]
    node.gap = _joined(gaps) if gaps else None
    node.ends = tuple(dict.fromkeys(name for n in nodes for name in n.ends))
    return node


_State = tuple[_Node, int, tuple[int, ...], tuple[Any, ...], str]


class Phrasebook:
    """The phrases of one language (or of one plan) for one purpose; it is filled before it is read.

    `strict` says that marks that contradict a phrase's own forbid the match.
    """

    def __init__(self, key: Callable[[str], str], lang: str, strict: bool = False) -> None:
        self._key, self._lang, self._strict = key, lang, strict
        self._begins: list[_Node] = []
        self._keys: dict[str, str] = {}  # of the words as they are written in phrases

    def add(self, phrase: Sequence[Part], name: str, ways: Ways | None = None) -> None:
        """Adds one phrase: its words, or what `parsed` makes of it.

        `ways` gives the other ways to write what stands at a place: how many of its words they replace, and by which.
        """
        end = _Node()
        end.ends = (name,)
        begin = self._leading(phrase, end, ways)
        if begin is not end:
            self._begins.append(begin)

    @cached_property
    def _root(self) -> _Node:
        root = _joined([_Node(), *self._begins])
        root.ends = ()  # no phrase is without words
        return root

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of all its words."""
        return frozenset(self._keys.values())

    @cached_property
    def words(self) -> frozenset[str]:
        """All its words as they are written."""
        return frozenset(word.lstrip(EXACT) for word in self._keys)

    def _leading(self, parts: Sequence[Part], after: _Node, ways: Ways | None) -> _Node:
        """The node from which parts lead to another, in every way to write them."""
        nodes = [after]
        for at in range(len(parts) - 1, -1, -1):
            part = parts[at]
            if isinstance(part, str):
                found = [self._before(part, nodes[-1])]
            else:
                found = [self._leading(option, nodes[-1], ways) for option in part]
            for size, words in ways(parts, at) if ways else ():
                found.append(self._leading(words, nodes[-size], None))
            nodes.append(_joined(found))
        return nodes[-1]

    def _before(self, word: str, after: _Node) -> _Node:
        """A node from which a word, a gap or a place leads to another."""
        node = _Node()
        if word == GAP:
            node.gap = after
        elif word[0] == "{":
            node.places = {word[1:-1]: after}
        else:
            key = self._keys.get(word)
            if key is None:
                key = self._keys[word] = self._key(word.lstrip(EXACT))
            node.next = {key: ((word, after),)}
        return node

    def scan(self, view: View) -> list[Hit]:
        """Every phrase in the message, at every place and of every length."""
        hits: dict[Hit, None] = {}
        begins = self._root.next
        valued = {at for place in self._root.places or () for at in view.values.get(place, ())}
        for first, variants in enumerate(view.variants):
            for key, _ in variants:  # no generators: this is asked for every token in every book
                if key in begins:
                    break
            else:
                if first not in valued:
                    continue
            for hit in self._from(view, first):
                hits[hit] = None
        return list(hits)

    def _from(self, view: View, first: int) -> Iterator[Hit]:
        waiting: list[_State] = [(self._root, first, (), (), "")]
        while waiting:
            state = waiting.pop()
            node, at, spots, values, word = state
            for name in node.ends:
                if len(spots) != 1 or self._stands_alone(view, spots[0], word, name):
                    own = frozenset(spots) if not values and at - first > len(spots) else None
                    yield Hit(name, first, at, self._lang, values, len(spots) + len(values), own)
            if node.places or at < len(view.tokens):
                self._go_on(view, state, waiting)

    def _go_on(self, view: View, state: _State, waiting: list[_State]) -> None:
        """Adds to `waiting` where a state can lead to."""
        node, at, spots, values, word = state
        if node.places:
            for place, onward in node.places.items():
                for end, value in view.values.get(place, {}).get(at, ()):
                    waiting.append((onward, end, spots, (*values, value), word))
        if at >= len(view.tokens):
            return
        if node.next:
            typed = view.tokens[at].text if at in view.whole else ""
            for key, variant in view.variants[at]:
                for meant, onward in node.onto(key) if key in node.next else ():
                    alike = variant == meant or self._alike(variant, meant)
                    if alike and (not typed or meant.lstrip(EXACT) == typed):
                        waiting.append((onward, at + 1, (*spots, at), values, meant))
            if view.skips[at] and node is not self._root:
                waiting.append((node, at + 1, spots, values, word))
        if node.gap:
            for wide in range(1, GAP_WORDS + 2):
                waiting.append((node.gap, at + wide - 1, spots, values, word))
                if at + wide - 1 >= len(view.tokens) or view.tokens[at + wide - 1].text in ".;?!\n":
                    break

    def _stands_alone(self, view: View, at: int, word: str, name: str) -> bool:
        """Whether a phrase of one word is met in a word that is typed so, and not in a part of what it says."""
        level = at in view.level and word.lstrip(EXACT) != view.tokens[at].text
        return not level and not self._clipped(view, at, word, name)

    def _clipped(self, view: View, at: int, word: str, name: str) -> bool:
        """Whether a lone word is met only in what is left of a longer one, or in the sound of another known word."""
        typed, key = view.tokens[at].text, self._keys[word]
        whole = view.variants[at][0][0]
        short = len(key) < 3 and not (name.startswith("kind.") and typed.startswith(word))  # "লক্ষ্যগুলো"
        if whole != key and (short or (name.startswith(ACTED) and _is_scrap(key, whole))):
            return True
        if self._strict:
            return False
        if len(typed) < 3 and typed.isascii() and typed not in self.words:
            return True  # "xa" is no খোঁচা
        if not any(k == key and w == typed for k, w in view.variants[at]):
            return name in OUTSIDE and all(w == k for k, w in view.variants[at] if k == key)
        if name in OUTSIDE and whole != key and whole in self.keys and typed.isascii():
            return True
        meant = word.lstrip(EXACT)
        return not hisses_fit(typed, meant) or (typed in self.words and not sounds_same(typed, meant))

    def _alike(self, typed: str, meant: str) -> bool:
        if not self._strict:
            return typed == meant[1:] if meant[0] == EXACT else sounds_fit(typed, meant)
        return tone_of(typed) == tone_of(meant[1:]) if meant[0] == EXACT else marks_fit(typed, meant)


def _is_scrap(key: str, whole: str) -> bool:
    """Whether a key is only a few letters of a much longer one ("sam" of "samera")."""
    return len(key) <= 3 and len(whole) - len(key) > 2


def parsed(phrase: str) -> tuple[Part, ...]:
    """A written phrase as its parts. Raises `ValueError` where its brackets do not match."""
    plain = "".join(c for c in unicodedata.normalize("NFC", phrase.lower()) if c not in IGNORED)
    pieces = PIECES.findall(plain)
    parts, at = _sequence(pieces, 0)
    if at < len(pieces):
        raise ValueError(f"unbalanced brackets: {phrase}")
    return parts


def _sequence(pieces: Sequence[str], at: int) -> tuple[tuple[Part, ...], int]:
    """The parts from a piece on to the end of their brackets, and where that is."""
    parts: list[Part] = []
    while at < len(pieces) and pieces[at] not in "|)]":
        if pieces[at] in "([":
            options, at = _options(pieces, at)
            parts.append(options)
        else:
            parts.append(pieces[at])
            at += 1
    return tuple(parts), at


def _options(pieces: Sequence[str], start: int) -> tuple[tuple[tuple[Part, ...], ...], int]:
    """The alternatives in the brackets that open at `start`, and where the brackets have closed."""
    opened, options, at = pieces[start], [], start
    while at == start or (at < len(pieces) and pieces[at] == "|"):
        parts, at = _sequence(pieces, at + 1)
        options.append(parts)
    if at >= len(pieces) or pieces[at] != {"(": ")", "[": "]"}[opened]:
        raise ValueError(f"unbalanced brackets: {' '.join(pieces)}")
    return (*options, *([()] if opened == "[" else [])), at + 1


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


NOUNS = ("kind.", "unit.any", "stage", "report", "lang.", "percent", "ask.who", "most", "tail.already")
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
    if inner.name == "most" and outer.name.startswith("state."):
        return True  # "lâu rồi không ai cap nhat": no "nhất"
    if outer.words <= inner.words or (inner.name.startswith(NOUNS) and not outer.name.startswith(HOLDERS)):
        return False
    own = outer.own
    return all(at in own for at in inner.own)


def number_variants(digits: str) -> tuple[Variant, ...]:
    """The keys of a token without letters: as typed, and without leading zeros."""
    plain = digits.lstrip("0") or digits
    return ((digits, digits),) if plain == digits else ((digits, digits), (plain, plain))
