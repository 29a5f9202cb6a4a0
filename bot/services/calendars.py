"""Calendars: the office's own working days, and each person's deadlines as a file that is renewed when dates move."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.rules.access import Action, require
from bot.rules.book import Book
from bot.rules.calendar import DayOverride, WorkCalendar
from bot.rules.people import Person
from bot.rules.plan import Item
from bot.rules.standing import Status
from bot.services.reminding import Almanac, Reading, scene_of
from bot.services.shelf import Shelf
from storage.outbox import NewNotice, Notice
from storage.plan_writes import write_audit
from storage.plans import read_overrides
from storage.reminders import calendars, keep_calendar, set_day

CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """A person's deadlines; `renewed`: dates have moved since they took them last."""

    person: Person
    book: Book
    items: tuple[Item, ...]
    calendar: WorkCalendar
    today: date
    renewed: bool = False


def deadlines(session: Session, reading: Reading, person: Person) -> Deadlines:
    """The person's calendar, remembered as taken. Raises `NoPlan`."""
    book = reading.shelf.book(session, reading.today)
    items = own_deadlines(book, person, reading.today)
    keep_calendar(session, person.id, digest_of(items), reading.now)
    return Deadlines(person, book, items, reading.almanac.calendar(session), reading.today)


def own_deadlines(book: Book, person: Person, today: date) -> tuple[Item, ...]:
    """The open items with a deadline that the person's units lead; all of the plan for who leads none."""
    open_ = [i for i in book.plan.live if i.approved_due and book.standing(i.code, today).status is not Status.DONE]
    if not person.reporting_units:
        return tuple(open_)
    return tuple(i for i in open_ if any(book.plan.leads(unit, i) for unit in person.reporting_units))


def digest_of(items: tuple[Item, ...]) -> str:
    """What tells whether dates have moved, items have come or gone, or are done."""
    dates = sorted(f"{i.code} {i.approved_due}" for i in items)
    return hashlib.sha256("\n".join(dates).encode()).hexdigest()


def plan_calendars(session: Session, shelf: Shelf, almanac: Almanac, now: datetime) -> list[NewNotice] | None:
    """A renewed calendar for each of those who took theirs and whose dates have moved; None on a day off."""
    today = almanac.local(now).date()
    taken = calendars(session)
    scene = scene_of(session, shelf, almanac, today)
    if scene is None or not scene.calendar.is_working(today):
        return None
    due_at = almanac.moment(today, almanac.table.digest_at)
    found = []
    for person in scene.people:
        if person.id in taken and person.id not in scene.away and almanac.lives_here(person.id):
            dates = digest_of(own_deadlines(scene.book, person, today))
            if dates != taken[person.id]:
                facts = {"dates": dates}
                found.append(NewNotice(person.id, person.chat_id, today, CALENDAR, "", facts, due_at, bulk=True))
    return found


def _renewed(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> Deadlines | None:
    items = own_deadlines(book, person, reading.today)
    return Deadlines(person, book, items, reading.almanac.calendar(session), reading.today, renewed=True)


TELLERS = {CALENDAR: _renewed}


# ---------------------------------------------------------------- the office's own days


def own_days(session: Session) -> tuple[DayOverride, ...]:
    """The office's own calendar, oldest day first."""
    return read_overrides(session)


def say_of_day(session: Session, person: Person, day: date, working: bool | None, note: str, at: datetime) -> None:
    """The office's word on a day: worked, off, or (None) as everywhere. Raises `Denied`."""
    require(person, Action.CALENDAR)
    set_day(session, day, working, note)
    write_audit(session, at, person.id, "calendar", day.isoformat(), {"working": working, "note": note})
