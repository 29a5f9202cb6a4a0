"""The pace of sending: what Telegram allows, answers before broadcasts, and a halt when it says so.

`Pacer` decides and knows only the times that it is given; `Limiter` waits, behind python-telegram-bot's interface.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

from telegram._utils.types import JSONDict
from telegram.error import BadRequest, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.delivery.sending import Tries, failure_of, insist, is_harmless, seconds_of

Chat = int | str

MARGIN = 0.1  # seconds that we wait beyond what Telegram asks for
LATE = 0.01  # seconds of lateness that even spacing makes up for
AT_ONCE = 5  # answers that leave together
REMEMBERED = 10_000  # chats whose last sends are remembered before the old ones are dropped

PACED = ("send", "editmessage", "forward", "copy")
ANSWER_TRIES = Tries(refused=8, passing=8, perhaps=3)  # rather twice than never: the person waits for it
NOTICE_TRIES = Tries(refused=3, passing=0, perhaps=0)  # the outbox writes down every other attempt first

_notice: ContextVar[bool | None] = ContextVar("notice", default=None)


@contextmanager
def sending_notice(*, bulk: bool) -> Iterator[None]:
    """Sends inside are notices of the outbox: after every answer where they are `bulk`, and not repeated here."""
    token = _notice.set(bulk)
    try:
        yield
    finally:
        _notice.reset(token)


@dataclass(frozen=True, slots=True)
class Pace:
    """What we allow ourselves: a little less than Telegram does, because what we space arrives less evenly.

    `per_second` sends in `second` seconds: something may be held up on its way for the difference to one.
    """

    per_second: int = 30
    second: float = 1.04
    chat_seconds: float = 1.05
    chat_burst: int = 3
    group_sends: int = 20
    group_seconds: float = 60.5


class Pacer:
    """Who may send when. Times are seconds of a monotonic clock, handed in by the caller.

    Of all sends at most `per_second` fall into any `second`. Bulk ones are spaced evenly on top; an answer goes at
    once as long as that second has room, and always before bulk; where many answers wait (after a halt) they are spaced
    too, for a burst that is held up on its way would break the limit a second later. A private chat gets one send a
    second after a short burst, a group (or a channel) so many a minute.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._queues: dict[bool, list[tuple[float, int, Chat]]] = {False: [], True: []}
        self._open: set[int] = set()
        self._number = 0
        self._recent: deque[float] = deque(maxlen=pace.per_second)
        self._slot = 0.0  # when the next bulk send is due
        self._halted = 0.0
        self._private: dict[int, float] = {}  # when the chat's allowance is whole again
        self._groups: dict[Chat, deque[float]] = {}

    @property
    def halted_until(self) -> float:
        """When the halt ends that Telegram asked for last."""
        return self._halted

    def halt(self, until: float) -> None:
        """Nothing is sent before `until`, nor before the end of an earlier halt."""
        self._halted = max(self._halted, until)

    def add(self, chat: Chat, bulk: bool, now: float) -> int:
        """Queue a send; returns its number."""
        self._number += 1
        self._open.add(self._number)
        heappush(self._queues[bulk], (now, self._number, chat))
        return self._number

    def drop(self, number: int) -> None:
        """Forget a queued send."""
        self._open.discard(number)

    def due(self, now: float) -> int | None:
        """The number of a send that goes now, counted as sent; `None` where nothing may."""
        if now < self._free():
            return None
        spaced = len(self._queues[False]) > AT_ONCE
        number = None if spaced and now < self._slot else self._next(self._queues[False], now)
        if number is None and now >= self._slot:
            number = self._next(self._queues[True], now)
        return number

    def wait(self, now: float) -> float | None:
        """Seconds until `due` can have something; `None` where nothing is queued."""
        heads = {bulk: queue[0][0] for bulk, queue in self._queues.items() if queue}
        if not heads:
            return None
        spaced = {bulk: bulk or len(self._queues[bulk]) > AT_ONCE for bulk in heads}
        soonest = min(max(at, self._slot) if spaced[bulk] else at for bulk, at in heads.items())
        return max(0.0, soonest - now, self._free() - now)

    def _free(self) -> float:
        """When the last second has room again, or the halt is over."""
        full = len(self._recent) == self._pace.per_second
        return max(self._halted, self._recent[0] + self._pace.second if full else 0.0)

    def _next(self, queue: list[tuple[float, int, Chat]], now: float) -> int | None:
        while queue and queue[0][0] <= now:
            _, number, chat = heappop(queue)
            if number not in self._open:
                continue
            allowed = self._allowed(chat)
            if allowed <= now:
                self._open.discard(number)
                self._count(chat, now)
                return number
            heappush(queue, (allowed, number, chat))
        return None

    def _allowed(self, chat: Chat) -> float:
        if isinstance(chat, int) and chat > 0:
            return self._private.get(chat, 0.0) - (self._pace.chat_burst - 1) * self._pace.chat_seconds
        sends = self._groups.get(chat)
        return sends[0] + self._pace.group_seconds if sends and len(sends) == self._pace.group_sends else 0.0

    def _count(self, chat: Chat, now: float) -> None:
        self._recent.append(now)
        self._slot = max(self._slot, now - LATE) + self._pace.second / self._pace.per_second
        if isinstance(chat, int) and chat > 0:
            self._private[chat] = max(now, self._private.get(chat, 0.0)) + self._pace.chat_seconds
        else:
            self._groups.setdefault(chat, deque(maxlen=self._pace.group_sends)).append(now)
        if len(self._private) + len(self._groups) > REMEMBERED:
            self._forget(now)

    def _forget(self, now: float) -> None:
        self._private = {chat: whole for chat, whole in self._private.items() if whole > now}
        fresh = now - self._pace.group_seconds
        self._groups = {chat: sends for chat, sends in self._groups.items() if sends[-1] > fresh}


class Limiter(BaseRateLimiter[Any]):
    """Paces every send and edit, and repeats what Telegram did not get, within bounds.

    Answers are repeated here; notices are not (see `sending_notice`). A 429 halts every request of the bot until its
    time has passed. `now` is a monotonic clock in seconds; `sent` is told how each attempt at a message ended.
    """

    __slots__ = ("_jitter", "_now", "_pacer", "_sent", "_sleep", "_timer", "_turns", "_wakes_at")

    def __init__(
        self,
        pace: Pace,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        sent: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._pacer = Pacer(pace)
        self._sent = sent
        self._now, self._sleep, self._jitter = now, sleep, jitter
        self._turns: dict[int, asyncio.Future[None]] = {}
        self._timer: asyncio.Task[None] | None = None
        self._wakes_at = 0.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Stop waiting; whoever still waits for a turn is cancelled."""
        if self._timer is not None:
            self._timer.cancel()
        for turn in self._turns.values():
            turn.cancel()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | JSONDict | list[JSONDict]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Any | None,
    ) -> bool | JSONDict | list[JSONDict]:
        """The answer to a request made in its turn, `True` where nothing was left to do. Raises its last error."""
        notice = _notice.get()
        chat = data.get("chat_id") if is_paced(endpoint) else None

        async def attempt() -> bool | JSONDict | list[JSONDict]:
            await (self._until_resumed() if chat is None else self._turn(chat, bool(notice)))
            try:
                answer = await callback(*args, **kwargs)
            except TelegramError as problem:
                if isinstance(problem, RetryAfter):
                    self._pacer.halt(self._now() + seconds_of(problem) + MARGIN)
                if chat is not None:
                    self._sent(type(failure_of(problem)).__name__)
                if isinstance(problem, BadRequest) and is_harmless(endpoint, problem):
                    return True
                raise
            if chat is not None:
                self._sent("Sent")
            return answer

        tries = ANSWER_TRIES if notice is None else NOTICE_TRIES
        return await insist(attempt, tries, sleep=self._sleep, jitter=self._jitter)

    async def _until_resumed(self) -> None:
        while (left := self._pacer.halted_until - self._now()) > 0:
            await self._sleep(left)

    async def _turn(self, chat: Chat, bulk: bool) -> None:
        """Wait until this chat may get a message."""
        number = self._pacer.add(chat, bulk, self._now())
        if not self._turns and self._pacer.due(self._now()) == number:
            return
        turn = self._turns[number] = asyncio.get_running_loop().create_future()
        self._release()
        try:
            await turn
        finally:
            self._pacer.drop(number)
            self._turns.pop(number, None)

    def _release(self) -> None:
        """Let go whoever is due, and set the timer for the next."""
        while (number := self._pacer.due(self._now())) is not None:
            turn = self._turns.pop(number)
            if not turn.done():
                turn.set_result(None)
        wait = self._pacer.wait(self._now())
        if wait is not None and (self._timer is None or self._now() + wait < self._wakes_at):
            if self._timer is not None:
                self._timer.cancel()
            self._wakes_at = self._now() + wait
            self._timer = asyncio.create_task(self._wake(wait))

    async def _wake(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._timer = None
        self._release()


def is_paced(endpoint: str) -> bool:
    """Whether Telegram counts a method against its limits on messages."""
    name = endpoint.lower()
    return name.startswith(PACED) and name != "sendchataction"
