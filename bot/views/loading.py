"""What a reader sees of loading a plan: what is wrong with the file, how it was read, and what it changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from bot.rules.changes import Change, Edit, Part, Sort
from bot.rules.loading import LoadPreview, Problem, ProblemCode, Refused, Sheet
from bot.rules.plan import Direction, Goal, Kind, Role
from bot.views.people import role_name
from bot.views.screen import CAPTION_LIMIT, TAG, TEXT_LIMIT, Button, File, Rows, Screen, fitted, length, shortened
from bot.views.words import N_, Words
from bot.workbook.words import HEADINGS

LINES_SHOWN = 12  # of errors, notes or changes in one message; more go into a file with all of them
LINES_WITH_FILE = 5
QUOTED = 80  # characters of a cell that are quoted
PLACES = 6  # decimals of a figure of the plan
BENGALI = re.compile("[\u0980-\u09ff]")
VIETNAMESE = re.compile("[À-ỹ]")

SHEETS: Mapping[str, str] = {
    Sheet.PLAN: N_("sheet Plan"),
    Sheet.UNITS: N_("sheet Units"),
    Sheet.PILLARS: N_("sheet Pillars"),
    Sheet.TARGETS: N_("sheet Targets"),
    Sheet.TASKS: N_("sheet Tasks"),
    Sheet.PEOPLE: N_("sheet People"),
    Sheet.REPORTS: N_("sheet Reports"),
    Sheet.HOLIDAYS: N_("sheet Holidays"),
}

PARTS: Mapping[str, str] = {
    Part.PLAN: N_("The plan"),
    Part.UNITS: N_("Units"),
    Part.PILLARS: N_("Pillars"),
    Part.TARGETS: N_("Targets"),
    Part.TASKS: N_("Tasks"),
    Part.PEOPLE: N_("People of the plan"),
    Part.HOLIDAYS: N_("Working days"),
}

REFUSALS: Mapping[ProblemCode, str] = {
    ProblemCode.NOT_A_WORKBOOK: N_("This file is not an Excel workbook. Please send the plan as an .xlsx file."),
    ProblemCode.OLD_FORMAT: N_("This file has the format {format}. Please save it as .xlsx and send it again."),
    ProblemCode.ENCRYPTED: N_("This file is protected by a password. Please remove the password and send it again."),
    ProblemCode.MACROS: N_("This file contains macros, which are not accepted. Please save it as .xlsx without them."),
    ProblemCode.DAMAGED: N_(
        "This file is damaged or incomplete. Please open it in the spreadsheet program, save it and send it again."
    ),
    ProblemCode.UNSAFE_XML: N_(
        "This file contains parts that may do harm, so it was not opened. Please copy the tables into a new workbook."
    ),
    ProblemCode.FILE_TOO_BIG: N_("This file is larger than {limit} MB. Please keep only the plan's sheets in it."),
    ProblemCode.UNPACKS_TOO_BIG: N_(
        "Opened, this file would take more than {limit} MB. Please keep only the plan's sheets in it."
    ),
    ProblemCode.TOO_MANY_SHEETS: N_(
        "This workbook has more than {limit} sheets. Please keep only the plan's sheets in it."
    ),
    ProblemCode.TOO_MANY_ROWS: N_("The sheet “{sheet}” has more than {limit} rows, which is more than a plan needs."),
    ProblemCode.TOO_MANY_COLUMNS: N_(
        "The sheet “{sheet}” has more than {limit} columns, which is more than a plan needs."
    ),
    ProblemCode.TOO_MANY_CELLS: N_("This workbook has more than {limit} cells, which is more than a plan needs."),
    ProblemCode.MERGE_TOO_BIG: N_("On the sheet “{sheet}” too many cells are merged ({range}). Please split them."),
    ProblemCode.CELL_TOO_LONG: N_("A cell ({cell}) holds more than {limit} characters. Please shorten it."),
}

ERRORS: Mapping[ProblemCode, str] = {
    ProblemCode.MISSING_SHEET: N_("The {needed} is missing. A plan needs the units that are responsible."),
    ProblemCode.MISSING_HEADINGS: N_("This looks like the {kind}, but these headings were not found: {headings}."),
    ProblemCode.NO_YEAR: N_("The plan's year cannot be told. Please write it in the title, such as “… năm 2025”."),
    ProblemCode.MISSING_CODE: N_("The code is missing here. Please write one in the code column."),
    ProblemCode.BAD_CODE: N_("“{text}” cannot be a code. A code has no spaces and at most 40 characters."),
    ProblemCode.DUPLICATE_CODE: N_("The code {code} stands there already ({first}). Each code may be used once."),
    ProblemCode.MISSING_NAME: N_("The name is missing ({code})."),
    ProblemCode.MISSING_UNIT: N_("The unit of {name} is missing."),
    ProblemCode.UNKNOWN_UNIT: N_("The unit “{name}” is not on the sheet of units."),
    ProblemCode.AMBIGUOUS_UNIT: N_("“{name}” may mean several units: {codes}. Please write the code."),
    ProblemCode.UNKNOWN_MEMBER: N_("“{text}” is no unit, no kind of unit and not “all”, so it cannot be a member."),
    ProblemCode.UNKNOWN_PILLAR: N_("The pillar “{text}” is not on the sheet of pillars."),
    ProblemCode.UNKNOWN_TARGET: N_("The plan has no target “{text}”."),
    ProblemCode.UNKNOWN_ITEM: N_("The plan has no target or task “{text}”."),
    ProblemCode.UNKNOWN_ROLE: N_("“{text}” is no role. Please write leader, deputy, office, chair or member."),
    ProblemCode.UNKNOWN_LANGUAGE: N_("“{text}” is no language that is spoken here. Please write vi or bn."),
    ProblemCode.UNKNOWN_STATE: N_("“{text}” is no state. Please write done, in progress, blocked or not started."),
    ProblemCode.UNKNOWN_DAY_KIND: N_("“{text}” does not say whether the day is off or worked."),
    ProblemCode.NOT_A_NUMBER: N_("“{text}” is not a number."),
    ProblemCode.DATE_FOR_NUMBER: N_(
        "A number is needed here, but the cell holds the date {text}. Please format it as text and write it again."
    ),
    ProblemCode.PERCENT_OUTSIDE: N_("{text} lies outside 0 to 100 percent."),
    ProblemCode.MISSING_DATE: N_("The date is missing."),
    ProblemCode.NOT_A_DATE: N_("“{text}” is not a date. Please write it as day/month/year."),
    ProblemCode.DUE_BEFORE_START: N_("The due date {due} lies before the start {start}."),
    ProblemCode.DUPLICATE_PERSON: N_("{name} ({unit}) stands there twice."),
    ProblemCode.DUPLICATE_REPORT: N_("The report id {id} stands there twice."),
    ProblemCode.DUPLICATE_DAY: N_("The day {date} stands there twice."),
    ProblemCode.TEXT_TOO_LONG: N_("The text is longer than {limit} characters. Please shorten it."),
    ProblemCode.CELL_ERROR: N_("The cell shows the error {text}. Please correct its formula."),
    ProblemCode.FORMULA_WITHOUT_VALUE: N_(
        "The cell holds a formula without a result. Please open the file in the spreadsheet program and save it."
    ),
    ProblemCode.NOT_A_COUNT: N_("{text} is not a whole number of files."),
}
LONG_CELL = N_("A cell holds more than {limit} characters. Please shorten it.")
FIGURES = frozenset({ProblemCode.PERCENT_OUTSIDE, ProblemCode.NOT_A_COUNT})  # what they quote is a figure
NO_ITEMS = N_("There is neither a sheet of targets nor one of tasks. A plan needs one of them.")

NOTES: Mapping[ProblemCode, str] = {
    ProblemCode.SHEET_NOT_READ: N_("This sheet is no part of the plan and was not read."),
    ProblemCode.SHEET_READ_AS: N_("This sheet was read as the {kind}."),
    ProblemCode.COLUMN_NOT_READ: N_("The column “{text}” was not read."),
    ProblemCode.COLUMN_TWICE: N_("The column “{text}” was not read; “{used}” was taken."),
    ProblemCode.HEADING_ROW: N_("“{text}” is a heading of the rows below, not an item."),
    ProblemCode.SECTION: N_("“{text}” begins a section; what follows belongs to the pillar {pillar}."),
    ProblemCode.NEW_PILLAR: N_("“{text}” becomes a new pillar with the code {pillar}."),
    ProblemCode.ROW_SKIPPED: N_("This row was left out: “{text}”."),
    ProblemCode.CELL_NOT_USED: N_("“{text}” was not used."),
    ProblemCode.UNIT_ADDED: N_("The unit “{name}” is added with the code {code}."),
    ProblemCode.GROUP_ADDED: N_(
        "“{name}” is added as a group with the code {code}. It has no members until the sheet of units names them."
    ),
    ProblemCode.SAME_NAME: N_("“{name}” is the name of several units ({codes}), so it stands for none of them."),
    ProblemCode.NO_LEAD: N_("{code} has no lead unit, so nobody is reminded of it."),
    ProblemCode.NO_GOAL: N_("{code} has no goal, so it cannot be achieved."),
    ProblemCode.GOAL_READ: N_("The goal “{text}” is read as at least {value}."),
    ProblemCode.GOAL_YES_NO: N_("The goal “{text}” has no number: it is achieved when it is reported as done."),
    ProblemCode.FIGURE_READ: N_("“{text}” is read as {value}."),
    ProblemCode.FIGURE_MISSING: N_("“{text}” is read as no figure."),
    ProblemCode.NO_DUE: N_("{code} has no due date, so it is never overdue."),
    ProblemCode.DUE_RECURRING: N_("“{text}” names no single date: there is no due date, and it is never overdue."),
    ProblemCode.DUE_NOT_READ: N_("“{text}” could not be read as a date: there is no due date."),
    ProblemCode.DUE_READ: N_("The due date “{text}” is read as {date}."),
    ProblemCode.START_NOT_READ: N_("“{text}” could not be read as a date: it starts on 1 January."),
    ProblemCode.MEASURED_NOT_READ: N_("“{text}” does not say that it is measured once: it is measured over the year."),
    ProblemCode.EXTENDED_BEFORE_DUE: N_("The extended date {extended} lies before the due date {due}."),
    ProblemCode.SAME_REPORT: N_("This report says the same as another one ({first}) and counts once."),
    ProblemCode.EMPTY_REPORT: N_("This report says nothing but its date."),
    ProblemCode.EXTERNAL_LINKS: N_("The workbook refers to other files; the figures that were last shown are taken."),
    ProblemCode.MORE_PROBLEMS: N_("… and {count} more of them."),
}
GOALS_READ: Mapping[tuple[str, bool], str] = {
    (Direction.DOWN, False): N_("The goal “{text}” is read as at most {value}."),
    (Direction.UP, True): N_("The goal “{text}” is read as {value} to {upper}; reaching {value} suffices."),
    (Direction.DOWN, True): N_("The goal “{text}” is read as {value} to {upper}; coming down to {value} suffices."),
}

CHANGES: Mapping[Sort, str] = {  # what is lost comes first
    Sort.WITHDRAWN: N_("<b>{n} withdrawn</b>"),
    Sort.ADDED: N_("{n} added"),
    Sort.CHANGED: N_("{n} changed"),
    Sort.BROUGHT_BACK: N_("{n} brought back"),
}
CHANGED: Mapping[Sort, str] = {
    Sort.ADDED: N_("added {thing}"),
    Sort.CHANGED: N_("changed {thing}"),
    Sort.WITHDRAWN: N_("withdrawn {thing}"),
    Sort.BROUGHT_BACK: N_("brought back {thing}"),
}
FIELDS: Mapping[str, str] = {
    "kind": N_("kind"),
    "name": N_("name"),
    "name_vi": N_("name"),
    "name_bn": N_("Bengali name"),
    "start": N_("start"),
    "due": N_("due date"),
    "due_text": N_("due date as written"),
    "extended": N_("extended to"),
    "pillar": N_("pillar"),
    "measure": N_("measure"),
    "baseline": N_("baseline"),
    "goal": N_("goal"),
    "points": N_("planned for the quarters"),
    "once": N_("measured once"),
    "leads": N_("lead units"),
    "partners": N_("working with"),
    "target": N_("target it serves"),
    "product": N_("product"),
    "source": N_("source"),
    "aliases": N_("other names"),
    "parent": N_("belongs to"),
    "members": N_("members"),
    "role": N_("role"),
    "language": N_("language"),
    "working": N_("worked"),
    "note": N_("remark"),
    "title": N_("title"),
    "decision": N_("decision"),
}
KINDS: Mapping[Kind, str] = {Kind.TARGET: N_("a target"), Kind.TASK: N_("a task")}


# ---------------------------------------------------------------- one problem


def problem_line(words: Words, problem: Problem) -> Markup:
    """Where it is and what is wrong, with a suggestion where there is one."""
    said = _sentence(words, problem)
    place = _place(words, problem)
    return Markup("<b>{}</b>: {}").format(place, said) if place else said


def refusal(words: Words, refused: Refused) -> Markup:
    """Why a file was not opened at all, and what to do about it."""
    return words.say(_msgid(refused.code, refused.params), **_values(words, refused.params))


def _place(words: Words, problem: Problem) -> Markup:
    """Sheet, row and column, as far as they are meant."""
    row = words.digits(str(problem.row))
    if not problem.sheet:
        return Markup("")
    if problem.row is None:
        return Markup.escape(problem.sheet)
    if problem.column is None:
        return words.say("{sheet}, row {row}", sheet=problem.sheet, row=row)
    return words.say("{sheet}, row {row}, column {column}", sheet=problem.sheet, row=row, column=problem.column)


def _sentence(words: Words, problem: Problem) -> Markup:
    code, params = problem.code, problem.params
    said = words.say(_msgid(code, params), **_values(words, params))
    if code in FIGURES:
        said = Markup(words.digits(said))
    nearest = params.get("nearest")
    if not nearest:
        return said
    named = params.get("code")
    if named:
        hint = words.say("Did you mean “{nearest}” ({code})?", nearest=nearest, code=named)
    else:
        hint = words.say("Did you mean “{nearest}”?", nearest=nearest)
    return Markup("{} {}").format(said, hint)


def _msgid(code: ProblemCode, params: Mapping[str, str]) -> str:
    if code is ProblemCode.MISSING_SHEET and params["needed"] != Sheet.UNITS:
        return NO_ITEMS
    if code is ProblemCode.CELL_TOO_LONG and not params.get("cell"):
        return LONG_CELL
    if code is ProblemCode.GOAL_READ:
        kind = params["direction"], bool(params.get("upper"))
        return GOALS_READ.get(kind, NOTES[code])
    return ERRORS.get(code) or NOTES.get(code) or REFUSALS[code]


def _values(words: Words, params: Mapping[str, str]) -> dict[str, Any]:
    """The parameters as the reader writes them: dates, figures, places and sheets in their own form."""
    return {name: _value(words, name, text, params) for name, text in params.items()} | {
        "headings": _headings(words, params)
    }


def _value(words: Words, name: str, text: str, params: Mapping[str, str]) -> Any:
    if name in ("date", "start", "due", "extended"):
        return words.day(date.fromisoformat(text))
    if name in ("value", "upper", "limit", "count"):
        return words.number(Decimal(text), PLACES) if text else ""
    if name in ("kind", "needed") and text in SHEETS:
        return words.say(SHEETS[text])
    if name == "first":
        return _first(words, text)
    return shortened(text, QUOTED)


def _first(words: Words, text: str) -> Markup:
    """Where a thing stands first: "Targets 6", or "Targets A6"."""
    sheet, _, cell = text.rpartition(" ")
    column = cell.rstrip("0123456789")
    row = int(cell.removeprefix(column))
    return _place(words, Problem(sheet, row, column or None, ProblemCode.DUPLICATE_CODE))


def _headings(words: Words, params: Mapping[str, str]) -> Markup:
    """The headings that a sheet lacks, in the reader's language; of those that may replace each other the first."""
    groups = params.get("fields", "").split(", ")
    names = [_heading(words.lang, Sheet(params["kind"]), group.split("/")) for group in groups if group]
    return words.listed([Markup("“{}”").format(name) for name in names])


def _heading(lang: str, sheet: Sheet, fields: Sequence[str]) -> str:
    """How a column may be headed in a language; in English where it has no words of its own."""
    headings = [heading.rstrip("…") for name in fields for heading in HEADINGS[sheet][name]]
    script = {"vi": VIETNAMESE, "bn": BENGALI}.get(lang)
    return next((h for h in headings if script and script.search(h)), headings[0])


# ---------------------------------------------------------------- changes


def _change_lines(words: Words, preview: LoadPreview) -> list[Markup]:
    """What the load changes, one line a thing; of a plan's first load only how much there is."""
    if not preview.again:
        return _counts(words, preview)
    return [*(_change_line(words, change) for change in _lost_first(preview)), *_reports(words, preview)]


def _lost_first(preview: LoadPreview) -> list[Change]:
    """The changes in the plan's order, what is withdrawn before all others."""
    return sorted(preview.changes, key=lambda change: change.sort is not Sort.WITHDRAWN)


def _counts(words: Words, preview: LoadPreview) -> list[Markup]:
    """How much changes, one line a part ("Targets: 2 added, 1 changed"), and how many reports are new."""
    parts: dict[Part, Counter[Sort]] = {}
    for change in preview.changes:
        if change.part is Part.PLAN and not preview.again:
            continue
        parts.setdefault(change.part, Counter())[change.sort] += 1
    lines = [Markup("{}: {}").format(words.say(PARTS[part]), _counted(words, n)) for part, n in parts.items()]
    return [*lines, *_reports(words, preview)]


def _counted(words: Words, counts: Counter[Sort]) -> Markup:
    return words.listed(_sorts(words, counts) or (words.say("in another order"),))


def _sorts(words: Words, counts: Counter[Sort]) -> tuple[Markup, ...]:
    return tuple(words.say(CHANGES[sort], n=words.number(counts[sort])) for sort in CHANGES if counts[sort])


def _change_line(words: Words, change: Change) -> Markup:
    part = words.say(PARTS[change.part])
    if change.sort is Sort.MOVED:
        return Markup("<b>{}</b>: {}").format(part, words.say("in another order"))
    said = words.say(CHANGED[change.sort], thing=_thing(words, change))
    edits = [_edit(words, edit) for edit in change.edits]
    return Markup("<b>{}</b>: {}").format(part, Markup("; ").join([said, *edits]))


def _thing(words: Words, change: Change) -> Markup:
    name = shortened(change.name(words.lang), QUOTED)
    if change.part is Part.PEOPLE:
        return Markup("{} ({})").format(name, change.code)
    if change.part is Part.PLAN:
        return Markup(words.digits(change.code))
    if change.part is Part.HOLIDAYS:
        return Markup("{} {}").format(words.day(date.fromisoformat(change.code)), name)
    return Markup("{} {}").format(change.code, name)


def _edit(words: Words, edit: Edit) -> Markup:
    before, after = (_shown(words, value) for value in (edit.before, edit.after))
    return Markup("{}: {} → {}").format(words.say(FIELDS[edit.field]), before, after)


def _shown(words: Words, value: Any) -> Markup | str:
    """A field's value as the reader writes it."""
    if value is None or value in ("", ()):
        return words.say("nothing")
    if isinstance(value, bool):
        return words.say("yes") if value else words.say("no")
    if isinstance(value, Decimal):
        return words.number(value, PLACES)
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, Goal):
        return shortened(value.text, QUOTED)
    if isinstance(value, Kind):
        return words.say(KINDS[value])
    if isinstance(value, Role):
        return role_name(words, value)
    if isinstance(value, tuple):
        return Markup("; ").join([_shown(words, part) for part in value])
    return shortened(str(value), QUOTED)


# ---------------------------------------------------------------- the whole


def _totals(words: Words, preview: LoadPreview) -> list[Markup]:
    """Of a right file: what becomes of the plan's targets and tasks in one line, and a warning where most go."""
    if not preview.right:
        return []
    counts = Counter({sort: preview.items(sort) for sort in CHANGES})
    same = preview.items_before - counts[Sort.WITHDRAWN] - counts[Sort.CHANGED]
    told = (*_sorts(words, counts), words.say("{n} unchanged", n=words.number(same)))
    total = words.say("Targets and tasks: {told}", told=words.listed(told))
    return [total, *_warning(words, preview)]


def _warning(words: Words, preview: LoadPreview) -> list[Markup]:
    if not preview.sweeping:
        return []
    counts = {"n": words.number(preview.items(Sort.WITHDRAWN)), "all": words.number(preview.items_before)}
    warned = words.say(
        "<b>⚠️ This file drops {n} of the {all} targets and tasks of the present plan.</b> They will no longer be "
        "followed or reminded of. If the file is only a part of the plan, please do not load it.",
        **counts,
    )
    done = words.say(
        "<b>⚠️ {n} of the {all} targets and tasks of the plan were not in this file and have been withdrawn.</b> "
        "To bring them back, load the whole plan again.",
        **counts,
    )
    return [done if preview.stored else warned]


def _head(words: Words, preview: LoadPreview) -> list[Markup]:
    """The title, what the file holds, and what came of it."""
    year = preview.year
    title = (
        words.say("<b>The plan of {year}</b>", year=words.digits(str(year))) if year else words.say("<b>The plan</b>")
    )
    counts = preview.counts
    held = words.say(
        "In the file: {units} units, {pillars} pillars, {targets} targets, {tasks} tasks, {people} people, "
        "{reports} reports.",
        units=words.number(counts.units),
        pillars=words.number(counts.pillars),
        targets=words.number(counts.targets),
        tasks=words.number(counts.tasks),
        people=words.number(counts.people),
        reports=words.number(counts.reports),
    )
    return [title, held, _outcome(words, preview)]


def _outcome(words: Words, preview: LoadPreview) -> Markup:
    if not preview.right:
        return words.count(
            "{n} error must be corrected first. Nothing was stored.",
            "{n} errors must be corrected first. Nothing was stored.",
            sum(int(p.params.get("count", 1)) for p in preview.problems),
        )
    if preview.unchanged and preview.other_reports:
        return words.say("Nothing has changed.")
    if preview.unchanged:
        return words.say("Everything in the file is known already. Nothing has changed.")
    if preview.stored:
        return words.say("The plan is loaded.")
    return words.say("The file is right. This was a dry run; nothing has been stored yet.")


def _not_in_force(words: Words, preview: LoadPreview) -> list[Markup]:
    if not preview.right or preview.in_force in (None, preview.year):
        return []
    year = words.digits(str(preview.in_force))
    return [words.say("For today, answers and reminders are about the plan of {year}.", year=year)]


def load_text(words: Words, preview: LoadPreview) -> str:
    """The whole result as plain text: every error, every note, every change. For a terminal, or a file."""
    blocks = [
        _totals(words, preview),
        _head(words, preview) + _not_in_force(words, preview),
        _titled(words.say("Errors"), [problem_line(words, p) for p in preview.problems]),
        _titled(words.say("Changes"), _change_lines(words, preview)),
        _titled(words.say("How the file was read"), [problem_line(words, p) for p in preview.notes]),
    ]
    return plain(Markup("\n\n").join(Markup("\n").join(block) for block in blocks if block)) + "\n"


def _titled(title: Markup, lines: Sequence[Markup]) -> list[Markup]:
    return [title, *(Markup("- {}").format(line) for line in lines)] if lines else []


def plain(text: Markup) -> str:
    """A text without its tags."""
    return str(Markup(TAG.sub("", text)).unescape())


def preview_screen(words: Words, preview: LoadPreview) -> Screen:
    """The dry run in the chat: counts, the first errors or what would change, and the button that loads."""
    head = [*_head(words, preview), *_totals(words, preview)]
    body = [problem_line(words, p) for p in preview.problems] or _told_of_a_right_file(words, preview)
    return _with_whole(words, preview, head, body, _buttons(words, preview))


def loaded_screen(words: Words, preview: LoadPreview) -> Screen:
    """What the press of "Load" did."""
    head = _head(words, preview)
    if not preview.right:
        body = [problem_line(words, p) for p in preview.problems]
        return _with_whole(words, preview, head, body, ())
    told = [*_counts(words, preview), *_not_in_force(words, preview)]
    if preview.stored and preview.counts.people:
        told.append(words.say("Loading gives nobody access: people join by invitation (/invite)."))
    return Screen(Markup("\n").join([*head, *told]))


def _told_of_a_right_file(words: Words, preview: LoadPreview) -> list[Markup]:
    told = [c for c in _lost_first(preview) if c.sort is Sort.WITHDRAWN or (c.sort is not Sort.ADDED and c.edits)]
    edits = [_change_line(words, c) for c in told if preview.again]
    notes = [problem_line(words, p) for p in preview.notes]
    return [*_counts(words, preview), *_not_in_force(words, preview), *edits, *notes]


def _reports(words: Words, preview: LoadPreview) -> list[Markup]:
    """How many reports are new, and how many of the file say something else than the record does."""
    told = []
    if preview.new_reports:
        told.append(words.count("{n} report is put on record.", "{n} reports are put on record.", preview.new_reports))
    if preview.other_reports:
        told.append(
            words.count(
                "{n} report in the file differs from the record. The record stays; please correct it by a new report.",
                "{n} reports in the file differ from the record. The record stays; please correct it by new reports.",
                preview.other_reports,
            )
        )
    return told


def _with_whole(words: Words, preview: LoadPreview, head: list[Markup], body: list[Markup], rows: Rows) -> Screen:
    """All lines in one message where they fit, else the first ones and a file with all of them."""
    whole = Markup("\n").join([*head, *body])
    if len(body) <= LINES_SHOWN and length(whole) <= TEXT_LIMIT:
        return Screen(whole, rows)
    room = CAPTION_LIMIT - 160 - length(Markup("\n").join(head))
    first, _ = fitted(body[:LINES_WITH_FILE], room)
    shown = first.count("\n") + 1 if first else 0
    more = words.say("… and {n} more lines. The whole list is in the file.", n=words.number(len(body) - shown))
    text = Markup("\n").join([*head, *([first] if first else []), more])
    name = f"plan-{preview.year or 'check'}.txt"
    return Screen(text, rows, file=File(name, load_text(words, preview).encode()))


def _buttons(words: Words, preview: LoadPreview) -> Rows:
    """Load where the file is right and says something new; a dry run with the units where only units are missing."""
    cancel = Button(str(words.say("Cancel")), "load:no")
    if preview.sweeping:
        n = preview.items(Sort.WITHDRAWN)
        drop = words.count("Load and drop {n} item", "Load and drop {n} items", n)
        return ((cancel,), (Button(str(drop), "load:sweep"),))
    if preview.right and not preview.unchanged:
        return ((Button(str(words.say("Load")), "load:yes"), cancel),)
    if can_add_units(preview):
        return ((Button(str(words.say("Add the units and check again")), "load:units"),), (cancel,))
    return ()


def can_add_units(preview: LoadPreview) -> bool:
    """Whether nothing is wrong but units that the Units sheet lacks."""
    return bool(preview.unknown_units) and all(p.code is ProblemCode.UNKNOWN_UNIT for p in preview.problems)


def refused_screen(words: Words, refused: Refused) -> Screen:
    """A file that was not opened."""
    return Screen(refusal(words, refused))


def cancelled_screen(words: Words) -> Screen:
    """Nothing was loaded, as asked."""
    return Screen(words.say("Nothing was loaded."))


def gone_screen(words: Words) -> Screen:
    """The file that a button is about can no longer be had."""
    return Screen(words.say("That file is no longer at hand. Please send it again."))


def exported_screen(words: Words, content: bytes, day: date, year: int, *, whole: bool, loads: bool) -> Screen:
    """The plan's workbook, or (where it is not the `whole`) a unit's part; whoever `loads` plans may send it back."""
    said = N_("The plan of {year} with all reports, as of {day}.")
    if whole and loads:
        said = N_("The plan of {year} with all reports, as of {day}. You can change it and send it back to me.")
    elif not whole:
        said = N_(
            "What concerns your unit in the plan of {year}, with its reports, as of {day}. "
            "It is only a part of the plan, for reading."
        )
    text = words.say(said, year=words.digits(str(year)), day=words.day(day))
    return Screen(text, file=File(f"plan-{year}_{day:%Y-%m-%d}.xlsx", content))


def rows_read(words: Words, n: int) -> Markup:
    """What stands in the chat while a large file is being read."""
    if not n:
        return words.say("⏳ Reading the file…")
    return words.count("⏳ Reading the file: {n} row so far…", "⏳ Reading the file: {n} rows so far…", n)


def all_rows_read(words: Words, n: int) -> Markup:
    """What stands there when it has been read."""
    return words.count("✅ {n} row read.", "✅ {n} rows read.", n)
