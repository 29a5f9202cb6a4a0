"""What the delivery tests share: a migrated database, the stand-in for the Bot API, a bot that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.delivery.inbox import Inbox
from bot.delivery.polling import RawBot
from bot.delivery.request import AiohttpRequest
from bot.demo.server import StandIn
from storage.database import Store, open_store
from tests.delivery.tools import new_bot
from tests.places import Places


@pytest.fixture
def database(places: Places, migrated: str, tmp_path: Path) -> str:
    return places.copy(migrated, tmp_path)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    opened = open_store(database)
    yield opened
    opened.close()


@pytest.fixture
def inbox(store: Store) -> Inbox:
    return Inbox(store, "test", lambda: datetime.now(UTC))


@pytest.fixture
async def api() -> AsyncIterator[StandIn]:
    async with StandIn() as server:
        yield server
    assert server.violations == []


@pytest.fixture
async def bot(api: StandIn) -> AsyncIterator[RawBot]:
    async with new_bot(api, AiohttpRequest(), AiohttpRequest(2)) as made:
        yield made
