"""Webhook delivery to a small receiver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.demo.people import Person
from bot.demo.server import StandIn
from tests.demo.conftest import Wire

SECRET = "x-Y_9"


@dataclass
class Receiver:
    """Collects deliveries; answers with the statuses in `answers`, then with 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)
    reply: dict[str, Any] | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for _, update in self.got]

    async def take(self, request: web.BaseRequest) -> web.StreamResponse:
        await self.gate.wait()
        self.got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        status = self.answers.pop(0) if self.answers else 200
        return web.json_response(self.reply, status=status) if self.reply else web.Response(status=status)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    made.gate.set()
    runner = web.ServerRunner(web.Server(made.take, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


@pytest.fixture(autouse=True)
def hurry(server: StandIn) -> None:
    server.webhook.first_wait = 0.01


async def test_updates_come_with_the_secret(server: StandIn, wire: Wire, lan: Person, receiver: Receiver) -> None:
    lan.send("trước")
    await wire.result("setWebhook", url=receiver.url, secret_token=SECRET)
    lan.send("sau")
    await server.drained()
    assert receiver.texts() == ["trước", "sau"]
    assert {secret for secret, _ in receiver.got} == {SECRET}


async def test_a_failure_is_tried_again_and_told(server: StandIn, wire: Wire, lan: Person, receiver: Receiver) -> None:
    receiver.answers = [500, 302]
    await wire.result("setWebhook", url=receiver.url)
    lan.send("một")
    lan.send("hai")
    await server.drained()
    assert receiver.texts() == ["một", "một", "một", "hai"]
    info = await wire.result("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 302 Found"
    assert info["pending_update_count"] == 0


async def test_nobody_listens(server: StandIn, wire: Wire, lan: Person, receiver: Receiver) -> None:
    await wire.result("setWebhook", url="http://127.0.0.1:9/nobody", max_connections=7, allowed_updates=["message"])
    lan.send("chờ")
    await server.wait_until(lambda: server.webhook.attempts >= 2)
    info = await wire.result("getWebhookInfo")
    assert info["last_error_message"] == "Connection refused"
    assert (info["pending_update_count"], info["max_connections"], info["allowed_updates"]) == (1, 7, ["message"])
    await wire.result("setWebhook", url=receiver.url)
    await server.drained()
    assert receiver.texts() == ["chờ"]


async def test_chats_do_not_wait_for_each_other(server: StandIn, wire: Wire, lan: Person, receiver: Receiver) -> None:
    receiver.answers = [500]
    server.webhook.first_wait = 30
    await wire.result("setWebhook", url=receiver.url)
    lan.send("hỏng")
    await server.wait_until(lambda: server.webhook.last_error)
    server.person("Minh").send("vẫn đến")
    await server.wait_until(lambda: len(receiver.got) == 2 and len(server.store.queue.pending) == 1)
    assert receiver.texts() == ["hỏng", "vẫn đến"]


async def test_taking_the_webhook_away_leaves_the_rest_for_polling(
    server: StandIn, wire: Wire, lan: Person, receiver: Receiver
) -> None:
    await wire.result("setWebhook", url=receiver.url)
    receiver.answers = [503] * 1000
    lan.send("một")
    await server.wait_until(lambda: server.webhook.last_error)
    await wire.result("deleteWebhook")
    assert [update["message"]["text"] for update in await wire.result("getUpdates")] == ["một"]
    await wire.result("setWebhook", url=receiver.url, drop_pending_updates=True)
    assert (await wire.result("getWebhookInfo"))["pending_update_count"] == 0


async def test_an_answer_may_be_a_call(server: StandIn, wire: Wire, lan: Person, receiver: Receiver) -> None:
    receiver.reply = {"method": "sendMessage", "chat_id": lan.id, "text": "chào Lan"}
    await wire.result("setWebhook", url=receiver.url)
    lan.send("chào")
    assert (await lan.next_message()).text == "chào Lan"


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"url": "http://example.vn/hook"}, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://a.vn", "secret_token": "có dấu"}, "Bad Request: secret token contains unallowed characters"),
    ],
)
async def test_addresses_and_secrets_that_are_refused(wire: Wire, params: dict[str, str], text: str) -> None:
    assert await wire.refusal("setWebhook", **params) == (400, text)
    assert (await wire.result("getWebhookInfo"))["url"] == ""
