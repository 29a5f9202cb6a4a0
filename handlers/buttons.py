"""Buttons: what a press means is looked up by the first word of its data; whether it is allowed, the service asks."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from telegram import CallbackQuery, Message, Update

from bot.delivery.sending import where
from bot.views.reporting import closed_question
from handlers.context import Ctx

log = logging.getLogger(__name__)

# A press is bound to the message that it stands under: what that is about is looked up by chat and message.
Press = Callable[[CallbackQuery, Update, Ctx, list[str]], Awaitable[None]]


def pressed(table: Mapping[str, Press]) -> Callable[[Update, Ctx], Coroutine[Any, Any, None]]:
    """A handler of presses: `data` is `word:argument:…`; what nobody made is answered, not obeyed."""

    async def press(update: Update, ctx: Ctx) -> None:
        query = update.callback_query
        assert query is not None
        word, *arguments = (query.data or "").split(":")
        handler = table.get(word)
        if handler is None or not _is_ours(query, ctx.bot.id) or any(map(_is_absurd, arguments)):
            await query.answer(str(closed_question(ctx.words)), show_alert=True)
            return
        try:
            await handler(query, update, ctx, arguments)
        except (ValueError, LookupError, OverflowError) as problem:
            log.warning("a press with data that we did not make (%s)", where(problem))
            await query.answer(str(closed_question(ctx.words)), show_alert=True)

    return press


def _is_absurd(argument: str) -> bool:
    """A number that no row of ours can have; PostgreSQL would refuse the whole transaction."""
    return argument.removeprefix("-").isdecimal() and len(argument) > 9


def _is_ours(query: CallbackQuery, bot_id: int) -> bool:
    """Whether the press stands under a message of ours; of one too old to be shown nobody knows."""
    message = query.message
    sender = message.from_user if isinstance(message, Message) else None
    return message is not None and (sender is None or sender.id == bot_id)
