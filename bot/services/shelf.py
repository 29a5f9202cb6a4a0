"""The book at hand: one snapshot of the plan in force, brought up to date by what has changed since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from bot.rules.book import Book
from bot.rules.record import Facts, facts_of, until
from bot.rules.standing import DEFAULT_LIMITS, Limits
from storage.database import WRITES
from storage.plans import current_plan_row, read_plan
from storage.record import facts_since, overtaken, reports_of
from storage.tables import PlanRow


class NoPlan(Exception):
    """No plan has been loaded yet."""


@dataclass(frozen=True, slots=True)
class _Held:
    plan_id: int
    day: date
    book: Book


class Shelf:
    """Gives the book as the session sees it. Safe to use from several threads: it only ever swaps one reference."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._held: _Held | None = None

    def book(self, session: Session, today: date) -> Book:
        """The plan in force with its facts. Raises `NoPlan`."""
        row = current_plan_row(session, today)
        if row is None:
            raise NoPlan
        held = self._held
        if held is None or (held.plan_id, held.book.plan.version) != (row.id, row.version):
            book = Book(read_plan(session, row), facts_since(session, row.id, 0), row.revision, self._limits)
        elif held.book.revision < row.revision:
            book = held.book.revised(facts_since(session, row.id, held.book.revision), row.revision)
        elif held.day == today:
            return held.book
        else:
            book = held.book
        book = _with_overtaken(session, row, book, today)
        if not session.info.get(WRITES):  # what a writer sees may still be rolled back
            self._held = _Held(row.id, today, book)
        return book


def _with_overtaken(session: Session, row: PlanRow, book: Book, today: date) -> Book:
    """Count the reports dated ahead whose day has come."""
    late = overtaken(session, row.id, today)
    if not late:
        return book
    changes: dict[str, Facts] = {
        code: facts_of(book.plan.item[code], until(reports_of(session, code, item_id), today))
        for code, item_id in late.items()
    }
    return book.revised(changes, book.revision)
