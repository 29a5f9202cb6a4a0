"""Who is writing, and in which situation: everything that a message needs, read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from bot.rules.book import Book
from bot.rules.people import Person
from bot.services.shelf import Shelf
from storage.dialogues import Dialogue, Message, read_message
from storage.visits import visitor


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
    found = visitor(session, user_id, chat_id, today)
    if found is None:
        return Visit(None, None, Dialogue(), None)
    person, dialogue = found.person, found.dialogue
    book = shelf.brought_up(session, found.stamp, today).book if found.stamp else None
    if message_id is not None:
        return Visit(person, book, dialogue, read_message(session, chat_id, message_id))
    prompt = read_message(session, chat_id, dialogue.prompt["prompt"]) if dialogue.prompt else None
    return Visit(person, book, dialogue, None, prompt)
