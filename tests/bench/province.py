"""A province of any size: the sample plan, grown over many communes; its people; a year of reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice, product
from pathlib import Path

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from bot.rules.plan import Item, Plan, Role, Unit
from bot.services.loading import load
from bot.workbook import read_workbook
from storage.database import Store
from storage.plan_writes import chunks, new_plan_row, plan_before, refresh_many, write_plan
from storage.plans import current_plan_row
from storage.record import item_ids, next_revision
from storage.tables import ChatRow, PersonRow, PostRow

SAMPLE = Path(__file__).parents[2] / "bot" / "demo" / "ninh-thuan-2025.xlsx"
FIRST = 10_000  # people's user ids come after it
TODAY = date(2025, 6, 18)
NOW = datetime(2025, 6, 18, 1, 30, tzinfo=UTC)
JOINED = datetime(2025, 1, 2, tzinfo=UTC)
SYLLABLES = (
    *("An", "Bình", "Cẩm", "Diên", "Đông", "Hà", "Hải", "Hòa", "Khánh", "Lạc"),
    *("Long", "Minh", "Nam", "Phú", "Phước", "Quảng", "Sơn", "Tân", "Thuận", "Vĩnh"),
)


def settle_sample(session: Session, people: int) -> Plan:
    """The sample plan without its reports, and people of the office, who may report on everything."""
    loaded = replace(read_workbook(SAMPLE), reports=())
    load(session, loaded, None, JOINED, TODAY)
    enrol(session, people, ("STTTT",), Role.OFFICE)
    return loaded.plan


def grown(items: int, communes: int) -> Plan:
    """The sample plan with `items` items: after its own, the same ones again, each led by one of the communes."""
    plan = read_workbook(SAMPLE).plan
    named = [" ".join(pair) for pair in islice(product(SYLLABLES, SYLLABLES), communes)]
    places = [Unit(f"X{n:03}", f"Ủy ban nhân dân xã {name}") for n, name in enumerate(named)]
    copies = _copies(plan.items, places) if places else iter(())
    own = plan.items[:items]
    return replace(plan, units=(*plan.units, *places), items=(*own, *islice(copies, items - len(own))))


def _copies(items: tuple[Item, ...], places: list[Unit]) -> Iterator[Item]:
    rounds = ((n, item) for n in range(len(places) * 100) for item in items)
    for number, (n, item) in enumerate(rounds):
        place = places[number % len(places)]
        name = f"{item.name_vi} ({place.name_vi.removeprefix('Ủy ban nhân dân ')})"
        yield replace(item, code=f"{item.code}.{n + 1}", name_vi=name, name_bn=None, leads=(place.code,), target=None)


def settle(session: Session, plan: Plan) -> int:
    """Write a plan without reports; returns its row id."""
    row = new_plan_row(session, plan.year, JOINED)
    write_plan(session, row, plan_before(session, plan.year, row), plan)
    next_revision(session, row.id, items_changed=True)
    return row.id


def enrol(session: Session, people: int, units: tuple[str, ...], role: Role) -> None:
    """People with private chats; the units in turn."""
    for some in chunks(range(1, people + 1), 500):
        names = [{"id": n, "user_id": FIRST + n, "name": f"Người {n}", "language": "vi"} for n in some]
        session.execute(insert(PersonRow), [row | {"joined_at": JOINED} for row in names])
        posts = [{"person_id": n, "unit": units[n % len(units)], "role": role, "since": JOINED} for n in some]
        session.execute(insert(PostRow), posts)
        session.execute(insert(ChatRow), [{"chat_id": FIRST + n, "person_id": n, "kind": "private"} for n in some])


# SQLite makes the rows itself: a million through any library would take minutes.
REPORTS = """
WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :first + :count)
INSERT INTO reports (uid, item_id, "on", percent, value, state, difficulty, by, at, text)
SELECT 'bench' || i,
       (SELECT id FROM items ORDER BY id LIMIT 1) + i % :items,
       date('2025-01-02', '+' || ((i - :first) * 166 / :count) || ' days'),
       CASE WHEN i % 3 THEN CAST((i - :first) * 90 / :count AS TEXT) END,
       CASE WHEN i % 3 = 0 THEN CAST((i - :first) * 50 / :count AS TEXT) END,
       'in_progress', CASE WHEN i % 10 = 0 THEN 'vướng kinh phí' END, 'Người 1', '2025-01-02 01:00:00', ''
FROM n
"""


def report(store: Store, first: int, count: int) -> None:
    """Put `count` reports on record, evenly over the items and the half year, and bring the facts up to date."""
    store.write_now(_report, first, count)


def _report(session: Session, first: int, count: int) -> None:
    row = current_plan_row(session, TODAY)
    assert row is not None
    ids = item_ids(session, row.id)
    session.execute(text(REPORTS), {"first": first, "count": count, "items": len(ids)})
    plan = plan_before(session, row.year, row)
    refresh_many(session, row.id, {ids[i.code]: i for i in plan.items}, next_revision(session, row.id), TODAY)
