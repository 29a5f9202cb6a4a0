"""What loading a plan again changes: the plan as it will be, and how it differs from the plan as it was.

The source is the contract on the plan workbook: an item is the same when year and code are; a sheet that is absent
changes nothing; what is missing from a sheet is withdrawn, never deleted; an approved extension is never undone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from bot.rules.calendar import DayOverride
from bot.rules.plan import Item, Kind, Pillar, Plan, RosterPerson, Unit

Row = Unit | Pillar | Item | RosterPerson | DayOverride


class Part(StrEnum):
    """The parts of a plan, by the sheet that tells them; a sheet may be absent."""

    UNITS = "units"
    PILLARS = "pillars"
    TARGETS = "targets"
    TASKS = "tasks"
    PEOPLE = "people"
    HOLIDAYS = "holidays"
    PLAN = "plan"  # its title and decision


class Sort(StrEnum):
    """What happened to a thing. Where only the order of a part is new, it is `moved`, once for the part."""

    ADDED = "added"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    BROUGHT_BACK = "brought_back"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Edit:
    """One field of a thing before and after, in the field's own type."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was. `code` tells it from others of its part (a person's is the unit's)."""

    part: Part
    sort: Sort
    code: str = ""
    name_vi: str = ""
    edits: tuple[Edit, ...] = ()
    name_bn: str | None = None

    def name(self, lang: str) -> str:
        """The name for a reader of `lang`; Vietnamese where it has no other."""
        return (self.name_bn if lang == "bn" else None) or self.name_vi


# ---------------------------------------------------------------- the plan as it will be


def merged(old: Plan | None, new: Plan, sheets: Collection[str], in_use: Collection[str] = ()) -> Plan:
    """The plan of `new.year` after loading `new` over `old`; equal to `old` where nothing changes.

    `sheets` are the parts that the workbook has. `in_use` are units that something outside the plan still needs: such
    a unit stays though it is missing, as does one that a withdrawn item names.
    """
    before = old or Plan(new.year)
    items = _items(before, new, sheets)
    people = new.people if Part.PEOPLE in sheets else before.people
    return Plan(
        year=new.year,
        units=_units(before, new, _needed(before, items, people, in_use)),
        pillars=_pillars(before, new, sheets, items),
        items=items,
        people=people,
        title=new.title or before.title,
        decision=new.decision or before.decision,
        version=before.version,
    )


def _items(before: Plan, new: Plan, sheets: Collection[str]) -> tuple[Item, ...]:
    present = {kind for kind, part in ((Kind.TARGET, Part.TARGETS), (Kind.TASK, Part.TASKS)) if part in sheets}
    given = [_given(i, before.item.get(i.code), new.year) for i in new.items if i.kind in present]
    codes = {i.code for i in given}
    left = [i for i in before.items if i.code not in codes]
    kept = [replace(i, withdrawn=True) if i.kind in present and not i.withdrawn else i for i in left]
    ordered = [i for kind in Kind for i in (*given, *kept) if i.kind is kind]
    return tuple(ordered)


def _given(item: Item, known: Item | None, year: int) -> Item:
    """An item of the workbook as it will stand: an extension on record stays unless the file has a later one."""
    extensions = [d for d in (item.extended, known.extended if known else None) if d is not None]
    return replace(item, year=year, extended=max(extensions, default=None))


def _needed(
    before: Plan, items: Iterable[Item], people: Iterable[RosterPerson], in_use: Collection[str]
) -> frozenset[str]:
    """The units that must stay: those named somewhere, with their parents and members."""
    found = {*in_use, *(p.unit for p in people), *(u for i in items for u in (*i.leads, *i.partners))}
    waiting = list(found)
    while waiting:
        unit = before.unit.get(waiting.pop())
        kin = {c for c in (unit.parent, *unit.members) if c} - found if unit else set()
        found |= kin
        waiting += kin
    return frozenset(found)


def _units(before: Plan, new: Plan, needed: Collection[str]) -> tuple[Unit, ...]:
    return new.units + tuple(u for u in before.units if u.code in needed and u.code not in new.unit)


def _pillars(before: Plan, new: Plan, sheets: Collection[str], items: Iterable[Item]) -> tuple[Pillar, ...]:
    if Part.PILLARS not in sheets:  # what sections have named is new, what is known stays as it is
        return before.pillars + tuple(p for p in new.pillars if p.code not in before.pillar)
    named = {i.pillar for i in items}
    return new.pillars + tuple(p for p in before.pillars if p.code in named and p.code not in new.pillar)


# ---------------------------------------------------------------- how it differs


def changes(old: Plan | None, after: Plan) -> tuple[Change, ...]:
    """How `after` (a `merged` plan) differs from `old`, part by part, in the order of `after`. Empty: no difference."""
    before = old or Plan(after.year)
    return (
        *_plan_changes(before, after),
        *_part(Part.UNITS, before.units, after.units),
        *_part(Part.PILLARS, before.pillars, after.pillars),
        *_item_changes(before, after),
        *_part(Part.PEOPLE, before.people, after.people),
    )


def calendar_changes(old: Sequence[DayOverride], given: Sequence[DayOverride]) -> tuple[Change, ...]:
    """What the workbook's own days add or change. Days that it does not name stay as they are."""
    named = {d.day: d for d in given}
    known = [d for d in old if d.day in named]
    return _part(Part.HOLIDAYS, known, [named[day] for day in sorted(named)])


def _plan_changes(before: Plan, after: Plan) -> tuple[Change, ...]:
    names = ("title", "decision")
    edits = tuple(
        Edit(n, getattr(before, n), getattr(after, n)) for n in names if getattr(before, n) != getattr(after, n)
    )
    return (Change(Part.PLAN, Sort.CHANGED, str(after.year), after.title, edits),) if edits else ()


def _item_changes(before: Plan, after: Plan) -> tuple[Change, ...]:
    found = [_item_change(before.item.get(i.code), i) for i in after.items]
    kept = tuple(c for c in found if c is not None)
    if kept or before.items == after.items:
        return kept
    moved = [
        part for part, kind in ((Part.TARGETS, Kind.TARGET), (Part.TASKS, Kind.TASK)) if _moved(kind, before, after)
    ]
    return tuple(Change(part, Sort.MOVED) for part in moved)


def _moved(kind: Kind, before: Plan, after: Plan) -> bool:
    return [i for i in before.items if i.kind is kind] != [i for i in after.items if i.kind is kind]


def _item_change(was: Item | None, item: Item) -> Change | None:
    part = Part.TARGETS if item.is_target else Part.TASKS
    if was is not None and item.withdrawn != was.withdrawn:
        sort = Sort.WITHDRAWN if item.withdrawn else Sort.BROUGHT_BACK
        return _change(part, sort, item, _edits(was, item))
    return _row_change(part, was, item)


def _part(part: Part, old: Sequence[Row], new: Sequence[Row]) -> tuple[Change, ...]:
    """Added, changed and withdrawn rows; where there are none but the order differs, one `moved`."""
    before, after = {_key(r): r for r in old}, {_key(r): r for r in new}
    found = [
        *(_row_change(part, before.get(key), row) for key, row in after.items()),
        *(_change(part, Sort.WITHDRAWN, row) for key, row in before.items() if key not in after),
    ]
    kept = tuple(c for c in found if c is not None)
    return kept if kept or tuple(old) == tuple(new) else (Change(part, Sort.MOVED),)


def _row_change(part: Part, was: Row | None, row: Row) -> Change | None:
    if was is None:
        return _change(part, Sort.ADDED, row)
    edits = _edits(was, row)
    return _change(part, Sort.CHANGED, row, edits) if edits else None


def _change(part: Part, sort: Sort, row: Row, edits: tuple[Edit, ...] = ()) -> Change:
    if isinstance(row, RosterPerson):
        return Change(part, sort, row.unit, row.name, edits)
    if isinstance(row, DayOverride):
        return Change(part, sort, row.day.isoformat(), row.note, edits)
    return Change(part, sort, row.code, row.name_vi, edits, row.name_bn)


def _key(row: Row) -> tuple[str, str] | str | date:
    if isinstance(row, RosterPerson):
        return row.name, row.unit
    return row.day if isinstance(row, DayOverride) else row.code


def _edits(was: Row, row: Row) -> tuple[Edit, ...]:
    """The fields that differ. `year` follows the plan and `withdrawn` is told by the sort."""
    names = [f.name for f in fields(row) if f.name not in ("year", "withdrawn")]
    return tuple(Edit(n, getattr(was, n), getattr(row, n)) for n in names if getattr(was, n) != getattr(row, n))
