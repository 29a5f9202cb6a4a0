"""What a person sees of working days: public holidays, the office's own word, and how to change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from bot.rules.calendar import DayOverride
from bot.views.screen import Screen
from bot.views.words import N_, Words

OFF, WORKED, AS_EVERYWHERE = N_("off"), N_("work"), N_("as usual")
MEANT = {OFF: False, WORKED: True, AS_EVERYWHERE: None}
ONE_DAY = timedelta(1)


def holidays_screen(
    words: Words, today: date, holiday: Callable[[date], bool], own: Sequence[DayOverride], *, may_change: bool
) -> Screen:
    """The rest of this year and the next: public holidays in spans, then the office's own days."""
    last = date(today.year + 1, 12, 31)
    spans = [_span(words, *span) for span in _spans(today, last, holiday)]
    blocks = [words.say("🗓 <b>Public holidays</b>: {days}", days=words.listed(spans))]
    mine = [_own(words, one) for one in own if one.day >= today]
    if mine:
        blocks.append(Markup("\n").join([words.say("<b>The office's own days</b>"), *mine]))
    else:
        blocks.append(words.say("The office has set no days of its own."))
    if may_change:
        names = {name: words.say(name) for name in MEANT}
        blocks.append(
            words.say(
                "To change a day: <code>/holidays {off} 2/5/2026 note</code>, "
                "<code>/holidays {worked} 9/5/2026 note</code>, <code>/holidays {usual} 2/5/2026</code>",
                off=names[OFF],
                worked=names[WORKED],
                usual=names[AS_EVERYWHERE],
            )
        )
    return Screen(Markup("\n\n").join(blocks))


def _spans(first: date, last: date, holiday: Callable[[date], bool]) -> Iterator[tuple[date, date]]:
    """Holidays that follow each other, as spans."""
    start: date | None = None
    for n in range((last - first).days + 2):
        day = first + ONE_DAY * n
        off = day <= last and holiday(day)
        if off and start is None:
            start = day
        elif not off and start is not None:
            yield start, day - ONE_DAY
            start = None


def _span(words: Words, first: date, last: date) -> str:
    return words.day(first) if first == last else f"{words.short_day(first)}–{words.day(last)}"


def _own(words: Words, one: DayOverride) -> Markup:
    word = words.say(WORKED if one.working else OFF)
    line = Markup("{} {}: {}").format(words.weekday(one.day), words.day(one.day), word)
    return Markup("{} ({})").format(line, one.note) if one.note else line


def day_set(words: Words, day: date, working: bool | None) -> Screen:
    """What holds for a day now."""
    word = next(words.say(name) for name, meant in MEANT.items() if meant is working)
    return Screen(words.say("{weekday} {day}: {word}.", weekday=words.weekday(day), day=words.day(day), word=word))


def not_read(words: Words) -> Screen:
    """A change that was not understood."""
    example = words.say(OFF)
    return Screen(words.say("Please write it like this: <code>/holidays {off} 2/5/2026 note</code>", off=example))
