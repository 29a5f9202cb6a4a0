"""Words of a cell in comparable form: marks, case, digits' script and spacing set aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

BENGALI_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


def clean(text: str) -> str:
    """A name or other one-line text: NFC, every run of white space one space, none at the ends."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        if any(char in text for char in _WITHOUT_WIDTH):
            text = text.translate(_INVISIBLE_IN_NAMES)
    return " ".join(text.split())


_WITHOUT_WIDTH = "\u200b\ufeff\u00ad"  # joiners stay: Bengali needs them
_INVISIBLE_IN_NAMES = dict.fromkeys(map(ord, _WITHOUT_WIDTH))


def prose(text: str) -> str:
    """A longer text: NFC, its own line breaks kept, no white space at the ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def plain(text: str) -> str:
    """Lower case, Latin marks dropped, ASCII digits and dashes, single spaces; other signs stay where they are."""
    return _plain_kept(text) if len(text) <= _SHORT else _plain(text)


def words(text: str) -> str:
    """`plain` with everything but letters, digits and % turned into single spaces."""
    return _words_kept(text) if len(text) <= _SHORT else _words(text)


_SHORT = 200  # what is longer is not kept for the next time


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.translate(_INVISIBLE)).casefold().replace("đ", "d")
    kept = "".join(c for c in text if not "\u0300" <= c <= "\u036f")
    kept = unicodedata.normalize("NFC", kept).translate(BENGALI_DIGITS).translate(_DASHES)
    return " ".join(kept.split())


def _words(text: str) -> str:
    return " ".join("".join(c if _telling(c) else " " for c in _plain(text)).split())


_plain_kept = lru_cache(maxsize=20_000)(_plain)
_words_kept = lru_cache(maxsize=20_000)(_words)


def key(text: str) -> str:
    """`words` without its spaces: what two writings of one heading or name have in common."""
    return words(text).replace(" ", "")


def _telling(char: str) -> bool:
    return char.isalnum() or char == "%" or unicodedata.category(char)[0] == "M"


def ascii_digits(text: str) -> str:
    return text.translate(BENGALI_DIGITS)


def nearest(text: str, choices: Iterable[str]) -> str:
    """The choice most like `text` in writing, or "" where none is alike.

    A choice of several words that `text` begins with is liker than any other ("Sở Y tế tỉnh Ninh Thuận": "Sở Y tế").
    """
    said, by_words = words(text), {words(c): c for c in choices}
    begun = [c for c in by_words if " " in c and said.startswith(c + " ")]
    found = [max(begun, key=len)] if begun else get_close_matches(said, list(by_words), n=1, cutoff=0.6)
    return by_words[found[0]] if found else ""


_SMALL_WORDS = frozenset({"và", "của", "of", "and"})


def initials(name: str) -> str:
    """A code from a name's initials, as offices abbreviate: "Bộ Thông tin và Truyền thông" -> "BTTTT".

    A word in capitals (UBND, VTV) stays whole. Returns "" for a name without Latin letters.
    """
    letters = []
    for word in re.findall(r"\w+", clean(name)):
        low = plain(word)
        if word.lower() in _SMALL_WORDS or not low.isascii():
            continue
        whole = word.isupper() and len(word) > 1 and (not name.isupper() or word == name)
        letters.append(low if whole else low[0])
    return "".join(letters).upper()[:16]
