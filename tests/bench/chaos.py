"""What survives: processes killed at random moments, a Bot API gone bad, a broadcast at Telegram's own limit.

Every update is a report that must be on record once, in its chat's order, and answered; every notice a digest that
must arrive. What arrives twice may only be what was in flight at a kill, or "perhaps sent".
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path

import aiohttp
from aiohttp import web
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from bot.app import LOCALES
from bot.delivery.limiter import Pace
from bot.delivery.webhook import SECRET_HEADER
from bot.demo.people import Person
from bot.demo.server import StandIn
from bot.rules.plan import Role
from bot.services.loading import load
from bot.views.door import flooded
from bot.views.words import load_words
from bot.workbook import read_workbook
from storage.database import open_store, upgrade
from storage.outbox import DROPPED, PERHAPS, SENDING, SENT, WAITING
from storage.tables import ChatRow, InboxRow, ItemRow, OutboxRow, PersonRow, PostRow, ReportRow
from tests.bench.chaos_bot import Post, nursery, work
from tests.bench.province import FIRST, JOINED, SAMPLE, TODAY, enrol
from tests.bench.table import Row, percentile
from tests.places import Places, SqlitePlaces, postgres

BEGIN = datetime.fromisoformat("2025-06-18T08:00:00")  # local: the morning's digests are due
BUSY = Pace(per_second=100, chat_seconds=0.0)
TASKS = 12  # each reporter has a task of their own, so that its percentages go up, by tenths


@dataclass(frozen=True)
class Size:
    """How much: kills, updates, people with a digest, seconds between kills (at most), and the seed of the chance."""

    kills: int
    updates: int
    notices: int
    seconds: float
    seed: int = 1

    def cut(self, share: float) -> Size:
        """The same at a share of its size."""
        kills = math.ceil(self.kills * share)
        return replace(self, kills=kills, updates=int(self.updates * share), notices=int(self.notices * share))


@dataclass
class Seen:
    """What came of it. `in_flight`: messages of which nobody knew, at the kills, that they had arrived."""

    updates: int = 0
    notices: int = 0
    kills: int = 0
    lost: int = 0
    unanswered: int = 0
    doubled: int = 0
    disordered: int = 0
    notices_lost: int = 0
    perhaps: int = 0
    twice: int = 0
    in_flight: int = 0
    refused: int = 0
    waits: list[float] = field(default_factory=list)

    @property
    def faultless(self) -> bool:
        """Whether nothing was lost, doubled or out of order, and no more came twice than was in flight."""
        wrong = self.lost + self.unanswered + self.doubled + self.disordered + self.notices_lost
        return wrong == 0 and self.twice <= self.in_flight

    def told(self) -> str:
        lost = f"{self.lost} of {self.updates} updates lost, {self.unanswered} unanswered, {self.doubled} records twice"
        late = f"{self.disordered} out of order, {self.notices_lost} of {self.notices} notices lost"
        return f"{lost}, {late}; sent twice {self.twice}, in flight {self.in_flight}"


# ---------------------------------------------------------------- a town to be tormented


class Town:
    """The stand-in, the database, and what was said."""

    def __init__(self, server: StandIn, url: str, size: Size) -> None:
        self.server, self.url, self.size = server, url, size
        self.store = open_store(url)
        self.chance = random.Random(size.seed)
        self.leaders, self.codes = self.store.write_now(_settle, size.notices)
        self.reporters = [self._person(self.leaders + n) for n in range(1, TASKS + 1)]
        self.others = [self._person(n) for n in range(1, self.leaders + 1)]
        self.said: Counter[int] = Counter()
        self.flooded = flooded(load_words(LOCALES)["vi"]).unescape()
        self.begun = time.monotonic()

    def _person(self, number: int) -> Person:
        return self.server.person(f"Người {number}", user_id=FIRST + number, started=True)

    def post(self, pace: Pace, **more: object) -> Post:
        """A bot that is started now."""
        now = BEGIN + timedelta(seconds=time.monotonic() - self.begun)
        return Post(self.server.url, self.server.token, self.url, now.isoformat(), pace, **more)  # type: ignore[arg-type]

    def report(self) -> None:
        """Somebody reports: their task has gone on."""
        number = self.chance.choice([n for n in range(TASKS) if self.said[n] < 999])
        self.said[number] += 1
        whole, tenth = divmod(self.said[number], 10)
        self.reporters[number].send(f"{self.codes[number]} {whole},{tenth}%")

    async def talk(self, number: int, seconds: float) -> None:
        """People report, for so many seconds: their share of the updates before kill `number`."""
        share = self.size.updates * (number + 1) // (self.size.kills + 1) - sum(self.said.values())
        for _ in range(share):
            self.report()
            await asyncio.sleep(seconds / share)

    def answers(self) -> Counter[tuple[int, int]]:
        """How often each message was answered, by chat and message."""
        found: Counter[tuple[int, int]] = Counter()
        for person in self.reporters:
            for message in person.messages:
                if message.from_bot and message.reply_to is not None:
                    found[person.id, message.reply_to.message_id] += 1
        return found

    def digests(self) -> Counter[int]:
        """How many notices reached each person. Who reports that much is also told that it is a flood: no notice."""
        heard = ((p.id, m) for p in (*self.others, *self.reporters) for m in p.messages)
        return Counter(chat for chat, m in heard if m.from_bot and m.reply_to is None and m.text != self.flooded)

    def in_flight(self) -> int:
        """Messages that arrived and of which the database does not know it."""
        answers = self.answers()
        waiting, sending = self.store.read_now(_unknown)
        return sum(answers[one] > 0 for one in waiting) + sending

    async def quiet(self, seconds: float) -> None:
        """Wait until every update is done and every notice has left."""
        async with asyncio.timeout(seconds):
            while await self.store.read(_open, sum(self.said.values())):  # noqa: ASYNC110 - another process has no event
                await asyncio.sleep(0.1)

    def seen(self) -> Seen:
        """What is on record, and what people have."""
        answers, digests = self.answers(), self.digests()
        total = sum(self.said.values())
        records = self.store.read_now(_records)
        outbox = self.store.read_now(_outbox)
        kept = [values for code, values in records.items() if code in self.codes]
        arrived = [chat for chat, state in outbox if state == SENT and digests[chat] == 0]
        never = [chat for chat, state in outbox if state not in (SENT, DROPPED, PERHAPS)]
        return Seen(
            updates=total,
            notices=len(outbox),
            lost=total - sum(len(set(values)) for values in kept),
            unanswered=max(0, total - len(answers)),
            doubled=sum(len(values) - len(set(values)) for values in kept),
            disordered=sum(values != sorted(values) for values in kept),
            notices_lost=len(arrived) + len(never),
            perhaps=sum(state == PERHAPS for _, state in outbox),
            twice=sum(n - 1 for n in answers.values()) + sum(n - 1 for n in digests.values()),
            refused=self.server.rates.refused,
        )


def _settle(session: Session, notices: int) -> tuple[int, list[str]]:
    """The sample plan; leaders of units with something due today; people of the office, who report."""
    loaded = replace(read_workbook(SAMPLE), reports=())
    load(session, loaded, None, JOINED, TODAY)
    plan = loaded.plan
    busy = {lead for i in plan.items if i.due and i.due < TODAY for lead in i.leads if lead in plan.unit}
    units = tuple(sorted(u for u in busy if not plan.unit[u].is_group))
    enrol(session, notices, units, Role.LEADER)
    _office(session, notices)
    later = [i.code for i in plan.items if not i.is_target and i.due and i.due > TODAY + timedelta(days=60)]
    return notices, later[:TASKS]  # what is reported leaves the notices true


def _office(session: Session, after: int) -> None:
    """Members of the office, numbered on from the leaders."""
    for n in range(after + 1, after + TASKS + 1):
        names = {"id": n, "user_id": FIRST + n, "name": f"Người {n}", "language": "vi", "joined_at": JOINED}
        session.execute(insert(PersonRow).values(names))
        session.execute(insert(PostRow).values(person_id=n, unit="STTTT", role=Role.OFFICE, since=JOINED))
        session.execute(insert(ChatRow).values(chat_id=FIRST + n, person_id=n, kind="private"))


def _unknown(session: Session) -> tuple[list[tuple[int, int]], int]:
    raws = session.scalars(select(InboxRow.raw).where(InboxRow.state == WAITING))
    messages = [json.loads(raw)["message"] for raw in raws]
    sending = session.scalar(select(func.count()).where(OutboxRow.state == SENDING)) or 0
    return [(m["chat"]["id"], m["message_id"]) for m in messages], sending


def _open(session: Session, said: int) -> int:
    done = session.scalar(select(func.count()).where(InboxRow.state == "done")) or 0
    left = session.scalar(select(func.count()).where(OutboxRow.state.in_((WAITING, SENDING)))) or 0
    planned = session.scalar(select(func.count()).select_from(OutboxRow)) or 0
    return max(0, said - done) + left + (not planned)


def _records(session: Session) -> dict[str, list[int]]:
    rows = session.execute(
        select(ItemRow.code, ReportRow.percent).join(ItemRow, ItemRow.id == ReportRow.item_id).order_by(ReportRow.id)
    )
    found: dict[str, list[int]] = {}
    for code, percent in rows:
        found.setdefault(code, []).append(int(percent * 10))
    return found


def _outbox(session: Session) -> list[tuple[int, str]]:
    return [(chat, state) for chat, state in session.execute(select(OutboxRow.chat_id, OutboxRow.state))]


@asynccontextmanager
async def town_of(places: Places, folder: Path, size: Size, *, enforced: bool = False) -> AsyncIterator[Town]:
    """A town on a new database."""
    url = places.new(folder)
    upgrade(url)
    server = StandIn(check=False, record=False, enforce_rates=enforced)
    server.webhook.longest_wait = 2.0
    await server.start()
    town = Town(server, url, size)
    try:
        yield town
    finally:
        await server.stop()
        town.store.close()


class Bots:
    """The processes of a run. They are ended by their own handles."""

    def __init__(self) -> None:
        self._context = nursery()

    def start(self, post: Post) -> BaseProcess:
        process = self._context.Process(target=work, args=(post,), daemon=True)
        process.start()
        return process

    @staticmethod
    async def end(process: BaseProcess, *, kill: bool) -> None:
        process.kill() if kill else process.terminate()
        await asyncio.to_thread(process.join, 20)


# ---------------------------------------------------------------- the torments


async def killed(places: Places, folder: Path, size: Size) -> Seen:
    """One bot, polling, killed at random moments while updates come in and the morning's notices leave."""
    bots, flying = Bots(), 0
    async with town_of(places, folder, size) as town:
        for number in range(size.kills + 1):
            bot = bots.start(town.post(BUSY))
            sends = town.server.counts["sendMessage"]
            town.report()
            await town.server.wait_until(lambda sends=sends: town.server.counts["sendMessage"] > sends, 30)
            await town.talk(number, town.chance.uniform(0.05, size.seconds))
            if number == size.kills:
                await town.quiet(120)
            await bots.end(bot, kill=number < size.kills)
            flying += town.in_flight()
        seen = town.seen()
    seen.kills, seen.in_flight = size.kills, flying
    return seen


async def shared(places: Places, folder: Path, size: Size) -> Seen:
    """Two bots on one database behind one webhook; now and then one of them is killed and started again."""
    bots, flying, ports = Bots(), 0, _free_ports(3)
    async with town_of(places, folder, size) as town, balancer(ports[0], ports[1:]) as hook:
        posts = [{"hook": hook, "port": port} for port in ports[1:]]
        running = [bots.start(town.post(BUSY, **post)) for post in posts]
        await town.server.wait_until(lambda: town.server.webhook.url, 30)
        for number in range(size.kills + 1):
            await town.talk(number, size.seconds)
            if number < size.kills:
                await bots.end(running[number % 2], kill=True)
                flying += town.in_flight()
                running[number % 2] = bots.start(town.post(BUSY, **posts[number % 2]))
        await town.quiet(120)
        for bot in running:
            await bots.end(bot, kill=False)
        seen = town.seen()
    seen.kills, seen.in_flight = size.kills, flying
    return seen


async def stormy(places: Places, folder: Path, size: Size, share: float = 0.2) -> Seen:
    """A Bot API that fails every fifth request for `size.seconds`, with Telegram's limits in force."""
    bots = Bots()
    async with town_of(places, folder, size, enforced=True) as town:
        faults = town.server.faults
        lost = [faults.reset(share=share / 4), faults.lose_answer(share=share / 4)]
        faults.too_many(1, share=share / 4)
        faults.server_error(502, share=share / 4)
        faults.server_error(502, method="getUpdates", share=share / 2)
        faults.reset(method="getUpdates", share=share / 2)
        bot = bots.start(town.post(Pace()))
        for _ in range(size.updates):
            town.report()
            await asyncio.sleep(size.seconds / size.updates)
        faults.clear()
        await town.quiet(300)
        await bots.end(bot, kill=False)
        seen = town.seen()
    seen.in_flight = sum(fault.hits for fault in lost)
    return seen


async def broadcast(places: Places, folder: Path, size: Size) -> tuple[Seen, float]:
    """A morning at Telegram's own limit, and somebody who asks meanwhile; how long it took, ideal being 1."""
    bots = Bots()
    async with town_of(places, folder, size, enforced=True) as town:
        town.begun += 6  # the bot is at work when the morning begins
        bot, asker, waits = bots.start(town.post(Pace())), town.reporters[0], list[float]()
        asker.send("xin chào")
        await town.server.wait_until(lambda: any(chat != asker.id for _, chat in town.server.rates.times), 30)
        first = next(at for at, chat in town.server.rates.times if chat != asker.id)
        while await town.store.read(_open, 0):
            asked = time.monotonic()
            asker.send(f"{town.codes[0]} tới đâu rồi?")
            question = asker.messages[-1].message_id
            await town.server.wait_until(lambda q=question: town.answers()[asker.id, q], 30)
            waits.append(time.monotonic() - asked)
            await asyncio.sleep(max(0.0, 1.2 - waits[-1]))
        seen, sends = town.seen(), town.server.rates.times
        spent = max(moment for moment, chat in sends if chat != asker.id) - first
        await bots.end(bot, kill=False)
    seen.waits = waits
    return seen, spent / (seen.notices / town.server.rates.limits.overall)


@asynccontextmanager
async def balancer(port: int, backends: list[int]) -> AsyncIterator[str]:
    """A load balancer: each request to the next process that answers; its address."""
    turn = count()
    async with aiohttp.ClientSession() as session:

        async def forward(request: web.Request) -> web.Response:
            body, headers = await request.read(), {SECRET_HEADER: request.headers.get(SECRET_HEADER, "")}
            begin = next(turn)
            for offset in range(len(backends)):
                url = f"http://127.0.0.1:{backends[(begin + offset) % len(backends)]}/hook"
                try:
                    async with session.post(url, data=body, headers=headers) as answer:
                        return web.Response(status=answer.status)
                except aiohttp.ClientError:
                    continue
            return web.Response(status=502)

        app = web.Application()
        app.add_routes([web.post("/hook", forward)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}/hook"
        await runner.cleanup()


def _free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


# ---------------------------------------------------------------- the table


@contextmanager
def _both(folder: Path) -> Iterator[list[tuple[str, Places]]]:
    with postgres() as server:
        yield [("SQLite", SqlitePlaces()), ("PostgreSQL", server)]


def bench(folder: Path, share: float) -> list[Row]:
    """Every torment at a share of its full size; the kills on both databases."""
    kills, pairs = Size(30, 3000, 1000, 1.0).cut(share), Size(6, 3000, 200, 10.0).cut(share)
    storm, morning = Size(0, 900, 400, 60.0).cut(share), Size(0, 0, 600, 0.0).cut(share)
    rows = []
    with _both(folder) as databases:
        for name, places in databases:
            here = folder / name
            here.mkdir()
            seen = asyncio.run(killed(places, here, kills))
            rows.append(
                Row("chaos", f"{seen.kills} kills of one bot, {name}", seen.told(), "0 lost, 0 twice on record")
            )
        seen = asyncio.run(shared(databases[1][1], folder, pairs))
        rows.append(Row("chaos", f"two bots on one PostgreSQL, {seen.kills} kills", seen.told(), "0 lost, in order"))
        (storms := folder / "storm").mkdir()
        seen = asyncio.run(stormy(databases[0][1], storms, storm))
        what = f"{seen.told()}, {seen.perhaps} perhaps, {seen.refused} over the limit"
        rows.append(Row("chaos", f"20 % of requests fail for {storm.seconds:.0f} s", what, "0 lost, 0 over the limit"))
        (calm := folder / "morning").mkdir()
        seen, ratio = asyncio.run(broadcast(databases[0][1], calm, morning))
        slow = percentile(seen.waits, 0.99)
        told = f"{ratio:.2f} of the ideal time, {seen.refused} refused, a question meanwhile {slow:.2f} s"
        rows.append(Row("chaos", f"{seen.notices} notices at 30 a second", told, "1.10, 0, under 1 s"))
    return rows
