"""Groups: the bot comes in and goes, the office links it to a unit, and whoever addresses it there is answered."""

from __future__ import annotations

import re

from telegram import ChatMember, Message, Update

from bot.rules.access import Action, Policy, may
from bot.rules.acts import Act, Intent, Situation
from bot.rules.people import Person
from bot.services import groups as services
from bot.services.asking import answer_question
from bot.views import groups as views
from bot.views import menu
from bot.views.door import not_here
from bot.views.screen import Screen
from handlers.context import Ctx, moment_of, words_for
from storage.groups import Group, group_in

SHOWN = frozenset(
    {
        Intent.LIST,
        Intent.COUNT,
        Intent.SUMMARY,
        Intent.DETAIL,
        Intent.DEADLINE,
        Intent.RANKING,
        Intent.SILENT,
        Intent.DIFFICULTIES,
    }
)
COMMANDS = frozenset({"behind", "due", "summary"})


async def membership(update: Update, ctx: Ctx) -> None:
    """The bot was added to a group, or removed from it: the office hears of it."""
    changed, desk = update.my_chat_member, ctx.desk
    assert changed is not None  # the door has looked
    chat, today, now = changed.chat, desk.clock.today(), desk.clock.now()
    if changed.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT):
        await desk.store.write(services.removed, chat.id, today, now)
    else:
        by, language = ctx.here.person, desk.settings.language
        await desk.store.write(services.entered, chat.id, chat.title or "", by, language, today, now)
    desk.notify()


async def migrated(update: Update, ctx: Ctx) -> bool:
    """Whether the message tells that the group has become a supergroup; then its link moves along."""
    message = update.message
    if message is None or not (message.migrate_to_chat_id or message.migrate_from_chat_id):
        return False
    old = message.migrate_from_chat_id or message.chat.id
    new = message.migrate_to_chat_id or message.chat.id
    await ctx.desk.store.write(services.moved, old, new)
    return True


async def spoken(update: Update, ctx: Ctx) -> None:
    """A member in a group: only who addresses the bot is answered, and only with what is for everybody there."""
    message = update.message
    if update.callback_query:
        await update.callback_query.answer(str(not_here(ctx.words).unescape())[:200], show_alert=True)
        return
    if message is None or not addressed(message, ctx.bot.id, ctx.bot.username):
        return
    text = _said(message, ctx.bot.username)
    group = await ctx.desk.store.read(group_in, message.chat.id)
    if re.match(r"/link\b", text):
        await _link(message, ctx, group, text)
        return
    answer = await _answer(update, ctx, group, text) if group and group.linked else None
    await _reply(message, ctx, answer or Screen(not_here(ctx.words)))


async def _link(message: Message, ctx: Ctx, group: Group | None, text: str) -> None:
    """`/link STTTT` or `/link *` of the office."""
    desk, book = ctx.desk, ctx.here.book
    if book is None or not may(ctx.person, Action.INVITE):
        await _reply(message, ctx, Screen(not_here(ctx.words)))
        return
    if group is None:  # added before there was this bot, or while it slept
        args = (message.chat.id, message.chat.title or "", ctx.person, ctx.person.language)
        await desk.store.write(services.entered, *args, desk.clock.today(), desk.clock.now())
        group = await desk.store.read(group_in, message.chat.id)
    assert group is not None
    said = text.removeprefix("/link").strip()
    thread = message.message_thread_id if message.is_topic_message else None
    found = await desk.store.write(services.link, ctx.person, book.plan, group, said, thread, desk.clock.now())
    shown = views.linked(ctx.words, book.plan, found.unit) if found else views.how_to_link(ctx.words, book.plan)
    await _reply(message, ctx, Screen(shown))


async def _answer(update: Update, ctx: Ctx, group: Group, text: str) -> Screen | None:
    """The answer to a question about the plan; None where it is anything else."""
    desk, book = ctx.desk, ctx.here.book
    if book is None:
        return None
    voice, today = services.voice_of(group, ctx.person), desk.clock.today()
    act = await _act(update, ctx, voice, text)
    if act is None:
        return None
    policy = Policy(leaders_see_all=desk.settings.leaders_see_all)
    answered = await desk.store.read(answer_question, desk.shelf, voice, act, today, policy)
    return views.answer(words_for(desk, group.language), answered)


async def _act(update: Update, ctx: Ctx, voice: Person, text: str) -> Act | None:
    """What is asked, by a command or in words."""
    command = text.removeprefix("/").split()[0] if text.startswith("/") else ""
    if command in COMMANDS:
        return menu.shortcut(command, ctx.desk.clock.today())
    book = ctx.here.book
    assert book is not None
    reader, now = await ctx.desk.reader(book.plan), ctx.desk.clock.local(moment_of(ctx, update))
    acts = reader.read(text, Situation(now, voice.home or None)).acts if text and not command else ()
    if len(acts) != 1 or acts[0].intent not in SHOWN:
        return None
    return Act(acts[0].intent, {k: v for k, v in acts[0].slots.items() if v is not None}, acts[0].sure)


async def _reply(message: Message, ctx: Ctx, screen: Screen) -> None:
    """Answer where the question stands: in its topic, as a reply to it."""
    thread = message.message_thread_id if message.is_topic_message else None
    await ctx.bot.send_message(
        message.chat.id,
        screen.text,
        parse_mode="HTML",
        message_thread_id=thread,
        reply_to_message_id=message.message_id,
    )


def addressed(message: Message, bot_id: int, username: str) -> bool:
    """Whether a message in a group means the bot: a command, its name, or a reply to it."""
    text = message.text or message.caption or ""
    answers = message.reply_to_message
    replied = answers is not None and answers.from_user is not None and answers.from_user.id == bot_id
    command, _, whose = (text.split() or [""])[0].partition("@")
    named = f"@{username}".casefold() in text.casefold()
    return replied or named or (command.startswith("/") and not whose)


def _said(message: Message, username: str) -> str:
    """The text without the bot's name."""
    text = message.text or message.caption or ""
    return re.sub(rf"\s*@{re.escape(username)}\b[,:]?", " ", text, flags=re.IGNORECASE).strip()
