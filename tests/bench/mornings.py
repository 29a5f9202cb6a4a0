"""The morning's plan of reminders: from the database to the rows of the outbox."""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.rules.plan import Role
from bot.rules.reminders import Timetable
from bot.services.reminding import Almanac, Holidays, keep, plan_morning
from bot.services.shelf import Shelf
from handlers.notices import CHUNK
from storage.database import Store, open_store, upgrade
from storage.plan_writes import chunks
from tests.bench.province import enrol, grown, report, settle
from tests.bench.table import Row

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = datetime(2025, 6, 18, 8, tzinfo=ZONE)
COMMUNES = 300


def planned(store: Store) -> tuple[int, int]:
    """Plan one morning and write it, as the bot's tick does; how many notices, and how many of them are new."""
    notices = store.read_now(plan_morning, Shelf(), Almanac(Holidays("VN"), Timetable(), ZONE), MORNING)
    assert notices is not None
    return len(notices), sum(store.write_now(keep, some, MORNING) for some in chunks(notices, CHUNK))


def bench(folder: Path, people: int, items: int) -> list[Row]:
    """A morning of many people, and the same by a process that starts just then (nothing may be new)."""
    url = f"sqlite:///{folder / f'mornings{people}.db'}"
    upgrade(url)
    store = open_store(url)
    try:
        plan = grown(items, COMMUNES)
        store.write_now(settle, plan)
        store.write_now(enrol, people, tuple(u.code for u in plan.units if not u.is_group), Role.LEADER)
        report(store, 0, items * 2)
        Holidays("VN")(date(2025, 1, 1))  # its import is no work of the morning
        begun = time.perf_counter()
        notices, new = planned(store)
        spent = time.perf_counter() - begun
        again = planned(store)[1]
    finally:
        store.close()
    what = f"{people:,} people, {items:,} items: {notices:,} digests planned and written ({again} twice)"
    assert (new, again) == (notices, 0)
    return [Row("mornings", what, f"{spent:.2f} s", "under 5 s")]
