"""The command that lets people in: single-use links, printed once."""

from __future__ import annotations

import asyncio
import logging
import sys
from argparse import Namespace
from difflib import get_close_matches

from markupsafe import Markup
from telegram import Bot
from telegram.error import TelegramError

from bot.app import open_database
from bot.cli import Desk, Exit
from bot.delivery.request import AiohttpRequest
from bot.rules.invitations import Invited, unit_named
from bot.rules.people import Post
from bot.rules.plan import Plan, Role
from bot.services import people
from bot.views.words import Words
from storage.database import Store

log = logging.getLogger(__name__)

NAME_SECONDS = 5.0  # how long the bot's name is waited for


def invite(args: Namespace, desk: Desk) -> int:
    """Print a link for a post, or (`--all`) one for each person of the People sheet who has not joined.

    With `--all` each line is the link, then tabs and the person's name, unit and role. Exit 1 for a unit that the plan
    lacks, 2 where neither a post nor `--all` is given, or both.
    """
    post_given = bool(args.unit and args.role)
    if args.all == bool(args.unit or args.role or args.name) or not (args.all or post_given):
        return _complain(desk.words.say("Give --unit and --role, or --all alone."), Exit.USAGE)
    store = open_database(desk.settings)
    try:
        plan = store.read_now(people.plan_in_force, desk.clock.today())
        if plan is None:
            return _complain(desk.words.say("No plan is loaded yet: units come with it. Load one first."), Exit.INPUT)
        return _invite_all(store, plan, desk) if args.all else _invite_one(store, plan, args, desk)
    finally:
        store.close()


def _invite_one(store: Store, plan: Plan, args: Namespace, desk: Desk) -> int:
    unit = unit_named(plan, args.unit)
    if unit is None:
        return _complain(_no_such_unit(desk.words, plan, args.unit), Exit.INPUT)
    post, days = Post(unit.code, Role(args.role)), desk.settings.invite_days
    invited = store.write_now(people.invite, None, plan, post, args.name, desk.clock.now(), days)
    print(_link(invited, asyncio.run(_username(desk))))
    return Exit.RIGHT


def _invite_all(store: Store, plan: Plan, desk: Desk) -> int:
    invited = store.write_now(people.invite_missing, plan, desk.clock.now(), desk.settings.invite_days)
    username = asyncio.run(_username(desk)) if invited else None
    for one in invited:
        about = one.invitation
        print(_link(one, username), about.name, about.unit, about.role, sep="\t")
    return Exit.RIGHT


def _link(invited: Invited, username: str | None) -> str:
    """What opens the invitation: a link, or the line to send to the bot where its name is not known."""
    return f"https://t.me/{username}?start={invited.token}" if username else f"/start {invited.token}"


def _no_such_unit(words: Words, plan: Plan, text: str) -> Markup:
    names = {name.casefold(): u for u in plan.units for name in (u.code, u.name_vi, u.name_bn or "", *u.aliases)}
    near = list(dict.fromkeys(names[n].code for n in get_close_matches(text.casefold(), names, n=3, cutoff=0.5)))
    if near:
        return words.say("The plan has no unit {unit}. Is it one of these: {near}?", unit=text, near=words.listed(near))
    return words.say("The plan has no unit {unit}.", unit=text)


async def _username(desk: Desk) -> str | None:
    """The bot's name at Telegram; None where there is no token, or no answer."""
    settings = desk.settings
    if settings.token is None:
        return None
    # a plain bot: ours asks again and again, and an operator who waits for a link would rather have the line
    request = AiohttpRequest(1, read=NAME_SECONDS, connect=NAME_SECONDS)
    try:
        async with Bot(settings.token, base_url=f"{settings.api_url}/bot", request=request) as bot:
            return bot.username
    except TelegramError as problem:
        log.warning("the bot's name is not known: %s", problem)
        return None


def _complain(text: Markup, code: Exit) -> int:
    print(text.unescape(), file=sys.stderr)
    return code
