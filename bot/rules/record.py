"""What was reported: the append-only record, and the facts about an item that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.rules.plan import Item


class State(StrEnum):
    """What a report may say of an item, beside its figures."""

    DONE = "done"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class Report:
    """One report on one item, never overwritten: a later one corrects it (`corrects`) or takes it back (`undoes`).

    `on` is the day whose figures these are, `at` the moment (UTC) it was written; `value` is in the target's own unit
    of measure, `percent` 0 to 100. `by` is the author's name as the record shows it, `unit` the unit spoken for.
    """

    id: str
    item: str
    on: date
    percent: Decimal | None = None
    value: Decimal | None = None
    state: State | None = None
    difficulty: str | None = None
    proposal: str | None = None
    by: str | None = None
    unit: str | None = None
    at: datetime | None = None
    text: str | None = None
    evidence: int = 0
    corrects: str | None = None
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record says of one item on a day; every date is a report's own day.

    `value` is a target's latest measured value (1 or 0 for yes/no), `percent` the latest percent said, `state` what the
    latest report said (a report that names none is one of work in progress). `done_on` is the day since which it has
    been reported done. `difficulty` and `proposal` are the latest ones not yet answered by a report that says done.
    """

    value: Decimal | None = None
    value_on: date | None = None
    percent: Decimal | None = None
    percent_on: date | None = None
    state: State | None = None
    last_on: date | None = None
    done_on: date | None = None
    difficulty: str | None = None
    proposal: str | None = None
    reports: int = 0


NO_FACTS = Facts()


def effective(reports: Iterable[Report]) -> list[Report]:
    """The reports that count, oldest day first: without those corrected, undone, or only undoing.

    A correction of a correction counts once; undoing a correction brings back what it had corrected.
    """
    ordered = sorted(enumerate(reports), key=lambda pair: (pair[1].on, pair[1].at is not None, pair[0]))
    rows = [r for _, r in ordered]
    undone = {r.undoes for r in rows if r.undoes}
    standing = [r for r in rows if not r.undoes and r.id not in undone]
    corrected = {r.corrects for r in standing if r.corrects}
    return [r for r in standing if r.id not in corrected]


def until(reports: Iterable[Report], day: date) -> list[Report]:
    """The reports whose own day is not after `day`."""
    return [r for r in reports if r.on <= day]


def facts_of(item: Item, reports: Sequence[Report]) -> Facts:
    """The facts that follow from an item's reports (any order, all of one item, already cut at the day in question)."""
    facts = NO_FACTS
    for report in effective(reports):
        facts = facts_after(item, facts, report)
    return facts


def comes_last(report: Report, facts: Facts) -> bool:
    """Whether a report just written only adds to `facts`, so that `facts_after` gives what all reports would give.

    `facts` are those of the reports before it, up to its own day.
    """
    return (
        report.at is not None
        and not report.corrects
        and not report.undoes
        and report.on >= (facts.last_on or report.on)
    )


def facts_after(item: Item, facts: Facts, report: Report) -> Facts:
    """The facts after one more report, the latest that counts."""
    value = _value_said(item, report)
    percent = _percent_said(item, report)
    done = _is_done(item, facts, report, value, percent)
    return replace(
        facts,
        value=facts.value if value is None else value,
        value_on=facts.value_on if value is None else report.on,
        percent=facts.percent if percent is None else percent,
        percent_on=facts.percent_on if percent is None else report.on,
        state=report.state or State.IN_PROGRESS,
        last_on=report.on,
        done_on=(facts.done_on or report.on) if done else None,
        difficulty=None if done else report.difficulty or facts.difficulty,
        proposal=None if done else report.proposal or facts.proposal,
        reports=facts.reports + 1,
    )


def _value_said(item: Item, report: Report) -> Decimal | None:
    if not item.is_target:
        return None
    if report.value is None and item.yes_no and report.state is State.DONE:
        return Decimal(1)
    return report.value


def _percent_said(item: Item, report: Report) -> Decimal | None:
    if report.percent is None and not item.is_target and report.state is State.DONE:
        return Decimal(100)
    return report.percent


def _is_done(item: Item, facts: Facts, report: Report, value: Decimal | None, percent: Decimal | None) -> bool:
    """Done after this report? Only a later lower percent reopens a task; a target is done by its value alone."""
    if item.is_target:
        return goal_met(item, facts.value if value is None else value)
    if percent is not None:
        return percent >= 100 or report.state is State.DONE
    return facts.done_on is not None


def goal_met(item: Item, value: Decimal | None) -> bool:
    """Whether a measured value reaches the target's goal (its bound included)."""
    if value is None or item.goal is None:
        return False
    if item.goal.value is None:
        return value >= 1
    return value >= item.goal.value if item.goal.direction == "up" else value <= item.goal.value
