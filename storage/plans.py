"""Plans as they are kept: rows in, frozen values out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from bot.rules.calendar import DayOverride
from bot.rules.plan import Direction, Goal, Item, Kind, Pillar, Plan, Role, RosterPerson, Unit
from storage.prepared import fetch
from storage.tables import DayRow, ItemRow, ItemUnitRow, PillarRow, PlanRow, RosterRow, UnitRow

LEAD, WITH = "lead", "with"


def current_plan_row(session: Session, today: date) -> PlanRow | None:
    """The plan of today's year; where there is none, the latest year's."""
    return session.scalars(select(PlanRow).order_by(PlanRow.year != today.year, PlanRow.year.desc())).first()


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which plan is in force, and how far it has come: enough to know whether a snapshot is still right."""

    plan_id: int
    version: int
    revision: int


def current_stamp(session: Session, today: date) -> Stamp | None:
    """The stamp of the plan that `current_plan_row` gives."""
    return next((Stamp(*row) for row in fetch(session, stamps, today=today.year)), None)


def stamps() -> Select[*tuple[Any, ...]]:
    """The row of `current_stamp` for the year `:today`."""
    columns = select(PlanRow.id, PlanRow.version, PlanRow.revision)
    return columns.order_by(PlanRow.year != bindparam("today"), PlanRow.year.desc()).limit(1)


def plan_with_id(session: Session, plan_id: int) -> PlanRow:
    """A plan's own row. Raises NoResultFound."""
    return session.scalars(select(PlanRow).where(PlanRow.id == plan_id)).one()


def read_plan(session: Session, row: PlanRow) -> Plan:
    """The whole plan, items in the workbook's order, targets first."""
    units = session.scalars(select(UnitRow).order_by(UnitRow.position, UnitRow.code))
    pillars = session.scalars(select(PillarRow).where(PillarRow.plan_id == row.id).order_by(PillarRow.position))
    items = session.scalars(select(ItemRow).where(ItemRow.plan_id == row.id).order_by(ItemRow.position))
    roster = session.scalars(select(RosterRow).where(RosterRow.plan_id == row.id).order_by(RosterRow.position))
    parts = _units_of_items(session, row.id)
    return Plan(
        year=row.year,
        units=tuple(_unit(u) for u in units),
        pillars=tuple(Pillar(p.code, p.name_vi, p.name_bn) for p in pillars),
        items=tuple(_item(i, row.year, parts) for i in items),
        people=tuple(RosterPerson(p.name, p.unit, Role(p.role), p.language) for p in roster),
        title=row.title,
        decision=row.decision,
        version=row.version,
    )


def _units_of_items(session: Session, plan_id: int) -> dict[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    query = (
        select(ItemUnitRow.item_id, ItemUnitRow.part, ItemUnitRow.unit)
        .join(ItemRow, ItemRow.id == ItemUnitRow.item_id)
        .where(ItemRow.plan_id == plan_id)
        .order_by(ItemUnitRow.item_id, ItemUnitRow.position)
    )
    for item_id, part, unit in session.execute(query):
        found[item_id, part].append(unit)
    return found


def _unit(row: UnitRow) -> Unit:
    return Unit(row.code, row.name_vi, row.name_bn, tuple(row.aliases), row.kind, row.parent, tuple(row.members))


def _goal(row: ItemRow) -> Goal | None:
    if row.goal_text is None:
        return None
    return Goal(row.goal_text, row.goal_value, row.goal_upper, Direction(row.goal_direction or Direction.UP))


def _item(row: ItemRow, year: int, parts: dict[tuple[int, str], list[str]]) -> Item:
    return Item(
        code=row.code,
        kind=Kind(row.kind),
        name_vi=row.name_vi,
        start=row.start,
        name_bn=row.name_bn,
        pillar=row.pillar,
        measure=row.measure,
        baseline=row.baseline,
        goal=_goal(row),
        points=(row.q1, row.q2, row.q3, row.q4),
        year=year,
        once=row.once,
        due=row.due,
        due_text=row.due_text,
        extended=row.extended,
        leads=tuple(parts.get((row.id, LEAD), ())),
        partners=tuple(parts.get((row.id, WITH), ())),
        target=row.target,
        product=row.product,
        source=row.source,
        withdrawn=row.withdrawn,
    )


def read_overrides(session: Session) -> tuple[DayOverride, ...]:
    """The office's own calendar, oldest day first."""
    rows = session.scalars(select(DayRow).order_by(DayRow.day))
    return tuple(DayOverride(r.day, r.working, r.note) for r in rows)
