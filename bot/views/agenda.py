"""A day's notices for whoever runs the bot: for each person what is sent, what is held back, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from bot.rules.people import Person
from bot.rules.reminders import Decision, Entry, Held, Scene, Sort, Why
from bot.views.items import unit_names
from bot.views.words import N_, Words

SORTS: Mapping[Sort, str] = {
    Sort.DIGEST: N_("the morning's list"),
    Sort.UNIT: N_("silence, to the unit's other people"),
    Sort.OFFICE: N_("silence, to the office"),
    Sort.WEEK: N_("the week's digest"),
    Sort.LINE: N_("the line at the week's end"),
    Sort.FIGURES: N_("the call for figures"),
}
REASONS: Mapping[Why, str] = {
    Why.OVERDUE: N_("overdue, {n} days"),
    Why.DUE_NOW: N_("due now"),
    Why.DUE_SOON: N_("due soon, {n} working days left"),
    Why.STALE: N_("{n} days without a report"),
}
SILENT = N_("{n} working days of silence")
HELD: Mapping[Held, str] = {
    Held.DONE: N_("it is done"),
    Held.REPORTED: N_("it has been reported on"),
    Held.SNOOZED: N_("the person has put it off"),
    Held.ASKED: N_("a request for a later deadline waits"),
    Held.NOT_YET: N_("not for long enough, or told already"),
    Held.NOTHING_DUE: N_("nothing is due"),
}


def agenda_text(words: Words, scene: Scene, entries: Sequence[Entry], *, why: bool) -> str:
    """The whole day, person after person; with `why` also what is held back, and who gets nothing."""
    return "\n".join(_lines(words, scene, entries, why)) + "\n"


def _lines(words: Words, scene: Scene, entries: Sequence[Entry], why: bool) -> Iterator[str]:
    today = scene.today
    yield _plain(words.say("Notices of {weekday} {day}", weekday=words.weekday(today), day=words.day(today)))
    if not scene.calendar.is_working(today):
        yield _plain(words.say("A day off: nothing is sent."))
        return
    for person in scene.people:
        mine = [e for e in entries if e.person.id == person.id and (e.sent or (why and e.held))]
        if mine or why:
            yield ""
            yield _heading(words, scene, person)
        if not mine and why:
            yield f"  {_plain(words.say(_no_reason(scene, person)))}"
        for entry in mine:
            yield from _entry_lines(words, entry, why)


def _heading(words: Words, scene: Scene, person: Person) -> str:
    return f"{person.name} ({unit_names(words, scene.book.plan, person.units).unescape()})"


def _no_reason(scene: Scene, person: Person) -> str:
    if person.id in scene.away:
        return N_("on leave or out of reach: nothing is sent")
    return N_("nothing is due: nothing is sent")


def _entry_lines(words: Words, entry: Entry, why: bool) -> Iterator[str]:
    at, sort = words.clock(entry.at), words.say(SORTS[entry.sort])
    held = words.say("{sort}: not sent", sort=sort)
    yield f"  {at} {_plain(sort if entry.sent else held)}"
    for decision in entry.listed:
        yield f"    + {decision.code}{_because(words, entry.sort, decision)}"
    for decision in entry.held if why else ():
        because = words.say(HELD[decision.held]) if decision.held else ""
        yield f"    - {decision.code}{_because(words, entry.sort, decision)}: {because}"


def _because(words: Words, sort: Sort, decision: Decision) -> str:
    if decision.why is None:
        return ""
    reason = SILENT if sort in (Sort.UNIT, Sort.OFFICE, Sort.WEEK) else REASONS[decision.why]
    return f" ({_plain(words.say(reason, n=words.number(decision.days)))})"


def nobody_yet(words: Words) -> str:
    """A note for a deployment that nobody has joined."""
    return _plain(words.say("Nobody has joined yet: this is how it would be for the people of the People sheet."))


def _plain(text: Markup) -> str:
    return str(text.unescape())
