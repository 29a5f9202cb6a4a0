"""Groups: who is heard, topics, coming and going, becoming a supergroup."""

from __future__ import annotations

from telegram import Bot

from bot.demo.people import Person
from bot.demo.server import StandIn
from tests.demo.conftest import Wire


async def test_with_privacy_the_bot_hears_only_what_is_meant_for_it(server: StandIn, bot: Bot, lan: Person) -> None:
    group = server.group("Tổ giúp việc", [lan])
    group.add_bot(lan)
    said = await bot.send_message(group.id, "chào cả nhóm")
    seen = await group.next_message()
    group.send(lan, "trưa nay ăn gì?")
    group.send(lan, "/help")
    group.send(lan, "/help@other_bot")
    group.send(lan, "@tien_do_bot cái gì đang chậm?")
    group.send(lan, "cảm ơn", reply_to=seen)
    heard = [update.message.text for update in await bot.get_updates() if update.message and update.message.text]
    assert heard == ["/help", "@tien_do_bot cái gì đang chậm?", "cảm ơn"]
    assert said.message_id == seen.message_id


async def test_an_administrator_hears_everything(server: StandIn, bot: Bot, lan: Person) -> None:
    group = server.group("Tổ giúp việc", [lan])
    group.add_bot(lan, admin=True)
    group.send(lan, "trưa nay ăn gì?")
    last = (await bot.get_updates())[-1].message
    assert last is not None
    assert last.text == "trưa nay ăn gì?"
    admins = await bot.get_chat_administrators(group.id)
    assert {member.user.first_name for member in admins} == {"Lan", "Tiến độ"}


async def test_coming_and_going_are_told(server: StandIn, bot: Bot, lan: Person) -> None:
    group = server.group("Tổ giúp việc", [lan])
    group.add_bot(lan)
    group.remove_bot(lan)
    group.send(lan, "/help")
    updates = await bot.get_updates()
    changes = [update.my_chat_member for update in updates if update.my_chat_member]
    states = [(change.old_chat_member.status, change.new_chat_member.status) for change in changes]
    assert states == [("left", "member"), ("member", "kicked")]
    assert changes[0].from_user.id == lan.id
    assert updates[-1].message is not None
    assert updates[-1].message.left_chat_member is not None


async def test_a_topic_passes_through(server: StandIn, bot: Bot, wire: Wire, lan: Person) -> None:
    forum = server.group("Ban Chỉ đạo", [lan], forum=True)
    forum.add_bot(lan)
    forum.send(lan, "/behind", thread=42)
    asked = (await bot.get_updates())[-1].message
    assert asked is not None
    assert (asked.message_thread_id, asked.is_topic_message, asked.chat.is_forum) == (42, True, True)
    sent = await bot.send_message(forum.id, "đây", message_thread_id=42)
    assert sent.message_thread_id == 42
    assert (await forum.next_message()).raw["message_thread_id"] == 42


async def test_a_supergroup_has_a_new_id_and_its_own_numbers(server: StandIn, bot: Bot, lan: Person) -> None:
    group = server.group("Tổ giúp việc", [lan])
    group.add_bot(lan)
    old, new = group.id, group.migrate()
    assert group.id == new
    told = [update.message for update in (await bot.get_updates())[-2:]]
    assert told[0] is not None and told[1] is not None
    assert (told[0].chat.id, told[0].migrate_to_chat_id) == (old, new)
    assert (told[1].chat.id, told[1].migrate_from_chat_id) == (new, old)
    assert (await bot.send_message(new, "chào")).message_id == 2
    assert (await group.next_message()).text == "chào"
    assert (await bot.get_chat(new)).type == "supergroup"


async def test_leaving(server: StandIn, bot: Bot, wire: Wire, lan: Person) -> None:
    group = server.group("Tổ giúp việc", [lan])
    group.add_bot(lan)
    assert await bot.get_chat_member_count(group.id) == 2
    await bot.leave_chat(group.id)
    refused = await wire.refusal("sendMessage", chat_id=group.id, text="x")
    assert refused == (403, "Forbidden: bot is not a member of the group chat")
