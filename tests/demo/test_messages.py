"""Sending, editing, deleting, files and reactions, with python-telegram-bot as the client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    MenuButtonWebApp,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
    WebAppInfo,
)

from bot.demo.people import Message, Person
from bot.demo.server import StandIn
from bot.demo.store import Answer
from tests.demo.conftest import Wire
from tests.demo.pictures import jpeg, png

YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Có", callback_data="y"), InlineKeyboardButton("Không", url="https://a.vn")]]
)


async def test_a_formatted_message_arrives_as_it_was_written(server: StandIn, bot: Bot, lan: Person) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    sent = await bot.send_message(
        lan.id, "<b>CT05</b>: 45 → 60 % &amp; <i>đúng hạn</i>", parse_mode="HTML", reply_markup=YES_NO
    )
    seen = await lan.next_message()
    assert seen.text == "CT05: 45 → 60 % & đúng hạn"
    assert seen.html == "<b>CT05</b>: 45 → 60 % &amp; <i>đúng hạn</i>"
    assert [(b.label, b.data, b.url) for b in seen.buttons[0]] == [("Có", "y", None), ("Không", None, "https://a.vn")]
    assert seen.message_id == sent.message_id
    assert before <= seen.date <= datetime.now(UTC) + timedelta(seconds=1)
    assert not seen.edited
    assert sent.text == seen.text
    assert not server.violations


async def test_replies_go_both_ways(bot: Bot, lan: Person) -> None:
    asked = lan.send("CT05 thế nào?")
    answer = await bot.send_message(lan.id, "Đang chậm", reply_parameters=ReplyParameters(asked.message_id))
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.text == "CT05 thế nào?"
    lan.send("vì sao?", reply_to=await lan.next_message())
    got = (await bot.get_updates())[-1].message
    assert got is not None and got.reply_to_message is not None
    assert got.reply_to_message.from_user is not None
    assert got.reply_to_message.from_user.is_bot
    assert got.reply_to_message.text == "Đang chậm"


async def test_a_reply_to_nothing_is_refused_unless_it_may_go_without(wire: Wire, lan: Person) -> None:
    lost = {"message_id": 999}
    refused = await wire.refusal("sendMessage", chat_id=lan.id, text="x", reply_parameters=lost)
    assert refused == (400, "Bad Request: message to be replied not found")
    lost["allow_sending_without_reply"] = True
    assert "reply_to_message" not in await wire.result("sendMessage", chat_id=lan.id, text="x", reply_parameters=lost)


async def test_an_edit_changes_text_and_keyboard_and_keeps_the_old_version_for_who_saw_it(
    bot: Bot, lan: Person
) -> None:
    sent = await bot.send_message(lan.id, "trang 1", reply_markup=YES_NO)
    old = await lan.next_message()
    await sent.edit_text("trang 2")
    new = await lan.next_message()
    assert (old.text, old.labels, old.edited) == ("trang 1", ("Có", "Không"), False)
    assert (new.text, new.labels, new.edited) == ("trang 2", (), True)
    assert new.message_id == old.message_id
    assert [message.text for message in lan.messages] == ["trang 2"]


async def test_a_person_edits_their_own_message(bot: Bot, lan: Person) -> None:
    said = lan.send("CT12 đạt 52%")
    lan.edit(said, "CT12 đạt 58%")
    update = (await bot.get_updates())[-1]
    assert update.edited_message is not None
    assert update.edited_message.text == "CT12 đạt 58%"
    assert update.edited_message.message_id == said.message_id
    assert update.edited_message.edit_date is not None


async def test_a_press_is_answered_with_a_toast(bot: Bot, lan: Person) -> None:
    await bot.send_message(lan.id, "Đúng không?", reply_markup=YES_NO)
    seen = await lan.next_message()
    lan.press(seen, "Có")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("y", lan.id)
    await query.answer("Đã ghi nhận", show_alert=True)
    answer = await lan.next()
    assert isinstance(answer, Answer)
    assert (answer.text, answer.alert) == ("Đã ghi nhận", True)


async def test_an_answer_without_words_is_not_noticed(bot: Bot, lan: Person) -> None:
    await bot.send_message(lan.id, "Đúng không?", reply_markup=YES_NO)
    lan.press(await lan.next_message(), "y")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    await query.answer()
    assert lan.look() == []
    with pytest.raises(TimeoutError):
        await lan.next(timeout=0.05)


async def test_a_button_that_is_not_there_cannot_be_pressed_but_can_be_forged(bot: Bot, lan: Person) -> None:
    await bot.send_message(lan.id, "Đúng không?", reply_markup=YES_NO)
    seen = await lan.next_message()
    with pytest.raises(LookupError, match="Có"):
        lan.press(seen, "Xóa hết")
    lan.forge("delete:all", seen)
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert query.data == "delete:all"


async def test_a_press_under_a_deleted_message_carries_no_message(bot: Bot, lan: Person) -> None:
    sent = await bot.send_message(lan.id, "Đúng không?", reply_markup=YES_NO)
    seen = await lan.next_message()
    await sent.delete()
    assert lan.messages == []
    lan.press(seen, "Có")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None and query.message is not None
    assert not query.message.is_accessible


async def test_a_document_goes_out_and_comes_in_with_its_bytes(server: StandIn, bot: Bot, lan: Person) -> None:
    sent = await bot.send_document(
        lan.id, b"PK\x03\x04", filename="Kế hoạch.xlsx", caption="<b>Bản mới</b>", parse_mode="HTML"
    )
    seen = await lan.next_message()
    assert seen.document is not None
    assert (seen.document.name, seen.document.content, seen.text) == ("Kế hoạch.xlsx", b"PK\x03\x04", "Bản mới")
    assert sent.document is not None
    again = await bot.send_document(lan.id, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_unique_id == sent.document.file_unique_id
    lan.document(b"from lan", "báo cáo.docx", "application/msword", "đây ạ")
    got = (await bot.get_updates())[-1].message
    assert got is not None and got.document is not None
    assert (got.document.file_name, got.caption, got.document.file_size) == ("báo cáo.docx", "đây ạ", 8)
    file = await got.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"from lan"
    assert not server.violations


async def test_a_photo_goes_out_and_comes_in(bot: Bot, lan: Person) -> None:
    sent = await bot.send_photo(lan.id, jpeg(640, 480), caption="ảnh")
    assert (sent.photo[-1].width, sent.photo[-1].height) == (640, 480)
    seen = await lan.next_message()
    assert seen.photo is not None
    assert seen.photo.content == jpeg(640, 480)
    lan.photo(png(40, 30), "bằng chứng", reply_to=seen)
    got = (await bot.get_updates())[-1].message
    assert got is not None and got.reply_to_message is not None
    assert (got.photo[-1].width, got.caption) == (40, "bằng chứng")
    file = await got.photo[-1].get_file()
    assert bytes(await file.download_as_bytearray()) == png(40, 30)


async def test_an_album_is_one_group(bot: Bot, lan: Person) -> None:
    sent = await bot.send_media_group(lan.id, [InputMediaPhoto(png(), caption="một"), InputMediaPhoto(png(5, 5))])
    assert len({message.media_group_id for message in sent}) == 1
    assert [(await lan.next_message()).text for _ in range(2)] == ["một", ""]


async def test_caption_media_and_keyboard_can_be_edited(bot: Bot, lan: Person) -> None:
    sent = await bot.send_document(lan.id, b"1", filename="a.txt", caption="cũ")
    await sent.edit_caption("mới", reply_markup=YES_NO)
    await sent.edit_media(InputMediaDocument(b"22", filename="b.txt", caption="thay"))
    await sent.edit_reply_markup(YES_NO)
    seen = lan.last
    assert seen.document is not None
    assert (seen.document.name, seen.document.content, seen.text) == ("b.txt", b"22", "thay")
    assert seen.labels == ("Có", "Không")


async def test_reactions_of_both_sides(bot: Bot, lan: Person) -> None:
    said = lan.send("NV05 xong")
    await bot.set_message_reaction(lan.id, said.message_id, "👍")
    assert lan.messages[0].reactions == ("👍",)
    await bot.set_message_reaction(lan.id, said.message_id, [])
    assert lan.messages[0].reactions == ()
    await bot.get_updates(allowed_updates=["message_reaction"])
    lan.react(said, "🎉")
    change = (await bot.get_updates())[-1].message_reaction
    assert change is not None
    assert [one.emoji for one in change.new_reaction] == ["🎉"]


async def test_a_reply_keyboard_opens_and_closes(bot: Bot, lan: Person) -> None:
    await bot.send_message(lan.id, "Chọn", reply_markup=ReplyKeyboardMarkup([["CT05", "NV05"], ["Thôi"]]))
    assert lan.keyboard == [["CT05", "NV05"], ["Thôi"]]
    await bot.send_message(lan.id, "Xong", reply_markup=ReplyKeyboardRemove())
    assert lan.keyboard == []


async def test_the_command_menu_follows_scope_and_language(server: StandIn, bot: Bot, lan: Person) -> None:
    rahim = server.person("রহিম", language_code="bn", started=True)
    await bot.set_my_commands([BotCommand("help", "Trợ giúp")])
    await bot.set_my_commands([BotCommand("help", "সাহায্য")], BotCommandScopeAllPrivateChats(), "bn")
    assert lan.commands == [("help", "Trợ giúp")]
    assert rahim.commands == [("help", "সাহায্য")]
    await bot.set_my_commands([BotCommand("invite", "Mời")], BotCommandScopeChat(lan.id))
    assert lan.commands == [("invite", "Mời")]
    assert [one.command for one in await bot.get_my_commands(BotCommandScopeChat(lan.id))] == ["invite"]
    await bot.delete_my_commands(BotCommandScopeChat(lan.id))
    assert lan.commands == [("help", "Trợ giúp")]


async def test_the_profile_is_kept_per_language(bot: Bot, wire: Wire) -> None:
    await bot.set_my_description("Thư ký", "vi")
    await bot.set_my_description("Clerk")
    await bot.set_my_name("অগ্রগতি", "bn")
    await bot.set_my_short_description("ngắn")
    assert (await bot.get_my_description("vi")).description == "Thư ký"
    assert (await bot.get_my_description("bn")).description == "Clerk"
    assert (await bot.get_my_name("bn")).name == "অগ্রগতি"
    assert (await bot.get_my_name()).name == "Tiến độ"


async def test_the_menu_button_wants_https(server: StandIn, bot: Bot, wire: Wire, lan: Person) -> None:
    await bot.set_chat_menu_button(lan.id, MenuButtonWebApp("Bảng", WebAppInfo("https://a.vn/live")))
    assert (await bot.get_chat_menu_button(lan.id)).type == "web_app"
    button = {"type": "web_app", "text": "x", "web_app": {"url": "http://127.0.0.1/live"}}
    code, text = await wire.refusal("setChatMenuButton", menu_button=button)
    assert code == 400
    assert text.endswith("Only HTTPS links are allowed")


async def test_pinning_and_what_is_known_of_a_chat(bot: Bot, lan: Person) -> None:
    sent = await bot.send_message(lan.id, "ghim")
    await sent.pin()
    chat = await bot.get_chat(lan.id)
    assert (chat.first_name, chat.type) == ("Lan", "private")
    assert chat.pinned_message is not None
    assert chat.pinned_message.text == "ghim"
    member = await bot.get_chat_member(lan.id, lan.id)
    assert member.user.first_name == "Lan"


async def test_typing_is_no_message(bot: Bot, lan: Person) -> None:
    await bot.send_chat_action(lan.id, "typing")
    assert lan.look() == []
    assert lan.chat.events[-1].detail == "typing"


async def test_get_and_forms_are_understood_as_well_as_json(server: StandIn, wire: Wire, lan: Person) -> None:
    address = f"{server.url}/bot{server.token}/sendMessage"
    async with wire.session.get(address, params={"chat_id": lan.id, "text": "qua GET"}) as response:
        assert response.status == 200
    async with wire.session.post(address, data={"chat_id": str(lan.id), "text": "qua form"}) as response:
        assert response.status == 200
    assert [message.text for message in lan.messages] == ["qua GET", "qua form"]
    assert [request.params["text"] for request in server.calls("sendMessage")] == ["qua GET", "qua form"]


async def test_commands_links_and_mentions_are_found_in_what_people_write(wire: Wire, lan: Person) -> None:
    lan.send("/start abc 😀 @tien_do_bot #ct05 https://a.vn/b?c=1, 12/20 xã a@b.vn")
    message = (await wire.result("getUpdates"))[0]["message"]
    wide = message["text"].encode("utf-16-le")
    found = [
        (e["type"], wide[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in message["entities"]
    ]
    assert found == [
        ("bot_command", "/start"),
        ("mention", "@tien_do_bot"),
        ("hashtag", "#ct05"),
        ("url", "https://a.vn/b?c=1"),
        ("email", "a@b.vn"),
    ]


async def test_what_was_seen_before_does_not_come_again(bot: Bot, lan: Person) -> None:
    for word in ("một", "hai", "ba"):
        await bot.send_message(lan.id, word)
    first = await lan.next()
    assert isinstance(first, Message)
    rest = lan.look()
    assert [first.text, *(seen.text for seen in rest)] == ["một", "hai", "ba"]
    assert lan.look() == []
