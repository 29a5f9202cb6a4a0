"""Notices: what goes out by itself, put into words when it is sent, in the reader's language of that moment."""

from __future__ import annotations

from telegram.ext import ExtBot

from bot.delivery.outbox import Later
from bot.views.screen import Screen
from handlers.context import Desk
from storage.outbox import Notice


class NoticeDuties:
    """What the sender leaves to us: words, sending, and what to do where a chat is closed, moved or silent."""

    def __init__(self, desk: Desk, bot: ExtBot[None]) -> None:
        self._desk, self._bot = desk, bot

    async def render(self, notice: Notice) -> Screen | Later | None:
        """The notice in words; None where there is nothing left to say."""
        return None

    async def send(self, chat_id: int, words: Screen) -> int:
        """Send it; returns the message's id."""
        raise NotImplementedError

    async def blocked(self, notice: Notice, reason: str) -> None:
        """The chat takes no more messages."""

    async def moved(self, notice: Notice, chat_id: int) -> None:
        """The chat has another id now."""

    async def given_up(self, notice: Notice, reason: str) -> None:
        """The notice did not arrive, or nobody knows."""


async def tick(desk: Desk) -> None:
    """Write the notices that are due by now into the outbox."""
