"""What a year's plan is: units, pillars, targets and tasks, as the standing office's workbook tells them.

Everything here is a frozen value that travels between the rooms. Amounts are `Decimal` in the target's own unit of
measure; a due date is a date, not a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """The two sorts of item a plan has."""

    TARGET = "target"
    TASK = "task"


class Direction(StrEnum):
    """Which way a measured target should move."""

    UP = "up"
    DOWN = "down"


class Role(StrEnum):
    """What a person is to the committee. `access.py` says what each may do."""

    LEADER = "leader"
    DEPUTY = "deputy"
    OFFICE = "office"
    CHAIR = "chair"
    MEMBER = "member"


GROUP = "group"  # the kind of a unit that stands for several units
ALL = "all"  # as a group's member: every unit that is not a group


@dataclass(frozen=True, slots=True)
class Unit:
    """A department, district or body. `members` (codes, a kind, or `all`) is for units of kind `group` only."""

    code: str
    name_vi: str
    name_bn: str | None = None
    aliases: tuple[str, ...] = ()
    kind: str | None = None
    parent: str | None = None
    members: tuple[str, ...] = ()

    def name(self, lang: str) -> str:
        """The name for a reader of `lang`; Vietnamese where the plan has no other."""
        return (self.name_bn if lang == "bn" else None) or self.name_vi

    @property
    def is_group(self) -> bool:
        return (self.kind or "").casefold() == GROUP


@dataclass(frozen=True, slots=True)
class Pillar:
    """A field of work that groups items ("Hạ tầng số")."""

    code: str
    name_vi: str
    name_bn: str | None = None

    def name(self, lang: str) -> str:
        return (self.name_bn if lang == "bn" else None) or self.name_vi


@dataclass(frozen=True, slots=True)
class Goal:
    """What a target must reach. `text` is the cell as written.

    A goal without a number is a yes/no target: `value` is None and a reported value of 1 is achieved. Of a range
    ("40 - 50") `value` is the bound that suffices and `upper` the other one.
    """

    text: str
    value: Decimal | None = None
    upper: Decimal | None = None
    direction: Direction = Direction.UP

    @property
    def yes_no(self) -> bool:
        return self.value is None


@dataclass(frozen=True, slots=True)
class Item:
    """A target or a task of the plan.

    `due` is the original due date (None: no deadline, never overdue), `due_text` the cell as written where it says more
    than the date, `extended` an approved later date. `points` are a target's planned values at the ends of the four
    quarters of `year`, the plan's (None: the year of `start`). `target` (tasks) is the code of the target that the task
    serves. `goal` is None for tasks.
    """

    code: str
    kind: Kind
    name_vi: str
    start: date
    name_bn: str | None = None
    pillar: str | None = None
    measure: str | None = None
    baseline: Decimal | None = None
    goal: Goal | None = None
    points: tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None] = (None, None, None, None)
    year: int | None = None
    once: bool = False
    due: date | None = None
    due_text: str | None = None
    extended: date | None = None
    leads: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    target: str | None = None
    product: str | None = None
    source: str | None = None
    withdrawn: bool = False

    def name(self, lang: str) -> str:
        return (self.name_bn if lang == "bn" else None) or self.name_vi

    @property
    def approved_due(self) -> date | None:
        """The date that counts: an approved extension, unless the plan itself has moved the original beyond it."""
        if self.due is None or self.extended is None:
            return self.due or self.extended
        return max(self.due, self.extended)

    @property
    def is_target(self) -> bool:
        return self.kind is Kind.TARGET

    @property
    def yes_no(self) -> bool:
        return self.goal is not None and self.goal.yes_no


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """A row of the People sheet. Loading it never grants access: an invitation does."""

    name: str
    unit: str
    role: Role
    language: str = "vi"


@dataclass(frozen=True)
class Plan:
    """One year's plan. Items stand in the workbook's order, targets first; withdrawn items stay, marked."""

    year: int
    units: tuple[Unit, ...] = ()
    pillars: tuple[Pillar, ...] = ()
    items: tuple[Item, ...] = ()
    people: tuple[RosterPerson, ...] = ()
    title: str = ""
    decision: str = ""
    version: int = field(default=0, compare=False)

    @cached_property
    def unit(self) -> Mapping[str, Unit]:
        return {u.code: u for u in self.units}

    @cached_property
    def pillar(self) -> Mapping[str, Pillar]:
        return {p.code: p for p in self.pillars}

    @cached_property
    def item(self) -> Mapping[str, Item]:
        return {i.code: i for i in self.items}

    @property
    def live(self) -> Iterator[Item]:
        """The items that still count."""
        return (i for i in self.items if not i.withdrawn)

    @cached_property
    def members_of(self) -> Mapping[str, frozenset[str]]:
        """For every unit the codes that act for it: itself, or a group's members."""
        return {u.code: self._members(u) for u in self.units}

    def _members(self, unit: Unit) -> frozenset[str]:
        if not unit.is_group:
            return frozenset({unit.code})
        singles = [u for u in self.units if not u.is_group]
        wanted = {m.casefold() for m in unit.members}
        return frozenset(
            u.code
            for u in singles
            if ALL in wanted or u.code.casefold() in wanted or (u.kind or "").casefold() in wanted
        )

    def leads(self, unit: str, item: Item) -> bool:
        """Whether `unit` leads the item, itself or as a member of a group that does."""
        return any(unit == lead or unit in self.members_of.get(lead, ()) for lead in item.leads)
