"""Polling: one batch after another, each on disk before the next request confirms it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.delivery.inbox import Inbox, update_id_of
from bot.delivery.sending import seconds_of
from storage.inbox import Kept

log = logging.getLogger(__name__)

Keyboard = Sequence[Sequence[Mapping[str, Any]]]  # rows of buttons, as Telegram names their parts

LONGEST_WAIT = 30.0
CONFLICTS = 8  # in a row, before we believe that another poller is there to stay
ANSWER_SECONDS = 10  # what an answer may take beyond the long poll itself


class AnotherPoller(Exception):
    """Somebody else fetches this bot's updates, or a webhook is set, and it does not end."""


class RawBot(ExtBot[Any]):
    """The bot, with updates as Telegram sent them: parsing comes after they are on disk. Its answers are lean too."""

    __slots__ = ()

    async def raw_updates(self, offset: int | None, limit: int, seconds: int, kinds: Sequence[str]) -> list[Any]:
        """One `getUpdates` that waits up to `seconds`; `offset` confirms everything below it."""
        asked = {"offset": offset, "limit": limit, "timeout": seconds, "allowed_updates": list(kinds)}
        found: list[Any] = await self._post("getUpdates", asked, read_timeout=seconds + ANSWER_SECONDS)
        return found

    async def send_words(self, chat_id: int, html: str, keyboard: Keyboard, reply_to: int | None) -> int:
        """Send a message; returns its id. The library's own way costs a third of an answer's time: it builds objects
        of what we send, and of all that Telegram sends back.
        """
        asked: dict[str, Any] = {"chat_id": chat_id, "text": html, "parse_mode": "HTML"}
        if keyboard:
            asked["reply_markup"] = {"inline_keyboard": keyboard}
        if reply_to is not None:
            asked["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
        sent: Any = await self._post("sendMessage", asked)
        return int(sent["message_id"])


class Poller:
    """Fetches updates into the inbox and offers them to whoever handles them.

    `alive` is called after every answer (the watchdog's sign). Failures wait longer each time, up to half a minute,
    with jitter; it is the watchdog that gives up on them.
    """

    def __init__(
        self,
        bot: RawBot,
        inbox: Inbox,
        offer: Callable[[Sequence[Kept]], None],
        *,
        kinds: Sequence[str],
        alive: Callable[[], None],
        seconds: int = 25,
        limit: int = 100,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._bot, self._inbox, self._offer, self._alive = bot, inbox, offer, alive
        self._kinds, self._seconds, self._limit = kinds, seconds, limit
        self._sleep, self._jitter = sleep, jitter
        self._offset: int | None = None
        self._failures = 0
        self._conflicts = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set. Raises `AnotherPoller`, and `InvalidToken` for a token that Telegram refuses."""
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                await self._step_until(stopped)
        finally:
            stopped.cancel()

    async def _step_until(self, stopped: asyncio.Task[bool]) -> None:
        """One step, cut off when we are stopped: nothing is lost, what was not confirmed comes again."""
        step = asyncio.create_task(self.step())
        try:
            await asyncio.wait({step, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            step.cancel()
            await asyncio.wait({step})
        if not step.cancelled():
            step.result()

    async def step(self) -> bool:
        """One request and its batch; returns whether there were updates. Waits here after a failure."""
        try:
            batch = await self._bot.raw_updates(self._offset, self._limit, self._seconds, self._kinds)
        except InvalidToken:
            raise
        except TelegramError as problem:
            await self._sleep(self._pause(problem))
            if isinstance(problem, Conflict) and "webhook" in str(problem).lower():
                await self._end_webhook()
            return False
        self._failures = self._conflicts = 0
        self._alive()
        return await self._take(batch)

    async def _take(self, batch: list[Any]) -> bool:
        """Keep the batch, then move the offset past it.

        After an empty answer nothing is left to confirm and the offset is dropped: Telegram starts its ids anew after
        a quiet week, and an old offset would throw the new ones away.
        """
        if batch:
            self._offer(await self._inbox.keep(batch))
        ids = [number for number in map(update_id_of, batch) if number is not None]
        self._offset = max(ids) + 1 if ids else None
        if batch and not ids:
            log.error("%d updates came without an id and were set aside", len(batch))
            await self._sleep(self._backoff())
        return bool(batch)

    async def _end_webhook(self) -> None:
        log.warning("this bot was in webhook mode; ending that")
        try:
            await self._bot.delete_webhook()
        except TelegramError as problem:
            log.warning("the webhook could not be ended (%s)", type(problem).__name__)

    def _pause(self, problem: TelegramError) -> float:
        if isinstance(problem, RetryAfter):
            return seconds_of(problem)
        if isinstance(problem, Conflict):
            self._conflicts += 1
            log.error("somebody else polls for this bot, or a webhook is set (%d times now)", self._conflicts)
            if self._conflicts >= CONFLICTS:
                raise AnotherPoller("another process polls for this bot, or a webhook is set: stop one") from problem
        else:
            log.warning("polling failed (%s), trying again", type(problem).__name__)
        return self._backoff()

    def _backoff(self) -> float:
        self._failures += 1
        return min(LONGEST_WAIT, 0.5 * 2.0 ** min(self._failures, 10)) * (0.5 + self._jitter() / 2)
