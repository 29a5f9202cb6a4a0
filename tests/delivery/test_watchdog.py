"""Dead polling ends the process; two processes never do the same work at once."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.watchdog import Lease, LeaseLost, PollingDead, Watchdog, is_dead, owner_name
from storage import leases as rows
from storage.database import Store
from tests.delivery.tools import VirtualTime, eventually

START = datetime(2025, 6, 18, 1, tzinfo=UTC)


async def works(stop: asyncio.Event) -> None:
    await stop.wait()


async def test_silence_ends_the_work() -> None:
    time = VirtualTime()
    dog, started = Watchdog(300, now=time.read, sleep=time.sleep), time.now
    with pytest.raises(PollingDead):
        await time.until(dog.guard(asyncio.Event(), works))
    assert time.now - started == 300


async def test_signs_of_life_keep_it_going() -> None:
    time, stop = VirtualTime(), asyncio.Event()
    dog, started = Watchdog(300, now=time.read, sleep=time.sleep), time.now

    async def polls(stopping: asyncio.Event) -> None:
        for _ in range(20):
            await time.sleep(200)
            dog.alive()

    await time.until(dog.guard(stop, polls))
    assert time.now - started == 4000


async def test_what_the_work_raises_comes_out() -> None:
    async def fails(_: asyncio.Event) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await Watchdog(300).guard(asyncio.Event(), fails)


class Machine:
    """A process of another machine: its lease on virtual time."""

    def __init__(self, store: Store, time: VirtualTime, owner: str) -> None:
        self._time = time
        self.lease = Lease(store, "sender", owner, self.now, sleep=time.sleep)

    def now(self) -> datetime:
        return START + timedelta(seconds=self._time.now)


async def test_one_holds_it_and_another_follows_in_time(store: Store) -> None:
    time = VirtualTime()
    first, second = Machine(store, time, "1.a.x"), Machine(store, time, "2.b.y")
    assert await first.lease.take()
    assert not await second.lease.take()
    time.now += 11
    assert not await second.lease.take()
    assert await first.lease.take(), "renewed"
    time.now += 11
    assert not await second.lease.take()
    time.now += 2
    assert await second.lease.take()
    assert not await first.lease.take()


@pytest.mark.parametrize("ahead", [0.0, 1.0, 2.3])
async def test_a_standby_takes_over_within_fifteen_seconds(store: Store, ahead: float) -> None:
    time, stop = VirtualTime(), asyncio.Event()
    first, second = Machine(store, time, "1.a.x"), Machine(store, time, "2.b.y")
    assert await first.lease.take()
    time.now += ahead  # the dead one's last sign of life lies somewhere between two looks
    died = time.now

    async def work(_: asyncio.Event) -> None:
        assert time.now - died <= 15
        stop.set()

    await time.until(second.lease.holding(stop, work))
    assert stop.is_set()


async def test_whoever_loses_the_lease_stops_working(store: Store) -> None:
    time = VirtualTime()
    mine = Machine(store, time, "1.a.x")
    working, ended = asyncio.Event(), asyncio.Event()

    async def work(stop: asyncio.Event) -> None:
        working.set()
        try:
            await stop.wait()
        finally:
            ended.set()

    holding = asyncio.create_task(mine.lease.holding(asyncio.Event(), work))
    await working.wait()
    later = mine.now() + timedelta(hours=1)
    await store.write(rows.acquire, "sender", "2.b.y", later, later + timedelta(seconds=15))

    async def wait() -> None:
        await asyncio.wait([holding])

    await time.until(wait())
    with pytest.raises(LeaseLost):
        holding.result()
    assert ended.is_set()
    assert await store.read(rows.holder, "sender") == "2.b.y"


async def test_a_clean_end_gives_the_lease_back(store: Store) -> None:
    time, stop = VirtualTime(), asyncio.Event()
    first, second = Machine(store, time, "1.a.x"), Machine(store, time, "2.b.y")
    order: list[str] = []

    async def work(name: str, stopping: asyncio.Event) -> None:
        order.append(f"{name} begins")
        await stopping.wait()
        order.append(f"{name} ends")

    one = asyncio.create_task(first.lease.holding(stop, lambda stopping: work("first", stopping)))
    await eventually(lambda: order == ["first begins"])
    stop.set()
    await one
    assert await second.lease.take()
    assert order == ["first begins", "first ends"]


async def test_a_standby_stops_while_it_waits(store: Store) -> None:
    time, stop = VirtualTime(), asyncio.Event()
    assert await Machine(store, time, "1.a.x").lease.take()
    waiting = asyncio.create_task(Machine(store, time, "2.b.y").lease.holding(stop, works))
    await asyncio.sleep(0)
    stop.set()
    await time.until(waiting)  # type: ignore[arg-type]


async def test_a_crashed_process_of_this_machine_is_followed_at_once(store: Store) -> None:
    code = "from bot.delivery.watchdog import owner_name; print(owner_name())"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    dead = (await process.communicate())[0].decode().strip()
    time = VirtualTime()
    assert await Machine(store, time, dead).lease.take()
    assert await Machine(store, time, owner_name()).lease.take()


def test_who_is_dead() -> None:
    me = owner_name()
    _, place, _ = me.split(".")
    assert len(me) <= 40
    assert not is_dead(me, me)
    assert not is_dead(f"{os.getppid()}.{place}.x", me), "alive"
    assert is_dead(f"{os.getpid()}.{place}.x", me), "our own number before us"
    assert not is_dead("999999.elsewhere.x", me), "another machine: nobody knows"
    assert not is_dead("somebody", me), "a name of another kind"
