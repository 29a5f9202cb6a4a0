"""One chat in order, chats side by side.

Each chat with waiting updates is a lane. A worker takes a lane for one update and puts it back at the end of the row,
so a chat that floods takes one turn like everybody else. The database is the queue: a lane holds a few updates in
memory, the rest is read from the inbox when its turn comes.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field

from telegram import Bot, Update

from bot.delivery.inbox import Inbox
from bot.delivery.sending import where
from storage.inbox import DONE, UNREADABLE, Kept, Mark

log = logging.getLogger(__name__)

PER_CHAT = 32  # updates of one chat in memory
IN_MEMORY = 2000  # updates of all chats in memory
GRACE_SECONDS = 8.0  # what handlers may take to finish when the process stops

_handled: ContextVar[str] = ContextVar("update")


def update_key() -> str:
    """The key of the update that is being handled: the same when it is handled again after a crash."""
    return _handled.get()


@dataclass(slots=True)
class _Lane:
    chat_id: int | None
    last: int  # the highest id taken from the inbox so far
    more: bool  # whether rows above `last` wait on disk
    missed: bool = False  # whether one came while the disk was being read
    entries: deque[Kept] = field(default_factory=deque)


class Processor:
    """Hands each update to `handle` (the application's `process_update`), at most `at_once` chats at a time.

    `handle` is expected to deal with its own errors; whatever still escapes is logged by its class, and the update
    counts as done, so that none is replayed for ever.
    """

    def __init__(
        self, inbox: Inbox, bot: Bot, handle: Callable[[Update], Awaitable[None]], *, at_once: int = 128
    ) -> None:
        self._inbox, self._bot, self._handle, self._at_once = inbox, bot, handle, at_once
        self._lanes: dict[int | None, _Lane] = {}
        self._ready: asyncio.Queue[_Lane | None] = asyncio.Queue()  # `None` wakes a worker to go home
        self._in_memory = 0
        self._noted = asyncio.Event()
        self._closing = False

    @property
    def chats_waiting(self) -> int:
        """Chats with updates that wait or are being handled."""
        return len(self._lanes)

    @property
    def in_memory(self) -> int:
        """Updates held in memory; the others wait on disk."""
        return self._in_memory

    async def resume(self) -> int:
        """Take up what an earlier run left unfinished; to be called before anything is offered. Returns the chats."""
        for chat_id in await self._inbox.waiting_chats():
            self._open(_Lane(chat_id, last=0, more=True))
        return len(self._lanes)

    def offer(self, updates: Sequence[Kept]) -> None:
        """Queue updates that are on disk already. Never waits: what does not fit in memory is read again later."""
        for one in updates:
            lane = self._lanes.get(one.chat_id)
            if lane is None:
                lane = _Lane(one.chat_id, last=one.id - 1, more=False)
                self._open(lane)
            if lane.more or len(lane.entries) >= PER_CHAT or self._in_memory >= IN_MEMORY:
                lane.more = lane.missed = True
            else:
                self._hold(lane, [one])

    async def run(self, stop: asyncio.Event) -> None:
        """Handle updates until `stop` is set, then let those at work finish. Raises what the database raised."""
        tasks = [asyncio.create_task(self._work()) for _ in range(self._at_once)]
        tasks.append(asyncio.create_task(self._write_marks()))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({*tasks, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            await self._close(tasks)

    # ------------------------------------------------------------ one turn

    async def _work(self) -> None:
        while (lane := await self._ready.get()) is not None and not self._closing:
            await self._turn(lane)

    async def _turn(self, lane: _Lane) -> None:
        """Handle one update of a lane; then the lane goes to the end of the row, or away when it is empty."""
        if not lane.entries and lane.more:
            await self._load(lane)
        if lane.entries:
            one = lane.entries.popleft()
            self._in_memory -= 1
            self._inbox.note(await self._outcome(one))
            self._noted.set()
        if lane.entries or lane.more:
            self._ready.put_nowait(lane)
        else:
            del self._lanes[lane.chat_id]

    async def _outcome(self, one: Kept) -> Mark:
        try:
            update = Update.de_json(json.loads(one.raw), self._bot)
        except Exception as problem:  # noqa: BLE001 - whatever is wrong with it, the rest must go on
            log.error("update %s cannot be read (%s) and is set aside", one.key, where(problem))
            return Mark(one.id, UNREADABLE, type(problem).__name__)
        _handled.set(one.key)
        try:
            await self._handle(update)
        except Exception as problem:  # noqa: BLE001 - a handler's error ends its update, not the bot
            log.error("update %s failed beyond its error handler (%s)", one.key, where(problem))
            return Mark(one.id, DONE, type(problem).__name__)
        return Mark(one.id, DONE)

    async def _load(self, lane: _Lane) -> None:
        """Read the lane's next updates. What is offered meanwhile stays on disk, and is looked for again."""
        lane.missed = False
        room = PER_CHAT if self._in_memory < IN_MEMORY else 1
        found = await self._inbox.waiting_of(lane.chat_id, lane.last, room)
        lane.more = lane.missed or len(found) == room
        self._hold(lane, found)

    def _hold(self, lane: _Lane, updates: Sequence[Kept]) -> None:
        lane.entries.extend(updates)
        self._in_memory += len(updates)
        lane.last = updates[-1].id if updates else lane.last

    def _open(self, lane: _Lane) -> None:
        self._lanes[lane.chat_id] = lane
        self._ready.put_nowait(lane)

    # ------------------------------------------------------------ marks, and the end

    async def _write_marks(self) -> None:
        """Write what was noted as soon as the write before is through: the busier, the more share a commit."""
        while True:
            await self._noted.wait()
            self._noted.clear()
            await self._inbox.flush()

    async def _close(self, tasks: list[asyncio.Task[None]]) -> None:
        """Let handlers at work finish within the grace; the rest stays in the inbox for the next start."""
        failed = [task for task in tasks if task.done()]
        self._closing = True
        for _ in range(self._at_once):
            self._ready.put_nowait(None)
        await asyncio.wait(tasks[:-1], timeout=GRACE_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await self._inbox.flush()
        for task in failed:
            task.result()
