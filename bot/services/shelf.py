"""The book at hand: one snapshot of the plan in force, brought up to date by what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from bot.rules.book import Book
from bot.rules.record import Facts, facts_of, until
from bot.rules.standing import DEFAULT_LIMITS, Limits
from storage.database import WRITES
from storage.plans import Stamp, current_stamp, plan_with_id, read_plan
from storage.record import facts_since, item_ids, overtaken, reports_of


class NoPlan(Exception):
    """No plan has been loaded yet."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The book as a transaction sees it on `day`, with the row ids that writing needs; `item_ids` are by code."""

    plan_id: int
    item_ids: Mapping[str, int]
    day: date
    book: Book


class Shelf:
    """Gives the book as the session sees it. Safe to use from several threads: it only ever swaps one reference."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._held: Opened | None = None

    def book(self, session: Session, today: date) -> Book:
        """The plan in force with its facts. Raises `NoPlan`."""
        return self.opened(session, today).book

    def opened(self, session: Session, today: date) -> Opened:
        """The same with its row ids. Raises `NoPlan`."""
        stamp = current_stamp(session, today)
        if stamp is None:
            raise NoPlan
        return self.brought_up(session, stamp, today)

    def brought_up(self, session: Session, stamp: Stamp, today: date) -> Opened:
        """The same for a stamp that the transaction has read."""
        held, plan_id = self._held, stamp.plan_id
        if held is None or (held.plan_id, held.book.plan.version) != (plan_id, stamp.version):
            held = self._read(session, stamp, today)
        elif held.book.revision < stamp.revision:
            changes = facts_since(session, plan_id, held.book.revision)
            held = replace(held, day=today, book=held.book.revised(changes, stamp.revision))
        elif held.day == today:
            return held
        held = replace(held, day=today, book=_with_overtaken(session, plan_id, held.book, today))
        if not session.info.get(WRITES):  # what a writer sees may still be rolled back
            self._held = held
        return held

    def _read(self, session: Session, stamp: Stamp, today: date) -> Opened:
        plan = read_plan(session, plan_with_id(session, stamp.plan_id))
        facts = facts_since(session, stamp.plan_id, 0)
        book = Book(plan, facts, stamp.revision, self._limits)
        return Opened(stamp.plan_id, item_ids(session, stamp.plan_id), today, book)


def _with_overtaken(session: Session, plan_id: int, book: Book, today: date) -> Book:
    """Count the reports dated ahead whose day has come."""
    late = overtaken(session, plan_id, today)
    if not late:
        return book
    changes: dict[str, Facts] = {
        code: facts_of(book.plan.item[code], until(reports_of(session, code, item_id), today))
        for code, item_id in late.items()
    }
    return book.revised(changes, book.revision)
