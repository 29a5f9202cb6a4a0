"""What people type: read it, carry out its acts one after the other, answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from telegram import Update

from bot.language.misfits import Misfits, misfits
from bot.rules.acts import Act, Intent, Situation, Understood
from bot.rules.questions import QUESTIONS
from bot.rules.reporting import ANSWER_WITHIN
from bot.views.reporting import stands_screen
from handlers import asking, menu, people, prompts, reporting, requests
from handlers.context import Ctx, files_of, moment_of, show
from handlers.door import needs_plan
from storage.dialogues import Message
from storage.record import latest_report_of

Question = Mapping[str, Any]
Carry = Callable[[Update, Ctx, Act], Awaitable[None]]

NAMING = frozenset({Intent.DETAIL, Intent.NONE, Intent.SMALLTALK})  # beside a file: whose it is, and no more
ABOUT_AN_ITEM = frozenset(
    {Intent.UPDATE, Intent.DETAIL, Intent.HISTORY, Intent.OWNER, Intent.DEADLINE, Intent.EXTEND, Intent.REMIND}
)
CARRY_OUT: Mapping[Intent, Carry] = {
    Intent.EXTEND: requests.extend,
    Intent.REMIND: requests.remind,
    Intent.LANGUAGE: people.language,
    Intent.HELP: menu.help_act,
    Intent.SMALLTALK: menu.smalltalk,
    Intent.NONE: menu.not_understood,
}


async def typed(update: Update, ctx: Ctx) -> None:
    """A text, or a photo or file with or without words: an answer to our question, or something new."""
    if await needs_plan(update, ctx):
        return
    message = update.effective_message
    assert message is not None
    text = message.text or message.caption or ""
    if not text and files_of(message):
        await reporting.evidence(update, ctx, ctx.here.about or prompts.asking(ctx, update))
    elif update.edited_message:
        await edited(update, ctx, text)
    elif not await answered(update, ctx, text) and not await denied(update, ctx, text):
        understood = await read(update, ctx, text)
        if files_of(message) and not reporting.reports_of(understood.acts):
            await with_files(update, ctx, understood.acts)
        else:
            await carry_out(update, ctx, understood.acts)


async def edited(update: Update, ctx: Ctx, text: str) -> None:
    """An edit counts where the message reported something; where it reports no more, what it said before stands."""
    about = ctx.here.about
    if about is None or not about.reports:
        return
    understood = await read(update, ctx, text, reply_to=about.items[0] if len(about.items) == 1 else None)
    reports = reporting.reports_of(understood.acts)
    if reports:
        await reporting.edited(update, ctx, reports)
        return
    await carry_out(update, ctx, [act for act in understood.acts if act.intent is not Intent.NONE])
    if not any(act.intent is Intent.UNDO for act in understood.acts):
        await show(update, ctx, stands_screen(ctx.words, about.items, about.reports), reply=True)


async def denied(update: Update, ctx: Ctx, text: str) -> bool:
    """Whether the text only says no to what has just been put on record; then it is offered to be taken back."""
    here = ctx.here
    if here.about or here.dialogue.question or ctx.desk.answers.read(text) is not False:
        return False
    since = moment_of(ctx, update) - ANSWER_WITHIN
    last = await ctx.desk.store.read(latest_report_of, ctx.person.id, since)
    if last is not None:
        await show(update, ctx, stands_screen(ctx.words, (last.item,), (last.id,)), reply=True)
    return last is not None


async def with_files(update: Update, ctx: Ctx, acts: Sequence[Act]) -> None:
    """A photo or file whose words report nothing: evidence for the item that they name or reply to."""
    named = next((str(act.slots["item"]) for act in acts if act.slots.get("item")), None)
    about = ctx.here.about
    if named is not None and not (about and about.reports and named in about.items):
        await reporting.report(update, ctx, [Act(Intent.UPDATE, {"item": named})])
    else:
        await reporting.evidence(update, ctx, about)
    await carry_out(update, ctx, [act for act in acts if act.intent not in NAMING])


async def answered(update: Update, ctx: Ctx, text: str) -> bool:
    """Whether the text answers the question that waits ("the second one", "CT07"); then it has been carried out."""
    question, book = ctx.here.dialogue.choice, ctx.here.book
    if question is None or book is None:
        return False
    readings = [Act.from_json(raw) for raw in question["readings"]]
    if readings[0].intent is Intent.UPDATE and (said := ctx.desk.answers.read(text)) is not None:
        return await _said_yes_or_no(update, ctx, question, readings, said)
    reader = await ctx.desk.reader(book.plan)
    options = [str(act.slots.get("item") or act.slots.get("unit", "")) for act in readings]
    choice = reader.choose(text, options)
    if choice is None or (options.count(options[choice]) > 1 and not _is_ordinal(text, options[choice])):
        return False
    if readings[choice].intent in QUESTIONS:
        await asking.ask(update, ctx, readings[choice])
    else:
        await reporting.choose(update, ctx, question["id"], choice)
    return True


async def _said_yes_or_no(update: Update, ctx: Ctx, question: Question, readings: Sequence[Act], yes: bool) -> bool:
    """Yes takes the likeliest reading where all are of one item; no drops the question."""
    if not yes:
        await reporting.dropped(update, ctx, question["id"])
        return True
    if len({act.slots.get("item") for act in readings}) > 1:
        return False
    await reporting.choose(update, ctx, question["id"], 0)
    return True


def _is_ordinal(text: str, code: str) -> bool:
    """Whether the answer names a place in the list rather than a code that several readings share."""
    return code.casefold() not in text.casefold()


async def read(update: Update, ctx: Ctx, text: str, *, reply_to: str | None = None) -> Understood:
    """What the text means, in the situation that the visit has found."""
    here = ctx.here
    assert here.book is not None
    several = () if update.edited_message else _replied_to(here.about)
    if reply_to is None and len(several) == 1:
        reply_to = several[0]
    # A reply is about the message that it replies to, not about the talk before; even where we do not know that one.
    unknown = here.about is None and bool(update.message and update.message.reply_to_message)
    previous = None if unknown or len(several) > 1 else here.dialogue.previous
    reader = await ctx.desk.reader(here.book.plan)
    now = ctx.desk.clock.local(moment_of(ctx, update))
    understood = reader.read(text, Situation(now, ctx.person.home, reply_to, previous))
    found = misfits(text, here.book.plan)
    acts = tuple(_one_of(_with_misfits(act, found), several) for act in understood.acts)
    return replace(understood, acts=acts)


def _replied_to(about: Message | None) -> tuple[str, ...]:
    """The items of the message replied to."""
    return about.items if about else ()


def _one_of(act: Act, several: tuple[str, ...]) -> Act:
    """A report in reply to a message about several items, naming none: it may be any of them, so it is asked about."""
    if act.intent is not Intent.UPDATE or len(several) < 2 or act.slots.keys() & {"item", "candidates"}:
        return act
    return replace(act, slots={**act.slots, "candidates": list(several)}, sure=False)


def _with_misfits(act: Act, found: Misfits) -> Act:
    """The act with a code that the plan lacks, or a percentage beyond the whole: their answer is a refusal."""
    slots = dict(act.slots)
    if found.code and act.intent is Intent.NONE:
        return Act(Intent.DETAIL, {"item": found.code})
    if found.code and act.intent in ABOUT_AN_ITEM and not slots.keys() & {"item", "candidates"}:
        slots["item"] = found.code
    if found.percent and act.intent is Intent.UPDATE and not slots.keys() & {"percent", "value"}:
        slots["percent"] = found.percent
    return replace(act, slots=slots)


async def carry_out(update: Update, ctx: Ctx, acts: Sequence[Act]) -> None:
    """Reports first, as one card; then everything else in the order said."""
    reports = reporting.reports_of(acts)
    if reports:
        await reporting.report(update, ctx, reports)
    for act in acts:
        if act.intent is Intent.UNDO:
            await undone(update, ctx)
        elif act.intent is not Intent.UPDATE:
            await CARRY_OUT.get(act.intent, asking.ask)(update, ctx, _seen(act))


async def undone(update: Update, ctx: Ctx) -> None:
    """Undo in words: the report that waits for its yes is dropped before one on record is taken back."""
    question = ctx.here.dialogue.choice
    if ctx.here.about is None and question and Act.from_json(question["readings"][0]).intent is Intent.UPDATE:
        await reporting.dropped(update, ctx, question["id"])
    else:
        await reporting.take_back(update, ctx)


def _seen(act: Act) -> Act:
    """The act without slots that are empty."""
    return replace(act, slots={k: v for k, v in act.slots.items() if v is not None})
