"""Who may do what: one table, asked by every service, for commands, texts and button presses alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.rules.people import Person
from bot.rules.plan import Item, Plan, Role


class Action(StrEnum):
    """What may be allowed to a person."""

    ASK = "ask"  # about the whole plan
    ASK_OTHERS = "ask_others"  # about units that are not one's own
    REPORT = "report"  # on items of one's own units
    REPORT_FOR = "report_for"  # on behalf of any unit
    EXTEND = "extend"  # ask for a later deadline of an item of one's own
    DECIDE = "decide"  # grant or refuse it
    EXPORT = "export"
    INVITE = "invite"
    REMOVE = "remove"
    LOAD = "load"
    CALENDAR = "calendar"  # change working days


EVERYBODY = frozenset(Role)
LEADS = frozenset({Role.LEADER, Role.DEPUTY})
OFFICE = frozenset({Role.OFFICE})
OVERSEERS = frozenset({Role.OFFICE, Role.CHAIR, Role.MEMBER})

TABLE: Mapping[Action, frozenset[Role]] = {
    Action.ASK: EVERYBODY,
    Action.ASK_OTHERS: OVERSEERS,
    Action.REPORT: LEADS,
    Action.REPORT_FOR: OFFICE,
    Action.EXTEND: LEADS | OFFICE,
    Action.DECIDE: OFFICE,
    Action.EXPORT: EVERYBODY,
    Action.INVITE: OFFICE,
    Action.REMOVE: OFFICE,
    Action.LOAD: OFFICE,
    Action.CALENDAR: OFFICE,
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a deployment decides about access: whether leaders see other units' standing."""

    leaders_see_all: bool = True


class Denied(Exception):
    """The person may not do this. `action` says what; nothing was changed."""

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        self.action = action


def may(person: Person, action: Action, policy: Policy = Policy()) -> bool:
    """Whether the table allows `action` to one of the person's roles."""
    if action is Action.ASK_OTHERS and policy.leaders_see_all:
        return bool(person.roles)
    return bool(person.roles & TABLE[action])


def require(person: Person, action: Action, policy: Policy = Policy()) -> None:
    """Raises `Denied` unless the person may."""
    if not may(person, action, policy):
        raise Denied(action)


def may_report(person: Person, item: Item, plan: Plan) -> bool:
    """The office on every item; a leader or deputy on what their units lead, alone or as members of a group."""
    return may(person, Action.REPORT_FOR) or (
        may(person, Action.REPORT) and any(plan.leads(unit, item) for unit in person.reporting_units)
    )


def speaks_for(person: Person, item: Item, plan: Plan) -> str | None:
    """The unit that a report of this person on this item speaks for: their own where it leads, else the first lead."""
    own = (unit for unit in person.reporting_units if plan.leads(unit, item))
    return next(own, None) or next(iter(item.leads), None)


def may_see_unit(person: Person, unit: str, policy: Policy = Policy()) -> bool:
    """Whether a unit's items and figures may be shown to the person."""
    return unit in person.units or may(person, Action.ASK_OTHERS, policy)


def may_see_item(person: Person, item: Item, plan: Plan, policy: Policy = Policy()) -> bool:
    """Whether an item may be shown to the person: their units lead it or work on it, or they may see all."""
    if may(person, Action.ASK_OTHERS, policy):
        return True
    return any(unit in item.partners or plan.leads(unit, item) for unit in person.units)
