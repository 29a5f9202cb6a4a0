"""An item's picture: what was measured over time against what was planned, with its dates and reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.rules.figures import Course, Step
from bot.rules.plan import Item, Plan
from bot.rules.record import State
from bot.rules.standing import HUNDRED, ZERO
from bot.views.asking_items import due_line
from bot.views.asking_words import lead_names, reason
from bot.views.items import amount, figure, goal, state_word, status_word
from bot.views.pictures.press import Sheet
from bot.views.pictures.words import plain, source
from bot.views.screen import shortened
from bot.views.words import N_, Words

TITLE = 260
REPORTS = 10  # reports that are told under the picture
MONTH_TICKS = 8
FEW = 3  # ticks of the scale beside the two ends


def item_sheet(words: Words, plan: Plan, course: Course, made_at: datetime, *, dark: bool = False) -> Sheet:
    """The item to be printed. `made_at` is local."""
    entry = course.entry
    item = entry.item
    told = course.steps[::-1]
    data = {
        "lang": words.lang,
        "dark": dark,
        "code": item.code,
        "title": shortened(item.name(words.lang), TITLE),
        "leads": plain(lead_names(words, plan, item)) if item.leads else "",
        "figure": plain(figure(words, item, entry.facts)),
        "status": str(entry.standing.status),
        "standing": plain(status_word(words, entry.standing.status, target=item.is_target)),
        "goal": _goal(words, item),
        "reason": plain(reason(words, entry, figures=False)),
        "due": plain(due_line(words, entry)),
        "plot": plot_of(words, course),
        "told_title": plain(words.say("Reported")),
        "told": [_told(words, item, step) for step in told[:REPORTS]],
        "told_rest": _rest(words, len(told) - REPORTS),
        "source": source(words, made_at),
    }
    return Sheet.of("item.typ", data)


def _goal(words: Words, item: Item) -> str:
    aim = goal(words, item)
    return plain(words.say("goal {goal}", goal=aim)) if aim else ""


def _told(words: Words, item: Item, step: Step) -> dict[str, str]:
    said = _said(words, item, step)
    if step.state is State.BLOCKED and step.figure is not None:
        said = f"{said}, {plain(state_word(words, step.state))}"
    return {"day": words.short_day(step.day), "figure": said, "by": shortened(step.by or "", 40)}


def _said(words: Words, item: Item, step: Step) -> str:
    if step.figure is None:
        return plain(state_word(words, step.state or State.IN_PROGRESS))
    return plain(amount(words, item, step.figure)) if item.is_target else words.percent(step.figure)


def _rest(words: Words, n: int) -> str | None:
    return plain(words.count("and {n} earlier report", "and {n} earlier reports", n)) if n > 0 else None


# ---------------------------------------------------------------- the plot


def plot_of(words: Words, course: Course) -> dict[str, Any] | None:
    """The plot in fractions of its width and height; None where there is nothing to measure by."""
    figures = [f for _, f in course.planned] + [s.figure for s in course.steps if s.figure is not None]
    if not figures:
        return None
    item = course.entry.item
    low, high = _scale(figures, item)
    first, last = course.first, max(course.last, course.first + timedelta(1))

    def x(day: date) -> float:
        return round((day - first).days / (last - first).days, 4)

    def y(amount_: Decimal) -> float:
        return round(float((amount_ - low) / (high - low)), 4)

    ys = _ticks(words, item, low, high)
    return {
        "ys": [{"at": y(at), "text": text} for at, text in ys],
        "xs": [{"at": x(day), "text": text} for day, text in _months(words, first, last)],
        "marks": _marks(words, course, x),
        "planned": [[x(day), y(at)] for day, at in _line(course)],
        "corners": [[x(day), y(at)] for day, at in course.planned[1:]],
        "steps": [{"at": x(s.day), "figure": y(s.figure)} for s in course.steps if s.figure is not None],
        "key_measured": plain(words.say("reported")),
        "key_planned": plain(words.say("planned")),
    }


def _scale(figures: Sequence[Decimal], item: Item) -> tuple[Decimal, Decimal]:
    """The lowest and highest figure of the plot; percent of a task from 0 to 100."""
    if not item.is_target:
        return ZERO, max(HUNDRED, *figures)
    low, high = min(figures), max(figures)
    if low == high:
        return low - 1, high + 1
    if low > 0 and low < (high - low):
        low = ZERO
    return low, high


def _ticks(words: Words, item: Item, low: Decimal, high: Decimal) -> list[tuple[Decimal, str]]:
    if item.yes_no:
        return [(Decimal(n), plain(amount(words, item, Decimal(n)))) for n in (0, 1)]
    step = _round_step((high - low) / (FEW + 1))
    found = [low]
    at = (low // step) * step
    while at <= high:
        if at > low:
            found.append(at)
        at += step
    if high - found[-1] > step / 3:
        found.append(high)
    sign = "%" if item.measure == "%" or not item.is_target else ""
    return [(at, words.number(at, 2) + sign) for at in found]


def _round_step(rough: Decimal) -> Decimal:
    """The next step of 1, 2, 2.5 or 5 times a power of ten."""
    power = Decimal(10) ** rough.adjusted()
    return next((power * f for f in (1, 2, Decimal("2.5"), 5, 10) if power * f >= rough), power * 10)


def _months(words: Words, first: date, last: date) -> list[tuple[date, str]]:
    """The first days of months, as many as have room."""
    days = [date(y, m, 1) for y in range(first.year, last.year + 1) for m in range(1, 13)]
    within = [day for day in days if first <= day <= last]
    every = max(1, -(-len(within) // MONTH_TICKS))
    return [(day, words.short_day(day)) for day in within[::every]]


def _line(course: Course) -> Iterator[tuple[date, Decimal]]:
    """The planned line; where nothing is due between two points, it rises at the later one."""
    before: Decimal | None = None
    for day, at in course.planned:
        if course.stepped and before is not None:
            yield day, before
        yield day, at
        before = at


def _marks(words: Words, course: Course, x: Any) -> list[dict[str, Any]]:
    """Today, the due date, and where it was extended the original one; each on a row of its own where they are near."""
    item = course.entry.item
    marks = [("today", course.day, words.say("today {day}", day=words.short_day(course.day)))]
    if item.approved_due:
        name = N_("extended to {day}") if item.extended else N_("due {day}")
        marks.append(("due", item.approved_due, words.say(name, day=words.short_day(item.approved_due))))
    if item.extended and item.due:
        marks.append(("first", item.due, words.say("first {day}", day=words.short_day(item.due))))
    marks.sort(key=lambda mark: mark[1])
    placed: list[dict[str, Any]] = []
    for kind, day, text in marks:
        near = bool(placed) and x(day) - placed[-1]["at"] < 0.25 and placed[-1]["row"] == 0
        placed.append({"kind": kind, "at": x(day), "text": plain(text), "row": 1 if near else 0})
    return placed
