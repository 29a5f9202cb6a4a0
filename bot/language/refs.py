"""Which item is meant: by code, by title, by a pronoun, by the message replied to or the act before."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.language.amounts import is_percent
from bot.language.message import Message
from bot.language.names import Fit, Names, TitleIndex
from bot.language.phrases import Spanned, inside
from bot.language.text import tokens_of
from bot.language.times import Day, Period
from bot.rules.acts import Situation
from bot.rules.plan import Item, Kind

NEAR = 0.8  # from this share of the best weight on another title ties with it
LIKE = 0.6  # and where the best is not told of as one tells of it
CLEAR = 0.72  # below this share of the best weight another title leaves no doubt
LEADS, KINDRED = 1.12, 1.3
WHOLE = 100
MOST_CANDIDATES = 4
TELLING_NUMBER = 3  # digits of a number that may name an item by itself ("1022")
LEAST_OWN = 2  # words of a title that must be said beside the name of a unit in it


@dataclass(frozen=True, slots=True)
class Ref:
    """An item that is meant (`code`), or the several that may be (`candidates`); `tokens` that say so.

    `firm` is False where a title fits, but a clerk would ask before writing.
    """

    code: str | None = None
    candidates: tuple[str, ...] = ()
    tokens: tuple[int, ...] = ()
    firm: bool = True
    source: str = "code"
    weight: float = 0.0


def usable_tokens(message: Message, first: int = 0, last: int | None = None, names_too: bool = False) -> list[bool]:
    """The tokens that may be part of a title: those that no function word, time, code (or unit's name) has taken."""
    size = len(message.tokens)
    last = size if last is None else last
    usable = [first <= at < last for at in range(size)]
    taken: list[Spanned] = [*message.mentions, *message.times]
    taken += message.of(
        "ask.",
        "tail.",
        "state.",
        "polite",
        "show",
        "percent",
        "mine",
        "it",
        "kind.",
        "hedge",
        "correct",
        "is.smalltalk",
    )
    taken += message.of(
        "is.difficulties", "is.history", "is.owner", "is.silent", "is.ranking", "is.extend", "is.remind"
    )
    taken += message.of("cue.", "report", "progress", "is.deadline", "is.help", "is.undo")
    which = {at for h in message.of("ask.which") for at in (h.first, h.last)}
    taken += [h for h in message.of("unit.any") if {h.first, h.last} & which]
    taken += [h for h in message.of("overall") if h.words > 1]
    if not names_too:
        taken += [*message.units, *message.pillars, *message.of("pillar.cue")]
    for hit in taken:
        for at in range(hit.first, hit.last):
            usable[at] = False
    return usable


def by_title(
    message: Message,
    names: Names,
    situation: Situation,
    first: int = 0,
    last: int | None = None,
    loose: bool = False,
) -> Ref | None:
    """The item whose title the message tells a part of; None where none is told clearly enough to be meant.

    Names of units and pillars do not tell an item, but they may part two that fit equally.
    """
    ends = {n.last for n in message.numbers}
    slight = (h for h in message.of("filler", "state.", "percent", "counter") if h.name != "counter" or h.first in ends)
    small = {at for h in slight for at in range(h.first, h.last)}
    small |= {at for at, t in enumerate(message.tokens) if not t.is_word and len(t.text) < TELLING_NUMBER}
    small -= {at for first, last in message.titled for at in range(first, last)}
    fits = [f for f in _fits(message, names, situation, first, last, False) if not small.issuperset(f.tokens)]
    if not fits or fits[0].weight < enough(names, loose):
        return _with_names(message, names, situation, first, last) if fits else None
    plenty = enough(names, False)
    best = names.item[fits[0].code]
    figureless = message.has("state.done") and not message.numbers  # of what is measured its figure would be said
    near = LIKE if figureless and best.is_target and best.measure else NEAR
    ref = _ref(fits, plenty, near)
    if ref.code is not None:
        return _filled(message, names, ref)
    close = [f for f in _fits(message, names, situation, first, last, True) if f.code in ref.candidates]
    parted = _ref(close, plenty, near) if close else ref
    if parted.code:
        return parted
    own = _of_speaker(ref, names, situation)
    return _filled(message, names, own) if own else ref


def _of_speaker(ref: Ref, names: Names, situation: Situation) -> Ref | None:
    """Of several items that fit the one that the speaker's own unit leads: it is likelier, though not sure."""
    led = [code for code in ref.candidates if situation.unit and names.plan.leads(situation.unit, names.item[code])]
    return replace(ref, code=led[0], candidates=(), firm=False) if len(led) == 1 else None


def _with_names(message: Message, names: Names, situation: Situation, first: int, last: int | None) -> Ref | None:
    """The item that a word of its title and the name of a unit or place in it tell together ("cáp ngầm Kỳ Lừa")."""
    named = {at for h in message.units for at in range(h.first, h.last)}
    replied = situation.reply_to is not None
    fits = _fits(message, names, situation, first, last, True) if named and not replied else []
    if not fits or fits[0].weight < enough(names, False):
        return None
    ref = _ref(fits, enough(names, False))
    own = [at for at in ref.tokens if at not in named]
    return _filled(message, names, ref) if ref.code and named & set(ref.tokens) and len(own) >= LEAST_OWN else None


def _filled(message: Message, names: Names, ref: Ref) -> Ref:
    """A title's tokens with those between them that are its words too, whatever else they say ("na chi lang")."""
    tokens = set(ref.tokens)
    for lang, index in names.titles.items():
        keys = [v[0][0] for v in message.views[lang].variants]
        for at in range(1, len(keys)):
            if tokens & {at - 1, at} and index.says(ref.code or "", f"{keys[at - 1]} {keys[at]}"):
                tokens |= {at - 1, at}
    return replace(ref, tokens=tuple(sorted(tokens)))


def enough(names: Names, loose: bool) -> float:
    """The weight from which a title counts as meant: that of a word found in one title, or (loose) in a few."""
    return 0.9 * math.log((len(names.items) + 1) / (8 if loose else 1.1))


def _fits(
    message: Message, names: Names, situation: Situation, first: int, last: int | None, names_too: bool
) -> list[Fit]:
    usable = usable_tokens(message, first, last, names_too)
    best: list[Fit] = []
    for lang, index in _indexes(message, names):
        fits = _weighed(index.fits(message.views[lang], usable), message, names, situation, first, last)
        if fits and (not best or fits[0].weight > best[0].weight):
            best = fits
    return best


def _indexes(message: Message, names: Names) -> Iterable[tuple[str, TitleIndex]]:
    """The titles to look in: only those of the message's own language where it has no word that looks foreign."""
    own = names.titles.get(message.lang)
    return names.titles.items() if own is None or message.foreign else [(message.lang, own)]


def _weighed(
    fits: Sequence[Fit], message: Message, names: Names, situation: Situation, first: int, last: int | None
) -> list[Fit]:
    targets = {
        h.name for h in message.of("kind.target", "kind.task") if first <= h.first < (last or len(message.tokens))
    }
    weighed = []
    for fit in fits:
        item = names.item[fit.code]
        weight = fit.weight
        if situation.unit and names.plan.leads(situation.unit, item):
            weight *= LEADS
        if targets == {"kind.target"}:
            weight *= KINDRED if item.kind is Kind.TARGET else 1.0
        elif targets == {"kind.task"}:
            weight *= KINDRED if item.kind is Kind.TASK else 1.0
        if _counts(message, item) or (item.is_target and _says_bare_figure(message)):
            weight *= KINDRED
        elif item.is_target and not is_percent(item) and message.has("percent"):
            weight /= KINDRED
        if is_percent(item) and any(
            n.value != int(n.value) and not inside(message.times, n.first) for n in message.numbers
        ):
            weight *= KINDRED  # a task is told of in whole percents
        if _says_bare_figure(message) and not _can_be_told(message, item):
            weight /= KINDRED
        weighed.append(Fit(fit.code, weight * (0.9 + 0.1 * min(fit.share, 1.0)), fit.tokens, fit.share, fit.weight))
    return sorted(weighed, key=lambda f: -f.weight)


def _says_bare_figure(message: Message) -> bool:
    """Whether a figure without a percent is said: it is a target's, tasks are told in percent."""
    days = [t for t in message.times if isinstance(t.value, (Day, Period))]  # "১২টা" may count, or be noon
    numbers = [n for n in message.numbers if not n.words and not inside(days, n.first)]
    return bool(numbers) and not message.has("percent", "percent.is:", "fraction") and not message.has("ask.")


def _can_be_told(message: Message, item: Item) -> bool:
    """Whether a number without a percent can tell of the item: not more than the whole, nor a count for a task."""
    if is_percent(item) or not item.is_target:
        counted = {h.first for h in message.of("counter")} if not item.is_target else set()
        return not any(n.value > WHOLE or n.last in counted for n in message.numbers)
    return True


def _counts(message: Message, item: Item) -> bool:
    """Whether a number in the message is followed by what the target is counted in ("112 trạm")."""
    if not item.is_target or not item.measure or "%" in item.measure:
        return False
    word, tokens = _first_word(item.measure), message.tokens
    return word != "" and any(
        n.last < len(tokens) and tokens[n.last].text == word for n in message.numbers if not n.words
    )


@lru_cache(1024)
def _first_word(measure: str) -> str:
    return next((t.text for t in tokens_of(measure) if t.is_word), "")


def _ref(fits: Sequence[Fit], plenty: float, near: float = NEAR) -> Ref:
    best = fits[0]
    rivals = [f for f in fits if f.weight >= near * best.weight]
    tokens = tuple(sorted({at for f in rivals for at in f.tokens}))
    if len(rivals) == 1:
        firm = best.weight >= plenty and all(
            f.weight < CLEAR * best.weight and f.words < best.words * 0.98 for f in fits[1:]
        )
        return Ref(best.code, (), tokens, firm, "title", best.weight)
    return Ref(None, tuple(f.code for f in rivals[:MOST_CANDIDATES]), tokens, False, "title", best.weight)


def of_context(situation: Situation) -> Ref | None:
    """The item of the message replied to, else of the act before."""
    if situation.reply_to:
        return Ref(situation.reply_to, source="reply")
    slots = situation.previous.slots if situation.previous else {}
    if slots.get("item"):
        return Ref(str(slots["item"]), source="previous")
    return None
