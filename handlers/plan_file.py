"""The plan's workbook in the chat: the office sends it, sees the dry run, presses "Load"; `/export` sends it back."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import PurePath
from typing import Any

from telegram import CallbackQuery, Document, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest

from bot.rules.access import Action, Policy, may
from bot.rules.acts import Act, Intent
from bot.rules.loading import LoadPreview
from bot.rules.plan import Plan
from bot.services.loading import load, preview, read_for, stored_plan
from bot.services.looking import ledger
from bot.views.loading import (
    all_rows_read,
    cancelled_screen,
    exported_screen,
    gone_screen,
    loaded_screen,
    preview_screen,
    refused_screen,
    rows_read,
)
from bot.views.reporting import closed_question
from bot.views.screen import About, Screen
from bot.workbook import Loaded, ProblemCode, Refused
from handlers import text
from handlers.buttons import Press
from handlers.context import Ctx, remember, show
from handlers.door import needs_plan
from handlers.joining import Command

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv"})
LARGE = 200 * 1024  # bytes of a file that takes more than a moment to read
EVERY_SECONDS = 2.0  # between two tellings of how far it is read
LIMIT = 20 * 1024 * 1024  # bytes: what Telegram lets a bot download, and the workbook reader's own limit


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits between the dry run and the press. Telegram keeps it; we keep how to ask for it."""

    file_id: str
    unique_id: str
    size: int | None = None
    add_units: bool = False  # whether the dry run was one with the missing units added

    def as_act(self) -> Act:
        held = {"file_id": self.file_id, "unique_id": self.unique_id, "add_units": self.add_units}
        return Act(Intent.NONE, {"load": held})

    @staticmethod
    def of(document: Document) -> Upload:
        return Upload(document.file_id, document.file_unique_id, document.file_size)

    @staticmethod
    def waiting(act: Act | None) -> Upload | None:
        """The file that a message of ours offered to load, if it still does."""
        raw: Mapping[str, Any] | None = act.slots.get("load") if act else None
        if not raw:
            return None
        return Upload(raw["file_id"], raw["unique_id"], add_units=raw.get("add_units", False))


async def offered(update: Update, ctx: Ctx) -> bool:
    """Whether the message was a plan's workbook; then the dry run has been shown. Any other file is left to others."""
    file = update.message.document if update.message else None
    if file is None or not await _is_plan(update, ctx, file):
        return False
    await _offer(update, ctx, Upload.of(file))
    return True


async def _is_plan(update: Update, ctx: Ctx, file: Document) -> bool:
    """Whether a file is sent to be loaded: by somebody who may, not in answer to something, and not with a report.

    This only decides what a file is taken for (else it is evidence); whether it may be loaded, the service asks.
    """
    message = update.message
    suffix = PurePath(file.file_name or "").suffix.lower()
    if message is None or message.reply_to_message or suffix not in SPREADSHEETS:
        return False
    if not may(ctx.person, Action.LOAD):
        return False
    if not message.caption or ctx.here.book is None:
        return True
    understood = await text.read(update, ctx, message.caption)
    return all(act.intent is not Intent.UPDATE for act in understood.acts)


async def _offer(update: Update, ctx: Ctx, upload: Upload) -> None:
    """The dry run, and the buttons under it."""
    assert update.effective_chat is not None
    await ctx.bot.send_chat_action(update.effective_chat.id, ChatAction.TYPING)
    try:
        _check_size(upload.size)
        async with _rows_told(ctx, update.effective_chat.id, upload) as row_read:
            loaded = await _read(ctx, upload, row_read=row_read)
    except Refused as refused:
        await show(update, ctx, refused_screen(ctx.words, refused), reply=True)
        return
    except BadRequest:
        await show(update, ctx, gone_screen(ctx.words), reply=True)
        return
    told = await ctx.desk.store.read(preview, loaded, ctx.desk.clock.today(), ctx.person)
    await show(update, ctx, _offer_screen(ctx, upload, told), reply=True)


def _offer_screen(ctx: Ctx, upload: Upload, told: LoadPreview) -> Screen:
    """The dry run in words; its buttons know which file they are about."""
    screen = preview_screen(ctx.words, told)
    return replace(screen, about=About(act=upload.as_act()) if screen.rows else None)


async def pressed(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """A press under the dry run: `yes`, `sweep` (though most of the plan goes), `units` (a new dry run) or `no`."""
    upload = Upload.waiting(ctx.here.about.act if ctx.here.about else None)
    if upload is None or query.message is None:
        await query.answer(str(closed_question(ctx.words)), show_alert=True)
        return
    await query.answer()
    if said[0] == "units":
        await _offer(update, ctx, replace(upload, add_units=True))
    elif said[0] == "no":
        await show(update, ctx, cancelled_screen(ctx.words), reply=True)
    else:
        await show(update, ctx, await _carried_out(ctx, upload, sweep=said[0] == "sweep"), reply=True)
    await _close(query, ctx)


async def _carried_out(ctx: Ctx, upload: Upload, *, sweep: bool) -> Screen:
    """Load the file that was offered, read again: the plan may have changed since the dry run.

    Where it has so changed that most of it would go now, that is a new dry run with a button of its own.
    """
    try:
        loaded = await _read(ctx, upload)
    except Refused as refused:
        return refused_screen(ctx.words, refused)
    except BadRequest:
        return gone_screen(ctx.words)
    now, today = ctx.desk.clock.now(), ctx.desk.clock.today()
    told: LoadPreview = await ctx.desk.store.write(load, loaded, ctx.person, now, today, sweep=sweep)
    if told.sweeping and not told.stored:
        return _offer_screen(ctx, upload, told)
    ctx.desk.notify()
    return loaded_screen(ctx.words, told)


async def _close(query: CallbackQuery, ctx: Ctx) -> None:
    """Take the buttons away: an offer is taken up once."""
    assert query.message is not None
    await remember(ctx, query.message.chat.id, query.message.message_id, About())
    try:
        await query.edit_message_reply_markup(None)
    except BadRequest as refusal:
        if "not modified" not in refusal.message.lower():
            raise


@asynccontextmanager
async def _rows_told(ctx: Ctx, chat_id: int, upload: Upload) -> AsyncIterator[Callable[[], None]]:
    """Tell in the chat how many rows of a large file have been read, while it is being read and when it is done."""
    if (upload.size or 0) < LARGE:
        yield lambda: None
        return
    rows, words = count(1), ctx.words
    read = 0

    def row_read() -> None:
        nonlocal read
        read = next(rows)

    told = await ctx.bot.send_message(chat_id, rows_read(words, 0), parse_mode="HTML")

    async def tell() -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            if read:
                await told.edit_text(rows_read(words, read), parse_mode="HTML")

    telling = asyncio.create_task(tell())
    try:
        yield row_read
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
    await told.edit_text(all_rows_read(words, read), parse_mode="HTML")


async def _read(ctx: Ctx, upload: Upload, *, row_read: Callable[[], None] = lambda: None) -> Loaded:
    """Download a file and read it as a plan. Raises `Refused`; BadRequest where Telegram has it no longer."""
    _check_size(upload.size)
    try:
        file = await ctx.bot.get_file(upload.file_id)
    except BadRequest as refusal:
        if "too big" in refusal.message.lower():
            raise _too_big() from refusal
        raise
    _check_size(file.file_size)
    content = io.BytesIO(await file.download_as_bytearray())
    desk, today = ctx.desk, ctx.desk.clock.today()

    def stored(year: int | None) -> Plan | None:
        return desk.store.read_now(stored_plan, today, year)

    return await asyncio.to_thread(read_for, stored, content, add_units=upload.add_units, row_read=row_read)


def _check_size(size: int | None) -> None:
    if size is not None and size > LIMIT:
        raise _too_big()


def _too_big() -> Refused:
    return Refused(ProblemCode.FILE_TOO_BIG, limit=str(LIMIT // 1024**2))


# ---------------------------------------------------------------- out again


async def export_command(update: Update, ctx: Ctx) -> None:
    """`/export`: the plan's workbook."""
    await export_act(update, ctx, Act(Intent.EXPORT))


async def export_act(update: Update, ctx: Ctx, act: Act) -> None:
    """The `export` act with format `xlsx`: the workbook, as this person may see it."""
    if await needs_plan(update, ctx):
        return
    desk, day = ctx.desk, ctx.desk.clock.today()
    assert update.effective_chat is not None
    await ctx.bot.send_chat_action(update.effective_chat.id, ChatAction.UPLOAD_DOCUMENT)
    from bot.views.sheets import standing_workbook  # when it is wanted: openpyxl takes 11 MiB

    policy = Policy(desk.settings.leaders_see_all)
    found = await desk.store.read(ledger, desk.shelf, ctx.person, day, policy, desk.clock.zone)
    out = found.exported
    content = await asyncio.to_thread(standing_workbook, ctx.words, out.plan, out.reports, out.calendar, found.meeting)
    whole, loads = may(ctx.person, Action.ASK_OTHERS, policy), may(ctx.person, Action.LOAD)
    screen = exported_screen(ctx.words, content, day, out.plan.year, whole=whole, loads=loads)
    await show(update, ctx, screen, reply=True)


BUTTONS: Mapping[str, Press] = {"load": pressed}
COMMANDS: Mapping[str, Command] = {"export": export_command}
