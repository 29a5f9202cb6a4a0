"""The door: who is writing. A stranger gets one polite sentence and nothing else, whatever they send or press."""

from __future__ import annotations

from markupsafe import Markup
from telegram import Update
from telegram.ext import ApplicationHandlerStop

from bot.views.door import no_plan_yet, stranger
from handlers.context import Ctx, look_up, show, words_for


async def door(update: Update, ctx: Ctx) -> None:
    """Look up the visit for the handlers behind; stop here for strangers, and before a plan is loaded."""
    if update.effective_user is None or update.effective_chat is None or update.effective_user.is_bot:
        raise ApplicationHandlerStop
    ctx.visit = await look_up(update, ctx)
    if ctx.visit.person is None:
        await _turn_away(update, ctx)
        raise ApplicationHandlerStop


async def _turn_away(update: Update, ctx: Ctx) -> None:
    text: Markup = stranger([words_for(ctx.desk, "vi"), words_for(ctx.desk, "bn")])
    if update.callback_query:
        await update.callback_query.answer(str(text.unescape())[:200], show_alert=True)
    elif update.message and update.message.chat.type == "private":
        await update.message.reply_html(text)


async def needs_plan(update: Update, ctx: Ctx) -> bool:
    """Whether no plan is loaded yet; then the person has been told."""
    if ctx.here.book is not None:
        return False
    await show(update, ctx, no_plan_yet(ctx.words, ctx.person))
    return True
