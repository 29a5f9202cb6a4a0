"""The queue of updates: numbered, filtered by what the bot allows, kept until they are confirmed."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bot.demo import refusals

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True)
class Pending:
    """An update that waits: its id, the chat whose order it keeps, and its JSON."""

    update_id: int
    lane: int
    blob: bytes


class UpdateQueue:
    """Pending updates of one bot, for one long poll at a time or for the webhook.

    `on_put` is told of each new update (the webhook listens); `on_change` wakes those who wait for something.
    """

    def __init__(self, first_id: int, on_change: Callable[[], None]) -> None:
        self.pending: OrderedDict[int, Pending] = OrderedDict()
        self.allowed: frozenset[str] | None = None
        self.on_put: Callable[[Pending], None] | None = None
        self.confirmed = 0
        self.made = 0
        self._next = first_id
        self.changed = on_change
        self._poll: asyncio.Future[str] | None = None

    def allow(self, kinds: Any) -> None:
        """Remember `allowed_updates`: None leaves the earlier choice, an empty list goes back to the default."""
        if kinds is not None:
            self.allowed = frozenset(str(kind) for kind in kinds) or None

    def put(self, kind: str, payload: dict[str, Any], lane: int) -> int | None:
        """Queue an update of `kind` for the chat `lane`; None when the bot does not want this kind."""
        if (kind in NOT_BY_DEFAULT) if self.allowed is None else (kind not in self.allowed):
            return None
        return self.put_raw({kind: payload}, lane)

    def put_raw(self, body: dict[str, Any], lane: int = 0) -> int:
        """Queue any object as an update, also one that no client can parse. Gives its update_id."""
        update_id, self._next = self._next, self._next + 1
        waiting = Pending(update_id, lane, json.dumps({"update_id": update_id, **body}).encode())
        self.pending[update_id] = waiting
        self.made += 1
        self._wake("ready")
        if self.on_put:
            self.on_put(waiting)
        return update_id

    def confirm(self, offset: int) -> None:
        """Forget all updates before `offset`; a negative offset keeps only that many, counted from the end."""
        if offset < 0:
            self._drop(list(self.pending)[:offset])
            return
        gone = []
        for update_id in self.pending:
            if update_id >= offset:
                break
            gone.append(update_id)
        self._drop(gone)

    def done(self, update_id: int) -> None:
        """One update has reached the webhook."""
        self._drop([update_id])

    def clear(self) -> None:
        """Drop everything that waits."""
        self._drop(list(self.pending))

    def _drop(self, ids: Iterable[int]) -> None:
        count = 0
        for update_id in ids:
            count += self.pending.pop(update_id, None) is not None
        self.confirmed += count
        if count:
            self.changed()

    def first(self, limit: int) -> list[bytes]:
        """The oldest updates, at most `limit` (clamped to 1–100)."""
        limit = min(max(limit, 1), 100)
        return [item.blob for item, _ in zip(self.pending.values(), range(limit), strict=False)]

    async def poll(self, offset: int, limit: int, seconds: float) -> list[bytes]:
        """getUpdates: confirm, then wait up to `seconds`. Ends an earlier poll with 409."""
        self._wake("other")
        self.confirm(offset)
        if not self.pending and seconds > 0:
            await self._wait(seconds)
        return self.first(limit)

    async def _wait(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[str] = loop.create_future()
        timer = loop.call_later(seconds, _settle, mine, "time")
        self._poll = mine
        self.changed()
        try:
            outcome = await mine
        finally:
            timer.cancel()
            if self._poll is mine:
                self._poll = None
        if outcome == "other":
            raise refusals.other_poller()
        if outcome == "webhook":
            raise refusals.ended_by_webhook()

    @property
    def polling(self) -> bool:
        """Whether a long poll waits at this moment."""
        return self._poll is not None

    def end_poll(self, why: str) -> None:
        """End a waiting poll: "webhook" with a conflict, "time" with an empty answer."""
        self._wake(why)

    def _wake(self, outcome: str) -> None:
        if self._poll is not None:
            _settle(self._poll, outcome)
            self._poll = None


def _settle(future: asyncio.Future[str], outcome: str) -> None:
    if not future.done():
        future.set_result(outcome)
