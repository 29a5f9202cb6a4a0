"""A notice of which nobody knows whether it arrived: tried once more, never a third time, and the office is told."""

from __future__ import annotations

import asyncio

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import OutboxRow
from tests.scenarios.conftest import CAST, Town


async def test_two_lost_answers_end_a_notice_and_the_office_sees_it(town: Town) -> None:
    lost = town.server.faults.lose_answer(method="sendMessage", chat_id=town.leader.id)
    await town.until("2025-06-18T08:00:10")
    await reached(town, {("waiting", 1)})
    await town.passes(minutes=6)
    await reached(town, {("perhaps", 2)})
    told = await town.office.next_message()
    assert CAST["leader"].name in told.text
    assert "Không gửi được" in told.text
    await town.passes(minutes=30)
    await town.settled()
    assert lost.hits == 2


async def reached(town: Town, wanted: set[tuple[str, int]]) -> None:
    """When the leader's notice has come that far: state and attempts."""

    def now(session: Session) -> set[tuple[str, int]]:
        rows = session.execute(select(OutboxRow.state, OutboxRow.attempts).where(OutboxRow.chat_id == town.leader.id))
        return {(state, attempts) for state, attempts in rows}

    async with asyncio.timeout(10):
        while await town.store.read(now) != wanted:  # noqa: ASYNC110 - a row tells nobody
            await asyncio.sleep(0.01)
