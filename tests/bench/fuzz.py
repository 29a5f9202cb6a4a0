"""Random and mutated messages, updates and workbooks: nothing escapes, everybody is answered, memory is bounded."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import random
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.app import running
from bot.clock import Clock
from bot.delivery.limiter import Pace
from bot.demo.people import Person
from bot.demo.server import StandIn
from bot.settings import read_settings
from bot.workbook import Refused, read_workbook
from storage.database import open_store, upgrade
from storage.inbox import UNREADABLE, WAITING
from storage.tables import InboxRow
from tests.bench.province import FIRST, SAMPLE, settle_sample
from tests.bench.table import Row

BRISK = Pace(per_second=1_000_000, chat_seconds=0.0, chat_burst=1_000_000)
PEOPLE = 8
ESCAPED = ("failed beyond its error handler", "an update failed")
WORDS = (
    *("NV05", "ct07", "60%", "12/20 xã", "1.250", "45,5", "chậm", "chỉ tiêu nào", "hoàn tác", "xin gia hạn"),
    *("কাজ ২০", "৬০% হয়েছে", "পিছিয়ে", "quý 2", "30/2/2025", "t6", "T12", "ngày mai", "Sở Y tế", "vướng kinh phí"),
    *("<b>&amp;", "</a>", "\u202e", "\u200d", "\ud83d", "\x00", "'; DROP TABLE reports;--", "{0.__class__}", "%s%n"),
    *("=HYPERLINK(1)", "/start", "/invite@x", "9" * 60, "১" * 40, "é\u0301\u0301", "👍🏽", "\n\n", "-0", "∞", "NaN"),
    *("nhắc tôi", "\t", "hôm qua", "của anh", "còn", "?", "!!!"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**31, 2**63, -(2**63) - 1, 1e300, "", "x" * 5000, [], {}, [[]], {"id": None}, "\ud800"),
    *("private", "supergroup", "channel", {"id": 1, "is_bot": False, "first_name": ""}, 1750000000),
)


@dataclass(frozen=True)
class Found:
    """What came of it. `escaped` is what was logged of handlers that failed over texts: classes and places."""

    texts: int
    unanswered: int
    escaped: tuple[str, ...]
    updates: int
    unfinished: int
    aside: int
    beyond: int
    workbooks: int
    broken: int
    grown: float
    seconds: float


def said(chance: random.Random) -> str:
    """A text that a person might type, or rather not."""
    parts = [chance.choice(WORDS) for _ in range(chance.randint(1, 7))]
    text = chance.choice((" ", "", ", ", "\n")).join(parts)
    if chance.random() < 0.3:
        cut = chance.randrange(len(text) + 1)
        text = text[:cut] + chr(chance.randrange(1, 0x2FFFF)) + text[cut + 1 :]
    # Telegram takes no more, and no empty text.
    return text.encode("utf-8", "replace").decode()[:4096].strip() or "?"


def mutated(update: dict[str, Any], others: list[dict[str, Any]], chance: random.Random) -> dict[str, Any]:
    """An update with some of its parts dropped, replaced, or taken from another one."""
    made = deepcopy(update)
    for _ in range(chance.randint(1, 4)):
        places = list(_places(made))
        if not places:
            break
        holder, key = chance.choice(places)
        match chance.randrange(3):
            case 0:
                del holder[key]
            case 1:
                holder[key] = deepcopy(chance.choice(VALUES))
            case _:
                holder[key] = deepcopy(chance.choice(list(chance.choice(others).values())))
    return made


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    keys = range(len(part)) if isinstance(part, list) else list(part) if isinstance(part, dict) else ()
    for key in keys:
        yield part, key
        yield from _places(part[key])


def torn(content: bytes, chance: random.Random) -> bytes:
    """A workbook with bytes changed, cut off or doubled."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 40)):
        made[chance.randrange(len(made))] = chance.randrange(256)
    if chance.random() < 0.3:
        del made[chance.randrange(len(made)) :]
    return bytes(made)


class _Ear(logging.Handler):
    """Counts what the bot says of failures."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if any(text in record.getMessage() for text in ESCAPED):
            self.heard.append(record.getMessage())


@asynccontextmanager
async def _at_work(folder: Path):  # type: ignore[no-untyped-def]
    url = f"sqlite:///{folder / 'fuzz.db'}"
    upgrade(url)
    store, server, ear = open_store(url), StandIn(check=False, record=False), _Ear()
    store.write_now(settle_sample, PEOPLE)
    await server.start()
    environment = {"TIENDO_TOKEN": server.token, "TIENDO_API_URL": server.url, "TIENDO_DATABASE_URL": url}
    settings = read_settings(environment | {"TIENDO_NOW": "2025-06-18T10:00:00"}, folder)
    people = [server.person(f"Người {n}", user_id=FIRST + n, started=True) for n in range(1, PEOPLE + 1)]
    logging.getLogger().addHandler(ear)
    try:
        async with running(settings, Clock(settings.zone, settings.now), store, asyncio.Event(), BRISK):
            yield server, store, people, ear
    finally:
        logging.getLogger().removeHandler(ear)
        await server.stop()
        store.close()


async def fuzzed(folder: Path, texts: int, updates: int, workbooks: int, seed: int = 1) -> Found:
    """So many of each, from one seed."""
    chance, begun, before = random.Random(seed), time.monotonic(), resident()
    async with _at_work(folder) as (server, store, people, ear):
        for number in range(texts):
            people[number % PEOPLE].send(said(chance))
            if number % 500 == 499:
                await _done(server, store)
        await _done(server, store)
        told = sum(m.from_bot for p in people for m in p.messages)
        escaped = tuple(ear.heard)
        seeds = _seeds(server, people)
        await _done(server, store)
        for number in range(updates):
            server.store.queue.put_raw(mutated(chance.choice(seeds), seeds, chance))
            if number % 500 == 499:
                await _done(server, store)
        await _done(server, store)
        aside, unfinished = await store.read(_left)
        beyond = sum(ESCAPED[0] in text for text in ear.heard)
    broken = sum(not _survives(torn(SAMPLE.read_bytes(), chance)) for _ in range(workbooks))
    spent, grown = time.monotonic() - begun, resident() - before
    sizes = (texts, max(0, texts - told), escaped, updates, unfinished, aside, beyond, workbooks, broken)
    return Found(*sizes, grown=grown, seconds=spent)


def _seeds(server: StandIn, people: list[Person]) -> list[dict[str, Any]]:
    """One update of each kind, as the stand-in makes them."""
    one, two = people[:2]
    said_first = one.send("NV05 60%", one.messages[-1])
    one.edit(said_first, "NV05 61%")
    one.photo(b"", "NV05 62%")
    one.document(b"PK", "kế hoạch.xlsx")
    one.voice()
    one.sticker()
    one.location()
    one.contact()
    one.forge("menu:help", next(m for m in reversed(one.messages) if m.from_bot))
    group = server.group("Tổ", [one, two])
    group.add_bot(one)
    group.send(two, "/help")
    raws = [json.loads(waiting.blob) for waiting in server.store.queue.pending.values()]
    return [{k: v for k, v in raw.items() if k != "update_id"} for raw in raws]


async def _done(server: StandIn, store: Any) -> None:
    await server.drained(300)
    async with asyncio.timeout(300):
        while (await store.read(_left))[1]:  # noqa: ASYNC110 - the inbox has no event for those outside
            await asyncio.sleep(0.02)


def _left(session: Session) -> tuple[int, int]:
    rows = session.execute(select(InboxRow.state, func.count()).group_by(InboxRow.state))
    found = {state: number for state, number in rows}  # noqa: C416 - rows are no pairs to mypy
    return found.get(UNREADABLE, 0), found.get(WAITING, 0)


def _survives(content: bytes) -> bool:
    """Whether a torn workbook is read or refused, and nothing else."""
    try:
        read_workbook(io.BytesIO(content))
    except Refused:
        return True
    except Exception:
        logging.getLogger(__name__).exception("a workbook broke the reader")
        return False
    return True


def resident() -> float:
    """Memory of this process now, in MiB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def bench(folder: Path, share: float) -> list[Row]:
    """100,000 in all at full size."""
    found = asyncio.run(fuzzed(folder, int(60_000 * share), int(39_000 * share), int(1_000 * share)))
    failed = "".join(f" ({what})" for what in sorted(set(found.escaped)))
    texts = f"{found.texts} texts: {found.unanswered} unanswered, {len(found.escaped)} failed{failed}"
    raw = f"{found.updates} updates: {found.unfinished} unfinished, {found.beyond} escaped, {found.aside} set aside"
    files = f"{found.workbooks} workbooks: {found.broken} broke the reader"
    told = (
        f"{texts}; {raw}; {files}; {found.grown:.0f} MiB more (the stand-in keeps every message), {found.seconds:.0f} s"
    )
    return [Row("fuzz", "random and mutated, one seed", told, "0 everywhere but set aside")]
