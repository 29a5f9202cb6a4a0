"""A simulated year of the sample plan, day by day: what is sent, to whom, and never twice, too late or for nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from bot.rules.book import Book
from bot.rules.calendar import WorkCalendar
from bot.rules.people import Person, Post
from bot.rules.plan import Item, Plan, Role
from bot.rules.record import Facts, Report, State, facts_after
from bot.rules.reminders import Decision, Entry, Held, Scene, Sort, Step, Timetable, Told, Trail, Why, agenda
from bot.services.reminding import Holidays
from bot.workbook import read_workbook

SAMPLE = Path(__file__).parents[2] / "bot" / "demo" / "ninh-thuan-2025.xlsx"
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
TABLE = Timetable()
ANSWERS, LATE, NEVER = "answers", "late", "never"
PATIENCE = 4  # working days that a late leader takes
TET = date(2025, 1, 29)


@dataclass(frozen=True)
class Sent:
    """One notice of the year: the day, to whom, of which sort, and the items named."""

    day: date
    entry: Entry
    reported: Mapping[str, date]  # when each of its items had last been reported on


@dataclass
class Year:
    """The plan of the sample with nothing on record yet, and leaders who answer at once, late, or never."""

    plan: Plan
    people: tuple[Person, ...]
    manner: Mapping[int, str]
    calendar: WorkCalendar
    book: Book
    told: Told = field(default_factory=lambda: Told(FIRST - timedelta(1)))
    steps: dict[tuple[str, date], dict[Step, date]] = field(default_factory=dict)
    promised: dict[date, set[str]] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    held: dict[Sort, Counter[Held]] = field(default_factory=lambda: {sort: Counter() for sort in Sort})
    revision: int = 0

    def live(self) -> None:
        """Every day of the year: reports that were promised come in, then the day's notices go out."""
        for n in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(n)
            for code in sorted(self.promised.pop(day, ())):
                self.report(self.plan.item[code], day)
            for entry in agenda(self.scene(day)):
                self.held[entry.sort].update(d.held for d in entry.held if d.held)
                if entry.sent:
                    self.send(day, entry)
            if self.calendar.is_working(day):
                self.told = Told(day)

    def scene(self, day: date) -> Scene:
        trails = {code: Trail(taken) for (code, due), taken in self.steps.items() if self.plan.item[code].due == due}
        return Scene(self.book, self.people, self.calendar, TABLE, day, self.told, trails=trails)

    def send(self, day: date, entry: Entry) -> None:
        last = {d.code: on for d in entry.listed if (on := self.book.facts_on(d.code).last_on)}
        self.sent.append(Sent(day, entry, last))
        self.climb(day, entry)
        manner = self.manner[entry.person.id]
        if entry.sort in (Sort.DIGEST, Sort.FIGURES) and manner != NEVER:
            answer_on = self.calendar.after(day, 1 if manner == ANSWERS else PATIENCE)
            self.promised.setdefault(answer_on, set()).update(d.code for d in entry.listed)

    def climb(self, day: date, entry: Entry) -> None:
        steps = {Sort.DIGEST: Step.NOTICED, Sort.UNIT: Step.UNIT, Sort.OFFICE: Step.OFFICE, Sort.WEEK: Step.CHAIR}
        for decision in entry.listed if entry.sort in steps else ():
            due = self.plan.item[decision.code].approved_due
            if decision.why is Why.OVERDUE and due:
                self.steps.setdefault((decision.code, due), {}).setdefault(steps[entry.sort], day)

    def report(self, item: Item, day: date) -> None:
        """A step forward; done on the third report, or once it is due."""
        facts = self.book.facts_on(item.code)
        self.revision += 1
        enough = facts.reports >= 2 or (item.approved_due is not None and item.approved_due <= day)
        goal = item.goal.value if item.goal else None
        report = Report(
            f"r{self.revision}",
            item.code,
            day,
            percent=None if item.is_target else Decimal(100 if enough else 30 * (facts.reports + 1)),
            value=goal if item.is_target and enough else item.baseline if item.is_target else None,
            state=State.DONE if enough else None,
            at=datetime.combine(day, datetime.min.time(), UTC),
        )
        changed: Mapping[str, Facts] = {item.code: facts_after(item, facts, report)}
        self.book = self.book.revised(changes=changed, revision=self.revision)


@cache
def a_year() -> Year:
    """The year, lived once for all tests."""
    plan = read_workbook(SAMPLE).plan
    posts: dict[str, list[Post]] = {}
    for row in plan.people:
        posts.setdefault(row.name, []).append(Post(row.unit, row.role))
    people = tuple(Person(n, name, "vi", tuple(held), n) for n, (name, held) in enumerate(posts.items(), start=1))
    manner = {p.id: (ANSWERS, LATE, NEVER)[p.id % 3] for p in people}
    vietnam = Holidays("VN")
    calendar = WorkCalendar(vietnam, {date(2025, 1, 27): False, date(2025, 5, 3): True})
    year = Year(plan, people, manner, calendar, Book(plan, {}))
    year.live()
    return year


def test_every_sort_of_notice_was_sent(capsys: pytest.CaptureFixture[str]) -> None:
    """How many of each, about how many items, and what was held back, and why."""
    year = a_year()
    counts = Counter(s.entry.sort for s in year.sent)
    items = {sort: sum(len(s.entry.listed) for s in year.sent if s.entry.sort is sort) for sort in Sort}
    with capsys.disabled():
        print("\na year of the sample plan:")
        for sort in Sort:
            held = ", ".join(f"{n} {why}" for why, n in sorted(year.held[sort].items()))
            print(f"  {sort:9}{counts[sort]:6} sent about {items[sort]} items; held back: {held or 'nothing'}")
    assert set(counts) == set(Sort)
    assert year.held[Sort.DIGEST][Held.REPORTED] > 0
    assert counts[Sort.WEEK] == 3 * 51  # a chair, two of the office; the week of Tết has no working day


def test_none_was_sent_twice() -> None:
    keys = Counter((s.entry.person.id, s.day, s.entry.sort) for s in a_year().sent)
    assert max(keys.values()) == 1


def test_none_on_a_day_off_and_none_at_night() -> None:
    days = {s.day for s in a_year().sent}
    assert date(2025, 5, 3) in days  # a Saturday that was worked
    assert date(2025, 1, 27) not in days  # a Monday that was not
    assert not {TET + timedelta(n) for n in range(5)} & days
    assert date(2025, 9, 2) not in days
    assert all(TABLE.awake(s.entry.at) for s in a_year().sent)


def test_none_about_something_already_reported() -> None:
    for sent in a_year().sent:
        for decision in sent.entry.listed:
            last = sent.reported.get(decision.code)
            pressing = decision.why in (Why.OVERDUE, Why.DUE_NOW)
            if last is not None and sent.entry.sort is Sort.DIGEST:
                assert last < sent.day
                assert pressing or a_year().calendar.between(last, sent.day) > TABLE.quiet_days
            elif last is not None and sent.entry.sort is not Sort.FIGURES:
                assert a_year().calendar.between(last, sent.day) >= TABLE.unit_after


def test_none_about_what_is_done() -> None:
    year = a_year()
    for sent in year.sent:
        for decision in sent.entry.listed:
            done = year.book.facts_on(decision.code).done_on
            assert done is None or done >= sent.day


def test_each_step_was_taken_once_and_in_its_order() -> None:
    year = a_year()
    told: Counter[tuple[int, Sort, str]] = Counter(
        (s.entry.person.id, s.entry.sort, d.code)
        for s in year.sent
        if s.entry.sort in (Sort.UNIT, Sort.OFFICE, Sort.WEEK)
        for d in s.entry.listed
    )
    assert told
    assert max(told.values()) == 1
    for steps in year.steps.values():
        days = [steps[step] for step in sorted(steps)]
        assert days == sorted(days)
        if Step.OFFICE in steps:
            assert year.calendar.between(steps[Step.NOTICED], steps[Step.OFFICE]) >= TABLE.office_after


def test_who_answers_is_left_alone_and_who_never_does_is_taken_to_the_chair() -> None:
    year = a_year()
    leaders = {unit: p.id for p in year.people for post in p.posts if post.role is Role.LEADER for unit in (post.unit,)}
    chaired = {code for (code, _), steps in year.steps.items() if Step.CHAIR in steps}
    manners = {year.manner[leaders[u]] for c in chaired for u in year.plan.item[c].leads if u in leaders}
    assert chaired
    assert manners == {NEVER}


def test_a_day_is_planned_in_no_time_and_the_same_again() -> None:
    year = a_year()
    scene = replace(year.scene(date(2025, 6, 18)), told=Told(date(2025, 6, 17)))
    assert agenda(scene) == agenda(scene)
    assert all(isinstance(d, Decision) for e in agenda(scene) for d in e.listed)
