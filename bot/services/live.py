"""The live page: who may open it, and what it shows, each in one transaction."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.rules.access import Action, Policy, require
from bot.rules.acts import Act, Intent
from bot.rules.answers import Detailed, Entry, Scope, Unanswered
from bot.rules.figures import Card, Course, Ranking
from bot.rules.people import Person
from bot.rules.plan import Plan
from bot.rules.questions import Asker, in_scope, severity
from bot.services.asking import answer_question
from bot.services.looking import look
from bot.services.shelf import Shelf
from storage.live import add_link, use_link
from storage.people import person_by_id, person_by_user
from storage.plans import current_stamp

TOKEN_BYTES = 24
LINK_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Board:
    """The first page: the card and the units in order."""

    card: Card
    ranking: Ranking
    plan: Plan = field(repr=False)


@dataclass(frozen=True, slots=True)
class Roll:
    """Every item that the person may see, the most urgent first, on a day."""

    entries: tuple[Entry, ...]
    day: date
    plan: Plan = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """One item in full, with its course."""

    detailed: Detailed
    course: Course
    plan: Plan = field(repr=False)


def make_link(session: Session, person: Person, now: datetime) -> str:
    """The token of a new single-use link for a person; only its hash is kept. Raises `Denied`."""
    require(person, Action.ASK)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    add_link(session, _hashed(token), person.id, now, now + LINK_LASTS)
    return token


def open_link(session: Session, token: str, now: datetime) -> Person | None:
    """Who opens the page by this link; None where it is used up, too old or unknown, or its person has left."""
    owner = use_link(session, _hashed(token), now)
    return None if owner is None else person_by_id(session, owner)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def viewer(session: Session, person_id: int) -> Person | None:
    """The person who looks, as they are now: whoever has left sees nothing more."""
    return person_by_id(session, person_id)


def viewer_by_user(session: Session, user_id: int) -> Person | None:
    """The person behind a Telegram account."""
    return person_by_user(session, user_id)


def state(session: Session, today: date) -> str:
    """What changes with every report, with the plan and with the day."""
    stamp = current_stamp(session, today)
    return f"{stamp.plan_id}.{stamp.version}.{stamp.revision}.{today:%Y%m%d}" if stamp else f"none.{today:%Y%m%d}"


def board(session: Session, shelf: Shelf, person: Person, today: date, policy: Policy) -> Board:
    """The first page. Raises `NoPlan`."""
    card = look(session, shelf, person, Act(Intent.SUMMARY), today, policy)
    places = look(session, shelf, person, Act(Intent.RANKING), today, policy)
    assert not isinstance(card, Unanswered) and isinstance(card.figures, Card)
    assert not isinstance(places, Unanswered) and isinstance(places.figures, Ranking)
    return Board(card.figures, places.figures, card.plan)


def roll(session: Session, shelf: Shelf, person: Person, today: date, policy: Policy) -> Roll:
    """Every item that the person may see. Raises `NoPlan`."""
    book = shelf.book(session, today)
    who = Asker(person, policy, today)
    rows = sorted(in_scope(book, Scope(today, partial=not who.sees_all), who), key=lambda row: severity(row[1]))
    entries = tuple(Entry(item, book.facts_on(item.code), standing) for item, standing in rows)
    return Roll(entries, today, book.plan)


def opened(session: Session, shelf: Shelf, person: Person, code: str, today: date, policy: Policy) -> Opened | None:
    """One item in full; None where there is none that the person may see. Raises `NoPlan`."""
    act = Act(Intent.DETAIL, {"item": code})
    answered = answer_question(session, shelf, person, act, today, policy)
    looked = look(session, shelf, person, act, today, policy)
    if isinstance(looked, Unanswered) or not isinstance(answered.answer, Detailed):
        return None
    assert isinstance(looked.figures, Course)
    return Opened(answered.answer, looked.figures, looked.plan)
