"""Progress reports: which part of a message is about which item, and what it says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from bot.language import amounts, doubts, freetext
from bot.language.amounts import Amount
from bot.language.message import Mention, Message
from bot.language.names import Names
from bot.language.phrases import Hit, Spanned, inside
from bot.language.refs import Ref, by_title
from bot.language.text import MOST_TOKENS
from bot.language.times import LAST, Day, Period, TimeHit
from bot.rules.acts import Act, Intent, Situation
from bot.rules.plan import Item

UPDATE_STATES = {
    "state.done": "done",
    "state.in_progress": "in_progress",
    "state.blocked": "blocked",
    "state.not_started": "not_started",
    "state.nearly": "in_progress",
    "state.not_done": "in_progress",
}
DOUBTFUL_STATES = frozenset({"state.nearly", "state.not_done"})
PIECE = 3  # tokens after what is done that may tell that it is only a piece
LEFT_OVER = 2  # words side by side that nothing accounts for, from which a clerk would ask
RECENT = timedelta(days=31)  # how far back a bare day may lie
PROMISE = 6  # tokens between a word for what is to come and the figure that is promised
UNSAID = ("future", "if", "state.at_risk", "under")  # before a state, and after it: it is not so
UNDONE = ("future", "state.at_risk", "under.after", "cue.proposal")
FEARED = ("hedge", *UNSAID, *UNDONE)
STRENGTH = ("state.blocked", "state.not_started", "state.nearly", "state.not_done", "state.done", "state.in_progress")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the message that reports on one item."""

    ref: Ref | None
    first: int
    last: int


class ReportReader:
    """Reads the reports in one message."""

    def __init__(
        self,
        message: Message,
        situation: Situation,
        names: Names,
        refs: Sequence[Ref],
        context: Ref | None,
        said: Sequence[Amount],
    ) -> None:
        self.message, self.situation, self.names = message, situation, names
        self.refs, self.context = refs, context
        self.said = amounts.corrected(message, said)
        self.is_as_said = len(self.said) == len(said)  # nothing has been put right already

    def acts(self) -> list[Act]:
        """One act for each item that is reported on, in the order said."""
        acts: list[Act] = []
        waiting: list[Ref | None] = []
        for part in self._parts():
            slots, doubted = self._said_in(part)
            if not slots:
                waiting.append(part.ref)
                continue
            acts += [self._act(ref, *self._said_in(Part(ref, part.first, part.last))) for ref in waiting]
            acts.append(self._act(part.ref, slots, doubted))
            waiting = []
        return acts or [self._act(self._only_ref(), {}, ["nothing told"])]

    def _only_ref(self) -> Ref | None:
        return self.refs[0] if self.refs else self.context

    def _act(self, ref: Ref | None, slots: dict[str, Any], doubted: Sequence[str]) -> Act:
        named: dict[str, Any] = {}
        if ref is not None:
            named = {"item": ref.code} if ref.code else {"candidates": list(ref.candidates)}
        found = list(doubted)
        if ref is None or ref.code is None or not ref.firm:
            found.append("item")
        elif self._is_loose(ref, slots):
            found.append("item of the talk before")
        return Act(Intent.UPDATE, {**named, **slots}, not found, tuple(found))

    def _is_loose(self, ref: Ref, slots: dict[str, Any]) -> bool:
        """Whether a bare word ("xong hết rồi") is tied to an item only by what was talked about before."""
        bare = "state" in slots and not slots.keys() & {"percent", "value"}
        return bare and ref.source == "previous" and not self.message.has("it")

    def _parts(self) -> list[Part]:
        size = len(self.message.tokens)
        mentions = self._meant()
        if not mentions:
            return self._titled() or [Part(self._only_ref(), 0, size)]
        lead = mentions[0].first if self._before(mentions[0].first) else 0
        starts = [lead, *(m.first for m in mentions[1:])]
        ends = [*starts[1:], size]
        if len(mentions) > 1 and self._figures_first():
            ends = [*(m.last for m in mentions[:-1]), size]
            starts = [lead, *ends[:-1]]
        if len(mentions) > 1 and self._said_before_all(mentions):
            apart = [h.first for h in self.message.of("more", "left") if h.first > mentions[0].first]
            end = min(apart, default=size)  # "xong NV11 với NV29, còn NV10 chưa đâu"
            named = [Part(Ref(m.code), 0, mentions[0].first) for m in mentions if m.first < end]
            return [*named, *(Part(Ref(m.code), m.first, size) for m in mentions if m.first >= end)]
        parts = [Part(Ref(m.code), a, b) for m, a, b in zip(mentions, starts, ends, strict=True)]
        if lead:
            return [*self._before(lead), *parts]
        return self._with_titles(mentions, parts)

    def _with_titles(self, mentions: Sequence[Mention], parts: Sequence[Part]) -> list[Part]:
        """The parts of codes, and beside them those of items named by their titles ("… 188 dịch vụ công, CT02 74%")."""
        codes = {m.code for m in mentions}
        found = self._titled_clauses(mentions)
        beside = [p for p in found if p.ref and p.ref.firm and p.ref.code not in codes and self._is_told_plainly(p)]
        if not beside:
            return list(parts)
        own = [replace(p, first=m.first) if p.first < m.first else p for p, m in zip(parts, mentions, strict=True)]
        found = sorted([*own, *beside], key=lambda p: p.first)
        ends = [*(p.first for p in found[1:]), len(self.message.tokens)]
        return [replace(p, last=min(p.last, end)) for p, end in zip(found, ends, strict=True)]

    def _is_told_plainly(self, part: Part) -> bool:
        """Whether a clause with a title has a figure in digits, or is little more than the title and a state."""
        spelled = {n.first for n in self.message.numbers if n.words}
        if any(inside([part], a.first) and a.first not in spelled for a in self.said):
            return True
        heard = {at for h in self.message.hits for at in range(h.first, h.last)}
        titled = set(part.ref.tokens if part.ref else ()) - heard  # "কাজ পুরো বন্ধ" names nothing
        known = titled | {at for h in self.message.of("state.", "splitter", "polite") for at in range(h.first, h.last)}
        if not titled:
            return False
        rest = (at for at in range(part.first, part.last) if self.message.tokens[at].is_word and at not in known)
        return next(rest, None) is None

    def _said_before_all(self, mentions: Sequence[Mention]) -> bool:
        """Whether what is told of all items stands before the first ("আমার কাজ দুইটাই শেষ: NV10, NV11")."""
        first, size = mentions[0].first, len(self.message.tokens)
        apart = min((h.first for h in self.message.of("more", "left") if h.first > first), default=size)
        return bool(self._states(0, first)) and not self._states(first, apart) and not self.said

    def _meant(self) -> list[Mention]:
        """The codes named, without one taken back ("CT14, à quên, CT15")."""
        kept = [
            m for at, m in enumerate(self.message.mentions) if not at or m.code != self.message.mentions[at - 1].code
        ]
        for before, after in zip(self.message.mentions, self.message.mentions[1:], strict=False):
            between = [h for h in self.message.of("correct") if before.last <= h.first and h.last <= after.first]
            said = [a for a in self.said if before.last <= a.first < after.first]
            told = bool(said) or bool(self._states(before.last, after.first))
            if before in kept and (any(after.first - h.last <= 1 for h in between) if told else between):
                kept.remove(before)
            denied = any(h.last == before.first for h in self.message.of("correct"))
            if denied and before in kept and not said:
                kept.remove(before)  # "không phải NV06 mà NV07 mới 50%"
        return self._renamed(kept)

    def _renamed(self, kept: list[Mention]) -> list[Mention]:
        """The codes, where the last one only takes another's place ("NV10 58%. Không phải NV10, NV22 chứ")."""
        if len(kept) != 2 or any(a.first >= kept[1].last for a in self.said) or self._states(kept[1].last, MOST_TOKENS):
            return kept
        told = [a for a in self.said if kept[0].last <= a.first < kept[1].first]
        cues = [h for h in self.message.of("correct") if told and told[-1].last <= h.first < kept[1].first]
        return [replace(kept[0], code=kept[1].code)] if cues else kept

    def _before(self, first: int) -> list[Part]:
        """What is said of the item replied to before the first code ("việc này vẫn 70%. Còn NV16 lên 20%")."""
        told = any(a.first < first for a in self.said) and any(a.first > first for a in self.said)
        pointed = any(h.first < first for h in self.message.of("it"))
        told = told or (pointed and bool(self._states(0, first)) and any(a.first > first for a in self.said))
        pointed = pointed or self.situation.reply_to is not None
        if self.context is None or not told or not pointed:
            return []
        return [Part(self.context, 0, first)]

    def _figures_first(self) -> bool:
        """ "70% NV20, 80% NV21": every code stands after its figure."""
        first, last = self._meant()[0], self._meant()[-1]
        return any(a.last <= first.first for a in self.said) and not any(a.first >= last.last for a in self.said)

    def _titled(self) -> list[Part]:
        """Clauses that each report on an item of their own, told by its title."""
        found = self._titled_clauses()
        if len(found) < 2:
            return []
        ends = [*(p.first for p in found[1:]), len(self.message.tokens)]
        return [Part(p.ref, p.first, end) for p, end in zip(found, ends, strict=True)]

    def _titled_clauses(self, mentions: Sequence[Mention] = ()) -> list[Part]:
        """The clauses without a code that report something and name an item by its title."""
        found: list[Part] = []
        stretches = [(a, b) for a, b in self._stretches() if not any(a <= m.first < b for m in mentions)]
        texts = freetext.free_texts(self.message, 0, len(self.message.tokens), []) if stretches else []
        for first, last in stretches:
            told = any(first <= a.first < last for a in self.said) or self._states(first, last)
            if (
                not told
                or inside(texts, first)
                or any(h.first == first for h in self.message.of("cue.difficulty", "cue.proposal"))
            ):
                continue
            ref = by_title(self.message, self.names, self.situation, first, last)
            if ref is None or not ref.code or all(inside(self.said, at) for at in ref.tokens):
                continue  # a figure alone names nothing, though a title has it too
            if all(p.ref is None or p.ref.code != ref.code for p in found):
                found.append(Part(ref, first, last))
        return found

    def _stretches(self) -> list[tuple[int, int]]:
        """The clauses, those cut at a word that joins two figures ("chatbot 40% r hotline 90%")."""
        found: list[tuple[int, int]] = []
        heading: int | None = None  # where a clause begins that only a colon ends ("bản đồ số: 25%")
        for begin, last in self.message.clauses():
            first = begin if heading is None else heading
            said = [a for a in self.said if first <= a.first < last]
            closed = last < len(self.message.tokens) and self.message.tokens[last].text == ":"
            heading = first if closed and not said else None
            if heading is not None:
                continue
            for before, after in pairwise(said):
                joins = (h for h in self.message.of("splitter") if before.last <= h.first and h.last < after.first)
                if (join := next(joins, None)) is not None:
                    found.append((first, join.first))
                    first = join.last
            found.append((first, last))
        return found

    def _states(self, first: int, last: int) -> list[str]:
        found = {h.name for h in self.message.of("state.") if first <= h.first < last}
        return [s for s in STRENGTH if s in found]

    def _said_in(self, part: Part) -> tuple[dict[str, Any], list[str]]:
        """The slots that a part fills (without its item), and what a clerk would ask about them."""
        item = self.names.item.get(part.ref.code or "") if part.ref else None
        said = self._figures(part, item)
        texts = freetext.free_texts(self.message, part.first, part.last, self._stops(said, item))
        said = [a for a in said if not inside(texts, a.first)]
        states = [h for h in self.message.of(*UPDATE_STATES) if part.first <= h.first < part.last]
        states = self._first_said([h for h in states if not inside(texts, h.first)], said)
        if said and part.ref is not None:  # "giải quyết dung han 98%": words of the title
            states = [h for h in states if not set(range(h.first, h.last)) <= set(part.ref.tokens)]
        slots, doubted = self._told(part, item, said, states)
        if "state" in slots and self._counts_beside(part, said, states):
            doubted.append("a figure beside the state")
        told_by: list[Spanned] = [*said, *(h for h in states if h.name not in DOUBTFUL_STATES or "state" in slots)]
        texts += self._untold(part, bool(slots), [*told_by, *texts], texts)
        texts += freetext.wish_after(self.message, texts, part.last)
        if self.is_as_said and doubts.has_afterthought(self.message, told_by, part.last, texts):
            doubted.append("an afterthought")
        if self._is_hedged(part, said, texts):
            doubted.append("hedged")
        if slots and slots.get("state") != "done" and all(t.slot != "difficulty" for t in texts):
            rest = freetext.rest(
                self.message, part.last, self._busy(told_by), self._busy(texts), self._strange(part, texts)
            )
            texts = [*texts, *rest]
            denied = any(inside(rest, at) for at in self.message.denied)
            if rest and not denied and not any(inside(rest, h.first) for h in self.message.of(*freetext.TROUBLES)):
                doubted.append("a rest that may be no trouble")
        slots.update({t.slot: t.text for t in texts})
        doubted += self._doubts_of_texts(part, item, slots, texts)
        if slots:
            doubted += self._left_over(part, told_by, texts, self._is_plain_report(part, said, states))
        return slots, doubted

    def _doubts_of_texts(
        self, part: Part, item: Item | None, slots: dict[str, Any], texts: Sequence[freetext.FreeText]
    ) -> list[str]:
        """What the free texts of a part put in doubt."""
        told = [
            self.message.cut(m.first, m.last) for m in self.message.mentions if part.ref and m.code == part.ref.code
        ]
        found = []
        if slots.get("state") == "done" and any(t.uncued for t in texts):  # "xong hết, chỉ chờ ngày"
            found.append("trouble beside done")
        if any(code in t.text for t in texts for code in told):
            found.append("its own code in a free text")
        if self._is_of_others(part, item, texts):
            found.append("said of others")
        if part.ref is not None and part.ref.source == "title" and all(inside(texts, t) for t in part.ref.tokens):
            found.append("named only in a free text")  # said of something else: "hai sở chưa gửi danh mục"
        return found

    def _is_plain_report(self, part: Part, said: Sequence[Amount], states: Sequence[Hit]) -> bool:
        """Whether an item that nobody can mistake is told of by a percent, a ratio, or a state without a figure.

        Of 1,400 messages of other writers 30 such ones had a word that nothing accounts for, and nearly all meant what
        they said; a bare number beside such a word may count anything.
        """
        pinned = part.ref is not None and part.ref.code is not None
        return pinned and (all(a.kind != amounts.BARE for a in said) if said else bool(states))

    def _left_over(self, part: Part, told_by: Sequence[Spanned], texts: Sequence[Spanned], is_plain: bool) -> list[str]:
        """Whether the part says something more, in words that nothing known accounts for.

        One such word right after what is reported is enough ("80% ảo"); where the report is not plain also one before
        it, and elsewhere a few side by side.
        """
        strange = self._strange(part, texts)
        counts = [h for h in told_by if isinstance(h, Amount) and h.kind != amounts.PERCENT]
        strange -= {doubts.counted_thing(self.message, h) for h in counts}
        strange -= doubts.names_of_people(self.message)
        for first, last in self.message.clauses():
            if not any(first <= h.first < last for h in told_by) and doubts.is_settled(self.message, first, last):
                strange -= set(range(first, last))
        if doubts.is_beside(self.message, told_by, strange, before=not is_plain):
            return ["a word left beside it"]
        few = any(all(at + by in strange for by in range(LEFT_OVER)) for at in strange)
        return ["words left over"] if few and not is_plain else []

    def _strange(self, part: Part, texts: Sequence[Spanned]) -> set[int]:
        """The words of a part that nothing known accounts for."""
        m, named = self.message, {at for ref in self.refs for at in ref.tokens}
        words = m.unknown([*texts, *m.hits, *m.numbers], range(part.first, part.last))
        return {at for at in words if at not in named and not self._of_title(part, at)}

    def _of_title(self, part: Part, at: int) -> bool:
        """Whether a word is one of the title of the part's item."""
        code = part.ref.code if part.ref else None
        return code is not None and any(
            index.tells_of(code, key)
            for lang, index in self.names.titles.items()
            for key, _ in self.message.views[lang].variants[at]
        )

    def _counts_beside(self, part: Part, said: Sequence[Amount], states: Sequence[Hit]) -> bool:
        """Whether a figure stands close to a state and was not taken for the item's: it may be more than a count."""
        left = [a for a in self.said if part.first <= a.first < part.last and a not in said]
        return any(0 <= a.first - h.last <= 1 or 0 <= h.first - a.last <= 2 for a in left for h in states)

    def _figures(self, part: Part, item: Item | None) -> list[Amount]:
        """The figures of a part that can be its item's."""
        said = [a for a in self.said if part.first <= a.first < part.last]
        if item is not None and not item.is_target:
            said = [a for a in said if a.kind != amounts.BARE or not a.counted]
        return amounts.standing(self.message, item, amounts.telling(item, said), self.situation.today)

    def _told(
        self, part: Part, item: Item | None, said: Sequence[Amount], states: Sequence[Hit]
    ) -> tuple[dict[str, Any], list[str]]:
        """The figure or the state told, and the doubts; a figure says more than a state, unless work has stopped."""
        slots: dict[str, Any] = {}
        doubted: list[str] = []
        for amount in said[:1]:
            slots.update(self._slots_of(part, item, amount))
            if len({a.share for a in said}) > 1:
                doubted.append("several figures")
            doubted += self._doubts_of(part, item, amount)
        state = next((s for s in STRENGTH if any(h.name == s for h in states)), None)
        if state == "state.done" and (
            self._is_ahead(part) or self._is_a_stage(part, states) or self._is_taken_back(part, states)
        ):
            state = "state.nearly"
        if state and (not slots or state == "state.blocked"):
            slots["state"] = UPDATE_STATES[state]
            if state in DOUBTFUL_STATES:
                doubted.append("nearly")
            if self._is_a_stage(part, states):
                doubted.append("only a stage")
            if any(self._is_feared(h) for h in states):
                doubted.append("feared or denied")
            if state == "state.in_progress" and self._is_to_begin(states):
                doubted.append("to come")
            if any(h.name == "state.done" and self._is_of_a_piece(part, h) for h in states):
                doubted.append("a piece of the work")
        return slots, doubted

    def _slots_of(self, part: Part, item: Item | None, amount: Amount) -> dict[str, Any]:
        """A figure as slots: what a task has left says that it goes on, and less than nothing says nothing."""
        if amounts.is_negative(self.message, amount):
            return {}
        counts = item is not None and item.is_target and amount.kind == amounts.PERCENT
        if amounts.is_left(self.message, amount) and not counts and not amounts.falls(item):
            return {"state": UPDATE_STATES["state.in_progress"]}
        return dict(amounts.slots_of(item or self._likely(part), amount))

    def _doubts_of(self, part: Part, item: Item | None, amount: Amount) -> list[str]:
        """Why a figure may not say how things stand now: it is what was added, is left, denied or over."""
        m = self.message
        left = doubts.is_dealt_with(m, amount) if amounts.falls(item) else amounts.is_left(m, amount)
        found = {
            "less than nothing": amounts.is_negative(m, amount),
            "growth": amounts.is_growth(m, amount),
            "denied": amounts.is_denied(m, amount),
            "left": left,
            "a goal": doubts.is_goal(m, item, amount),
            "of something else": doubts.is_of_something_else(m, item, amount, partial(self._of_title, part)),
            "withdrawn": doubts.is_withdrawn(m, amount),
            "vague": amount.vague,
            "a range": amounts.is_range(m, amount),
            "a part": amounts.is_part(m, amount),
            "another measure": self._asks_about(item, amount),
            "past": amounts.is_past(m, amount, self.situation.today),
        }
        return [doubt for doubt, holds in found.items() if holds]

    def _is_ahead(self, part: Part) -> bool:
        """Whether what is said to be done is only promised ("tuần sau xong", "হয়ে যাবে")."""
        done = [h for h in self.message.of("state.done") if part.first <= h.first < part.last]
        first, last = self.message.clause(done[0].first) if done else (part.first, part.last)
        times = [t for t in self.message.times if first <= t.first < last]
        later = any(self._is_later(t) for t in times)
        bare = bool(done) and all(h.words == 1 for h in done) and not self.message.has("tail.already")
        today = self.situation.today  # "hết tháng này xong": the period goes on
        later = later or (bare and any(isinstance(t.value, Period) and t.value.last > today for t in times))
        return later or self.message.says(first, last, "future")

    def _is_to_begin(self, states: Sequence[Hit]) -> bool:
        """Whether work that goes on does so only from a time to come ("tuần tới bắt đầu làm")."""
        here = [self.message.clause(h.first) for h in states if h.name == "state.in_progress"]
        return any(self._is_later(t) for t in self.message.times for a, b in here if a <= t.first < b)

    def _untold(
        self, part: Part, told: bool, taken: Sequence[Spanned], texts: Sequence[freetext.FreeText]
    ) -> list[freetext.FreeText]:
        """A difficulty that no cue word opens: a clause of trouble beside a report, or all that is said of an item."""
        if any(t.slot == "difficulty" for t in texts):
            return []
        if told or (part.ref and texts):
            trouble = freetext.troubles(self.message, part.first, part.last, self._busy(taken))
        elif self.situation.reply_to and (wished := freetext.wishes_in(self.message, part.first, part.last)):
            return wished
        else:
            trouble = self._complaint(part) if part.ref else None
        return [trouble] if trouble else []

    def _likely(self, part: Part) -> Item | None:
        """The first of several items that may be meant: it tells what sort of figure was said."""
        return self.names.item.get(part.ref.candidates[0]) if part.ref and part.ref.candidates else None

    def _first_said(self, states: Sequence[Any], said: Sequence[Amount]) -> list[Any]:
        """The states of the first clause that reports; what later clauses lack is not the item's own state."""
        for first, last in self.message.clauses():
            here = [h for h in states if first <= h.first < last]
            if here or any(first <= a.first < last for a in said):
                bare = freetext.bare_states(self.message)  # elsewhere something else has stopped ("phần mềm bị treo")
                stronger = [h for h in states if h.name == "state.blocked" and self.message.clause(h.first)[0] in bare]
                return stronger or here
        return list(states)

    def _asks_about(self, item: Any, amount: Amount) -> bool:
        previous = self.situation.previous
        again = previous is not None and previous.intent is Intent.UPDATE and "percent" in previous.slots
        if again and item is not None and not item.is_target:
            return amount.share > 100
        return amounts.doubtful(item, amount)

    def _is_taken_back(self, part: Part, states: Sequence[Hit]) -> bool:
        """Whether something is still to do after all ("শেষ, তবে ২টা বাকি")."""
        done = max((h.last for h in states if h.name == "state.done"), default=part.last)
        buts = {h.last for h in self.message.of("splitter")}
        lacks = list(self.message.of("state.nearly", "state.not_done", "state.not_started", "left"))
        ends = self.message.clause(done - 1)[1]
        going = self.message.of("state.in_progress")
        lacks += [h for h in going if h.first < ends or any(at <= h.first for at in buts if at >= done)]
        unders = [h for h in self.message.of("under") if h.first in buts]  # "in xong rồi nhưng chưa phát"
        named = {m.first for m in self.message.mentions}  # "xong rồi, còn NV33 …"
        return any(done <= h.first < part.last and h.last not in named for h in (*lacks, *unders))

    def _is_a_stage(self, part: Part, states: Sequence[Hit]) -> bool:
        """Whether only a stage of the work is done or has stopped, the report on it, or a tender for it."""
        done = [h for h in states if h.name in ("state.done", "state.blocked")]
        counted = {at for n in self.message.numbers for at in (n.first, n.last)}
        named = [h for h in self.message.of("stage") if not self._of_title(part, h.first)]
        begun = [h for h in named if {h.first, h.last} & counted or any(h.first == d.last for d in done)]
        others = [h for h in self.message.of("report", "topic.none") if not self._of_title(part, h.first)]
        here = [self.message.clause(d.first) for d in done]
        return any(self.message.clause(h.first) in here for h in begun) or any(
            h.last == d.first for h in others for d in done
        )

    def _is_of_a_piece(self, part: Part, done: Hit) -> bool:
        """Whether words that the item's title lacks follow what is done: it may be a piece of the work only."""
        m, named = self.message, {at for ref in self.refs for at in ref.tokens}
        taken = [h for h in m.hits if h.name not in ("counter", "unit.any")]
        after = range(done.last, min(done.last + PIECE, m.clause(done.first)[1]))
        strange = [at for at in m.unknown([*taken, *m.numbers], after) if at not in named]
        return len(strange) > 1 and not all(self._of_title(part, at) for at in strange)

    def _is_of_others(self, part: Part, item: Item | None, texts: Sequence[Spanned]) -> bool:
        """Whether it is said of a unit that neither leads the item nor speaks: it may be only a share of the work."""
        if item is None:
            return False
        cut = self.message.cut
        away = [h for h in self.message.of("place") if not self.names.is_here(cut(h.first, h.last))]
        if any(part.first <= h.first < part.last and not inside(texts, h.first) for h in away):
            return True
        units = [h for h in self.message.units if part.first <= h.first < part.last and not inside(texts, h.first)]
        units = [h for h in units if not all(self._of_title(part, at) for at in range(h.first, h.last))]
        codes = {h.name[5:] for h in units if self._is_plain(h)} - {self.situation.unit or ""}
        return bool(codes) and not any(self.names.plan.leads(code, item) for code in codes)

    def _is_plain(self, unit: Hit) -> bool:
        """Whether a unit is named in more than the sound of one word."""
        heard = self.message.views[unit.lang].variants[unit.first][0][0] != self.message.tokens[unit.first].text
        return unit.words > 1 or not heard

    def _is_hedged(self, part: Part, said: Sequence[Amount], texts: Sequence[Spanned]) -> bool:
        """Whether the speaker guesses: by a strong word anywhere, by a weak one close to a figure."""
        here = [h for h in self.message.of("hedge", "hedge.strong") if part.first <= h.first < part.last]
        here = [h for h in here if not inside(texts, h.first)]
        if any(self._is_promised(a) for a in said):
            return True
        return any(
            h.name == "hedge.strong"
            or 0 <= doubts.steps(self.message, h.last, a.first) <= 2
            or 0 <= h.first - a.last <= 2
            for h in here
            for a in (*said, Amount("", 0, -9, -9))
        )

    def _is_promised(self, amount: Amount) -> bool:
        """Whether a figure is only hoped for, ordered or due: its clause has a word or a time for what is to come."""
        begin, end = self.message.clause(amount.first)
        said = [h for h in self.message.of("future", "if") if begin <= h.first and h.last <= end]
        if any(h.last <= amount.first for h in self.message.of("correct")):
            said = [h for h in said if h.first != amount.last or h.words > 1]  # "না, ৬৫% হবে" puts it right
        near = (amount.first - h.last if h.last <= amount.first else h.first - amount.last for h in said)
        return any(gap <= PROMISE for gap in near) or any(
            begin <= t.first and t.last <= end and self._is_later(t)
            for t in self.message.times
            if t.last <= amount.first or amount.last <= t.first
        )

    def _is_feared(self, state: Hit) -> bool:
        """Whether a state is only to come, feared or denied: the words right before or after it say so."""
        begin, end = self.message.clause(state.first)
        here = [h for h in self.message.of(*FEARED) if begin <= h.first and h.last <= end]
        before = any(0 <= state.first - h.last <= 2 for h in here if h.name in UNSAID)
        undone = [n for n in UNDONE if n != "under.after" or state.name != "state.not_started"]  # "chưa bắt đầu đâu"
        after = any(0 <= h.first - state.last <= 2 for h in here if h.name in undone)
        return before or after or any(state.first == h.last or h.first == state.last for h in here if h.name == "hedge")

    def _is_later(self, time: TimeHit) -> bool:
        """Whether a time is still to come; the number of a code is no day ("CT22 tháng 6")."""
        today, value = self.situation.today, time.value
        if any(m.first < time.last and time.first < m.last for m in self.message.mentions):
            return False
        if isinstance(value, Day):
            before = value.toward(LAST)  # of a bare day or weekday a report tells the last one
            return value.toward(0) > today and not (not time.role and today - RECENT <= before <= today)
        return isinstance(value, Period) and value.first > today

    def _stops(self, said: Sequence[Amount], item: Item | None) -> list[int]:
        """The starts of clauses that report a percent, a count, or a state and no more: free text ends there."""
        counted = item is not None and item.is_target and not amounts.is_percent(item)
        marked = [a.first for a in said if a.kind == amounts.PERCENT or (counted and self._opens(a))]
        figures = [a for a, b in self.message.clauses() if any(a <= m < b for m in marked)]
        stands = {h.first for h in self.message.of("state.blocked")}
        return [*figures, *freetext.bare_states(self.message), *(a for a, _ in self.message.clauses() if a in stands)]

    def _opens(self, amount: Amount) -> bool:
        """Whether only light words stand before a figure in its clause ("…, mới được 690 hộ")."""
        light: list[Spanned] = [*self.message.of("filler", "achieved", "to", "plain", "total"), *self.message.times]
        return all(inside(light, at) for at in range(self.message.clause(amount.first)[0], amount.first))

    def _complaint(self, part: Part) -> freetext.FreeText | None:
        """A part that names an item and tells only of trouble: all that it says is the difficulty."""
        named = [m.last for m in self.message.mentions if part.first <= m.first < part.last]
        if part.ref and part.ref.source == "title":
            named = [at + 1 for at in part.ref.tokens if part.first <= at < part.last]
        first = max(named, default=part.first)
        denied = any(first <= at < part.last for at in self.message.denied)
        if not denied and not self.message.says(first, part.last, "trouble", "is.difficulties"):
            return None
        return freetext.FreeText("difficulty", freetext.own_words(self.message, first, part.last), first, part.last)

    def _busy(self, taken: Sequence[Spanned]) -> list[bool]:
        busy = [False] * len(self.message.tokens)
        for hit in (*taken, *self.message.mentions):
            for at in range(hit.first, hit.last):
                busy[at] = True
        return busy
