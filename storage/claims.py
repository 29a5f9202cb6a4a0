"""Claims: which process handles a chat. A claim is a lease named after the chat, so that its updates stay in order.

A chat, not an update, is what is claimed: two processes that took one update each would answer out of order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.inbox import WAITING, Mark, mark
from storage.tables import InboxRow, LeaseRow

PREFIX = "chat:"


def free_chats(session: Session, now: datetime, limit: int) -> list[int | None]:
    """Chats with updates that wait and that nobody handles now, the longest wait first."""
    waiting = select(InboxRow.chat_id, func.min(InboxRow.id).label("first")).where(InboxRow.state == WAITING)
    chats = waiting.group_by(InboxRow.chat_id).subquery()
    name = literal(PREFIX) + func.coalesce(cast(chats.c.chat_id, String), "")
    found = select(chats.c.chat_id).outerjoin(LeaseRow, LeaseRow.name == name)
    free = found.where(or_(LeaseRow.name.is_(None), LeaseRow.until < now))
    return list(session.scalars(free.order_by(chats.c.first).limit(limit)))


def claim(
    session: Session, chats: Sequence[int | None], owner: str, now: datetime, until: datetime
) -> list[int | None]:
    """Take those of the chats that nobody holds; gives them back in the order given."""
    names = sorted(map(_name, chats))  # in one order, so that two processes never wait for each other
    left = select(LeaseRow.name).where(LeaseRow.name.in_(names), LeaseRow.until < now)
    taken = set(session.scalars(left.order_by(LeaseRow.name).with_for_update(skip_locked=True)))
    session.execute(update(LeaseRow).where(LeaseRow.name.in_(taken)).values(owner=owner, until=until))
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = [{"name": name, "owner": owner, "until": until} for name in names if name not in taken]
    if rows:
        added = insert(LeaseRow).values(rows).on_conflict_do_nothing().returning(LeaseRow.name)
        taken.update(session.scalars(added))
    return [chat for chat in chats if _name(chat) in taken]


def finish(
    session: Session, marks: Sequence[Mark], at: datetime, chats: Sequence[int | None], owner: str
) -> list[int | None]:
    """Write what became of updates, and give back the chats without any more; returns the chats that have some."""
    if marks:
        mark(session, marks, at)
    more = [chat for chat in chats if _waits(session, chat)]
    done = [_name(chat) for chat in chats if chat not in more]
    session.execute(delete(LeaseRow).where(LeaseRow.name.in_(done), LeaseRow.owner == owner))
    return more


def renew(session: Session, owner: str, until: datetime) -> int:
    """Hold on to every claim of this owner; returns how many there are."""
    ours = select(LeaseRow.name).where(LeaseRow.owner == owner, _is_claim())
    names = list(session.scalars(ours.order_by(LeaseRow.name).with_for_update()))
    session.execute(update(LeaseRow).where(LeaseRow.name.in_(names)).values(until=until))
    return len(names)


def owners(session: Session, but: str) -> list[str]:
    """Who else holds chats, or did last."""
    return list(session.scalars(select(LeaseRow.owner).where(_is_claim(), LeaseRow.owner != but).distinct()))


def release(session: Session, owner: str) -> None:
    """Give back every claim of this owner."""
    session.execute(delete(LeaseRow).where(LeaseRow.owner == owner, _is_claim()))


def _waits(session: Session, chat: int | None) -> bool:
    row = select(InboxRow.id).where(InboxRow.state == WAITING, InboxRow.chat_id.is_not_distinct_from(chat))
    return session.scalar(row.limit(1)) is not None


def _is_claim() -> ColumnElement[bool]:
    return LeaseRow.name.startswith(PREFIX)


def _name(chat: int | None) -> str:
    return f"{PREFIX}{'' if chat is None else chat}"
