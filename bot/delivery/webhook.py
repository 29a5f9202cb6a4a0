"""Our own webhook: the secret first, then the raw update to disk, then 200. Health beside it."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from telegram import Bot

from bot.delivery.inbox import Inbox
from storage.inbox import Kept

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_UPDATE = 1024 * 1024
CONNECTIONS = 40  # requests at a time that we ask Telegram for

Health = Callable[[], dict[str, Any] | None]
Started = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Hook:
    """Where Telegram delivers: the public address, its path here, where we listen, and the secret (1-256 letters)."""

    url: str
    path: str
    listen: tuple[str, int]
    secret: str


class Webhook:
    """Takes updates into the inbox and offers them to whoever handles them."""

    def __init__(
        self,
        bot: Bot,
        inbox: Inbox,
        offer: Callable[[Sequence[Kept]], None],
        hook: Hook,
        *,
        kinds: Sequence[str],
        healthy: Health,
    ) -> None:
        if not hook.secret:
            raise ValueError("a webhook without a secret would take updates from anybody")
        self._bot, self._inbox, self._offer, self._hook, self._kinds = bot, inbox, offer, hook, kinds
        self._healthy = healthy
        self._secret = hook.secret.encode()

    def app(self) -> web.Application:
        """The routes, for this server or inside another one."""
        app = health_app(self._healthy)
        app.add_routes([web.post(self._hook.path, self._receive)])
        return app

    async def run(self, stop: asyncio.Event) -> None:
        """Listen, tell Telegram where, and serve until `stop` is set."""
        await serve(self.app(), self._hook.listen, stop, self._announce)

    async def _announce(self) -> None:
        await self._bot.set_webhook(
            self._hook.url,
            secret_token=self._hook.secret,
            allowed_updates=list(self._kinds),
            max_connections=CONNECTIONS,
        )

    async def _receive(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret):
            return web.Response(status=403)
        update = _parsed(await request.read())  # aiohttp answers 413 to what is too large
        self._offer(await self._inbox.keep([update]))
        return web.Response()


def health_app(healthy: Health) -> web.Application:
    """`/healthz`: 200 with what `healthy` tells, 503 when it tells nothing."""

    async def health(_: web.Request) -> web.Response:
        state = healthy()
        return web.json_response(state or {"ok": False}, status=503 if state is None else 200)

    app = web.Application(client_max_size=LARGEST_UPDATE)
    app.add_routes([web.get("/healthz", health)])
    return app


async def serve(app: web.Application, listen: tuple[str, int], stop: asyncio.Event, started: Started) -> None:
    """Serve `app` on `listen` until `stop` is set; `started` runs once it listens."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, *listen).start()
        await started()
        await stop.wait()
    finally:
        await runner.cleanup()


async def nothing_more() -> None:
    """For a server that has nothing to do once it listens."""


def _parsed(body: bytes) -> object:
    """The update, or the text as it came: kept as unreadable, so that Telegram does not send it for ever."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "backslashreplace")
