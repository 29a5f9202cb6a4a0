"""Asking: every question about the plan, answered from the record; lists are turned and opened in the same message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from telegram import CallbackQuery, Update

from bot.rules.access import Policy
from bot.rules.acts import Act, Intent
from bot.rules.answers import Answered, Detailed, Pick, Ranked, Summed
from bot.rules.questions import QUESTIONS, said
from bot.services.asking import answer_question, keep_asked, keep_looked_at
from bot.views.asking import answer_screen, no_such_format, report_prompt
from bot.views.pictures.shown import with_picture_button
from bot.views.reporting import closed_question
from bot.views.screen import Screen
from handlers import looking, prompts
from handlers.buttons import Press
from handlers.context import Ctx, change, show

Carry = Callable[[Update, Ctx, Act], Awaitable[None]]

PICTURED = (Summed, Ranked, Detailed)  # answers that have a picture
KEPT_FOR_LISTS = ("kind", "unit", "mine", "period", "pillar")


async def ask(update: Update, ctx: Ctx, act: Act) -> None:
    """Answer one question that was typed, and remember it for what is asked next."""
    if act.intent is Intent.EXPORT:
        await _export(update, ctx, act)
        return
    answered = await _answered(ctx, act)
    chat, message = update.effective_chat, update.effective_message
    assert chat is not None
    assert message is not None
    await ctx.desk.store.write(keep_asked, chat.id, answered, f"q{message.message_id}")
    if not (isinstance(answered.answer, Summed) and await looking.pictured(update, ctx, answered.act)):
        await show(update, ctx, _worded(ctx, answered), reply=update.message is not None)


def _worded(ctx: Ctx, answered: Answered) -> Screen:
    """The answer in words, with the way to its picture where it has one."""
    screen = answer_screen(ctx.words, answered)
    return with_picture_button(ctx.words, screen) if isinstance(answered.answer, PICTURED) else screen


async def _answered(ctx: Ctx, act: Act) -> Answered:
    """Today's figures, even where the question has waited since yesterday."""
    desk, policy = ctx.desk, Policy(leaders_see_all=ctx.desk.settings.leaders_see_all)
    return await desk.store.read(answer_question, desk.shelf, ctx.person, act, desk.clock.today(), policy)


# ---------------------------------------------------------------- buttons


async def _page(query: CallbackQuery, update: Update, ctx: Ctx, data: list[str]) -> None:
    """Another page of the same answer, with today's figures."""
    act = _act_here(ctx)
    await _turn(query, update, ctx, act and _with(act, page=int(data[0])))


async def _item(query: CallbackQuery, update: Update, ctx: Ctx, data: list[str]) -> None:
    """Everything on one item: in place of the answer that named it, else (under a notice) as a message of its own."""
    opened_from = _act_here(ctx)
    slots: dict[str, Any] = {"item": data[0]}
    if opened_from is None:
        await query.answer()
        act = Act(Intent.DETAIL, slots)
        answered = await _answered(ctx, act)
        await _looked_at(ctx, query, act)
        await show(update, ctx, _worded(ctx, answered))
        return
    await _turn(query, update, ctx, Act(Intent.DETAIL, {**slots, "back": opened_from.as_json()}))


async def _nth(query: CallbackQuery, update: Update, ctx: Ctx, data: list[str]) -> None:
    """The same for an item whose code is too long for a button: by its place in the message."""
    about = ctx.here.about
    await _item(query, update, ctx, [about.items[int(data[0])] if about else ""])


async def _history(query: CallbackQuery, update: Update, ctx: Ctx, _: list[str]) -> None:
    """The reports on the item that the message is about."""
    act = _act_here(ctx)
    slots = {"item": act.slots.get("item"), "back": act.as_json()} if act else {}
    await _turn(query, update, ctx, act and Act(Intent.HISTORY, slots))


async def _part(query: CallbackQuery, update: Update, ctx: Ctx, data: list[str]) -> None:
    """The items behind a number: a list with the same filters."""
    act = _act_here(ctx)
    if act is None:
        await _turn(query, update, ctx, None)
        return
    slots: dict[str, Any] = {k: act.slots[k] for k in KEPT_FOR_LISTS if act.slots.get(k)}
    if act.intent is Intent.SUMMARY:
        slots.pop("period", None)  # a summary counts how things stand, whenever they are due
    if data[0] != "all":
        slots["state"] = str(Pick(data[0]))
    await _turn(query, update, ctx, Act(Intent.LIST, {**slots, "back": act.as_json()}))


async def _up(query: CallbackQuery, update: Update, ctx: Ctx, _: list[str]) -> None:
    """Back to what this was opened from."""
    act = _act_here(ctx)
    back: Mapping[str, Any] | None = act.slots.get("back") if act else None
    await _turn(query, update, ctx, Act.from_json(back) if back else None)


async def _which(query: CallbackQuery, update: Update, ctx: Ctx, data: list[str]) -> None:
    """One of the items or units that fit."""
    act, book = _act_here(ctx), ctx.here.book
    if act is None or book is None:
        await _turn(query, update, ctx, None)
        return
    code = act.slots.get("candidates", [])[int(data[0])]
    slots = {k: v for k, v in act.slots.items() if k != "candidates"}
    slots["item" if code in book.plan.item else "unit"] = code
    await _turn(query, update, ctx, Act(act.intent, slots))


async def _report(query: CallbackQuery, update: Update, ctx: Ctx, _: list[str]) -> None:
    """Asks for a report on the item that the message is about; the reply is the report."""
    act, book = _act_here(ctx), ctx.here.book
    code = act.slots.get("item") if act else None
    if book is None or code not in book.plan.item or query.message is None:
        await query.answer(str(closed_question(ctx.words)), show_alert=True)
        return
    await query.answer()
    await prompts.ask(ctx, query.message.chat.id, report_prompt(ctx.words, book.plan, str(code)))


def _act_here(ctx: Ctx) -> Act | None:
    """The question that the message under the button answers; None where it answers none."""
    act = ctx.here.about.act if ctx.here.about else None
    return act if act and act.intent in QUESTIONS - {Intent.EXPORT} else None


def _with(act: Act, **slots: Any) -> Act:
    return Act(act.intent, {**act.slots, **slots}, act.sure)


async def _turn(query: CallbackQuery, update: Update, ctx: Ctx, act: Act | None) -> None:
    """Answer `act` in place of the message that was pressed under; None where the button leads nowhere any more."""
    if act is None:
        await query.answer(str(closed_question(ctx.words)), show_alert=True)
        return
    answered = await _answered(ctx, act)
    await query.answer()
    await _looked_at(ctx, query, act)
    await change(query, ctx, _worded(ctx, answered))


async def _looked_at(ctx: Ctx, query: CallbackQuery, act: Act) -> None:
    assert query.message is not None
    await ctx.desk.store.write(keep_looked_at, query.message.chat.id, said(act))


# ---------------------------------------------------------------- files


def _files() -> Mapping[str, Carry]:
    """The files that can be had now, by the contract's name of the format."""
    from handlers import plan_file  # it reads captions as texts, and texts ask here

    return {
        "xlsx": plan_file.export_act,
        "pdf": looking.pdf_act,
        "docx": looking.docx_act,
        "chart": looking.chart_act,
    }


async def _export(update: Update, ctx: Ctx, act: Act) -> None:
    """Send the file asked for; where there is no such kind of file yet, say which there is."""
    chat, files = update.effective_chat, _files()
    assert chat is not None
    await ctx.desk.store.write(keep_looked_at, chat.id, act)
    wanted = act.slots.get("format") or next(iter(files))
    if wanted in files:
        await files[wanted](update, ctx, act)
    else:
        await show(update, ctx, no_such_format(ctx.words, wanted, act), reply=True)


async def _send(query: CallbackQuery, update: Update, ctx: Ctx, data: list[str]) -> None:
    await query.answer()
    act = _act_here(ctx)
    slots = {k: v for k, v in act.slots.items() if k in KEPT_FOR_LISTS} if act else {}
    await _export(update, ctx, Act(Intent.EXPORT, {**slots, "format": data[0]}))


BUTTONS: Mapping[str, Press] = {
    "page": _page,
    "item": _item,
    "nth": _nth,
    "hist": _history,
    "part": _part,
    "up": _up,
    "which": _which,
    "report": _report,
    "export": _send,
}
