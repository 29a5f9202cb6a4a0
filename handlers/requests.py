"""Requests: a later deadline, a reminder at a moment of one's own."""

from __future__ import annotations

from telegram import Update

from bot.rules.acts import Act
from handlers.context import Ctx


async def extend(update: Update, ctx: Ctx, act: Act) -> None:
    """Ask the office for a later deadline."""


async def remind(update: Update, ctx: Ctx, act: Act) -> None:
    """Promise a reminder."""
