"""Escalation: what is said of overdue items of which nothing is heard, and the office's urge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.rules.access import Action, require
from bot.rules.book import Book
from bot.rules.notices import Notable, StandsIn, Unheard, Urged
from bot.rules.people import Person
from bot.rules.plan import Role
from bot.rules.reminders import Decision, Held, NoUrge, Sort, Why, leading_units, readers_of, urge_refused
from bot.services.reminding import STANDS_IN, URGE, Reading, Teller, scene_of
from storage.outbox import NewNotice, Notice, put
from storage.people import everybody, person_by_id
from storage.plan_writes import write_audit
from storage.plans import current_plan_row
from storage.record import item_id
from storage.reminders import add_urge, last_urge, on_leave, reported_after, unreachable


@dataclass(frozen=True, slots=True)
class UrgeSent:
    """The units of an item have been urged: who is told."""

    code: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class UrgeRefused:
    """Nobody was urged, and why; `last` is when the item was last urged about (UTC)."""

    code: str
    why: NoUrge
    last: datetime | None = None


def urge(session: Session, reading: Reading, person: Person, code: str) -> UrgeSent | UrgeRefused:
    """Urge the units that lead an item, in the name of `person` of the office. Raises `Denied`, KeyError."""
    require(person, Action.DECIDE)
    book, row_id = reading.shelf.book(session, reading.today), _row_id(session, reading, code)
    almanac, last = reading.almanac, last_urge(session, row_id)
    before = almanac.local(last) if last else None
    now = almanac.local(reading.now)
    why = urge_refused(book, code, before, now, almanac.calendar(session), almanac.table)
    readers = _readers(session, reading, book, code)
    if why is None and not readers:
        why = NoUrge.NOBODY
    if why is not None:
        return UrgeRefused(code, why, last)
    number = add_urge(session, row_id, person.id, reading.now)
    write_audit(session, reading.now, person.id, "urge", code, {"urge": number, "to": [p.id for p in readers]})
    facts = {"item": code, "by": person.id, "at": reading.now.isoformat()}
    today, subject = reading.today, str(number)
    put(
        session,
        [NewNotice(p.id, p.chat_id, today, URGE, subject, facts, reading.now, bulk=False) for p in readers],
        reading.now,
    )
    return UrgeSent(code, tuple(readers))


def _row_id(session: Session, reading: Reading, code: str) -> int:
    plan = current_plan_row(session, reading.today)
    assert plan is not None  # the shelf has found it
    return item_id(session, plan.id, code)


def _readers(session: Session, reading: Reading, book: Book, code: str) -> list[Person]:
    people = everybody(session)
    away = unreachable(session) | on_leave(session, reading.today).keys()
    units = leading_units(book.plan, book.plan.item[code])
    readers = readers_of(people, away)
    return [p for p in people if units & set(readers.get(p.id, ()))]


# ---------------------------------------------------------------- what there is to say


def _unheard(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> Unheard | None:
    """The items of the notice of which still nothing is heard."""
    found = still_unheard(session, reading, notice.facts["items"])
    urging = notice.kind == Sort.OFFICE and Role.OFFICE in person.roles
    return Unheard(person, book, reading.today, found, urging) if found else None


def still_unheard(session: Session, reading: Reading, codes: list[str]) -> tuple[Decision, ...]:
    """Those of the items of which nothing is heard by now, and for how many working days."""
    scene = scene_of(session, reading.shelf, reading.almanac, reading.today)
    silences = {s.code: s for s in scene.silences} if scene else {}
    found = (silences[code] for code in codes if code in silences)
    return tuple(Decision(s.code, Why.OVERDUE, None, s.days) for s in found if s.days and s.held is not Held.ASKED)


def _urged(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> Urged | None:
    """The urge, unless the item has been reported on since, or is done."""
    code, by = notice.facts["item"], person_by_id(session, notice.facts["by"])
    item = book.plan.item.get(code)
    if item is None or item.withdrawn or book.facts_on(code).done_on is not None:
        return None
    if reported_after(session, _row_id(session, reading, code), datetime.fromisoformat(notice.facts["at"])):
        return None
    return Urged(person, book, reading.today, code, by.name if by else "")


def _stands_in(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> StandsIn | None:
    """The leave, unless it has been ended, changed, or is over."""
    who = person_by_id(session, notice.facts["person"])
    first, until = (date.fromisoformat(notice.facts[name]) for name in ("first", "until"))
    begins = max(first, reading.today)
    if who is None or on_leave(session, begins).get(who.id) != until:
        return None
    return StandsIn(person, book, who, until, first if first > reading.today else None)


TELLERS: Mapping[str, Teller[Notable]] = {
    Sort.UNIT: _unheard,
    Sort.OFFICE: _unheard,
    URGE: _urged,
    STANDS_IN: _stands_in,
}
