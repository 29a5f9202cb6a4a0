"""Calendars: one's own deadlines as a file, and the office's working days."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from telegram import Update

from bot.rules.access import Action, may, require
from bot.services.calendars import deadlines, own_days, say_of_day
from bot.views import holidays as views
from bot.views.calendar_file import calendar_screen
from handlers.context import Ctx, show
from handlers.door import needs_plan
from handlers.joining import Command
from handlers.notices import reading_of, rounds_of

CHANGE = re.compile(
    r"^(?P<word>\D+?)\s+(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})(?:[/.-](?P<year>\d{4}))?\s*(?P<note>.*)$"
)


async def calendar(update: Update, ctx: Ctx) -> None:
    """`/calendar`: the person's deadlines as a file."""
    if await needs_plan(update, ctx):
        return
    desk = ctx.desk
    found = await desk.store.write(deadlines, reading_of(desk), ctx.person)
    at = rounds_of(desk).almanac.table.digest_at
    now = desk.clock.now()
    screen = calendar_screen(ctx.words, found.book, found.items, found.calendar, now, at, renewed=False)
    await show(update, ctx, screen)


async def holidays(update: Update, ctx: Ctx) -> None:
    """`/holidays` shows the days off; with a change (the office), sets one."""
    message, desk = update.message, ctx.desk
    given = (message.text or "").partition(" ")[2].strip() if message else ""
    if given:
        await _change(update, ctx, given)
        return
    almanac, own = rounds_of(desk).almanac, await desk.store.read(own_days)
    change = may(ctx.person, Action.CALENDAR)
    await show(
        update, ctx, views.holidays_screen(ctx.words, desk.clock.today(), almanac.holiday, own, may_change=change)
    )


async def _change(update: Update, ctx: Ctx, given: str) -> None:
    require(ctx.person, Action.CALENDAR)
    desk = ctx.desk
    found = CHANGE.match(_ascii_digits(given))
    meant = _meant(ctx, found["word"]) if found else None
    day = _day(found, desk.clock.today()) if found else None
    if found is None or meant is None or day is None:
        await show(update, ctx, views.not_read(ctx.words))
        return
    working = views.MEANT[meant]
    await desk.store.write(say_of_day, ctx.person, day, working, found["note"].strip(), desk.clock.now())
    await show(update, ctx, views.day_set(ctx.words, day, working))


def _meant(ctx: Ctx, word: str) -> str | None:
    """Which of the three words it is, in any language."""
    wanted = unicodedata.normalize("NFC", word).casefold().strip()
    for words in ctx.desk.words.values():
        for name in views.MEANT:
            if str(words.say(name).unescape()).casefold() == wanted:
                return name
    return None


def _day(found: re.Match[str], today: date) -> date | None:
    """The day; without a year this year's, or the next one's where that has passed."""
    try:
        day = date(int(found["year"] or today.year), int(found["month"]), int(found["day"]))
        return day if found["year"] or day >= today else day.replace(year=today.year + 1)
    except ValueError:
        return None


def _ascii_digits(text: str) -> str:
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)


COMMANDS: Mapping[str, Command] = {"calendar": calendar, "holidays": holidays}
