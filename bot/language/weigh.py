"""How much of a message speaks for each intent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from bot.language import amounts
from bot.language.amounts import Amount
from bot.language.evidence import Evidence
from bot.language.phrases import Hit, inside
from bot.language.reports import UPDATE_STATES
from bot.rules.acts import Intent

LEAST_CLEAR = 3  # words of a phrase that leaves no doubt by itself
STRANGE = 0.3  # share of unknown words from which a question by a title may be about something else


class Weighing(Evidence):
    """A message with the intents that something in it speaks for."""

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
        first, last = self.message.clause(hit.first)
        lacks = first > 0 and self.message.says(first, last, "trouble")
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
        asked, strange = m.of("is.extend"), m.unknown(m.hits)
        before = not m.numbers and not self.refs and all(h.first - 1 in strange for h in asked)
        after = all(h.words < LEAST_CLEAR and h.last in strange for h in asked)
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
        begin, end = self.message.clause(cue.first)
        words = sum(t.is_word for t in self.message.tokens[cue.last : end])
        asks = self.message.says(begin, end, "ask.", "tail.ask", "show")
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
        begin = self.message.clause(hit.first)[0]
        named = self.title.tokens if self.title else [m.first for m in self.message.mentions]
        told = any(h.last <= begin for h in self.message.of("state.done"))
        return told and not self.asks and any(at < begin for at in named)

    @property
    def _reports_in_a_clause(self) -> bool:
        """Whether a clause names an item by its code, tells its percent and asks nothing ("sao xong, NV04 mới 47%")."""
        for first, last in self.message.clauses():
            coded = any(first <= m.first < last for m in self.message.mentions)
            told = any(first <= a.first < last and a.kind == amounts.PERCENT for a in self.figures)
            closed = last < len(self.message.tokens) and self.message.tokens[last].text == "?"
            if coded and told and not closed and not self.message.says(first, last, "ask.", "tail.ask"):
                return True
        return False

    @property
    def _complains(self) -> bool:
        """Whether it names an item and tells of trouble, asking nothing."""
        clear = any(map(self.message.is_clear, self.message.of("trouble")))
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
        looks = self.has("show") and self.has("progress") and not self.refs and not self.has("kind.")
        how = looks or self.has("ask.how") or (self.situation.previous is None and self.has("follow") and not self.refs)
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

    @property
    def _asks_of_all(self) -> bool:
        """Whether a question is about units or a period, and not about the item that was spoken of."""
        return bool(self.message.units or self.message.times) or self.has("unit.any", "ask.who", "mine", "overall")
