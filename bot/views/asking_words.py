"""The sentences that every answer shares: what it covers, why an item stands where it stands, how a page is turned."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from babel.dates import format_skeleton
from markupsafe import Markup

from bot.rules.acts import Act
from bot.rules.answers import Entry, Page, Period, Pick, Scope
from bot.rules.plan import Item, Kind, Plan
from bot.rules.questions import Why, why
from bot.rules.standing import Finish, Standing, Status
from bot.views.items import MARKS, figure, goal, label, original_due
from bot.views.screen import TAG, Button, Rows, length, shortened
from bot.views.words import N_, Words

T = TypeVar("T")

TITLE_WIDTH = 70
LINE = 230  # UTF-16 units of a line of figures
NAMES = 140  # UTF-16 units of a line of names
DATA_LIMIT = 64  # bytes of a button's data (Bot API, InlineKeyboardButton)
A_ROW = 3

PICKED: Mapping[Pick | None, str] = {
    None: N_("{count} in all"),
    Pick.BEHIND: N_("{count} behind"),
    Pick.OVERDUE: N_("{count} overdue"),
    Pick.AT_RISK: N_("{count} at risk of falling behind"),
    Pick.ON_TRACK: N_("{count} on track"),
    Pick.DONE: N_("{count} done"),
    Pick.NOT_DONE: N_("{count} not done yet"),
    Pick.NOT_STARTED: N_("{count} not started yet"),
    Pick.IN_PROGRESS: N_("{count} under way"),
    Pick.BLOCKED: N_("{count} at a standstill"),
    Pick.STALE: N_("{count} without a recent report"),
    Pick.DUE: N_("{count} falling due"),
    Pick.NO_DATA: N_("{count} without figures"),
    Pick.BEHIND_ONLY: N_("{count} behind"),
}
NONE_PICKED: Mapping[Pick | None, str] = {
    None: N_("There is no {noun} here."),
    Pick.BEHIND: N_("No {noun} is behind."),
    Pick.OVERDUE: N_("No {noun} is overdue."),
    Pick.AT_RISK: N_("No {noun} is at risk of falling behind."),
    Pick.ON_TRACK: N_("No {noun} is on track."),
    Pick.DONE: N_("No {noun} is done yet."),
    Pick.NOT_DONE: N_("No {noun} is left to do."),
    Pick.NOT_STARTED: N_("Every {noun} has been started."),
    Pick.IN_PROGRESS: N_("No {noun} is under way."),
    Pick.BLOCKED: N_("No {noun} is at a standstill."),
    Pick.STALE: N_("Every {noun} has a recent report."),
    Pick.DUE: N_("No {noun} falls due."),
    Pick.NO_DATA: N_("Every {noun} has figures."),
    Pick.BEHIND_ONLY: N_("No {noun} is behind."),
}
NOUNS: Mapping[Kind | None, str] = {
    None: N_("target or task"),
    Kind.TARGET: N_("target"),
    Kind.TASK: N_("task"),
}


# ---------------------------------------------------------------- keeping to the limits


def trimmed(text: Markup, limit: int) -> Markup:
    """The same text where it fits into `limit` UTF-16 units, else its plain words, cut."""
    if length(text) <= limit:
        return text
    plain = Markup(TAG.sub("", text)).unescape()
    cut = shortened(plain, limit)
    while length(Markup.escape(cut)) > limit:  # characters beyond the basic plane count twice
        cut = shortened(plain, len(cut) - max(1, len(cut) // 10))
    return Markup.escape(cut)


def quoted(text: str, limit: int) -> Markup:
    """A leader's own words in one line of at most `limit` UTF-16 units."""
    return trimmed(Markup.escape(" ".join(text.split())), limit)


def chunked(things: Sequence[T], size: int) -> Iterable[tuple[T, ...]]:
    """The things in rows of `size`."""
    return (tuple(things[start : start + size]) for start in range(0, len(things), size))


# ---------------------------------------------------------------- what an answer covers


def how_many(words: Words, n: int, kind: Kind) -> Markup:
    """`17 targets`, `17 tasks`."""
    if kind is Kind.TARGET:
        return words.count("{n} target", "{n} targets", n)
    return words.count("{n} task", "{n} tasks", n)


def both(words: Words, targets: int, tasks: int) -> Markup:
    """`10 targets and 7 tasks`, without the kind of which there is none."""
    if not targets or not tasks:
        return how_many(words, targets or tasks, Kind.TARGET if targets else Kind.TASK)
    kinds = {"targets": how_many(words, targets, Kind.TARGET), "tasks": how_many(words, tasks, Kind.TASK)}
    return words.say("{targets} and {tasks}", **kinds)


def picked(words: Words, pick: Pick | None, targets: int, tasks: int, kind: Kind | None) -> Markup:
    """How many items (of the `kind` asked about) are as asked for, or that none is."""
    if not targets and not tasks:
        return words.say(NONE_PICKED[pick], noun=words.say(NOUNS[kind]))
    count = both(words, targets, tasks)
    if pick is Pick.DONE and not tasks:
        return words.say("{count} achieved", count=count)
    return words.say(PICKED[pick], count=count)


def unit_name(words: Words, plan: Plan, code: str | None) -> str:
    """A unit's name for this reader."""
    unit = plan.unit.get(code or "")
    return unit.name(words.lang) if unit else (code or "")


def period_name(words: Words, period: Period) -> Markup:
    """A whole year, quarter or month by its name, else the days: `16/6/2025 – 22/6/2025`."""
    first, last = period.first, period.last
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return words.say("the year {year}", year=words.digits(str(first.year)))
    if first.day == 1 and last == _end_of_month(first.year, first.month):
        return Markup.escape(_month(words, first))
    if first.day == 1 and first.month % 3 == 1 and last == _end_of_month(first.year, first.month + 2):
        number = (first.month + 2) // 3
        return words.say("quarter {number} of {year}", number=_roman(words, number), year=words.digits(str(first.year)))
    if first == last:
        return Markup.escape(words.day(first))
    return Markup.escape(f"{words.day(first)} – {words.day(last)}")


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _month(words: Words, day: date) -> str:
    return words.digits(format_skeleton("yMMMM", day, locale=words.locale))


def _roman(words: Words, number: int) -> str:
    return ("I", "II", "III", "IV")[number - 1] if words.lang == "vi" else words.digits(str(number))


def scope_line(words: Words, plan: Plan, scope: Scope) -> Markup | None:
    """Unit, field and period of an answer in italics; None where it covers everything."""
    parts: list[Markup] = []
    if scope.unit:
        parts.append(Markup.escape(unit_name(words, plan, scope.unit)))
    if scope.pillar:
        parts.append(Markup.escape(plan.pillar[scope.pillar].name(words.lang)))
    if scope.period:
        parts.append(period_name(words, scope.period))
    if scope.past:
        parts.append(words.say("as of {day}", day=words.day(scope.day)))
    if scope.partial:
        parts.append(words.say("only what your units take part in"))
    return Markup("<i>{}</i>").format(trimmed(Markup(" · ").join(parts), NAMES)) if parts else None


# ---------------------------------------------------------------- one item in a list


def entry_block(words: Words, plan: Plan, entry: Entry, *, leads: bool = True) -> Markup:
    """Three lines: mark, code and title; figures and reason; who leads and when it is due."""
    item, standing = entry.item, entry.standing
    title = Markup("{} {}").format(MARKS[standing.status], label(words, item, TITLE_WIDTH))
    lines = [trimmed(title, TITLE_WIDTH + 60), trimmed(reason(words, entry), LINE)]
    last = _last_line(words, plan, entry, leads)
    if last:
        lines.append(Markup("<i>{}</i>").format(trimmed(last, NAMES)))
    return Markup("\n").join(lines)


def _last_line(words: Words, plan: Plan, entry: Entry, leads: bool) -> Markup:
    parts: list[Markup] = []
    if leads and entry.item.leads:
        parts.append(lead_names(words, plan, entry.item))
    due = entry.item.approved_due
    if due and entry.standing.status not in (Status.OVERDUE, Status.DONE):
        parts += [words.say("due {day}", day=words.short_day(due)), *original_due(words, entry.item)]
    if entry.standing.stale:
        parts.append(words.say("no recent report"))
    return Markup(" · ").join(parts)


def lead_names(words: Words, plan: Plan, item: Item) -> Markup:
    """The first leading unit, and how many more there are: `Sở Y tế +1`."""
    name = shortened(unit_name(words, plan, item.leads[0]), NAMES // 2)
    return Markup.escape(name if len(item.leads) == 1 else f"{name} +{words.number(len(item.leads) - 1)}")


def reason(words: Words, entry: Entry, *, figures: bool = True) -> Markup:
    """Why an item stands where it stands, in one line; a target's with its `figures` first."""
    said = _REASONS[why(entry)](words, entry)
    if not figures or not entry.item.is_target:
        return said
    return Markup("{}; {}").format(measured(words, entry), said)


def measured(words: Words, entry: Entry) -> Markup:
    """A target's figure beside its goal: `54,3% (goal ≥ 70%)`."""
    now = trimmed(figure(words, entry.item, entry.facts), 60)
    aim = trimmed(goal(words, entry.item), 60)
    return words.say("{figure} (goal {goal})", figure=now, goal=aim) if aim else now


def progress(words: Words, entry: Entry) -> Markup:
    """How far an item has come, on which day's figure."""
    standing = entry.standing
    if standing.achieved is None or standing.as_of is None:
        return words.say("no report yet") if entry.facts.reports == 0 else words.say("no figure reported yet")
    return words.say(
        "{achieved} of the way on the figure of {day}",
        achieved=words.percent(round(standing.achieved, 1)),
        day=words.short_day(standing.as_of),
    )


def _due_by_now(words: Words, standing: Standing) -> Markup:
    return words.say("{expected} was due by now", expected=words.percent(round(standing.expected or Decimal(0), 1)))


def _short(words: Words, entry: Entry) -> Markup:
    standing = entry.standing
    parts = [progress(words, entry), _due_by_now(words, standing)]
    if standing.as_of is not None and standing.achieved is not None and standing.expected is not None:
        gap = round(standing.expected, 1) - round(standing.achieved, 1)
        parts.append(words.say("{gap} points short", gap=words.number(gap)))
    return Markup("; ").join(parts)


def _overdue(words: Words, entry: Entry) -> Markup:
    days, due = -(entry.standing.days_left or 0), entry.item.approved_due
    assert due is not None  # nothing is overdue without a due date
    late = words.count("{n} day overdue (due {day})", "{n} days overdue (due {day})", days, day=words.short_day(due))
    return Markup("; ").join([late, *original_due(words, entry.item), progress(words, entry)])


def _finished(words: Words, entry: Entry) -> Markup:
    day, due = entry.facts.done_on, entry.item.approved_due
    if day is None:
        return words.say("done")
    said = words.short_day(day)
    if due is None:
        return words.say("finished on {day}", day=said)
    if entry.standing.finish is Finish.LATE:
        late = (day - due).days
        return words.count("finished on {day}, {n} day late", "finished on {day}, {n} days late", late, day=said)
    if entry.standing.finish is Finish.EARLY:
        return words.say("finished on {day}, ahead of {due}", day=said, due=words.short_day(due))
    return words.say("finished on time, on {day}", day=said)


def _enough(words: Words, entry: Entry) -> Markup:
    return Markup("{}; {}").format(progress(words, entry), _due_by_now(words, entry.standing))


def _stopped(words: Words, entry: Entry) -> Markup:
    return Markup("{}; {}").format(words.say("work has stopped"), progress(words, entry))


def _away(words: Words, entry: Entry) -> Markup:
    standing = entry.standing
    away = words.say(
        "moving away from the goal (baseline {baseline}, figure of {day})",
        baseline=_baseline(words, entry.item),
        day=words.short_day(standing.as_of) if standing.as_of else "",
    )
    return Markup("{}; {}").format(away, _due_by_now(words, standing)) if standing.expected else away


def _baseline(words: Words, item: Item) -> str:
    return words.number(item.baseline or Decimal(0), 2) + ("%" if item.measure == "%" else "")


_REASONS: Mapping[Why, Callable[[Words, Entry], Markup]] = {
    Why.DONE: _finished,
    Why.OVERDUE: _overdue,
    Why.SHORT: _short,
    Why.STOPPED: _stopped,
    Why.AWAY: _away,
    Why.NO_BASELINE: lambda words, _: words.say("no baseline to measure from"),
    Why.NEVER_MEASURED: lambda words, _: words.say("never measured, though something was due by now"),
    Why.ENOUGH: _enough,
    Why.NOTHING_DUE: lambda words, _: words.say("nothing was due by now"),
    Why.NO_DEADLINE: lambda words, _: words.say("no deadline"),
}


# ---------------------------------------------------------------- buttons


def item_buttons(items: Sequence[Item]) -> Rows:
    """A button for each item that opens its detail, by its code; by its place where the code is too long for one."""
    made = [Button(shortened(item.code, 20), _item_data(item.code, n)) for n, item in enumerate(items)]
    return tuple(chunked(made, A_ROW))


def _item_data(code: str, place: int) -> str:
    data = f"item:{code}"
    return data if ":" not in code and len(data.encode()) <= DATA_LIMIT else f"nth:{place}"


def page_buttons(words: Words, page: Page) -> Rows:
    """Back and forth where there are several pages."""
    row: list[Button] = []
    if page.number > 1:
        row.append(Button(str(words.say("‹ Previous").unescape()), f"page:{page.number - 1}"))
    if page.number < page.pages:
        row.append(Button(str(words.say("Next ›").unescape()), f"page:{page.number + 1}"))
    return (tuple(row),) if row else ()


def page_line(words: Words, page: Page) -> Markup | None:
    """Which page this is, where there are several."""
    if page.pages == 1:
        return None
    return words.say("Page {number} of {pages}", number=words.number(page.number), pages=words.number(page.pages))


def back_button(words: Words, act: Act) -> Rows:
    """A way back to what this was opened from."""
    return ((Button(str(words.say("‹ Back").unescape()), "up"),),) if act.slots.get("back") else ()
