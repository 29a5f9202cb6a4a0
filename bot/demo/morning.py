"""The demo: a stand-in for Telegram, the real bot process talking to it over HTTP, and a morning of the committee.

The sample plan is loaded into SQLite in a folder of its own, its people open their invitation links, the clock starts
at 07:59:50 on 18 June 2025. A transcript of the morning is printed; then the chat page is served until Ctrl-C.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import ClientSession

from bot.cli import Desk, Exit
from bot.demo.control import LOOPBACK
from bot.demo.people import Message, Person
from bot.demo.server import StandIn
from bot.rules.plan import Plan, Role, RosterPerson
from bot.services.loading import load
from bot.services.people import invite_missing
from bot.views.people import role_name
from bot.views.words import Words
from bot.workbook import read_workbook
from storage.database import open_store, upgrade

SAMPLE = Path(__file__).parent / "ninh-thuan-2025.xlsx"
START = "2025-06-18T07:59:50"
DAYS = 30  # how long the demo's links are good for
SECONDS = 60.0  # what a step of the morning may take


@dataclass(frozen=True)
class _Scene:
    """One leader's morning: who, what they report, what they ask."""

    unit: str
    report: str
    question: str


SCENES = (
    _Scene("STTTT", "NV20 75% vướng kinh phí, đề xuất bổ sung", "chỉ tiêu nào đang chậm?"),
    _Scene("STP", "কাজ ২৯ শেষ", "কোন কোন লক্ষ্যমাত্রা পিছিয়ে আছে?"),
)


def demo(args: Namespace, desk: Desk) -> int:
    """The `demo` command. Ctrl-C ends everything; `--once` ends after the transcript."""
    try:
        return asyncio.run(_demo(args.port, desk, once=args.once))
    except KeyboardInterrupt:
        return Exit.RIGHT


async def _demo(port: int, desk: Desk, *, once: bool) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    with TemporaryDirectory(prefix="tiendo-demo-") as folder:
        async with _town(Path(folder), port, desk) as town:
            stopped = asyncio.create_task(stop.wait())
            ended = asyncio.create_task(town.process.wait())
            morning = asyncio.create_task(_morning(town))
            print(_where(town, desk.words), flush=True)
            await asyncio.wait({morning, stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            if morning.done():
                _told(morning, town, desk.words)
            if morning.done() and not once:
                await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            for task in (morning, stopped):
                task.cancel()
            return _farewell(town, ended)


def _told(morning: asyncio.Task[None], town: _Town, words: Words) -> None:
    """The page's address again, under the transcript; a transcript that broke off does not end the page."""
    if isinstance(morning.exception(), TimeoutError):
        sys.stderr.write(words.say("The transcript broke off: this machine is very busy.").unescape() + "\n")
    else:
        morning.result()
    print(_where(town, words), flush=True)


def _where(town: _Town, words: Words) -> str:
    url = f"{town.server.url}/demo/"
    return f"\n{'═' * 72}\n" + words.say("The chat page: {url} (Ctrl-C ends everything)", url=url).unescape()


def _farewell(town: _Town, ended: asyncio.Task[int]) -> int:
    """Where the bot has ended by itself, what it said; its log goes with the folder otherwise."""
    if not ended.done():
        ended.cancel()
        return Exit.RIGHT
    sys.stderr.write("".join(town.log.read_text(encoding="utf-8").splitlines(keepends=True)[-40:]))
    return Exit.INPUT


@dataclass(frozen=True)
class _Town:
    """The stand-in with its people by name, the bot's process, and the file that its log goes to."""

    server: StandIn
    people: dict[str, Person]
    process: asyncio.subprocess.Process
    log: Path


@asynccontextmanager
async def _town(folder: Path, port: int, desk: Desk) -> AsyncIterator[_Town]:
    """The stand-in with everybody of the People sheet, and the bot process at work; both end with the block."""
    database = f"sqlite:///{folder / 'tiendo.db'}"
    plan, tokens = _prepare(database)
    control = _free_port()
    server = StandIn(check=False, record=False, clock_control=_clock_control(control))
    await server.start(port if _is_free(port) else 0)
    people = {who.name: _enter(server, plan, who, token, desk) for who, token in tokens}
    environment = {
        "TIENDO_TOKEN": server.token,
        "TIENDO_API_URL": server.url,
        "TIENDO_DATABASE_URL": database,
        "TIENDO_NOW": START,
        "TIENDO_CLOCK_CONTROL": str(control),
    }
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TIENDO_")}
    log = folder / "bot.log"
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=clean | environment, stderr=file, start_new_session=True
        )
    try:
        yield _Town(server, people, process, log)
    finally:
        await _end(process)
        await server.stop()


def _prepare(database: str) -> tuple[Plan, list[tuple[RosterPerson, str]]]:
    """Load the sample plan, and make a link for everybody of its People sheet."""
    upgrade(database)
    store = open_store(database)
    try:
        at = datetime.fromisoformat(START + "+07:00")
        loaded = read_workbook(SAMPLE)
        store.write_now(load, loaded, None, at, at.date())
        invited = store.write_now(invite_missing, loaded.plan, at, DAYS)
    finally:
        store.close()
    return loaded.plan, list(zip(loaded.plan.people, (i.token for i in invited), strict=True))


def _enter(server: StandIn, plan: Plan, who: RosterPerson, token: str, desk: Desk) -> Person:
    words = desk.languages[who.language]
    note = f"{role_name(words, who.role)} · {plan.unit[who.unit].name(who.language)}"
    person = server.person(who.name, language_code=who.language, note=note, unit=who.unit)
    person.start(token)
    return person


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask the bot to end; where it does not within its grace, end it."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 15)
    except TimeoutError:
        process.kill()
        await process.wait()


def _clock_control(port: int) -> Any:
    async def move(asked: dict[str, Any]) -> str:
        async with ClientSession() as session, session.post(f"http://{LOOPBACK}:{port}/clock", json=asked) as answer:
            told: dict[str, Any] = await answer.json()
        return str(told["now"])

    return move


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) != 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


# ---------------------------------------------------------------- the transcript


async def _morning(town: _Town) -> None:
    """What two leaders see and say this morning, printed as it happens."""
    await town.server.drained(SECONDS)
    leaders = [_leader_of(town.people, scene.unit) for scene in SCENES]
    for person in leaders:
        _show(person, await _until_digest(person))
    for person, scene in zip(leaders, SCENES, strict=True):
        for text in (scene.report, scene.question):
            _say(person, text)
            person.send(text)
            _show(person, await person.next_message(SECONDS))


def _leader_of(people: dict[str, Person], unit: str) -> Person:
    roster = read_workbook(SAMPLE).plan.people
    return people[next(p.name for p in roster if p.unit == unit and p.role is Role.LEADER)]


async def _until_digest(person: Person) -> Message:
    """The 08:00 reminder: the first message with buttons that comes after the welcome."""
    await person.next_message(SECONDS)
    return await person.next_message(SECONDS)


def _say(person: Person, text: str) -> None:
    print(f"\n{person.name} ▸ {text}", flush=True)


def _show(person: Person, message: Message) -> None:
    lines = [*message.text.splitlines(), *(_row(row) for row in message.buttons)]
    print(f"\n{'─' * 72}\n▸ {person.name}\n" + "\n".join(f"  {line}" for line in lines), flush=True)


def _row(buttons: Sequence[Any]) -> str:
    return " ".join(f"[{button.label}]" for button in buttons)
