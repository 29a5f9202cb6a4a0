"""Amounts of a report: percent against value, ratios, corrections inside a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.language.message import Message
from bot.language.numbers import Number, plain
from bot.language.phrases import Hit, Spanned, inside
from bot.language.times import LAST, Day, Period
from bot.rules.plan import Direction, Item

MONTHS = 12  # "2/3" may be a day
MINUS = ("-", "−", "–")
LATELY = timedelta(days=31)  # how long after its end a quarter's figure is news
MOST_BETWEEN = 4  # tokens between the two figures of a ratio
PERCENT, RATIO, BARE = "percent", "ratio", "bare"


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure said at the tokens `first` to `last`: a percent, a ratio of two counts, or a bare number."""

    kind: str
    value: float
    first: int
    last: int
    whole: float = 0.0
    counted: bool = False
    vague: bool = False

    @property
    def share(self) -> float:
        return 100.0 * self.value / self.whole if self.kind == RATIO and self.whole else self.value


def amounts_of(message: Message, free: Sequence[bool]) -> list[Amount]:
    """The amounts said by numbers on free tokens, in the order said, corrections not yet applied."""
    numbers = [n for n in message.numbers if all(free[n.first : n.last]) and _is_figure(message, n)]
    shares = message.of("percent.is:", "fraction")
    numbers = [n for n in numbers if not any(h.first < n.last and n.first < h.last for h in shares)]
    found, at = [], 0
    while at < len(numbers):
        amount = _ratio(message, numbers, at) or _single(message, numbers[at])
        at += 2 if amount.kind == RATIO else 1
        found.append(amount)
    return sorted([*found, *_told(message, free)], key=lambda a: a.first)


def _told(message: Message, free: Sequence[bool]) -> Iterator[Amount]:
    """Shares told in words: "một nửa", "শতভাগ"."""
    for hit in message.of("percent.is:"):
        if all(free[hit.first : hit.last]) and not inside(message.times, hit.first):
            yield Amount(PERCENT, float(hit.name.partition(":")[2]), hit.first, hit.last)
    for hit in message.of("fraction"):
        part, whole = sorted(float(v) for v in hit.values)
        if 0 < part <= whole and all(free[hit.first : hit.last]):
            yield Amount(PERCENT, 100 * part / whole, hit.first, hit.last)


def _is_figure(message: Message, number: Number) -> bool:
    """Whether a number can be a figure; "5G" is a name, "giai đoạn 1" a stage, a lone word ("ba") too little."""
    after = message.tokens[number.last] if number.last < len(message.tokens) else None
    percent = any(h.first == number.last for h in message.of("percent"))
    shared = number.first > 0 and message.tokens[number.first - 1].text == "/"  # "4/5 khâu"
    stages = () if percent or shared else message.of("stage")
    if any(h.last == number.first or h.first == number.last for h in stages):
        return False  # "xong giai đoạn 1", "প্রথম ধাপ"
    if after is not None and after.is_word and not after.spaced and not number.words:
        return any(h.first == number.last for h in message.of("percent", "counter", "out.of"))
    if not number.words or number.last - number.first > 1:
        return True
    return number.value > 10 or any(h.first == number.last for h in message.of("percent", "out.of", "counter"))


def _ratio(message: Message, numbers: Sequence[Number], at: int) -> Amount | None:
    if at + 1 >= len(numbers):
        return None
    part, whole = numbers[at], numbers[at + 1]
    end = _out_of_before(message, part, whole)
    if not end and not _joined(message, part, whole):
        return None
    first, last = part.first, end or whole.last
    if part.value > whole.value and message.tokens[part.last].text != "/":
        part, whole = whole, part  # "২০টার মধ্যে ১১টা": the whole comes first
    if not whole.value > 0 or part.value > whole.value:
        return None
    counted = (
        any(h.first == last for h in message.of("counter", "stage")) or message.tokens[numbers[at].last].text != "/"
    )
    counted = counted or _is_thing(message, last)
    return Amount(RATIO, part.value, first, last, whole.value, counted, part.vague or whole.vague)


def _is_thing(message: Message, at: int) -> bool:
    """Whether a word that says nothing else stands at a token, as what is counted would ("7/10 cụm loa")."""
    word = at < len(message.tokens) and message.tokens[at].is_word
    known: list[Spanned] = [*message.hits, *message.times, *message.units]
    return word and not inside(known, at) and not message.views[message.lang].skips[at]


def _out_of_before(message: Message, one: Number, other: Number) -> int:
    """Where "44 টা লাগছে 80 টার মধ্যে" ends, the whole said last with "out of" after it; 0 where it is not said so."""
    outs = [h for h in message.of("out.of") if message.tokens[h.first].is_word and h.first - other.last in (0, 1, 2)]
    ends = [h.last for h in outs if all(t.is_word for t in message.tokens[other.last : h.first])]
    near = other.first - one.last <= MOST_BETWEEN and one.value <= other.value
    return max(ends) if ends and near and all(t.is_word for t in message.tokens[one.last : other.first]) else 0


def _joined(message: Message, one: Number, other: Number) -> bool:
    """Whether "out of" stands between two numbers, with nothing else there but what is counted."""
    between = range(one.last, other.first)
    if len(between) == 1 and message.tokens[one.last].text == "/":
        return True
    if len(between) in (1, 2) and between[-1] in message.owners and one.value > other.value:
        return all(message.tokens[at].is_word for at in between)  # "৮টা ব্যাচের ৬টা"
    outs = [h for h in message.of("out.of") if one.last <= h.first and h.last <= other.first]
    if not outs or len(between) > MOST_BETWEEN:
        return False
    named = {at for h in outs for at in range(h.first, h.last)}
    rest = [at for at in between if at not in named]
    return not rest or (rest[-1] < outs[0].first and all(message.tokens[at].is_word for at in rest))


def _single(message: Message, number: Number) -> Amount:
    marks = [h for h in message.of("percent") if h.first == number.last]
    before = [h for h in message.of("percent.before") if h.last == number.first]
    if marks or before:
        most = max((h.words for h in marks), default=0)  # a particle after it ("phần trăm à") is not of it
        last = min((h.last for h in marks if h.words == most), default=number.last)
        return Amount(PERCENT, number.value, number.first, last, vague=number.vague)
    counted = any(h.first == number.last for h in message.of("counter"))
    return Amount(BARE, number.value, number.first, number.last, counted=counted, vague=number.vague)


def corrected(message: Message, amounts: Sequence[Amount]) -> list[Amount]:
    """The amounts that count: after what the speaker took back ("60%, à nhầm, 70%"), the end of "từ 60 lên 70".

    A figure in brackets, or one that is only compared with ("kế hoạch 98%"), does not count beside another.
    """
    cues = message.of("correct")
    kept = [a for a in amounts if not _aside(message, a)] or list(amounts)
    kept = [a for a in kept if not is_growth(message, a)] or kept
    totals = [a for a in kept if _after(message, a, "total")]
    kept = [a for a in kept if not totals or a in totals or a.kind not in {t.kind for t in totals}]
    kept = [a for a in kept if not is_denied(message, a)] or kept  # "chưa được 80%, mới 74%"
    kept = [a for at, a in enumerate(kept) if at + 1 == len(kept) or not _rises(message, a, kept[at + 1])]
    denials = {h.last for h in message.of("under")}
    for cue in cues:
        after = [a for a in kept if a.first >= cue.last]
        before = [a for a in kept if a.last <= cue.first]
        if before and len(after) == 1 and cue.last in denials and after[0].first == cue.last:
            kept.remove(after[0])  # "58%, không phải 85"
            continue
        if after and before and _of_other_items(message, before[-1], after[0]):
            continue
        if after and before:
            kept = [a for a in kept if a not in before[-1:]]
        elif len(after) > 1 and after[0].first - cue.last <= 1:
            kept = [a for a in kept if a is not after[0]]  # "không phải 60% mà là 56%"
    return kept


def _of_other_items(message: Message, one: Amount, other: Amount) -> bool:
    """Whether two figures are told of two items named by their codes: neither takes the other back."""
    named = [m for m in message.mentions if m.last <= other.first]
    return any(one.last <= m.first for m in named) and any(
        m.last <= one.first and m.code != named[-1].code for m in named
    )


def _after(message: Message, amount: Amount, concept: str) -> bool:
    return any(0 <= amount.first - h.last <= 1 for h in message.of(concept))


def is_growth(message: Message, amount: Amount) -> bool:
    """Whether only what was added is told ("thêm 15 thôn", "২০% বেড়েছে"), not where things stand."""
    behind = any(h.last == amount.first for h in message.of("state.behind"))
    glued = {h.last for h in message.of("counter") if h.first == amount.last} | {amount.last}
    if behind or any(h.first in glued for h in message.of("delta.after")):
        return True
    return _after(message, amount, "delta") and not _after(message, amount, "total")


def is_left(message: Message, amount: Amount) -> bool:
    """Whether a figure is what remains to be done ("còn 20%", "২০% বাকি")."""
    if any(h.last == amount.first or inside([h], amount.first, amount.last) for h in message.of("left")):
        return True
    told = {h.first for h in message.of("filler")} - {h.first for h in message.of("polite")}
    for hit in message.of("left.after", "state.not_done", "state.not_started"):
        glued = {h.last for h in message.of("counter") if h.first == amount.last and not message.tokens[h.first].spaced}
        between = range(max(glued, default=amount.last), hit.first)
        named = len(between) == 1 and message.tokens[between[0]].is_word and between[0] not in told
        if hit.first >= amount.last and (not between or named):
            return True
    return False


def is_negative(message: Message, amount: Amount) -> bool:
    """Whether a figure is below nothing ("-5%", "âm 5%"); the dash of a range says no such thing."""
    if any(h.last == amount.first for h in message.of("minus")):
        return True
    at = amount.first - 1
    if at < 0 or message.tokens[at].text not in MINUS or message.tokens[amount.first].spaced:
        return False
    counts = (n for n in message.numbers if not inside(message.mentions, n.first))
    return message.tokens[at].spaced and not any(n.last == at for n in counts)


def standing(message: Message, item: Item | None, said: Sequence[Amount], today: date) -> list[Amount]:
    """Of several figures those that tell where an item stands now.

    What a falling target has left is where it stands; of anything else what is left does not count beside what is done,
    and neither does what a time that is over is said to have had ("hôm qua 60, hôm nay 65").
    """
    left = [a for a in said if is_left(message, a)]
    kept = (left if falls(item) else [a for a in said if a not in left]) or list(said)
    return [a for a in kept if not _is_of_old(message, a, today)] or kept


def falls(item: Item | None) -> bool:
    """Whether a target's figure should come down: what is left is then where it stands."""
    return item is not None and item.goal is not None and item.goal.direction is Direction.DOWN


def _is_of_old(message: Message, amount: Amount, today: date) -> bool:
    over = [t.last for t in message.times if isinstance(t.value, Period) and t.value.last < today]
    over += [t.last for t in message.times if isinstance(t.value, Day) and t.value.toward(LAST) < today]
    return any(0 <= amount.first - at <= 1 for at in (*over, *(h.last for h in message.of("was"))))


def is_range(message: Message, amount: Amount) -> bool:
    """Whether a figure is the end of a range ("60-70%"), which says where things stand only roughly."""
    if any(
        h.last == amount.first - 1 or h.last == amount.first
        for h in message.of("to")
        if h.words and not _is_dash(message, h)
    ):
        return False
    ends = {n.last for n in message.numbers if not inside(message.mentions, n.first, n.last)}
    ends |= {h.last for h in message.of("percent") if h.first in ends}
    return any(h.first in ends and 0 <= amount.first - h.last <= 1 for h in message.of("range"))


def _is_dash(message: Message, hit: Hit) -> bool:
    return any(h.first == hit.first for h in message.of("range"))


def _is_over(period: Period, today: date) -> bool:
    """Whether what was reached in a period is old by now; a quarter's figure is news for some weeks."""
    return period.last < today and (period.unit != "quarter" or today - period.last > LATELY)


def is_past(message: Message, amount: Amount, today: date) -> bool:
    """Whether a figure is said of a time that is over ("tháng trước 60%", "৬০% ছিল")."""
    over = [t for t in message.times if isinstance(t.value, Period) and _is_over(t.value, today)]
    was = any(0 <= h.first - amount.last <= 1 for h in message.of("was"))
    return was or any(0 <= amount.first - t.last <= 1 for t in over)


def is_part(message: Message, amount: Amount) -> bool:
    """Whether a figure counts what is lacking or paid for, and not how much is done ("60% cán bộ chưa tập huấn")."""
    nouns = [h.last for h in message.of("counter") if 0 <= h.first - amount.last <= 1]
    lacks = message.of("trouble", "state.not_done", "state.not_started")
    if any(0 <= h.first - at <= 1 and not _is_told_apart(message, amount.last, h.first) for at in nouns for h in lacks):
        return True
    topics = [h for h in message.of("topic.none") if h.words > 1 and amount.kind == PERCENT]
    beside = [(h.last, amount.first) for h in topics] + [(amount.last, h.first) for h in topics]
    return any(0 <= b - a <= 1 and not _is_told_apart(message, a, b) for a, b in beside)


def _is_told_apart(message: Message, first: int, last: int) -> bool:
    """Whether a mark or a word for trouble stands between two things."""
    cues = {h.first for h in message.of("cue.difficulty", "cue.reason", "cue.proposal", "splitter")}
    return any(not message.tokens[at].is_word or at in cues for at in range(first, last))


def is_denied(message: Message, amount: Amount) -> bool:
    """Whether a figure is said not to be reached ("chưa tới 80%", "৫০% হয়নি"), or only supposed."""
    for hit in message.of("under", "under.after"):
        low, high = (hit.last, amount.first) if hit.name == "under" else (amount.last, hit.first)
        between = message.tokens[low:high]
        if 0 <= high - low <= 2 and all(t.is_word for t in between):
            return True
    return any(0 <= amount.first - h.last <= 4 for h in message.of("if"))


def _aside(message: Message, amount: Amount) -> bool:
    opened = sum(t.text == "(" for t in message.tokens[: amount.first])
    closed = sum(t.text == ")" for t in message.tokens[: amount.first])
    past = any(0 <= h.first - amount.last <= 1 for h in message.of("was"))
    musts = [h for h in message.of("if") if h.words > 1]  # "phải đạt", "হতে হবে"
    goals = [h for h in (*message.of("goal"), *musts) if 0 <= amount.first - h.last <= 2]
    aimed = any(not is_apart(message, h.last, amount.first) for h in goals)
    promised = [h for h in message.of("future") if h.words > 1]  # "হওয়ার কথা"
    due = any(h.first == amount.last for h in (*promised, *musts))
    return opened > closed or past or aimed or due


def is_apart(message: Message, first: int, last: int) -> bool:
    """Whether a mark parts what stands before one token from another one; a colon leads on ("kế hoạch: 80%")."""
    return any(t.text in ",.;" for t in message.tokens[first:last])


def _rises(message: Message, amount: Amount, after: Amount) -> bool:
    """Whether one figure is where the other one started from ("60 lên 70"); a percent is where no count started."""
    if amount.kind == PERCENT and after.kind == BARE and after.counted:
        return False
    between = message.tokens[amount.last : after.first]
    joined = any(amount.last <= h.first and h.last <= after.first for h in message.of("to"))
    return joined and len(between) <= 2 and not any(t.text in ",.;" for t in between)


def telling(item: Item | None, said: Sequence[Amount]) -> list[Amount]:
    """Of several figures those of the sort that an item is told in: a count for a counted target, else a percent."""
    counted = item is not None and item.is_target and not is_percent(item) and item.measure is not None
    order = (RATIO, BARE, PERCENT) if counted else (PERCENT, RATIO, BARE)
    for kind in order:
        of_kind = [a for a in said if a.kind == kind]
        if of_kind:
            return of_kind
    return []


def slots_of(item: Item | None, amount: Amount) -> Iterator[tuple[str, int | float]]:
    """How an amount is put on record for an item: `percent` or `value`."""
    if item is None or not item.is_target:
        if amount.share <= 100:
            yield "percent", plain(round(amount.share, 2))
    elif is_percent(item) or item.measure is None:
        yield "value", plain(round(amount.share, 2))
    elif amount.kind == PERCENT:
        yield "percent", plain(amount.value)
    else:
        yield "value", plain(amount.value)


def is_percent(item: Item) -> bool:
    """Whether a target is measured in percent."""
    return item.is_target and "%" in (item.measure or "")


def doubtful(item: Item | None, amount: Amount) -> bool:
    """Whether a clerk would ask: a percent of a target counted in something else, a bare number for a task."""
    if item is None:
        return True
    if not item.is_target:
        like_a_day = amount.kind == RATIO and amount.whole <= MONTHS and not amount.counted
        return amount.kind == BARE or like_a_day or amount.share > 100
    if amount.kind == PERCENT:
        return not is_percent(item) or amount.value > 100
    return is_percent(item) and (amount.share > 100 or (amount.kind == RATIO and not amount.counted))
