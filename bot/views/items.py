"""How an item, a figure and a standing are named, the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from markupsafe import Markup

from bot.rules.plan import Item, Plan
from bot.rules.record import Facts, State
from bot.rules.standing import Standing, Status
from bot.views.measures import measure_word, outcome_word
from bot.views.screen import shortened
from bot.views.words import N_, Words

TITLE = 90  # characters of an item's title in a list

MARKS: Mapping[Status, str] = {
    Status.DONE: "✅",
    Status.OVERDUE: "🔴",
    Status.BEHIND: "🟠",
    Status.AT_RISK: "🟡",
    Status.ON_TRACK: "🟢",
    Status.NO_DATA: "⚪",
}
STATUS_WORDS: Mapping[Status, str] = {
    Status.DONE: N_("done"),
    Status.OVERDUE: N_("overdue"),
    Status.BEHIND: N_("behind"),
    Status.AT_RISK: N_("at risk"),
    Status.ON_TRACK: N_("on track"),
    Status.NO_DATA: N_("no figures"),
}
STATE_WORDS: Mapping[State, str] = {
    State.DONE: N_("reported done"),
    State.IN_PROGRESS: N_("in progress"),
    State.BLOCKED: N_("work has stopped"),
    State.NOT_STARTED: N_("not started"),
}


def status_word(words: Words, status: Status, *, target: bool = False) -> Markup:
    """The standing in words; a target is achieved where a task is done."""
    if target and status is Status.DONE:
        return words.say("achieved")
    return words.say(STATUS_WORDS[status])


def state_word(words: Words, state: State) -> Markup:
    """What a report says of an item, in words."""
    return words.say(STATE_WORDS[state])


def label(words: Words, item: Item, width: int = TITLE) -> Markup:
    """Code and title: `<b>NV05</b> Xây dựng kho dữ liệu…`."""
    return Markup("<b>{}</b> {}").format(item.code, shortened(item.name(words.lang), width))


def amount(words: Words, item: Item, value: Decimal | None) -> Markup:
    """A measured value in the target's own unit of measure; yes or no for what is not counted."""
    if value is None:
        return words.say("not measured yet")
    if item.yes_no:
        return words.say("achieved") if value >= 1 else words.say("not achieved yet")
    if item.measure == "%":
        return Markup(words.number(value, 2) + "%")
    return Markup("{} {}").format(words.number(value, 2), measure_word(words, item.measure or "")).rstrip()


def figure(words: Words, item: Item, facts: Facts) -> Markup:
    """The latest figure of an item: a target's value, a task's percent."""
    if item.is_target:
        if facts.value is None and facts.percent is not None:
            return words.say("{percent} of the work", percent=words.percent(facts.percent))
        return amount(words, item, facts.value)
    if facts.done_on is not None:
        return Markup(words.percent(100))
    return Markup(words.percent(facts.percent or 0))


def goal(words: Words, item: Item) -> Markup:
    """The goal as it is measured: `≥ 80%`; what a yes/no target must bring."""
    if item.goal is None:
        return Markup("")
    if item.goal.value is None:
        return Markup.escape(outcome_word(words, item.goal.text))
    sign = "≤" if item.goal.direction == "down" else "≥"
    return Markup("{} {}").format(sign, amount(words, item, item.goal.value))


def original_due(words: Words, item: Item) -> list[Markup]:
    """The original date, where another one counts."""
    if item.extended and item.due and item.due != item.approved_due:
        return [words.say("originally {day}", day=words.day(item.due))]
    return []


def standing_line(words: Words, item: Item, standing: Standing) -> Markup:
    """Mark and word of a standing, with the badge of a silent item: `🟠 behind, no recent report`."""
    word = Markup("{} {}").format(MARKS[standing.status], status_word(words, standing.status, target=item.is_target))
    return words.say("{standing}, no recent report", standing=word) if standing.stale else word


def unit_names(words: Words, plan: Plan, codes: tuple[str, ...]) -> Markup:
    """The names of units, in the reader's language."""
    return words.listed([plan.unit[c].name(words.lang) if c in plan.unit else c for c in codes])
