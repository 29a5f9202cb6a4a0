"""getUpdates: what is confirmed, what is waited for, what is wanted, and who may ask."""

from __future__ import annotations

import asyncio

from telegram import Bot, Update

from bot.demo.people import Person
from bot.demo.server import StandIn
from tests.demo.conftest import Wire
from tests.demo.pictures import png


async def texts(wire: Wire, **params: object) -> list[str]:
    return [update["message"]["text"] for update in await wire.result("getUpdates", **params)]


async def test_what_is_not_confirmed_comes_again(wire: Wire, lan: Person) -> None:
    lan.send("một")
    lan.send("hai")
    first = await wire.result("getUpdates")
    assert await texts(wire) == ["một", "hai"]
    assert await texts(wire, offset=first[0]["update_id"] + 1) == ["hai"]
    assert await texts(wire) == ["hai"]


async def test_an_offset_confirms_everything_before_it(server: StandIn, wire: Wire, lan: Person) -> None:
    for number in range(5):
        lan.send(str(number))
    last = (await wire.result("getUpdates"))[-1]["update_id"]
    assert await texts(wire, offset=last + 1) == []
    await server.drained(timeout=1)
    assert server.store.queue.confirmed == 5


async def test_a_negative_offset_keeps_only_the_last_ones(wire: Wire, lan: Person) -> None:
    for word in ("một", "hai", "ba"):
        lan.send(word)
    assert await texts(wire, offset=-1) == ["ba"]
    assert await texts(wire) == ["ba"]


async def test_limit(wire: Wire, lan: Person) -> None:
    for number in range(120):
        lan.send(str(number))
    assert len(await texts(wire, limit=3)) == 3
    assert len(await texts(wire)) == 100
    assert len(await texts(wire, limit=1000)) == 100


async def test_a_long_poll_ends_with_the_update_it_waits_for(server: StandIn, wire: Wire, lan: Person) -> None:
    poll = asyncio.create_task(texts(wire, timeout=20))
    await server.wait_until(lambda: server.store.queue.polling)
    lan.send("chào")
    assert await asyncio.wait_for(poll, 2) == ["chào"]


async def test_a_long_poll_ends_empty_after_its_time(wire: Wire) -> None:
    assert await wire.result("getUpdates", timeout=1) == []


async def test_a_second_poller_ends_the_first_with_a_conflict(server: StandIn, wire: Wire, lan: Person) -> None:
    first = asyncio.create_task(wire.refusal("getUpdates", timeout=20))
    await server.wait_until(lambda: server.store.queue.polling)
    second = asyncio.create_task(texts(wire, timeout=20))
    code, text = await asyncio.wait_for(first, 2)
    assert code == 409
    assert text.startswith("Conflict: terminated by other getUpdates request")
    await server.wait_until(lambda: server.store.queue.polling)
    lan.send("chào")
    assert await asyncio.wait_for(second, 2) == ["chào"]


async def test_no_polling_while_a_webhook_is_set(wire: Wire) -> None:
    await wire.result("setWebhook", url="http://127.0.0.1:9/nobody")
    code, text = await wire.refusal("getUpdates")
    assert code == 409
    assert text.startswith("Conflict: can't use getUpdates method while webhook is active")
    await wire.result("deleteWebhook")
    assert await wire.result("getUpdates") == []


async def test_setting_a_webhook_ends_a_poll(server: StandIn, wire: Wire) -> None:
    poll = asyncio.create_task(wire.refusal("getUpdates", timeout=20))
    await server.wait_until(lambda: server.store.queue.polling)
    await wire.result("setWebhook", url="http://127.0.0.1:9/nobody")
    assert await asyncio.wait_for(poll, 2) == (409, "Conflict: terminated by setWebhook request")


async def test_only_wanted_kinds_are_queued_from_then_on(wire: Wire, lan: Person) -> None:
    said = lan.send("chào")
    await wire.result("getUpdates", allowed_updates=["edited_message", "message_reaction"])
    lan.send("không ai nghe")
    lan.edit(said, "chào anh")
    lan.react(said, "👍")
    kinds = [next(key for key in update if key != "update_id") for update in await wire.result("getUpdates")]
    assert kinds == ["message", "edited_message", "message_reaction"]


async def test_reactions_are_left_out_unless_asked_for(wire: Wire, lan: Person) -> None:
    said = lan.send("chào")
    await wire.result("getUpdates", allowed_updates=["message_reaction"])
    await wire.result("getUpdates", allowed_updates=[])
    lan.react(said, "👍")
    lan.send("xong")
    assert await texts(wire) == ["chào", "xong"]


async def test_python_telegram_bot_knows_every_field_of_every_update(
    server: StandIn, bot: Bot, wire: Wire, lan: Person
) -> None:
    await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    sent = await wire.result(
        "sendMessage",
        chat_id=lan.id,
        text="<b>Chọn</b>",
        parse_mode="HTML",
        reply_markup={"inline_keyboard": [[{"text": "Một", "callback_data": "1"}]]},
    )
    seen = await lan.next_message()
    hung = server.person("Hùng", username="hung")
    group = server.group("Ban Chỉ đạo", [hung, lan])
    lan.start("token")
    lan.edit(lan.send("sai", reply_to=seen), "đúng")
    lan.photo(png(), "ảnh")
    lan.album([png(), png()], "hai ảnh")
    lan.document(b"xyz", "kế hoạch.xlsx", "application/vnd.ms-excel", "tệp")
    for act in (lan.voice, lan.sticker, lan.location, lan.contact):
        act()
    lan.forward("tin chuyển tiếp")
    lan.press(seen, "Một")
    lan.react(seen, "👍")
    lan.block()
    lan.unblock()
    group.add_bot(hung, admin=True)
    group.send(hung, "cả nhóm")
    group.leave(lan)
    group.join(lan)
    group.migrate()
    group.remove_bot(hung)
    updates = [Update.de_json(raw, bot) for raw in await wire.result("getUpdates")]
    assert len(updates) == 25
    for update in updates:
        assert not update.api_kwargs
        part = update.message or update.edited_message or update.callback_query or update.my_chat_member
        part = part or update.message_reaction
        assert part is not None
        assert not part.api_kwargs, part
    assert sent["reply_markup"]


async def test_an_update_that_cannot_be_parsed_is_among_the_others(server: StandIn, wire: Wire, lan: Person) -> None:
    lan.send("trước")
    server.unparsable()
    lan.send("sau")
    raw = await wire.result("getUpdates")
    assert [update["update_id"] for update in raw] == [100_001, 100_002, 100_003]
    assert raw[1]["message"]["date"] == []


async def test_what_was_not_confirmed_survives_a_restart_of_the_server(
    server: StandIn, wire: Wire, lan: Person
) -> None:
    lan.send("chào")
    url = server.url
    await server.stop()
    await server.start()
    assert server.url == url
    assert await texts(wire) == ["chào"]
