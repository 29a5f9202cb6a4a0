"""How one send ends, and how often it is tried.

Five ends: sent, not sent, perhaps sent, blocked, moved. A refusal with status 5xx or 429 is not sent; an answer that
is lost is perhaps sent, and such a message is sent once more at most.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from traceback import extract_tb
from typing import TypeVar

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

T = TypeVar("T")

# Telegram answers 400, not 403, for some chats that cannot be written to any more.
CLOSED_CHATS = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "group chat was deactivated",
    "chat_write_forbidden",
    "have no rights to send",
    "not enough rights to send",
    "bot is not a member",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived; `message_id` is its number in the chat."""

    message_id: int


@dataclass(frozen=True, slots=True)
class NotSent:
    """It did not arrive. `passing`: trying again may help."""

    reason: str
    passing: bool


@dataclass(frozen=True, slots=True)
class PerhapsSent:
    """Nobody knows: it may have been written to the connection, and no answer came."""

    reason: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """This chat takes no more messages: the bot is blocked or removed, or the chat is gone."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The group has become a supergroup with another id."""

    chat_id: int


Failure = NotSent | PerhapsSent | Blocked | Moved
Outcome = Sent | Failure


def failure_of(problem: TelegramError) -> Failure:
    """What an error of python-telegram-bot says of the message that was to be sent."""
    reason = f"{type(problem).__name__}: {problem}"
    match problem:
        case ChatMigrated():
            return Moved(problem.new_chat_id)
        case Forbidden():
            return Blocked(reason)
        case BadRequest():
            closed = any(words in str(problem).lower() for words in CLOSED_CHATS)
            return Blocked(reason) if closed else NotSent(reason, passing=False)
        case TimedOut():
            return PerhapsSent(reason)
        case RetryAfter() | NetworkError() | InvalidToken():
            return NotSent(reason, passing=True)
    return NotSent(reason, passing=False)


@dataclass(frozen=True, slots=True)
class Tries:
    """How many times more a send is tried after each kind of failure."""

    refused: int  # 429: the waiting is Telegram's to decide
    passing: int
    perhaps: int


async def insist(
    attempt: Callable[[], Awaitable[T]],
    tries: Tries,
    *,
    sleep: Callable[[float], Awaitable[None]],
    jitter: Callable[[], float],
) -> T:
    """The result of `attempt`, tried again within `tries`. Raises the last error."""
    refused = passing = perhaps = 0
    while True:
        try:
            return await attempt()
        except InvalidToken:
            raise  # only a person can help
        except RetryAfter:
            refused += 1
            if refused > tries.refused:
                raise
            continue
        except TelegramError as problem:
            failure = failure_of(problem)
            passing += isinstance(failure, NotSent)
            perhaps += isinstance(failure, PerhapsSent)
            hopeless = isinstance(failure, Blocked | Moved) or (isinstance(failure, NotSent) and not failure.passing)
            if hopeless or passing > tries.passing or perhaps > tries.perhaps:
                raise
        await sleep(backoff(passing + perhaps, 0.3, 10, jitter))


def backoff(failures: int, first: float, longest: float, jitter: Callable[[], float]) -> float:
    """Seconds to wait after the given number of failures: doubling from `first`, half of it at random."""
    return min(longest, first * 2.0 ** min(failures - 1, 20)) * (0.5 + jitter() / 2)


def is_harmless(endpoint: str, problem: BadRequest) -> bool:
    """Whether a refusal only says that nothing is left to do.

    An edit that changes nothing (a button pressed twice, a lost answer), and a press that nobody waits for any more
    (it is handled again after a crash), must not stop the handler from going on.
    """
    text = str(problem).lower()
    stale = endpoint == "answerCallbackQuery" and ("query is too old" in text or "query id is invalid" in text)
    return stale or (endpoint.startswith("edit") and "message is not modified" in text)


def seconds_of(problem: RetryAfter) -> float:
    """How long Telegram asks us to wait, whichever type the library gives it."""
    period: float | timedelta = problem.retry_after
    return period.total_seconds() if isinstance(period, timedelta) else float(period)


def where(problem: BaseException) -> str:
    """An error by its class and place: its text may quote what a person wrote, and stays out of the logs."""
    frames = extract_tb(problem.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(problem).__name__ + place
