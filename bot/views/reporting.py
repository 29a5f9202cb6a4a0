"""What a person sees of a report: the card of what is on record, the question that comes first, the refusals."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from markupsafe import Markup

from bot.rules.acts import Act
from bot.rules.plan import Item, Plan
from bot.rules.record import State
from bot.rules.reporting import Asked, Doubt, Filed, Line, Refusal, Refused, Undone
from bot.views.items import amount, figure, label, standing_line, state_word
from bot.views.screen import About, Button, Prompt, Rows, Screen, asks_for, fitted, shortened
from bot.views.words import N_, Words

WORDS_SHOWN = 300  # characters of a difficulty or a proposal on the card

REFUSALS: Mapping[Refusal, str] = {
    Refusal.NO_ITEM: N_("I could not tell which item this is about. Please name its code, such as {example}."),
    Refusal.NO_SUCH_ITEM: N_("This year's plan has no item {named}."),
    Refusal.WITHDRAWN: N_("{item}\nIt has been withdrawn from the plan, so nothing can be reported on it."),
    Refusal.NOT_YOURS: N_("{item}\nIt belongs to {leads}; only they or the standing office report on it."),
    Refusal.NOTHING_SAID: N_("{item}\nWhat should I record? For example: “{code} 60%” or “{code} done”."),
    Refusal.PERCENT_RANGE: N_("{item}\nA percentage lies between 0 and 100. Nothing was recorded."),
    Refusal.VALUE_FOR_TASK: N_(
        "{item}\nThis is a task: please report it in percent, such as “{code} 60%”, or as done."
    ),
    Refusal.YES_NO_VALUE: N_("{item}\nIt is either achieved or not: please report “{code} done” or “{code} not yet”."),
    Refusal.DONE_ALREADY: N_("{item}\nIt is already on record as done. Nothing has changed."),
}
DOUBTS: Mapping[Doubt, str] = {
    Doubt.WHICH: N_("Which one do you mean?"),
    Doubt.UNSURE: N_("Shall I record this?"),
    Doubt.BACKWARDS: N_("This is a step back from what is on record ({known}). Record it all the same?"),
    Doubt.UNLIKELY: N_("This is more than 100%. Record it all the same?"),
}


def filed_screen(words: Words, plan: Plan, filed: Filed, known: Markup = Markup("")) -> Screen:  # noqa: B008
    """One card for a whole message: what is on record now, what was refused, what is asked first.

    `known` is the figure on record of the item that is asked about.
    """
    blocks = [_line_block(words, plan.item[line.report.item], line) for line in filed.lines]
    blocks += [refusal(words, plan, refused) for refused in filed.refused]
    rows: Rows = (_card_buttons(words),) if filed.lines else ()
    if filed.asked:
        blocks.append(_question(words, plan, filed.asked, known))
        rows += _question_rows(words, plan, filed.asked.readings, filed.question)
    if filed.lines:
        blocks.insert(0, words.say("Recorded:"))
    text, hidden = fitted(_spaced(blocks), 3900)
    if hidden:
        text += Markup("\n…")
    items = tuple(dict.fromkeys(line.report.item for line in filed.lines))
    asked = tuple(c for a in (filed.asked.readings if filed.asked else ()) if (c := a.slots.get("item")))
    about = About(items or asked[:1], tuple(line.report.id for line in filed.lines))
    return Screen(text, rows, about)


def _question(words: Words, plan: Plan, asked: Asked, known: Markup) -> Markup:
    """What is asked, under the item that it is about; where several fit, the buttons name them."""
    said = words.say(DOUBTS[asked.doubt], known=known)
    if asked.doubt is Doubt.WHICH:
        return said
    return Markup("{}\n{}").format(label(words, plan.item[asked.readings[0].slots["item"]]), said)


def _spaced(blocks: list[Markup]) -> list[Markup]:
    return [Markup("{}\n").format(b) if n < len(blocks) - 1 else b for n, b in enumerate(blocks)]


def _line_block(words: Words, item: Item, line: Line) -> Markup:
    report = line.report
    lines = [label(words, item), change_line(words, item, line)]
    lines.append(_standing_change(words, item, line))
    if report.state in (State.BLOCKED, State.NOT_STARTED):
        lines.append(state_word(words, report.state))
    if report.difficulty:
        lines.append(words.say("Difficulty: {words}", words=shortened(report.difficulty, WORDS_SHOWN)))
    if report.proposal:
        lines.append(words.say("Proposal: {words}", words=shortened(report.proposal, WORDS_SHOWN)))
    if report.evidence:
        lines.append(words.count("Evidence: {n} file", "Evidence: {n} files", report.evidence))
    if report.corrects:
        lines.append(words.say("This corrects your earlier report; both stay in the history."))
    if _needs_value(item, line):
        lines.append(
            words.say(
                "To count as achieved it needs its measured value; please send it, such as “{code} {value}”.",
                code=item.code,
                value=_example(words, item),
            )
        )
    return Markup("\n").join(lines)


def change_line(words: Words, item: Item, line: Line) -> Markup:
    """The figure before and after: `40% → 60%`; one figure where nothing has changed."""
    old, new = figure(words, item, line.old), figure(words, item, line.new)
    if item.is_target and line.report.percent is not None and line.report.value is None:
        return words.say(
            "{percent} of the work (the measured value stays: {value})",
            percent=words.percent(line.report.percent),
            value=amount(words, item, line.new.value),
        )
    return new if old == new else Markup("{} → <b>{}</b>").format(old, new)


def _standing_change(words: Words, item: Item, line: Line) -> Markup:
    before, after = standing_line(words, item, line.before), standing_line(words, item, line.after)
    return after if before == after else Markup("{} → {}").format(before, after)


def _needs_value(item: Item, line: Line) -> bool:
    """A measured target of which only "done" or a percent was said."""
    said = line.report.state is State.DONE or line.report.percent is not None
    return item.is_target and not item.yes_no and said and line.report.value is None


def _example(words: Words, item: Item) -> Markup:
    return amount(words, item, item.goal.value if item.goal else None)


def _card_buttons(words: Words) -> tuple[Button, ...]:
    return Button(str(words.say("Undo")), "undo"), Button(str(words.say("Edit")), "edit")


def _question_rows(words: Words, plan: Plan, readings: tuple[Act, ...], question: str) -> Rows:
    rows: Rows = tuple(
        (Button(reading_label(words, plan, act), f"pick:{question}:{n}"),) for n, act in enumerate(readings)
    )
    return (*rows, (Button(str(words.say("None of these")), f"drop:{question}"),))


def reading_label(words: Words, plan: Plan, act: Act) -> str:
    """A reading on a button: code, figures and the beginning of the title."""
    item = plan.item[act.slots["item"]]
    said = [item.code]
    if (percent := act.slots.get("percent")) is not None:
        said.append(words.percent(Decimal(str(percent))))
    if (value := act.slots.get("value")) is not None:
        said.append(str(amount(words, item, Decimal(str(value))).unescape()))
    if state := act.slots.get("state"):
        said.append(str(state_word(words, State(state)).unescape()))
    return shortened(" · ".join([*said, item.name(words.lang)]), 60)


def refusal(words: Words, plan: Plan, refused: Refused) -> Markup:
    """Why something was not recorded, in one sentence."""
    item = plan.item.get(refused.item) if refused.item else None
    leads = words.listed([plan.unit[c].name(words.lang) for c in item.leads if c in plan.unit]) if item else ""
    example = next((i.code for i in plan.live if not i.is_target), next((i.code for i in plan.live), "NV01"))
    return words.say(
        REFUSALS[refused.reason],
        item=label(words, item, 60) if item else "",
        code=item.code if item else "",
        named=refused.named or "",
        leads=leads,
        example=Markup("“{}”").format(words.say("{code} 60%", code=example)),
    )


def undone_screen(words: Words, plan: Plan, undone: Undone) -> Screen:
    """What was taken back, or why nothing was."""
    if undone.lines:
        blocks = [words.say("Taken back. It stays in the history as withdrawn.")]
        blocks += [
            Markup("{}\n{}").format(
                label(words, plan.item[x.report.item]), change_line(words, plan.item[x.report.item], x)
            )
            for x in undone.lines
        ]
        return Screen(Markup("\n\n").join(blocks), about=About(tuple(x.report.item for x in undone.lines)))
    if undone.too_late:
        return Screen(
            words.say("A report can be taken back for one day. Please send a new report with the right figure instead.")
        )
    if undone.already:
        return Screen(words.say("This has been taken back or corrected already."))
    return Screen(words.say("There is no report of yours from the last day to take back."))


def stands_screen(words: Words, items: tuple[str, ...], reports: tuple[str, ...]) -> Screen:
    """That a report stands, with the ways to change that."""
    codes = words.listed([Markup("<b>{}</b>").format(c) for c in items])
    text = words.say("What you reported on {codes} stays on record. You can take it back or correct it.", codes=codes)
    return Screen(text, (_card_buttons(words),), About(items, reports))


def edit_prompt(words: Words, items: tuple[str, ...], reports: tuple[str, ...]) -> Prompt:
    """What to type to correct a card."""
    codes = words.listed([Markup("<b>{}</b>").format(c) for c in items])
    text = words.say(
        "Reply to this message with what it should say, such as “60%”. It will correct {codes}.", codes=codes
    )
    return Prompt(text, asks_for("edit", items, reports))


def closed_question(words: Words) -> Markup:
    """For a button whose question is no longer open."""
    return words.say("This question is no longer open.")


def which_report(words: Words) -> Markup:
    """For a photo or file that came alone."""
    return words.say(
        "Which report does this belong to? Please send it as a reply to that report or reminder, "
        "or with a line of text that says the item's code and figure."
    )


def nothing_recorded(words: Words) -> Markup:
    """After none of the readings was right."""
    return words.say("Nothing was recorded. Please say it again, with the item's code.")
