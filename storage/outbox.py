"""The outbox: notices to people, each there once, and what has become of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.tables import OutboxRow

WAITING, SENDING = "waiting", "sending"
SENT, PERHAPS, FAILED, BLOCKED, DROPPED = "sent", "perhaps", "failed", "blocked", "dropped"

# In `error` of a row that waits: an earlier attempt perhaps arrived, so the next lost answer is the last.
MARKED_PERHAPS = "perhaps sent"


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to be kept: facts for one person, to be told on a day from `due_at` on. A digest has no subject."""

    person_id: int
    chat_id: int
    day: date
    kind: str
    subject: str
    facts: dict[str, Any]
    due_at: datetime
    bulk: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that a sender has claimed. `attempts` counts this one; `perhaps`: an earlier one may have arrived."""

    id: int
    person_id: int
    chat_id: int
    day: date
    kind: str
    subject: str
    facts: dict[str, Any]
    due_at: datetime
    bulk: bool
    attempts: int
    perhaps: bool


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is due and waits or is being sent, since when; and how many were given up."""

    due: int
    oldest: datetime | None
    given_up: int


def put(session: Session, notices: Sequence[NewNotice], at: datetime) -> int:
    """Keep the notices that are not there yet (person, day, kind, subject); returns how many were new."""
    if not notices:
        return 0
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    fixed = {"next_at": None, "state": WAITING, "attempts": 0, "created_at": at}
    rows = [fixed | {name: getattr(one, name) for name in one.__slots__} | {"next_at": one.due_at} for one in notices]
    added = session.execute(insert(OutboxRow).on_conflict_do_nothing().returning(OutboxRow.id), rows)
    return len(added.all())


def claim(session: Session, owner: str, now: datetime, lease_until: datetime) -> Notice | None:
    """Take the next notice that is due, one that is not bulk first, and count the attempt before it is made."""
    row = _next_due(session, now, bulk=False) or _next_due(session, now, bulk=True)
    if row is None:
        return None
    shared = {name: getattr(row, name) for name in NewNotice.__slots__}
    notice = Notice(id=row.id, attempts=row.attempts + 1, perhaps=row.error == MARKED_PERHAPS, **shared)
    attempt = {"state": SENDING, "attempts": notice.attempts, "owner": owner, "lease_until": lease_until}
    change = update(OutboxRow).where(OutboxRow.id == row.id, OutboxRow.state == WAITING).values(attempt)
    return notice if _count(session.execute(change)) else None


def recover(session: Session, owner: str, now: datetime) -> int:
    """Deal with what another sender, or an expired lease, left half-sent: perhaps sent. Returns how many rows."""
    left = or_(OutboxRow.owner != owner, OutboxRow.lease_until < now)
    stuck = update(OutboxRow).where(OutboxRow.state == SENDING, left)
    twice = session.execute(stuck.where(OutboxRow.error == MARKED_PERHAPS).values(state=PERHAPS))
    once = session.execute(stuck.values(state=WAITING, error=MARKED_PERHAPS, next_at=now))
    return _count(twice) + _count(once)


def settle(
    session: Session,
    notice: Notice,
    owner: str,
    state: str,
    *,
    error: str | None = None,
    at: datetime | None = None,
    message_id: int | None = None,
) -> bool:
    """Write how a claimed notice ended. Returns whether it was still ours."""
    ours = (OutboxRow.id == notice.id, OutboxRow.state == SENDING, OutboxRow.owner == owner)
    end = {"state": state, "error": error, "sent_at": at, "message_id": message_id}
    return _count(session.execute(update(OutboxRow).where(*ours).values(end))) == 1


def put_back(
    session: Session, notice: Notice, owner: str, next_at: datetime, *, error: str | None, uncounted: bool = False
) -> bool:
    """Let a claimed notice wait again; `uncounted`: as if this attempt had not been."""
    ours = (OutboxRow.id == notice.id, OutboxRow.state == SENDING, OutboxRow.owner == owner)
    again = {"state": WAITING, "next_at": next_at, "error": MARKED_PERHAPS if notice.perhaps else error}
    attempts = notice.attempts - uncounted
    return _count(session.execute(update(OutboxRow).where(*ours).values(again | {"attempts": attempts}))) == 1


def close_chat(session: Session, chat_id: int, error: str) -> int:
    """End everything that waits for a chat which takes no more messages; returns how many."""
    waiting = update(OutboxRow).where(OutboxRow.chat_id == chat_id, OutboxRow.state == WAITING)
    return _count(session.execute(waiting.values(state=BLOCKED, error=error)))


def move_chat(session: Session, old: int, new: int) -> int:
    """Send what waits for a chat to its new id; returns how many."""
    open_rows = update(OutboxRow).where(OutboxRow.chat_id == old, OutboxRow.state.in_((WAITING, SENDING)))
    return _count(session.execute(open_rows.values(chat_id=new)))


def backlog(session: Session, now: datetime) -> Backlog:
    """What the sender has before it now."""
    due = or_(OutboxRow.state == SENDING, (OutboxRow.state == WAITING) & (OutboxRow.next_at <= now))
    count, oldest = session.execute(select(func.count(), func.min(OutboxRow.due_at)).where(due)).one()
    lost = select(func.count()).where(OutboxRow.state.in_((PERHAPS, FAILED)))
    return Backlog(count, oldest, session.scalar(lost) or 0)


def _next_due(session: Session, now: datetime, *, bulk: bool) -> OutboxRow | None:
    due = select(OutboxRow).where(OutboxRow.state == WAITING, OutboxRow.bulk.is_(bulk), OutboxRow.next_at <= now)
    first = due.order_by(OutboxRow.next_at, OutboxRow.id).limit(1)
    return session.scalar(first.with_for_update(skip_locked=True))


def _count(result: Any) -> int:
    return cast("CursorResult[Any]", result).rowcount
