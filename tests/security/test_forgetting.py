"""Whoever leaves may take their data along; what they reported stays, under their unit."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import Base, PersonRow, ReportRow
from tests.scenarios.conftest import CAST, Town
from tests.security.test_matrix import done


def mentions(session: Session, words: tuple[str, ...]) -> list[str]:
    """Every table and column in which one of the words stands, the office's own workbook left out."""
    found = []
    for table in Base.metadata.sorted_tables:
        rows = session.execute(select(table)).mappings().all() if table.name != "roster" else ()
        columns = {name for row in rows for name, value in row.items() if any(word in str(value) for word in words)}
        found += [f"{table.name}.{name}" for name in sorted(columns)]
    return found


def reports_of_unit(session: Session) -> list[tuple[str | None, str | None]]:
    rows = session.execute(select(ReportRow.by, ReportRow.unit).where(ReportRow.person_id == 1))
    return [(by, unit) for by, unit in rows]


async def test_nothing_is_left_of_a_person_but_what_they_reported(town: Town) -> None:
    who = CAST["leader"]
    await town.says(town.leader, "NV20 70% vướng kinh phí")
    await town.says(town.leader, "nhắc tôi NV20 ngày mai 9h")
    asked = await town.says(town.leader, "/forget")
    told = await town.presses(town.leader, asked, "Có, xóa tất cả")
    assert "đã được xóa" in told.text
    await town.server.drained()
    await done(town)
    left = await town.store.read(mentions, (who.name, str(who.user_id)))
    # The update that asked for it is pruned with the inbox; the trail of the plan tells whom its own sheet names.
    assert set(left) <= {"inbox.raw", "inbox.chat_id", "messages.chat_id", "audit.detail"}, left
    assert await town.store.read(reports_of_unit) == [(None, "STTTT")]
    assert "xin lời mời" in (await town.says(town.leader, "xin chào")).text


async def test_staying_changes_nothing(town: Town) -> None:
    asked = await town.says(town.leader, "/forget")
    assert "Không có gì thay đổi" in (await town.presses(town.leader, asked, "Ở lại")).text
    names = await town.store.read(lambda session: set(session.scalars(select(PersonRow.name))))
    assert CAST["leader"].name in names


async def test_the_last_of_the_office_cannot_be_forgotten(town: Town) -> None:
    for key in ("office", "office_bn"):
        asked = await town.says(town.people[key], "/forget")
        await town.presses(town.people[key], asked, asked.labels[0])
    assert "chào" not in (await town.says(town.office_bn, "/people")).text
    names = await town.store.read(lambda session: set(session.scalars(select(PersonRow.name))))
    assert (CAST["office"].name in names, CAST["office_bn"].name in names) == (False, True)
