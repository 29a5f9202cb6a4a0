"""A list question on a large plan: how long a person waits for it, whatever has been reported so far.

One message is the visit, the reading, the answer, what the chat remembers of it, and its words; Telegram is left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bot.app import LOCALES
from bot.language import Languages, Reader
from bot.rules.access import Policy
from bot.rules.acts import Act, Intent, Situation
from bot.rules.plan import Role
from bot.services.asking import answer_question, keep_asked
from bot.services.reporting import Source, file_reports
from bot.services.shelf import Shelf
from bot.services.visit import visit
from bot.views.asking import answer_screen
from bot.views.words import Words, load_words
from storage.database import Store, open_store, upgrade
from tests.bench.province import FIRST, NOW, TODAY, enrol, grown, report, settle
from tests.bench.table import Row, percentile

QUESTIONS = ("chỉ tiêu nào đang chậm?", "nhiệm vụ nào quá hạn?", "những việc nào đến hạn tháng này?")
COMMUNES = 300


@dataclass(frozen=True)
class Asking:
    """A process at work: its store, its book, its reader, its words."""

    store: Store
    shelf: Shelf
    reader: Reader
    words: Words

    def question(self, text: str) -> str:
        """Answer one message of the first person; gives back what they would see."""
        here = self.store.read_now(visit, self.shelf, FIRST + 1, FIRST + 1, None, TODAY)
        assert here.person is not None
        situation = Situation(NOW, here.person.home, None, here.dialogue.previous)
        act = self.reader.read(text, situation).acts[0]
        answered = self.store.read_now(answer_question, self.shelf, here.person, act, TODAY, Policy())
        self.store.write_now(keep_asked, FIRST + 1, answered, "q1")
        return str(answer_screen(self.words, answered).text)

    def somebody_reports(self, number: int) -> None:
        """Another person's report, which the next question has to take in."""
        here = self.store.read_now(visit, self.shelf, FIRST + 2, FIRST + 2, None, TODAY)
        assert here.person is not None
        assert here.book is not None
        items = [i.code for i in here.book.plan.items if not i.is_target]
        act = Act(Intent.UPDATE, {"item": items[number % len(items)], "percent": 95})
        source = Source(f"bench{number}", FIRST + 2, number, "95%", NOW, TODAY)
        self.store.write_now(file_reports, self.shelf, here.person, [act], source)


def at_work(folder: Path, items: int) -> Asking:
    """A fresh database with a plan of so many items and two people of the office."""
    url = f"sqlite:///{folder / f'questions{items}.db'}"
    upgrade(url)
    store = open_store(url)
    plan = grown(items, COMMUNES)
    store.write_now(settle, plan)
    store.write_now(enrol, 2, ("STTTT",), Role.OFFICE)
    return Asking(store, Shelf(), Reader(Languages.load(LOCALES), plan), load_words(LOCALES)["vi"])


def timed(asking: Asking, times: int, before: Callable[[int], None] = lambda _: None) -> list[float]:
    """Milliseconds of each question; `before` is not counted. The first answer of a process is not either."""
    assert "CT" in asking.question(QUESTIONS[0])
    return list(_timed(asking, times, before))


def _timed(asking: Asking, times: int, before: Callable[[int], None]) -> Iterator[float]:
    for number in range(times):
        before(number)
        begun = time.perf_counter()
        asking.question(QUESTIONS[number % len(QUESTIONS)])
        yield (time.perf_counter() - begun) * 1000


def bench(folder: Path, items: int, reports: tuple[int, ...], times: int) -> list[Row]:
    """The same questions after each of the growing numbers of reports, and right after somebody else's report."""
    asking, rows, known, numbers = at_work(folder, items), [], 0, count()
    medians: list[float] = []
    try:
        for total in reports:
            report(asking.store, known, total - known)
            known = total
            alone = timed(asking, times)
            busy = timed(asking, times, lambda _: asking.somebody_reports(next(numbers)))
            medians.append(percentile(alone, 0.5))
            rows += [_row(items, total, "", alone), _row(items, total, ", right after another's report", busy)]
    finally:
        asking.store.close()
    ratio = medians[-1] / medians[0]
    what = f"median at {reports[-1]:,} reports against {reports[0]:,}"
    return [*rows, Row("questions", what, f"{ratio:.2f}", "under 2")]


def _row(items: int, reports: int, more: str, samples: list[float]) -> Row:
    figure = f"{percentile(samples, 0.5):.1f} / {percentile(samples, 0.99):.1f} ms"
    return Row("questions", f"p50 / p99, {items:,} items, {reports:,} reports{more}", figure, "p99 under 100 ms")
