"""Small pieces of HTML and SVG. Widths and colours are attributes and classes: the policy allows no inline style."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from markupsafe import Markup

from bot.rules.questions import WORST_FIRST
from bot.rules.standing import Standing, Status
from bot.views.items import status_word
from bot.views.words import Words

H = Markup


def joined(parts: Iterable[Markup]) -> Markup:
    """Pieces one after the other."""
    return H("\n").join(parts)


def mark(status: Status) -> Markup:
    """A dot in a standing's colour."""
    return H('<span class="dot s-{}" aria-hidden="true"></span>').format(status)


def stacked(words: Words, counts: Mapping[Status, int], *, target: bool) -> Markup:
    """A bar of the standings, the best first, with its legend."""
    present = [(s, counts[s]) for s in reversed(WORST_FIRST) if counts.get(s)]
    total = sum(n for _, n in present) or 1
    rects, x = [], 0.0
    for status, n in present:
        width = 100 * n / total
        rects.append(H('<rect class="f-{}" x="{:.2f}" y="0" width="{:.2f}" height="10"/>').format(status, x, width))
        x += width
    entry = H("<li>{} {} {}</li>")
    legend = [entry.format(mark(s), words.number(n), status_word(words, s, target=target)) for s, n in present]
    bar = H('<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>')
    return bar.format(joined(rects)) + H('<ul class="legend">{}</ul>').format(joined(legend))


def pace(standing: Standing) -> Markup:
    """What is achieved, as a bar, and what was expected by now, as a mark on it."""
    shapes = [H('<rect class="track" x="0" y="3" width="100" height="6"/>')]
    if standing.achieved is not None and standing.achieved > 0:
        width = float(min(standing.achieved, Decimal(100)))
        bar = H('<rect class="f-{}" x="0" y="3" width="{:.1f}" height="6"/>')
        shapes.append(bar.format(standing.status, width))
    if standing.expected is not None:
        at = float(min(max(standing.expected, Decimal(0)), Decimal("99.2")))
        shapes.append(H('<rect class="expected" x="{:.1f}" y="0" width="0.8" height="12"/>').format(at))
    svg = H('<svg class="pace" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">{}</svg>')
    return svg.format(joined(shapes))


def select(name: str, label: Markup | str, options: Sequence[tuple[str, Markup | str]], chosen: str) -> Markup:
    """A labelled choice; the first option is "all"."""
    made = [
        H('<option value="{}"{}>{}</option>').format(value, H(" selected") if value == chosen else "", text)
        for value, text in options
    ]
    return H('<label><span>{}</span><select name="{}">{}</select></label>').format(label, name, joined(made))
