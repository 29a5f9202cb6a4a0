"""Notices: what goes out by itself, put into words when it is sent, in the reader's language of that moment.

The tick writes what is due into the outbox; the sender asks `NoticeDuties` for the words. Under a digest there are
buttons, and a reply to it reports.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from telegram import CallbackQuery, Update
from telegram.ext import ExtBot

from bot.delivery.outbox import Later
from bot.rules.access import Action, require
from bot.rules.acts import Act, Intent
from bot.rules.notices import InGroups, Notable, Oversight
from bot.rules.reminders import Sort, Timetable
from bot.rules.requests import Requested
from bot.services import calendars, escalation, groups, weekly, weeks
from bot.services import requests as request_services
from bot.services.calendars import CALENDAR, Deadlines, plan_calendars
from bot.services.reminding import (
    DAY,
    DIGEST,
    TELLERS,
    Almanac,
    Holidays,
    Reading,
    chat_closed,
    chat_moved,
    content,
    day_told,
    given_up,
    keep,
    plan_evening,
    plan_figures,
    plan_line,
    plan_morning,
    plan_own,
    plan_unheard,
    plan_unit,
    plan_weekly,
    reminded,
)
from bot.services.shelf import Shelf
from bot.services.weekly import WEEK, WeekTold, plan_week
from bot.views.calendar_file import calendar_screen
from bot.views.groups import group_screen
from bot.views.oversight import oversight_screen
from bot.views.pictures.shown import week_screen
from bot.views.reminding import (
    day_screen,
    difficulty_prompt,
    digest_screen,
    figure_prompt,
    notice_screen,
    percent_prompt,
)
from bot.views.reporting import closed_question
from bot.views.requests import notice_screen as request_screen
from bot.views.screen import About, Screen
from handlers import prompts, reporting
from handlers.buttons import Press
from handlers.context import Ctx, Desk, change, keyboard_of, words_for
from handlers.looking import looked_screen
from storage.dialogues import Message, write_message
from storage.outbox import NewNotice, Notice
from storage.people import newest_post
from storage.plan_writes import chunks
from storage.reminders import reminder_waits, zones

log = logging.getLogger(__name__)

CHUNK = 500  # notices written in one transaction
Plan = Callable[[Session, Shelf, Almanac, datetime], list[NewNotice] | None]
When = Callable[[Timetable], time]


def _morning(table: Timetable) -> time:
    return table.digest_at


# Each kind of notice that leaves by itself: from what local time on, and what plans it.
PLANS: Mapping[str, tuple[When, Plan]] = {
    DIGEST: (_morning, plan_morning),
    Sort.UNIT: (_morning, plan_unit),
    Sort.OFFICE: (_morning, plan_unheard),
    WEEK: (_morning, plan_week),
    Sort.WEEK: (_morning, plan_weekly),
    groups.GROUP_WEEK: (_morning, groups.plan_groups),
    CALENDAR: (_morning, plan_calendars),
    Sort.FIGURES: (lambda table: table.waking(table.figures_at), plan_figures),
    Sort.LINE: (lambda table: table.waking(table.week_ends_at), plan_line),
    DAY: (lambda table: table.day_report_at, plan_evening),
}


@dataclass
class Rounds:
    """What this process has planned already: a saving only, the database knows for certain."""

    almanac: Almanac
    planned: set[tuple[date, str, str]] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    newest_post: int = 0  # the newest post that the digests were planned with

    @property
    def almanacs(self) -> list[Almanac]:
        """The deployment's almanac, then one for each other zone that somebody lives by."""
        others = sorted(set(self.almanac.abroad.values()) - {self.almanac.zone}, key=lambda zone: zone.key)
        return [self.almanac, *(self.almanac.seen_from(zone) for zone in others)]


def rounds_of(desk: Desk) -> Rounds:
    """The process's rounds, begun with the first look."""
    known = desk.extras.get("rounds")
    if not isinstance(known, Rounds):
        known = Rounds(Almanac(Holidays(desk.settings.country), desk.settings.timetable, desk.settings.zone))
        desk.extras["rounds"] = known
    return known


async def tick(desk: Desk) -> None:
    """Write the notices that are due by now into the outbox. Cheap where nothing is due; safe to repeat."""
    rounds = rounds_of(desk)
    async with rounds.lock:
        now = desk.clock.now()
        await _look_abroad(desk, rounds)
        await _look_for_newcomers(desk, rounds)
        for almanac in rounds.almanacs:
            for kind in PLANS:
                await _plan(desk, rounds, almanac, kind, now)
        if await desk.store.read(reminder_waits, now):
            await desk.store.write(plan_own, rounds.almanac, now)
    desk.notify()


async def _look_abroad(desk: Desk, rounds: Rounds) -> None:
    """Who lives by another clock."""
    abroad = {person: ZoneInfo(zone) for person, zone in (await desk.store.read(zones)).items()}
    if abroad != rounds.almanac.abroad:
        rounds.almanac = replace(rounds.almanac, abroad=abroad)


async def _look_for_newcomers(desk: Desk, rounds: Rounds) -> None:
    """Who came in after the morning's reminders gets theirs as well; nobody gets a second one (the outbox knows)."""
    newest = await desk.store.read(newest_post)
    if newest != rounds.newest_post:
        rounds.newest_post = newest
        rounds.planned = {done for done in rounds.planned if done[1] != DIGEST}


async def _plan(desk: Desk, rounds: Rounds, almanac: Almanac, kind: str, now: datetime) -> None:
    """Plan one kind of notice, once a day and time zone: everything is read at once, and written in chunks."""
    local, table = almanac.local(now), almanac.table
    when, plan = PLANS[kind]
    done = (local.date(), kind, almanac.zone.key)
    if done in rounds.planned or local.time() < when(table) or not table.awake(local.time()):
        return
    notices = await desk.store.read(plan, desk.shelf, almanac, now)
    if notices is None:
        return
    new = 0
    for some in chunks(notices, CHUNK):
        new += await desk.store.write(keep, some, now)
    rounds.planned.add(done)
    log.info("planned %d notices (%s), %d of them new", len(notices), kind, new)


# ---------------------------------------------------------------- sending


Found = Notable | Requested | WeekTold | Deadlines


def _content(session: Session, reading: Reading, notice: Notice) -> Found | datetime | None:
    """What a notice of any kind says now."""
    tellers = {
        **TELLERS,
        **request_services.TELLERS,
        **weekly.TELLERS,
        **escalation.TELLERS,
        **weeks.TELLERS,
        **calendars.TELLERS,
        **groups.TELLERS,
    }
    return content(session, reading, notice, tellers)


class NoticeDuties:
    """What the sender leaves to us: words, sending, and what to do where a chat is closed, moved or silent."""

    def __init__(self, desk: Desk, bot: ExtBot[None]) -> None:
        self._desk, self._bot = desk, bot

    async def render(self, notice: Notice) -> Screen | Later | None:
        """The notice in words; None where there is nothing left to say."""
        found = await self._desk.store.read(_content, reading_of(self._desk), notice)
        if found is None:
            return None
        if isinstance(found, WeekTold):
            words = words_for(self._desk, found.person.language)
            return week_screen(words, await looked_screen(self._desk, words, found.looked))
        return Later(found) if isinstance(found, datetime) else self._worded(found)

    def _worded(self, found: Notable | Requested | Deadlines) -> Screen:
        words = words_for(self._desk, found.person.language)
        if isinstance(found, Deadlines):
            at, now = rounds_of(self._desk).almanac.table.digest_at, self._desk.clock.now()
            return calendar_screen(words, found.book, found.items, found.calendar, now, at, renewed=True)
        if isinstance(found, Requested):
            return request_screen(words, found)
        if isinstance(found, InGroups):
            return group_screen(words, found)
        return oversight_screen(words, found) if isinstance(found, Oversight) else notice_screen(words, found)

    async def send(self, chat_id: int, words: Screen) -> int:
        """Send it and remember what it is about; returns the message's id."""
        keyboard = keyboard_of(words.rows)
        if words.file:
            file = words.file
            sent = await self._bot.send_document(
                chat_id, file.content, filename=file.name, caption=words.text, parse_mode="HTML", reply_markup=keyboard
            )
        elif words.picture:
            sent = await self._bot.send_photo(
                chat_id, words.picture, caption=words.text, parse_mode="HTML", reply_markup=keyboard
            )
        else:
            sent = await self._bot.send_message(
                chat_id, words.text, parse_mode="HTML", reply_markup=keyboard, message_thread_id=words.thread
            )
        if words.about:
            about = words.about
            kept = Message(chat_id, sent.message_id, about.items, about.reports, about.act)
            await self._desk.store.write(write_message, kept, self._desk.clock.now())
        return sent.message_id

    async def blocked(self, notice: Notice, reason: str) -> None:
        """The chat takes no more messages."""
        if notice.kind == groups.GROUP_WEEK:
            await self._desk.store.write(groups.removed, notice.chat_id, self._today(), self._desk.clock.now())
            return
        await self._desk.store.write(
            chat_closed, notice.chat_id, notice.person_id, self._today(), self._desk.clock.now()
        )

    async def moved(self, notice: Notice, chat_id: int) -> None:
        """The chat has another id now."""
        await self._desk.store.write(chat_moved, notice.chat_id, chat_id)
        await self._desk.store.write(groups.moved, notice.chat_id, chat_id)

    async def given_up(self, notice: Notice, reason: str) -> None:
        """The notice did not arrive, or nobody knows."""
        await self._desk.store.write(given_up, notice, self._today(), self._desk.clock.now())

    def _today(self) -> date:
        return self._desk.clock.today()


def reading_of(desk: Desk) -> Reading:
    """What a notice's words are worked out from, at this moment."""
    return Reading(desk.shelf, rounds_of(desk).almanac, desk.clock.now())


# ---------------------------------------------------------------- under a digest


async def _turned(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """Another page of a digest, as its items stand by now."""
    about, book = ctx.here.about, ctx.here.book
    if about is None or book is None:
        await query.answer(str(closed_question(ctx.words)), show_alert=True)
        return
    since, page = date.fromisoformat(said[0]), int(said[1])
    told = await ctx.desk.store.read(reminded, reading_of(ctx.desk), ctx.person, book, about.items, since)
    await query.answer()
    await change(query, ctx, digest_screen(ctx.words, told, page, About(about.items, about.reports, about.act)))


async def _day_turned(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """Another page of the office's digest."""
    require(ctx.person, Action.REPORT_FOR)
    after, until = (datetime.fromisoformat(s).replace(tzinfo=UTC) for s in said[:2])
    page, book = int(said[2]), ctx.here.book
    assert book is not None
    told = await ctx.desk.store.read(day_told, reading_of(ctx.desk), ctx.person, book, after, until)
    await query.answer()
    await change(query, ctx, day_screen(ctx.words, told, page))


async def _told(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """Done, a figure or a difficulty, said by a button under an item."""
    about, book = ctx.here.about, ctx.here.book
    item = book.plan.item.get(about.items[int(said[1])]) if about and book else None
    if item is None or book is None:
        await query.answer(str(closed_question(ctx.words)), show_alert=True)
        return
    await query.answer()
    match said[0]:
        case "done" if not item.is_target or item.yes_no:
            await reporting.report(update, ctx, [Act(Intent.UPDATE, {"item": item.code, "state": "done"})])
        case "figure" if not item.is_target:
            await prompts.ask(ctx, about.chat_id if about else 0, percent_prompt(ctx.words, book, item))
        case "done" | "figure" | "other":  # a measured target is done by its value
            await prompts.ask(ctx, about.chat_id if about else 0, figure_prompt(ctx.words, book, item))
        case "hard":
            await prompts.ask(ctx, about.chat_id if about else 0, difficulty_prompt(ctx.words, item))
        case percent:
            await reporting.report(update, ctx, [Act(Intent.UPDATE, {"item": item.code, "percent": int(percent)})])


BUTTONS: Mapping[str, Press] = {"digest": _turned, "day": _day_turned, "tell": _told}
