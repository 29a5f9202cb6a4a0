"""What an operator reads: the state of the deployment."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from bot.views.words import N_, Words

NO_BACKUP: Mapping[str, str] = {
    "server": N_("A PostgreSQL database is backed up with its own tool, pg_dump."),
    "exists": N_("{path} exists already; nothing was written."),
    "unwritable": N_("The copy could not be written to {path}."),
    "damaged": N_("The database is damaged, so no copy was made. Put the last whole backup back (restore)."),
}


NO_RESTORE: Mapping[str, str] = {
    "unreadable": N_("{backup} cannot be read as a database."),
    "damaged": N_("{backup} is damaged."),
    "other": N_("{backup} is not a database of this assistant, or one of a newer version."),
    "exists": N_("{path} exists already; nothing was written."),
    "unwritable": N_("The copy could not be written to {path}."),
}

FILE_REASONS: Mapping[int, str] = {
    errno.ENOENT: N_("there is no such file or folder"),
    errno.EACCES: N_("it may not be used: permission is lacking"),
    errno.EPERM: N_("it may not be used: permission is lacking"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("a part of the path is not a folder"),
    errno.ENOSPC: N_("there is no room left on the disk"),
    errno.EROFS: N_("the disk is read-only"),
}

WANTED: Mapping[str, str] = {
    "token": N_(
        "{name} is not set: put the token from @BotFather into it, or into a file that TIENDO_TOKEN_FILE names."
    ),
    "readable_file": N_("{name}: the file {given} cannot be read."),
    "listen": N_("{name} is “{given}”; it must be an address and a port, such as {example}."),
    "zone": N_("{name} is “{given}”; it must be a time zone, such as {example}."),
    "time": N_("{name} is “{given}”; it must be a time of day, such as {example}."),
    "moment": N_("{name} is “{given}”; it must be a moment, such as {example}."),
    "language": N_("{name} is “{given}”; it must be one of {example}."),
    "yes_no": N_("{name} is “{given}”; it must be one of {example}."),
    "days": N_("{name} is “{given}”; it must be a whole number of days, such as {example}."),
    "country": N_("{name} is “{given}”; it must be a country whose holidays are known, such as {example}."),
    "number": N_("{name} is “{given}”; it must be a whole number, such as {example}."),
    "numbers": N_("{name} is “{given}”; it must be whole numbers, such as {example}."),
    "hours": N_("{name} is “{given}”; it must be spans of a day, such as {example}."),
    "database": N_("{name} is not an address of a database that can be used: {example}."),
    "url": N_("{name} is “{given}”; it must be an address on the web, such as {example}."),
    "https": N_("{name} is “{given}”; Telegram delivers to https addresses only, such as {example}."),
    "secret": N_("{name} must be 1 to 256 letters (A–Z, a–z), digits, _ or -."),
    "port": N_("{name} is “{given}”; it must be a port, such as {example}."),
}
EXAMPLES: Mapping[str, str] = {
    "listen": "0.0.0.0:8443",
    "zone": "Asia/Ho_Chi_Minh",
    "time": "08:00",
    "moment": "2025-06-18T07:59:50",
    "language": "vi, bn, en",
    "yes_no": "yes, no",
    "days": "14",
    "number": "5",
    "numbers": "1,3,7",
    "hours": "07:30-11:30,13:00-17:00",
    "port": "8026",
    "database": "sqlite:///tiendo.db, postgresql://user:password@host/name",
    "url": "https://example.org",
    "https": "https://example.org/telegram",
    "country": "VN",
}


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the database: the plan in force, people, and what waits, was set aside or given up."""

    year: int | None
    people: int
    waiting: int
    unreadable: int
    due: int
    given_up: int


def settings_problem(words: Words, name: str, given: str, wanted: str) -> Markup:
    """Which setting cannot be used, and what would be right."""
    return words.say(WANTED[wanted], name=name, given=given, example=EXAMPLES.get(wanted, ""))


def file_reason(words: Words, problem: OSError) -> str:
    """Why a file could not be used; as the system says it where that is rare."""
    known = FILE_REASONS.get(problem.errno or 0)
    return words.say(known) if known else problem.strerror or str(problem)


def no_backup(words: Words, reason: str, path: object) -> Markup:
    """Why no copy was made."""
    return words.say(NO_BACKUP[reason], path=path)


def no_restore(words: Words, reason: str, backup: object, path: object) -> Markup:
    """Why a backup was not put back."""
    return words.say(NO_RESTORE[reason], backup=backup, path=path)


def restored_text(words: Words, plans: int, people: int, reports: int) -> Markup:
    """What a proven backup holds, one line a subject."""
    lines = [
        words.say("The backup is whole and up to date."),
        words.count("{n} plan", "{n} plans", plans),
        words.count("{n} person has joined.", "{n} people have joined.", people),
        words.count("{n} report", "{n} reports", reports),
    ]
    return Markup("\n").join(lines)


def health_text(words: Words, health: Health, username: str | None) -> Markup:
    """One line a subject, for a terminal."""
    plan = (
        words.say("Plan in force: {year}", year=words.digits(str(health.year)))
        if health.year
        else words.say("No plan is loaded.")
    )
    bot = (
        words.say("Telegram: @{username}", username=username)
        if username
        else words.say("Telegram does not answer, or there is no token.")
    )
    lines = [
        bot,
        plan,
        words.count("{n} person has joined.", "{n} people have joined.", health.people),
        words.count("{n} update waits.", "{n} updates wait.", health.waiting),
        words.count(
            "{n} update could not be read and was set aside.",
            "{n} updates could not be read and were set aside.",
            health.unreadable,
        ),
        words.count("{n} notice is due.", "{n} notices are due.", health.due),
        words.count("{n} notice was given up.", "{n} notices were given up.", health.given_up),
    ]
    return Markup("\n").join(lines)
