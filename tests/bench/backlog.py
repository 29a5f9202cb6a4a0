"""A day of updates that waits when the bot starts: handled in order, at full speed, in bounded memory."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from bot.demo.people import Person
from bot.demo.server import StandIn
from tests.bench.province import FIRST
from tests.bench.start import peak
from tests.bench.table import Row
from tests.bench.throughput import PEOPLE, command, messages, prepare


@dataclass(frozen=True)
class Day:
    """What came of it. `disordered`: people who had a later message answered before an earlier one."""

    answered: int
    doubled: int
    disordered: int
    rate: float
    mib: float


async def caught_up(folder: Path, count: int) -> Day:
    """The bot is started on `count` updates of people who wrote in turn; memory is its peak. Raises TimeoutError."""
    plan = prepare(folder)
    server = StandIn(check=False, record=False)
    await server.start()
    people = [server.person(f"Người {n}", user_id=FIRST + n, started=True) for n in range(1, PEOPLE + 1)]
    for person, text, _ in zip(cycle(people), messages(plan), range(count), strict=False):
        person.send(text)
    process = await asyncio.create_subprocess_exec(*command("ours", server, folder))
    try:
        await server.wait_until(lambda: server.counts["getUpdates"] > 0, 60)
        begun = time.perf_counter()
        await server.wait_until(lambda: server.counts["sendMessage"] >= count and _answered(people) >= count, 1800)
        spent, mib = time.perf_counter() - begun, peak(process.pid)
    finally:
        process.terminate()
        await process.wait()
        await server.stop()
    times = [Counter(replies(p)) for p in people]
    doubled = sum(sum(found.values()) - len(found) for found in times)
    return Day(_answered(people), doubled, sum(replies(p) != sorted(replies(p)) for p in people), count / spent, mib)


def replies(person: Person) -> list[int]:
    """The person's messages in the order in which they were answered."""
    return [m.reply_to.message_id for m in person.messages if m.from_bot and m.reply_to]


def _answered(people: list[Person]) -> int:
    return sum(len(set(replies(person))) for person in people)


def bench(folder: Path, count: int) -> list[Row]:
    """One day."""
    day = asyncio.run(caught_up(folder, count))
    told = f"{day.answered:,} answered, {day.doubled} twice, {day.disordered} people out of order"
    what = f"{count:,} updates waiting at the start"
    return [Row("backlog", what, f"{told}, {day.rate:.0f}/s, {day.mib:.0f} MiB", "all, 0, 0, under 200 MiB")]
