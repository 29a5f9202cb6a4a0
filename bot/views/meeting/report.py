"""The content of the meeting's report: the official classes, what is missed and why, what the units ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from markupsafe import Markup

from bot.rules.acts import Act, Intent
from bot.rules.answers import Entry, Obstacle, Tally
from bot.rules.figures import Meeting, NewDeadline, UnitClasses
from bot.rules.plan import Item, Plan
from bot.rules.questions import severity
from bot.rules.standing import OfficialClass, Status
from bot.views.asking_words import period_name, reason, unit_name
from bot.views.items import figure, goal, original_due, status_word
from bot.views.meeting.paper import Block, Closing, Column, Heading, Letterhead, Paper, Para, Side, Table
from bot.views.pictures.words import plain, source
from bot.views.screen import About, Button, File, Screen, shortened
from bot.views.words import N_, Words

TITLE, QUOTED = 160, 260  # characters
MISSED, FINISHED, OVERDUE, OBSTACLES, ASKED = 15, 15, 15, 24, 12  # rows before the annex
UNITS, ANNEX = 60, 600  # rows: a longer annex belongs in a spreadsheet

CLASS_HEADS: Mapping[OfficialClass, str] = {
    OfficialClass.DONE_ON_TIME: N_("Done on time"),
    OfficialClass.DONE_LATE: N_("Done late"),
    OfficialClass.OPEN_IN_TIME: N_("Not done, within the deadline"),
    OfficialClass.OPEN_OVERDUE: N_("Not done, overdue"),
}
NO_BREAK = "\u00a0"  # a space at which no line ends
NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")


def meeting_paper(words: Words, plan: Plan, meeting: Meeting, made_at: datetime) -> Paper:
    """The report as a paper. `made_at` is local; its number and place are left for the office to fill in."""
    year = words.digits(str(plan.year))
    return Paper(
        lang=words.lang,
        letterhead=_letterhead(words, made_at),
        title=plain(words.say("REPORT")),
        subtitle=plain(
            words.say(
                "on carrying out the digital transformation plan of {year} ({period})",
                year=year,
                period=period_name(words, meeting.period).replace(" ", NO_BREAK),
            )
        ),
        blocks=tuple(_body(words, plan, meeting)),
        closing=_closing(words),
        annex=tuple(_annex(words, plan, meeting)),
        source=source(words, made_at),
    )


def _say(words: Words, msgid: str) -> str:
    return plain(words.say(msgid))


def _letterhead(words: Words, made_at: datetime) -> Letterhead:
    day = made_at.date()
    dated = words.say(
        "…………, {day}/{month}/{year}",
        day=words.digits(f"{day.day:02}"),
        month=words.digits(f"{day.month:02}" if day.month < 3 else str(day.month)),
        year=words.digits(str(day.year)),
    )
    return Letterhead(
        authority=plain(words.say("PEOPLE'S COMMITTEE OF THE PROVINCE")),
        issuer=plain(words.say("STEERING COMMITTEE FOR DIGITAL TRANSFORMATION")),
        state=plain(words.say("SOCIALIST REPUBLIC OF VIET NAM")),
        motto=plain(words.say("Independence – Freedom – Happiness")),
        number=plain(words.say("No.: ……/BC-BCĐ")),
        dated=plain(dated),
    )


def _closing(words: Words) -> Closing:
    return Closing(
        recipients_title=plain(words.say("Recipients:")),
        recipients=tuple(
            _say(words, line)
            for line in (
                N_("– Chair and members of the steering committee;"),
                N_("– Units in charge of targets and tasks;"),
                N_("– Archives: office, standing office."),
            )
        ),
        signer=(plain(words.say("FOR THE STEERING COMMITTEE")), plain(words.say("STANDING OFFICE"))),
    )


# ---------------------------------------------------------------- the body


def _body(words: Words, plan: Plan, meeting: Meeting) -> Iterator[Block]:
    """The sections that have something to say, numbered."""
    sections = (
        (N_("Overall results"), _overall(words, meeting)),
        (N_("Results by unit"), _by_unit(words, plan, meeting)),
        (N_("Targets behind plan, and why"), _missed(words, plan, meeting)),
        (N_("Finished in the period"), _finished(words, plan, meeting)),
        (N_("Overdue"), _overdue(words, plan, meeting)),
        (N_("Difficulties and proposals of the units"), _obstacles(words, plan, meeting)),
        (N_("Decisions asked of the committee"), _decisions(words, plan, meeting)),
        (N_("Extensions granted in the period"), _extensions(words, plan, meeting.granted)),
    )
    number = 0
    for title, blocks in sections:
        found = list(blocks)
        if found:
            number += 1
            yield Heading(f"{_numeral(words, number)}. {_say(words, title)}")
            yield from found


def _numeral(words: Words, number: int) -> str:
    return words.number(number) if words.lang == "bn" else NUMERALS[number - 1]


def _overall(words: Words, meeting: Meeting) -> Iterator[Block]:
    now = meeting.now
    yield Para(
        plain(
            words.say(
                "By {day}, {done_targets} of {targets} targets have been achieved and {done_tasks} of {tasks} tasks "
                "done; {overdue} items are overdue.",
                day=words.day(meeting.scope.day),
                done_targets=words.number(now.targets.done),
                targets=words.number(now.targets.total),
                done_tasks=words.number(now.tasks.done),
                tasks=words.number(now.tasks.total),
                overdue=words.number(_in_class(now.targets, now.tasks, OfficialClass.OPEN_OVERDUE)),
            )
        )
    )
    yield Para(
        plain(
            words.say(
                "In the period, {done} items were finished and {due} fell due.",
                done=words.number(len(meeting.finished)),
                due=words.number(now.due_in),
            )
        )
    )
    numbers = _number_columns(words, (N_("Targets"), N_("Tasks"), N_("Total")))
    heads = (_column(words, N_("Official class"), 5), *numbers)
    rows = [_class_row(words, now.targets, now.tasks, cls) for cls in OfficialClass]
    totals = (now.targets.total, now.tasks.total, now.targets.total + now.tasks.total)
    yield Table(heads, (*rows, (plain(words.say("Total")), *map(words.number, totals))), totals=1)


def _in_class(targets: Tally, tasks: Tally, cls: OfficialClass) -> int:
    return targets.by_class.get(cls, 0) + tasks.by_class.get(cls, 0)


def _column(words: Words, head: str, width: float, side: Side = Side.LEFT) -> Column:
    return Column(_say(words, head), width, side)


def _number_columns(words: Words, heads: Sequence[str], width: float = 1.5) -> list[Column]:
    return [_column(words, head, width, Side.CENTER) for head in heads]


def _class_row(words: Words, targets: Tally, tasks: Tally, cls: OfficialClass) -> tuple[str, ...]:
    counts = (targets.by_class.get(cls, 0), tasks.by_class.get(cls, 0), _in_class(targets, tasks, cls))
    return _say(words, CLASS_HEADS[cls]), *(words.number(n) for n in counts)


def _by_unit(words: Words, plan: Plan, meeting: Meeting) -> Iterator[Block]:
    if not meeting.units:
        return
    columns = (
        _column(words, N_("Unit"), 5.2),
        *_number_columns(words, (N_("Items"),), 1.2),
        *_number_columns(words, tuple(CLASS_HEADS.values()), 1.7),
    )
    shown = sorted(meeting.units, key=_overdue_first)[:UNITS] if len(meeting.units) > UNITS else meeting.units
    yield Table(columns, tuple(_unit_row(words, plan, unit) for unit in shown))
    yield from _more(words, len(meeting.units) - len(shown))


def _overdue_first(unit: UnitClasses) -> tuple[int, int]:
    return -unit.by_class.get(OfficialClass.OPEN_OVERDUE, 0), -unit.total


def _unit_row(words: Words, plan: Plan, unit: UnitClasses) -> tuple[str, ...]:
    counts = (words.number(unit.by_class.get(cls, 0)) for cls in CLASS_HEADS)
    return unit_name(words, plan, unit.unit), words.number(unit.total), *counts


def _more(words: Words, hidden: int) -> Iterator[Block]:
    if hidden > 0:
        yield Para(plain(words.count("And {n} more, in the annex.", "And {n} more, in the annex.", hidden)))


def _missed(words: Words, plan: Plan, meeting: Meeting) -> Iterator[Block]:
    """Each with its figure, its goal, the reason and what its unit said of difficulties."""
    if not meeting.missed:
        return
    total = meeting.now.targets.total
    n, all_ = words.number(len(meeting.missed)), words.number(total)
    yield Para(plain(words.say("{n} of {all} targets are behind or overdue:", n=n, all=all_)))
    columns = (
        *_item_columns(words),
        _column(words, N_("Figure / goal"), 2.4),
        _column(words, N_("Why"), 5),
    )
    yield Table(columns, tuple(_missed_row(words, plan, entry) for entry in meeting.missed[:MISSED]))
    yield from _more(words, len(meeting.missed) - MISSED)


def _missed_row(words: Words, plan: Plan, entry: Entry) -> tuple[str, ...]:
    return *_item_cells(words, plan, entry.item), _measured(words, entry), _why(words, entry)


def _item_columns(words: Words) -> tuple[Column, ...]:
    return (
        _column(words, N_("Code"), 1.3),
        _column(words, N_("Item"), 5),
        _column(words, N_("Led by"), 3),
    )


def _item_cells(words: Words, plan: Plan, item: Item) -> tuple[str, ...]:
    return item.code, shortened(item.name(words.lang), TITLE), _leads(words, plan, item)


def _leads(words: Words, plan: Plan, item: Item) -> str:
    names = [unit_name(words, plan, code) for code in item.leads[:2]]
    rest = len(item.leads) - 2
    return ", ".join([*names, *([f"+{words.number(rest)}"] if rest > 0 else [])])


def _measured(words: Words, entry: Entry) -> str:
    now, aim = figure(words, entry.item, entry.facts), goal(words, entry.item)
    return plain(Markup("{} / {}").format(now, aim)) if aim else plain(now)


def _why(words: Words, entry: Entry) -> str:
    parts = [plain(reason(words, entry, figures=False))]
    if entry.facts.difficulty:
        parts.append(f"“{shortened(entry.facts.difficulty, QUOTED)}”")
    return ". ".join(parts)


def _finished(words: Words, plan: Plan, meeting: Meeting) -> Iterator[Block]:
    for entry in meeting.finished[:FINISHED]:
        lead, rest = f"{entry.item.code} ", shortened(entry.item.name(words.lang), TITLE)
        yield Para(f"{rest} ({plain(reason(words, entry, figures=False))})", lead, bullet=True)
    yield from _more(words, len(meeting.finished) - FINISHED)


def _overdue(words: Words, plan: Plan, meeting: Meeting) -> Iterator[Block]:
    if not meeting.overdue:
        return
    columns = (
        *_item_columns(words),
        _column(words, N_("Due"), 2.1, Side.CENTER),
        _column(words, N_("Days overdue"), 1.5, Side.CENTER),
        _column(words, N_("Result so far"), 2),
    )
    yield Table(columns, tuple(_overdue_row(words, plan, entry) for entry in meeting.overdue[:OVERDUE]))
    yield from _more(words, len(meeting.overdue) - OVERDUE)


def _overdue_row(words: Words, plan: Plan, entry: Entry) -> tuple[str, ...]:
    days = words.number(-(entry.standing.days_left or 0))
    now = plain(figure(words, entry.item, entry.facts))
    return *_item_cells(words, plan, entry.item), _due_cell(words, entry.item), days, now


def _due_cell(words: Words, item: Item) -> str:
    """The date that counts; the original one too where it was extended."""
    if item.approved_due is None:
        return ""
    first = "".join(f" ({plain(said)})" for said in original_due(words, item))
    return f"{words.day(item.approved_due)}{first}"


# ---------------------------------------------------------------- what the units say and ask


def _obstacles(words: Words, plan: Plan, meeting: Meeting) -> Iterator[Block]:
    """The leaders' own words, by unit."""
    for unit, group in groupby(meeting.obstacles[:OBSTACLES], key=lambda o: o.unit):
        yield Heading(unit_name(words, plan, unit) if unit else plain(words.say("No leading unit")), 2)
        for obstacle in group:
            yield Para(_said(words, obstacle), f"{obstacle.item.code} ", bullet=True)
    yield from _more(words, len(meeting.obstacles) - OBSTACLES)


def _said(words: Words, obstacle: Obstacle) -> str:
    parts: list[Markup] = []
    if obstacle.difficulty:
        parts.append(words.say("Difficulty: {words}", words=shortened(obstacle.difficulty, QUOTED)))
    if obstacle.proposal:
        parts.append(words.say("Proposal: {words}", words=shortened(obstacle.proposal, QUOTED)))
    return f"{plain(Markup('; ').join(parts))} ({words.short_day(obstacle.day)})"


def _decisions(words: Words, plan: Plan, meeting: Meeting) -> Iterator[Block]:
    """The extensions that wait for an answer, and the units' open proposals."""
    for asked in meeting.waiting[:ASKED]:
        text = words.say(
            "grant {unit} an extension to {day}{why};",
            unit=_leads(words, plan, asked.item),
            day=words.day(asked.until),
            why=Markup(" ({})").format(shortened(asked.reason, QUOTED)) if asked.reason else "",
        )
        yield Para(plain(text), f"{asked.item.code}: ", bullet=True)
    for obstacle in [o for o in meeting.obstacles if o.proposal][:ASKED]:
        name = unit_name(words, plan, obstacle.unit)
        text = words.say("{unit} proposes: {words}", unit=name, words=shortened(obstacle.proposal or "", QUOTED))
        yield Para(plain(text), f"{obstacle.item.code}: ", bullet=True)


def _extensions(words: Words, plan: Plan, granted: Sequence[NewDeadline]) -> Iterator[Block]:
    for found in granted[:ASKED]:
        first = words.day(found.item.due) if found.item.due else "…"
        text = words.say(
            "{item}: from {before} to {after}", item=shortened(found.item.name(words.lang), TITLE), before=first,
            after=words.day(found.until),
        )  # fmt: skip
        yield Para(plain(text), f"{found.item.code} ", bullet=True)
    yield from _more(words, len(granted) - ASKED)


# ---------------------------------------------------------------- the annex


def _annex(words: Words, plan: Plan, meeting: Meeting) -> Iterator[Block]:
    """Every item; of a very large plan the most urgent ones."""
    entries: Sequence[Entry] = meeting.entries
    if len(entries) > ANNEX:
        entries = sorted(entries, key=lambda e: severity(e.standing))[:ANNEX]
    yield Heading(plain(words.say("ANNEX: TARGETS AND TASKS")))
    if len(entries) < len(meeting.entries):
        shown, all_ = words.number(len(entries)), words.number(len(meeting.entries))
        yield Para(
            plain(words.say("The {n} most urgent of {all} items; the workbook has them all.", n=shown, all=all_))
        )
    columns = (
        *_item_columns(words),
        _column(words, N_("Due"), 2.1, Side.CENTER),
        _column(words, N_("Result / goal"), 2.4),
        _column(words, N_("Standing"), 2),
    )
    yield Table(columns, tuple(_annex_row(words, plan, entry) for entry in entries))


def _annex_row(words: Words, plan: Plan, entry: Entry) -> tuple[str, ...]:
    item = entry.item
    word = plain(status_word(words, entry.standing.status, target=item.is_target))
    if entry.standing.status is Status.OVERDUE:
        days = -(entry.standing.days_left or 0)
        word = plain(words.count("{n} day overdue", "{n} days overdue", days))
    return *_item_cells(words, plan, item), _due_cell(words, item), _measured(words, entry), word


# ---------------------------------------------------------------- in the chat


def making_report(words: Words) -> Markup:
    """What stands in the chat while the report is being made."""
    return words.say("⏳ Making the report…")


def report_made(words: Words) -> Markup:
    """What stands there afterwards."""
    return words.say("✅ The report is ready, below.")


def report_screen(words: Words, meeting: Meeting, content: bytes, ending: str) -> Screen:
    """The report as a file; `ending` is `pdf` or `docx`. Its caption has the figures."""
    now, period = meeting.now, meeting.period
    lines = [
        words.say("<b>Report to the committee</b>, {period}", period=period_name(words, period)),
        words.say(
            "Targets achieved: {targets}. Tasks done: {tasks}. Overdue: {overdue}.",
            targets=f"{words.number(now.targets.done)}/{words.number(now.targets.total)}",
            tasks=f"{words.number(now.tasks.done)}/{words.number(now.tasks.total)}",
            overdue=words.number(len(meeting.overdue)),
        ),
    ]
    other = "docx" if ending == "pdf" else "pdf"
    name = {"pdf": words.say("As a PDF"), "docx": words.say("As a Word file, to edit")}[other]
    rows = ((Button(str(name.unescape()), f"export:{other}"),),)
    slots = {"format": ending, "period": {"from": period.first.isoformat(), "to": period.last.isoformat()}}
    file = File(f"report_{period.first:%Y-%m-%d}_{period.last:%Y-%m-%d}.{ending}", content)
    return Screen(Markup("\n").join(lines), rows, About(act=Act(Intent.EXPORT, slots)), file=file)
