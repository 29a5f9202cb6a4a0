"""Sheets and columns found by their headings; codes; section, parent and other rows that are no items."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from openpyxl import Workbook

from bot.rules.plan import Plan, Role
from bot.workbook import ProblemCode, Sheet
from bot.workbook.words import HEADINGS, TITLES, field_of
from tests.workbook.build import (
    PILLARS,
    TARGET_HEADINGS,
    TASK_HEADINGS,
    TASK_ROW,
    UNITS,
    by_code,
    codes,
    load,
    load_targets,
    load_tasks,
    only,
)  # fmt: skip

# The contract's table of headings, as it stands there.
CONTRACT: dict[Sheet, dict[str, tuple[str, ...]]] = {
    Sheet.UNITS: {
        "code": ("code", "Mã", "কোড"), "name_vi": ("name_vi", "Tên", "Tên đơn vị"), "name_bn": ("name_bn", "নাম"),
        "aliases": ("aliases", "Tên khác", "অন্য নাম"), "kind": ("kind", "Loại", "ধরন"),
        "parent": ("parent", "Trực thuộc", "অধীন"), "members": ("members", "Thành viên", "সদস্য"),
    },
    Sheet.PILLARS: {"code": ("code", "Mã"), "name_vi": ("name_vi", "Tên"), "name_bn": ("name_bn", "নাম")},
    Sheet.TARGETS: {
        "code": ("code", "TT", "STT"), "name_vi": ("name_vi", "Chỉ tiêu"), "name_bn": ("name_bn", "নাম"),
        "pillar": ("pillar", "Lĩnh vực"), "measure": ("measure", "Đơn vị tính", "ĐVT", "Đơn vị", "একক"),
        "baseline": ("baseline", "Hiện trạng", "Kỳ gốc", "ভিত্তি মান"),
        "goal": ("goal", "Mục tiêu", "Kế hoạch", "Kết quả", "লক্ষ্য"), "start": ("start", "Bắt đầu", "শুরু"),
        "due": ("due", "Thời hạn", "Thời gian hoàn thành", "সময়সীমা"), "q1": ("Q1", "Quý I"), "q2": ("Q2", "Quý II"),
        "q3": ("Q3", "Quý III"), "q4": ("Q4", "Quý IV"), "measured": ("measured", "Kỳ đo"),
        "lead": ("lead", "Chủ trì", "Cơ quan chủ trì", "Cơ quan chủ trì theo dõi, đánh giá", "প্রধান দপ্তর"),
        "with": ("with", "Phối hợp", "Cơ quan phối hợp", "সহযোগী দপ্তর"), "source": ("source", "Căn cứ", "উৎস"),
        "extended": ("extended", "Gia hạn đến", "বর্ধিত সময়সীমা"),
    },
    Sheet.TASKS: {
        "code": ("code", "TT", "STT"), "name_vi": ("name_vi", "Nhiệm vụ", "Tên nhiệm vụ"),
        "target": ("target", "Chỉ tiêu"),
        "product": ("product", "Sản phẩm", "Kết quả", "ফলাফল"), "due": ("due", "Thời hạn", "সময়সীমা"),
        "extended": ("extended", "Gia hạn đến", "বর্ধিত সময়সীমা"), "lead": ("lead", "Chủ trì"),
        "with": ("with", "Phối hợp"),
    },
    Sheet.PEOPLE: {
        "name": ("name", "Họ tên", "নাম"), "unit": ("unit", "Đơn vị"), "role": ("role", "Vai trò"),
        "language": ("language", "Ngôn ngữ"),
    },
    Sheet.REPORTS: {
        "item": ("item", "Mã"), "date": ("date", "Ngày", "তারিখ"), "percent": ("percent", "Phần trăm", "%", "শতাংশ"),
        "value": ("value", "Giá trị", "মান"), "state": ("state", "Trạng thái", "অবস্থা"),
        "difficulty": ("difficulty", "Khó khăn, vướng mắc"), "proposal": ("proposal", "Đề xuất, kiến nghị"),
        "by": ("by", "Người báo cáo"), "id": ("id",),
    },
}  # fmt: skip
FLAT = [(sheet, field, h) for sheet, fields in CONTRACT.items() for field, hs in fields.items() for h in hs]


@pytest.mark.parametrize(("sheet", "field", "heading"), FLAT)
def test_every_heading_of_the_contract_is_known_however_it_is_typed(sheet: Sheet, field: str, heading: str) -> None:
    stripped = "".join(c for c in unicodedata.normalize("NFD", heading) if not "\u0300" <= c <= "\u036f").replace(
        "Đ", "D"
    )
    writings = (heading, heading.upper(), heading.lower(), f"  {heading}: ", heading.replace(" ", "\n"))
    more = (heading.replace(" ", "\u00a0  "), unicodedata.normalize("NFD", heading), stripped)
    assert {field_of(sheet, w) for w in (*writings, *more)} == {field}


def test_no_heading_means_two_fields() -> None:
    from bot.workbook.text import key

    for sheet, fields in HEADINGS.items():
        said = [key(h) for names in fields.values() for h in {key(n) for n in names}]
        assert len(said) == len(set(said)), sheet


@pytest.mark.parametrize("language", [0, 1, 2], ids=["en", "vi", "bn"])
def test_a_workbook_in_one_language_only(language: int) -> None:
    def heads(sheet: Sheet, *fields: str) -> tuple[str, ...]:
        return tuple(HEADINGS[sheet][f][pick.get((sheet, f), 0)] for f in fields)

    pick = (
        {},
        {
            (s, f): 1
            for s in Sheet
            for f in ("code", "name_vi", "lead", "due", "name", "unit", "role", "item", "date", "state")
        },
        {
            (s, f): -1
            for s in Sheet
            for f in ("code", "name_bn", "lead", "due", "name", "unit", "role", "item", "date", "state")
        },
    )[language]
    name = "name_bn" if language == 2 else "name_vi"
    loaded = load(
        {
            TITLES[Sheet.UNITS][language]: (heads(Sheet.UNITS, "code", name), ("SYT", "Sở Y tế")),
            TITLES[Sheet.TASKS][language]: (
                heads(Sheet.TASKS, "code", name, "lead", "due"),
                (1, "Việc", "SYT", "6/2025"),
            ),
            TITLES[Sheet.PEOPLE][language]: (heads(Sheet.PEOPLE, "name", "unit", "role"), ("An", "SYT", "leader")),
            TITLES[Sheet.REPORTS][language]: (
                heads(Sheet.REPORTS, "item", "date", "state"),
                ("NV01", "1/5/2025", "done"),
            ),
        }
    )
    assert loaded.problems == ()
    assert loaded.sheets == {Sheet.UNITS, Sheet.TASKS, Sheet.PEOPLE, Sheet.REPORTS}
    assert (loaded.plan.items[0].leads, loaded.plan.items[0].due) == (("SYT",), date(2025, 6, 30))
    assert loaded.plan.people[0].role is Role.LEADER
    assert len(loaded.reports) == 1


def test_headings_may_stand_in_any_order_below_titles_and_blank_rows() -> None:
    shuffled = ("Chủ trì theo dõi, đánh giá", "Kế hoạch", None, "Chỉ tiêu", "STT", "Ghi chú", "Thời gian hoàn thành")
    loaded = load(
        {
            "Đơn vị": UNITS,
            "Chỉ tiêu": (
                ("PHỤ LỤC I",),
                ("CHỈ TIÊU CHUYỂN ĐỔI SỐ NĂM 2025",),
                (),
                shuffled,
                ("SYT", "≥ 80", None, "Tỷ lệ bệnh án điện tử", 1, "xem thêm", "2025"),
                (),
                ("STTTT", "≥ 70", None, "Tỷ lệ sổ sức khỏe", 2, None, "2025"),
            ),
        }
    )
    assert loaded.problems == ()
    assert [(i.code, i.name_vi, i.leads) for i in loaded.plan.items] == [
        ("CT01", "Tỷ lệ bệnh án điện tử", ("SYT",)),
        ("CT02", "Tỷ lệ sổ sức khỏe", ("STTTT",)),
    ]
    assert only(loaded.notes, ProblemCode.COLUMN_NOT_READ).params == {"text": "Ghi chú"}


def test_a_sheet_with_another_title_is_known_by_its_headings() -> None:
    loaded = load(
        {
            "Đơn vị": UNITS,
            "Phụ lục I": (TARGET_HEADINGS, (1, "Một chỉ tiêu", "%", 1, "≥ 80", "2025", "SYT")),
            "Sheet3": (TASK_HEADINGS, TASK_ROW),
            "Ghi chú nội bộ": (("Nhớ gọi cho Sở Y tế",),),
        }
    )
    assert loaded.problems == ()
    assert [i.code for i in loaded.plan.items] == ["CT01", "NV01"]
    assert [(n.sheet, n.params["kind"]) for n in loaded.notes if n.code == ProblemCode.SHEET_READ_AS] == [
        ("Phụ lục I", Sheet.TARGETS),
        ("Sheet3", Sheet.TASKS),
    ]
    assert only(loaded.notes, ProblemCode.SHEET_NOT_READ).sheet == "Ghi chú nội bộ"


def test_a_sheet_without_its_headings_is_an_error() -> None:
    loaded = load(
        {"Units": UNITS, "Tasks": (TASK_HEADINGS, TASK_ROW), "Targets": (("TT", "Cột lạ"), (1, "x"))}, year=2025
    )
    problem = only(loaded.problems, ProblemCode.MISSING_HEADINGS)
    assert (problem.sheet, problem.params["kind"]) == ("Targets", Sheet.TARGETS)


def test_sheets_added_to_an_export_are_left_alone() -> None:
    """The export's own sheets have English titles; a report sheet "Đơn vị" beside them is not the Units sheet."""
    loaded = load(
        {
            "Units": UNITS,
            "Tasks": (TASK_HEADINGS, TASK_ROW),
            "Đơn vị": (("Mã", "Đơn vị", "Đúng hạn"), ("SYT", "Sở Y tế", 3)),
        },
        year=2025,
    )
    assert loaded.problems == ()
    assert only(loaded.notes, ProblemCode.SHEET_NOT_READ).sheet == "Đơn vị"


def test_headings_over_two_rows_with_merged_cells() -> None:
    def merge(made: Workbook) -> None:
        sheet = made["Chỉ tiêu"]
        for area in ("A1:A2", "B1:B2", "C1:F1", "G1:G2"):
            sheet.merge_cells(area)

    loaded = load(
        {
            "Đơn vị": UNITS,
            "Chỉ tiêu": (
                ("TT", "Chỉ tiêu", "Kế hoạch theo quý", None, None, None, "Cơ quan chủ trì"),
                (None, None, "Quý I", "Quý II", "Quý III", "Mục tiêu năm 2025", None),
                ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"),
                (1, "Một chỉ tiêu", 10, 20, 30, "≥ 40", "SYT"),
            ),
        },
        merge,
        year=2025,
    )
    assert loaded.problems == ()
    item = loaded.plan.items[0]
    assert item.points == (10, 20, 30, None)
    assert item.goal is not None and item.goal.value == 40
    assert len(loaded.plan.items) == 1


def test_of_two_columns_for_one_thing_the_plans_year_counts() -> None:
    headings = ("TT", "Chỉ tiêu", "Mục tiêu đến năm 2030", "Mục tiêu năm 2025", "Chủ trì")
    loaded = load_targets((1, "Một", "≥ 90", "≥ 50", "SYT"), headings=headings, year=2025)
    assert loaded.plan.items[0].goal is not None and loaded.plan.items[0].goal.value == 50
    assert only(loaded.notes, ProblemCode.COLUMN_TWICE).column == "C"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (1, "NV01"), ("1", "NV01"), ("01.", "NV01"), (" 7 ", "NV07"), (123, "NV123"), ("১২", "NV12"), (11.2, "NV11.2"),
        ("11.2.", "NV11.2"), ("11,2", "NV11.2"), ("NV05", "NV05"), ("NV 05", "NV05"),
        ("A-7.", "A-7"), ("1.2.3", "NV1.2.3"),
    ],
)  # fmt: skip
def test_codes(cell: object, code: str) -> None:
    loaded = load_tasks((cell, *TASK_ROW[1:]))
    assert loaded.problems == ()
    assert loaded.plan.items[0].code == code


def test_a_number_shown_with_two_decimals_keeps_its_last_zero() -> None:
    def two_decimals(made: Workbook) -> None:
        made["Nhiệm vụ"]["A3"].number_format = "0.00"

    loaded = load_tasks((11.1, *TASK_ROW[1:]), (11.1, *TASK_ROW[1:]), finish=two_decimals)
    assert [i.code for i in loaded.plan.items] == ["NV11.1", "NV11.10"]


def test_a_code_twice_is_an_error_that_names_the_first() -> None:
    loaded = load_tasks(TASK_ROW, (2, *TASK_ROW[1:]), ("01", *TASK_ROW[1:]))
    problem = only(loaded.problems, ProblemCode.DUPLICATE_CODE)
    assert (problem.row, problem.params) == (4, {"code": "NV01", "first": "Nhiệm vụ A2"})


def test_a_parent_row_is_a_heading_not_an_item() -> None:
    loaded = load_tasks(
        (10, "Việc mười", None, "2025", "x", "SYT"),
        (11, "Phát triển hạ tầng"),
        ("11.1", "Trạm", None, "2025", "x", "SYT"),
        ("11.2", "Cáp"),
        ("11.2.1", "Cáp quang", None, "2025", "x", "SYT"),
        (12, "Việc mười hai"),
    )
    assert loaded.problems == ()
    assert [i.code for i in loaded.plan.items] == ["NV10", "NV11.1", "NV11.2.1", "NV12"]
    headings = [n for n in loaded.notes if n.code == ProblemCode.HEADING_ROW]
    assert [n.row for n in headings] == [3, 5]


def test_a_parent_row_with_a_lead_is_an_item() -> None:
    loaded = load_tasks((11, "Hạ tầng", None, None, None, "SYT"), ("11.1", "Trạm", None, "2025", "x", "SYT"))
    assert [i.code for i in loaded.plan.items] == ["NV11", "NV11.1"]


def test_lettered_rows_belong_to_the_number_above() -> None:
    loaded = load_tasks(
        (5, "Hạ tầng"), ("a)", "Trạm", None, "2025", "x", "SYT"), ("b)", "Cáp", None, "2025", "x", "SYT")
    )
    assert [i.code for i in loaded.plan.items] == ["NV05.a", "NV05.b"]


def test_sections_set_the_pillar_of_what_follows() -> None:
    def merge(made: Workbook) -> None:
        made["Nhiệm vụ"].merge_cells("A2:G2")
        made["Nhiệm vụ"].merge_cells("A6:G6")

    loaded = load_tasks(
        ("HẠ TẦNG SỐ",),
        (1, "Một", None, "2025", "x", "SYT"),
        ("II", "Chính quyền số"),
        (2, "Hai", None, "2025", "x", "SYT"),
        ("III. Nhân lực số",),
        (3, "Ba", None, "2025", "x", "SYT"),
        finish=merge,
    )
    assert loaded.problems == ()
    assert [i.pillar for i in loaded.plan.items] == ["HTS", "CQS", "NLS"]
    assert loaded.plan.pillar["NLS"].name_vi == "Nhân lực số"
    assert only(loaded.notes, ProblemCode.NEW_PILLAR).params == {"text": "Nhân lực số", "pillar": "NLS"}


def test_a_roman_row_with_a_lead_is_an_item() -> None:
    loaded = load_tasks(("I", "Việc lớn", None, "2025", "x", "SYT"))
    assert [(i.code, i.pillar) for i in loaded.plan.items] == [("I", None)]


def test_a_pillar_cell_wins_over_the_section_and_must_be_known() -> None:
    headings = ("TT", "Nhiệm vụ", "Lĩnh vực", "Chủ trì")
    loaded = load_tasks(
        ("I", "Hạ tầng số"), (1, "Một", "CQS", "SYT"), (2, "Hai", "chính quyền số", "SYT"), (3, "Ba", None, "SYT"),
        (4, "Bốn", "Chính quyền", "SYT"), headings=headings,
    )  # fmt: skip
    assert [i.pillar for i in loaded.plan.items] == ["CQS", "CQS", "HTS", "HTS"]
    assert only(loaded.problems, ProblemCode.UNKNOWN_PILLAR).params == {
        "text": "Chính quyền",
        "nearest": "Chính quyền số",
    }


def test_without_a_pillars_sheet_a_pillar_cell_makes_one() -> None:
    loaded = load(
        {"Units": UNITS, "Tasks": (("TT", "Nhiệm vụ", "Lĩnh vực", "Chủ trì"), (1, "Một", "Kinh tế số", "SYT"))},
        year=2025,
    )
    assert loaded.problems == ()
    assert [(p.code, p.name_vi) for p in loaded.plan.pillars] == [("KTS", "Kinh tế số")]


def test_merged_cells_count_for_every_row() -> None:
    def merge(made: Workbook) -> None:
        made["Nhiệm vụ"].merge_cells("D2:D4")
        made["Nhiệm vụ"].merge_cells("F2:F4")

    loaded = load_tasks(
        (11, "Hạ tầng", None, "2025", None, "Sở Y tế"),
        ("11.1", "Trạm", None, None, "x"),
        ("11.2", "Cáp", None, None, "x"),
        (12, "Khác", None, None, "x"),
        finish=merge,
    )
    assert loaded.problems == ()
    assert {i.code: i.leads for i in loaded.plan.items} == {"NV11.1": ("SYT",), "NV11.2": ("SYT",), "NV12": ()}
    assert by_code(loaded.plan)["NV11.2"].due == date(2025, 12, 31)


def test_a_row_split_over_two_lines_is_one_item() -> None:
    def merge(made: Workbook) -> None:
        for column in "ABDE":
            made["Nhiệm vụ"].merge_cells(f"{column}2:{column}3")

    loaded = load_tasks(
        (1, "Trạm", None, "2025", "x", "SYT", "BACAI"), (None, None, None, None, None, "STTTT", "TBAC"), finish=merge
    )
    assert loaded.problems == ()
    assert (loaded.plan.items[0].leads, loaded.plan.items[0].partners) == (("SYT", "STTTT"), ("BACAI", "TBAC"))


def test_rows_that_cannot_be_items_are_told() -> None:
    loaded = load_tasks(
        (None, "Việc không có mã", None, "2025", "x", "SYT"),
        (2, None, None, "2025", "x", "SYT"),
        ("hai ba", "Việc mã lạ", None, "2025", "x", "SYT"),
        (4,),
        (5, "Việc đúng", "CT99", "2025", "x", "SYT"),
    )
    assert [(p.row, p.column, p.code) for p in loaded.problems] == [
        (2, "A", ProblemCode.MISSING_CODE),
        (3, "B", ProblemCode.MISSING_NAME),
        (4, "A", ProblemCode.BAD_CODE),
        (6, "C", ProblemCode.UNKNOWN_TARGET),
    ]
    assert only(loaded.notes, ProblemCode.ROW_SKIPPED).row == 5


def test_a_task_cites_its_target_in_any_writing() -> None:
    targets = (TARGET_HEADINGS, (1, "Một chỉ tiêu", "%", 1, "≥ 80", "2025", "SYT"))
    rows = [(n, f"Việc {n}", cited, "2025", "x", "SYT") for n, cited in enumerate(("CT01", "ct 1", 1, "CT-01", "-"), 1)]
    loaded = load({"Units": UNITS, "Targets": targets, "Tasks": (TASK_HEADINGS, *rows)})
    assert loaded.problems == ()
    assert [i.target for i in loaded.plan.items[1:]] == ["CT01", "CT01", "CT01", "CT01", None]


def test_what_the_stored_plan_knows_may_be_cited() -> None:
    targets = load_targets((1, "Một chỉ tiêu", "%", 1, "≥ 80", "2025", "SYT")).plan
    tasks = {"Units": UNITS, "Tasks": (TASK_HEADINGS, (1, "Việc", "CT01", "2025", "x", "SYT"))}
    reports = {"Reports": (("item", "date", "value"), ("CT01", "1/5/2025", 30))}
    assert codes(load(tasks | reports).problems) == [ProblemCode.UNKNOWN_TARGET, ProblemCode.UNKNOWN_ITEM]
    loaded = load(tasks | reports, known=targets)
    assert loaded.problems == ()
    assert Sheet.TARGETS not in loaded.sheets
    assert loaded.plan.pillars == targets.pillars
    assert isinstance(loaded.plan, Plan) and len(loaded.plan.items) == 1


def test_title_and_decision_stand_above_the_headings() -> None:
    rows = (
        ("PHỤ LỤC II",),
        ("KẾ HOẠCH CHUYỂN ĐỔI SỐ TỈNH NINH THUẬN NĂM 2025",),
        ("(Kèm theo Quyết định số 123/QĐ-UBND ngày 15/01/2025 của Ủy ban nhân dân tỉnh)",),
        TASK_HEADINGS,
        TASK_ROW,
    )
    plan = load({"Đơn vị": UNITS, "Nhiệm vụ": rows}).plan
    assert plan.title == "KẾ HOẠCH CHUYỂN ĐỔI SỐ TỈNH NINH THUẬN NĂM 2025"
    assert plan.decision == "Quyết định số 123/QĐ-UBND ngày 15/01/2025 của Ủy ban nhân dân tỉnh"


def test_pillars_are_checked() -> None:
    pillars = (*PILLARS, ("HTS", "Hạ tầng khác", None), (None, "Không mã", None))
    loaded = load({"Units": UNITS, "Pillars": pillars, "Tasks": (TASK_HEADINGS, TASK_ROW)})
    assert codes(loaded.problems) == [ProblemCode.DUPLICATE_CODE, ProblemCode.MISSING_CODE]
