"""An item's course as SVG, drawn from the same fractions as its picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from bot.live.html import H, joined
from bot.rules.figures import Course
from bot.views.pictures.item import plot_of
from bot.views.words import Words

WIDTH, HEIGHT, EDGE, FOOT = 600, 240, 70, 30  # the drawing; room beside and under the plot

LEVEL = H('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end" dy="4">{}</text>')
MONTH = H('<text x="{}" y="{}" text-anchor="middle">{}</text>')
MARK = H(
    '<line class="m-{}" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="m-{}" x="{}" y="{}" text-anchor="{}">{}</text>'
)
LINES = H('<polyline class="planned" points="{}"/><polyline class="measured p-{}" points="{}"/>')
DOT = H('<circle class="f-{}" cx="{}" cy="{}" r="4"/>')
WHOLE = H('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>')


def plot_svg(words: Words, course: Course) -> Markup:
    """The plot; nothing where there is nothing to measure by."""
    plot = plot_of(words, course)
    if plot is None:
        return H("")
    return WHOLE.format(WIDTH, HEIGHT, words.say("Reported"), joined(_shapes(plot, course)))


def _x(at: float) -> str:
    return f"{EDGE + at * (WIDTH - EDGE - 10):.1f}"


def _y(at: float) -> str:
    return f"{FOOT + (1 - at) * (HEIGHT - 2 * FOOT):.1f}"


def _shapes(plot: Mapping[str, Any], course: Course) -> Iterator[Markup]:
    """The scale, the months, the dates, both lines, a dot for each report."""
    for tick in plot["ys"]:
        y = _y(tick["at"])
        yield LEVEL.format(_x(0), _x(1), y, y, EDGE - 8, y, tick["text"])
    for tick in plot["xs"]:
        yield MONTH.format(_x(tick["at"]), HEIGHT - 8, tick["text"])
    yield from (_mark(found) for found in plot["marks"])
    planned = " ".join(f"{_x(at)},{_y(height)}" for at, height in plot["planned"])
    measured = " ".join(f"{_x(step['at'])},{_y(step['figure'])}" for step in plot["steps"])
    status = course.entry.standing.status
    yield LINES.format(planned, status, measured)
    yield from (DOT.format(status, _x(step["at"]), _y(step["figure"])) for step in plot["steps"])


def _mark(found: Mapping[str, Any]) -> Markup:
    x, kind, top = _x(found["at"]), found["kind"], 24 - 12 * found["row"]
    anchor = "end" if found["at"] > 0.85 else "middle" if found["at"] > 0.12 else "start"
    return MARK.format(kind, x, x, top + 2, HEIGHT - FOOT, kind, x, top - 2, anchor, found["text"])
