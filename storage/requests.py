"""Requests for a later deadline as they are kept: each is a row, what became of it, and both dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.rules.requests import Extension, Outcome
from storage.tables import ExtensionRow, ItemRow, PersonRow


def extension(session: Session, extension_id: int) -> Extension | None:
    """One request, or None."""
    found = session.execute(
        select(ExtensionRow, ItemRow.code).join(ItemRow).where(ExtensionRow.id == extension_id)
    ).first()
    return _extension(session, found[0], found[1]) if found else None


def pending_for(session: Session, item_id: int, code: str) -> Extension | None:
    """The request that waits for an answer on an item."""
    waiting = (ExtensionRow.item_id == item_id, ExtensionRow.state == Outcome.PENDING)
    row = session.scalars(select(ExtensionRow).where(*waiting).order_by(ExtensionRow.id.desc())).first()
    return _extension(session, row, code) if row else None


def waiting(session: Session, plan_id: int) -> Mapping[str, date]:
    """The items (by code) about which a request waits, and until when it asks."""
    query = select(ItemRow.code, ExtensionRow.until).select_from(ExtensionRow).join(ItemRow)
    where = (ItemRow.plan_id == plan_id, ExtensionRow.state == Outcome.PENDING)
    return dict(session.execute(query.where(*where).order_by(ExtensionRow.id)).all())


def add_extension(session: Session, item_id: int, person_id: int, until: date, reason: str | None, at: datetime) -> int:
    """Keep a request that waits; earlier ones on the item are replaced by it. Returns its id."""
    waiting = (ExtensionRow.item_id == item_id, ExtensionRow.state == Outcome.PENDING)
    session.execute(update(ExtensionRow).where(*waiting).values(state=Outcome.REPLACED, decided_at=at))
    row = ExtensionRow(
        item_id=item_id, person_id=person_id, asked_at=at, until=until, reason=reason, state=Outcome.PENDING
    )
    session.add(row)
    session.flush()
    return row.id


def settle_extension(
    session: Session, extension_id: int, state: Outcome, granted: date | None, person_id: int, at: datetime
) -> bool:
    """Decide a request that waits; False where it is decided or replaced already."""
    waiting = (ExtensionRow.id == extension_id, ExtensionRow.state == Outcome.PENDING)
    values = {"state": state, "granted": granted, "decided_by": person_id, "decided_at": at}
    done = update(ExtensionRow).where(*waiting).values(values).returning(ExtensionRow.id)
    return session.execute(done).first() is not None


def extend_item(session: Session, extension_id: int, until: date) -> int:
    """Let the approved due date of the request's item be `until`; the original one stays. Returns its plan's id."""
    item_id = select(ExtensionRow.item_id).where(ExtensionRow.id == extension_id).scalar_subquery()
    change = update(ItemRow).where(ItemRow.id == item_id).values(extended=until).returning(ItemRow.plan_id)
    return session.execute(change).scalar_one()


def _extension(session: Session, row: ExtensionRow, code: str) -> Extension:
    return Extension(
        id=row.id,
        item=code,
        until=row.until,
        reason=row.reason,
        state=Outcome(row.state),
        asked_at=row.asked_at,
        person_id=row.person_id,
        by=_name(session, row.person_id),
        granted=row.granted,
        decided_by=_name(session, row.decided_by),
        due=_due(session, row.item_id),
    )


def _due(session: Session, item_id: int) -> date | None:
    """The later of the plan's date and the approved one."""
    columns = select(ItemRow.due, ItemRow.extended).where(ItemRow.id == item_id)
    return max((day for row in session.execute(columns) for day in row if day is not None), default=None)


def _name(session: Session, person_id: int | None) -> str | None:
    return None if person_id is None else session.scalar(select(PersonRow.name).where(PersonRow.id == person_id))
