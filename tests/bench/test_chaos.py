"""Short torments: killed processes, a failing Bot API, a broadcast. What must hold always holds; time is not judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.chaos import Size, broadcast, killed, shared, stormy
from tests.places import Places


async def test_a_process_killed_at_random_moments_loses_and_doubles_nothing(places: Places, tmp_path: Path) -> None:
    seen = await killed(places, tmp_path, Size(2, 120, 40, 0.7))
    assert (seen.updates, seen.kills) == (120, 2)
    assert seen.notices >= 40
    assert seen.faultless, seen


@pytest.mark.on_postgres
async def test_two_processes_share_the_work_while_one_is_killed(places: Places, tmp_path: Path) -> None:
    seen = await shared(places, tmp_path, Size(1, 120, 20, 1.0))
    assert (seen.updates, seen.kills) == (120, 1)
    assert seen.faultless, seen


async def test_a_failing_bot_api_costs_nobody_an_answer_or_a_notice(places: Places, tmp_path: Path) -> None:
    seen = await stormy(places, tmp_path, Size(0, 40, 30, 2.0))
    assert seen.updates == 40
    assert seen.faultless, seen


async def test_a_broadcast_breaks_no_limit_and_questions_are_answered_meanwhile(places: Places, tmp_path: Path) -> None:
    seen, _ = await broadcast(places, tmp_path, Size(0, 0, 40, 0.0))
    assert seen.notices >= 40
    assert seen.notices_lost == seen.twice == 0
    assert seen.waits
