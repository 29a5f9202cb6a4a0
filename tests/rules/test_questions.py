"""Which items answer a question, in which order and why; who is silent, who leads; what may be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.access import Policy
from bot.rules.acts import Act, Intent
from bot.rules.answers import Basis, Pick, Problem, Scope, Unanswered
from bot.rules.book import Book
from bot.rules.people import Person, Post
from bot.rules.plan import Goal, Item, Kind, Pillar, Plan, Role, Unit
from bot.rules.questions import (
    ITEMS_A_PAGE,
    MOST_READINGS,
    Asker,
    Spoken,
    Why,
    basis_of,
    counted,
    entry_of,
    item_asked,
    listed,
    ranked,
    readings,
    said,
    scope_of,
    severity,
    silence,
    summed,
    undecided,
    why,
    with_obstacles,
)
from bot.rules.record import Facts, State
from bot.rules.standing import OfficialClass, Status

TODAY = date(2025, 6, 18)
YEAR_START, YEAR_END = date(2025, 1, 1), date(2025, 12, 31)
UNITS = (
    Unit("A", "Sở A", "দপ্তর ক"),
    Unit("B", "Sở B"),
    Unit("C", "Huyện C", kind="locality"),
    Unit("ALLH", "Các huyện", kind="group", members=("locality",)),
    Unit("D", "Huyện D", kind="locality"),
)
CHAIR = Person(1, "Chủ tịch", "vi", (Post("A", Role.CHAIR),), 11)
LEADER = Person(2, "Lãnh đạo B", "vi", (Post("B", Role.LEADER),), 12)
NOT_SPOKEN = Spoken({}, {})


def task(code: str, **more: Any) -> Item:
    """A task of unit A for the whole year."""
    return Item(code, Kind.TASK, f"Việc {code}", **{"start": YEAR_START, "due": YEAR_END, "leads": ("A",), **more})


def target(code: str, **more: Any) -> Item:
    """A target in percent from 0 to 100 of unit A for the whole year."""
    given_ = {"start": YEAR_START, "due": YEAR_END, "leads": ("A",), "baseline": Decimal(0), "measure": "%"}
    return Item(code, Kind.TARGET, f"Chỉ tiêu {code}", goal=Goal("100", Decimal(100)), **{**given_, **more})


def at(percent: int, **more: Any) -> Facts:
    """The facts of a task at so many percent, reported ten days ago."""
    day = TODAY - timedelta(10)
    known = {"percent_on": day, "last_on": day, "state": State.IN_PROGRESS, "reports": 1}
    return Facts(percent=Decimal(percent), **{**known, **more})


def value(amount: int, **more: Any) -> Facts:
    """The facts of a target measured ten days ago."""
    day = TODAY - timedelta(10)
    known = {"value_on": day, "last_on": day, "state": State.IN_PROGRESS, "reports": 1}
    return Facts(value=Decimal(amount), **{**known, **more})


def book_of(items: Sequence[Item], facts: dict[str, Facts] | None = None) -> Book:
    plan = Plan(2025, UNITS, (Pillar("P", "Lĩnh vực P"),), tuple(items), version=1)
    return Book(plan, facts or {})


def asker(person: Person = CHAIR, *, leaders_see_all: bool = True) -> Asker:
    return Asker(person, Policy(leaders_see_all), TODAY)


def act(intent: Intent, **slots: Any) -> Act:
    return Act(intent, slots)


def scope(asked: Act, book: Book, who: Asker | None = None) -> Scope:
    found = scope_of(asked, book, who or asker())
    assert isinstance(found, Scope)
    return found


def codes(book: Book, who: Asker | None = None, **slots: Any) -> list[str]:
    """The codes of the first page of a list."""
    asked = act(Intent.LIST, **slots)
    answer = listed(asked, book, scope(asked, book, who), who or asker())
    return [entry.item.code for entry in answer.entries]


def period(first: str, last: str) -> dict[str, str]:
    return {"from": first, "to": last}


JUNE = period("2025-06-01", "2025-06-30")


# ---------------------------------------------------------------- behind, as the contract has it


@pytest.fixture
def mixed() -> Book:
    """One item of every standing, and two that are overdue or behind to be put in order."""
    items = [
        task("ON", due=YEAR_END),
        task("RISK"),
        task("BEHIND"),
        target("WORSE"),
        task("LATE", due=date(2025, 6, 1)),
        task("LATER", due=date(2025, 5, 1)),
        task("DONE"),
        target("BLANK"),
    ]
    facts = {
        "ON": at(50),
        "RISK": at(30),
        "BEHIND": at(15),
        "WORSE": value(5),
        "LATE": at(90),
        "LATER": at(20),
        "DONE": Facts(percent=Decimal(100), done_on=date(2025, 6, 2), last_on=date(2025, 6, 2), reports=1),
    }
    return book_of(items, facts)


def test_behind_lists_the_overdue_first_then_the_widest_gap(mixed: Book) -> None:
    assert codes(mixed, state="behind") == ["LATER", "LATE", "WORSE", "BEHIND"]


def test_beside_the_behind_the_at_risk_are_counted_and_those_without_data_named(mixed: Book) -> None:
    asked = act(Intent.LIST, state="behind")
    answer = listed(asked, mixed, scope(asked, mixed), asker())
    assert (answer.page.total, answer.at_risk, answer.no_data) == (4, 1, 1)
    assert [item.code for item in answer.apart] == ["BLANK"]
    assert (answer.counts[Status.OVERDUE], answer.counts[Status.BEHIND]) == (2, 2)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("overdue", {"LATE", "LATER"}),
        ("at_risk", {"RISK"}),
        ("on_track", {"ON"}),
        ("done", {"DONE"}),
        ("no_data", {"BLANK"}),
        ("behind_only", {"WORSE", "BEHIND"}),
    ],
)
def test_each_standing_has_its_items(mixed: Book, state: str, expected: set[str]) -> None:
    assert set(codes(mixed, state=state)) == expected


def test_not_done_is_everything_but_the_done(mixed: Book) -> None:
    asked = act(Intent.COUNT, state="not_done")
    assert counted(asked, mixed, scope(asked, mixed), asker()).total == 7


def test_started_stopped_and_silent_items_are_told_from_the_record() -> None:
    long_ago = TODAY - timedelta(60)
    items = [task(code) for code in ("NEW", "SAID", "ZERO", "GOING", "STOPPED", "OLD")]
    facts = {
        "SAID": at(0, state=State.NOT_STARTED),
        "ZERO": at(0),
        "GOING": at(40),
        "STOPPED": at(40, state=State.BLOCKED),
        "OLD": at(50, last_on=long_ago, percent_on=long_ago),
    }
    book = book_of(items, facts)
    assert set(codes(book, state="not_started")) == {"NEW", "SAID", "ZERO"}
    assert set(codes(book, state="in_progress")) == {"GOING", "OLD"}
    assert codes(book, state="blocked") == ["STOPPED"]
    assert set(codes(book, state="stale")) == {"NEW", "OLD"}


def test_what_falls_due_comes_by_date_and_the_done_last() -> None:
    items = [
        task("LAST", due=date(2025, 6, 30)),
        task("FIRST", due=date(2025, 6, 20)),
        task("DONE", due=date(2025, 6, 5)),
    ]
    items.append(task("JULY", due=date(2025, 7, 1)))
    book = book_of(items, {"DONE": at(100, done_on=date(2025, 6, 4))})
    assert codes(book, state="due", period=JUNE) == ["FIRST", "LAST", "DONE"]


def test_without_a_period_the_next_thirty_days_fall_due() -> None:
    items = [task("SOON", due=TODAY + timedelta(30)), task("AFTER", due=TODAY + timedelta(31))]
    asked = act(Intent.LIST, state="due")
    assert scope(asked, book_of(items)).assumed
    assert codes(book_of(items), state="due") == ["SOON"]


def test_done_in_a_period_is_by_the_day_of_finishing_newest_first() -> None:
    days = {"MAY": date(2025, 5, 31), "EARLY": date(2025, 6, 1), "LATE": date(2025, 6, 17)}
    facts = {code: at(100, done_on=day) for code, day in days.items()}
    assert codes(book_of([task(code) for code in days], facts), state="done", period=JUNE) == ["LATE", "EARLY"]


def test_an_extension_moves_the_due_date_that_counts() -> None:
    item = task("X", due=date(2025, 6, 1), extended=date(2025, 6, 25))
    assert codes(book_of([item]), state="overdue") == []
    assert codes(book_of([item]), state="due", period=JUNE) == ["X"]


def test_withdrawn_items_count_nowhere() -> None:
    assert codes(book_of([task("GONE", withdrawn=True), task("HERE")])) == ["HERE"]


def test_filters_narrow_a_list() -> None:
    items = [task("T1", pillar="P"), target("C1", pillar="P"), task("T2", leads=("B",)), task("T3", leads=("ALLH",))]
    book = book_of(items)
    assert codes(book, kind="target") == ["C1"]
    assert set(codes(book, pillar="P")) == {"T1", "C1"}
    assert codes(book, unit="B") == ["T2"]
    assert codes(book, unit="C") == ["T3"], "a group's item is its members' too"
    assert codes(book, asker(LEADER), mine=True) == ["T2"]


# ---------------------------------------------------------------- what holds for every plan

facts_drawn = st.one_of(
    st.none(),
    st.builds(at, st.integers(0, 99), state=st.sampled_from([State.IN_PROGRESS, State.BLOCKED, State.NOT_STARTED])),
    st.builds(at, st.just(100), done_on=st.dates(YEAR_START, TODAY)),
)
items_drawn = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", "ALLH"]),
        st.one_of(st.none(), st.dates(date(2025, 2, 1), YEAR_END)),
        facts_drawn,
        st.booleans(),
    ),
    max_size=30,
)


def drawn_book(drawn: list[tuple[str, date | None, Facts | None, bool]]) -> Book:
    make = [(target if measured else task)(f"X{n}", leads=(u,), due=d) for n, (u, d, _, measured) in enumerate(drawn)]
    facts = {f"X{n}": f for n, (_, _, f, _) in enumerate(drawn) if f is not None}
    values = {c: replace(f, value=f.percent, value_on=f.percent_on) for c, f in facts.items()}
    return book_of(make, values)


@given(items_drawn, st.sampled_from([None, *Pick]))
def test_the_pages_of_a_list_show_everything_once_in_order(drawn: Any, pick: Pick | None) -> None:
    book = drawn_book(drawn)
    slots = {"state": str(pick)} if pick else {}
    seen = []
    first = act(Intent.LIST, **slots)
    pages = listed(first, book, scope(first, book), asker()).page.pages
    for number in range(1, pages + 1):
        asked = act(Intent.LIST, **slots, page=number)
        answer = listed(asked, book, scope(asked, book), asker())
        assert len(answer.entries) <= ITEMS_A_PAGE
        seen += answer.entries
    assert len({e.item.code for e in seen}) == len(seen)
    asked = act(Intent.COUNT, **slots)
    assert counted(asked, book, scope(asked, book), asker()).total == len(seen)
    if pick not in (Pick.DONE, Pick.DUE):
        assert [severity(e.standing) for e in seen] == sorted(severity(e.standing) for e in seen)


@given(items_drawn)
def test_the_summary_counts_every_item_once(drawn: Any) -> None:
    book = drawn_book(drawn)
    answer = summed(book, scope(act(Intent.SUMMARY), book), asker())
    for tally in (answer.targets, answer.tasks):
        assert sum(tally.by_status.values()) == sum(tally.by_class.values()) == tally.total
        done = tally.by_class.get(OfficialClass.DONE_ON_TIME, 0) + tally.by_class.get(OfficialClass.DONE_LATE, 0)
        assert done == tally.done
    assert answer.targets.total + answer.tasks.total == len(drawn)


@given(items_drawn, st.sampled_from(["best", "worst"]))
def test_ranks_follow_the_shares(drawn: Any, order: str) -> None:
    book = drawn_book(drawn)
    asked = act(Intent.RANKING, order=order)
    ranks = ranked(asked, book, scope(asked, book), asker()).ranks
    shares = [rank.share for rank in ranks]
    assert shares == sorted(shares, reverse=order == "best")
    assert all((a.share == b.share) == (a.place == b.place) for a in ranks for b in ranks)


# ---------------------------------------------------------------- units


def test_ranking_gives_a_groups_item_to_every_member() -> None:
    book = book_of([task("T1"), task("T2", leads=("ALLH",)), task("T3", leads=("B",))], {"T2": at(50), "T3": at(50)})
    asked = act(Intent.RANKING)
    ranks = {
        rank.unit: (rank.place, rank.good, rank.total)
        for rank in ranked(asked, book, scope(asked, book), asker()).ranks
    }
    assert ranks == {"B": (1, 1, 1), "C": (1, 1, 1), "D": (1, 1, 1), "A": (4, 0, 1)}


def silent_units(book: Book, spoken: Spoken = NOT_SPOKEN, **slots: Any) -> list[str]:
    asked = act(Intent.SILENT, **slots)
    return [quiet.unit for quiet in silence(asked, book, scope(asked, book), asker(), spoken).quiet]


def test_silence_is_this_month_unless_a_period_is_named() -> None:
    book = book_of([task("T1"), task("T2", leads=("B",))], {"T1": at(50), "T2": at(50, last_on=date(2025, 5, 30))})
    assert scope(act(Intent.SILENT), book).period is not None
    assert silent_units(book) == ["B"]
    assert silent_units(book, period=period("2025-05-01", "2025-06-18")) == []


def test_who_never_reported_comes_first() -> None:
    book = book_of([task("T1"), task("T2", leads=("B",))], {"T1": at(50, last_on=date(2025, 5, 30))})
    assert silent_units(book) == ["B", "A"]


def test_nobody_waits_for_what_is_done_or_not_yet_due() -> None:
    items = [
        task("DONE"),
        task("LATER", leads=("B",), start=date(2025, 7, 1)),
        target("ONCE", leads=("C",), once=True),
    ]
    book = book_of(items, {"DONE": at(100, done_on=date(2025, 5, 2), last_on=date(2025, 5, 2))})
    assert silent_units(book) == []


def test_of_several_leads_each_speaks_for_itself() -> None:
    book = book_of([task("T1", leads=("A", "B"))], {"T1": at(50)})
    asked = act(Intent.SILENT)
    assert undecided(book, scope(asked, book), asker()) == ["T1"]
    assert silent_units(book, Spoken({"T1": frozenset({"A"})}, {})) == ["B"]
    assert silent_units(book, Spoken({"T1": frozenset({None})}, {})) == [], "a report that names no unit counts for all"


def test_what_a_group_leads_is_done_with_once_any_member_reports() -> None:
    book = book_of([task("T1", leads=("ALLH",))], {"T1": at(50)})
    assert silent_units(book, Spoken({"T1": frozenset({"C"})}, {})) == []
    assert silent_units(book_of([task("T1", leads=("ALLH",))])) == ["C", "D"]


def test_one_unit_is_told_what_waits() -> None:
    book = book_of([task("T1", leads=("B",)), task("T2", leads=("B",), due=date(2025, 6, 1))])
    asked = act(Intent.SILENT, unit="B")
    answer = silence(asked, book, scope(asked, book), asker(), NOT_SPOKEN)
    assert answer.one is not None
    assert (answer.one.waiting, answer.one.overdue, answer.one.reported) == (2, 1, 0)
    assert [entry.item.code for entry in answer.entries] == ["T2", "T1"]


def test_open_obstacles_come_by_unit() -> None:
    facts = {c: at(50, difficulty="vướng") for c in ("T1", "T2", "T3")} | {"T4": at(50)}
    items = [task("T1", leads=("B",)), task("T2"), task("T3", leads=("B",)), task("T4")]
    book = book_of(items, facts)
    assert [i.code for i in with_obstacles(book, scope(act(Intent.DIFFICULTIES), book), asker())] == ["T2", "T1", "T3"]


# ---------------------------------------------------------------- why


@pytest.mark.parametrize(
    ("item", "facts", "expected"),
    [
        (task("X"), at(100, done_on=TODAY), Why.DONE),
        (task("X", due=date(2025, 6, 1)), at(50), Why.OVERDUE),
        (task("X"), at(10), Why.SHORT),
        (task("X"), at(50, state=State.BLOCKED), Why.STOPPED),
        (target("X"), value(-5), Why.AWAY),
        (target("X", baseline=None), value(5), Why.NO_BASELINE),
        (target("X"), Facts(), Why.NEVER_MEASURED),
        (task("X"), at(60), Why.ENOUGH),
        (target("X", once=True), Facts(), Why.NOTHING_DUE),
        (task("X", due=None), at(5), Why.NO_DEADLINE),
    ],
)
def test_why_an_item_stands_where_it_stands(item: Item, facts: Facts, expected: Why) -> None:
    assert why(entry_of(item, book_of([item], {"X": facts}), TODAY)) is expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (task("X", due=TODAY), Basis.DUE),
        (task("X", due=None), Basis.NONE),
        (task("X"), Basis.EVEN),
        (target("X", once=True), Basis.ONCE),
        (target("X", points=(Decimal(10), None, None, None)), Basis.POINT),
        (target("X", points=(None, Decimal(40), None, None)), Basis.BEFORE_POINT),
    ],
)
def test_what_the_expectation_rests_on(item: Item, expected: Basis) -> None:
    assert basis_of(item, TODAY) is expected


# ---------------------------------------------------------------- what may be seen, and what cannot be answered


def problem(found: object) -> Problem | None:
    return found.problem if isinstance(found, Unanswered) else None


def test_questions_that_cannot_be_answered_say_why() -> None:
    book = book_of([task("T1")])
    stranger = asker(replace(LEADER, posts=()))
    assert problem(item_asked(act(Intent.DETAIL), book, asker())) is Problem.NO_ITEM
    assert problem(item_asked(act(Intent.DETAIL, item="T9"), book, asker())) is Problem.NO_SUCH_ITEM
    assert problem(scope_of(act(Intent.LIST, unit="Z"), book, asker())) is Problem.NO_SUCH_UNIT
    assert problem(scope_of(act(Intent.LIST, pillar="Z"), book, asker())) is Problem.NO_SUCH_PILLAR
    assert problem(scope_of(act(Intent.LIST, mine=True), book, stranger)) is Problem.NO_UNIT


def test_where_leaders_see_only_their_own() -> None:
    book = book_of([task("T1"), task("T2", leads=("B",)), task("T3", partners=("B",))])
    who = asker(LEADER, leaders_see_all=False)
    assert problem(item_asked(act(Intent.DETAIL, item="T1"), book, who)) is Problem.ITEM_HIDDEN
    assert problem(scope_of(act(Intent.SUMMARY, unit="A"), book, who)) is Problem.UNIT_HIDDEN
    assert set(codes(book, who)) == {"T2", "T3"}
    assert scope(act(Intent.LIST), book, who).partial
    assert not scope(act(Intent.LIST, mine=True), book, who).partial


def test_readings_are_few_visible_and_keep_the_other_slots() -> None:
    items = [task(f"T{n}") for n in range(9)] + [task("MINE", leads=("B",))]
    book = book_of(items)
    asked = act(Intent.HISTORY, candidates=[i.code for i in items], period=JUNE)
    found = readings(asked, book, asker())
    assert len(found) == MOST_READINGS
    assert found[0] == act(Intent.HISTORY, item="T0", period=JUNE)
    assert [a.slots["item"] for a in readings(asked, book, asker(LEADER, leaders_see_all=False))] == ["MINE"]
    units = readings(act(Intent.LIST, candidates=["B", "C"], state="behind"), book, asker())
    assert [a.slots.get("unit") for a in units] == ["B", "C"]


def test_what_our_buttons_keep_is_not_said() -> None:
    assert said(act(Intent.LIST, state="behind", page=3, back={"intent": "summary"})) == act(
        Intent.LIST, state="behind"
    )


def test_a_past_period_asks_how_things_stood_then() -> None:
    book = book_of([task("T1")])
    assert scope(act(Intent.SUMMARY, period=period("2025-01-01", "2025-03-31")), book).day == date(2025, 3, 31)
    assert scope(act(Intent.SUMMARY, period=JUNE), book).day == TODAY
    assert scope(act(Intent.LIST, state="overdue", period=period("2025-05-01", "2025-05-31")), book).day == TODAY
