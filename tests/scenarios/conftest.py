"""A town for every scenario: the stand-in Bot API, the bot at work, the sample plan, its people already enrolled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from bot.app import LOCALES, Running, running
from bot.clock import Clock
from bot.delivery.limiter import Pace
from bot.demo.people import Message, Person
from bot.demo.server import StandIn
from bot.language import Languages
from bot.rules.plan import Role
from bot.services.loading import load
from bot.settings import Settings, read_settings
from bot.workbook import read_workbook
from storage.database import Store, open_store
from storage.tables import ChatRow, OutboxRow, PersonRow, PostRow
from tests.places import Places

SAMPLE = Path(__file__).parents[2] / "bot" / "demo" / "ninh-thuan-2025.xlsx"
MORNING = "2025-06-18T07:30:00"  # a Wednesday, before the day's reminders


@dataclass(frozen=True)
class Cast:
    """Somebody of the sample plan: name, unit, role, language."""

    user_id: int
    name: str
    unit: str
    role: Role
    language: str


CAST = {
    "leader": Cast(1001, "Phạm Đăng Khoa", "STTTT", Role.LEADER, "vi"),
    "leader_bn": Cast(1002, "Đặng Thị Lan Phương", "SYT", Role.LEADER, "bn"),
    "deputy": Cast(1003, "Ngô Thanh Tùng", "SYT", Role.DEPUTY, "vi"),
    "office": Cast(1004, "Nguyễn Thị Hoài Thu", "STTTT", Role.OFFICE, "vi"),
    "office_bn": Cast(1005, "Lê Bảo Khánh", "STTTT", Role.OFFICE, "bn"),
    "chair": Cast(1006, "Trịnh Quang Hiển", "VPUB", Role.CHAIR, "vi"),
}
STRANGER = 6666
BRISK = Pace(per_second=10_000, chat_seconds=0.0)  # the pace has tests of its own


@dataclass
class Town:
    """One running deployment and the people in it. `people` has the cast's Telegram side, by key, and `stranger`."""

    server: StandIn
    bot: Running
    store: Store
    clock: Clock
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    async def says(self, person: Person, text: str, reply_to: Message | None = None) -> Message:
        """What the bot answers to a text."""
        person.send(text, reply_to)
        return await person.next_message()

    async def presses(self, person: Person, message: Message, button: str) -> Message:
        """What the bot shows after a press: a new message, or the same one changed."""
        person.press(message, button)
        return await person.next_message()

    async def settled(self) -> None:
        """When the notices that went out are written down as sent, with what they are about."""

        def open_notices(session: Session) -> int:
            return session.scalar(select(func.count()).where(OutboxRow.state.in_(("waiting", "sending")))) or 0

        async with asyncio.timeout(10):
            while await self.store.read(open_notices):
                pass

    async def passes(self, **span: float) -> None:
        """Let time pass on the bot's clock, and do what is due then."""
        self.clock.move(timedelta(**span))
        await self.bot.tick()

    async def until(self, local: str) -> None:
        """Let time pass until a local moment (`2025-06-19T08:00`), and do what is due then."""
        moment = datetime.fromisoformat(local).replace(tzinfo=self.clock.zone)
        self.clock.move(moment - self.clock.now())
        await self.bot.tick()


def _enrol(session: Session, cast: dict[str, Cast]) -> None:
    at = datetime(2025, 1, 2, tzinfo=UTC)
    for number, who in enumerate(cast.values(), start=1):
        values: dict[str, Any] = {"user_id": who.user_id, "name": who.name, "language": who.language}
        session.execute(insert(PersonRow).values(joined_at=at, **values))
        session.execute(insert(PostRow).values(person_id=number, unit=who.unit, role=who.role, since=at))
        session.execute(insert(ChatRow).values(chat_id=who.user_id, person_id=number, kind="private"))


@pytest.fixture(scope="session")
def prepared(places: Places, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the sample plan loaded and the cast enrolled, to be copied for each test."""
    url = places.copy(migrated, tmp_path_factory.mktemp("prepared"))
    store = open_store(url)
    at = datetime(2025, 6, 17, 3, tzinfo=UTC)
    told = store.write_now(load, read_workbook(SAMPLE), None, at, at.date())
    assert told.stored, told.problems
    store.write_now(_enrol, CAST)
    store.close()
    return url


@pytest.fixture
def database(places: Places, prepared: str, tmp_path: Path) -> str:
    """A copy of it for one test."""
    return places.copy(prepared, tmp_path)


def _in_telegram(server: StandIn, who: Cast) -> Person:
    return server.person(who.name, user_id=who.user_id, language_code=who.language, started=True)


@cache
def languages() -> Languages:
    """The words of every language, read once for all towns."""
    return Languages.load(LOCALES)


def settings_for(server: StandIn, database: str, **more: str) -> Settings:
    """Settings as the environment would give them."""
    environment = {
        "TIENDO_TOKEN": server.token,
        "TIENDO_API_URL": server.url,
        "TIENDO_DATABASE_URL": database,
        "TIENDO_NOW": MORNING,
    }
    return read_settings(environment | more, SAMPLE.parent)


@asynccontextmanager
async def town_of(database: str, **more: str) -> AsyncIterator[Town]:
    """A town on a database of its own; every request that the bot makes is checked against the specification."""
    server = StandIn()
    await server.start()
    settings = settings_for(server, database, **more)
    clock = Clock(settings.zone, settings.now)
    store = open_store(settings.database_url)
    people = {key: _in_telegram(server, who) for key, who in CAST.items()}
    people["stranger"] = server.person("Người lạ", user_id=STRANGER, started=True)
    try:
        async with running(settings, clock, store, asyncio.Event(), BRISK, languages()) as bot:
            yield Town(server, bot, store, clock, people)
    finally:
        store.close()
        await server.stop()
    assert server.violations == []


@pytest.fixture
async def town(database: str) -> AsyncIterator[Town]:
    """The usual town: Wednesday 18 June 2025, 07:30."""
    async with town_of(database) as built:
        yield built
