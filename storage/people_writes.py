"""People written: invitations made and used, posts given and ended, chats opened and closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Update, delete, func, insert, select, update
from sqlalchemy.orm import Session

from bot.rules.invitations import Invitation
from bot.rules.people import Post
from bot.rules.plan import Role
from storage.outbox import DROPPED, WAITING
from storage.tables import AuditRow, ChatRow, DialogueRow, InviteRow, OutboxRow, PersonRow, PostRow

PRIVATE = "private"
LEFT = "left"  # why a chat is closed


def _changed(session: Session, query: Update) -> int:
    """How many rows an update has changed."""
    return cast("CursorResult[Any]", session.execute(query)).rowcount


# ---------------------------------------------------------------- invitations


def add_invitation(
    session: Session,
    token_hash: str,
    post: Post,
    name: str | None,
    language: str,
    made_by: int | None,
    made_at: datetime,
    expires_at: datetime,
) -> Invitation:
    """Keep a new link by its hash. Raises IntegrityError where the unit is not there."""
    row = InviteRow(
        token_hash=token_hash,
        unit=post.unit,
        role=str(post.role),
        name=name,
        language=language,
        made_by=made_by,
        made_at=made_at,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return _invitation(row)


def invitation_by_hash(session: Session, token_hash: str) -> Invitation | None:
    """The invitation whose token has this hash, whatever has become of it."""
    row = session.scalars(select(InviteRow).where(InviteRow.token_hash == token_hash)).first()
    return _invitation(row) if row else None


def invitation_by_id(session: Session, invitation_id: int) -> Invitation | None:
    """One invitation, whatever has become of it."""
    row = session.get(InviteRow, invitation_id, populate_existing=True)
    return _invitation(row) if row else None


def open_invitations(session: Session, at: datetime) -> list[Invitation]:
    """The links that would open the door now, the newest first."""
    query = select(InviteRow).where(InviteRow.used_at.is_(None), InviteRow.revoked_at.is_(None))
    rows = session.scalars(query.where(InviteRow.expires_at > at).order_by(InviteRow.id.desc()))
    return [_invitation(row) for row in rows]


def claim_invitation(session: Session, invitation_id: int, at: datetime) -> bool:
    """Use a link up; False where somebody else was faster, or it has been revoked."""
    query = update(InviteRow).where(
        InviteRow.id == invitation_id, InviteRow.used_at.is_(None), InviteRow.revoked_at.is_(None)
    )
    return _changed(session, query.values(used_at=at)) == 1


def used_invitation(session: Session, invitation_id: int, person_id: int) -> Invitation:
    """Write down who has used a claimed link; the invitation as it is now."""
    row = session.get_one(InviteRow, invitation_id, populate_existing=True)
    row.used_by = person_id
    session.flush()
    return _invitation(row)


def revoke_invitation(session: Session, invitation_id: int, at: datetime) -> bool:
    """Close an unused link; False where it is used or closed already."""
    query = update(InviteRow).where(
        InviteRow.id == invitation_id, InviteRow.used_at.is_(None), InviteRow.revoked_at.is_(None)
    )
    return _changed(session, query.values(revoked_at=at)) == 1


def _invitation(row: InviteRow) -> Invitation:
    return Invitation(
        id=row.id,
        unit=row.unit,
        role=Role(row.role),
        name=row.name,
        language=row.language,
        made_by=row.made_by,
        made_at=row.made_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        used_by=row.used_by,
        revoked=row.revoked_at is not None,
    )


# ---------------------------------------------------------------- people and posts


def enrol(session: Session, user_id: int, name: str, language: str, at: datetime) -> int:
    """A person for this account: a new one, or one who had left and comes back without posts. Returns the row id."""
    values = {"name": name, "language": language, "joined_at": at, "left_at": None}
    query = update(PersonRow).where(PersonRow.user_id == user_id).values(values).returning(PersonRow.id)
    known = session.execute(query).scalar()
    if known is not None:
        return known
    return session.execute(insert(PersonRow).values(user_id=user_id, **values).returning(PersonRow.id)).scalar_one()


def rename(session: Session, person_id: int, name: str) -> None:
    """Change the name that the record shows from now on."""
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(name=name))


def set_language(session: Session, person_id: int, language: str) -> None:
    """Change the language that a person is answered in."""
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(language=language))


def add_post(session: Session, person_id: int, post: Post, at: datetime) -> None:
    """Give a post, unless the person holds it."""
    if post_since(session, person_id, post) is None:
        session.execute(insert(PostRow).values(person_id=person_id, unit=post.unit, role=str(post.role), since=at))


def post_since(session: Session, person_id: int, post: Post) -> datetime | None:
    """Since when a person holds a post; None where they do not."""
    return session.scalars(
        select(PostRow.since).where(
            PostRow.person_id == person_id,
            PostRow.unit == post.unit,
            PostRow.role == str(post.role),
            PostRow.ended_at.is_(None),
        )
    ).first()


def end_posts(session: Session, person_id: int, posts: Sequence[Post], at: datetime) -> None:
    """End these posts; the past stays."""
    for post in posts:
        session.execute(
            update(PostRow)
            .where(
                PostRow.person_id == person_id,
                PostRow.unit == post.unit,
                PostRow.role == str(post.role),
                PostRow.ended_at.is_(None),
            )
            .values(ended_at=at)
        )


def end_access(session: Session, person_id: int, at: datetime) -> None:
    """Close the door behind a person: every post and chat, what was being talked about, and what was to be sent."""
    session.execute(
        update(PostRow).where(PostRow.person_id == person_id, PostRow.ended_at.is_(None)).values(ended_at=at)
    )
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(left_at=at))
    chats = select(ChatRow.chat_id).where(ChatRow.person_id == person_id)
    session.execute(delete(DialogueRow).where(DialogueRow.chat_id.in_(chats)))
    session.execute(update(ChatRow).where(ChatRow.person_id == person_id).values(closed=LEFT))
    waiting = update(OutboxRow).where(OutboxRow.person_id == person_id, OutboxRow.state == WAITING)
    session.execute(waiting.values(state=DROPPED))


# ---------------------------------------------------------------- chats


def open_chat(session: Session, chat_id: int, person_id: int | None, kind: str = PRIVATE) -> None:
    """From now on we may write to this chat."""
    values = {"person_id": person_id, "kind": kind, "closed": None}
    known = update(ChatRow).where(ChatRow.chat_id == chat_id).values(values)
    if _changed(session, known) == 0:
        session.execute(insert(ChatRow).values(chat_id=chat_id, **values))


# ---------------------------------------------------------------- traces


def count_traces(session: Session, action: str, subject: str, since: datetime) -> int:
    """How often the audit has this action on this subject since a moment."""
    query = select(func.count()).where(AuditRow.action == action, AuditRow.subject == subject, AuditRow.at > since)
    return session.execute(query).scalar_one()
