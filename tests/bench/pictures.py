"""Pictures and reports: how long one is printed, and how long the event loop is held meanwhile.

The sample plan (44 targets, 30 units) with a new figure each time, so that nothing is taken from what is kept; then a
large plan's report as PDF and as Word. The loop's longest pause is measured by a task that only sleeps.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import LOCALES
from bot.rules.access import Policy
from bot.rules.acts import Act, Intent
from bot.rules.answers import Period
from bot.rules.people import Person, Post
from bot.rules.plan import Plan, Role
from bot.services.looking import convene, look
from bot.services.shelf import Shelf
from bot.views.meeting.print import paper_sheet
from bot.views.meeting.report import meeting_paper
from bot.views.meeting.word import paper_docx
from bot.views.pictures.press import Press, Sheet
from bot.views.pictures.shown import sheet_of
from bot.views.words import load_words
from handlers.looking import keep_aside
from storage.database import Store, open_store, upgrade
from tests.bench.province import NOW, TODAY, grown, report, settle, settle_sample
from tests.bench.table import Row, percentile

CHAIR = Person(1, "Chủ tịch", "vi", (Post("VPUB", Role.CHAIR),), 1)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SOUGHT = (Act(Intent.SUMMARY), Act(Intent.RANKING), Act(Intent.SUMMARY, {"unit": "STTTT"}))
COMMUNES = 300


class Pauses:
    """The loop's pauses while the block runs, in milliseconds over what was asked for."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._stop = asyncio.Event()

    async def __aenter__(self) -> Pauses:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await self._task

    async def _watch(self) -> None:
        while not self._stop.is_set():
            begun = time.perf_counter()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, (time.perf_counter() - begun) * 1000 - 1)


async def bench(folder: Path, items: int, times: int) -> list[Row]:
    """Pictures of the sample plan, then the report of a plan of `items`."""
    return [*await _pictures(folder, times), *await _report(folder, items)]


async def _pictures(folder: Path, times: int) -> list[Row]:
    store, _ = _opened(folder / "sample.db", None)
    press, words, shelf = Press(), load_words(LOCALES), Shelf()
    minutes = count()

    async def one(act: Act, lang: str) -> float:
        found = await store.read(look, shelf, CHAIR, act, TODAY, Policy())
        assert not hasattr(found, "problem")
        made_at = datetime(2025, 6, 18, 7, next(minutes) % 60, tzinfo=ZONE)
        sheet: Sheet = sheet_of(words[lang], found.plan, found.figures, made_at)
        begun = time.perf_counter()
        await press.printed(replace(sheet, data=sheet.data.replace('"title":"', f'"title":"{next(minutes)} ', 1)))
        return (time.perf_counter() - begun) * 1000

    try:
        for act in SOUGHT:
            await one(act, "vi")
        gc.freeze()  # as the bot does when it has read its languages
        async with Pauses() as pauses:
            took = [await one(SOUGHT[n % len(SOUGHT)], ("vi", "bn")[n % 2]) for n in range(times)]
    finally:
        press.close()
        store.close()
    return [
        Row("pictures", "one picture, 44 targets and 30 units, median", f"{percentile(took, 0.5):.0f} ms", "150 ms"),
        Row("pictures", "one picture, p99", f"{percentile(took, 0.99):.0f} ms"),
        Row("pictures", "the loop's longest pause", f"{pauses.longest:.0f} ms", "50 ms"),
    ]


async def _report(folder: Path, items: int) -> list[Row]:
    store, _ = _opened(folder / "grown.db", items)
    report(store, 0, items)
    press, words, shelf = Press(), load_words(LOCALES)["vi"], Shelf()
    period = Period(TODAY.replace(day=1), TODAY)

    async def made(finish: Callable[..., Awaitable[bytes]]) -> tuple[float, float]:
        begun = time.perf_counter()
        async with Pauses() as pauses:
            found = await store.read(convene, shelf, CHAIR, period, TODAY, Policy(), ZONE)
            keep_aside(extras, found.plan)
            paper = await asyncio.to_thread(meeting_paper, words, found.plan, found.meeting, NOW)
            assert await finish(paper)
        return time.perf_counter() - begun, pauses.longest

    extras: dict[str, Any] = {}
    told = await store.read(convene, shelf, CHAIR, period, TODAY, Policy(), ZONE)  # a bot at work has read its plan
    keep_aside(extras, told.plan)
    try:
        pdf, pdf_pause = await made(lambda paper: press.printed(paper_sheet(paper)))
        docx, docx_pause = await made(lambda paper: asyncio.to_thread(paper_docx, paper))
    finally:
        press.close()
        store.close()
    return [
        Row("pictures", f"the report of {items} items as PDF", f"{pdf:.1f} s", "10 s"),
        Row("pictures", "the same as Word", f"{docx:.1f} s", "10 s"),
        Row("pictures", "the loop's longest pause, reports", f"{max(pdf_pause, docx_pause):.0f} ms", "50 ms"),
    ]


def _opened(path: Path, items: int | None) -> tuple[Store, Plan]:
    """A fresh database with the sample plan, or one grown to so many items."""
    upgrade(f"sqlite:///{path}")
    store = open_store(f"sqlite:///{path}")
    if items is None:
        return store, store.write_now(settle_sample, 1)
    plan = grown(items, COMMUNES)
    store.write_now(settle, plan)
    return store, plan
