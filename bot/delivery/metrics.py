"""What an operator's monitoring asks for, in Prometheus' own format. No name, text or chat is in it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from telegram import Update

from storage import inbox, outbox

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Queues:
    """What waits in the database at a moment."""

    inbox: inbox.Backlog
    outbox: outbox.Backlog


class Metrics:
    """The figures of one process, and of the queues that all share."""

    def __init__(self) -> None:
        self._all = here = CollectorRegistry()
        what = "Time to handle one update"
        self._handling = Histogram("tiendo_handling_seconds", what, buckets=SECONDS, registry=here)
        self._sends = Counter("tiendo_sends", "Attempts to send or edit a message", ["outcome"], registry=here)
        self._waiting = Gauge("tiendo_queue_length", "What waits now", ["queue"], registry=here)
        self._oldest = Gauge("tiendo_queue_oldest_seconds", "How long the oldest has waited", ["queue"], registry=here)
        self._aside = Gauge("tiendo_unreadable_updates", "Updates that could not be read", registry=here)
        self._lost = Gauge("tiendo_given_up_notices", "Notices that were given up", registry=here)

    def timed(self, handle: Callable[[Update], Awaitable[None]]) -> Callable[[Update], Awaitable[None]]:
        """The same handler, its time measured."""

        async def measured(update: Update) -> None:
            begun = time.perf_counter()
            try:
                await handle(update)
            finally:
                self._handling.observe(time.perf_counter() - begun)

        return measured

    def sent(self, outcome: str) -> None:
        """Count an attempt to send."""
        self._sends.labels(outcome).inc()

    def text(self, queues: Queues, now: datetime, shown: datetime) -> bytes:
        """All figures as text. `now` is the real moment, `shown` the deployment's, which the outbox goes by."""
        for name, length, oldest in (
            ("inbox", queues.inbox.waiting, _age(queues.inbox.oldest, now)),
            ("outbox", queues.outbox.due, _age(queues.outbox.oldest, shown)),
        ):
            self._waiting.labels(name).set(length)
            self._oldest.labels(name).set(oldest)
        self._aside.set(queues.inbox.unreadable)
        self._lost.set(queues.outbox.given_up)
        return generate_latest(self._all)


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
