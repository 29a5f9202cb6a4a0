"""One table being read: its cells as values, and what is found, told with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.rules.loading import ProblemCode
from bot.workbook.amounts import figure_of, number_of, says_no_figure
from bot.workbook.dates import month_end, period_of
from bot.workbook.problems import Findings
from bot.workbook.tables import Row, Table, column_letter, shown
from bot.workbook.text import clean, prose
from bot.workbook.xlsx import Cell, Flaw

LONGEST_NAME = 1_000
LONGEST_TEXT = 8_000


@dataclass(frozen=True, slots=True)
class Desk:
    """A table and where its findings go."""

    table: Table
    findings: Findings
    _told: set[tuple[int, str]] = field(default_factory=set)  # flaws, each told once however often the cell is read

    def error(self, row: Row | None, name: str | None, code: ProblemCode, /, **params: str) -> None:
        self.findings.error(self.table.title, row.number if row else None, self.column(name), code, **params)

    def note(self, row: Row | None, name: str | None, code: ProblemCode, /, **params: str) -> None:
        self.findings.note(self.table.title, row.number if row else None, self.column(name), code, **params)

    def column(self, name: str | None) -> str | None:
        number = self.table.columns.get(name or "")
        return column_letter(number) if number else None

    def cell(self, row: Row, name: str) -> Cell | None:
        """The cell, if it has a usable value; a flaw is told as an error."""
        cell = row.cells.get(name)
        if cell is None or cell.flaw is None:
            return cell
        if (row.number, name) in self._told:
            return None
        self._told.add((row.number, name))
        if cell.flaw is Flaw.ERROR:
            self.error(row, name, ProblemCode.CELL_ERROR, text=clean(str(cell.value))[:40])
        else:
            self.error(row, name, ProblemCode.FORMULA_WITHOUT_VALUE)
        return None

    def flawed(self, row: Row, name: str) -> bool:
        cell = row.cells.get(name)
        return cell is not None and cell.flaw is not None

    def line(self, row: Row, name: str, longest: int = LONGEST_NAME) -> str | None:
        """A text of one line; None where nothing is written."""
        cell = self.cell(row, name)
        return self._measured(row, name, clean(shown(cell)), longest) if cell else None

    def prose(self, row: Row, name: str) -> str | None:
        """A text that keeps its line breaks."""
        cell = self.cell(row, name)
        return self._measured(row, name, prose(shown(cell)), LONGEST_TEXT) if cell else None

    def verbatim(self, row: Row, name: str) -> str | None:
        """A text to the letter, as an export wrote it."""
        return self._measured(row, name, shown(self.cell(row, name)), LONGEST_TEXT)

    def _measured(self, row: Row, name: str, text: str, longest: int) -> str | None:
        if len(text) > longest:
            self.error(row, name, ProblemCode.TEXT_TOO_LONG, limit=str(longest))
            return None
        return text or None

    def number(self, row: Row, name: str) -> Decimal | None:
        """A figure. A text that holds one is read with a note, one that says there is none is None, else an error."""
        cell = self.cell(row, name)
        if cell is None:
            return None
        if isinstance(cell.value, Decimal):
            return cell.value
        if isinstance(cell.value, date):
            self.error(row, name, ProblemCode.DATE_FOR_NUMBER, text=shown(cell))
            return None
        text = self.line(row, name)
        return self._number_in(row, name, text) if text else None

    def _number_in(self, row: Row, name: str, text: str) -> Decimal | None:
        exact = number_of(text.replace("%", " ").strip())
        if exact is not None:
            return exact
        vague = figure_of(text)
        if vague is not None:
            self.note(row, name, ProblemCode.FIGURE_READ, text=text, value=f"{vague:f}")
        elif says_no_figure(text):
            self.note(row, name, ProblemCode.FIGURE_MISSING, text=text)
        else:
            self.error(row, name, ProblemCode.NOT_A_NUMBER, text=text)
        return vague

    def day(self, row: Row, name: str) -> date | None:
        """A day that must be one: a real date, or a text that names a single day. Else an error."""
        cell = self.cell(row, name)
        if cell is None:
            return None
        if isinstance(cell.value, date):
            return cell.value
        text = self.line(row, name)
        if text is None:
            return None
        period = period_of(text)
        if period is None or period.first != period.last:
            self.error(row, name, ProblemCode.NOT_A_DATE, text=text)
            return None
        return period.last

    def last_day(self, row: Row, name: str) -> tuple[date | None, str | None]:
        """A date or a period's last day, with its text where that says more than the date."""
        cell = self.cell(row, name)
        if cell is None:
            return None, None
        if isinstance(cell.value, date):
            return self._of_date_cell(cell, cell.value, shown(cell))
        text = self._measured(row, name, prose(shown(cell)), LONGEST_NAME)
        period = period_of(text) if text else None
        if period is None:
            return None, text
        return period.last, None if period.whole_day else text

    def _of_date_cell(self, cell: Cell, day: date, text: str) -> tuple[date, str | None]:
        """A date shown without its day ("6/2025" as a spreadsheet keeps it) is that month, or year."""
        if cell.form.day:
            return day, None
        return (month_end(day), text) if cell.form.month else (date(day.year, 12, 31), text)

    def first_day(self, row: Row, name: str) -> date | None:
        cell = self.cell(row, name)
        if cell is None or isinstance(cell.value, date):
            return cell.value if cell and isinstance(cell.value, date) else None
        period = period_of(shown(cell))
        return period.first if period else None
