"""Where an item stands on a day: the committee's rule, pure, with its numbers in one table.

The source is the project's contract on standings. Shares are percent of the way as `Decimal`, unrounded; rounding is
the views' business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.rules.plan import Item
from bot.rules.record import Facts, State, goal_met


class Status(StrEnum):
    """The six standings."""

    DONE = "done"
    OVERDUE = "overdue"
    NO_DATA = "no_data"
    BEHIND = "behind"
    AT_RISK = "at_risk"
    ON_TRACK = "on_track"


class Finish(StrEnum):
    """How what is done was finished, by the report's date against the approved due date."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


class OfficialClass(StrEnum):
    """Vietnam's four classes for a report to the committee."""

    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    OPEN_IN_TIME = "open_in_time"
    OPEN_OVERDUE = "open_overdue"


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of the rule; a deployment can change them.

    Shares in percent points, ratios as fractions, staleness in days.
    """

    on_track_ratio: Decimal = Decimal("0.95")
    on_track_gap_target: Decimal = Decimal(5)
    on_track_gap_task: Decimal = Decimal(10)
    behind_ratio: Decimal = Decimal("0.75")
    behind_gap_target: Decimal = Decimal(10)
    behind_gap: Decimal = Decimal(25)
    behind_expected_task: Decimal = Decimal(30)
    stale_days: int = 30
    stale_days_near_due: int = 14
    near_due_days: int = 30
    stale_days_overdue: int = 7


DEFAULT_LIMITS = Limits()
QUARTER_ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))
ZERO, HUNDRED = Decimal(0), Decimal(100)
NOISE = Decimal("1e-12")  # a share's last digits: 43/120 is exactly three quarters of 43/90, though neither ends


@dataclass(frozen=True, slots=True)
class Standing:
    """An item's standing on a day, with the figures that explain it.

    `achieved` and `expected` are shares of the way in percent, or None; `days_left` is negative once overdue, None
    without a due date. `as_of` is the day of the figure that `achieved` rests on.
    """

    code: str
    status: Status
    achieved: Decimal | None
    expected: Decimal | None
    stale: bool
    days_left: int | None
    finish: Finish | None = None
    as_of: date | None = None

    @property
    def gap(self) -> Decimal:
        """Points short of what was expected by now; 0 where either is unknown."""
        if self.achieved is None or self.expected is None:
            return ZERO
        return self.expected - self.achieved


def standing_of(item: Item, facts: Facts, day: date, limits: Limits = DEFAULT_LIMITS) -> Standing:
    """Where `item` stands on `day`, given what the record said by then."""
    achieved = achieved_share(item, facts)
    expected = expected_share(item, day)
    due = item.approved_due
    status = _status(item, facts, achieved, expected, day, limits)
    return Standing(
        code=item.code,
        status=status,
        achieved=achieved,
        expected=expected,
        stale=status is not Status.DONE and _is_stale(item, facts, expected, day, limits),
        days_left=None if due is None else (due - day).days,
        finish=_finish(facts, due) if status is Status.DONE else None,
        as_of=facts.value_on if item.is_target else facts.percent_on,
    )


def achieved_share(item: Item, facts: Facts) -> Decimal | None:
    """A: how much of the way is behind us, in percent; None where the item has no figures for it."""
    if not item.is_target:
        return HUNDRED if facts.done_on else facts.percent or ZERO
    if item.goal is None:
        return None
    if item.goal.value is None:
        return HUNDRED if goal_met(item, facts.value) else ZERO
    if facts.value is None or item.baseline is None:
        return None
    way = item.goal.value - item.baseline
    if way == 0:
        return HUNDRED if goal_met(item, facts.value) else ZERO
    return HUNDRED * (facts.value - item.baseline) / way


def expected_share(item: Item, day: date) -> Decimal | None:
    """E: how much of the way the plan expects by `day`, in percent; None without a due date."""
    due = item.approved_due
    if due is None:
        return None
    if day >= due:
        return HUNDRED
    if item.is_target and (item.once or item.yes_no):
        return ZERO
    if item.is_target and any(p is not None for p in item.points):
        return _planned_point_share(item, day)
    if day <= item.start:
        return ZERO
    return HUNDRED * (day - item.start).days / Decimal((due - item.start).days)


def _planned_point_share(item: Item, day: date) -> Decimal | None:
    reached = None
    year = item.year or item.start.year
    for point, (month, last) in zip(item.points, QUARTER_ENDS, strict=True):
        if point is not None and date(year, month, last) <= day:
            reached = point
    if reached is None:
        return ZERO
    if item.goal is None or item.goal.value is None or item.baseline is None:
        return None
    way = item.goal.value - item.baseline
    return HUNDRED if way == 0 else HUNDRED * (reached - item.baseline) / way


def _status(
    item: Item, facts: Facts, achieved: Decimal | None, expected: Decimal | None, day: date, limits: Limits
) -> Status:
    due = item.approved_due
    if is_done(item, facts):
        return Status.DONE
    if due is not None and day > due:
        return Status.OVERDUE
    if _lacks_data(item, facts, expected):
        return Status.NO_DATA
    pace = _pace(item, achieved, expected, limits)
    blocked = facts.state is State.BLOCKED or (item.is_target and achieved is not None and achieved < 0)
    return Status.AT_RISK if blocked and pace is Status.ON_TRACK else pace


def is_done(item: Item, facts: Facts) -> bool:
    """A target when its goal is met; a task when it was reported done or at 100 percent, and not reopened since."""
    return goal_met(item, facts.value) if item.is_target else facts.done_on is not None


def _lacks_data(item: Item, facts: Facts, expected: Decimal | None) -> bool:
    if not item.is_target:
        return False
    if item.baseline is None and not item.yes_no:
        return True
    due_by_now = expected is None or expected > 0
    return facts.value is None and due_by_now


def _pace(item: Item, achieved: Decimal | None, expected: Decimal | None, limits: Limits) -> Status:
    if expected is None or expected <= 0 or achieved is None:
        return Status.ON_TRACK
    reached = achieved + NOISE
    gap = expected - reached
    near = limits.on_track_gap_target if item.is_target else limits.on_track_gap_task
    if reached >= limits.on_track_ratio * expected or gap <= near:
        return Status.ON_TRACK
    low = reached < limits.behind_ratio * expected
    if item.is_target:
        behind = (low and gap > limits.behind_gap_target) or gap > limits.behind_gap
    else:
        behind = expected >= limits.behind_expected_task and low and gap > limits.behind_gap
    return Status.BEHIND if behind else Status.AT_RISK


def _is_stale(item: Item, facts: Facts, expected: Decimal | None, day: date, limits: Limits) -> bool:
    due = item.approved_due
    if due is not None and not (expected is not None and expected > 0):
        return False
    allowed = limits.stale_days
    if due is not None and day > due:
        allowed = limits.stale_days_overdue
    elif due is not None and (due - day).days <= limits.near_due_days:
        allowed = limits.stale_days_near_due
    return (day - (facts.last_on or item.start)).days > allowed


def _finish(facts: Facts, due: date | None) -> Finish:
    if due is None or facts.done_on is None or facts.done_on == due:
        return Finish.ON_TIME
    return Finish.EARLY if facts.done_on < due else Finish.LATE


def official_class(standing: Standing) -> OfficialClass:
    """Which of the four official classes a standing falls into."""
    if standing.status is Status.DONE:
        return OfficialClass.DONE_LATE if standing.finish is Finish.LATE else OfficialClass.DONE_ON_TIME
    return OfficialClass.OPEN_OVERDUE if standing.status is Status.OVERDUE else OfficialClass.OPEN_IN_TIME
