"""What a process keeps of a plan in force, and lets go when the next plan comes."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

from bot.app import LOCALES, Readers
from bot.language import Languages
from tests.bench.province import grown


async def test_a_reader_is_out_of_the_collectors_rounds_and_goes_with_its_plan() -> None:
    plan, readers = grown(20, 0), Readers(Languages.load(LOCALES))
    gc.unfreeze()
    first = await readers.reader(plan)
    assert first is await readers.reader(plan)
    assert gc.get_freeze_count() > 100_000
    alive = weakref.ref(first._parser)
    del first
    gc.disable()  # what is frozen is freed by its last reference or never: a cycle would stay for ever
    try:
        second = await readers.reader(replace(plan, version=plan.version + 1))
        assert alive() is None
        assert second is not None
    finally:
        gc.enable()
        gc.unfreeze()
