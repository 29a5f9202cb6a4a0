"""Every benchmark runs and measures what it says it does; nothing here judges time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench import backlog, growth, mornings, pictures, questions, reading, start, throughput
from tests.bench.__main__ import TINY
from tests.bench.province import grown
from tests.bench.table import Row, percentile, printed, written


async def test_throughput_answers_every_message(tmp_path: Path) -> None:
    rows = await throughput.compared(tmp_path, TINY.messages, 0.002, {"echo": "0.5"}, rounds=1)
    assert [r.bar for r in rows] == ["", "", "0.5"]
    assert float(rows[-1].figure) > 0


async def test_a_day_that_waits_is_answered_in_order(tmp_path: Path) -> None:
    day = await backlog.caught_up(tmp_path, TINY.waiting)
    assert (day.answered, day.doubled, day.disordered) == (TINY.waiting, 0, 0)
    assert 20 < day.mib < 200


def test_growth_measures_messages_and_mornings(tmp_path: Path) -> None:
    [row, whole] = growth.bench(tmp_path, TINY.factors, TINY.times)
    assert row.what == "110 items, 100 people, 1,000 reports"
    assert whole.bar == "n log n: × 1"


def test_questions_are_answered_from_a_grown_plan(tmp_path: Path) -> None:
    rows = questions.bench(tmp_path, TINY.items, TINY.reports, TINY.times)
    assert len(rows) == 2 * len(TINY.reports) + 1


def test_a_question_sees_what_somebody_has_just_reported(tmp_path: Path) -> None:
    asking = questions.at_work(tmp_path, TINY.items)
    try:
        before = asking.question("NV01 tới đâu rồi?")
        asking.somebody_reports(0)
        after = asking.question("NV01 tới đâu rồi?")
    finally:
        asking.store.close()
    assert "95%" not in before
    assert "95%" in after


def test_a_morning_is_planned_once(tmp_path: Path) -> None:
    [row] = mornings.bench(tmp_path, TINY.people, TINY.items)
    assert "(0 twice)" in row.what


async def test_the_start_is_measured_on_the_real_command(tmp_path: Path) -> None:
    rows = await start.bench(tmp_path, TINY.starts)
    assert [r.bench for r in rows] == ["start"] * 3
    assert float(rows[1].figure.split()[0]) > 20


def test_reading_measures_both_languages_and_loading() -> None:
    rows = reading.bench(TINY.items, TINY.texts, (5, 1000, 60))
    told = [r.what.split(",")[0] for r in rows]
    assert told == ["p50 / p99 a message", "p50 / p99 a message", "the longest message", "loading"]


@pytest.mark.parametrize("items", [50, 110, 300])
def test_a_grown_plan_has_as_many_items_as_asked_for(items: int) -> None:
    plan = grown(items, 20)
    assert len(plan.items) == len(plan.item) == items
    assert all(lead in plan.unit for i in plan.items for lead in i.leads)


def test_the_table_is_printed_in_columns_and_written_as_json(tmp_path: Path) -> None:
    rows = [Row("a", "something", "1 s", "under 2 s"), Row("longer", "x", "22 s")]
    lines = printed(rows).splitlines()
    assert lines[1].index("something") == lines[2].index("x")
    written(rows, tmp_path / "bench.json")
    assert [row["bench"] for row in json.loads((tmp_path / "bench.json").read_text())] == ["a", "longer"]
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


async def test_pictures_and_reports_are_printed(tmp_path: Path) -> None:
    rows = await pictures.bench(tmp_path, TINY.items, TINY.times)
    assert len(rows) == 6
    assert all(r.figure for r in rows)
