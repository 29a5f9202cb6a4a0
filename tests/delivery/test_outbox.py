"""Notices leave once, in the reader's words, and every way a send can end is written down."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery.outbox import ATTEMPTS, Later, Sender
from bot.delivery.polling import RawBot
from bot.demo.server import StandIn
from storage import outbox as rows
from storage.database import Store
from storage.outbox import NewNotice, Notice
from storage.tables import OutboxRow, PersonRow
from tests.delivery.tools import eventually

pytestmark = pytest.mark.on_postgres

NOON = datetime(2025, 6, 18, 5, 0, tzinfo=UTC)
MORNING = NOON - timedelta(hours=4)


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    """The application's side: words are the facts' text; what it is told is remembered."""

    bot: RawBot
    told: list[tuple[str, int, Any]] = field(default_factory=list)
    nothing_to_say: bool = False
    later: datetime | None = None
    defect: bool = False

    async def render(self, notice: Notice) -> str | Later | None:
        if self.defect:
            raise KeyError("bí mật")
        if self.later is not None:
            return Later(self.later)
        return None if self.nothing_to_say else str(notice.facts["text"])

    async def send(self, chat_id: int, words: str) -> int:
        return (await self.bot.send_message(chat_id, words)).message_id

    async def blocked(self, notice: Notice, reason: str) -> None:
        self.told.append(("blocked", notice.chat_id, reason))

    async def moved(self, notice: Notice, chat_id: int) -> None:
        self.told.append(("moved", notice.chat_id, chat_id))

    async def given_up(self, notice: Notice, reason: str) -> None:
        self.told.append(("given up", notice.chat_id, reason))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(bot: RawBot) -> Office:
    return Office(bot)


@pytest.fixture
def sender(store: Store, office: Office, clock: Clock) -> Iterator[Sender[str]]:
    store.write_now(_person)
    yield Sender(store, "me", clock, office, jitter=lambda: 1.0)


def _person(session: Session) -> None:
    session.add(PersonRow(id=1, user_id=1, name="Lan", language="vi", joined_at=MORNING))


def notice(chat_id: int, subject: str = "", **given: Any) -> NewNotice:
    facts = {"text": f"Nhắc việc {subject}".strip()}
    fixed: dict[str, Any] = {
        "person_id": 1,
        "day": date(2025, 6, 18),
        "kind": "digest",
        "due_at": MORNING,
        "bulk": True,
    }
    return NewNotice(chat_id=chat_id, subject=subject, facts=facts, **(fixed | given))


def states(session: Session) -> list[tuple[str, int]]:
    """Each row's state and attempts, in order."""
    return [
        (state, tries)
        for state, tries in session.execute(select(OutboxRow.state, OutboxRow.attempts).order_by(OutboxRow.id))
    ]


async def run_dry(sender: Sender[str], clock: Clock, steps: int = 30) -> None:
    """Step until nothing is due any more, letting the waits pass."""
    for _ in range(steps):
        if not await sender.step():
            clock.now += timedelta(minutes=6)


async def test_a_notice_is_sent_once_and_written_down(
    api: StandIn, store: Store, sender: Sender[str], clock: Clock
) -> None:
    lan = api.person("Lan", started=True)
    assert await store.write(rows.put, [notice(lan.id)], NOON) == 1
    assert await store.write(rows.put, [notice(lan.id), notice(lan.id, "T12")], NOON) == 1
    await run_dry(sender, clock, 5)
    assert [message.text for message in lan.look()] == ["Nhắc việc", "Nhắc việc T12"]
    assert await store.read(states) == [("sent", 1), ("sent", 1)]
    sent = await store.read(lambda session: session.scalars(select(OutboxRow)).first())
    assert sent is not None
    assert (sent.sent_at, sent.message_id is not None) == (NOON, True)


async def test_what_is_not_due_waits(api: StandIn, store: Store, sender: Sender[str], clock: Clock) -> None:
    lan = api.person("Lan", started=True)
    await store.write(rows.put, [notice(lan.id, due_at=NOON + timedelta(minutes=1))], NOON)
    assert not await sender.step()
    clock.now += timedelta(minutes=1)
    assert await sender.step()


async def test_what_is_no_broadcast_goes_first(api: StandIn, store: Store, sender: Sender[str]) -> None:
    lan = api.person("Lan", started=True)
    urgent = notice(lan.id, "T9", bulk=False, due_at=NOON)
    await store.write(rows.put, [notice(lan.id, f"T{number}") for number in range(3)] + [urgent], NOON)
    await sender.step()
    assert [message.text for message in lan.look()] == ["Nhắc việc T9"]


async def test_nothing_left_to_say_is_dropped(api: StandIn, store: Store, sender: Sender[str], office: Office) -> None:
    office.nothing_to_say = True
    await store.write(rows.put, [notice(api.person("Lan", started=True).id)], NOON)
    await sender.step()
    assert await store.read(states) == [("dropped", 1)]
    assert api.counts["sendMessage"] == 0


async def test_at_night_it_waits_for_the_morning(
    api: StandIn, store: Store, sender: Sender[str], office: Office, clock: Clock
) -> None:
    lan, office.later = api.person("Lan", started=True), NOON + timedelta(hours=9)
    await store.write(rows.put, [notice(lan.id)], NOON)
    assert await sender.step()
    assert not await sender.step()
    clock.now, office.later = office.later, None
    assert await sender.step()
    assert await store.read(states) == [("sent", 1)]


async def test_a_refusal_that_passes_is_tried_again(
    api: StandIn, store: Store, sender: Sender[str], clock: Clock
) -> None:
    lan = api.person("Lan", started=True)
    api.faults.server_error(502, method="sendMessage", times=3)
    await store.write(rows.put, [notice(lan.id)], NOON)
    await run_dry(sender, clock)
    assert await store.read(states) == [("sent", 4)]
    assert len(lan.look()) == 1


async def test_a_refusal_that_does_not_pass_is_given_up_and_told(
    api: StandIn, store: Store, sender: Sender[str], office: Office, clock: Clock
) -> None:
    lan = api.person("Lan", started=True)
    fault = api.faults.server_error(502, method="sendMessage")
    await store.write(rows.put, [notice(lan.id)], NOON)
    await run_dry(sender, clock)
    assert fault.hits == ATTEMPTS
    assert await store.read(states) == [("failed", ATTEMPTS)]
    assert [(what, chat) for what, chat, _ in office.told] == [("given up", lan.id)]
    assert (await store.read(rows.backlog, clock.now)).given_up == 1


async def test_a_lost_answer_is_followed_by_one_more_attempt(
    api: StandIn, store: Store, sender: Sender[str], clock: Clock
) -> None:
    lan = api.person("Lan", started=True)
    api.faults.lose_answer(method="sendMessage", times=1)
    await store.write(rows.put, [notice(lan.id)], NOON)
    await run_dry(sender, clock)
    assert len(lan.look()) == 2
    assert await store.read(states) == [("sent", 2)]


async def test_two_lost_answers_are_the_end_and_the_office_hears_of_it(
    api: StandIn, store: Store, sender: Sender[str], office: Office, clock: Clock
) -> None:
    lan = api.person("Lan", started=True)
    api.faults.lose_answer(method="sendMessage", times=1)
    await store.write(rows.put, [notice(lan.id)], NOON)
    await sender.step()
    api.faults.server_error(502, method="sendMessage", times=1)
    clock.now += timedelta(minutes=6)
    await sender.step()
    api.faults.lose_answer(method="sendMessage")
    await run_dry(sender, clock)
    assert len(lan.look()) == 2
    assert await store.read(states) == [("perhaps", 3)]
    assert [(what, chat) for what, chat, _ in office.told] == [("given up", lan.id)]


async def test_a_blocked_chat_gets_nothing_more_and_the_office_hears_of_it(
    api: StandIn, store: Store, sender: Sender[str], office: Office, clock: Clock
) -> None:
    lan, hoa = api.person("Lan", started=True), api.person("Hoa", started=True)
    lan.block()
    await store.write(rows.put, [notice(lan.id, "a"), notice(lan.id, "b"), notice(hoa.id, "c")], NOON)
    await run_dry(sender, clock)
    assert [state for state, _ in await store.read(states)] == ["blocked", "blocked", "sent"]
    assert [(what, chat) for what, chat, _ in office.told] == [("blocked", lan.id)]
    assert api.counts["sendMessage"] == 2


async def test_a_group_that_moved_is_followed(
    api: StandIn, store: Store, sender: Sender[str], office: Office, clock: Clock
) -> None:
    lan = api.person("Lan", started=True)
    group = api.group("Ban Chỉ đạo", [lan])
    group.add_bot(lan)
    old, new = group.id, group.migrate()
    await store.write(rows.put, [notice(old, "a"), notice(old, "b")], NOON)
    await run_dry(sender, clock)
    assert await store.read(states) == [("sent", 2), ("sent", 1)]
    assert ("moved", old, new) in office.told
    assert len(group.look()) == 2


async def test_a_defect_in_one_notice_does_not_stop_the_others(
    api: StandIn, store: Store, sender: Sender[str], office: Office, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    lan, office.defect = api.person("Lan", started=True), True
    await store.write(rows.put, [notice(lan.id)], NOON)
    await run_dry(sender, clock)
    assert await store.read(states) == [("failed", ATTEMPTS)]
    assert "KeyError at test_outbox.py" in caplog.text
    assert "bí mật" not in caplog.text


async def test_what_a_dead_sender_left_half_sent_is_sent_once_more(
    api: StandIn, store: Store, sender: Sender[str], clock: Clock
) -> None:
    lan = api.person("Lan", started=True)
    await store.write(rows.put, [notice(lan.id, "a"), notice(lan.id, "b")], NOON)
    for _ in range(2):
        await store.write(rows.claim, "dead", NOON, NOON + timedelta(minutes=10))
    await store.write(_mark_second_as_perhaps)
    assert await store.write(rows.recover, "me", NOON) == 2
    await run_dry(sender, clock)
    assert await store.read(states) == [("sent", 2), ("perhaps", 1)]
    assert [message.text for message in lan.look()] == ["Nhắc việc a"]


def _mark_second_as_perhaps(session: Session) -> None:
    session.execute(update(OutboxRow).where(OutboxRow.subject == "b").values(error=rows.MARKED_PERHAPS))


async def test_two_claims_never_take_the_same_notice(api: StandIn, store: Store, sender: Sender[str]) -> None:
    lan = api.person("Lan", started=True)
    await store.write(rows.put, [notice(lan.id, str(number)) for number in range(20)], NOON)
    claims = [store.write(rows.claim, f"s{number % 3}", NOON, NOON + timedelta(minutes=1)) for number in range(30)]
    taken = [one.id for one in await asyncio.gather(*claims) if one is not None]
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 20


async def test_the_loop_sends_when_it_is_woken_and_stops_when_it_is_told(
    api: StandIn, store: Store, sender: Sender[str]
) -> None:
    people = [api.person(f"Người {number}", started=True) for number in range(30)]
    stop = asyncio.Event()
    running = asyncio.create_task(sender.run(stop))
    await store.write(rows.put, [notice(one.id, str(one.id)) for one in people], NOON)
    sender.wake()
    await eventually(lambda: api.counts["sendMessage"] == 30)
    stop.set()
    async with asyncio.timeout(3):
        await running
    assert await store.read(states) == [("sent", 1)] * 30
