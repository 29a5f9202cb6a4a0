"""A message as tokens: what was typed, made comparable, with the way back to the speaker's own characters kept.

Clusters are composed (NFC), joiners and BOMs dropped, full-width forms and the digits of any script made plain, dashes
and quotes made one; letters and digits never share a token, so that "nv5", "nv 5" and "NV-05" look alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

IGNORED = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f\ufe0e")
DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
QUOTES = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "."}
SAME = {**DASHES, **QUOTES, "\u0964": ".", "\u0965": ".", "\u00a0": " ", "\u066a": "%", "\uff05": "%"}
WORD, NUMBER, MARK = "word", "number", "mark"
NUKTA = "\u09bc"
LONGEST, MOST_TOKENS = 4096, 256
KEPT_WORDS = 1 << 13  # words whose forms are remembered
_SAME = {ord(c): same for c, same in SAME.items()}
_LETTERS = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u1ea0-\u1ef9\u0981-\u0983\u0985-\u098c\u098f\u0990\u0993-\u09a8"
    "\u09aa-\u09b0\u09b2\u09b6-\u09b9\u09bc\u09be-\u09c4\u09c7\u09c8\u09cb-\u09ce\u09d7\u09dc\u09dd\u09df-\u09e3\u09f0\u09f1"
)
_USUAL = re.compile(f"[\t\n\r -~\u09e6-\u09ef{_LETTERS}]*")
_USUAL_TOKEN = re.compile(f"([{_LETTERS}]+)|([0-9\u09e6-\u09ef]+)|\\S")
_USUAL_KINDS = (MARK, WORD, NUMBER)


class Token(NamedTuple):
    """A word, a run of digits, or one mark. `start` and `end` cut it from the text as typed.

    `text` is composed, lower case and plain; `spaced` tells whether a gap stood before it.
    """

    kind: str
    text: str
    start: int
    end: int
    spaced: bool
    upper: bool = False

    @property
    def is_word(self) -> bool:
        return self.kind == WORD


def tokens_of(text: str) -> tuple[Token, ...]:
    """The first 256 tokens of `text`: what stands beyond them is not read (free text keeps it)."""
    plain = text[:LONGEST].translate(_SAME)
    found = _usual_tokens(plain) if _USUAL.fullmatch(plain) else _tokens(_clusters(text[:LONGEST]))
    return tuple(islice(found, MOST_TOKENS))


def _usual_tokens(text: str) -> Iterator[Token]:
    """The tokens of a text that has only characters that stand for themselves: most texts, and many times quicker."""
    before = 0
    for found in _USUAL_TOKEN.finditer(text):
        start, end = found.span()
        yield _token(_USUAL_KINDS[found.lastindex or 0], found[0], start, end, start > before)
        before = end


def _clusters(text: str) -> Iterator[tuple[str, int, int]]:
    """Composed characters with the span that each came from."""
    start, size = 0, len(text)
    while start < size:
        end = start + 1
        while end < size and (unicodedata.combining(text[end]) or text[end] in IGNORED):
            end += 1
        for char in _plain(text[start:end]):
            yield char, start, end
        start = end


def _plain(cluster: str) -> str:
    kept = "".join(c for c in cluster if c not in IGNORED)
    if len(kept) == 1 and "\uff01" <= kept <= "\uff5e":
        kept = unicodedata.normalize("NFKC", kept)
    composed = unicodedata.normalize("NFC", kept)
    return "".join(SAME.get(c, c) for c in composed)


def _kind(char: str) -> str | None:
    """What sort of token a character belongs to; None for a gap."""
    if char.isspace():
        return None
    if char.isdecimal():
        return NUMBER
    if char.isalpha() or unicodedata.category(char) in ("Mn", "Mc"):
        return WORD
    return MARK


def _tokens(clusters: Iterator[tuple[str, int, int]]) -> Iterator[Token]:
    chars: list[str] = []
    kind, begin, end, spaced, gap = "", 0, 0, False, False
    for char, start, stop in clusters:
        found = _kind(char)
        if chars and (found != kind or found == MARK):
            yield _token(kind, "".join(chars), begin, end, spaced)
            chars = []
        if found is None:
            gap = True
            continue
        if not chars:
            kind, begin, spaced, gap = found, start, gap, False
        chars.append(char)
        end = stop
    if chars:
        yield _token(kind, "".join(chars), begin, end, spaced)


def _token(kind: str, typed: str, start: int, end: int, spaced: bool) -> Token:
    if kind == WORD:
        return Token(kind, _lowered(typed), start, end, spaced, typed.isascii() and typed.isupper())
    if kind == NUMBER and not typed.isascii():
        typed = "".join(str(unicodedata.decimal(c)) for c in typed)
    return Token(kind, typed.lower(), start, end, spaced)


@lru_cache(KEPT_WORDS)
def _lowered(word: str) -> str:
    return _unstretched(unicodedata.normalize("NFC", word.lower()))


_TITLE = re.compile(r"\d+|[^\s\d!-/:-@\[-`{-~\u2010-\u2027\u0964\u0965«»•]+")
_PLAIN = {ord(c): None for c in IGNORED} | {0x9E6 + n: str(n) for n in range(10)}
_UNUSUAL = re.compile(f"[{''.join(map(chr, _PLAIN))}]")


def words_of(title: str) -> list[str]:
    """The words and numbers of a title, cut as a message's tokens are (quicker, and without their places)."""
    if not unicodedata.is_normalized("NFC", title):
        title = unicodedata.normalize("NFC", title)
    plain = title.lower()
    return _TITLE.findall(plain.translate(_PLAIN) if _UNUSUAL.search(plain) else plain)


def _unstretched(word: str) -> str:
    """ "xonggg" as "xong": a letter typed three times or more counts once."""
    return word if re.fullmatch("[vx]*iii", word) else re.sub(r"([^\W\d_])\1{2,}", r"\1", word)  # "quý III"


# --- keys: what makes two spellings of one word alike ---

TONES = "\u0300\u0301\u0303\u0309\u0323"
_CONSONANTS = {
    "ক": "k", "খ": "kh", "গ": "g", "ঘ": "gh", "ঙ": "ng", "চ": "c", "ছ": "c", "জ": "j", "ঝ": "jh", "ঞ": "n",
    "ট": "t", "ঠ": "th", "ড": "d", "ঢ": "dh", "ণ": "n", "ত": "t", "থ": "th", "দ": "d", "ধ": "dh", "ন": "n",
    "প": "p", "ফ": "f", "ব": "b", "ভ": "bh", "ম": "m", "য": "j", "র": "r", "ল": "l", "শ": "sh", "ষ": "sh",
    "স": "s", "হ": "h", "ৰ": "r", "ৱ": "b",
}  # fmt: skip
_VOWELS = {
    "অ": "o", "আ": "a", "ই": "i", "ঈ": "i", "উ": "u", "ঊ": "u", "ঋ": "ri", "এ": "e", "ঐ": "oi", "ও": "o", "ঔ": "ou",
    "া": "a", "ি": "i", "ী": "i", "ু": "u", "ূ": "u", "ৃ": "ri", "ে": "e", "ৈ": "oi", "ো": "o", "ৌ": "ou",
}  # fmt: skip
_SIGNS = frozenset("ািীুূৃেৈোৌ")
_OTHERS = {"ং": "ng", "ঃ": "", "ঁ": "", "ৎ": "t"}
_NUKTAS = {"য": "y", "ড": "r", "ঢ": "r", "জ": "j", "ফ": "f"}
VIRAMA = "্"
LATIN_VOWELS = "aeiouy"
SHORT_WORD, SHORT_LEVEL = 6, 3
_BREATHS = re.compile("[kgtdpb]h|y$")
_ALIKE = str.maketrans("শষছণযঢঝৰ", "সসচনজডজর")


def plain_key(word: str) -> str:
    """The word itself, lower case: for a language whose spelling is steady."""
    return word


def marks_key(word: str) -> str:
    """The word without its marks (đ as d): for Vietnamese and other Latin writing."""
    if word.isascii():
        return word
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("ð", "d")


@lru_cache(KEPT_WORDS)
def tone_of(word: str) -> tuple[str, str]:
    """A word's letters with their vowel marks, and its tone marks apart: "hoà" and "hòa" are one."""
    parts = unicodedata.normalize("NFD", word)
    tone = "".join(sorted(c for c in parts if c in TONES))
    letters = unicodedata.normalize("NFC", "".join(c for c in parts if c not in TONES))
    return letters, tone


@lru_cache(KEPT_WORDS)
def is_level(word: str) -> bool:
    """Whether a short word has marks on its letters but no tone ("đo"): in a message with tones it is no "đỏ"."""
    short = len(word) <= SHORT_LEVEL and not word.isascii() and not tone_of(word)[1] and not is_bengali(word)
    return short and any(c in LATIN_VOWELS for c in marks_key(word))  # "đc" lacks no tone: it is short for a word


_TELEX_TONE = re.compile("(?<=[a-z])[sfrxj]$")
_TELEX_LETTERS = re.compile("(a|e|o|d)(?=\\1)|w")


def without_telex(word: str) -> str:
    """A word without the keys that should have typed its marks ("tieens" is "tien"); itself where it has none."""
    if not word.isascii() or len(word) < SHORT_LEVEL:
        return word
    return _TELEX_LETTERS.sub("", _TELEX_TONE.sub("", word))


@lru_cache(KEPT_WORDS)
def marks_fit(typed: str, meant: str) -> bool:
    """Whether a typed word can be the meant one: marks may be missing, but none may contradict."""
    if typed == meant or typed.isascii():
        return True
    letters, tone = tone_of(typed)
    wanted, wanted_tone = tone_of(meant)
    if tone:
        return tone == wanted_tone and letters == wanted
    pairs = zip(letters, wanted, strict=False)
    return len(letters) == len(wanted) and all(a == b or a == marks_key(b) for a, b in pairs)


def phonetic_key(word: str) -> str:
    """A rough sound key on which Bengali script and its many Latin spellings meet: "লক্ষ্য" and "lokkho" are "lk".

    Latin words with marks are of another language, and stay as they are.
    """
    if word.isascii():
        return _reduced(word)
    return _reduced(_latin(word)) if is_bengali(word) else word


def is_bengali(word: str) -> bool:
    """Whether a word is written in Bengali script."""
    return any("\u0980" <= c <= "\u09ff" for c in word)


@lru_cache(KEPT_WORDS)
def sounds_fit(typed: str, meant: str) -> bool:
    """Whether two words of one key are alike in Bengali script too, where short words differ by one breath or hiss."""
    if typed == meant or len(meant) > SHORT_WORD or not is_bengali(typed):
        return True
    if meant.isascii():
        return _BREATHS.findall(_latin(typed)) == _BREATHS.findall(meant)
    return _consonants(typed).startswith(_consonants(meant))


def sounds_same(typed: str, meant: str) -> bool:
    """Whether a word that is itself well known can be another one: the same letters, or those with an ending."""
    if not is_bengali(meant):
        return not is_bengali(typed)
    if not is_bengali(typed):
        return _BREATHS.findall(typed) == _BREATHS.findall(_latin(meant))
    return _consonants(typed) == _consonants(meant) or (
        typed.startswith(meant) and typed[len(meant) : len(meant) + 1] != VIRAMA
    )


def hisses_fit(typed: str, meant: str) -> bool:
    """Whether a Latin spelling can be a Bengali word's: "sh" is never ছ, "ch" never শ, and nobody adds a breath."""
    if not typed.isascii():
        return True
    if not is_bengali(meant):
        return all(breath in meant.replace("v", "bh") for breath in _BREATHS.findall(typed) if breath != "y")
    sounds = _latin(meant)
    if ("sh" in typed and "s" not in sounds) or ("ch" in typed and "c" not in sounds):
        return False
    return all(breath in sounds for breath in _BREATHS.findall(typed) if breath != "y")


def _consonants(word: str) -> str:
    """A Bengali word's consonants, those alike that are written for one another."""
    plain = word.replace("ড" + NUKTA, "র").replace("ঢ" + NUKTA, "র").replace("য" + NUKTA, "y")
    return "".join(c for c in plain.translate(_ALIKE) if c in _CONSONANTS or c == "y")


def _latin(word: str) -> str:
    """Bengali script in rough Latin letters, every inherent vowel written as o; other letters unmarked."""
    out: list[str] = []
    word = word.replace("ক্ষ", "ক্খ")
    size, at = len(word), 0
    while at < size:
        char = word[at]
        after = word[at + 1] if at + 1 < size else ""
        if char in _CONSONANTS:
            step = 2 if after == NUKTA else 1
            out.append(_NUKTAS.get(char, _CONSONANTS[char]) if step == 2 else _CONSONANTS[char])
            at += step
            at = _after_consonant(word, at, out)
            continue
        out.append(_VOWELS.get(char) or _OTHERS.get(char, "" if char in (NUKTA, VIRAMA) else marks_key(char)))
        at += 1
    return "".join(out)


def _after_consonant(word: str, at: int, out: list[str]) -> int:
    """Writes the vowel that follows a consonant, skips silent second consonants; where to read on."""
    char = word[at] if at < len(word) else ""
    if char == VIRAMA:
        second = word[at + 1] if at + 1 < len(word) else ""
        silent = second == "য" or (second == "ব" and out[-1] != "m")
        if silent and word[at + 2 : at + 3] != NUKTA:
            return _after_consonant(word, at + 2, out)
        return at + 1
    if char not in _SIGNS:
        out.append("o")
    return at


_REDUCE = (
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"ee|ea"), "i"),
    (re.compile(r"oo"), "u"),
    (re.compile(r"ph|f"), "p"),
    (re.compile(r"(?<=[st])w"), ""),
    (re.compile(r"[vw]"), "b"),
    (re.compile(r"z"), "j"),
    (re.compile(r"q"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"ch+|sh+|c"), "s"),
    (re.compile(r"(?<=[kgjtdpbrsl])h"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


def _reduced(latin: str) -> str:
    key = latin.replace("ee", "i").replace("oo", "u")
    for pattern, by in _REDUCE:
        key = pattern.sub(by, key)
    short = key[:1] + re.sub(r"[oy]", "", key[1:])
    short = re.sub(r"(.)\1+", r"\1", short)
    return short if len(short) > 2 else key[:1] + key[1:].replace("y", "i").rstrip("o")


KEYS = {"plain": plain_key, "marks": marks_key, "phonetic": phonetic_key}
