"""A language as its reader sees it: sentences from the catalogues, numbers, dates and digits in their own form.

Every `.po` file of a language's folder counts. A msgid is the English sentence itself; `{names}` in it are filled by
`str.format` and escaped for HTML, so that a unit called `<b>&` is shown as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.plural import PluralRule
from markupsafe import Markup, escape

SOURCE = "en"
BENGALI_DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
DATE_ORDER = {"vi": "d/M/y", "bn": "d/M/y", "en": "d MMM y"}


def N_(msgid: str) -> str:
    """Mark a sentence in a table for the catalogues; it is translated where it is said."""
    return msgid


@dataclass(frozen=True)
class Words:
    """The words of one language. `lang` is `vi`, `bn` or `en`, the catalogues' source."""

    lang: str
    messages: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def locale(self) -> Locale:
        return Locale.parse(self.lang)

    @cached_property
    def _plural(self) -> PluralRule:
        return self.locale.plural_form

    @cached_property
    def _forms(self) -> tuple[str, ...]:
        """The plural tags in the order of the catalogue's msgstr[0], msgstr[1]."""
        return ("other",) if self.lang == "vi" else ("one", "other")

    def say(self, msgid: str, /, **values: Any) -> Markup:
        """The sentence in this language, with its values put in and escaped."""
        found = self.messages.get(msgid) or msgid
        return _filled(found if isinstance(found, str) else found[0], values)

    def count(self, one: str, many: str, n: int, /, **values: Any) -> Markup:
        """The sentence for `n` things; `{n}` in it is the number in this language's digits."""
        found = self.messages.get(one) or (one, many)
        forms = (found,) if isinstance(found, str) else found
        tag = self._plural(n)
        index = self._forms.index(tag) if tag in self._forms else 0
        return _filled(forms[min(index, len(forms) - 1)], {"n": self.number(n), **values})

    def digits(self, text: str) -> str:
        """The same text with this language's digits."""
        return text.translate(BENGALI_DIGITS) if self.lang == "bn" else text

    def number(self, amount: Decimal | int, places: int = 1) -> str:
        """A figure with this language's separators and digits, at most `places` decimals."""
        whole = "#,##,##0" if self.lang == "bn" else "#,##0"
        pattern = whole + "." + "#" * places if places else whole
        return self.digits(_decimal(amount, pattern, self.locale))

    def percent(self, share: Decimal | int) -> str:
        """A share of a hundred: `93,4%` in Vietnamese, `৯৩.৪%` in Bengali."""
        return self.number(share) + "%"

    def day(self, day: date) -> str:
        """A day in full, in this language's order and digits: `30/6/2025`."""
        return self.digits(format_date(day, DATE_ORDER[self.lang], locale=self.locale))

    def short_day(self, day: date) -> str:
        """A day of this year: `30/6`."""
        return self.digits(format_date(day, "d MMM" if self.lang == SOURCE else "d/M", locale=self.locale))

    def weekday(self, day: date) -> str:
        """The name of the day of the week."""
        return str(get_day_names("wide", locale=self.locale)[day.weekday()])

    def clock(self, moment: datetime | time) -> str:
        """A time of day: `08:00`."""
        return self.digits(f"{moment:%H:%M}")

    def listed(self, names: list[str] | tuple[str, ...]) -> Markup:
        """Names one after the other, separated as this language does it."""
        return Markup(", ").join(names)


def _filled(sentence: str, values: Mapping[str, Any]) -> Markup:
    """The same as `Markup.format`, at a third of its cost: our sentences have names in braces and nothing else."""
    return Markup(sentence.format(**{name: escape(value) for name, value in values.items()}))


@lru_cache(maxsize=4096)
def _decimal(amount: Decimal | int, pattern: str, locale: Locale) -> str:
    """The same few figures stand in every list, and Babel works each out anew."""
    return format_decimal(amount, pattern, locale=locale)


def load_words(locales: Path) -> dict[str, Words]:
    """Every language that has a folder with catalogues, by code, and the source language. Raises OSError."""
    found = {folder.name: _read(folder) for folder in sorted(locales.iterdir()) if any(folder.glob("*.po"))}
    return {SOURCE: Words(SOURCE)} | {lang: Words(lang, messages) for lang, messages in found.items()}


def _read(folder: Path) -> dict[str, str | tuple[str, ...]]:
    messages: dict[str, str | tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            messages.update(_entries(file, folder.name))
    return messages


def _entries(file: Any, lang: str) -> dict[str, str | tuple[str, ...]]:
    entries: dict[str, str | tuple[str, ...]] = {}
    for message in read_po(file, locale=lang):
        if not message.id or message.fuzzy:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        entries[key] = message.string if isinstance(message.string, str) else tuple(message.string or ())
    return entries
