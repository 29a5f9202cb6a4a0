"""What reminding needs of the database: digests told before, personal reminders, reports of a day, closed chats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, insert, select, update
from sqlalchemy.orm import Session

from bot.rules.record import Report
from storage.outbox import DROPPED, PERHAPS, SENT, WAITING
from storage.record import as_report
from storage.tables import ChatRow, ItemRow, OutboxRow, ReminderRow, ReportRow

CHUNK = 500  # people in one IN (…)
TOLD = frozenset({SENT, PERHAPS})


@dataclass(frozen=True, slots=True)
class Past:
    """One digest that was planned earlier: for whom, on which day, whether it was told, and its facts."""

    person_id: int
    day: date
    told: bool
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OwnReminder:
    """A reminder that a person asked for: the item's code, and the moment (UTC)."""

    id: int
    person_id: int
    item: str
    at: datetime


# ---------------------------------------------------------------- digests


def past_digests(session: Session, kind: str, people: Sequence[int], first: date, before: date) -> list[Past]:
    """The digests of a kind planned for these people from `first` on and before a day, newest day first."""
    found: list[Past] = []
    columns = (OutboxRow.person_id, OutboxRow.day, OutboxRow.state, OutboxRow.facts)
    for start in range(0, len(people), CHUNK):
        mine = OutboxRow.person_id.in_(people[start : start + CHUNK])
        days = (OutboxRow.day >= first, OutboxRow.day < before, OutboxRow.kind == kind, OutboxRow.subject == "")
        rows = session.execute(select(*columns).where(mine, *days))
        found += [Past(person, day, state in TOLD, facts) for person, day, state, facts in rows]
    return sorted(found, key=lambda past: past.day, reverse=True)


def drop_superseded(session: Session, kind: str, people: Sequence[int], day: date) -> int:
    """Give up the digests of earlier days that still wait: only the latest matters. Returns how many."""
    older = (OutboxRow.kind == kind, OutboxRow.subject == "", OutboxRow.day < day, OutboxRow.state == WAITING)
    change = update(OutboxRow).where(OutboxRow.person_id.in_(people), *older).values(state=DROPPED)
    return _count(session.execute(change))


# ---------------------------------------------------------------- personal reminders


def add_reminder(session: Session, person_id: int, item_id: int, at: datetime, made_at: datetime) -> int:
    """Keep a reminder; the same person, item and moment once. Returns its id."""
    same = (ReminderRow.person_id == person_id, ReminderRow.item_id == item_id, ReminderRow.at == at)
    known = session.scalar(select(ReminderRow.id).where(*same, ReminderRow.done_at.is_(None)))
    if known is not None:
        return known
    values = {"person_id": person_id, "item_id": item_id, "at": at, "made_at": made_at}
    return session.execute(insert(ReminderRow).values(values).returning(ReminderRow.id)).scalar_one()


def reminder_waits(session: Session, now: datetime) -> bool:
    """Whether any personal reminder is due."""
    query = select(ReminderRow.id).where(ReminderRow.at <= now, ReminderRow.done_at.is_(None))
    return session.execute(query.limit(1)).first() is not None


def take_reminders(session: Session, now: datetime) -> Mapping[int, list[OwnReminder]]:
    """The personal reminders that are due, by person, oldest first; they count as seen to from now on."""
    due = (ReminderRow.at <= now, ReminderRow.done_at.is_(None))
    query = select(ReminderRow, ItemRow.code).join(ItemRow).where(*due).order_by(ReminderRow.at, ReminderRow.id)
    found: dict[int, list[OwnReminder]] = defaultdict(list)
    for row, code in session.execute(query.with_for_update(of=ReminderRow, skip_locked=True)):
        found[row.person_id].append(OwnReminder(row.id, row.person_id, code, row.at))
        row.done_at = now
    return found


# ---------------------------------------------------------------- the day's reports


def reports_in(session: Session, plan_id: int, after: datetime, until: datetime) -> list[Report]:
    """What was reported in a span of time and still counts, in the order written."""
    span = (ReportRow.at > after, ReportRow.at <= until, ItemRow.plan_id == plan_id, ReportRow.undoes.is_(None))
    query = select(ReportRow, ItemRow.code).join(ItemRow).where(*span).order_by(ReportRow.id)
    reports = [as_report(row, code) for row, code in session.execute(query)]
    gone = answered_of(session, [r.id for r in reports])
    return [r for r in reports if r.id not in gone]


def answered_of(session: Session, uids: Sequence[str]) -> frozenset[str]:
    """Which of the reports have been corrected or taken back."""
    gone: set[str] = set()
    for start in range(0, len(uids), CHUNK):
        some = uids[start : start + CHUNK]
        for column in (ReportRow.corrects, ReportRow.undoes):
            gone |= {uid for uid in session.scalars(select(column).where(column.in_(some))) if uid}
    return frozenset(gone)


# ---------------------------------------------------------------- chats


def unreachable(session: Session) -> frozenset[int]:
    """The people whose private chat takes no more messages."""
    closed = select(ChatRow.person_id).where(ChatRow.closed.is_not(None), ChatRow.kind == "private")
    return frozenset(person for person in session.scalars(closed) if person is not None)


def close_chat(session: Session, chat_id: int, person_id: int | None, why: str) -> bool:
    """Write nobody there any more; returns whether this is new."""
    row = session.get(ChatRow, chat_id)
    if row is None:
        kind = "private" if chat_id > 0 else "group"  # Telegram numbers groups below zero
        session.add(ChatRow(chat_id=chat_id, person_id=person_id, kind=kind, closed=why))
        return True
    was_open = row.closed is None
    row.closed = row.closed or why
    return was_open


def rename_chat(session: Session, old: int, new: int) -> None:
    """A group has another id now. Told twice, it changes nothing."""
    if session.get(ChatRow, new) is None:
        session.execute(update(ChatRow).where(ChatRow.chat_id == old).values(chat_id=new))
    else:
        session.execute(delete(ChatRow).where(ChatRow.chat_id == old))


def _count(result: Any) -> int:
    return cast("CursorResult[Any]", result).rowcount
