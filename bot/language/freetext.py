"""The speaker's own words in a report or a request: difficulty, proposal, reason, cut cleanly from the message."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile

from bot.language.doubts import AFTERTHOUGHT, is_settled
from bot.language.message import Message
from bot.language.phrases import Hit, Spanned, inside
from bot.language.times import Day, Period, Span, TimeHit, months_later

TRIM = " \t\r\n:;,.-–—!?()\"'।"
TROUBLES = ("trouble", "under", "state.not_done", "state.not_started", "state.blocked", "state.behind", "is.silent")
LEAST_WORDS = 2
LEAST_UNCLEAR = 4  # words that may tell of trouble though none of them says so
LEAST_TAIL = 3  # words of trouble that no word parts from the report before them


@dataclass(frozen=True, slots=True)
class FreeText:
    """A stretch of the message, its tokens `first` to `last` (exclusive) with its cue; `uncued` if it has none."""

    slot: str
    text: str
    first: int
    last: int
    uncued: bool = False


def own_words(message: Message, first: int, last: int) -> str:
    """The speaker's own words between two tokens, without the courtesy that closes them ("… nha anh ơi")."""
    particles = message.views[message.lang].skips
    soft = {at for h in message.of("polite") for at in range(h.first, h.last) if particles[at]}
    soft |= {at for h in message.of("address") for at in range(h.first, h.last)}
    while last - 1 > first and last - 1 in soft:
        last -= 1
    return message.cut(first, last).strip(TRIM)


def free_texts(message: Message, first: int, last: int, stops: Sequence[int]) -> list[FreeText]:
    """The difficulty and the proposal said between two tokens. `stops` are tokens that begin something else."""
    cues = [h for h in message.hits if h.name in _SLOT_OF and first <= h.first and h.last <= last]
    cues = sorted([*cues, *_requests(message, first, last), *_causes(message, first, last)], key=lambda h: h.first)
    cues = [h for h in cues if not any(h.overlaps(n) for n in message.of("no.difficulty"))]
    cues = [h for h in cues if not _only_sets_apart(message, h, last)]
    found: list[FreeText] = []
    for at, cue in enumerate(cues):
        if any(t.first <= cue.first < t.last for t in found):
            continue
        text = _cut(message, cue, _until(message, cue, cues[at + 1 :], last, stops), first)
        if text is not None and all(t.slot != text.slot for t in found):
            found.append(text)
    return [*found, *wish_after(message, found, last)]


def wish_after(message: Message, found: Sequence[FreeText], last: int) -> list[FreeText]:
    """The clause that ends with a wish after a difficulty, where no proposal is told: it is one."""
    if [t.slot for t in found] != ["difficulty"]:
        return []
    wished = [(a, b) for a, b in _wishes(message) if found[0].last <= a and b <= last]
    return [FreeText("proposal", own_words(message, a, b), a, b) for a, b in wished[:1]]


def wishes_in(message: Message, first: int, last: int) -> list[FreeText]:
    """The clause that ends with a wish, as the proposal that it is ("শিক্ষকদের ট্রেনিং দরকার")."""
    return [
        FreeText("proposal", own_words(message, a, b), a, b)
        for a, b in _wishes(message)
        if first <= a and b <= last and b - a > LEAST_WORDS
    ][:1]


def _wishes(message: Message) -> list[tuple[int, int]]:
    """The clauses that end with a wish ("training dorkar")."""
    ends = {h.last: h.first for h in message.of("wish")}
    return [(a, b) for a, b in message.clauses() if ends.get(b, a) > a]


_SLOT_OF = {
    "cue.difficulty": "difficulty",
    "cue.proposal": "proposal",
    "after.difficulty": "difficulty",
}


def _requests(message: Message, first: int, last: int) -> list[Hit]:
    """The words for asking that open a later clause of what is told ("88% nha, xin Ban quản lý cấp thêm ảnh")."""
    soft = {at for h in message.of("polite", "filler", "address", "request.tail") for at in range(h.first, h.last)}
    found = []
    for begin, end in message.clauses():
        opening = [h for h in message.of("cue.request") if h.first == begin and first < begin and h.last < last]
        timed = any(begin <= t.first < end for t in message.times)
        words = sum(message.tokens[at].is_word and at not in soft for h in opening[:1] for at in range(h.last, end))
        if words > LEAST_WORDS and not timed:
            found.append(opening[0]._replace(name="cue.proposal"))
    return found


def _causes(message: Message, first: int, last: int) -> list[Hit]:
    """The "because" beside work that stands still: it opens or closes the difficulty.

    "Tạm đứng vì đội thi công bỏ về", "API key paini bole ekhono shuru kora jay nai".
    """
    states = [h for h in message.of("state.blocked", "state.not_started") if first <= h.first < last]
    stands = {h.last for h in states}
    causes = [
        h._replace(name="cue.difficulty") for h in message.of("cue.reason") if h.first in stands and h.last < last
    ]
    closed = (h for h in message.of("after.reason") if first <= h.first)
    for cue in closed:
        begin, end = message.clause(cue.first)
        told = {*message.denied, *(h.first for h in message.of("trouble"))}
        if any(cue.last <= h.first < end for h in states) and any(begin <= at < cue.first for at in told):
            causes.append(cue._replace(name="after.difficulty"))
    return causes


def _only_sets_apart(message: Message, cue: Hit, last: int) -> bool:
    """Whether a "but" opens no trouble, only the figure that counts ("target 98 kintu amra 92.1 e")."""
    buts = any(h.first == cue.first and h.last == cue.last for h in message.of("splitter"))
    figures = any(cue.last <= n.first < last for n in message.numbers)
    return buts and figures and not any(cue.last <= h.first < last for h in _lacks(message))


def _until(message: Message, cue: Hit, later: Sequence[Hit], last: int, stops: Sequence[int]) -> int:
    """Where the words after a cue end: at the next cue of the other sort, at a clause that reports, or at the end."""
    slot = _SLOT_OF[cue.name]
    later = [h for h in later if slot != "proposal" or not h.name.startswith("after.")]
    ends = [h.first for h in later if _SLOT_OF[h.name] != slot and _begins_clause(message, h)]
    ends += [at for at in stops if at > cue.last]
    ends += [a for a, _ in _wishes(message) if slot == "difficulty" and a > cue.last]
    if slot == "proposal":  # "xin cấp thêm đường truyền, ở đây mạng yếu quá"
        begun = next((at + 1 for at in range(cue.last, last) if message.tokens[at].is_word), last)
        troubled = message.of("trouble")
        ends += [a for a, b in message.clauses() if a >= begun and any(a <= h.first < b for h in troubled)]
    ends += [h.first for h in message.of("after.difficulty") if cue.name == "cue.difficulty" and h.first > cue.last + 1]
    return min([e for e in ends if e > cue.first], default=last)


def bare_states(message: Message) -> list[int]:
    """The starts of clauses that say only how things stand ("…, chưa làm")."""
    said: list[Spanned] = [*message.of("state."), *message.of("polite", "filler", "plain", "kind.")]
    states = {h.first for h in message.of("state.")}
    return [
        a
        for a, b in message.clauses()
        if states & set(range(a, b)) and all(inside(said, at) for at in range(a, b) if message.tokens[at].is_word)
    ]


def _begins_clause(message: Message, hit: Hit) -> bool:
    before = hit.first - 1
    return before < 0 or not message.tokens[before].is_word or hit.words > 1 or hit.name.startswith("after.")


def _cut(message: Message, cue: Hit, end: int, first: int) -> FreeText | None:
    begin = _after_item(message, cue.last)
    if cue.name.startswith("after."):
        begin, clause_end = _after_report(message, cue.first, first), message.clause(cue.first)[1]
        troubled = any(cue.last <= h.first < clause_end for h in message.of("trouble"))
        end = min(clause_end, end) if troubled else cue.first  # "training er jonno laptop kom pore"
    if cue.name == "cue.difficulty" and (before := _named_last(message, cue, first)):
        return before
    soft = {at for h in message.of("polite") for at in range(h.first, h.last)}
    if not any(message.tokens[at].is_word and at not in soft for at in range(begin, end)):
        return None
    return FreeText(_SLOT_OF[cue.name], own_words(message, begin, end), min(begin, cue.first), max(end, cue.last))


def _named_last(message: Message, cue: Hit, first: int) -> FreeText | None:
    """What stands before a word for trouble that closes its clause ("software er license niye jhamela cholche")."""
    begin, end = message.clause(cue.first)
    begin = _after_report(message, cue.first, max(begin, first))
    light: list[Spanned] = [*message.of("state.", "filler", "plain", "polite"), *message.times]
    closes = all(inside(light, at) for at in range(cue.last, end) if message.tokens[at].is_word)
    before = sum(message.tokens[at].is_word for at in range(begin, cue.first))
    names = any(h.first == cue.first for h in message.of("trouble"))
    if not (closes and names) or before <= LEAST_WORDS or any(begin <= n.first < cue.first for n in message.numbers):
        return None
    return FreeText("difficulty", own_words(message, begin, cue.last), begin, end)


def _after_item(message: Message, at: int) -> int:
    """Where the words after a cue begin, when the item is named between ("khó khăn của NV10 là …")."""
    for mention in message.mentions:
        if 0 <= mention.first - at <= 1 and mention.last < len(message.tokens):
            says = {h.first: h.last for h in message.of("filler")}
            return says.get(mention.last, mention.last)
    return at


def _after_report(message: Message, at: int, first: int) -> int:
    """Where the words before a closing cue begin: after the clause's item and what is reported of it."""
    begin = _clause_start(message, at, first)
    states = message.of("state.done", "state.in_progress", "state.blocked", "state.not_started", "state.not_done")
    told: list[Spanned] = [*message.mentions, *states, *message.of("percent")]
    return max([begin, *(h.last for h in told if begin <= h.first and h.last <= at)])


def _clause_start(message: Message, at: int, first: int) -> int:
    return max([begin for begin, _ in message.clauses() if begin <= at], default=first)


def troubles(message: Message, first: int, last: int, busy: Sequence[bool]) -> FreeText | None:
    """A clause without a cue that tells of something lacking ("hai ngân hàng chưa mở test"): a difficulty."""
    clauses = [(max(a, first), min(b, last)) for a, b in message.clauses() if a < last and b > first]
    lacks = [h for h in _lacks(message) if not _puts_right(message, h)]
    told = [
        (a, b)
        for a, b in clauses
        if a < b
        and any(a <= h.first < b for h in lacks)
        and not any(busy[a:b])
        and _says_more(message, a, b)
        and not (message.has("state.blocked") and a in bare_states(message))
        and not _tells_no_trouble(message, a, b)
        and not message.says(a, b, "hedge.strong")
        and not (any(h.first == a and h.words > 1 for h in message.of("left")) and _goes_on(message, a, b))
        and sum(t.is_word for t in message.tokens[a:b]) >= message.least
    ]
    if not told:
        return _but(message, first, last, busy)
    wished = _wishes(message)
    told = [span for span in told if span not in wished] or told
    begin, end = told[0][0], told[-1][1]
    return FreeText("difficulty", own_words(message, begin, end), begin, end, uncued=True)


def _tells_no_trouble(message: Message, first: int, last: int) -> bool:
    """Whether a clause is only a plan, a figure put right, or a look at the goal, whatever it seems to lack."""
    return _is_plan(message, first, last) or _puts_figures_right(message, first, last) or _compares(message, first)


def _is_plan(message: Message, first: int, last: int) -> bool:
    """Whether a clause tells no trouble, only when something is done ("বাকিটা সামনের মাসে", "tuần sau mới họp")."""
    timed = any(first <= t.first < last and isinstance(t.value, (Day, Period)) for t in message.times)
    return timed and not message.says(first, last, "trouble", "is.silent")


def _puts_right(message: Message, hit: Hit) -> bool:
    """Whether a word for trouble only closes a clause of two words that is taken back ("এয়ারপোর্ট না, বন্দরের …")."""
    begin, end = next((a, b) for a, b in message.clauses() if a <= hit.first < b)
    corrects = any(h.first == hit.first and h.last == end for h in message.of("correct"))
    return corrects and end - begin <= LEAST_WORDS


def _says_more(message: Message, first: int, last: int) -> bool:
    """Whether a stretch has words besides an item and its state: "NV20 đâu có xong" tells no trouble."""
    said: list[Spanned] = [*message.of("state.", "left", "left.after", "address"), *message.mentions]
    if message.says(first, last, "trouble"):
        return any(message.tokens[at].is_word and not inside(said, at) for at in range(first, last))
    said += [*message.of("polite", "filler", "plain", "more", "counter"), *message.numbers]
    return sum(message.tokens[at].is_word and not inside(said, at) for at in range(first, last)) > 1


def _but(message: Message, first: int, last: int, busy: Sequence[bool]) -> FreeText | None:
    """Trouble told in the clause of the report, after what is reported ("60% nhưng thiếu máy")."""
    soft = {at for h in message.of("splitter", "polite", "percent") for at in range(h.first, h.last)}
    for begin, end in message.clauses():
        if _puts_figures_right(message, begin, end):
            continue
        told = [at for at in range(max(begin, first), min(end, last)) if busy[at]]
        at = told[-1] + 1 if told else end
        after_but = at < end and any(h.first <= at <= h.last for h in message.of("splitter"))
        while at < end and at in soft:
            at += 1
        figure = bool(told) and inside([*message.numbers, *message.of("percent")], told[-1])
        begins = figure and any(h.first == at for h in message.of("trouble"))  # "60% thiếu người"
        least = LEAST_WORDS if after_but or begins else LEAST_TAIL
        reach = end if after_but else at + LEAST_WORDS + 1
        lacks = any(at <= h.first < reach for h in _lacks(message))
        if end <= last and end - at >= least and lacks and (after_but or _says_more(message, at, end)):
            return FreeText("difficulty", own_words(message, at, end), at, end, uncued=True)
    return None


def rest(
    message: Message, last: int, busy: Sequence[bool], taken: Sequence[bool], strange: Collection[int]
) -> list[FreeText]:
    """What follows a report in clauses of their own, in words nobody knows or of trouble: the difficulty it may be.

    Where it ends with a wish ("দুইটা ব্যাটারি লাগবে") it is the proposal.

    `busy` tokens report, `taken` ones are of a free text already found, `strange` ones nothing known accounts for.
    """
    told = [at for at in range(min(last, len(busy))) if busy[at]]
    after = [(a, b) for a, b in message.clauses() if told and a > told[-1] and b <= last]
    after = list(takewhile(lambda clause: not any(taken[clause[0] : clause[1]]), after))
    light: list[Spanned] = [*message.times, *message.of("polite", "is.smalltalk")]
    soft = {at for h in light for at in range(h.first, h.last)}
    said = [(a, b) for a, b in after if sum(message.tokens[at].is_word and at not in soft for at in range(a, b)) > 1]
    said = [
        (a, b)
        for a, b in said
        if not (_tells_no_trouble(message, a, b) or is_settled(message, a, b) or _goes_on(message, a, b))
        and a not in bare_states(message)
    ]
    telling = {*strange, *(h.first for h in message.of("topic.none", "trouble"))}
    if not any(a <= at < b for a, b in said for at in telling):
        return []
    begin, end = said[0][0], said[-1][1]
    lacks = message.says(begin, end, *TROUBLES) or any(begin <= at < end for at in message.denied)
    wishes = any(h.last == end and h.first > begin for h in message.of("wish"))
    said_in = sum(message.tokens[at].is_word and at not in soft for at in range(begin, end))
    if not lacks and not wishes and said_in < LEAST_UNCLEAR:
        return []
    return [FreeText("proposal" if wishes else "difficulty", own_words(message, begin, end), begin, end)]


def _puts_figures_right(message: Message, first: int, last: int) -> bool:
    """Whether a clause only takes a figure back ("không phải 85 nha", "bữa trước đánh máy lộn")."""
    cues = [h for h in message.of("correct") if first <= h.first and h.last <= last]
    figures = (n for n in message.numbers if not n.words and not inside(message.mentions, n.first))
    if any(n.first == first or (first < n.first < last and message.tokens[n.first].spaced) for n in figures):
        return bool(cues)
    denied = {h.first for h in message.of("under.after", "trouble")}  # "বোঝে না": a "no" that closes what is told
    brief = sum(t.is_word for t in message.tokens[first:last]) <= AFTERTHOUGHT + LEAST_WORDS
    return brief and any(h.first not in denied for h in cues)


def _compares(message: Message, first: int) -> bool:
    """Whether the clause that begins here only says how far off the goal is ("target এর থেকে একটু কম")."""
    lacking = {h.first for h in message.of("trouble")}
    return any(h.first == first and h.first not in lacking for h in message.of("goal"))


def _goes_on(message: Message, first: int, last: int) -> bool:
    """Whether a clause tells only that the work goes on, or what of it is left ("team dev đang test kết nối")."""
    lacks = list(message.of("trouble", "state.not_started", "is.silent", "under"))
    if any(h.first == first and h.words > 1 for h in message.of("left")):  # "chỉ còn test bao mat"
        lacks = list(filter(message.is_clear, lacks))
    going = message.of("state.in_progress", "left", "left.after", "goal")
    goes = any(first <= h.first < last for h in going) and last - 1 not in message.denied
    return goes and not any(first <= h.first < last for h in lacks)


def _lacks(message: Message) -> Sequence[Hit]:
    """What tells of trouble: a word for it, or something not done or not sent."""
    return message.of("trouble", "state.not_done", "state.not_started", "is.silent")


def reason(message: Message, title: Sequence[int]) -> FreeText | None:
    """Why a later date is asked for. `title` are the tokens that name the item."""
    size = len(message.tokens)
    opened = [h.first for h in message.of("cue.reason")]
    for cue in message.of("after.reason"):
        if any(message.clause(cue.first)[0] <= at < cue.first for at in opened):
            continue
        asked: list[Spanned] = [*message.times, *message.of("is.extend", "wish")]
        begin = max([_after_report(message, cue.first, 0), *(h.last for h in asked if h.last < cue.first)])
        if sum(t.is_word for t in message.tokens[begin : cue.first]) >= LEAST_WORDS:
            return FreeText("reason", own_words(message, begin, cue.first), begin, cue.last)
    for cue in message.of("cue.reason"):
        ends = [h.first for h in message.of("is.extend", "cue.proposal") if h.first > cue.last and _fresh(message, h)]
        end = min(ends, default=size)
        if sum(t.is_word for t in message.tokens[cue.last : end]) >= 1:
            return FreeText("reason", own_words(message, cue.last, end), cue.first, end)
    return _plain_reason(message, title)


def _plain_reason(message: Message, title: Sequence[int]) -> FreeText | None:
    """A clause of a request that names neither item nor date nor asks: it says why."""
    asking: list[Spanned] = [*message.mentions, *message.times, *message.of("is.extend")]
    opens = {h.first for h in message.of("it")}  # elsewhere in a clause it may be only a case ("tower er jinish")
    for begin, end in message.clauses():
        words = [at for at in range(begin, end) if message.tokens[at].is_word]
        soft = {at for h in message.of("polite", "is.smalltalk") for at in range(h.first, h.last)}
        busy = begin in opens or any(begin <= h.first < end for h in asking) or any(begin <= at < end for at in title)
        lacks = any(begin <= h.first < end for h in _lacks(message))
        lacks = lacks or any(h.last <= begin for h in message.of("is.extend"))  # what is added to a request
        if not busy and len(words) > LEAST_WORDS - lacks and any(at not in soft for at in words):
            return FreeText("reason", own_words(message, begin, end), begin, end)
    return None


def _fresh(message: Message, hit: Hit) -> bool:
    return hit.first > 0 and not message.tokens[hit.first - 1].is_word


def later(due: date | None, span: Span) -> date | None:
    """A due date moved by a span ("thêm 2 tuần")."""
    if due is None or not span.unit.startswith("more"):
        return None
    _, count, unit = span.unit.split()
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}.get(unit)
    return months_later(due, int(count) * months) if months else due + timedelta(minutes=span.minutes)


def last_said(message: Message) -> list[TimeHit]:
    """The times of a message without those that were taken back ("thứ 5, à không, thứ 6")."""
    kept = list(message.times)
    for cue in message.of("correct"):
        before = [t for t in kept if t.last <= cue.first]
        after = [t for t in kept if t.first >= cue.last]
        if before and any(type(t.value) is type(before[-1].value) for t in after):
            kept.remove(before[-1])
    return kept
