"""What the delivery tests share: a migrated database, the stand-in for the Bot API, a bot that talks to it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.delivery.inbox import Inbox
from bot.delivery.polling import RawBot
from bot.delivery.request import AiohttpRequest
from bot.demo.server import StandIn
from storage.database import Store, open_store, upgrade
from tests.delivery.tools import new_bot


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> str:
    copy = tmp_path / "test.db"
    with closing(sqlite3.connect(migrated)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return f"sqlite:///{copy}"


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
