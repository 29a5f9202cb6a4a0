"""A person's data taken away: what they reported stays on record under their unit, without them."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.inbox import WAITING
from storage.tables import (
    AuditRow,
    CalendarRow,
    ChatRow,
    DialogueRow,
    InboxRow,
    InviteRow,
    LeaveRow,
    MessageRow,
    OutboxRow,
    PersonRow,
    ReminderRow,
    ReportRow,
    ZoneRow,
)

NOBODY = "—"  # in place of a name


def erase(session: Session, person_id: int, user_id: int, name: str) -> None:
    """Take away name, account, chat and what was said in it; an update still being handled goes with the old ones.

    The row itself stays, so that what was decided by somebody remains decided by one and the same somebody.
    """
    chats = [user_id, *session.scalars(select(ChatRow.chat_id).where(ChatRow.person_id == person_id))]
    for row in (DialogueRow, MessageRow):
        session.execute(delete(row).where(row.chat_id.in_(chats)))
    session.execute(delete(InboxRow).where(InboxRow.chat_id.in_(chats), InboxRow.state != WAITING))
    for owned in (ReminderRow, OutboxRow, LeaveRow, ZoneRow, CalendarRow, ChatRow):
        session.execute(delete(owned).where(owned.person_id == person_id))
    unnamed = {"by": None, "chat_id": None, "message_id": None}
    session.execute(update(ReportRow).where(ReportRow.person_id == person_id).values(unnamed))
    session.execute(update(ReportRow).where(ReportRow.by == name).values(by=None))  # those that came with a workbook
    session.execute(update(InviteRow).where(InviteRow.used_by == person_id).values(name=None))
    session.execute(delete(AuditRow).where(AuditRow.subject == f"account:{user_id}"))
    # No account of Telegram has a negative number.
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(name=NOBODY, user_id=-person_id))
