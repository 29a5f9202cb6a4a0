"""Plans written: a plan as it was and as it will be in, the rows that differ out; and reports in bulk.

Everything here runs in the caller's transaction and touches only rows that differ, in few statements, so that a plan
of ten thousand items or a million reports is a matter of seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from bot.rules.calendar import DayOverride
from bot.rules.plan import Item, Pillar, Plan, RosterPerson, Unit
from bot.rules.record import Report, facts_of, until
from storage.plans import LEAD, WITH, read_plan
from storage.record import FACT_FIELDS, as_report, item_ids
from storage.tables import (
    AuditRow,
    Base,
    DayRow,
    EvidenceRow,
    FactRow,
    InviteRow,
    ItemRow,
    ItemUnitRow,
    PillarRow,
    PlanRow,
    PostRow,
    ReportRow,
    RosterRow,
    UnitRow,
)

T = TypeVar("T")
CHUNK = 500  # values in one IN (…): every engine takes as many
BULK = 10_000  # rows handed over at once


def chunks(things: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The things in lists of at most `size`."""
    rest = iter(things)
    while chunk := list(islice(rest, size)):
        yield chunk


# ---------------------------------------------------------------- the plan


def plan_row(session: Session, year: int, *, lock: bool = False) -> PlanRow | None:
    """The plan of a year. With `lock`, whoever else would change it waits until this transaction ends."""
    query = select(PlanRow).where(PlanRow.year == year)
    return session.scalars(query.with_for_update() if lock else query).first()


def plan_before(session: Session, year: int, row: PlanRow | None) -> Plan:
    """The plan that a load meets: that of `row`, else an empty one with the units that every year shares."""
    return read_plan(session, row or PlanRow(id=0, year=year, title="", decision="", version=0))


def units_in_use(session: Session, codes: Collection[str], plan_id: int | None) -> frozenset[str]:
    """Which of the units people, invitations, reports or other years' plans name: these cannot go."""
    found: set[str] = set()
    for some in chunks(codes):
        others = ItemRow.plan_id != (plan_id or 0)
        found |= set(session.scalars(select(PostRow.unit).where(PostRow.unit.in_(some))))
        found |= set(session.scalars(select(InviteRow.unit).where(InviteRow.unit.in_(some))))
        spoken_for = session.scalars(select(ReportRow.unit).where(ReportRow.unit.in_(some)).distinct())
        found |= {unit for unit in spoken_for if unit is not None}
        found |= set(session.scalars(select(ItemUnitRow.unit).join(ItemRow).where(ItemUnitRow.unit.in_(some), others)))
    return frozenset(found)


def new_plan_row(session: Session, year: int, at: datetime) -> PlanRow:
    """Start a year's plan."""
    row = PlanRow(year=year, title="", decision="", version=0, revision=0, loaded_at=at)
    session.add(row)
    session.flush()
    return row


def write_plan(session: Session, row: PlanRow, before: Plan, after: Plan) -> None:
    """Make the rows of `row`'s plan, which are `before`, say `after` (a `merged` plan, with every item of `before`)."""
    if (before.title, before.decision) != (after.title, after.decision):
        row.title, row.decision = after.title, after.decision
    _write_units(session, before, after)
    if before.pillars != after.pillars:
        _replace(session, PillarRow, row.id, [_pillar_values(p, n, row.id) for n, p in enumerate(after.pillars)])
    _write_items(session, row.id, before, after)
    if before.people != after.people:
        _replace(session, RosterRow, row.id, [_roster_values(p, n, row.id) for n, p in enumerate(after.people)])
    _drop_units(session, before, after)
    session.flush()


def _replace(
    session: Session, table: type[PillarRow] | type[RosterRow], plan_id: int, rows: list[dict[str, Any]]
) -> None:
    session.execute(delete(table).where(table.plan_id == plan_id))
    _insert(session, table, rows)


def _insert(session: Session, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Insert many rows past the identity map, which would double the time."""
    for some in chunks(rows, BULK):
        session.execute(insert(cast("Table", table.__table__)), some)


def _differing(before: Sequence[Unit | Item], after: Sequence[Unit | Item]) -> tuple[list[int], list[int]]:
    """The positions in `after` of what is new, and of what is there already but differs or stands elsewhere."""
    known = {thing.code: (place, thing) for place, thing in enumerate(before)}
    new = [n for n, thing in enumerate(after) if thing.code not in known]
    changed = [n for n, thing in enumerate(after) if thing.code in known and known[thing.code] != (n, thing)]
    return new, changed


def _write_units(session: Session, before: Plan, after: Plan) -> None:
    new, changed = _differing(before.units, after.units)
    _insert(session, UnitRow, (_unit_values(after.units[n], n) for n in new))
    if changed:
        session.execute(update(UnitRow), [_unit_values(after.units[n], n) for n in changed])


def _drop_units(session: Session, before: Plan, after: Plan) -> None:
    for some in chunks(u.code for u in before.units if u.code not in after.unit):
        session.execute(delete(UnitRow).where(UnitRow.code.in_(some)))


def _write_items(session: Session, plan_id: int, before: Plan, after: Plan) -> None:
    new, changed = _differing(before.items, after.items)
    _insert(session, ItemRow, (_item_values(after.items[n], n, plan_id) for n in new))
    if not new and not changed:
        return
    ids = item_ids(session, plan_id)
    if changed:
        rows = [_item_values(after.items[n], n, plan_id) | {"id": ids[after.items[n].code]} for n in changed]
        session.execute(update(ItemRow), rows)
    _write_item_units(session, ids, before, [after.items[n] for n in (*new, *changed)])


def _write_item_units(session: Session, ids: Mapping[str, int], before: Plan, items: Iterable[Item]) -> None:
    was = {i.code: (i.leads, i.partners) for i in before.items}
    touched = [i for i in items if was.get(i.code) != (i.leads, i.partners)]
    for some in chunks(ids[i.code] for i in touched if i.code in was):
        session.execute(delete(ItemUnitRow).where(ItemUnitRow.item_id.in_(some)))
    _insert(session, ItemUnitRow, (row for i in touched for row in _item_unit_values(i, ids[i.code])))


def _unit_values(unit: Unit, position: int) -> dict[str, Any]:
    return {
        "code": unit.code,
        "position": position,
        "name_vi": unit.name_vi,
        "name_bn": unit.name_bn,
        "aliases": list(unit.aliases),
        "kind": unit.kind,
        "parent": unit.parent,
        "members": list(unit.members),
    }


def _pillar_values(pillar: Pillar, position: int, plan_id: int) -> dict[str, Any]:
    return {
        "plan_id": plan_id,
        "code": pillar.code,
        "position": position,
        "name_vi": pillar.name_vi,
        "name_bn": pillar.name_bn,
    }


def _roster_values(person: RosterPerson, position: int, plan_id: int) -> dict[str, Any]:
    return {
        "plan_id": plan_id,
        "position": position,
        "name": person.name,
        "unit": person.unit,
        "role": person.role,
        "language": person.language,
    }


def _item_values(item: Item, position: int, plan_id: int) -> dict[str, Any]:
    goal = item.goal
    return {
        "plan_id": plan_id,
        "code": item.code,
        "kind": item.kind,
        "position": position,
        "name_vi": item.name_vi,
        "name_bn": item.name_bn,
        "pillar": item.pillar,
        "measure": item.measure,
        "baseline": item.baseline,
        "goal_text": goal.text if goal else None,
        "goal_value": goal.value if goal else None,
        "goal_upper": goal.upper if goal else None,
        "goal_direction": goal.direction if goal else None,
        **dict(zip(("q1", "q2", "q3", "q4"), item.points, strict=True)),
        "once": item.once,
        "start": item.start,
        "due": item.due,
        "due_text": item.due_text,
        "extended": item.extended,
        "target": item.target,
        "product": item.product,
        "source": item.source,
        "withdrawn": item.withdrawn,
    }


def _item_unit_values(item: Item, item_id: int) -> Iterator[dict[str, Any]]:
    for part, units in ((LEAD, item.leads), (WITH, item.partners)):
        for position, unit in enumerate(units):
            yield {"item_id": item_id, "part": part, "unit": unit, "position": position}


def write_overrides(session: Session, days: Iterable[DayOverride]) -> None:
    """Set the office's word on these days; others stay."""
    for day in days:
        session.merge(DayRow(day=day.day, working=day.working, note=day.note))


# ---------------------------------------------------------------- the record, in bulk


def reports_by_uid(session: Session, uids: Iterable[str]) -> dict[str, Report]:
    """The reports that are on record already, by id."""
    found: dict[str, Report] = {}
    for some in chunks(uids):
        query = select(ReportRow.__table__, ItemRow.code).join(ItemRow, ItemRow.id == ReportRow.item_id)
        for row in session.execute(query.where(ReportRow.uid.in_(some))):
            found[row.uid] = as_report(cast("ReportRow", row), row.code)
    return found


def reports_by_item(session: Session, items: Mapping[int, str]) -> Iterator[tuple[int, list[Report]]]:
    """The reports of each item (row id to code) that has any, in the order written; a few items held at a time."""
    for some in chunks(items):
        held: dict[int, list[Report]] = {}
        query = select(ReportRow.__table__).where(ReportRow.item_id.in_(some)).order_by(ReportRow.id)
        for row in session.execute(query):
            # a plain row has the attributes of a ReportRow and costs a third of it
            held.setdefault(row.item_id, []).append(as_report(cast("ReportRow", row), items[row.item_id]))
        yield from held.items()


def evidence_counts(session: Session, plan_id: int) -> dict[str, int]:
    """How many files came with each report of a plan that has any, by report id."""
    query = (
        select(EvidenceRow.report_uid, func.count())
        .join(ReportRow, ReportRow.uid == EvidenceRow.report_uid)
        .join(ItemRow, ItemRow.id == ReportRow.item_id)
        .where(ItemRow.plan_id == plan_id)
        .group_by(EvidenceRow.report_uid)
    )
    return dict(row.tuple() for row in session.execute(query))


def append_reports(session: Session, ids: Mapping[str, int], reports: Iterable[Report]) -> None:
    """Put many reports on record; `ids` are the items' row ids. Raises IntegrityError where an id is there already."""
    _insert(session, ReportRow, (_report_values(r, ids[r.item]) for r in reports))


def _report_values(report: Report, item_id: int) -> dict[str, Any]:
    return {
        "uid": report.id,
        "item_id": item_id,
        "on": report.on,
        "percent": report.percent,
        "value": report.value,
        "state": report.state,
        "difficulty": report.difficulty,
        "proposal": report.proposal,
        "by": report.by,
        "unit": report.unit,
        "at": report.at,
        "text": report.text,
        "corrects": report.corrects,
        "undoes": report.undoes,
    }


def refresh_many(session: Session, plan_id: int, items: Mapping[int, Item], revision: int, today: date) -> None:
    """Like `refresh_facts` for many items (by row id) at once; items without a report keep no facts."""
    codes = {item_id: item.code for item_id, item in items.items()}
    rows: list[dict[str, Any]] = []
    for item_id, reports in reports_by_item(session, codes):
        rows.append(_fact_values(items[item_id], reports, today) | {"item_id": item_id, "plan_id": plan_id})
    for some in chunks(items):
        session.execute(delete(FactRow).where(FactRow.item_id.in_(some)))
    _insert(session, FactRow, (row | {"revision": revision} for row in rows))


def _fact_values(item: Item, reports: Sequence[Report], today: date) -> dict[str, Any]:
    facts = facts_of(item, until(reports, today))
    ahead = min((r.on for r in reports if r.on > today), default=None)
    return {name: getattr(facts, name) for name in FACT_FIELDS} | {"code": item.code, "ahead": ahead}


def write_audit(session: Session, at: datetime, person_id: int | None, action: str, subject: str, detail: Any) -> None:
    """Leave a trace of who changed what."""
    session.add(AuditRow(at=at, person_id=person_id, action=action, subject=subject, detail=detail))
