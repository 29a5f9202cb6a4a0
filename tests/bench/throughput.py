"""Messages handled a second, end to end, against a bare python-telegram-bot echo bot in the same run.

The stand-in runs here, each bot in a process of its own. All updates wait when a bot starts; time counts from its
first request for updates to its last answer. 60 % are reports, 40 % questions, from leaders and the office.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.demo.server import StandIn
from bot.rules.plan import Plan, Role
from bot.services.loading import load
from bot.workbook import read_workbook
from storage.database import open_store, upgrade
from storage.tables import ChatRow, PersonRow, PostRow
from tests.bench.table import Row

SAMPLE = Path(__file__).parents[2] / "bot" / "demo" / "ninh-thuan-2025.xlsx"
PEOPLE = 50
FIRST = 10_000
QUESTIONS = ("chỉ tiêu nào đang chậm?", "bao nhiêu nhiệm vụ quá hạn?", "CT07 tới đâu rồi?", "nhiệm vụ nào quá hạn")


def prepare(folder: Path) -> Plan:
    """A database with the sample plan and people of the office, who may report on everything."""
    url = f"sqlite:///{folder / 'tiendo.db'}"
    upgrade(url)
    store = open_store(url)
    at = datetime(2025, 6, 17, tzinfo=UTC)
    loaded = replace(read_workbook(SAMPLE), reports=())  # what is reported here goes forward from nothing
    store.write_now(load, loaded, None, at, at.date())
    store.write_now(_enrol)
    store.close()
    return loaded.plan


def _enrol(session: Session) -> None:
    at = datetime(2025, 1, 2, tzinfo=UTC)
    for n in range(1, PEOPLE + 1):
        values = {"id": n, "user_id": FIRST + n, "name": f"Người {n}", "language": "vi", "joined_at": at}
        session.execute(insert(PersonRow).values(values))
        session.execute(insert(PostRow).values(person_id=n, unit="STTTT", role=Role.OFFICE, since=at))
        session.execute(insert(ChatRow).values(chat_id=FIRST + n, person_id=n, kind="private"))


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


async def rate(kind: str, folder: Path, count: int, plan: Plan) -> float:
    """Answers a second of one bot over `count` messages."""
    server = StandIn(check=False, record=False)
    await server.start()
    people = [server.person(f"Người {n}", user_id=FIRST + n, started=True) for n in range(1, PEOPLE + 1)]
    for person, text, _ in zip(cycle(people), messages(plan), range(count), strict=False):
        person.send(text)
    arguments = [server.url, server.token, *([str(folder / "tiendo.db")] if kind == "ours" else [])]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bench.bots", kind, *arguments)
    try:
        await server.wait_until(lambda: server.counts["getUpdates"] > 0, 30)
        begun = time.perf_counter()
        await server.wait_until(lambda: server.counts["sendMessage"] + server.counts["sendPhoto"] >= count, 300)
        return count / (time.perf_counter() - begun)
    finally:
        process.terminate()
        await process.wait()
        await server.stop()


async def bench(folder: Path, count: int) -> list[Row]:
    """Both bots, one after the other."""
    plan = prepare(folder)
    echo = await rate("echo", folder, count, plan)
    ours = await rate("ours", folder, count, plan)
    return [
        Row("throughput", "bare python-telegram-bot echo, one by one", f"{echo:.0f}/s"),
        Row("throughput", "ours, understanding and database on disk", f"{ours:.0f}/s"),
        Row("throughput", "ratio", f"{ours / echo:.2f}", "0.5, aiming at 1.0"),
    ]
