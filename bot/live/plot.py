"""An item's course as SVG, drawn from the same fractions as its picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from bot.live.html import H, joined
from bot.rules.figures import Course
from bot.views.pictures.item import plot_of
from bot.views.words import Words

WIDTH, HEIGHT, TOP, FOOT = 600, 290, 48, 30  # the drawing; room above the plot for two rows of dates, and under it
EDGE, LETTER = 62, 10  # room beside it for the scale: at least so much, and so much a letter

LEVEL = H('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end" dy="4">{}</text>')
MONTH = H('<text x="{}" y="{}" text-anchor="middle">{}</text>')
MARK = H(
    '<line class="m-{}" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="m-{}" x="{}" y="{}" text-anchor="{}">{}</text>'
)
LINES = H('<polyline class="planned" points="{}"/><polyline class="measured p-{}" points="{}"/>')
DOT = H('<circle class="p-{}" cx="{}" cy="{}" r="4"/>')
WHOLE = H('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>')


def plot_svg(words: Words, course: Course) -> Markup:
    """The plot; nothing where there is nothing to measure by."""
    plot = plot_of(words, course)
    if plot is None:
        return H("")
    return WHOLE.format(WIDTH, HEIGHT, words.say("Reported"), joined(_shapes(plot, course)))


def _y(at: float) -> str:
    return f"{TOP + (1 - at) * (HEIGHT - TOP - FOOT):.1f}"


def _shapes(plot: Mapping[str, Any], course: Course) -> Iterator[Markup]:
    """The scale, the months, the dates, both lines, a dot for each report."""
    edge = max([EDGE, *(LETTER * len(tick["text"]) + 14 for tick in plot["ys"])])

    def x_of(at: float) -> str:
        return f"{edge + at * (WIDTH - edge - 10):.1f}"

    for tick in plot["ys"]:
        y = _y(tick["at"])
        yield LEVEL.format(x_of(0), x_of(1), y, y, edge - 8, y, tick["text"])
    for tick in plot["xs"]:
        yield MONTH.format(x_of(tick["at"]), HEIGHT - 8, tick["text"])
    yield from (_mark(found, x_of(found["at"])) for found in plot["marks"])
    planned = " ".join(f"{x_of(at)},{_y(height)}" for at, height in plot["planned"])
    measured = " ".join(f"{x_of(step['at'])},{_y(step['figure'])}" for step in plot["steps"])
    status = course.entry.standing.status
    yield LINES.format(planned, status, measured)
    yield from (DOT.format(status, x_of(step["at"]), _y(step["figure"])) for step in plot["steps"])


def _mark(found: Mapping[str, Any], x: str) -> Markup:
    kind, top = found["kind"], TOP - 6 - 20 * found["row"]
    anchor = "end" if found["at"] > 0.85 else "middle" if found["at"] > 0.12 else "start"
    return MARK.format(kind, x, x, top + 2, HEIGHT - FOOT, kind, x, top - 2, anchor, found["text"])
