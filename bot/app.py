"""The only place where everything is wired together: the running bot, from its settings."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from telegram.ext import Application, ContextTypes

import handlers
from bot.clock import Clock
from bot.delivery.claims import Claims
from bot.delivery.inbox import Inbox
from bot.delivery.limiter import Limiter, Pace
from bot.delivery.outbox import Sender
from bot.delivery.polling import Poller, RawBot
from bot.delivery.processor import Processor
from bot.delivery.request import AiohttpRequest
from bot.delivery.watchdog import Lease, Watchdog, owner_name
from bot.delivery.webhook import Hook, Webhook, nothing_more, serve
from bot.demo.control import serve_control, wish
from bot.language import Languages, Reader
from bot.language.answers import Answers
from bot.language.building import keep_built
from bot.live.server import Deps, live_app
from bot.rules.access import Policy
from bot.rules.plan import Plan
from bot.services.shelf import Shelf
from bot.settings import Settings
from bot.views.screen import Screen
from bot.views.words import Words, load_words
from handlers.context import Ctx, Desk
from handlers.notices import NoticeDuties, rounds_of, tick
from storage.database import Store, open_store, upgrade
from storage.record import forget_evidence

if TYPE_CHECKING:
    from bot.delivery.metrics import Metrics

log = logging.getLogger(__name__)

LOCALES = Path(__file__).parent.parent / "locales"
KINDS = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction")
TELEGRAMS = Pace()  # what Telegram allows
TICK_SECONDS = 5  # a notice leaves within 30 s of its minute
SILENCE_SECONDS = 300.0  # polling without an answer for so long is dead
PRUNE_HOURS = 6

Work = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


class Readers:
    """The reader of the plan in force, built again (in a thread) when the plan's version changes.

    The languages are read in a thread as well: the first poll does not wait for them, the first message does.
    """

    def __init__(self, languages: Languages | None) -> None:
        self._languages = languages
        self._built: tuple[int, int, Reader] | None = None
        self._lock = asyncio.Lock()

    async def reader(self, plan: Plan) -> Reader:
        """The reader that knows the names of `plan`."""
        async with self._lock:
            built = self._built
            if built is None or built[:2] != (plan.year, plan.version):
                reader = await asyncio.to_thread(Reader, await self._read(), plan)
                self._built = built = (plan.year, plan.version, reader)
                keep_built()
            return built[2]

    async def get_ready(self, stop: asyncio.Event) -> None:
        """Read the languages before anybody asks. Raises what is wrong with them."""
        async with self._lock:
            await self._read()
        await stop.wait()

    async def _read(self) -> Languages:
        if self._languages is None:
            self._languages = await asyncio.to_thread(Languages.load, LOCALES)
        return self._languages


@dataclass(frozen=True)
class Running:
    """A bot at work: its desk, its bot, and its tick (for tests and the demo, which move the clock)."""

    desk: Desk
    bot: RawBot
    tick: Callable[[], Awaitable[None]]


def open_database(settings: Settings) -> Store:
    """The store, its database created or upgraded first. Raises `DatabaseProblem`."""
    upgrade(settings.database_url)
    return open_store(settings.database_url)


def new_bot(settings: Settings, pace: Pace = TELEGRAMS, sent: Callable[[str], None] = lambda _: None) -> RawBot:
    """The bot for the Bot API server of the settings; `sent` hears how sends end. Raises `BadSettings`."""
    return RawBot(
        settings.required_token,
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=AiohttpRequest(proxy=settings.proxy),
        get_updates_request=AiohttpRequest(2, proxy=settings.proxy),
        rate_limiter=Limiter(pace, sent=sent),
    )


@asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock,
    store: Store,
    stop: asyncio.Event,
    pace: Pace = TELEGRAMS,
    languages: Languages | None = None,
    words: Mapping[str, Words] | None = None,
) -> AsyncIterator[Running]:
    """The bot at work until the block is left, or `stop` is set. Raises what ended it early.

    `languages` and `words` are read from `locales/` where they are not given.
    """
    metrics = _metrics(settings)
    bot = new_bot(settings, pace, metrics.sent) if metrics else new_bot(settings, pace)
    owner = owner_name()
    sender: Sender[Screen]
    readers = Readers(languages)
    desk = Desk(
        store,
        Shelf(),
        clock,
        settings,
        words or load_words(LOCALES),
        readers.reader,
        Answers.load(LOCALES),
        lambda: sender.wake(),
    )
    sender = Sender(store, owner, clock.now, NoticeDuties(desk, bot))
    application = _application(bot, desk)
    inbox = Inbox(store, owner, _real_now)
    # Behind a webhook any number of processes share the chats; only one at a time may poll.
    claims = Claims(store, owner, _real_now) if settings.webhook_url else None
    handle = metrics.timed(application.process_update) if metrics else application.process_update
    processor = Processor(inbox, bot, handle, claims=claims)
    watchdog = Watchdog(SILENCE_SECONDS)
    receiving = _receiving(settings, bot, inbox, processor, watchdog)

    async def look() -> None:
        await tick(desk)
        sender.wake()

    works = [
        _ends_all(receiving) if claims else _leased(store, "poller", owner, receiving),
        _leased(store, "sender", owner, sender.run),
        _ticking(look, desk, inbox),
        _ends_all(readers.get_ready),
        *map(_ends_all, _pages(settings, desk, look)),
    ]
    if settings.health_listen and metrics:
        works.append(_ends_all(_health(settings.health_listen, desk, metrics, watchdog, polling=not claims)))
    async with bot, application:  # the bot by itself as well: it closes its connections where the token is refused
        await handlers.on_start(bot, desk)
        tasks = [asyncio.create_task(work(stop)) for work in works]
        try:
            yield Running(desk, bot, look)
        finally:
            await _finish(tasks, stop)


def _pages(settings: Settings, desk: Desk, look: Callable[[], Awaitable[None]]) -> Iterator[Work]:
    """What the settings ask to be served beside the bot: the live page, and on loopback the demo's clock."""
    if settings.live_url:
        yield _live(settings, desk)
    if settings.clock_control and settings.now:
        yield _clock_control(settings.clock_control, desk, look)


async def run_until_stopped(settings: Settings, clock: Clock, words: Mapping[str, Words]) -> None:
    """The `run` command: work until SIGINT or SIGTERM. Raises what ended it early."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    store = open_database(settings)
    try:
        async with running(settings, clock, store, stop, words=words):
            await stop.wait()
    finally:
        store.close()


def _application(bot: RawBot, desk: Desk) -> Application[Any, Any, Any, Any, Any, Any]:
    builder = Application.builder().bot(bot).updater(None).job_queue(None)
    application = builder.context_types(ContextTypes(context=Ctx)).build()
    application.bot_data["desk"] = desk
    handlers.register(application)
    return application


async def _finish(tasks: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """Let every part end by itself; raise the first error that one of them ended with."""
    stop.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        while isinstance(outcome, BaseExceptionGroup):  # what ended a group of tasks, not the group
            outcome = outcome.exceptions[0]
        if isinstance(outcome, BaseException):
            raise outcome


def _ends_all(work: Work) -> Work:
    """The same work; where it fails, everything else stops as well."""

    async def watched(stop: asyncio.Event) -> None:
        try:
            await work(stop)
        finally:
            stop.set()

    return watched


def _leased(store: Store, name: str, owner: str, work: Work) -> Work:
    async def leased(stop: asyncio.Event) -> None:
        await Lease(store, name, owner, _real_now).holding(stop, work)

    return _ends_all(leased)


def _receiving(settings: Settings, bot: RawBot, inbox: Inbox, processor: Processor, watchdog: Watchdog) -> Work:
    """Taking updates in and handling them: what an earlier process left comes first."""
    if settings.webhook_url:
        take_in = _webhook(settings, bot, inbox, processor)
    else:
        take_in = _polling(bot, inbox, processor, watchdog)

    async def receive(stop: asyncio.Event) -> None:
        await processor.resume()
        async with asyncio.TaskGroup() as parts:
            parts.create_task(_ends_all(processor.run)(stop))
            parts.create_task(_ends_all(take_in)(stop))

    return receive


def _polling(bot: RawBot, inbox: Inbox, processor: Processor, watchdog: Watchdog) -> Work:
    poller = Poller(bot, inbox, processor.offer, kinds=KINDS, alive=watchdog.alive)

    async def poll(stop: asyncio.Event) -> None:
        await watchdog.guard(stop, poller.run)

    return poll


def _webhook(settings: Settings, bot: RawBot, inbox: Inbox, processor: Processor) -> Work:
    url = settings.webhook_url or ""
    hook = Hook(url, urlparse(url).path or "/", settings.listen, settings.webhook_secret or _secret_of(settings))
    return Webhook(bot, inbox, processor.offer, hook, kinds=KINDS, healthy=lambda: {"ok": True}).run


def _secret_of(settings: Settings) -> str:
    """A secret that all processes of this bot agree on, and that whoever lacks the token cannot know."""
    return hmac.new(settings.required_token.encode(), b"webhook", hashlib.sha256).hexdigest()


def _ticking(look: Callable[[], Awaitable[None]], desk: Desk, inbox: Inbox) -> Work:
    """The scheduler only ticks: the database is the schedule, so a late or missed tick is caught up by the next."""

    at_work = asyncio.Lock()

    async def tick_once() -> None:
        async with at_work:
            await look()

    async def prune() -> None:
        async with at_work:
            await inbox.prune(_real_now() - timedelta(days=desk.settings.keep_inbox_days))
            if desk.settings.keep_evidence_days:
                before = desk.clock.now() - timedelta(days=desk.settings.keep_evidence_days)
                await desk.store.write(forget_evidence, before)

    async def ticking(stop: asyncio.Event) -> None:
        scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
        scheduler.add_job(tick_once, "interval", seconds=TICK_SECONDS, next_run_time=_real_now(), max_instances=1)
        soon = _real_now() + timedelta(minutes=1)  # a process that restarts often prunes as well
        scheduler.add_job(prune, "interval", hours=PRUNE_HOURS, next_run_time=soon, max_instances=1)
        scheduler.start()
        try:
            await stop.wait()
        finally:
            scheduler.pause()
            async with at_work:  # what is being done is finished, not cut off
                scheduler.shutdown(wait=False)

    return _ends_all(ticking)


def _live(settings: Settings, desk: Desk) -> Work:
    """The live page, on an address of its own: whoever puts it on the net does so behind TLS."""
    url = settings.live_url or ""
    deps = Deps(
        read=desk.store.read,
        write=desk.store.write,
        shelf=desk.shelf,
        words=desk.words,
        policy=Policy(settings.leaders_see_all),
        token=settings.required_token,
        language=settings.language,
        now=desk.clock.now,
        today=desk.clock.today,
        really=_real_now,
        secure=url.startswith("https://"),
    )

    async def serve_it(stop: asyncio.Event) -> None:
        await serve(live_app(deps), settings.live_listen, stop, nothing_more)

    return serve_it


def _metrics(settings: Settings) -> Metrics | None:
    """What is measured, where somebody asks for it: importing its library takes a moment of every start."""
    if settings.health_listen is None:
        return None
    from bot.delivery.metrics import Metrics

    return Metrics()


def _health(listen: tuple[str, int], desk: Desk, metrics: Metrics, watchdog: Watchdog, *, polling: bool) -> Work:
    from bot.delivery.health import Health

    def silence() -> float:
        return watchdog.silence if polling and watchdog.guards else 0.0  # a standby hears nothing, and should not

    health = Health(desk.store, metrics, _real_now, desk.clock.now, silence, SILENCE_SECONDS / 2)

    async def serve_it(stop: asyncio.Event) -> None:
        await serve(health.app(), listen, stop, nothing_more)

    return serve_it


def _clock_control(port: int, desk: Desk, look: Callable[[], Awaitable[None]]) -> Work:
    """The demo's buttons: an hour on, or to the next working day's reminders."""

    async def move(asked: dict[str, Any]) -> str:
        clock, span = desk.clock, wish(asked)
        if span is None:
            calendar = await desk.store.read(rounds_of(desk).almanac.calendar)
            day = calendar.after(clock.today(), 1)
            span = datetime.combine(day, desk.settings.remind_at, clock.zone) - clock.now()
        clock.move(span)
        await look()
        return clock.local(clock.now()).isoformat(timespec="seconds")

    async def serve_it(stop: asyncio.Event) -> None:
        await serve_control(port, move, stop)

    return serve_it


def _real_now() -> datetime:
    return datetime.now(UTC)
