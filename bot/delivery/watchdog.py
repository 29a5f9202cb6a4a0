"""What keeps the bot alive and alone: a watchdog for dead polling, and leases against a second poller or sender."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from storage import leases as rows
from storage.database import Store

log = logging.getLogger(__name__)

LEASE_SECONDS = 12.0  # another process takes over in 15 at most: it looks five times in this span
Work = Callable[[asyncio.Event], Awaitable[None]]


class PollingDead(Exception):
    """No answer to `getUpdates` for so long that only a fresh start can help."""


class LeaseLost(Exception):
    """Another process has taken over: this one must stop at once."""


class Watchdog:
    """Ends work that has shown no sign of life for `limit` seconds. `now` is a monotonic clock."""

    def __init__(
        self,
        limit: float,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limit, self._now, self._sleep = limit, now, sleep
        self._seen = now()
        self.guards = False  # whether there is work to guard

    @property
    def silence(self) -> float:
        """Seconds since the last sign of life."""
        return self._now() - self._seen

    def alive(self) -> None:
        """A sign of life."""
        self._seen = self._now()

    async def guard(self, stop: asyncio.Event, work: Work) -> None:
        """Run `work(stop)` to its end. Raises `PollingDead` when it falls silent."""
        self.alive()
        self.guards = True
        await _first(asyncio.ensure_future(work(stop)), asyncio.ensure_future(self._watch()))

    async def _watch(self) -> None:
        while (silence := self.silence) < self._limit:
            await self._sleep(self._limit - silence)
        raise PollingDead(f"Telegram has not answered for {self._limit:.0f} seconds")


class Lease:
    """The right to do `name` alone, for `owner`, renewed while it works. `now` is the real time in UTC.

    A holder on this machine whose process is gone is followed at once; any other one after its time has run out.
    """

    def __init__(
        self,
        store: Store,
        name: str,
        owner: str,
        now: Callable[[], datetime],
        *,
        seconds: float = LEASE_SECONDS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store, self._name, self._owner = store, name, owner
        self._now, self._seconds, self._sleep = now, seconds, sleep

    async def take(self) -> bool:
        """Try to take or renew it; returns whether it is ours."""
        now = self._now()
        until = now + timedelta(seconds=self._seconds)
        if await self._store.write(rows.acquire, self._name, self._owner, now, until):
            return True
        former = await self._store.read(rows.holder, self._name)
        if former is None or not is_dead(former, self._owner):
            return False
        return await self._store.write(rows.take_over, self._name, former, self._owner, until)

    async def holding(self, stop: asyncio.Event, work: Work) -> None:
        """Wait for the lease, then run `work(stop)` under it. Raises `LeaseLost` when somebody took it meanwhile."""
        if not await self._wait(stop):
            return
        try:
            await _first(asyncio.ensure_future(work(stop)), asyncio.ensure_future(self._renew()))
        finally:
            await self._store.write(rows.release, self._name, self._owner)

    async def _wait(self, stop: asyncio.Event) -> bool:
        """Wait until the lease is ours (true) or `stop` is set (false)."""
        stopped = asyncio.ensure_future(stop.wait())
        told = False
        try:
            while not stop.is_set():
                if await self.take():
                    return True
                if not told:
                    log.warning("another process does the work of the %s; waiting for it to end", self._name)
                told = True
                await self._pause(stopped)
            return False
        finally:
            stopped.cancel()

    async def _pause(self, stopped: asyncio.Future[Any]) -> None:
        pause: asyncio.Future[Any] = asyncio.ensure_future(self._sleep(self._seconds / 5))
        await asyncio.wait({pause, stopped}, return_when=asyncio.FIRST_COMPLETED)
        pause.cancel()

    async def _renew(self) -> None:
        while True:
            await self._sleep(self._seconds / 3)
            if not await self.take():
                raise LeaseLost(f"another process took over the work of the {self._name}")


def owner_name() -> str:
    """A name for this process: its number, where that number means something, and something random; 40 letters."""
    return f"{os.getpid()}.{_place()}.{secrets.token_hex(6)}"


def is_dead(owner: str, me: str) -> bool:
    """Whether another owner is a process of this very machine (and container, and boot) that is no more."""
    number, place = owner.split(".")[:2] if "." in owner else (owner, "")
    own_number, own_place = me.split(".")[:2] if "." in me else (me, "")
    if not place or place != own_place or not number.isdecimal():
        return False
    if number == own_number:
        return owner != me  # our own number, used by somebody before us
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _place() -> str:
    """Where process numbers mean the same: this boot and this container. Empty where the system does not tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        container = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return ""
    return hashlib.sha256(f"{socket.gethostname()} {boot} {container}".encode()).hexdigest()[:16]


async def _first(work: asyncio.Future[None], guard: asyncio.Future[None]) -> None:
    """Wait until one of the two ends, end the other, and raise what the first one raised."""
    both = {work, guard}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        first = next((one for one in (work, guard) if one.done()), None)
        for one in both:
            one.cancel()
        await asyncio.wait(both)
    if first is not None:
        first.result()
