"""What is shown: a text in Telegram's HTML with its buttons, and what it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markupsafe import Markup

from bot.rules.acts import Act, Intent

TEXT_LIMIT = 4096  # UTF-16 units, after the tags are taken out (Bot API, sendMessage)
CAPTION_LIMIT = 1024
TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button. `data` (at most 64 bytes) comes back when pressed; `url` opens, `app` opens as a Mini App."""

    label: str
    data: str | None = None
    url: str | None = None
    app: str | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about, kept with it: a reply, a press or an edit finds items, reports, and the act again."""

    items: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A document that goes with a screen."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Screen:
    """One message: text, rows of buttons, what it is about; a file or a picture (then the text is its caption).

    `thread` is the topic of a group that it goes to.
    """

    text: Markup
    rows: Rows = ()
    about: About | None = None
    file: File | None = None
    picture: bytes | None = field(default=None, repr=False)
    thread: int | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A message that asks for an answer in words: its text, what it is about, the hint in the empty field; `rows` of
    buttons may offer the usual answers.

    The act that it is about is an `update` whose slot `asks` says for what: `figure`, `difficulty`, `report` (either),
    or `edit` (what `reports` should have said).
    """

    text: Markup
    about: About
    hint: str = ""
    rows: Rows = ()


def asks_for(what: str, items: tuple[str, ...], reports: tuple[str, ...] = ()) -> About:
    """What a prompt is about."""
    slots = {"item": items[0]} if len(items) == 1 else {}
    return About(items, reports, Act(Intent.UPDATE, {**slots, "asks": what}, sure=False))


def length(text: Markup | str) -> int:
    """How long Telegram finds a text: UTF-16 units without the tags."""
    plain = Markup(TAG.sub("", text)).unescape()
    return len(plain.encode("utf-16-le")) // 2


def fitted(lines: list[Markup] | tuple[Markup, ...], limit: int = TEXT_LIMIT) -> tuple[Markup, int]:
    """As many whole lines as fit, and how many did not."""
    kept: list[Markup] = []
    room = limit
    for line in lines:
        room -= length(line) + 1
        if room < 0:
            break
        kept.append(line)
    return Markup("\n").join(kept), len(lines) - len(kept)


def shortened(text: str, limit: int) -> str:
    """A plain text of at most `limit` characters, cut at a word, with `…` where it was cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut).rstrip(" ,;:-") + "…"
