"""The chat page and its control over HTTP, on loopback only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.web_request import BaseRequest

if TYPE_CHECKING:
    from bot.demo.server import StandIn


class Page:
    """Serves the page."""

    def __init__(self, server: StandIn, clock_control: Callable[[dict[str, Any]], Awaitable[str]] | None) -> None:
        self._server = server
        self._clock = clock_control

    def close(self) -> None:
        """End the streams."""

    async def handle(self, request: BaseRequest) -> web.StreamResponse:
        return web.Response(status=404)
