"""Being away: a leader on leave is not reminded, the deputies are; and living by another clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.rules.people import Person
from bot.rules.plan import Role
from bot.rules.reminders import readers_of
from bot.services.reminding import STANDS_IN
from storage.outbox import NewNotice, put
from storage.people import everybody
from storage.plan_writes import write_audit
from storage.reminders import end_leave, on_leave, set_zone, start_leave, unreachable


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody's leave, both days included, and who is reminded meanwhile."""

    first: date
    until: date
    stand_ins: tuple[Person, ...]
    uncovered: tuple[str, ...]  # the units of which nobody is reminded


def go_on_leave(session: Session, person: Person, first: date, until: date, at: datetime, today: date) -> Away:
    """Let `person` be away; whoever stands in is told."""
    start_leave(session, person.id, first, until, at)
    session.flush()
    detail = {"first": first.isoformat(), "until": until.isoformat()}
    write_audit(session, at, person.id, "leave", f"person:{person.id}", detail)
    people = everybody(session)
    away = unreachable(session) | on_leave(session, max(first, today)).keys() | {person.id}
    readers = readers_of(people, away)
    led = {post.unit for post in person.posts if post.role in (Role.LEADER, Role.DEPUTY)}
    own = set(readers_of(people, away - {person.id}).get(person.id, ()))
    stand_ins = tuple(p for p in people if own & set(readers.get(p.id, ())))
    covered = {unit for units in readers.values() for unit in units}
    facts = {"person": person.id, **detail}
    subject = f"{person.id}:{first.isoformat()}:{until.isoformat()}"
    put(session, [NewNotice(p.id, p.chat_id, today, STANDS_IN, subject, facts, at, bulk=False) for p in stand_ins], at)
    return Away(first, until, stand_ins, tuple(sorted(led - covered)))


def come_back(session: Session, person: Person, at: datetime) -> bool:
    """End a person's leave; False where they had none."""
    ended = end_leave(session, person.id, at) > 0
    if ended:
        write_audit(session, at, person.id, "leave_end", f"person:{person.id}", {})
    return ended


def live_by(session: Session, person: Person, zone: str | None, at: datetime) -> None:
    """Let a person have a time zone of their own, or (None) the deployment's."""
    set_zone(session, person.id, zone)
    write_audit(session, at, person.id, "zone", f"person:{person.id}", {"zone": zone})
