"""Finds the plan's tables in a workbook: which sheet is what, where its headings stand, and the rows below them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from bot.rules.loading import ProblemCode, Refused, Sheet
from bot.workbook.amounts import written
from bot.workbook.problems import Findings
from bot.workbook.text import clean, key, plain
from bot.workbook.words import HEADINGS, NEEDED, TELLING, TITLES, field_of, titles
from bot.workbook.xlsx import LIMITS, Cell, Grid, Range

HEADING_ROWS = 40  # headings are looked for in this many written rows
HEADING_COLUMNS = 100  # and this many columns


def shown(cell: Cell | None) -> str:
    """A cell as its reader sees it: decimals with a comma, dates day first (or as far as its format shows them)."""
    if cell is None:
        return ""
    value = cell.value
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, date):
        return _shown_date(value, cell)
    if isinstance(value, str):
        return value
    return written(value, None if cell.form.percent else cell.form.decimals) + ("%" if cell.form.percent else "")


def _shown_date(value: date, cell: Cell) -> str:
    if cell.form.day:
        return f"{value:%d/%m/%Y}"
    return f"{value.month}/{value.year}" if cell.form.month else str(value.year)


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the headings: its cells by field, merged ones filled downwards, and everything written in it.

    `shared` are the fields whose cell is merged with a row above or below, `covered` those filled from above.
    """

    number: int
    cells: Mapping[str, Cell]
    written: Mapping[int, Cell]
    shared: frozenset[str] = frozenset()
    covered: frozenset[str] = frozenset()

    def has(self, *fields: str) -> bool:
        """Whether any of the fields has a cell of this row's own, not one merged over several rows."""
        return any(f in self.cells and f not in self.shared for f in fields)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet known for what it is. `above` are the texts of the rows above its headings."""

    kind: Sheet
    title: str
    columns: Mapping[str, int]
    above: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Head:
    """Where a sheet's headings stand (one row or two), and the column of each field."""

    first: int
    last: int
    columns: Mapping[str, int]
    texts: Mapping[int, str]


@dataclass(slots=True)
class _Found:
    """What the search has found so far."""

    tables: list[Table] = field(default_factory=list)
    headless: list[tuple[Grid, Sheet]] = field(default_factory=list)
    untitled: list[tuple[Grid, Sheet, _Head]] = field(default_factory=list)


def find_tables(grids: Iterable[Grid], year: int | None, findings: Findings) -> list[Table]:
    """Every table of the plan, in the workbook's order.

    A sheet is what its title says where its headings agree; else what its headings say, unless another sheet bears
    that title.
    """
    found = _Found()
    for grid in grids:
        if grid.rows:
            _place(grid, year, found, findings)
    found.tables = list(_english_first(found.tables, findings))
    titled = {t.kind for t in found.tables}
    for grid, kind, head in found.untitled:
        if kind in titled:
            findings.note(grid.title, None, None, ProblemCode.SHEET_NOT_READ)
        else:
            findings.note(grid.title, None, None, ProblemCode.SHEET_READ_AS, kind=kind)
            found.tables.append(_table(grid, kind, head, findings))
    _tell_headless(found, findings)
    return found.tables


def _english_first(tables: Iterable[Table], findings: Findings) -> Iterator[Table]:
    """Where a kind has a sheet with an export's own title, others of the kind are not read."""
    tables = list(tables)
    exported = {t.kind for t in tables if t.title == TITLES[t.kind][0]}
    for table in tables:
        if table.kind in exported and table.title != TITLES[table.kind][0]:
            findings.note(table.title, None, None, ProblemCode.SHEET_NOT_READ)
        else:
            yield table


def _place(grid: Grid, year: int | None, found: _Found, findings: Findings) -> None:
    named = _kind_by_title(grid.title)
    head = _head(grid, named, year) if named else None
    if named and head:
        found.tables.append(_table(grid, named, head, findings))
        return
    guess = _guess(grid, year)
    if guess:
        found.untitled.append((grid, *guess))
    elif named and named is not Sheet.PLAN:
        found.headless.append((grid, named))
    else:
        findings.note(grid.title, None, None, ProblemCode.SHEET_NOT_READ)


def _tell_headless(found: _Found, findings: Findings) -> None:
    """A sheet with a known title and unknown headings is an error, unless another one does its work."""
    kinds = {t.kind for t in found.tables}
    for grid, kind in found.headless:
        if kind in kinds:
            findings.note(grid.title, None, None, ProblemCode.SHEET_NOT_READ)
        else:
            fields = ", ".join("/".join(group) for group in NEEDED[kind])
            findings.error(grid.title, None, None, ProblemCode.MISSING_HEADINGS, kind=kind, fields=fields)


def _kind_by_title(title: str) -> Sheet | None:
    """The kind that a sheet's title names, whole or at its end or beginning ("Phụ lục II - Nhiệm vụ")."""
    known, said = titles(), key(title)
    if said in known:
        return known[said]
    said = re.sub(r"phuluc\d*|[0-9]|(?<=phuluc)[ivx]+", "", said)
    fitting = [t for t in known if said.startswith(t) or said.endswith(t)]
    return known[max(fitting, key=len)] if fitting else None


def _guess(grid: Grid, year: int | None) -> tuple[Sheet, _Head] | None:
    """The kind that a sheet's own headings tell, whatever its title."""
    best: tuple[int, Sheet, _Head] | None = None
    for kind, (fields, name_words) in TELLING.items():
        head = _head(grid, kind, year)
        if head is None:
            continue
        names = key(head.texts.get(head.columns.get("name_vi", head.columns.get("name", 0)), ""))
        telling = sum(f in head.columns for f in fields)
        named = any(w in names for w in name_words)
        score = len(head.columns) + telling + (3 if named else 0)
        if (telling or named) and (best is None or score > best[0]):
            best = (score, kind, head)
    return best[1:] if best else None


def _head(grid: Grid, kind: Sheet, year: int | None) -> _Head | None:
    """The row, or pair of rows, that names the most fields of a kind; None where what is needed is not named."""
    numbers = list(_sorted_rows(grid))[:HEADING_ROWS]
    heads = [make(grid, kind, n, year) for make in (_one_row, _two_rows) for n in numbers]
    enough = [h for h in heads if all(any(f in h.columns for f in group) for group in NEEDED[kind])]
    return max(enough, key=lambda h: len(h.columns), default=None)  # the first of equals: one row before two


def _sorted_rows(grid: Grid) -> Iterator[int]:
    return iter(sorted(grid.rows))


def _one_row(grid: Grid, kind: Sheet, number: int, year: int | None) -> _Head:
    texts = {c: t for c, t in _texts(grid, number).items() if isinstance(grid.rows[number][c].value, str)}
    return _Head(number, number, _columns(kind, texts, year), texts)


def _two_rows(grid: Grid, kind: Sheet, number: int, year: int | None) -> _Head:
    """Headings over two rows: "Tiến độ" merged above "Quý I" … "Quý IV", or "Mục tiêu" above "2025"."""
    upper = _texts(grid, number)
    for merge in _merged_at(grid, number):
        if merge.left in upper:
            upper.update(dict.fromkeys(range(merge.left, min(merge.right, HEADING_COLUMNS) + 1), upper[merge.left]))
    lower = _texts(grid, number + 1)
    texts = {c: _joined(kind, upper.get(c, ""), lower.get(c, "")) for c in sorted({*upper, *lower})}
    return _Head(number, number + 1, _columns(kind, texts, year), texts)


def _merged_at(grid: Grid, number: int) -> list[Range]:
    return [m for m in grid.merged if m.top == number]


def _texts(grid: Grid, number: int) -> dict[int, str]:
    """What a row says that may be a heading."""
    cells = grid.rows.get(number, {}).items()
    said = {column: shown(cell) for column, cell in cells if column <= HEADING_COLUMNS}
    return {column: text for column, text in said.items() if len(text) < 200}


def _joined(kind: Sheet, upper: str, lower: str) -> str:
    return lower if lower and field_of(kind, lower) else f"{upper} {lower}".strip()


def _columns(kind: Sheet, texts: Mapping[int, str], year: int | None) -> dict[str, int]:
    """The column of each field. Of two for one field: the better known heading, the one with the year, the first."""
    best: dict[str, tuple[tuple[int, bool], int]] = {}
    for column, text in sorted(texts.items()):
        name = field_of(kind, text)
        if name is None:
            continue
        rank = (_rank(kind, name, text), not (year and str(year) in plain(text)))
        if name not in best or rank < best[name][0]:
            best[name] = (rank, column)
    return {name: column for name, (_, column) in best.items()}


def _rank(kind: Sheet, name: str, text: str) -> int:
    said = key(text)
    return next((i for i, h in enumerate(HEADINGS[kind][name]) if said.startswith(key(h))), len(HEADINGS[kind][name]))


def _table(grid: Grid, kind: Sheet, head: _Head, findings: Findings) -> Table:
    _tell_columns(grid, kind, head, findings)
    numbers = list(_sorted_rows(grid))
    above = tuple(
        clean(shown(cell))
        for n in numbers
        if n < head.first
        for _, cell in sorted(grid.rows[n].items())
        if not cell.flaw
    )
    return Table(kind, grid.title, head.columns, above, tuple(_rows(grid, kind, head, numbers)))


def _titles(grid: Grid, number: int) -> list[str]:
    cells = sorted(grid.rows[number].items())
    return [shown(cell) for _, cell in cells if not cell.flaw and len(shown(cell)) < 500]


def _tell_columns(grid: Grid, kind: Sheet, head: _Head, findings: Findings) -> None:
    """Which columns are left out: those without a meaning here, and second ones for the same field."""
    letter = column_letter
    for column, text in sorted(head.texts.items()):
        name = field_of(kind, text)
        if column in head.columns.values() or not text.strip():
            continue
        if name is None:
            findings.note(grid.title, head.last, letter(column), ProblemCode.COLUMN_NOT_READ, text=clean(text))
        else:
            used = clean(head.texts.get(head.columns[name], ""))
            findings.note(grid.title, head.last, letter(column), ProblemCode.COLUMN_TWICE, text=clean(text), used=used)


def column_letter(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _rows(grid: Grid, kind: Sheet, head: _Head, numbers: Sequence[int]) -> Iterator[Row]:
    below = numbers[bisect_right(numbers, head.last) :]
    fills, shared = _fills(grid, head, below)
    names = {column: name for name, column in head.columns.items()}
    for place, number in enumerate(below):
        own = grid.rows[number]
        if (_only_numbers_columns(own) and place == 0) or _repeats_headings(kind, own, head):
            continue
        filled = {names[c]: cell for c, cell in fills.get(number, {}).items() if c not in own}
        cells = filled | {names[c]: cell for c, cell in own.items() if c in names}
        merged = frozenset(names[c] for c in shared.get(number, ()))
        yield Row(number, cells, own, merged, frozenset(filled))


def _fills(grid: Grid, head: _Head, below: Sequence[int]) -> tuple[dict[int, dict[int, Cell]], dict[int, set[int]]]:
    """What merged ranges put into the written rows below their first: (cells, columns that are merged) by row."""
    fills: dict[int, dict[int, Cell]] = {}
    shared: dict[int, set[int]] = {}
    wanted = frozenset(head.columns.values())
    budget = LIMITS.cells
    for merge in grid.merged:
        cell = grid.rows.get(merge.top, {}).get(merge.left)
        if cell is None or merge.top <= head.last or merge.bottom == merge.top or merge.left not in wanted:
            continue
        rows = below[bisect_left(below, merge.top) : bisect_right(below, merge.bottom)]
        budget -= len(rows)
        if budget < 0:
            raise Refused(ProblemCode.MERGE_TOO_BIG, sheet=grid.title, range=_range_text(merge))
        for number in rows:
            shared.setdefault(number, set()).add(merge.left)
            if number > merge.top:
                fills.setdefault(number, {})[merge.left] = cell
    return fills, shared


def _range_text(merge: Range) -> str:
    return f"{column_letter(merge.left)}{merge.top}:{column_letter(merge.right)}{merge.bottom}"


def _only_numbers_columns(own: Mapping[int, Cell]) -> bool:
    """The row under an annex's headings that numbers its columns: (1) (2) (3), or A B 1 2."""
    said = [plain(shown(cell)).strip("()") for _, cell in sorted(own.items())]
    numbers = [int(s) for s in said if re.fullmatch(r"\d{1,2}", s)]
    letters = [s for s in said if re.fullmatch(r"[a-d]", s)]
    rising = all(b == a + 1 for a, b in pairwise(numbers))
    return len(numbers) > 2 and rising and len(numbers) + len(letters) == len(said)


def _repeats_headings(kind: Sheet, own: Mapping[int, Cell], head: _Head) -> bool:
    """Headings printed again on a new page."""
    if len(own) < 3:
        return False
    return all(key(shown(cell)) == key(head.texts.get(column, "")) for column, cell in own.items())
