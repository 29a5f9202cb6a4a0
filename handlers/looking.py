"""Looking rather than reading: answers as pictures, with the same figures in the caption."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from telegram import CallbackQuery, InputMediaPhoto, Message, Update
from telegram.constants import ChatAction

from bot.rules.access import Policy
from bot.rules.acts import Act, Intent
from bot.rules.answers import Period, Unanswered
from bot.rules.figures import Card
from bot.rules.plan import Plan
from bot.rules.questions import period_of
from bot.services.live import make_link
from bot.services.looking import Looked, convene, look
from bot.views.live import live_screen, no_live_page, with_live_button
from bot.views.meeting.paper import Paper
from bot.views.meeting.print import paper_sheet
from bot.views.meeting.report import making_report, meeting_paper, report_made, report_screen
from bot.views.pictures.press import Press
from bot.views.pictures.shown import DARK, picture_screen, sheet_of
from bot.views.reporting import closed_question
from bot.views.screen import Screen
from bot.views.words import Words
from handlers.buttons import Press as Pressed
from handlers.context import Ctx, Desk, change, keyboard_of, remember, show
from handlers.joining import Command

PICTURED = frozenset({Intent.SUMMARY, Intent.RANKING, Intent.DETAIL})


def press_of(desk: Desk) -> Press:
    """The process's press, set up with the first picture."""
    known = desk.extras.get("press")
    if not isinstance(known, Press):
        known = desk.extras["press"] = Press()
    return known


async def pictured(update: Update, ctx: Ctx, act: Act) -> bool:
    """Whether the question has been answered by a picture; under a rush, words alone answer it."""
    if not press_of(ctx.desk).has_time(asyncio.get_running_loop().time()):
        return False
    screen = await _drawn(ctx, act)
    if screen is None:
        return False
    await show(update, ctx, screen, reply=update.message is not None)
    return True


async def _drawn(ctx: Ctx, act: Act, *, dark: bool = False) -> Screen | None:
    """The picture of an answer, with today's figures; None where there is none."""
    desk = ctx.desk
    policy = Policy(leaders_see_all=desk.settings.leaders_see_all)
    found = await desk.store.read(look, desk.shelf, ctx.person, act, desk.clock.today(), policy)
    return None if isinstance(found, Unanswered) else await looked_screen(desk, ctx.words, found, dark=dark)


async def looked_screen(desk: Desk, words: Words, found: Looked, *, dark: bool = False) -> Screen:
    """Figures as a picture with its caption."""
    made_at = desk.clock.local(desk.clock.now())
    sheet = sheet_of(words, found.plan, found.figures, made_at, dark=dark)
    picture = await press_of(desk).printed(sheet)
    screen = picture_screen(words, found.plan, found.act, found.figures, picture, dark=dark)
    return with_live_button(words, screen) if desk.settings.live_url and isinstance(found.figures, Card) else screen


async def _pressed(query: CallbackQuery, update: Update, ctx: Ctx, data: list[str]) -> None:
    """The picture of the answer under which was pressed; under a picture, the same in other colours and up to date."""
    act = ctx.here.about.act if ctx.here.about else None
    message = query.message
    if act is None or act.intent not in PICTURED or not isinstance(message, Message):
        await query.answer(str(closed_question(ctx.words)), show_alert=True)
        return
    await query.answer()
    if not message.photo:
        await ctx.bot.send_chat_action(message.chat.id, ChatAction.UPLOAD_PHOTO)
    screen = await _drawn(ctx, act, dark=data[0] == DARK)
    if screen is None or screen.picture is None:
        await change(query, ctx, Screen(closed_question(ctx.words)))
    elif message.photo:
        await _redrawn(query, ctx, message, screen)
    else:
        await show(update, ctx, screen)


async def _redrawn(query: CallbackQuery, ctx: Ctx, message: Message, screen: Screen) -> None:
    assert screen.picture is not None
    media = InputMediaPhoto(screen.picture, caption=screen.text, parse_mode="HTML")
    await query.edit_message_media(media, reply_markup=keyboard_of(screen.rows))
    await remember(ctx, message.chat.id, message.message_id, screen.about)


# ---------------------------------------------------------------- files


async def chart_act(update: Update, ctx: Ctx, act: Act) -> None:
    """`export` as a chart: the card, of the unit or field that was named."""
    slots = {k: v for k, v in act.slots.items() if k in ("unit", "pillar", "mine", "period")}
    assert update.effective_chat is not None
    await ctx.bot.send_chat_action(update.effective_chat.id, ChatAction.UPLOAD_PHOTO)
    screen = await _drawn(ctx, Act(Intent.SUMMARY, slots))
    await show(update, ctx, screen or Screen(closed_question(ctx.words)), reply=True)


async def pdf_act(update: Update, ctx: Ctx, act: Act) -> None:
    """`export` as a PDF: the meeting's report."""

    async def made(paper: Paper) -> bytes:
        return await press_of(ctx.desk).printed(paper_sheet(paper))

    await _reported(update, ctx, act, "pdf", made)


async def docx_act(update: Update, ctx: Ctx, act: Act) -> None:
    """`export` as a Word file: the same report, to be edited."""

    async def made(paper: Paper) -> bytes:
        from bot.views.meeting.word import paper_docx  # when it is wanted: python-docx takes memory

        return await asyncio.to_thread(paper_docx, paper)

    await _reported(update, ctx, act, "docx", made)


def keep_aside(extras: dict[str, Any], plan: Plan) -> None:
    """Take a plan, which stays in memory as long as it is in force, out of the garbage collector's rounds, once.

    A report makes many small objects; a full round over a large plan would hold the event loop for a third of a second.
    """
    if extras.get("kept_aside") != (plan.year, plan.version):
        extras["kept_aside"] = (plan.year, plan.version)
        gc.freeze()


async def _reported(update: Update, ctx: Ctx, act: Act, ending: str, made: Callable[[Paper], Awaitable[bytes]]) -> None:
    """Say that the report is being made, make it off the event loop, send it."""
    desk, chat, words = ctx.desk, update.effective_chat, ctx.words
    assert chat is not None
    told = await ctx.bot.send_message(chat.id, making_report(words), parse_mode="HTML")
    await ctx.bot.send_chat_action(chat.id, ChatAction.UPLOAD_DOCUMENT)
    today = desk.clock.today()
    period = period_of(act) or Period(today.replace(day=1), today)
    policy = Policy(leaders_see_all=desk.settings.leaders_see_all)
    made_at = desk.clock.local(desk.clock.now())
    found = await desk.store.read(convene, desk.shelf, ctx.person, period, today, policy, desk.clock.zone)
    keep_aside(desk.extras, found.plan)
    paper = await asyncio.to_thread(meeting_paper, words, found.plan, found.meeting, made_at)
    content = await made(paper)
    await show(update, ctx, report_screen(words, found.meeting, content, ending), reply=True)
    await told.edit_text(report_made(words), parse_mode="HTML")


# ---------------------------------------------------------------- the live page


async def live_command(update: Update, ctx: Ctx) -> None:
    """`/live`: the way to the live page."""
    desk, url = ctx.desk, ctx.desk.settings.live_url
    if url is None:
        await show(update, ctx, no_live_page(ctx.words))
        return
    token = await desk.store.write(make_link, ctx.person, desk.clock.now())
    await show(update, ctx, live_screen(ctx.words, url, token))


async def _live(query: CallbackQuery, update: Update, ctx: Ctx, _: list[str]) -> None:
    """The same by the button under the card."""
    await query.answer()
    await live_command(update, ctx)


COMMANDS: Mapping[str, Command] = {"live": live_command}
BUTTONS: Mapping[str, Pressed] = {"pic": _pressed, "live": _live}
