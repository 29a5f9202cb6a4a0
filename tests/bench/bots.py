"""The bots of the throughput benchmark, each a process of its own: ours, and bare echo bots of python-telegram-bot.

python -m tests.bench.bots ours|echo|echo256 URL TOKEN DATABASE
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


def _python_telegram_bot(url: str, token: str, at_once: int) -> None:
    builder = Application.builder().token(token).base_url(f"{url}/bot").concurrent_updates(at_once)
    application = builder.connection_pool_size(at_once).pool_timeout(60).build()
    application.add_handler(MessageHandler(filters.TEXT, _echo))
    application.run_polling()


def main(kind: str, url: str, token: str, database: str) -> None:
    """Run one bot until SIGTERM."""
    logging.basicConfig(level=logging.ERROR)
    match kind:
        case "ours":
            asyncio.run(_ours(url, token, database))
        case "echo":
            _python_telegram_bot(url, token, 1)
        case "echo256":
            _python_telegram_bot(url, token, 256)


if __name__ == "__main__":
    main(*sys.argv[1:])
