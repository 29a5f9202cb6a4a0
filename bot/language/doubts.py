"""Why a figure or a state may not be how an item stands: it is the goal, a part's, or somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from bot.language.amounts import BARE, PERCENT, RATIO, Amount, is_apart
from bot.language.message import Message
from bot.language.phrases import Spanned, inside
from bot.rules.plan import Item

AFTERTHOUGHT = 4  # words of a clause that only says how the one before it was meant
MEANT = ("future", "goal", "correct", "is.undo", "hedge", "hedge.strong")
Titled = Callable[[int], bool]  # whether a token is a word of the item's title


def steps(message: Message, first: int, last: int) -> int:
    """How many tokens lie between two places, without those that name items or times or say nothing."""
    light: list[Spanned] = [*message.mentions, *message.times, *message.of("filler", "plain")]
    return sum(not inside(light, at) for at in range(first, last)) if first <= last else last - first


def is_goal(message: Message, item: Item | None, amount: Amount) -> bool:
    """Whether a figure is planned ("kế hoạch là 80%"), or a share of a target's plan ("đạt 90% kế hoạch")."""
    told = item is None or item.is_target
    kinds = {h.first for h in message.of("kind.target")} if told else set()
    goals = [h for h in message.of("goal") if h.first not in kinds or h.words > 1 or inside([h], amount.first)]
    before = [h for h in goals if h.last <= amount.first and not is_apart(message, h.last, amount.first)]
    if any(0 <= steps(message, h.last, amount.first) <= 1 for h in before):
        return True
    onward = {n.first for n in message.numbers}
    after = [h for h in goals if told and h.first == amount.last]
    return any(not onward & set(range(h.last, h.last + 2)) for h in after)


def is_of_something_else(message: Message, item: Item | None, amount: Amount, titled: Titled) -> bool:
    """Whether a figure tells a stage's share, what is lacking, some units' share, or (of a task) a share of things that
    its title does not name ("giai đoạn 2 đạt 80%", "lỗi 5%", "mấy huyện kia 80%", "80% cán bộ")."""
    begin, end = message.clause(amount.first)
    counted = {at for n in message.numbers for at in (n.first, n.last)}
    stages = [h for h in message.of("stage") if begin <= h.first < end and {h.first, h.last} & counted]
    stages = [h for h in stages if not inside([amount], h.first)]  # "ba phần tư"
    stages = [h for h in stages if amount.kind != RATIO or h.first != amount.last]  # "4/5 khâu"
    before = [h for h in message.of("trouble", "unit.any") if 0 <= steps(message, h.last, amount.first) < 1]
    before = [h for h in before if begin <= h.first and h.last <= amount.first]
    task = amount.kind == PERCENT and not (item and item.is_target)
    things = [h for h in message.of("counter", "topic.none") if task and h.first == amount.last]
    things = [h for h in things if not inside(message.of("polite"), h.first)]
    ends = {last for _, last in message.clauses()} | {h.first for h in message.of("polite")}
    things = [h for h in things if h.name != "counter" or h.last not in ends]  # "33% hồ sơ, …" is of the work
    return any(not titled(h.first) for h in (*stages, *before, *things))


def is_beside(message: Message, told: Iterable[Spanned], strange: Collection[int], before: bool) -> bool:
    """Whether a strange word is the next one that says anything after what is told, or `before` it, in its clause."""
    light: list[Spanned] = [*message.of("filler", "plain", "polite", "counter", "percent")]
    strange = set(strange) - {h.first - 1 for h in message.of("achieved")}  # "đặt được 3/6 điểm"
    for hit in told:
        begin, end = message.clause(hit.first)
        for way in (range(hit.last, end), range(hit.first - 1, begin - 1, -1) if before else ()):
            if next((at for at in way if at in strange or not inside(light, at)), -1) in strange:
                return True
    return False


def names_of_people(message: Message) -> set[int]:
    """The tokens that must be somebody's name: beside a word of address, at the edge of a clause ("… nhé chị Hà")."""
    closing = {end - 1 for _, end in message.clauses()}
    opening = {begin for begin, _ in message.clauses()}
    address = message.of("address")
    return {h.last for h in address if h.last in closing} | {h.first - 1 for h in address if h.first - 1 in opening}


def is_settled(message: Message, first: int, last: int) -> bool:
    """Whether a clause tells of something that is over ("shopee duyệt rồi"), and of no trouble."""
    over = any(h.last == last for h in message.of("tail.already", "state.done"))
    return over and not message.says(first, last, "trouble", "under", *MEANT)


def counted_thing(message: Message, amount: Amount) -> int:
    """The token that should say what a count counts ("১১৫টা টাওয়ার"): the one after it and its counter."""
    return max([h.last for h in message.of("counter") if h.first == amount.last], default=amount.last)


def is_dealt_with(message: Message, amount: Amount) -> bool:
    """Whether a count tells how many are done with ("xử lý xong 3 khu vực"); a falling target counts the others."""
    begin, end = message.clause(amount.first)
    return amount.kind == BARE and message.says(begin, end, "state.done")


def is_withdrawn(message: Message, amount: Amount) -> bool:
    """Whether a figure is taken back or only nearly so in its own clause ("70% nhầm", "৮০% done হবে")."""
    begin, end = message.clause(amount.first)
    told = any(h.last <= amount.first for h in message.of("correct"))  # "60%, à nhầm, 65% mới đúng"
    others = {n.first for n in message.numbers}  # "71% không phải 77" takes back the other one
    taken = [] if told else [h for h in message.of("correct", "is.undo") if h.last not in others]
    nearly = (h for h in message.of("state.nearly") if 0 <= h.first - amount.last <= 1)
    return any(amount.last <= h.first < end for h in taken) or any(begin <= h.first < end for h in nearly)


def has_afterthought(message: Message, told: Iterable[Spanned], last: int, texts: Sequence[Spanned]) -> bool:
    """Whether a short clause after the report, with no figure or state of its own, takes it back ("80%, nhầm rồi")."""
    told = list(told)
    begin = max((h.last for h in told), default=last)
    if any(h.last <= t.first for h in message.of("correct") for t in told):
        return False  # "৬৫ না, ৭৫% হবে, ভুল লিখছি": it has been put right already
    said = {*(n.first for n in message.numbers), *(h.first for h in message.of("state.", "cue."))}
    for first, end in message.clauses():
        words = sum(message.tokens[at].is_word for at in range(first, end))
        free = begin <= first and end <= last and not said & set(range(first, end)) and not inside(texts, first)
        if free and words <= AFTERTHOUGHT and message.says(first, end, *MEANT):
            return True
    return False
