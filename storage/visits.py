"""Who writes, what their chat remembers and how far the plan has come: what every message needs, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, true
from sqlalchemy.orm import Session

from bot.rules.people import Person
from storage.dialogues import Dialogue, dialogue_of
from storage.people import by_user, person_of
from storage.plans import Stamp, stamps
from storage.prepared import fetch
from storage.tables import DialogueRow


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person, the memory of the chat they write in, and the stamp of the plan in force (None before the first)."""

    person: Person
    dialogue: Dialogue
    stamp: Stamp | None


def visitor(session: Session, user_id: int, chat_id: int, today: date) -> Visitor | None:
    """Who writes from a Telegram account in a chat; None for strangers and for those who have left."""
    rows = fetch(session, _visitor, user=user_id, chat=chat_id, today=today.year)
    person = person_of([row[:6] for row in rows])
    if person is None:
        return None
    *_, known_chat, previous, question, failures, plan_id, version, revision = rows[0]
    dialogue = Dialogue() if known_chat is None else dialogue_of(previous, question, failures)
    return Visitor(person, dialogue, None if plan_id is None else Stamp(plan_id, version, revision))


def _visitor() -> Select[*tuple[Any, ...]]:
    """`by_user`, its rows with the chat's and the plan's columns beside them."""
    plan = stamps().subquery("plan_in_force")
    query = by_user().outerjoin(DialogueRow, DialogueRow.chat_id == bindparam("chat")).outerjoin(plan, true())
    query = query.add_columns(DialogueRow.chat_id, DialogueRow.previous, DialogueRow.question, DialogueRow.failures)
    return query.add_columns(plan.c.id, plan.c.version, plan.c.revision)
