"""Telegram's sending limits, which can be enforced or only counted. Times are seconds of the monotonic clock."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

UNLIMITED = frozenset({"sendchataction"})


@dataclass(frozen=True, slots=True)
class Limits:
    """30 a second overall; one a second in a private chat after a short burst; 20 a minute in a group."""

    overall: int = 30
    per_chat: float = 1.0
    burst: int = 3
    per_group_minute: int = 20


@dataclass(slots=True)
class _Bucket:
    """Tokens of one private chat at the time `at`."""

    tokens: float
    at: float


@dataclass(slots=True)
class Rates:
    """Counts sends, and says how long to wait when `enforced` limits are broken. A refused request does not count."""

    enforced: bool = False
    limits: Limits = field(default_factory=Limits)
    refused: int = 0
    times: list[tuple[float, int]] = field(default_factory=list)
    _recent: deque[float] = field(default_factory=deque)
    _buckets: dict[int, _Bucket] = field(default_factory=dict)
    _groups: defaultdict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    @staticmethod
    def counts(method: str) -> bool:
        """Whether a method (in lower case) is a send or an edit, which the limits are about."""
        return method.startswith(("send", "editmessage", "forward", "copy")) and method not in UNLIMITED

    def wait(self, chat_id: int, now: float, messages: int = 1) -> int:
        """0 and the `messages` are counted, or the seconds (`retry_after`) until they would be accepted."""
        seconds = self._needed(chat_id, now) if self.enforced else 0.0
        if seconds > 0:
            self.refused += 1
            return max(1, math.ceil(seconds))
        for _ in range(messages):
            self.times.append((now, chat_id))
            if self.enforced:
                self._count(chat_id, now)
        return 0

    def _needed(self, chat_id: int, now: float) -> float:
        own = self._group_wait(chat_id, now) if chat_id < 0 else self._private_wait(chat_id, now)
        return max(own, _window_wait(self._recent, self.limits.overall, 1.0, now))

    def _group_wait(self, chat_id: int, now: float) -> float:
        return _window_wait(self._groups[chat_id], self.limits.per_group_minute, 60.0, now)

    def _private_wait(self, chat_id: int, now: float) -> float:
        bucket = self._buckets.get(chat_id)
        if bucket is None:
            return 0.0
        tokens = min(self.limits.burst, bucket.tokens + (now - bucket.at) * self.limits.per_chat)
        return 0.0 if tokens >= 1 else (1 - tokens) / self.limits.per_chat

    def _count(self, chat_id: int, now: float) -> None:
        self._recent.append(now)
        if chat_id < 0:
            self._groups[chat_id].append(now)
            return
        bucket = self._buckets.setdefault(chat_id, _Bucket(self.limits.burst, now))
        grown = bucket.tokens + (now - bucket.at) * self.limits.per_chat
        bucket.tokens, bucket.at = min(self.limits.burst, grown) - 1, now

    def busiest(self, window: float = 1.0, chat_id: int | None = None) -> int:
        """The most sends within any `window` seconds (to one chat), enforced or not; refused ones do not count."""
        times = [moment for moment, chat in self.times if chat_id in (None, chat)]
        best, start = 0, 0
        for end, moment in enumerate(times):
            while moment - times[start] >= window:
                start += 1
            best = max(best, end - start + 1)
        return best


def _window_wait(moments: deque[float], limit: int, window: float, now: float) -> float:
    while moments and now - moments[0] >= window:
        moments.popleft()
    return window - (now - moments[0]) if len(moments) >= limit else 0.0
