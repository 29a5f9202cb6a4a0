"""A running stand-in and two clients of it: python-telegram-bot's own, and plain HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from bot.demo.people import Person
from bot.demo.server import StandIn


class Wire:
    """Calls methods by plain HTTP. Answers the whole JSON body, `ok` or not."""

    def __init__(self, server: StandIn, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session

    async def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.server.url}/bot{self.server.token}/{method}", json=params) as response:
            body: dict[str, Any] = await response.json()
            assert body["ok"] or response.status == body["error_code"]
            return body

    async def result(self, method: str, **params: Any) -> Any:
        """The result of a call that must go well."""
        body = await self(method, **params)
        assert body["ok"], body
        return body["result"]

    async def refusal(self, method: str, **params: Any) -> tuple[int, str]:
        """Code and text of a call that must be refused."""
        body = await self(method, **params)
        assert not body["ok"], body
        return body["error_code"], body["description"]


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with StandIn() as running:
        yield running


@pytest.fixture
async def wire(server: StandIn) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession() as session:
        yield Wire(server, session)


@pytest.fixture
async def bot(server: StandIn) -> AsyncIterator[Bot]:
    """python-telegram-bot's client, as it comes."""
    async with Bot(server.token, base_url=f"{server.url}/bot", base_file_url=f"{server.url}/file/bot") as client:
        yield client


@pytest.fixture
def lan(server: StandIn) -> Person:
    """Somebody who has started the bot."""
    return server.person("Lan", "Nguyễn", started=True)
