"""The screen of an answer, whatever was asked."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from bot.rules.acts import Act
from bot.rules.answers import (
    Answered,
    Counted,
    Dated,
    Detailed,
    Historied,
    Listed,
    Obstacles,
    Owned,
    Problem,
    Ranked,
    Silence,
    Summed,
    Unanswered,
    Which,
)
from bot.rules.plan import Plan
from bot.views.asking_items import deadline_screen, detail_screen, history_screen, owner_screen
from bot.views.asking_lists import count_screen, list_screen, summary_screen
from bot.views.asking_units import obstacles_screen, ranking_screen, silence_screen
from bot.views.asking_words import back_button, trimmed, unit_name
from bot.views.items import label
from bot.views.screen import About, Button, Prompt, Screen, asks_for, shortened
from bot.views.words import N_, Words

PROBLEMS: Mapping[Problem, str] = {
    Problem.NO_ITEM: N_("Which item do you mean? Please name its code, such as {example}."),
    Problem.NO_SUCH_ITEM: N_("This year's plan has no item {named}."),
    Problem.ITEM_HIDDEN: N_("That item belongs to other units; only they and the standing office can look it up."),
    Problem.NO_SUCH_UNIT: N_("This year's plan does not know that unit."),
    Problem.UNIT_HIDDEN: N_("{unit} is not your unit; only its own people and the standing office can look it up."),
    Problem.NO_UNIT: N_("You belong to no unit, so I cannot tell what is yours. Please name a unit."),
    Problem.NO_SUCH_PILLAR: N_("This year's plan does not have that field of work."),
}
FORMATS: Mapping[str, str] = {
    "docx": N_("a Word file"),
    "pdf": N_("a PDF"),
    "chart": N_("a chart"),
    "ics": N_("a calendar file"),
}


def answer_screen(words: Words, answered: Answered) -> Screen:
    """The answer in this person's language, with what it is about."""
    act, answer, plan = answered.act, answered.answer, answered.plan
    match answer:
        case Listed():
            return list_screen(words, plan, act, answer)
        case Counted():
            return count_screen(words, plan, act, answer)
        case Summed():
            return summary_screen(words, plan, act, answer)
        case Detailed():
            return detail_screen(words, plan, act, answer)
        case Historied():
            return history_screen(words, plan, act, answer)
        case Owned():
            return owner_screen(words, plan, act, answer)
        case Dated():
            return deadline_screen(words, plan, act, answer)
        case Silence():
            return silence_screen(words, plan, act, answer)
        case Ranked():
            return ranking_screen(words, plan, act, answer)
        case Obstacles():
            return obstacles_screen(words, plan, act, answer)
        case Which():
            return which_screen(words, plan, act, answer)
        case Unanswered():
            return unanswered_screen(words, plan, act, answer)


def unanswered_screen(words: Words, plan: Plan, act: Act, answer: Unanswered) -> Screen:
    """Why there is no answer, in one sentence."""
    example = next((i.code for i in plan.live), "CT01")
    named = shortened(answer.named, 60)
    unit = shortened(unit_name(words, plan, answer.named), 150)
    text = words.say(PROBLEMS[answer.problem], named=named, unit=unit, example=Markup("<b>{}</b>").format(example))
    return Screen(text, back_button(words, act), About(act=act))


def which_screen(words: Words, plan: Plan, act: Act, answer: Which) -> Screen:
    """The readings as buttons, likeliest first; the codes stay with the message, so that they can be pressed later."""
    codes = [str(reading.slots.get("item") or reading.slots.get("unit")) for reading in answer.readings]
    names = [reading_name(words, plan, code) for code in codes]
    lines = [words.say("Several fit. Which one do you mean?")]
    lines += [Markup("{}. {}").format(words.number(n), trimmed(name, 150)) for n, name in enumerate(names, start=1)]
    buttons = [shortened(str(name.striptags()), 60) for name in names]
    rows = tuple((Button(text, f"which:{n}"),) for n, text in enumerate(buttons))
    kept = Act(act.intent, {**act.slots, "candidates": codes}, act.sure)
    return Screen(Markup("\n").join(lines), rows, About(act=kept))


def reading_name(words: Words, plan: Plan, code: str) -> Markup:
    """What a reading is about: an item by code and title, a unit by its name."""
    item = plan.item.get(code)
    return label(words, item) if item else Markup.escape(unit_name(words, plan, code))


def no_such_format(words: Words, wanted: str, act: Act) -> Screen:
    """Which files can be had now, where another one was asked for."""
    said = words.say(FORMATS[wanted])
    text = words.say("I cannot make {format} yet. What I can send now is the plan as an Excel workbook.", format=said)
    rows = ((Button(str(words.say("Send the Excel workbook").unescape()), "export:xlsx"),),)
    return Screen(text, rows, About(act=act))


def report_prompt(words: Words, plan: Plan, code: str) -> Prompt:
    """What to type to report on an item: the reply to this message is the report."""
    item = plan.item[code]
    percent = words.percent(60)
    example = words.say("“done”") if item.yes_no else words.say("“{percent}, waiting for the funds”", percent=percent)
    text = words.say(
        "What should I record for {item}? Reply to this message, for example {example}.",
        item=trimmed(label(words, item), 150),
        example=example,
    )
    return Prompt(text, asks_for("report", (code,)))


def only_words(words: Words, plan: Plan) -> Screen:
    """For what is no text, photo or file."""
    code = next((i.code for i in plan.live if not i.is_target), None) or next((i.code for i in plan.live), "")
    return Screen(
        words.say(
            "I can read text only, and keep photos and files with a report. "
            "Please write it in a line, such as “{report}” or “what is behind?”.",
            report=f"{code} {words.percent(60)}",
        )
    )
