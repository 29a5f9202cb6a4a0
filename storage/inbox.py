"""The inbox: updates as they came, and what has become of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.tables import InboxRow

WAITING, DONE, UNREADABLE = "waiting", "done", "unreadable"


@dataclass(frozen=True, slots=True)
class Incoming:
    """An update before it is kept. `raw` is canonical JSON (ASCII), `digest` its SHA-256; `chat_id` may be unknown."""

    update_id: int
    digest: str
    chat_id: int | None
    raw: str
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """An update on disk that waits to be handled. `key` names it for ever: its id and its content."""

    id: int
    chat_id: int | None
    key: str
    raw: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a kept update: done (perhaps with the class of an error), or unreadable."""

    id: int
    state: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits, since when, and how many updates were set aside because nobody could read them."""

    waiting: int
    oldest: datetime | None
    unreadable: int


def keep(session: Session, incoming: Sequence[Incoming], at: datetime, owner: str) -> list[Kept]:
    """Store what is new, in order, and give back what of it is to be handled. Known is the same id and content."""
    if not incoming:
        return []
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    columns = (InboxRow.id, InboxRow.update_id, InboxRow.digest)
    statement = insert(cast(Table, InboxRow.__table__)).on_conflict_do_nothing().returning(*columns)
    rows: list[dict[str, Any]] = [_values(one, at, owner) for one in incoming]
    ids = {(number, digest): id_ for id_, number, digest in session.execute(statement, rows)}
    new = [(ids.pop((one.update_id, one.digest), None), one) for one in incoming]
    return [
        Kept(id_, one.chat_id, _key(one.update_id, one.digest), one.raw) for id_, one in new if id_ and one.readable
    ]


def waiting_of(session: Session, chat_id: int | None, after: int, limit: int) -> list[Kept]:
    """The next updates of one chat that wait, oldest first, with an id greater than `after`."""
    columns = select(InboxRow.id, InboxRow.chat_id, InboxRow.update_id, InboxRow.digest, InboxRow.raw)
    found = columns.where(InboxRow.state == WAITING, InboxRow.chat_id.is_not_distinct_from(chat_id))
    rows = session.execute(found.where(InboxRow.id > after).order_by(InboxRow.id).limit(limit))
    return [Kept(id_, chat, _key(number, digest), raw) for id_, chat, number, digest, raw in rows]


def waiting_chats(session: Session) -> list[int | None]:
    """The chats with updates that wait, in the order of their oldest one."""
    found = select(InboxRow.chat_id).where(InboxRow.state == WAITING).group_by(InboxRow.chat_id)
    return list(session.scalars(found.order_by(func.min(InboxRow.id))))


def mark(session: Session, marks: Sequence[Mark], at: datetime) -> None:
    """Write down what became of the updates."""
    change = update(cast(Table, InboxRow.__table__)).where(InboxRow.id == bindparam("row"))
    values = change.values(state=bindparam("now_is"), done_at=bindparam("at"), error=bindparam("why"))
    rows = [{"row": one.id, "now_is": one.state, "at": at, "why": one.error} for one in marks]
    session.execute(values, rows)


def prune(session: Session, before: datetime, limit: int = 1000) -> int:
    """Delete at most `limit` handled updates that were done before then; returns how many. Unreadable ones stay."""
    old = select(InboxRow.id).where(InboxRow.state == DONE, InboxRow.done_at < before).limit(limit)
    found = list(session.scalars(old))
    session.execute(delete(InboxRow).where(InboxRow.id.in_(found)))
    return len(found)


def backlog(session: Session) -> Backlog:
    """What waits now."""
    states = select(InboxRow.state, func.count(), func.min(InboxRow.received_at))
    rows = session.execute(states.where(InboxRow.state != DONE).group_by(InboxRow.state))
    found = {state: (count, oldest) for state, count, oldest in rows}
    waiting, oldest = found.get(WAITING, (0, None))
    return Backlog(waiting, oldest, found.get(UNREADABLE, (0, None))[0])


def _values(one: Incoming, at: datetime, owner: str) -> dict[str, Any]:
    state = WAITING if one.readable else UNREADABLE
    named = {"update_id": one.update_id, "digest": one.digest, "chat_id": one.chat_id, "raw": one.raw}
    return named | {"received_at": at, "state": state, "owner": owner}


def _key(update_id: int, digest: str) -> str:
    return f"{update_id}-{digest[:16]}"
