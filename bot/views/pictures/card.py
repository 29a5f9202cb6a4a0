"""The card: the whole plan at a glance, as a picture and as its caption."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from bot.rules.answers import Entry, Summed, Tally
from bot.rules.figures import Card, Cell, HeatRow, Level
from bot.rules.plan import Kind, Plan
from bot.rules.standing import Status
from bot.views.asking_words import reason
from bot.views.items import MARKS, label
from bot.views.pictures.press import Sheet
from bot.views.pictures.words import covers, paced, parts, plain, signed, source
from bot.views.screen import shortened
from bot.views.words import N_, Words

TITLE = 105  # characters of an item's title
NAME = 60  # characters of a unit's name
FIELD = 38  # characters of a field's name
ROWS = 32  # units of the heat table

# What is compared between months: the words, the figure, whether more of it is good.
Figure = Callable[[Summed], int]
COMPARED: Mapping[str, tuple[Figure, bool]] = {
    N_("Targets achieved"): (lambda s: s.targets.done, True),
    N_("Tasks done"): (lambda s: s.tasks.done, True),
    N_("Overdue"): (lambda s: _both(s, Status.OVERDUE), False),
    N_("Behind"): (lambda s: _both(s, Status.BEHIND), False),
    N_("At risk of falling behind"): (lambda s: _both(s, Status.AT_RISK), False),
}
LEVELS: Mapping[Level, str] = {
    Level.CALM: N_("none behind"),
    Level.WATCH: N_("some at risk"),
    Level.SOME: N_("less than half behind"),
    Level.MOST: N_("half or more behind"),
    Level.UNKNOWN: N_("no figures"),
}
KIND_WORDS: Mapping[Kind, str] = {Kind.TARGET: N_("targets achieved"), Kind.TASK: N_("tasks done")}


def card_sheet(words: Words, plan: Plan, card: Card, made_at: datetime, *, dark: bool = False) -> Sheet:
    """The card to be printed. `made_at` is local."""
    data = {
        "lang": words.lang,
        "dark": dark,
        "title": plain(words.say("Digital transformation in {year}", year=words.digits(str(plan.year)))),
        "covers": covers(words, plan, card.now.scope),
        "kinds": [_kind(words, kind, tally) for kind, tally in _kinds(card.now).items()],
        "months": _months(words, card),
        "worst_title": plain(words.say("The most urgent")),
        "worst": [_worst(words, entry) for entry in card.worst],
        "pace_key": plain(words.say("Bar: achieved so far. Mark: expected by now.")),
        "heat": _heat(words, plan, card),
        "source": source(words, made_at),
    }
    return Sheet.of("card.typ", data)


def _both(summed: Summed, status: Status) -> int:
    return summed.targets.by_status.get(status, 0) + summed.tasks.by_status.get(status, 0)


def _kinds(summed: Summed) -> Mapping[Kind, Tally]:
    both = {Kind.TARGET: summed.targets, Kind.TASK: summed.tasks}
    return {kind: tally for kind, tally in both.items() if tally.total} or both


def _kind(words: Words, kind: Kind, tally: Tally) -> dict[str, Any]:
    return {
        "done": words.number(tally.done),
        "of": f"/{words.number(tally.total)}",
        "label": plain(words.say(KIND_WORDS[kind])),
        "parts": parts(words, tally.by_status, target=kind is Kind.TARGET),
    }


def _months(words: Words, card: Card) -> dict[str, Any] | None:
    if card.before is None:
        return None
    then = card.before.scope.day
    return {
        "title": plain(words.say("Today, and the change since {day}", day=words.short_day(then))),
        "rows": [
            _compared(words, name, figure(card.before), figure(card.now), more_is_good)
            for name, (figure, more_is_good) in COMPARED.items()
        ],
    }


def _compared(words: Words, name: str, before: int, now: int, more_is_good: bool) -> dict[str, Any]:
    change = now - before
    return {
        "name": plain(words.say(name)),
        "before": words.number(before),
        "now": words.number(now),
        "change": signed(words, change),
        "good": None if change == 0 else (change > 0) is more_is_good,
    }


def _worst(words: Words, entry: Entry) -> dict[str, Any]:
    item = entry.item
    title = shortened(item.name(words.lang), TITLE)
    return {"code": item.code, "title": title, "reason": plain(reason(words, entry)), **paced(entry)}


# ---------------------------------------------------------------- units by fields


def _heat(words: Words, plan: Plan, card: Card) -> dict[str, Any]:
    """Units with something overdue or behind come first where not all have room."""
    heat = card.heat
    rows, rest = heat.rows, 0
    if len(rows) > ROWS:
        worst = sorted(rows, key=lambda row: (-row.whole.bad, -row.whole.total))[:ROWS]
        rows, rest = tuple(row for row in heat.rows if row in worst), len(rows) - ROWS
    return {
        "title": plain(words.say("Units and fields of work")),
        "key": plain(words.say("“{example}”: {bad} of {all} items behind or overdue", **_example(words))),
        "heads": [shortened(plan.pillar[code].name(words.lang), FIELD) for code in heat.pillars],
        "rows": [_heat_row(words, plan, row) for row in rows],
        "rest": _rest(words, rest),
        "legend": [{"level": str(level), "text": plain(words.say(said))} for level, said in LEVELS.items()],
    }


def _rest(words: Words, n: int) -> str | None:
    if not n:
        return None
    return plain(words.count("and {n} unit with less to worry about", "and {n} units with less to worry about", n))


def _heat_row(words: Words, plan: Plan, row: HeatRow) -> dict[str, Any]:
    name = plan.unit[row.unit].name(words.lang) if row.unit in plan.unit else row.unit
    return {"name": shortened(name, NAME), "cells": [_cell(words, cell) for cell in row.cells]}


def _cell(words: Words, cell: Cell) -> dict[str, Any]:
    if not cell.total:
        return {"text": "", "level": None}
    return {"text": f"{words.number(cell.bad)}/{words.number(cell.total)}", "level": str(cell.level)}


def _example(words: Words) -> dict[str, str]:
    two, five = words.number(2), words.number(5)
    return {"example": f"{two}/{five}", "bad": two, "all": five}


# ---------------------------------------------------------------- the same in words


def card_lines(words: Words, card: Card) -> list[Markup]:
    """What the card says beside its summary, as text: the change since last month, and what is worst."""
    lines = _month_lines(words, card)
    if card.worst:
        lines += [Markup(""), Markup("<b>{}</b>").format(words.say("The most urgent"))]
        lines += [_worst_line(words, entry) for entry in card.worst]
    return lines


def _month_lines(words: Words, card: Card) -> list[Markup]:
    """One line: what has changed since the end of last month."""
    before = card.before
    if before is None:
        return []
    changes = [
        Markup("{} {}").format(words.say(name), signed(words, figure(card.now) - figure(before)))
        for name, (figure, _) in COMPARED.items()
        if figure(card.now) != figure(before)
    ]
    day = words.short_day(before.scope.day)
    if not changes:
        return [words.say("Nothing has changed since {day}.", day=day)]
    return [words.say("Since {day}: {changes}", day=day, changes=Markup("; ").join(changes))]


def _worst_line(words: Words, entry: Entry) -> Markup:
    title = Markup("{} {}").format(MARKS[entry.standing.status], label(words, entry.item, 50))
    return Markup("{}: {}").format(title, reason(words, entry))
