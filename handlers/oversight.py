"""Oversight: the office's urge, pages of what is silent, the week and missing figures; and putting an item off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from telegram import CallbackQuery, Update

from bot.rules.access import Action, may, may_report, require
from bot.rules.acts import Act, Intent
from bot.rules.notices import FiguresAsked, Unheard
from bot.rules.reminders import month_ending, owes_figure
from bot.rules.requests import snoozes
from bot.services.escalation import UrgeSent, still_unheard, urge
from bot.services.weeks import week_begun
from bot.views.oversight import figures_screen, unheard_screen, urge_refused, urge_sent, week_screen
from bot.views.reminding import later_screen
from bot.views.reporting import closed_question
from bot.views.screen import About
from handlers import requests
from handlers.buttons import Press
from handlers.context import Ctx, change
from handlers.notices import reading_of, rounds_of
from storage.dialogues import Message


async def _urge(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """The office urges the units of an item, by its place in the message."""
    about, book, desk = ctx.here.about, ctx.here.book, ctx.desk
    if about is None or book is None or about.items[int(said[0])] not in book.plan.item:
        await _closed(query, ctx)
        return
    code = about.items[int(said[0])]
    found = await desk.store.write(urge, reading_of(desk), ctx.person, code)
    if isinstance(found, UrgeSent):
        desk.notify()
        text = urge_sent(ctx.words, code, found.people)
    else:
        when = ctx.words.clock(desk.clock.local(found.last)) if found.last else ""
        text = urge_refused(ctx.words, code, found.why, when)
    await query.answer(str(text.unescape())[:200], show_alert=True)


async def _unheard(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """Another page of what is overdue and silent, as the office sees it."""
    require(ctx.person, Action.DECIDE)
    await _silence(query, ctx, int(said[0]), urging=True)


async def _silent(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """The same as the unit's other people see it."""
    await _silence(query, ctx, int(said[0]), urging=False)


async def _silence(query: CallbackQuery, ctx: Ctx, page: int, *, urging: bool) -> None:
    about, book, desk = ctx.here.about, ctx.here.book, ctx.desk
    if about is None or book is None:
        await _closed(query, ctx)
        return
    found = await desk.store.read(still_unheard, reading_of(desk), list(about.items))
    await query.answer()
    told = Unheard(ctx.person, book, desk.clock.today(), found, urging)
    await change(query, ctx, unheard_screen(ctx.words, told, page, _about(about)))


async def _week(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """Another page of the week's digest, as things stand now."""
    require(ctx.person, Action.ASK_OTHERS)
    about, book, desk = ctx.here.about, ctx.here.book, ctx.desk
    if about is None or book is None:
        await _closed(query, ctx)
        return
    since, chair, page = date.fromisoformat(said[0]), int(said[1]), int(said[2])
    told = await desk.store.read(week_begun, reading_of(desk), ctx.person, book, since, list(about.items[:chair]))
    await query.answer()
    await change(query, ctx, week_screen(ctx.words, told, page))


async def _figures(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """Another page of the targets whose figure is missing, without those that have come in."""
    about, book, desk = ctx.here.about, ctx.here.book, ctx.desk
    today = desk.clock.today()
    last = month_ending(today, await desk.store.read(rounds_of(desk).almanac.calendar))
    if about is None or book is None or last is None:
        await _closed(query, ctx)
        return
    items = (book.plan.item[c] for c in about.items if c in book.plan.item)
    owed = tuple(i.code for i in items if owes_figure(i, book.facts_on(i.code), last))
    await query.answer()
    told = FiguresAsked(ctx.person, book, today, last, owed)
    await change(query, ctx, figures_screen(ctx.words, told, int(said[0]), _about(about)))


async def _later(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """Put an item off: when shall it come again? `extend` asks for a later deadline instead."""
    about, book, desk = ctx.here.about, ctx.here.book, ctx.desk
    place = 0 if said[0] == "extend" else int(said[0])
    item = book.plan.item.get(about.items[place]) if about and book else None
    if item is None or book is None:
        await _closed(query, ctx)
        return
    await query.answer()
    if said[0] == "extend":
        await requests.extend(update, ctx, Act(Intent.EXTEND, {"item": item.code}))
        return
    almanac = rounds_of(desk).almanac.of(ctx.person.id)
    calendar = await desk.store.read(almanac.calendar)
    now = almanac.local(desk.clock.now())
    extend = (
        item.approved_due is not None and may(ctx.person, Action.EXTEND) and may_report(ctx.person, item, book.plan)
    )
    moments = snoozes(item, now, almanac.table, calendar)
    await requests.ask(update, ctx, later_screen(ctx.words, item, moments, extend=extend))


async def _closed(query: CallbackQuery, ctx: Ctx) -> None:
    await query.answer(str(closed_question(ctx.words)), show_alert=True)


def _about(message: Message) -> About:
    return About(message.items, message.reports, message.act)


BUTTONS: Mapping[str, Press] = {
    "urge": _urge,
    "unheard": _unheard,
    "silent": _silent,
    "weekly": _week,
    "figures": _figures,
    "later": _later,
}
