"""The command line. Results go to stdout, logs to stderr; exit 0: right, 1: errors in the input, 2: wrong usage."""

from __future__ import annotations

import logging
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from bot.cli import Command, Desk, Exit
from bot.clock import Clock
from bot.delivery.logs import set_up
from bot.settings import BadSettings, read_settings
from bot.views.operating import settings_problem
from bot.views.words import N_, Words, load_words
from storage.database import DatabaseProblem, in_plain_words

LOCALES = Path(__file__).parent.parent / "locales"
Add = Callable[[str, str, str], ArgumentParser]
ROLES = ("leader", "deputy", "office", "chair", "member")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # python-telegram-bot's durations as they will be
    set_up(machine=os.environ.get("TIENDO_LOG") == "json")
    languages = load_words(LOCALES)
    words = languages.get(os.environ.get("TIENDO_LANGUAGE", "vi")) or languages["vi"]
    args = _parser(words).parse_args(argv)
    try:
        settings = read_settings(os.environ, Path.cwd())
        desk = Desk(settings, Clock(settings.zone, settings.now), languages)
        return _command(args)(args, desk)
    except BadSettings as problem:
        return _wrong(settings_problem(words, problem.name, problem.given, problem.wanted))
    except BrokenPipeError:  # whoever read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.RIGHT
    except DatabaseProblem as problem:
        return _wrong(words.say("The database cannot be used: {problem}", problem=problem))
    except SQLAlchemyError as problem:  # it opened well, and broke later: damaged, locked, no room
        logging.getLogger(__name__).error("the database failed", exc_info=problem)
        return _wrong(words.say("The database cannot be used: {problem}", problem=in_plain_words(problem)))


def _wrong(text: Markup) -> int:
    sys.stderr.write(f"{text.unescape()}\n")
    return Exit.USAGE


def _command(args: Namespace) -> Command:
    """The function behind a command, imported when it is wanted: `standing` needs no Telegram."""
    module, _, name = args.command.partition(":")
    command: Command = getattr(import_module(module), name)
    return command


def _parser(words: Words) -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m bot", description=str(words.say("The clerk of a steering committee, in Telegram."))
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, target: str, about: str) -> ArgumentParser:
        sub = commands.add_parser(name, help=str(words.say(about)), description=str(words.say(about)))
        sub.set_defaults(command=target)
        return sub

    demo = add("demo", "bot.demo.morning:demo", N_("show everything with nothing to set up, on this machine"))
    demo.add_argument("--port", type=int, default=8025)
    demo.add_argument("--once", action="store_true", help=str(words.say("print the transcript and end")))
    add("run", "bot.cli_operate:run", N_("run the bot"))
    _plan_commands(add, words)
    _people_commands(add, words)
    backup = add("backup", "bot.cli_operate:back_up", N_("copy the database while the bot runs"))
    backup.add_argument("target", type=Path, nargs="?")
    restore = add("restore", "bot.cli_operate:put_back", N_("prove that a backup is whole, and put it back"))
    restore.add_argument("backup", type=Path)
    restore.add_argument("--to", type=Path, help=str(words.say("the new file that it is written to")))
    add("check", "bot.cli_operate:check", N_("tell whether everything is in order"))
    return parser


def _plan_commands(add: Add, words: Words) -> None:
    load = add("load", "bot.cli_plan:load", N_("load or update the plan from its workbook"))
    load.add_argument("plan", type=Path)
    load.add_argument("--dry-run", action="store_true", help=str(words.say("change nothing, tell what would change")))
    load.add_argument("--add-units", action="store_true", help=str(words.say("add the units that the workbook lacks")))
    load.add_argument("--year", type=int)
    export = add("export", "bot.cli_plan:export", N_("write the plan with its reports as a workbook"))
    export.add_argument("target", type=Path)
    standing = add("standing", "bot.cli_plan:standing", N_("print where every item of a workbook stands"))
    understand = add("understand", "bot.cli_understand:understand", N_("print what messages mean"))
    understand.add_argument("--why", action="store_true", help=str(words.say("tell how each message was read")))
    reminders = add("reminders", "bot.cli_reminders:reminders", N_("print a day's notices: to whom, and why"))
    reminders.add_argument("--why", action="store_true", help=str(words.say("tell what is held back as well, and why")))
    for command in (standing, understand, reminders):
        command.add_argument("--plan", type=Path, required=command is not reminders)
        command.add_argument("--today", type=date.fromisoformat)


def _people_commands(add: Add, words: Words) -> None:
    invite = add("invite", "bot.cli_people:invite", N_("print a single-use link for somebody who is to join"))
    invite.add_argument("--unit")
    invite.add_argument("--role", choices=ROLES)
    invite.add_argument("--name")
    invite.add_argument(
        "--all",
        action="store_true",
        help=str(words.say("one for everybody of the People sheet who has not joined")),
    )


if __name__ == "__main__":
    sys.exit(main())
