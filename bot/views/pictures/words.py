"""What the pictures' words share: plain text, what is covered, where the figures come from, standings side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from bot.rules.answers import Entry, Scope
from bot.rules.plan import Plan
from bot.rules.questions import WORST_FIRST
from bot.rules.standing import Status
from bot.views.asking_words import scope_line
from bot.views.items import status_word
from bot.views.screen import TAG
from bot.views.words import Words

MINUS = "−"


def plain(text: Markup | str) -> str:
    """A text without its tags and entities."""
    return str(Markup(TAG.sub("", text)).unescape())


def covers(words: Words, plan: Plan, scope: Scope) -> str:
    """What a picture covers, and as of which day."""
    whole = words.say("The whole plan of {year}", year=words.digits(str(plan.year)))
    return _covered(words, scope, scope_line(words, plan, scope) or whole)


def covers_of_unit(words: Words, plan: Plan, scope: Scope) -> str:
    """The same under the name of the unit, which is not said again."""
    return _covered(words, scope, scope_line(words, plan, replace(scope, unit=None)))


def _covered(words: Words, scope: Scope, said: Markup | None) -> str:
    parts = [plain(said)] if said else []
    if not scope.past:
        parts.append(plain(words.say("as of {day}", day=words.day(scope.day))))
    return " · ".join(parts)


def source(words: Words, made_at: datetime) -> str:
    """Where the figures come from, and when they were put together (a local moment)."""
    return plain(
        words.say(
            "Source: what the units have reported, by {time} on {day}.",
            time=words.clock(made_at),
            day=words.day(made_at.date()),
        )
    )


def parts(words: Words, counts: Mapping[Status, int], *, target: bool = False) -> list[dict[str, Any]]:
    """The standings side by side, the best first, each with its count in words."""
    return [
        {
            "status": str(status),
            "n": counts.get(status, 0),
            "text": f"{words.number(counts.get(status, 0))} {plain(status_word(words, status, target=target))}",
        }
        for status in reversed(WORST_FIRST)
    ]


def share(amount: Decimal | None) -> float | None:
    """A share of the way for drawing."""
    return None if amount is None else round(float(amount), 2)


def signed(words: Words, amount: int) -> str:
    """A change: `+3`, `−2`, `0`."""
    sign = "+" if amount > 0 else MINUS if amount < 0 else ""
    return sign + words.number(abs(amount))


def paced(entry: Entry) -> dict[str, Any]:
    """Standing, achieved and expected of an item, for drawing."""
    standing = entry.standing
    return {
        "status": str(standing.status),
        "achieved": share(standing.achieved),
        "expected": share(standing.expected),
    }
