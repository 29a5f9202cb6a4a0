"""Loading the year's plan from its workbook: a dry run that changes nothing, then all of it or nothing; and back out.

The source is the contract on the plan workbook. Reports that were made are never lost, access is never granted.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.rules.access import Action, Policy, may_see_item, require
from bot.rules.calendar import DayOverride
from bot.rules.changes import Change, Part, Sort, calendar_changes, changes, merged
from bot.rules.loading import Counts, LoadPreview
from bot.rules.people import Person
from bot.rules.plan import Item, Plan
from bot.rules.record import Report
from bot.services.shelf import Shelf
from bot.workbook import Loaded, ProblemCode, read_workbook
from storage.plan_writes import (
    append_reports,
    evidence_counts,
    new_plan_row,
    plan_before,
    plan_row,
    refresh_many,
    reports_by_item,
    reports_by_uid,
    units_in_use,
    write_audit,
    write_overrides,
    write_plan,
)
from storage.plans import current_plan_row, read_overrides, read_plan
from storage.record import item_ids, next_revision
from storage.tables import PlanRow

FACTS_DEPEND_ON = frozenset({"goal", "kind"})
BY_CONTENTS = re.compile(r"w[0-9a-f]{20}")  # the id that the workbook gives to a report that has none


@dataclass(frozen=True)
class _Draft:
    """A load worked out against the database: the plan before and after, the days and reports that are new."""

    row: PlanRow | None
    before: Plan
    after: Plan
    changes: tuple[Change, ...]
    holidays: tuple[Change, ...]
    reports: tuple[Report, ...]
    others: int


def stored_plan(session: Session, today: date, year: int | None = None) -> Plan | None:
    """The plan of a year as it is kept (None: the plan in force), or None where there is none."""
    row = plan_row(session, year) if year else current_plan_row(session, today)
    return read_plan(session, row) if row else None


def read_for(
    stored: Callable[[int | None], Plan | None],
    source: Path | BinaryIO,
    *,
    year: int | None = None,
    add_units: bool = False,
    row_read: Callable[[], None] = lambda: None,
) -> Loaded:
    """Read a workbook against the stored plan of its own year, which `stored` gives (None: the plan in force).

    What the workbook's sheets leave out may then be cited. `row_read` is called after every row of the file. Raises
    `Refused`, OSError.
    """
    known = stored(year)
    loaded = read_workbook(source, year=year, add_units=add_units, known=known, row_read=row_read)
    if known is None or known.year == loaded.plan.year:
        return loaded
    return read_workbook(source, year=year, add_units=add_units, known=stored(loaded.plan.year))


def preview(session: Session, loaded: Loaded, today: date, person: Person | None = None) -> LoadPreview:
    """The dry run: what loading would do. `person` is None for the operator. Raises `Denied`."""
    _require(person, Action.LOAD)
    found = checked(loaded)
    if not found.right:
        return found
    return _told(session, found, _draft(session, loaded, plan_row(session, loaded.plan.year)), today)


def load(
    session: Session, loaded: Loaded, person: Person | None, at: datetime, today: date, *, sweep: bool = False
) -> LoadPreview:
    """Store the plan, all of it or nothing: where there are problems, nothing is new, or (without `sweep`) it sweeps.

    `LoadPreview.sweeping` says what sweeps. Raises `Denied`.
    """
    _require(person, Action.LOAD)
    found = checked(loaded)
    if not found.right:
        return found
    draft = _draft(session, loaded, plan_row(session, loaded.plan.year, lock=True))
    told = _told(session, found, draft, today)
    if told.unchanged or (told.sweeping and not sweep):
        return told
    _store(session, loaded, draft, person, at, today)
    return replace(told, stored=True)


def _require(person: Person | None, action: Action) -> None:
    if person is not None:
        require(person, action)


def checked(loaded: Loaded) -> LoadPreview:
    """What the file alone tells, before it meets what is stored."""
    plan = loaded.plan
    return LoadPreview(
        year=None if any(p.code is ProblemCode.NO_YEAR for p in loaded.problems) else plan.year,
        counts=Counts(
            units=len(plan.units),
            pillars=len(plan.pillars),
            targets=sum(i.is_target for i in plan.items),
            tasks=sum(not i.is_target for i in plan.items),
            people=len(plan.people),
            reports=len(loaded.reports),
            holidays=len(loaded.calendar),
        ),
        problems=tuple(loaded.problems),
        notes=tuple(loaded.notes),
        unknown_units=tuple(loaded.unknown_units),
    )


def _draft(session: Session, loaded: Loaded, row: PlanRow | None) -> _Draft:
    before = plan_before(session, loaded.plan.year, row)
    missing = [u.code for u in before.units if u.code not in loaded.plan.unit]
    in_use = units_in_use(session, missing, row.id if row else None) if missing else frozenset()
    after = merged(before, loaded.plan, loaded.sheets, in_use)
    known = reports_by_uid(session, (r.id for r in loaded.reports))
    return _Draft(
        row=row,
        before=before,
        after=after,
        changes=changes(before, after),
        holidays=calendar_changes(read_overrides(session), loaded.calendar),
        reports=_new_reports(session, after, [r for r in loaded.reports if r.id not in known], row),
        others=sum(_contents(r) != _contents(known[r.id]) for r in loaded.reports if r.id in known),
    )


def _told(session: Session, found: LoadPreview, draft: _Draft, today: date) -> LoadPreview:
    years = {*session.scalars(select(PlanRow.year)), draft.after.year}
    return replace(
        found,
        again=draft.row is not None,
        in_force=today.year if today.year in years else max(years),
        changes=(*draft.changes, *draft.holidays),
        items_before=sum(1 for _ in draft.before.live),
        new_reports=len(draft.reports),
        other_reports=draft.others,
    )


# ---------------------------------------------------------------- storing


def _store(session: Session, loaded: Loaded, draft: _Draft, person: Person | None, at: datetime, today: date) -> None:
    row = draft.row or new_plan_row(session, draft.after.year, at)
    revision = next_revision(session, row.id, items_changed=bool(draft.changes))
    write_plan(session, row, draft.before, draft.after)
    write_overrides(session, loaded.calendar)
    ids = item_ids(session, row.id)
    append_reports(session, ids, draft.reports)
    touched = {ids[code]: draft.after.item[code] for code in _touched(draft)}
    refresh_many(session, row.id, touched, revision, today)
    if any(c.part is Part.UNITS for c in draft.changes):
        _renew_other_plans(session, row.id)
    row.loaded_at = at
    write_audit(session, at, person.id if person else None, "load", str(row.year), _trace(draft))
    session.flush()


def _touched(draft: _Draft) -> set[str]:
    """The items whose facts may be new: those reported on, and those of which a report means something else now."""
    means_else = {c.code for c in draft.changes if any(e.field in FACTS_DEPEND_ON for e in c.edits)}
    return {r.item for r in draft.reports} | (means_else & draft.after.item.keys())


def _renew_other_plans(session: Session, plan_id: int) -> None:
    """Units are shared between the years: whoever holds another year's plan must read it again."""
    for other in session.scalars(select(PlanRow.id).where(PlanRow.id != plan_id)).all():
        next_revision(session, other, items_changed=True)


def _trace(draft: _Draft) -> dict[str, Any]:
    """What the audit keeps of a load: every change by part and sort, and how many reports came with it."""
    parts: dict[str, dict[str, list[str]]] = {}
    for change in (*draft.changes, *draft.holidays):
        name = f"{change.name_vi} ({change.code})" if change.part is Part.PEOPLE else change.code
        parts.setdefault(change.part, {}).setdefault(change.sort, []).append(name)
    edits = {c.code: [e.field for e in c.edits] for c in draft.changes if c.sort is Sort.CHANGED and c.edits}
    return {"changes": parts, "fields": edits, "reports": len(draft.reports)}


# ---------------------------------------------------------------- reports that come with a plan


def _new_reports(session: Session, after: Plan, unknown: Sequence[Report], row: PlanRow | None) -> tuple[Report, ...]:
    """Those of the reports with unknown ids that are new: where the workbook gives no id, contents tell as well."""
    nameless = {r.item for r in unknown if BY_CONTENTS.fullmatch(r.id)}
    said = _contents_on_record(session, row, nameless) if row else frozenset()
    return tuple(_spoken(after, r) for r in unknown if not (BY_CONTENTS.fullmatch(r.id) and _contents(r) in said))


def _contents_on_record(session: Session, row: PlanRow, codes: Iterable[str]) -> frozenset[tuple[Any, ...]]:
    ids = item_ids(session, row.id)
    items = {ids[code]: code for code in codes if code in ids}
    return frozenset(_contents(r) for _, reports in reports_by_item(session, items) for r in reports)


def _contents(report: Report) -> tuple[Any, ...]:
    """What makes two reports without an id the same: item, date, author and contents."""
    figures = (report.percent, report.value, report.state)
    return (report.item, report.on, report.by, *figures, report.difficulty, report.proposal)


def _spoken(plan: Plan, report: Report) -> Report:
    """The report with the unit that its author speaks for: their own where it leads the item, else the first lead."""
    if report.unit is not None:
        return report
    item = plan.item[report.item]
    own = (p.unit for p in plan.people if p.name == report.by and plan.leads(p.unit, item))
    return replace(report, unit=next(own, None) or next(iter(item.leads), None))


# ---------------------------------------------------------------- out again


@dataclass(frozen=True)
class Exported:
    """What a workbook is written from: loaded back, it changes nothing."""

    plan: Plan
    reports: tuple[Report, ...]
    calendar: tuple[DayOverride, ...]


def export(
    session: Session, shelf: Shelf, today: date, person: Person | None = None, policy: Policy | None = None
) -> Exported:
    """The plan in force as its reader may see it, and every report on it as written, in the plan's order.

    What was withdrawn, corrected or taken back comes too, marked. Raises `NoPlan`, `Denied`.
    """
    _require(person, Action.EXPORT)
    plan = shelf.book(session, today).plan
    rules = policy or Policy()
    items = tuple(i for i in plan.items if person is None or may_see_item(person, i, plan, rules))
    row = current_plan_row(session, today)
    assert row is not None  # the shelf has just read it
    reports = tuple(_reports_on(session, row.id, items))
    return Exported(replace(plan, items=items), reports, read_overrides(session))


def as_workbook(exported: Exported) -> bytes:
    """The workbook as a file's bytes. Takes seconds for a large plan: run it in a thread, outside a transaction."""
    from bot.workbook.write import write_workbook  # when it is wanted: openpyxl takes 11 MiB

    target = io.BytesIO()
    write_workbook(exported.plan, exported.reports, target, calendar=exported.calendar)
    return target.getvalue()


def _reports_on(session: Session, plan_id: int, items: Iterable[Item]) -> Iterator[Report]:
    ids = item_ids(session, plan_id)
    codes: Mapping[int, str] = {ids[i.code]: i.code for i in items}
    evidence = evidence_counts(session, plan_id)
    held = dict(reports_by_item(session, codes))
    for item_id in codes:
        for report in held.get(item_id, ()):
            yield replace(report, evidence=evidence[report.id]) if report.id in evidence else report
