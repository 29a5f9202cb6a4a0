"""What a chat remembers between messages, and what each message was about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from bot.rules.acts import Act
from storage.tables import DialogueRow, MessageRow


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The act understood before, the question that waits for its answer (JSON), failed turns in a row."""

    previous: Act | None = None
    question: dict[str, Any] | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """What a message was about: items and reports by code and id, the act that it answers."""

    chat_id: int
    message_id: int
    items: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    act: Act | None = None


def read_dialogue(session: Session, chat_id: int) -> Dialogue:
    """The chat's memory; an empty one for a new chat."""
    row = session.get(DialogueRow, chat_id)
    if row is None:
        return Dialogue()
    return Dialogue(Act.from_json(row.previous) if row.previous else None, row.question, row.failures)


def write_dialogue(session: Session, chat_id: int, dialogue: Dialogue) -> None:
    """Remember this of the chat, in place of what was remembered."""
    values: dict[str, Any] = {
        "previous": dialogue.previous.as_json() if dialogue.previous else None,
        "question": dialogue.question,
        "failures": dialogue.failures,
    }
    known = update(DialogueRow).where(DialogueRow.chat_id == chat_id).values(values).returning(DialogueRow.chat_id)
    if session.execute(known).first() is None:
        session.execute(insert(DialogueRow).values(chat_id=chat_id, **values))


def read_message(session: Session, chat_id: int, message_id: int) -> Message | None:
    """What a message was about, or None where it was about nothing."""
    row = session.get(MessageRow, (chat_id, message_id))
    if row is None:
        return None
    act = Act.from_json(row.act) if row.act else None
    return Message(chat_id, message_id, tuple(row.items), tuple(row.reports), act)


def write_message(session: Session, message: Message, at: datetime) -> None:
    """Remember what a message was about, in place of what was remembered of it."""
    key = (MessageRow.chat_id == message.chat_id, MessageRow.message_id == message.message_id)
    values: dict[str, Any] = {
        "items": list(message.items),
        "reports": list(message.reports),
        "act": message.act.as_json() if message.act else None,
        "at": at,
    }
    known = update(MessageRow).where(*key).values(values).returning(MessageRow.message_id)
    if session.execute(known).first() is None:
        session.execute(insert(MessageRow).values(chat_id=message.chat_id, message_id=message.message_id, **values))
