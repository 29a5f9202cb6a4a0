"""The sender: takes notices that are due out of the outbox, one after another, and writes down how each ended.

A notice is written as attempted before it is sent, so a crash never loses one and never sends one a third time.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from telegram.error import TelegramError

from bot.delivery.limiter import sending_notice
from bot.delivery.sending import Blocked, Moved, NotSent, Outcome, PerhapsSent, Sent, backoff, failure_of, where
from storage import outbox as rows
from storage.database import Store
from storage.outbox import BLOCKED, DROPPED, FAILED, MARKED_PERHAPS, PERHAPS, SENT, Notice

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)  # longer than a notice may wait for its turn and its answer
ATTEMPTS = 8
LOOK_EVERY = 2.0  # seconds between looks when nobody wakes the sender
GRACE_SECONDS = 8.0  # what sends on their way may take when the process stops

Words = TypeVar("Words")


@dataclass(frozen=True, slots=True)
class Later:
    """Not now (it is night): look again at this moment."""

    at: datetime


class Duties(Protocol[Words]):
    """What the sender leaves to the application."""

    async def render(self, notice: Notice) -> Words | Later | None:
        """The notice in the reader's words of this moment; `None` where there is nothing left to say."""
        ...

    async def send(self, chat_id: int, words: Words) -> int:
        """Send it; returns the message's id. Telegram's errors are raised as they come."""
        ...

    async def blocked(self, notice: Notice, reason: str) -> None:
        """The chat takes no more messages. May be told twice."""
        ...

    async def moved(self, notice: Notice, chat_id: int) -> None:
        """The chat has another id now. May be told twice."""
        ...

    async def given_up(self, notice: Notice, reason: str) -> None:
        """The notice did not arrive, or perhaps did and nobody knows. May be told twice."""
        ...


class Sender(Generic[Words]):
    """Sends for the process `owner`, at most `hands` notices at a time (the limiter spaces them).

    Only one sender may work on a database: run it under its lease. `now` gives the moment in UTC.
    """

    def __init__(
        self,
        store: Store,
        owner: str,
        now: Callable[[], datetime],
        duties: Duties[Words],
        *,
        hands: int = 8,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._store, self._owner, self._now, self._duties = store, owner, now, duties
        self._jitter = jitter
        self._hands = hands
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look now: a notice was written."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set, then finish what is on its way. Raises what the database raised."""
        await self._store.write(rows.recover, self._owner, self._now())
        busy: set[asyncio.Task[bool]] = set()
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._wake.clear()
                notice = await self._claim() if len(busy) < self._hands else None
                if notice is None:
                    await self._rest(stopped, busy)
                else:
                    busy.add(asyncio.create_task(self._deliver(notice)))
                busy = _still(busy)
            if busy:
                await asyncio.wait(busy, timeout=GRACE_SECONDS)
        finally:
            for task in (stopped, *busy):
                task.cancel()
            await asyncio.wait({stopped, *busy})
        _still(busy)

    async def step(self) -> bool:
        """Send the next notice that is due; returns whether there was one."""
        notice = await self._claim()
        return notice is not None and await self._deliver(notice)

    async def _claim(self) -> Notice | None:
        now = self._now()
        return await self._store.write(rows.claim, self._owner, now, now + LEASE)

    async def _rest(self, stopped: asyncio.Task[bool], busy: set[asyncio.Task[bool]]) -> None:
        """Wait until a hand is free, somebody wakes or stops us, or at latest a short time has passed."""
        woken = asyncio.create_task(self._wake.wait())
        await asyncio.wait({woken, stopped, *busy}, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()

    # ------------------------------------------------------------ one notice

    async def _deliver(self, notice: Notice) -> bool:
        """Put a claimed notice into words, send it and write how it ended; always true."""
        outcome = await self._attempt(notice)
        match outcome:
            case None:
                await self._settle(notice, DROPPED)
            case Later():
                await self._put_back(notice, outcome.at, None, uncounted=True)
            case Sent():
                await self._settle(notice, SENT, at=self._now(), message_id=outcome.message_id)
            case NotSent() | PerhapsSent():
                await self._again(notice, outcome)
            case Blocked():
                await self._duties.blocked(notice, outcome.reason)
                await self._store.write(rows.close_chat, notice.chat_id, outcome.reason)
                await self._settle(notice, BLOCKED, error=outcome.reason)
            case Moved():
                await self._duties.moved(notice, outcome.chat_id)
                await self._store.write(rows.move_chat, notice.chat_id, outcome.chat_id)
                await self._put_back(notice, self._now(), None)
        return True

    async def _attempt(self, notice: Notice) -> Outcome | Later | None:
        """One try. A defect in the words of one notice must not stop the others: it counts as not sent."""
        try:
            words = await self._duties.render(notice)
            if words is None or isinstance(words, Later):
                return words
            with sending_notice(bulk=notice.bulk):
                return Sent(await self._duties.send(notice.chat_id, words))
        except TelegramError as problem:
            return failure_of(problem)
        except Exception as problem:  # noqa: BLE001 - told to the office when it is given up
            log.error("notice %d (%s) could not be made: %s", notice.id, notice.kind, where(problem))
            return NotSent(where(problem), passing=True)

    async def _again(self, notice: Notice, failure: NotSent | PerhapsSent) -> None:
        """Let it wait for another try, or give it up: after one that perhaps arrived, one more at most."""
        perhaps = notice.perhaps or isinstance(failure, PerhapsSent)
        twice = notice.perhaps and isinstance(failure, PerhapsSent)
        hopeless = isinstance(failure, NotSent) and not failure.passing
        if twice or hopeless or notice.attempts >= ATTEMPTS:
            await self._duties.given_up(notice, failure.reason)
            await self._settle(notice, PERHAPS if perhaps else FAILED, error=failure.reason)
            return
        pause = timedelta(seconds=backoff(notice.attempts, 4, 300, self._jitter))
        error = MARKED_PERHAPS if perhaps else failure.reason
        await self._put_back(notice, self._now() + pause, error)

    async def _settle(
        self,
        notice: Notice,
        state: str,
        *,
        error: str | None = None,
        at: datetime | None = None,
        message_id: int | None = None,
    ) -> None:
        ours = await self._store.write(
            rows.settle, notice, self._owner, state, error=error, at=at, message_id=message_id
        )
        self._log(notice, state, ours)

    async def _put_back(self, notice: Notice, at: datetime, error: str | None, *, uncounted: bool = False) -> None:
        ours = await self._store.write(rows.put_back, notice, self._owner, at, error=error, uncounted=uncounted)
        self._log(notice, "waiting", ours)

    def _log(self, notice: Notice, state: str, ours: bool) -> None:
        log.info("notice %d (%s): %s", notice.id, notice.kind, state)
        if not ours:
            log.error("notice %d was taken over by another sender while it was being sent", notice.id)


def _still(busy: set[asyncio.Task[bool]]) -> set[asyncio.Task[bool]]:
    """The tasks that still work. Raises what one of the others raised; one cut off at the end is no error."""
    for task in busy:
        if task.done() and not task.cancelled():
            task.result()
    return {task for task in busy if not task.done()}
