"""A full disk, a folder that may not be written, a locked or broken database, no network: said, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import storage.database
from bot.demo.server import StandIn
from storage.database import DatabaseProblem, open_store, upgrade
from tests.delivery.tools import inbox_states

ROOT = Path(__file__).parents[2]
Process = asyncio.subprocess.Process
PAGE = 4096


async def run(
    folder: Path, url: str, before: Callable[[], None] | None = None, *, command: str = "run", **more: str
) -> Process:
    """`python -m bot run` (or another command) in a folder, which is expected to end by itself."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TIENDO_")}
    settings = {"TIENDO_TOKEN": "4242424242:stand-in_token-for-tests-and-demo00", "TIENDO_API_URL": url}
    environment = clean | {"PYTHONPATH": str(ROOT), "TIENDO_LANGUAGE": "en"} | settings | more
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", command),
        cwd=folder,
        env=environment,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=before,
    )


async def end(process: Process) -> tuple[int | None, str]:
    async with asyncio.timeout(60):
        told = (await process.communicate())[1].decode()
    return process.returncode, told


async def test_a_full_disk_ends_the_process_and_telegram_keeps_what_was_not_stored(tmp_path: Path) -> None:
    """The disk is full as far as this process can tell: no file of it may grow beyond what is there."""
    path = tmp_path / "tiendo.db"
    upgrade(f"sqlite:///{path}")
    room = path.stat().st_size + 200_000

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    async with StandIn() as server:
        lan = server.person("Lan", started=True)
        for number in range(300):
            lan.send(f"{number} " + "dài " * 900)
        process = await run(tmp_path, server.url, little_room)
        code, told = await end(process)
        assert code == 2, told
        assert "The database cannot be used" in told
        assert "Traceback" not in told
        store = open_store(f"sqlite:///{path}")
        kept = len(await store.read(inbox_states))
        store.close()
        assert kept + len(server.store.queue.pending) >= 300, "stored, or still at Telegram"
        assert len(server.store.queue.pending) > 0


async def test_a_folder_that_may_not_be_written_and_what_is_no_database_are_said(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_bytes(b"a letter, not a database " * 99)
    for url in ("sqlite:////proc/tiendo.db", "sqlite:///letter.db"):
        code, told = await end(await run(tmp_path, "http://127.0.0.1:1", TIENDO_DATABASE_URL=url))
        assert code == 2, told
        assert "The database cannot be used" in told
        assert "Traceback" not in told
    assert (tmp_path / "letter.db").read_bytes().startswith(b"a letter")


@pytest.mark.parametrize("command", ["run", "check"])
async def test_a_database_with_damaged_pages_is_said(tmp_path: Path, command: str) -> None:
    """Its header and its tables' names are whole; what it holds is not."""
    path = tmp_path / "tiendo.db"
    upgrade(f"sqlite:///{path}")
    content = bytearray(path.read_bytes())
    content[3 * PAGE :] = b"\x5a" * (len(content) - 3 * PAGE)
    path.write_bytes(content)
    code, told = await end(await run(tmp_path, "http://127.0.0.1:1", command=command))
    assert code == 2, told
    assert "The database cannot be used" in told
    assert "malformed" in told
    assert "Traceback" not in told


def test_a_locked_database_is_waited_for_and_then_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tiendo.db"
    upgrade(f"sqlite:///{path}")
    monkeypatch.setattr(storage.database, "BUSY_MS", 100)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseProblem, match="locked"):
            upgrade(f"sqlite:///{path}")
        other.execute("ROLLBACK")
    upgrade(f"sqlite:///{path}")


async def test_a_telegram_that_cannot_be_reached_at_the_start_is_tried_for_a_while(tmp_path: Path) -> None:
    async with StandIn() as server:
        port = int(server.url.rpartition(":")[2])
        await server.stop()
        process = await run(tmp_path, f"http://127.0.0.1:{port}")
        await asyncio.to_thread(_until_tried, tmp_path / "tiendo.db")
        await server.start(port)
        lan = server.person("Lan", started=True)
        lan.send("xin chào")
        assert (await lan.next_message(30)).text
        process.terminate()
        code, told = await end(process)
        assert (code, "Traceback" in told) == (0, False)


def _until_tried(database: Path) -> None:
    """Until the process has come as far as its database: Telegram is next."""
    deadline = datetime.now(UTC) + timedelta(seconds=30)
    while not database.exists() and datetime.now(UTC) < deadline:
        os.sched_yield()


async def test_a_wrong_token_ends_it_at_once_in_words(tmp_path: Path) -> None:
    async with StandIn(token="1:other") as server:
        code, told = await end(await run(tmp_path, server.url))
    assert code == 2
    assert "refuses the token" in told
    assert "stand-in_token" not in told
    assert "Traceback" not in told
