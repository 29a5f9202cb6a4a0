"""What a message wants, from what stands in it: an intent, slots for it, and whether a clerk would ask first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from typing import Any

from bot.language import amounts, freetext
from bot.language.amounts import Amount
from bot.language.message import Message
from bot.language.names import Names
from bot.language.phrases import Hit, Spanned, inside
from bot.language.refs import Ref, by_title, enough, of_context
from bot.language.reports import UPDATE_STATES, ReportReader
from bot.language.times import LAST, NEXT, NOON, Clock, Day, Period, Span, TimeHit, in_part, middle_or_end
from bot.rules.acts import ACTIONS, Act, Intent, Situation, Understood

LIST_STATES = (
    "overdue", "not_started", "not_done", "at_risk", "behind", "blocked", "stale", "due", "on_track", "done",
    "in_progress",
)  # fmt: skip
ASKING = ("ask.why", "ask.which", "ask.what", "ask.count", "ask.how", "ask.who", "ask.when", "ask.amount", "tail.ask")
FOLLOWING = frozenset(
    {Intent.LIST, Intent.COUNT, Intent.SUMMARY, Intent.SILENT, Intent.RANKING, Intent.DIFFICULTIES, Intent.EXPORT,
     Intent.DETAIL, Intent.HISTORY, Intent.OWNER, Intent.DEADLINE}
)  # fmt: skip
SMALL_HOURS = 7 * 60  # before it, a bare hour is meant in the afternoon
STANDS_ALONE, HEARD = 50, 20
LEAST_CLEAR = 3  # words of a phrase that leaves no doubt by itself
JOINED = frozenset(
    {Intent.DETAIL, Intent.HISTORY, Intent.OWNER, Intent.DEADLINE, Intent.UPDATE, Intent.EXTEND, Intent.REMIND,
     Intent.LIST, Intent.COUNT, Intent.DIFFICULTIES, Intent.SILENT, Intent.RANKING, Intent.EXPORT, Intent.SUMMARY,
     Intent.LANGUAGE}
)  # fmt: skip
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
ASKED = frozenset({Intent.LIST, Intent.SUMMARY, Intent.DIFFICULTIES, Intent.RANKING, Intent.SILENT})
STRANGE = 0.3  # share of unknown words from which a question by a title may be about something else
BRIEF, LONGEST_BRIEF = 2, 8  # words that are a name of an item by themselves, words with those around them
REPLY_NEEDS = 1.8  # how much clearer a title must be to be meant against the message replied to
ITEM_INTENTS = frozenset({Intent.DETAIL, Intent.HISTORY, Intent.OWNER, Intent.DEADLINE})


class Decider:
    """Reads one message in its situation."""

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
        known: set[int] = set(self.title.tokens) if self.title else set()
        m = self.message
        found: list[Spanned] = [*m.hits, *m.times, *m.mentions, *m.units, *m.pillars]
        for hit in found:
            known.update(range(hit.first, hit.last))
        words = [at for at, t in enumerate(m.tokens) if t.is_word]
        skips = m.views[m.lang].skips if m.lang in m.views else ()
        return [at for at in words if at not in known and not (skips and skips[at])]

    # --- intents ---

    def scores(self) -> dict[Intent, float]:
        """How much speaks for each intent; an intent that nothing speaks for is absent."""
        table: Sequence[tuple[Intent, Callable[[], float]]] = (
            (Intent.SMALLTALK, self._smalltalk),
            (Intent.LANGUAGE, self._language),
            (Intent.UNDO, self._undo),
            (Intent.HELP, self._help),
            (Intent.NONE, self._none),
            (Intent.REMIND, self._remind),
            (Intent.EXTEND, self._extend),
            (Intent.EXPORT, self._export),
            (Intent.DIFFICULTIES, self._difficulties),
            (Intent.RANKING, self._ranking),
            (Intent.SILENT, self._silent),
            (Intent.HISTORY, self._history),
            (Intent.OWNER, self._owner),
            (Intent.DEADLINE, self._deadline),
            (Intent.COUNT, self._count),
            (Intent.LIST, self._list),
            (Intent.UPDATE, self._update),
            (Intent.SUMMARY, self._summary),
            (Intent.DETAIL, self._detail),
        )
        return {intent: score for intent, read in table if (score := read()) > 0}

    def _smalltalk(self) -> float:
        if not self.has("is.smalltalk") or self.figures:
            return 0
        said = self.covered_by("is.smalltalk", "polite", "address", "mine")
        return 90 if said >= self.words and not self.refs else 0

    def _language(self) -> float:
        if self.message.mentions or self.figures:
            return 0
        if not self.has("lang."):
            return 60 if self.has("is.language") and not self.refs and self.strangeness == 0 else 0
        names, verbs = self.message.of("lang."), self.message.of("switch")
        switch = any(abs(v.first - n.last) <= 3 or abs(n.first - v.last) <= 3 for v in verbs for n in names)
        alone = self.words <= 3 and not self.refs and self.strangeness == 0
        return (
            88
            if (switch or alone or self.has("is.language")) and not self.has("format.", "is.none", "topic.none")
            else 0
        )

    def _undo(self) -> float:
        if not self.has("is.undo") or self.figures or self.asks:
            return 0
        if self.has("topic.none") and not self.has("undo.object", "report"):
            return 0
        slight = all(h.last - h.first == 1 for h in self.message.of("is.undo"))
        if (self.title and (self.states or not self.has("undo.object", "report"))) or (
            slight and self.words > 4 and not self.has("undo.object")
        ):
            return 0
        if not self.has("undo.object", "report") and self.strangeness >= STRANGE:
            return 0
        clear = self.has("undo.object") or any(h.words > LEAST_CLEAR for h in self.message.of("is.undo"))
        return 80 if clear or not self.plan_nouns else 0

    def _help(self) -> float:
        clear = not self._named or any(h.words > 1 for h in self.message.of("is.help"))
        if self.message.times or self.message.units:
            clear = clear and self._asks_how_to and not self.has("is.summary")
        told = self.situation.reply_to is not None and not self.asks and self.has("trouble", "cue.difficulty")
        return 68 if self.has("is.help") and clear and not self.outside and not self.figures and not told else 0

    def _none(self) -> float:
        if any(self._final(h) for h in self.message.of("is.none")):
            return 76
        if self._drops:
            return 82
        if self.title and self._named and self.has("is.help") and not self.figures:
            return 69  # how a thing works that a title names
        if not self.outside or self._reports:
            return 0
        listing = (
            self.has("kind.") and self.states and self.has("ask.which", "ask.some", "show", "ask.count", "ask.what")
        )
        return 50 if listing else 60.5

    @property
    def _drops(self) -> bool:
        """Whether the item itself is to go ("NV15 মুছে ফেলুন"), and not what was reported on it."""
        reported = self.has("undo.object", "report") or bool(self.figures) or bool(self.states)
        return self.has("drops") and bool(self.message.mentions) and not reported

    def _final(self, hit: Hit) -> bool:
        """Whether an order to change the plan is meant; a percent makes it a report, unless the goal is named."""
        percent = any(a.kind == amounts.PERCENT for a in self.figures)
        goal = any(hit.first <= k.first < hit.last for k in self.message.of("kind.target"))
        return not percent or goal

    @cached_property
    def _reports(self) -> bool:
        """Whether it reads as a report: figures or a state said of an item, and nothing asked."""
        pointed = bool(self.message.mentions) or self.situation.reply_to is not None
        pointed = pointed or (self.context is not None and any(h.first == 0 for h in self.message.of("it")))
        topics = sum(not self._is_told_of(h) for h in (*self.message.of("topic.none"), *self._elsewhere()))
        named_last = max(self.title.tokens, default=-1) if self.title else -1
        shares = any((a.kind != amounts.BARE or a.counted) and 0 <= named_last < a.first for a in self.figures)
        topic = topics > 0 and not pointed and not (self._named and (topics == 1 or shares))
        item = (bool(self.refs) or self.context is not None) and not topic
        says = bool(self.figures) or any(f"state.{s}" in UPDATE_STATES for s in self.states)
        told = self.has("cue.difficulty", "cue.proposal") and (pointed or self._named)
        return not self.asks and item and (says or told)

    def _is_told_of(self, hit: Hit) -> bool:
        """Whether a topic is only part of a difficulty or a proposal ("khó khăn là trời mưa")."""
        first, last = next(((a, b) for a, b in self.message.clauses() if a <= hit.first < b), (0, 0))
        lacks = first > 0 and any(first <= h.first < last for h in self.message.of("trouble"))
        cues = self.message.of("cue.difficulty", "cue.proposal", "cue.reason")
        return lacks or any(h.last <= hit.first for h in cues)

    def _remind(self) -> float:
        asked = self.has("ask.which", "ask.who", "ask.count", "ask.how") or self._wonders
        told = any(a.kind == amounts.PERCENT for a in self.figures) and not self.message.times
        return 75 if self.has("is.remind") and not asked and not told else 0

    @property
    def _wonders(self) -> bool:
        """Whether it asks whether something is so, and not for something to be done."""
        return self.has("tail.ask") and not self.has("request.tail")

    @property
    def _asks_how_to(self) -> bool:
        """Whether it asks for the way to do a thing here, and not for the thing."""
        return any(h.words >= self.message.least for h in self.message.of("is.help"))

    def _extend(self) -> float:
        if self._asks_how_to:
            return 0
        reasons = min((h.first for h in self.message.of("cue.reason")), default=len(self.message.tokens))
        asks = any(h.first < reasons for h in self.message.of("ask."))
        if not self.has("is.extend") or (asks and not self.has("tail.ask")) or self._wonders:
            return 0
        if self._proposes:
            return 0  # "প্রস্তাব: ফুটেজ ৩০ দিনের বেশি রাখা হোক"
        if not self.message.times and any(a.kind != amounts.BARE for a in self.figures):
            return 0  # "52%. đề nghị cho thêm tổ lưu động"
        if self.has("state.done", "state.blocked") and all(h.words == 1 for h in self.message.of("is.extend")):
            return 0  # "tạm dừng, đề nghị cho ý kiến về phương án di dời máy chủ"
        return 74 if not self.has("is.none") and not self._extends_another else 0

    @property
    def _extends_another(self) -> bool:
        """Whether more is asked for of what is no time ("প্রচার বাড়ানো দরকার", "xin thêm bản quyền"): of a word unknown."""
        m = self.message
        known: list[Spanned] = [*m.hits, *m.mentions, *m.units]
        skips = m.views[m.lang].skips if m.lang in m.views else ()

        def is_strange(at: int) -> bool:
            here = 0 <= at < len(m.tokens) and m.tokens[at].is_word
            return here and not inside(known, at) and not (skips and skips[at])

        asked = m.of("is.extend")
        before = not m.numbers and not self.refs and all(is_strange(h.first - 1) for h in asked)
        after = all(h.words < LEAST_CLEAR and is_strange(h.last) for h in asked)
        return not m.times and (before or after)

    def _export(self) -> float:
        if self.message.mentions and self.figures:
            return 0
        if self.has("format.") and (self.has("is.export", "show") or not self._reports):
            only_calendar = {h.name for h in self.message.of("format.")} == {"format.ics"}
            return 70 if self.has("is.export", "show") or not only_calendar else 45
        if self.has("unit.any", "ask.who") and self.has("ask.which", "ask.who"):
            return 0
        return 64 if self.has("is.export") and self.has("report", "progress") and not self._named else 0

    def _difficulties(self) -> float:
        cue = self.has("is.difficulties", "cue.difficulty", "cue.proposal")
        whose = self.refs or self.context or self.message.units or self.has("unit.any", "kind.", "mine", "it")
        if (not cue and not whose and self.has("topic.none")) or self._tells or self._answers_with_trouble:
            return 0
        if not cue and self.outside and not self.refs and not self.context:
            return 0
        if not cue or self.has("no.difficulty") or not self.has("is.difficulties", "ask.why"):
            return 66 if self.has("ask.why") and not self.figures else 0
        asked = self.has("ask.what", "ask.which", "ask.how", "show", "ask.who", "is.summary") or self._ends_asking
        about = (
            bool(self.message.units or self.message.times or self.has("unit.any"))
            and not self.refs
            and not self.context
        )
        return 66 if (asked or about or self.has("ask.why")) and not self.figures else 0

    def _opens_and_tells(self, cue: Hit) -> bool:
        """Whether a cue opens a later clause that goes on and asks nothing ("…, đề xuất sở chia sẻ bản đồ")."""
        begin, end = next(((a, b) for a, b in self.message.clauses() if a <= cue.first < b), (0, 0))
        words = sum(t.is_word for t in self.message.tokens[cue.last : end])
        asks = any(begin <= h.first < end for h in self.message.of("ask.", "tail.ask", "show"))
        closed = end < len(self.message.tokens) and self.message.tokens[end].text == "?"
        return 0 < begin == cue.first and words >= LEAST_CLEAR and not asks and not closed

    @property
    def _answers_with_trouble(self) -> bool:
        """Whether a reply opens with trouble and goes on telling it ("vướng câu hỏi tiếng dân tộc chưa nhận được")."""
        opens = any(h.first == 0 for h in self.message.of("cue.difficulty"))
        asked = any(t.text == "?" for t in self.message.tokens) or self.has(
            "ask.what", "ask.which", "ask.who", "ask.how"
        )
        return opens and self.situation.reply_to is not None and not asked and self.words > LEAST_CLEAR

    @property
    def _proposes(self) -> bool:
        """Whether all that asks for more time stands in a proposal that a mark opens."""
        tokens = self.message.tokens
        cues = (h.last for h in self.message.of("cue.proposal") if h.last < len(tokens))
        opened = min((at for at in cues if tokens[at].text == ":"), default=len(tokens))
        return all(h.first > opened for h in self.message.of("is.extend"))

    @property
    def _tells(self) -> bool:
        """Whether a cue and a mark open what is told ("NV07: প্রস্তাব — …")."""
        tokens = self.message.tokens
        cues = (h for h in self.message.of("cue.difficulty", "cue.proposal") if h.last < len(tokens))
        later = any(self._opens_and_tells(h) for h in self.message.of("cue.difficulty", "cue.proposal"))
        opened = any(
            ":" in (tokens[h.last].text, tokens[h.first - 1].text if h.first else "") or tokens[h.last].text == "-"
            for h in cues
            if sum(t.is_word for t in tokens[h.last :]) > 1
        )
        return later or (opened and not self._ends_asking)

    @cached_property
    def _ends_asking(self) -> bool:
        said = [at for at, t in enumerate(self.message.tokens, 1) if t.is_word or t.text == "?"]
        last = self.message.tokens[said[-1] - 1].text if said else ""
        asked = max((h.last for h in self.message.of("tail.ask")), default=0)
        told = any(a.first >= asked and a.kind != amounts.BARE for a in self.figures)  # "… xong chưa? 98% nhé"
        return last == "?" or (asked > 0 and not told) or any(h.last == said[-1] for h in self.message.of("ask.what"))

    def _ranking(self) -> float:
        percent = any(a.kind == amounts.PERCENT for a in self.figures)
        if (self.message.mentions and self.figures) or (self.refs and percent) or self._compares:
            return 0
        tokens = self.message.tokens
        slight = all(h.last - h.first == 1 and tokens[h.first].text.isascii() for h in self.message.of("is.ranking"))
        clear = self.words <= LEAST_CLEAR or self.has("unit.any", "most", "ask.who", "ask.which", "show", "kind.")
        if self.has("is.ranking") and (clear or not slight):
            return 65
        if self.has("most") and self.has("unit.any", "ask.who") and self.states:
            return 64
        if self.has("most") and self.has("unit.any") and not self.has("ask.count"):
            return 56
        all_units = self.has("unit.any", "ask.who", "is.owner") and not self.message.mentions
        return 64 if all_units and self.has("is.best", "is.worst") and not self.outside else 0

    @property
    def _compares(self) -> bool:
        """Whether units that are named are to be compared."""
        return len({h.name for h in self.message.units}) > 1 and self.has("compare")

    def _silent(self) -> float:
        whether = (
            self.has("report") and self._ends_asking and not self._asks_what and not self.has("kind.", "is.history")
        )
        if self.message.units and whether and not self.refs and not self.figures:
            return 63
        if not self.has("is.silent") or self._named or self.figures or self.has("kind."):
            return 0
        whose = self.message.units or self.has("unit.any", "mine")
        if not whose and not self.asks and self.has("cue.reason", "trouble"):
            return 0
        return 63 if self.message.units or self.has("ask.who", "unit.any", "report", "mine") else 0

    @property
    def _asks_what(self) -> bool:
        """Whether a word asks for things, and does not only close the message ("… দিয়েছে কি")."""
        tails = {h.first for h in self.message.of("tail.ask")}
        return any(h.first not in tails for h in self.message.of("ask.what", "ask.which"))

    def _history(self) -> float:
        if not self.has("is.history") or self.figures:
            return 0
        if any(f"state.{s}" in UPDATE_STATES for s in self.states) and not self.asks and not self.has("show"):
            return 20  # "রেকর্ডের কাজ স্থগিত"
        return 62 if self.refs or self.context or self.message.units or self.has("mine") else 20

    def _owner(self) -> float:
        if self.figures or not (self.refs or self.context):
            return 0
        if self.outside and not self._named:
            return 0
        if self.has("is.owner"):
            return 61
        plain = self.has("ask.who") and self.refs and not self.states and self.strangeness < STRANGE
        return 51 if plain else 0

    def _deadline(self) -> float:
        if self.figures or not (self.refs or self.context):
            return 0
        if self.has("ask.what", "ask.which") and not self._named and self.message.times:
            return 0  # "আগামী সপ্তাহে কী কী জমা দেওয়ার শেষ দিন?" names no item
        if self.has("is.deadline"):
            return 60
        if self.has("ask.when") and self.refs and self.refs[0].code and not self.has("kind."):
            return 55
        plain = not set(self.states) - {"due"} and not self.has("is.extend") and self.words < 9
        return 60 if self.has("due.noun") and (self.asks or plain) and not self.has("kind.") else 0

    def _count(self) -> float:
        amount = self.has("ask.amount") and (bool(self.refs) or not self.has("kind."))
        if not self._counts or self._named or amount:
            return 0
        if self.has("kind.") or self.states or self.context_list:
            return 58
        return 0

    @property
    def _counts(self) -> bool:
        """Whether a number is asked for; "mấy" at the start of a message only means several."""
        some = [h for h in self.message.of("ask.some") if (h.first > 0 and not self.has("show")) or self._closed]
        some = [] if self.has("ask.which") else some
        return self.has("ask.count") or bool(some) or (self.has("ask.amount") and self.has("kind."))

    @property
    def _closed(self) -> bool:
        """Whether the message ends like "… rồi" (already), which "several" would not."""
        return any(h.last == len(self.message.tokens) for h in self.message.of("tail.already"))

    @cached_property
    def _named(self) -> bool:
        """Whether the message names an item so clearly that it is about it, whatever else it asks."""
        return any(r.source == "code" or r.weight >= REPLY_NEEDS * self._common_weight for r in self.refs)

    @cached_property
    def context_list(self) -> bool:
        previous = self.situation.previous
        return previous is not None and previous.intent in (Intent.LIST, Intent.COUNT)

    def _list(self) -> float:
        about = bool(self.states) or self.plan_nouns or bool(self.message.units) or self.has("mine")
        if not about or (self._reports and not (self.has("show") and not self.figures)):
            return 0
        asked = self.has("ask.which", "ask.what", "ask.some", "show", "tail.ask")
        if (
            self._named
            and self.has("ask.how", "progress")
            and not self.has("ask.which", "ask.some")
            and not self.states
        ):
            return 0
        if self.has("it") and self.context and not self.has("ask.which", "kind.", "mine", "unit.any"):
            return 0
        if any(h.first == 0 for h in self.message.of("it")) and self.context and not self.asks and not self.has("show"):
            return 0
        several = self.has("ask.which") or (self.has("kind.") and (self.states or self.message.units or self.asks))
        if self.refs and (self.refs[0].source == "code" or (self._named and not several)):
            return 0
        if self.refs and self.has("tail.ask") and not self.has("kind.", "ask.which", "ask.what"):
            return 0
        if self.refs and self._asks_whether and not self.has("kind.", "ask.which"):
            return 0
        how = self.has("ask.how", "ask.amount") and not self.has("ask.which", "show")
        if how and (self._named or not self.states):
            return 0
        if self.has("is.summary") and not self.has("kind.", "ask.which"):
            return 0
        whose = bool(self.message.units) or bool(self.message.pillars) or self.has("mine")
        noun = self.has("kind.") and (bool(self.states) or whose or (self.has("overall") and not self.refs))
        return 55 if asked and (self.plan_nouns or self.states or self.has("ask.what")) else 51 if noun else 0

    @property
    def _asks_whether(self) -> bool:
        """Whether "what" stands right before a state: then it asks whether it is so ("SOC ki sesh?")."""
        states = {h.first for h in self.message.of("state.")}
        return any(h.last in states for h in self.message.of("ask.what"))

    def _update(self) -> float:
        asks = self._ends_asking or self.has("ask.which", "ask.how", "ask.who", "ask.when", "ask.amount", "ask.count")
        if asks and not self._reports_in_a_clause:
            return 0
        percent = any(a.kind == amounts.PERCENT for a in self.figures)
        lacking = self.message.of("trouble")  # "deyni" sounds like "den"
        shows = any(not inside(lacking, h.first) and not self._looks_after(h) for h in self.message.of("show"))
        if (self.asks and not self.figures) or (shows and not percent):
            return 0
        if self.has("kind.") and not self._named and not percent and self.message.units:
            return 0
        says = any(self._is_amount(a) for a in self.figures) or any(f"state.{s}" in UPDATE_STATES for s in self.states)
        says = says or (self.has("cue.difficulty", "cue.proposal") and bool(self.refs or self.context))
        says = says or (self.situation.reply_to is not None and self.has("wish") and self.words > LEAST_CLEAR - 1)
        known = self.refs or self.context
        if not says:
            return 61 if self._complains else 0
        work = any(h.last == d.first for h in self.message.of("kind.task") for d in self.message.of("state.done"))
        if work and not known and not self.asks and self.words > 2:
            return 53  # "kaj shesh kore dilam"
        whole = self.states and not self.asks and (not self.plan_nouns or self.has("mine", "trouble"))
        return 59 if known else 53 if percent or whole else 0

    def _looks_after(self, hit: Hit) -> bool:
        """Whether somebody is only asked to look at what was reported before ("… sesh, apnara dekhe jaben")."""
        begin = next((a for a, b in self.message.clauses() if a <= hit.first < b), 0)
        named = self.title.tokens if self.title else [m.first for m in self.message.mentions]
        told = any(h.last <= begin for h in self.message.of("state.done"))
        return told and not self.asks and any(at < begin for at in named)

    @property
    def _reports_in_a_clause(self) -> bool:
        """Whether a clause names an item by its code, tells its percent and asks nothing ("sao xong, NV04 mới 47%")."""
        asking = self.message.of("ask.", "tail.ask")
        for first, last in self.message.clauses():
            coded = any(first <= m.first < last for m in self.message.mentions)
            told = any(first <= a.first < last and a.kind == amounts.PERCENT for a in self.figures)
            closed = last < len(self.message.tokens) and self.message.tokens[last].text == "?"
            if coded and told and not closed and not any(first <= h.first < last for h in asking):
                return True
        return False

    @property
    def _complains(self) -> bool:
        """Whether it names an item and tells of trouble, asking nothing."""
        tokens = self.message.tokens
        clear = any(h.words > 1 or not tokens[h.first].text.isascii() for h in self.message.of("trouble"))
        firm = self._named or any(r.firm and r.code and len(r.tokens) > 1 for r in self.refs)
        named = bool(self.message.mentions) or self.situation.reply_to is not None or (firm and clear)
        wished = {h.first for h in self.message.of("wish")}
        shows = any(h.first not in wished for h in self.message.of("show"))
        least = 2 if self.situation.reply_to else 3
        told = (self.has("trouble") or bool(self.message.denied)) and self.words > least and not shows
        pointed = any(h.first == 0 for h in self.message.of("it"))
        return named and not self.asks and told and (pointed or not self.has("kind."))

    def _is_amount(self, amount: Amount) -> bool:
        """A count of something else ("mở 3 lớp") says nothing of a task."""
        if amount.kind != amounts.BARE or not amount.counted:
            return True
        items = [self.names.item.get(r.code or "") for r in (self.refs or ([self.context] if self.context else []))]
        return not items or any(i is None or i.is_target for i in items)

    def _summary(self) -> float:
        if self.has("kind.") and set(self.states) - {"done", "on_track"} and not self.has("ask.how"):
            return 0
        if self._named or (self.situation.reply_to and self.has("ask.how") and not self._asks_of_all):
            return 0
        if self._compares:
            return 58
        if self.has("is.summary") or (not self.refs and self.has("progress", "overall") and self.has("ask.how")):
            return 52
        whose = bool(self.message.units) or bool(self.message.pillars) or self.has("mine")
        if any(a.kind == amounts.PERCENT for a in self.figures):
            return 0
        how = self.has("ask.how") or (self.situation.previous is None and self.has("follow") and not self.refs)
        return 50.5 if whose and how and not set(self.states) - {"done"} else 0

    @property
    def _asks_progress(self) -> bool:
        """Whether the question is one that can be asked of an item."""
        marked = any(t.text == "?" for t in self.message.tokens)
        return marked or self.has("ask.how", "ask.amount", "tail.ask", "ask.count", "ask.when")

    def _detail(self) -> float:
        if not (self.refs or self.context):
            return 0
        looks = self.has("show", "progress", "is.summary") or (self.asks if self._named else self._asks_progress)
        if looks and self._asks_of_something_else:
            return 10
        pointed = bool(self.message.mentions) or self._is_brief
        bare = pointed and self.words < 5 and not self.figures and not self.states
        if self.refs:
            return 50 if looks else 45 if bare else 10
        return 40 if self.asks else 10

    @property
    def _asks_of_something_else(self) -> bool:
        """Whether words of a title stand in a question about another thing ("trạm 5G có hại sức khỏe không")."""
        if self.message.mentions or self.has(
            "ask.how", "progress", "show", "is.summary", "state.", "report", "percent"
        ):
            return False
        return len(self._strange) > 1

    # --- acts ---

    @cached_property
    def ranked(self) -> list[tuple[Intent, float]]:
        """The intents that something speaks for, the likeliest first."""
        return sorted(self.scores().items(), key=lambda pair: -pair[1])

    @property
    def is_mixed(self) -> bool:
        """Whether two different things may be wanted, so that the message is worth cutting in two."""
        strong = {intent for intent, score in self.ranked if score >= STANDS_ALONE and intent in JOINED}
        cues = {h.name.partition(".")[2] for h in self.message.of("is.") if h.name not in ("is.smalltalk", "is.none")}
        asks = self.has("ask.which") + self.has("ask.who", "is.silent") + self.has("ask.how", "ask.when", "ask.amount")
        asks += bool(cues & {"language", "remind", "extend"})
        return len(strong) > 1 or asks > 1

    def alone(self) -> list[Act]:
        """The acts of a part of a message that says clearly enough by itself what it wants; empty where it does not."""
        if not self.ranked or self.ranked[0][1] < STANDS_ALONE or self.ranked[0][0] not in JOINED:
            return []
        if self.ranked[0][0] in ASKED and not self.asks and not self.has("show"):
            return []
        acts = list(self.understood().acts)
        unmeant = acts[0].intent is Intent.REMIND and not acts[0].slots  # "răng mà nhắc hoài rứa"
        return [] if unmeant else acts

    def understood(self) -> Understood:
        scores = dict(self.ranked)
        follow = self._follow(self.ranked[0][0] if self.ranked else None, scores)
        if follow is not None:
            return Understood(self.message.lang, (follow,), partial(self.why, "follow-up"))
        intent = self.ranked[0][0] if self.ranked and self.ranked[0][1] >= HEARD else Intent.NONE
        acts = tuple(self._acts(intent))
        return Understood(self.message.lang, acts, partial(self.why, str(intent), acts))

    def why(self, rule: str = "part", acts: Sequence[Act] = ()) -> tuple[str, ...]:
        """Lines for a maintainer: the rule, what is in doubt, the runner-up, what was found where."""
        lines = [f"rule: {rule}", *(f"asks because of: {', '.join(a.doubts)}" for a in acts if a.doubts)]
        lines += ["scores: " + ", ".join(f"{intent} {score:g}" for intent, score in self.ranked[:3])]
        lines.append(f"unknown words: {self.strangeness:.0%}")
        lines += [f"{h.name} [{self.message.cut(h.first, h.last)}] {h.lang}" for h in self.message.hits]
        lines += [f"time {t.value} [{self.message.cut(t.first, t.last)}]" for t in self.message.times]
        lines += [f"item {r.code or r.candidates} ({r.source} {r.weight:.1f})" for r in self.refs]
        return tuple(lines)

    def _follow(self, best: Intent | None, scores: Mapping[Intent, float]) -> Act | None:
        previous = self.situation.previous
        if previous is not None and self._turns_to_a_unit(previous):
            return Act(Intent.SUMMARY, self._filters(Intent.SUMMARY))
        if previous is not None and previous.intent is Intent.UPDATE and "candidates" in previous.slots:
            return self._chosen(previous)
        again = not scores or (best is Intent.REMIND and not self.refs)
        if previous is not None and previous.intent in (Intent.REMIND, Intent.EXTEND) and again:
            return self._at_another_time(previous)
        if previous is None or previous.intent not in FOLLOWING or self.message.strangers:
            return None
        again = best is previous.intent and best not in (Intent.LIST, *ITEM_INTENTS)
        if again and any(h.first == 0 for h in self.message.of("more", "follow")):
            return Act(previous.intent, {**previous.slots, **self._filters(previous.intent)})
        elliptic = best is Intent.UPDATE and self.has("follow", "more") and not self.refs and not self.figures
        if best is not None and scores[best] > 50 and not elliptic and (best is not Intent.LIST or self._is_whole):
            return None
        if previous.intent is Intent.RANKING and self.message.units:
            return Act(Intent.SUMMARY, self._filters(Intent.SUMMARY))
        if previous.intent is Intent.COUNT and self.has("show", "ask.which") and not self.refs and not self.outside:
            return Act(Intent.LIST, {**previous.slots, **self._filters(Intent.LIST)})
        slots = self._filters(previous.intent)
        if self.refs and previous.intent in ITEM_INTENTS and self.refs[0].code:
            slots["item"] = self.refs[0].code
        if not slots or self.outside:
            return None
        merged = {k: v for k, v in previous.slots.items() if not (k == "mine" and "unit" in slots)}
        return Act(previous.intent, {**merged, **slots})

    def _at_another_time(self, previous: Act) -> Act | None:
        """The reminder or the later deadline asked for before, at the time that is all that is said now."""
        if not self.message.times or self.message.strangers or self.outside:
            return None
        code = previous.slots.get("item")
        act = self._act(previous.intent, Ref(code) if code else None)
        said = act.slots.keys() & {"date", "time", "in_minutes"}
        if not said:
            return None
        old = {"date", "time"} if "in_minutes" in said else {"in_minutes"}
        slots = {name: value for name, value in previous.slots.items() if name not in old}
        return replace(act, slots={**slots, **act.slots})

    def _chosen(self, previous: Act) -> Act | None:
        """The report whose item was asked about, of the one of its candidates that is named now, and no more said."""
        code = self.refs[0].code if len(self.refs) == 1 else None
        if code not in previous.slots["candidates"] or self.asks or self.figures or self.states or self.outside:
            return None
        slots = {name: value for name, value in previous.slots.items() if name != "candidates"}
        return Act(Intent.UPDATE, {"item": code, **slots})

    def _turns_to_a_unit(self, previous: Act) -> bool:
        """Whether only a unit is asked about after an item ("còn Sở Y tế?"): it has no such question, but a summary."""
        about_item = previous.intent in (Intent.UPDATE, Intent.DETAIL, Intent.OWNER, Intent.DEADLINE)
        whole = self.has("kind.", "ask.what", "ask.which", "ask.who", "ask.count", "ask.amount") or self.states
        elliptic = self.has("follow", "more") and not whole and not self.refs and not self.message.numbers
        return about_item and elliptic and bool(self.message.units) and not self.outside

    @property
    def _is_whole(self) -> bool:
        """Whether a question for items says all of itself: what is asked, and how the items stand."""
        if not self.has("follow", "more"):
            return True
        opens = any(h.first == 0 for h in self.message.of("more"))
        return bool(self.states) and self.has("ask.which", "ask.what", "ask.some") and not opens

    def _acts(self, intent: Intent) -> list[Act]:
        if intent is Intent.UPDATE:
            return self._updates()
        if intent in ITEM_INTENTS and len(self.refs) > 1:
            return [self._act(intent, ref) for ref in self.refs]
        if intent is Intent.SUMMARY and self._compares:
            filters = self._filters(intent)
            codes = filters.pop("candidates")
            return [Act(intent, {**filters, "unit": code}) for code in codes]
        return [self._act(intent, self._ref_for(intent))]

    @property
    def _asks_of_all(self) -> bool:
        """Whether a question is about units or a period, and not about the item that was spoken of."""
        return bool(self.message.units or self.message.times) or self.has("unit.any", "ask.who", "mine", "overall")

    def _ref_for(self, intent: Intent) -> Ref | None:
        clear = self._named or (self.refs and self.refs[0].code and not self.message.units)
        if self.refs and (intent is not Intent.DIFFICULTIES or clear):
            return self.refs[0]
        replied = self.situation.reply_to is not None and not self.message.units
        if intent is Intent.DIFFICULTIES and (replied or not self._asks_of_all):
            return self.context
        needs = intent in ITEM_INTENTS or intent in (Intent.EXTEND, Intent.REMIND)
        if intent is Intent.HISTORY and (self.message.units or self.has("mine")):
            return None
        return self.context if needs else None

    def _act(self, intent: Intent, ref: Ref | None) -> Act:
        slots: dict[str, Any] = {}
        sure = True
        if ref and intent in (*ITEM_INTENTS, Intent.EXTEND, Intent.REMIND, Intent.DIFFICULTIES):
            slots.update(_item_slots(ref))
            sure = ref.code is not None and (ref.firm or intent not in ACTIONS)
        if intent is Intent.EXTEND:
            return self._extension(slots, sure)
        if intent is Intent.REMIND:
            return self._reminder(slots, sure)
        if intent is Intent.LANGUAGE:
            slots.update(self._lang())
            sure = "lang" in slots
        if intent is Intent.EXPORT and self.has("format."):
            slots["format"] = self._format
        filters = self._filters(intent)
        if intent is Intent.COUNT and self.context_list and not self.has("kind.") and self.situation.previous:
            filters = {**self.situation.previous.slots, **filters}
        if intent is Intent.EXPORT and (previous := self.situation.previous) and self._only_changes_the_form:
            filters = {k: v for k, v in previous.slots.items() if k in _SLOTS[intent]} | filters
        if "candidates" in filters:
            sure = False
        if intent is Intent.UNDO and self.refs and not self.has("undo.object", "report"):
            sure = False
        if intent is Intent.UNDO and self.has("hedge.strong") and self.has("undo.object", "report"):
            sure = False
        return Act(intent, {**slots, **filters}, sure)

    @property
    def _format(self) -> str:
        """The form of the file that is wanted: the first said, but for one that is taken back ("pdf না, excel")."""
        said = self.message.of("format.")
        taken = {at for h in self.message.of("correct") for at in (h.first - 1, h.first)}
        return next((h for h in said if h.last not in taken and h.last - 1 not in taken), said[0]).name[7:]

    @property
    def _only_changes_the_form(self) -> bool:
        """Whether what was spoken of before is wanted as a file ("word e o den", "đổi sang pdf nhé")."""
        own = self.refs or self.message.units or self.message.pillars or self.message.times
        return self.has("it", "more") or not (own or self.has("kind.", "report", "overall", "unit.any", "state."))

    def _lang(self) -> dict[str, Any]:
        """The language wanted: of several the one right before a word for speaking, else the last."""
        named = self.message.of("lang.")
        verbs = self.message.of("switch")
        asked = [n for n in named if any(0 <= v.first - n.last <= 1 for v in verbs)] or named[-1:]
        return {"lang": asked[0].name[5:]} if asked else {}

    def _filters(self, intent: Intent) -> dict[str, Any]:
        """The slots of a question: which items, whose, when."""
        wants = _SLOTS.get(intent, ())
        slots: dict[str, Any] = {}
        if "kind" in wants:
            slots.update(self._kind())
        if "state" in wants and (state := self._state()):
            slots["state"] = state
        if "unit" in wants:
            slots.update(self._unit())
        if "pillar" in wants and self.message.pillars:
            slots["pillar"] = self.message.pillars[0].name[7:]
        if "period" in wants and (period := self._period(intent, slots)):
            slots["period"] = period.as_json()
        if "order" in wants and (order := self._order()):
            slots["order"] = order
        return slots

    def _order(self) -> str | None:
        """Who leads or lags: by a word for it, or by a state with "most"."""
        if self.has("is.worst"):
            return "worst"
        if self.has("is.best"):
            return "best"
        bad = set(self.states) & {"behind", "overdue", "not_done", "at_risk", "blocked"}
        return ("worst" if bad else "best") if self.has("most") and self.states else None

    def _kind(self) -> dict[str, Any]:
        kinds = {h.name for h in self.message.of("kind.target", "kind.task")}
        return {"kind": kinds.pop()[5:]} if len(kinds) == 1 and not self.has("kind.any") else {}

    def _state(self) -> str | None:
        found = [s for s in LIST_STATES if s in self.states]
        ahead = [t for t in self._dates() if _last_day(t.value) >= self.situation.today]
        if {"due", "overdue"} <= set(found) and ahead:
            found.remove("overdue")
        if "due" in found and len(found) > 1 and not self.message.times:
            found.remove("due")
        return found[0] if found else self._implied_state()

    def _implied_state(self) -> str | None:
        """The state that a question about items implies: the slowest are behind, those without a report are stale."""
        if not self.has("kind."):
            return None
        return "behind" if self.has("is.worst") else "stale" if self.has("is.silent") else None

    def _unit(self) -> dict[str, Any]:
        codes = list(dict.fromkeys(h.name[5:] for h in self.message.units))
        if len(codes) == 1:
            return {"unit": codes[0]}
        if codes:
            return {"candidates": codes}
        return {"mine": True} if self.has("mine") else {}

    def _period(self, intent: Intent, slots: Mapping[str, Any]) -> Period | None:
        direction = NEXT if slots.get("state") == "due" else LAST if intent is Intent.HISTORY else 0
        for hit in self._dates():
            if isinstance(hit.value, Period):
                return hit.value.toward(direction, self.situation.today)
            if isinstance(hit.value, Day):
                day = hit.value.toward(direction)
                ahead = hit.role in ("in", "until") and slots.get("state") == "due"
                return Period(self.situation.today if ahead else day, day)
        return None

    def _dates(self) -> list[TimeHit]:
        """The times of the clauses that ask, periods before days; a clause of mere circumstance has none that count."""
        times = [t for t in self.message.times if isinstance(t.value, (Day, Period))]
        spans = list(self.message.clauses())
        asking = self.message.of("kind.", "state.", "ask.", "report", "progress", "is.", "follow", "more", "format.")
        if len(spans) > 1 and len(asking) > 0:
            busy = [(a, b) for a, b in spans if any(a <= h.first < b for h in asking)]
            busy += [(a, b) for a, b in spans if any(t.first <= a and b <= t.last for t in times)]  # "…, ei maser"
            times = [t for t in times if any(a <= t.first < b for a, b in busy)]
        return sorted(times, key=lambda t: not isinstance(t.value, Period))

    def _extension(self, slots: dict[str, Any], sure: bool) -> Act:
        day = self._new_date(slots.get("item"))
        if day is not None:
            slots["date"] = day.isoformat()
        reason = freetext.reason(self.message, self.title.tokens if self.title else ())
        if reason:
            slots["reason"] = reason.text
        ahead = day is not None and day > self.situation.today
        guessed = self._is_guessed([reason] if reason else [])
        return Act(Intent.EXTEND, slots, sure and ahead and "item" in slots and not guessed)

    def _is_guessed(self, told: Sequence[Spanned]) -> bool:
        """Whether a date is only guessed: by a strong word outside what is told, or by a weak one right before it."""
        weak = [h for h in self.message.of("hedge") if any(0 <= t.first - h.last <= 1 for t in self.message.times)]
        return bool(weak) or any(not inside(told, h.first) for h in self.message.of("hedge.strong"))

    def _new_date(self, code: str | None) -> Any:
        for hit in reversed(self.message.times):
            value = hit.value
            if isinstance(value, Day):
                return value.toward(NEXT)
            if isinstance(value, Period):
                return middle_or_end(value.toward(NEXT, self.situation.today))
            if isinstance(value, Span) and code:
                return freetext.later(self.names.item[code].approved_due, value) if code in self.names.item else None
        return None

    def _reminder(self, slots: dict[str, Any], sure: bool) -> Act:
        timed = False
        for hit in freetext.last_said(self.message):
            value = hit.value
            if isinstance(value, Day):
                slots["date"] = value.toward(NEXT).isoformat()
            elif isinstance(value, Clock):
                slots["time"], timed = self._clock(value).as_text(), True
            elif isinstance(value, Span):
                slots["in_minutes"], timed = value.minutes, True
            elif isinstance(value, Period):
                slots["date"] = value.toward(NEXT, self.situation.today).first.isoformat()
        return Act(Intent.REMIND, slots, sure and timed and "item" in slots and not self.has("hedge.strong"))

    def _clock(self, clock: Clock) -> Clock:
        """A clock time in the part of the day that is said; without one, small hours are the afternoon's."""
        if clock.fixed:
            return clock
        part = next((h.name[5:] for h in self.message.of("part.")), None)
        if part is None:
            return Clock(clock.minutes + NOON) if clock.minutes < SMALL_HOURS else clock
        return Clock(in_part(clock.minutes, part), True)

    # --- updates ---

    def _updates(self) -> list[Act]:
        reader = ReportReader(self.message, self.situation, self.names, self.refs, self.context, self.figures)
        acts = reader.acts()
        replied = self.situation.reply_to
        other = self.title is not None and replied is not None and self.title.code != replied
        named = set(self.title.tokens) if self.title else set()
        topics = [h for h in self._topics() if not set(range(h.first, h.last)) <= named]
        slight = self.title is not None and not self._named
        plain = any(a.slots.keys() & {"percent", "value", "state"} for a in acts)
        if (
            (slight and not plain)
            or other
            or (self.title and any(not _is_told(self.message.cut(h.first, h.last), acts) for h in topics))
        ):
            acts = [replace(a, sure=False, doubts=[*a.doubts, "another item or topic"]) for a in acts]
        tells = any(a.slots.keys() - {"item", "candidates"} for a in acts)
        return acts if tells or self.message.mentions or not (topics or self.title) else [Act(Intent.NONE)]


_QUESTION = ("kind", "state", "unit", "pillar", "period")
_SLOTS: Mapping[Intent, Sequence[str]] = {
    Intent.LIST: _QUESTION,
    Intent.COUNT: _QUESTION,
    Intent.SUMMARY: ("unit", "pillar", "period"),
    Intent.HISTORY: ("unit", "period"),
    Intent.SILENT: ("unit", "period"),
    Intent.RANKING: ("order", "kind", "period"),
    Intent.DIFFICULTIES: ("unit", "period"),
    Intent.EXPORT: ("unit", "period"),
}


def _is_told(words: str, acts: Sequence[Act]) -> bool:
    """Whether words are part of a difficulty or a proposal."""
    return any(words in str(act.slots.get(slot, "")) for act in acts for slot in ("difficulty", "proposal"))


def _last_day(value: object) -> date:
    if isinstance(value, Day):
        return value.day
    return value.last if isinstance(value, Period) else date.min


def _item_slots(ref: Ref) -> dict[str, Any]:
    return {"item": ref.code} if ref.code else {"candidates": list(ref.candidates)}
