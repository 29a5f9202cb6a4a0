"""People as they are kept: who has joined, with which posts, and in which chat they are reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from bot.rules.people import Person, Post
from bot.rules.plan import Role
from storage.prepared import fetch
from storage.tables import PersonRow, PostRow


def person_by_user(session: Session, user_id: int) -> Person | None:
    """The person who writes from a Telegram account; None for strangers and for those who have left."""
    return person_of(fetch(session, by_user, user=user_id))


def person_by_id(session: Session, person_id: int) -> Person | None:
    """A person who has joined and not left."""
    return person_of(fetch(session, _by_id, person=person_id))


def by_user() -> Select[*tuple[Any, ...]]:
    """The rows of `person_by_user` for the account `:user`, as `person_of` takes them."""
    return _with_posts().where(PersonRow.user_id == bindparam("user"))


def _by_id() -> Select[*tuple[Any, ...]]:
    return _with_posts().where(PersonRow.id == bindparam("person"))


def _with_posts() -> Select[*tuple[Any, ...]]:
    """One row a post that has not ended; one without a post where there is none."""
    holds = and_(PostRow.person_id == PersonRow.id, PostRow.ended_at.is_(None))
    query: Select[*tuple[Any, ...]] = select(PersonRow.id, PersonRow.name, PersonRow.language, PersonRow.user_id)
    query = query.add_columns(PostRow.unit, PostRow.role).outerjoin(PostRow, holds)
    return query.where(PersonRow.left_at.is_(None)).order_by(PostRow.id)


def person_of(rows: Sequence[tuple[Any, ...]]) -> Person | None:
    """The person whose posts the rows tell; None where there are no rows."""
    if not rows:
        return None
    person_id, name, language, user_id = rows[0][:4]
    posts = tuple(Post(unit, Role(role)) for *_, unit, role in rows if unit is not None)
    return Person(person_id, name, language, posts, user_id)


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
    posts = _posts(session)
    return [Person(row.id, row.name, row.language, tuple(posts.get(row.id, ())), row.user_id) for row in found]


def _posts(session: Session) -> dict[int, list[Post]]:
    query = select(PostRow.person_id, PostRow.unit, PostRow.role).where(PostRow.ended_at.is_(None))
    posts: dict[int, list[Post]] = {}
    for person_id, unit, role in session.execute(query.order_by(PostRow.id)):
        posts.setdefault(person_id, []).append(Post(unit, Role(role)))
    return posts


def newest_post(session: Session) -> int:
    """The number of the newest post that anybody was given; 0 where nobody has joined."""
    return session.scalar(select(func.max(PostRow.id))) or 0
