"""The sheets around the items: units, pillars, people, holidays, and the plan's own title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.rules.calendar import DayOverride
from bot.rules.loading import ProblemCode, Sheet
from bot.rules.plan import ALL, GROUP, Pillar, Role, RosterPerson, Unit
from bot.workbook.desk import Desk
from bot.workbook.problems import Findings
from bot.workbook.tables import Row, Table, shown
from bot.workbook.text import clean, initials, key, nearest, plain
from bot.workbook.unitnames import Directory, NewUnits, Taken, directory_of, name_key, split_units
from bot.workbook.words import all_words, day_kinds, group_words, languages, roles


@dataclass(slots=True)
class Units:
    """The units that a reading knows, and those it met beside them. `adding`: unknown ones are taken in."""

    listed: tuple[Unit, ...]
    directory: Directory
    new: NewUnits
    adding: bool
    _told: dict[str, tuple[str, str]] = field(default_factory=dict)
    _pieces: dict[str, tuple[str, ...]] = field(default_factory=dict)  # plans repeat the same cells

    def all_in(self, desk: Desk, row: Row, name: str) -> tuple[str, ...]:
        """The codes of the units that a cell names, each once, in its order."""
        text = desk.prose(row, name)
        if text is None:
            return ()
        if text not in self._pieces:
            self._pieces[text] = tuple(split_units(text, self.directory))
        found = (self.code_of(desk, row, name, piece) for piece in self._pieces[text])
        return tuple(dict.fromkeys(code for code in found if code))

    def one_in(self, desk: Desk, row: Row, name: str) -> str | None:
        text = desk.line(row, name)
        return self.code_of(desk, row, name, text) if text else None

    def code_of(self, desk: Desk, row: Row, name: str, text: str) -> str | None:
        """The code of the unit that `text` names; an unknown or doubtful one is told."""
        found = self.directory.candidates(text)
        if len(found) == 1:
            return next(iter(found))
        if found:
            desk.error(row, name, ProblemCode.AMBIGUOUS_UNIT, name=text, codes=", ".join(sorted(found)))
            return None
        met = name_key(text) in self.new.by_name
        unit = self.new.add(text)
        if self.adding:
            if not met:
                code = ProblemCode.GROUP_ADDED if unit.is_group else ProblemCode.UNIT_ADDED
                desk.note(row, name, code, name=text, code=unit.code)
            return unit.code
        like, code_of_like = self._nearest(text)
        desk.error(row, name, ProblemCode.UNKNOWN_UNIT, name=text, nearest=like, code=code_of_like)
        return None

    def _nearest(self, text: str) -> tuple[str, str]:
        if text not in self._told:
            self._told[text] = self.directory.nearest(text) if len(self._told) < 200 else ("", "")
        return self._told[text]

    @property
    def met(self) -> tuple[Unit, ...]:
        return tuple(self.new.by_name.values())

    @property
    def all(self) -> tuple[Unit, ...]:
        return (*self.listed, *self.met) if self.adding else self.listed


def read_units(desks: Sequence[Desk], adding: bool) -> Units:
    """The Units sheet: codes once, names known, groups' members and parents resolved."""
    drafts: list[tuple[Desk, Row, Unit]] = []
    seen: dict[str, str] = {}
    for desk in desks:
        for row in desk.table.rows:
            unit = _unit(desk, row)
            if unit and is_first(desk, row, unit.code, seen):
                drafts.append((desk, row, unit))
    listed = tuple(unit for _, _, unit in drafts)
    directory = directory_of(listed)
    units = Units(listed, directory, NewUnits(Taken({u.code.casefold() for u in listed})), adding)
    _tell_shared_names(desks, directory)
    units.listed = tuple(_linked(desk, row, unit, units) for desk, row, unit in drafts)
    return units


def _unit(desk: Desk, row: Row) -> Unit | None:
    code, name_vi, name_bn = (desk.line(row, f) for f in ("code", "name_vi", "name_bn"))
    if any(desk.flawed(row, f) for f in ("code", "name_vi")):
        return None
    if not (name_vi or name_bn) and (not code or len(row.written) == 1):
        desk.note(row, None, ProblemCode.ROW_SKIPPED, text=row_text(row))
        return None
    if not _code_is_good(desk, row, code, name_vi or name_bn or ""):
        return None
    if not (name_vi or name_bn):
        desk.error(row, "name_vi", ProblemCode.MISSING_NAME, code=code or "")
        return None
    kind = desk.line(row, "kind")
    aliases = tuple(filter(None, map(clean, (desk.prose(row, "aliases") or "").split(";"))))
    return Unit(
        code=code or "",
        name_vi=name_vi or name_bn or "",
        name_bn=name_bn,
        aliases=aliases,
        kind=GROUP if kind and key(kind) in group_words() else kind,
    )


def row_text(row: Row) -> str:
    return clean(" ".join(shown(c) for _, c in sorted(row.written.items())))[:200]


def _code_is_good(desk: Desk, row: Row, code: str | None, name: str) -> bool:
    if not code:
        desk.error(row, "code", ProblemCode.MISSING_CODE, name=name)
        return False
    if re.search(r"[;,\s]", code) or len(code) > 40:
        desk.error(row, "code", ProblemCode.BAD_CODE, text=code[:100])
        return False
    return True


def is_first(desk: Desk, row: Row, code: str, seen: dict[str, str]) -> bool:
    """Whether a code stands here first; a second one is an error that names the first."""
    place = f"{desk.table.title} {desk.column('code') or ''}{row.number}"
    first = seen.setdefault(code.casefold(), place)
    if first != place:
        desk.error(row, "code", ProblemCode.DUPLICATE_CODE, code=code, first=first)
    return first == place


def _tell_shared_names(desks: Sequence[Desk], directory: Directory) -> None:
    by_key = {name_key(name): name for name in directory.written}
    for said, codes in directory.names.items():
        if len(codes) > 1 and said not in directory.codes:
            desks[0].note(None, None, ProblemCode.SAME_NAME, name=by_key[said], codes=", ".join(sorted(codes)))


def _linked(desk: Desk, row: Row, unit: Unit, units: Units) -> Unit:
    kinds = {plain(u.kind): u.kind for u in units.listed if u.kind}
    found: list[str | None] = []
    for text in filter(None, map(clean, re.split(r"[;\n]", desk.prose(row, "members") or ""))):
        known = _member(text, units, kinds)
        pieces = [text] if known else filter(None, map(clean, text.split(",")))
        found += [_member_or_error(desk, row, p, units, kinds) for p in pieces]
    return replace(unit, parent=units.one_in(desk, row, "parent"), members=tuple(m for m in found if m))


def _member_or_error(desk: Desk, row: Row, text: str, units: Units, kinds: Mapping[str, str]) -> str | None:
    found = _member(text, units, kinds)
    if found is None:
        like, _ = units.directory.nearest(text)
        desk.error(row, "members", ProblemCode.UNKNOWN_MEMBER, text=text, nearest=like)
    return found


def _member(text: str, units: Units, kinds: Mapping[str, str]) -> str | None:
    """A group's member: a unit's code, a kind, or `all`; a unit may be named as well."""
    directory = units.directory
    if text in directory.exact:
        return text
    if key(text) in all_words():
        return ALL
    return directory.codes.get(name_key(text)) or kinds.get(plain(text)) or directory.find(text)


@dataclass(slots=True)
class Pillars:
    """The pillars by code and name. `closed`: a Pillars sheet lists them all, and a cell may name no other."""

    pillars: list[Pillar]
    closed: bool
    by_key: dict[str, str] = field(default_factory=dict)
    taken: Taken = field(init=False)

    def __post_init__(self) -> None:
        self.taken = Taken({p.code.casefold() for p in self.pillars})
        for pillar in self.pillars:
            for name in filter(None, (pillar.code, pillar.name_vi, pillar.name_bn)):
                self.by_key.setdefault(key(name), pillar.code)

    def find(self, text: str) -> str | None:
        return self.by_key.get(key(text))

    def section(self, desk: Desk, row: Row, text: str) -> str:
        """The pillar that a section row names; a new one where none bears its name."""
        known = self.find(text)
        if known:
            desk.note(row, None, ProblemCode.SECTION, text=text, pillar=known)
            return known
        return self.add(desk, row, None, text)

    def in_cell(self, desk: Desk, row: Row) -> str | None:
        """The pillar that an item's own cell names; None where it names none."""
        text = desk.line(row, "pillar")
        if text is None:
            return None
        known = self.find(text)
        if known is None and self.closed:
            like = nearest(text, [n for p in self.pillars for n in (p.code, p.name_vi, p.name_bn) if n])
            desk.error(row, "pillar", ProblemCode.UNKNOWN_PILLAR, text=text, nearest=like)
            return None
        return known or self.add(desk, row, "pillar", text)

    def add(self, desk: Desk, row: Row, name: str | None, text: str) -> str:
        code = self.taken.fresh(initials(text) or "LV")
        self.pillars.append(Pillar(code, text))
        self.by_key[key(text)] = code
        self.by_key.setdefault(key(code), code)
        desk.note(row, name, ProblemCode.NEW_PILLAR, text=text, pillar=code)
        return code


def read_pillars(desks: Sequence[Desk], stored: Iterable[Pillar]) -> Pillars:
    """The Pillars sheet, or the stored pillars where there is none."""
    if not desks:
        return Pillars(list(stored), closed=False)
    found: list[Pillar] = []
    seen: dict[str, str] = {}
    for desk in desks:
        for row in desk.table.rows:
            pillar = _pillar(desk, row)
            if pillar and is_first(desk, row, pillar.code, seen):
                found.append(pillar)
    return Pillars(found, closed=bool(found))


def _pillar(desk: Desk, row: Row) -> Pillar | None:
    code, name_vi, name_bn = (desk.line(row, f) for f in ("code", "name_vi", "name_bn"))
    if any(desk.flawed(row, f) for f in ("code", "name_vi", "name_bn")) or not (code or name_vi or name_bn):
        return None
    if not _code_is_good(desk, row, code, name_vi or name_bn or ""):
        return None
    if not (name_vi or name_bn):
        desk.error(row, "name_vi", ProblemCode.MISSING_NAME, code=code or "")
        return None
    return Pillar(code or "", name_vi or name_bn or "", name_bn)


def read_people(desks: Sequence[Desk], units: Units) -> tuple[RosterPerson, ...]:
    """The People sheet. Nobody twice for the same unit; the language is Vietnamese where none is said."""
    found: dict[tuple[str, str], RosterPerson] = {}
    for desk in desks:
        for row in desk.table.rows:
            person = _person(desk, row, units)
            if person is None:
                continue
            first = found.setdefault((person.name, person.unit), person)
            if first != person:
                desk.error(row, "name", ProblemCode.DUPLICATE_PERSON, name=person.name, unit=person.unit)
    return tuple(found.values())


def _person(desk: Desk, row: Row, units: Units) -> RosterPerson | None:
    name, unit = desk.line(row, "name"), desk.line(row, "unit")
    if len(row.written) == 1 or (not name and not unit):
        if not desk.flawed(row, "name"):
            desk.note(row, None, ProblemCode.ROW_SKIPPED, text=row_text(row))
        return None
    if not name:
        desk.error(row, "name", ProblemCode.MISSING_NAME, code=unit or "")
    if not unit:
        desk.error(row, "unit", ProblemCode.MISSING_UNIT, name=name or "")
    code = units.code_of(desk, row, "unit", unit) if unit else None
    role = word(desk, row, "role", roles(), ProblemCode.UNKNOWN_ROLE, Role)
    language = word(desk, row, "language", languages(), ProblemCode.UNKNOWN_LANGUAGE, ("vi", "bn"), "vi")
    if not (name and code and role and language):
        return None
    return RosterPerson(name, code, Role(role), language)


def word(
    desk: Desk,
    row: Row,
    name: str,
    known: Mapping[str, str],
    code: ProblemCode,
    allowed: Iterable[str],
    blank: str | None = None,
) -> str | None:
    """A cell that must hold one of some words. `blank` stands for an empty one; else that is an error too."""
    text = desk.line(row, name)
    if desk.flawed(row, name):
        return None
    if text is None and blank:
        return blank
    found = known.get(key(text or ""))
    if found is None:
        desk.error(row, name, code, text=text or "", allowed=", ".join(allowed))
    return found


def read_holidays(desks: Sequence[Desk]) -> tuple[DayOverride, ...]:
    """The Holidays sheet: a day is off unless its kind says that it is worked."""
    found: dict[date, DayOverride] = {}
    for desk in desks:
        for row in desk.table.rows:
            if row.has("date") or row.has("kind"):
                _add_holiday(desk, row, found)
    return tuple(found.values())


def _add_holiday(desk: Desk, row: Row, found: dict[date, DayOverride]) -> None:
    day = desk.day(row, "date")
    if "date" not in row.cells:
        desk.error(row, "date", ProblemCode.MISSING_DATE)
    kind = word(desk, row, "kind", day_kinds(), ProblemCode.UNKNOWN_DAY_KIND, ("off", "worked"), "off")
    if day is None or kind is None:
        return
    override = DayOverride(day, kind == "worked", desk.line(row, "note") or "")
    if found.setdefault(day, override) != override:
        desk.error(row, "date", ProblemCode.DUPLICATE_DAY, date=day.isoformat())


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What the workbook says of the plan as a whole; `year` only where a Plan sheet states it."""

    title: str = ""
    decision: str = ""
    year: int | None = None


def read_plan_facts(tables: Sequence[Table], findings: Findings) -> PlanFacts:
    """From the Plan sheet of an export, or from the title rows above the items' headings."""
    for table in tables:
        if table.kind is Sheet.PLAN:
            return _stated_facts(Desk(table, findings))
    rows = [
        t for wanted in (Sheet.TARGETS, Sheet.TASKS) for table in tables if table.kind is wanted for t in table.above
    ]
    return PlanFacts(_title_of(rows), _decision_of(rows))


def _stated_facts(desk: Desk) -> PlanFacts:
    said = {plain(desk.line(row, "field") or ""): (desk.line(row, "text") or "", row) for row in desk.table.rows}
    year, row = said.get("year", ("", None))
    if year and not re.fullmatch(r"20\d\d", year):
        desk.error(row, "text", ProblemCode.NOT_A_NUMBER, text=year)
        year = ""
    title, decision = (said.get(f, ("", None))[0] for f in ("title", "decision"))
    return PlanFacts(title, decision, int(year) if year else None)


_DECISION = re.compile(r"^\(?\s*(?:ban hành\s+)?kèm theo\s+(?P<what>.*\bsố\b.*?)\s*\)?\.?$", re.IGNORECASE)
_ANNEX = re.compile(r"^(?:phu luc|bieu( mau)?|mau) ?(?:so )?[0-9ivx]*\b")


def _title_of(rows: Iterable[str]) -> str:
    """A row that begins "KẾ HOẠCH", else the first that names no annex, no decision and is no remark in brackets."""
    fitting = [t for t in rows if t and not t.startswith("(") and not _DECISION.match(t)]
    plans = [t for t in fitting if plain(t).startswith("ke hoach")]
    others = [t for t in fitting if not _ANNEX.match(plain(t)) and len(t) > 15]
    return next(iter((*plans, *others)), "")


def _decision_of(rows: Iterable[str]) -> str:
    return next((m["what"] for t in rows if (m := _DECISION.match(t))), "")
