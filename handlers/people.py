"""People: joining by invitation, language, leaving, removal."""

from __future__ import annotations

from telegram import Update

from bot.rules.acts import Act
from handlers.context import Ctx


async def language(update: Update, ctx: Ctx, act: Act) -> None:
    """Change the language that the person is answered in."""
