"""What a benchmark tells: figures and ratios of one run, never a verdict of a timed test."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of the table. `bar` says in words what the project aims at."""

    bench: str
    what: str
    figure: str
    bar: str = ""


def printed(rows: Sequence[Row]) -> str:
    """The table as text, columns aligned."""
    lines = [("bench", "what", "figure", "bar"), *((r.bench, r.what, r.figure, r.bar) for r in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def written(rows: Iterable[Row], path: Path) -> None:
    """The same as JSON."""
    path.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1), encoding="utf-8")


def percentile(samples: Sequence[float], share: float) -> float:
    """The value below which `share` of the samples lie."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
