"""Several processes behind one webhook: a chat is handled by one at a time, in order, and none is left behind."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from telegram import Update

from bot.delivery.claims import Claims
from bot.delivery.inbox import Inbox
from bot.delivery.polling import RawBot
from bot.delivery.processor import Processor
from bot.delivery.watchdog import LeaseLost
from storage import claims as rows
from storage.database import Store
from storage.inbox import DONE, Mark
from tests.delivery.test_inbox import message
from tests.delivery.tools import eventually, inbox_states

pytestmark = pytest.mark.on_postgres

AT = datetime(2025, 6, 18, tzinfo=UTC)
LATER = AT + timedelta(seconds=10)


def moment() -> datetime:
    return datetime.now(UTC)


class Worker:
    """One process's part behind the webhook."""

    def __init__(self, store: Store, bot: RawBot, name: str, heard: list[tuple[str, int, str]]) -> None:
        self.name, self.heard = name, heard
        self.inbox, self.stop = Inbox(store, name, moment), asyncio.Event()
        self.claims = Claims(store, name, moment)
        self.processor = Processor(self.inbox, bot, self.handle, at_once=8, claims=self.claims)

    async def handle(self, update: Update) -> None:
        assert update.message is not None
        await asyncio.sleep(0)
        self.heard.append((self.name, update.message.chat_id, update.message.text or ""))

    async def receives(self, *updates: object) -> None:
        """What the webhook does with updates."""
        self.processor.offer(await self.inbox.keep(updates))


async def test_a_chat_is_taken_by_one_process_only(store: Store) -> None:
    inbox = Inbox(store, "x", moment)
    await inbox.keep([message(1, 1, "a"), message(2, 2, "b"), message(3, 1, "c"), {"update_id": 4}])
    assert await store.read(rows.free_chats, AT, 10) == [1, 2, None]
    assert await store.write(rows.claim, [1, None], "a", AT, LATER) == [1, None]
    assert await store.read(rows.free_chats, AT, 10) == [2]
    assert await store.write(rows.claim, [1, 2], "b", AT, LATER) == [2]
    assert await store.read(rows.free_chats, LATER + timedelta(seconds=1), 10) == [1, 2, None]
    assert await store.write(rows.claim, [2, 1], "c", LATER + timedelta(seconds=1), LATER) == [2, 1]


async def test_a_chat_with_more_stays_claimed(store: Store) -> None:
    inbox = Inbox(store, "x", moment)
    first, second = await inbox.keep([message(1, 1, "a"), message(2, 1, "b")])
    await store.write(rows.claim, [1], "a", AT, LATER)
    assert await store.write(rows.finish, [Mark(first.id, DONE)], AT, [1], "a") == [1]
    assert await store.read(rows.free_chats, AT, 10) == []
    assert await store.write(rows.finish, [Mark(second.id, DONE)], AT, [1], "a") == []
    await inbox.keep([message(3, 1, "c")])
    assert await store.read(rows.free_chats, AT, 10) == [1]


async def test_many_claims_at_once_never_share_a_chat(store: Store) -> None:
    await Inbox(store, "x", moment).keep([message(number, number % 20, "a") for number in range(100)])
    chats = list(range(20))
    orders = [chats[::-1] if n % 2 else chats for n in range(8)]
    taken = await asyncio.gather(*(store.write(rows.claim, some, f"p{n}", AT, LATER) for n, some in enumerate(orders)))
    assert sorted(chat for some in taken for chat in some) == chats


async def test_two_processes_share_the_chats_and_each_chat_keeps_its_order(bot: RawBot, store: Store) -> None:
    heard: list[tuple[str, int, str]] = []
    workers = [Worker(store, bot, name, heard) for name in ("a", "b")]
    running = [asyncio.create_task(one.processor.run(one.stop)) for one in workers]
    for number in range(600):  # a load balancer sends each update to either
        await workers[number % 2].receives(message(number, 1 + number % 30, str(number)))
    await eventually(lambda: len(heard) == 600)
    for one in workers:
        one.stop.set()
    await asyncio.gather(*running)
    by_chat = defaultdict(list)
    for _, chat, said in heard:
        by_chat[chat].append(int(said))
    assert all(said == sorted(said) and len(said) == 20 for said in by_chat.values())
    assert {name for name, _, _ in heard} == {"a", "b"}
    assert {state for _, state in await store.read(inbox_states)} == {DONE}


async def test_what_a_dead_process_has_claimed_is_taken_over_in_time(bot: RawBot, store: Store) -> None:
    heard: list[tuple[str, int, str]] = []
    worker = Worker(store, bot, "b", heard)
    await worker.inbox.keep([message(1, 1, "a"), message(2, 1, "b")])
    await store.write(rows.claim, [1], "dead", moment(), moment() + timedelta(seconds=0.2))
    running = asyncio.create_task(worker.processor.run(worker.stop))
    await eventually(lambda: len(heard) == 2)
    worker.stop.set()
    await running
    assert [said for _, _, said in heard] == ["a", "b"]


async def test_a_process_that_stops_gives_its_chats_back_at_once(bot: RawBot, store: Store) -> None:
    worker = Worker(store, bot, "a", [])
    await worker.inbox.keep([message(number, 1, str(number)) for number in range(5)])
    assert await worker.claims.take(8) == [1]
    await worker.claims.release()
    assert await store.read(rows.free_chats, moment(), 8) == [1]


async def test_a_process_that_lost_its_chats_stops(store: Store) -> None:
    passed, now = [0.0], [AT]
    claims = Claims(store, "a", lambda: now[0], passed=lambda: passed[0])
    await Inbox(store, "a", moment).keep([message(1, 1, "a")])
    assert await claims.take(8) == [1]
    await claims.renew()
    claims.check()
    passed[0] = 9.5
    with pytest.raises(LeaseLost):
        claims.check()
    assert await store.write(rows.claim, [1], "b", LATER + timedelta(seconds=1), LATER + timedelta(seconds=20)) == [1]
    with pytest.raises(LeaseLost):
        await claims.renew()
