"""The People, Reports and Holidays sheets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.rules.calendar import DayOverride
from bot.rules.plan import Role
from bot.rules.record import State
from bot.workbook import Loaded, ProblemCode, Sheet
from tests.workbook.build import TARGET_HEADINGS, TASK_HEADINGS, TASK_ROW, UNITS, codes, load, only

HEADINGS = (
    "Mã",
    "Ngày",
    "Phần trăm",
    "Giá trị",
    "Trạng thái",
    "Khó khăn, vướng mắc",
    "Đề xuất, kiến nghị",
    "Người báo cáo",
)
PLAN = {
    "Đơn vị": UNITS,
    "Chỉ tiêu": (
        TARGET_HEADINGS,
        (1, "Sổ sức khỏe", "%", 1, "≥ 80", "2025", "SYT"),
        (2, "Đề án", None, None, "Có", "2025", "SYT"),
    ),
    "Nhiệm vụ": (TASK_HEADINGS, TASK_ROW),
    "Cán bộ đầu mối": (("Họ tên", "Đơn vị", "Vai trò", "Ngôn ngữ"), ("Đỗ Trung Kiên", "Sở Y tế", "leader", "bn")),
}


def reports(*rows: tuple[Any, ...], headings: tuple[Any, ...] = HEADINGS) -> Loaded:
    return load(PLAN | {"Báo cáo": (headings, *rows)})


def test_a_report_is_read_whole() -> None:
    loaded = reports(("CT01", date(2025, 5, 9), 60, "1.234,5", "in_progress", "Thiếu máy", "Mua máy", "Đỗ Trung Kiên"))
    assert loaded.problems == ()
    (report,) = loaded.reports
    assert (report.item, report.on, report.percent, report.value) == ("CT01", date(2025, 5, 9), 60, 1234.5)
    assert (report.state, report.difficulty, report.proposal) == (State.IN_PROGRESS, "Thiếu máy", "Mua máy")
    assert (report.by, report.unit) == ("Đỗ Trung Kiên", "SYT")
    assert report.at is None


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("done", State.DONE),
        ("Hoàn thành", State.DONE),
        ("đã xong", State.DONE),
        ("সম্পন্ন", State.DONE),
        ("Đang thực hiện", State.IN_PROGRESS),
        ("চলমান", State.IN_PROGRESS),
        ("blocked", State.BLOCKED),
        ("tạm dừng", State.BLOCKED),
        ("Chưa thực hiện", State.NOT_STARTED),
        ("শুরু হয়নি", State.NOT_STARTED),
    ],
)
def test_states_in_the_contracts_words_or_the_languages_own(word: str, state: State) -> None:
    assert reports(("NV01", "9/5/2025", 60, None, word)).reports[0].state is state


def test_everything_wrong_is_told_at_once() -> None:
    loaded = reports(
        ("NV011", "9/5/2025", 60),
        ("NV01", "tháng sau", 60),
        ("NV01", None, 60),
        ("NV01", "9/5/2025", 120),
        ("NV01", "9/5/2025", -1),
        ("NV01", "9/5/2025", "nhiều"),
        ("NV01", "9/5/2025", None, None, "tốt"),
        (None, "9/5/2025", 60),
        ("NV01", "5/2025", 60),
    )
    assert [(p.row, p.column, p.code) for p in loaded.problems] == [
        (2, "A", ProblemCode.UNKNOWN_ITEM),
        (3, "B", ProblemCode.NOT_A_DATE),
        (4, "B", ProblemCode.MISSING_DATE),
        (5, "C", ProblemCode.PERCENT_OUTSIDE),
        (6, "C", ProblemCode.PERCENT_OUTSIDE),
        (7, "C", ProblemCode.NOT_A_NUMBER),
        (8, "E", ProblemCode.UNKNOWN_STATE),
        (9, "A", ProblemCode.MISSING_CODE),
        (10, "B", ProblemCode.NOT_A_DATE),
    ]
    assert loaded.problems[0].params == {"text": "NV011", "nearest": "NV01"}
    assert loaded.problems[6].params["allowed"] == "done, in_progress, blocked, not_started"


def test_an_item_may_be_cited_in_any_writing_and_a_report_may_lie_ahead() -> None:
    loaded = reports(("ct 1", "9/5/2030", None, 5), ("NV-01", "১/৫/২০২৫", "৬০%"))
    assert loaded.problems == ()
    assert [(r.item, r.percent) for r in loaded.reports] == [("CT01", None), ("NV01", 60)]


def test_a_yes_or_no_is_a_value_of_a_yes_no_target() -> None:
    loaded = reports(("CT02", "9/5/2025", None, "Đã có"), ("CT02", "8/5/2025", None, "Chưa"))
    assert loaded.problems == ()
    assert [r.value for r in loaded.reports] == [1, 0]


def test_without_an_id_a_report_is_the_same_when_item_date_author_and_contents_are() -> None:
    row = ("NV01", "9/5/2025", 60, None, None, None, None, "Kiên")
    one, two = (
        reports(row).reports,
        reports(("NV-01", date(2025, 5, 9), "60,0", None, None, None, None, "Kiên")).reports,
    )
    assert one[0].id == two[0].id
    others = (
        ("CT01", *row[1:]),
        (row[0], "8/5/2025", *row[2:]),
        (*row[:2], 61, *row[3:]),
        (*row[:5], "Thiếu", None, "Kiên"),
        (*row[:5], None, "Thiếu", "Kiên"),
        (*row[:7], "Lan"),
    )
    assert len({r.id for other in others for r in reports(other).reports} | {one[0].id}) == 7


def test_the_same_report_of_another_years_plan_is_another() -> None:
    row = ("NV01", "9/5/2025", 60)
    sheets = PLAN | {"Báo cáo": (HEADINGS, row)}
    assert load(sheets, year=2025).reports[0].id != load(sheets, year=2026).reports[0].id


def test_a_row_twice_is_one_report() -> None:
    row = ("NV01", "9/5/2025", 60)
    loaded = reports(row, row)
    assert loaded.problems == ()
    assert len(loaded.reports) == 1
    assert only(loaded.notes, ProblemCode.SAME_REPORT).params == {"first": "Báo cáo 2"}


def test_an_exported_id_is_kept_and_may_stand_once() -> None:
    headings = ("item", "date", "percent", "id", "at", "unit")
    rows = (
        ("NV01", "9/5/2025", 60, "r-1", "2025-05-09T01:02:03+00:00", "SYT"),
        ("NV01", "9/5/2025", 60, "r-2", None, None),
        ("NV01", "9/5/2025", 70, "r-1", None, None),
    )
    loaded = reports(*rows, headings=headings)
    assert [r.id for r in loaded.reports] == ["r-1", "r-2"]
    assert loaded.reports[0].at == datetime(2025, 5, 9, 1, 2, 3, tzinfo=UTC)
    assert only(loaded.problems, ProblemCode.DUPLICATE_REPORT).params == {"id": "r-1"}


def people(*rows: tuple[Any, ...]) -> Loaded:
    return load(PLAN | {"Cán bộ đầu mối": (("Họ tên", "Đơn vị", "Vai trò", "Ngôn ngữ"), *rows)})


def test_people() -> None:
    loaded = people(
        ("Đỗ Trung Kiên", "SYT", "leader", None),
        ("Đỗ Trung Kiên", "Sở TT&TT", "deputy", "bn"),
        ("Trần Lan", "sở y tế", "Lãnh đạo", "tiếng Việt"),
        ("Lê An", "SYT", "chair", "বাংলা"),
        ("Lê An", "SYT", "chair", "bn"),
    )
    assert loaded.problems == ()
    assert [(p.name, p.unit, p.role, p.language) for p in loaded.plan.people] == [
        ("Đỗ Trung Kiên", "SYT", Role.LEADER, "vi"),
        ("Đỗ Trung Kiên", "STTTT", Role.DEPUTY, "bn"),
        ("Trần Lan", "SYT", Role.LEADER, "vi"),
        ("Lê An", "SYT", Role.CHAIR, "bn"),
    ]


def test_people_wrong() -> None:
    loaded = people(
        ("A", "SYT", "boss", "vi"),
        ("B", "SYT", None, "vi"),
        ("C", "Sở Lạ", "leader", "vi"),
        ("D", "SYT", "leader", "fr"),
        (None, "SYT", "leader", "vi"),
        ("E", None, "leader", "vi"),
        ("F", "SYT", "leader", "vi"),
        ("F", "SYT", "deputy", "vi"),
    )
    assert [(p.row, p.column, p.code) for p in loaded.problems] == [
        (2, "C", ProblemCode.UNKNOWN_ROLE),
        (3, "C", ProblemCode.UNKNOWN_ROLE),
        (4, "B", ProblemCode.UNKNOWN_UNIT),
        (5, "D", ProblemCode.UNKNOWN_LANGUAGE),
        (6, "A", ProblemCode.MISSING_NAME),
        (7, "B", ProblemCode.MISSING_UNIT),
        (9, "A", ProblemCode.DUPLICATE_PERSON),
    ]


def test_holidays() -> None:
    rows = (
        ("Ngày", "Loại", "Ghi chú"),
        (date(2025, 4, 30), "nghỉ", "Giải phóng miền Nam"),
        ("26/4/2025", "làm bù", None),
        ("2/5/2025", None, None),
        ("3/5/2025", "worked", None),
    )
    loaded = load(PLAN | {"Ngày nghỉ": rows})
    assert loaded.problems == ()
    assert Sheet.HOLIDAYS in loaded.sheets
    assert loaded.calendar == (
        DayOverride(date(2025, 4, 30), False, "Giải phóng miền Nam"),
        DayOverride(date(2025, 4, 26), True, ""),
        DayOverride(date(2025, 5, 2), False, ""),
        DayOverride(date(2025, 5, 3), True, ""),
    )


def test_holidays_wrong() -> None:
    rows = (
        ("date", "kind"),
        ("hôm nào đó", "off"),
        ("1/5/2025", "maybe"),
        (None, "off"),
        ("2/5/2025", "off"),
        ("2/5/2025", "worked"),
    )
    assert codes(load(PLAN | {"Holidays": rows}).problems) == [
        ProblemCode.NOT_A_DATE,
        ProblemCode.UNKNOWN_DAY_KIND,
        ProblemCode.MISSING_DATE,
        ProblemCode.DUPLICATE_DAY,
    ]
