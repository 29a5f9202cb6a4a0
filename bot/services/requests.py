"""Requests carried out: a later deadline put before the office and decided, a personal reminder promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from bot.rules.access import Action, Policy, require
from bot.rules.acts import Act
from bot.rules.book import Book
from bot.rules.people import Person
from bot.rules.record import effective
from bot.rules.reminders import ONE_DAY
from bot.rules.requests import (
    Alarm,
    Extension,
    Open,
    Outcome,
    OutcomeTold,
    Refused,
    Requested,
    RequestTold,
    Sent,
    Verdict,
    Wish,
    examine_extension,
    examine_grant,
    examine_reminder,
)
from bot.services.reminding import DIGEST, Reading, Teller, tell_office
from bot.services.shelf import Shelf
from storage.dialogues import read_dialogue, write_dialogue
from storage.outbox import NewNotice, Notice, put
from storage.people import person_by_id
from storage.plan_writes import write_audit
from storage.plans import current_plan_row
from storage.record import item_id, next_revision, reports_of
from storage.reminders import add_reminder, past_digests
from storage.requests import (
    add_extension,
    extend_item,
    extension,
    pending_for,
    settle_extension,
)

EXTENSION, DECIDED = "extension", "decided"
HISTORY = 3  # reports on the office's card
RECENT = 20  # reports read for them: some may have been taken back


@dataclass(frozen=True, slots=True)
class Asking:
    """Where and when something is asked for: the chat, the moment (UTC)."""

    chat_id: int
    at: datetime


# ---------------------------------------------------------------- a later deadline


def ask_extension(
    session: Session, shelf: Shelf, person: Person, act: Act, asking: Asking, today: date
) -> Sent | Open | Refused:
    """Put a later deadline before the office; a second request for the item replaces the first. Asked again in the
    same words while it waits, nothing new is written."""
    book = shelf.book(session, today)
    found = examine_extension(act, book, person, today)
    _remember(session, asking.chat_id, act)
    if not isinstance(found, Wish):
        return found
    row_id = item_id(session, _plan_id(session, today), found.item)
    before = pending_for(session, row_id, found.item)
    if before and (before.until, before.reason, before.person_id) == (found.until, found.reason, person.id):
        return Sent(before)
    new_id = add_extension(session, row_id, person.id, found.until, found.reason, asking.at)
    detail = {"until": found.until.isoformat(), "reason": found.reason, "request": new_id}
    write_audit(session, asking.at, person.id, "extend_ask", found.item, detail)
    tell_office(session, EXTENSION, str(new_id), {"request": new_id}, today, asking.at)
    return Sent(_known(session, new_id), before)


def decide_extension(
    session: Session, person: Person, request_id: int, granted: date | None, at: datetime, today: date
) -> Verdict | Refused | None:
    """Grant a request until a day (the one asked for or another), or (None) refuse it, and tell who asked.

    None where there is no such request; `Refused` where the day is not later than the deadline. Raises `Denied`.
    """
    require(person, Action.DECIDE)
    request = extension(session, request_id)
    if request is None:
        return None
    if granted is not None and granted != request.until and (wrong := examine_grant(request, granted, today)):
        return wrong
    state = Outcome.APPROVED if granted else Outcome.REFUSED
    if not settle_extension(session, request_id, state, granted, person.id, at):
        return Verdict(request, already=True)
    if granted:
        next_revision(session, extend_item(session, request_id, granted), items_changed=True)
    detail = {"request": request_id, "until": request.until.isoformat()}
    if granted:
        detail["granted"] = granted.isoformat()
    write_audit(session, at, person.id, f"extend_{state}", request.item, detail)
    _tell_outcome(session, request, person, today, at)
    return Verdict(_known(session, request_id))


def request_with(session: Session, person: Person, request_id: int) -> Extension | None:
    """A request, for whoever decides on it; None where there is none. Raises `Denied`."""
    require(person, Action.DECIDE)
    return extension(session, request_id)


def _tell_outcome(session: Session, request: Extension, by: Person, today: date, at: datetime) -> None:
    asker = person_by_id(session, request.person_id) if request.person_id else None
    if asker is not None and asker.id != by.id:
        facts = {"request": request.id}
        put(session, [NewNotice(asker.id, asker.chat_id, today, DECIDED, str(request.id), facts, at, bulk=False)], at)


def _known(session: Session, request_id: int) -> Extension:
    found = extension(session, request_id)
    assert found is not None  # it was written in this transaction
    return found


# ---------------------------------------------------------------- a personal reminder


def ask_reminder(
    session: Session, reading: Reading, person: Person, act: Act, asking: Asking, policy: Policy
) -> Alarm | Open | Refused:
    """Promise a reminder at a moment of the person's own."""
    almanac = reading.almanac.of(person.id)
    book = reading.shelf.book(session, reading.today)
    now = almanac.local(asking.at)
    act = _with_candidates(session, reading, person, act)
    found = examine_reminder(act, book, person, now, almanac.table, almanac.calendar(session), policy)
    _remember(session, asking.chat_id, act)
    if isinstance(found, Alarm):
        row_id = item_id(session, _plan_id(session, reading.today), found.item)
        add_reminder(session, person.id, row_id, found.at.astimezone(UTC), asking.at)
    return found


def _with_candidates(session: Session, reading: Reading, person: Person, act: Act) -> Act:
    """Where no item was named, those of the person's latest digest may be meant."""
    if act.slots.keys() & {"item", "candidates"}:
        return act
    first = reading.today - ONE_DAY * reading.almanac.table.look_back
    told = past_digests(session, DIGEST, [person.id], first, reading.today + ONE_DAY)
    items = told[0].facts["items"] if told else []
    return replace(act, slots={**act.slots, "candidates": items}) if items else act


def _remember(session: Session, chat_id: int, act: Act) -> None:
    """The act becomes what a follow-up refers to; a question that waits goes on waiting."""
    write_dialogue(session, chat_id, replace(read_dialogue(session, chat_id), previous=act, failures=0))


def _plan_id(session: Session, today: date) -> int:
    row = current_plan_row(session, today)
    assert row is not None  # the shelf has found it
    return row.id


# ---------------------------------------------------------------- what there is to say


def _request(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> RequestTold | None:
    request = extension(session, notice.facts["request"])
    if request is None or request.state is not Outcome.PENDING or request.item not in book.plan.item:
        return None
    return request_told(session, reading, person, book, request)


def request_told(session: Session, reading: Reading, person: Person, book: Book, request: Extension) -> RequestTold:
    """The card of a request."""
    row_id = item_id(session, _plan_id(session, reading.today), request.item)
    reports = effective(reports_of(session, request.item, row_id, last=RECENT))
    asker = person_by_id(session, request.person_id) if request.person_id else None
    item = book.plan.item[request.item]
    unit = next((u for u in asker.units if book.plan.leads(u, item)), asker.home) if asker else None
    telling = [r for r in reports if r.value is not None or r.percent is not None or r.state is not None]
    return RequestTold(person, book, reading.today, request, unit, tuple(telling[-HISTORY:]))


def _outcome(session: Session, reading: Reading, notice: Notice, person: Person, book: Book) -> OutcomeTold | None:
    request = extension(session, notice.facts["request"])
    if request is None or request.item not in book.plan.item:
        return None
    return OutcomeTold(person, book, request)


TELLERS: Mapping[str, Teller[Requested]] = {
    EXTENSION: _request,
    DECIDED: _outcome,
}
