"""Time that passes when nobody is at work, and other small tools of the delivery tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from heapq import heappop, heappush
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from telegram.ext import Application

from bot.delivery.polling import RawBot
from bot.delivery.request import AiohttpRequest
from bot.demo.server import StandIn
from storage.tables import InboxRow


class VirtualTime:
    """A monotonic clock that jumps to the next sleeper as soon as every task waits for something."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def read(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self._count += 1
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self.now + max(seconds, 0), self._count, waking))
        await waking

    async def until(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The result of `work`, with time jumping on whenever all is still."""
        task = asyncio.ensure_future(work)
        while not task.done():
            for _ in range(12):
                await asyncio.sleep(0)
            if self._sleepers and not task.done():
                self.now, _, waking = heappop(self._sleepers)
                if not waking.done():
                    waking.set_result(None)
        return task.result()


def new_bot(api: StandIn, request: AiohttpRequest, updates: AiohttpRequest) -> RawBot:
    return RawBot(api.token, base_url=f"{api.url}/bot", request=request, get_updates_request=updates)


def application(bot: RawBot) -> Application[Any, Any, Any, Any, Any, Any]:
    """A bare application around a bot, with no handlers yet."""
    return Application.builder().bot(bot).updater(None).build()


def inbox_states(session: Session) -> list[tuple[int, str]]:
    """Every row of the inbox in order: the update's id and its state."""
    rows = session.execute(select(InboxRow.update_id, InboxRow.state).order_by(InboxRow.id))
    return [(number, state) for number, state in rows]


async def eventually(true: Callable[[], bool]) -> None:
    """Returns as soon as `true()`; fails after a few seconds."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what is waited for is a person's view from outside, and has no event
            await asyncio.sleep(0.002)
