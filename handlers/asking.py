"""Asking: every question about the plan, answered from the record."""

from __future__ import annotations

from telegram import Update

from bot.rules.acts import Act
from handlers.context import Ctx


async def ask(update: Update, ctx: Ctx, act: Act) -> None:
    """Answer one question."""
