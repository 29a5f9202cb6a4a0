"""The languages' words and phrases, read once from `locales/<language>/*.toml`.

A folder with TOML files is a language that messages are read in. The engine knows no word of any language: what a
language needs is in its files, whose names and sections `README.md` beside this file explains.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.language.building import uncollected
from bot.language.concepts import is_concept
from bot.language.phrases import PIECES, Hit, Part, Phrasebook, Variant, View, number_variants, parsed
from bot.language.text import (
    KEYS,
    WORD,
    Token,
    hisses_fit,
    is_bengali,
    is_level,
    marks_fit,
    sounds_fit,
    tone_of,
    without_telex,
)
from bot.language.times import OPERATIONS

EXAMPLES = "examples.toml"
NUMBER_KINDS = frozenset({"unit", "ten", "close", "times", "and", "point", "plus", "before", "alone", "whole"})
SHORTEST_STEM, SHORTEST_SLIP = 2, 5
MARKED = 0.5  # share of words with marks from which one without them is meant to have none
KEPT_KEYS = 1 << 15  # words whose keys are remembered, a language


class LanguageDataError(ValueError):
    """A language's files say something that the engine cannot use."""


@dataclass(frozen=True, slots=True)
class Example:
    """A message of the data with what it means: a test, and never more than that."""

    lang: str
    intent: str
    text: str


@dataclass(frozen=True, slots=True)
class NumberWord:
    """A word of a number: its kind (see `numbers.py`), what it is worth, how it is written."""

    kind: str
    value: float
    word: str


@dataclass(frozen=True)
class Language:
    """One language's data, ready for use. All words are keys of `key`, unless said otherwise."""

    code: str
    key: Callable[[str], str]
    strict: bool
    script: str
    concepts: Phrasebook
    times: Phrasebook
    numbers: Mapping[str, tuple[NumberWord, ...]]
    stand_ins: Mapping[str, tuple[tuple[str, str], ...]]
    shorter: Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]
    starting: Mapping[str, tuple[tuple[str, ...], ...]]
    full: Mapping[str, tuple[str, ...]]
    telltale: frozenset[str]
    weight: float
    letters: Mapping[str, str]
    case_endings: frozenset[str]
    endings: tuple[str, ...]
    forms: tuple[tuple[str, str], ...]
    apart: tuple[tuple[str, str], ...]
    counters: tuple[str, ...]
    particles: frozenset[str]
    common: frozenset[str]
    bare: frozenset[str]
    syllable: re.Pattern[str] | None
    unit_words: frozenset[str]
    conjunctions: frozenset[str]
    heads_first: bool
    digit_pairs: bool
    telex: bool
    ordinals: frozenset[str]
    unit_leads: tuple[str, ...]
    homonyms: Mapping[str, frozenset[str]]
    genitive: tuple[str, ...]
    number_spellings: frozenset[str]

    def view(self, tokens: Sequence[Token], variants_of: Callable[[str], tuple[Variant, ...]] | None = None) -> View:
        """The message with every token's keys in this language; `variants_of` gives a word's, if not `variants`."""
        keys_of = variants_of or self.variants
        variants = tuple(keys_of(t.text) if t.kind == WORD else number_variants(t.text) for t in tokens)
        skips = tuple(t.text in self.particles for t in tokens)
        marks = [t.text for t in tokens if t.kind == WORD and not t.text.isascii()]
        latin = sum(t.kind == WORD and self.key(t.text).isascii() for t in tokens)
        marked = bool(marks) and len(marks) >= MARKED * latin
        toned = any(tone_of(text)[1] for text in marks)
        whole = frozenset(at for at, t in enumerate(tokens) if marked and t.text in self.bare)
        level = frozenset(at for at, t in enumerate(tokens) if toned and self.strict and is_level(t.text))
        return View(tokens, variants, skips, whole, level)

    def variants(self, word: str) -> tuple[Variant, ...]:
        """A word's keys: as typed, as what it abbreviates, and without case endings."""
        key = self.key(word)
        own = [(key, word), *((stem, word) for stem in self.stems(key)), *((form, form) for form in self._forms(key))]
        meant = [
            (self.key(full), full)
            for stem, typed in own
            if stem == key or len(stem) > SHORTEST_STEM
            for short, full in self.stand_ins.get(stem, ())
            if (marks_fit(typed, short) if self.strict else sounds_fit(typed, short) and hisses_fit(typed, short))
        ]
        if self.telex and (typed := without_telex(word)) != word:
            meant.append((typed, typed))
        spelled = self._acronym(word)
        return tuple(dict.fromkeys([*own, *meant, *([(spelled, spelled)] if spelled else [])]))

    def _forms(self, key: str) -> Iterator[str]:
        """The everyday forms of a formal or a dialect one ("করিতেছে", "করতাছে": as "করছে"), by how the key ends."""
        for ending, everyday in self.forms:
            if key.endswith(ending) and len(key) - len(ending) >= SHORTEST_STEM:
                yield key[: len(key) - len(ending)] + everyday

    def _acronym(self, word: str) -> str:
        """The Latin letters that a word names one by one ("এলজিএসপি": lgsp); nothing where it is another word."""
        if not self.letters:
            return ""
        spelled, at = "", 0
        while at < len(word):
            size = next((n for n in (5, 4, 3, 2, 1) if word[at : at + n] in self.letters), 0)
            if not size:
                return spelled if len(spelled) > 2 and word[at:] in self.case_endings else ""
            spelled += self.letters[word[at : at + size]]
            at += size
        return spelled if len(spelled) > 1 else ""

    def heard_in(self, view: View) -> list[Hit]:
        """The concepts that the phrases say, without what a word only sounds like that says something of its own."""
        return [h for h in self.concepts.scan(view) if h.words > 1 or self._says(view.tokens[min(h.own)].text, h)]

    def _says(self, word: str, hit: Hit) -> bool:
        own = self.homonyms.get(word)
        return own is None or hit.name in own

    def is_denied(self, word: str) -> bool:
        """Whether a verb carries its own "not" ("নেয়নি")."""
        return any(len(word) > len(ending) + 1 and word.endswith(ending) for ending, _ in self.apart)

    def says_a_number(self, word: str) -> bool:
        """Whether a word is spelled as a number word, or as no word of a phrase that only sounds like one ("পুরো")."""
        return word in self.number_spellings or word not in self.concepts.words

    def is_owner(self, word: str) -> bool:
        """Whether a word says whose or of what ("ব্যাচের")."""
        return any(len(word) > len(ending) + 1 and word.endswith(ending) for ending in self.genitive)

    def may_slip(self, word: str, key: str) -> bool:
        """Whether a word can be a slip: no syllable of the language, or (elsewhere) any word in its writing."""
        if self.syllable is not None:
            return self.syllable.match(key) is None
        if word.isascii():
            return len(key) > SHORTEST_SLIP
        return self.script != "latin" and is_bengali(word)

    def stems(self, key: str) -> Iterator[str]:
        """What remains of a key when endings are taken off, once or twice."""
        found = list(self._cut(key))
        yield from dict.fromkeys([*found, *(stem for first in found for stem in self._cut(first))])

    def _cut(self, key: str) -> Iterator[str]:
        for ending in self.endings:
            if key.endswith(ending) and len(key) - len(ending) >= SHORTEST_STEM:
                yield key[: len(key) - len(ending)]

    def writings(self, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        """A name's words, and those with one part of them written in another way."""
        ways = [(at, size, other) for at in range(len(words)) for size, other in self.ways(words, at)]
        return [words, *((*words[:at], *other, *words[at + size :]) for at, size, other in ways)]

    def ways(self, words: Sequence[Part], at: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The other ways to write what stands at a place of a phrase: how many words they replace, and by which.

        They are the language's abbreviations, a counter apart from its number word (as in a message's tokens), and an
        ending as a word of its own ("হয়নি" as "হয় নাই").
        """
        word = words[at]
        if not isinstance(word, str):
            return
        for full in self.starting.get(word, ()):
            if tuple(words[at : at + len(full)]) == full:
                yield from ((len(full), short) for short in self.shorter[full])
        for counter in self.counters:
            if word.endswith(counter) and self.is_counted(word, counter):
                yield 1, (word[: -len(counter)], counter)
        for ending, alone in self.apart:
            if word.endswith(ending) and len(word) > len(ending) + 1:
                yield 1, (word[: -len(ending)], alone)

    def is_counted(self, word: str, counter: str) -> bool:
        """Whether a word is a number word with this counter glued to it ("দশটায়")."""
        return len(word) > len(counter) and self.key(word[: -len(counter)]) in self.numbers


@dataclass(frozen=True)
class Languages:
    """Every language that messages are read in, by code."""

    by_code: Mapping[str, Language]

    @staticmethod
    def load(locales_dir: Path) -> Languages:
        """Reads every language's files. Raises `LanguageDataError` where a file cannot be used."""
        folders = sorted(p for p in locales_dir.iterdir() if p.is_dir() and any(p.glob("*.toml")))
        with uncollected():
            return Languages({folder.name: load_language(folder) for folder in folders})

    def __iter__(self) -> Iterator[Language]:
        return iter(self.by_code.values())


def load_language(folder: Path) -> Language:
    """One language from its folder."""
    raw = _merged(folder)
    try:
        _check(raw)
        language = _empty(folder.name, raw)
        _fill(language, raw)
    except (KeyError, TypeError, ValueError) as wrong:
        raise LanguageDataError(f"{folder.name}: {wrong}") from wrong
    return language


def _merged(folder: Path) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name != EXAMPLES:
            for section, content in _read(path).items():
                _merge(merged, section, content)
    return merged


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise LanguageDataError(f"{path.name}: {wrong}") from wrong


def _merge(merged: dict[str, Any], section: str, content: Any) -> None:
    """A section may be spread over several files: tables are joined, and so are the lists in them."""
    known = merged.get(section)
    if isinstance(known, dict) and isinstance(content, dict):
        for name, more in content.items():
            _merge(known, name, more)
    elif isinstance(known, list) and isinstance(content, list):
        merged[section] = known + content
    else:
        merged[section] = content


def _empty(code: str, raw: Mapping[str, Any]) -> Language:
    settings = raw.get("settings", {})
    key = lru_cache(KEPT_KEYS)(KEYS[settings.get("key", "plain")])
    strict = settings.get("key") == "marks"
    stand_ins, shorter = _abbreviations(key, raw.get("abbreviations", {}))
    return Language(
        code=code,
        key=key,
        strict=strict,
        script=settings.get("script", "latin"),
        concepts=Phrasebook(key, code, strict),
        times=Phrasebook(key, code, strict),
        numbers=_number_words(key, raw.get("numbers", {})),
        number_spellings=frozenset(w for rows in raw.get("numbers", {}).values() for row in rows for w in row.split()),
        stand_ins=stand_ins,
        shorter=shorter,
        starting=_by_first(shorter),
        full={short[0]: words for words, shorts in shorter.items() for short in shorts if len(short) == 1},
        telltale=frozenset(" ".join(settings.get("telltale", ())).split()),
        weight=float(settings.get("weight", 1.0)),
        letters=dict(row.split() for row in settings.get("letters", ())),
        endings=tuple(sorted(settings.get("endings", ()), key=len, reverse=True)),
        forms=_pairs(settings.get("forms", ())),
        apart=_pairs(settings.get("apart", ())),
        case_endings=frozenset(settings.get("particles", ())),
        counters=tuple(sorted(settings.get("counters", ()), key=len, reverse=True)),
        particles=frozenset(settings.get("particles", ())),
        common=frozenset(key(w) for w in " ".join(settings.get("common", ())).split()),
        syllable=re.compile(settings["syllable"]) if "syllable" in settings else None,
        bare=frozenset(" ".join(settings.get("bare", ())).split()),
        unit_words=frozenset(key(w) for w in settings.get("unit_words", ())),
        conjunctions=frozenset(key(w) for w in settings.get("conjunctions", ())),
        heads_first=bool(settings.get("heads_first", True)),
        digit_pairs=bool(settings.get("digit_pairs", False)),
        telex=bool(settings.get("telex", False)),
        ordinals=frozenset(settings.get("ordinals", ())),
        unit_leads=tuple(settings.get("unit_leads", ())),
        genitive=tuple(settings.get("genitive", ())),
        homonyms={word: frozenset(names) for word, names in raw.get("homonyms", {}).items()},
    )


def _abbreviations(
    key: Callable[[str], str], raw: Mapping[str, list[str]]
) -> tuple[dict[str, tuple[tuple[str, str], ...]], dict[tuple[str, ...], tuple[tuple[str, ...], ...]]]:
    """What one typed word stands for, and the shorter writings of phrases of several words."""
    stand_ins: dict[str, tuple[tuple[str, str], ...]] = {}
    shorter: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for full, shorts in raw.items():
        words = tuple(PIECES.findall(full))
        for short in (tuple(PIECES.findall(s)) for s in shorts):
            if len(words) > 1 or len(short) > 1:
                shorter[words] = (*shorter.get(words, ()), short)
            elif key(short[0]) != key(full):
                stand_ins[key(short[0])] = (*stand_ins.get(key(short[0]), ()), (short[0], full))
    return stand_ins, shorter


def _pairs(rows: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Rows of two words each; "-" stands for nothing."""
    pairs = [row.split() for row in rows]
    return tuple((first, "" if second == "-" else second) for first, second in pairs)


def _by_first(phrases: Iterable[tuple[str, ...]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    starting: dict[str, tuple[tuple[str, ...], ...]] = {}
    for words in phrases:
        starting[words[0]] = (*starting.get(words[0], ()), words)
    return starting


def _number_words(
    key: Callable[[str], str], raw: Mapping[str, Mapping[str, float]]
) -> dict[str, tuple[NumberWord, ...]]:
    words: dict[str, tuple[NumberWord, ...]] = {}
    for kind, rows in raw.items():
        for written, value in rows.items():
            for word in written.split():
                words[key(word)] = (*words.get(key(word), ()), NumberWord(kind, value, word))
    return words


def load_examples(folder: Path) -> list[Example]:
    """The example messages of one language's folder; reading messages does not need them."""
    path = folder / EXAMPLES
    sections = _read(path).get("examples", {}) if path.exists() else {}
    return [Example(folder.name, intent, text) for intent, texts in sections.items() for text in texts]


def _check(raw: Mapping[str, Any]) -> None:
    """Names that the engine does not know are mistakes of the data."""
    known: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("concepts", is_concept),
        ("times", lambda name: name.partition(":")[0] in OPERATIONS),
        ("numbers", lambda kind: kind in NUMBER_KINDS),
    )
    for section, is_known in known:
        for name in raw.get(section, {}):
            if not is_known(name):
                raise ValueError(f"[{section}] knows no {name!r}")


def _fill(language: Language, raw: Mapping[str, Any]) -> None:
    for book, section in ((language.concepts, "concepts"), (language.times, "times")):
        for name, written in raw.get(section, {}).items():
            for phrase in written:
                book.add(parsed(phrase), name, language.ways)
