"""A backup is opened, brought up to date and checked on a copy; what is wrong with it is told, and nothing is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from storage.database import backup, open_store, upgrade
from storage.restore import NoRestore, Proven, RestoreRefused, restore
from storage.tables import PersonRow, PlanRow

AT = datetime(2025, 6, 18, tzinfo=UTC)


def _fill(session: Session) -> None:
    session.add(PlanRow(year=2025, loaded_at=AT))
    session.add(PersonRow(user_id=1, name="Lan", language="vi", joined_at=AT))
    session.add(PersonRow(user_id=2, name="Hoa", language="vi", joined_at=AT, left_at=AT))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    url = f"sqlite:///{tmp_path / 'tiendo.db'}"
    upgrade(url)
    store = open_store(url)
    store.write_now(_fill)
    backup(url, tmp_path / "backup.db")
    store.close()
    return tmp_path / "backup.db"


def refusal(path: Path, target: Path | None = None) -> NoRestore:
    with pytest.raises(RestoreRefused) as refused:
        restore(path, target)
    return refused.value.reason


def test_a_good_backup_is_proven_and_left_as_it_was(copy: Path) -> None:
    before = copy.read_bytes()
    assert restore(copy, None) == Proven(plans=1, people=1, reports=0)
    assert copy.read_bytes() == before


def test_it_is_put_back_as_a_new_file_and_works_there(copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "restored.db"
    restore(copy, target)
    assert restore(target, None).plans == 1
    assert refusal(copy, target) is NoRestore.EXISTS
    assert refusal(copy, tmp_path / "nowhere" / "x.db") is NoRestore.UNWRITABLE


def test_a_backup_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    upgrade(f"sqlite:///{old}", "0001")
    assert restore(old, None) == Proven(0, 0, 0)


def test_a_damaged_backup_is_found_out(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[4096 * 3 : 4096 * 9] = b"\x5a" * (4096 * 6)
    copy.write_bytes(bytes(content))
    assert refusal(copy) in (NoRestore.DAMAGED, NoRestore.UNREADABLE)


def test_a_torn_reference_is_found_out(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as raw, raw:
        raw.execute("INSERT INTO posts (person_id, unit, role, since) VALUES (404, 'X', 'leader', '2025-01-01')")
    assert refusal(copy) is NoRestore.DAMAGED


def test_what_is_no_backup_of_ours_is_refused(tmp_path: Path) -> None:
    letter, other, newer = tmp_path / "letter.db", tmp_path / "other.db", tmp_path / "newer.db"
    letter.write_bytes(b"a letter, not a database " * 99)
    with closing(sqlite3.connect(other)) as raw:
        raw.execute("CREATE TABLE t (x)")
    upgrade(f"sqlite:///{newer}")
    with closing(sqlite3.connect(newer)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    assert refusal(letter) is NoRestore.UNREADABLE
    assert refusal(tmp_path / "missing.db") is NoRestore.UNREADABLE
    assert refusal(other) is NoRestore.OTHER
    assert refusal(newer) is NoRestore.OTHER
