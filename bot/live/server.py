"""The live page's server: reading only, strict headers, every request looked up anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Protocol, TypeVar

from aiohttp import web

from bot.live.gate import cookie_for, person_of_cookie, user_of_init_data
from bot.live.pages import Filters, Frame, app_page, board_page, closed_page, enter_page, item_page, items_page
from bot.rules.access import Policy
from bot.rules.people import Person
from bot.services.live import board, open_link, opened, roll, state, viewer, viewer_by_user
from bot.services.shelf import NoPlan, Shelf
from bot.views.words import SOURCE, Words

T = TypeVar("T")
COOKIE, LANGUAGE = "tiendo_live", "tiendo_lang"
FILES: Mapping[str, str] = {
    "live.css": "text/css",
    "live.js": "text/javascript",
    "app.js": "text/javascript",
    "TiendoSans-Regular.ttf": "font/ttf",
    "TiendoSans-Bold.ttf": "font/ttf",
}
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors https://web.telegram.org"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
LARGEST = 16 * 1024  # bytes of a request

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Reading(Protocol):
    """What runs a service in one transaction: the store's `read` or `write`."""

    async def __call__(self, fn: Callable[..., T], /, *args: Any) -> T: ...


@dataclass(frozen=True)
class Deps:
    """What the page is given. `now` is by the bot's clock, `really` by the real one, as Telegram's word is."""

    read: Reading
    write: Reading
    shelf: Shelf
    words: Mapping[str, Words]
    policy: Policy
    token: str
    language: str
    now: Callable[[], datetime]
    today: Callable[[], date]
    really: Callable[[], datetime]
    secure: bool


def live_app(deps: Deps) -> web.Application:
    """The routes under `/live/`."""
    live = _Live(deps)
    app = web.Application(middlewares=[_headers], client_max_size=LARGEST)
    app.add_routes(
        [
            web.get("/favicon.ico", _nothing),
            web.get("/live/", live.board),
            web.get("/live/items", live.items),
            web.get("/live/items/{code}", live.item),
            web.get("/live/state", live.state),
            web.get("/live/app", live.app),
            web.post("/live/app", live.enter_app),
            web.get("/live/open/{token}", live.door),
            web.post("/live/open/{token}", live.enter),
            web.get("/live/static/{name}", _static),
        ]
    )
    return app


@web.middleware
async def _headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as problem:
        problem.headers.update(HEADERS)
        raise
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


async def _static(request: web.Request) -> web.Response:
    """One of the few files, by its name."""
    name = request.match_info["name"]
    kind = FILES.get(name)
    if kind is None:
        raise web.HTTPNotFound
    folder = files("bot.views.pictures") / "fonts" if kind == "font/ttf" else files("bot.live") / "static"
    caching = {"Cache-Control": "private, max-age=86400" if kind == "font/ttf" else "no-cache"}
    return web.Response(body=(folder / name).read_bytes(), content_type=kind, headers=caching)


async def _nothing(_: web.Request) -> web.Response:
    return web.Response(status=204)


class _Live:
    """The handlers: who looks, what they see."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    # ------------------------------------------------------------ who looks

    async def _viewer(self, request: web.Request) -> Person | None:
        deps = self._deps
        person_id = person_of_cookie(request.cookies.get(COOKIE, ""), deps.token, deps.really())
        return None if person_id is None else await deps.read(viewer, person_id)

    def _words(self, request: web.Request, person: Person | None) -> Words:
        """The language asked for, else chosen before on this device, else the person's own."""
        deps = self._deps
        own = person.language if person else deps.language
        wanted = (request.query.get("lang", ""), request.cookies.get(LANGUAGE, ""), own)
        return next((deps.words[lang] for lang in wanted if lang in deps.words), deps.words[SOURCE])

    def _shown(self, request: web.Request, text: str, status: int = 200) -> web.Response:
        response = web.Response(text=text, status=status, content_type="text/html")
        lang = request.query.get("lang", "")
        if lang in self._deps.words:
            self._set(response, LANGUAGE, lang)
        return response

    def _closed(self, request: web.Request) -> web.Response:
        return self._shown(request, closed_page(self._words(request, None)), 403)

    def _let_in(self, person: Person | None, request: web.Request) -> web.Response:
        if person is None:
            return self._closed(request)
        response = web.Response(status=303, headers={"Location": "/live/"})
        self._set(response, COOKIE, cookie_for(person.id, self._deps.token, self._deps.really()))
        return response

    def _set(self, response: web.Response, name: str, value: str) -> None:
        """A cookie that only the server reads; in Telegram's web client the page is a frame, hence `None` over TLS."""
        secure = self._deps.secure
        response.set_cookie(
            name, value, path="/live/", httponly=True, secure=secure, samesite="None" if secure else "Lax",
            max_age=12 * 3600,
        )  # fmt: skip

    # ------------------------------------------------------------ the door

    async def door(self, request: web.Request) -> web.Response:
        """A single-use link: looking at it does not use it up."""
        return self._shown(request, enter_page(self._words(request, None)))

    async def enter(self, request: web.Request) -> web.Response:
        deps = self._deps
        person = await deps.write(open_link, request.match_info["token"], deps.now())
        return self._let_in(person, request)

    async def app(self, request: web.Request) -> web.Response:
        return self._shown(request, app_page(self._words(request, None)))

    async def enter_app(self, request: web.Request) -> web.Response:
        form = await request.post()
        raw = form.get("data")
        deps = self._deps
        user_id = user_of_init_data(raw, deps.token, deps.really()) if isinstance(raw, str) else None
        return self._let_in(None if user_id is None else await deps.read(viewer_by_user, user_id), request)

    # ------------------------------------------------------------ the pages

    async def state(self, request: web.Request) -> web.Response:
        """What a page compares with what it shows."""
        if await self._viewer(request) is None:
            raise web.HTTPForbidden
        return web.Response(text=await self._deps.read(state, self._deps.today()))

    async def board(self, request: web.Request) -> web.Response:
        async def made(person: Person, frame: Frame) -> str:
            deps = self._deps
            found = await deps.read(board, deps.shelf, person, deps.today(), deps.policy)
            return board_page(frame, found.plan, found.card, found.ranking)

        return await self._page(request, made)

    async def items(self, request: web.Request) -> web.Response:
        query = request.query
        filters = Filters(*(query.get(name, "").strip()[:100] for name in ("q", "status", "unit", "pillar", "kind")))

        async def made(person: Person, frame: Frame) -> str:
            deps = self._deps
            found = await deps.read(roll, deps.shelf, person, deps.today(), deps.policy)
            return items_page(frame, found.plan, found.entries, filters)

        return await self._page(request, made)

    async def item(self, request: web.Request) -> web.Response:
        async def made(person: Person, frame: Frame) -> str:
            deps, code = self._deps, request.match_info["code"]
            found = await deps.read(opened, deps.shelf, person, code, deps.today(), deps.policy)
            if found is None:
                raise web.HTTPNotFound
            return item_page(frame, found.plan, found.detailed, found.course)

        return await self._page(request, made)

    async def _page(self, request: web.Request, made: Callable[[Person, Frame], Awaitable[str]]) -> web.Response:
        person = await self._viewer(request)
        if person is None:
            return self._closed(request)
        # The state is read first: what is reported meanwhile makes the page fetch itself again, never miss it.
        now_shown = await self._deps.read(state, self._deps.today())
        try:
            text = await made(person, Frame(self._words(request, person), now_shown, request.path))
        except NoPlan:
            raise web.HTTPNotFound from None
        return self._shown(request, text)
