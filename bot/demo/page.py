"""The chat page and its control over HTTP, for this machine only: JSON below `/demo/`, and a stream of events.

GET  /demo/                     the page; its files below /demo/page/
GET  /demo/state                people (with the bot's name in their language), the clock (null: it cannot be moved)
GET  /demo/chats/ID             messages, reply keyboard and command menu of a person's chat
GET  /demo/files/FILE_ID        a file's bytes
GET  /demo/events               server-sent events: what happens in every chat, and moves of the clock
POST /demo/people               a new person (first_name, last_name, language_code, user_id, note, unit, started)
POST /demo/chats/ID/ACTION      send, edit, press, forge, react, start, block, unblock, read (JSON), upload (multipart)
POST /demo/clock                {"advance_minutes": 60} or {"to": "next_working_day"}
GET  /demo/counts               for a driver in another process: requests by method, violations, updates waiting
POST /demo/faults               {"kind": "too_many" | "server_error" | "reset" | "lose_answer" | "clear", …}
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from aiohttp import web
from aiohttp.web_request import BaseRequest

from bot.demo import views
from bot.demo.people import Message, Person
from bot.demo.store import Event, Json

if TYPE_CHECKING:
    from bot.demo.server import StandIn

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
    ".svg": "image/svg+xml",
}
INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
KEEP_ALIVE = 15.0  # seconds between comments on a silent stream


class Page:
    """Serves the page of one stand-in. `clock` is given the page's wish and answers the new local time (ISO)."""

    def __init__(self, server: StandIn, clock: Callable[[Json], Awaitable[str]] | None) -> None:
        self._server = server
        self._clock = clock
        self._shifts = views.Shifts()
        self._streams: set[asyncio.Queue[bytes | None]] = set()
        self._read: dict[int, int] = {}
        server.store.listeners.append(self._tell)

    def close(self) -> None:
        """End the streams."""
        for stream in self._streams:
            stream.put_nowait(None)

    async def handle(self, request: BaseRequest) -> web.StreamResponse:
        """Answers everything that is not the Bot API."""
        if not _trusted(request):
            return web.Response(status=403, text="for this machine only")
        parts = [part for part in request.path.split("/") if part]
        try:
            return await self._route(request, parts)
        except (LookupError, ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=400)

    async def _route(self, request: BaseRequest, parts: list[str]) -> web.StreamResponse:
        match request.method, parts:
            case "GET", []:
                return web.Response(status=302, headers={"Location": "/demo/"})
            case "GET", ["demo"]:
                return _static("index.html")
            case "GET", ["demo", "page", *names]:
                return _static("/".join(names))
            case "GET", ["demo", "state"]:
                return web.json_response(await self._state())
            case "GET", ["demo", "chats", number]:
                return web.json_response(self._chat(self._person(number)))
            case "GET", ["demo", "files", file_id]:
                return self._file(file_id)
            case "GET", ["demo", "events"]:
                return await self._events(request)
            case "POST", ["demo", "clock"]:
                return await self._move_clock(await request.json())
            case "GET", ["demo", "counts"]:
                return web.json_response(self._counts())
            case "POST", ["demo", "faults"]:
                return web.json_response(self._fault(await request.json()))
            case "POST", ["demo", "people"]:
                return web.json_response({"id": self._server.person(**await request.json()).id})
            case "POST", ["demo", "chats", number, action]:
                return web.json_response(await self._act(request, self._person(number), action))
        return web.Response(status=404, text="not found")

    def _person(self, number: str) -> Person:
        for person in self._server.people:
            if str(person.id) == number:
                return person
        raise LookupError(f"no person {number}")

    # What the page shows

    async def _state(self) -> Json:
        if self._clock is not None and not self._shifts.known:
            self._shifts.set(await self._clock({"advance_minutes": 0}))
        return {
            "people": [self._listed(person) for person in self._server.people],
            "clock": self._shifts.now() if self._clock is not None else None,
        }

    def _listed(self, person: Person) -> Json:
        seen = self._read.get(person.id, 0)
        news = [e for e in person.chat.events if e.number > seen and e.kind == "message" and _from_bot(e.message)]
        last = person.messages[-1:]
        return {
            "id": person.id,
            "name": person.name,
            "note": person.note,
            "unit": person.unit,
            "language": person.language,
            "bot": person.bot_name,
            "blocked": person.chat.blocked,
            "unread": len(news),
            "last": views.preview(last[0]) if last else "",
        }

    def _chat(self, person: Person) -> Json:
        self._mark_read(person)
        return {
            "messages": [self._view(message) for message in person.messages],
            "keyboard": person.keyboard,
            "description": person.bot_description,
            "commands": [{"command": name, "description": words} for name, words in person.commands],
            "blocked": person.chat.blocked,
        }

    def _view(self, message: Message) -> Json:
        return views.message(message, self._shifts.at(message.raw["date"]))

    def _mark_read(self, person: Person) -> None:
        events = person.chat.events
        self._read[person.id] = events[-1].number if events else 0

    def _file(self, file_id: str) -> web.Response:
        file = self._server.store.files.get(file_id)
        if file is None:
            raise LookupError("no such file")
        kind = "inline" if file.mime in INLINE else "attachment"
        headers = {
            "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(file.name)}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return web.Response(body=file.content, content_type=file.mime or "application/octet-stream", headers=headers)

    # What a driver in another process needs

    def _counts(self) -> Json:
        server = self._server
        return {
            "requests": dict(server.counts),
            "violations": server.violations,
            "waiting": len(server.store.queue.pending),
            "confirmed": server.store.queue.confirmed,
            "busiest_second": server.rates.busiest(),
            "refused": server.rates.refused,
        }

    def _fault(self, wish: Json) -> Json:
        """Switch a fault on (see `Faults` for what it takes), or all of them off."""
        kind, faults = wish.pop("kind"), self._server.faults
        switches: dict[str, Callable[..., object]] = {
            "too_many": faults.too_many,
            "server_error": faults.server_error,
            "reset": faults.reset,
            "lose_answer": faults.lose_answer,
            "clear": faults.clear,
        }
        switches[kind](**wish)
        return {"active": len(faults.active)}

    # What the page does

    async def _act(self, request: BaseRequest, person: Person, action: str) -> Json:
        """Do something as a person. Gives the new message, or nothing."""
        if action == "upload":
            return await self._upload(request, person)
        actions: dict[str, Callable[[Person, Json], Json | None]] = {
            "send": self._send,
            "edit": self._edit,
            "press": self._press,
            "forge": self._forge,
            "react": self._react,
            "start": lambda person, wish: self._view(person.start()),
            "block": lambda person, wish: person.block(),
            "unblock": lambda person, wish: person.unblock(),
            "read": lambda person, wish: self._mark_read(person),
        }
        if action not in actions:
            raise LookupError(f"nobody can {action}")
        return actions[action](person, await request.json()) or {}

    def _send(self, person: Person, wish: Json) -> Json:
        reply = self._message(person, wish["reply_to"]) if wish.get("reply_to") else None
        return self._view(person.send(str(wish["text"]), reply))

    def _edit(self, person: Person, wish: Json) -> Json:
        return self._view(person.edit(self._message(person, wish["message_id"]), str(wish["text"])))

    def _press(self, person: Person, wish: Json) -> Json:
        return {"query_id": person.press(self._message(person, wish["message_id"]), str(wish["data"]))}

    def _forge(self, person: Person, wish: Json) -> Json:
        return {"query_id": person.forge(str(wish["data"]), self._message(person, wish["message_id"]))}

    def _react(self, person: Person, wish: Json) -> None:
        person.react(self._message(person, wish["message_id"]), wish.get("emoji"))

    async def _upload(self, request: BaseRequest, person: Person) -> Json:
        form = await request.post()
        file = form["file"]
        if not isinstance(file, web.FileField):
            raise TypeError("no file in the form")
        content, caption = file.file.read(), str(form.get("caption", ""))
        reply = self._message(person, form["reply_to"]) if form.get("reply_to") else None
        if file.content_type in INLINE and form.get("as") == "photo":
            return self._view(person.photo(content, caption, reply))
        return self._view(person.document(content, file.filename, file.content_type, caption, reply))

    def _message(self, person: Person, number: Any) -> Message:
        raw = self._server.store.messages.get((person.id, int(number)))
        if raw is None:
            raise LookupError(f"no message {number}")
        return Message(raw, self._server.store)

    async def _move_clock(self, wish: Json) -> web.Response:
        if self._clock is None:
            return web.json_response({"error": "the clock cannot be moved"}, status=404)
        self._shifts.set(await self._clock(wish))
        self._broadcast({"kind": "clock", "clock": self._shifts.now()})
        return web.json_response({"clock": self._shifts.now()})

    # The stream

    def _tell(self, event: Event) -> None:
        """Hand an event of the store to every open page."""
        if self._streams and event.chat_id > 0:
            self._broadcast(self._told(event))

    def _told(self, event: Event) -> Json:
        told: Json = {"kind": event.kind, "chat": event.chat_id, "detail": event.detail}
        if event.message is not None:
            told["message"] = self._view(Message(event.message, self._server.store))
        if event.answer is not None:
            answer = event.answer
            told["answer"] = {"query_id": answer.query_id, "text": answer.text, "alert": answer.alert}
        return told

    def _broadcast(self, told: Json) -> None:
        line = f"data: {json.dumps(told)}\n\n".encode()
        for stream in self._streams:
            stream.put_nowait(line)

    async def _events(self, request: BaseRequest) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        stream: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._streams.add(stream)
        try:
            await response.write(b": open\n\n")
            while (line := await _next_line(stream)) is not None:
                await response.write(line)
        except ConnectionError:
            return response  # the page was closed
        finally:
            self._streams.discard(stream)
        return response


async def _next_line(stream: asyncio.Queue[bytes | None]) -> bytes | None:
    """The next line of a stream, or a comment that shows whether the page still listens; None at its end."""
    try:
        async with asyncio.timeout(KEEP_ALIVE):
            return await stream.get()
    except TimeoutError:
        return b": still here\n\n"


def _from_bot(raw: Json | None) -> bool:
    return bool(raw and raw["from"]["is_bot"])


def _trusted(request: BaseRequest) -> bool:
    """From this machine, under a name of this machine, and not sent by another site's page."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    same = origin is None or urlsplit(origin).netloc == request.host
    return request.remote in LOOPBACK and host in LOOPBACK and same


def _static(name: str) -> web.Response:
    """A file of the page. LookupError when there is none."""
    folder = (Path(__file__).parent / "page").resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file() or path.suffix not in TYPES:
        raise LookupError(f"no file {name}")
    headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
    charset = None if path.suffix == ".woff2" else "utf-8"
    return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset=charset, headers=headers)
