"""What loading a plan again changes, told on small plans and by properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.calendar import DayOverride
from bot.rules.changes import Change, Edit, Part, Sort, calendar_changes, changes, merged
from bot.rules.plan import Goal, Item, Kind, Pillar, Plan, Role, RosterPerson, Unit

SHEETS = frozenset({Part.UNITS, Part.PILLARS, Part.TARGETS, Part.TASKS, Part.PEOPLE})
START = date(2025, 1, 1)

STC = Unit("STC", "Sở Tài chính")
SYT = Unit("SYT", "Sở Y tế", name_bn="স্বাস্থ্য বিভাগ", aliases=("Y tế",))
HTS = Pillar("HTS", "Hạ tầng số")
CT01 = Item(
    "CT01",
    Kind.TARGET,
    "Tỷ lệ hồ sơ trực tuyến",
    START,
    pillar="HTS",
    baseline=Decimal(40),
    goal=Goal("≥ 80", Decimal(80)),
    year=2025,
    due=date(2025, 12, 31),
    leads=("STC",),
)
CT02 = replace(CT01, code="CT02", name_vi="Tỷ lệ chứng thư số", leads=("SYT",), partners=("STC",))
NV01 = Item("NV01", Kind.TASK, "Ban hành kế hoạch", START, year=2025, due=date(2025, 6, 30), leads=("SYT",))
ANN = RosterPerson("Nguyễn Thị An", "SYT", Role.LEADER)
PLAN = Plan(2025, (STC, SYT), (HTS,), (CT01, CT02, NV01), (ANN,), title="Kế hoạch 2025")


def loaded(new: Plan, sheets: frozenset[Part] = SHEETS, old: Plan | None = PLAN) -> tuple[Change, ...]:
    """The changes when `new` is loaded over `old`."""
    return changes(old, merged(old, new, sheets))


def test_the_first_load_adds_everything() -> None:
    found = loaded(PLAN, old=None)
    assert {(c.part, c.code) for c in found if c.sort is Sort.ADDED} == {
        ("units", "STC"),
        ("units", "SYT"),
        ("pillars", "HTS"),
        ("targets", "CT01"),
        ("targets", "CT02"),
        ("tasks", "NV01"),
        ("people", "SYT"),
    }


def test_the_same_plan_changes_nothing() -> None:
    assert merged(PLAN, PLAN, SHEETS) == PLAN
    assert loaded(PLAN) == ()


def test_a_change_says_the_field_before_and_after() -> None:
    moved = replace(CT01, goal=Goal("≥ 85", Decimal(85)), due=date(2025, 11, 30))
    found = loaded(replace(PLAN, items=(moved, CT02, NV01)))
    assert found == (
        Change(
            Part.TARGETS,
            Sort.CHANGED,
            "CT01",
            "Tỷ lệ hồ sơ trực tuyến",
            (
                Edit("goal", Goal("≥ 80", Decimal(80)), Goal("≥ 85", Decimal(85))),
                Edit("due", date(2025, 12, 31), date(2025, 11, 30)),
            ),
        ),
    )


def test_the_same_figure_written_with_more_decimals_is_no_change() -> None:
    assert loaded(replace(PLAN, items=(replace(CT01, baseline=Decimal("40.00")), CT02, NV01))) == ()


def test_what_is_missing_is_withdrawn_and_stays_and_comes_back() -> None:
    without = merged(PLAN, replace(PLAN, items=(CT01, NV01)), SHEETS)
    assert without.item["CT02"].withdrawn
    assert [c.sort for c in changes(PLAN, without)] == [Sort.WITHDRAWN]
    assert changes(without, merged(without, replace(PLAN, items=(CT01, NV01)), SHEETS)) == ()
    back = merged(without, PLAN, SHEETS)
    assert not back.item["CT02"].withdrawn
    assert [(c.sort, c.code) for c in changes(without, back)] == [(Sort.BROUGHT_BACK, "CT02")]


@pytest.mark.parametrize("part", sorted(SHEETS - {Part.UNITS}))
def test_a_sheet_that_is_absent_changes_nothing(part: Part) -> None:
    empty = {
        Part.PILLARS: replace(PLAN, pillars=()),
        Part.TARGETS: replace(PLAN, items=(NV01,)),
        Part.TASKS: replace(PLAN, items=(CT01, CT02)),
        Part.PEOPLE: replace(PLAN, people=()),
    }[part]
    assert loaded(empty, SHEETS - {part}) == ()


def test_an_approved_extension_is_not_undone_by_a_reload_but_a_later_one_counts() -> None:
    granted = replace(PLAN, items=(CT01, CT02, replace(NV01, extended=date(2025, 9, 30))))
    assert loaded(PLAN, old=granted) == ()
    earlier = replace(NV01, extended=date(2025, 8, 31))
    assert loaded(replace(PLAN, items=(CT01, CT02, earlier)), old=granted) == ()
    later = replace(NV01, extended=date(2025, 10, 31))
    assert loaded(replace(PLAN, items=(CT01, CT02, later)), old=granted)[0].edits == (
        Edit("extended", date(2025, 9, 30), date(2025, 10, 31)),
    )


def test_a_new_original_due_date_is_a_change_beside_the_extension() -> None:
    granted = replace(PLAN, items=(CT01, CT02, replace(NV01, extended=date(2025, 9, 30))))
    later = replace(PLAN, items=(CT01, CT02, replace(NV01, due=date(2025, 7, 31))))
    after = merged(granted, later, SHEETS)
    assert (after.item["NV01"].due, after.item["NV01"].extended) == (date(2025, 7, 31), date(2025, 9, 30))
    assert [e.field for c in changes(granted, after) for e in c.edits] == ["due"]


def test_a_unit_goes_when_nobody_names_it() -> None:
    alone = replace(PLAN, items=(NV01,))
    dropped = loaded(replace(alone, units=(SYT,)), old=alone)
    assert [(c.part, c.sort, c.code) for c in dropped] == [("units", "withdrawn", "STC")]


def test_a_unit_stays_while_a_withdrawn_item_or_a_person_needs_it() -> None:
    old = replace(PLAN, units=(SYT, STC))
    new = replace(PLAN, units=(SYT,), items=(NV01,))
    assert {(c.sort, c.code) for c in loaded(new, old=old)} == {(Sort.WITHDRAWN, "CT01"), (Sort.WITHDRAWN, "CT02")}
    alone = replace(old, items=(NV01,))
    after = merged(alone, new, SHEETS, in_use={"STC"})
    assert after.units == (SYT, STC)
    assert changes(alone, after) == ()


def test_a_unit_that_stays_keeps_its_parent_and_its_members() -> None:
    parent, group = Unit("UBND", "UBND tỉnh"), Unit("HUYEN", "UBND các huyện", kind="group", members=("NP",))
    district = Unit("NP", "UBND huyện Ninh Phước", parent="UBND")
    old = replace(PLAN, units=(STC, SYT, parent, group, district), items=(CT01, replace(NV01, leads=("HUYEN",))))
    after = merged(old, replace(old, units=(STC, SYT), items=(CT01,)), SHEETS)
    assert set(after.unit) == {"STC", "SYT", "HUYEN", "NP", "UBND"}


def test_sections_add_pillars_where_there_is_no_pillars_sheet() -> None:
    renamed = replace(HTS, name_vi="HẠ TẦNG SỐ")
    after = merged(PLAN, replace(PLAN, pillars=(renamed, Pillar("KTS", "Kinh tế số"))), SHEETS - {Part.PILLARS})
    assert after.pillars == (HTS, Pillar("KTS", "Kinh tế số"))


def test_a_pillar_goes_when_no_item_is_in_it() -> None:
    bare = replace(PLAN, items=(NV01,))
    assert [(c.part, c.sort) for c in loaded(replace(bare, pillars=()), old=bare)] == [("pillars", "withdrawn")]
    assert loaded(replace(PLAN, pillars=())) == ()


def test_an_item_that_the_file_marks_as_withdrawn_is_withdrawn() -> None:
    marked = replace(PLAN, items=(CT01, replace(CT02, withdrawn=True), NV01))
    after = merged(PLAN, marked, SHEETS)
    assert [(c.sort, c.code) for c in changes(PLAN, after)] == [(Sort.WITHDRAWN, "CT02")]
    assert merged(after, marked, SHEETS) == after


def test_only_another_order_is_one_change_a_sheet() -> None:
    found = loaded(replace(PLAN, items=(CT02, CT01, NV01)))
    assert found == (Change(Part.TARGETS, Sort.MOVED),)


def test_people_are_matched_by_name_and_unit() -> None:
    deputy = replace(ANN, role=Role.DEPUTY)
    elsewhere = replace(ANN, unit="STC")
    found = loaded(replace(PLAN, people=(deputy, elsewhere)))
    assert [(c.sort, c.name_vi, c.code) for c in found] == [
        (Sort.CHANGED, "Nguyễn Thị An", "SYT"),
        (Sort.ADDED, "Nguyễn Thị An", "STC"),
    ]


def test_an_empty_title_says_nothing_and_another_is_a_change() -> None:
    assert loaded(replace(PLAN, title="")) == ()
    assert loaded(replace(PLAN, title="Kế hoạch mới"))[0].edits == (Edit("title", "Kế hoạch 2025", "Kế hoạch mới"),)


def test_the_calendar_only_adds_and_changes_days() -> None:
    swap, tet = DayOverride(date(2025, 4, 26), True, "bù"), DayOverride(date(2025, 1, 27), False)
    assert calendar_changes([swap], [tet]) == (Change(Part.HOLIDAYS, Sort.ADDED, "2025-01-27"),)
    assert calendar_changes([swap, tet], [tet]) == ()
    worked = calendar_changes([tet], [replace(tet, working=True)])
    assert [(c.sort, c.edits) for c in worked] == [(Sort.CHANGED, (Edit("working", False, True),))]


# ---------------------------------------------------------------- properties

CODES = st.lists(st.sampled_from(["CT01", "CT02", "NV01", "NV02", "NV03"]), unique=True, max_size=5)
DAYS = st.none() | st.dates(date(2025, 1, 1), date(2025, 12, 31))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Small plans whose items differ in name, dates, leads and order."""
    items = tuple(
        Item(
            code,
            Kind.TARGET if code.startswith("CT") else Kind.TASK,
            draw(st.sampled_from(["Một", "Hai"])),
            START,
            due=draw(DAYS),
            extended=draw(DAYS),
            leads=tuple(draw(st.lists(st.sampled_from(["STC", "SYT"]), unique=True))),
            withdrawn=draw(st.booleans()),
            year=2025,
        )
        for code in draw(CODES)
    )
    return Plan(2025, (STC, SYT), (HTS,), items, draw(st.sampled_from([(), (ANN,)])))


PARTS = st.frozensets(st.sampled_from(sorted(SHEETS - {Part.UNITS}))).map(lambda some: some | {Part.UNITS})


@given(st.none() | plans(), plans(), PARTS)
def test_loading_twice_is_loading_once(old: Plan | None, new: Plan, sheets: frozenset[Part]) -> None:
    once = merged(old, new, sheets)
    assert merged(once, new, sheets) == once
    assert changes(once, merged(once, new, sheets)) == ()


@given(plans(), plans(), PARTS)
def test_there_are_changes_exactly_where_the_plan_differs(old: Plan, new: Plan, sheets: frozenset[Part]) -> None:
    first = merged(None, old, SHEETS)
    after = merged(first, new, sheets)
    assert bool(changes(first, after)) == (first != after)


@given(plans(), plans(), PARTS)
def test_no_item_and_no_extension_is_ever_lost(old: Plan, new: Plan, sheets: frozenset[Part]) -> None:
    first = merged(None, old, SHEETS)
    after = merged(first, new, sheets)
    assert set(first.item) <= set(after.item)
    for code, item in first.item.items():
        if item.extended:
            kept = after.item[code].extended
            assert kept is not None
            assert kept >= item.extended
