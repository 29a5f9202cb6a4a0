"""The figures of what is looked at rather than read (pictures, reports, the live page), in one transaction each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.rules.access import Action, Policy, require
from bot.rules.acts import Act, Intent
from bot.rules.answers import Period, Scope, Unanswered
from bot.rules.book import Book
from bot.rules.figures import (
    Figures,
    Meeting,
    NewDeadline,
    card,
    course,
    meeting,
    month_before,
    ranking,
    unit_sheet,
)
from bot.rules.people import Person
from bot.rules.plan import Plan
from bot.rules.questions import Asker, item_asked, scope_of, with_obstacles
from bot.services.loading import Exported, export
from bot.services.past import book_on, open_obstacles
from bot.services.shelf import Shelf
from storage.history import about_item, counts, history
from storage.looking import deadlines
from storage.plans import current_plan_row
from storage.record import item_id

T = TypeVar("T")
MOST_STEPS = 400  # reports of one item that a picture takes in


@dataclass(frozen=True, slots=True)
class Looked:
    """Figures with the plan whose names they use, and the act as it was carried out."""

    act: Act
    figures: Figures
    plan: Plan = field(repr=False)


@dataclass(frozen=True, slots=True)
class Convened:
    """A meeting's report with its plan."""

    meeting: Meeting
    plan: Plan = field(repr=False)


def look(session: Session, shelf: Shelf, person: Person, act: Act, today: date, policy: Policy) -> Looked | Unanswered:
    """The figures of a picture: `summary` gives a card (a unit's sheet where a unit is named), `ranking` the places,
    `detail` an item's course. Raises `NoPlan`.
    """
    view = _view(session, shelf, person, today, policy)
    figures = _LOOKS[act.intent](view, act)
    return figures if isinstance(figures, Unanswered) else Looked(act, figures, view.book.plan)


def convene(
    session: Session, shelf: Shelf, person: Person, period: Period, today: date, policy: Policy, zone: ZoneInfo
) -> Convened:
    """The meeting's report of a period, as far as the person may see. Raises `NoPlan`, `Denied`."""
    require(person, Action.EXPORT)
    view = _view(session, shelf, person, today, policy)
    scope = Scope(day=min(period.last, today), period=period, past=period.last < today, partial=not view.who.sees_all)
    book = view.on(scope.day)
    items = with_obstacles(book, replace(scope, period=None), view.who)
    obstacles = tuple(open_obstacles(session, view.plan_id, book, items, scope.day))
    extensions = tuple(view.extensions(book, scope, zone))
    return Convened(meeting(book, scope, view.who, obstacles, extensions), book.plan)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The workbook's contents with where everything stands, as of one moment."""

    exported: Exported
    meeting: Meeting


def ledger(session: Session, shelf: Shelf, person: Person, today: date, policy: Policy, zone: ZoneInfo) -> Ledger:
    """What the workbook with its standings is written from. Raises `NoPlan`, `Denied`."""
    year = Period(today.replace(month=1, day=1), today)
    exported = export(session, shelf, today, person, policy)
    return Ledger(exported, convene(session, shelf, person, year, today, policy, zone).meeting)


@dataclass(frozen=True)
class _View:
    """One transaction's view of the plan and its record, for one person."""

    session: Session
    book: Book
    plan_id: int
    who: Asker

    def on(self, day: date) -> Book:
        return book_on(self.session, self.plan_id, self.book, day, self.who.today)

    def scoped(self, act: Act, look: Callable[[Book, Scope], T]) -> T | Unanswered:
        scope = scope_of(act, self.book, self.who)
        return scope if isinstance(scope, Unanswered) else look(self.on(scope.day), scope)

    def summary(self, act: Act) -> Figures | Unanswered:
        return self.scoped(act, self._summary)

    def _summary(self, book: Book, scope: Scope) -> Figures:
        if scope.unit is not None:
            return unit_sheet(book, scope, self.who)
        return card(book, self.on(month_before(scope.day)), scope, self.who)

    def ranking(self, act: Act) -> Figures | Unanswered:
        return self.scoped(act, lambda book, scope: ranking(book, scope, self.who))

    def detail(self, act: Act) -> Figures | Unanswered:
        item = item_asked(act, self.book, self.who)
        if isinstance(item, Unanswered):
            return item
        where = about_item(item_id(self.session, self.plan_id, item.code)) & counts()
        told = history(self.session, self.plan_id, where, None, MOST_STEPS, 0)
        return course(item, self.book, self.who.today, told)

    def extensions(self, book: Book, scope: Scope, zone: ZoneInfo) -> Iterator[NewDeadline]:
        """Requests that wait, and those granted within the period, of items that the person may see."""
        assert scope.period is not None
        for found in deadlines(self.session, self.plan_id):
            item = book.plan.item.get(found.item)
            if item is None or item.withdrawn or not self.who.sees(item, book.plan):
                continue
            asked_on = found.asked_at.astimezone(zone).date()
            decided_on = found.decided_at.astimezone(zone).date() if found.decided_at else None
            if scope.period.has(decided_on) if decided_on else asked_on <= scope.day:
                yield NewDeadline(item, found.until, found.reason, found.by, asked_on, decided_on is not None)


def _view(session: Session, shelf: Shelf, person: Person, today: date, policy: Policy) -> _View:
    book = shelf.book(session, today)
    row = current_plan_row(session, today)
    assert row is not None  # the shelf has just found it
    return _View(session, book, row.id, Asker(person, policy, today))


_LOOKS: Mapping[Intent, Callable[[_View, Act], Figures | Unanswered]] = {
    Intent.SUMMARY: _View.summary,
    Intent.RANKING: _View.ranking,
    Intent.DETAIL: _View.detail,
}
