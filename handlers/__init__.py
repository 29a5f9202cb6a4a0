"""The conversations, registered in one place. The order matters and is explained where it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import CallbackQuery, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ExtBot,
    MessageHandler,
    TypeHandler,
    filters,
)

from handlers import (
    asking,
    calendar,
    door,
    joining,
    leave,
    looking,
    menu,
    notices,
    other,
    oversight,
    people,
    plan_file,
    prompts,
    reporting,
    requests,
    text,
)
from handlers.buttons import Press, pressed
from handlers.context import Ctx, Desk
from handlers.errors import on_error


async def _undo(query: CallbackQuery, update: Update, ctx: Ctx, _: list[str]) -> None:
    await reporting.pressed_undo(query, update, ctx)


async def _pick(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    await reporting.pressed_reading(query, update, ctx, said[0], int(said[1]))


async def _drop(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    await reporting.pressed_none(query, ctx, said[0])


BUTTONS: Mapping[str, Press] = {
    "undo": _undo,
    "edit": prompts.pressed_edit,
    "pick": _pick,
    "drop": _drop,
    **joining.BUTTONS,
    **people.BUTTONS,
    **menu.BUTTONS,
    **notices.BUTTONS,
    **oversight.BUTTONS,
    **leave.BUTTONS,
    **requests.BUTTONS,
    **asking.BUTTONS,
    **looking.BUTTONS,
    **plan_file.BUTTONS,
}
COMMANDS = {
    "start": joining.start,
    **people.COMMANDS,
    **menu.COMMANDS,
    **plan_file.COMMANDS,
    **looking.COMMANDS,
    **leave.COMMANDS,
    **calendar.COMMANDS,
}


async def _typed(update: Update, ctx: Ctx) -> None:
    """The plan's file; an answer to a question of ours about a figure, words, a date or a time; leave; else a text
    like any other."""
    answers = (prompts.answered, requests.answered)
    is_reply = bool(update.message and update.message.reply_to_message)
    # A reply is an answer before all else; what replies to nothing may tell of leave while something is asked for.
    for taken in (plan_file.offered, *((*answers, leave.said) if is_reply else (leave.said, *answers))):
        if await taken(update, ctx):
            return
    await text.typed(update, ctx)


async def on_start(bot: ExtBot[Any], desk: Desk) -> None:
    """What is set up at Telegram when the bot starts: the command menus."""
    await joining.set_default_commands(bot, desk)


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Put every handler in its place."""
    # The door comes first: nothing behind it is reached by a stranger.
    application.add_handler(TypeHandler(Update, door.door), group=0)
    # Commands before texts: "/help" is a text too.
    application.add_handler(CallbackQueryHandler(pressed(BUTTONS)), group=1)
    typed_now = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE
    for name, command in COMMANDS.items():
        application.add_handler(CommandHandler(name, command, typed_now), group=1)
    # A command that nobody has: after all that somebody has.
    application.add_handler(MessageHandler(filters.COMMAND & typed_now, menu.unknown_command), group=1)
    # What people type comes last: it takes whatever nobody else has taken.
    words = (filters.TEXT | filters.PHOTO | filters.Document.ALL) & filters.ChatType.PRIVATE
    application.add_handler(MessageHandler(words & ~filters.COMMAND, _typed), group=1)
    # Voice, stickers, places: what is none of the above.
    rest = typed_now & ~filters.COMMAND & ~filters.StatusUpdate.ALL
    application.add_handler(MessageHandler(rest, other.unreadable), group=1)
    application.add_error_handler(on_error)
