"""Floods: a person who sends too much at once is told once, a stranger who does it is answered now and then.

What is slow about a flood is our own pace: each chat is answered in order, one message a second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field

MANY = 20  # messages within SPAN seconds are a flood
SPAN = 20.0
CALM = 600.0  # seconds after which a new flood is told of again
STRANGER_SECONDS = 60.0  # so many messages of a stranger within it are a flood, which is answered once in it
REMEMBERED = 10_000  # chats; whoever was heard of longest ago is forgotten first


@dataclass(slots=True)
class _Chat:
    sent: deque[float] = field(default_factory=lambda: deque(maxlen=MANY))
    answered: float | None = None  # when a stranger was answered last, or a member told that they flood us


class Floods:
    """What has come from whom lately. Times are seconds, handed in."""

    def __init__(self) -> None:
        self._chats: dict[Hashable, _Chat] = {}

    def begins(self, who: Hashable, at: float) -> bool:
        """Note a message that was sent at that moment; whether the person is to be told that they flood us."""
        chat = self._noted(who, at)
        told = chat.answered is not None and at - chat.answered < CALM
        if told or not _floods(chat, SPAN):
            return False
        chat.answered = at
        return True

    def may_answer(self, who: Hashable, at: float) -> bool:
        """Note what somebody unknown has sent; whether they are answered now: in a flood, once a minute at most."""
        chat = self._noted(who, at)
        if _floods(chat, STRANGER_SECONDS) and chat.answered is not None and at - chat.answered < STRANGER_SECONDS:
            return False
        chat.answered = at
        return True

    def _noted(self, who: Hashable, at: float) -> _Chat:
        chat = self._chats.pop(who, None) or _Chat()
        self._chats[who] = chat  # at the end: the first ones are those not heard of for longest
        if len(self._chats) > REMEMBERED:
            del self._chats[next(iter(self._chats))]
        chat.sent.append(at)
        return chat


def _floods(chat: _Chat, span: float) -> bool:
    return len(chat.sent) == MANY and chat.sent[-1] - chat.sent[0] <= span
