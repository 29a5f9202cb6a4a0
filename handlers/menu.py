"""The menu: commands, help, small talk, and what to say when a message was not understood."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import CallbackQuery, Update

from bot.rules.acts import Act
from bot.services.people import failed_turn, good_turn
from bot.views import menu as views
from handlers import asking
from handlers.buttons import Press
from handlers.context import Ctx, show
from handlers.door import needs_plan
from handlers.joining import Command

# ---------------------------------------------------------------- what is said


async def help_act(update: Update, ctx: Ctx, act: Act) -> None:
    """Show what this very person can say."""
    await show_help(update, ctx)


async def show_help(update: Update, ctx: Ctx) -> None:
    """`/help`: examples with the person's own codes."""
    if await needs_plan(update, ctx):
        return
    await _understood(update, ctx)
    assert ctx.here.book is not None
    await show(update, ctx, views.help_screen(ctx.words, ctx.person, ctx.here.book, ctx.desk.clock.today()))


async def show_menu(update: Update, ctx: Ctx) -> None:
    """`/menu`: the questions asked most, as buttons."""
    await show(update, ctx, views.menu_screen(ctx.words, ctx.person))


async def smalltalk(update: Update, ctx: Ctx, act: Act) -> None:
    """Answer a greeting or thanks in one line."""
    await _understood(update, ctx)
    await show(update, ctx, views.smalltalk(ctx.words, ctx.person))


async def not_understood(update: Update, ctx: Ctx, act: Act) -> None:
    """Say so, and what can be said; after two failed turns in a row, offer the menu."""
    chat, book, today = update.effective_chat, ctx.here.book, ctx.desk.clock.today()
    assert chat is not None
    assert book is not None  # texts are read only where there is a plan
    failures = await ctx.desk.store.write(failed_turn, chat.id)
    await show(update, ctx, views.not_understood(ctx.words, ctx.person, book, today, failures), reply=True)


async def unknown_command(update: Update, ctx: Ctx) -> None:
    """A command that there is not."""
    await show(update, ctx, views.unknown_command(ctx.words, ctx.person))


async def _understood(update: Update, ctx: Ctx) -> None:
    if ctx.here.dialogue.failures and update.effective_chat:
        await ctx.desk.store.write(good_turn, update.effective_chat.id)


# ---------------------------------------------------------------- shortcuts


async def _pressed(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """A word of the menu pressed: the question is answered below."""
    if said[0] == "help":
        await query.answer()
        await show_help(update, ctx)
        return
    act = views.shortcut(said[0], ctx.desk.clock.today())
    await query.answer()
    await _ask(update, ctx, act)


def _shortcut(word: str) -> Command:
    async def command(update: Update, ctx: Ctx) -> None:
        await _ask(update, ctx, views.shortcut(word, ctx.desk.clock.today()))

    return command


async def _ask(update: Update, ctx: Ctx, act: Act) -> None:
    if not await needs_plan(update, ctx):
        await asking.ask(update, ctx, act)


BUTTONS: Mapping[str, Press] = {"menu": _pressed}
COMMANDS: Mapping[str, Command] = {
    "menu": show_menu,
    "help": show_help,
    **{word: _shortcut(word) for word in (*views.LABELS, "card")},
}
