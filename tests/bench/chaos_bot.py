"""The real bot as a process that may be killed at any moment: started by a server that has imported everything."""

from __future__ import annotations

import asyncio
import logging
import signal
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

from bot.app import running
from bot.clock import Clock
from bot.delivery.limiter import Pace
from bot.settings import read_settings
from storage.database import open_store


@dataclass(frozen=True)
class Post:
    """Where a bot works. `now` is its local moment; `port`: behind a webhook at `hook`, else it polls."""

    url: str
    token: str
    database: str
    now: str
    pace: Pace
    hook: str = ""
    port: int = 0


def nursery() -> ForkServerContext:
    """What starts bots in a moment."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def work(post: Post) -> None:
    """Run one bot until SIGTERM, or until it is killed."""
    logging.basicConfig(level=logging.CRITICAL)
    asyncio.run(_work(post))


async def _work(post: Post) -> None:
    environment = {
        "TIENDO_TOKEN": post.token,
        "TIENDO_API_URL": post.url,
        "TIENDO_DATABASE_URL": post.database,
        "TIENDO_NOW": post.now,
    }
    hook = {"TIENDO_WEBHOOK_URL": post.hook, "TIENDO_LISTEN": f"127.0.0.1:{post.port}"} if post.port else {}
    settings = read_settings(environment | hook, Path(__file__).parent)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    store = open_store(settings.database_url)
    try:
        async with running(settings, Clock(settings.zone, settings.now), store, stop, post.pace):
            await stop.wait()
    finally:
        store.close()
