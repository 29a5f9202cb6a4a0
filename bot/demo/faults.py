"""Faults that can be switched on: what goes wrong, for which requests, how often."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How a request fails."""

    TOO_MANY = "429"  # refused, with retry_after; nothing happens
    SERVER_ERROR = "5xx"  # refused; nothing happens
    RESET = "reset"  # the connection is reset before anything happens
    LOST = "lost"  # it happens, then the connection closes without an answer


@dataclass(slots=True)
class Fault:
    """One fault that is switched on. `left` counts down to none; None means until it is switched off."""

    kind: Kind
    method: str | None
    chat_id: int | None
    left: int | None
    share: float
    code: int = 502
    retry_after: int = 1
    hits: int = 0

    def wants(self, method: str, chat_id: int | None) -> bool:
        """Whether this fault is meant for such a request."""
        if self.left == 0 or (self.chat_id is not None and chat_id != self.chat_id):
            return False
        return method != "getupdates" if self.method is None else method == self.method


class Faults:
    """The faults of one stand-in. Shares are drawn from a generator of its own, so a run can be repeated."""

    def __init__(self, seed: int = 1) -> None:
        self.active: list[Fault] = []
        self._random = random.Random(seed)

    def too_many(
        self,
        retry_after: int = 1,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = None,
        share: float = 1.0,
    ) -> Fault:
        """Answer 429 with `retry_after` seconds."""
        return self._add(Fault(Kind.TOO_MANY, method, chat_id, times, share, retry_after=retry_after))

    def server_error(
        self,
        code: int = 502,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = None,
        share: float = 1.0,
    ) -> Fault:
        """Answer with a 5xx `code`."""
        return self._add(Fault(Kind.SERVER_ERROR, method, chat_id, times, share, code=code))

    def reset(
        self,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = None,
        share: float = 1.0,
    ) -> Fault:
        """Reset the connection before anything happens."""
        return self._add(Fault(Kind.RESET, method, chat_id, times, share))

    def lose_answer(
        self,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = None,
        share: float = 1.0,
    ) -> Fault:
        """Do what is asked, then close the connection without an answer."""
        return self._add(Fault(Kind.LOST, method, chat_id, times, share))

    def clear(self) -> None:
        """Switch everything off."""
        self.active.clear()

    def remove(self, fault: Fault) -> None:
        """Switch one off."""
        self.active.remove(fault)

    def _add(self, fault: Fault) -> Fault:
        """`method` None stands for all methods but getUpdates, which has to be named."""
        fault.method = fault.method.lower() if fault.method else None
        self.active.append(fault)
        return fault

    def pick(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that hits this request (method in lower case), counted; None when it goes well."""
        for fault in self.active:
            if fault.wants(method, chat_id) and (fault.share >= 1 or self._random.random() < fault.share):
                fault.hits += 1
                if fault.left is not None:
                    fault.left -= 1
                return fault
        return None
