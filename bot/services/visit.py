"""Who is writing, and in which situation: everything that a message needs, read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from bot.rules.book import Book
from bot.rules.people import Person
from bot.services.shelf import NoPlan, Shelf
from storage.dialogues import Dialogue, Message, read_dialogue, read_message
from storage.people import person_by_user


@dataclass(frozen=True, slots=True)
class Visit:
    """A message's surroundings. `person` is None for a stranger, `book` None before a plan is loaded.

    `about` is what the message replied to, pressed or edited was about; `prompt` what we asked for last and still wait
    for, where the message refers to none.
    """

    person: Person | None
    book: Book | None
    dialogue: Dialogue
    about: Message | None
    prompt: Message | None = None


def visit(session: Session, shelf: Shelf, user_id: int, chat_id: int, message_id: int | None, today: date) -> Visit:
    """Look up the person who writes from `user_id`, and what `message_id` (in `chat_id`) was about."""
    person = person_by_user(session, user_id)
    if person is None:
        return Visit(None, None, Dialogue(), None)
    dialogue, book = read_dialogue(session, chat_id), _book(session, shelf, today)
    if message_id is not None:
        return Visit(person, book, dialogue, read_message(session, chat_id, message_id))
    prompt = read_message(session, chat_id, dialogue.prompt["prompt"]) if dialogue.prompt else None
    return Visit(person, book, dialogue, None, prompt)


def _book(session: Session, shelf: Shelf, today: date) -> Book | None:
    try:
        return shelf.book(session, today)
    except NoPlan:
        return None
