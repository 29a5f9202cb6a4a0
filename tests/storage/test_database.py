"""The session: nothing lost, nothing half-written, whatever runs beside it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from storage.database import BackupRefused, DatabaseProblem, NoBackup, Store, backup, open_store, upgrade
from storage.tables import LeaseRow, PlanRow, PostRow

AT = datetime(2025, 6, 18, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'tiendo.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    upgrade(url)
    store = open_store(url)
    yield store
    store.close()


def _add(session: Session, name: str) -> None:
    session.add(LeaseRow(name=name, owner="somebody", until=AT))


def _fail(session: Session, name: str) -> None:
    _add(session, name)
    session.flush()
    raise ValueError(name)


def _break(session: Session) -> None:
    session.add(PostRow(person_id=404, unit="nowhere", role="leader", since=AT))


def _names(session: Session) -> set[str]:
    return set(session.scalars(select(LeaseRow.name)))


async def test_one_failing_write_spares_those_that_share_its_commit(store: Store) -> None:
    jobs = [store.write(_fail if n % 3 == 0 else _add, f"n{n}") for n in range(60)]
    outcomes = await asyncio.gather(*jobs, store.write(_break), return_exceptions=True)
    assert sum(isinstance(o, ValueError) for o in outcomes) == 20
    assert isinstance(outcomes[-1], IntegrityError)
    assert await store.read(_names) == {f"n{n}" for n in range(60) if n % 3}


def _increment(session: Session) -> None:
    known = session.scalars(select(PlanRow.revision)).one()
    session.execute(update(PlanRow).values(revision=known + 1))


async def test_read_then_write_never_loses_an_update(store: Store, url: str) -> None:
    store.write_now(lambda session: session.add(PlanRow(year=2025, loaded_at=AT)))
    other = open_store(url)
    try:
        await asyncio.gather(*(s.write(_increment) for _ in range(100) for s in (store, other)))
    finally:
        other.close()
    assert store.read_now(lambda session: session.scalars(select(PlanRow.revision)).one()) == 200


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(OperationalError):
        await store.read(_add_and_flush)


def _add_and_flush(session: Session) -> None:
    _add(session, "sneaky")
    session.flush()


async def test_a_cancelled_caller_waits_for_its_transaction(store: Store) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        entered.set()
        go_on.wait(10)
        _add(session, "slow")

    task = asyncio.create_task(store.write(slow))
    await asyncio.to_thread(entered.wait, 10)
    task.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await store.read(_names) == {"slow"}


def test_foreign_keys_and_the_safest_sync_are_on(store: Store) -> None:
    pragmas = store.write_now(lambda s: [s.connection().exec_driver_sql(f"PRAGMA {p}").scalar() for p in PRAGMAS])
    assert pragmas == [1, 2, "wal"]


PRAGMAS = ("foreign_keys", "synchronous", "journal_mode")


def test_a_backup_is_whole_while_somebody_writes(store: Store, url: str, tmp_path: Path) -> None:
    store.write_now(_add, "before")
    target = tmp_path / "copy.db"
    backup(url, target)
    store.write_now(_add, "after")
    copy = open_store(f"sqlite:///{target}")
    try:
        assert copy.read_now(_names) == {"before"}
    finally:
        copy.close()


def test_a_damaged_database_is_not_copied(store: Store, url: str, tmp_path: Path) -> None:
    """It opens, and its tables are known: only some of what they hold is gone."""
    store.close()
    path = Path(url.removeprefix("sqlite:///"))
    path.write_bytes(path.read_bytes()[: -2 * 4096] + b"\x5a" * (2 * 4096))
    with pytest.raises(BackupRefused) as refused:
        backup(url, tmp_path / "copy.db")
    assert refused.value.reason is NoBackup.DAMAGED
    assert not (tmp_path / "copy.db").exists()


def test_a_backup_that_finds_no_room_leaves_nothing(store: Store, url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused) as refused:
        backup(url, tmp_path / "nowhere" / "copy.db")
    assert refused.value.reason is NoBackup.UNWRITABLE
    assert list(tmp_path.rglob("copy.db")) == []


def test_a_backup_never_overwrites(store: Store, url: str, tmp_path: Path) -> None:
    target = tmp_path / "precious.db"
    target.write_text("precious")
    with pytest.raises(BackupRefused) as refused:
        backup(url, target)
    assert refused.value.reason is NoBackup.EXISTS
    assert target.read_text() == "precious"


@pytest.mark.parametrize("content", [b"this is no database, however long it goes on " * 40])
def test_a_file_that_is_no_database_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.db"
    path.write_bytes(content)
    with pytest.raises(DatabaseProblem, match="not a database"):
        upgrade(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_folder_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(DatabaseProblem, match="unable to open"):
        upgrade(f"sqlite:///{tmp_path / 'nowhere' / 'tiendo.db'}")


def test_upgrading_leaves_everything_in_one_file(url: str, tmp_path: Path) -> None:
    upgrade(url)
    with sqlite3.connect(tmp_path / "tiendo.db") as raw:
        assert raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'reports'").fetchone() == (1,)
    assert not (tmp_path / "tiendo.db-wal").exists() or (tmp_path / "tiendo.db-wal").stat().st_size == 0


def test_times_come_back_with_their_zone(store: Store) -> None:
    store.write_now(_add, "zone")
    found = store.read_now(lambda s: s.scalars(select(LeaseRow.until)).one())
    assert found == AT
    assert found.tzinfo is not None
    assert store.read_now(lambda s: s.scalar(select(func.count()).select_from(LeaseRow))) == 1
