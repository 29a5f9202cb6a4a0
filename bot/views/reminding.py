"""What a person sees of reminding: the morning's digest with its buttons, and what the office is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from markupsafe import Markup

from bot.rules.acts import Act, Intent
from bot.rules.book import Book
from bot.rules.notices import BlockedTold, DayTold, Reminded, Told, Unreached
from bot.rules.plan import Item
from bot.rules.record import Report
from bot.rules.reminders import Decision, Held, Why
from bot.rules.requests import Later
from bot.views.items import MARKS, amount, figure, goal, label, original_due, state_word, status_word, unit_names
from bot.views.screen import About, Button, Prompt, Rows, Screen, asks_for, shortened
from bot.views.words import N_, Words

PAGE = 6  # items on a screen of a phone, a row of buttons each
DAY_PAGE = 8
WORDS_SHOWN = 200
STAMP = "%Y%m%dT%H%M%S"  # a moment in a button's data, in UTC
QUICK = (25, 50, 75, 90)  # percent, on buttons
STEP = 10  # percent, from one figure to the next in an example

COUNTS: Mapping[Why, Callable[[Words, int], Markup]] = {
    Why.OVERDUE: lambda words, n: words.count("{n} overdue item", "{n} overdue items", n),
    Why.DUE_NOW: lambda words, n: words.count("{n} item due now", "{n} items due now", n),
    Why.DUE_SOON: lambda words, n: words.count("{n} item due soon", "{n} items due soon", n),
    Why.STALE: lambda words, n: words.count("{n} item without a recent report", "{n} items without a recent report", n),
}
HEADINGS: Mapping[Why, str] = {
    Why.OVERDUE: N_("Overdue"),
    Why.DUE_NOW: N_("Due now"),
    Why.DUE_SOON: N_("Due soon"),
    Why.STALE: N_("No recent report"),
}


def notice_screen(words: Words, content: Told) -> Screen:
    """A notice in words."""
    match content:
        case Reminded():
            return digest_screen(words, content)
        case DayTold():
            return day_screen(words, content)
        case BlockedTold():
            return blocked_screen(words, content)
        case Unreached():
            return Screen(unreached(words, content))


# ---------------------------------------------------------------- the digest


def digest_screen(words: Words, told: Reminded, page: int = 0, about: About | None = None) -> Screen:
    """One page of a digest. `about` is the message's own, which gives the buttons their numbers (None: a new one)."""
    about = about or About(tuple(d.code for d in told.decisions))
    pages = max(1, -(-len(told.decisions) // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = told.decisions[page * PAGE : (page + 1) * PAGE]
    blocks = [_head(words, told), *_grouped(words, told, shown), _foot(words, told, shown, page, pages)]
    rows: Rows = tuple(item_buttons(words, told.book.plan.item[d.code], about.items.index(d.code)) for d in shown)
    return Screen(Markup("\n\n").join(blocks), (*rows, *pager(words, f"digest:{told.since}", page, pages)), about)


def _head(words: Words, told: Reminded) -> Markup:
    if told.own:
        return words.say("⏰ You asked to be reminded:")
    found = [d.why for d in told.decisions if d.listed]
    counts: list[str] = [COUNTS[why](words, found.count(why)) for why in COUNTS if why in found]
    if not counts:
        return words.say("Everything on this list has been answered. Thank you.")
    day = words.short_day(told.today)
    return words.say(
        "☀️ {weekday} {day}: {counts}.", weekday=words.weekday(told.today), day=day, counts=words.listed(counts)
    )


def _grouped(words: Words, told: Reminded, shown: tuple[Decision, ...]) -> list[Markup]:
    """The items under their headings; a heading stands once, before its first item on this page."""
    blocks: list[Markup] = []
    before: str | None = None
    for decision in shown:
        heading = _heading(decision)
        block = _item_block(words, told, decision)
        if heading != before and len(told.decisions) > 1 and not told.own:
            block = Markup("<b>{}</b>\n{}").format(words.say(heading), block)
        before = heading
        blocks.append(block)
    return blocks


def _heading(decision: Decision) -> str:
    return HEADINGS[decision.why] if decision.listed and decision.why else N_("Answered")


def _item_block(words: Words, told: Reminded, decision: Decision) -> Markup:
    item = told.book.plan.item[decision.code]
    standing = told.book.standing(decision.code, told.today)
    known = figure(words, item, told.book.facts_on(decision.code))
    measured = item.is_target and not item.yes_no
    aim = words.say("{figure}, goal {goal}", figure=known, goal=goal(words, item)) if measured else known
    mark = MARKS[standing.status]
    parts = [reason(words, told, decision), *_more_on_due(words, told, item), aim]
    return Markup("{} {}\n{}").format(mark, label(words, item), Markup(" · ").join(parts))


def _more_on_due(words: Words, told: Reminded, item: Item) -> list[Markup]:
    """The original date where another one counts, and the one that is asked for."""
    parts = original_due(words, item)
    if until := told.asked.get(item.code):
        parts.append(words.say("asked for until {day}", day=words.day(until)))
    return parts


def reason(words: Words, told: Reminded, decision: Decision) -> Markup:
    """Why the item is on the list, with its figures; how it stands where it is not (any more)."""
    item, days = told.book.plan.item[decision.code], decision.days
    due = item.approved_due
    if not decision.listed or (decision.why is not Why.STALE and due is None):
        return _no_reason(words, told, decision, item)
    if decision.why is Why.STALE:
        if told.book.facts_on(item.code).last_on is None:
            return words.say("never reported yet")
        return words.count("no report for {n} day", "no report for {n} days", days)
    assert due is not None
    day = words.short_day(due) if due.year == told.today.year else words.day(due)
    if decision.why is Why.OVERDUE:
        return words.count("{n} day overdue (was due {day})", "{n} days overdue (was due {day})", days, day=day)
    if decision.why is Why.DUE_SOON:
        return words.count("due {day}, {n} working day left", "due {day}, {n} working days left", days, day=day)
    if due == told.today:
        return words.say("due today")
    return words.say("due {weekday} {day}, a day off", weekday=words.weekday(due), day=day)


def _no_reason(words: Words, told: Reminded, decision: Decision, item: Item) -> Markup:
    last = told.book.facts_on(item.code).last_on
    if decision.held is Held.REPORTED and last is not None:
        return words.say("reported {day}", day=words.short_day(last))
    return status_word(words, told.book.standing(item.code, told.today).status, target=item.is_target)


def _foot(words: Words, told: Reminded, shown: tuple[Decision, ...], page: int, pages: int) -> Markup:
    hint = words.say("Press a button, or write a line such as “{example}”.", example=_example(words, told, shown))
    if pages == 1:
        return hint
    count = words.say("Page {page} of {pages}", page=words.number(page + 1), pages=words.number(pages))
    return Markup("{}\n{}").format(count, hint)


def _example(words: Words, told: Reminded, shown: tuple[Decision, ...]) -> str:
    """A line that works for one of the items shown: a step on from a task's percent, a target's goal; else "done"."""
    items = [told.book.plan.item[d.code] for d in shown]
    task = next((i for i in items if not i.is_target), None)
    if task:
        known = told.book.facts_on(task.code).percent or 0
        return f"{task.code} {words.percent(min(100, (int(known) // STEP + 1) * STEP))}"
    measured = next((i for i in items if not i.yes_no and i.goal), None)
    if measured and measured.goal:
        return f"{measured.code} {amount(words, measured, measured.goal.value).unescape()}"
    return str(words.say("{code} done", code=items[0].code).unescape())


def item_buttons(words: Words, item: Item, number: int) -> tuple[Button, ...]:
    """Done, figure, difficulty, later; what is achieved or not has no figure."""
    done = Button(str(words.say("{code} done", code=item.code).unescape()), f"tell:done:{number}")
    hard = Button(str(words.say("{code} difficulty", code=item.code).unescape()), f"tell:hard:{number}")
    later = Button("⏰", f"later:{number}")
    if item.yes_no:
        return done, hard, later
    percent = not item.is_target or item.measure == "%"
    name = f"{item.code} %" if percent else str(words.say("{code} figure", code=item.code).unescape())
    return done, Button(name, f"tell:figure:{number}"), hard, later


def later_screen(words: Words, item: Item, moments: Mapping[datetime, Later], *, extend: bool) -> Screen:
    """When an item is to come again; a moment may be typed, and a later deadline asked for."""
    text = words.say(
        "{item}\nWhen shall I remind you again? Until then it stays out of your list. "
        "Choose, or reply with a day and time.",
        item=label(words, item),
    )
    rows = [(Button(_later_label(words, m, why), f"want:at:{m:%Y-%m-%dT%H:%M}"),) for m, why in moments.items()]
    if extend:
        rows.append((Button(str(words.say("Ask for a later deadline")), "later:extend"),))
    rows.append((Button(str(words.say("Never mind")), "want:no"),))
    return Screen(text, tuple(rows), About((item.code,), act=Act(Intent.REMIND, {"item": item.code}, sure=False)))


LATER: Mapping[Later, str] = {
    Later.NEXT: N_("The next working day, {day}"),
    Later.SOON: N_("In three working days, {day}"),
    Later.DUE: N_("On the due day, {day}"),
}


def _later_label(words: Words, moment: datetime, why: Later) -> str:
    """Why the moment is offered, and its day."""
    return str(words.say(LATER[why], day=words.short_day(moment.date())).unescape())


def pager(words: Words, data: str, page: int, pages: int) -> Rows:
    """The row that turns pages; none for a single page."""
    row = []
    if page > 0:
        row.append(Button(str(words.say("◀ Back")), f"{data}:{page - 1}"))
    if page < pages - 1:
        row.append(Button(str(words.say("Next ▶")), f"{data}:{page + 1}"))
    return (tuple(row),) if row else ()


# ---------------------------------------------------------------- what the buttons ask


def percent_prompt(words: Words, book: Book, item: Item) -> Prompt:
    """How far a task is: the usual percents on buttons, or a figure of one's own."""
    known = figure(words, item, book.facts_on(item.code))
    text = words.say("{item}\nOn record: {figure}. How far is it now?", item=label(words, item), figure=known)
    quick = tuple(Button(words.percent(share), f"tell:{share}:0") for share in QUICK)
    other = Button(str(words.say("Another figure")), "tell:other:0")
    return Prompt(text, asks_for("figure", (item.code,)), rows=(quick, (other,)))


def figure_prompt(words: Words, book: Book, item: Item) -> Prompt:
    """Asks for a figure to be typed: a task's percent, a target's measured value."""
    known = figure(words, item, book.facts_on(item.code))
    if item.is_target:
        aim = goal(words, item)
        text = words.say(
            "{item}\nOn record: {figure}, goal {goal}. Please reply with the value measured now.",
            item=label(words, item),
            figure=known,
            goal=aim,
        )
        hint = str(amount(words, item, item.goal.value if item.goal else None).unescape())
    else:
        text = words.say(
            "{item}\nOn record: {figure}. Please reply with the percentage done.", item=label(words, item), figure=known
        )
        hint = words.percent(60)
    return Prompt(text, asks_for("figure", (item.code,)), hint)


def difficulty_prompt(words: Words, item: Item) -> Prompt:
    """Asks for a difficulty in the leader's own words."""
    text = words.say(
        "{item}\nWhat stands in the way, and what do you propose? Please reply in your own words.",
        item=label(words, item),
    )
    return Prompt(text, asks_for("difficulty", (item.code,)), str(words.say("Difficulty, proposal…")))


def as_difficulty(words: Words, code: str, told: str) -> str:
    """A difficulty told without naming it, as the whole line that it stands for."""
    return f"{words.say('{code} difficulty', code=code).unescape()}: {told}"


def completed_report(item: Item, answer: str) -> str:
    """A bare figure as the whole line that it stands for, to be read like any other."""
    return f"{item.code} {answer}" if item.is_target else f"{item.code} {answer}%"


# ---------------------------------------------------------------- the office


def day_screen(words: Words, told: DayTold, page: int = 0) -> Screen:
    """One page of what was reported since the last such digest; each item can be opened."""
    pages = max(1, -(-len(told.reports) // DAY_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = told.reports[page * DAY_PAGE : (page + 1) * DAY_PAGE]
    count = words.count("{n} item", "{n} items", len(told.reports))
    day = words.short_day(told.today)
    head = words.say(
        "📋 Reported by {weekday} {day}: {count}.", weekday=words.weekday(told.today), day=day, count=count
    )
    blocks = [head, *(report_block(words, told.book, told, r) for r in shown)]
    if pages > 1:
        blocks.append(words.say("Page {page} of {pages}", page=words.number(page + 1), pages=words.number(pages)))
    data = f"day:{told.after:{STAMP}}:{told.until:{STAMP}}"
    opening = tuple(Button(r.item, f"nth:{page * DAY_PAGE + n}") for n, r in enumerate(shown))
    rows = tuple(opening[n : n + DAY_PAGE // 2] for n in range(0, len(opening), DAY_PAGE // 2))
    about = About(tuple(r.item for r in told.reports))
    return Screen(Markup("\n\n").join(blocks), (*rows, *pager(words, data, page, pages)), about)


def report_block(words: Words, book: Book, told: DayTold | BlockedTold, report: Report) -> Markup:
    """A report as the office reads it: item, what was said, by whom, the difficulty and the proposal."""
    item = book.plan.item[report.item]
    mark = MARKS[book.standing(item.code, told.today).status]
    lines = [Markup("{} {}").format(mark, label(words, item)), Markup(" · ").join(_said(words, book, item, report))]
    if report.difficulty:
        lines.append(words.say("Difficulty: {words}", words=shortened(report.difficulty, WORDS_SHOWN)))
    if report.proposal:
        lines.append(words.say("Proposal: {words}", words=shortened(report.proposal, WORDS_SHOWN)))
    return Markup("\n").join(lines)


def _said(words: Words, book: Book, item: Item, report: Report) -> list[Markup]:
    said: list[Markup] = []
    if report.value is not None:
        said.append(amount(words, item, report.value))
    if report.percent is not None:
        said.append(Markup(words.percent(report.percent)))
    if report.state is not None:
        said.append(state_word(words, report.state))
    by = [unit_names(words, book.plan, (report.unit,))] if report.unit else []
    return [*said, *by, *([Markup.escape(report.by)] if report.by else [])]


def blocked_screen(words: Words, told: BlockedTold) -> Screen:
    """A report that says work has stopped, told to the office at once."""
    block = report_block(words, told.book, told, told.report)
    text = Markup("{}\n\n{}").format(words.say("⛔ Work has stopped:"), block)
    return Screen(text, about=About((told.report.item,)))


def unreached(words: Words, told: Unreached) -> Markup:
    """Whom notices do not reach, and what the office can do."""
    units = unit_names(words, told.book.plan, told.who.units)
    who = words.say("{name} ({units})", name=told.who.name, units=units)
    if told.closed:
        return words.say(
            "{who} does not take messages from me any more: the chat is blocked or gone. "
            "Reminders stop until they write to me again.",
            who=who,
        )
    return words.say("A message to {who} could not be delivered. Please reach them another way.", who=who)
