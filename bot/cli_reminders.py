"""`reminders`: what a day's notices would be, for whom, and why; nothing is sent or written."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from bot.cli import Desk, Exit
from bot.rules.book import Book
from bot.rules.calendar import WorkCalendar
from bot.rules.people import Person, Post
from bot.rules.plan import RosterPerson
from bot.rules.record import facts_of, until
from bot.rules.reminders import Scene, agenda
from bot.services import loading
from bot.services.past import book_on
from bot.services.reminding import Almanac, Holidays, scene_of
from bot.services.shelf import Shelf
from bot.views.agenda import agenda_text, nobody_yet
from bot.views.loading import load_text, plain, refusal
from bot.workbook import Refused, read_workbook
from storage.database import open_store, upgrade
from storage.plans import current_plan_row


def reminders(args: Namespace, desk: Desk) -> int:
    """Print the notices of a day, from the database or from a workbook (`--plan`). Exit 1 where there is no plan."""
    day = args.today or desk.clock.today()
    almanac = Almanac(Holidays(desk.settings.country), desk.settings.timetable, desk.settings.zone)
    scene = _of_workbook(args.plan, desk, almanac, day) if args.plan else _of_database(desk, almanac, day)
    if isinstance(scene, str):
        print(scene.rstrip("\n"), file=sys.stderr)
        return Exit.INPUT
    if not scene.people:
        print(nobody_yet(desk.words))
        scene = replace(scene, people=_roster(scene.book.plan.people))
    sys.stdout.write(agenda_text(desk.words, scene, agenda(scene), why=args.why))
    return Exit.RIGHT


def _of_database(desk: Desk, almanac: Almanac, day: date) -> Scene | str:
    upgrade(desk.settings.database_url)
    store = open_store(desk.settings.database_url)
    try:
        scene = store.read_now(_scene, almanac, day, desk.clock.today())
    finally:
        store.close()
    return scene or str(desk.words.say("No plan is loaded.").unescape())


def _scene(session: Session, almanac: Almanac, day: date, today: date) -> Scene | None:
    """The scene of a day; of a past one with what was on record then."""
    scene, plan = scene_of(session, Shelf(), almanac, day), current_plan_row(session, day)
    if scene is None or plan is None:
        return None
    return replace(scene, book=book_on(session, plan.id, scene.book, day, max(today, day)))


def _of_workbook(path: Path, desk: Desk, almanac: Almanac, day: date) -> Scene | str:
    try:
        loaded = read_workbook(path, add_units=True)
    except Refused as problem:
        return plain(refusal(desk.words, problem))
    except OSError as problem:
        said = desk.words.say("{path} could not be read: {reason}", path=path, reason=problem.strerror or problem)
        return str(said.unescape())
    told = loading.checked(loaded)
    if not told.right:
        return load_text(desk.words, told)
    calendar = WorkCalendar(almanac.holiday, {one.day: one.working for one in loaded.calendar})
    reports = until(loaded.reports, day)
    facts = {i.code: facts_of(i, [r for r in reports if r.item == i.code]) for i in loaded.plan.live}
    return Scene(Book(loaded.plan, facts), (), calendar, almanac.table, day)


def _roster(people: Sequence[RosterPerson]) -> tuple[Person, ...]:
    """The People sheet as if everybody had joined; a name that stands there twice is one person with two posts."""
    posts: dict[tuple[str, str], list[Post]] = {}
    for one in people:
        posts.setdefault((one.name, one.language), []).append(Post(one.unit, one.role))
    return tuple(Person(n, name, lang, tuple(held), n) for n, ((name, lang), held) in enumerate(posts.items(), start=1))
