"""What a message wants, from what stands in it: an intent for it, slots for the intent, and whether a clerk would ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.language.data import Languages
from bot.language.message import Message
from bot.language.names import Names
from bot.language.times import NEXT
from bot.rules.acts import ACTIONS, Act, Intent, Situation, Understood


class Decider:
    """Reads one message in its situation."""

    def __init__(self, message: Message, situation: Situation, names: Names, languages: Languages) -> None:
        self.message = message
        self.situation = situation
        self.names = names

    def understood(self) -> Understood:
        acts = (Act(Intent.NONE),)
        return Understood(self.message.lang, acts, ())
