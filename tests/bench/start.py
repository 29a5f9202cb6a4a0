"""The start: how long until Telegram is asked for updates, and what memory the bot takes at most."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from bot.demo.server import StandIn
from storage.database import open_store, upgrade
from tests.bench.province import FIRST, settle_sample
from tests.bench.table import Row
from tests.bench.throughput import processor_seconds

SAID = ("NV07 45% vướng kinh phí", "chỉ tiêu nào đang chậm?", "CT07 tới đâu rồi?", "nhiệm vụ nào quá hạn?")
PICTURED = "tình hình chung thế nào?"


async def bench(folder: Path, times: int) -> list[Row]:
    """The real command on the sample plan, `times` starts; the fastest counts, as on a machine with nothing else."""
    url = f"sqlite:///{folder / 'start.db'}"
    upgrade(url)
    store = open_store(url)
    store.write_now(settle_sample, 1)
    store.close()
    runs = [await _run(url) for _ in range(times)]
    seconds, busy, words, pictures = (min(run[n] for run in runs) for n in range(4))
    return [
        Row(
            "start",
            f"`python -m bot run` to its first poll, best of {times}",
            f"{seconds:.2f} s, {busy:.2f} s of processor",
            "under 2 s",
        ),
        Row("start", "peak memory after messages answered in words", f"{words:.0f} MiB", "under 150 MiB"),
        Row("start", "peak memory after a picture as well", f"{pictures:.0f} MiB", "under 150 MiB"),
    ]


async def _run(url: str) -> tuple[float, float, float, float]:
    server = StandIn(check=False, record=False)
    await server.start()
    person = server.person("Người 1", user_id=FIRST + 1, started=True)
    settings = {"TIENDO_TOKEN": server.token, "TIENDO_API_URL": server.url, "TIENDO_DATABASE_URL": url}
    person.send(SAID[0])  # a poll that finds nothing would be counted only when it ends
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env={**os.environ, **settings, "TIENDO_NOW": "2025-06-18T10:00:00"}
    )
    try:
        await server.wait_until(lambda: server.counts["getUpdates"] > 0, 60)
        seconds, busy = time.perf_counter() - begun, processor_seconds(process.pid)
        for text in SAID[1:]:
            person.send(text)
        await server.wait_until(lambda: server.counts["sendMessage"] >= len(SAID), 60)
        words = peak(process.pid)
        person.send(PICTURED)
        await server.wait_until(lambda: server.counts["sendPhoto"] > 0, 60)
        return seconds, busy, words, peak(process.pid)
    finally:
        process.terminate()
        await process.wait()
        await server.stop()


def peak(pid: int) -> float:
    """The most memory that a process has held so far, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
