"""Prepared statements say what SQLAlchemy's own execution says: same values, same errors, same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Insert, Select, Update, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage.database import Store, open_store
from storage.prepared import fetch, table_of
from storage.tables import DialogueRow, LeaseRow, PersonRow
from tests.places import Places

pytestmark = pytest.mark.on_postgres

AT = datetime(2025, 6, 18, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def store(places: Places, migrated: str, tmp_path: Path) -> Iterator[Store]:
    store = open_store(places.copy(migrated, tmp_path))
    yield store
    store.close()


def _new_lease() -> Insert:
    return insert(table_of(LeaseRow)).inline()


def _lease() -> Select[*tuple[Any, ...]]:
    return select(LeaseRow.owner, LeaseRow.until).where(LeaseRow.name == bindparam("called")).limit(1)


def _move_lease() -> Update:
    leases = table_of(LeaseRow)
    return update(leases).where(leases.c.name == bindparam("called")).returning(leases.c.owner, leases.c.until)


def _new_dialogue() -> Insert:
    return insert(table_of(DialogueRow)).inline()


def _dialogue() -> Select[*tuple[Any, ...]]:
    return select(DialogueRow.previous, DialogueRow.question).where(DialogueRow.chat_id == bindparam("chat"))


def test_values_come_back_as_they_went(store: Store) -> None:
    store.write_now(fetch, _new_lease, name="a", owner="tôi", until=AT)
    assert store.read_now(fetch, _lease, called="a") == [("tôi", AT)]
    assert store.read_now(fetch, _lease, called="b") == []
    question = {"id": "1", "words": "ব্যাখ্যা"}
    store.write_now(fetch, _new_dialogue, chat_id=5, previous=None, question=question, failures=0)
    assert store.read_now(fetch, _dialogue, chat=5) == [(None, question)]


def test_a_write_tells_what_it_changed(store: Store) -> None:
    store.write_now(fetch, _new_lease, name="a", owner="me", until=AT)
    assert store.write_now(fetch, _move_lease, called="a", owner="you") == [("you", AT)]
    assert store.write_now(fetch, _move_lease, called="b", owner="you") == []


def test_an_error_is_sqlalchemys_and_quotes_no_values(store: Store) -> None:
    store.write_now(fetch, _new_lease, name="a", owner="bí mật", until=AT)
    with pytest.raises(IntegrityError) as problem:
        store.write_now(fetch, _new_lease, name="a", owner="bí mật", until=AT)
    assert "bí mật" not in str(problem.value)


def test_what_the_session_holds_is_written_first(store: Store) -> None:
    def add_then_look(session: Session) -> list[tuple[Any, ...]]:
        session.add(LeaseRow(name="a", owner="me", until=AT))
        return fetch(session, _lease, called="a")

    assert store.write_now(add_then_look) == [("me", AT)]


def test_a_failing_call_takes_its_prepared_writes_back(store: Store) -> None:
    def write_then_fail(session: Session) -> None:
        fetch(session, _new_lease, name="a", owner="me", until=AT)
        raise ValueError

    with pytest.raises(ValueError):
        store.write_now(write_then_fail)
    assert store.read_now(fetch, _lease, called="a") == []


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    naive = datetime(2025, 6, 18)  # noqa: DTZ001 - this is what must not get in
    with pytest.raises(ValueError, match="zone"):
        store.write_now(fetch, _new_lease, name="a", owner="me", until=naive)


def test_a_row_kept_by_the_session_is_read_the_same_way(store: Store) -> None:
    person = PersonRow(id=1, user_id=2**40, name="Lê Văn A", language="vi", joined_at=AT)
    store.write_now(lambda session: session.add(person))
    columns = select(PersonRow.user_id, PersonRow.joined_at, PersonRow.left_at)
    assert store.read_now(fetch, lambda: columns) == [(2**40, AT, None)]
