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
    # The standings worked out for a day, and the items whose facts have changed since. One value, swapped at once:
    # several threads read a book.
    _days: dict[date, tuple[Mapping[str, Standing], frozenset[str]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def facts_on(self, code: str) -> Facts:
        return self.facts.get(code, NO_FACTS)

    def standings(self, day: date) -> Mapping[str, Standing]:
        """The standing of every live item on `day`, in the plan's order."""
        known, touched = self._days.get(day, (None, frozenset()))
        if known is None:
            known = {i.code: self._stand(i, day) for i in self.plan.live}
            self._days.clear()  # one day is asked for at a time; yesterday's is of no use
            self._days[day] = known, frozenset()
        elif touched:
            known = {**known, **{c: self._stand(self.plan.item[c], day) for c in touched if c in known}}
            self._days[day] = known, frozenset()
        return known

    def standing(self, code: str, day: date) -> Standing:
        """One item's standing. Raises KeyError for a code that the plan lacks."""
        known, touched = self._days.get(day, ({}, frozenset()))
        found = None if code in touched else known.get(code)
        return found or self._stand(self.plan.item[code], day)

    def revised(self, changes: Mapping[str, Facts], revision: int) -> Book:
        """The same plan with newer facts; the standings of what changed are worked out again when they are wanted."""
        book = Book(self.plan, {**self.facts, **changes}, revision, self.limits)
        for day, (known, touched) in tuple(self._days.items()):
            book._days[day] = known, touched | changes.keys()
        return book

    def _stand(self, item: Item, day: date) -> Standing:
        return standing_of(item, self.facts_on(item.code), day, self.limits)

    def led_by(self, unit: str) -> Iterable[Item]:
        """The live items that a unit leads, itself or as a member of a group."""
        return (i for i in self.plan.live if self.plan.leads(unit, i))
