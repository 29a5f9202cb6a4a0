"""Being away and being back, as people say it. The words are data: `locales/<language>/leave.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_WORDS = 14  # of a message: a longer one tells a story
EDGES = " \t\n.,!?;:।-"


@dataclass(frozen=True, slots=True)
class Leave:
    """What was said: away (or back), and the words before and after that, which may name a time.

    `from_now`: only the end is named ("until 30/6").
    """

    away: bool
    before: str = ""
    after: str = ""
    from_now: bool = False

    @property
    def time(self) -> str:
        """The words that may name the time."""
        return f"{self.before} {self.after}".strip()


@dataclass(frozen=True)
class Leaves:
    """The phrases of every language, longest first; `since` and `until` lead (or follow) the ends of a time."""

    away: tuple[str, ...]
    back: tuple[str, ...]
    since: tuple[str, ...]
    until: tuple[str, ...]
    polite: tuple[str, ...]

    @staticmethod
    def load(locales_dir: Path) -> Leaves:
        """Reads every language's file. Raises OSError, and ValueError for a file that is no TOML."""
        paths = sorted(locales_dir.glob("*/leave.toml"))
        sections = [tomllib.loads(path.read_text(encoding="utf-8")).get("leave", {}) for path in paths]
        return Leaves(*(_phrases(sections, name) for name in ("away", "back", "since", "until", "polite")))

    def read(self, text: str) -> Leave | None:
        """Whether `text` says that its writer is away or back; None where it says anything else."""
        plain = unicodedata.normalize("NFC", text).casefold().strip(EDGES)
        if not plain or len(plain.split()) > MOST_WORDS:
            return None
        for phrases, away in ((self.back, False), (self.away, True)):
            for phrase in phrases:
                if phrase in plain and (found := _whole(phrase).search(plain)):  # most are not: no pattern for those
                    return self._leave(away, plain, found.start(), found.end())
        return None

    def _leave(self, away: bool, text: str, start: int, end: int) -> Leave:
        """What a phrase at a place means; one that ends with "until" leaves that word to the time."""
        last = text[start:end].split()[-1]
        if last in (*self.since, *self.until):
            end -= len(last)
        before, after = self._bare(text[:start]), self._bare(text[end:])
        said = f"{before} {after}"
        named = {words: any(_whole(w).search(said) for w in words) for words in (self.since, self.until)}
        return Leave(away, before, after, named[self.until] and not named[self.since])

    def _bare(self, text: str) -> str:
        """A text without its polite words."""
        for word in self.polite:
            text = _whole(word).sub(" ", text)
        return " ".join(text.split()).strip(EDGES)


def _whole(phrase: str) -> re.Pattern[str]:
    """The phrase as whole words; letters of the Bengali script count with their signs."""
    return re.compile(rf"(?<![\w\u0980-\u09ff]){re.escape(phrase)}(?![\w\u0980-\u09ff])")


def _phrases(sections: Iterable[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    written = [unicodedata.normalize("NFC", phrase) for section in sections for phrase in section.get(name, ())]
    forms = {form for phrase in written for form in (phrase, _without_marks(phrase))}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _without_marks(phrase: str) -> str:
    """Vietnamese as it is typed without marks; other scripts stay as they are."""
    bare = unicodedata.normalize("NFD", phrase.replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in bare if not "\u0300" <= c <= "\u036f"))
