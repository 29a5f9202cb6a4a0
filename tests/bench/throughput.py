"""Messages handled a second, end to end, against bare echo bots in the same run.

The stand-in runs here, each bot in a process of its own, warm: it has answered one message before the others come, all
at once (how long a start takes is measured in `start`). Time counts from there to the last answer. 60 % are reports,
40 % questions.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from bot.demo.server import StandIn
from bot.rules.plan import Plan
from storage.database import open_store, upgrade
from tests.bench.province import FIRST, settle_sample
from tests.bench.table import Row

PEOPLE = 200
ROUNDS = 2
QUESTIONS = ("chỉ tiêu nào đang chậm?", "bao nhiêu nhiệm vụ quá hạn?", "CT07 tới đâu rồi?", "nhiệm vụ nào quá hạn?")
NAMES = {
    "ours": "ours, understanding and database on disk",
    "echo": "bare python-telegram-bot echo, one by one",
    "echo256": "bare python-telegram-bot echo, 256 at once",
    "aiogram": "bare aiogram echo",
}
AIOGRAM = Path(__file__).parents[2] / ".venv" / "bench" / "bin" / "python"  # `make bench` makes it


@dataclass(frozen=True)
class Pace:
    """Messages a second, and milliseconds of processor time that the bot's process took for each."""

    rate: float
    cpu: float


def prepare(folder: Path) -> Plan:
    """A database with the sample plan and people of the office, who may report on everything."""
    path = folder / "tiendo.db"
    for old in folder.glob("tiendo.db*"):
        old.unlink()
    upgrade(f"sqlite:///{path}")
    store = open_store(f"sqlite:///{path}")
    plan = store.write_now(settle_sample, PEOPLE)
    store.close()
    return plan


def messages(plan: Plan) -> Iterator[str]:
    """What people type, for ever: three reports (each task goes forward), two questions."""
    tasks = [i.code for i in plan.items if not i.is_target]
    steps = ((task, percent) for percent in cycle(range(1, 100)) for task in tasks)
    questions = cycle(QUESTIONS)
    while True:
        for task, percent in islice(steps, 3):
            yield f"{task} {percent}% vướng kinh phí"
        yield next(questions)
        yield next(questions)


async def measured(kind: str, folder: Path, count: int, latency: float = 0.0) -> Pace:
    """One bot over `count` messages; `latency` seconds are added to every request. Raises TimeoutError."""
    plan = prepare(folder)
    server = StandIn(check=False, record=False, latency=latency)
    await server.start()
    people = [server.person(f"Người {n}", user_id=FIRST + n, started=True) for n in range(1, PEOPLE + 1)]
    people[0].send(QUESTIONS[0])
    process = await asyncio.create_subprocess_exec(*command(kind, server, folder))
    try:
        await server.wait_until(lambda: server.counts["sendMessage"] > 0, 300)
        for person, text, _ in zip(cycle(people), messages(plan), range(count), strict=False):
            person.send(text)
        begun, used = time.perf_counter(), processor_seconds(process.pid)
        await server.wait_until(lambda: server.counts["sendMessage"] > count, 1800)
        spent, used = time.perf_counter() - begun, processor_seconds(process.pid) - used
        return Pace(count / spent, used * 1000 / count)
    finally:
        process.terminate()
        await process.wait()
        await server.stop()


def command(kind: str, server: StandIn, folder: Path) -> list[str]:
    """What starts a bot of that kind."""
    if kind == "aiogram":
        return [str(AIOGRAM), str(Path(__file__).with_name("echo_aiogram.py")), server.url, server.token]
    bots = [sys.executable, "-m", "tests.bench.bots", kind]
    return [*bots, server.url, server.token, str(folder / "tiendo.db")]


def processor_seconds(pid: int) -> float:
    """What a process has used so far, user and system, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def bench(folder: Path, count: int, far: int, far_seconds: float = 0.05) -> list[Row]:
    """All bots without latency over `count` messages, then with it over `far` (one by one is hopeless there)."""
    rows = await compared(
        folder, count, 0.0, {"echo": "0.5, aiming at 1.0", "echo256": "0.4", "aiogram": "aiming at 1.0"}
    )
    return rows + await compared(folder, far, far_seconds, {"echo256": "3", "aiogram": "0.5, aiming at 1.0"})


async def compared(folder: Path, count: int, latency: float, bars: dict[str, str], rounds: int = ROUNDS) -> list[Row]:
    """The bots that `bars` names (a bar is what our ratio to that bot should be), and ours.

    They take turns, and the best round of each counts: a shared machine is not the same from minute to minute.
    """
    where = f", {latency * 1000:.0f} ms latency"
    kinds = [kind for kind in bars if kind != "aiogram" or AIOGRAM.exists()]
    runs = [{k: await measured(k, folder, count, latency) for k in (*kinds, "ours")} for _ in range(rounds)]
    paces = {kind: max((run[kind] for run in runs), key=lambda pace: pace.rate) for kind in runs[0]}
    figures = {kind: f"{pace.rate:.0f}/s, {pace.cpu:.1f} ms of processor each" for kind, pace in paces.items()}
    rows = [Row("throughput", NAMES[kind] + where, figure) for kind, figure in figures.items()]
    if "aiogram" in bars and not AIOGRAM.exists():
        rows.append(Row("throughput", NAMES["aiogram"] + where, "not installed (make bench does), left out"))
    ours = paces["ours"].rate
    return rows + [
        Row("throughput", f"ratio to {NAMES[kind]}{where}", f"{ours / paces[kind].rate:.2f}", bars[kind])
        for kind in kinds
    ]
