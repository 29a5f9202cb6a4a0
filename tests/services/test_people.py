"""What the services of people leave in the database: links, posts, access, traces."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.rules.access import Denied
from bot.rules.invitations import GUESSES, Account, Joined, LinkProblem, Staying
from bot.rules.people import Person, Post
from bot.rules.plan import Plan, Role, RosterPerson, Unit
from bot.services.people import (
    Retired,
    circle,
    failed_turn,
    good_turn,
    invite,
    invite_missing,
    join,
    leave,
    plan_in_force,
    remove,
    retire,
    revoke,
    speak,
)
from storage.database import Store, open_store
from storage.dialogues import Dialogue, read_dialogue, write_dialogue
from storage.outbox import NewNotice, put
from storage.people import everybody, person_by_user
from storage.plan_writes import new_plan_row, write_plan
from storage.tables import AuditRow, ChatRow, InviteRow, OutboxRow, PersonRow
from tests.places import Places

pytestmark = pytest.mark.on_postgres

NOON = datetime(2025, 6, 18, 5, tzinfo=UTC)
DAYS = 14
LEADER, DEPUTY, OFFICE = Post("SYT", Role.LEADER), Post("SYT", Role.DEPUTY), Post("STTTT", Role.OFFICE)
ROSTER = (
    RosterPerson("Lan", "SYT", Role.LEADER, "bn"),
    RosterPerson("Tùng", "SYT", Role.DEPUTY),
    RosterPerson("Thu", "STTTT", Role.OFFICE),
)
PLAN = Plan(2025, (Unit("SYT", "Sở Y tế"), Unit("STTTT", "Sở Thông tin và Truyền thông")), people=ROSTER)


def _load(session: Session) -> None:
    write_plan(session, new_plan_row(session, 2025, NOON), Plan(2025), PLAN)


@pytest.fixture
def store(places: Places, migrated: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(places.copy(migrated, tmp_path))
    opened.write_now(_load)
    yield opened
    opened.close()


def account(number: int, language: str = "vi") -> Account:
    return Account(number, f"Tài khoản {number}", language)


def enter(store: Store, number: int, post: Post, name: str | None = None, at: datetime = NOON) -> Joined:
    """Somebody comes in by a link of the operator's."""
    token = store.write_now(invite, None, PLAN, post, name, at, DAYS).token
    joined = store.write_now(join, token, account(number), "vi", at)
    assert isinstance(joined, Joined)
    return joined


def rows(store: Store, query: Any) -> list[Any]:
    return store.read_now(lambda session: list(session.scalars(query)))


def actions(store: Store) -> list[str]:
    return rows(store, select(AuditRow.action).order_by(AuditRow.id))


def test_the_plan_that_units_come_from(store: Store) -> None:
    found = store.read_now(plan_in_force, NOON.date())
    assert found is not None
    assert found.people == ROSTER


def test_a_token_has_256_bits_and_is_kept_as_its_hash(store: Store) -> None:
    made = [store.write_now(invite, None, PLAN, LEADER, None, NOON, DAYS) for _ in range(20)]
    kept = rows(store, select(InviteRow.token_hash))
    assert all(len(one.token) == 43 and one.token.replace("-", "").replace("_", "").isalnum() for one in made)
    assert len({one.token for one in made}) == len(set(kept)) == 20
    assert not {one.token for one in made} & set(kept)
    assert made[0].invitation.expires_at == NOON + timedelta(days=DAYS)


def test_everybody_of_the_people_sheet_gets_a_link_until_they_have_joined(store: Store) -> None:
    invited = store.write_now(invite_missing, PLAN, NOON, DAYS)
    assert [(i.invitation.name, i.invitation.post, i.invitation.language) for i in invited] == [
        ("Lan", LEADER, "bn"),
        ("Tùng", DEPUTY, "vi"),
        ("Thu", OFFICE, "vi"),
    ]
    store.write_now(join, invited[1].token, account(1), "vi", NOON)
    again = store.write_now(invite_missing, PLAN, NOON, DAYS)
    assert [i.invitation.name for i in again] == ["Lan", "Thu"]


def test_who_joins_by_name_closes_the_other_links_of_that_name(store: Store) -> None:
    first, second = (store.write_now(invite, None, PLAN, LEADER, "Lan", NOON, DAYS).token for _ in range(2))
    other = store.write_now(invite, None, PLAN, LEADER, None, NOON, DAYS).token
    joined = store.write_now(join, first, account(1), "vi", NOON)
    assert isinstance(joined, Joined)
    assert (joined.person.name, joined.person.language) == ("Lan", "bn")
    assert store.write_now(join, second, account(2), "vi", NOON) is LinkProblem.REVOKED
    assert isinstance(store.write_now(join, other, account(3), "vi", NOON), Joined)


def test_one_of_many_who_open_a_link_at_once_gets_in(store: Store) -> None:
    token = store.write_now(invite, None, PLAN, LEADER, None, NOON, DAYS).token
    ready = threading.Barrier(8)

    def attempt(number: int) -> Joined | LinkProblem:
        ready.wait(10)
        return store.write_now(join, token, account(number), "vi", NOON)

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(attempt, range(1, 9)))
    assert sum(isinstance(one, Joined) for one in outcomes) == 1
    assert outcomes.count(LinkProblem.USED) == 7
    assert len(rows(store, select(PersonRow))) == 1


def test_opening_ones_own_link_again_changes_nothing_but_opens_the_chat(store: Store) -> None:
    token = store.write_now(invite, None, PLAN, LEADER, None, NOON, DAYS).token
    store.write_now(join, token, account(1), "vi", NOON)
    store.write_now(lambda session: setattr(session.get_one(ChatRow, 1), "closed", "blocked"))
    again = store.write_now(join, token, account(1), "vi", NOON + timedelta(days=30))
    assert isinstance(again, Joined)
    assert again.again
    assert actions(store) == ["invite", "join"]
    assert rows(store, select(ChatRow.closed)) == [None]


def test_unknown_links_are_counted_by_account_and_forgotten_after_an_hour(store: Store) -> None:
    token = store.write_now(invite, None, PLAN, LEADER, None, NOON, DAYS).token
    for _ in range(GUESSES):
        assert store.write_now(join, "guess", account(1), "vi", NOON) is LinkProblem.UNKNOWN
    assert store.write_now(join, token, account(1), "vi", NOON) is LinkProblem.TOO_MANY
    assert store.write_now(join, "guess", account(2), "vi", NOON) is LinkProblem.UNKNOWN
    later = NOON + timedelta(minutes=61)
    assert isinstance(store.write_now(join, token, account(1), "vi", later), Joined)
    assert actions(store).count("guessed_link") == GUESSES + 1


def test_a_token_of_any_characters_is_simply_unknown(store: Store) -> None:
    for number, odd in enumerate(("", "\udcff", "খ" * 5000, "' OR 1=1 --")):
        assert store.write_now(join, odd, account(number), "vi", NOON) is LinkProblem.UNKNOWN


def test_a_second_post_keeps_name_and_language(store: Store) -> None:
    enter(store, 1, LEADER, "Lan")
    joined = enter(store, 1, OFFICE)
    assert (joined.person.name, joined.person.language) == ("Lan", "bn")
    assert joined.person.posts == (LEADER, OFFICE)


def test_the_same_post_twice_is_one_post(store: Store) -> None:
    enter(store, 1, LEADER)
    assert enter(store, 1, LEADER).person.posts == (LEADER,)


def test_only_the_office_invites_sees_the_circle_and_removes(store: Store) -> None:
    leader = enter(store, 1, LEADER).person
    with pytest.raises(Denied):
        store.write_now(invite, leader, PLAN, OFFICE, None, NOON, DAYS)
    with pytest.raises(Denied):
        store.read_now(circle, leader, PLAN, NOON)
    with pytest.raises(Denied):
        store.write_now(revoke, leader, 1, NOON)
    with pytest.raises(Denied):
        store.write_now(remove, leader, leader.id, NOON)
    assert len(rows(store, select(InviteRow))) == 1


def test_the_circle_is_who_is_in_who_is_missing_and_which_links_are_open(store: Store) -> None:
    office = enter(store, 1, OFFICE, "Thu").person
    made = store.write_now(invite, office, PLAN, LEADER, "Lan", NOON, DAYS).invitation
    store.write_now(invite, office, PLAN, DEPUTY, None, NOON - timedelta(days=20), DAYS)
    found = store.read_now(circle, office, PLAN, NOON)
    assert [p.name for p in found.people] == ["Thu"]
    assert [r.name for r in found.missing] == ["Lan", "Tùng"]
    assert found.invitations == (made,)
    assert store.write_now(revoke, office, made.id, NOON)
    assert not store.write_now(revoke, office, made.id, NOON)
    assert store.read_now(circle, office, PLAN, NOON).invitations == ()


def test_the_inviter_is_known_to_who_joins_unless_it_was_the_operator(store: Store) -> None:
    office = enter(store, 1, OFFICE).person
    token = store.write_now(invite, office, PLAN, DEPUTY, None, NOON, DAYS).token
    joined = store.write_now(join, token, account(2), "vi", NOON)
    assert isinstance(joined, Joined)
    assert joined.inviter == office
    assert enter(store, 3, LEADER).inviter is None


def test_retiring_ends_the_one_post_and_access_only_where_it_was_the_last(store: Store) -> None:
    old = enter(store, 1, LEADER).person
    enter(store, 1, OFFICE)
    new = enter(store, 2, LEADER, at=NOON + timedelta(days=1))
    later = NOON + timedelta(days=2)
    assert [p.id for p in new.predecessors] == [old.id]
    ended = store.write_now(retire, new.person, new.invitation.id, old.id, later)
    assert isinstance(ended, Retired)
    assert not ended.gone
    assert store.write_now(retire, new.person, new.invitation.id, old.id, later) is None
    still = store.read_now(person_by_user, 1)
    assert still is not None
    assert still.posts == (OFFICE,)

    newest = enter(store, 3, LEADER, at=later)
    last = store.write_now(retire, newest.person, newest.invitation.id, new.person.id, later)
    assert last is not None
    assert last.gone
    assert store.read_now(person_by_user, 2) is None
    assert actions(store).count("retire") == 2


def test_leaving_ends_posts_chat_and_what_was_to_be_sent(store: Store) -> None:
    leader = enter(store, 1, LEADER).person
    notice = NewNotice(leader.id, 1, NOON.date(), "digest", "", {}, NOON, bulk=True)
    store.write_now(put, [notice], NOON)
    store.write_now(write_dialogue, 1, Dialogue(question={"id": "q"}))
    assert store.write_now(leave, leader, NOON) is None
    assert store.read_now(everybody) == []
    assert rows(store, select(ChatRow.closed)) == ["left"]
    assert rows(store, select(OutboxRow.state)) == ["dropped"]
    assert store.read_now(read_dialogue, 1) == Dialogue()
    assert actions(store)[-1] == "leave"


def test_the_last_of_the_office_neither_leaves_nor_is_removed(store: Store) -> None:
    office = enter(store, 1, OFFICE).person
    assert store.write_now(leave, office, NOON) is Staying.LAST_OF_OFFICE
    assert store.write_now(remove, office, office.id, NOON) is Staying.LAST_OF_OFFICE
    other = enter(store, 2, OFFICE).person
    assert store.write_now(remove, other, office.id, NOON) == office
    assert store.write_now(remove, other, office.id, NOON) is None
    assert [p.id for p in store.read_now(everybody)] == [other.id]


def test_who_comes_back_has_only_the_new_post(store: Store) -> None:
    leader = enter(store, 1, LEADER, "Lan").person
    store.write_now(leave, leader, NOON)
    back = enter(store, 1, DEPUTY).person
    assert (back.id, back.posts, back.name) == (leader.id, (DEPUTY,), "Tài khoản 1")
    assert rows(store, select(ChatRow.closed)) == [None]


def test_every_change_of_people_leaves_its_trace(store: Store) -> None:
    office = enter(store, 1, OFFICE).person
    made = store.write_now(invite, office, PLAN, LEADER, None, NOON, DAYS).invitation
    store.write_now(revoke, office, made.id, NOON)
    leader: Person = enter(store, 2, LEADER).person
    store.write_now(speak, leader, "bn", NOON)
    store.write_now(remove, office, leader.id, NOON)
    assert actions(store) == ["invite", "join", "invite", "revoke", "invite", "join", "language", "remove"]
    assert rows(store, select(func.count()).where(AuditRow.at == NOON)) == [8]


def test_failed_turns_are_counted_in_a_row(store: Store) -> None:
    assert [store.write_now(failed_turn, 7), store.write_now(failed_turn, 7), store.write_now(failed_turn, 8)] == [
        1,
        2,
        1,
    ]
    store.write_now(good_turn, 7)
    assert store.write_now(failed_turn, 7) == 1
