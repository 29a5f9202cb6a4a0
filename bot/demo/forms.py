"""Reading a Bot API request: query string, urlencoded form, JSON object or multipart form, all alike."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.web_request import BaseRequest
from yarl import URL

from bot.demo import refusals

JSON_PARAMETERS = frozenset(
    {
        "allowed_updates",
        "caption_entities",
        "commands",
        "entities",
        "link_preview_options",
        "media",
        "menu_button",
        "reaction",
        "reply_markup",
        "reply_parameters",
        "scope",
    }
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in a multipart form."""

    filename: str
    content_type: str
    content: bytes


@dataclass(slots=True)
class Call:
    """One request: the method's name as it was written, its parameters (texts, or JSON values) and its files."""

    method: str
    given: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)
    _decoded: dict[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A string parameter; empty when it is not given."""
        value = self.given.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str) -> int | None:
        """A whole number, or None when it is absent or is none."""
        try:
            return int(self.given[name])
        except (KeyError, TypeError, ValueError):
            return None

    def flag(self, name: str) -> bool:
        """A boolean parameter, false by default."""
        return str(self.given.get(name, "")).lower() in ("true", "1", "yes", "t")

    def json(self, name: str) -> Any:
        """A JSON-serialised parameter; None when it is absent or empty. Refuses text that is no JSON."""
        if name not in self._decoded:
            self._decoded[name] = _decode(name, self.given.get(name))
        return self._decoded[name]

    @property
    def params(self) -> dict[str, Any]:
        """All parameters with JSON decoded, and the uploads among them."""
        texts = {name: self._best(name) for name in self.given}
        return {**texts, **self.files}

    def _best(self, name: str) -> Any:
        if name not in JSON_PARAMETERS:
            return self.given[name]
        try:
            return self.json(name)
        except refusals.Refusal:
            return self.given[name]


def _decode(name: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise refusals.malformed(f"can't parse {name.replace('_', ' ')} JSON object") from None


async def read(request: BaseRequest, method: str) -> Call:
    """The call that an HTTP request makes. Raises Refusal for a body that cannot be read."""
    given: dict[str, Any] = dict(request.query) if request.query_string else {}
    if request.method == "GET" or not request.can_read_body:
        return Call(method, given)
    kind = request.content_type
    try:
        if kind == "application/json":
            given.update(_object(await request.read()))
        elif kind == "application/x-www-form-urlencoded":
            given.update(_form((await request.read()).decode()))
        elif kind == "multipart/form-data":
            return await _multipart(request, Call(method, given))
    except web.HTTPRequestEntityTooLarge:
        raise refusals.Refusal(413, "Request Entity Too Large") from None
    except UnicodeDecodeError:
        raise refusals.malformed("strings must be encoded in UTF-8") from None
    except ValueError:
        raise refusals.malformed("can't parse the request's form") from None
    return Call(method, given)


def _form(body: str) -> dict[str, Any]:
    """An urlencoded form. yarl (which aiohttp brings) unquotes in C: a third of the time that urllib takes."""
    return dict(URL.build(query_string=body, encoded=True).query)


def _object(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        value = json.loads(body)
    except ValueError:
        raise refusals.malformed("can't parse the request's JSON") from None
    if not isinstance(value, dict):
        raise refusals.malformed("object expected as request")
    return value


async def _multipart(request: BaseRequest, call: Call) -> Call:
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            call.files[name] = Upload(value.filename, value.content_type, value.file.read())
        else:
            call.given[name] = value.decode() if isinstance(value, bytes | bytearray) else value
    return call
