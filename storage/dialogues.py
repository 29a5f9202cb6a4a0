"""What a chat remembers between messages, and what each message was about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, Select, Update, bindparam, insert, select, update
from sqlalchemy.orm import Session

from bot.rules.acts import Act
from storage.prepared import fetch, table_of
from storage.tables import DialogueRow, MessageRow


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The act understood before, the question that waits for its answer (JSON), failed turns in a row.

    A question has readings to choose from (`id`, `readings`, …), or it is a prompt: the message that asks for words or
    a figure (`prompt`), the items it is about (`items`), when it was sent (`at`).
    """

    previous: Act | None = None
    question: dict[str, Any] | None = None
    failures: int = 0

    @property
    def prompt(self) -> dict[str, Any] | None:
        """The question that waits, where it is a prompt."""
        return self.question if self.question and "prompt" in self.question else None

    @property
    def choice(self) -> dict[str, Any] | None:
        """The question that waits, where it has readings to choose from."""
        return self.question if self.question and "readings" in self.question else None

    def asking(self, choice: dict[str, Any] | None, items: Collection[str] = ()) -> dict[str, Any] | None:
        """What waits after a message about `items` that leaves `choice` open: a prompt about others goes on waiting."""
        waits = self.prompt if self.prompt and not set(items) & set(self.prompt["items"]) else None
        return choice or waits


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
    for row in fetch(session, _dialogue, chat=chat_id):
        return dialogue_of(*row)
    return Dialogue()


def dialogue_of(previous: dict[str, Any] | None, question: dict[str, Any] | None, failures: int) -> Dialogue:
    """A chat's memory from its row."""
    return Dialogue(Act.from_json(previous) if previous else None, question, failures)


def write_dialogue(session: Session, chat_id: int, dialogue: Dialogue) -> None:
    """Remember this of the chat, in place of what was remembered."""
    values: dict[str, Any] = {
        "previous": dialogue.previous.as_json() if dialogue.previous else None,
        "question": dialogue.question,
        "failures": dialogue.failures,
    }
    if not fetch(session, _change_dialogue, chat=chat_id, **values):
        fetch(session, _new_dialogue, chat_id=chat_id, **values)


def read_message(session: Session, chat_id: int, message_id: int) -> Message | None:
    """What a message was about, or None where it was about nothing."""
    for items, reports, act in fetch(session, _message, chat=chat_id, message=message_id):
        return Message(chat_id, message_id, tuple(items), tuple(reports), Act.from_json(act) if act else None)
    return None


def write_message(session: Session, message: Message, at: datetime) -> None:
    """Remember what a message was about, in place of what was remembered of it."""
    values: dict[str, Any] = {
        "items": list(message.items),
        "reports": list(message.reports),
        "act": message.act.as_json() if message.act else None,
        "at": at,
    }
    if not fetch(session, _change_message, chat=message.chat_id, message=message.message_id, **values):
        fetch(session, _new_message, chat_id=message.chat_id, message_id=message.message_id, **values)


def write_prompt(session: Session, message: Message, at: datetime) -> None:
    """Remember a message that asks for words or a figure: what it is about, and that the chat waits for its answer."""
    write_message(session, message, at)
    dialogue = read_dialogue(session, message.chat_id)
    waiting = {
        "id": f"p{message.message_id}",
        "prompt": message.message_id,
        "items": list(message.items),
        "at": at.isoformat(),
    }
    write_dialogue(session, message.chat_id, replace(dialogue, question=waiting))


# ---------------------------------------------------------------- the statements


def _dialogue() -> Select[*tuple[Any, ...]]:
    columns = select(DialogueRow.previous, DialogueRow.question, DialogueRow.failures)
    return columns.where(DialogueRow.chat_id == bindparam("chat"))


def _change_dialogue() -> Update:
    dialogues = table_of(DialogueRow)
    return update(dialogues).where(dialogues.c.chat_id == bindparam("chat")).returning(dialogues.c.chat_id)


def _new_dialogue() -> Insert:
    return insert(table_of(DialogueRow)).inline()


def _message() -> Select[*tuple[Any, ...]]:
    columns = select(MessageRow.items, MessageRow.reports, MessageRow.act)
    return columns.where(MessageRow.chat_id == bindparam("chat"), MessageRow.message_id == bindparam("message"))


def _change_message() -> Update:
    messages = table_of(MessageRow)
    here = (messages.c.chat_id == bindparam("chat"), messages.c.message_id == bindparam("message"))
    return update(messages).where(*here).returning(messages.c.message_id)


def _new_message() -> Insert:
    return insert(table_of(MessageRow)).inline()
