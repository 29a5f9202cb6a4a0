"""Groups: coming in, being linked to a unit by the office, the week's digest there, and being removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.rules.access import Action, require
from bot.rules.book import Book
from bot.rules.notices import GroupTold, GroupWeek
from bot.rules.people import Person, Post
from bot.rules.plan import Plan, Role
from bot.rules.reminders import begins_week, week_before, week_for
from bot.services.reminding import Almanac, Reading, Teller, tell_office
from bot.services.shelf import Shelf
from bot.services.weeks import week_begun
from storage.groups import Group, enter_group, group_in, group_with, leave_group, link_group, linked_groups, move_group
from storage.outbox import NewNotice, Notice, move_chat
from storage.people import with_roles
from storage.plan_writes import write_audit
from storage.plans import current_stamp

ENTERED, REMOVED, GROUP_WEEK = "group_in", "group_out", "group_week"
COMMITTEE = "*"  # in place of a unit: the whole committee's group


@dataclass(frozen=True, slots=True)
class Linked:
    """A group that has been linked; `unit` is None for the committee."""

    group: Group
    unit: str | None


def entered(
    session: Session, chat_id: int, title: str, by: Person | None, language: str, day: date, at: datetime
) -> None:
    """The bot is in a group now: the office hears of it, once for each time."""
    known = group_in(session, chat_id)
    group = enter_group(session, chat_id, title, by.language if by else language)
    if known is None:
        facts = {"group": group.id, "by": by.name if by else ""}
        tell_office(session, ENTERED, f"{group.id}:{at:%H%M%S}", facts, day, at)


def removed(session: Session, chat_id: int, day: date, at: datetime) -> None:
    """The bot was removed from a group, or finds itself out of it: the office hears of it once."""
    group = leave_group(session, chat_id, at)
    if group is not None:
        write_audit(session, at, None, "group_out", group.title, {"group": group.id})
        tell_office(session, REMOVED, f"{group.id}:{at:%H%M%S}", {"group": group.id, "by": ""}, day, at)


def moved(session: Session, old: int, new: int) -> None:
    """A group has become a supergroup: it keeps its link, and what waits for it goes to the new id."""
    move_group(session, old, new)
    move_chat(session, old, new)


def link(
    session: Session, person: Person, plan: Plan, group: Group, said: str, thread_id: int | None, at: datetime
) -> Linked | None:
    """Link a group to a unit by its code (`*`: the committee); None where there is no such unit. Raises `Denied`."""
    require(person, Action.INVITE)
    codes = {code.casefold(): code for code in plan.unit}
    unit = None if said == COMMITTEE else codes.get(said.casefold())
    if unit is None and said != COMMITTEE:
        return None
    link_group(session, group.id, unit, thread_id, person.language, at)
    write_audit(session, at, person.id, "group_link", group.title, {"group": group.id, "unit": unit or COMMITTEE})
    return Linked(group, unit)


def voice_of(group: Group, person: Person) -> Person:
    """Whoever asks in a group asks as the group: in its language, for its unit, with no rights of their own."""
    post = Post(group.unit, Role.DEPUTY) if group.unit else Post("", Role.MEMBER)
    return Person(person.id, group.title, group.language, (post,), group.chat_id)


# ---------------------------------------------------------------- the week's digest


def plan_groups(session: Session, shelf: Shelf, almanac: Almanac, now: datetime) -> list[NewNotice] | None:
    """The week's digest for each linked group, on a week's first working day; in the name of one of the office."""
    today, calendar = almanac.local(now).date(), almanac.calendar(session)
    if current_stamp(session, today) is None or almanac.home is not None:
        return None
    office = with_roles(session, (Role.OFFICE,))
    if not begins_week(today, calendar) or not office:
        return []
    due_at = almanac.moment(today, almanac.table.digest_at)
    facts = {"since": week_before(today, calendar).isoformat()}
    return [
        NewNotice(office[0].id, g.chat_id, today, GROUP_WEEK, str(g.id), {**facts, "group": g.id}, due_at, bulk=True)
        for g in linked_groups(session)
    ]


def _week(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> GroupWeek | None:
    group = group_with(session, notice.facts["group"])
    if notice.day != reading.today or group is None or not group.linked:
        return None
    since = date.fromisoformat(notice.facts["since"])
    told = week_begun(session, reading, voice_of(group, person), book, since, [])
    return GroupWeek(told.person, book, week_for(book.plan, told.week, group.unit), group.thread_id)


def _told(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> GroupTold | None:
    group = group_with(session, notice.facts["group"])
    if group is None:
        return None
    return GroupTold(person, book, group.title, notice.facts["by"], removed=notice.kind == REMOVED)


TELLERS: Mapping[str, Teller[GroupWeek | GroupTold]] = {GROUP_WEEK: _week, ENTERED: _told, REMOVED: _told}
