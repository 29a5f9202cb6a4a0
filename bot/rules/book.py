"""The book: a plan with what the record says of every item, and where everything stands on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.rules.plan import Item, Plan
from bot.rules.record import NO_FACTS, Facts
from bot.rules.standing import DEFAULT_LIMITS, Limits, Standing, standing_of


@dataclass(frozen=True)
class Book:
    """A frozen snapshot. `revision` grows with every fact; standings are worked out once a day and kept."""

    plan: Plan
    facts: Mapping[str, Facts]
    revision: int = 0
    limits: Limits = DEFAULT_LIMITS
    _days: dict[date, dict[str, Standing]] = field(default_factory=dict, compare=False, repr=False)

    def facts_on(self, code: str) -> Facts:
        return self.facts.get(code, NO_FACTS)

    def standings(self, day: date) -> Mapping[str, Standing]:
        """The standing of every live item on `day`, in the plan's order."""
        known = self._days.get(day)
        if known is None:
            known = {i.code: self._stand(i, day) for i in self.plan.live}
            self._days.clear()  # one day is asked for at a time; yesterday's is of no use
            self._days[day] = known
        return known

    def standing(self, code: str, day: date) -> Standing:
        """One item's standing. Raises KeyError for a code that the plan lacks."""
        known = self._days.get(day, {}).get(code)
        return known or self._stand(self.plan.item[code], day)

    def revised(self, changes: Mapping[str, Facts], revision: int) -> Book:
        """The same plan with newer facts; only the standings of what changed are worked out again."""
        book = Book(self.plan, {**self.facts, **changes}, revision, self.limits)
        for day, known in tuple(self._days.items()):
            touched = {c: book._stand(self.plan.item[c], day) for c in changes if c in known}
            book._days[day] = {**known, **touched}
        return book

    def _stand(self, item: Item, day: date) -> Standing:
        return standing_of(item, self.facts_on(item.code), day, self.limits)

    def led_by(self, unit: str) -> Iterable[Item]:
        """The live items that a unit leads, itself or as a member of a group."""
        return (i for i in self.plan.live if self.plan.leads(unit, i))
