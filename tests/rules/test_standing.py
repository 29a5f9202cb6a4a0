"""Where an item stands: every sentence of the contract as an example, and the whole rule against a second telling.

The contract: shares of the way, what was expected by the day, six standings with their precedence, a stale badge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.plan import Direction, Goal, Item, Kind
from bot.rules.record import Report, State, facts_of, until
from bot.rules.standing import Finish, Limits, OfficialClass, Standing, Status, official_class, standing_of

START, DUE, TODAY = date(2025, 1, 1), date(2025, 12, 31), date(2025, 6, 18)
HALF = date(2025, 7, 2)  # 182 of the year's 364 days: exactly half of the way


def target(goal: str | int = 100, baseline: str | int | None = 0, **more: object) -> Item:
    """A target from `baseline` to `goal`; the sign follows from the two unless it is given."""
    value = Decimal(goal)
    down = baseline is not None and value < Decimal(baseline)
    aim = Goal(str(goal), value, None, Direction.DOWN if down else Direction.UP)
    known = None if baseline is None else Decimal(baseline)
    item = Item("CT01", Kind.TARGET, "Chỉ tiêu", START, baseline=known, goal=aim, year=2025, due=DUE)
    return replace(item, **more)  # type: ignore[arg-type]


def yes_no(**more: object) -> Item:
    """A target whose goal has no number."""
    return replace(target(), goal=Goal("Đề án"), baseline=None, **more)  # type: ignore[arg-type]


def task(**more: object) -> Item:
    """A task over the whole year."""
    return replace(Item("NV01", Kind.TASK, "Nhiệm vụ", START, year=2025, due=DUE), **more)  # type: ignore[arg-type]


def said(
    on: date = TODAY, *, value: str | int | None = None, percent: str | int | None = None, state: State | None = None
) -> Report:
    """One report."""
    amounts = [None if x is None else Decimal(x) for x in (percent, value)]
    return Report(f"{on}-{value}-{percent}-{state}", "X", on, amounts[0], amounts[1], state)


def stands(item: Item, *reports: Report, day: date = TODAY, limits: Limits | None = None) -> Standing:
    """Where the item stands on `day`, as far as was known by then."""
    return standing_of(item, facts_of(item, until(reports, day)), day, limits or Limits())


# ---------------------------------------------------------------- done


def test_a_target_is_done_when_its_goal_is_met() -> None:
    assert stands(target(80), said(value=80)).status is Status.DONE
    assert stands(target(80), said(value="79.99")).status is not Status.DONE


def test_a_falling_target_is_done_at_or_below_its_goal() -> None:
    assert stands(target(15, 40), said(value=15)).status is Status.DONE
    assert stands(target(15, 40), said(value="15.1")).status is not Status.DONE


def test_a_target_that_falls_back_below_its_goal_is_no_longer_done() -> None:
    reports = (said(date(2025, 3, 1), value=80), said(date(2025, 5, 1), value=30))
    assert stands(target(80), *reports).status is Status.AT_RISK
    assert stands(target(80), *reports, day=date(2025, 4, 1)).status is Status.DONE


@pytest.mark.parametrize("report", [said(percent=100), said(state=State.DONE), said(percent=90, state=State.DONE)])
def test_a_task_is_done_at_a_hundred_percent_or_at_done(report: Report) -> None:
    found = stands(task(), report)
    assert (found.status, found.achieved) == (Status.DONE, 100)


def test_a_later_lower_percent_reopens_a_task_and_a_remark_does_not() -> None:
    done = said(date(2025, 3, 1), percent=100)
    assert stands(task(), done, said(date(2025, 5, 1), percent=60)).achieved == 60
    assert stands(task(), done, said(date(2025, 5, 1), percent=60)).status is Status.ON_TRACK
    assert stands(task(), done, said(date(2025, 5, 1), state=State.IN_PROGRESS)).status is Status.DONE


def test_done_on_a_yes_no_target_is_the_value_one() -> None:
    assert stands(yes_no(), said(state=State.DONE)).status is Status.DONE
    assert stands(yes_no(), said(value=1)).achieved == 100
    assert stands(yes_no(), said(value=0)).achieved == 0


@pytest.mark.parametrize("report", [said(state=State.DONE), said(percent=100)])
def test_done_or_a_percent_on_a_measured_target_is_no_value(report: Report) -> None:
    found = stands(target(), report)
    assert (found.status, found.achieved) == (Status.NO_DATA, None)


@pytest.mark.parametrize(
    ("on", "finish", "official"),
    [
        (date(2025, 6, 29), Finish.EARLY, OfficialClass.DONE_ON_TIME),
        (date(2025, 6, 30), Finish.ON_TIME, OfficialClass.DONE_ON_TIME),
        (date(2025, 7, 1), Finish.LATE, OfficialClass.DONE_LATE),
    ],
)
def test_early_on_time_and_late_go_by_the_reports_date(on: date, finish: Finish, official: OfficialClass) -> None:
    found = stands(task(due=date(2025, 6, 30)), said(on, percent=100), day=DUE)
    assert (found.finish, official_class(found)) == (finish, official)


def test_an_extension_makes_a_late_finish_one_in_time() -> None:
    item = task(due=date(2025, 6, 30), extended=date(2025, 9, 30))
    assert stands(item, said(date(2025, 8, 1), percent=100), day=DUE).finish is Finish.EARLY


def test_done_comes_before_overdue() -> None:
    found = stands(task(due=date(2025, 3, 31)), said(date(2025, 5, 1), percent=100))
    assert (found.status, found.finish, found.days_left) == (Status.DONE, Finish.LATE, -79)


# ---------------------------------------------------------------- overdue


def test_due_today_is_not_yet_overdue_and_tomorrow_it_is() -> None:
    item = task(due=TODAY)
    assert stands(item, said(percent=99)).status is Status.ON_TRACK
    assert stands(item, said(percent=99)).days_left == 0
    late = stands(item, said(percent=99), day=TODAY + timedelta(1))
    assert (late.status, late.days_left) == (Status.OVERDUE, -1)
    assert official_class(late) is OfficialClass.OPEN_OVERDUE


def test_overdue_comes_before_no_data() -> None:
    assert stands(target(due=date(2025, 3, 31))).status is Status.OVERDUE


def test_the_approved_due_date_counts_and_without_one_nothing_is_overdue() -> None:
    assert stands(task(due=date(2025, 3, 31), extended=date(2025, 9, 30)), said(percent=90)).status is Status.ON_TRACK
    endless = stands(task(due=None), said(percent=0), day=date(2030, 1, 1))
    assert (endless.status, endless.expected, endless.days_left) == (Status.ON_TRACK, None, None)


def test_a_plan_that_moves_the_original_beyond_an_extension_is_followed() -> None:
    moved = task(due=date(2025, 12, 31), extended=date(2025, 5, 30))
    assert stands(moved, said(percent=90)).days_left == 196


# ---------------------------------------------------------------- no data


def test_a_target_without_a_baseline_that_it_needs_has_no_data() -> None:
    falling = replace(target(15, 40), baseline=None)
    assert stands(falling, said(value=30)).status is Status.NO_DATA
    assert stands(falling, said(value=30)).achieved is None
    assert stands(falling, said(value=15)).status is Status.DONE


def test_never_measured_is_no_data_once_something_was_due() -> None:
    assert stands(target()).status is Status.NO_DATA
    assert stands(target(), day=START).status is Status.ON_TRACK  # E is 0
    assert stands(target(due=None)).status is Status.NO_DATA
    assert stands(target(once=True)).status is Status.ON_TRACK
    assert stands(target(once=True), day=DUE).status is Status.NO_DATA


def test_a_task_that_was_never_reported_stands_at_zero() -> None:
    found = stands(task(), day=HALF)
    assert (found.achieved, found.status) == (0, Status.BEHIND)


# ---------------------------------------------------------------- achieved


@pytest.mark.parametrize(
    ("item", "value", "share"),
    [
        (target(80, 40), 60, 50),
        (target(15, 40), 30, 40),  # downwards
        (target(80, 40), 30, -25),  # moving away
        (target(80, 40), 100, 150),
        (target(100, 100), 100, 100),  # keep at 100
        (target(100, 100), 99, 0),
    ],
)
def test_the_achieved_share_is_the_way_from_the_baseline(item: Item, value: int, share: int) -> None:
    assert stands(item, said(value=value)).achieved == share


def test_the_latest_value_on_or_before_the_day_counts() -> None:
    reports = (said(date(2025, 3, 1), value=10), said(TODAY, value=40), said(date(2025, 7, 1), value=90))
    assert stands(target(), *reports).achieved == 40
    assert stands(target(), *reports).as_of == TODAY
    assert stands(target(), *reports, day=date(2025, 6, 17)).achieved == 10


# ---------------------------------------------------------------- expected


@pytest.mark.parametrize(
    ("day", "share"), [(date(2024, 12, 1), 0), (START, 0), (HALF, 50), (DUE, 100), (date(2026, 5, 1), 100)]
)
def test_without_points_the_way_is_linear_by_calendar_days(day: date, share: int) -> None:
    assert stands(task(), day=day).expected == share


def test_planned_points_stand_on_the_last_day_of_their_quarter() -> None:
    points = (Decimal(20), None, Decimal(70), Decimal(90))
    item = target(100, 0, points=points, due=date(2025, 12, 31))
    expected = {
        date(2025, 3, 30): 0,
        date(2025, 3, 31): 20,
        date(2025, 9, 29): 20,
        date(2025, 9, 30): 70,
        date(2025, 12, 30): 70,
        date(2025, 12, 31): 100,  # from the due date on, whatever the points say
    }
    assert {day: stands(item, day=day).expected for day in expected} == expected


def test_a_point_is_a_share_of_the_way_from_the_baseline() -> None:
    item = target(15, 35, points=(Decimal(30), None, None, None))
    assert stands(item).expected == 25


@pytest.mark.parametrize("item", [target(once=True), yes_no()])
def test_what_is_measured_once_is_expected_at_its_due_date(item: Item) -> None:
    assert stands(item, day=date(2025, 12, 30)).expected == 0
    assert stands(item, day=DUE).expected == 100


def test_an_item_that_starts_after_it_is_due_is_expected_from_its_due_date() -> None:
    item = task(start=date(2025, 8, 1), due=date(2025, 7, 1))
    assert stands(item, day=date(2025, 6, 30)).expected == 0
    assert stands(item, day=date(2025, 7, 1)).expected == 100


# ---------------------------------------------------------------- the table


def half_way(item: Item, achieved: str) -> Status:
    """The standing at an expected share of exactly 50."""
    report = said(HALF, value=achieved) if item.is_target else said(HALF, percent=achieved)
    return stands(item, report, day=HALF).status


@pytest.mark.parametrize(
    ("achieved", "status"),
    [
        ("47.5", Status.ON_TRACK),  # R = 0.95
        ("45", Status.ON_TRACK),  # G = 5
        ("44.9", Status.AT_RISK),
        ("37.5", Status.AT_RISK),  # R = 0.75
        ("37.4", Status.BEHIND),  # R < 0.75 and G > 10
    ],
)
def test_a_target_half_way(achieved: str, status: Status) -> None:
    assert half_way(target(), achieved) is status


@pytest.mark.parametrize(
    ("achieved", "status"),
    [
        ("40", Status.ON_TRACK),  # G = 10
        ("39.9", Status.AT_RISK),
        ("25", Status.AT_RISK),  # R < 0.75, but G = 25
        ("24.9", Status.BEHIND),
    ],
)
def test_a_task_half_way(achieved: str, status: Status) -> None:
    assert half_way(task(), achieved) is status


def pointed(expected: int, value: str) -> Status:
    """A target's standing where a point asks for `expected` by now."""
    return stands(target(points=(Decimal(expected), None, None, None)), said(value=value)).status


def test_a_target_more_than_25_points_short_is_behind_whatever_the_ratio() -> None:
    assert pointed(200, "175") is Status.DONE
    assert stands(target(1000, points=(Decimal(900),) + (None,) * 3), said(value=700)).status is Status.AT_RISK
    wide = target(100, points=(Decimal(110), None, None, None))
    assert stands(wide, said(value="84.9")).status is Status.BEHIND  # R = 0.77, G = 25.1
    assert stands(wide, said(value="85")).status is Status.AT_RISK  # G = 25


def test_a_target_at_most_10_points_short_is_not_behind_whatever_the_ratio() -> None:
    assert pointed(12, "2") is Status.AT_RISK  # R = 0.17, G = 10
    assert pointed(12, "1.9") is Status.BEHIND
    assert pointed(5, "0") is Status.ON_TRACK  # G = 5


def test_a_task_is_behind_only_from_an_expected_share_of_30() -> None:
    day = START + timedelta(109)  # 109 of 364 days: 29.9
    assert stands(task(), day=day).status is Status.AT_RISK
    assert stands(task(), day=day + timedelta(1)).status is Status.BEHIND


def test_a_share_that_is_exactly_at_a_bound_is_judged_exactly() -> None:
    """43 of 120 where 43 of 90 was due: R is 0.75, though neither share ends as a decimal."""
    item = target(120, due=START + timedelta(90))
    assert stands(item, said(START, value=43), day=START + timedelta(43)).status is Status.AT_RISK
    assert stands(item, said(START, value="42.9999"), day=START + timedelta(43)).status is Status.BEHIND


@pytest.mark.parametrize("value", ["1e30", "-1e30"])
def test_a_figure_beyond_all_measure_still_stands_somewhere(value: str) -> None:
    assert stands(target(), said(value=value)).status in (Status.DONE, Status.BEHIND)


def test_nothing_expected_yet_is_on_track() -> None:
    assert stands(task(start=TODAY)).status is Status.ON_TRACK
    assert pointed(-5, "-4") is Status.AT_RISK  # E is below 0: on track, but it moves away


def test_the_numbers_are_a_table_that_a_deployment_can_change() -> None:
    strict = Limits(on_track_ratio=Decimal(1), on_track_gap_task=Decimal(0))
    assert stands(task(), said(HALF, percent=49), day=HALF, limits=strict).status is Status.AT_RISK


# ---------------------------------------------------------------- blocked, moving away


def test_blocked_is_at_risk_at_best() -> None:
    assert stands(task(), said(percent=90, state=State.BLOCKED)).status is Status.AT_RISK
    assert stands(task(), said(percent=0, state=State.BLOCKED), day=HALF).status is Status.BEHIND
    assert stands(task(due=None), said(state=State.BLOCKED)).status is Status.AT_RISK
    assert stands(task(start=TODAY), said(state=State.BLOCKED)).status is Status.AT_RISK


def test_only_the_latest_report_blocks() -> None:
    blocked = said(date(2025, 5, 1), percent=60, state=State.BLOCKED)
    assert stands(task(), blocked, said(percent=61)).status is Status.ON_TRACK


def test_a_target_that_moves_away_is_at_risk_at_best() -> None:
    assert stands(target(80, 40, once=True), said(value=39)).status is Status.AT_RISK
    assert stands(target(80, 40, once=True), said(value=40)).status is Status.ON_TRACK


# ---------------------------------------------------------------- stale


@pytest.mark.parametrize(
    ("due", "day", "silent", "stale"),
    [
        (DUE, TODAY, 30, False),
        (DUE, TODAY, 31, True),
        (TODAY + timedelta(31), TODAY, 30, False),
        (TODAY + timedelta(30), TODAY, 14, False),
        (TODAY + timedelta(30), TODAY, 15, True),
        (TODAY, TODAY, 14, False),
        (TODAY - timedelta(1), TODAY, 7, False),
        (TODAY - timedelta(1), TODAY, 8, True),
        (None, TODAY, 30, False),
        (None, TODAY, 31, True),
    ],
)
def test_how_long_silence_may_last(due: date | None, day: date, silent: int, stale: bool) -> None:
    assert stands(task(due=due), said(day - timedelta(silent), percent=50), day=day).stale is stale


def test_never_reported_counts_from_the_start() -> None:
    assert not stands(task(start=TODAY - timedelta(30))).stale
    assert stands(task(start=TODAY - timedelta(31))).stale


def test_what_is_done_or_not_yet_expected_is_not_stale() -> None:
    assert not stands(task(), said(date(2025, 1, 2), percent=100)).stale
    assert not stands(target(once=True)).stale
    assert not stands(target(points=(None, None, Decimal(50), None))).stale


# ---------------------------------------------------------------- the past stays


def test_a_correction_and_an_extension_do_not_change_what_stood_before() -> None:
    first = said(date(2025, 3, 1), percent=80)
    later = replace(said(date(2025, 6, 1), percent=30), id="b")
    assert stands(task(), first, later, day=date(2025, 5, 1)).achieved == 80
    assert stands(task(), first, later).achieved == 30


# ---------------------------------------------------------------- the whole rule, told a second time

AMOUNTS = st.integers(-20, 120).map(Decimal) | st.decimals(0, 100, places=1)
SOME_DAYS = st.dates(date(2024, 12, 1), date(2026, 1, 31))


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Targets of every sort, and tasks."""
    start, due = draw(st.dates(START, DUE)), draw(st.none() | st.dates(START, DUE))
    if draw(st.booleans()):
        return task(start=start, due=due)
    goal = draw(st.none() | AMOUNTS)
    way = draw(st.sampled_from(Direction))
    return Item(
        "CT01",
        Kind.TARGET,
        "Chỉ tiêu",
        start,
        baseline=draw(st.none() | AMOUNTS),
        goal=Goal("x", goal, None, way if goal is not None else Direction.UP),
        points=draw(st.sampled_from([(None,) * 4]) | st.tuples(*[st.none() | AMOUNTS] * 4)),
        year=2025,
        once=draw(st.booleans()),
        due=due,
        extended=draw(st.none() | st.dates(due, date(2026, 1, 31))) if due else None,
    )


REPORTS = st.lists(
    st.builds(
        said,
        SOME_DAYS,
        value=st.none() | AMOUNTS,
        percent=st.none() | st.integers(0, 100),
        state=st.none() | st.sampled_from(State),
    ),
    max_size=4,
)


def told_again(item: Item, reports: Sequence[Report], day: date) -> tuple[str, Fraction | None, Fraction | None]:
    """The contract once more, in fractions and in its own order: standing, achieved, expected."""
    known = sorted((r for r in reports if r.on <= day), key=lambda r: r.on)
    due = item.extended or item.due
    reached, done, measured = _achieved(item, known)
    wanted = _expected(item, due, day)
    if done:
        return "done", reached, wanted
    if due and day > due:
        return "overdue", reached, wanted
    if item.is_target and (
        (item.baseline is None and not item.yes_no) or (not measured and wanted != 0 and (wanted or 1) > 0)
    ):
        return "no_data", reached, wanted
    verdict = _verdict(item, reached, wanted)
    blocked = bool(known) and known[-1].state is State.BLOCKED
    away = item.is_target and reached is not None and reached < 0
    return ("at_risk" if verdict == "on_track" and (blocked or away) else verdict), reached, wanted


def _achieved(item: Item, known: Sequence[Report]) -> tuple[Fraction | None, bool, bool]:
    """The share of the way, whether done, whether ever measured."""
    if not item.is_target:
        percent, done = Fraction(0), False
        for r in known:
            if r.percent is not None or r.state is State.DONE:
                percent = Fraction(100) if r.state is State.DONE else Fraction(r.percent or 0)
                done = percent >= 100
        return percent, done, True
    assert item.goal is not None
    values = [Fraction(1) if r.value is None else Fraction(r.value) for r in known if _measures(item, r)]
    if item.goal.value is None:
        met = bool(values) and values[-1] >= 1
        return Fraction(100 if met else 0), met, bool(values)
    goal = Fraction(item.goal.value)
    met = bool(values) and (values[-1] >= goal if item.goal.direction == "up" else values[-1] <= goal)
    if not values or item.baseline is None:
        return None, met, bool(values)
    base = Fraction(item.baseline)
    share = Fraction(100 if met else 0) if goal == base else 100 * (values[-1] - base) / (goal - base)
    return share, met, True


def _measures(item: Item, report: Report) -> bool:
    return report.value is not None or (item.yes_no and report.state is State.DONE)


def _expected(item: Item, due: date | None, day: date) -> Fraction | None:
    if due is None:
        return None
    if day >= due:
        return Fraction(100)
    if item.is_target and (item.once or item.yes_no):
        return Fraction(0)
    if item.is_target and item.points != (None,) * 4:
        ends = [date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31)]
        past = [Fraction(p) for p, end in zip(item.points, ends, strict=True) if p is not None and end <= day]
        if not past:
            return Fraction(0)
        if item.baseline is None or item.goal is None or item.goal.value is None:
            return None
        way = Fraction(item.goal.value) - Fraction(item.baseline)
        return 100 * (past[-1] - Fraction(item.baseline)) / way if way else Fraction(100)
    whole = (due - item.start).days
    return Fraction(0) if day <= item.start else Fraction(100 * (day - item.start).days, whole)


def _verdict(item: Item, reached: Fraction | None, wanted: Fraction | None) -> str:
    if wanted is None or wanted <= 0 or reached is None:
        return "on_track"
    gap, ratio = wanted - reached, reached / wanted
    if ratio >= Fraction(95, 100) or gap <= (5 if item.is_target else 10):
        return "on_track"
    if item.is_target:
        return "behind" if (ratio < Fraction(3, 4) and gap > 10) or gap > 25 else "at_risk"
    return "behind" if wanted >= 30 and ratio < Fraction(3, 4) and gap > 25 else "at_risk"


@given(items(), REPORTS, SOME_DAYS)
def test_the_rule_says_what_the_contract_says(item: Item, reports: list[Report], day: date) -> None:
    found = stands(item, *reports, day=day)
    status, reached, wanted = told_again(item, reports, day)
    assert found.status == status
    for share, exact in ((found.achieved, reached), (found.expected, wanted)):
        assert (share is None) == (exact is None)
        if share is not None and exact is not None:
            assert abs(Fraction(share) - exact) < Fraction(1, 10**15)


@given(items(), REPORTS, SOME_DAYS)
def test_what_is_done_is_never_stale_and_only_what_is_overdue_has_days_below_zero(
    item: Item, reports: list[Report], day: date
) -> None:
    found = stands(item, *reports, day=day)
    if found.status is Status.DONE:
        assert not found.stale
        assert found.finish is not None
    elif found.days_left is not None:
        assert (found.days_left < 0) == (found.status is Status.OVERDUE)
    else:
        assert found.status is not Status.OVERDUE
        assert found.expected is None


@given(items(), REPORTS, SOME_DAYS)
def test_a_report_of_a_later_day_changes_nothing_today(item: Item, reports: list[Report], day: date) -> None:
    later = replace(said(day + timedelta(1), value=50, percent=50, state=State.DONE), id="later")
    assert stands(item, *reports, later, day=day) == stands(item, *reports, day=day)
