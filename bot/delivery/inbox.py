"""The durable inbox: every update is on disk before Telegram is told that it was received."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from storage import inbox as rows
from storage.database import Store
from storage.inbox import Incoming, Kept, Mark

LARGEST_ID = 2**63 - 1  # what a database column holds
NO_ID = -1


class Inbox:
    """Updates kept in `store` for the process `owner`; `now` gives the moment in UTC.

    What became of an update is noted in memory and written by the next `flush`, so that many share one transaction: a
    crash in between only means that they are handled once more.
    """

    def __init__(self, store: Store, owner: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._owner = owner
        self._now = now
        self._marks: list[Mark] = []

    async def keep(self, updates: Sequence[object]) -> list[Kept]:
        """Store a batch in one commit; gives back what of it is new and may be handled, in order."""
        return await self._store.write(rows.keep, [incoming(raw) for raw in updates], self._now(), self._owner)

    async def waiting_chats(self) -> list[int | None]:
        """Chats with unfinished updates, the one that waits longest first."""
        return await self._store.read(rows.waiting_chats)

    async def waiting_of(self, chat_id: int | None, after: int, limit: int) -> list[Kept]:
        """One chat's unfinished updates with an id above `after`, in order."""
        return await self._store.read(rows.waiting_of, chat_id, after, limit)

    def note(self, mark: Mark) -> None:
        """Remember what became of an update until the next `flush`."""
        self._marks.append(mark)

    def noted(self) -> list[Mark]:
        """What was noted since the last call; whoever takes it writes it."""
        marks, self._marks = self._marks, []
        return marks

    async def flush(self) -> bool:
        """Write what was noted; returns whether there was anything."""
        marks = self.noted()
        if marks:
            await self._store.write(rows.mark, marks, self._now())
        return bool(marks)

    async def prune(self, before: datetime) -> int:
        """Delete what was done before then, in small steps; returns how many rows."""
        gone = 0
        while step := await self._store.write(rows.prune, before):
            gone += step
        return gone


def incoming(raw: object) -> Incoming:
    """An update as it is kept. One without a usable id, or that is no object, is kept as unreadable."""
    text = json.dumps(raw, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    number = update_id_of(raw)
    if number is None or not isinstance(raw, dict):
        return Incoming(NO_ID, digest, None, text, readable=False)
    return Incoming(number, digest, chat_of(raw), text)


def update_id_of(raw: object) -> int | None:
    """The id of a raw update; `None` where it has none that could be kept."""
    return _id(raw.get("update_id")) if isinstance(raw, dict) else None


def chat_of(raw: dict[str, Any]) -> int | None:
    """The chat of a raw update, or the person where there is none; `None` where there is neither.

    A button's press belongs to the chat of the message under which it stands, so that it keeps its place in order.
    """
    for event in raw.values():
        if not isinstance(event, dict):
            continue
        message = event.get("message")
        places = (event.get("chat"), message.get("chat") if isinstance(message, dict) else None)
        for place in (*places, event.get("from"), event.get("user")):
            found = _id(place.get("id")) if isinstance(place, dict) else None
            if found is not None:
                return found
    return None


def _id(value: object) -> int | None:
    usable = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_ID
    return value if usable and isinstance(value, int) else None
