"""What is kept no longer than the office wants, and clocks that jump: nothing on record goes or comes twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.record import forget_evidence
from storage.tables import EvidenceRow, InboxRow, OutboxRow, ReportRow
from tests.scenarios.conftest import Town
from tests.security.test_matrix import done


def counted(session: Session) -> tuple[int, int]:
    """Reports, and pieces of evidence."""
    reports, evidence = (session.scalar(select(func.count()).select_from(row)) or 0 for row in (ReportRow, EvidenceRow))
    return reports, evidence


async def test_evidence_goes_in_time_and_its_report_stays(town: Town) -> None:
    before = await town.store.read(counted)
    town.leader.photo(b"", caption="NV20 60%")
    await town.leader.next_message()
    assert await town.store.read(counted) == (before[0] + 1, before[1] + 1)
    await town.store.write(forget_evidence, town.clock.now() - timedelta(days=1))
    assert await town.store.read(counted) == (before[0] + 1, before[1] + 1), "it is younger than that"
    await town.store.write(forget_evidence, town.clock.now() + timedelta(days=1))
    assert await town.store.read(counted) == (before[0] + 1, 0)


@pytest.mark.parametrize("jump", [timedelta(days=-2), timedelta(hours=-3), timedelta(days=3)])
async def test_a_clock_that_jumps_loses_no_report_and_reminds_nobody_twice(town: Town, jump: timedelta) -> None:
    await town.until("2025-06-18T08:00:10")
    await town.settled()
    digests = await town.store.read(day_notices)
    reports = (await town.store.read(counted))[0]
    town.clock.move(jump)
    assert "60%" in await answer(town, "NV20 60%")
    await town.bot.tick()
    town.clock.move(-jump)  # somebody sets it right
    await town.bot.tick()
    assert "70%" in await answer(town, "NV20 70%")
    await town.settled()
    await done(town)
    after = await town.store.read(day_notices)
    assert all(after[key] == digests[key] == 1 for key in digests)
    assert (await town.store.read(counted))[0] == reports + 2
    assert set(await town.store.read(lambda session: session.scalars(select(InboxRow.state)).all())) == {"done"}


def day_notices(session: Session) -> dict[tuple[object, ...], int]:
    """How many notices each person has for each day, kind and subject."""
    keys = (OutboxRow.chat_id, OutboxRow.day, OutboxRow.kind, OutboxRow.subject)
    return {tuple(row[:4]): row[4] for row in session.execute(select(*keys, func.count()).group_by(*keys))}


async def answer(town: Town, text: str) -> str:
    """What the leader gets in reply to this text, whatever else arrives."""
    asked = town.leader.send(text).message_id

    def found() -> str | None:
        replies = (m for m in town.leader.messages if m.from_bot and m.reply_to)
        return next((m.text for m in replies if m.reply_to and m.reply_to.message_id == asked), None)

    told: str = await town.server.wait_until(found)
    return told
