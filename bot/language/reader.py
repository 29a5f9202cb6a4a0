"""The reader: a message's text in, acts out."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial

from bot.language.building import uncollected
from bot.language.choose import choose
from bot.language.data import Languages
from bot.language.decide import Decider
from bot.language.message import Message, Parser
from bot.language.names import Names
from bot.rules.acts import Act, Intent, Situation, Understood
from bot.rules.plan import Plan

MOST_PARTS = 4
MOST_CUTS = 6
LONGEST_MIXED = 80  # tokens; a longer message is read as one
FIRST_DAY, LAID_OUT = date(2020, 1, 1), 40
REMEMBERED, LONGEST_REMEMBERED = 256, 80  # texts that are kept taken apart, and their characters


class Reader:
    """Reads messages about one plan. Pure: the same text in the same situation is always read alike."""

    def __init__(self, languages: Languages, plan: Plan) -> None:
        with uncollected():
            self._names = Names(languages, plan)
            self._parser = Parser(languages, self._names)
            self._lay_out(languages)
        self._languages = languages
        # Many people ask alike, and one text is asked for twice.
        self._remembered = lru_cache(REMEMBERED)(self._parser.parse)

    def _lay_out(self, languages: Languages) -> None:
        """Walks the phrases once from a language's everyday words, so that the first messages need not wait for it."""
        for language in languages:
            words = sorted(language.telltale | language.particles)
            for at in range(0, len(words), LAID_OUT):
                self._parser.parse(" ".join(words[at : at + LAID_OUT]), FIRST_DAY)

    def read(self, text: str, situation: Situation) -> Understood:
        """What a message wants: its language, its acts in the order said (at least one), and why it was read so."""
        whole = self._decider(text, situation)
        read = whole.understood()
        if not whole.is_mixed or len(whole.message.tokens) > LONGEST_MIXED:
            return read
        return self._parted(text, situation, whole.message, MOST_PARTS) or read

    def asks(self, text: str, situation: Situation) -> bool:
        """Whether a text has the words (or the mark) of a question."""
        return self._decider(text, situation).asks

    def choose(self, text: str, options: Sequence[str]) -> int | None:
        """Which of the options (codes or labels) a typed answer means; None where it is no answer."""
        return choose(self._parser, self._languages, text, options)

    def _decider(self, text: str, situation: Situation) -> Decider:
        parse = self._remembered if len(text) <= LONGEST_REMEMBERED else self._parser.parse
        return Decider(copy(parse(text, situation.today)), situation, self._names)

    def _parted(self, text: str, situation: Situation, message: Message, most: int) -> Understood | None:
        """A message that wants two things, read as two: cut where both sides stand on their own."""
        for cut in _cuts(message)[:MOST_CUTS]:
            left = self._decider(text[:cut], situation)
            first = left.alone()
            if not first:
                continue
            after = replace(situation, previous=first[-1], reply_to=_item_of(first[-1]) or situation.reply_to)
            right = self._decider(text[cut:], after)
            rest = right.alone()
            if rest and rest[0].intent is not first[-1].intent and not _is_aside(first[-1], rest[0]):
                more = self._parted(text[cut:], after, right.message, most - 1) if most > 2 and right.is_mixed else None
                acts = (*first, *(more.acts if more else rest))
                return Understood(message.lang, acts, partial(_both, left, right))
        return None


def _both(left: Decider, right: Decider) -> tuple[str, ...]:
    return (*left.why(), "and then:", *right.why())


def _is_aside(first: Act, second: Act) -> bool:
    """A part that only tells trouble belongs to what is said beside it: it is a reason, or the difficulty."""
    if first.intent is Intent.UPDATE and second.intent in (Intent.EXTEND, Intent.REMIND):
        return not first.slots.keys() & {"percent", "value"} and first.slots.get("state") != "done"
    figures = second.slots.keys() & {"percent", "value", "state"}
    if second.intent is not Intent.UPDATE:
        return False
    return not figures or (first.intent is Intent.EXTEND and "percent" not in figures and "value" not in figures)


def _item_of(act: Act) -> str | None:
    item = act.slots.get("item")
    return str(item) if item else None


def _cuts(message: Message) -> list[int]:
    """Where the message could be cut in two, as places in its text: before a word that joins, after a mark that ends.

    On both sides something must be asked or said.
    """
    cues = message.of("ask.", "is.", "state.", "percent", "tail.", "due.noun", "switch", "show")
    first, last = min((h.first for h in cues), default=0), max((h.first for h in cues), default=0)
    joiners = {h.first for h in message.of("splitter")}
    words = {h.first for h in message.of("cue.reason", "cue.difficulty", "cue.proposal")}  # what follows is told
    cuts = []
    for at in range(first + 1, min(last + 1, len(message.tokens) - 1)):
        if at in joiners:
            cuts.append(message.tokens[at].start)
        elif message.ends_clause(at) and message.tokens[at].text != ":" and at + 1 not in joiners | words:
            cuts.append(message.tokens[at].end)
    return cuts
