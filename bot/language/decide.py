"""What a message wants, from what stands in it: an intent, slots for it, and whether a clerk would ask first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from typing import Any

from bot.language import freetext
from bot.language.phrases import Hit, Spanned, inside
from bot.language.refs import Ref
from bot.language.reports import ReportReader
from bot.language.times import LAST, NEXT, NOON, Clock, Day, Period, Span, TimeHit, in_part, middle_or_end
from bot.language.weigh import Weighing
from bot.rules.acts import ACTIONS, NO_HOUR, Act, Intent, Understood

LIST_STATES = (
    "overdue", "not_started", "not_done", "at_risk", "behind", "blocked", "stale", "due", "on_track", "done",
    "in_progress",
)  # fmt: skip
FOLLOWING = frozenset(
    {Intent.LIST, Intent.COUNT, Intent.SUMMARY, Intent.SILENT, Intent.RANKING, Intent.DIFFICULTIES, Intent.EXPORT,
     Intent.DETAIL, Intent.HISTORY, Intent.OWNER, Intent.DEADLINE}
)  # fmt: skip
SMALL_HOURS = 7 * 60  # before it, a bare hour is meant in the afternoon
STANDS_ALONE, HEARD = 50, 20
JOINED = frozenset(
    {Intent.DETAIL, Intent.HISTORY, Intent.OWNER, Intent.DEADLINE, Intent.UPDATE, Intent.EXTEND, Intent.REMIND,
     Intent.LIST, Intent.COUNT, Intent.DIFFICULTIES, Intent.SILENT, Intent.RANKING, Intent.EXPORT, Intent.SUMMARY,
     Intent.LANGUAGE}
)  # fmt: skip
ASKED = frozenset({Intent.LIST, Intent.SUMMARY, Intent.DIFFICULTIES, Intent.RANKING, Intent.SILENT})
ITEM_INTENTS = frozenset({Intent.DETAIL, Intent.HISTORY, Intent.OWNER, Intent.DEADLINE})


class Decider(Weighing):
    """Reads one message in its situation."""

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
        found = {
            "item": not sure or "item" not in slots,
            NO_HOUR: not timed,
            "hedged": self.has("hedge.strong"),
        }
        doubted = tuple(doubt for doubt, holds in found.items() if holds)
        return Act(Intent.REMIND, slots, not doubted, doubted)

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
        named = set(self.title.tokens) if self.title else set()
        topics = [h for h in self._topics() if not set(range(h.first, h.last)) <= named]
        found = self._doubts_of_a_title(acts, topics) if self.title else []
        if found:
            acts = [replace(a, sure=False, doubts=[*a.doubts, *found]) for a in acts]
        tells = any(a.slots.keys() - {"item", "candidates"} for a in acts)
        return acts if tells or self.message.mentions or not (topics or self.title) else [Act(Intent.NONE)]

    def _doubts_of_a_title(self, acts: Sequence[Act], topics: Sequence[Hit]) -> list[str]:
        """What a clerk would ask where only words of a title name the item."""
        replied, message = self.situation.reply_to, self.message
        clear = self._named and any(map(message.is_clear, message.of("cue.difficulty", "cue.proposal")))
        reported = any(a.slots.keys() & {"percent", "value", "state"} for a in acts)
        found = {
            "trouble that may be anybody's": not clear and not reported,
            "another item": replied is not None and self.title is not None and self.title.code != replied,
            "another topic": any(not _is_told(message.cut(h.first, h.last), acts) for h in topics),
        }
        return [doubt for doubt, holds in found.items() if holds]


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
