"""People: invited, joined, answered in their language, gone. One function is one transaction; each leaves a trace.

`person` is None where the operator acts, on the command line.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.rules.access import Action, require
from bot.rules.invitations import (
    GUESSES,
    GUESSES_WITHIN,
    Account,
    Circle,
    Invitation,
    Invited,
    Joined,
    LinkProblem,
    Retired,
    Staying,
    first_language,
    may_retire,
    not_enrolled,
    predecessors,
    problem_of,
    roster_entry,
    why_stay,
)
from bot.rules.people import Person, Post
from bot.rules.plan import Plan
from storage.dialogues import read_dialogue, write_dialogue
from storage.forgetting import erase
from storage.people import everybody, person_by_id, person_by_user
from storage.people_writes import (
    add_invitation,
    add_post,
    claim_invitation,
    count_traces,
    end_access,
    end_posts,
    enrol,
    invitation_by_hash,
    invitation_by_id,
    open_chat,
    open_invitations,
    post_since,
    rename,
    revoke_invitation,
    set_language,
    used_invitation,
)
from storage.plan_writes import write_audit
from storage.plans import current_plan_row, read_plan

TOKEN_BYTES = 32
GUESSED = "guessed_link"  # in the audit: an unknown link was tried


# ---------------------------------------------------------------- inviting


def plan_in_force(session: Session, today: date) -> Plan | None:
    """The plan whose units people belong to; None before one is loaded."""
    row = current_plan_row(session, today)
    return read_plan(session, row) if row else None


def circle(session: Session, person: Person, plan: Plan, at: datetime) -> Circle:
    """Everybody, for whoever may invite and remove. Raises `Denied`."""
    require(person, Action.INVITE)
    people = everybody(session)
    return Circle(tuple(people), tuple(not_enrolled(plan.people, people)), tuple(open_invitations(session, at)))


def invite(
    session: Session, person: Person | None, plan: Plan, post: Post, name: str | None, at: datetime, days: int
) -> Invited:
    """Make a link for a post, good for so many days; the People sheet knows a name's language. Raises `Denied`."""
    if person is not None:
        require(person, Action.INVITE)
    entry = roster_entry(plan, name, post.unit) if name else None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = add_invitation(
        session,
        _hash(token),
        post,
        entry.name if entry else name,
        entry.language if entry else "",
        person.id if person else None,
        at,
        at + timedelta(days=days),
    )
    _trace(session, at, person, "invite", f"invitation:{invitation.id}", post)
    return Invited(token, invitation)


def invite_missing(session: Session, plan: Plan, at: datetime, days: int) -> list[Invited]:
    """A link for each row of the People sheet whose post its person does not hold yet, in the sheet's order."""
    missing = not_enrolled(plan.people, everybody(session))
    return [invite(session, None, plan, Post(r.unit, r.role), r.name, at, days) for r in missing]


def revoke(session: Session, person: Person | None, invitation_id: int, at: datetime) -> bool:
    """Close a link that nobody has used; False where it was used or closed. Raises `Denied`."""
    if person is not None:
        require(person, Action.INVITE)
    closed = revoke_invitation(session, invitation_id, at)
    if closed:
        _trace(session, at, person, "revoke", f"invitation:{invitation_id}")
    return closed


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


# ---------------------------------------------------------------- joining


def join(session: Session, token: str, account: Account, default: str, at: datetime) -> Joined | LinkProblem:
    """Enrol whoever opens a link, or say why it does not open. `default` is the deployment's language.

    The link's own person may open it again and is welcomed again. Too many unknown links in an hour are not looked at.
    """
    subject = f"account:{account.user_id}"
    if count_traces(session, GUESSED, subject, at - GUESSES_WITHIN) >= GUESSES:
        return LinkProblem.TOO_MANY
    invitation = invitation_by_hash(session, _hash(token))
    known = person_by_user(session, account.user_id)
    if invitation and known and invitation.used_by == known.id and invitation.post in known.posts:
        open_chat(session, account.user_id, known.id)
        return _joined(session, known, invitation, again=True)
    problem = problem_of(invitation, at)
    if problem is LinkProblem.UNKNOWN:
        write_audit(session, at, known.id if known else None, GUESSED, subject, {})
    if problem is not None or invitation is None:
        return problem or LinkProblem.UNKNOWN
    return _enter(session, invitation, account, known, default, at)


def _enter(
    session: Session, invitation: Invitation, account: Account, known: Person | None, default: str, at: datetime
) -> Joined | LinkProblem:
    if not claim_invitation(session, invitation.id, at):
        return LinkProblem.USED  # somebody else was faster, in this very moment
    language = first_language(invitation.language, account.language, default)
    person_id = known.id if known else enrol(session, account.user_id, account.name, language, at)
    used = used_invitation(session, invitation.id, person_id)
    if invitation.name:
        rename(session, person_id, invitation.name)
    add_post(session, person_id, invitation.post, at)
    open_chat(session, account.user_id, person_id)
    _close_siblings(session, invitation, at)
    person = person_by_id(session, person_id)
    assert person is not None  # enrolled in this transaction
    _trace(session, at, person, "join", f"invitation:{invitation.id}", invitation.post)
    return _joined(session, person, used)


def _close_siblings(session: Session, invitation: Invitation, at: datetime) -> None:
    """Other open links for the same named person would let somebody else in under their name."""
    for other in open_invitations(session, at) if invitation.name else ():
        if (other.name, other.post) == (invitation.name, invitation.post):
            revoke_invitation(session, other.id, at)


def _joined(session: Session, person: Person, invitation: Invitation, *, again: bool = False) -> Joined:
    inviter = person_by_id(session, invitation.made_by) if invitation.made_by else None
    before = predecessors(everybody(session), person, invitation.post)
    return Joined(person, invitation, again, before, inviter)


def retire(session: Session, person: Person, invitation_id: int, other_id: int, at: datetime) -> Retired | None:
    """End the post of the predecessor whom `person`, by this invitation, follows; None where the offer is closed.

    Somebody without any other post loses access.
    """
    invitation, other = invitation_by_id(session, invitation_id), person_by_id(session, other_id)
    since = post_since(session, other_id, invitation.post) if invitation else None
    if invitation is None or other is None or not may_retire(invitation, person, other, since, at):
        return None
    _end(session, other, invitation.post, at)
    _trace(session, at, person, "retire", f"person:{other_id}", invitation.post)
    return Retired(other, invitation.post)


def _end(session: Session, other: Person, post: Post, at: datetime) -> None:
    if other.posts == (post,):
        end_access(session, other.id, at)
    else:
        end_posts(session, other.id, [post], at)


# ---------------------------------------------------------------- being here, and going


def speak(session: Session, person: Person, language: str, at: datetime) -> Person:
    """Answer the person in this language from now on."""
    set_language(session, person.id, language)
    write_audit(session, at, person.id, "language", f"person:{person.id}", {"language": language})
    return replace(person, language=language)


def leave(session: Session, person: Person, at: datetime) -> Staying | None:
    """The person goes and has no access any more; or why they cannot go yet."""
    staying = why_stay(person, everybody(session))
    if staying is None:
        end_access(session, person.id, at)
        _trace(session, at, person, "leave", f"person:{person.id}")
    return staying


def forget(session: Session, person: Person, at: datetime) -> Staying | None:
    """The person goes, and with them all that is known of them but what they reported; or why they cannot go yet."""
    staying = why_stay(person, everybody(session))
    if staying is None:
        end_access(session, person.id, at)
        erase(session, person.id, person.chat_id, person.name)
        _trace(session, at, person, "forget", f"person:{person.id}")
    return staying


def remove(session: Session, person: Person, other_id: int, at: datetime) -> Person | Staying | None:
    """The office ends somebody's access at once; that person as they were, or why they stay. Raises `Denied`.

    None where they had gone already.
    """
    require(person, Action.REMOVE)
    other = person_by_id(session, other_id)
    if other is None:
        return None
    staying = why_stay(other, everybody(session))
    if staying is not None:
        return staying
    end_access(session, other_id, at)
    _trace(session, at, person, "remove", f"person:{other_id}")
    return other


def chat_open(session: Session, person: Person) -> None:
    """The person's private chat can be written to (again)."""
    open_chat(session, person.chat_id, person.id)


def _trace(
    session: Session, at: datetime, person: Person | None, action: str, subject: str, post: Post | None = None
) -> None:
    detail = {"unit": post.unit, "role": str(post.role)} if post else {}
    write_audit(session, at, person.id if person else None, action, subject, detail)


# ---------------------------------------------------------------- how the talk goes


def failed_turn(session: Session, chat_id: int) -> int:
    """Count a message that was not understood; returns how many there were in a row."""
    dialogue = read_dialogue(session, chat_id)
    write_dialogue(session, chat_id, replace(dialogue, failures=dialogue.failures + 1))
    return dialogue.failures + 1


def good_turn(session: Session, chat_id: int) -> None:
    """Forget the failed turns before a message that was understood."""
    write_dialogue(session, chat_id, replace(read_dialogue(session, chat_id), failures=0))
