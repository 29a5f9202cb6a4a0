"""Requests: a later deadline, a reminder at a moment of one's own; and short answers to what we have asked about them.

A question keeps its act with its message, so that a button or a reply completes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram import CallbackQuery, Update

from bot.rules.access import Policy
from bot.rules.acts import Act, Intent, Situation
from bot.rules.requests import Alarm, Open, Refused, with_slots
from bot.services.reminding import Reading
from bot.services.requests import Asking, Sent, ask_extension, ask_reminder, decide_extension
from bot.views.reminding import completed_report
from bot.views.reporting import closed_question
from bot.views.requests import (
    alarm_screen,
    completed,
    dropped,
    open_screen,
    refused_screen,
    sent_screen,
    verdict_screen,
)
from bot.views.screen import Screen
from handlers import reporting
from handlers.buttons import Press
from handlers.context import Ctx, change, moment_of, show
from handlers.notices import rounds_of

ANSWERS: Mapping[Intent, frozenset[str]] = {
    Intent.EXTEND: frozenset({"date", "reason"}),
    Intent.REMIND: frozenset({"date", "time", "in_minutes"}),
}


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
            return alarm_screen(ctx.words, book, found, reading.today)
        case Open():
            return open_screen(ctx.words, book, found, reading.today)
        case Refused():
            return refused_screen(ctx.words, book, found)


async def _show(update: Update, ctx: Ctx, screen: Screen) -> None:
    await show(update, ctx, screen, reply=True)


# ---------------------------------------------------------------- answers to what we asked


async def replied(update: Update, ctx: Ctx) -> bool:
    """Whether the message is a reply to a question of ours that it answers; then it has been carried out."""
    asked = ctx.here.about.act if ctx.here.about else None
    message, book = update.message, ctx.here.book
    if asked is None or message is None or not message.text or book is None:
        return False
    if asked.intent is Intent.UPDATE and asked.slots.get("asks"):
        return await _reported(update, ctx, asked, message.text)
    if asked.intent in ANSWERS:
        return await _completed(update, ctx, asked, message.text)
    return False


async def _completed(update: Update, ctx: Ctx, asked: Act, text: str) -> bool:
    """A day or a time, as said or read as the rest of a sentence, completes what was asked for."""
    for said in (text, completed(ctx.words, asked, text)):
        for act in await _read(update, ctx, asked, said):
            slots = {k: v for k, v in act.slots.items() if k in ANSWERS[asked.intent]}
            if act.slots.get("item", asked.slots.get("item")) != asked.slots.get("item"):
                return False  # about something else: a message like any other
            if act.intent is asked.intent and slots.keys() - {"reason"}:
                await _show(update, ctx, await _carried(update, ctx, with_slots(asked, **slots)))
                return True
    return False


async def _reported(update: Update, ctx: Ctx, asked: Act, text: str) -> bool:
    """A figure or a difficulty that we asked for; what is clearly something else is not taken for it."""
    assert ctx.here.book is not None
    acts = await _read(update, ctx, asked, text)
    if acts and all(a.intent is Intent.UPDATE and asked.slots["asks"] in _said(a) for a in acts):
        await reporting.report(update, ctx, acts)
        return True
    if any(a.sure and a.intent not in (Intent.UPDATE, Intent.NONE, Intent.SMALLTALK) for a in acts):
        return False
    if asked.slots["asks"] == "difficulty":
        act = Act(Intent.UPDATE, {"item": asked.slots["item"], "difficulty": text})
        await reporting.report(update, ctx, [act])
        return True
    again = await _read(update, ctx, asked, completed_report(ctx.here.book.plan.item[asked.slots["item"]], text))
    if not any("figure" in _said(a) for a in again if a.intent is Intent.UPDATE):
        return False
    await reporting.report(update, ctx, again)
    return True


def _said(act: Act) -> set[str]:
    """What a report says, in the words of our questions."""
    figures = {"percent", "value", "state"} & act.slots.keys()
    words = {"difficulty", "proposal"} & act.slots.keys()
    return ({"figure"} if figures else set()) | ({"difficulty"} if words else set())


async def _read(update: Update, ctx: Ctx, asked: Act, text: str) -> list[Act]:
    book = ctx.here.book
    assert book is not None
    reader = await ctx.desk.reader(book.plan)
    now = ctx.desk.clock.local(moment_of(ctx, update))
    acts = reader.read(text, Situation(now, ctx.person.home, asked.slots.get("item"), asked)).acts
    return [replace(act, slots={k: v for k, v in act.slots.items() if v is not None}) for act in acts]


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
    times = ANSWERS[Intent.REMIND] if "time" in slots else frozenset()
    known = {k: v for k, v in asked.slots.items() if k not in times}
    return with_slots(replace(asked, slots=known), **slots)


async def _decided(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """Approve or Refuse under the office's card."""
    desk, request_id = ctx.desk, int(said[1])
    at = desk.clock.now()
    approve = said[0] == "yes"
    verdict = await desk.store.write(decide_extension, ctx.person, request_id, approve, at, desk.clock.today())
    if verdict is None:
        await query.answer(str(closed_question(ctx.words)), show_alert=True)
        return
    desk.notify()
    book = await desk.store.read(desk.shelf.book, desk.clock.today())
    await query.answer()
    await change(query, ctx, verdict_screen(ctx.words, book, verdict))


BUTTONS: Mapping[str, Press] = {"want": _wanted, "extension": _decided}
