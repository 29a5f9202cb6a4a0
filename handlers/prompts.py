"""What we ask for in words: a figure, a difficulty, what a report should say; and the answers to that.

A reply answers the prompt that it replies to. A text that replies to nothing answers the newest prompt of the chat, for
some minutes, unless it is clearly something else: then it is read as that, and the prompt goes on waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from telegram import CallbackQuery, ForceReply, Update

from bot.rules.acts import ACTIONS, Act, Intent, Situation
from bot.rules.record import State
from bot.rules.reporting import ANSWER_WITHIN
from bot.views.reminding import as_difficulty, completed_report
from bot.views.reporting import closed_question, edit_prompt
from bot.views.screen import Prompt, asks_for
from handlers import reporting
from handlers.context import Ctx, keyboard_of, moment_of
from storage.dialogues import Message, write_prompt

FIGURES = frozenset({"percent", "value", "state"})
WORDS = frozenset({"difficulty", "proposal"})
TELLS = {"figure": FIGURES, "difficulty": WORDS, "report": FIGURES | WORDS, "edit": FIGURES | WORDS}
NEVER_SENT = 0  # no message of its own: the card has asked
WHOLE = 0.7  # share of an answer that must be found again in what it is cut into


async def ask(ctx: Ctx, chat_id: int, prompt: Prompt) -> None:
    """Send a prompt, and remember what its answer will be about."""
    at = ctx.desk.clock.now()
    field = keyboard_of(prompt.rows) or ForceReply(input_field_placeholder=prompt.hint[:64] or None)
    sent = await ctx.bot.send_message(chat_id, prompt.text, parse_mode="HTML", reply_markup=field)
    about = prompt.about
    kept = Message(chat_id, sent.message_id, about.items, about.reports, about.act)
    await ctx.desk.store.write(write_prompt, kept, at)


async def pressed_edit(query: CallbackQuery, update: Update, ctx: Ctx, _: list[str]) -> None:
    """Edit under a card: asks for the right words; the answer corrects the card's reports."""
    about = ctx.here.about
    if about is None or not about.reports:
        await query.answer(str(closed_question(ctx.words)), show_alert=True)
        return
    await query.answer()
    await ask(ctx, about.chat_id, edit_prompt(ctx.words, about.items, about.reports))


def asking(ctx: Ctx, update: Update) -> Message | None:
    """The prompt that a message answers, if it is an answer: the one replied to, else the one that still waits."""
    here = ctx.here
    if here.about is not None:
        return here.about if _asks(here.about) else None
    if update.message is None or update.message.reply_to_message is not None:
        return None
    if here.prompt is not None and here.dialogue.prompt is not None and _asks(here.prompt):
        since = moment_of(ctx, update) - datetime.fromisoformat(here.dialogue.prompt["at"])
        return here.prompt if since <= ANSWER_WITHIN else None
    return _owed(ctx, update.message.chat_id)


def _owed(ctx: Ctx, chat_id: int) -> Message | None:
    """A measured target was said to be done just before: our card has asked for its value."""
    previous, book = ctx.here.dialogue.previous, ctx.here.book
    if previous is None or previous.intent is not Intent.UPDATE or book is None:
        return None
    item = book.plan.item.get(previous.slots.get("item", ""))
    if item is None or not item.is_target or item.yes_no:
        return None
    if previous.slots.get("state") != State.DONE or "value" in previous.slots:
        return None
    about = asks_for("figure", (item.code,))
    return Message(chat_id, NEVER_SENT, about.items, act=about.act)


def _asks(message: Message) -> bool:
    return message.act is not None and message.act.intent is Intent.UPDATE and "asks" in message.act.slots


async def answered(update: Update, ctx: Ctx) -> bool:
    """Whether the message answers a prompt; then it has been carried out."""
    message, prompt = update.message, asking(ctx, update)
    text = (message.text or message.caption) if message else None
    if prompt is None or not text or ctx.here.book is None:
        return False
    if ctx.desk.answers.read(text) is False and prompt.message_id != NEVER_SENT:
        await reporting.dropped(update, ctx, (ctx.here.dialogue.question or {}).get("id", ""))
        return True
    acts = await _reports(update, ctx, prompt, text)
    if acts:
        await reporting.report(update, ctx, acts, instead_of=prompt.reports)
    return bool(acts)


async def _reports(update: Update, ctx: Ctx, prompt: Message, text: str) -> Sequence[Act]:
    """What the answer reports; nothing where it is about something else, or asks for something."""
    asked = prompt.act
    assert asked is not None
    plain = await heard(update, ctx, asked, text)
    if any(act.slots.get("item", prompt.items[0]) not in prompt.items for act in plain):
        return ()
    words = asked.slots["asks"] == "difficulty"
    is_reply = prompt is ctx.here.about
    theirs = words and (is_reply or not await _is_question(update, ctx, text))
    other = ACTIONS - {Intent.UPDATE} if theirs else frozenset(Intent) - {Intent.UPDATE, Intent.NONE, Intent.SMALLTALK}
    if any(act.sure and act.intent in other for act in plain):
        return ()
    if _tells(plain, asked):
        return plain
    return await _told_words(update, ctx, asked, text) if words else await _told_figure(update, ctx, asked, text)


def _tells(acts: Sequence[Act], asked: Act) -> bool:
    """Whether the acts are reports that say what was asked for, of an item; what was asked for in words is sure."""
    wanted = TELLS[asked.slots["asks"]]
    sure = asked.slots["asks"] in ("report", "edit")
    reports = [a for a in acts if a.intent is Intent.UPDATE and "item" in a.slots and (a.sure or sure)]
    return len(reports) == len(acts) and all(wanted & a.slots.keys() for a in reports)


async def _told_words(update: Update, ctx: Ctx, asked: Act, text: str) -> Sequence[Act]:
    """A difficulty in the leader's words; a proposal in it stands apart where nothing is lost by that."""
    code = asked.slots["item"]
    acts = await heard(update, ctx, asked, as_difficulty(ctx.words, code, text))
    if len(acts) == 1 and acts[0].intent is Intent.UPDATE and acts[0].slots.keys() <= WORDS | {"item"}:
        kept = sum(len(acts[0].slots.get(name, "")) for name in WORDS)
        if kept >= WHOLE * len(text):
            return (replace(acts[0], sure=True),)
    return (Act(Intent.UPDATE, {"item": code, "difficulty": text}),)


async def _told_figure(update: Update, ctx: Ctx, asked: Act, text: str) -> Sequence[Act]:
    """The report that a bare figure stands for; empty where it stands for none."""
    assert ctx.here.book is not None
    item = ctx.here.book.plan.item.get(asked.slots.get("item", ""))
    if item is None:
        return ()
    acts = await heard(update, ctx, asked, completed_report(item, text))
    return [act for act in acts if act.intent is Intent.UPDATE and FIGURES & act.slots.keys()]


async def _is_question(update: Update, ctx: Ctx, text: str) -> bool:
    assert ctx.here.book is not None
    reader = await ctx.desk.reader(ctx.here.book.plan)
    return reader.asks(text, Situation(ctx.desk.clock.local(moment_of(ctx, update)), ctx.person.home))


async def heard(update: Update, ctx: Ctx, asked: Act, text: str) -> list[Act]:
    """A text as an answer to what was asked: read about the item asked about, without empty slots."""
    book = ctx.here.book
    assert book is not None
    reader = await ctx.desk.reader(book.plan)
    now = ctx.desk.clock.local(moment_of(ctx, update))
    acts = reader.read(text, Situation(now, ctx.person.home, asked.slots.get("item"), asked)).acts
    return [replace(act, slots={k: v for k, v in act.slots.items() if v is not None}) for act in acts]
