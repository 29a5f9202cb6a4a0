"""The Bot API's HTML subset: to plain text with entities, and back to safe HTML for the chat page.

Offsets and lengths of entities are in UTF-16 code units, as everywhere in the Bot API.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from bot.demo import refusals

Entity = dict[str, Any]

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "blockquote": "blockquote",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_CHARACTER = re.compile(r"&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(lt|gt|amp|quot));?")
_ATTRIBUTE = re.compile(r"""\s+([^\s=>/]+)\s*(?:=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_NAME = re.compile(r"[^\s>]*")
_FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?(?![\w/]))"
    r"|(?P<url>\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?)\]])"
    r"|(?P<email>\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b)"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31})"
    r"|(?P<hashtag>(?<!\w)#\w*[^\W\d]\w*)"
)


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, offset: int, length: int) -> str:
    """The part of `text` that an entity names."""
    if text.isascii():
        return text[offset : offset + length]
    wide = text.encode("utf-16-le", "surrogatepass")
    return wide[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


@dataclass(slots=True)
class _Open:
    """A start tag that waits for its end: its name, where its text begins, and its entity's extra fields."""

    tag: str
    start: int
    extra: dict[str, str]


class _Parser:
    """One pass over the source; `text` grows, `entities` are collected when their end tag comes."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            mark = self.source.find("<", self.at)
            end = len(self.source) if mark < 0 else mark
            self._say(self.source[self.at : end])
            self.at = end
            if mark >= 0:
                self._tag()
        if self.open:
            raise refusals.cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.text), self.entities

    def _say(self, piece: str) -> None:
        if piece:
            plain = _CHARACTER.sub(_character, piece) if "&" in piece else piece
            self.text.append(plain)
            self.length += units(plain)

    def _tag(self) -> None:
        if self.source.startswith("</", self.at):
            self._end_tag()
        else:
            self._start_tag()

    def _byte(self) -> int:
        return len(self.source[: self.at].encode("utf-8", "surrogatepass"))

    def _start_tag(self) -> None:
        where = self._byte()
        name_match = _NAME.match(self.source, self.at + 1)
        tag = name_match.group().lower() if name_match else ""
        if name_match is None or name_match.end() == len(self.source):
            raise refusals.cannot_parse(f"Unclosed start tag at byte offset {where}")
        if tag not in TAGS:
            raise refusals.cannot_parse(f'Unsupported start tag "{tag}" at byte offset {where}')
        found: dict[str, str] = {}
        at = name_match.end()
        while attribute := _ATTRIBUTE.match(self.source, at):
            found[attribute[1].lower()] = _CHARACTER.sub(_character, (attribute[2] or "").strip("\"'"))
            at = attribute.end()
        close = re.compile(r"\s*>").match(self.source, at)
        if close is None:
            raise refusals.cannot_parse(f"Unclosed start tag at byte offset {where}")
        self.at = close.end()
        self.open.append(_Open(tag, self.length, self._extra(tag, found, where)))

    def _extra(self, tag: str, found: dict[str, str], where: int) -> dict[str, str]:
        if tag == "span" and found.get("class") != "tg-spoiler":
            raise refusals.cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        if tag == "a":
            return {"url": found["href"]} if found.get("href") else {}
        if tag == "code" and found.get("class", "").startswith("language-"):
            return {"language": found["class"].removeprefix("language-")}
        if tag == "tg-emoji":
            return {"custom_emoji_id": found.get("emoji-id", "")}
        return {"expandable": "yes"} if tag == "blockquote" and "expandable" in found else {}

    def _end_tag(self) -> None:
        where = self._byte()
        if not self.open:
            raise refusals.cannot_parse(f"Unexpected end tag at byte offset {where}")
        end = self.source.find(">", self.at)
        if end < 0:
            raise refusals.cannot_parse(f"Unclosed end tag at byte offset {where}")
        name = self.source[self.at + 2 : end].strip().lower()
        opened = self.open.pop()
        if name and name != opened.tag:
            reason = f'Unmatched end tag at byte offset {where}, expected "</{opened.tag}>", found "</{name}>"'
            raise refusals.cannot_parse(reason)
        self.at = end + 1
        self._collect(opened)

    def _collect(self, opened: _Open) -> None:
        length = self.length - opened.start
        kind = TAGS[opened.tag]
        if not length or (kind == "text_link" and "url" not in opened.extra):
            return
        extra = dict(opened.extra)
        if extra.pop("expandable", None):
            kind = "expandable_blockquote"
        last = self.entities[-1] if self.entities else None
        if kind == "pre" and last and last["type"] == "code" and last["length"] == length:
            extra = {key: value for key, value in self.entities.pop().items() if key == "language"}
        if kind == "code" and not (self.open and self.open[-1].tag == "pre"):
            extra.pop("language", None)
        self.entities.append({"type": kind, "offset": opened.start, "length": length, **extra})


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return NAMED[match[3]]
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]


def parse(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities of HTML. Raises Refusal ("can't parse entities: …") as Telegram words it."""
    if "<" not in source and "&" not in source:
        return source, []
    return _Parser(source).run()


def tidy(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without the blanks at both ends, as Telegram stores every text; entities move and shrink with it."""
    kept = text.lstrip()
    lost = units(text) - units(kept)
    kept = kept.rstrip()
    size = units(kept)
    if not entities or (not lost and size == units(text)):
        return kept, entities
    moved = []
    for entity in entities:
        start = max(entity["offset"] - lost, 0)
        end = min(entity["offset"] + entity["length"] - lost, size)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return kept, moved


def find(text: str, entities: Iterable[Entity] = ()) -> list[Entity]:
    """The entities that Telegram finds by itself (commands, links, mentions, …), beside those given, in order."""
    given = list(entities)
    fixed = [(e["offset"], e["offset"] + e["length"]) for e in given if e["type"] in ("code", "pre", "text_link")]
    for match in _FOUND.finditer(text):
        start = units(text[: match.start()])
        length = units(match.group())
        if not any(start < end and begin < start + length for begin, end in fixed):
            given.append({"type": str(match.lastgroup), "offset": start, "length": length})
    given.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return given


_SHOWN = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "spoiler": ("<tg-spoiler>", "</tg-spoiler>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
}


def render(text: str, entities: Iterable[Entity], *, links: bool = False) -> str:
    """HTML of a text with entities, escaped. With `links`, what Telegram found by itself is marked up too."""
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    for entity in sorted(entities, key=lambda e: (e["offset"], -e["length"])):
        before, after = _marks(entity, text, links)
        opening.setdefault(entity["offset"], []).append(before)
        closing.setdefault(entity["offset"] + entity["length"], []).insert(0, after)
    if not opening:
        return escape(text, quote=False)
    out: list[str] = []
    at = 0
    for char in text:
        out += closing.get(at, ())
        out += opening.get(at, ())
        out.append(escape(char, quote=False))
        at += 2 if ord(char) > 0xFFFF else 1
    out += closing.get(at, ())
    return "".join(out)


def _marks(entity: Entity, text: str, links: bool) -> tuple[str, str]:
    kind = entity["type"]
    if kind == "text_link":
        return f'<a href="{escape(entity["url"])}">', "</a>"
    if links and kind == "url":
        return f'<a href="{escape(cut(text, entity["offset"], entity["length"]))}">', "</a>"
    if links and kind == "bot_command":
        return '<a class="command">', "</a>"
    return _SHOWN.get(kind, ("", ""))
