"""`/healthz` and `/metrics`, on an address of their own that is not for the net."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.delivery.metrics import Metrics, Queues
from storage import inbox, outbox
from storage.database import Store

log = logging.getLogger(__name__)

DATABASE_SECONDS = 5.0  # a database that takes longer to count what waits is not well


class Health:
    """Whether this process can do its work. `silence` gives the seconds since polling's last sign of life.

    `now` is the real moment in UTC, `shown` the deployment's.
    """

    def __init__(
        self,
        store: Store,
        metrics: Metrics,
        now: Callable[[], datetime],
        shown: Callable[[], datetime],
        silence: Callable[[], float],
        longest_silence: float,
    ) -> None:
        self._store, self._metrics, self._now, self._shown = store, metrics, now, shown
        self._silence, self._longest = silence, longest_silence

    def app(self) -> web.Application:
        """The two routes."""
        app = web.Application()
        app.add_routes([web.get("/healthz", self._healthz), web.get("/metrics", self._text)])
        return app

    async def _queues(self) -> Queues | None:
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                return await self._store.read(_queues, self._shown())
        except (SQLAlchemyError, TimeoutError) as problem:
            log.error("the database does not answer (%s)", type(problem).__name__)
            return None

    async def _healthz(self, _: web.Request) -> web.Response:
        queues, silence = await self._queues(), self._silence()
        state = {"database": queues is not None, "polling": silence <= self._longest}
        counts = {"inbox": queues.inbox.waiting, "outbox": queues.outbox.due} if queues else {}
        ok = all(state.values())
        return web.json_response({"ok": ok, **state, **counts}, status=200 if ok else 503)

    async def _text(self, _: web.Request) -> web.Response:
        queues = await self._queues()
        if queues is None:
            return web.Response(status=503)
        text = self._metrics.text(queues, self._now(), self._shown())
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _queues(session: Session, now: datetime) -> Queues:
    return Queues(inbox.backlog(session), outbox.backlog(session, now))
