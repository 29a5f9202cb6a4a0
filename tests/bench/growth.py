"""How the work grows with the province: items, people and reports together, in steps of ten."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path

from bot.app import LOCALES
from bot.language import Languages, Reader
from bot.rules.acts import Act, Intent
from bot.rules.plan import Plan, Role
from bot.services.reminding import Holidays
from bot.services.reporting import Source, file_reports
from bot.services.shelf import Shelf
from bot.services.visit import visit
from bot.views.words import load_words
from storage.database import open_store, upgrade
from tests.bench.mornings import COMMUNES, planned
from tests.bench.province import FIRST, NOW, TODAY, enrol, grown, report, settle
from tests.bench.questions import QUESTIONS, Asking
from tests.bench.table import Row, percentile

ONCE = (110, 100, 1_000)  # items, people, reports
FACTORS = (1, 10, 100)


@dataclass(frozen=True)
class Size:
    """A province: how many of each, and what one message (p50 ms) and one morning (seconds) take in it."""

    items: int
    people: int
    reports: int
    question: float
    report: float
    morning: float

    @property
    def much(self) -> int:
        """How much there is of everything."""
        return self.items + self.people + self.reports


def measured(folder: Path, items: int, people: int, reports: int, times: int) -> Size:
    """A province of that size at work."""
    url = f"sqlite:///{folder / f'growth{items}.db'}"
    upgrade(url)
    store = open_store(url)
    plan = grown(items, COMMUNES)
    try:
        store.write_now(settle, plan)
        store.write_now(enrol, people, tuple(u.code for u in plan.units if not u.is_group), Role.LEADER)
        report(store, 0, reports)
        asking = Asking(store, Shelf(), Reader(Languages.load(LOCALES), plan), load_words(LOCALES)["vi"])
        question, filed = _messages(asking, plan, times)
        Holidays("VN")(TODAY)  # its import is no work of the morning
        begun = time.perf_counter()
        planned(store)
        return Size(items, people, reports, question, filed, time.perf_counter() - begun)
    finally:
        store.close()


def _messages(asking: Asking, plan: Plan, times: int) -> tuple[float, float]:
    """The median milliseconds of a list question, and of a report; the first of each is not counted."""
    asked, filed = [], []
    for number in range(times + 1):
        begun = time.perf_counter()
        asking.question(QUESTIONS[number % len(QUESTIONS)])
        between = time.perf_counter()
        _report(asking, plan, number)
        asked.append((between - begun) * 1000)
        filed.append((time.perf_counter() - between) * 1000)
    return percentile(asked[1:], 0.5), percentile(filed[1:], 0.5)


def _report(asking: Asking, plan: Plan, number: int) -> None:
    """The first person reports on a task of their unit."""
    here = asking.store.read_now(visit, asking.shelf, FIRST + 1, FIRST + 1, None, TODAY)
    assert here.person is not None
    code = next(i.code for i in plan.items if not i.is_target and here.person.home in i.leads)
    act = Act(Intent.UPDATE, {"item": code, "percent": 50 + number % 50})
    source = Source(f"growth{number}", FIRST + 1, number, "50%", NOW, TODAY)
    filed = asking.store.write_now(file_reports, asking.shelf, here.person, [act], source)
    assert filed


def bench(folder: Path, factors: tuple[int, ...], times: int) -> list[Row]:
    """Each size, and the largest against the smallest, n log n being the most that is allowed."""
    sizes = [measured(folder, *(n * factor for n in ONCE), times) for factor in factors]
    rows = [
        Row(
            "growth",
            f"{s.items:,} items, {s.people:,} people, {s.reports:,} reports",
            f"question {s.question:.1f} ms, report {s.report:.1f} ms, morning {s.morning:.2f} s",
        )
        for s in sizes
    ]
    first, last = sizes[0], sizes[-1]
    most = last.much * math.log(last.much) / (first.much * math.log(first.much))
    grown_by = (last.question / first.question, last.report / first.report, last.morning / first.morning)
    told = "question × {:.1f}, report × {:.1f}, morning × {:.1f}".format(*grown_by)
    return [*rows, Row("growth", f"{factors[0]} → {factors[-1]} ×", told, f"n log n: × {most:.0f}")]
