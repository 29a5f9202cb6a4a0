"""The demo's clock control: a loopback server beside the bot, where the chat page's buttons move its clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiohttp import web

LOOPBACK = "127.0.0.1"
LONGEST = timedelta(days=400)

Move = Callable[[dict[str, Any]], Awaitable[str]]


async def serve_control(port: int, move: Move, stop: asyncio.Event) -> None:
    """Serve `POST /clock` on loopback until `stop` is set; `move` answers the new local time (ISO).

    Asked for is `{"advance_minutes": n}` or `{"to": "next_working_day"}`.
    """

    async def clock(request: web.Request) -> web.Response:
        try:
            return web.json_response({"now": await move(await request.json())})
        except (ValueError, TypeError, KeyError) as problem:
            return web.json_response({"error": str(problem)}, status=400)

    app = web.Application()
    app.add_routes([web.post("/clock", clock)])
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, port).start()
        await stop.wait()
    finally:
        await runner.cleanup()


def wish(asked: dict[str, Any]) -> timedelta | None:
    """How far the clock is to go; None for the next working day. Raises ValueError for anything else."""
    if asked.get("to") == "next_working_day":
        return None
    span = timedelta(minutes=float(asked.get("advance_minutes", 0)))
    if not timedelta(0) <= span <= LONGEST:
        raise ValueError("the clock only goes forward, by at most 400 days")
    return span
