"""What is said of a plan workbook: what may be wrong with it, as codes and parameters, and what loading it does.

`views` puts them into words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.rules.changes import Change, Part, Sort
from bot.rules.plan import Unit

ITEM_PARTS = frozenset({Part.TARGETS, Part.TASKS})
SWEEPING_ITEMS = 5  # a load that withdraws at least so many items, …
SWEEPING_PERCENT = 20  # … and more than this share of the plan's, is not what an office does from day to day


class Sheet(StrEnum):
    """The sheets that a plan workbook may have."""

    PLAN = "plan"
    UNITS = "units"
    PILLARS = "pillars"
    TARGETS = "targets"
    TASKS = "tasks"
    PEOPLE = "people"
    REPORTS = "reports"
    HOLIDAYS = "holidays"


class ProblemCode(StrEnum):
    """Every thing that can be said of a workbook. What each one's parameters are stands beside it.

    The first group refuses the whole file (`Refused`), the second are errors (nothing may be stored), the third are
    notes: warnings, and how a vague cell was read. In an error or a note `text` is the cell as written.
    """

    # Refused: this cannot be a plan workbook, or is not safe to open.
    NOT_A_WORKBOOK = "not_a_workbook"
    OLD_FORMAT = "old_format"  # .xls, .xlsb, .ods: `format`
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    DAMAGED = "damaged"
    UNSAFE_XML = "unsafe_xml"
    FILE_TOO_BIG = "file_too_big"  # `limit` (megabytes)
    UNPACKS_TOO_BIG = "unpacks_too_big"  # `limit` (megabytes)
    TOO_MANY_SHEETS = "too_many_sheets"  # `limit`
    TOO_MANY_ROWS = "too_many_rows"  # `sheet`, `limit`
    TOO_MANY_COLUMNS = "too_many_columns"  # `sheet`, `limit`
    TOO_MANY_CELLS = "too_many_cells"  # `limit`
    MERGE_TOO_BIG = "merge_too_big"  # `sheet`, `range`
    CELL_TOO_LONG = "cell_too_long"  # `sheet`, `cell`, `limit`

    # Errors.
    MISSING_SHEET = "missing_sheet"  # `needed`: a Sheet, or "targets_or_tasks"
    MISSING_HEADINGS = "missing_headings"  # `kind`: a Sheet, `fields`
    NO_YEAR = "no_year"
    MISSING_CODE = "missing_code"  # `name`
    BAD_CODE = "bad_code"  # `text`
    DUPLICATE_CODE = "duplicate_code"  # `code`, `first`: where it stands first
    MISSING_NAME = "missing_name"  # `code`
    MISSING_UNIT = "missing_unit"  # `name`: of the person
    UNKNOWN_UNIT = "unknown_unit"  # `name`, `nearest` (may be empty), `code` (of `nearest`)
    AMBIGUOUS_UNIT = "ambiguous_unit"  # `name`, `codes`
    UNKNOWN_MEMBER = "unknown_member"  # `text`, `nearest`
    UNKNOWN_PILLAR = "unknown_pillar"  # `text`, `nearest`
    UNKNOWN_TARGET = "unknown_target"  # `text`, `nearest`
    UNKNOWN_ITEM = "unknown_item"  # `text`, `nearest`
    UNKNOWN_ROLE = "unknown_role"  # `text`, `allowed`
    UNKNOWN_LANGUAGE = "unknown_language"  # `text`, `allowed`
    UNKNOWN_STATE = "unknown_state"  # `text`, `allowed`
    UNKNOWN_DAY_KIND = "unknown_day_kind"  # `text`, `allowed`
    NOT_A_NUMBER = "not_a_number"  # `text`
    DATE_FOR_NUMBER = "date_for_number"  # `text`: a spreadsheet turned a figure into a date
    PERCENT_OUTSIDE = "percent_outside"  # `text`
    MISSING_DATE = "missing_date"
    NOT_A_DATE = "not_a_date"  # `text`
    DUE_BEFORE_START = "due_before_start"  # `start`, `due`
    DUPLICATE_PERSON = "duplicate_person"  # `name`, `unit`
    DUPLICATE_REPORT = "duplicate_report"  # `id`
    DUPLICATE_DAY = "duplicate_day"  # `date`
    TEXT_TOO_LONG = "text_too_long"  # `limit`
    CELL_ERROR = "cell_error"  # `text`: #REF! and the like
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    NOT_A_COUNT = "not_a_count"  # `text`
    MORE_PROBLEMS = "more_problems"  # `count`: how many more there are; the last of either list

    # Notes.
    SHEET_NOT_READ = "sheet_not_read"
    SHEET_READ_AS = "sheet_read_as"  # `kind`: a Sheet
    COLUMN_NOT_READ = "column_not_read"  # `text`
    COLUMN_TWICE = "column_twice"  # `text`, `used`: the heading that was taken
    HEADING_ROW = "heading_row"  # `text`: a parent row or a heading, not an item
    SECTION = "section"  # `text`, `pillar`
    NEW_PILLAR = "new_pillar"  # `text`, `pillar`: the code given to it
    ROW_SKIPPED = "row_skipped"  # `text`
    CELL_NOT_USED = "cell_not_used"  # `text`
    UNIT_ADDED = "unit_added"  # `name`, `code`
    GROUP_ADDED = "group_added"  # `name`, `code`: a group without members
    SAME_NAME = "same_name"  # `name`, `codes`: the name means nobody until one of them drops it
    NO_LEAD = "no_lead"  # `code`
    NO_GOAL = "no_goal"  # `code`
    GOAL_READ = "goal_read"  # `text`, `value`, `upper` (may be empty), `direction`
    GOAL_YES_NO = "goal_yes_no"  # `text`
    FIGURE_READ = "figure_read"  # `text`, `value`
    FIGURE_MISSING = "figure_missing"  # `text`: read as no figure
    NO_DUE = "no_due"  # `code`: the cell is empty
    DUE_RECURRING = "due_recurring"  # `text`: no due date, on purpose
    DUE_NOT_READ = "due_not_read"  # `text`: no due date
    DUE_READ = "due_read"  # `text`, `date`
    START_NOT_READ = "start_not_read"  # `text`: 1 January of the plan's year
    MEASURED_NOT_READ = "measured_not_read"  # `text`
    EXTENDED_BEFORE_DUE = "extended_before_due"  # `extended`, `due`
    SAME_REPORT = "same_report"  # `first`: the row that says the same
    EMPTY_REPORT = "empty_report"
    EXTERNAL_LINKS = "external_links"


@dataclass(frozen=True, slots=True)
class Problem:
    """One error or note. `row` is the sheet's own number, `column` its letter; both None where none is meant."""

    sheet: str
    row: int | None
    column: str | None
    code: ProblemCode
    params: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The file cannot be a plan workbook at all, or is not safe to open. Carries a code and its parameters."""

    def __init__(self, code: ProblemCode, /, **params: str) -> None:
        super().__init__(f"{code}: {params}" if params else str(code))
        self.code = code
        self.params: Mapping[str, str] = params


@dataclass(frozen=True, slots=True)
class Counts:
    """What a workbook holds."""

    units: int = 0
    pillars: int = 0
    targets: int = 0
    tasks: int = 0
    people: int = 0
    reports: int = 0
    holidays: int = 0


@dataclass(frozen=True, slots=True)
class LoadPreview:
    """What loading a workbook does, or did where `stored`.

    Where there are problems nothing is stored, and `changes` is empty: what a file with errors would change is not
    known. `again` says that a plan of this year was there before, with `items_before` items that were not
    withdrawn; `in_force` is the year that answers are about once it is loaded. `new_reports` are put on record; the
    others of the file are on record already, `other_reports` of them with other contents: the record stands.
    """

    year: int | None
    counts: Counts = Counts()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    unknown_units: tuple[Unit, ...] = ()
    again: bool = False
    in_force: int | None = None
    changes: tuple[Change, ...] = ()
    items_before: int = 0
    new_reports: int = 0
    other_reports: int = 0
    stored: bool = False

    @property
    def right(self) -> bool:
        """Whether the whole file can be stored."""
        return not self.problems

    @property
    def unchanged(self) -> bool:
        """Whether everything that the file says is known already."""
        return self.right and self.again and not self.changes and not self.new_reports

    def items(self, sort: Sort) -> int:
        """How many targets and tasks are changed so."""
        return sum(c.part in ITEM_PARTS and c.sort is sort for c in self.changes)

    @property
    def sweeping(self) -> bool:
        """Whether so much of the plan would be withdrawn that somebody must say that this is meant."""
        withdrawn = self.items(Sort.WITHDRAWN)
        return withdrawn >= SWEEPING_ITEMS and withdrawn * 100 > self.items_before * SWEEPING_PERCENT
