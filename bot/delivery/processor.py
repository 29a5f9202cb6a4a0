"""One chat in order, chats side by side.

Each chat with waiting updates is a lane. A worker takes a lane for one update and puts it back at the end of the row,
so a chat that floods takes one turn like everybody else. The database is the queue: a lane holds a few updates in
memory, the rest is read from the inbox when its turn comes. Where several processes share the work, a lane exists
while this one has claimed the chat.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from telegram import Bot, Message, Update

from bot.delivery.claims import LOOK_SECONDS, Claims
from bot.delivery.inbox import LARGEST_ID, Inbox
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
    counts as done, so that none is replayed for ever. With `claims`, only chats that are claimed are handled.
    """

    def __init__(
        self,
        inbox: Inbox,
        bot: Bot,
        handle: Callable[[Update], Awaitable[None]],
        *,
        at_once: int = 128,
        claims: Claims | None = None,
    ) -> None:
        self._inbox, self._bot, self._handle, self._at_once = inbox, bot, handle, at_once
        self._claims = claims
        self._ended: list[_Lane] = []  # nothing is left in memory; the claim is given back with their last marks
        self._look = asyncio.Event()
        self._lanes: dict[int | None, _Lane] = {}
        self._ready: asyncio.Queue[_Lane | None] = asyncio.Queue()  # `None` wakes a worker to go home
        self._in_memory = 0
        self._noted = asyncio.Event()
        self._writing = asyncio.Lock()
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
        if self._claims is None:
            for chat_id in await self._inbox.waiting_chats():
                self._open(_Lane(chat_id, last=0, more=True))
        return len(self._lanes)

    def offer(self, updates: Sequence[Kept]) -> None:
        """Queue updates that are on disk already. Never waits: what does not fit in memory is read again later."""
        if self._claims is not None:
            self._offer_on_disk(updates)
            return
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
        writer = asyncio.create_task(self._write_marks())
        tasks += [writer, *map(asyncio.create_task, self._claiming())]
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({*tasks, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            await self._close(tasks)

    # ------------------------------------------------------------ one turn

    async def _work(self) -> None:
        while (lane := await self._ready.get()) is not None and not self._closing:
            if self._claims is not None:
                self._claims.check()
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
        elif self._claims is None:
            del self._lanes[lane.chat_id]
        else:
            self._ended.append(lane)
            self._noted.set()

    async def _outcome(self, one: Kept) -> Mark:
        try:
            update = sound(Update.de_json(json.loads(one.raw), self._bot))
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

    # ------------------------------------------------------------ marks

    async def _write_marks(self) -> None:
        """Write what was noted as soon as the write before is through: the busier, the more share a commit."""
        while True:
            await self._noted.wait()
            self._noted.clear()
            async with self._writing:
                await self._flush()

    async def _flush(self) -> None:
        if self._claims is None:
            await self._inbox.flush()
            return
        ended, self._ended = self._ended, []
        more = await self._claims.finish(self._inbox.noted(), [lane.chat_id for lane in ended])
        for lane in ended:
            if lane.chat_id in more:
                lane.last, lane.more = 0, True  # all of ours is marked; an earlier row may have come in late
                self._ready.put_nowait(lane)
            else:
                del self._lanes[lane.chat_id]
        if ended:
            self._look.set()

    # ------------------------------------------------------------ several processes

    def _offer_on_disk(self, updates: Sequence[Kept]) -> None:
        """Updates that whoever has claimed their chat reads from the inbox."""
        for one in updates:
            lane = self._lanes.get(one.chat_id)
            if lane is not None:
                lane.more = lane.missed = True
        self._look.set()

    def _claiming(self) -> list[Coroutine[Any, Any, None]]:
        return [] if self._claims is None else [self._claim_chats(self._claims), self._claims.renewing()]

    async def _claim_chats(self, claims: Claims) -> None:
        """Take chats while there is room, at latest after a short time: a process that died leaves some."""
        while True:
            self._look.clear()
            room = self._at_once - len(self._lanes)
            taken = await claims.take(room) if room > 0 else []
            for chat_id in taken:
                self._open(_Lane(chat_id, last=0, more=True))
            if not taken:
                await asyncio.wait({looking := asyncio.ensure_future(self._look.wait())}, timeout=LOOK_SECONDS)
                looking.cancel()

    # ------------------------------------------------------------ the end

    async def _close(self, tasks: list[asyncio.Task[None]]) -> None:
        """Let handlers at work finish within the grace; the rest stays in the inbox for the next start."""
        failed = [task for task in tasks if task.done()]
        self._closing = True
        for _ in range(self._at_once):
            self._ready.put_nowait(None)
        await asyncio.wait(tasks[: self._at_once], timeout=GRACE_SECONDS)
        async with self._writing:  # marks that are being written would be lost, and their updates handled once more
            for task in tasks:
                task.cancel()
        await asyncio.wait(tasks)
        await self._inbox.flush()
        if self._claims is not None:
            await self._claims.release()
        for task in failed:
            task.result()


def sound(update: Update) -> Update:
    """The same update. Raises TypeError where its main parts are not what the Bot API says: the library checks none."""
    user, chat, message = update.effective_user, update.effective_chat, update.effective_message
    numbers = [one.id for one in (user, chat) if one is not None]
    texts: list[object] = [chat.type] if chat else []
    if isinstance(message, Message):
        numbers += [message.message_id, *(n for e in message.entities for n in (e.offset, e.length))]
        texts += [text for text in (message.text, message.caption) if text is not None]
    if update.callback_query and update.callback_query.data is not None:
        texts.append(update.callback_query.data)
    if not all(type(n) is int and abs(n) <= LARGEST_ID for n in numbers) or not all(isinstance(t, str) for t in texts):
        raise TypeError("a part of the update is of a wrong kind")
    return update
