"""People as they are kept: who has joined, with which posts, and in which chat they are reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.rules.people import Person, Post
from bot.rules.plan import Role
from storage.tables import PersonRow, PostRow


def person_by_user(session: Session, user_id: int) -> Person | None:
    """The person who writes from a Telegram account; None for strangers and for those who have left."""
    row = session.scalars(select(PersonRow).where(PersonRow.user_id == user_id, PersonRow.left_at.is_(None))).first()
    return _people(session, [row])[0] if row else None


def person_by_id(session: Session, person_id: int) -> Person | None:
    """A person who has joined and not left."""
    row = session.scalars(select(PersonRow).where(PersonRow.id == person_id, PersonRow.left_at.is_(None))).first()
    return _people(session, [row])[0] if row else None


def everybody(session: Session) -> list[Person]:
    """All who have joined and not left, oldest first."""
    return _people(
        session, session.scalars(select(PersonRow).where(PersonRow.left_at.is_(None)).order_by(PersonRow.id))
    )


def with_roles(session: Session, roles: Iterable[Role]) -> list[Person]:
    """Those who hold one of the roles now."""
    wanted = frozenset(roles)
    return [p for p in everybody(session) if p.roles & wanted]


def _people(session: Session, rows: Iterable[PersonRow]) -> list[Person]:
    found = list(rows)
    posts = _posts(session, [row.id for row in found])
    return [Person(row.id, row.name, row.language, tuple(posts.get(row.id, ())), row.user_id) for row in found]


def _posts(session: Session, ids: Sequence[int]) -> dict[int, list[Post]]:
    query = select(PostRow.person_id, PostRow.unit, PostRow.role).where(PostRow.ended_at.is_(None))
    if len(ids) == 1:  # the usual case: one message, one person
        query = query.where(PostRow.person_id == ids[0])
    posts: dict[int, list[Post]] = {}
    for person_id, unit, role in session.execute(query.order_by(PostRow.id)):
        posts.setdefault(person_id, []).append(Post(unit, Role(role)))
    return posts
