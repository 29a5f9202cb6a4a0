"""Who may do what: the table, generated for every role and action; and what follows from posts and groups."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from bot.rules.access import (
    Action,
    Denied,
    Policy,
    may,
    may_report,
    may_see_item,
    may_see_unit,
    require,
    speaks_for,
)
from bot.rules.people import Person, Post
from bot.rules.plan import Item, Kind, Plan, Role, Unit

# Written out from the issue on people, not from the code: rows are actions, a mark allows.
TABLE = """
             leader deputy office chair member
ask          x      x      x      x     x
ask_others   x      x      x      x     x
report       x      x      .      .     .
report_for   .      .      x      .     .
extend       x      x      x      .     .
decide       .      .      x      .     .
export       x      x      x      x     x
invite       .      .      x      .     .
remove       .      .      x      .     .
load         .      .      x      .     .
calendar     .      .      x      .     .
"""


def _allowed() -> dict[tuple[str, str], bool]:
    head, *rows = TABLE.strip().splitlines()
    roles = head.split()
    cells = [row.split() for row in rows]
    return {(role, row[0]): mark == "x" for row in cells for role, mark in zip(roles, row[1:], strict=True)}


ALLOWED = _allowed()
CLOSED = Policy(leaders_see_all=False)


def person(*posts: tuple[str, Role]) -> Person:
    return Person(1, "An", "vi", tuple(Post(unit, role) for unit, role in posts), 7)


def item(leads: tuple[str, ...], partners: tuple[str, ...] = ()) -> Item:
    return Item("NV01", Kind.TASK, "Việc", date(2025, 1, 1), leads=leads, partners=partners)


PLAN = Plan(
    2025,
    units=(
        Unit("SYT", "Sở Y tế", kind="department"),
        Unit("SNV", "Sở Nội vụ", kind="department"),
        Unit("NSON", "Ninh Sơn", kind="district"),
        Unit("SN", "Các sở, ngành", kind="group", members=("department",)),
        Unit("TC", "Tất cả", kind="group", members=("all",)),
    ),
)


def test_the_table_speaks_of_every_role_and_action() -> None:
    assert set(ALLOWED) == {(str(role), str(action)) for role in Role for action in Action}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: Role, action: Action) -> None:
    who, allowed = person(("SYT", role)), ALLOWED[role, action]
    assert may(who, action) is allowed
    if allowed:
        require(who, action)
    else:
        with pytest.raises(Denied) as refusal:
            require(who, action)
        assert refusal.value.action is action


@pytest.mark.parametrize("action", Action)
def test_several_roles_may_do_what_one_of_them_may(action: Action) -> None:
    for one, other in combinations(Role, 2):
        both = may(person(("SYT", one), ("SNV", other)), action)
        assert both is (ALLOWED[one, action] or ALLOWED[other, action])


@pytest.mark.parametrize("action", Action)
def test_whoever_holds_no_post_may_nothing(action: Action) -> None:
    assert not may(person(), action)


def test_a_deployment_may_keep_leaders_to_their_own_units() -> None:
    seers = {role for role in Role if may(person(("SYT", role)), Action.ASK_OTHERS, CLOSED)}
    assert seers == {Role.OFFICE, Role.CHAIR, Role.MEMBER}
    leader = person(("SYT", Role.LEADER))
    assert may_see_unit(leader, "SYT", CLOSED)
    assert not may_see_unit(leader, "SNV", CLOSED)
    assert may_see_unit(leader, "SNV")


@pytest.mark.parametrize(
    ("seen", "of"),
    [
        (True, item(("SYT",))),
        (True, item(("SNV",), ("SYT",))),
        (True, item(("SN",))),
        (True, item(("TC",))),
        (False, item(("SNV",), ("NSON",))),
    ],
)
def test_kept_to_their_own_a_leader_sees_what_their_unit_leads_or_works_on(seen: bool, of: Item) -> None:
    assert may_see_item(person(("SYT", Role.LEADER)), of, PLAN, CLOSED) is seen
    assert may_see_item(person(("SYT", Role.LEADER)), of, PLAN)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("unit", "leads"), [("SYT", True), ("SNV", False), ("SN", True), ("TC", True)], ids=["own", "other", "group", "all"]
)
def test_reports_are_the_units_own_or_the_offices(role: Role, unit: str, leads: bool) -> None:
    wanted = role is Role.OFFICE or (leads and role in (Role.LEADER, Role.DEPUTY))
    assert may_report(person(("SYT", role)), item((unit,)), PLAN) is wanted


def test_working_on_an_item_is_not_leading_it() -> None:
    assert not may_report(person(("SYT", Role.LEADER)), item(("SNV",), ("SYT",)), PLAN)


def test_membership_does_not_report_for_a_unit_that_the_person_merely_belongs_to() -> None:
    who = person(("SNV", Role.MEMBER), ("SYT", Role.LEADER))
    assert not may_report(who, item(("SNV",)), PLAN)
    assert may_report(who, item(("SYT",)), PLAN)


@pytest.mark.parametrize(
    ("posts", "leads", "unit"),
    [
        ([("SYT", Role.LEADER)], ("SNV", "SYT"), "SYT"),
        ([("SYT", Role.DEPUTY)], ("SN",), "SYT"),
        ([("SNV", Role.LEADER), ("SYT", Role.LEADER)], ("SYT", "SNV"), "SNV"),
        ([("SYT", Role.OFFICE)], ("SNV", "NSON"), "SNV"),
        ([("SYT", Role.OFFICE)], (), None),
    ],
)
def test_a_report_speaks_for_ones_own_unit_else_for_the_first_lead(
    posts: list[tuple[str, Role]], leads: tuple[str, ...], unit: str | None
) -> None:
    assert speaks_for(person(*posts), item(leads), PLAN) == unit
