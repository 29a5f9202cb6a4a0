"""What a person hears when something goes wrong: no exception reaches anybody as silence."""

from __future__ import annotations

import logging
from typing import cast

from telegram import Update
from telegram.error import Forbidden, TelegramError

from bot.delivery.logs import places
from bot.rules.access import Denied
from bot.views.door import denied, trouble
from bot.views.words import Words
from handlers.context import Ctx, words_for

log = logging.getLogger(__name__)


async def on_error(update: object, ctx: object) -> None:
    """Tell the person in their language, and the log without names or words."""
    context = cast(Ctx, ctx)
    error = context.error
    if isinstance(error, Denied):
        log.warning("denied: %s", error.action)
    else:
        log.error("an update failed: %s", places(error))  # its words may quote what the person wrote
    if isinstance(update, Update) and not isinstance(error, Forbidden):
        await _tell(update, context, isinstance(error, Denied))


async def _tell(update: Update, ctx: Ctx, was_denied: bool) -> None:
    words = _words(ctx)
    text = denied(words) if was_denied else trouble(words)
    try:
        if update.callback_query:
            await update.callback_query.answer(str(text.unescape())[:200], show_alert=True)
        elif update.effective_message:
            await update.effective_message.reply_html(text)
    except TelegramError as problem:
        log.error("the person could not be told either (%s)", type(problem).__name__)


def _words(ctx: Ctx) -> Words:
    person = ctx.visit.person if ctx.visit else None
    return words_for(ctx.desk, person.language if person else ctx.desk.settings.language)
