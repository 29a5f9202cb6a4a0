"""The menu: help, small talk, and what to say when a message was not understood."""

from __future__ import annotations

from telegram import Update

from bot.rules.acts import Act
from handlers.context import Ctx


async def help_act(update: Update, ctx: Ctx, act: Act) -> None:
    """Show what this very person can say."""


async def smalltalk(update: Update, ctx: Ctx, act: Act) -> None:
    """Answer a greeting or thanks in one line."""


async def not_understood(update: Update, ctx: Ctx, act: Act) -> None:
    """Say so, and what can be said; after two failed turns in a row, offer the menu."""
