"""Leases: a name that one owner holds until a moment, so that only one process polls and one sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.tables import LeaseRow


def acquire(session: Session, name: str, owner: str, now: datetime, until: datetime) -> bool:
    """Take or renew a lease, where nobody else holds it; returns whether `owner` holds it now."""
    free = or_(LeaseRow.owner == owner, LeaseRow.until < now)
    change = update(LeaseRow).where(LeaseRow.name == name, free).values(owner=owner, until=until)
    if _count(session.execute(change)):
        return True
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    new = insert(LeaseRow).values(name=name, owner=owner, until=until).on_conflict_do_nothing()
    return session.scalar(new.returning(LeaseRow.name)) is not None


def take_over(session: Session, name: str, former: str, owner: str, until: datetime) -> bool:
    """Take a lease from an owner known to be dead; returns whether it was still theirs."""
    change = update(LeaseRow).where(LeaseRow.name == name, LeaseRow.owner == former)
    return _count(session.execute(change.values(owner=owner, until=until))) == 1


def holder(session: Session, name: str) -> str | None:
    """Who had a lease last, whether or not it has run out."""
    return session.scalar(select(LeaseRow.owner).where(LeaseRow.name == name))


def release(session: Session, name: str, owner: str) -> None:
    """Give a lease back, where it is still ours."""
    session.execute(delete(LeaseRow).where(LeaseRow.name == name, LeaseRow.owner == owner))


def _count(result: Any) -> int:
    return cast("CursorResult[Any]", result).rowcount
