"""Every update is on disk before it is confirmed; none is lost, none is handled twice, none stops the others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from telegram import Update
from telegram.error import InvalidToken

from bot.delivery.inbox import Inbox, chat_of, incoming
from bot.delivery.polling import AnotherPoller, Poller, RawBot
from bot.delivery.processor import Processor, update_key
from bot.delivery.request import AiohttpRequest
from bot.demo.server import StandIn
from storage import inbox as rows
from storage.database import Store
from storage.inbox import Kept
from tests.delivery.tools import VirtualTime, application, eventually, inbox_states, new_bot

pytestmark = pytest.mark.on_postgres

KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]


def poller(bot: RawBot, inbox: Inbox, offer: Callable[..., None], time: VirtualTime | None = None) -> Poller:
    sleep = time.sleep if time else asyncio.sleep
    return Poller(bot, inbox, offer, kinds=KINDS, alive=lambda: None, seconds=0, sleep=sleep, jitter=lambda: 1.0)


class Heard:
    """A handler that remembers what it was given."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.keys: list[str] = []

    async def __call__(self, update: Update) -> None:
        self.texts.append(update.effective_message.text or "" if update.effective_message else "")
        self.keys.append(update_key())


async def run_once(inbox: Inbox, bot: RawBot, handle: Any, updates: list[Kept] | None = None) -> None:
    """Handle what waits (or what is given) and stop."""
    processor, stop = Processor(inbox, bot, handle, at_once=4), asyncio.Event()
    await processor.resume()
    processor.offer(updates or [])
    running = asyncio.create_task(processor.run(stop))
    await eventually(lambda: processor.chats_waiting == 0 or running.done())
    stop.set()
    await running


async def test_updates_are_on_disk_before_they_are_confirmed(
    api: StandIn, bot: RawBot, store: Store, inbox: Inbox
) -> None:
    lan = api.person("Lan", started=True)
    for number in range(250):
        lan.send(f"báo cáo {number}")
    polls, seen = poller(bot, inbox, lambda _: None), []
    while await polls.step():
        confirmed = 250 - len(api.store.queue.pending)
        seen.append((confirmed, len(await store.read(inbox_states))))
    assert seen == [(0, 100), (100, 200), (200, 250)]
    assert len(api.store.queue.pending) == 0


async def test_nothing_is_confirmed_while_the_disk_refuses(
    api: StandIn, bot: RawBot, store: Store, inbox: Inbox
) -> None:
    api.person("Lan", started=True).send("xin chào")
    await store.write(lambda session: session.execute(text("ALTER TABLE inbox RENAME TO away")) and None)
    polls = poller(bot, inbox, lambda _: None)
    for _ in range(2):
        with pytest.raises(SQLAlchemyError):
            await polls.step()
    assert len(api.store.queue.pending) == 1


async def test_an_update_that_comes_again_is_handled_once(bot: RawBot, inbox: Inbox) -> None:
    update = message(7, 1, "T12 60%")
    first, again = await inbox.keep([update]), await inbox.keep([dict(reversed(update.items()))])
    assert [one.chat_id for one in first] == [1]
    assert again == []
    heard = Heard()
    await run_once(inbox, bot, heard, first)
    await run_once(inbox, bot, heard)
    assert heard.texts == ["T12 60%"]


async def test_a_restarted_server_may_use_an_id_again(bot: RawBot, inbox: Inbox) -> None:
    kept = await inbox.keep([message(7, 1, "cũ")]) + await inbox.keep([message(7, 1, "mới")])
    heard = Heard()
    await run_once(inbox, bot, heard, kept)
    assert heard.texts == ["cũ", "mới"]
    assert len(set(heard.keys)) == 2


async def test_what_was_not_finished_is_handled_at_the_next_start_in_order(
    bot: RawBot, inbox: Inbox, store: Store
) -> None:
    batch = [message(number, 1 + number % 3, str(number)) for number in range(1, 200)]
    await inbox.keep(batch)
    heard = Heard()
    await run_once(inbox, bot, heard)
    for chat in range(3):
        mine = [int(said) for said in heard.texts if int(said) % 3 == chat]
        assert mine == sorted(mine)
    assert len(heard.texts) == 199
    assert {state for _, state in await store.read(inbox_states)} == {"done"}


async def test_an_update_cut_off_by_a_crash_is_handled_again_under_the_same_key(bot: RawBot, inbox: Inbox) -> None:
    heard, started = Heard(), asyncio.Event()

    async def dies(update: Update) -> None:
        await heard(update)
        started.set()
        await asyncio.Event().wait()

    processor = Processor(inbox, bot, dies, at_once=2)
    processor.offer(await inbox.keep([message(1, 1, "xong")]))
    crashing = asyncio.create_task(processor.run(asyncio.Event()))
    await started.wait()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.wait([crashing])
    await run_once(inbox, bot, heard)
    assert heard.texts == ["xong", "xong"]
    assert len(set(heard.keys)) == 1


async def test_an_unreadable_update_is_set_aside_and_the_rest_goes_on(
    api: StandIn, bot: RawBot, store: Store, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    lan = api.person("Lan", started=True)
    lan.send("một")
    api.unparsable({"message": {"message_id": "bí mật", "date": ["bí mật"], "chat": 7}})
    lan.send("hai")
    heard, kept = Heard(), list[Kept]()
    await poller(bot, inbox, kept.extend).step()
    await run_once(inbox, bot, heard, kept)
    assert heard.texts == ["một", "hai"]
    assert [state for _, state in await store.read(inbox_states)] == ["done", "unreadable", "done"]
    assert (await store.read(rows.backlog)).unreadable == 1
    assert "set aside" in caplog.text
    assert "bí mật" not in caplog.text


@pytest.mark.parametrize(
    "raw", ["text", [], None, {}, {"update_id": True}, {"update_id": 2**70}, {"update_id": "\ud83d"}]
)
async def test_what_is_no_update_is_kept_as_unreadable(raw: object, inbox: Inbox, store: Store) -> None:
    assert await inbox.keep([raw, message(1, 1, "a")]) != []
    assert [state for _, state in await store.read(inbox_states)] == ["unreadable", "waiting"]


async def test_polling_goes_on_after_failures_and_waits_longer_each_time(
    api: StandIn, bot: RawBot, inbox: Inbox
) -> None:
    time, kept = VirtualTime(), list[Kept]()
    polls, start = poller(bot, inbox, kept.extend, time), time.now
    api.faults.server_error(502, method="getUpdates", times=3)
    api.faults.reset(method="getUpdates", times=1)
    lan = api.person("Lan", started=True)
    lan.send("xin chào")

    async def work() -> None:
        while not await polls.step():
            pass

    await time.until(work())
    assert len(kept) == 1
    assert time.now - start == 1 + 2 + 4 + 8


async def test_a_second_poller_is_borne_for_a_while(api: StandIn, bot: RawBot, inbox: Inbox) -> None:
    time, kept = VirtualTime(), list[Kept]()
    polls = Poller(bot, inbox, kept.extend, kinds=KINDS, alive=lambda: None, seconds=50, sleep=time.sleep)
    ours = asyncio.create_task(time.until(polls.step()))
    await eventually(lambda: api.store.queue.polling)
    async with new_bot(api, AiohttpRequest(), AiohttpRequest()) as rival:
        await rival.raw_updates(None, 1, 0, KINDS)
    assert await ours is False
    api.person("Lan", started=True).send("xin chào")
    assert await time.until(polls.step()) is True
    assert len(kept) == 1


async def test_conflicts_without_end_are_given_up(api: StandIn, bot: RawBot, inbox: Inbox) -> None:
    time = VirtualTime()
    await bot.set_webhook("https://127.0.0.1:1/hook")
    api.faults.server_error(503, method="deleteWebhook")
    polls = poller(bot, inbox, lambda _: None, time)

    async def work() -> None:
        for _ in range(20):
            await polls.step()

    with pytest.raises(AnotherPoller):
        await time.until(work())
    api.faults.clear()
    await bot.delete_webhook()


async def test_polling_ends_webhook_mode(api: StandIn, bot: RawBot, inbox: Inbox) -> None:
    time, kept = VirtualTime(), list[Kept]()
    await bot.set_webhook("https://127.0.0.1:1/hook")
    api.person("Lan", started=True).send("xin chào")
    polls = poller(bot, inbox, kept.extend, time)
    await time.until(polls.step())
    await time.until(polls.step())
    assert [one.chat_id for one in kept] == [api.people[0].id]


async def test_a_wrong_token_ends_polling_at_once(api: StandIn, inbox: Inbox) -> None:
    request = AiohttpRequest()
    await request.initialize()
    stranger = RawBot("1:wrong", base_url=f"{api.url}/bot", request=request, get_updates_request=request)
    with pytest.raises(InvalidToken):
        await poller(stranger, inbox, lambda _: None).run(asyncio.Event())
    await request.shutdown()


async def test_a_stop_ends_a_long_poll_at_once(api: StandIn, bot: RawBot, inbox: Inbox) -> None:
    stop = asyncio.Event()
    polls = Poller(bot, inbox, lambda _: None, kinds=KINDS, alive=lambda: None, seconds=50)
    running = asyncio.create_task(polls.run(stop))
    await eventually(lambda: api.store.queue.polling)
    stop.set()
    ended, _ = await asyncio.wait({running}, timeout=2)
    assert ended == {running}
    assert running.exception() is None


async def test_ids_that_start_anew_after_a_quiet_week_are_seen(api: StandIn, bot: RawBot, inbox: Inbox) -> None:
    kept = list[Kept]()
    polls = poller(bot, inbox, kept.extend)
    lan = api.person("Lan", started=True)
    lan.send("trước")
    await polls.step()
    await polls.step()
    api.store.queue.put_raw({"update_id": 5, **message(5, lan.id, "sau")})
    await polls.step()
    assert [one.key.split("-")[0] for one in kept][-1] == "5"


async def test_handled_updates_are_pruned_and_unfinished_ones_stay(bot: RawBot, inbox: Inbox, store: Store) -> None:
    await inbox.keep(["unreadable"])
    await run_once(inbox, bot, Heard(), await inbox.keep([message(1, 1, "a"), message(2, 1, "b")]))
    await inbox.keep([message(3, 1, "c")])
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert await inbox.prune(datetime.now(UTC) - timedelta(days=1)) == 0
    assert await inbox.prune(tomorrow) == 2
    assert [state for _, state in await store.read(inbox_states)] == ["unreadable", "waiting"]


def test_the_chat_of_an_update() -> None:
    press = {"update_id": 1, "callback_query": {"id": "1", "from": {"id": 5}, "message": {"chat": {"id": -9}}}}
    inline = {"update_id": 1, "callback_query": {"id": "1", "from": {"id": 5}, "inline_message_id": "x"}}
    member = {"update_id": 1, "my_chat_member": {"chat": {"id": 8}, "from": {"id": 5}}}
    poll = {"update_id": 1, "poll_answer": {"user": {"id": 6}}}
    assert [chat_of(raw) for raw in (message(1, 3, "a"), press, inline, member, poll, {"update_id": 1})] == [
        3, -9, 5, 8, 6, None,
    ]  # fmt: skip


def test_content_decides_what_is_the_same() -> None:
    one, reordered = {"update_id": 1, "a": {"b": 1, "c": 2}}, {"a": {"c": 2, "b": 1}, "update_id": 1}
    assert incoming(one) == incoming(reordered)
    assert incoming(one).digest != incoming({"update_id": 1, "a": {"b": 1, "c": 3}}).digest


async def test_real_handlers_answer_through_the_whole_way(api: StandIn, bot: RawBot, inbox: Inbox) -> None:
    from telegram.ext import MessageHandler, filters

    async def echo(update: Update, _: Any) -> None:
        assert update.message is not None
        await update.message.reply_text(f"đã nhận {update.message.text}")

    app = application(bot)
    app.add_handler(MessageHandler(filters.TEXT, echo))
    stop, lan = asyncio.Event(), api.person("Lan", started=True)
    processor = Processor(inbox, bot, app.process_update)
    polls = Poller(bot, inbox, processor.offer, kinds=KINDS, alive=lambda: None)
    async with app:
        running = asyncio.gather(processor.run(stop), polls.run(stop))
        for number in range(5):
            lan.send(str(number))
        assert [(await lan.next_message()).text for _ in range(5)] == [f"đã nhận {number}" for number in range(5)]
        stop.set()
        await running


def message(update_id: int, chat_id: int, said: str) -> dict[str, Any]:
    chat = {"id": chat_id, "type": "private", "first_name": "Lan"}
    sender = {"id": chat_id, "is_bot": False, "first_name": "Lan"}
    body = {"message_id": update_id, "date": 1750000000, "chat": chat, "from": sender, "text": said}
    return {"update_id": update_id, "message": body}
