"""Loading the plan: a dry run, all of it or nothing, and the same again from an export."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from bot.rules.access import Denied, Policy
from bot.rules.changes import Part, Sort
from bot.rules.loading import LoadPreview
from bot.rules.people import Person, Post
from bot.rules.plan import Direction, Goal, Item, Kind, Pillar, Plan, Role, RosterPerson, Unit
from bot.rules.record import Report, State
from bot.rules.standing import Status
from bot.services.loading import Exported, as_workbook, export, load, preview, read_for, stored_plan
from bot.services.shelf import NoPlan, Shelf
from bot.workbook import Loaded, Sheet, read_workbook
from storage.database import Store, open_store
from storage.plan_writes import plan_row
from storage.record import append_report, item_ids, next_revision, refresh_facts
from storage.tables import AuditRow, Base, FactRow, InviteRow, ItemRow, PersonRow, PlanRow, PostRow, ReportRow, UnitRow
from tests.places import Places

SAMPLE = Path(__file__).parents[2] / "bot" / "demo" / "ninh-thuan-2025.xlsx"
TODAY = date(2025, 6, 18)
AT = datetime(2025, 6, 18, 1, tzinfo=UTC)
START = date(2025, 1, 1)

STC, SYT = Unit("STC", "Sở Tài chính"), Unit("SYT", "Sở Y tế", aliases=("Y tế",))
CT01 = Item(
    "CT01",
    Kind.TARGET,
    "Tỷ lệ hồ sơ trực tuyến",
    START,
    baseline=Decimal(40),
    goal=Goal("≥ 80", Decimal(80)),
    year=2025,
    due=date(2025, 12, 31),
    leads=("STC",),
)
NV01 = Item("NV01", Kind.TASK, "Ban hành kế hoạch", START, year=2025, due=date(2025, 6, 30), leads=("SYT",))
PLAN = Plan(2025, (STC, SYT), (), (CT01, NV01), (RosterPerson("An", "SYT", Role.LEADER),), title="Kế hoạch 2025")
ALL = frozenset({Sheet.PLAN, Sheet.UNITS, Sheet.PILLARS, Sheet.TARGETS, Sheet.TASKS, Sheet.PEOPLE, Sheet.REPORTS})
FIRST = Report("w" + "0" * 20, "NV01", date(2025, 3, 1), percent=Decimal(40), by="An")


def told(plan: Plan = PLAN, *reports: Report, sheets: frozenset[Sheet] = ALL) -> Loaded:
    """What a right workbook says."""
    return Loaded(plan, reports, (), (), (), sheets, ())


def person(role: Role) -> Person:
    return Person(1, "Lan", "vi", (Post("STC", role),), 1)


@pytest.fixture(scope="module")
def sample() -> Loaded:
    return read_workbook(SAMPLE)


@contextmanager
def opened(places: Places, migrated: str, folder: Path) -> Iterator[Store]:
    """A store on a copy of the empty database."""
    store = open_store(places.copy(migrated, folder))
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def store(places: Places, migrated: str, tmp_path: Path) -> Iterator[Store]:
    with opened(places, migrated, tmp_path) as store:
        yield store


def loads(store: Store, loaded: Loaded, today: date = TODAY) -> LoadPreview:
    return store.write_now(load, loaded, None, AT, today)


def plan_of(store: Store, year: int = 2025) -> Plan:
    plan = store.read_now(stored_plan, TODAY, year)
    assert plan is not None
    return plan


def exported(store: Store) -> Exported:
    return store.read_now(export, Shelf(), TODAY)


def read_back(store: Store, content: bytes) -> Loaded:
    return read_for(lambda year: store.read_now(stored_plan, TODAY, year), io.BytesIO(content))


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with store.engine.begin() as connection:
        return {t.name: [tuple(r) for r in connection.execute(select(t))] for t in Base.metadata.sorted_tables}


# ---------------------------------------------------------------- the dry run


def test_a_dry_run_tells_everything_and_changes_nothing(store: Store) -> None:
    before = contents(store)
    found = store.read_now(preview, told(PLAN, FIRST), TODAY)
    assert (found.counts.units, found.counts.targets, found.counts.tasks, found.new_reports) == (2, 1, 1, 1)
    assert {(c.part, c.code) for c in found.changes} >= {("targets", "CT01"), ("tasks", "NV01"), ("units", "STC")}
    assert (found.again, found.stored, found.in_force) == (False, False, 2025)
    assert contents(store) == before


def test_the_dry_run_says_what_the_load_then_does(store: Store) -> None:
    loads(store, told())
    later = told(replace(PLAN, items=(replace(CT01, goal=Goal("≥ 90", Decimal(90))),)), FIRST)
    expected = store.read_now(preview, later, TODAY)
    assert replace(expected, stored=True) == loads(store, later)


def test_a_file_with_one_error_stores_nothing(store: Store, sample: Loaded, strange: Path) -> None:
    wrong = read_workbook(strange)
    assert [p.code for p in wrong.problems] == ["unknown_unit"]
    before = contents(store)
    found = loads(store, wrong)
    assert (found.right, found.stored, found.changes) == (False, False, ())
    assert contents(store) == before
    assert loads(store, sample).stored


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample plan with a lead that its Units sheet lacks."""
    book = openpyxl.load_workbook(SAMPLE)
    book["Nhiệm vụ"]["I6"] = "Sở Vũ trụ"
    path = tmp_path_factory.mktemp("strange") / "plan.xlsx"
    book.save(path)
    return path


def test_with_the_units_added_it_loads_and_loads_again_unchanged(store: Store, strange: Path) -> None:
    assert loads(store, read_workbook(strange, add_units=True)).stored
    assert "Sở Vũ trụ" in {u.name_vi for u in plan_of(store).units}
    assert loads(store, read_workbook(strange, add_units=True)).unchanged


# ---------------------------------------------------------------- the sample plan


def test_the_sample_plan_stands_as_the_workbook_says(store: Store, sample: Loaded) -> None:
    assert loads(store, sample).stored
    assert plan_of(store) == sample.plan
    book = store.read_now(Shelf().book, TODAY)
    counts = dict.fromkeys(Status, 0)
    for standing in book.standings(TODAY).values():
        counts[standing.status] += 1
    assert sum(counts.values()) == 110
    assert counts[Status.DONE] == 27
    assert book.facts_on("NV01").reports == 2


def test_loading_the_same_file_twice_changes_nothing_at_all(store: Store, sample: Loaded) -> None:
    loads(store, sample)
    before = contents(store)
    again = loads(store, sample)
    assert (again.unchanged, again.stored) == (True, False)
    assert contents(store) == before


def test_loading_an_export_changes_nothing_at_all(store: Store, sample: Loaded) -> None:
    loads(store, sample)
    before = contents(store)
    assert loads(store, read_back(store, as_workbook(exported(store)))).unchanged
    assert contents(store) == before


def test_an_export_builds_the_same_plan_and_record_elsewhere(
    store: Store, sample: Loaded, places: Places, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    loads(store, sample)
    with opened(places, migrated, tmp_path_factory.mktemp("other")) as other:
        loads(other, read_back(other, as_workbook(exported(store))))
        assert plan_of(other) == plan_of(store)
        there, here = (s.read_now(Shelf().book, TODAY) for s in (other, store))
        assert there.facts == here.facts


# ---------------------------------------------------------------- a changed file


def test_a_changed_file_changes_the_rows_and_the_version(store: Store) -> None:
    loads(store, told())
    shelf = Shelf()
    assert store.read_now(shelf.book, TODAY).plan.item["CT01"].goal == CT01.goal
    higher = replace(CT01, goal=Goal("≥ 90", Decimal(90)), leads=("SYT", "STC"), partners=("STC",))
    found = loads(store, told(replace(PLAN, items=(higher, NV01))))
    assert [(c.sort, c.code, [e.field for e in c.edits]) for c in found.changes] == [
        (Sort.CHANGED, "CT01", ["goal", "leads", "partners"])
    ]
    book = store.read_now(shelf.book, TODAY)
    assert book.plan.item["CT01"] == higher
    assert book.plan.version == 2


def test_what_is_missing_is_withdrawn_with_its_reports_and_comes_back_with_them(store: Store) -> None:
    loads(store, told(PLAN, FIRST))
    loads(store, told(replace(PLAN, items=(CT01,))))
    assert plan_of(store).item["NV01"].withdrawn
    assert [r.id for r in exported(store).reports] == [FIRST.id]
    assert loads(store, told(PLAN)).changes[0].sort is Sort.BROUGHT_BACK
    assert store.read_now(Shelf().book, TODAY).facts_on("NV01").percent == 40


def test_an_export_keeps_what_was_withdrawn(store: Store) -> None:
    loads(store, told(PLAN, FIRST))
    loads(store, told(replace(PLAN, items=(CT01,))))
    assert loads(store, read_back(store, as_workbook(exported(store)))).unchanged


def test_an_absent_sheet_changes_nothing(store: Store) -> None:
    loads(store, told(PLAN, FIRST))
    before = contents(store)
    bare = replace(PLAN, items=(CT01,), people=(), title="")
    assert loads(store, told(bare, sheets=frozenset({Sheet.UNITS, Sheet.TARGETS}))).unchanged
    assert contents(store) == before


def test_a_report_may_cite_an_item_that_only_the_stored_plan_has(store: Store) -> None:
    loads(store, told())
    only_targets = replace(PLAN, items=(CT01,))
    sheets = frozenset({Sheet.UNITS, Sheet.TARGETS, Sheet.REPORTS})
    assert loads(store, told(only_targets, FIRST, sheets=sheets)).new_reports == 1
    assert not plan_of(store).item["NV01"].withdrawn


def test_an_extension_on_record_survives_a_reload(store: Store) -> None:
    loads(store, told())
    store.write_now(lambda s: s.execute(update(ItemRow).values(extended=date(2025, 9, 30))) and None)
    assert loads(store, told()).unchanged
    moved = replace(PLAN, items=(CT01, replace(NV01, due=date(2025, 7, 15))))
    loads(store, told(moved))
    item = plan_of(store).item["NV01"]
    assert (item.due, item.extended) == (date(2025, 7, 15), date(2025, 9, 30))
    assert loads(store, read_back(store, as_workbook(exported(store)))).unchanged


def test_another_year_is_another_plan(store: Store) -> None:
    loads(store, told(PLAN, FIRST))
    next_year = replace(PLAN, year=2026, items=(replace(CT01, year=2026),), title="Kế hoạch 2026")
    found = loads(store, told(next_year))
    assert (found.again, found.in_force) == (False, 2025)
    assert not plan_of(store).item["NV01"].withdrawn
    assert plan_of(store, 2026).items == next_year.items
    assert store.read_now(Shelf().book, TODAY).plan.year == 2025


def test_a_changed_unit_is_seen_in_every_years_plan(store: Store) -> None:
    loads(store, told())
    shelf = Shelf()
    store.read_now(shelf.book, TODAY)
    renamed = replace(PLAN, year=2026, units=(replace(STC, name_vi="Sở Tài chính mới"), SYT))
    loads(store, told(renamed))
    assert store.read_now(shelf.book, TODAY).plan.unit["STC"].name_vi == "Sở Tài chính mới"


def test_a_unit_that_a_person_or_an_invitation_needs_is_kept(store: Store) -> None:
    extra = tuple(Unit(code, f"Sở {code}") for code in ("P", "I", "R", "X"))
    loads(store, told(replace(PLAN, units=(STC, SYT, *extra)), replace(FIRST, unit="R")))

    def somebody(session: Session) -> None:
        session.execute(insert(PersonRow).values(id=1, user_id=1, name="Lan", language="vi", joined_at=AT))
        session.execute(insert(PostRow).values(person_id=1, unit="P", role="leader", since=AT))
        invitation = {"unit": "I", "role": "leader", "language": "vi", "made_at": AT, "expires_at": AT}
        session.execute(insert(InviteRow).values(token_hash="x", **invitation))

    store.write_now(somebody)
    found = loads(store, told())
    assert [(c.part, c.sort, c.code) for c in found.changes] == [(Part.UNITS, Sort.WITHDRAWN, "X")]
    assert store.read_now(lambda s: set(s.scalars(select(UnitRow.code)))) == {"STC", "SYT", "P", "I", "R"}
    assert loads(store, told()).unchanged


def test_only_another_order_is_told_and_kept(store: Store) -> None:
    second = replace(CT01, code="CT02")
    loads(store, told(replace(PLAN, items=(CT01, second, NV01))))
    found = loads(store, told(replace(PLAN, items=(second, CT01, NV01))))
    assert [c.sort for c in found.changes] == [Sort.MOVED]
    assert [i.code for i in plan_of(store).items] == ["CT02", "CT01", "NV01"]


# ---------------------------------------------------------------- reports


def test_a_report_that_was_made_meanwhile_stays_and_the_new_one_joins_it(store: Store) -> None:
    loads(store, told(PLAN, FIRST))
    _report_in_chat(store, Report("chat1", "NV01", date(2025, 5, 1), percent=Decimal(70), by="An", at=AT))
    later = Report("w" + "1" * 20, "NV01", date(2025, 4, 1), percent=Decimal(55), by="An")
    assert loads(store, told(PLAN, FIRST, later)).new_reports == 1
    assert [r.id for r in exported(store).reports] == [FIRST.id, "chat1", later.id]
    assert store.read_now(Shelf().book, TODAY).facts_on("NV01").percent == 70


def _report_in_chat(store: Store, report: Report) -> None:
    def write(session: Session) -> None:
        row = plan_row(session, 2025)
        assert row is not None
        item_id = item_ids(session, row.id)[report.item]
        append_report(session, item_id, report)
        refresh_facts(session, row.id, item_id, NV01, next_revision(session, row.id), TODAY)

    store.write_now(write)


def test_a_report_without_an_id_is_the_same_when_its_contents_are(store: Store) -> None:
    loads(store, told())
    said = Report("chat1", "NV01", date(2025, 5, 1), percent=Decimal(70), by="An", difficulty="thiếu vốn")
    _report_in_chat(store, said)
    same = replace(said, id="w" + "2" * 20)
    assert loads(store, told(PLAN, same)).unchanged
    assert loads(store, told(PLAN, replace(same, difficulty="thiếu người"))).new_reports == 1


def test_a_report_changed_in_the_file_leaves_the_record_and_is_told(store: Store) -> None:
    loads(store, told(PLAN, FIRST))
    found = loads(store, told(PLAN, replace(FIRST, percent=Decimal(90))))
    assert (found.unchanged, found.other_reports) == (True, 1)
    assert [r.percent for r in exported(store).reports] == [40]
    assert loads(store, told(PLAN, FIRST)).other_reports == 0


def test_two_exported_reports_that_say_the_same_both_count(store: Store) -> None:
    twins = (replace(FIRST, id="a1"), replace(FIRST, id="a2"))
    assert loads(store, told(PLAN, *twins)).new_reports == 2
    assert loads(store, told(PLAN, *twins)).unchanged


def test_new_reports_move_the_facts_but_not_the_plans_version(store: Store) -> None:
    loads(store, told())
    shelf = Shelf()
    assert store.read_now(shelf.book, TODAY).plan.version == 1
    loads(store, told(PLAN, FIRST))
    book = store.read_now(shelf.book, TODAY)
    assert (book.plan.version, book.facts_on("NV01").percent) == (1, 40)


def test_a_report_dated_ahead_is_kept_and_counts_from_its_day(store: Store) -> None:
    loads(store, told(PLAN, FIRST, replace(FIRST, id="a1", on=date(2025, 6, 20), percent=Decimal(90))))
    shelf = Shelf()
    assert store.read_now(shelf.book, TODAY).facts_on("NV01").percent == 40
    assert store.read_now(shelf.book, date(2025, 6, 20)).facts_on("NV01").percent == 90


def test_a_lower_goal_makes_what_was_reported_done(store: Store) -> None:
    value = Report("w" + "3" * 20, "CT01", date(2025, 5, 1), value=Decimal(70))
    loads(store, told(PLAN, value))
    assert store.read_now(Shelf().book, TODAY).facts_on("CT01").done_on is None
    loads(store, told(replace(PLAN, items=(replace(CT01, goal=Goal("≥ 70", Decimal(70))), NV01))))
    assert store.read_now(Shelf().book, TODAY).facts_on("CT01").done_on == date(2025, 5, 1)


def test_a_report_speaks_for_its_authors_unit_else_for_the_first_lead(store: Store) -> None:
    stranger = replace(FIRST, id="a1", by="Bình")
    loads(store, told(PLAN, FIRST, stranger, replace(FIRST, id="a2", unit="STC")))
    assert [r.unit for r in exported(store).reports] == ["SYT", "SYT", "STC"]


# ---------------------------------------------------------------- who may, and what is left behind


@pytest.mark.parametrize("role", [Role.LEADER, Role.DEPUTY, Role.CHAIR, Role.MEMBER])
def test_only_the_office_loads(store: Store, role: Role) -> None:
    with pytest.raises(Denied):
        store.write_now(load, told(), person(role), AT, TODAY)
    with pytest.raises(Denied):
        store.read_now(preview, told(), TODAY, person(role))
    assert store.read_now(lambda s: s.scalar(select(func.count()).select_from(PlanRow))) == 0


def test_loading_leaves_an_audit_entry_and_gives_nobody_access(store: Store) -> None:
    store.write_now(lambda s: s.add(PersonRow(id=1, user_id=1, name="Lan", language="vi", joined_at=AT)))
    store.write_now(load, told(PLAN, FIRST), person(Role.OFFICE), AT, TODAY)
    store.write_now(load, told(PLAN, FIRST), person(Role.OFFICE), AT, TODAY)
    rows = store.read_now(lambda s: [(a.person_id, a.action, a.subject, a.detail) for a in s.scalars(select(AuditRow))])
    assert [row[:3] for row in rows] == [(1, "load", "2025")]
    assert rows[0][3]["changes"]["tasks"] == {"added": ["NV01"]}
    assert rows[0][3]["reports"] == 1
    assert store.read_now(lambda s: s.scalar(select(func.count()).select_from(PostRow))) == 0


def test_an_export_shows_a_leader_only_what_they_may_see(store: Store) -> None:
    loads(store, told(PLAN, FIRST))
    leader = person(Role.LEADER)  # of STC
    own = store.read_now(export, Shelf(), TODAY, leader, Policy(leaders_see_all=False))
    assert ([i.code for i in own.plan.items], own.reports) == (["CT01"], ())
    whole = store.read_now(export, Shelf(), TODAY, leader, Policy(leaders_see_all=True))
    assert [i.code for i in whole.plan.items] == ["CT01", "NV01"]


def test_without_a_plan_there_is_nothing_to_export(store: Store) -> None:
    with pytest.raises(NoPlan):
        exported(store)


# ---------------------------------------------------------------- large plans


def test_a_thousand_items_and_ten_thousand_reports_load_in_seconds(store: Store) -> None:
    items = tuple(replace(NV01, code=f"NV{n:04d}") for n in range(1000))
    reports = [
        Report(f"r{n}", f"NV{n % 1000:04d}", date(2025, 1 + n % 5, 1), percent=Decimal(n % 100)) for n in range(10_000)
    ]
    assert loads(store, told(replace(PLAN, items=items), *reports)).new_reports == 10_000
    assert store.read_now(lambda s: s.scalar(select(func.count()).select_from(FactRow))) == 1000
    assert store.read_now(lambda s: s.scalar(select(func.count()).select_from(ReportRow))) == 10_000
    assert loads(store, told(replace(PLAN, items=items), *reports)).unchanged


# ---------------------------------------------------------------- the property

WORDS = st.text(st.sampled_from("aăâbcdđeêghiốờữ ABC<&>=+'\"১২০;,.-"), min_size=1, max_size=12).map(str.strip)
# As a workbook gives them: the reader takes runs of spaces for one.
NAMES = WORDS.filter(bool).map(lambda text: " ".join(f"Tên {text}".split()))
FIGURES = st.none() | st.integers(0, 5000).map(Decimal) | st.decimals(0, 100, places=2)
DAYS = st.dates(date(2025, 1, 2), date(2025, 12, 30))


@st.composite
def targets(draw: st.DrawFn, code: str) -> Item:
    value = draw(st.none() | st.integers(1, 500).map(Decimal))
    down = value is not None and draw(st.booleans())
    text = "Đề án" if value is None else f"{'≤' if down else '≥'} {value}"
    goal = Goal(text, value, None, Direction.DOWN if down else Direction.UP)
    return Item(
        code,
        Kind.TARGET,
        draw(NAMES),
        START,
        measure=draw(st.sampled_from([None, "%", "xã"])),
        baseline=draw(FIGURES.filter(lambda f: f is not None)),
        goal=goal,
        points=draw(st.tuples(FIGURES, FIGURES, FIGURES, FIGURES)),
        year=2025,
        once=draw(st.booleans()),
        due=draw(DAYS),
        leads=draw(st.sampled_from([("STC",), ("SYT", "STC"), ()])),
        withdrawn=draw(st.booleans()),
    )


@st.composite
def tasks(draw: st.DrawFn, code: str) -> Item:
    return Item(
        code,
        Kind.TASK,
        draw(NAMES),
        draw(st.just(START) | st.dates(START, date(2025, 1, 2))),
        name_bn=draw(st.none() | st.just("কাজ")),
        year=2025,
        due=draw(st.none() | DAYS),
        extended=draw(st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 30))),
        leads=draw(st.sampled_from([("STC",), ("SYT",)])),
        partners=draw(st.sampled_from([(), ("STC",), ("SYT", "STC")])),
        product=draw(st.none() | NAMES),
        pillar=draw(st.sampled_from([None, "HTS"])),
    )


@st.composite
def loadings(draw: st.DrawFn) -> Loaded:
    """Plans with reports, as a right workbook would say them."""
    count = draw(st.integers(0, 3))
    items = [draw(targets(f"CT{n:02d}")) for n in range(1, count + 1)]
    items += [draw(tasks(f"NV{n:02d}")) for n in range(1, draw(st.integers(0 if count else 1, 3)) + 1)]
    people = draw(st.sampled_from([(), (RosterPerson("An", "SYT", Role.LEADER, "bn"),)]))
    plan = Plan(
        2025, (STC, SYT), (Pillar("HTS", "Hạ tầng số"),), tuple(items), people, draw(st.sampled_from(["", "KH"]))
    )
    reports = [
        Report(
            f"r{n}",
            draw(st.sampled_from([i.code for i in items])),
            draw(DAYS),
            percent=draw(st.none() | st.integers(0, 100).map(Decimal)),
            value=draw(FIGURES),
            state=draw(st.none() | st.sampled_from(State)),
            difficulty=draw(st.none() | NAMES),
            by=draw(st.sampled_from([None, "An", "=1+1"])),
            unit=draw(st.sampled_from(["STC", "SYT"])),
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    return told(plan, *reports)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(loadings(), st.data())
def test_a_plan_that_went_out_comes_back_unchanged(store: Store, loaded: Loaded, data: st.DataObject) -> None:
    """Workbook -> load -> export -> load: no change, over whatever plan was there before."""
    loads(store, replace(loaded, reports=tuple(replace(r, id=f"{id(data)}-{r.id}") for r in loaded.reports)))
    out = exported(store)
    read = read_back(store, as_workbook(out))
    assert read.problems == ()
    assert read.plan == out.plan
    assert read.reports == out.reports
    before = contents(store)
    found = loads(store, read)
    assert (found.unchanged, found.changes, found.new_reports) == (True, (), 0)
    assert contents(store) == before
