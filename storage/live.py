"""Links to the live page: each a lease, named by the link's hash, that a person holds until it is opened or expires."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from storage.tables import LeaseRow

PREFIX = "live:"
HASH = 34  # characters of the hash: with the prefix a lease's name has 40 at most


def add_link(session: Session, token_hash: str, person_id: int, now: datetime, until: datetime) -> None:
    """Keep a link for a person until a moment; links that have run out are forgotten."""
    session.execute(delete(LeaseRow).where(LeaseRow.name.startswith(PREFIX), LeaseRow.until < now))
    session.execute(insert(LeaseRow).values(name=PREFIX + token_hash[:HASH], owner=str(person_id), until=until))


def use_link(session: Session, token_hash: str, now: datetime) -> int | None:
    """Whose link it is, once; None where it was used, has run out, or never was."""
    ours = (LeaseRow.name == PREFIX + token_hash[:HASH], LeaseRow.until >= now)
    owner = session.execute(delete(LeaseRow).where(*ours).returning(LeaseRow.owner)).scalar()
    return None if owner is None else int(owner)
