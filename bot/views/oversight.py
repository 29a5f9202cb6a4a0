"""What a person sees of oversight: silence and urges, the week that begins or ends, missing figures, leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from markupsafe import Markup

from bot.rules.access import may_report
from bot.rules.book import Book
from bot.rules.notices import FiguresAsked, Oversight, StandsIn, Unheard, Urged, WeekBegun, WeekEnded
from bot.rules.people import Person
from bot.rules.plan import Plan
from bot.rules.reminders import Decision, NoUrge, Praise, UnitWeek, Week
from bot.views.items import MARKS, figure, goal, label, original_due, unit_names
from bot.views.reminding import item_buttons, pager
from bot.views.screen import About, Button, Rows, Screen, shortened
from bot.views.words import N_, Words

Thing = TypeVar("Thing")

PAGE = 6  # items with buttons of their own
WEEK_PAGE = 9  # entries of the week on a screen
TITLE = 60
SAID = 120
IN_A_ROW = 4
IN_A_LINE = 8  # codes
UNITS_IN_ONE = 10  # silent units on a line of the week


def oversight_screen(words: Words, told: Oversight) -> Screen:
    """A notice of oversight in words."""
    match told:
        case Unheard():
            return unheard_screen(words, told)
        case Urged():
            return urged_screen(words, told)
        case WeekBegun():
            return week_screen(words, told)
        case WeekEnded():
            return line_screen(words, told)
        case FiguresAsked():
            return figures_screen(words, told)
        case StandsIn():
            return stands_in_screen(words, told)


# ---------------------------------------------------------------- silence


def unheard_screen(words: Words, told: Unheard, page: int = 0, about: About | None = None) -> Screen:
    """Overdue items of which nothing is heard: for the office with a press that urges, for the unit with its own."""
    about = about or About(tuple(d.code for d in told.silences))
    shown, page, pages = _page(told.silences, page, PAGE)
    head = N_("📭 Overdue, and nothing is heard: {count}.") if told.urging else UNIT_HEAD
    count = words.count("{n} item", "{n} items", len(told.silences))
    blocks = [words.say(head, count=count), *(_unheard_block(words, told.book, told.today, d) for d in shown)]
    rows = tuple(_unheard_buttons(words, told, d, about.items.index(d.code)) for d in shown)
    word = "unheard" if told.urging else "silent"
    return Screen(_paged(words, blocks, page, pages), (*filter(None, rows), *pager(words, word, page, pages)), about)


UNIT_HEAD = N_("📭 Your unit's leader has been reminded of these and nothing is heard: {count}. Please look into it.")


def _unheard_block(words: Words, book: Book, today: date, silence: Decision) -> Markup:
    item = book.plan.item[silence.code]
    mark = MARKS[book.standing(item.code, today).status]
    due = words.day(item.approved_due) if item.approved_due else ""
    days = words.count(
        "due {day}, no report for {n} working day", "due {day}, no report for {n} working days", silence.days, day=due
    )
    parts = [days, *original_due(words, item), _units(words, book.plan, item.leads)]
    return Markup("{} {}\n{}").format(mark, label(words, item), Markup(" · ").join(parts))


def _units(words: Words, plan: Plan, codes: tuple[str, ...]) -> str:
    return shortened(str(unit_names(words, plan, codes).unescape()), SAID)


def _unheard_buttons(words: Words, told: Unheard, silence: Decision, number: int) -> tuple[Button, ...]:
    item = told.book.plan.item[silence.code]
    if told.urging:
        return (Button(str(words.say("🔔 Urge {code}", code=item.code).unescape()), f"urge:{number}"),)
    return item_buttons(words, item, number) if may_report(told.person, item, told.book.plan) else ()


def urged_screen(words: Words, told: Urged) -> Screen:
    """The office by name asks for a report."""
    item = told.book.plan.item[told.code]
    head = words.say("🔔 {name} of the standing office asks for a report on this item:", name=told.by)
    known = figure(words, item, told.book.facts_on(item.code))
    mark = MARKS[told.book.standing(item.code, told.today).status]
    due = [words.say("due {day}", day=words.day(item.approved_due))] if item.approved_due else []
    parts = [*due, *original_due(words, item), known]
    text = Markup("{}\n\n{} {}\n{}").format(head, mark, label(words, item), Markup(" · ").join(parts))
    return Screen(text, (item_buttons(words, item, 0),), About((item.code,)))


NO_URGE: Mapping[NoUrge, str] = {
    NoUrge.DONE: N_("{code} is finished; there is nothing to urge."),
    NoUrge.REPORTED: N_("{code} was reported on today; there is nothing to urge."),
    NoUrge.TOO_SOON: N_("{code} was urged at {time}; please leave the unit some hours."),
    NoUrge.NOBODY: N_("Nobody of the unit that leads {code} has joined; please reach them another way."),
}


def urge_refused(words: Words, code: str, why: NoUrge, when: str) -> Markup:
    """Why nobody was urged."""
    return words.say(NO_URGE[why], code=code, time=when)


def urge_sent(words: Words, code: str, people: tuple[Person, ...]) -> Markup:
    """Who has been urged."""
    return words.say("{code}: {names} have been urged.", code=code, names=words.listed([p.name for p in people]))


# ---------------------------------------------------------------- the week


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the week's digest: its heading, how it is counted in the first line, and its entries."""

    heading: str
    codes: Callable[[Week], tuple[str, ...]]
    said: Callable[[Words, int], Markup] | None = None


DECISION, DUE, OVERDUE = N_("Waiting for a decision"), N_("Due this week"), N_("Newly overdue")
DATED = frozenset({DUE, OVERDUE})  # parts whose entries name the due date
PARTS: tuple[_Part, ...] = (
    _Part(N_("For the chair: overdue, and nothing is heard"), lambda week: week.chair),
    _Part(
        DECISION,
        lambda week: week.decisions,
        lambda words, n: words.count("{n} waits for a decision", "{n} wait for a decision", n),
    ),
    _Part(
        OVERDUE,
        lambda week: week.overdue,
        lambda words, n: words.count("{n} newly overdue", "{n} newly overdue", n),
    ),
    _Part(
        N_("Newly behind"),
        lambda week: week.behind,
        lambda words, n: words.count("{n} newly behind", "{n} newly behind", n),
    ),
    _Part(
        DUE,
        lambda week: week.due,
        lambda words, n: words.count("{n} due this week", "{n} due this week", n),
    ),
    _Part(N_("Done"), lambda week: week.done, lambda words, n: words.count("{n} done", "{n} done", n)),
)


def week_screen(words: Words, told: WeekBegun, page: int = 0) -> Screen:
    """One page of the week's digest: what needs somebody first. Its items begin with those for the chair."""
    about = About(tuple(dict.fromkeys(c for part in PARTS for c in part.codes(told.week))))
    entries = list(_entries(words, told))
    shown, page, pages = _page(tuple(entries), page, WEEK_PAGE)
    blocks, heading = [_week_head(words, told.week)], ""
    for title, line, _ in shown:
        blocks.append(line if title == heading else Markup("\n<b>{}</b>\n{}").format(words.say(title), line))
        heading = title
    codes = dict.fromkeys(code for _, _, code in shown if code in about.items)
    opening = tuple(Button(code, f"nth:{about.items.index(code)}") for code in codes)
    rows: Rows = tuple(opening[n : n + IN_A_ROW] for n in range(0, len(opening), IN_A_ROW))
    data = f"weekly:{told.week.since}:{len(told.week.chair)}"
    text = _paged(words, [Markup("\n").join(blocks)], page, pages)
    return Screen(text, (*rows, *pager(words, data, page, pages)), about)


def _week_head(words: Words, week: Week) -> Markup:
    since, until = words.short_day(week.since), words.short_day(week.today - timedelta(1))
    counts: list[str] = [p.said(words, len(c)) for p in PARTS if p.said and (c := p.codes(week))]
    if week.silent:
        counts.append(words.count("{n} unit reported nothing", "{n} units reported nothing", len(week.silent)))
    if not counts:
        return words.say("🗓 Week of {since} to {until}: nothing has changed.", since=since, until=until)
    return words.say("🗓 Week of {since} to {until}: {counts}.", since=since, until=until, counts=words.listed(counts))


def _entries(words: Words, told: WeekBegun) -> Iterator[tuple[str, Markup, str]]:
    """The entries of all parts: heading, line, item code (empty for a unit)."""
    for part in PARTS:
        for code in part.codes(told.week):
            yield part.heading, _week_line(words, told, part, code), code
    silent = told.week.silent
    for n in range(0, len(silent), UNITS_IN_ONE):
        names = unit_names(words, told.book.plan, silent[n : n + UNITS_IN_ONE])
        yield N_("Units without any report"), Markup("• {}").format(names), ""
    for praise in told.week.praised:
        yield N_("Well done"), praise_line(words, told.book.plan, praise), ""


def _week_line(words: Words, told: WeekBegun, part: _Part, code: str) -> Markup:
    book = told.book
    item, facts = book.plan.item[code], book.facts_on(code)
    line = Markup("{} {} ({})").format(
        MARKS[book.standing(code, told.week.today).status],
        label(words, item, TITLE),
        shortened(_units(words, book.plan, item.leads), TITLE),
    )
    if part.heading == DECISION:
        said = [w for w in (facts.difficulty, facts.proposal) if w]
        return Markup("{}\n   “{}”").format(line, shortened(" → ".join(said), SAID))
    if part.heading not in DATED or item.approved_due is None:
        return line
    return Markup(" · ").join([line, words.short_day(item.approved_due), *original_due(words, item)])


def praise_line(words: Words, plan: Plan, praise: Praise) -> Markup:
    """A unit named for what it has done well."""
    unit = _units(words, plan, (praise.unit,))
    if praise.early and praise.recovered:
        return words.say(
            "👏 {unit}: finished early {early}; back on track {recovered}",
            unit=unit,
            early=words.listed(praise.early),
            recovered=words.listed(praise.recovered),
        )
    if praise.early:
        return words.say("👏 {unit}: finished early {codes}", unit=unit, codes=words.listed(praise.early))
    return words.say("👏 {unit}: back on track {codes}", unit=unit, codes=words.listed(praise.recovered))


def line_screen(words: Words, told: WeekEnded) -> Screen:
    """A leader's line at the end of a week; what needs nothing is said so."""
    line = told.line
    counts: list[str] = [say(words, len(found)) for say, found in _line_counts(line) if found]
    said = words.listed(counts) if counts else words.say("nothing new")
    lines = [words.say("📅 Your unit this week: {counts}; {needs}.", counts=said, needs=_needs(words, line.owed))]
    lines += [praise_line(words, told.book.plan, praise) for praise in line.praised]
    if line.next_week:
        lines.append(words.say("Due next week: {codes}", codes=_some(words, line.next_week)))
    return Screen(Markup("\n").join(lines), about=About(line.owed) if line.owed else None)


def _needs(words: Words, owed: tuple[str, ...]) -> Markup:
    if not owed:
        return words.say("nothing is needed")
    return words.say("please report on {codes}", codes=_some(words, owed))


def _some(words: Words, codes: tuple[str, ...]) -> Markup:
    """Codes one after the other; of many, the first ones and how many more there are."""
    listed = words.listed(codes[:IN_A_LINE])
    more = len(codes) - IN_A_LINE
    return words.count("{codes} and {n} more", "{codes} and {n} more", more, codes=listed) if more > 0 else listed


Counted = tuple[Callable[[Words, int], Markup], tuple[str, ...]]


def _line_counts(line: UnitWeek) -> tuple[Counted, ...]:
    return (
        (lambda words, n: words.count("{n} done", "{n} done", n), line.done),
        (lambda words, n: words.count("{n} behind", "{n} behind", n), line.behind),
        (lambda words, n: words.count("{n} overdue", "{n} overdue", n), line.overdue),
    )


# ---------------------------------------------------------------- figures


def figures_screen(words: Words, told: FiguresAsked, page: int = 0, about: About | None = None) -> Screen:
    """The targets whose figure of the month is missing, each with a button that asks for it."""
    about = about or About(told.codes)
    shown, page, pages = _page(told.codes, page, PAGE)
    count = words.count("{n} target", "{n} targets", len(told.codes))
    month = words.digits(f"{told.last.month}/{told.last.year}")
    head = words.say("📐 Figures for {month} are still missing: {count}.", month=month, count=count)
    blocks, rows = [head], list[tuple[Button, ...]]()
    for code in shown:
        item = told.book.plan.item[code]
        known = figure(words, item, told.book.facts_on(code))
        aim = words.say("{figure}, goal {goal}", figure=known, goal=goal(words, item))
        blocks.append(Markup("{}\n{}").format(label(words, item), aim))
        name = str(words.say("{code} figure", code=code).unescape())
        rows.append((Button(name, f"tell:figure:{about.items.index(code)}"),))
    return Screen(_paged(words, blocks, page, pages), (*rows, *pager(words, "figures", page, pages)), about)


# ---------------------------------------------------------------- leave, and other clocks


def stands_in_screen(words: Words, told: StandsIn) -> Screen:
    """To whoever is reminded instead."""
    name, until = told.who.name, words.day(told.until)
    if told.first is None:
        text = words.say(
            "🏖 {name} is on leave until {day}. Until then I remind you of the unit's items.", name=name, day=until
        )
    elif told.first == told.until:
        text = words.say("🏖 {name} is on leave on {day}. I remind you of the unit's items then.", name=name, day=until)
    else:
        text = words.say(
            "🏖 {name} is on leave from {first} to {day}. Meanwhile I remind you of the unit's items.",
            name=name,
            first=words.day(told.first),
            day=until,
        )
    return Screen(text)


@dataclass(frozen=True, slots=True)
class LeaveShown:
    """A leave as it is confirmed: from when (None: today), until when, who stands in, which units nobody covers."""

    first: date | None
    until: date
    stand_ins: tuple[Person, ...]
    uncovered: tuple[str, ...]


def leave_screen(words: Words, plan: Plan, leave: LeaveShown) -> Screen:
    """That somebody is not reminded until a day, and who is meanwhile."""
    until = words.day(leave.until)
    if leave.first == leave.until:
        head = words.say("🏖 On {day} I do not remind you.", day=until)
    elif leave.first:
        head = words.say("🏖 From {first} to {day} I do not remind you.", first=words.day(leave.first), day=until)
    else:
        head = words.say("🏖 Until {day} I do not remind you.", day=until)
    lines = [head]
    if leave.stand_ins:
        names = words.listed([p.name for p in leave.stand_ins])
        lines.append(words.say("Reminded in your place: {names}.", names=names))
    if leave.uncovered:
        units = unit_names(words, plan, leave.uncovered)
        lines.append(words.say("Please note: nobody else of {units} has joined, so nobody is reminded.", units=units))
    return Screen(Markup("\n").join(lines), ((Button(str(words.say("I am back")), "back"),),))


def ask_leave(words: Words, example: date) -> Screen:
    """How to say when a leave ends."""
    day = words.short_day(example)
    return Screen(words.say("Until which day? Write, for example: <code>/mute {day}</code>", day=day))


def question_of_time(words: Words, time: str) -> str:
    """A question around a time, so that it is read like any other."""
    return str(words.say("what is due {time}?", time=time).unescape())


def leave_refused(words: Words, day: date) -> Screen:
    """A leave that is over."""
    return Screen(words.say("{day} has passed. Please ask for a date that is still to come.", day=words.day(day)))


def back_screen(words: Words, *, was_away: bool) -> Screen:
    """Somebody is back."""
    if was_away:
        return Screen(words.say("Welcome back. I remind you again from now on."))
    return Screen(words.say("You were not on leave; I remind you as before."))


def zone_screen(words: Words, zone: str, now: str, *, own: bool) -> Screen:
    """By which clock somebody lives."""
    head = N_("Your own time zone: {zone} (now {time}).") if own else N_("The office's time zone: {zone} (now {time}).")
    hint = words.say("To change it: <code>/timezone Asia/Dhaka</code>; back to the office's: <code>/timezone -</code>")
    return Screen(Markup("{}\n{}").format(words.say(head, zone=zone, time=now), hint))


def no_such_zone(words: Words, given: str) -> Screen:
    """A time zone that there is not."""
    return Screen(words.say("I do not know the time zone “{zone}”. Write it like Asia/Ho_Chi_Minh.", zone=given))


# ---------------------------------------------------------------- small things


def _page(things: tuple[Thing, ...], page: int, size: int) -> tuple[tuple[Thing, ...], int, int]:
    """The things on a page, the page as far as there is one, and how many there are."""
    pages = max(1, -(-len(things) // size))
    page = min(max(page, 0), pages - 1)
    return things[page * size : (page + 1) * size], page, pages


def _paged(words: Words, blocks: list[Markup], page: int, pages: int) -> Markup:
    if pages > 1:
        blocks = [
            *blocks,
            words.say("Page {page} of {pages}", page=words.number(page + 1), pages=words.number(pages)),
        ]
    return Markup("\n\n").join(blocks)
