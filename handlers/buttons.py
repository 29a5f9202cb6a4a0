"""Buttons: what a press means is looked up by the first word of its data; whether it is allowed, the service asks."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from telegram import CallbackQuery, Update

from bot.views.reporting import closed_question
from handlers.context import Ctx

log = logging.getLogger(__name__)

Press = Callable[[CallbackQuery, Update, Ctx, list[str]], Awaitable[None]]


def pressed(table: Mapping[str, Press]) -> Callable[[Update, Ctx], Coroutine[Any, Any, None]]:
    """A handler of presses: `data` is `word:argument:…`; what nobody made is answered, not obeyed."""

    async def press(update: Update, ctx: Ctx) -> None:
        query = update.callback_query
        assert query is not None
        word, *arguments = (query.data or "").split(":")
        handler = table.get(word)
        if handler is None or query.message is None:
            await query.answer(str(closed_question(ctx.words)), show_alert=True)
            return
        try:
            await handler(query, update, ctx, arguments)
        except (ValueError, IndexError):
            log.warning("a press with data that we did not make")
            await query.answer(str(closed_question(ctx.words)), show_alert=True)

    return press
