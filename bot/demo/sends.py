"""Sending: sendMessage, sendDocument, sendPhoto, sendMediaGroup, sendChatAction, and what a message is made of."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from bot.demo import html, refusals
from bot.demo.files import StoredFile, image_size
from bot.demo.forms import Call, Upload
from bot.demo.store import Chat, Json, Store

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
DATA_LIMIT = 64
BUTTON_LIMIT = 100
KEYBOARD_LIMIT = 300
MARKUP_BYTES = 10_240
SMALL = 10  # buttons of a keyboard that cannot be too large, so that it need not be measured
PHOTO_BYTES = 10 * 1024 * 1024
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
BUTTON_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


def formatted(given: Json, name: str, entities_name: str) -> tuple[str, list[html.Entity]]:
    """A text of a request with its entities, from `parse_mode` or as given, tidied, with what Telegram adds."""
    source = str(given.get(name) or "")
    mode = str(given.get("parse_mode") or "")
    given_entities = given.get(entities_name)
    entities = json.loads(given_entities) if isinstance(given_entities, str) else given_entities
    if mode.lower() == "html":
        source, entities = html.parse(source)
    elif mode:
        raise refusals.malformed("unsupported parse_mode")
    text, kept = html.tidy(source, list(entities or ()))
    return text, html.find(text, kept)


def text_content(call: Call, *, editing: bool = False) -> Json:
    """`text` and `entities` of a text message. Refuses empty and over-long texts."""
    text, entities = formatted(call.given, "text", "entities")
    if not text:
        raise refusals.malformed("message text is empty")
    if html.units(text) > TEXT_LIMIT:
        raise refusals.malformed("MESSAGE_TOO_LONG" if editing else "message is too long")
    return {"text": text, **({"entities": entities} if entities else {})}


def caption_content(given: Json) -> Json:
    """`caption` and `caption_entities`; nothing when there is no caption."""
    caption, entities = formatted(given, "caption", "caption_entities")
    if html.units(caption) > CAPTION_LIMIT:
        raise refusals.malformed("message caption is too long")
    if not caption:
        return {}
    return {"caption": caption, **({"caption_entities": entities} if entities else {})}


def markup(call: Call) -> Json | None:
    """The checked `reply_markup` of a request, whichever of the four kinds it is."""
    given = call.json("reply_markup")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise refusals.malformed("object expected as reply markup")
    rows: list[list[Any]] = given.get("inline_keyboard") or given.get("keyboard") or []
    count = sum(len(row) for row in rows)
    limit = BUTTON_LIMIT if "inline_keyboard" in given else KEYBOARD_LIMIT
    if count > limit or (count > SMALL and len(json.dumps(given, ensure_ascii=False).encode()) > MARKUP_BYTES):
        raise refusals.malformed("reply markup is too long")
    if "inline_keyboard" in given:
        return _inline(rows)
    return given


def _inline(rows: list[list[Json]]) -> Json | None:
    for row in rows:
        for button in row:
            _check_button(button)
    kept = [row for row in rows if row]
    return {"inline_keyboard": kept} if kept else None


def _check_button(button: Json) -> None:
    if not str(button.get("text", "")).strip():
        raise refusals.malformed('can\'t parse inline keyboard button: Field "text" must be non-empty')
    if not any(name in button for name in BUTTON_ACTIONS):
        raise refusals.malformed(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= DATA_LIMIT:
        raise refusals.malformed("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not _good_url(str(url)):
        raise refusals.malformed(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    app = button.get("web_app")
    if app is not None and not str(app.get("url", "")).startswith("https://"):
        address = app.get("url", "")
        raise refusals.malformed(
            f"inline keyboard button Web App URL '{address}' is invalid: Only HTTPS links are allowed"
        )


def _good_url(url: str) -> bool:
    scheme, mark, rest = url.partition("://")
    if not mark:
        return "." in url.partition("/")[0]
    return scheme == "tg" or (scheme in ("http", "https") and "." in rest.partition("/")[0])


def reply_content(store: Store, chat: Chat, call: Call) -> Json:
    """`reply_to_message` (and `quote`) for `reply_parameters`, also in its old form; topics pass through."""
    content: Json = {}
    thread = call.integer("message_thread_id")
    if thread is not None:
        content |= {"message_thread_id": thread, "is_topic_message": True}
    given = call.json("reply_parameters")
    if given is None and "reply_to_message_id" in call.given:
        given = {"message_id": call.integer("reply_to_message_id")}
        given["allow_sending_without_reply"] = call.flag("allow_sending_without_reply")
    if not given:
        return content
    home = store.chat(given["chat_id"]) if given.get("chat_id") else chat
    target = store.message(home, given.get("message_id"))
    if target is not None:
        quoted = {"quote": {"text": given["quote"], "position": 0, "is_manual": True}} if given.get("quote") else {}
        return {**content, "reply_to_message": without_reply(target), **quoted}
    if given.get("allow_sending_without_reply"):
        return content
    raise refusals.bad("message to be replied not found")


def without_reply(raw: Json) -> Json:
    """A message as it is shown inside another one: replies do not nest."""
    return {key: value for key, value in raw.items() if key not in ("reply_to_message", "quote")}


def deliver(store: Store, chat: Chat, call: Call, content: Json) -> Json:
    """Put the bot's message into a chat, with its keyboard and what it replies to."""
    keyboard = markup(call)
    reply = reply_content(store, chat, call)
    if call.flag("protect_content"):
        reply["has_protected_content"] = True
    if keyboard and "inline_keyboard" in keyboard:
        return store.add_message(chat, store.bot, {**reply, **content, "reply_markup": keyboard})
    raw = store.add_message(chat, store.bot, {**reply, **content})
    if keyboard:
        chat.keyboard = keyboard if "keyboard" in keyboard else None
        store.tell("keyboard", chat, raw)
    return raw


def send_message(store: Store, call: Call) -> Json:
    chat = store.open_chat(call.given.get("chat_id"))
    return deliver(store, chat, call, text_content(call))


def _file(store: Store, call: Call, name: str, folder: str) -> StoredFile:
    """The file that a parameter names: an upload of that name, attach://, or a file_id that is known."""
    value = call.given.get(name)
    upload = call.files.get(name)
    if upload is None and isinstance(value, str) and value.startswith("attach://"):
        upload = call.files.get(value.removeprefix("attach://"))
    if upload is not None:
        return _keep(store, upload, folder)
    if not value:
        raise refusals.malformed(f"there is no {name} in the request")
    known = store.files.get(str(value))
    if known is not None:
        return known
    if str(value).startswith(("http://", "https://")):
        raise refusals.bad("failed to get HTTP URL content")
    raise refusals.bad("wrong file identifier/HTTP URL specified")


def _keep(store: Store, upload: Upload, folder: str) -> StoredFile:
    if not upload.content:
        raise refusals.malformed("file must be non-empty")
    return store.files.add(upload.content, upload.filename, upload.content_type, folder)


def document_content(file: StoredFile) -> Json:
    return {"document": {**file.raw(), "file_name": file.name, "mime_type": file.mime}}


def photo_content(file: StoredFile) -> Json:
    """`photo` with its sizes. Refuses what is no picture, is too large, or is too long and thin."""
    size = image_size(file.content)
    if len(file.content) > PHOTO_BYTES:
        reason = (
            f"file of size {len(file.content)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes"
        )
        raise refusals.malformed(reason)
    if size is None:
        raise refusals.bad("IMAGE_PROCESS_FAILED")
    width, height = size
    if not 0 < width + height <= 10_000 or max(size) > 20 * min(size):
        raise refusals.malformed("PHOTO_INVALID_DIMENSIONS")
    return {"photo": [{**file.raw(), "width": width, "height": height}]}


_CONTENTS: dict[str, Callable[[StoredFile], Json]] = {"document": document_content, "photo": photo_content}


def send_document(store: Store, call: Call) -> Json:
    return _send_file(store, call, "document")


def send_photo(store: Store, call: Call) -> Json:
    return _send_file(store, call, "photo")


def _send_file(store: Store, call: Call, kind: str) -> Json:
    chat = store.open_chat(call.given.get("chat_id"))
    caption = caption_content(call.given)
    content = _CONTENTS[kind](_file(store, call, kind, f"{kind}s"))
    return deliver(store, chat, call, {**content, **caption})


def media_content(store: Store, call: Call, item: Json) -> Json:
    """Content of one InputMedia (photos and documents)."""
    kind = str(item.get("type"))
    if kind not in _CONTENTS:
        raise refusals.malformed(f"can't parse InputMedia: type {kind} is not spoken by the stand-in")
    inner = Call(call.method, {kind: item.get("media")}, call.files)
    return {**_CONTENTS[kind](_file(store, inner, kind, f"{kind}s")), **caption_content(item)}


def send_media_group(store: Store, call: Call) -> list[Json]:
    chat = store.open_chat(call.given.get("chat_id"))
    items = call.json("media") or []
    if not 2 <= len(items) <= 10:
        raise refusals.malformed("there must be 2-10 items in the media group" if items else "media is empty")
    if len({item.get("type") for item in items}) > 1:
        raise refusals.malformed("document can't be mixed with other media types")
    contents = [media_content(store, call, item) for item in items]
    group = f"{chat.id}{time.monotonic_ns()}"
    return [deliver(store, chat, call, {**content, "media_group_id": group}) for content in contents]


def send_chat_action(store: Store, call: Call) -> bool:
    chat = store.open_chat(call.given.get("chat_id"))
    action = call.text("action")
    if action not in ACTIONS:
        raise refusals.malformed("wrong parameter action in request")
    store.tell("action", chat, detail=action)
    return True


def target(store: Store, call: Call, missing: str) -> tuple[Chat, Json]:
    """The message that `chat_id` and `message_id` name, or the refusal with the text `missing`."""
    chat = store.open_chat(call.given.get("chat_id"))
    if call.integer("message_id") is None:
        raise refusals.malformed("message identifier is not specified")
    raw = store.message(chat, call.integer("message_id"))
    if raw is None:
        raise refusals.bad(missing)
    return chat, raw


def plain(value: Any) -> str:
    """A value in one comparable form."""
    return json.dumps(value, sort_keys=True)
