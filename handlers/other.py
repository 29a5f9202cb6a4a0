"""What is no text, photo or file: a voice message, a sticker, a place, a contact. One helpful sentence."""

from __future__ import annotations

from telegram import Update

from bot.views.asking import only_words
from handlers.context import Ctx, show
from handlers.door import needs_plan


async def unreadable(update: Update, ctx: Ctx) -> None:
    """Say what can be read instead."""
    if await needs_plan(update, ctx):
        return
    assert ctx.here.book is not None
    await show(update, ctx, only_words(ctx.words, ctx.here.book.plan), reply=True)
