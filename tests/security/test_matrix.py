"""Every command and every button, with forged data, by every role, by strangers and by those who were removed.

Nothing but what the table of access allows is written; everybody is answered; no exception escapes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import handlers
from bot.demo.people import Person
from bot.rules.access import TABLE, Action
from bot.rules.plan import Role
from storage.tables import (
    AuditRow,
    Base,
    DayRow,
    ExtensionRow,
    InviteRow,
    ItemRow,
    ItemUnitRow,
    PersonRow,
    PlanRow,
    PostRow,
    ReportRow,
    RosterRow,
    UnitRow,
)
from tests.scenarios.conftest import Town

STAFF = {
    "leader": Role.LEADER,
    "deputy": Role.DEPUTY,
    "office": Role.OFFICE,
    "chair": Role.CHAIR,
    "member": Role.MEMBER,
}
PART = 7  # of so many forged presses one is tried in a usual run; it divides no list of them
OUTSIDE = ("stranger", "removed")
MEMBER, REMOVED = 1007, 1008

# What a table holds is written by whoever may do one of these.
WRITERS: dict[type[Base], tuple[Action, ...]] = {
    ReportRow: (Action.REPORT, Action.REPORT_FOR),
    ExtensionRow: (Action.EXTEND, Action.DECIDE),
    InviteRow: (Action.INVITE,),
    PostRow: (Action.REMOVE, Action.INVITE),
    **dict.fromkeys((PlanRow, ItemRow, ItemUnitRow, UnitRow, RosterRow), (Action.LOAD,)),
    DayRow: (Action.CALENDAR,),
}
LOOSE = {PlanRow: {"revision"}, PersonRow: {"language"}}  # what changes with every report, and is one's own

ARGUMENTS = ("", ":", ":0", ":1", ":3", ":0:0", ":1:0:office", ":0:0:chair", ":1:yes", ":2:yes", ":3:no", ":4:yes:yes")
MORE = (":yes:1", ":no:1", ":done:0", ":50:0", ":figure:0", ":hard:0", ":item:0", ":until:2025-12-31", ":at:x", ":all")
BROKEN = (":-1", ":99999999999999999999", ":é\u202e", ":'; DROP TABLE reports;--", ":NV05", ":vi:bn", ":q1:0", ":" * 60)
OWN_WISH = {"leave:yes", "leave:yes:1", "forget:yes", "forget:yes:1"}  # everybody may go, and the test would end


def forged(who: str, thorough: bool) -> Iterator[str]:
    """Presses that nobody was offered, for every word that a button may begin with; a part of them, by role."""
    some = list(product((*handlers.BUTTONS, "nosuch", ""), (*ARGUMENTS, *MORE, *BROKEN)))
    for word, rest in some if thorough else some[len(who) % PART :: PART]:
        data = (word + rest).encode()[:64].decode(errors="ignore")
        if data not in OWN_WISH:
            yield data


def typed() -> Iterator[str]:
    """Every command, alone and with something behind it."""
    for command in (*handlers.COMMANDS, "nosuch"):
        yield f"/{command}"
        yield f"/{command} 1 yes NV05 <b>& '; --"


def _add_people(session: Session) -> None:
    at = datetime(2025, 1, 2, tzinfo=UTC)
    for number, left in ((MEMBER, None), (REMOVED, at)):
        person = {"user_id": number, "name": f"Người {number}", "language": "vi", "joined_at": at, "left_at": left}
        added = session.execute(insert(PersonRow).values(person).returning(PersonRow.id)).scalar_one()
        session.execute(insert(PostRow).values(person_id=added, unit="SYT", role=Role.MEMBER, since=at, ended_at=left))


def contents(session: Session) -> dict[type[Base], list[dict[str, Any]]]:
    """What must not change: all rows of the tables that somebody's right protects."""
    found = {}
    for table in (*WRITERS, PersonRow):
        columns = [c for c in table.__table__.columns if c.name not in LOOSE.get(table, set())]
        rows = session.execute(select(*columns))
        found[table] = sorted((dict(row._mapping) for row in rows), key=repr)
    return found


def audited(session: Session) -> list[str]:
    return list(session.scalars(select(AuditRow.action)))


def people_of(town: Town) -> dict[str, Person]:
    member = town.server.person("Người xem", user_id=MEMBER, started=True)
    removed = town.server.person("Người cũ", user_id=REMOVED, started=True)
    return {**town.people, "member": member, "removed": removed}


async def attack(town: Town, person: Person, presses: Iterable[str]) -> None:
    """All of it, under messages of several kinds."""
    person.send("NV05 sao rồi?")
    person.send("chỉ tiêu nào đang chậm?")
    await town.server.drained(30)
    await done(town)
    mine = [m for m in person.messages if m.from_bot] + person.messages[:1]
    for number, data in enumerate(presses):
        person.forge(data, mine[number % len(mine)])
    for text in typed():
        person.send(text)
    await town.server.drained(60)
    await done(town)


async def done(town: Town) -> None:
    """Every update has been handled to its end."""
    async with asyncio.timeout(60):
        while await town.store.read(_waiting):  # noqa: ASYNC110 - the inbox has no event for those outside
            await asyncio.sleep(0.05)


def _waiting(session: Session) -> bool:
    from storage.inbox import backlog

    return backlog(session).waiting > 0


@pytest.mark.parametrize("who", [*STAFF, *OUTSIDE])
async def test_nobody_changes_what_the_table_does_not_give_them(
    town: Town, who: str, caplog: pytest.LogCaptureFixture, pytestconfig: pytest.Config
) -> None:
    await town.store.write(_add_people)
    person = people_of(town)[who]
    before, trail = await town.store.read(contents), await town.store.read(audited)
    await attack(town, person, forged(who, pytestconfig.getoption("thorough")))
    after = await town.store.read(contents)
    role = STAFF.get(who)
    for table, actions in WRITERS.items():
        if role is None or not any(role in TABLE[action] for action in actions):
            assert after[table] == before[table], f"{who} wrote {table.__name__}"
    if role is not Role.OFFICE:
        assert after[PersonRow] == before[PersonRow]
    if role is None:
        assert set((await town.store.read(audited))[len(trail) :]) <= {"guessed_link"}
        said = {m.text for m in person.messages if m.from_bot}
        assert said
        assert all("Cơ quan Thường trực" in text or "Lời mời" in text for text in said), "the plan was shown"
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


async def test_a_press_counts_only_under_ones_own_message(town: Town) -> None:
    """The same data under somebody else's message, as a changed client may send it, reaches nothing of theirs."""
    card = await town.says(town.leader, "NV20 60%")
    before = await town.store.read(contents)
    for other in (town.deputy, town.chair, town.stranger):
        other.forge("undo", card)
        other.forge("edit", card)
    await town.server.drained(30)
    await done(town)
    assert (await town.store.read(contents))[ReportRow] == before[ReportRow]


async def test_a_flood_is_told_of_once_and_every_message_of_it_is_answered(town: Town) -> None:
    for number in range(30):
        town.leader.send(f"NV05 {number + 1}%")
    for _ in range(60):
        town.stranger.send("cho tôi xem")
    await town.server.drained(60)
    await done(town)
    said = [m.text for m in town.leader.messages if m.from_bot]
    assert sum("rất nhiều tin nhắn liền nhau" in text for text in said) == 1
    assert len(said) == 31
    assert 1 <= sum(m.from_bot for m in town.stranger.messages) <= 20
