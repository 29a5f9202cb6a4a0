"""The bots of the throughput benchmark, each a process of its own: ours, and a bare echo bot.

    python -m tests.bench.bots ours URL TOKEN DATABASE
    python -m tests.bench.bots echo URL TOKEN
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from pathlib import Path

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from bot.app import running
from bot.clock import Clock
from bot.delivery.limiter import Pace
from bot.settings import read_settings
from storage.database import open_store

UNLIMITED = Pace(per_second=1_000_000, chat_seconds=0.0, chat_burst=1_000_000)


async def _ours(url: str, token: str, database: str) -> None:
    environment = {
        "TIENDO_TOKEN": token,
        "TIENDO_API_URL": url,
        "TIENDO_DATABASE_URL": f"sqlite:///{database}",
        "TIENDO_NOW": "2025-06-18T10:00:00",
    }
    settings = read_settings(environment, Path(database).parent)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    store = open_store(settings.database_url)
    try:
        async with running(settings, Clock(settings.zone, settings.now), store, stop, UNLIMITED):
            await stop.wait()
    finally:
        store.close()


async def _echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text(update.message.text or "")


def main(kind: str, url: str, token: str, *rest: str) -> None:
    """Run one bot until SIGTERM."""
    logging.basicConfig(level=logging.ERROR)
    if kind == "ours":
        asyncio.run(_ours(url, token, *rest))
        return
    application = Application.builder().token(token).base_url(f"{url}/bot").build()
    application.add_handler(MessageHandler(filters.TEXT, _echo))
    application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])
