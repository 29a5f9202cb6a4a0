"""Answers about one item: everything on it, its history, who leads it, when it is due."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from bot.rules.acts import Act
from bot.rules.answers import Basis, Contact, Dated, Detailed, Entry, Historied, Owned, Told
from bot.rules.plan import Item, Plan, Role
from bot.rules.questions import point_reached
from bot.rules.record import State
from bot.rules.standing import Status
from bot.views.asking_words import (
    back_button,
    item_buttons,
    page_buttons,
    page_line,
    period_name,
    quoted,
    reason,
    trimmed,
    unit_name,
)
from bot.views.items import amount, label, standing_line, state_word
from bot.views.screen import About, Button, Rows, Screen
from bot.views.words import N_, Words

FULL_TITLE = 500
UNITS_SHOWN = 300  # UTF-16 units of a list of unit names
QUOTED = 300  # UTF-16 units of a difficulty or proposal

BASES: Mapping[Basis, str] = {
    Basis.DUE: N_("Expected by now: {share} (the due date has come)"),
    Basis.ONCE: N_("Expected by now: {share} (it is measured once, on the due date)"),
    Basis.POINT: N_("Expected by now: {share} (planned for {day}: {point})"),
    Basis.BEFORE_POINT: N_("Expected by now: {share} (the first planned figure is still to come)"),
    Basis.EVEN: N_("Expected by now: {share} (spread evenly from {start} to {due})"),
}
ROLES: Mapping[Role, str] = {Role.LEADER: N_("leader"), Role.DEPUTY: N_("deputy")}


# ---------------------------------------------------------------- everything on an item


def detail_screen(words: Words, plan: Plan, act: Act, answer: Detailed) -> Screen:
    """Standing and reason first; then expectation, due date, units, difficulties, the last reports."""
    entry = answer.entry
    item = entry.item
    lines = [trimmed(label(words, item, FULL_TITLE), FULL_TITLE + 50), *_standing(words, entry)]
    lines += [line for line in (_expected(words, answer), due_line(words, entry)) if line]
    lines += [Markup(""), *_units(words, plan, item), *_belongs(words, plan, item)]
    lines += _obstacles(words, entry)
    if answer.trail:
        lines += [Markup(""), words.say("<b>Last reports</b>"), *(_told_line(words, item, t) for t in answer.trail)]
    if len(answer.trail) > 1:
        lines.append(_course(words, item, answer.trail))
    about = About((item.code,), (), act)
    return Screen(Markup("\n").join(lines), _detail_buttons(words, act, answer), about)


def _standing(words: Words, entry: Entry) -> list[Markup]:
    if entry.item.withdrawn:
        return [words.say("Withdrawn from the plan; its reports are kept.")]
    return [standing_line(words, entry.item, entry.standing), trimmed(reason(words, entry), 400)]


def _expected(words: Words, answer: Detailed) -> Markup | None:
    """What was expected by now, and why."""
    item, standing = answer.entry.item, answer.entry.standing
    if answer.basis not in BASES or standing.expected is None or item.withdrawn or standing.status is Status.DONE:
        return None
    point = point_reached(item, answer.day)
    return words.say(
        BASES[answer.basis],
        share=words.percent(round(standing.expected, 1)),
        day=words.short_day(point[0]) if point else "",
        point=trimmed(amount(words, item, point[1]), 60) if point else "",
        start=words.short_day(item.start),
        due=words.short_day(item.approved_due) if item.approved_due else "",
    )


def due_line(words: Words, entry: Entry) -> Markup:
    """The due date that counts, the days left, the original one, and the plan's own words where they say more."""
    item, parts = entry.item, list[Markup]()
    if item.approved_due is None:
        parts.append(words.say("No deadline"))
    else:
        parts.append(words.say("Due on {day}", day=words.day(item.approved_due)))
        if entry.standing.status is not Status.DONE and not item.withdrawn:
            parts.append(days_left(words, entry.standing.days_left or 0))
    if item.extended and item.due:
        parts.append(words.say("originally {day}", day=words.day(item.due)))
    if item.due_text and words.lang != "bn":
        parts.append(words.say("in the plan: “{words}”", words=quoted(item.due_text, 60)))
    return Markup("; ").join(parts)


def days_left(words: Words, days: int) -> Markup:
    """How long there is, or since when it is overdue."""
    if days == 0:
        return words.say("today")
    if days < 0:
        return words.count("{n} day ago", "{n} days ago", -days)
    return words.count("{n} day left", "{n} days left", days)


def _units(words: Words, plan: Plan, item: Item) -> list[Markup]:
    lines = [words.say("Leads: {units}", units=_names(words, plan, item.leads))] if item.leads else []
    if item.partners:
        lines.append(words.say("Working with: {units}", units=_names(words, plan, item.partners)))
    return lines


def _names(words: Words, plan: Plan, codes: tuple[str, ...]) -> Markup:
    return trimmed(words.listed([unit_name(words, plan, code) for code in codes]), UNITS_SHOWN)


def _belongs(words: Words, plan: Plan, item: Item) -> list[Markup]:
    """The field of work, and the target that a task serves."""
    lines: list[Markup] = []
    pillar = plan.pillar.get(item.pillar or "")
    if pillar is not None:
        lines.append(words.say("Field: {pillar}", pillar=quoted(pillar.name(words.lang), 100)))
    served = plan.item.get(item.target or "")
    if served is not None:
        lines.append(words.say("Serves {target}", target=trimmed(label(words, served), 150)))
    return lines


def _obstacles(words: Words, entry: Entry) -> list[Markup]:
    """What is still open, in the leaders' own words."""
    lines: list[Markup] = []
    if entry.facts.difficulty:
        lines.append(words.say("Difficulty: {words}", words=quoted(entry.facts.difficulty, QUOTED)))
    if entry.facts.proposal:
        lines.append(words.say("Proposal: {words}", words=quoted(entry.facts.proposal, QUOTED)))
    return [Markup(""), *lines] if lines else []


def _course(words: Words, item: Item, trail: tuple[Told, ...]) -> Markup:
    """The figures of the last reports in one line, oldest first: `14/3 57% → 2/6 60%`."""
    steps = [Markup("{} {}").format(words.short_day(t.report.on), _figure(words, item, t)) for t in reversed(trail)]
    return trimmed(words.say("Course: {steps}", steps=Markup(" → ").join(steps)), 300)


def _detail_buttons(words: Words, act: Act, answer: Detailed) -> Rows:
    row = [Button(str(words.say("History").unescape()), "hist")]
    if answer.may_report:
        row.append(Button(str(words.say("Report").unescape()), "report"))
    return (tuple(row), *back_button(words, act))


# ---------------------------------------------------------------- history


def history_screen(words: Words, plan: Plan, act: Act, answer: Historied) -> Screen:
    """Reports one a line, newest first; what was corrected or taken back is marked, never hidden."""
    lines = [_history_title(words, plan, answer)]
    if answer.period:
        lines.append(Markup("<i>{}</i>").format(period_name(words, answer.period)))
    if not answer.told:
        lines.append(words.say("Nothing was reported."))
    known = {t.report.item: plan.item[t.report.item] for t in answer.told if t.report.item in plan.item}
    for told in answer.told:
        lines.append(_history_line(words, known[told.report.item], told, named=answer.item is None))
    page = page_line(words, answer.page)
    text = Markup("\n").join([*lines, *([Markup("\n{}").format(page)] if page else [])])
    items = [answer.item] if answer.item else list(known.values())
    opens = () if answer.item and act.slots.get("back") else item_buttons(items)
    rows = (*opens, *page_buttons(words, answer.page), *back_button(words, act))
    return Screen(text, rows, About(tuple(i.code for i in items), (), act))


def _history_title(words: Words, plan: Plan, answer: Historied) -> Markup:
    size = words.count("{n} report", "{n} reports", answer.page.total)
    if answer.item:
        return Markup("{}\n<b>{}</b>").format(trimmed(label(words, answer.item, 200), 260), size)
    if answer.unit:
        name = quoted(unit_name(words, plan, answer.unit), 150)
        return Markup("<b>{}</b>: {}").format(name, size)
    return Markup("<b>{}</b>").format(size)


def _history_line(words: Words, item: Item, told: Told, *, named: bool) -> Markup:
    line = _told_line(words, item, told)
    if named:
        line = Markup("{}\n   <i>{}</i>").format(line, trimmed(label(words, item, 60), 100))
    quotes = [text for text in (told.report.difficulty, told.report.proposal) if text]
    return Markup("\n   ").join([line, *(Markup("“{}”").format(quoted(text, 90)) for text in quotes)])


def _told_line(words: Words, item: Item, told: Told) -> Markup:
    """`• 2/6: 55% – Phạm Đăng Khoa`, with what became of it."""
    report = told.report
    said = trimmed(_figure(words, item, told), 80)
    figures = report.value is not None or report.percent is not None
    if figures and report.state in (State.BLOCKED, State.NOT_STARTED):
        said = Markup("{}, {}").format(said, state_word(words, report.state))
    line = Markup("• {}: {}").format(words.short_day(report.on), said)
    if report.by:
        line = Markup("{} – {}").format(line, quoted(report.by, 40))
    return Markup("{}{}").format(line, _marks(words, told))


def _figure(words: Words, item: Item, told: Told) -> Markup:
    """What a report said, in figures where it has any."""
    report = told.report
    if report.value is not None:
        return amount(words, item, report.value)
    if report.percent is not None:
        return Markup(words.percent(report.percent))
    return state_word(words, report.state or State.IN_PROGRESS)


def _marks(words: Words, told: Told) -> Markup:
    marks: list[Markup] = []
    if told.withdrawn:
        marks.append(words.say("taken back"))
    elif told.corrected:
        marks.append(words.say("corrected later"))
    if told.report.corrects:
        marks.append(words.say("a correction"))
    if told.report.evidence:
        marks.append(words.count("{n} file", "{n} files", told.report.evidence))
    return Markup(" ({})").format(Markup(", ").join(marks)) if marks else Markup("")


# ---------------------------------------------------------------- who, and when


def owner_screen(words: Words, plan: Plan, act: Act, answer: Owned) -> Screen:
    """The leading units, with those who have joined for each; then who works with them."""
    item = answer.item
    lines = [trimmed(label(words, item, 200), 260)]
    if not item.leads:
        lines.append(words.say("No leading unit is named in the plan."))
    elif len(item.leads) == 1:
        lines.append(words.say("Led by <b>{unit}</b>", unit=quoted(unit_name(words, plan, item.leads[0]), 150)))
    else:
        lines.append(words.count("Led by {n} unit:", "Led by {n} units:", len(item.leads)))
        lines.append(Markup("<b>{}</b>").format(_names(words, plan, item.leads)))
    people = [_contact(words, plan, c, several=len(item.leads) > 1) for c in answer.contacts[:8]]
    groups = [code for code in item.leads if code in plan.unit and plan.unit[code].is_group]
    if not people and len(groups) < len(item.leads):
        lines.append(words.say("Nobody of theirs has joined yet."))
    lines += [*people, *(_group(words, plan, code) for code in groups[:4])]
    if item.partners:
        lines.append(words.say("Working with: {units}", units=_names(words, plan, item.partners)))
    return Screen(Markup("\n").join(lines), item_buttons([item]), About((item.code,), (), act))


def _group(words: Words, plan: Plan, code: str) -> Markup:
    """A group leads by its members."""
    name = quoted(unit_name(words, plan, code), 80)
    size = len(plan.members_of[code])
    return words.count(
        "{unit}: {n} unit, which may report", "{unit}: {n} units, each of which may report", size, unit=name
    )


def _contact(words: Words, plan: Plan, contact: Contact, *, several: bool) -> Markup:
    role = words.say(ROLES[contact.role])
    if several:
        role = words.listed([role, quoted(unit_name(words, plan, contact.unit), 80)])
    return Markup("• {} ({})").format(quoted(contact.name, 60), role)


def deadline_screen(words: Words, plan: Plan, act: Act, answer: Dated) -> Screen:
    """The due date and the days left first."""
    entry = answer.entry
    item = entry.item
    lines = [Markup("<b>{}</b>").format(due_line(words, entry)), trimmed(label(words, item, 200), 260)]
    if item.withdrawn:
        lines.append(words.say("Withdrawn from the plan; its reports are kept."))
    else:
        lines.append(standing_line(words, item, entry.standing))
        lines.append(trimmed(reason(words, entry), 400) if entry.standing.status is not Status.OVERDUE else Markup(""))
    return Screen(Markup("\n").join(lines).rstrip(), item_buttons([item]), About((item.code,), (), act))
