"""What a message asks for: acts, as `language` reads them and handlers carry them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Intent(StrEnum):
    """What a speaker wants. The contract of understanding says what each means."""

    LIST = "list"
    COUNT = "count"
    SUMMARY = "summary"
    DETAIL = "detail"
    HISTORY = "history"
    OWNER = "owner"
    DEADLINE = "deadline"
    SILENT = "silent"
    RANKING = "ranking"
    DIFFICULTIES = "difficulties"
    EXPORT = "export"
    UPDATE = "update"
    EXTEND = "extend"
    REMIND = "remind"
    UNDO = "undo"
    LANGUAGE = "language"
    HELP = "help"
    SMALLTALK = "smalltalk"
    NONE = "none"


NO_HOUR = "no hour"  # the doubt of a reminder that names a day alone
ACTIONS = frozenset({Intent.UPDATE, Intent.EXTEND, Intent.REMIND, Intent.UNDO, Intent.LANGUAGE})


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a speaker wants.

    `slots` are JSON values: codes and free text as `str`, figures as `int` or `float`, dates `YYYY-MM-DD`, times
    `HH:MM`, `period` as `{"from": …, "to": …}`, `candidates` a list of codes, best first. `sure` is False where the bot
    asks before it acts; `doubts` say why, for a maintainer.
    """

    intent: Intent
    slots: Mapping[str, Any] = field(default_factory=dict)
    sure: bool = True
    doubts: Sequence[str] = field(default=(), compare=False)

    def as_json(self) -> dict[str, Any]:
        return {"intent": str(self.intent), "slots": dict(self.slots), "sure": self.sure}

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> Act:
        return Act(Intent(raw["intent"]), dict(raw.get("slots") or {}), bool(raw.get("sure", True)))


@dataclass(frozen=True, slots=True)
class Situation:
    """What surrounds a message.

    `now` is local to the deployment; `unit` the speaker's, `reply_to` the item replied to, `previous` the act before.
    """

    now: datetime
    unit: str | None = None
    reply_to: str | None = None
    previous: Act | None = None

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Understood:
    """How a message was read: its language, its acts in the order said, and why (lines, for a maintainer who asks)."""

    lang: str
    acts: tuple[Act, ...]
    why: Callable[[], tuple[str, ...]] = field(default=tuple, compare=False)
