"""Yes or no, when that is all that a message says. The words are data: `locales/<language>/answers.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*[\u0981-\u0983\u09bc-\u09cd\w]*")
LONGEST = 4  # words of a phrase
STRETCHED = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True)
class Answers:
    """The answers of every language, by their words; `polite` words may stand around them."""

    said: Mapping[tuple[str, ...], bool]
    polite: frozenset[str]

    @staticmethod
    def load(locales_dir: Path) -> Answers:
        """Reads every language's file. Raises OSError, and ValueError for a file that is no TOML."""
        sections = [_section(path) for path in sorted(locales_dir.glob("*/answers.toml"))]
        said = {words: meant for s in sections for words, meant in _said(s)}
        return Answers(said, frozenset(w for s in sections for phrase in s.get("polite", ()) for w in _words(phrase)))

    def read(self, text: str) -> bool | None:
        """Whether `text` says yes (True) or no (False); None where it says anything else."""
        words = _words(text)
        meant = [meaning for meaning in (True, False) if self._says(words, meaning)]
        return meant[0] if len(meant) == 1 else None

    def _says(self, words: tuple[str, ...], meaning: bool) -> bool:
        """Whether the words are phrases of one meaning, one after the other, with nothing but polite words around."""
        at, found = 0, False
        while at < len(words):
            size = next((n for n in range(LONGEST, 0, -1) if self.said.get(words[at : at + n]) is meaning), 0)
            if not size and words[at] not in self.polite:
                return False
            found = found or size > 0
            at += size or 1
        return found


def _section(path: Path) -> dict[str, Any]:
    section: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")).get("answers", {})
    return section


def _said(section: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], bool]]:
    for name, meant in (("yes", True), ("no", False)):
        for phrase in section.get(name, ()):
            yield _words(phrase), meant
            yield _words(_without_marks(phrase)), meant


def _words(text: str) -> tuple[str, ...]:
    plain = STRETCHED.sub(r"\1", unicodedata.normalize("NFC", text).casefold())
    return tuple(WORD.findall(plain))


def _without_marks(text: str) -> str:
    """Vietnamese as it is typed without marks; other scripts stay as they are."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in bare if not "\u0300" <= c <= "\u036f"))
