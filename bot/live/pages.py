"""The pages, in the reader's words: the board, the items, one item, and what stands before them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from bot.live.html import H, joined, mark, pace, select, stacked
from bot.live.plot import plot_svg
from bot.rules.answers import Detailed, Entry, Rank
from bot.rules.figures import Card, Cell, Course, HeatRow, Level, Ranking
from bot.rules.plan import Item, Kind, Plan
from bot.rules.questions import WORST_FIRST
from bot.views.asking_items import due_line
from bot.views.asking_units import ranking_rule
from bot.views.asking_words import lead_names, reason, unit_name
from bot.views.items import amount, figure, goal, standing_line, state_word, status_word
from bot.views.pictures.card import COMPARED, LEVELS
from bot.views.pictures.words import signed
from bot.views.words import Words

HEAT = H(
    '<section class="half"><h2>{}</h2><div class="scroll"><table class="heat"><thead><tr><th>{}</th>{}</tr></thead>'
    '<tbody>{}</tbody></table></div><ul class="legend">{}</ul></section>'
)
RANK = H(
    '<li><span class="place">{}</span><a href="/live/items?{}">{}</a>'
    '<svg class="bar thin" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
    '<rect class="track" x="0" y="0" width="100" height="10"/>'
    '<rect class="f-on_track" x="0" y="0" width="{:.1f}" height="10"/></svg>'
    '<span class="share"><strong>{}</strong> {}/{}</span></li>'
)
ROWS = 300  # items of one page
LATIN_MARKS = re.compile("[\u0300-\u036f]")
LANGUAGES: Mapping[str, str] = {"vi": "Tiếng Việt", "bn": "বাংলা"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds a page: the words, the state that it shows, the address of the page itself."""

    words: Words
    state: str = ""
    path: str = "/live/"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of items is narrowed to; empty is all."""

    text: str = ""
    status: str = ""
    unit: str = ""
    pillar: str = ""
    kind: str = ""


def page(frame: Frame, title: Markup | str, body: Markup, *, script: str = "live.js") -> str:
    """A whole document."""
    words = frame.words
    nav = H('<nav><a href="/live/">{}</a><a href="/live/items">{}</a><span class="languages">{}</span></nav>').format(
        words.say("Overview"), words.say("Targets and tasks"), _languages(words)
    )
    return H(
        '<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><title>{title}</title>'
        '<link rel="stylesheet" href="/live/static/live.css">'
        '<script src="/live/static/{script}" defer></script></head>\n'
        '<body data-state="{state}"><header><h1>{title}</h1>{nav}</header>\n<main>{body}</main></body></html>\n'
    ).format(lang=words.lang, title=title, script=script, state=frame.state, nav=nav if frame.state else "", body=body)


def _languages(words: Words) -> Markup:
    others = [(code, name) for code, name in LANGUAGES.items() if code != words.lang]
    return joined(H('<a href="?lang={}" lang="{}">{}</a>').format(code, code, name) for code, name in others)


# ---------------------------------------------------------------- before the door


def closed_page(words: Words) -> str:
    """For whoever has no way in, or none any more."""
    text = words.say("This link has been used, or it is too old. Send /live to the assistant for a new one.")
    return page(Frame(words), words.say("Progress of the plan"), H("<p>{}</p>").format(text))


def enter_page(words: Words) -> str:
    """Before a single-use link is used up: nothing that only fetches pages opens it."""
    text = words.say("This opens the committee's board on this device, read-only, for 12 hours.")
    form = H('<form method="post"><button>{}</button></form>').format(words.say("Open the board"))
    return page(Frame(words), words.say("Progress of the plan"), H("<p>{}</p>{}").format(text, form))


def app_page(words: Words) -> str:
    """Where a Mini App begins: the script hands on what Telegram has signed."""
    body = H('<form method="post" id="enter"><input type="hidden" name="data"></form><p>{}</p>').format(
        words.say("Opening the board…")
    )
    return page(Frame(words), words.say("Progress of the plan"), body, script="app.js")


# ---------------------------------------------------------------- the board


def board_page(frame: Frame, plan: Plan, card: Card, ranking: Ranking) -> str:
    """Everything at a glance."""
    words = frame.words
    title = words.say("Digital transformation in {year}", year=words.digits(str(plan.year)))
    as_of = words.say("as of {day}", day=words.day(card.now.scope.day))
    parts = [H('<p class="covers">{}</p>').format(as_of), _numbers(words, card), _changes(words, card)]
    parts += [_worst(words, plan, card), _heat(words, plan, card), _ranks(words, plan, ranking)]
    return page(frame, title, joined(parts))


def _numbers(words: Words, card: Card) -> Markup:
    now = card.now
    tiles = (
        (Kind.TARGET, now.targets, words.say("targets achieved")),
        (Kind.TASK, now.tasks, words.say("tasks done")),
    )
    tile = H('<a class="tile" href="/live/items?kind={}"><strong>{}</strong><span class="of">/{}</span> {}</a>{}')
    made = [
        H('<div class="panel">{}</div>').format(
            tile.format(
                kind,
                words.number(tally.done),
                words.number(tally.total),
                label,
                stacked(words, tally.by_status, target=kind is Kind.TARGET),
            )
        )
        for kind, tally, label in tiles
    ]
    return H('<section class="numbers">{}</section>').format(joined(made))


def _changes(words: Words, card: Card) -> Markup:
    if card.before is None:
        return H("")
    title = words.say("Today, and the change since {day}", day=words.short_day(card.before.scope.day))
    cells = []
    for name, (count, more_is_good) in COMPARED.items():
        now, change = count(card.now), count(card.now) - count(card.before)
        tone = "even" if change == 0 else "good" if (change > 0) is more_is_good else "bad"
        cell = H('<li><strong>{}</strong> <span class="{}">{}</span><br>{}</li>')
        cells.append(cell.format(words.number(now), tone, signed(words, change), words.say(name)))
    return H('<section><h2>{}</h2><ul class="changes">{}</ul></section>').format(title, joined(cells))


def _worst(words: Words, plan: Plan, card: Card) -> Markup:
    if not card.worst:
        return H("")
    rows = joined(_entry(words, plan, entry) for entry in card.worst)
    return H('<section><h2>{}</h2><ul class="entries">{}</ul></section>').format(words.say("The most urgent"), rows)


def _heat(words: Words, plan: Plan, card: Card) -> Markup:
    heat = card.heat
    head, key_entry = H('<th scope="col"><span>{}</span></th>'), H('<li><span class="key l-{}"></span> {}</li>')
    heads = joined(head.format(plan.pillar[code].name(words.lang)) for code in heat.pillars)
    rows = joined(_heat_row(words, plan, heat.pillars, row) for row in heat.rows)
    two, five = words.number(2), words.number(5)
    key = words.say("“{example}”: {bad} of {all} items behind or overdue", example=f"{two}/{five}", bad=two, all=five)
    legend = joined(key_entry.format(level, words.say(said)) for level, said in LEVELS.items())
    return HEAT.format(words.say("Units and fields of work"), key, heads, rows, legend)


def _heat_row(words: Words, plan: Plan, pillars: tuple[str, ...], row: HeatRow) -> Markup:
    name = H('<a href="/live/items?{}">{}</a>').format(urlencode({"unit": row.unit}), unit_name(words, plan, row.unit))
    cells = joined(_heat_cell(words, row.unit, code, cell) for code, cell in zip(pillars, row.cells, strict=True))
    return H('<tr><th scope="row">{}</th>{}</tr>').format(name, cells)


def _heat_cell(words: Words, unit: str, pillar: str, cell: Cell) -> Markup:
    if not cell.total:
        return H("<td></td>")
    link = urlencode({"unit": unit, "pillar": pillar})
    level: Level = cell.level
    text = f"{words.number(cell.bad)}/{words.number(cell.total)}"
    return H('<td class="l-{}"><a href="/live/items?{}">{}</a></td>').format(level, link, text)


def _ranks(words: Words, plan: Plan, ranking: Ranking) -> Markup:
    rows = joined(_rank(words, plan, rank) for rank in ranking.ranks)
    section = H('<section class="half"><h2>{}</h2><p class="covers">{}</p><ol class="ranks">{}</ol></section>')
    return section.format(words.say("Units in order"), ranking_rule(words, ranking.scope.kind), rows)


def _rank(words: Words, plan: Plan, rank: Rank) -> Markup:
    return RANK.format(
        words.number(rank.place),
        urlencode({"unit": rank.unit}),
        unit_name(words, plan, rank.unit),
        float(rank.share),
        words.percent(round(rank.share)),
        words.number(rank.good),
        words.number(rank.total),
    )


# ---------------------------------------------------------------- the items


def items_page(frame: Frame, plan: Plan, entries: Iterable[Entry], filters: Filters) -> str:
    """The items that pass the filters, the most urgent first."""
    words = frame.words
    found = [entry for entry in entries if _passes(words, plan, entry, filters)]
    count = words.count("{n} item found", "{n} items found", len(found))
    rows = joined(_entry(words, plan, entry) for entry in found[:ROWS])
    more = len(found) - ROWS
    rest = words.count("and {n} more item", "and {n} more items", more) if more > 0 else H("")
    body = H('{}<p class="covers">{}</p><ul class="entries">{}</ul><p>{}</p>')
    return page(frame, words.say("Targets and tasks"), body.format(_form(words, plan, filters), count, rows, rest))


def _passes(words: Words, plan: Plan, entry: Entry, filters: Filters) -> bool:
    item = entry.item
    names = _folded(f"{item.code} {item.name_vi} {item.name_bn or ''}")
    return (
        all(word in names for word in _folded(filters.text).split())
        and (not filters.status or filters.status == entry.standing.status)
        and (not filters.unit or plan.leads(filters.unit, item))
        and (not filters.pillar or filters.pillar == item.pillar)
        and (not filters.kind or filters.kind == item.kind)
    )


def _folded(text: str) -> str:
    """The text as it is searched: without capitals and without the marks that Vietnamese is often typed without."""
    return LATIN_MARKS.sub("", unicodedata.normalize("NFD", text.casefold())).replace("đ", "d")


def _form(words: Words, plan: Plan, filters: Filters) -> Markup:
    every = words.say("all")
    statuses = [("", every), *((str(s), status_word(words, s)) for s in WORST_FIRST)]
    units = [("", every), *((u.code, u.name(words.lang)) for u in plan.units)]
    pillars = [("", every), *((p.code, p.name(words.lang)) for p in plan.pillars)]
    kinds = [("", every), (str(Kind.TARGET), words.say("Targets")), (str(Kind.TASK), words.say("Tasks"))]
    search = H('<label><span>{}</span><input type="search" name="q" value="{}" maxlength="100"></label>')
    return H('<form method="get" class="filters">{}<button>{}</button></form>').format(
        joined(
            (
                search.format(words.say("Search"), filters.text),
                select("kind", words.say("Kind"), kinds, filters.kind),
                select("status", words.say("Standing"), statuses, filters.status),
                select("unit", words.say("Unit"), units, filters.unit),
                select("pillar", words.say("Field of work"), pillars, filters.pillar),
            )
        ),
        words.say("Show"),
    )


def _entry(words: Words, plan: Plan, entry: Entry) -> Markup:
    item = entry.item
    leads = lead_names(words, plan, item) if item.leads else ""
    return H(
        '<li><a href="/live/items/{}">{}<b>{}</b> {}</a><p class="why">{}</p>{}<p class="who">{} · {}</p></li>'
    ).format(
        _path(item.code),
        mark(entry.standing.status),
        item.code,
        item.name(words.lang),
        reason(words, entry),
        pace(entry.standing),
        leads,
        due_line(words, entry),
    )


def _path(code: str) -> str:
    return urlencode({"": code})[1:].replace("+", "%20")


# ---------------------------------------------------------------- one item


def item_page(frame: Frame, plan: Plan, detailed: Detailed, course: Course) -> str:
    """One item: figure, standing, reason, dates, course, difficulties, reports."""
    words, entry = frame.words, detailed.entry
    item = entry.item
    facts = entry.facts
    leads = words.listed([unit_name(words, plan, code) for code in item.leads])
    lines = [
        H('<p class="figure"><strong>{}</strong> {}</p>').format(figure(words, item, facts), _goal(words, item)),
        H("<p>{}</p>").format(standing_line(words, item, entry.standing)),
        H("<p>{}</p>").format(reason(words, entry, figures=False)),
        H("<p>{}</p>").format(due_line(words, entry)),
        H("<p>{}</p>").format(words.say("Leads: {units}", units=leads)),
        pace(entry.standing),
        plot_svg(words, course),
    ]
    if facts.difficulty:
        lines.append(H('<p class="quote">{}</p>').format(words.say("Difficulty: {words}", words=facts.difficulty)))
    if facts.proposal:
        lines.append(H('<p class="quote">{}</p>').format(words.say("Proposal: {words}", words=facts.proposal)))
    lines.append(_reports(words, course))
    title = H("{} {}").format(item.code, item.name(words.lang))
    return page(frame, title, H("<section>{}</section>").format(joined(lines)))


def _goal(words: Words, item: Item) -> Markup:
    return words.say("goal {goal}", goal=goal(words, item)) if item.goal else H("")


def _reports(words: Words, course: Course) -> Markup:
    if not course.steps:
        return H("")
    item = course.entry.item
    rows, row = [], H("<tr><td>{}</td><td><b>{}</b></td><td>{}</td></tr>")
    for step in reversed(course.steps):
        if step.figure is None:
            said = state_word(words, step.state) if step.state else H("…")
        else:
            said = amount(words, item, step.figure) if item.is_target else H(words.percent(step.figure))
        rows.append(row.format(words.day(step.day), said, step.by or ""))
    return H('<h2>{}</h2><table class="reports">{}</table>').format(words.say("Reported"), joined(rows))
