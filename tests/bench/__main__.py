"""All benchmarks: one table, and the same as JSON.

python -m tests.bench [--short] [--only throughput,questions,…] [--json bench.json]
"""

from __future__ import annotations

import asyncio
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench import backlog, chaos, fuzz, growth, mornings, pictures, questions, reading, start, throughput
from tests.bench.table import Row, printed, written

Bench = Callable[[Path, "Sizes"], list[Row]]


@dataclass(frozen=True)
class Sizes:
    """How much of everything."""

    messages: int
    far_messages: int
    items: int
    reports: tuple[int, ...]
    times: int
    people: int
    starts: int
    texts: int
    waiting: int
    factors: tuple[int, ...]


FULL = Sizes(4000, 2000, 10_000, (100_000, 1_000_000), 300, 10_000, 3, 200, 50_000, growth.FACTORS)
SHORT = Sizes(500, 300, 1_000, (10_000, 30_000), 30, 1_000, 1, 50, 1_000, (1, 10))
TINY = Sizes(20, 20, 150, (300, 600), 3, 30, 1, 5, 400, (1,))


def _reading(_: Path, sizes: Sizes) -> list[Row]:
    return reading.bench(110, sizes.texts, (5, 1000, 60)) + reading.bench(sizes.items, sizes.texts, (20, 1000, 60))


BENCHES: Mapping[str, Bench] = {
    "throughput": lambda folder, sizes: asyncio.run(throughput.bench(folder, sizes.messages, sizes.far_messages)),
    "backlog": lambda folder, sizes: backlog.bench(folder, sizes.waiting),
    "growth": lambda folder, sizes: growth.bench(folder, sizes.factors, sizes.times),
    "questions": lambda folder, sizes: questions.bench(folder, sizes.items, sizes.reports, sizes.times),
    "mornings": lambda folder, sizes: mornings.bench(folder, sizes.people, sizes.items),
    "start": lambda folder, sizes: asyncio.run(start.bench(folder, sizes.starts)),
    "reading": _reading,
    "chaos": lambda folder, sizes: chaos.bench(folder, 1.0 if sizes is FULL else 0.1),
    "fuzz": lambda folder, sizes: fuzz.bench(folder, 1.0 if sizes is FULL else 0.02),
    "pictures": lambda folder, sizes: asyncio.run(pictures.bench(folder, sizes.items, sizes.times)),
}


def main() -> None:
    """Run what was asked for."""
    parser = ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--short", action="store_true", help="smaller sizes, about a minute")
    parser.add_argument("--only", default=",".join(BENCHES), help="which ones, separated by commas")
    parser.add_argument("--json", type=Path, default=Path("bench.json"))
    asked = parser.parse_args()
    rows: list[Row] = []
    try:
        for name in asked.only.split(","):
            with tempfile.TemporaryDirectory() as folder:
                rows += BENCHES[name](Path(folder), SHORT if asked.short else FULL)
    finally:  # what was measured before one fails is told all the same
        print(printed(rows))
        written(rows, asked.json)


if __name__ == "__main__":
    main()
