"""How requests reach the Bot API: python-telegram-bot's `BaseRequest` on aiohttp.

It keeps connections open and tells two failures apart that the default client throws together: a request that was
never sent, and one whose answer is lost (Telegram may have done it). No text raised here holds the address, which
holds the token: causes are named by their class and cut off.
"""

from __future__ import annotations

import json
from typing import Any, cast

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    InvalidURL,
    TCPConnector,
)
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import JSONDict, ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

JSON_HEADERS = {"Content-Type": "application/json"}
IDLE_SECONDS = 30  # a connection unused for so long is closed by us, before the other side would

NOT_CONNECTED = (ClientConnectorError, ClientSSLError, ConnectionTimeoutError, ClientHttpProxyError, InvalidURL)
BROKEN_OFF = (ClientError, OSError, TimeoutError)


class NeverSent(NetworkError):
    """No connection came about, so Telegram has seen nothing: safe to repeat."""

    __slots__ = ()


class AnswerLost(TimedOut):
    """The connection broke, or time ran out, after the request may have been written: Telegram perhaps did it."""

    __slots__ = ()


class AiohttpRequest(BaseRequest):
    """Requests over pooled connections, `connections` at most at a time. All times are seconds.

    `read` is the wait for an answer (long polling adds its own), `write` the time that an upload may take on top.
    `proxy` is an address such as `http://host:port`, for networks that do not reach Telegram directly.
    """

    __slots__ = ("_connect", "_connections", "_pool", "_proxy", "_read", "_session", "_to_json", "_write")

    def __init__(
        self,
        connections: int = 256,
        *,
        read: float = 15,
        write: float = 60,
        connect: float = 10,
        pool: float = 10,
        proxy: str | None = None,
    ) -> None:
        self._connections = connections
        self._read, self._write, self._connect, self._pool = read, write, connect, pool
        self._proxy = proxy
        self._session: ClientSession | None = None
        self._to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

    @property
    def read_timeout(self) -> float | None:
        return self._read

    async def initialize(self) -> None:
        """Open the pool; a second call does nothing."""
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=self._connections, keepalive_timeout=IDLE_SECONDS, ttl_dns_cache=300),
                cookie_jar=DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close every connection; a second call does nothing."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and body of the answer. Raises `NeverSent` or `AnswerLost`."""
        if self._session is None:
            raise RuntimeError("the connection pool is not open: call initialize() first")
        files = request_data is not None and request_data.contains_files
        ask = self._session.request(
            method,
            url,
            data=self._body(request_data),
            headers=None if files else JSON_HEADERS,
            timeout=self._limits(files, read_timeout, write_timeout, connect_timeout, pool_timeout),
            proxy=self._proxy,
            allow_redirects=False,
        )
        try:
            async with ask as answer:
                payload = await answer.read()
        except NOT_CONNECTED as problem:
            raise NeverSent(f"no connection to Telegram ({type(problem).__name__})") from None
        except BROKEN_OFF as problem:
            raise AnswerLost(f"no answer from Telegram ({type(problem).__name__})") from None
        return answer.status, payload if answer.status < 300 else _explained(payload)

    def _body(self, request_data: RequestData | None) -> bytes | FormData | None:
        if request_data is None:
            return None
        if request_data.contains_files:
            return _form(request_data)
        # A text may hold half a surrogate pair (people's phones send them); Telegram refuses what is not UTF-8.
        return self._to_json(request_data.parameters).encode("utf-8", "replace")

    def _limits(self, files: bool, *given: ODVInput[float]) -> ClientTimeout:
        defaults = (self._read, self._write, self._connect, self._pool)
        pairs = zip(given, defaults, strict=True)
        read, write, connect, pool = (usual if isinstance(value, DefaultValue) else value for value, usual in pairs)
        entry = None if connect is None or pool is None else connect + pool
        total = None if not files or None in (read, write, entry) else cast(float, read) + cast(float, write)
        return ClientTimeout(total=total, connect=entry, sock_connect=connect, sock_read=read)

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """The answer as a dictionary. Raises `AnswerLost` where it is none; its text is never logged."""
        try:
            data: Any = json.loads(payload)
        except ValueError:
            data = None
        if not isinstance(data, dict) or ("result" not in data and data.get("ok")):
            raise AnswerLost("the answer from Telegram is not readable")
        return data


def _form(request_data: RequestData) -> FormData:
    """Parameters and files as multipart; file names keep their letters (no percent signs in "Báo cáo.xlsx")."""
    form = FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        printable = "".join(letter if letter.isprintable() else "_" for letter in filename)
        form.add_field(name, content, filename=printable, content_type=kind)
    return form


def _explained(payload: bytes) -> bytes:
    """An error's body, or an empty object for what is no JSON object: a proxy's page must not reach a log."""
    try:
        readable = isinstance(json.loads(payload), dict)
    except ValueError:
        readable = False
    return payload if readable else b"{}"
