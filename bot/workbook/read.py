"""From a workbook to a plan: every sheet in turn, all problems at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from bot.rules.calendar import DayOverride
from bot.rules.loading import Problem, ProblemCode, Sheet
from bot.rules.plan import Plan, Unit
from bot.rules.record import Report
from bot.workbook.desk import Desk
from bot.workbook.items import Draft, finish, read_items
from bot.workbook.problems import Findings
from bot.workbook.reports import read_reports
from bot.workbook.roster import PlanFacts, read_holidays, read_people, read_pillars, read_plan_facts, read_units
from bot.workbook.tables import Table, find_tables
from bot.workbook.text import plain
from bot.workbook.xlsx import open_xlsx


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a workbook says.

    `problems` are errors: with any, nothing may be stored and `plan` is only as much as could be read. `notes` never
    stop a load. A sheet that is not in `sheets` changes nothing. `unknown_units` are those that `add_units` adds.
    """

    plan: Plan
    reports: tuple[Report, ...]
    calendar: tuple[DayOverride, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    sheets: frozenset[Sheet]
    unknown_units: tuple[Unit, ...]


def read_workbook(
    source: Path | BinaryIO,
    *,
    year: int | None = None,
    add_units: bool = False,
    known: Plan | None = None,
    row_read: Callable[[], None] = lambda: None,
) -> Loaded:
    """Read a plan workbook. Raises `Refused` for a file that cannot be one; an `OSError` is the caller's.

    `year` is the plan's; else the Plan sheet of an export says it, or it is the year of most due dates. `known` is the
    stored plan of that year, for a workbook that lacks some sheets: its pillars, targets and items may then be cited.
    `row_read` is called after every row of the file.
    """
    findings = Findings()
    opened = open_xlsx(source, row_read=row_read)
    if opened.links:
        findings.note("", None, None, ProblemCode.EXTERNAL_LINKS)
    tables = find_tables(opened.grids, year, findings)
    _tell_missing(tables, findings)
    return _load(tables, findings, year, add_units, known or Plan(0))


def _tell_missing(tables: Sequence[Table], findings: Findings) -> None:
    kinds = {t.kind for t in tables}
    if Sheet.UNITS not in kinds:
        findings.error("", None, None, ProblemCode.MISSING_SHEET, needed=Sheet.UNITS)
    if not kinds & {Sheet.TARGETS, Sheet.TASKS}:
        findings.error("", None, None, ProblemCode.MISSING_SHEET, needed="targets_or_tasks")


def _load(tables: Sequence[Table], findings: Findings, year: int | None, add_units: bool, known: Plan) -> Loaded:
    def desks(*kinds: Sheet) -> list[Desk]:
        return [Desk(t, findings) for kind in kinds for t in tables if t.kind is kind]

    facts = read_plan_facts(tables, findings)
    units = read_units(desks(Sheet.UNITS), add_units)
    pillars = read_pillars(desks(Sheet.PILLARS), known.pillars)
    drafts = read_items(desks(Sheet.TARGETS, Sheet.TASKS), units, pillars)
    the_year = year or facts.year or _year_of(drafts, facts, findings)
    items = finish(drafts, the_year, [i.code for i in known.items if i.is_target])
    people = read_people(desks(Sheet.PEOPLE), units)
    plan = Plan(the_year, units.all, tuple(pillars.pillars), items, people, facts.title, facts.decision)
    reports = read_reports(desks(Sheet.REPORTS), plan, units, [i.code for i in known.items])
    calendar = read_holidays(desks(Sheet.HOLIDAYS))
    return Loaded(
        plan=replace(plan, units=units.all),  # reports may have met more of them
        reports=reports,
        calendar=calendar,
        problems=findings.problems,
        notes=findings.notes,
        sheets=frozenset(t.kind for t in tables),
        unknown_units=units.met,
    )


def _year_of(drafts: Iterable[Draft], facts: PlanFacts, findings: Findings) -> int:
    """The year of most due dates, the earlier of two; else the one that the title names."""
    years = Counter(d.item.due.year for d in drafts if d.item.due is not None)
    if years:
        return min(years, key=lambda y: (-years[y], y))
    titled = re.search(r"nam (20\d\d)", plain(facts.title))
    if titled:
        return int(titled[1])
    findings.error("", None, None, ProblemCode.NO_YEAR)
    return 2000
