"""The book: standings are kept, and are those of the newest facts, whatever was asked for before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.book import Book
from bot.rules.plan import Item, Kind, Plan
from bot.rules.record import Facts
from bot.rules.standing import Status

START, DUE, DAY = date(2025, 1, 1), date(2025, 12, 31), date(2025, 6, 18)
CODES = ("NV01", "NV02", "NV03")
PLAN = Plan(
    2025,
    items=(
        *(Item(code, Kind.TASK, code, START, due=DUE) for code in CODES),
        Item("NV09", Kind.TASK, "NV09", START, due=DUE, withdrawn=True),
    ),
)
percents = st.integers(0, 100).map(lambda n: Facts(percent=Decimal(n), done_on=DAY if n == 100 else None, reports=1))
changes = st.dictionaries(st.sampled_from(CODES), percents)


def test_withdrawn_items_stand_nowhere() -> None:
    assert list(Book(PLAN, {}).standings(DAY)) == list(CODES)


@given(st.lists(st.tuples(changes, st.booleans(), st.booleans()), max_size=8))
def test_standings_follow_the_facts(steps: list[tuple[dict[str, Facts], bool, bool]]) -> None:
    book, facts = Book(PLAN, {}), {}
    for revision, (change, asked_all, asked_tomorrow) in enumerate(steps, start=1):
        if asked_all:
            book.standings(DAY)
        if asked_tomorrow:
            book.standings(DUE)
        facts |= change
        book = book.revised(change, revision)
    fresh = Book(PLAN, facts)
    assert {code: book.standing(code, DAY) for code in CODES} == dict(fresh.standings(DAY))
    assert book.standings(DAY) == fresh.standings(DAY)
    assert list(book.standings(DAY)) == list(CODES)


def test_an_older_book_keeps_its_own_standings() -> None:
    old = Book(PLAN, {})
    old.standings(DAY)
    new = old.revised({"NV01": Facts(percent=Decimal(100), done_on=DAY, reports=1)}, 1)
    assert new.standings(DAY)["NV01"].status is Status.DONE
    assert old.standings(DAY)["NV01"].status is not Status.DONE
