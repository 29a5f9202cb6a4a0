"""The stand-in for the Bot API: an HTTP server for one bot, driven from the same process or by the chat page.

    server = StandIn()
    await server.start()
    lan = server.person("Lan", started=True)
    lan.send("xin chào")
    message = await lan.next()
    await server.stop()

A bot talks to `server.url` as it would to api.telegram.org: `{url}/bot<token>/<method>` and
`{url}/file/bot<token>/<path>`.
"""
# ruff: noqa: ASYNC109  (tests say how long they wait: `await server.drained(timeout=10)`)

from __future__ import annotations

import asyncio
import json
import socket
import struct
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_request import BaseRequest

from bot.demo import forms, page, refusals, spec
from bot.demo.faults import Fault, Faults, Kind
from bot.demo.forms import Call
from bot.demo.methods import table
from bot.demo.people import Group, Person
from bot.demo.rates import Rates
from bot.demo.store import Json, Store
from bot.demo.webhook import Webhook

TOKEN = "4242424242:stand-in_token-for-tests-and-demo00"
UPLOAD_LIMIT = 50 * 1024 * 1024 + 1024 * 1024  # bytes: Telegram takes files of 50 MB from a bot, and a form round it
WAITING = frozenset({"getupdates", "setwebhook", "deletewebhook", "getwebhookinfo"})
ClockControl = Callable[[dict[str, Any]], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the bot as it was handled. `at`: monotonic seconds when it came; `status` 0: no answer."""

    method: str
    call: Call
    at: float
    status: int
    result: Any = None

    @property
    def params(self) -> Json:
        """The parameters with JSON decoded; files as `Upload`."""
        return self.call.params

    @property
    def chat_id(self) -> int | None:
        return self.call.integer("chat_id")


class StandIn:
    """One bot's Bot API.

    `check`: every request is checked against the specification and what is wrong goes to `violations`; `strict`: such
    a request is refused too. `record`: requests are kept in `requests`. `latency`: seconds added to every request.
    `clock_control` is what the chat page's clock buttons call. `callback_lifetime`: seconds in which a press may be
    answered.
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        name: str = "Tiến độ",
        username: str = "tien_do_bot",
        check: bool = True,
        strict: bool = False,
        record: bool = True,
        latency: float = 0.0,
        enforce_rates: bool = False,
        callback_lifetime: float = 60.0,
        first_update: int = 100_001,
        clock_control: ClockControl | None = None,
    ) -> None:
        self.token = token
        bot = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": name, "username": username}
        self.store = Store(bot, first_update, callback_lifetime)
        self.faults = Faults()
        self.rates = Rates(enforced=enforce_rates)
        self.webhook = Webhook(self.store.queue, self._webhook_reply)
        self.check, self.strict, self.record, self.latency = check, strict, record, latency
        self.requests: list[Request] = []
        self.counts: Counter[str] = Counter()
        self.violations: list[str] = []
        self.people: list[Person] = []
        self.groups: list[Group] = []
        self._methods = table(spec.load().emoji)
        self._page = page.Page(self, clock_control)
        self._runner: web.ServerRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Where the server listens, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one. May be called again after `stop`, with all state kept."""
        server = web.Server(self._handle, request_factory=_large_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port or self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the connections; what was not confirmed stays in the queue."""
        self.store.queue.end_poll("time")
        await self.webhook.stop()
        self._page.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> StandIn:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # People, and waiting for what the bot does

    def person(
        self,
        first_name: str,
        last_name: str | None = None,
        language_code: str = "vi",
        user_id: int | None = None,
        *,
        started: bool = False,
        username: str | None = None,
        note: str = "",
        unit: str = "",
    ) -> Person:
        """A new person. Until they have `started` (or sent anything) the bot cannot write to them.

        `note` (their role, in their language) and `unit` are shown by the chat page.
        """
        given = {"first_name": first_name, "last_name": last_name, "username": username, "language_code": language_code}
        number = 700_000_001 + len(self.people) if user_id is None else user_id
        user = {"id": number, "is_bot": False, **{key: value for key, value in given.items() if value}}
        person = Person(self.store, user, started=started, note=note, unit=unit)
        self.people.append(person)
        return person

    def group(self, title: str, members: Sequence[Person], *, forum: bool = False) -> Group:
        """A new group of people (the first is its creator), without the bot; a forum has topics."""
        number = len(self.groups) + 1
        chat_id = -1_002_000_000_000 - number if forum else -500_000_000 - number
        group = Group(self.store, chat_id, title, members, forum=forum)
        self.groups.append(group)
        return group

    def unparsable(self, body: Json | None = None) -> int:
        """Put an update in the queue that no client can parse. Gives its update_id."""
        return self.store.queue.put_raw(body or {"message": {"message_id": "?", "date": [], "chat": 7}})

    async def wait_until(self, predicate: Callable[[], Any], timeout: float = 10) -> Any:
        """The predicate's first true value; it is asked again after each request, event and confirmation."""
        return await self.store.wait_until(predicate, timeout)

    async def drained(self, timeout: float = 10) -> None:
        """Returns when the bot has confirmed every update."""
        await self.wait_until(lambda: not self.store.queue.pending, timeout)

    def calls(self, method: str) -> list[Request]:
        """The requests of one method so far."""
        return [request for request in self.requests if request.method == method]

    # HTTP

    async def _handle(self, request: BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/bot"):
            return await self._api(request, path)
        if path.startswith("/file/bot"):
            return self._download(path)
        return await self._page.handle(request)

    def _refuse_token(self, token: str) -> refusals.Refusal | None:
        if token == self.token:
            return None
        return refusals.unauthorized() if ":" in token else refusals.not_found()

    def _download(self, path: str) -> web.Response:
        token, _, name = path.removeprefix("/file/bot").partition("/")
        refusal = self._refuse_token(token)
        file = None if refusal else self.store.files.at(name)
        if file is None:
            return _answer((refusal or refusals.not_found()).body())
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def _api(self, request: BaseRequest, path: str) -> web.StreamResponse:
        """One call: delay, faults, rates, checks, then the method itself."""
        token, _, method = path.removeprefix("/bot").partition("/")
        at = time.monotonic()
        if refusal := self._refuse_token(token):
            return _answer(refusal.body())
        try:
            call = await forms.read(request, method)
        except refusals.Refusal as refused:
            return self._done(Call(method, {}), at, self._refused(method, refused))
        if self.latency:
            await asyncio.sleep(self.latency)
        fault = self.faults.pick(method.lower(), call.integer("chat_id")) if self.faults.active else None
        if fault is not None:
            return await self._fail(request, call, at, fault)
        return self._done(call, at, await self._perform(call))

    async def _fail(self, request: BaseRequest, call: Call, at: float, fault: Fault) -> web.StreamResponse:
        if fault.kind is Kind.TOO_MANY:
            return self._done(call, at, refusals.too_many(fault.retry_after).body())
        if fault.kind is Kind.SERVER_ERROR:
            return self._done(call, at, refusals.server_error(fault.code).body())
        if fault.kind is Kind.LOST:
            self._done(call, at, await self._perform(call), lost=True)
        else:
            self._keep(Request(call.method, call, at, 0))
        _hang_up(request, abruptly=fault.kind is Kind.RESET)
        return web.Response()

    async def _perform(self, call: Call) -> Json | bytes:
        """The answer to a call: a JSON object, or its bytes."""
        name = call.method.lower()
        method = self._methods.get(name)
        try:
            if method is None and name not in WAITING:
                raise refusals.no_such_method()
            if self.check:
                self._inspect(call)
            if method is None:
                return await (self._get_updates(call) if name == "getupdates" else self._webhook_method(name, call))
            self._pace(name, call)
            return {"ok": True, "result": method(self.store, call)}
        except refusals.Refusal as refused:
            return self._refused(call.method, refused)
        except (AttributeError, LookupError, TypeError, ValueError):
            # A value of the wrong shape is the client's error and refused; anything else is ours and stays an error.
            found = spec.load().violations(call)
            if not found:
                raise
            return refusals.bad(found[0]).body()

    def _pace(self, name: str, call: Call) -> None:
        """Count a send, or refuse it when the rates are enforced and broken. An album counts each of its items."""
        if not Rates.counts(name):
            return
        items = call.json("media") if name == "sendmediagroup" else None
        messages = len(items) if isinstance(items, list) else 1
        if wait := self.rates.wait(call.integer("chat_id") or 0, time.monotonic(), messages):
            raise refusals.too_many(wait)

    def _refused(self, method: str, refused: refusals.Refusal) -> Json:
        if self.check and refused.breaks_spec:
            self.violations.append(f"{method}: {refused.description}")
        return refused.body()

    def _inspect(self, call: Call) -> None:
        found = spec.load().violations(call)
        self.violations += found
        if found and self.strict:
            raise refusals.bad(found[0])

    def _done(self, call: Call, at: float, body: Json | bytes, *, lost: bool = False) -> web.Response:
        """The response, after the request was recorded."""
        answer = _answer(body)
        result = body.get("result") if isinstance(body, dict) else None
        self._keep(Request(call.method, call, at, 0 if lost else answer.status, result))
        return answer

    def _keep(self, request: Request) -> None:
        self.counts[request.method] += 1
        if self.record:
            self.requests.append(request)
        self.store.pulse.beat()

    async def _get_updates(self, call: Call) -> bytes:
        if self.webhook.url:
            raise refusals.webhook_active()
        queue = self.store.queue
        queue.allow(call.json("allowed_updates"))
        limit = call.integer("limit")
        timeout = min(max(call.integer("timeout") or 0, 0), 50)
        blobs = await queue.poll(call.integer("offset") or 0, 100 if limit is None else limit, timeout)
        return b'{"ok":true,"result":[' + b",".join(blobs) + b"]}"

    async def _webhook_method(self, name: str, call: Call) -> Json:
        if name == "getwebhookinfo":
            return {"ok": True, "result": self.webhook.info()}
        url = call.text("url") if name == "setwebhook" else ""
        if call.flag("drop_pending_updates"):
            self.store.queue.clear()
        if not url:
            was = "deleted" if self.webhook.url else "already deleted"
            await self.webhook.stop()
            return {"ok": True, "result": True, "description": f"Webhook {'was' if was == 'deleted' else 'is'} {was}"}
        self.store.queue.allow(call.json("allowed_updates"))
        connections = call.integer("max_connections") or 40
        await self.webhook.set(url, call.text("secret_token"), connections, call.text("ip_address") or None)
        return {"ok": True, "result": True, "description": "Webhook was set"}

    async def _webhook_reply(self, wish: Json) -> None:
        """A webhook's answer that asks for a method: done and recorded as if it had been called."""
        given = {key: value for key, value in wish.items() if key != "method"}
        call = Call(str(wish["method"]), given)
        if call.method.lower() in WAITING:
            return  # Telegram does not let an answer change where updates go
        self._done(call, time.monotonic(), await self._perform(call))


def _answer(body: Json | bytes) -> web.Response:
    if isinstance(body, bytes):
        return web.Response(body=body, content_type="application/json")
    status = 200 if body["ok"] else int(body["error_code"])
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")


def _hang_up(request: BaseRequest, *, abruptly: bool) -> None:
    """Close the connection without an answer; abruptly: with a reset, so that the client sees an error at once."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if abruptly and connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _large_request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: RequestHandler,
    writer: Any,
    task: asyncio.Task[None],
) -> BaseRequest:
    loop = asyncio.get_running_loop()
    return BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=UPLOAD_LIMIT)
