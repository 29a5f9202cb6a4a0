"""Whether what somebody says of an item may go on record as said, must be asked about first, or cannot be right.

Nothing is ever written silently: going backwards, a figure of the wrong kind, an item of another unit and a done item
reported again each have their own answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from bot.rules.access import may_report
from bot.rules.acts import Act, Intent
from bot.rules.book import Book
from bot.rules.people import Person
from bot.rules.plan import Item
from bot.rules.record import Facts, Report, State, goal_met
from bot.rules.standing import Standing

MOST_DIGITS = 15  # of a figure
ANSWER_WITHIN = timedelta(minutes=15)  # of our asking, a text that replies to nothing is an answer to it
MOST_READINGS = 4  # buttons under a question, "none of these" not counted
HUNDRED = Decimal(100)


class Refusal(StrEnum):
    """Why a report cannot go on record."""

    NO_ITEM = "no_item"  # nothing says which item is meant
    NO_SUCH_ITEM = "no_such_item"
    WITHDRAWN = "withdrawn"
    NOT_YOURS = "not_yours"
    NOTHING_SAID = "nothing_said"
    PERCENT_RANGE = "percent_range"
    VALUE_FOR_TASK = "value_for_task"
    YES_NO_VALUE = "yes_no_value"
    DONE_ALREADY = "done_already"


class Doubt(StrEnum):
    """Why the bot asks before it writes."""

    WHICH = "which"
    UNSURE = "unsure"
    BACKWARDS = "backwards"
    UNLIKELY = "unlikely"  # more than the whole of something measured in percent


@dataclass(frozen=True, slots=True)
class Draft:
    """A report that is right to write, before it has an id, an author and a moment."""

    item: str
    percent: Decimal | None = None
    value: Decimal | None = None
    state: State | None = None
    difficulty: str | None = None
    proposal: str | None = None

    @property
    def says_nothing(self) -> bool:
        return not any((self.percent is not None, self.value is not None, self.state, self.difficulty, self.proposal))


@dataclass(frozen=True, slots=True)
class Refused:
    """A report that was not written, why, and on which item (where that is known)."""

    reason: Refusal
    item: str | None = None
    named: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A report that waits for a yes: what is doubtful, and the readings to choose from, likeliest first."""

    doubt: Doubt
    readings: tuple[Act, ...]


Verdict = Draft | Refused | Asked


@dataclass(frozen=True, slots=True)
class Line:
    """One report that is on record now: the item's facts and standing before it and after it."""

    report: Report
    old: Facts
    new: Facts
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a message that reports: written, refused, and asked about (one question at a time)."""

    lines: tuple[Line, ...] = ()
    refused: tuple[Refused, ...] = ()
    asked: Asked | None = None
    question: str = ""  # the id of the question, where something is asked
    again: bool = False  # the message had been handled before; nothing new was written


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the items as they stand again. Empty where there was nothing to undo."""

    lines: tuple[Line, ...] = ()
    too_late: bool = False
    already: bool = False


def examine(act: Act, book: Book, person: Person, *, bare: bool = False) -> Verdict:
    """Judge an `update` act of `person`. `bare` allows a report that says nothing (it brings evidence).

    An act that is `sure` only because a person chose it among readings passes every doubt but going backwards, which
    the slot `confirmed` answers.
    """
    slots = act.slots
    if any(_is_absurd(slots.get(name)) for name in ("percent", "value")):
        return Refused(Refusal.NOTHING_SAID, slots.get("item"))
    if slots.get("item") is None:
        return _without_item(act, book, person)
    item = book.plan.item.get(slots["item"])
    if item is None or item.withdrawn:
        return Refused(
            Refusal.WITHDRAWN if item else Refusal.NO_SUCH_ITEM, item=item.code if item else None, named=slots["item"]
        )
    if not may_report(person, item, book.plan):
        return Refused(Refusal.NOT_YOURS, item.code)
    draft = draft_of(item, slots)
    refusal = _refusal(item, book.facts_on(item.code), draft, bare)
    if refusal:
        return Refused(refusal, item.code)
    doubt = _doubt(act, item, book.facts_on(item.code), draft)
    return Asked(doubt, _readings(act, item)) if doubt else draft


def _is_absurd(figure: Any) -> bool:
    """A figure that nobody means: a telephone number, or a key that was held down."""
    return figure is not None and len(Decimal(str(figure)).as_tuple().digits) > MOST_DIGITS


def _without_item(act: Act, book: Book, person: Person) -> Verdict:
    codes = [c for c in act.slots.get("candidates", ()) if c in book.plan.item]
    allowed = [c for c in codes if may_report(person, book.plan.item[c], book.plan)]
    if not codes:
        return Refused(Refusal.NO_ITEM)
    if not allowed:
        return Refused(Refusal.NOT_YOURS, codes[0])
    rest = {k: v for k, v in act.slots.items() if k != "candidates"}
    return Asked(Doubt.WHICH, tuple(Act(Intent.UPDATE, {**rest, "item": c}) for c in allowed[:MOST_READINGS]))


def draft_of(item: Item, slots: Mapping[str, Any]) -> Draft:
    """The slots of an act as a report on `item`; a task that has not begun is at 0 %."""
    percent, value, state = slots.get("percent"), slots.get("value"), slots.get("state")
    if state == State.NOT_STARTED and percent is None and not item.is_target:
        percent = 0
    return Draft(
        item=item.code,
        percent=None if percent is None else Decimal(str(percent)),
        value=None if value is None else Decimal(str(value)),
        state=State(state) if state else None,
        difficulty=slots.get("difficulty") or None,
        proposal=slots.get("proposal") or None,
    )


def _refusal(item: Item, facts: Facts, draft: Draft, bare: bool) -> Refusal | None:
    if draft.says_nothing and not bare:
        return Refusal.NOTHING_SAID
    if draft.percent is not None and not 0 <= draft.percent <= HUNDRED:
        return Refusal.PERCENT_RANGE
    if draft.value is not None and not item.is_target:
        return Refusal.VALUE_FOR_TASK
    if draft.value is not None and item.yes_no and draft.value not in (0, 1):
        return Refusal.YES_NO_VALUE
    if _says_done_again(item, facts, draft):
        return Refusal.DONE_ALREADY
    return None


def _says_done_again(item: Item, facts: Facts, draft: Draft) -> bool:
    """Only that it is done, of an item that is done: nothing to write."""
    only_done = draft.state is State.DONE and draft.value is None and not draft.difficulty and not draft.proposal
    at_full = draft.percent == HUNDRED and draft.state in (None, State.DONE) and not draft.difficulty
    done = goal_met(item, facts.value) if item.is_target else facts.done_on is not None
    return done and (only_done or (at_full and not item.is_target))


def _doubt(act: Act, item: Item, facts: Facts, draft: Draft) -> Doubt | None:
    if act.slots.get("confirmed"):
        return None
    if draft.value is not None and item.measure == "%" and draft.value > HUNDRED:
        return Doubt.UNLIKELY
    if not act.sure:
        return Doubt.UNSURE
    return Doubt.BACKWARDS if goes_backwards(item, facts, draft) else None


def goes_backwards(item: Item, facts: Facts, draft: Draft) -> bool:
    """Whether the figure is further from the goal than the one on record."""
    if not item.is_target:
        known = HUNDRED if facts.done_on else facts.percent
        return draft.percent is not None and known is not None and draft.percent < known
    if draft.value is None or facts.value is None:
        return False
    down = item.goal is not None and item.goal.direction == "down"
    return draft.value > facts.value if down else draft.value < facts.value


def _readings(act: Act, item: Item) -> tuple[Act, ...]:
    """The act as read, confirmed; and what else its words may well mean."""
    slots = dict(act.slots)
    found = [slots]
    percent, value = slots.get("percent"), slots.get("value")
    if item.is_target and not item.yes_no and percent is not None and value is None:
        found.append({**{k: v for k, v in slots.items() if k != "percent"}, "value": percent})
    return tuple(replace(act, slots={**s, "confirmed": True}, sure=True) for s in found[:MOST_READINGS])
