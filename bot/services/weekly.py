"""The week's card: on its first working day the chair, the members and the office get everything at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.rules.access import OVERSEERS, Policy
from bot.rules.acts import Act, Intent
from bot.rules.answers import Unanswered
from bot.rules.book import Book
from bot.rules.calendar import WorkCalendar
from bot.rules.people import Person
from bot.services.looking import Looked, look
from bot.services.reminding import Almanac, Reading
from bot.services.shelf import Shelf
from storage.outbox import NewNotice, Notice
from storage.people import with_roles
from storage.plans import current_stamp

WEEK = "week"


@dataclass(frozen=True, slots=True)
class WeekTold:
    """The card for one person."""

    person: Person
    looked: Looked


def plan_week(session: Session, shelf: Shelf, almanac: Almanac, now: datetime) -> list[NewNotice] | None:
    """The week's card for each overseer, nobody's where no week begins today; None before a plan is loaded."""
    local = almanac.local(now)
    today = local.date()
    if current_stamp(session, today) is None:
        return None
    if not begins_week(today, almanac.calendar(session)):
        return []
    due_at = almanac.moment(today, almanac.table.digest_at)
    return [
        NewNotice(person.id, person.chat_id, today, WEEK, "", {}, due_at, bulk=True)
        for person in with_roles(session, OVERSEERS)
    ]


def begins_week(day: date, calendar: WorkCalendar) -> bool:
    """Whether this is the first working day of its week (ISO: Monday first)."""
    return calendar.is_working(day) and _week(calendar.before(day, 1)) != _week(day)


def _week(day: date) -> tuple[int, int]:
    return day.isocalendar()[:2]


def week_told(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> WeekTold | None:
    """The card as things stand now; None where the day of the notice is over or the person oversees nothing more."""
    if notice.day != reading.today or not person.roles & OVERSEERS:
        return None
    looked = look(session, reading.shelf, person, Act(Intent.SUMMARY), reading.today, Policy())
    return None if isinstance(looked, Unanswered) else WeekTold(person, looked)


TELLERS = {WEEK: week_told}
