"""Understanding: milliseconds a message, and what loading takes.

python -m tests.bench.reading ITEMS     loads in a process of its own and prints seconds and MiB as JSON
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.rules.acts import Situation
from tests.bench.table import Row, percentile

if TYPE_CHECKING:  # what it costs to import is measured
    from bot.language import Reader

LOCALES = Path(__file__).parents[2] / "locales"
CORPUS = Path(__file__).parents[1] / "data" / "corpus"
NOW = datetime(2025, 6, 18, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
COMMUNES = 300
LONGEST = 4096  # characters of a message, as Telegram allows


def messages(lang: str, most: int) -> list[tuple[str, Situation]]:
    """The development messages of a language, with what surrounds them."""
    lines = (CORPUS / f"dev.{lang}.jsonl").read_text(encoding="utf-8").splitlines()[:most]
    told = (json.loads(line) for line in lines)
    return [(one["text"], Situation(NOW, one["unit"], one["reply_to"])) for one in told]


def bench(items: int, most: int, bars: tuple[int, int, int]) -> list[Row]:
    """A plan of so many items: `bars` are ms at p99, ms of loading, MiB."""
    from bot.language import Languages, Reader
    from bot.language.building import keep_built
    from tests.bench.province import grown

    reader = Reader(Languages.load(LOCALES), grown(items, COMMUNES if items > 110 else 0))
    keep_built()  # as the command and the bot do
    rows = []
    for lang in ("vi", "bn"):
        samples = []
        for text, situation in messages(lang, most):
            begun = time.perf_counter()
            assert reader.read(text, situation).acts
            samples.append((time.perf_counter() - begun) * 1000)
        figure = f"{percentile(samples, 0.5):.1f} / {percentile(samples, 0.99):.1f} ms"
        rows.append(Row("reading", f"p50 / p99 a message, {lang}, {items:,} items", figure, f"p99 {bars[0]} ms"))
    rows.append(Row("reading", f"the longest message, {items:,} items", f"{longest(reader):.0f} ms", "50 ms"))
    run = subprocess.run([sys.executable, "-m", "tests.bench.reading", str(items)], capture_output=True, check=True)
    seconds, mib = json.loads(run.stdout)
    figure = f"{seconds:.2f} s, {mib:.0f} MiB"
    return [*rows, Row("reading", f"loading, {items:,} items", figure, f"{bars[1]} ms, {bars[2]} MiB")]


def longest(reader: Reader) -> float:
    """Milliseconds for 4,096 characters full of what has to be looked at: the slowest of several, each at its best."""
    worst = 0.0
    for piece in ("NV05 80%, khó khăn: thiếu người. ", "কোন কাজ পিছিয়ে আছে? ", "12/20 ", "từ 1/6 đến 15/6 "):
        spent = []
        for _ in range(3):
            begun = time.perf_counter()
            reader.read((piece * LONGEST)[:LONGEST], Situation(NOW))
            spent.append((time.perf_counter() - begun) * 1000)
        worst = max(worst, min(spent))
    return worst


def main(items: int) -> None:
    """Load, and tell what it took beyond the plan itself."""
    from tests.bench.province import grown

    plan = grown(items, COMMUNES if items > 110 else 0)
    held, begun = _resident(), time.perf_counter()
    from bot.language import Languages, Reader

    reader = Reader(Languages.load(LOCALES), plan)
    spent = time.perf_counter() - begun
    print(json.dumps([spent, _resident() - held]))
    assert reader.read("NV07 50%", Situation(NOW)).acts


def _resident() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
