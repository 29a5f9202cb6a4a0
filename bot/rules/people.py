"""The people of the committee, as the rules see them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.rules.plan import Role


@dataclass(frozen=True, slots=True)
class Post:
    """What a person is, and for which unit."""

    unit: str
    role: Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has joined: posts in the order they were given, the chosen language, the private chat."""

    id: int
    name: str
    language: str
    posts: tuple[Post, ...]
    chat_id: int

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(post.unit for post in self.posts))

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(post.role for post in self.posts)

    @property
    def reporting_units(self) -> tuple[str, ...]:
        """The units that this person leads, or is deputy of."""
        return tuple(dict.fromkeys(p.unit for p in self.posts if p.role in (Role.LEADER, Role.DEPUTY)))

    @property
    def home(self) -> str | None:
        """The unit that "mine" means: the first one led, else the first one belonged to."""
        return next(iter(self.reporting_units or self.units), None)
