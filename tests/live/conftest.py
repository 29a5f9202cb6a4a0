"""A live page on a port of its own, over the sample town."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.scenarios.conftest import Town, database, prepared, town, town_of

__all__ = ["database", "prepared", "town"]


@dataclass
class LiveTown:
    """The town, and where its live page is."""

    town: Town
    url: str

    async def link(self, person: str = "chair") -> str:
        """A fresh single-use link, as somebody gets it in the chat."""
        told = await self.town.says(self.town.people[person], "/live")
        return next(b.url for row in told.buttons for b in row if b.url)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def live(database: str) -> AsyncIterator[LiveTown]:
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    more = {"TIENDO_LIVE_URL": url, "TIENDO_LIVE_LISTEN": f"127.0.0.1:{port}"}
    async with town_of(database, **more) as built:
        await _listening(port)
        yield LiveTown(built, url)


async def _listening(port: int) -> None:
    """Wait until the page is there, five seconds at most."""
    async with asyncio.timeout(5):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                return
