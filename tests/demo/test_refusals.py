"""What Telegram refuses, with its own codes and texts."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken

from bot.demo.people import Person
from bot.demo.server import StandIn
from tests.demo.conftest import Wire
from tests.demo.pictures import png

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


def buttons(*data: str) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": "x", "callback_data": one}] for one in data]}


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "  \n "}, "message text is empty"),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            {"text": "a <p>x</p>", "parse_mode": "HTML"},
            'can\'t parse entities: Unsupported start tag "p" at byte offset 2',
        ),
        ({"text": "x", "parse_mode": "Fancy"}, "unsupported parse_mode"),
        ({"text": "x", "reply_markup": buttons("ক" * 22)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": buttons("")}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": buttons(*map(str, range(101)))}, "reply markup is too long"),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "y" * 900, "callback_data": "1"}] * 12]}},
            "reply markup is too long",
        ),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "url": "http://localhost/x"}]]}},
            "inline keyboard button URL 'http://localhost/x' is invalid: Wrong HTTP URL",
        ),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply markup JSON object"),
    ],
)
async def test_a_message_that_cannot_be_sent(wire: Wire, lan: Person, params: dict[str, object], text: str) -> None:
    assert await wire.refusal("sendMessage", chat_id=lan.id, **params) == (400, f"Bad Request: {text}")
    assert lan.messages == []
    assert wire.server.violations


@pytest.mark.parametrize(
    "params",
    [
        {"chat_id": {"a": 1}, "text": "x"},
        {"text": "x", "reply_markup": {"inline_keyboard": "abc"}},
        {"text": "x", "reply_markup": {"inline_keyboard": [["abc"]]}},
        {"text": "x", "entities": [{"x": 1}]},
        {"text": "x", "reply_parameters": "5"},
    ],
)
async def test_values_of_the_wrong_shape(wire: Wire, lan: Person, params: dict[str, object]) -> None:
    code, _ = await wire.refusal("sendMessage", **{"chat_id": lan.id, **params})
    assert code == 400
    assert wire.server.violations


async def test_bodies_that_cannot_be_read(server: StandIn, wire: Wire) -> None:
    address = f"{server.url}/bot{server.token}/sendMessage"
    for kind, body in (
        ("application/x-www-form-urlencoded", b"\xff=\xfe"),
        ("application/json", b"{bad"),
        ("application/json", b"[]"),
        ("multipart/form-data", b"no boundary"),
    ):
        async with wire.session.post(address, data=body, headers={"Content-Type": kind}) as response:
            assert response.status == 400
            assert not (await response.json())["ok"]


async def test_length_counts_what_is_left_after_parsing(wire: Wire, lan: Person) -> None:
    await wire.result("sendMessage", chat_id=lan.id, text=f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    await wire.result("sendMessage", chat_id=lan.id, text="😀" * 2048)
    full = [[{"text": "x", "callback_data": str(row * 4 + n)} for n in range(4)] for row in range(25)]
    await wire.result("sendMessage", chat_id=lan.id, text="x", reply_markup={"inline_keyboard": full})
    assert wire.server.violations == []


async def test_an_over_long_caption(bot: Bot, lan: Person) -> None:
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(lan.id, b"x", caption="x" * 1025)
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(lan.id, png(), caption="😀" * 513)
    sent = await bot.send_document(lan.id, b"x", caption="x" * 1024)
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await sent.edit_caption("x" * 1025)


async def test_an_edit_that_changes_nothing(wire: Wire, lan: Person) -> None:
    markup = buttons("1")
    sent = await wire.result("sendMessage", chat_id=lan.id, text="<b>x</b>", parse_mode="HTML", reply_markup=markup)
    same = {"chat_id": lan.id, "message_id": sent["message_id"]}
    text = {"text": "<b>x</b> ", "parse_mode": "HTML"}
    assert await wire.refusal("editMessageText", **same, **text, reply_markup=markup) == (400, NOT_MODIFIED)
    assert await wire.refusal("editMessageReplyMarkup", **same, reply_markup=markup) == (400, NOT_MODIFIED)
    await wire.result("editMessageText", **same, **text)
    assert await wire.refusal("editMessageReplyMarkup", **same) == (400, NOT_MODIFIED)


async def test_messages_that_are_not_there_or_not_the_bots(wire: Wire, lan: Person) -> None:
    mine = lan.send("của tôi")
    photo = lan.photo(png())
    gone = {"chat_id": lan.id, "message_id": 999}
    assert await wire.refusal("editMessageText", **gone, text="x") == (400, "Bad Request: message to edit not found")
    assert await wire.refusal("deleteMessage", **gone) == (400, "Bad Request: message to delete not found")
    assert await wire.refusal("editMessageText", chat_id=lan.id, text="x") == (
        400,
        "Bad Request: message identifier is not specified",
    )
    theirs = {"chat_id": lan.id, "message_id": mine.message_id}
    assert await wire.refusal("editMessageText", **theirs, text="x") == (400, "Bad Request: message can't be edited")
    await wire.result("deleteMessage", chat_id=lan.id, message_id=photo.message_id)
    react = {**gone, "reaction": [{"type": "emoji", "emoji": "👍"}]}
    assert await wire.refusal("setMessageReaction", **react) == (400, "Bad Request: message to react not found")


async def test_text_and_caption_are_not_mixed_up(wire: Wire, bot: Bot, lan: Person) -> None:
    text = await bot.send_message(lan.id, "x")
    file = await bot.send_document(lan.id, b"x")
    at = {"chat_id": lan.id, "message_id": file.message_id}
    assert await wire.refusal("editMessageText", **at, text="y") == (
        400,
        "Bad Request: there is no text in the message to edit",
    )
    at["message_id"] = text.message_id
    refused = await wire.refusal("editMessageCaption", **at, caption="y")
    assert refused == (400, "Bad Request: there is no caption in the message to edit")
    too_long = await wire.refusal("editMessageText", **at, text="y" * 4097)
    assert too_long == (400, "Bad Request: MESSAGE_TOO_LONG")


async def test_unknown_and_old_presses(wire: Wire, lan: Person) -> None:
    text = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await wire.refusal("answerCallbackQuery", callback_query_id="1") == (400, text)
    await wire.result("sendMessage", chat_id=lan.id, text="x", reply_markup=buttons("1"))
    query = lan.press(await lan.next_message(), "1")
    assert (await wire.refusal("answerCallbackQuery", callback_query_id=query, text="x" * 201))[0] == 400
    wire.server.store.callback_lifetime = -1
    assert await wire.refusal("answerCallbackQuery", callback_query_id=query) == (400, text)


async def test_people_who_cannot_be_written_to(server: StandIn, bot: Bot, lan: Person) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(5, "x")
    quiet = server.person("Minh")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(quiet.id, "x")
    quiet.start()
    await bot.send_message(quiet.id, "x")
    lan.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(lan.id, "x")
    lan.unblock()
    await bot.send_message(lan.id, "x")
    lan.deactivate()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(lan.id, "x")


async def test_blocking_and_coming_back_are_told_to_the_bot(bot: Bot, lan: Person) -> None:
    lan.block()
    with pytest.raises(ValueError, match="blocked"):
        lan.send("x")
    lan.start()
    updates = await bot.get_updates()
    states = [update.my_chat_member.new_chat_member.status for update in updates if update.my_chat_member]
    assert states == ["kicked", "member"]
    assert updates[-1].message is not None
    assert updates[-1].message.text == "/start"


async def test_groups_that_cannot_be_written_to(server: StandIn, bot: Bot, lan: Person) -> None:
    group = server.group("Tổ giúp việc", [lan])
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(group.id, "x")
    group.add_bot(lan)
    await bot.send_message(group.id, "x")
    old = group.id
    new = group.migrate()
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(old, "x")
    assert moved.value.new_chat_id == new
    await bot.send_message(new, "x")
    group.remove_bot(lan)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(new, "x")


async def test_files_that_are_refused(wire: Wire, bot: Bot, lan: Person) -> None:
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(lan.id, b"no picture")
    with pytest.raises(BadRequest, match="Photo_invalid_dimensions"):
        await bot.send_photo(lan.id, png(420, 20))
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(lan.id, b"", filename="x.txt")
    with pytest.raises(BadRequest, match="Wrong file identifier/http url specified"):
        await bot.send_document(lan.id, "no-such-file")
    huge = lan.document(b"small", "big.xlsx", size=21 * 1024 * 1024)
    assert huge.document is not None
    assert await wire.refusal("getFile", file_id=huge.document.file_id) == (400, "Bad Request: file is too big")
    code, text = await wire.refusal("getFile", file_id="x")
    assert (code, text) == (400, "Bad Request: wrong file_id or the file is temporarily unavailable")


async def test_tokens_and_methods(server: StandIn, wire: Wire) -> None:
    with pytest.raises(InvalidToken):
        await Bot("1:wrong", base_url=f"{server.url}/bot").initialize()
    async with wire.session.get(f"{server.url}/botnonsense/getMe") as response:
        assert response.status == 404
    async with wire.session.get(f"{server.url}/file/bot1:wrong/documents/file_1.txt") as response:
        assert response.status == 401
    assert await wire.refusal("sendPoll") == (404, "Not Found: method not found")
    assert (await wire.result("GETME"))["username"] == "tien_do_bot"


async def test_unknown_reactions(wire: Wire, lan: Person) -> None:
    at = {"chat_id": lan.id, "message_id": lan.send("x").message_id}
    fish = [{"type": "emoji", "emoji": "🐟"}]
    assert await wire.refusal("setMessageReaction", **at, reaction=fish) == (400, "Bad Request: REACTION_INVALID")
