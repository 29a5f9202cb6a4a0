"""Figures as a picture with its caption: the same numbers as text, and the buttons that lead on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from markupsafe import Markup

from bot.rules.acts import Act
from bot.rules.answers import Entry, Rank
from bot.rules.figures import Card, Course, Figures, Ranking, UnitSheet
from bot.rules.plan import Plan
from bot.views.asking_items import due_line
from bot.views.asking_lists import summary_screen
from bot.views.asking_units import ranking_rule, ranking_title
from bot.views.asking_words import reason, scope_line, trimmed, unit_name
from bot.views.items import MARKS, label, standing_line
from bot.views.pictures.card import card_lines, card_sheet
from bot.views.pictures.item import item_sheet
from bot.views.pictures.press import Sheet
from bot.views.pictures.units import ranking_sheet, unit_sheet
from bot.views.screen import CAPTION_LIMIT, About, Button, Rows, Screen, fitted, shortened
from bot.views.words import Words

HEAD_LINES = 3  # of a summary: what is achieved, what is wrong, what it covers
RANKS = 5  # units that a caption names
ENTRIES = 5  # items that a caption names
LIGHT, DARK = "light", "dark"


def sheet_of(words: Words, plan: Plan, figures: Figures, made_at: datetime, *, dark: bool = False) -> Sheet:
    """The picture to be printed. `made_at` is local."""
    match figures:
        case Card():
            return card_sheet(words, plan, figures, made_at, dark=dark)
        case UnitSheet():
            return unit_sheet(words, plan, figures, made_at, dark=dark)
        case Ranking():
            return ranking_sheet(words, plan, figures, made_at, dark=dark)
        case Course():
            return item_sheet(words, plan, figures, made_at, dark=dark)


def picture_screen(
    words: Words, plan: Plan, act: Act, figures: Figures, picture: bytes, *, dark: bool = False
) -> Screen:
    """The picture with its caption and buttons; under it a press changes between light and dark."""
    lines, rows = _caption(words, plan, act, figures)
    other = words.say("☀️ Light") if dark else words.say("🌙 Dark")
    turn = Button(str(other.unescape()), f"pic:{LIGHT if dark else DARK}")
    items = (figures.entry.item.code,) if isinstance(figures, Course) else ()
    text, _ = fitted(lines, CAPTION_LIMIT)
    return Screen(text, (*rows, (turn,)), About(items, (), act), picture=picture)


def week_screen(words: Words, screen: Screen) -> Screen:
    """The card that comes by itself at the beginning of a week."""
    lines = [words.say("🗓 <b>The week begins: where the plan stands</b>"), *map(Markup, screen.text.split("\n"))]
    return replace(screen, text=fitted(lines, CAPTION_LIMIT)[0])


def picture_button(words: Words) -> Button:
    """What asks for the picture of an answer in words."""
    return Button(str(words.say("📊 As a picture").unescape()), f"pic:{LIGHT}")


def with_picture_button(words: Words, screen: Screen) -> Screen:
    """The answer in words, with the way to its picture."""
    return Screen(screen.text, (*screen.rows, (picture_button(words),)), screen.about, screen.file)


def _caption(words: Words, plan: Plan, act: Act, figures: Figures) -> tuple[list[Markup], Rows]:
    match figures:
        case Card():
            head = summary_screen(words, plan, act, figures.now)
            return [*_head(head), *card_lines(words, figures)], head.rows
        case UnitSheet():
            head = summary_screen(words, plan, act, figures.now)
            name = Markup("<b>{}</b>").format(shortened(unit_name(words, plan, figures.unit), 120))
            return [
                name,
                *_head(head),
                Markup(""),
                *(_entry_line(words, e) for e in figures.entries[:ENTRIES]),
            ], head.rows
        case Ranking():
            return _ranking_lines(words, plan, figures), ()
        case Course():
            return _course_lines(words, figures), ()


def _head(screen: Screen) -> list[Markup]:
    return [Markup(line) for line in screen.text.split("\n")[:HEAD_LINES]]


def _entry_line(words: Words, entry: Entry) -> Markup:
    title = Markup("{} {}").format(MARKS[entry.standing.status], label(words, entry.item, 45))
    return Markup("{}: {}").format(title, trimmed(reason(words, entry), 90))


def _course_lines(words: Words, course: Course) -> list[Markup]:
    entry = course.entry
    return [
        trimmed(label(words, entry.item, 200), 260),
        standing_line(words, entry.item, entry.standing),
        trimmed(reason(words, entry), 300),
        due_line(words, entry),
    ]


def _ranking_lines(words: Words, plan: Plan, ranking: Ranking) -> list[Markup]:
    """The first and the last units; the picture has them all."""
    covered = scope_line(words, plan, ranking.scope)
    lines = [Markup("<b>{}</b>").format(ranking_title(words, worst=False)), ranking_rule(words, ranking.scope.kind)]
    lines += [covered] if covered else []
    shown = ranking.ranks
    if len(shown) <= 2 * RANKS:
        return [*lines, *(_rank_line(words, plan, rank) for rank in shown)]
    ends = [_rank_line(words, plan, rank) for rank in (*shown[:RANKS], *shown[-RANKS:])]
    return [*lines, *ends[:RANKS], Markup("…"), *ends[RANKS:]]


def _rank_line(words: Words, plan: Plan, rank: Rank) -> Markup:
    return words.say(
        "{place}. <b>{unit}</b>: {share} ({good}/{total})",
        place=words.number(rank.place),
        unit=shortened(unit_name(words, plan, rank.unit), 60),
        share=words.percent(round(rank.share)),
        good=words.number(rank.good),
        total=words.number(rank.total),
    )
