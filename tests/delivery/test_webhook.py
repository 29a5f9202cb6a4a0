"""The webhook takes updates from Telegram only, and has them on disk before it says yes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from sqlalchemy import text

from bot.delivery.inbox import Inbox
from bot.delivery.polling import RawBot
from bot.delivery.processor import Processor
from bot.delivery.webhook import LARGEST_UPDATE, SECRET_HEADER, Hook, Webhook, health_app
from bot.demo.server import StandIn
from storage.database import Store
from storage.inbox import Kept
from tests.delivery.test_inbox import KINDS, Heard, message
from tests.delivery.tools import eventually, inbox_states

SECRET = "mot-bi-mat_DAI"


@pytest.fixture
def kept() -> list[Kept]:
    return []


@pytest.fixture
async def url(inbox: Inbox, kept: list[Kept]) -> AsyncIterator[str]:
    hook = Hook("https://tiendo.example/hook", "/hook", ("127.0.0.1", 0), SECRET)
    webhook = Webhook(RawBot("1:x"), inbox, kept.extend, hook, kinds=KINDS, healthy=lambda: {"ok": True})
    runner = web.AppRunner(webhook.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def post(url: str, body: Any, secret: str | None = SECRET) -> int:
    headers = {SECRET_HEADER: secret} if secret is not None else {}
    data = {"data": body} if isinstance(body, bytes) else {"json": body}
    async with ClientSession() as session, session.post(f"{url}/hook", headers=headers, **data) as answer:
        return answer.status


async def test_an_update_is_on_disk_when_telegram_hears_yes(url: str, kept: list[Kept], store: Store) -> None:
    assert await post(url, message(8, 3, "xong")) == 200
    assert await post(url, message(8, 3, "xong")) == 200
    assert await store.read(inbox_states) == [(8, "waiting")]
    assert [one.chat_id for one in kept] == [3]


@pytest.mark.parametrize("secret", [None, "", "mot-bi-mat_DAi", SECRET + "x", "bí mật".encode().decode("latin-1")])
async def test_without_the_secret_nothing_is_taken(url: str, store: Store, secret: str | None) -> None:
    assert await post(url, message(8, 3, "xong"), secret) == 403
    assert await store.read(inbox_states) == []


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b"[]", b'{"update_id": "x"}', b""])
async def test_what_cannot_be_read_is_kept_and_not_asked_for_again(url: str, store: Store, body: bytes) -> None:
    assert await post(url, body) == 200
    assert [state for _, state in await store.read(inbox_states)] == ["unreadable"]


async def test_what_is_too_large_is_refused(url: str, store: Store) -> None:
    assert await post(url, b" " * (LARGEST_UPDATE + 1)) == 413
    assert await store.read(inbox_states) == []


async def test_telegram_keeps_what_could_not_be_stored(url: str, store: Store) -> None:
    await store.write(lambda session: session.execute(text("ALTER TABLE inbox RENAME TO away")) and None)
    assert await post(url, message(8, 3, "xong")) == 500


async def test_a_webhook_without_a_secret_is_refused(inbox: Inbox) -> None:
    with pytest.raises(ValueError, match="secret"):
        Webhook(
            RawBot("1:x"), inbox, lambda _: None, Hook("https://x", "/", ("", 0), ""), kinds=[], healthy=lambda: None
        )


async def test_health_is_told(url: str) -> None:
    async with ClientSession() as session, session.get(f"{url}/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"ok": True})
    runner = web.AppRunner(health_app(lambda: None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sick = f"http://127.0.0.1:{runner.addresses[0][1]}/healthz"
    async with ClientSession() as session, session.get(sick) as answer:
        assert answer.status == 503
    await runner.cleanup()


async def test_telegram_delivers_to_us_once_we_listen(api: StandIn, bot: RawBot, inbox: Inbox) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    heard, stop = Heard(), asyncio.Event()
    processor = Processor(inbox, bot, heard)
    hook = Hook(f"http://127.0.0.1:{port}/hook", "/hook", ("127.0.0.1", port), SECRET)
    webhook = Webhook(bot, inbox, processor.offer, hook, kinds=KINDS, healthy=dict)
    lan = api.person("Lan", started=True)
    for number in range(20):
        lan.send(str(number))
    running = asyncio.gather(webhook.run(stop), processor.run(stop))
    await eventually(lambda: len(heard.texts) == 20)
    stop.set()
    await running
    assert heard.texts == [str(number) for number in range(20)]
