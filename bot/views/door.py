"""What is said at the door: to strangers, and before there is a plan."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from bot.rules.access import Action, may
from bot.rules.people import Person
from bot.views.screen import Screen
from bot.views.words import Words


def stranger(languages: Sequence[Words]) -> Markup:
    """One polite sentence in every language given, one a line."""
    return Markup("\n").join(
        words.say(
            "This assistant serves the members of the steering committee; "
            "please ask the standing office for an invitation."
        )
        for words in languages
    )


def not_here(words: Words) -> Markup:
    """To a member who writes in a group."""
    return words.say("I answer in our private chat. Please write to me there.")


def flooded(words: Words) -> Markup:
    """To a member who sends more than can be answered at once."""
    return words.say(
        "You are sending many messages at once; I will answer them one after the other, please wait a moment."
    )


def no_plan_yet(words: Words, person: Person) -> Screen:
    """What to do before a plan is loaded: the office loads one, everybody else waits."""
    if may(person, Action.LOAD):
        return Screen(words.say("No plan has been loaded yet. Please send me the plan workbook (.xlsx)."))
    return Screen(
        words.say("The standing office has not loaded this year's plan yet. I will be ready as soon as it has.")
    )


def trouble(words: Words) -> Markup:
    """When something went wrong on our side: said plainly, without details."""
    return words.say(
        "Something went wrong on my side. Please send it again in a moment; "
        "if it happens again, tell the standing office."
    )


def denied(words: Words) -> Markup:
    """When the table of who may do what says no."""
    return words.say("Your role does not allow this. Please ask the standing office.")
