"""What every handler is given: the desk (what the process has), and the person's visit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telegram import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    ReplyParameters,
    Update,
    User,
    WebAppInfo,
)
from telegram.error import BadRequest
from telegram.ext import Application, CallbackContext

from bot.clock import Clock
from bot.delivery.polling import RawBot
from bot.delivery.processor import update_key
from bot.language import Reader
from bot.language.answers import Answers
from bot.rules.people import Person
from bot.rules.plan import Plan
from bot.services.reporting import Source
from bot.services.shelf import Shelf
from bot.services.visit import Visit, visit
from bot.settings import Settings
from bot.views.screen import About, Button, Rows, Screen
from bot.views.words import SOURCE, Words
from storage.database import Store
from storage.dialogues import Message as Remembered
from storage.dialogues import write_message
from storage.record import File


@dataclass(frozen=True)
class Desk:
    """What the process has, wired once in `bot/app.py`.

    `reader` gives the reader of a plan's names; `notify` wakes the sender after something was put in the outbox.
    """

    store: Store
    shelf: Shelf
    clock: Clock
    settings: Settings
    words: Mapping[str, Words]
    reader: Callable[[Plan], Awaitable[Reader]]
    answers: Answers
    notify: Callable[[], None]
    extras: dict[str, Any] = field(default_factory=dict)


class Ctx(CallbackContext[RawBot, dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """The context of one update: the desk, and who is visiting."""

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any], **ids: Any) -> None:
        super().__init__(application, **ids)
        self.visit: Visit | None = None

    @property
    def desk(self) -> Desk:
        desk: Desk = self.application.bot_data["desk"]
        return desk

    @property
    def here(self) -> Visit:
        """The visit that `handlers.door` has looked up; handlers behind it have one."""
        assert self.visit is not None
        return self.visit

    @property
    def person(self) -> Person:
        """The person who visits; handlers behind the door have one."""
        assert self.here.person is not None
        return self.here.person

    @property
    def words(self) -> Words:
        """The person's chosen language."""
        return words_for(self.desk, self.person.language)


def words_for(desk: Desk, language: str) -> Words:
    """The words of a language, or the source language's where there is no such catalogue."""
    return desk.words.get(language) or desk.words[SOURCE]


async def look_up(update: Update, ctx: Ctx) -> Visit:
    """Who is writing, in one read: the person, the chat's memory, what the message is about."""
    user, chat = update.effective_user, update.effective_chat
    assert isinstance(user, User)
    assert chat is not None
    desk = ctx.desk
    message_id = _subject_id(update)
    return await desk.store.read(visit, desk.shelf, user.id, chat.id, message_id, desk.clock.today())


def _subject_id(update: Update) -> int | None:
    """The message that an update is about: the one replied to, pressed under, or edited."""
    if update.callback_query and update.callback_query.message:
        return update.callback_query.message.message_id
    if update.edited_message:
        return update.edited_message.message_id
    message = update.message
    return message.reply_to_message.message_id if message and message.reply_to_message else None


def moment_of(ctx: Ctx, update: Update) -> datetime:
    """When it was written, on the deployment's clock, in UTC. A press and an edit happen when they arrive."""
    message = update.message
    return ctx.desk.clock.moment(message.date) if message else ctx.desk.clock.now()


def source_of(ctx: Ctx, update: Update) -> Source:
    """The update as the source of what it writes."""
    message = update.effective_message
    assert message is not None
    at = moment_of(ctx, update)
    text = message.text or message.caption or ""
    files = () if update.callback_query else files_of(message)
    key, today = update_key(), ctx.desk.clock.local(at).date()
    return Source(key, message.chat_id, message.message_id, text if not update.callback_query else "", at, today, files)


def files_of(message: Message) -> tuple[File, ...]:
    """The photo (its largest size) or document of a message."""
    if message.photo:
        photo = message.photo[-1]
        return (File(photo.file_id, photo.file_unique_id, "photo"),)
    if message.document:
        document = message.document
        return (File(document.file_id, document.file_unique_id, "document", document.file_name),)
    return ()


# ---------------------------------------------------------------- showing


async def show(update: Update, ctx: Ctx, screen: Screen, *, reply: bool = False) -> None:
    """Send a screen to the chat, and remember what it is about."""
    chat, message = update.effective_chat, update.effective_message
    assert chat is not None
    to = message.message_id if reply and message else None
    if screen.file or screen.picture:
        sent = await _send_file(ctx, chat.id, screen, to)
    else:
        sent = await ctx.bot.send_words(chat.id, screen.text, buttons_of(screen.rows), to)
    await remember(ctx, chat.id, sent, screen.about)


async def _send_file(ctx: Ctx, chat_id: int, screen: Screen, to: int | None) -> int:
    """Send a screen's file or picture, its text below; returns the message's id."""
    answers = None if to is None else ReplyParameters(to, allow_sending_without_reply=True)
    keyboard = keyboard_of(screen.rows)
    if screen.file:
        sent = await ctx.bot.send_document(
            chat_id,
            screen.file.content,
            filename=screen.file.name,
            caption=screen.text,
            parse_mode="HTML",
            reply_markup=keyboard,
            reply_parameters=answers,
        )
    else:
        assert screen.picture is not None
        sent = await ctx.bot.send_photo(
            chat_id,
            screen.picture,
            caption=screen.text,
            parse_mode="HTML",
            reply_markup=keyboard,
            reply_parameters=answers,
        )
    return sent.message_id


async def change(query: CallbackQuery, ctx: Ctx, screen: Screen) -> None:
    """Show a screen in place of the message that was pressed under, below it where that is a picture or a file.

    An unchanged one is no error.
    """
    message = query.message
    assert message is not None
    keyboard = keyboard_of(screen.rows)
    if isinstance(message, Message) and (message.photo or message.document):
        sent = await ctx.bot.send_message(message.chat.id, screen.text, parse_mode="HTML", reply_markup=keyboard)
        await remember(ctx, message.chat.id, sent.message_id, screen.about)
        return
    try:
        await query.edit_message_text(screen.text, parse_mode="HTML", reply_markup=keyboard)
    except BadRequest as refusal:
        if "not modified" not in refusal.message.lower():
            raise
    await remember(ctx, message.chat.id, message.message_id, screen.about)


async def remember(ctx: Ctx, chat_id: int, message_id: int, about: About | None) -> None:
    """Keep what a message of ours is about, where it is about something."""
    if about is None:
        return
    kept = Remembered(chat_id, message_id, about.items, about.reports, about.act)
    await ctx.desk.store.write(write_message, kept, ctx.desk.clock.now())


def buttons_of(rows: Rows) -> list[list[dict[str, Any]]]:
    """Rows of buttons in Telegram's own names."""
    return [[_parts(b) for b in row] for row in rows]


def _parts(button: Button) -> dict[str, Any]:
    app = {"url": button.app} if button.app else None
    parts = {"text": button.label, "callback_data": button.data, "url": button.url, "web_app": app}
    return {name: part for name, part in parts.items() if part is not None}


def keyboard_of(rows: Rows) -> InlineKeyboardMarkup | None:
    """Rows of buttons as Telegram wants them; None for none."""
    if not rows:
        return None
    return InlineKeyboardMarkup([[_button(b) for b in row] for row in rows])


def _button(button: Button) -> InlineKeyboardButton:
    app = WebAppInfo(button.app) if button.app else None
    return InlineKeyboardButton(button.label, callback_data=button.data, url=button.url, web_app=app)
