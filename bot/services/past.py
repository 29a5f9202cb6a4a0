"""The record looked back on: the book of a past day, and which difficulties are still open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from bot.rules.answers import Obstacle
from bot.rules.book import Book
from bot.rules.plan import Item
from bot.rules.record import NO_FACTS, Report, facts_of, until
from storage.history import obstacles_of, reports_until
from storage.record import item_ids

CHUNK = 500  # items asked for at a time


def book_on(session: Session, plan_id: int, book: Book, day: date, today: date) -> Book:
    """The book as the record had it on a past day; `book`, which is today's, for today."""
    if day >= today:
        return book
    later = [c for c, facts in book.facts.items() if facts.last_on and facts.last_on > day and c in book.plan.item]
    ids = item_ids(session, plan_id)
    facts = {**book.facts, **dict.fromkeys(later, NO_FACTS)}
    for code, reports in reports_until(session, {ids[code]: code for code in later}, day):
        facts[code] = facts_of(book.plan.item[code], reports)
    return Book(book.plan, facts, book.revision, book.limits)


def open_obstacles(session: Session, plan_id: int, book: Book, items: Sequence[Item], day: date) -> Iterator[Obstacle]:
    """The latest difficulty and proposal of each item, where they are open on `day`, which is that of `book`."""
    for start in range(0, len(items), CHUNK):
        some = items[start : start + CHUNK]
        reports = obstacles_of(session, plan_id, [item.code for item in some])
        for item in some:
            yield from _still_open(item, book, until(reports[item.code], day))


def _still_open(item: Item, book: Book, reports: Sequence[Report]) -> Iterator[Obstacle]:
    """One entry where one report names both."""
    facts = book.facts_on(item.code)
    difficulty = next((r for r in reversed(reports) if r.difficulty and facts.difficulty), None)
    proposal = next((r for r in reversed(reports) if r.proposal and facts.proposal), None)
    if difficulty and difficulty is not proposal:
        yield obstacle_of(item, replace(difficulty, proposal=None))
    if proposal:
        yield obstacle_of(item, proposal if difficulty is proposal else replace(proposal, difficulty=None))


def obstacle_of(item: Item, report: Report) -> Obstacle:
    """What a report says of difficulties, under the item's first leading unit."""
    unit = next(iter(item.leads), None)
    return Obstacle(item, unit, report.on, report.by, report.difficulty, report.proposal)
