"""Units as pictures: one unit's items in order of urgency, and all units in order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.rules.answers import Entry, Rank, Tally
from bot.rules.figures import Ranking, UnitSheet
from bot.rules.plan import Kind, Plan
from bot.rules.standing import Status
from bot.views.asking_units import ranking_rule
from bot.views.asking_words import unit_name
from bot.views.items import status_word
from bot.views.pictures.press import Sheet
from bot.views.pictures.words import covers, covers_of_unit, paced, parts, plain, source
from bot.views.screen import shortened
from bot.views.words import Words

TITLE = 90
NAME = 70
ITEMS = 18  # items of a unit's picture
UNITS = 45  # units of the ranking


def unit_sheet(words: Words, plan: Plan, sheet: UnitSheet, made_at: datetime, *, dark: bool = False) -> Sheet:
    """A unit to be printed. `made_at` is local."""
    kinds = {Kind.TARGET: sheet.now.targets, Kind.TASK: sheet.now.tasks}
    rest = len(sheet.entries) - ITEMS
    data = {
        "lang": words.lang,
        "dark": dark,
        "title": shortened(unit_name(words, plan, sheet.unit), 120),
        "covers": covers_of_unit(words, plan, sheet.now.scope),
        "kinds": [_kind(words, kind, tally) for kind, tally in kinds.items() if tally.total],
        "list_title": plain(words.say("The most urgent first")),
        "entries": [_entry(words, entry) for entry in sheet.entries[:ITEMS]],
        "rest": plain(words.count("and {n} more item", "and {n} more items", rest)) if rest > 0 else None,
        "pace_key": plain(words.say("Bar: achieved so far. Mark: expected by now.")),
        "source": source(words, made_at),
    }
    return Sheet.of("unit.typ", data)


def _kind(words: Words, kind: Kind, tally: Tally) -> dict[str, Any]:
    target = kind is Kind.TARGET
    done, total = words.number(tally.done), words.number(tally.total)
    head = (
        words.say("Targets achieved: {done}/{total}", done=done, total=total)
        if target
        else words.say("Tasks done: {done}/{total}", done=done, total=total)
    )
    return {"head": plain(head), "parts": parts(words, tally.by_status, target=target)}


def _entry(words: Words, entry: Entry) -> dict[str, Any]:
    item = entry.item
    due = item.approved_due
    return {
        "code": item.code,
        "title": shortened(item.name(words.lang), TITLE),
        "due": plain(words.say("due {day}", day=words.short_day(due))) if due else "",
        "figures": _figures(words, entry),
        **paced(entry),
    }


def _figures(words: Words, entry: Entry) -> str:
    """Achieved and expected: `45% / 60%`; the standing where there is nothing to measure by."""
    standing = entry.standing
    if standing.achieved is None:
        return plain(status_word(words, standing.status, target=entry.item.is_target))
    achieved = words.percent(round(standing.achieved))
    if standing.expected is None or standing.status is Status.DONE:
        return achieved
    return f"{achieved} / {words.percent(round(standing.expected))}"


def ranking_sheet(words: Words, plan: Plan, ranking: Ranking, made_at: datetime, *, dark: bool = False) -> Sheet:
    """The units in order, to be printed. `made_at` is local."""
    legend = {
        Status.DONE: words.say("done"),
        Status.ON_TRACK: words.say("on track"),
        Status.BEHIND: words.say("behind, at risk or without figures"),
        Status.OVERDUE: words.say("overdue"),
    }
    data = {
        "lang": words.lang,
        "dark": dark,
        "title": plain(words.say("Units in order")),
        "covers": covers(words, plan, ranking.scope),
        "rule": plain(ranking_rule(words, ranking.scope.kind)),
        "ranks": [_rank(words, plan, rank) for rank in ranking.ranks[:UNITS]],
        "legend": [{"status": str(status), "n": 1, "text": plain(text)} for status, text in legend.items()],
        "source": source(words, made_at),
    }
    return Sheet.of("ranking.typ", data)


def _rank(words: Words, plan: Plan, rank: Rank) -> dict[str, Any]:
    counts = {
        Status.DONE: rank.done,
        Status.ON_TRACK: rank.good - rank.done,
        Status.BEHIND: rank.total - rank.good - rank.overdue,
        Status.OVERDUE: rank.overdue,
    }
    return {
        "place": words.number(rank.place),
        "name": shortened(unit_name(words, plan, rank.unit), NAME),
        "share": words.percent(round(rank.share)),
        "of": f"{words.number(rank.good)}/{words.number(rank.total)}",
        "parts": [{"status": str(status), "n": n} for status, n in counts.items()],
    }
