"""Several processes behind one webhook: each claims chats, so that a chat's updates are handled in order by one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.delivery.watchdog import LeaseLost, is_dead
from storage import claims as rows
from storage.database import Store
from storage.inbox import Mark

CLAIM_SECONDS = 10.0  # how long a dead process keeps its chats from the others
LOOK_SECONDS = 1.0  # between looks for chats that another process has left
AT_ONCE = 32  # chats taken in one step, so that processes share what waits

Chat = int | None


class Claims:
    """The chats that the process `owner` handles. `now` is the real time in UTC, `passed` a monotonic clock."""

    def __init__(
        self,
        store: Store,
        owner: str,
        now: Callable[[], datetime],
        *,
        seconds: float = CLAIM_SECONDS,
        passed: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store, self._owner, self._now = store, owner, now
        self._seconds, self._passed, self._sleep = seconds, passed, sleep
        self._held: set[Chat] = set()
        self._renewed = passed()
        self._one = asyncio.Lock()  # our own transactions never wait for each other's rows

    def check(self) -> None:
        """Raises `LeaseLost` where we may have been still for so long that somebody else has taken our chats."""
        if self._passed() - self._renewed > self._seconds - 1:
            raise LeaseLost("this process was still for too long; another one may do its work")

    async def take(self, room: int) -> list[Chat]:
        """Claim some chats with waiting updates, at most `room`; returns them, the longest wait first."""
        free = await self._store.read(rows.free_chats, self._now(), min(room, AT_ONCE))
        if not free:
            return []
        async with self._one:
            now = self._now()
            taken = await self._store.write(rows.claim, free, self._owner, now, self._until(now))
            self._held.update(taken)
        return taken

    async def finish(self, marks: Sequence[Mark], chats: Sequence[Chat]) -> list[Chat]:
        """Write what became of updates and give chats back; returns those that are ours still: more waits there."""
        async with self._one:
            more = await self._store.write(rows.finish, marks, self._now(), chats, self._owner)
            self._held.difference_update(set(chats) - set(more))
        return more

    async def renewing(self) -> None:
        """Hold on to what is ours, for ever. Raises `LeaseLost` when some of it is not ours any more.

        What a process of this machine held that is no more (this one, before it was killed) is given back at once.
        """
        self._renewed = self._passed()
        while True:
            for owner in await self._store.read(rows.owners, self._owner):
                if is_dead(owner, self._owner):
                    await self._store.write(rows.release, owner)
            await self._sleep(self._seconds / 4)
            await self.renew()

    async def renew(self) -> None:
        """Hold on to what is ours. Raises `LeaseLost`."""
        begun = self._passed()
        async with self._one:
            ours = await self._store.write(rows.renew, self._owner, self._until(self._now()))
            if ours < len(self._held):
                raise LeaseLost("another process took over chats of this one")
        self._renewed = begun

    async def release(self) -> None:
        """Give everything back."""
        async with self._one:
            await self._store.write(rows.release, self._owner)
            self._held.clear()

    def _until(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self._seconds)
