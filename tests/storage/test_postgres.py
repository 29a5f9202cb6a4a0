"""What only a server does: transactions of several processes at once, some of them undone and run again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from storage.database import DatabaseProblem, Store, is_newest, open_store, upgrade
from storage.tables import Base, LeaseRow, PlanRow
from tests.places import PostgresPlaces, postgres

AT = datetime(2025, 6, 18, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresPlaces]:
    with postgres() as found:
        yield found


@pytest.fixture
def url(server: PostgresPlaces, tmp_path: Path) -> str:
    made = server.new(tmp_path)
    upgrade(made)
    return made


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


def test_the_migrations_make_the_tables_that_the_code_knows(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        assert is_newest(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


async def test_a_counter_that_is_read_and_bumped_by_two_processes_misses_nothing(store: Store, url: str) -> None:
    await store.write(lambda session: session.add(PlanRow(year=2025, loaded_at=AT)))
    other = open_store(url)

    def bump(session: Session) -> None:
        known = session.scalars(select(PlanRow.revision).with_for_update()).one()
        session.execute(update(PlanRow).values(revision=known + 1))

    try:
        await asyncio.gather(*(one.write(bump) for one in (store, other) for _ in range(60)))
    finally:
        other.close()
    assert await store.read(lambda session: session.scalars(select(PlanRow.revision)).one()) == 120


async def test_a_deadlock_costs_nobody_their_write(store: Store) -> None:
    for name in ("a", "b"):
        await store.write(lambda session, name=name: session.add(LeaseRow(name=name, owner="", until=AT)))
    met, tries = threading.Barrier(2, timeout=5), list[str]()

    def both(session: Session, order: str) -> None:
        tries.append(order)
        for name in order:
            row = update(LeaseRow).where(LeaseRow.name == name)
            session.execute(row.values(owner=LeaseRow.owner + order))
            if name == order[0] and tries.count(order) == 1:
                met.wait()  # each has its first row and wants the other's

    await asyncio.gather(store.write(both, "ab"), store.write(both, "ba"))
    owners = await store.read(lambda session: list(session.scalars(select(LeaseRow.owner))))
    assert [sorted(owner) for owner in owners] == [["a", "a", "b", "b"]] * 2
    assert len(tries) == 3


def test_an_error_does_not_quote_what_was_written(store: Store) -> None:
    def slow(session: Session) -> None:
        session.execute(text("SET LOCAL statement_timeout = 50"))
        session.execute(text("SELECT pg_sleep(5), :said").bindparams(said="bí mật"))

    with pytest.raises(OperationalError) as told:
        store.read_now(slow)
    assert "bí mật" not in str(told.value)


def test_a_server_that_is_not_there_is_told_in_plain_words() -> None:
    with pytest.raises(DatabaseProblem) as told:
        upgrade("postgresql://nobody@127.0.0.1:1/nothing")
    assert "\n" not in str(told.value)


def test_a_fresh_connection_is_made_when_the_server_has_closed_the_old_one(store: Store, url: str) -> None:
    assert store.read_now(lambda session: session.scalar(text("SELECT 1"))) == 1
    with psycopg.connect(url, autocommit=True) as other:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
    assert store.read_now(lambda session: session.scalar(text("SELECT 2"))) == 2
