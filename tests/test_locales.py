"""The catalogues: every sentence there, in every language, with the same placeholders and balanced tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
LANGUAGES = ("vi", "bn")
KEYWORDS = {"say": (1,), "count": (1, 2), "N_": (1,)}
PLACEHOLDER = re.compile(r"\{(\w+)\}")
BENGALI = re.compile(r"[\u0980-\u09ff]")
LATIN_WORD = re.compile(r"[A-Za-z]{4,}")


def _used() -> set[str]:
    found: set[str] = set()
    for room in ("bot", "handlers"):
        rows = extract_from_dir(str(ROOT / room), method_map=[("**.py", "python")], keywords=KEYWORDS)
        found |= {ids if isinstance(ids, str) else ids[0] for _, _, ids, _, _ in rows}
    return found - {""}


def _entries(lang: str) -> Iterator[tuple[Path, Message]]:
    for path in sorted((ROOT / "locales" / lang).glob("*.po")):
        with path.open("rb") as file:
            yield from ((path, message) for message in read_po(file, locale=lang) if message.id)


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.balanced = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.balanced &= bool(self.open) and self.open.pop() == tag


def _balanced(text: str) -> bool:
    parser = _Tags()
    parser.feed(text)
    return parser.balanced and not parser.open


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_is_translated_and_none_is_left_over(lang: str) -> None:
    translated = {_id(m) for _, m in _entries(lang) if not m.fuzzy and all(_strings(m))}
    used = _used()
    assert sorted(used - translated) == []
    assert sorted(translated - used) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_entry_is_fuzzy_or_said_in_two_ways(lang: str) -> None:
    said: dict[str, tuple[str, ...]] = {}
    for path, message in _entries(lang):
        assert not message.fuzzy, f"{path.name}: {_id(message)}"
        assert said.setdefault(_id(message), _strings(message)) == _strings(message), f"{path.name}: {_id(message)}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_placeholders_and_tags_are_kept(lang: str) -> None:
    for path, message in _entries(lang):
        ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        wanted = set(PLACEHOLDER.findall(ids[-1]))
        for text in _strings(message):
            assert set(PLACEHOLDER.findall(text)) == wanted, f"{path.name}: {text}"
            assert _balanced(text), f"{path.name}: {text}"


def test_bengali_is_written_in_bengali() -> None:
    for path, message in _entries("bn"):
        for text in _strings(message):
            bare = PLACEHOLDER.sub("", re.sub(r"<[^>]*>|/\w+|\.\w+", "", text))
            assert BENGALI.search(bare) or not LATIN_WORD.search(bare), f"{path.name}: {text}"
            assert not re.search(r"(?<![A-Z0-9])[0-9]", bare), f"{path.name}: digits of another script in {text}"
