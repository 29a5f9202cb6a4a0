"""What a process tells of itself: no message text, no name, no token; not in logs, not in the process list."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import socket
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.delivery.logs import Lines, Plain
from bot.demo.server import StandIn
from storage.database import open_store
from tests.scenarios.conftest import CAST, MORNING

ROOT = Path(__file__).parents[2]
SECRET = "bí mật của tỉnh"


@pytest.mark.parametrize("formatter", [Plain(), Lines()])
def test_an_error_is_told_by_class_and_place_without_its_words(formatter: logging.Formatter) -> None:
    written, log = io.StringIO(), logging.Logger("test")
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    log.addHandler(handler)
    try:
        try:
            int(SECRET)
        except ValueError as problem:
            raise KeyError(SECRET) from problem
    except KeyError:
        log.exception("something failed with 4242424242:stand-in_token-for-tests-and-demo00")
    assert SECRET not in written.getvalue()
    assert "stand-in_token" not in written.getvalue()
    assert "KeyError at test_logs.py" in written.getvalue()
    assert "because of ValueError" in written.getvalue()


def test_machine_logs_are_one_object_a_line() -> None:
    record = logging.LogRecord("bot.app", logging.INFO, "", 0, "one\ntwo %d", (3,), None)
    told = json.loads(Lines().format(record))
    assert (told["level"], told["logger"], told["message"]) == ("INFO", "bot.app", "one\ntwo 3")
    assert "\n" not in Lines().format(record)


async def test_a_running_bot_tells_nothing_of_what_people_say(database: str, tmp_path: Path) -> None:
    """A real process, its database failing under it for a while; its logs and its command line are searched."""
    async with StandIn() as server:
        token = tmp_path / "token"
        token.write_text(server.token)
        people = [server.person(w.name, user_id=w.user_id, started=True) for w in CAST.values()]
        stranger = server.person("Kẻ Lạ Mặt", user_id=666, started=True)
        listen = f"127.0.0.1:{_free_port()}"
        settings = {"TIENDO_TOKEN_FILE": str(token), "TIENDO_API_URL": server.url, "TIENDO_DATABASE_URL": database}
        more = {"TIENDO_NOW": MORNING, "TIENDO_LOG": "json", "TIENDO_HEALTH_LISTEN": listen, "PYTHONPATH": str(ROOT)}
        clean = {k: v for k, v in os.environ.items() if not k.startswith("TIENDO_")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            cwd=tmp_path,
            env=clean | settings | more,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            await _much_is_said(server, people, stranger)
            shown = await _listing(process.pid)
            health, metrics = await _asked(f"http://{listen}")
            _break_database(database)
            before = server.counts["sendMessage"]
            people[0].send(f"NV05 70% {SECRET} nữa")
            await server.wait_until(lambda: server.counts["sendMessage"] > before, 20)
        finally:
            process.terminate()
            told = (await process.communicate())[1].decode()
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert any(line["level"] == "ERROR" for line in lines), "the failing database was logged"
    names = [who.name for who in CAST.values()] + [who.name.split()[-1] for who in CAST.values()]
    for forbidden in (SECRET, "vướng", server.token, server.token.partition(":")[2], "Kẻ Lạ Mặt", *names):
        assert forbidden not in told, forbidden
        assert forbidden not in metrics
    assert server.token not in shown
    assert SECRET not in shown
    assert (health["ok"], health["database"], health["polling"]) == (True, True, True)
    assert 'tiendo_sends_total{outcome="Sent"}' in metrics
    assert 'tiendo_queue_length{queue="outbox"}' in metrics
    assert "tiendo_handling_seconds_count" in metrics


async def _much_is_said(server: StandIn, people: list, stranger: object) -> None:  # type: ignore[type-arg]
    people[0].send(f"NV05 60% vướng {SECRET}")
    people[0].send(f"{SECRET} là gì?")
    people[1].photo(b"", caption=SECRET)
    people[3].document(b"no workbook", f"{SECRET}.xlsx")
    server.store.queue.put_raw({"message": {"text": SECRET, "chat": SECRET}})
    stranger.send(f"/start {SECRET}")  # type: ignore[attr-defined]
    await server.wait_until(lambda: server.counts["sendMessage"] >= 5, 30)


async def _listing(pid: int) -> str:
    command = ("ps", "-ww", "-o", "args", "-p", str(pid))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    return (await process.communicate())[0].decode()


async def _asked(url: str) -> tuple[dict[str, object], str]:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}/healthz") as answer:
            health = await answer.json()
        async with session.get(f"{url}/metrics") as answer:
            return health, await answer.text()


def _break_database(url: str) -> None:
    store = open_store(url)
    store.write_now(lambda session: session.connection().exec_driver_sql("ALTER TABLE reports RENAME TO away") and None)
    store.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
