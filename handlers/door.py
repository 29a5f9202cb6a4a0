"""The door: who is writing. A stranger gets one polite sentence and nothing else, whatever they send or press."""

from __future__ import annotations

import time

from telegram import Update
from telegram.ext import ApplicationHandlerStop

from bot.views.door import flooded, no_plan_yet, stranger
from bot.views.screen import Screen
from handlers import groups
from handlers.context import Ctx, look_up, show, words_for
from handlers.joining import BOTH, chat_changed, floods_of, opened_link


async def door(update: Update, ctx: Ctx) -> None:
    """Look up the visit for the handlers behind; stop here for strangers, and for whatever is not a private chat."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None or user.is_bot:
        raise ApplicationHandlerStop
    ctx.visit = await look_up(update, ctx)
    if update.my_chat_member:
        await (chat_changed if chat.type == "private" else groups.membership)(update, ctx)
        raise ApplicationHandlerStop
    if await groups.migrated(update, ctx):
        raise ApplicationHandlerStop
    if ctx.visit.person is None:
        await _stranger(update, ctx)
        raise ApplicationHandlerStop
    if chat.type == "private" and chat.id != user.id:
        raise ApplicationHandlerStop  # nobody has such a chat: somebody speaks for somebody else
    if chat.type != "private":
        await groups.spoken(update, ctx)
        raise ApplicationHandlerStop
    if update.message and floods_of(ctx.desk).begins(chat.id, update.message.date.timestamp()):
        await show(update, ctx, Screen(flooded(ctx.words)))


async def _stranger(update: Update, ctx: Ctx) -> None:
    """A link is tried; whatever else is meant for us is answered once a minute at most."""
    user, chat, message = update.effective_user, update.effective_chat, update.effective_message
    assert user is not None
    assert chat is not None
    if await opened_link(update, ctx):
        return
    to_us = update.callback_query or chat.type == "private"
    if to_us or (message and groups.addressed(message, ctx.bot.id, ctx.bot.username)):
        await _turn_away(update, ctx, user.id, chat.id)


async def _turn_away(update: Update, ctx: Ctx, user_id: int, chat_id: int) -> None:
    if not floods_of(ctx.desk).may_answer(user_id, time.monotonic()):
        return
    text = stranger([words_for(ctx.desk, lang) for lang in BOTH])
    if update.callback_query:
        await update.callback_query.answer(str(text.unescape())[:200], show_alert=True)
    else:
        await ctx.bot.send_message(chat_id, text, parse_mode="HTML")


async def needs_plan(update: Update, ctx: Ctx) -> bool:
    """Whether no plan is loaded yet; then the person has been told."""
    if ctx.here.book is not None:
        return False
    await show(update, ctx, no_plan_yet(ctx.words, ctx.person))
    return True
