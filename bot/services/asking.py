"""Answering questions from the record: each in one read transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from bot.rules.access import Policy, may_report
from bot.rules.acts import Act, Intent
from bot.rules.answers import (
    Answer,
    Answered,
    Dated,
    Detailed,
    Historied,
    Obstacles,
    Owned,
    Page,
    Problem,
    Scope,
    Told,
    Unanswered,
    Which,
)
from bot.rules.book import Book
from bot.rules.people import Person
from bot.rules.plan import Item, Plan
from bot.rules.questions import (
    ITEMS_A_PAGE,
    REPORTS_A_PAGE,
    Asker,
    Spoken,
    basis_of,
    counted,
    entry_of,
    item_asked,
    listed,
    page_at,
    page_of,
    period_of,
    ranked,
    readings,
    said,
    scope_of,
    shared,
    silence,
    summed,
    undecided,
    with_obstacles,
)
from bot.services.past import book_on, obstacle_of, open_obstacles
from bot.services.shelf import Shelf
from storage.dialogues import Dialogue, read_dialogue, write_dialogue
from storage.history import (
    about_item,
    contacts,
    history,
    history_size,
    last_spoken,
    led_by,
    obstacles_in,
    obstacles_size,
    spoken_by,
    trail,
    who_spoke,
)
from storage.record import item_id

TRAIL = 5  # reports that the detail of an item shows


def answer_question(session: Session, shelf: Shelf, person: Person, act: Act, today: date, policy: Policy) -> Answered:
    """Answer one question of `person` on the plan in force, today's figures. Raises `NoPlan`.

    Words that fit several items or units are answered by the readings to choose from; where the person may see only
    one of them, by that one.
    """
    opened = shelf.opened(session, today)
    desk = _Desk(session, opened.book, opened.plan_id, Asker(person, policy, today))
    act, answer = desk.read(act)
    return Answered(act, answer, opened.book.plan)


def keep_asked(session: Session, chat_id: int, answered: Answered, question: str) -> None:
    """Remember what a typed question was about, and (under the id `question`) the readings that it leaves to choose."""
    waiting = None
    if isinstance(answered.answer, Which):
        choices = [said(act).as_json() for act in answered.answer.readings]
        waiting = {"id": question, "doubt": "which", "readings": choices}
    question_now = read_dialogue(session, chat_id).asking(waiting)
    write_dialogue(session, chat_id, Dialogue(previous=said(answered.act), question=question_now))


def keep_looked_at(session: Session, chat_id: int, act: Act) -> None:
    """Remember what a press opened; a question that waits for its answer goes on waiting."""
    write_dialogue(session, chat_id, replace(read_dialogue(session, chat_id), previous=said(act)))


@dataclass(frozen=True)
class _Desk:
    """One transaction's view of the plan and its record, for one person."""

    session: Session
    book: Book
    plan_id: int
    who: Asker

    @property
    def plan(self) -> Plan:
        return self.book.plan

    def read(self, act: Act) -> tuple[Act, Answer]:
        """The act as it is carried out, and its answer."""
        candidates = act.slots.get("candidates")
        if not candidates or act.slots.get("item") or act.slots.get("unit"):
            return act, self.answer(act)
        choices = readings(act, self.book, self.who)
        if not choices:
            return act, Unanswered(Problem.ITEM_HIDDEN, str(candidates[0]))
        if len(choices) > 1:
            return act, Which(choices)
        return choices[0], self.answer(choices[0])

    def answer(self, act: Act) -> Answer:
        return _ANSWERS[act.intent](self, act)

    # ------------------------------------------------------------ about one item

    def detail(self, act: Act) -> Answer:
        item = item_asked(act, self.book, self.who)
        if isinstance(item, Unanswered):
            return item
        row = item_id(self.session, self.plan_id, item.code)
        return Detailed(
            entry=entry_of(item, self.book, self.who.today),
            basis=basis_of(item, self.who.today),
            trail=trail(self.session, row, item.code, TRAIL),
            may_report=not item.withdrawn and may_report(self.who.person, item, self.plan),
            day=self.who.today,
        )

    def owner(self, act: Act) -> Answer:
        item = item_asked(act, self.book, self.who)
        if isinstance(item, Unanswered):
            return item
        return Owned(item, contacts(self.session, item.leads))

    def deadline(self, act: Act) -> Answer:
        item = item_asked(act, self.book, self.who)
        return item if isinstance(item, Unanswered) else Dated(entry_of(item, self.book, self.who.today))

    def history(self, act: Act) -> Answer:
        """Of an item, else of a unit; of everything where only a period is named."""
        period, item, scope = period_of(act), None, scope_of(act, self.book, self.who)
        if isinstance(scope, Unanswered):
            return scope
        if act.slots.get("item") or (scope.unit is None and period is None):
            found = item_asked(act, self.book, self.who)
            if isinstance(found, Unanswered):
                return found
            item = found
        where = about_item(item_id(self.session, self.plan_id, item.code)) if item else self._spoken(scope)
        page, told = self._told(act, where, scope)
        return Historied(item, None if item else scope.unit, period, told, page)

    def _told(self, act: Act, where: ColumnElement[bool], scope: Scope) -> tuple[Page, tuple[Told, ...]]:
        size = history_size(self.session, self.plan_id, where, scope.period)
        page = page_at(act, size, REPORTS_A_PAGE)
        first = (page.number - 1) * REPORTS_A_PAGE
        return page, history(self.session, self.plan_id, where, scope.period, REPORTS_A_PAGE, first)

    def _spoken(self, scope: Scope) -> ColumnElement[bool]:
        units = self._units(scope)
        return true() if units is None else spoken_by(units)

    def _units(self, scope: Scope) -> tuple[str, ...] | None:
        """The units that a scope is about, with the groups that they belong to; None for all."""
        if scope.unit is None and not scope.partial:
            return None
        own = (scope.unit,) if scope.unit else self.who.person.units
        groups = [u.code for u in self.plan.units if u.is_group and self.plan.members_of[u.code] & set(own)]
        return tuple(dict.fromkeys((*own, *groups)))

    # ------------------------------------------------------------ about many items

    def list(self, act: Act) -> Answer:
        return self._scoped(act, lambda book, scope: listed(act, book, scope, self.who))

    def count(self, act: Act) -> Answer:
        return self._scoped(act, lambda book, scope: counted(act, book, scope, self.who))

    def summary(self, act: Act) -> Answer:
        return self._scoped(act, lambda book, scope: summed(book, scope, self.who))

    def ranking(self, act: Act) -> Answer:
        return self._scoped(act, lambda book, scope: ranked(act, book, scope, self.who))

    def _scoped(self, act: Act, answer: Callable[[Book, Scope], Answer]) -> Answer:
        scope = scope_of(act, self.book, self.who)
        if isinstance(scope, Unanswered):
            return scope
        return answer(book_on(self.session, self.plan_id, self.book, scope.day, self.who.today), scope)

    # ------------------------------------------------------------ about units

    def silent(self, act: Act) -> Answer:
        scope = scope_of(act, self.book, self.who)
        if isinstance(scope, Unanswered):
            return scope
        assert scope.period is not None  # silence always has one
        open_, several = undecided(self.book, scope, self.who), shared(self.book, scope, self.who)
        spoken = Spoken(
            who_spoke(self.session, self.plan_id, open_, scope.period),
            last_spoken(self.session, self.plan_id, several),
        )
        return silence(act, self.book, scope, self.who, spoken)

    def difficulties(self, act: Act) -> Answer:
        """Those still open; all of a period where one is named, and all of an item."""
        scope = scope_of(act, self.book, self.who)
        if isinstance(scope, Unanswered):
            return scope
        item = item_asked(act, self.book, self.who) if act.slots.get("item") else None
        if isinstance(item, Unanswered):
            return item
        if item is None and scope.period is None:
            return self._open_obstacles(act, scope)
        return self._reported_obstacles(act, scope, item)

    def _open_obstacles(self, act: Act, scope: Scope) -> Obstacles:
        shown, page = page_of(act, with_obstacles(self.book, scope, self.who), ITEMS_A_PAGE)
        found = open_obstacles(self.session, self.plan_id, self.book, shown, self.who.today)
        return Obstacles(scope, None, tuple(found), page)

    def _reported_obstacles(self, act: Act, scope: Scope, item: Item | None) -> Obstacles:
        units = self._units(scope)
        where = true() if units is None else led_by(units)
        if item is not None:
            where = about_item(item_id(self.session, self.plan_id, item.code))
        page = page_at(act, obstacles_size(self.session, self.plan_id, where, scope.period), ITEMS_A_PAGE)
        first = (page.number - 1) * ITEMS_A_PAGE
        rows = obstacles_in(self.session, self.plan_id, where, scope.period, ITEMS_A_PAGE, first)
        return Obstacles(scope, item, tuple(obstacle_of(self.plan.item[r.item], r) for r in rows), page)


_ANSWERS: Mapping[Intent, Callable[[_Desk, Act], Answer]] = {
    Intent.LIST: _Desk.list,
    Intent.COUNT: _Desk.count,
    Intent.SUMMARY: _Desk.summary,
    Intent.DETAIL: _Desk.detail,
    Intent.HISTORY: _Desk.history,
    Intent.OWNER: _Desk.owner,
    Intent.DEADLINE: _Desk.deadline,
    Intent.SILENT: _Desk.silent,
    Intent.RANKING: _Desk.ranking,
    Intent.DIFFICULTIES: _Desk.difficulties,
}
