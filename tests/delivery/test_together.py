"""The parts as the application wires them: two processes on one database, a stop that leaves nothing half-done."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session
from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.delivery.inbox import Inbox
from bot.delivery.limiter import Limiter, Pace
from bot.delivery.outbox import Sender
from bot.delivery.polling import Poller, RawBot
from bot.delivery.processor import Processor
from bot.delivery.request import AiohttpRequest
from bot.delivery.watchdog import Lease, Watchdog
from bot.demo.server import StandIn
from storage import outbox as rows
from storage.database import Store
from storage.tables import PersonRow
from tests.delivery.test_inbox import KINDS
from tests.delivery.test_outbox import Office, notice, states
from tests.delivery.tools import application, eventually, inbox_states

pytestmark = pytest.mark.on_postgres


def moment() -> datetime:
    return datetime.now(UTC)


async def process(api: StandIn, store: Store, owner: str, stop: asyncio.Event) -> None:
    """All that one process does between Telegram and the database, in polling mode."""
    requests = AiohttpRequest(), AiohttpRequest(2)
    bot = RawBot(
        api.token,
        base_url=f"{api.url}/bot",
        request=requests[0],
        get_updates_request=requests[1],
        rate_limiter=Limiter(Pace(per_second=1000, chat_burst=50)),
    )
    app, inbox, dog = application(bot), Inbox(store, owner, moment), Watchdog(60)
    app.add_handler(MessageHandler(filters.TEXT, lambda update, _: answer(update, owner)))
    processor = Processor(inbox, bot, app.process_update)
    poller = Poller(bot, inbox, processor.offer, kinds=KINDS, alive=dog.alive)
    sender = Sender(store, owner, moment, Office(bot))

    async def receive(stopping: asyncio.Event) -> None:
        await processor.resume()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(processor.run(stopping))
            tasks.create_task(dog.guard(stopping, poller.run))

    async with app, asyncio.TaskGroup() as tasks:
        tasks.create_task(Lease(store, "poller", owner, moment).holding(stop, receive))
        tasks.create_task(Lease(store, "sender", owner, moment).holding(stop, sender.run))


async def answer(update: Update, owner: str) -> Any:
    assert update.message is not None
    return await update.message.reply_text(f"{owner}: {update.message.text}")


def enrol(session: Session) -> None:
    session.add(PersonRow(id=1, user_id=1, name="Lan", language="vi", joined_at=moment()))


async def test_one_process_works_while_the_other_waits_until_both_are_stopped(api: StandIn, store: Store) -> None:
    await store.write(enrol)
    people = [api.person(f"Người {number}", started=True) for number in range(5)]
    first_stop, second_stop = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(process(api, store, "1.a.first", first_stop))
    people[0].send("có ai không?")
    assert (await people[0].next_message()).text == "1.a.first: có ai không?"
    second = asyncio.create_task(process(api, store, "2.b.second", second_stop))
    await store.write(rows.put, [notice(one.id, str(one.id), due_at=moment()) for one in people], moment())
    for number in range(10):
        for one in people:
            one.send(str(number))
    await eventually(lambda: api.counts["sendMessage"] == 56)
    first_stop.set()
    second_stop.set()
    async with asyncio.timeout(10):
        await asyncio.gather(first, second)
    assert {state for _, state in await store.read(inbox_states)} == {"done"}
    assert await store.read(states) == [("sent", 1)] * 5
    for one in people:
        texts = [message.text for message in one.look()]
        assert [text for text in texts if text.startswith("1.a")] == [f"1.a.first: {number}" for number in range(10)]
        assert len(texts) == 11
