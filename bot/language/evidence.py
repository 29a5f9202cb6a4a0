"""What stands in a message, read in its situation: the items it names, its figures and states, what it may ask."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from bot.language import amounts
from bot.language.amounts import Amount
from bot.language.message import Message
from bot.language.names import Names
from bot.language.phrases import Hit, Spanned, inside
from bot.language.refs import Ref, by_title, enough, of_context
from bot.language.times import Day, Period, TimeHit
from bot.rules.acts import Situation

ASKING = ("ask.why", "ask.which", "ask.what", "ask.count", "ask.how", "ask.who", "ask.when", "ask.amount", "tail.ask")
TITLE_WORDS = (
    "format.",
    "is.",
    "topic.",
    "unit.any",
    "counter",
    "trouble",
    "cue.",
    "hedge",
    "lang.",
    "goal",
    "total",
    "if",
    "future",
)
INNER_WORDS = ("ask.what", "show", "follow", "splitter", "more", "to")
BRIEF, LONGEST_BRIEF = 2, 8  # words that are a name of an item by themselves, words with those around them
REPLY_NEEDS = 1.8  # how much clearer a title must be to be meant against the message replied to


class Evidence:
    """One message in its situation, before anybody decides what it wants."""

    def __init__(self, message: Message, situation: Situation, names: Names) -> None:
        self.message = message
        self.situation = situation
        self.names = names
        self.has = message.has

        message.keep([h for h in message.hits if not self._heads(h)])
        if self.title and self._named:
            message.keep([h for h in message.hits if not self._in_title(h)])
        if message.mentions:
            message.keep([h for h in message.hits if not self._in_named(h)])

    def _heads(self, hit: Hit) -> bool:
        """Whether a question word is only the heading of what is told ("tình hình: đạt 80%", "অবস্থা ৫৫%")."""
        tokens = self.message.tokens
        figure = any(n.first == hit.last and not n.words for n in self.message.numbers)
        leads = figure or (hit.last + 1 < len(tokens) and ":" in (tokens[hit.last].text, tokens[hit.last + 1].text))
        return hit.name == "ask.how" and leads

    def _in_named(self, hit: Hit) -> bool:
        """Whether a word that could ask is only one of the title of an item named by its code ("CT19 … bản sao")."""
        if hit.last - hit.first > 1 or not hit.name.startswith(("ask.how", "ask.what", "follow", "show")):
            return False
        variants = self.message.views[self.message.lang].variants
        spans = [variants[at : at + 2] for at in (hit.first - 1, hit.first) if at >= 0]
        pairs = [" ".join(v[0][0] for v in span) for span in spans if len(span) > 1]
        titles = self.names.titles.values()
        return any(index.says(m.code, pair) for m in self.message.mentions for pair in pairs for index in titles)

    def _in_title(self, hit: Hit) -> bool:
        """Whether a phrase is only a piece of the title that is named ("lịch" in "du lịch")."""
        tokens = set(self.title.tokens) if self.title else set()
        if hit.name.startswith(INNER_WORDS) and hit.last - hit.first == 1:
            return hit.first in tokens and bool({hit.first - 1, hit.last} & tokens)
        counts = hit.name == "counter" and any(n.last == hit.first for n in self.message.numbers)
        return hit.name.startswith(TITLE_WORDS) and not counts and tokens.issuperset(range(hit.first, hit.last))

    # --- what stands in the message ---

    @cached_property
    def asks(self) -> bool:
        return self.has(*ASKING) or any(t.text == "?" for t in self.message.tokens)

    @cached_property
    def title(self) -> Ref | None:
        if self.message.mentions or self._numbered:
            return None
        free = [n for n in self.message.numbers if not any(t.first <= n.first < t.last for t in self.message.times)]
        says = not self.asks and (bool(free) or bool(self.states))
        says = says or self.has("is.deadline", "is.owner", "is.history", "is.extend", "is.remind") or self._is_brief
        found = by_title(self.message, self.names, self.situation, loose=says and self.context is None)
        if found is not None and found.code is None:
            found = self._titled_where_told(free) or found
            if self.situation.reply_to in found.candidates:
                return None  # of those that fit it is the one that was asked about
        if found and self.context and self._is_in_what_is_told(found):
            return None
        told = bool(free) or bool(self.states) or self.asks
        if found and self.situation.reply_to and not told and (self.has("trouble") or self.message.denied):
            return None  # what a reply complains of is of the item replied to
        return None if found and self.situation.reply_to and found.weight < REPLY_NEEDS * self._common_weight else found

    def _is_in_what_is_told(self, ref: Ref) -> bool:
        """Whether the words of a title stand only in a difficulty, a proposal or a reason of the item spoken of."""
        cues = self.message.of("cue.difficulty", "cue.proposal", "cue.reason")
        return bool(ref.tokens) and any(h.last <= min(ref.tokens) for h in cues)

    def _titled_where_told(self, numbers: Sequence[Spanned]) -> Ref | None:
        """The item named in the clause of the first figure, where the whole message may mean several."""
        for first, last in self.message.clauses():
            if any(first <= n.first < last for n in numbers):
                ref = by_title(self.message, self.names, self.situation, first, last)
                return ref if ref and ref.code else None
        return None

    @cached_property
    def _is_brief(self) -> bool:
        """Whether it is a word or two, alone or with "how is it": then even a word of a few titles is a name."""
        m = self.message
        if self.words > LONGEST_BRIEF:
            return False
        heard: list[Spanned] = [*m.of("ask.how", "polite", "filler", "tail."), *m.times]
        known = {at for h in heard for at in range(h.first, h.last)}
        skips = m.views[m.lang].skips if m.lang in m.views else ()
        left = [t for at, t in enumerate(m.tokens) if t.is_word and at not in known and not (skips and skips[at])]
        spelled = sum(len(t.text) == 1 for t in left) > 1
        return (
            len(left) <= BRIEF
            and not spelled
            and not m.units
            and not self.has("kind.", "state.", "is.", "topic.none", "place", "lang.")
        )

    @property
    def _common_weight(self) -> float:
        return enough(self.names, False)

    @cached_property
    def refs(self) -> list[Ref]:
        """The items that the message itself names, in the order said."""
        if self.message.mentions:
            codes = dict.fromkeys(m.code for m in self.message.mentions)
            return [Ref(code) for code in codes]
        if self._numbered:
            return [Ref(self._numbered)]
        return [self.title] if self.title else []

    @cached_property
    def _numbered(self) -> str | None:
        """ "আর ৩১ নম্বরটা?" after a question about an item: the item of that number and of the same kind."""
        before = self.names.item.get(self.context.code or "") if self.context else None
        if before is None or self.message.mentions:
            return None
        for word in self.message.of("after.number", "code.number"):
            if inside(self.message.times, word.first):
                continue
            for number in self.message.numbers:
                if word.first == number.last or word.last == number.first:
                    return self.names.of_kind(before.kind, str(int(number.value)))
        return None

    @cached_property
    def context(self) -> Ref | None:
        return None if self.message.strangers else of_context(self.situation)

    @cached_property
    def free(self) -> list[bool]:
        """The tokens whose numbers can be amounts."""
        free = [True] * len(self.message.tokens)
        taken: list[Spanned] = [*self.message.mentions, *(t for t in self.message.times if self._is_date(t))]
        taken += self.message.of("state.")
        for hit in taken:
            for at in range(hit.first, hit.last):
                free[at] = False
        if self.title:
            for at in self.title.tokens:
                free[at] = False
        return free

    def _is_date(self, time: TimeHit) -> bool:
        """A day or a period; "5/8 xã" is a ratio, and hours may be what is measured."""
        written = time.last - time.first == 3 and self.message.tokens[time.first + 1].text == "/"
        counted = written and any(h.first == time.last for h in self.message.of("counter"))
        share = written and int(self.message.tokens[time.first].text) < int(self.message.tokens[time.first + 2].text)
        before = any(h.last == time.first for h in self.message.of("state.done", "hedge", "achieved"))
        counted = counted or (share and (before or any(h.first == time.last for h in self.message.of("tail.already"))))
        counted = counted or (share and not time.role and self._counts_things(time.last))
        return isinstance(time.value, (Day, Period)) and not counted

    def _counts_things(self, at: int) -> bool:
        """Whether what stands at a token can be what a share is told of ("৯/১২ রাস্তায় বসে গেছে")."""
        m = self.message
        light: list[Spanned] = [*m.of("state.", "polite", "filler", "plain", "splitter", "tail.", "is.", "due.noun")]
        word = at < len(m.tokens) and m.tokens[at].is_word and not inside([*light, *m.times], at)
        word = word or any(h.first == at for h in m.of("kind.task"))  # "3/4 công việc"
        return word and not self.asks and not self.has("is.extend", "is.remind", "due.noun", "future")

    @cached_property
    def figures(self) -> list[Amount]:
        return amounts.amounts_of(self.message, self.free)

    @cached_property
    def states(self) -> list[str]:
        return [h.name[6:] for h in self.message.of("state.")]

    @cached_property
    def words(self) -> int:
        return sum(t.is_word for t in self.message.tokens)

    def covered_by(self, *names: str) -> int:
        spots = {at for h in self.message.of(*names) for at in range(h.first, h.last)}
        return sum(self.message.tokens[at].is_word for at in spots)

    @cached_property
    def plan_nouns(self) -> bool:
        return self.has("kind.") or bool(self.message.pillars)

    @cached_property
    def outside(self) -> bool:
        """Whether the message asks for what the bot does not do (words of an item's own title do not count)."""
        title = set(self.title.tokens) if self.title else set()
        known: list[Spanned] = [*self.message.mentions, *self.message.units]
        return any(
            not set(range(h.first, h.last)) <= title and not inside(known, h.first, h.last) for h in self._topics()
        )

    def _topics(self) -> list[Hit]:
        """What the message says that is not the bot's business."""
        named = self.title.tokens if self.title else ()
        counted = {n.last for n in self.message.numbers if n.first not in named}
        counted |= {h.last for h in self.message.of("counter") if h.first in counted}
        topics = [h for h in self.message.of("topic.none") if not self._is_of_item(h) and h.first not in counted]
        return [*self.message.of("is.none"), *topics, *self._elsewhere()]

    def _is_of_item(self, hit: Hit) -> bool:
        """Whether a topic's words stand in the title of an item that is named by its code."""
        variants = self.message.views[self.message.lang].variants
        words = " ".join(variants[at][0][0] for at in range(hit.first, hit.last))
        titles = self.names.titles.values()
        return any(index.says(m.code, words) for m in self.message.mentions for index in titles)

    def _elsewhere(self) -> list[Hit]:
        """Places that are named and are not this plan's."""
        cut = self.message.cut
        others = {(h.first, h.last) for h in self.message.hits if h.name != "place"}  # "নাম দেন": give the names
        places = [h for h in self.message.of("place") if (h.first, h.last) not in others]
        return [h for h in places if not self.names.is_here(cut(h.first, h.last))]

    @property
    def strangeness(self) -> float:
        """The share of the message's words that nothing known accounts for."""
        return len(self._strange) / max(3, self.words)

    @cached_property
    def _strange(self) -> list[int]:
        """The tokens of the words that nothing known accounts for."""
        title = self.title.tokens if self.title else ()
        return [at for at in self.message.unknown(self.message.hits) if at not in title]

    @cached_property
    def _named(self) -> bool:
        """Whether the message names an item so clearly that it is about it, whatever else it asks."""
        return any(r.source == "code" or r.weight >= REPLY_NEEDS * self._common_weight for r in self.refs)
