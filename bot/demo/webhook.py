"""Webhook delivery: one update after the other in each chat, chats side by side, tried again after a failure."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.demo import refusals
from bot.demo.updates import Pending, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(slots=True)
class Webhook:
    """Delivers a queue's updates to `url` while one is set.

    After a failure the chat waits `first_wait` s, doubled each time up to `longest_wait`; an update is tried until
    it is answered with 2xx, or until the webhook is taken away. `on_reply` gets a method that the answer asks for.
    """

    queue: UpdateQueue
    on_reply: Callable[[dict[str, Any]], Awaitable[None]]
    first_wait: float = 1.0
    longest_wait: float = 60.0
    timeout: float = 60.0
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    ip_address: str | None = None
    attempts: int = 0
    last_error: tuple[int, str] | None = None
    _lanes: dict[int, deque[Pending]] = field(default_factory=dict)
    _workers: set[asyncio.Task[None]] = field(default_factory=set)
    _gate: asyncio.Semaphore | None = None
    _session: aiohttp.ClientSession | None = None

    async def set(self, url: str, secret: str, max_connections: int, ip_address: str | None) -> None:
        """Start delivering to `url`. Raises Refusal for an address or a secret that Telegram would not take."""
        _check(url, secret)
        await self.stop()
        self.url, self.secret, self.ip_address = url, secret, ip_address
        self.max_connections = min(max(max_connections, 1), 100)
        self._gate = asyncio.Semaphore(self.max_connections)
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.timeout))
        self.queue.end_poll("webhook")
        self.queue.on_put = self._put
        for waiting in list(self.queue.pending.values()):
            self._put(waiting)

    async def stop(self) -> None:
        """Deliver no more; what was not delivered stays in the queue."""
        self.url, self.queue.on_put = "", None
        workers = list(self._workers)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._lanes.clear()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def info(self) -> dict[str, Any]:
        """The Bot API's WebhookInfo."""
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.queue.pending),
        }
        if self.url:
            info["max_connections"] = self.max_connections
            info |= {"ip_address": self.ip_address} if self.ip_address else {}
            if self.last_error:
                info["last_error_date"], info["last_error_message"] = self.last_error
        if self.queue.allowed is not None:
            info["allowed_updates"] = sorted(self.queue.allowed)
        return info

    def _put(self, waiting: Pending) -> None:
        lane = self._lanes.get(waiting.lane)
        if lane is not None:
            lane.append(waiting)
            return
        self._lanes[waiting.lane] = deque([waiting])
        worker = asyncio.create_task(self._work(waiting.lane))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _work(self, number: int) -> None:
        """Deliver one chat's updates in order until none is left."""
        lane, wait = self._lanes[number], self.first_wait
        while lane:
            if lane[0].update_id not in self.queue.pending or await self._deliver(lane[0]):
                self.queue.done(lane.popleft().update_id)
                wait = self.first_wait
            else:
                await asyncio.sleep(wait)
                wait = min(2 * wait, self.longest_wait)
        del self._lanes[number]

    async def _deliver(self, update: Pending) -> bool:
        """One attempt; whether it was answered with 2xx."""
        assert self._session is not None and self._gate is not None
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers[SECRET_HEADER] = self.secret
        async with self._gate:
            self.attempts += 1
            try:
                async with self._session.post(self.url, data=update.blob, headers=headers) as response:
                    body = await response.read()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                return self._failed(_words(error))
        if not 200 <= response.status < 300:
            return self._failed(f"Wrong response from the webhook: {response.status} {response.reason}")
        await self._obey(body, response.content_type)
        return True

    def _failed(self, message: str) -> bool:
        self.last_error = (int(time.time()), message)
        self.queue.changed()
        return False

    async def _obey(self, body: bytes, content_type: str) -> None:
        """The answer may itself be a call of a method; a body that is none is ignored, as Telegram does."""
        if not body or content_type != "application/json":
            return
        try:
            wish = json.loads(body)
        except ValueError:
            return
        if isinstance(wish, dict) and "method" in wish:
            await self.on_reply(wish)


def _words(error: Exception) -> str:
    return "Read timeout expired" if isinstance(error, TimeoutError) else "Connection refused"


def _check(url: str, secret: str) -> None:
    """HTTPS is a must, except on this machine, as with a local Bot API server."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise refusals.malformed("bad webhook: An HTTPS URL must be provided for webhook")
    if secret and not _SECRET.fullmatch(secret):
        raise refusals.malformed("secret token contains unallowed characters")
