"""The methods of the Bot API that the stand-in speaks, and those about the bot itself, chats and files.

Every function takes the store and the call, and gives the JSON result or raises Refusal. getUpdates and the webhook
methods live in `server.py`, because they wait or talk to the network.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.demo import edits, refusals, sends
from bot.demo.files import DOWNLOAD_LIMIT
from bot.demo.forms import Call
from bot.demo.store import Chat, Json, Store

Method = Callable[[Store, Call], Any]

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
COMMANDS_LIMIT = 100


def table(emoji: frozenset[str]) -> dict[str, Method]:
    """Every method by its name in lower case (Telegram does not look at case). `emoji`: see set_message_reaction."""
    named: dict[str, Method] = {
        "getMe": get_me,
        "logOut": true,
        "close": true,
        "sendMessage": sends.send_message,
        "sendDocument": sends.send_document,
        "sendPhoto": sends.send_photo,
        "sendMediaGroup": sends.send_media_group,
        "sendChatAction": sends.send_chat_action,
        "editMessageText": edits.edit_message_text,
        "editMessageCaption": edits.edit_message_caption,
        "editMessageMedia": edits.edit_message_media,
        "editMessageReplyMarkup": edits.edit_message_reply_markup,
        "deleteMessage": edits.delete_message,
        "setMessageReaction": lambda store, call: edits.set_message_reaction(store, call, emoji),
        "pinChatMessage": edits.pin_chat_message,
        "unpinChatMessage": edits.unpin_chat_message,
        "answerCallbackQuery": edits.answer_callback_query,
        "setMyCommands": set_my_commands,
        "getMyCommands": get_my_commands,
        "deleteMyCommands": delete_my_commands,
        "setMyName": set_my_name,
        "getMyName": get_my_name,
        "setMyDescription": set_my_description,
        "getMyDescription": get_my_description,
        "setMyShortDescription": set_my_short_description,
        "getMyShortDescription": get_my_short_description,
        "setChatMenuButton": set_chat_menu_button,
        "getChatMenuButton": get_chat_menu_button,
        "getFile": get_file,
        "getChat": get_chat,
        "getChatMember": get_chat_member,
        "getChatMemberCount": get_chat_member_count,
        "getChatAdministrators": get_chat_administrators,
        "leaveChat": leave_chat,
    }
    return {name.lower(): method for name, method in named.items()}


def true(store: Store, call: Call) -> bool:
    return True


def get_me(store: Store, call: Call) -> Json:
    return {
        **store.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def scope_key(scope: Json | None) -> str:
    """One text for a BotCommandScope: its type, its chat and its member."""
    if not scope:
        return "default"
    parts = (scope.get("type"), scope.get("chat_id"), scope.get("user_id"))
    return ":".join(str(part) for part in parts if part is not None)


def _commands_key(store: Store, call: Call) -> tuple[str, str]:
    scope = call.json("scope")
    if scope and scope.get("chat_id") is not None:
        chat = store.chat(scope["chat_id"])
        scope = {**scope, "chat_id": chat.id}
    return scope_key(scope), call.text("language_code")


def set_my_commands(store: Store, call: Call) -> bool:
    commands = call.json("commands") or []
    if len(commands) > COMMANDS_LIMIT:
        raise refusals.malformed("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
            raise refusals.malformed("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise refusals.malformed("BOT_COMMAND_DESCRIPTION_INVALID")
    kept = [{**command, "command": command["command"].removeprefix("/")} for command in commands]
    store.profile.commands[_commands_key(store, call)] = kept
    store.pulse.beat()
    return True


def get_my_commands(store: Store, call: Call) -> list[Json]:
    return store.profile.commands.get(_commands_key(store, call), [])


def delete_my_commands(store: Store, call: Call) -> bool:
    store.profile.commands.pop(_commands_key(store, call), None)
    store.pulse.beat()
    return True


def menu(store: Store, chat: Chat, user: Json) -> list[Json]:
    """The commands that `user` sees in `chat`: the narrowest scope first, in each the user's language before none."""
    at, member = chat.id, user["id"]
    if chat.private:
        scopes = [f"chat:{at}", "all_private_chats", "default"]
    else:
        admin = [f"chat_administrators:{at}"] if member in chat.admins else []
        everywhere = ["all_chat_administrators"] if member in chat.admins else []
        scopes = [f"chat_member:{at}:{member}", *admin, f"chat:{at}", *everywhere, "all_group_chats", "default"]
    for scope in scopes:
        for language in (user.get("language_code", ""), ""):
            commands = store.profile.commands.get((scope, language))
            if commands:
                return commands
    return []


def _set_text(texts: dict[str, str], call: Call, name: str, limit: int) -> bool:
    value = call.text(name)
    if len(value) > limit:
        raise refusals.malformed(f"{name.upper()}_TOO_LONG")
    language = call.text("language_code")
    texts.pop(language, None)
    if value:
        texts[language] = value
    return True


def _get_text(texts: dict[str, str], call: Call, name: str) -> Json:
    return {name: texts.get(call.text("language_code"), texts.get("", ""))}


def set_my_name(store: Store, call: Call) -> bool:
    return _set_text(store.profile.names, call, "name", 64)


def get_my_name(store: Store, call: Call) -> Json:
    found = _get_text(store.profile.names, call, "name")
    return found if found["name"] else {"name": store.bot["first_name"]}


def set_my_description(store: Store, call: Call) -> bool:
    return _set_text(store.profile.descriptions, call, "description", 512)


def get_my_description(store: Store, call: Call) -> Json:
    return _get_text(store.profile.descriptions, call, "description")


def set_my_short_description(store: Store, call: Call) -> bool:
    return _set_text(store.profile.short_descriptions, call, "short_description", 120)


def get_my_short_description(store: Store, call: Call) -> Json:
    return _get_text(store.profile.short_descriptions, call, "short_description")


def set_chat_menu_button(store: Store, call: Call) -> bool:
    button = call.json("menu_button") or {"type": "default"}
    app = button.get("web_app")
    if app and not str(app.get("url", "")).startswith("https://"):
        raise refusals.malformed(f"menu button Web App URL '{app.get('url')}' is invalid: Only HTTPS links are allowed")
    chat_id = call.integer("chat_id")
    store.profile.menu_buttons[0 if chat_id is None else store.chat(chat_id).id] = button
    return True


def get_chat_menu_button(store: Store, call: Call) -> Json:
    buttons = store.profile.menu_buttons
    return buttons.get(call.integer("chat_id") or 0) or buttons.get(0) or {"type": "commands"}


def get_file(store: Store, call: Call) -> Json:
    if not call.text("file_id"):
        raise refusals.malformed("file_id not specified")
    file = store.files.get(call.text("file_id"))
    if file is None:
        raise refusals.bad("wrong file_id or the file is temporarily unavailable")
    if file.size > DOWNLOAD_LIMIT:
        raise refusals.bad("file is too big")
    return {**file.raw(), "file_path": file.path}


def get_chat(store: Store, call: Call) -> Json:
    chat = store.chat(call.given.get("chat_id"))
    if chat.migrated_to is not None:
        raise refusals.migrated(chat.migrated_to)
    if chat.bot_status == "kicked":
        raise refusals.kicked(chat.raw["type"])
    full = {**chat.raw, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _NO_GIFTS}
    pinned = store.message(chat, chat.pinned)
    return {**full, "pinned_message": pinned} if pinned else full


_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


def member(store: Store, chat: Chat, user: Json) -> Json:
    """The ChatMember object of a user, the bot included."""
    if user["id"] == store.bot["id"]:
        return bot_member(store, chat.bot_status)
    if user["id"] not in chat.members:
        return {"status": "left", "user": user}
    if user["id"] in chat.admins:
        return {"status": "creator", "user": user, "is_anonymous": False}
    return {"status": "member", "user": user}


def bot_member(store: Store, status: str) -> Json:
    """The bot's own ChatMember object with `status`."""
    if status == "administrator":
        rights = dict.fromkeys(_RIGHTS, False)
        return {"status": status, "user": store.bot, "can_be_edited": False, "is_anonymous": False, **rights}
    return {"status": status, "user": store.bot, **({"until_date": 0} if status == "kicked" else {})}


_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def get_chat_member(store: Store, call: Call) -> Json:
    chat = store.open_chat(call.given.get("chat_id"))
    user_id = call.integer("user_id")
    if user_id == store.bot["id"]:
        return bot_member(store, chat.bot_status)
    known = store.chats.get(user_id or 0)
    user = chat.members.get(user_id or 0) or (known.members.get(user_id or 0) if known else None)
    if user is None:
        raise refusals.bad("user not found" if user_id else "invalid user_id specified")
    return member(store, chat, user)


def get_chat_member_count(store: Store, call: Call) -> int:
    return len(store.open_chat(call.given.get("chat_id")).members) + 1


def get_chat_administrators(store: Store, call: Call) -> list[Json]:
    chat = store.open_chat(call.given.get("chat_id"))
    if chat.private:
        raise refusals.bad("there are no administrators in the private chat")
    found = [member(store, chat, user) for user_id, user in chat.members.items() if user_id in chat.admins]
    return [*found, bot_member(store, chat.bot_status)] if chat.bot_status == "administrator" else found


def leave_chat(store: Store, call: Call) -> bool:
    chat = store.open_chat(call.given.get("chat_id"))
    if chat.private:
        raise refusals.bad("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    store.tell("state", chat, detail="left")
    return True
