"""The Targets and Tasks sheets: which rows are items, and what each one says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from bot.rules.loading import ProblemCode, Sheet
from bot.rules.plan import Direction, Goal, Item, Kind
from bot.workbook.amounts import goal_of, says_no_figure, written
from bot.workbook.dates import period_of, recurs
from bot.workbook.desk import Desk
from bot.workbook.roster import Pillars, Units, is_first, row_text
from bot.workbook.tables import Row, shown
from bot.workbook.text import ascii_digits, clean, key, nearest, plain
from bot.workbook.words import many_times_words, once_words, yes_no
from bot.workbook.xlsx import Cell

PREFIX: Mapping[Sheet, str] = {Sheet.TARGETS: "CT", Sheet.TASKS: "NV"}
_ROMAN = re.compile(r"(?:X{0,3}(?:IX|IV|V?I{0,3}))(?<=[XVI])")
_SECTION = re.compile(r"^(?:phần\s+)?(?:[IVX]+|[A-H])\s*[.:)/–-]\s*(?P<text>\S.*)$", re.IGNORECASE)
_FOOTER = re.compile(
    r"^\W*(?:ghi chu|noi nhan|tong cong|tong so|nguoi lap|tm\b|kt\b|tl\b|chu tich|pho chu tich|giam doc|chanh van phong"
    r"|\(?da ky|luu:|nhu tren|মন্তব্য|মোট)"
)


@dataclass(frozen=True, slots=True)
class Code:
    """A code cell as read. `number` is what was written, by which a parent row is known ("11" above "11.1")."""

    code: str
    number: str


@dataclass(slots=True)
class Draft:
    """An item before the plan's year is known: `item.start` stands only where `started`."""

    desk: Desk
    row: Row
    item: Item
    started: bool


@dataclass(slots=True)
class _Sheet:
    """One sheet of items being read."""

    desk: Desk
    units: Units
    pillars: Pillars
    seen: dict[str, str]
    drafts: list[Draft] = field(default_factory=list)
    pillar: str | None = None
    last: Code | None = None
    ended: bool = False  # a footer has begun: "Ghi chú", "Nơi nhận", signatures


def read_items(desks: Sequence[Desk], units: Units, pillars: Pillars) -> list[Draft]:
    """Every item of the sheets, in their order. Codes are unique over targets and tasks together."""
    seen: dict[str, str] = {}
    drafts: list[Draft] = []
    for desk in desks:
        sheet = _Sheet(desk, units, pillars, seen)
        rows = desk.table.rows
        codes = _codes(desk, rows)
        for row, code, following in zip(rows, codes, _following(codes), strict=True):
            _take_row(sheet, row, code, following)
        drafts.extend(sheet.drafts)
    return drafts


def _codes(desk: Desk, rows: Iterable[Row]) -> list[Code | None]:
    found: list[Code | None] = []
    last: Code | None = None
    for row in rows:
        code = _code(row.cells.get("code"), PREFIX[desk.table.kind], last)
        found.append(code)
        if code and re.search(r"\d$", code.number):
            last = code
    return found


def _following(codes: Sequence[Code | None]) -> list[str]:
    """For every row the number of the next row that has one, or ""."""
    found, following = [], ""
    for code in reversed(codes):
        found.append(following)
        following = code.number if code else following
    return found[::-1]


def _code(cell: Cell | None, prefix: str, last: Code | None) -> Code | None:
    """A code: "1" -> CT01, "11.2" -> CT11.2, "a)" below 11 -> CT11.a, others as they stand; None for other words."""
    if cell is None or cell.flaw or isinstance(cell.value, (date, bool)):
        return None
    said = ascii_digits(clean(shown(cell)))
    if isinstance(cell.value, Decimal):
        said = said.replace(",", ".")
    said = said.rstrip(".):").lstrip("(").strip()
    if re.fullmatch(r"\d{1,6}", said):
        return Code(f"{prefix}{int(said):02d}", said.lstrip("0") or "0")
    if re.fullmatch(r"\d+(?:[.,]\d+)+", said):
        dotted = said.replace(",", ".")
        return Code(prefix + dotted, dotted)
    if last and re.fullmatch(r"[a-zđ]", said):
        return Code(f"{last.code}.{said}", f"{last.number}.{said}")
    joined = re.sub(r"^([^\W\d_]{1,6})\s+(?=\d)", r"\1", said)
    return Code(joined, joined) if re.fullmatch(r"[^\s;,]{1,40}", joined) and re.search(r"\w", joined) else None


_OWN_FIELDS = ("lead", "goal", "due", "product", "start", "baseline", "measured", "q1", "q2", "q3", "q4", "extended")


def _take_row(sheet: _Sheet, row: Row, code: Code | None, following: str) -> None:
    """Put a row where it belongs: a section, a heading, a continuation, a footer, or an item."""
    desk = sheet.desk
    section = _section_text(sheet, row)
    if section is not None:
        sheet.pillar = sheet.pillars.section(desk, row, section)
    elif _continues(row):
        _continue(sheet, row)
    elif _is_footer(sheet, row, code):
        sheet.ended = True
        desk.note(row, None, ProblemCode.ROW_SKIPPED, text=row_text(row))
    elif len(row.written) == 1:
        _tell_lone_cell(desk, row)
    elif code and _is_parent(row, code, following):
        sheet.last = code
        desk.note(row, None, ProblemCode.HEADING_ROW, text=row_text(row))
    else:
        sheet.ended = False
        _take_item(sheet, row, code)


def _section_text(sheet: _Sheet, row: Row) -> str | None:
    """The text of a section row: a Roman numeral (or letter) with a text and no lead, or a pillar's name alone."""
    texts = [clean(shown(c)) for _, c in sorted(row.written.items())]
    if len(texts) == 1:
        known = sheet.pillars.find(texts[0])
        marked = _SECTION.match(texts[0])
        return texts[0] if known else marked["text"].rstrip(" .:") if marked else None
    name = clean(shown(row.cells.get("name_vi")) or shown(row.cells.get("name_bn"))).rstrip(" .:")
    if not name or row.has("lead"):
        return None
    mark = clean(shown(row.cells.get("code"))).rstrip(".)/: ")
    if _ROMAN.fullmatch(mark) or (re.fullmatch("[A-H]", mark) and not row.has(*_OWN_FIELDS)):
        return name
    return name if sheet.pillars.find(name) and not row.has(*_OWN_FIELDS) else None


def _continues(row: Row) -> bool:
    """A further line of the item above: code and name are merged with it."""
    return "code" in row.covered and bool({"name_vi", "name_bn"} & row.covered)


def _continue(sheet: _Sheet, row: Row) -> None:
    """Add a further line's own leads and partners to the item above; any other cell of it is told as not used."""
    if not sheet.drafts:
        return
    draft = sheet.drafts[-1]
    own = set(row.cells) - row.covered
    leads = sheet.units.all_in(sheet.desk, row, "lead") if "lead" in own else ()
    partners = sheet.units.all_in(sheet.desk, row, "with") if "with" in own else ()
    draft.item = replace(
        draft.item,
        leads=tuple(dict.fromkeys((*draft.item.leads, *leads))),
        partners=tuple(dict.fromkeys((*draft.item.partners, *partners))),
    )
    for name in sorted(own - {"lead", "with"}):
        sheet.desk.note(row, name, ProblemCode.CELL_NOT_USED, text=clean(shown(row.cells[name]))[:200])


def _is_footer(sheet: _Sheet, row: Row, code: Code | None) -> bool:
    if code:
        return False
    return sheet.ended or any(_FOOTER.match(plain(shown(c))) for c in row.written.values())


def _tell_lone_cell(desk: Desk, row: Row) -> None:
    if any(desk.flawed(row, name) for name in row.cells):
        for name in row.cells:
            desk.cell(row, name)
    else:
        desk.note(row, None, ProblemCode.ROW_SKIPPED, text=row_text(row))


def _is_parent(row: Row, code: Code, following: str) -> bool:
    return following.startswith(code.number + ".") and not row.has(*_OWN_FIELDS)


def _take_item(sheet: _Sheet, row: Row, code: Code | None) -> None:
    desk = sheet.desk
    name_vi, name_bn = desk.line(row, "name_vi"), desk.line(row, "name_bn")
    if code is None:
        _tell_no_code(desk, row, name_vi or name_bn or "")
        return
    sheet.last = code
    name = name_vi or name_bn or (code.code if desk.flawed(row, "name_vi") else "")  # the rest of a flawed row is read
    if not name:
        desk.error(row, "name_vi", ProblemCode.MISSING_NAME, code=code.code)
        return
    if not is_first(desk, row, code.code, sheet.seen):
        return
    start = desk.first_day(row, "start")
    item = Item(
        code=code.code,
        kind=Kind.TARGET if desk.table.kind is Sheet.TARGETS else Kind.TASK,
        name_vi=name,
        name_bn=name_bn,
        start=start or date.min,
        pillar=sheet.pillars.in_cell(desk, row) or sheet.pillar,
        leads=sheet.units.all_in(desk, row, "lead"),
        partners=sheet.units.all_in(desk, row, "with"),
        source=desk.prose(row, "source"),
        withdrawn=_flag(desk, row, "withdrawn"),
    )
    item = _with_dates(desk, row, item, start)
    item = _with_figures(desk, row, item) if item.is_target else _with_work(desk, row, item)
    sheet.drafts.append(Draft(desk, row, item, start is not None))


def _tell_no_code(desk: Desk, row: Row, name: str) -> None:
    if desk.flawed(row, "code"):
        for field_name in row.cells:
            desk.cell(row, field_name)
    elif "code" in row.cells:
        desk.error(row, "code", ProblemCode.BAD_CODE, text=clean(shown(row.cells["code"]))[:100])
    elif row.has(*_OWN_FIELDS) or name:
        desk.error(row, "code", ProblemCode.MISSING_CODE, name=name[:200])
    else:
        desk.note(row, None, ProblemCode.ROW_SKIPPED, text=row_text(row))


def _flag(desk: Desk, row: Row, name: str) -> bool:
    text = desk.line(row, name)
    return text is not None and yes_no().get(key(text)) != "0"


def _with_dates(desk: Desk, row: Row, item: Item, start: date | None) -> Item:
    """The due date, the extension, and notes on what could not be read as a date."""
    if start is None and (cell := desk.cell(row, "start")):
        desk.note(row, "start", ProblemCode.START_NOT_READ, text=clean(shown(cell))[:200])
    due, text = desk.last_day(row, "due")
    _tell_due(desk, row, item.code, due, text)
    extended = _extension(desk, row)
    if due and extended and extended < due:
        dates = {"extended": extended.isoformat(), "due": due.isoformat()}
        desk.note(row, "extended", ProblemCode.EXTENDED_BEFORE_DUE, **dates)
    if not item.leads and ("lead" not in row.cells or says_no_figure(shown(row.cells["lead"]))):
        desk.note(row, "lead", ProblemCode.NO_LEAD, code=item.code)
    return replace(item, due=due, due_text=text, extended=extended)


def _tell_due(desk: Desk, row: Row, code: str, due: date | None, text: str | None) -> None:
    if due is None and text is None:
        if not desk.flawed(row, "due"):
            desk.note(row, "due", ProblemCode.NO_DUE, code=code)
    elif due is None:
        found = ProblemCode.DUE_RECURRING if recurs(text or "") else ProblemCode.DUE_NOT_READ
        desk.note(row, "due", found, text=text or "")
    elif text is not None and (period := period_of(text)) and period.vague:
        desk.note(row, "due", ProblemCode.DUE_READ, text=text, date=due.isoformat())


def _extension(desk: Desk, row: Row) -> date | None:
    """An approved extension. What cannot be read is an error: it must not be lost in silence."""
    day, text = desk.last_day(row, "extended")
    if day is None and text is not None:
        desk.error(row, "extended", ProblemCode.NOT_A_DATE, text=text)
    return day


def _with_work(desk: Desk, row: Row, item: Item) -> Item:
    return replace(item, target=desk.line(row, "target"), product=desk.prose(row, "product"))


def _with_figures(desk: Desk, row: Row, item: Item) -> Item:
    """A target's goal, baseline and points. Without a baseline a rising target starts at 0."""
    measure = desk.line(row, "measure")
    answer = _answer(desk, row)
    baseline = answer if answer is not None else desk.number(row, "baseline")
    goal = _goal(desk, row, item.code, baseline, measure)
    if baseline is None and goal and goal.value is not None and goal.direction is Direction.UP:
        baseline = Decimal(0)
    return replace(
        item,
        measure=measure,
        baseline=baseline,
        goal=goal,
        points=(desk.number(row, "q1"), desk.number(row, "q2"), desk.number(row, "q3"), desk.number(row, "q4")),
        once=_once(desk, row),
    )


def _answer(desk: Desk, row: Row) -> Decimal | None:
    """A baseline in words ("Có", "Chưa có") is 1 or 0 where the goal is a yes or no."""
    baseline, goal = row.cells.get("baseline"), row.cells.get("goal")
    if baseline is None or goal is None or not isinstance(baseline.value, str) or not isinstance(goal.value, str):
        return None
    if goal_of(clean(goal.value), None).goal.value is not None:
        return None
    answer = yes_no().get(key(baseline.value))
    return Decimal(answer) if answer else None


def _goal(desk: Desk, row: Row, code: str, baseline: Decimal | None, measure: str | None) -> Goal | None:
    cell = desk.cell(row, "goal")
    text = desk.line(row, "goal") or ""
    if cell is None or re.fullmatch(r"[-–—./\s]*", text):
        if not desk.flawed(row, "goal"):
            desk.note(row, "goal", ProblemCode.NO_GOAL, code=code)
        return None
    if isinstance(cell.value, date) and not isinstance(cell.value, bool):
        desk.error(row, "goal", ProblemCode.DATE_FOR_NUMBER, text=text)
        return None
    found = goal_of(text, baseline, measure)
    goal = found.goal
    if goal.value is None:
        desk.note(row, "goal", ProblemCode.GOAL_YES_NO, text=text)
    elif not found.plain or goal.upper is not None:
        upper = "" if goal.upper is None else written(goal.upper)
        read = {"value": written(goal.value), "upper": upper, "direction": str(goal.direction)}
        desk.note(row, "goal", ProblemCode.GOAL_READ, text=text, **read)
    return goal


def _once(desk: Desk, row: Row) -> bool:
    text = desk.line(row, "measured")
    if text is None or says_no_figure(text):
        return False
    if key(text) in once_words():
        return True
    if key(text) not in many_times_words():
        desk.note(row, "measured", ProblemCode.MEASURED_NOT_READ, text=text)
    return False


def finish(drafts: Iterable[Draft], year: int, targets: Iterable[str]) -> tuple[Item, ...]:
    """The items of a plan of `year`, targets first: starts filled in, tasks' targets resolved among `targets` too."""
    drafts = list(drafts)
    finished = [_started(d, year) for d in drafts]
    known = References([*(i.code for i in finished if i.is_target), *targets], PREFIX[Sheet.TARGETS])
    items = [_aimed(d, i, known) for d, i in zip(drafts, finished, strict=True)]
    return tuple(sorted(items, key=lambda i: not i.is_target))


def _started(draft: Draft, year: int) -> Item:
    item = draft.item
    if not draft.started:
        return replace(item, start=date(year, 1, 1), year=year)
    if item.due is not None and item.due < item.start:
        dates = {"start": item.start.isoformat(), "due": item.due.isoformat()}
        draft.desk.error(draft.row, "due", ProblemCode.DUE_BEFORE_START, **dates)
    return replace(item, year=year)


def _aimed(draft: Draft, item: Item, known: References) -> Item:
    if item.target is None:
        return item
    target = known.find(item.target)
    if target is None and not says_no_figure(item.target):
        like = known.nearest(item.target)
        draft.desk.error(draft.row, "target", ProblemCode.UNKNOWN_TARGET, text=item.target, nearest=like)
    return replace(item, target=target)


@dataclass(slots=True)
class References:
    """Codes as people cite them: "ct 1", "CT1" and "1" are CT01 where only that one can be meant."""

    codes: Sequence[str]
    prefix: str | None = None  # what a bare number stands for; None: it stands for nothing
    _by_key: dict[str, str] = field(default_factory=dict)
    _told: int = 0

    def __post_init__(self) -> None:
        for code in self.codes:
            self._by_key.setdefault(_citation(code), code)
        self._by_key.update({code: code for code in self.codes})

    def find(self, text: str) -> str | None:
        said = clean(ascii_digits(text)).strip(" .")
        if self.prefix and re.fullmatch(r"\d+(?:[.,]\d+)*", said):
            said = self.prefix + said.replace(",", ".")
        return self._by_key.get(said) or self._by_key.get(_citation(said))

    def nearest(self, text: str) -> str:
        """The code most like `text`; no longer looked for after many, so that a wrong column costs no time."""
        self._told += 1
        return nearest(text, self.codes) if self._told <= 50 else ""


def _citation(code: str) -> str:
    joined = re.sub(r"[\s\-_]+", "", plain(code))
    return re.sub(r"(?<!\d)0+(?=\d)", "", joined)
