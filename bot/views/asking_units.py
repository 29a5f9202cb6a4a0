"""Answers about units: who has not reported, who leads and who lags, what stands in the way."""

from __future__ import annotations

from itertools import groupby

from markupsafe import Markup

from bot.rules.acts import Act
from bot.rules.answers import Obstacle, Obstacles, Quiet, Rank, Ranked, Silence
from bot.rules.plan import Item, Kind, Plan
from bot.rules.standing import Status
from bot.views.asking_words import (
    back_button,
    entry_block,
    item_buttons,
    page_buttons,
    page_line,
    period_name,
    quoted,
    scope_line,
    trimmed,
    unit_name,
)
from bot.views.items import MARKS, label
from bot.views.screen import About, Screen
from bot.views.words import Words

NAME = 80  # characters of a unit's name
QUOTED = 200  # UTF-16 units of a difficulty or a proposal, where there are few of them
ROOM = 3600  # UTF-16 units that a page of difficulties shares out
FRAME = 250  # UTF-16 units of what stands around the words: item, unit, day, author


# ---------------------------------------------------------------- who has not reported


def silence_screen(words: Words, plan: Plan, act: Act, answer: Silence) -> Screen:
    """How many of how many units have not reported in the period, the longest silent first."""
    if answer.one is not None:
        return _one_unit_screen(words, plan, act, answer, answer.one)
    total = answer.page.total
    if total:
        head = words.count(
            "<b>{n} unit has not reported</b> of {all} that should",
            "<b>{n} units have not reported</b> of {all} that should",
            total,
            all=words.number(answer.expected),
        )
    else:
        head = words.say("<b>Every unit that should report has done so.</b>")
    lines = [head, *_covered(words, plan, answer), Markup("")]
    lines += [_quiet_line(words, plan, quiet) for quiet in answer.quiet]
    page = page_line(words, answer.page)
    text = Markup("\n").join([*lines, *([Markup("\n{}").format(page)] if page else [])]).rstrip()
    return Screen(text, (*page_buttons(words, answer.page), *back_button(words, act)), About(act=act))


def _covered(words: Words, plan: Plan, answer: Silence) -> list[Markup]:
    line = scope_line(words, plan, answer.scope)
    return [line] if line else []


def _quiet_line(words: Words, plan: Plan, quiet: Quiet) -> Markup:
    parts = [words.count("{n} item waiting", "{n} items waiting", quiet.waiting)]
    if quiet.overdue:
        parts.append(words.say("{n} of them overdue", n=words.number(quiet.overdue)))
    parts.append(_last_report(words, quiet))
    return Markup("• <b>{}</b>: {}").format(quoted(unit_name(words, plan, quiet.unit), NAME), Markup(", ").join(parts))


def _last_report(words: Words, quiet: Quiet) -> Markup:
    if quiet.last_on is None:
        return words.say("never reported")
    return words.say("last report {day}", day=words.short_day(quiet.last_on))


def _one_unit_screen(words: Words, plan: Plan, act: Act, answer: Silence, one: Quiet) -> Screen:
    """Whether one unit has reported, and which of its items wait."""
    name = quoted(unit_name(words, plan, one.unit), 150)
    period = answer.scope.period
    assert period is not None  # silence always has one
    blocks = [Markup("{}\n<i>{}</i>").format(_verdict(words, name, one), period_name(words, period))]
    if one.waiting:
        waiting = words.count("{n} item waiting", "{n} items waiting", one.waiting)
        blocks.append(Markup("{}:").format(waiting))
    blocks += [entry_block(words, plan, entry, leads=False) for entry in answer.entries]
    items = [entry.item for entry in answer.entries]
    rows = (*item_buttons(items), *back_button(words, act))
    return Screen(Markup("\n\n").join(blocks), rows, About(tuple(i.code for i in items), (), act))


def _verdict(words: Words, name: Markup, one: Quiet) -> Markup:
    if one.reported:
        return words.count(
            "<b>{unit}</b> has reported, on {n} item.",
            "<b>{unit}</b> has reported, on {n} items.",
            one.reported,
            unit=name,
        )
    if not one.waiting:
        return words.say("<b>{unit}</b> has nothing to report on.", unit=name)
    return words.say("<b>{unit}</b> has not reported yet ({last}).", unit=name, last=_last_report(words, one))


# ---------------------------------------------------------------- who leads, who lags


def ranking_screen(words: Words, plan: Plan, act: Act, answer: Ranked) -> Screen:
    """Units in order with their shares, under the rule that orders them."""
    lines = [
        Markup("<b>{}</b>").format(ranking_title(words, worst=answer.worst)),
        ranking_rule(words, answer.scope.kind),
    ]
    covered = scope_line(words, plan, answer.scope)
    lines += [covered] if covered else []
    lines += [Markup(""), *(_rank_line(words, plan, rank) for rank in answer.ranks)]
    if not answer.ranks:
        lines.append(words.say("No unit leads anything here."))
    page = page_line(words, answer.page)
    text = Markup("\n").join([*lines, *([Markup("\n{}").format(page)] if page else [])])
    return Screen(text, (*page_buttons(words, answer.page), *back_button(words, act)), About(act=act))


def ranking_title(words: Words, *, worst: bool) -> Markup:
    """From which end the order begins."""
    return words.say("Units, the last ones first") if worst else words.say("Units, the best ones first")


def ranking_rule(words: Words, kind: Kind | None) -> Markup:
    """What the order rests on."""
    if kind is Kind.TARGET:
        return words.say("By the share of the targets they lead that are achieved or on track.")
    if kind is Kind.TASK:
        return words.say("By the share of the tasks they lead that are done or on track.")
    return words.say("By the share of what they lead that is done or on track.")


def _rank_line(words: Words, plan: Plan, rank: Rank) -> Markup:
    said = words.say(
        "{place}. <b>{unit}</b>: {share} ({good}/{total})",
        place=words.number(rank.place),
        unit=quoted(unit_name(words, plan, rank.unit), NAME),
        share=words.percent(round(rank.share)),
        good=words.number(rank.good),
        total=words.number(rank.total),
    )
    return Markup("{} {}{}").format(said, MARKS[Status.OVERDUE], words.number(rank.overdue)) if rank.overdue else said


# ---------------------------------------------------------------- difficulties and proposals


def obstacles_screen(words: Words, plan: Plan, act: Act, answer: Obstacles) -> Screen:
    """Difficulties and proposals by unit, in the leaders' own words, with their day."""
    lines = [_obstacles_title(words, answer)]
    covered = scope_line(words, plan, answer.scope)
    lines += [covered] if covered else []
    blocks = [Markup("\n").join(lines)]
    width = min(QUOTED, max(20, (ROOM // max(1, len(answer.obstacles)) - FRAME) // 2))
    for unit, group in groupby(answer.obstacles, key=lambda o: o.unit):
        found = [_obstacle_block(words, o, width) for o in group]
        name = quoted(unit_name(words, plan, unit), NAME) if unit else words.say("No leading unit")
        blocks.append(Markup("\n").join([Markup("🏢 <b>{}</b>").format(name), *found]))
    page = page_line(words, answer.page)
    items = _distinct(answer.obstacles)
    rows = (*item_buttons(items), *page_buttons(words, answer.page), *back_button(words, act))
    text = Markup("\n\n").join([*blocks, *([page] if page else [])])
    return Screen(text, rows, About(tuple(i.code for i in items), (), act))


def _obstacles_title(words: Words, answer: Obstacles) -> Markup:
    if answer.item:
        what = trimmed(label(words, answer.item), 150)
        if not answer.obstacles:
            return words.say("No difficulty or proposal was reported on {item}.", item=what)
        return words.say("Difficulties and proposals on {item}", item=what)
    if not answer.obstacles:
        return words.say("No difficulty or proposal was reported.")
    if answer.scope.period is None:
        return words.say("<b>Difficulties and proposals that are still open</b>")
    return words.say("<b>Difficulties and proposals reported</b>")


def _obstacle_block(words: Words, obstacle: Obstacle, width: int) -> Markup:
    """Item, then the words, then when and by whom."""
    lines = [trimmed(label(words, obstacle.item, 60), 110)]
    if obstacle.difficulty:
        lines.append(words.say("Difficulty: {words}", words=quoted(obstacle.difficulty, width)))
    if obstacle.proposal:
        lines.append(words.say("Proposal: {words}", words=quoted(obstacle.proposal, width)))
    said_on = words.short_day(obstacle.day)
    by = Markup(", {}").format(quoted(obstacle.by, 40)) if obstacle.by else ""
    lines.append(Markup("<i>{}{}</i>").format(said_on, by))
    return Markup("\n").join(lines)


def _distinct(obstacles: tuple[Obstacle, ...]) -> list[Item]:
    return list({o.item.code: o.item for o in obstacles}.values())
