"""Commands for whoever runs the bot: run, backup, check."""

from __future__ import annotations

import asyncio
import logging
import sys
from argparse import Namespace
from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from telegram.error import InvalidToken, TelegramError

from bot.app import new_bot, open_database, run_until_stopped
from bot.cli import Desk, Exit
from bot.delivery.polling import AnotherPoller
from bot.delivery.sending import where
from bot.delivery.watchdog import LeaseLost, PollingDead
from bot.views.operating import Health, health_text, no_backup, no_restore, restored_text
from storage import inbox, outbox
from storage.database import BackupRefused, backup
from storage.plans import current_plan_row
from storage.restore import RestoreRefused, restore
from storage.tables import PersonRow

log = logging.getLogger(__name__)


def run(args: Namespace, desk: Desk) -> int:
    """Run the bot until it is stopped. A cause that only a person can remove ends it with a clear line."""
    try:
        asyncio.run(run_until_stopped(desk.settings, desk.clock, desk.languages))
    except InvalidToken:
        return _complain(desk.words.say("Telegram refuses the token. Please check TIENDO_TOKEN."), Exit.USAGE)
    except (AnotherPoller, PollingDead, LeaseLost) as problem:
        log.error("stopped: %s", problem)
        return Exit.INPUT
    except TelegramError as problem:
        log.error("stopped: %s", where(problem))
        return _complain(desk.words.say("Telegram cannot be reached. Please check the network."), Exit.INPUT)
    return Exit.RIGHT


def back_up(args: Namespace, desk: Desk) -> int:
    """Write a consistent copy of the database while the bot runs."""
    target: Path = args.target or Path(f"tiendo-{desk.clock.today():%Y%m%d}.db")
    try:
        backup(desk.settings.database_url, target)
    except BackupRefused as problem:
        return _complain(no_backup(desk.words, problem.reason, target), Exit.INPUT)
    print(target)
    return Exit.RIGHT


def put_back(args: Namespace, desk: Desk) -> int:
    """Open a backup's copy, bring it up to date and check it; write it to a new file where one is named."""
    try:
        proven = restore(args.backup, args.to)
    except RestoreRefused as problem:
        return _complain(no_restore(desk.words, problem.reason, args.backup, args.to), Exit.INPUT)
    print(str(restored_text(desk.words, proven.plans, proven.people, proven.reports).unescape()))
    return Exit.RIGHT


def check(args: Namespace, desk: Desk) -> int:
    """Tell whether the bot could work: database, plan, people, queues, token. Exit 1 where it could not."""
    store = open_database(desk.settings)
    try:
        health = store.read_now(_health, desk.clock.today(), desk)
    finally:
        store.close()
    username = asyncio.run(_username(desk))
    print(str(health_text(desk.words, health, username).unescape()))
    return Exit.RIGHT if username and health.year else Exit.INPUT


def _health(session: Session, today: date, desk: Desk) -> Health:
    plan = current_plan_row(session, today)
    people = session.scalar(select(func.count()).where(PersonRow.left_at.is_(None)))
    waiting, notices = inbox.backlog(session), outbox.backlog(session, desk.clock.now())
    return Health(
        year=plan.year if plan else None,
        people=people or 0,
        waiting=waiting.waiting,
        unreadable=waiting.unreadable,
        due=notices.due,
        given_up=notices.given_up,
    )


async def _username(desk: Desk) -> str | None:
    """The bot's name at Telegram, or None where there is no token or no answer."""
    if desk.settings.token is None:
        return None
    bot = new_bot(desk.settings)
    try:
        async with bot:
            return bot.username
    except TelegramError as problem:
        log.error("Telegram: %s", where(problem))
        return None


def _complain(text: str, code: Exit) -> int:
    print(text, file=sys.stderr)
    return code
