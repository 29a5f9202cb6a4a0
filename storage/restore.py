"""A backup is worth something once it has been opened, brought up to date and checked: on a copy, never on itself."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.database import DatabaseProblem, open_store, upgrade
from storage.tables import PersonRow, PlanRow, ReportRow


class NoRestore(StrEnum):
    """Why a backup was not put back."""

    UNREADABLE = "unreadable"
    DAMAGED = "damaged"
    OTHER = "other"  # a database of something else
    EXISTS = "exists"
    UNWRITABLE = "unwritable"


class RestoreRefused(Exception):
    """Nothing was put back; `reason` says why."""

    def __init__(self, reason: NoRestore) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Proven:
    """What a backup holds: plans, people who have access, reports."""

    plans: int
    people: int
    reports: int


def restore(backup: Path, target: Path | None) -> Proven:
    """Prove a backup, and put it at `target` where one is given. Raises `RestoreRefused`; an existing file stays."""
    if target is not None and target.exists():
        raise RestoreRefused(NoRestore.EXISTS)
    with tempfile.TemporaryDirectory(prefix="tiendo-restore-") as folder:
        copy = Path(folder) / "copy.db"
        _copied(backup, copy, NoRestore.UNREADABLE)
        _check(copy)
        proven = _brought_up_to_date(copy)
        if target is not None:
            _copied(copy, target, NoRestore.UNWRITABLE)
    return proven


def _copied(source: Path, target: Path, otherwise: NoRestore) -> None:
    if not source.is_file():
        raise RestoreRefused(NoRestore.UNREADABLE)
    try:
        opened = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
        with closing(opened), closing(sqlite3.connect(target)) as written:
            opened.backup(written)
    except sqlite3.DatabaseError as problem:
        raise RestoreRefused(otherwise) from problem


def _check(path: Path) -> None:
    """Every page and every reference of the file."""
    try:
        with closing(sqlite3.connect(path)) as opened:
            tables = {name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            whole = opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            tied = opened.execute("PRAGMA foreign_key_check").fetchall() == []
    except sqlite3.DatabaseError as problem:
        raise RestoreRefused(NoRestore.DAMAGED) from problem
    if "alembic_version" not in tables:
        raise RestoreRefused(NoRestore.OTHER)
    if not (whole and tied):
        raise RestoreRefused(NoRestore.DAMAGED)


def _brought_up_to_date(path: Path) -> Proven:
    url = f"sqlite:///{path}"
    try:
        upgrade(url)
    except DatabaseProblem as problem:
        raise RestoreRefused(NoRestore.OTHER) from problem
    store = open_store(url)
    try:
        return store.read_now(_proven)
    finally:
        store.close()


def _proven(session: Session) -> Proven:
    plans, reports = (session.scalar(select(func.count()).select_from(row)) or 0 for row in (PlanRow, ReportRow))
    people = session.scalar(select(func.count()).where(PersonRow.left_at.is_(None))) or 0
    return Proven(plans, people, reports)
