"""What every command is given, and how it ends."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from bot.clock import Clock
from bot.settings import Settings
from bot.views.words import SOURCE, Words


class Exit(IntEnum):
    """How a command ends: right, errors in the input, wrong usage or settings."""

    RIGHT = 0
    INPUT = 1
    USAGE = 2


@dataclass(frozen=True)
class Desk:
    """A command's surroundings: the settings, the clock, and the words of every language."""

    settings: Settings
    clock: Clock
    languages: Mapping[str, Words]

    @property
    def words(self) -> Words:
        """The words of the command line's own language."""
        return self.languages.get(self.settings.language) or self.languages[SOURCE]


Command = Callable[[Namespace, Desk], int]
