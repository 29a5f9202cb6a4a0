"""A bare aiogram echo bot, run by an interpreter that has aiogram: it is no dependency of ours (see `make bench`).

python tests/bench/echo_aiogram.py URL TOKEN
"""

from __future__ import annotations

import asyncio
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message


async def main(url: str, token: str) -> None:
    """Run until SIGTERM."""
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.reply(message.text or "")

    await dispatcher.start_polling(Bot(token, AiohttpSession(api=TelegramAPIServer.from_base(url))))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
