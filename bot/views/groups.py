"""What is said in groups, and what the office is told of them. Nothing here is about a person, nor has it buttons."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from bot.rules.answers import Answer, Answered, Detailed, Obstacles
from bot.rules.notices import GroupTold, GroupWeek, InGroups, WeekBegun
from bot.rules.plan import Plan
from bot.views.asking import answer_screen
from bot.views.oversight import week_screen
from bot.views.screen import Screen
from bot.views.words import Words


def group_screen(words: Words, told: InGroups) -> Screen:
    """A notice to a group, or about one."""
    if isinstance(told, GroupWeek):
        shown = week_screen(words, WeekBegun(told.person, told.book, told.week))
        return Screen(shown.text, thread=told.thread_id)
    return _office_screen(words, told)


def _office_screen(words: Words, told: GroupTold) -> Screen:
    if told.removed:
        return Screen(words.say("👥 I have been removed from the group “{title}”; its link is gone.", title=told.title))
    by = told.by or words.say("somebody who has not joined")
    return Screen(
        words.say(
            "👥 I was added to the group “{title}” by {by}. Until it is linked I show nothing there: write "
            "<code>/link {example}</code> in the group (a unit's code), "
            "or <code>/link *</code> for the whole committee.",
            title=told.title,
            by=by,
            example=next(iter(told.book.plan.unit), "STTTT"),
        )
    )


def answer(words: Words, answered: Answered) -> Screen:
    """An answer for everybody's eyes: without names and buttons."""
    return Screen(answer_screen(words, replace(answered, answer=_impersonal(answered))).text)


def _impersonal(answered: Answered) -> Answer:
    match answered.answer:
        case Detailed() as found:
            trail = tuple(replace(t, report=replace(t.report, by=None)) for t in found.trail)
            return replace(found, trail=trail, may_report=False)
        case Obstacles() as found:
            return replace(found, obstacles=tuple(replace(o, by=None) for o in found.obstacles))
    return answered.answer


def linked(words: Words, plan: Plan, unit: str | None) -> Markup:
    """The group is a unit's now, or the committee's."""
    name = plan.unit[unit].name(words.lang) if unit else words.say("the whole committee")
    return words.say("👥 This group is linked to {unit}. The week's digest comes here; ask me by name.", unit=name)


def how_to_link(words: Words, plan: Plan) -> Markup:
    """How the office links a group."""
    codes = words.listed(list(plan.unit)[:12])
    return words.say("Write <code>/link</code> and a unit's code ({codes}…), or <code>/link *</code>.", codes=codes)
