"""The tables: what is kept, and what may be there only once.

A plan belongs to a year; its items never disappear (they are withdrawn). Reports are append-only. What follows from the
reports stands in `facts`, written in the same transaction as the report, so that a question never reads the reports.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage.types import Amount, Moment

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of the tables: one metadata, constraint names that are the same on every engine."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        datetime: Moment,
        Decimal: Amount,
        dict[str, Any]: JSON(none_as_null=True),
        list[str]: JSON,
        list[int]: JSON,
    }


# ---------------------------------------------------------------- the plan


class PlanRow(Base):
    """A year's plan. `version` changes with the items, `revision` with every fact as well."""

    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    loaded_at: Mapped[datetime]


class UnitRow(Base):
    """A unit; it lives longer than a plan. `position` keeps the workbook's order."""

    __tablename__ = "units"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    name_vi: Mapped[str] = mapped_column(Text)
    name_bn: Mapped[str | None] = mapped_column(Text)
    aliases: Mapped[list[str]]
    kind: Mapped[str | None] = mapped_column(Text)
    parent: Mapped[str | None] = mapped_column(String(40))
    members: Mapped[list[str]]


class PillarRow(Base):
    """A field of work of one plan."""

    __tablename__ = "pillars"
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    name_vi: Mapped[str] = mapped_column(Text)
    name_bn: Mapped[str | None] = mapped_column(Text)


class ItemRow(Base):
    """A target or a task. `goal_*` is empty for tasks; `q1` to `q4` are a target's planned points."""

    __tablename__ = "items"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    name_vi: Mapped[str] = mapped_column(Text)
    name_bn: Mapped[str | None] = mapped_column(Text)
    pillar: Mapped[str | None] = mapped_column(String(40))
    measure: Mapped[str | None] = mapped_column(Text)
    baseline: Mapped[Decimal | None]
    goal_text: Mapped[str | None] = mapped_column(Text)
    goal_value: Mapped[Decimal | None]
    goal_upper: Mapped[Decimal | None]
    goal_direction: Mapped[str | None] = mapped_column(String(4))
    q1: Mapped[Decimal | None]
    q2: Mapped[Decimal | None]
    q3: Mapped[Decimal | None]
    q4: Mapped[Decimal | None]
    once: Mapped[bool]
    start: Mapped[date]
    due: Mapped[date | None]
    due_text: Mapped[str | None] = mapped_column(Text)
    extended: Mapped[date | None]
    target: Mapped[str | None] = mapped_column(String(40))
    product: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    withdrawn: Mapped[bool]


class ItemUnitRow(Base):
    """Who leads an item (`lead`) and who works with it (`with`), several of each, in the order written."""

    __tablename__ = "item_units"
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(4), primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"), primary_key=True)
    position: Mapped[int]


class RosterRow(Base):
    """A row of the plan's People sheet: who may be invited, not who has access."""

    __tablename__ = "roster"
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(5))


class DayRow(Base):
    """The office's own calendar: a day off, or a day worked, whatever the public holidays say."""

    __tablename__ = "day_overrides"
    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")


# ---------------------------------------------------------------- people


class PersonRow(Base):
    """Somebody of the committee who has joined. `left_at` ends every access at once."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    name: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(5))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class PostRow(Base):
    """What a person is, and for which unit; `ended_at` keeps the past."""

    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"), index=True)
    role: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class InviteRow(Base):
    """A single-use link, kept as its hash; `roster_name` is the person of the People sheet whom it is for."""

    __tablename__ = "invites"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"))
    role: Mapped[str] = mapped_column(String(10))
    name: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(5))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None]


# ---------------------------------------------------------------- the record


class ReportRow(Base):
    """One report on one item, never changed. `key` makes a message that is handled twice write once."""

    __tablename__ = "reports"
    __table_args__ = (Index("ix_reports_item_on", "item_id", "on"), Index("ix_reports_at", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    on: Mapped[date]
    percent: Mapped[Decimal | None]
    value: Mapped[Decimal | None]
    state: Mapped[str | None] = mapped_column(String(12))
    difficulty: Mapped[str | None] = mapped_column(Text)
    proposal: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    unit: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime | None]
    text: Mapped[str | None] = mapped_column(Text)
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    corrects: Mapped[str | None] = mapped_column(String(64), index=True)
    undoes: Mapped[str | None] = mapped_column(String(64), index=True)


class EvidenceRow(Base):
    """A photo or file that came with a report, held by Telegram under its file id."""

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_uid: Mapped[str] = mapped_column(ForeignKey("reports.uid"), index=True)
    file_id: Mapped[str] = mapped_column(Text)
    unique_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]


class FactRow(Base):
    """What the reports say of an item by now; `revision` is the plan's when this last changed.

    `ahead` is the day of the first report that lies in the future and is not counted yet.
    """

    __tablename__ = "facts"
    __table_args__ = (Index("ix_facts_plan_revision", "plan_id", "revision"),)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    code: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int]
    value: Mapped[Decimal | None]
    value_on: Mapped[date | None]
    percent: Mapped[Decimal | None]
    percent_on: Mapped[date | None]
    state: Mapped[str | None] = mapped_column(String(12))
    last_on: Mapped[date | None]
    done_on: Mapped[date | None]
    difficulty: Mapped[str | None] = mapped_column(Text)
    proposal: Mapped[str | None] = mapped_column(Text)
    reports: Mapped[int]
    ahead: Mapped[date | None]


class ExtensionRow(Base):
    """A request for a later deadline and what became of it; both dates stay."""

    __tablename__ = "extensions"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    until: Mapped[date]
    reason: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))  # pending, approved, refused, replaced
    granted: Mapped[date | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]


class ReminderRow(Base):
    """Something a person asked to be reminded of at a moment of their own."""

    __tablename__ = "reminders"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class AuditRow(Base):
    """Who changed what of the plan or the people, and when. Nothing is ever removed from it."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    action: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]]


# ---------------------------------------------------------------- the conversation


class ChatRow(Base):
    """A chat we may write to. `closed` says why not: blocked, left, gone."""

    __tablename__ = "chats"
    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    closed: Mapped[str | None] = mapped_column(String(12))


class DialogueRow(Base):
    """What a chat remembers: the act understood before, a question that waits for its answer, failed turns in a row."""

    __tablename__ = "dialogues"
    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    previous: Mapped[dict[str, Any] | None]
    question: Mapped[dict[str, Any] | None]
    failures: Mapped[int] = mapped_column(default=0)


class MessageRow(Base):
    """What a message (ours, or a person's report) was about, so that a reply, a press or an edit finds it."""

    __tablename__ = "messages"
    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    items: Mapped[list[str]]
    reports: Mapped[list[str]]
    act: Mapped[dict[str, Any] | None]
    at: Mapped[datetime]


# ---------------------------------------------------------------- delivery


class InboxRow(Base):
    """An update as it came, written before it is acknowledged. `state`: waiting, done, unreadable."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("update_id", "digest"), Index("ix_inbox_state_chat", "state", "chat_id", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    raw: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    owner: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class OutboxRow(Base):
    """A notice to one person: facts, put into words when it is sent. Unique by person, day, kind and subject.

    `state`: waiting, sending, sent, perhaps, failed, blocked, dropped. A digest's subject is empty.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("person_id", "day", "kind", "subject"),
        Index("ix_outbox_state_bulk_next", "state", "bulk", "next_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    chat_id: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(80), default="")
    facts: Mapped[dict[str, Any]]
    bulk: Mapped[bool]
    due_at: Mapped[datetime]
    next_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class LeaseRow(Base):
    """Who polls, who sends: one owner at a time, until a moment."""

    __tablename__ = "leases"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(40))
    until: Mapped[datetime]


# ---------------------------------------------------------------- reminding


class EscalationRow(Base):
    """A step that has been taken about an item's due date (`rules.reminders.Step`), and the day: once for each date."""

    __tablename__ = "escalations"
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    due: Mapped[date] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date]


class UrgeRow(Base):
    """The office has urged the units of an item."""

    __tablename__ = "urges"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class LeaveRow(Base):
    """A person is on leave from a day to another, both included; `ended_at` where they came back before."""

    __tablename__ = "leaves"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    first: Mapped[date]
    until: Mapped[date]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ZoneRow(Base):
    """A person whose time zone is not the deployment's."""

    __tablename__ = "zones"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    zone: Mapped[str] = mapped_column(String(40))


class CalendarRow(Base):
    """A person who has taken their calendar, and which dates it had (`dates` is a digest of them)."""

    __tablename__ = "calendars"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    dates: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime]


class GroupRow(Base):
    """A group that the bot is in. `unit` is None for the committee's own; `linked_at` is None before it is linked."""

    __tablename__ = "groups"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    thread_id: Mapped[int | None] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text, default="")
    unit: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    linked_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
