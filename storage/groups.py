"""Groups that the bot is in: which unit each is linked to, and in which of its topics it writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.tables import GroupRow


@dataclass(frozen=True, slots=True)
class Group:
    """A group. `unit` is None for the committee's own; `thread_id` is the topic that the bot writes in."""

    id: int
    chat_id: int
    title: str
    language: str
    linked: bool
    unit: str | None = None
    thread_id: int | None = None


def group_in(session: Session, chat_id: int) -> Group | None:
    """The group of a chat that the bot is in."""
    row = session.scalar(select(GroupRow).where(GroupRow.chat_id == chat_id, GroupRow.left_at.is_(None)))
    return _group(row) if row else None


def group_with(session: Session, group_id: int) -> Group | None:
    """A group, whether the bot is still in it or not."""
    row = session.get(GroupRow, group_id)
    return _group(row) if row else None


def linked_groups(session: Session) -> list[Group]:
    """The groups that digests go to."""
    linked = (GroupRow.linked_at.is_not(None), GroupRow.left_at.is_(None))
    return [_group(row) for row in session.scalars(select(GroupRow).where(*linked).order_by(GroupRow.id))]


def enter_group(session: Session, chat_id: int, title: str, language: str) -> Group:
    """The bot is in a group; one that it had left has to be linked again."""
    row = session.scalar(select(GroupRow).where(GroupRow.chat_id == chat_id))
    if row is None:
        row = GroupRow(chat_id=chat_id, title=title, language=language)
        session.add(row)
    elif row.left_at is not None:
        row.left_at = row.linked_at = row.unit = row.thread_id = None
    row.title = title or row.title
    session.flush()
    return _group(row)


def link_group(
    session: Session, group_id: int, unit: str | None, thread_id: int | None, language: str, at: datetime
) -> None:
    """Let a group be a unit's, or (None) the committee's."""
    values = {"unit": unit, "thread_id": thread_id, "language": language, "linked_at": at}
    session.execute(update(GroupRow).where(GroupRow.id == group_id).values(values))


def leave_group(session: Session, chat_id: int, at: datetime) -> Group | None:
    """The bot is no longer in a group; the group where this is new."""
    found = group_in(session, chat_id)
    if found is not None:
        session.execute(update(GroupRow).where(GroupRow.id == found.id).values(left_at=at))
    return found


def move_group(session: Session, old: int, new: int) -> None:
    """A group has another id now. Told twice, it changes nothing."""
    known = session.scalar(select(GroupRow.id).where(GroupRow.chat_id == old))
    if known is not None:
        session.execute(delete(GroupRow).where(GroupRow.chat_id == new))
        session.execute(update(GroupRow).where(GroupRow.id == known).values(chat_id=new, left_at=None))


def _group(row: GroupRow) -> Group:
    return Group(row.id, row.chat_id, row.title, row.language, row.linked_at is not None, row.unit, row.thread_id)
