"""What the chat page shows of a message, and by which time."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from bot.demo import html
from bot.demo.people import Message

Json = dict[str, Any]


class Shifts:
    """How far the bot's local time was from this machine's clock, and since when.

    Messages are dated by the real clock; the page shows them by the bot's, whatever it was then.
    """

    def __init__(self) -> None:
        self._steps: list[tuple[float, timedelta]] = []

    @property
    def known(self) -> bool:
        return bool(self._steps)

    def set(self, local: str) -> None:
        """The bot's local time is now `local` (ISO, with or without an offset)."""
        now = time.time()
        shift = datetime.fromisoformat(local).replace(tzinfo=None) - _naive(now)
        # A message's date has whole seconds: one of this very second belongs to the new time.
        self._steps.append((float(int(now)) if self._steps else 0.0, shift))

    def at(self, moment: float) -> str:
        """The bot's local time at a moment of the real clock, ISO without an offset, in whole seconds."""
        shift = next((shift for since, shift in reversed(self._steps) if since <= moment), timedelta())
        return (_naive(moment) + shift).isoformat(timespec="seconds")

    def now(self) -> str:
        return self.at(time.time())


def _naive(moment: float) -> datetime:
    """This machine's local time without its zone: only differences matter."""
    return datetime.fromtimestamp(moment).astimezone().replace(tzinfo=None)


def message(shown: Message, at: str) -> Json:
    """A message as JSON for the page. `html` is escaped; `at` is the time to show."""
    raw = shown.raw
    view: Json = {
        "id": shown.message_id,
        "out": not shown.from_bot,
        "html": _html(shown),
        "text": shown.text,
        "at": at,
        "edited": shown.edited,
        "reactions": list(shown.reactions),
        "buttons": [[_button(button) for button in row] for row in raw.get("reply_markup", {}).get(_ROWS, [])],
    }
    if shown.reply_to is not None:
        view["reply"] = {
            "id": shown.reply_to.message_id,
            "out": not shown.reply_to.from_bot,
            "text": preview(shown.reply_to),
        }
    return {**view, **_media(shown)}


_ROWS = "inline_keyboard"


def _html(shown: Message) -> str:
    entities = shown.raw.get("entities") or shown.raw.get("caption_entities") or ()
    return html.render(shown.text, entities, links=True)


def _button(raw: Json) -> Json:
    app = raw.get("web_app", {}).get("url")
    return {"label": raw["text"], "data": raw.get("callback_data"), "url": raw.get("url") or app}


def _media(shown: Message) -> Json:
    """Photo, document, or what else a message carries."""
    raw = shown.raw
    if shown.photo is not None:
        size = raw["photo"][-1]
        return {"photo": {"url": f"files/{shown.photo.file_id}", "width": size["width"], "height": size["height"]}}
    if shown.document is not None:
        file = shown.document
        return {"document": {"url": f"files/{file.file_id}", "name": file.name, "size": file.size}}
    if "forward_origin" in raw:
        return {"forward": raw["forward_origin"].get("sender_user_name", "")}
    for kind in ("voice", "sticker", "location", "contact"):
        if kind in raw:
            return {"other": kind, "emoji": raw[kind].get("emoji", "")}
    return {}


def preview(shown: Message) -> str:
    """One line that stands for a message: its text, its file's name, or nothing."""
    line = " ".join(shown.text.split())
    if not line and shown.document is not None:
        line = shown.document.name
    return line[:120]
