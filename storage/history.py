"""The record as questions look back on it: the history of items and units, what was said of difficulties, who spoke."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.rules.answers import Contact, Period, Told
from bot.rules.plan import Role
from bot.rules.record import Report, State
from storage.plans import LEAD
from storage.prepared import fetch
from storage.record import as_report
from storage.tables import EvidenceRow, ItemRow, ItemUnitRow, PersonRow, PostRow, ReportRow, UnitRow

CHUNK = 500
TRAILED = ("on", "percent", "value", "state", "difficulty", "proposal", "by", "unit", "at", "text", "corrects")


@cache
def counts() -> ColumnElement[bool]:
    """The condition that a report counts: not undoing, not undone, not corrected (as `record.effective` has it)."""
    return and_(ReportRow.undoes.is_(None), ~is_withdrawn(), ~is_corrected())


@cache
def is_withdrawn() -> ColumnElement[bool]:
    """The condition that a report has been taken back."""
    taker = aliased(ReportRow)
    return exists().where(taker.undoes == ReportRow.uid)


@cache
def is_corrected() -> ColumnElement[bool]:
    """The condition that a correction of the report stands."""
    later, taker = aliased(ReportRow), aliased(ReportRow)
    return exists().where(later.corrects == ReportRow.uid, ~exists().where(taker.undoes == later.uid))


def about_item(item_id: int) -> ColumnElement[bool]:
    """The condition that a report is on this item."""
    return ReportRow.item_id == item_id


def led_by(units: Collection[str]) -> ColumnElement[bool]:
    """The condition that a report is on an item led by one of `units` (a unit, and the groups it is in)."""
    led = select(ItemUnitRow.item_id).where(ItemUnitRow.part == LEAD, ItemUnitRow.unit.in_(units))
    return ReportRow.item_id.in_(led)


def spoken_by(units: Collection[str]) -> ColumnElement[bool]:
    """The condition that a report on an item led by `units` speaks for them; one that names no unit speaks for all."""
    return and_(led_by(units), or_(ReportRow.unit.is_(None), ReportRow.unit.in_(units)))


def history(
    session: Session, plan_id: int, where: ColumnElement[bool], period: Period | None, size: int, first: int
) -> tuple[Told, ...]:
    """The reports of a plan that meet `where` in a period, newest first: `size` of them after the `first` ones."""
    query = (
        _of_plan(plan_id, where, period)
        .add_columns(ReportRow, ItemRow.code, is_corrected(), is_withdrawn())
        .order_by(ReportRow.on.desc(), ReportRow.id.desc())
        .limit(size)
        .offset(first)
    )
    told = [Told(as_report(row, code), corrected, gone) for row, code, corrected, gone in session.execute(query)]
    return tuple(_with_evidence(session, told))


def trail(session: Session, item_id: int, code: str, size: int) -> tuple[Told, ...]:
    """The latest reports on one item that count, newest first."""
    return tuple(
        Told(_trailed(code, *values), False, False) for values in fetch(session, _trail, row=item_id, size=size)
    )


def _trail() -> Select[*tuple[Any, ...]]:
    files = select(func.count()).where(EvidenceRow.report_uid == ReportRow.uid).scalar_subquery()
    columns = (ReportRow.uid, *(getattr(ReportRow, name) for name in TRAILED), files)
    query = select(*columns).where(ReportRow.item_id == bindparam("row"), counts())
    return query.order_by(ReportRow.on.desc(), ReportRow.id.desc()).limit(bindparam("size"))


def _trailed(code: str, uid: str, *values: Any) -> Report:
    *said, evidence = values
    named = dict(zip(TRAILED, said, strict=True))
    named["state"] = State(named["state"]) if named["state"] else None
    return Report(uid, code, **named, evidence=evidence)


def history_size(session: Session, plan_id: int, where: ColumnElement[bool], period: Period | None) -> int:
    """How many reports `history` has."""
    size: int = session.execute(_of_plan(plan_id, where, period).add_columns(func.count())).scalar_one()
    return size


def _of_plan(plan_id: int, where: ColumnElement[bool], period: Period | None) -> Select[Any]:
    query: Select[Any] = select().select_from(ReportRow).join(ItemRow)
    query = query.where(ItemRow.plan_id == plan_id, ReportRow.undoes.is_(None), where)
    return query.where(ReportRow.on.between(period.first, period.last)) if period else query


def _with_evidence(session: Session, told: Sequence[Told]) -> Iterator[Told]:
    query = (
        select(EvidenceRow.report_uid, func.count())
        .where(EvidenceRow.report_uid.in_([t.report.id for t in told]))
        .group_by(EvidenceRow.report_uid)
    )
    files = {uid: int(n) for uid, n in session.execute(query)}
    return (replace(t, report=replace(t.report, evidence=files.get(t.report.id, 0))) for t in told)


def reports_until(session: Session, items: Mapping[int, str], day: date) -> Iterator[tuple[str, list[Report]]]:
    """For each of the items (codes by row id) that has any: its reports of `day` and before, in the order written."""
    ids = list(items)
    for start in range(0, len(ids), CHUNK):
        held: dict[str, list[Report]] = {}
        query = (
            select(ReportRow.__table__)  # plain rows cost a third of what mapped ones do
            .where(ReportRow.item_id.in_(ids[start : start + CHUNK]), ReportRow.on <= day)
            .order_by(ReportRow.id)
        )
        for row in session.execute(query):
            code = items[row.item_id]
            held.setdefault(code, []).append(as_report(cast("ReportRow", row), code))
        yield from held.items()


def obstacles_in(
    session: Session, plan_id: int, where: ColumnElement[bool], period: Period | None, size: int, first: int
) -> list[Report]:
    """What was reported of difficulties and proposals in a period, by first leading unit, item, newest first."""
    lead = and_(ItemUnitRow.item_id == ItemRow.id, ItemUnitRow.part == LEAD, ItemUnitRow.position == 0)
    query = (
        _of_plan(plan_id, and_(where, _is_obstacle(), counts()), period)
        .add_columns(ReportRow, ItemRow.code)
        .outerjoin(ItemUnitRow, lead)
        .outerjoin(UnitRow, UnitRow.code == ItemUnitRow.unit)
        .order_by(UnitRow.position, ItemRow.position, ReportRow.on.desc(), ReportRow.id.desc())
        .limit(size)
        .offset(first)
    )
    return [as_report(row, code) for row, code in session.execute(query)]


def obstacles_size(session: Session, plan_id: int, where: ColumnElement[bool], period: Period | None) -> int:
    """How many reports `obstacles_in` has."""
    return history_size(session, plan_id, and_(where, _is_obstacle(), counts()), period)


def obstacles_of(session: Session, plan_id: int, codes: Collection[str]) -> dict[str, list[Report]]:
    """The reports of each of a few items that name a difficulty or a proposal, oldest first."""
    query = (
        _of_plan(plan_id, and_(ItemRow.code.in_(codes), _is_obstacle(), counts()), None)
        .add_columns(ReportRow, ItemRow.code)
        .order_by(ReportRow.on, ReportRow.id)
    )
    found: dict[str, list[Report]] = {code: [] for code in codes}
    for row, code in session.execute(query):
        found[code].append(as_report(row, code))
    return found


def _is_obstacle() -> ColumnElement[bool]:
    return or_(ReportRow.difficulty.is_not(None), ReportRow.proposal.is_not(None))


def who_spoke(session: Session, plan_id: int, codes: Sequence[str], period: Period) -> dict[str, frozenset[str | None]]:
    """For each of the items: the units whose reports on it lie in the period (None: a report that names none)."""
    found: dict[str, set[str | None]] = defaultdict(set)
    for start in range(0, len(codes), CHUNK):
        some = codes[start : start + CHUNK]
        where = and_(ItemRow.code.in_(some), ~is_withdrawn())
        query = _of_plan(plan_id, where, period).add_columns(ItemRow.code, ReportRow.unit).distinct()
        for code, unit in session.execute(query):
            found[code].add(unit)
    return {code: frozenset(found[code]) for code in codes}


def last_spoken(session: Session, plan_id: int, codes: Sequence[str]) -> dict[str | None, date]:
    """The day of each unit's last report on one of the items (None: reports that name no unit)."""
    found: dict[str | None, date] = {}
    for start in range(0, len(codes), CHUNK):
        where = and_(ItemRow.code.in_(codes[start : start + CHUNK]), ~is_withdrawn())
        query = _of_plan(plan_id, where, None).add_columns(ReportRow.unit, func.max(ReportRow.on))
        for unit, day in session.execute(query.group_by(ReportRow.unit)):
            found[unit] = max(day, found.get(unit, day))
    return found


def contacts(session: Session, units: Collection[str]) -> tuple[Contact, ...]:
    """Those who have joined and lead these units or are deputies there, leaders first."""
    query = (
        select(PersonRow.name, PostRow.unit, PostRow.role)
        .join(PostRow, PostRow.person_id == PersonRow.id)
        .where(PostRow.unit.in_(units), PostRow.role.in_((Role.LEADER, Role.DEPUTY)))
        .where(PostRow.ended_at.is_(None), PersonRow.left_at.is_(None))
        .order_by(PostRow.role.desc(), PostRow.id)
    )
    return tuple(Contact(name, unit, Role(role)) for name, unit, role in session.execute(query))
