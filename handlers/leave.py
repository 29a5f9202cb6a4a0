"""Being away and being back, by command or in words; and by which clock somebody lives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from telegram import CallbackQuery, Update

from bot.language.leave import Leave, Leaves
from bot.rules.acts import ACTIONS, Intent, Situation
from bot.services.leave import come_back, go_on_leave, live_by
from bot.views import oversight as views
from handlers.buttons import Press
from handlers.context import Ctx, change, moment_of, show
from handlers.door import needs_plan
from handlers.joining import Command
from handlers.notices import rounds_of

ONE_DAY = timedelta(1)
LOCALES = Path(__file__).parent.parent / "locales"
LENGTH = re.compile(r"\d+ \S+")  # so many days: from when is not said
Period = tuple[date, date]


async def mute(update: Update, ctx: Ctx) -> None:
    """`/mute 30/6`: away until that day; without one, how to say it."""
    if await needs_plan(update, ctx):
        return
    said = _argument(update).replace(".", "/")
    when = await _period(update, ctx, said) if said else None
    if when is None:
        await _ask(update, ctx)
        return
    first, until = when
    await _go(update, ctx, first if first < until else None, until)


async def unmute(update: Update, ctx: Ctx) -> None:
    """`/unmute`: back."""
    was_away = await ctx.desk.store.write(come_back, ctx.person, ctx.desk.clock.now())
    await show(update, ctx, views.back_screen(ctx.words, was_away=was_away))


async def said(update: Update, ctx: Ctx) -> bool:
    """Whether the message says that its writer is away or back ("nghỉ phép đến 30/6"); then that is so."""
    message, book = update.message, ctx.here.book
    told = leaves_of(ctx).read(message.text or "") if message and book else None
    if told is None or await _means_something_else(update, ctx):
        return False
    if not told.away:
        await unmute(update, ctx)
        return True
    when = await _when(update, ctx, told)
    if when is None and told.time and not LENGTH.match(told.time):
        return False
    if when is None:
        await _ask(update, ctx)
    else:
        await _go(update, ctx, None if told.from_now else when[0], when[1])
    return True


async def _ask(update: Update, ctx: Ctx) -> None:
    await show(update, ctx, views.ask_leave(ctx.words, ctx.desk.clock.today() + 7 * ONE_DAY))


async def _when(update: Update, ctx: Ctx, told: Leave) -> Period | None:
    """The time that is named, around the phrase; nothing else may stand before it."""
    if told.before and await _period(update, ctx, told.before) is None:
        return None
    return await _period(update, ctx, told.time) if told.time else None


async def _means_something_else(update: Update, ctx: Ctx) -> bool:
    """Whether the message is a report or a request about an item."""
    message, book = update.message, ctx.here.book
    assert message is not None
    assert book is not None
    reader, now = await ctx.desk.reader(book.plan), ctx.desk.clock.local(moment_of(ctx, update))
    acts = reader.read(message.text or "", Situation(now, ctx.person.home)).acts
    return any(act.intent in ACTIONS and act.slots.keys() & {"item", "candidates", "lang"} for act in acts)


async def _period(update: Update, ctx: Ctx, text: str) -> Period | None:
    """The time that a text names, read as part of a question about due dates."""
    book = ctx.here.book
    assert book is not None
    reader, now = await ctx.desk.reader(book.plan), ctx.desk.clock.local(moment_of(ctx, update))
    acts = reader.read(views.question_of_time(ctx.words, text), Situation(now)).acts
    found = next((a.slots["period"] for a in acts if a.intent is Intent.LIST and a.slots.get("period")), None)
    return None if found is None else (date.fromisoformat(found["from"]), date.fromisoformat(found["to"]))


async def _go(update: Update, ctx: Ctx, first: date | None, until: date) -> None:
    desk, today = ctx.desk, ctx.desk.clock.today()
    if until < today:
        await show(update, ctx, views.leave_refused(ctx.words, until))
        return
    begins = max(first or today, today)
    away = await desk.store.write(go_on_leave, ctx.person, begins, until, desk.clock.now(), today)
    desk.notify()
    shown = views.LeaveShown(begins if begins > today else None, until, away.stand_ins, away.uncovered)
    assert ctx.here.book is not None
    await show(update, ctx, views.leave_screen(ctx.words, ctx.here.book.plan, shown), reply=True)


async def _back(query: CallbackQuery, update: Update, ctx: Ctx, _: list[str]) -> None:
    was_away = await ctx.desk.store.write(come_back, ctx.person, ctx.desk.clock.now())
    await query.answer()
    await change(query, ctx, views.back_screen(ctx.words, was_away=was_away))


def leaves_of(ctx: Ctx) -> Leaves:
    """The words of leave, read once."""
    known = ctx.desk.extras.get("leaves")
    if not isinstance(known, Leaves):
        known = ctx.desk.extras["leaves"] = Leaves.load(LOCALES)
    return known


# ---------------------------------------------------------------- clocks


async def timezone(update: Update, ctx: Ctx) -> None:
    """`/timezone Asia/Dhaka` sets a time zone of one's own, `/timezone -` takes it away, nothing tells which it is."""
    desk, given = ctx.desk, _argument(update)
    names = {name.casefold(): name for name in available_timezones()}
    if given and given != "-" and given.casefold() not in names:
        await show(update, ctx, views.no_such_zone(ctx.words, given))
        return
    almanac = rounds_of(desk).almanac
    zone = almanac.of(ctx.person.id).zone
    if given:
        own = None if given == "-" else names[given.casefold()]
        await desk.store.write(live_by, ctx.person, own, desk.clock.now())
        zone = ZoneInfo(own) if own else almanac.zone
    now = ctx.words.clock(desk.clock.now().astimezone(zone))
    await show(update, ctx, views.zone_screen(ctx.words, zone.key, now, own=zone != almanac.zone))


def _argument(update: Update) -> str:
    """What stands after a command."""
    message = update.message
    return (message.text or "").partition(" ")[2].strip() if message else ""


BUTTONS: Mapping[str, Press] = {"back": _back}
COMMANDS: Mapping[str, Command] = {"mute": mute, "unmute": unmute, "timezone": timezone}
