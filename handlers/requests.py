"""Requests: a later deadline, a reminder at a moment of one's own; and short answers to what we have asked about them.

A question keeps its act with its message, so that a button or a reply completes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from telegram import CallbackQuery, Update

from bot.rules.access import Policy
from bot.rules.acts import Act, Intent
from bot.rules.requests import Alarm, Extension, Open, Outcome, Refused, Sent, with_slots
from bot.services.asking import keep_looked_at
from bot.services.reminding import Reading
from bot.services.requests import Asking, ask_extension, ask_reminder, decide_extension, request_with
from bot.views.reporting import closed_question
from bot.views.requests import (
    alarm_screen,
    completed,
    dropped,
    open_screen,
    other_date_screen,
    refused_screen,
    sent_screen,
    verdict_screen,
)
from bot.views.screen import Screen
from handlers.buttons import Press
from handlers.context import Ctx, change, moment_of, show
from handlers.notices import rounds_of
from handlers.prompts import heard

ANSWERS: Mapping[Intent, frozenset[str]] = {
    Intent.EXTEND: frozenset({"date", "reason"}),
    Intent.REMIND: frozenset({"date", "time", "in_minutes"}),
}
TIMES = frozenset({"date", "time", "in_minutes"})


async def extend(update: Update, ctx: Ctx, act: Act) -> None:
    """Ask the office for a later deadline."""
    await _show(update, ctx, await _carried(update, ctx, act))


async def remind(update: Update, ctx: Ctx, act: Act) -> None:
    """Promise a reminder."""
    await _show(update, ctx, await _carried(update, ctx, act))


async def _carried(update: Update, ctx: Ctx, act: Act) -> Screen:
    """Carry out an `extend` or `remind` act, and say what came of it."""
    desk, book = ctx.desk, ctx.here.book
    assert book is not None
    assert update.effective_chat is not None
    asking = Asking(update.effective_chat.id, moment_of(ctx, update))
    act = _about_message(ctx, act)
    reading = Reading(desk.shelf, rounds_of(desk).almanac, asking.at)
    found: Sent | Alarm | Open | Refused
    if act.intent is Intent.EXTEND:
        found = await desk.store.write(ask_extension, desk.shelf, ctx.person, act, asking, reading.today)
        desk.notify()
    else:
        policy = Policy(leaders_see_all=desk.settings.leaders_see_all)
        found = await desk.store.write(ask_reminder, reading, ctx.person, act, asking, policy)
    match found:
        case Sent():
            return sent_screen(ctx.words, book, found)
        case Alarm():
            leads = any(book.plan.leads(unit, book.plan.item[found.item]) for unit in ctx.person.reporting_units)
            return alarm_screen(ctx.words, book, found, reading.today, listed=leads)
        case Open():
            return open_screen(ctx.words, book, found, reading.today)
        case Refused():
            return refused_screen(ctx.words, book, found)


def _about_message(ctx: Ctx, act: Act) -> Act:
    """Where no item was named, those of the message replied to may be meant."""
    items = ctx.here.about.items if ctx.here.about else ()
    if not items or act.slots.keys() & {"item", "candidates"}:
        return act
    return replace(act, slots={**act.slots, "candidates": list(items)})


async def _show(update: Update, ctx: Ctx, screen: Screen) -> None:
    await show(update, ctx, screen, reply=True)


# ---------------------------------------------------------------- answers to what we asked


async def answered(update: Update, ctx: Ctx) -> bool:
    """Whether the message answers a question of ours about a day or a time; then it has been carried out.

    A reply answers the message replied to; any other message may complete the request made just before.
    """
    message, book = update.message, ctx.here.book
    if message is None or not message.text or book is None:
        return False
    asked = ctx.here.about.act if ctx.here.about else _left_open(ctx.here.dialogue.previous)
    if asked is None:
        return False
    if asked.intent is Intent.EXTEND and "grant" in asked.slots:
        return await _granted(update, ctx, asked, message.text)
    return asked.intent in ANSWERS and await _completed(update, ctx, asked, message.text)


async def ask(update: Update, ctx: Ctx, screen: Screen) -> None:
    """Ask for a day or a time: what is typed next may answer, as a reply or not."""
    assert update.effective_chat is not None
    if screen.about and screen.about.act:
        await ctx.desk.store.write(keep_looked_at, update.effective_chat.id, screen.about.act)
    await show(update, ctx, screen)


def _left_open(previous: Act | None) -> Act | None:
    """The act before, where it is a request that lacks its day or time."""
    if previous is None or previous.intent not in ANSWERS or "item" not in previous.slots:
        return None
    return None if TIMES & previous.slots.keys() else previous


async def _completed(update: Update, ctx: Ctx, asked: Act, text: str) -> bool:
    """A day or a time, as said or read as the rest of a sentence, completes what was asked for."""
    plain = await heard(update, ctx, asked, text)
    if any(act.sure and act.intent not in (asked.intent, Intent.NONE, Intent.SMALLTALK) for act in plain):
        return False
    for act in (*plain, *await heard(update, ctx, asked, completed(ctx.words, asked, text))):
        slots = {k: v for k, v in act.slots.items() if k in ANSWERS[asked.intent]}
        if act.slots.get("item", asked.slots.get("item")) != asked.slots.get("item"):
            return False  # about something else: a message like any other
        if act.intent is asked.intent and TIMES & slots.keys():
            await _show(update, ctx, await _carried(update, ctx, with_slots(asked, **slots)))
            return True
    return False


# ---------------------------------------------------------------- buttons


async def _wanted(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """An answer chosen under a question about a request: item, date, moment, yes, or never mind."""
    asked = ctx.here.about.act if ctx.here.about else None
    if asked is None or asked.intent not in ANSWERS or ctx.here.book is None:
        await query.answer(str(closed_question(ctx.words)), show_alert=True)
        return
    slots = _chosen(said, ctx.here.about.items if ctx.here.about else ())
    if slots is None:
        screen = Screen(dropped(ctx.words))
    else:
        screen = await _carried(update, ctx, _answered(asked, slots))
    await query.answer()
    await change(query, ctx, screen)


def _chosen(said: list[str], items: tuple[str, ...]) -> dict[str, Any] | None:
    """The slots that a button stands for; None for "never mind". Raises ValueError, IndexError for forged data."""
    match said[0]:
        case "item":
            return {"item": items[int(said[1])]}
        case "until":
            return {"date": datetime.fromisoformat(said[1]).date().isoformat()}
        case "at":
            moment = datetime.fromisoformat(":".join(said[1:]))
            return {"date": moment.date().isoformat(), "time": f"{moment:%H:%M}"}
        case "yes":
            return {}
    return None


def _answered(asked: Act, slots: dict[str, Any]) -> Act:
    """The act with the answer; a moment that was chosen overrules whatever time was said before."""
    times = TIMES if "time" in slots else frozenset()
    known = {k: v for k, v in asked.slots.items() if k not in times}
    return with_slots(replace(asked, slots=known), **slots)


async def _decided(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """Approve, Refuse or Another date under the office's card; a date chosen instead."""
    desk, request_id = ctx.desk, int(said[1])
    request = await desk.store.read(request_with, ctx.person, request_id)
    if request is None:
        await query.answer(str(closed_question(ctx.words)), show_alert=True)
        return
    book, today = await desk.store.read(desk.shelf.book, desk.clock.today()), desk.clock.today()
    if said[0] == "other" and request.state is Outcome.PENDING:
        await query.answer()
        await ask(update, ctx, other_date_screen(ctx.words, book, request, today))
        return
    days = {"yes": request.until, "no": None, "on": date.fromisoformat(said[2]) if len(said) > 2 else None}
    screen = await _decide(ctx, request, days.get(said[0]))
    await query.answer()
    await change(query, ctx, screen)


async def _decide(ctx: Ctx, request: Extension, granted: date | None) -> Screen:
    """Decide on a request, and say what came of it."""
    desk = ctx.desk
    today = desk.clock.today()
    verdict = await desk.store.write(decide_extension, ctx.person, request.id, granted, desk.clock.now(), today)
    desk.notify()
    book = await desk.store.read(desk.shelf.book, today)
    if isinstance(verdict, Refused):
        return refused_screen(ctx.words, book, verdict)
    assert verdict is not None  # the request has been read
    return verdict_screen(ctx.words, book, verdict)


async def _granted(update: Update, ctx: Ctx, asked: Act, text: str) -> bool:
    """A date typed by the office instead of the one asked for."""
    request = await ctx.desk.store.read(request_with, ctx.person, int(asked.slots["grant"]))
    plain = replace(asked, slots={"item": asked.slots["item"]})
    for said in (text, completed(ctx.words, plain, text)):
        for act in await heard(update, ctx, plain, said):
            if act.intent is Intent.EXTEND and act.slots.get("date") and request is not None:
                granted = date.fromisoformat(act.slots["date"])
                await _show(update, ctx, await _decide(ctx, request, granted))
                return True
    return False


BUTTONS: Mapping[str, Press] = {"want": _wanted, "extension": _decided}
