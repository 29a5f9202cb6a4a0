"""The record: the facts after one more report are those that all reports give."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.plan import Direction, Goal, Item, Kind
from bot.rules.record import Report, State, comes_last, facts_after, facts_of, until

START = date(2025, 1, 1)
TODAY = date(2025, 6, 18)
AT = datetime(2025, 6, 18, 3, tzinfo=UTC)
TASK = Item("NV01", Kind.TASK, "Một nhiệm vụ", START)
TARGET = Item("CT01", Kind.TARGET, "Một chỉ tiêu", START, goal=Goal("60", Decimal(60), None, Direction.UP))

figures = st.none() | st.sampled_from([Decimal(0), Decimal(40), Decimal(60), Decimal(100)])
words = st.none() | st.sampled_from(["thiếu vốn", "thiếu người"])


@st.composite
def records(draw: st.DrawFn) -> list[Report]:
    """Reports in the order written: of the workbook and of the chat, corrected, taken back, dated ahead."""
    reports: list[Report] = []
    for n in range(draw(st.integers(0, 8))):
        earlier = st.none() | st.sampled_from([r.id for r in reports]) if reports else st.none()
        kind = draw(st.sampled_from(["says", "says", "corrects", "undoes"]))
        reports.append(
            Report(
                id=str(n),
                item="",
                on=TODAY + timedelta(days=draw(st.integers(-3, 2))),
                at=draw(st.none() | st.just(AT)),
                percent=draw(figures),
                value=draw(figures),
                state=draw(st.none() | st.sampled_from(State)),
                difficulty=draw(words),
                proposal=draw(words),
                corrects=draw(earlier) if kind == "corrects" else None,
                undoes=draw(earlier) if kind == "undoes" else None,
            )
        )
    return reports


@given(records(), figures, figures, st.none() | st.sampled_from(State), words, st.sampled_from([TASK, TARGET]))
def test_one_more_report_gives_what_all_reports_give(
    before: list[Report],
    percent: Decimal | None,
    value: Decimal | None,
    state: State | None,
    difficulty: str | None,
    item: Item,
) -> None:
    new = Report("new", "", TODAY, percent, value, state, difficulty, at=AT)
    known = facts_of(item, until(before, TODAY))
    assert comes_last(new, known)
    assert facts_after(item, known, new) == facts_of(item, until([*before, new], TODAY))


def test_a_report_of_an_earlier_day_or_on_another_report_needs_all_of_them() -> None:
    known = facts_of(TASK, [Report("a", "NV01", TODAY, Decimal(50), at=AT)])
    late = Report("b", "NV01", TODAY - timedelta(days=1), Decimal(40), at=AT)
    assert not comes_last(late, known)
    assert not comes_last(Report("b", "NV01", TODAY, Decimal(40), at=AT, corrects="a"), known)
    assert not comes_last(Report("b", "NV01", TODAY, at=AT, undoes="a"), known)
    assert not comes_last(Report("b", "NV01", TODAY, Decimal(40)), known)
