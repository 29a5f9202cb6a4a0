"""The reader: a message's text in, acts out."""

from __future__ import annotations

from collections.abc import Sequence

from bot.language.choose import choose
from bot.language.data import Languages
from bot.language.decide import Decider
from bot.language.message import Parser
from bot.language.names import Names
from bot.rules.acts import Situation, Understood
from bot.rules.plan import Plan


class Reader:
    """Reads messages about one plan. Pure: the same text in the same situation is always read alike."""

    def __init__(self, languages: Languages, plan: Plan) -> None:
        self._names = Names(languages, plan)
        self._languages = languages
        self._parser = Parser(languages, self._names)

    def read(self, text: str, situation: Situation) -> Understood:
        """What a message wants: its language, its acts in the order said (at least one), and why it was read so."""
        message = self._parser.parse(text, situation.today)
        return Decider(message, situation, self._names, self._languages).understood()

    def choose(self, text: str, options: Sequence[str]) -> int | None:
        """Which of the options (codes or labels) a typed answer means; None where it is no answer."""
        return choose(self._parser, self._languages, text, options)
