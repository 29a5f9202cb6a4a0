"""What reminding needs of the database: digests told before, personal reminders, reports of a day, closed chats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.rules.record import Report
from bot.rules.reminders import Step, Trail
from bot.rules.requests import Outcome
from storage.outbox import DROPPED, PERHAPS, SENT, WAITING
from storage.record import as_report
from storage.tables import (
    CalendarRow,
    ChatRow,
    DayRow,
    EscalationRow,
    ExtensionRow,
    ItemRow,
    LeaveRow,
    OutboxRow,
    ReminderRow,
    ReportRow,
    UrgeRow,
    ZoneRow,
)

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
    made_at: datetime


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
        found[row.person_id].append(OwnReminder(row.id, row.person_id, code, row.at, row.made_at))
        row.done_at = now
    return found


def put_off(session: Session, plan_id: int, after: datetime) -> Mapping[int, frozenset[str]]:
    """What each person has asked to be reminded of at a moment from `after` on, whether that has come or not."""
    query = select(ReminderRow.person_id, ItemRow.code).join(ItemRow).where(ReminderRow.at >= after)
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, code in session.execute(query.where(ItemRow.plan_id == plan_id)):
        found[person_id].add(code)
    return {person_id: frozenset(codes) for person_id, codes in found.items()}


def reported_after(session: Session, item_id: int, moment: datetime) -> bool:
    """Whether anything was reported on an item after a moment."""
    later = select(ReportRow.id).where(ReportRow.item_id == item_id, ReportRow.at > moment, ReportRow.undoes.is_(None))
    return session.execute(later.limit(1)).first() is not None


# ---------------------------------------------------------------- escalation


def trails(session: Session, plan_id: int, dues: Mapping[str, date], zone: ZoneInfo) -> Mapping[str, Trail]:
    """The steps taken about each item's due date that counts now (`dues`, by code), and its requests.

    The days of decisions are those of `zone`.
    """
    steps: dict[str, dict[Step, date]] = defaultdict(dict)
    columns = (ItemRow.code, EscalationRow.due, EscalationRow.step, EscalationRow.day)
    mine = ItemRow.plan_id == plan_id
    for code, due, step, day in session.execute(select(*columns).join(ItemRow).where(mine)):
        if dues.get(code) == due:
            steps[code][Step(step)] = day
    waiting: set[str] = set()
    decided: dict[str, date] = {}
    requests = select(ItemRow.code, ExtensionRow.state, ExtensionRow.decided_at).join(ItemRow).where(mine)
    for code, state, at in session.execute(requests.order_by(ExtensionRow.id)):
        if state == Outcome.PENDING:
            waiting.add(code)
        elif at is not None and state != Outcome.REPLACED:
            decided[code] = at.astimezone(zone).date()
    return {code: Trail(taken, code in waiting, decided.get(code)) for code, taken in steps.items()}


def write_steps(session: Session, taken: Mapping[tuple[int, date, int], date]) -> None:
    """Remember steps, by (item id, due date, step), with their day; those known already stay as they are."""
    if taken:
        insert_new = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        rows = [{"item_id": i, "due": due, "step": step, "day": day} for (i, due, step), day in taken.items()]
        session.execute(insert_new(EscalationRow).on_conflict_do_nothing(), rows)


def last_urge(session: Session, item_id: int) -> datetime | None:
    """When the item was last urged about."""
    return session.scalar(select(func.max(UrgeRow.at)).where(UrgeRow.item_id == item_id))


def add_urge(session: Session, item_id: int, person_id: int, at: datetime) -> int:
    """Keep an urge. Returns its id."""
    values = {"item_id": item_id, "person_id": person_id, "at": at}
    return session.execute(insert(UrgeRow).values(values).returning(UrgeRow.id)).scalar_one()


# ---------------------------------------------------------------- leave, and other clocks


def on_leave(session: Session, day: date) -> Mapping[int, date]:
    """The people who are on leave that day (by id), and until when."""
    there = (LeaveRow.first <= day, LeaveRow.until >= day, LeaveRow.ended_at.is_(None))
    query = select(LeaveRow.person_id, func.max(LeaveRow.until)).where(*there).group_by(LeaveRow.person_id)
    return dict(session.execute(query).all())


def start_leave(session: Session, person_id: int, first: date, until: date, at: datetime) -> None:
    """Let a person be on leave from a day to another, instead of whatever leave they had."""
    end_leave(session, person_id, at)
    session.add(LeaveRow(person_id=person_id, first=first, until=until, made_at=at))


def end_leave(session: Session, person_id: int, at: datetime) -> int:
    """End a person's leave; returns how many were open."""
    open_ = (LeaveRow.person_id == person_id, LeaveRow.ended_at.is_(None))
    return _count(session.execute(update(LeaveRow).where(*open_).values(ended_at=at)))


def zones(session: Session) -> Mapping[int, str]:
    """The time zones of those who have one of their own, by person."""
    return dict(session.execute(select(ZoneRow.person_id, ZoneRow.zone)).all())


def set_zone(session: Session, person_id: int, zone: str | None) -> None:
    """Let a person have a time zone of their own, or (None) the deployment's."""
    session.execute(delete(ZoneRow).where(ZoneRow.person_id == person_id))
    if zone is not None:
        session.add(ZoneRow(person_id=person_id, zone=zone))


# ---------------------------------------------------------------- calendars


def calendars(session: Session) -> Mapping[int, str]:
    """Who has taken their calendar, by person, and the digest of the dates that it had."""
    return dict(session.execute(select(CalendarRow.person_id, CalendarRow.dates)).all())


def keep_calendar(session: Session, person_id: int, dates: str, at: datetime) -> None:
    """Remember that a person has taken their calendar with these dates."""
    session.merge(CalendarRow(person_id=person_id, dates=dates, taken_at=at))


def set_day(session: Session, day: date, working: bool | None, note: str) -> None:
    """The office's word on a day: worked, off, or (None) nothing any more."""
    if working is None:
        session.execute(delete(DayRow).where(DayRow.day == day))
    else:
        session.merge(DayRow(day=day, working=working, note=note))


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
