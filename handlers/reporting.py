"""Reporting: what a leader says of an item goes on record, is asked about, corrected, taken back, and proven."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from telegram import CallbackQuery, Update

from bot.rules.acts import Act, Intent
from bot.rules.reporting import Filed
from bot.services.reporting import add_evidence, answer, drop_question, edit_reports, file_reports, undo
from bot.views.items import figure
from bot.views.reporting import (
    closed_question,
    filed_screen,
    nothing_recorded,
    undone_screen,
    which_report,
)
from bot.views.screen import Screen
from handlers.context import Ctx, change, show, source_of
from storage.dialogues import Message


async def report(update: Update, ctx: Ctx, acts: Sequence[Act], *, instead_of: tuple[str, ...] = ()) -> None:
    """Put the `update` acts of a message on record (`instead_of` the reports of these ids), and show the card."""
    desk, source = ctx.desk, source_of(ctx, update)
    if instead_of:
        filed = await desk.store.write(edit_reports, desk.shelf, ctx.person, acts, source, instead_of)
    else:
        filed = await desk.store.write(file_reports, desk.shelf, ctx.person, acts, source)
    await show(update, ctx, _card(ctx, filed), reply=True)
    desk.notify()


async def edited(update: Update, ctx: Ctx, acts: Sequence[Act]) -> None:
    """An edited message corrects what it reported before."""
    desk, about = ctx.desk, ctx.here.about
    uids = about.reports if about else ()
    filed = await desk.store.write(edit_reports, desk.shelf, ctx.person, acts, source_of(ctx, update), uids)
    if filed.lines or filed.asked or filed.refused:
        await show(update, ctx, _card(ctx, filed), reply=True)
        desk.notify()


async def take_back(update: Update, ctx: Ctx) -> None:
    """Undo in words: the report replied to, else the last one."""
    desk, about = ctx.desk, ctx.here.about
    undone = await desk.store.write(
        undo, desk.shelf, ctx.person, source_of(ctx, update), about.reports if about else ()
    )
    assert ctx.here.book is not None
    await show(update, ctx, undone_screen(ctx.words, ctx.here.book.plan, undone), reply=True)


async def pressed_undo(query: CallbackQuery, update: Update, ctx: Ctx) -> None:
    """Undo under a card: takes back what that card put on record."""
    desk, about = ctx.desk, ctx.here.about
    if about is None or not about.reports:
        await query.answer(str(closed_question(ctx.words)), show_alert=True)
        return
    undone = await desk.store.write(undo, desk.shelf, ctx.person, source_of(ctx, update), about.reports)
    assert ctx.here.book is not None
    await query.answer()
    await show(update, ctx, undone_screen(ctx.words, ctx.here.book.plan, undone), reply=True)
    if undone.lines:
        await query.edit_message_reply_markup(None)


async def pressed_reading(query: CallbackQuery, update: Update, ctx: Ctx, question: str, choice: int) -> None:
    """A reading chosen under a question: it is carried out as if it had been said so."""
    await query.answer()
    await choose(update, ctx, question, choice)


async def choose(update: Update, ctx: Ctx, question: str, choice: int) -> None:
    """Carry out a chosen reading, pressed or typed."""
    desk = ctx.desk
    filed = await desk.store.write(answer, desk.shelf, ctx.person, source_of(ctx, update), question, choice)
    screen = Screen(closed_question(ctx.words)) if filed is None else _card(ctx, filed)
    if update.callback_query:
        await change(update.callback_query, ctx, screen)
    else:
        await show(update, ctx, screen, reply=True)
    desk.notify()


async def pressed_none(query: CallbackQuery, ctx: Ctx, question: str) -> None:
    """None of the readings: the question is dropped, nothing is written."""
    assert query.message is not None
    await ctx.desk.store.write(drop_question, query.message.chat.id, question)
    await query.answer()
    await change(query, ctx, Screen(nothing_recorded(ctx.words)))


async def dropped(update: Update, ctx: Ctx, question: str) -> None:
    """The same in words."""
    assert update.effective_chat is not None
    await ctx.desk.store.write(drop_question, update.effective_chat.id, question)
    await show(update, ctx, Screen(nothing_recorded(ctx.words)), reply=True)


def _card(ctx: Ctx, filed: Filed) -> Screen:
    book = ctx.here.book
    assert book is not None
    known = Markup("")
    if filed.asked and (code := filed.asked.readings[0].slots.get("item")):
        known = figure(ctx.words, book.plan.item[code], book.facts_on(code))
    return filed_screen(ctx.words, book.plan, filed, known)


async def evidence(update: Update, ctx: Ctx, about: Message | None) -> None:
    """A photo or file without words: it belongs to the report, or to the one item, of the message that it answers."""
    desk, book = ctx.desk, ctx.here.book
    assert book is not None
    source = source_of(ctx, update)
    if about and about.reports:
        line = await desk.store.write(add_evidence, desk.shelf, ctx.person, source, about.reports[-1])
        filed = Filed(lines=(line,) if line else ())
    elif about and len(about.items) == 1:
        acts = [Act(Intent.UPDATE, {"item": about.items[0]})]
        filed = await desk.store.write(file_reports, desk.shelf, ctx.person, acts, source)
    else:
        await show(update, ctx, Screen(which_report(ctx.words)), reply=True)
        return
    await show(update, ctx, _card(ctx, filed), reply=True)


def reports_of(acts: Sequence[Act]) -> list[Act]:
    """The acts of a message that report."""
    return [act for act in acts if act.intent is Intent.UPDATE]
