"""Invitations: when a link still opens the door, for whom, and what follows from opening it.

The source is the issue on people: a link is used once, expires, and is bound to a unit and a role.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.people import Person, Post
from bot.rules.plan import Plan, Role, RosterPerson, Unit

GUESSES = 5  # unknown links that one account may try …
GUESSES_WITHIN = timedelta(hours=1)  # … in this time
RETIRE_WITHIN = timedelta(days=7)  # how long a successor may end the predecessor's post after joining
SINGLE_ROLES = frozenset({Role.LEADER, Role.CHAIR})  # posts that one person holds
SPOKEN = ("vi", "bn")  # Telegram languages that decide how somebody is greeted


class LinkProblem(StrEnum):
    """Why a link does not open the door."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    TOO_MANY = "too_many"  # the account has tried too many unknown links


class Staying(StrEnum):
    """Why a person cannot go."""

    LAST_OF_OFFICE = "last_of_office"  # nobody would be left who may invite


@dataclass(frozen=True, slots=True)
class Invitation:
    """A single-use link as it is kept. `language` is empty where nobody said one; `made_by` None: the operator."""

    id: int
    unit: str
    role: Role
    name: str | None
    language: str
    made_by: int | None
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: int | None = None
    revoked: bool = False

    @property
    def post(self) -> Post:
        return Post(self.unit, self.role)


@dataclass(frozen=True, slots=True)
class Invited:
    """A link that was just made. `token` is shown now and never again."""

    token: str
    invitation: Invitation


@dataclass(frozen=True, slots=True)
class Account:
    """A Telegram account as it presents itself; its id is its private chat's too."""

    user_id: int
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody has come in. `again`: by a link that they had used before; nothing has changed.

    `predecessors` hold the same post, which one person holds; `inviter` made the link in the chat.
    """

    person: Person
    invitation: Invitation
    again: bool = False
    predecessors: tuple[Person, ...] = ()
    inviter: Person | None = None


@dataclass(frozen=True, slots=True)
class Circle:
    """Who is in, whom the People sheet names beside them, and the links that are open, newest first."""

    people: tuple[Person, ...]
    missing: tuple[RosterPerson, ...]
    invitations: tuple[Invitation, ...]


@dataclass(frozen=True, slots=True)
class Retired:
    """A predecessor as they were, and the post that has ended."""

    person: Person
    post: Post

    @property
    def gone(self) -> bool:
        """Whether it was the only post, so that all access has ended."""
        return self.person.posts == (self.post,)


def problem_of(invitation: Invitation | None, at: datetime) -> LinkProblem | None:
    """Why a link does not open the door at this moment, or None where it does."""
    if invitation is None:
        return LinkProblem.UNKNOWN
    if invitation.used_at is not None:
        return LinkProblem.USED
    if invitation.revoked:
        return LinkProblem.REVOKED
    return LinkProblem.EXPIRED if at >= invitation.expires_at else None


def first_language(invited: str, telegram: str, default: str) -> str:
    """How somebody is greeted: as the invitation says, else in their Telegram's language where we speak it."""
    code = telegram[:2].casefold()
    return invited or (code if code in SPOKEN else default)


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name: composition, case and spaces do not count."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def roster_entry(plan: Plan, name: str, unit: str) -> RosterPerson | None:
    """The row of the People sheet that a name means, one of this unit before others."""
    found = [p for p in plan.people if same_name(p.name, name)]
    return next((p for p in found if p.unit == unit), next(iter(found), None))


def not_enrolled(roster: Iterable[RosterPerson], people: Sequence[Person]) -> list[RosterPerson]:
    """The rows of the People sheet whose post nobody of that name holds yet, in the sheet's order."""
    held = {(_folded(p.name), post) for p in people for post in p.posts}
    return [r for r in roster if (_folded(r.name), Post(r.unit, r.role)) not in held]


def predecessors(people: Iterable[Person], newcomer: Person, post: Post) -> tuple[Person, ...]:
    """Who else holds a post that one person holds."""
    if post.role not in SINGLE_ROLES:
        return ()
    return tuple(p for p in people if p.id != newcomer.id and post in p.posts)


def may_retire(
    invitation: Invitation | None, successor: Person, other: Person | None, since: datetime | None, at: datetime
) -> bool:
    """Whether `successor`, who came by this invitation, may end the post that `other` has held `since` before it."""
    if invitation is None or other is None or since is None or invitation.used_at is None:
        return False
    if invitation.used_by != successor.id or other.id == successor.id or invitation.post.role not in SINGLE_ROLES:
        return False
    both_hold_it = invitation.post in successor.posts and invitation.post in other.posts
    return both_hold_it and since < invitation.used_at and at < invitation.used_at + RETIRE_WITHIN


def why_stay(person: Person, everybody: Iterable[Person]) -> Staying | None:
    """Why a person cannot leave or be removed: the last of the office has to invite a successor first."""
    others = (p for p in everybody if p.id != person.id)
    if Role.OFFICE in person.roles and not any(Role.OFFICE in p.roles for p in others):
        return Staying.LAST_OF_OFFICE
    return None


def unit_named(plan: Plan, text: str) -> Unit | None:
    """The unit that a code, a name or another of its names means, whatever the case."""
    wanted = _folded(text)
    by_code = (u for u in plan.units if _folded(u.code) == wanted)
    by_name = (u for u in plan.units if wanted in {_folded(n) for n in (u.name_vi, u.name_bn or u.name_vi, *u.aliases)})
    return next(by_code, next(by_name, None))
