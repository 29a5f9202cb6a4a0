"""Answers about many items: lists, counts, and how everything is doing."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from bot.rules.acts import Act
from bot.rules.answers import Counted, Listed, Pick, Scope, Summed, Tally
from bot.rules.plan import Item, Kind, Plan
from bot.rules.questions import WORST_FIRST
from bot.rules.standing import OfficialClass, Status
from bot.views.asking_words import (
    back_button,
    entry_block,
    how_many,
    item_buttons,
    page_buttons,
    page_line,
    picked,
    scope_line,
    trimmed,
)
from bot.views.items import MARKS, status_word
from bot.views.screen import About, Button, Rows, Screen, shortened
from bot.views.words import N_, Words

BAR = 10  # marks in the bar of standings
APART_TITLE = 40

CLASSES: Mapping[OfficialClass, str] = {
    OfficialClass.DONE_ON_TIME: N_("Done on time: {counts}"),
    OfficialClass.DONE_LATE: N_("Done late: {counts}"),
    OfficialClass.OPEN_IN_TIME: N_("Not done, within the deadline: {counts}"),
    OfficialClass.OPEN_OVERDUE: N_("Not done, overdue: {counts}"),
}
PARTS: Mapping[Status, tuple[Pick, str]] = {
    Status.OVERDUE: (Pick.OVERDUE, N_("Overdue ({n})")),
    Status.BEHIND: (Pick.BEHIND_ONLY, N_("Behind ({n})")),
    Status.AT_RISK: (Pick.AT_RISK, N_("At risk ({n})")),
    Status.NO_DATA: (Pick.NO_DATA, N_("No figures ({n})")),
}


# ---------------------------------------------------------------- lists


def list_screen(words: Words, plan: Plan, act: Act, answer: Listed) -> Screen:
    """A page of a list: how many in the first line, then each item with its reason, then what else to know."""
    head = [_headline(words, answer, answer.page.total)]
    head += [line for line in (scope_line(words, plan, answer.scope), _beside(words, answer)) if line]
    single = answer.scope.unit is None
    blocks = [entry_block(words, plan, entry, leads=single) for entry in answer.entries]
    tail = [line for line in (_apart(words, answer), page_line(words, answer.page)) if line]
    text = Markup("\n\n").join([Markup("\n").join(head), *blocks, *tail])
    items = [entry.item for entry in answer.entries]
    rows = (*item_buttons(items), *page_buttons(words, answer.page), *_list_parts(words, answer))
    return Screen(text, (*rows, *back_button(words, act)), About(tuple(i.code for i in items), (), act))


def _headline(words: Words, answer: Listed | Counted, total: int) -> Markup:
    """How many are as asked for; of the behind ones, how many are overdue."""
    count = picked(words, answer.pick, answer.targets, total - answer.targets, answer.scope.kind)
    said = Markup("<b>{}</b>").format(count)
    overdue, behind = answer.counts.get(Status.OVERDUE, 0), answer.counts.get(Status.BEHIND, 0)
    if answer.pick is Pick.BEHIND and overdue and behind:
        split = words.say(
            "{overdue} overdue, {behind} behind", overdue=words.number(overdue), behind=words.number(behind)
        )
        return Markup("{}: {}").format(said, split)
    return said


def _beside(words: Words, answer: Listed) -> Markup | None:
    """Beside the behind: how many are at risk. Of what falls due: how much is done."""
    if answer.pick is Pick.BEHIND and answer.at_risk:
        return _more(words, N_("{mark} {n} more at risk"), Status.AT_RISK, answer.at_risk)
    if answer.pick is Pick.DUE and answer.done:
        return _more(words, N_("{mark} {n} of them done"), Status.DONE, answer.done)
    return None


def _more(words: Words, msgid: str, status: Status, n: int) -> Markup:
    return words.say(msgid, mark=MARKS[status], n=words.number(n))


def _apart(words: Words, answer: Listed) -> Markup | None:
    """Those without figures, named apart from the behind ones."""
    if answer.pick is not Pick.BEHIND or not answer.no_data:
        return None
    names = [_short_label(words, item) for item in answer.apart]
    more = answer.no_data - len(names)
    said = words.say("{mark} Without figures: {names}", mark=MARKS[Status.NO_DATA], names=Markup("; ").join(names))
    return words.say("{said}; and {n} more", said=said, n=words.number(more)) if more else said


def _short_label(words: Words, item: Item) -> Markup:
    return trimmed(Markup("{} {}").format(item.code, shortened(item.name(words.lang), APART_TITLE)), APART_TITLE + 42)


def _list_parts(words: Words, answer: Listed) -> Rows:
    if answer.pick is not Pick.BEHIND:
        return ()
    return _part_buttons(words, {Status.AT_RISK: answer.at_risk, Status.NO_DATA: answer.no_data})


def _part_buttons(words: Words, counts: Mapping[Status, int]) -> Rows:
    """Buttons that open the items of a standing, two a row, where there are any."""
    made = [
        Button(
            f"{MARKS[status]} {words.say(PARTS[status][1], n=words.number(n)).unescape()}", f"part:{PARTS[status][0]}"
        )
        for status, n in counts.items()
        if n
    ]
    return tuple(tuple(made[start : start + 2]) for start in range(0, len(made), 2))


# ---------------------------------------------------------------- counts


def count_screen(words: Words, plan: Plan, act: Act, answer: Counted) -> Screen:
    """The number first, of how many; then what it is made of."""
    scope = answer.scope
    lines = [_headline(words, answer, answer.total)]
    if answer.pick is not None and answer.total:
        lines[0] = words.say("{said}, of {n} in all", said=lines[0], n=words.number(answer.of))
    lines += [line for line in (scope_line(words, plan, scope), _made_of(words, answer)) if line]
    if answer.pick is Pick.BEHIND and answer.at_risk:
        lines.append(words.say("{mark} {n} more at risk", mark=MARKS[Status.AT_RISK], n=words.number(answer.at_risk)))
    if answer.pick is Pick.BEHIND and answer.no_data:
        lines.append(
            words.say("{mark} {n} without figures", mark=MARKS[Status.NO_DATA], n=words.number(answer.no_data))
        )
    data = f"part:{answer.pick or 'all'}"
    rows: Rows = ((Button(str(words.say("Show them").unescape()), data),),) if answer.total else ()
    return Screen(Markup("\n").join(lines), rows, About(act=act))


def _made_of(words: Words, answer: Counted) -> Markup | None:
    """The standings, where items of several were counted."""
    if answer.pick not in (None, Pick.DUE, Pick.NOT_DONE) or not answer.total:
        return None
    return _legend(words, answer.counts, target=answer.scope.kind is Kind.TARGET)


# ---------------------------------------------------------------- the summary


def summary_screen(words: Words, plan: Plan, act: Act, answer: Summed) -> Screen:
    """The point in two lines (achieved of how many; what is wrong), then bars, the official classes, what else."""
    scope, kinds = answer.scope, _kinds(answer)
    counts = {status: sum(t.by_status.get(status, 0) for t in kinds.values()) for status in PARTS}
    lines = [_achieved(words, kinds), _trouble(words, counts), _covered(words, plan, scope), Markup("")]
    for kind, tally in kinds.items():
        lines += [_bar_line(words, kind, tally), _legend(words, tally.by_status, target=kind is Kind.TARGET)]
    lines += [Markup(""), words.say("<b>By the official classes</b>")]
    lines += [_class_line(words, cls, kinds) for cls in OfficialClass]
    lines += _notes(words, answer)
    rows = () if scope.past else _part_buttons(words, counts)
    return Screen(Markup("\n").join(lines), (*rows, *back_button(words, act)), About(act=act))


def _kinds(answer: Summed) -> Mapping[Kind, Tally]:
    """The kinds of item that the scope has; both where it has none."""
    both = {Kind.TARGET: answer.targets, Kind.TASK: answer.tasks}
    return {kind: tally for kind, tally in both.items() if tally.total} or both


def _covered(words: Words, plan: Plan, scope: Scope) -> Markup:
    whole = words.say("The whole plan of {year}", year=words.digits(str(plan.year)))
    what = scope_line(words, plan, scope) or Markup("<i>{}</i>").format(whole)
    return what if scope.past else Markup("{} · {}").format(what, words.say("as of {day}", day=words.day(scope.day)))


def _achieved(words: Words, kinds: Mapping[Kind, Tally]) -> Markup:
    said = {
        Kind.TARGET: N_("Targets achieved: <b>{done}/{total}</b>"),
        Kind.TASK: N_("Tasks done: <b>{done}/{total}</b>"),
    }
    return Markup(" · ").join(
        words.say(said[kind], done=words.number(tally.done), total=words.number(tally.total))
        for kind, tally in kinds.items()
    )


def _trouble(words: Words, counts: Mapping[Status, int]) -> Markup:
    """What is overdue, behind, at risk or without figures, or that nothing is."""
    bad = {status: n for status, n in counts.items() if n}
    return _legend(words, bad) if bad else words.say("Nothing is overdue, behind or at risk.")


def _legend(words: Words, counts: Mapping[Status, int], *, target: bool = False) -> Markup:
    """`🔴 5 overdue · 🟠 12 behind`, worst first."""
    return Markup(" · ").join(
        Markup("{} {} {}").format(MARKS[s], words.number(counts[s]), status_word(words, s, target=target))
        for s in WORST_FIRST
        if counts.get(s)
    )


def _bar_line(words: Words, kind: Kind, tally: Tally) -> Markup:
    name = words.say("Targets") if kind is Kind.TARGET else words.say("Tasks")
    return Markup("<b>{}</b> {}").format(name, bar(tally.by_status))


def bar(counts: Mapping[Status, int], size: int = BAR) -> str:
    """`size` marks in proportion, what is done first; whatever exists has one mark at least."""
    present = [status for status in reversed(WORST_FIRST) if counts.get(status)]
    total = sum(counts[status] for status in present)
    marks = {status: max(1, round(size * counts[status] / total)) for status in present}
    while sum(marks.values()) != size and present:
        step = 1 if sum(marks.values()) < size else -1
        off = max(present, key=lambda s: step * (counts[s] / total - marks[s] / size) + (marks[s] + step < 1) * -9)
        marks[off] += step
    return "".join(MARKS[status] * n for status, n in marks.items())


def _class_line(words: Words, cls: OfficialClass, kinds: Mapping[Kind, Tally]) -> Markup:
    counts = [how_many(words, tally.by_class.get(cls, 0), kind) for kind, tally in kinds.items()]
    return Markup("• {}").format(words.say(CLASSES[cls], counts=Markup(", ").join(counts)))


def _notes(words: Words, answer: Summed) -> list[Markup]:
    """What else a chair asks next: who is silent, what has stopped, what the period brought."""
    lines: list[Markup] = []
    if answer.stale:
        lines.append(words.count("No recent report on {n} item", "No recent report on {n} items", answer.stale))
    if answer.blocked:
        lines.append(words.count("Work has stopped on {n} item", "Work has stopped on {n} items", answer.blocked))
    if answer.scope.period:
        lines.append(
            words.say(
                "In this period: {due} due, {done} finished.",
                due=words.number(answer.due_in),
                done=words.number(answer.done_in),
            )
        )
    return [Markup(""), *lines] if lines else []
