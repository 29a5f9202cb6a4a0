"""Joining, and everything about people, told through the stand-in."""

from __future__ import annotations

from bot.rules.people import Post
from bot.rules.plan import Role
from bot.services.people import invite, plan_in_force
from tests.scenarios.conftest import Town


def link(town: Town, unit: str, role: Role, name: str | None = None) -> str:
    """A token as the command line would make it."""
    plan = town.store.read_now(plan_in_force, town.clock.today())
    assert plan is not None
    made = town.store.write_now(invite, None, plan, Post(unit, role), name, town.clock.now(), 14)
    return made.token


async def test_a_link_enrols_greets_and_shows_the_units_items(town: Town) -> None:
    newcomer = town.server.person("Đỗ Quang Vinh", user_id=2001)
    newcomer.start(link(town, "SGDDT", Role.LEADER))
    welcome = await newcomer.next_message()
    print(welcome.text)
    assert "Đỗ Quang Vinh" in welcome.text
    assert "Sở Giáo dục và Đào tạo" in welcome.text
