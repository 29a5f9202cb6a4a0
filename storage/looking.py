"""What pictures and reports look back on, beside the history of items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.rules.requests import Outcome
from storage.tables import ExtensionRow, ItemRow, PersonRow


@dataclass(frozen=True, slots=True)
class Deadline:
    """A request for a later deadline that waits, or was granted (`decided_at` is then its moment)."""

    item: str
    until: date
    reason: str | None
    by: str | None
    asked_at: datetime
    decided_at: datetime | None


def deadlines(session: Session, plan_id: int) -> tuple[Deadline, ...]:
    """Every request of a plan that waits or was granted, oldest first."""
    query = (
        select(ExtensionRow, ItemRow.code, PersonRow.name)
        .join(ItemRow, ItemRow.id == ExtensionRow.item_id)
        .outerjoin(PersonRow, PersonRow.id == ExtensionRow.person_id)
        .where(ItemRow.plan_id == plan_id, ExtensionRow.state.in_((Outcome.PENDING, Outcome.APPROVED)))
        .order_by(ExtensionRow.id)
    )
    return tuple(_deadline(row, code, name) for row, code, name in session.execute(query))


def _deadline(row: ExtensionRow, code: str, name: str | None) -> Deadline:
    granted = row.state == Outcome.APPROVED
    until = row.granted or row.until if granted else row.until
    return Deadline(code, until, row.reason, name, row.asked_at, row.decided_at if granted else None)
