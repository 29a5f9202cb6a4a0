"""The stand-in as a process of its own: `python -m bot.demo.alone --port 8081`.

People are made through `POST /demo/people`; a bot is started with the printed address as its Bot API.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib

from bot.demo.server import TOKEN, StandIn


async def serve(port: int, token: str, *, enforce_rates: bool) -> None:
    """Serve until cancelled."""
    server = StandIn(token, enforce_rates=enforce_rates)
    await server.start(port)
    try:
        # For a program that started us: it must not wait in a buffer.
        print(server.url, server.token, flush=True)
        await asyncio.Event().wait()
    finally:
        await server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--enforce-rates", action="store_true", help="answer 429 as Telegram would")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(given.port, given.token, enforce_rates=given.enforce_rates))


if __name__ == "__main__":
    main()
