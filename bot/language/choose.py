"""A typed answer to a clarifying question: "cái thứ hai", "প্রথমটা", "2", "CT07"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.language.data import Languages
from bot.language.message import Message, Parser
from bot.language.phrases import Hit
from bot.language.text import NUMBER, WORD

A_DAY = date(2000, 1, 1)  # times play no part in an answer
MOST_WORDS = 8


def choose(parser: Parser, languages: Languages, text: str, options: Sequence[str]) -> int | None:
    """The index of the option that `text` means; None where it means none or several, or says anything more."""
    message = parser.parse(text, A_DAY)
    if not options or sum(t.kind == WORD for t in message.tokens) > MOST_WORDS:
        return None
    codes = [_code(parser, option) for option in options]
    named = {codes.index(m.code) for m in message.mentions if m.code in codes}
    if message.mentions:
        return named.pop() if len(named) == 1 and not _more(message, numbers=False) else None
    at = _ordinal(message, len(options))
    if at is not None:
        return None if _more(message, numbers=True) else at
    return _by_words(parser, message, options)


def _more(message: Message, *, numbers: bool) -> bool:
    """Whether it says more than its choice: another word, or a figure where the choice is no number."""
    chosen = {at for h in message.of("choose:") for at in range(h.first, h.last)}
    if any(not chosen & set(range(h.first, h.last)) for h in message.of("state.", "ask.", "tail.ask")):
        return True
    spans = [(m.first, m.last) for m in message.mentions]
    spans += [(h.first, h.last) for h in message.hits if _is_filler(h) or h.name.startswith("choose:")]
    spans += [(n.first, n.last) for n in message.numbers if numbers]
    covered = {at for first, last in spans for at in range(first, last)}
    skipped = {at for view in message.views.values() for at, skip in enumerate(view.skips) if skip}
    return any(
        at not in covered and at not in skipped and (t.kind in (WORD, NUMBER) or t.text == "%")
        for at, t in enumerate(message.tokens)
    )


def _code(parser: Parser, option: str) -> str:
    mentions = parser.parse(option, A_DAY).mentions
    return mentions[0].code if mentions else option


def _ordinal(message: Message, size: int) -> int | None:
    """A place in the list: by an ordinal ("thứ hai", "শেষেরটা"), else by a number that stands alone."""
    places = {int(h.name.partition(":")[2]) for h in message.of("choose:")}
    if not places and len(message.numbers) == 1:
        places = {round(message.numbers[0].value)}
    if len(places) != 1:
        return None
    place = places.pop()
    at = size - 1 if place == -1 else place - 1
    return at if 0 <= at < size else None


def _by_words(parser: Parser, message: Message, options: Sequence[str]) -> int | None:
    """The option that shares most words with the answer, where no other shares as many."""
    said = _keys(message)
    shares = [len(said & _keys(parser.parse(option, A_DAY))) for option in options]
    best = max(shares)
    return shares.index(best) if best and shares.count(best) == 1 else None


def _keys(message: Message) -> set[str]:
    covered = {at for h in message.hits if _is_filler(h) for at in range(h.first, h.last)}
    return {
        key
        for view in message.views.values()
        for at, variants in enumerate(view.variants)
        if at not in covered and message.tokens[at].kind == WORD
        for key, _ in variants[:1]
    }


def _is_filler(hit: Hit) -> bool:
    return hit.name.startswith(("kind.", "is.smalltalk", "polite", "it", "filler", "code.", "after.number"))
