"""People and invitations: when a link opens the door, in which language, and who follows whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.invitations import (
    RETIRE_WITHIN,
    Invitation,
    LinkProblem,
    Staying,
    first_language,
    may_retire,
    not_enrolled,
    predecessors,
    problem_of,
    roster_entry,
    same_name,
    unit_named,
    why_stay,
)
from bot.rules.people import Person, Post
from bot.rules.plan import Plan, Role, RosterPerson, Unit

NOON = datetime(2025, 6, 18, 5, tzinfo=UTC)
LEADER = Post("SYT", Role.LEADER)
OPEN = Invitation(1, "SYT", Role.LEADER, None, "", None, NOON, NOON + timedelta(days=14))


def person(number: int, *posts: Post, name: str = "An") -> Person:
    return Person(number, name, "vi", posts, 100 + number)


@pytest.mark.parametrize(
    ("invitation", "after", "problem"),
    [
        (OPEN, timedelta(0), None),
        (OPEN, timedelta(days=14, seconds=-1), None),
        (OPEN, timedelta(days=14), LinkProblem.EXPIRED),
        (replace(OPEN, revoked=True), timedelta(0), LinkProblem.REVOKED),
        (replace(OPEN, used_at=NOON, used_by=2), timedelta(days=20), LinkProblem.USED),
        (None, timedelta(0), LinkProblem.UNKNOWN),
    ],
)
def test_a_link_opens_once_in_time_and_unless_withdrawn(
    invitation: Invitation | None, after: timedelta, problem: LinkProblem | None
) -> None:
    assert problem_of(invitation, NOON + after) is problem


@pytest.mark.parametrize(
    ("invited", "telegram", "default", "language"),
    [
        ("bn", "vi", "vi", "bn"),
        ("", "bn", "vi", "bn"),
        ("", "bn-BD", "vi", "bn"),
        ("", "VI", "bn", "vi"),
        ("", "en", "vi", "vi"),
        ("", "", "bn", "bn"),
    ],
)
def test_the_greetings_language(invited: str, telegram: str, default: str, language: str) -> None:
    assert first_language(invited, telegram, default) == language


@pytest.mark.parametrize("other", ["Phạm Đăng Khoa", " phạm  đăng khoa ", "Pha\u0323m Đăng Khoa"])
def test_spellings_of_one_name(other: str) -> None:
    assert same_name("Phạm Đăng Khoa", other)


def test_marks_tell_names_apart() -> None:
    assert not same_name("Lê Hoà", "Lê Hoa")


ROSTER = (
    RosterPerson("An", "SYT", Role.LEADER, "bn"),
    RosterPerson("An", "SNV", Role.OFFICE, "vi"),
    RosterPerson("Bình", "SYT", Role.DEPUTY),
)
PLAN = Plan(
    2025,
    units=(
        Unit("SYT", "Sở Y tế", "স্বাস্থ্য বিভাগ", aliases=("Y tế",)),
        Unit("YT", "Trung tâm SYT"),
        Unit("SNV", "Sở Nội vụ"),
    ),
    people=ROSTER,
)


def test_a_name_of_the_people_sheet_means_the_row_of_its_unit_first() -> None:
    assert roster_entry(PLAN, "an", "SNV") == ROSTER[1]
    assert roster_entry(PLAN, "An", "STP") == ROSTER[0]
    assert roster_entry(PLAN, "Chi", "SYT") is None


def test_not_enrolled_are_posts_that_nobody_of_the_name_holds() -> None:
    people = [person(1, LEADER, name=" AN "), person(2, Post("SYT", Role.DEPUTY), name="Chi")]
    assert not_enrolled(ROSTER, people) == [ROSTER[1], ROSTER[2]]
    assert not_enrolled(ROSTER, []) == list(ROSTER)


def test_only_posts_that_one_person_holds_have_predecessors() -> None:
    deputy = Post("SYT", Role.DEPUTY)
    old, new, elsewhere = person(1, LEADER, deputy), person(2, LEADER, deputy), person(3, Post("SNV", Role.LEADER))
    assert predecessors([old, new, elsewhere], new, LEADER) == (old,)
    assert predecessors([old, new, elsewhere], new, deputy) == ()


USED = replace(OPEN, used_at=NOON, used_by=2)
OLD, NEW = person(1, LEADER), person(2, LEADER)
BEFORE, AFTER = NOON - timedelta(days=100), NOON + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("invitation", "successor", "other", "since", "at", "allowed"),
    [
        (USED, NEW, OLD, BEFORE, AFTER, True),
        (USED, NEW, OLD, BEFORE, NOON + RETIRE_WITHIN, False),
        (USED, NEW, OLD, AFTER, AFTER, False),
        (USED, OLD, NEW, BEFORE, AFTER, False),
        (USED, NEW, NEW, BEFORE, AFTER, False),
        (USED, NEW, None, None, AFTER, False),
        (USED, NEW, person(1, Post("SNV", Role.LEADER)), BEFORE, AFTER, False),
        (USED, person(2), OLD, BEFORE, AFTER, False),
        (OPEN, NEW, OLD, BEFORE, AFTER, False),
        (None, NEW, OLD, BEFORE, AFTER, False),
        (replace(USED, role=Role.DEPUTY), NEW, OLD, BEFORE, AFTER, False),
    ],
)
def test_a_successor_may_retire_whom_they_follow_for_a_week(
    invitation: Invitation | None,
    successor: Person,
    other: Person | None,
    since: datetime | None,
    at: datetime,
    allowed: bool,
) -> None:
    assert may_retire(invitation, successor, other, since, at) is allowed


def test_the_last_of_the_office_stays_until_another_has_come() -> None:
    office = person(1, Post("STTTT", Role.OFFICE))
    assert why_stay(office, [office, NEW]) is Staying.LAST_OF_OFFICE
    assert why_stay(office, [office, person(3, Post("STTTT", Role.OFFICE))]) is None
    assert why_stay(NEW, [office, NEW]) is None


@pytest.mark.parametrize("text", ["SYT", "syt", " sở y tế ", "Y TẾ", "স্বাস্থ্য বিভাগ"])
def test_a_unit_is_named_by_code_name_or_another_name(text: str) -> None:
    unit = unit_named(PLAN, text)
    assert unit is not None
    assert unit.code == "SYT"


def test_an_unknown_unit_is_none() -> None:
    assert unit_named(PLAN, "SXYZ") is None
    assert unit_named(PLAN, "") is None


POSTS = st.builds(Post, st.sampled_from(["SYT", "SNV", "STP"]), st.sampled_from(Role))


@given(st.lists(POSTS, max_size=5))
def test_home_is_a_unit_that_one_leads_before_one_that_one_belongs_to(posts: list[Post]) -> None:
    who = person(1, *posts)
    leading = [p.unit for p in posts if p.role in (Role.LEADER, Role.DEPUTY)]
    assert who.home == next(iter(leading or [p.unit for p in posts]), None)
    assert list(who.reporting_units) == list(dict.fromkeys(leading))
