"""What a question is about, which items answer it, in which order, and why an item stands where it stands.

The source is the project's contracts on understanding (intents, slots) and on standings ("Behind, in an answer").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import islice
from typing import TypeVar

from bot.rules.access import Action, Policy, may, may_see_item, may_see_unit
from bot.rules.acts import Act, Intent
from bot.rules.answers import (
    Basis,
    Counted,
    Entry,
    Listed,
    Page,
    Period,
    Pick,
    Problem,
    Quiet,
    Rank,
    Ranked,
    Scope,
    Silence,
    Summed,
    Tally,
    Unanswered,
)
from bot.rules.book import Book
from bot.rules.people import Person
from bot.rules.plan import Item, Kind, Plan
from bot.rules.record import Facts, State
from bot.rules.standing import Standing, Status, official_class

T = TypeVar("T")

QUESTIONS = frozenset(
    {
        Intent.LIST,
        Intent.COUNT,
        Intent.SUMMARY,
        Intent.DETAIL,
        Intent.HISTORY,
        Intent.OWNER,
        Intent.DEADLINE,
        Intent.SILENT,
        Intent.RANKING,
        Intent.DIFFICULTIES,
        Intent.EXPORT,
    }
)
INNER_SLOTS = frozenset({"page", "back"})  # what our buttons keep with an act; no message ever says it

ITEMS_A_PAGE = 6
UNITS_A_PAGE = 8
REPORTS_A_PAGE = 8
MOST_READINGS = 4
NAMED_APART = 5  # items without data that are named beside a list
SOON = timedelta(days=30)  # "what falls due?", where no period is named

WORST_FIRST = (Status.OVERDUE, Status.BEHIND, Status.AT_RISK, Status.NO_DATA, Status.ON_TRACK, Status.DONE)
SEVERITY: Mapping[Status, int] = {status: n for n, status in enumerate(WORST_FIRST)}
FAR = 10**6  # days left of what has no due date, for sorting

BY_STATUS: Mapping[Pick, frozenset[Status]] = {
    Pick.BEHIND: frozenset({Status.OVERDUE, Status.BEHIND}),
    Pick.OVERDUE: frozenset({Status.OVERDUE}),
    Pick.AT_RISK: frozenset({Status.AT_RISK}),
    Pick.ON_TRACK: frozenset({Status.ON_TRACK}),
    Pick.DONE: frozenset({Status.DONE}),
    Pick.NOT_DONE: frozenset(Status) - {Status.DONE},
    Pick.NO_DATA: frozenset({Status.NO_DATA}),
    Pick.BEHIND_ONLY: frozenset({Status.BEHIND}),
}
# Of these a period means the due dates in it; of "done" the days of finishing; of all others the day it ends.
BY_DUE_DATE = frozenset({None, Pick.DUE, Pick.OVERDUE, Pick.NOT_DONE})
BY_PERIOD_END = frozenset({Intent.SUMMARY, Intent.RANKING})


class Why(StrEnum):
    """The reason for a standing; the figures are in the standing itself."""

    DONE = "done"
    OVERDUE = "overdue"
    SHORT = "short"  # less than what was due by now
    STOPPED = "stopped"  # reported as blocked
    AWAY = "away"  # moving away from the goal
    NO_BASELINE = "no_baseline"
    NEVER_MEASURED = "never_measured"
    ENOUGH = "enough"
    NOTHING_DUE = "nothing_due"  # nothing is expected by now
    NO_DEADLINE = "no_deadline"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, under which policy, and on which local day."""

    person: Person
    policy: Policy
    today: date

    @property
    def sees_all(self) -> bool:
        return may(self.person, Action.ASK_OTHERS, self.policy)

    def sees(self, item: Item, plan: Plan) -> bool:
        return may_see_item(self.person, item, plan, self.policy)


# ---------------------------------------------------------------- what it is about


def said(act: Act) -> Act:
    """The act as a person could have said it: without what our buttons keep with it."""
    return Act(act.intent, {k: v for k, v in act.slots.items() if k not in INNER_SLOTS}, act.sure)


def readings(act: Act, book: Book, who: Asker) -> tuple[Act, ...]:
    """The readings of an act whose words fit several items or units that the person may see, best first."""
    slots = {k: v for k, v in act.slots.items() if k != "candidates"}
    found: list[Act] = []
    for code in act.slots.get("candidates", ()):
        item = book.plan.item.get(code)
        if item is not None and who.sees(item, book.plan):
            found.append(Act(act.intent, {**slots, "item": code}))
        elif item is None and code in book.plan.unit and may_see_unit(who.person, code, who.policy):
            found.append(Act(act.intent, {**slots, "unit": code}))
    return tuple(found[:MOST_READINGS])


def item_asked(act: Act, book: Book, who: Asker) -> Item | Unanswered:
    """The item that a question is about; withdrawn ones are answered too."""
    code = act.slots.get("item")
    if not code:
        return Unanswered(Problem.NO_ITEM)
    item = book.plan.item.get(code)
    if item is None:
        return Unanswered(Problem.NO_SUCH_ITEM, str(code))
    return item if who.sees(item, book.plan) else Unanswered(Problem.ITEM_HIDDEN, item.code)


def scope_of(act: Act, book: Book, who: Asker) -> Scope | Unanswered:
    """What a question covers, from its slots; or why it cannot be answered."""
    slots = act.slots
    unit = slots.get("unit") or (who.person.home if slots.get("mine") else None)
    problem = _unit_problem(unit, bool(slots.get("mine")), book.plan, who)
    if problem:
        return problem
    pillar = slots.get("pillar")
    if pillar and pillar not in book.plan.pillar:
        return Unanswered(Problem.NO_SUCH_PILLAR, str(pillar))
    period = period_of(act) or assumed_period(act, who.today)
    day = _day(act, period, who.today)
    return Scope(
        day=day,
        kind=Kind(slots["kind"]) if slots.get("kind") else None,
        unit=unit,
        pillar=pillar,
        period=period,
        past=day < who.today,
        assumed=period is not None and not slots.get("period"),
        partial=unit is None and not who.sees_all,
    )


def _unit_problem(unit: str | None, mine: bool, plan: Plan, who: Asker) -> Unanswered | None:
    if unit is None:
        return Unanswered(Problem.NO_UNIT) if mine else None
    if unit not in plan.unit:
        return Unanswered(Problem.NO_SUCH_UNIT, unit)
    return None if may_see_unit(who.person, unit, who.policy) else Unanswered(Problem.UNIT_HIDDEN, unit)


def period_of(act: Act) -> Period | None:
    """The period that the words name."""
    raw = act.slots.get("period")
    return Period(date.fromisoformat(raw["from"]), date.fromisoformat(raw["to"])) if raw else None


def assumed_period(act: Act, today: date) -> Period | None:
    """The period that a clerk takes where none is named: this month for silence, thirty days for what falls due."""
    if act.intent is Intent.SILENT:
        return Period(today.replace(day=1), today)
    if pick_of(act) is Pick.DUE:
        return Period(today, today + SOON)
    return None


def pick_of(act: Act) -> Pick | None:
    """Which items the act asks for; None for all."""
    state = act.slots.get("state")
    return Pick(state) if state else None


def _day(act: Act, period: Period | None, today: date) -> date:
    """The day whose standings count: a past period's last day where the question is how things stood then."""
    pick = pick_of(act)
    about_standing = act.intent in BY_PERIOD_END or not (pick in BY_DUE_DATE or pick is Pick.DONE)
    if period is None or not about_standing:
        return today
    return min(period.last, today)


# ---------------------------------------------------------------- choosing and sorting


def standings_in(book: Book, scope: Scope, who: Asker) -> list[Standing]:
    """The standings of the live items that a scope covers, on its day, in the plan's order."""
    plan, items = book.plan, book.plan.item
    kind, pillar, unit, partial = scope.kind, scope.pillar, scope.unit, scope.partial
    return [
        standing
        for code, standing in book.standings(scope.day).items()
        if (kind is None or items[code].kind is kind)
        and (pillar is None or items[code].pillar == pillar)
        and (unit is None or plan.leads(unit, items[code]))
        and (not partial or who.sees(items[code], plan))
    ]


def in_scope(book: Book, scope: Scope, who: Asker) -> Iterator[tuple[Item, Standing]]:
    """The same with their items."""
    items = book.plan.item
    return ((items[standing.code], standing) for standing in standings_in(book, scope, who))


def is_picked(pick: Pick | None, item: Item, standing: Standing, facts: Facts, period: Period | None) -> bool:
    """Whether an item is one of those asked for."""
    if pick in BY_DUE_DATE and period is not None and not period.has(item.approved_due):
        return False
    if pick is None or pick is Pick.DUE:
        return True
    if pick is Pick.DONE and period is not None and not period.has(facts.done_on):
        return False
    if pick in BY_STATUS:
        return standing.status in BY_STATUS[pick]
    return standing.status is not Status.DONE and _BY_STATE[pick](item, standing, facts)


def is_started(item: Item, facts: Facts) -> bool:
    """Whether the record shows any work: a report that says more than "not started" or nought percent of a task."""
    if facts.reports == 0 or facts.state is State.NOT_STARTED:
        return False
    return item.is_target or facts.state is State.BLOCKED or facts.percent is None or facts.percent > 0


_BY_STATE: Mapping[Pick, Callable[[Item, Standing, Facts], bool]] = {
    Pick.NOT_STARTED: lambda item, _, facts: not is_started(item, facts),
    Pick.IN_PROGRESS: lambda item, _, facts: is_started(item, facts) and facts.state is not State.BLOCKED,
    Pick.BLOCKED: lambda _, __, facts: facts.state is State.BLOCKED,
    Pick.STALE: lambda _, standing, __: standing.stale,
}


def shortfall(standing: Standing) -> Decimal:
    """Points short of what was due; where nothing was ever measured, all that was due."""
    if standing.achieved is None:
        return standing.expected or Decimal(0)
    return standing.gap


def severity(standing: Standing) -> tuple[int, Decimal, int]:
    """The sorting key of "worst first": overdue, behind, at risk, …; the widest gap first, then the oldest due date."""
    left = FAR if standing.days_left is None else standing.days_left
    return SEVERITY[standing.status], -shortfall(standing), left


def _in_order(chosen: list[Standing], pick: Pick | None, book: Book, first: int) -> list[Standing]:
    """The chosen ones, of which the `first` are in order; the rest may not be: nobody looks at it."""
    if pick is Pick.DONE:
        return sorted(chosen, key=lambda s: book.facts_on(s.code).done_on or date.min, reverse=True)
    if pick is Pick.DUE:
        worst = _worst_first(chosen, len(chosen))
        return sorted(worst, key=lambda s: (s.status is Status.DONE, FAR if s.days_left is None else s.days_left))
    return _worst_first(chosen, first)


def _worst_first(standings: Iterable[Standing], first: int) -> list[Standing]:
    """By `severity`, the `first` ones at least. One key after the other, for ten thousand items at a time: keys that
    are tuples keep the garbage collector busy for longer than the sorting takes.
    """
    by_status: dict[Status, list[Standing]] = {status: [] for status in WORST_FIRST}
    for standing in standings:
        by_status[standing.status].append(standing)
    found: list[Standing] = []
    for some in by_status.values():
        if len(found) < first:
            some.sort(key=lambda s: FAR if s.days_left is None else s.days_left)
            some.sort(key=shortfall, reverse=True)
        found += some
    return found


def page_of(act: Act, things: Sequence[T], size: int) -> tuple[tuple[T, ...], Page]:
    """The part of `things` that the act's page shows; a page beyond the end is the last one."""
    page = page_at(act, len(things), size)
    first = (page.number - 1) * size
    return tuple(things[first : first + size]), page


def page_at(act: Act, total: int, size: int) -> Page:
    """Which page of `total` things the act asks for."""
    pages = max(1, -(-total // size))
    return Page(min(max(1, int(act.slots.get("page", 1))), pages), pages, total)


# ---------------------------------------------------------------- lists, counts, summaries


def entry_of(item: Item, book: Book, day: date) -> Entry:
    """An item as it stands on a day."""
    return Entry(item, book.facts_on(item.code), book.standing(item.code, day))


def listed(act: Act, book: Book, scope: Scope, who: Asker) -> Listed:
    """The items asked for, worst first; beside the behind ones how many are at risk, and which have no data."""
    pick = pick_of(act)
    covered = standings_in(book, scope, who)
    chosen = _chosen(pick, covered, book, scope)
    page = page_at(act, len(chosen), ITEMS_A_PAGE)
    shown, page = page_of(act, _in_order(chosen, pick, book, page.number * ITEMS_A_PAGE), ITEMS_A_PAGE)
    statuses, counts = _statuses(covered), _statuses(chosen)
    lacking = (s.code for s in covered if s.status is Status.NO_DATA)
    return Listed(
        scope=scope,
        pick=pick,
        entries=tuple(Entry(book.plan.item[s.code], book.facts_on(s.code), s) for s in shown),
        page=page,
        counts=counts,
        targets=_targets(chosen, book),
        at_risk=statuses[Status.AT_RISK],
        no_data=statuses[Status.NO_DATA],
        apart=tuple(book.plan.item[code] for code in islice(lacking, NAMED_APART)),
        done=counts[Status.DONE],
    )


def counted(act: Act, book: Book, scope: Scope, who: Asker) -> Counted:
    """How many items are as asked for, and how many the scope has."""
    pick = pick_of(act)
    covered = standings_in(book, scope, who)
    chosen = _chosen(pick, covered, book, scope)
    statuses = _statuses(covered)
    targets = _targets(chosen, book)
    return Counted(
        scope=scope,
        pick=pick,
        total=len(chosen),
        of=len(covered),
        targets=targets,
        tasks=len(chosen) - targets,
        counts=_statuses(chosen),
        at_risk=statuses[Status.AT_RISK],
        no_data=statuses[Status.NO_DATA],
    )


def _chosen(pick: Pick | None, covered: Sequence[Standing], book: Book, scope: Scope) -> list[Standing]:
    if pick is not None and pick in BY_STATUS and (scope.period is None or pick not in BY_DUE_DATE | {Pick.DONE}):
        statuses = BY_STATUS[pick]  # most questions: what the standing alone decides
        return [s for s in covered if s.status in statuses]
    items = book.plan.item
    return [s for s in covered if is_picked(pick, items[s.code], s, book.facts_on(s.code), scope.period)]


def _targets(standings: Iterable[Standing], book: Book) -> int:
    return len([s for s in standings if book.plan.item[s.code].is_target])


def _statuses(standings: Iterable[Standing]) -> Counter[Status]:
    return Counter([s.status for s in standings])


def summed(book: Book, scope: Scope, who: Asker) -> Summed:
    """How the scope is doing: targets and tasks by standing and by official class."""
    covered, items, period = standings_in(book, scope, who), book.plan.item, scope.period
    open_ = [s.code for s in covered if s.status is not Status.DONE]
    return Summed(
        scope=scope,
        targets=_tally([s for s in covered if items[s.code].is_target]),
        tasks=_tally([s for s in covered if not items[s.code].is_target]),
        stale=len([s for s in covered if s.stale]),
        blocked=len([code for code in open_ if book.facts_on(code).state is State.BLOCKED]),
        done_in=sum(period.has(book.facts_on(s.code).done_on) for s in covered) if period else 0,
        due_in=sum(period.has(items[s.code].approved_due) for s in covered) if period else 0,
    )


def _tally(standings: Sequence[Standing]) -> Tally:
    return Tally(len(standings), _statuses(standings), Counter([official_class(s) for s in standings]))


# ---------------------------------------------------------------- units


def units_of(item: Item, plan: Plan) -> frozenset[str]:
    """The units that answer for an item: its leads, a group by its members."""
    return frozenset(unit for lead in item.leads for unit in plan.members_of.get(lead, ()))


def ranked(act: Act, book: Book, scope: Scope, who: Asker) -> Ranked:
    """Units by the share of what they lead that is done or on track; "worst" begins at the end."""
    worst = act.slots.get("order") == "worst"
    order = ranks(book, scope, who)
    if worst:
        order.reverse()
    shown, page = page_of(act, order, UNITS_A_PAGE)
    return Ranked(scope, worst, shown, page)


def ranks(book: Book, scope: Scope, who: Asker) -> list[Rank]:
    """Every unit's place, the best first."""
    total, good, done, overdue = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for item, standing in in_scope(book, scope, who):
        units = units_of(item, book.plan)
        total.update(units)
        good.update(units if standing.status in (Status.DONE, Status.ON_TRACK) else ())
        done.update(units if standing.status is Status.DONE else ())
        overdue.update(units if standing.status is Status.OVERDUE else ())
    shown = [u.code for u in book.plan.units if total[u.code] and (not scope.partial or u.code in who.person.units)]
    shares = {unit: Fraction(good[unit], total[unit]) for unit in shown}
    shown.sort(key=lambda unit: (-shares[unit], overdue[unit], -total[unit]))
    better = {share: sum(s > share for s in shares.values()) for share in set(shares.values())}
    return [Rank(1 + better[shares[u]], u, total[u], good[u], done[u], overdue[u]) for u in shown]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What only the reports tell of who reported; None stands for a report that names no unit.

    `within`: the units that reported on each undecided item in the period. `last`: when a unit last reported on an item
    that several units answer for.
    """

    within: Mapping[str, frozenset[str | None]]
    last: Mapping[str | None, date]


def undecided(book: Book, scope: Scope, who: Asker) -> list[str]:
    """The items of which the facts alone do not tell who has reported in the period."""
    assert scope.period is not None
    return [
        item.code
        for item, _ in _awaited(book, scope, who)
        if (last := book.facts_on(item.code).last_on) is not None
        and last >= scope.period.first
        and (last > scope.period.last or len(units_of(item, book.plan)) > 1)
    ]


def shared(book: Book, scope: Scope, who: Asker) -> list[str]:
    """The items that several units answer for."""
    return [item.code for item, _ in in_scope(book, scope, who) if len(units_of(item, book.plan)) > 1]


def _awaited(book: Book, scope: Scope, who: Asker) -> Iterator[tuple[Item, Standing]]:
    """The items that could be reported on in the period: begun by its end, and not done before it."""
    assert scope.period is not None
    for item, standing in in_scope(book, scope, who):
        done_on = book.facts_on(item.code).done_on
        if item.start <= scope.period.last and (done_on is None or done_on >= scope.period.first):
            yield item, standing


def silence(act: Act, book: Book, scope: Scope, who: Asker, spoken: Spoken) -> Silence:
    """Who has not reported in the period, the longest silent first."""
    waiting, reported = _waiting_by_unit(book, scope, who, spoken)
    last = _last_by_unit(book, scope, who, spoken)

    def quiet_of(unit: str) -> Quiet:
        overdue = sum(entry.standing.status is Status.OVERDUE for entry in waiting[unit])
        return Quiet(unit, len(waiting[unit]), overdue, reported[unit], last.get(unit))

    if scope.unit is not None:
        entries = sorted(waiting[scope.unit], key=lambda e: severity(e.standing))
        return Silence(scope, (), Page(1, 1, 0), 1, quiet_of(scope.unit), tuple(entries[:ITEMS_A_PAGE]))
    units = [u.code for u in book.plan.units if waiting[u.code] or reported[u.code]]
    if scope.partial:
        units = [unit for unit in units if unit in who.person.units]
    quiet = [quiet_of(unit) for unit in units if not reported[unit]]
    quiet.sort(key=lambda q: (q.last_on or date.min, -q.overdue, -q.waiting))
    shown, page = page_of(act, quiet, UNITS_A_PAGE)
    return Silence(scope, shown, page, len(units))


def _waiting_by_unit(
    book: Book, scope: Scope, who: Asker, spoken: Spoken
) -> tuple[Mapping[str, list[Entry]], Mapping[str, int]]:
    """By unit: the items that wait for its report, and how many it has reported on.

    Only where something is expected by now does an item wait, as with staleness. What a whole group leads is done with
    once any member has reported.
    """
    assert scope.period is not None
    waiting: dict[str, list[Entry]] = {u.code: [] for u in book.plan.units}
    reported: dict[str, int] = dict.fromkeys(waiting, 0)
    for item, standing in _awaited(book, scope, who):
        units, facts = units_of(item, book.plan), book.facts_on(item.code)
        heard = _heard(item, units, facts, scope.period, spoken)
        for unit in heard:
            reported[unit] += 1
        if item.approved_due is None or (standing.expected is not None and standing.expected > 0):
            for unit in units - heard:
                if unit in item.leads or not heard:
                    waiting[unit].append(Entry(item, facts, standing))
    return waiting, reported


def _heard(item: Item, units: frozenset[str], facts: Facts, period: Period, spoken: Spoken) -> frozenset[str]:
    """The units of an item that reported on it in the period; a report that names no unit counts for all."""
    said_by = spoken.within.get(item.code)
    if said_by is not None:
        return units if None in said_by else units & said_by
    return units if period.has(facts.last_on) else frozenset()


def _last_by_unit(book: Book, scope: Scope, who: Asker, spoken: Spoken) -> Mapping[str, date]:
    """When each unit last reported: the facts tell of what it leads alone."""
    last = {unit: day for unit, day in spoken.last.items() if unit is not None}
    for item, _ in in_scope(book, scope, who):
        units, day = units_of(item, book.plan), book.facts_on(item.code).last_on
        if len(units) == 1 and day is not None:
            (unit,) = units
            last[unit] = max(day, last.get(unit, day))
    return last


# ---------------------------------------------------------------- obstacles


def with_obstacles(book: Book, scope: Scope, who: Asker) -> list[Item]:
    """The items with a difficulty or proposal that is still open, by first leading unit, worst first."""
    place = {unit.code: n for n, unit in enumerate(book.plan.units)}
    rows = [(i, s) for i, s in in_scope(book, scope, who) if _is_open(book.facts_on(i.code))]
    rows.sort(key=lambda row: (place.get(next(iter(row[0].leads), ""), len(place)), severity(row[1])))
    return [item for item, _ in rows]


def _is_open(facts: Facts) -> bool:
    return bool(facts.difficulty or facts.proposal)


# ---------------------------------------------------------------- why


def why(entry: Entry) -> Why:
    """The reason for an item's standing."""
    item, facts, standing = entry.item, entry.facts, entry.standing
    if standing.status is Status.DONE:
        return Why.DONE
    if standing.status is Status.OVERDUE:
        return Why.OVERDUE
    if standing.status is Status.NO_DATA:
        return Why.NO_BASELINE if item.baseline is None and not item.yes_no else Why.NEVER_MEASURED
    if standing.status is Status.ON_TRACK:
        return _why_on_track(standing)
    if item.is_target and standing.achieved is not None and standing.achieved < 0:
        return Why.AWAY
    return Why.STOPPED if facts.state is State.BLOCKED and standing.status is Status.AT_RISK else Why.SHORT


def _why_on_track(standing: Standing) -> Why:
    if standing.days_left is None:
        return Why.NO_DEADLINE
    return Why.ENOUGH if standing.expected is not None and standing.expected > 0 else Why.NOTHING_DUE


def basis_of(item: Item, day: date) -> Basis:
    """What the share rests on that is expected of an item by `day`; `standing.expected_share` has the figures."""
    due = item.approved_due
    if due is None:
        return Basis.NONE
    if day >= due:
        return Basis.DUE
    if item.is_target and (item.once or item.yes_no):
        return Basis.ONCE
    if item.is_target and any(point is not None for point in item.points):
        return Basis.BEFORE_POINT if point_reached(item, day) is None else Basis.POINT
    return Basis.EVEN


def point_reached(item: Item, day: date) -> tuple[date, Decimal] | None:
    """The last planned point reached by `day`, with the quarter's end on which it stands."""
    year = item.year or item.start.year
    ends = (date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31))
    reached = [(end, point) for end, point in zip(ends, item.points, strict=True) if point is not None and end <= day]
    return reached[-1] if reached else None
