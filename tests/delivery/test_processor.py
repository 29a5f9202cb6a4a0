"""One chat in order, chats side by side; a flood waits for nobody and delays nobody."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from typing import Any

import pytest
from telegram import Update

from bot.delivery import processor as module
from bot.delivery.inbox import Inbox
from bot.delivery.polling import RawBot
from bot.delivery.processor import Processor
from storage.database import Store
from tests.delivery.test_inbox import Heard, message
from tests.delivery.tools import eventually, inbox_states


@pytest.fixture
def bot() -> RawBot:
    return RawBot("1:token")


def many(chats: dict[int, int]) -> list[dict[str, Any]]:
    """So many messages for each chat, mixed; each says its number within the chat."""
    said = [(chat, number) for chat, count in chats.items() for number in range(count)]
    order = sorted(range(len(said)), key=lambda place: (said[place][1], said[place][0]))
    return [message(1 + at, said[place][0], str(said[place][1])) for at, place in enumerate(order)]


async def test_each_chat_keeps_its_order_however_long_its_handlers_take(bot: RawBot, inbox: Inbox) -> None:
    heard: dict[int, list[int]] = defaultdict(list)
    chance, at_work, most = random.Random(4), set[int](), 0

    async def handle(update: Update) -> None:
        nonlocal most
        assert update.message is not None
        chat = update.message.chat.id
        assert chat not in at_work, "two updates of one chat at once"
        at_work.add(chat)
        most = max(most, len(at_work))
        for _ in range(chance.randrange(6)):
            await asyncio.sleep(0)
        heard[chat].append(int(update.message.text or ""))
        at_work.remove(chat)

    processor, stop = Processor(inbox, bot, handle, at_once=8), asyncio.Event()
    running = asyncio.create_task(processor.run(stop))
    updates = many({chat: 20 + chat for chat in range(1, 20)})
    for start in range(0, len(updates), 100):
        processor.offer(await inbox.keep(updates[start : start + 100]))
    await eventually(lambda: processor.chats_waiting == 0)
    stop.set()
    await running
    assert heard == {chat: list(range(20 + chat)) for chat in range(1, 20)}
    assert most == 8


async def test_a_flood_of_one_chat_hardly_delays_another(bot: RawBot, inbox: Inbox) -> None:
    order: list[int] = []

    async def handle(update: Update) -> None:
        assert update.message is not None
        order.append(update.message.chat.id)
        await asyncio.sleep(0)

    processor, stop = Processor(inbox, bot, handle, at_once=2), asyncio.Event()
    processor.offer(await inbox.keep(many({1: 1500})))
    running = asyncio.create_task(processor.run(stop))
    await eventually(lambda: len(order) > 50)
    before = len(order)
    processor.offer(await inbox.keep([message(9001, 2, "chào")]))
    offered = len(order)
    await eventually(lambda: 2 in order)
    assert order.index(2) - offered <= 2
    assert before < 1500
    await eventually(lambda: processor.chats_waiting == 0)
    stop.set()
    await running
    assert len(order) == 1501


async def test_a_long_queue_stays_on_disk_and_is_handled_in_order(
    bot: RawBot, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IN_MEMORY", 60)
    monkeypatch.setattr(module, "PER_CHAT", 10)
    heard: dict[int, list[int]] = defaultdict(list)
    most = 0

    async def handle(update: Update) -> None:
        nonlocal most
        assert update.message is not None
        most = max(most, processor.in_memory)
        heard[update.message.chat.id].append(int(update.message.text or ""))

    processor, stop = Processor(inbox, bot, handle, at_once=4), asyncio.Event()
    updates = many(dict.fromkeys(range(1, 41), 25))
    await inbox.keep(updates[:400])
    assert await processor.resume() == 40
    running = asyncio.create_task(processor.run(stop))
    for start in range(400, 1000, 100):
        processor.offer(await inbox.keep(updates[start : start + 100]))
    await eventually(lambda: processor.chats_waiting == 0)
    stop.set()
    await running
    assert heard == {chat: list(range(25)) for chat in range(1, 41)}
    assert most <= 60 + 4 * 10


async def test_a_handler_that_fails_ends_its_own_update_only(bot: RawBot, inbox: Inbox, store: Store) -> None:
    heard = Heard()

    async def handle(update: Update) -> None:
        await heard(update)
        if heard.texts[-1] == "1":
            raise RuntimeError("bí mật")

    processor, stop = Processor(inbox, bot, handle), asyncio.Event()
    processor.offer(await inbox.keep(many({5: 3})))
    running = asyncio.create_task(processor.run(stop))
    await eventually(lambda: processor.chats_waiting == 0)
    stop.set()
    await running
    assert heard.texts == ["0", "1", "2"]
    assert [state for _, state in await store.read(inbox_states)] == ["done"] * 3


async def test_a_stop_lets_work_finish_and_leaves_the_rest_for_the_next_start(
    bot: RawBot, inbox: Inbox, store: Store
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def handle(_: Update) -> None:
        begun.set()
        await go_on.wait()

    processor, stop = Processor(inbox, bot, handle, at_once=3), asyncio.Event()
    processor.offer(await inbox.keep(many({1: 2, 2: 2})))
    running = asyncio.create_task(processor.run(stop))
    await begun.wait()
    stop.set()
    for _ in range(10):
        await asyncio.sleep(0)
    go_on.set()
    await running
    assert [state for _, state in await store.read(inbox_states)] == ["done", "done", "waiting", "waiting"]


async def test_a_handler_that_does_not_end_is_cut_off_and_its_update_kept(
    bot: RawBot, inbox: Inbox, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.05)
    begun = asyncio.Event()

    async def hangs(_: Update) -> None:
        begun.set()
        await asyncio.Event().wait()

    processor, stop = Processor(inbox, bot, hangs), asyncio.Event()
    processor.offer(await inbox.keep(many({1: 1})))
    running = asyncio.create_task(processor.run(stop))
    await begun.wait()
    stop.set()
    async with asyncio.timeout(2):
        await running
    assert await store.read(inbox_states) == [(1, "waiting")]
