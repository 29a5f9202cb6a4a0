"""Changing what was sent: editMessage*, deleteMessage, setMessageReaction, pinning, and answers to button presses."""

from __future__ import annotations

import time

from bot.demo import html, refusals, sends
from bot.demo.forms import Call
from bot.demo.store import Answer, Chat, Json, Store

ANSWER_LIMIT = 200
TEXT_FIELDS = ("text", "entities")
CAPTION_FIELDS = ("caption", "caption_entities")
MEDIA_FIELDS = ("photo", "document", *CAPTION_FIELDS)


def _own(store: Store, call: Call) -> tuple[Chat, Json]:
    if call.given.get("inline_message_id"):
        raise refusals.bad("MESSAGE_ID_INVALID")
    chat, raw = sends.target(store, call, "message to edit not found")
    if raw["from"]["id"] != store.bot["id"]:
        raise refusals.bad("message can't be edited")
    return chat, raw


def _replace(store: Store, chat: Chat, call: Call, old: Json, fields: tuple[str, ...], content: Json) -> Json:
    """The message with other `fields` and the request's keyboard (none given: none kept)."""
    keyboard = sends.markup(call)
    kept = {key: value for key, value in old.items() if key not in (*fields, "reply_markup", "edit_date")}
    new = {**kept, **content, **({"reply_markup": keyboard} if keyboard else {})}
    before = {key: value for key, value in old.items() if key != "edit_date"}
    if sends.plain(new) == sends.plain(before):
        raise refusals.not_modified()
    return store.change_message(chat, {**new, "edit_date": int(time.time())})


def edit_message_text(store: Store, call: Call) -> Json:
    chat, old = _own(store, call)
    if "text" not in old:
        raise refusals.bad("there is no text in the message to edit")
    content = sends.text_content(call, editing=True)
    return _replace(store, chat, call, old, TEXT_FIELDS, content)


def edit_message_caption(store: Store, call: Call) -> Json:
    chat, old = _own(store, call)
    if "photo" not in old and "document" not in old:
        raise refusals.bad("there is no caption in the message to edit")
    return _replace(store, chat, call, old, CAPTION_FIELDS, sends.caption_content(call.given))


def edit_message_reply_markup(store: Store, call: Call) -> Json:
    chat, old = _own(store, call)
    return _replace(store, chat, call, old, (), {})


def edit_message_media(store: Store, call: Call) -> Json:
    chat, old = _own(store, call)
    if "text" in old:
        raise refusals.bad("there is no media in the message to edit")
    content = sends.media_content(store, call, call.json("media") or {})
    return _replace(store, chat, call, old, MEDIA_FIELDS, content)


def delete_message(store: Store, call: Call) -> bool:
    """In a private chat the bot may delete everything; in a group only its own, unless it administers it."""
    chat, raw = sends.target(store, call, "message to delete not found")
    own = raw["from"]["id"] == store.bot["id"]
    if not (own or chat.private or chat.bot_status == "administrator"):
        raise refusals.bad("message can't be deleted")
    store.delete_message(chat, raw["message_id"])
    return True


def set_message_reaction(store: Store, call: Call, emoji: frozenset[str]) -> bool:
    """`emoji`: the reactions that Telegram knows; empty when they are not checked."""
    chat, raw = sends.target(store, call, "message to react not found")
    wanted = call.json("reaction") or []
    if len(wanted) > 1:
        raise refusals.bad("REACTIONS_TOO_MANY")
    if any(emoji and one.get("emoji") not in emoji for one in wanted):
        raise refusals.malformed("REACTION_INVALID")
    store.reactions.setdefault((chat.id, raw["message_id"]), {})[store.bot["id"]] = wanted
    store.tell("reaction", chat, raw)
    return True


def pin_chat_message(store: Store, call: Call) -> bool:
    chat, raw = sends.target(store, call, "message to pin not found")
    if not chat.private and chat.bot_status != "administrator":
        raise refusals.bad("not enough rights to manage pinned messages in the chat")
    chat.pinned = raw["message_id"]
    store.tell("pin", chat, raw)
    return True


def unpin_chat_message(store: Store, call: Call) -> bool:
    chat = store.open_chat(call.given.get("chat_id"))
    if chat.pinned is None:
        raise refusals.bad("message to unpin not found")
    chat.pinned = None
    store.tell("pin", chat)
    return True


def answer_callback_query(store: Store, call: Call) -> bool:
    press = store.press_at(call.text("callback_query_id"), time.monotonic())
    if html.units(call.text("text")) > ANSWER_LIMIT:
        raise refusals.malformed("MESSAGE_TOO_LONG")
    url = call.text("url") or None
    answer = Answer(press.query_id, press.user_id, call.text("text"), call.flag("show_alert"), url)
    store.tell("answer", store.chats[press.chat_id], answer=answer)
    return True
