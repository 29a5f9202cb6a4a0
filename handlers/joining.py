"""Joining: a link opened, the welcome, a predecessor retired, the chat blocked and open again, the menus."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from markupsafe import Markup
from telegram import BotCommandScopeChat, BotCommandScopeDefault, CallbackQuery, ChatMember, Update
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.delivery.floods import Floods
from bot.rules.invitations import Account, LinkProblem
from bot.rules.people import Person
from bot.rules.plan import Plan
from bot.services import people as services
from bot.services.reminding import chat_closed
from bot.views import menu
from bot.views import people as views
from bot.views.reporting import closed_question
from bot.views.screen import Screen
from bot.views.words import Words
from handlers.buttons import Press
from handlers.context import Ctx, Desk, change, look_up, show, words_for

log = logging.getLogger(__name__)

Command = Callable[[Update, Ctx], Coroutine[Any, Any, None]]

LINK = re.compile(r"^/start(?:@\w+)?\s+(\S+)|[?&]start=([\w-]{20,})")
BOTH = ("vi", "bn")  # the languages in which somebody is spoken to who has chosen none


async def opened_link(update: Update, ctx: Ctx) -> bool:
    """Whether the message opens an invitation (`/start <token>`, or the link itself as a text); then it was tried."""
    message = update.message
    found = LINK.search(message.text or "") if message and message.chat.type == "private" else None
    if found is None:
        return False
    await _join(update, ctx, found[1] or found[2])
    return True


async def start(update: Update, ctx: Ctx) -> None:
    """`/start` of somebody who has joined: a second invitation, or coming back after a block."""
    if not await opened_link(update, ctx):
        await ctx.desk.store.write(services.chat_open, ctx.person)
        await show(update, ctx, menu.menu_screen(ctx.words, ctx.person))


async def _join(update: Update, ctx: Ctx, token: str) -> None:
    desk, user = ctx.desk, update.effective_user
    assert user is not None  # the door has looked
    account = Account(user.id, user.full_name, user.language_code or "")
    joined = await desk.store.write(services.join, token, account, desk.settings.language, desk.clock.now())
    if isinstance(joined, LinkProblem):
        # Guessing has its own limit; links that are known to be closed may be sent for ever.
        guess = joined is LinkProblem.UNKNOWN
        if guess or ctx.here.person or floods_of(desk).may_answer((user.id, joined), time.monotonic()):
            await show(update, ctx, Screen(_refused(ctx, joined)))
        return
    ctx.visit = await look_up(update, ctx)
    book, words = ctx.here.book, ctx.words
    await show(update, ctx, views.welcome(words, book, joined, desk.clock.today()))
    plan = book.plan if book else None
    for other in joined.predecessors:
        await show(update, ctx, views.offer_to_retire(words, plan, joined, other))
    await set_commands(ctx.bot, words, joined.person)
    if joined.inviter and not joined.again:
        await tell(ctx, joined.inviter, views.has_joined(words_for(desk, joined.inviter.language), plan, joined))


def floods_of(desk: Desk) -> Floods:
    """What this process has heard from whom lately."""
    known = desk.extras.get("floods")
    if not isinstance(known, Floods):
        known = desk.extras["floods"] = Floods()
    return known


def _refused(ctx: Ctx, problem: LinkProblem) -> Markup:
    """In the person's language; in both for whoever has not joined."""
    known = ctx.visit.person if ctx.visit else None
    return views.link_problem([words_for(ctx.desk, lang) for lang in ((known.language,) if known else BOTH)], problem)


async def _retire(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """A successor takes over; the predecessor hears it."""
    desk = ctx.desk
    ended = await desk.store.write(services.retire, ctx.person, int(said[0]), int(said[1]), desk.clock.now())
    if ended is None:
        await closed(query, ctx)
        return
    await query.answer()
    await change(query, ctx, views.retired(ctx.words, ended.person))
    words = words_for(desk, ended.person.language)
    await tell(ctx, ended.person, views.followed(words, plan_of(ctx), ended.post, ctx.person))
    if ended.gone:
        await drop_commands(ctx.bot, ended.person)


async def _both_stay(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    await query.answer()
    await change(query, ctx, views.both_stay(ctx.words))


async def chat_changed(update: Update, ctx: Ctx) -> None:
    """A person has blocked the bot (the office hears it), or lets it write again; in groups nothing happens."""
    changed, person, desk = update.my_chat_member, ctx.here.person, ctx.desk
    assert changed is not None  # the door has looked
    if changed.chat.type != "private" or person is None:
        return
    if changed.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT):
        await desk.store.write(chat_closed, changed.chat.id, person.id, desk.clock.today(), desk.clock.now())
        desk.notify()
    else:
        await desk.store.write(services.chat_open, person)


# ---------------------------------------------------------------- small things


def plan_of(ctx: Ctx) -> Plan | None:
    """The plan in force, if there is one."""
    return ctx.here.book.plan if ctx.here.book else None


async def closed(query: CallbackQuery, ctx: Ctx) -> None:
    """The answer to a press under a question that is no longer open."""
    await query.answer(str(closed_question(ctx.words)), show_alert=True)


async def tell(ctx: Ctx, person: Person, screen: Screen) -> None:
    """Tell somebody else at once. Whoever cannot be reached misses it; what was done stands."""
    try:
        await ctx.bot.send_message(person.chat_id, screen.text, parse_mode="HTML")
    except TelegramError as problem:
        log.warning("somebody could not be told (%s)", type(problem).__name__)


# ---------------------------------------------------------------- the command menu at Telegram


async def set_default_commands(bot: ExtBot[Any], desk: Desk) -> None:
    """What whoever has not joined sees, in each language that Telegram's users may have chosen."""
    own = words_for(desk, desk.settings.language)
    languages = [(None, own), *((lang, words_for(desk, lang)) for lang in ("vi", "bn", "en"))]
    await asyncio.gather(*(_set(bot, words, None, lang) for lang, words in languages))


async def set_commands(bot: ExtBot[Any], words: Words, person: Person) -> None:
    """The commands of a person's roles, in the language that they have chosen."""
    await _set(bot, words, person, None)


async def _set(bot: ExtBot[Any], words: Words, person: Person | None, lang: str | None) -> None:
    """A menu that could not be set is no reason to fail: every command works without it."""
    scope = BotCommandScopeChat(person.chat_id) if person else BotCommandScopeDefault()
    try:
        await bot.set_my_commands(menu.commands(words, person), scope=scope, language_code=lang)
    except TelegramError as problem:
        log.warning("the command menu was not set (%s)", type(problem).__name__)


async def drop_commands(bot: ExtBot[Any], person: Person) -> None:
    """Take a person's own menu away: they have gone."""
    try:
        await bot.delete_my_commands(scope=BotCommandScopeChat(person.chat_id))
    except TelegramError as problem:
        log.warning("the command menu was not taken away (%s)", type(problem).__name__)


BUTTONS: Mapping[str, Press] = {"retire": _retire, "retire_no": _both_stay}
