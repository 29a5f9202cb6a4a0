"""The week and the month: what is told when they begin and end, worked out when it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session

from bot.rules.access import OVERSEERS
from bot.rules.book import Book
from bot.rules.notices import FiguresAsked, Notable, WeekBegun, WeekEnded
from bot.rules.people import Person
from bot.rules.reminders import ONE_DAY, Sort, figures_owed, month_ending, readers_of, unit_week, week_of
from bot.services.escalation import still_unheard
from bot.services.past import book_on
from bot.services.reminding import Reading, Teller, put_off_by
from storage.outbox import Notice
from storage.people import everybody
from storage.plans import current_plan_row
from storage.reminders import on_leave, unreachable


def _begun(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> WeekBegun | None:
    """The week's digest. A late one is dropped: the next tells what it would have."""
    if reading.today - notice.day > timedelta(6 - notice.day.weekday()) or not person.roles & OVERSEERS:
        return None
    since = date.fromisoformat(notice.facts["since"])
    return week_begun(session, reading, person, book, since, notice.facts["items"])


def week_begun(
    session: Session, reading: Reading, person: Person, book: Book, since: date, chair: list[str]
) -> WeekBegun:
    """The week that began on `since`, as things stand now; `chair` are the items that the chair is told of."""
    before = _eve(session, reading, book, since)
    silent = tuple(d.code for d in still_unheard(session, reading, chair))
    return WeekBegun(person, book, week_of(book, before, since, reading.today, silent))


def _eve(session: Session, reading: Reading, book: Book, since: date) -> Book:
    """The book as it was when the day before `since` ended."""
    plan = current_plan_row(session, reading.today)
    assert plan is not None  # the book was read from it
    return book_on(session, plan.id, book, since - ONE_DAY, reading.today)


def _ended(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> WeekEnded | None:
    units = _units(session, reading, person)
    if notice.day != reading.today or not units:
        return None
    since = date.fromisoformat(notice.facts["since"])
    quiet = put_off_by(session, reading, person)
    line = unit_week(book, _eve(session, reading, book, since), units, since, reading.today, quiet)
    return WeekEnded(person, book, reading.today, line)


def _units(session: Session, reading: Reading, person: Person) -> tuple[str, ...]:
    away = unreachable(session) | on_leave(session, reading.today).keys()
    return readers_of(everybody(session), away).get(person.id, ())


def _figures(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> FiguresAsked | None:
    last = month_ending(notice.day, reading.almanac.calendar(session))
    if notice.day != reading.today or last is None:
        return None
    away = unreachable(session) | on_leave(session, reading.today).keys()
    quiet = put_off_by(session, reading, person)
    owed = figures_owed(book, everybody(session), away, last).get(person.id, ())
    codes = tuple(code for code in owed if code not in quiet)
    return FiguresAsked(person, book, reading.today, last, codes) if codes else None


TELLERS: Mapping[str, Teller[Notable]] = {Sort.WEEK: _begun, Sort.LINE: _ended, Sort.FIGURES: _figures}
