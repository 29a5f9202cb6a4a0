"""Annexes of decisions, pasted as they stand: what is read how.

Made up for the test, in the form in which provinces and ministries print them: title rows, numbered columns, Roman
sections, parent rows, leads merged over several rows, national ministries, footers and signatures.
"""

from __future__ import annotations

from datetime import date

import pytest
from openpyxl import Workbook

from bot.rules.plan import GROUP, Direction
from bot.workbook import Loaded, ProblemCode, Sheet
from tests.workbook.build import UNITS, by_code, codes, load

TARGETS = (
    ("Phụ lục I",),
    ("CÁC CHỈ TIÊU PHÁT TRIỂN KINH TẾ SỐ VÀ XÃ HỘI SỐ NĂM 2025",),
    ("(Ban hành kèm theo Quyết định số 88/QĐ-UBND ngày 20 tháng 01 năm 2025 của Ủy ban nhân dân tỉnh)",),
    (),
    ("TT", "Nội dung chỉ tiêu", "Đơn vị", "Mục tiêu đến năm 2025", "Cơ quan chủ trì theo dõi, đánh giá", "Ghi chú"),
    ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"),
    ("I", "PHÁT TRIỂN KINH TẾ SỐ"),
    (1, "Tỷ trọng kinh tế số trong GRDP", "%", "20", "Sở Thông tin và Truyền thông"),
    (2, "Tỷ trọng kinh tế số trong từng ngành, lĩnh vực", "%", "Tối thiểu 10", "Các sở, ban, ngành"),
    (3, "Tỷ lệ doanh nghiệp nhỏ và vừa sử dụng nền tảng số", "%", "40 - 50", "Bộ Kế hoạch và Đầu tư"),
    (
        4,
        "Tỷ lệ nhân lực kinh tế số trong lực lượng lao động",
        "%",
        "≥ 3% và tăng dần",
        "Bộ Lao động - Thương binh và Xã hội",
    ),
    ("II", "PHÁT TRIỂN XÃ HỘI SỐ"),
    (5, "Tỷ lệ dân số trưởng thành"),
    ("5.1", "- Có chữ ký số cá nhân", "%", "> 50", "Bộ Thông tin và Truyền thông;\nCông an tỉnh"),
    ("5.2", "- Có tài khoản thanh toán", "%", "80", None),
    (6, "Ban hành Đề án đào tạo kỹ năng số", None, "Đề án", "VTV, Sở Y tế"),
    (),
    ("Ghi chú: Các chỉ tiêu được cập nhật theo hướng dẫn của Bộ Thông tin và Truyền thông",),
    (None, "Nơi nhận:", None, None, "TM. ỦY BAN NHÂN DÂN"),
    (None, "- Như Điều 3;", None, None, "KT. CHỦ TỊCH"),
    (None, None, None, None, "PHÓ CHỦ TỊCH"),
    (None, None, None, None, "Nguyễn Văn A"),
)
TASKS = (
    ("PHỤ LỤC II",),
    ("DANH MỤC NHIỆM VỤ TRỌNG TÂM",),
    ("(Kèm theo Kế hoạch số 15/KH-UBND ngày 20/01/2025)",),
    ("STT", "Nhiệm vụ, giải pháp", "Đơn vị chủ trì", "Đơn vị phối hợp", "Thời gian hoàn thành", "Sản phẩm/Kết quả"),
    ("A", "NHIỆM VỤ CHUNG"),
    ("I", "Hoàn thiện thể chế"),
    (
        1,
        "Tuyên truyền về chuyển đổi số",
        "Các sở, ban, ngành; UBND các huyện, thành phố",
        None,
        "Nhiệm vụ thường xuyên",
        "Tin, bài",
    ),
    (2, "Rà soát quy định", "Sở Y tế", "Các cơ quan, đơn vị liên quan", "Tháng 10/2025", "Báo cáo"),
    ("II", "Hạ tầng"),
    ("3.", "Phủ sóng 5G", "Sở Thông tin và Truyền thông", "VNPT, Viettel, MobiFone", "2025 - 2026", "Trạm BTS"),
    (4, "Trung tâm dữ liệu", None, None, "Năm 2025 và những năm tiếp theo", "Hệ thống"),
    (5, "Bồi dưỡng cán bộ", "Bộ Công an và Bộ Quốc phòng", None, "Quý II, III/2025", None),
    (6, "Báo cáo sơ kết", "Sở Văn hóa, Thể thao và Du lịch", None, None, None),
)


def merge(made: Workbook) -> None:
    targets, tasks = made["Phụ lục 1"], made["Phụ lục 2"]
    for area in ("A1:F1", "A2:F2", "A3:F3", "B7:F7", "B12:F12", "E14:E15", "A18:F18"):
        targets.merge_cells(area)
    for area in ("A1:F1", "C10:C11"):
        tasks.merge_cells(area)


@pytest.fixture(scope="module")
def refused() -> Loaded:
    return load({"Đơn vị": UNITS, "Phụ lục 1": TARGETS, "Phụ lục 2": TASKS}, merge)


@pytest.fixture(scope="module")
def annex() -> Loaded:
    return load({"Đơn vị": UNITS, "Phụ lục 1": TARGETS, "Phụ lục 2": TASKS}, merge, add_units=True)


def test_the_only_errors_are_the_units_that_the_office_does_not_know(refused: Loaded) -> None:
    assert set(codes(refused.problems)) == {ProblemCode.UNKNOWN_UNIT}
    first = refused.problems[0]
    assert (first.sheet, first.row, first.column) == ("Phụ lục 1", 9, "E")
    assert "Bộ Kế hoạch và Đầu tư" in {u.name_vi for u in refused.unknown_units}


def test_with_units_added_it_loads(annex: Loaded) -> None:
    assert annex.problems == ()
    assert annex.plan.year == 2025
    assert annex.sheets == {Sheet.UNITS, Sheet.TARGETS, Sheet.TASKS}
    assert [i.code for i in annex.plan.items] == [
        *("CT01", "CT02", "CT03", "CT04", "CT5.1", "CT5.2", "CT06"),
        *("NV01", "NV02", "NV03", "NV04", "NV05", "NV06"),
    ]


def test_its_title_and_decision_are_the_plans(annex: Loaded) -> None:
    assert annex.plan.title == "CÁC CHỈ TIÊU PHÁT TRIỂN KINH TẾ SỐ VÀ XÃ HỘI SỐ NĂM 2025"
    assert annex.plan.decision.startswith("Quyết định số 88/QĐ-UBND")


def test_sections_became_pillars(annex: Loaded) -> None:
    items = by_code(annex.plan)
    names = {p.code: p.name_vi for p in annex.plan.pillars}
    assert names[items["CT04"].pillar or ""] == "PHÁT TRIỂN KINH TẾ SỐ"
    assert names[items["CT5.1"].pillar or ""] == "PHÁT TRIỂN XÃ HỘI SỐ"
    assert names[items["NV01"].pillar or ""] == "Hoàn thiện thể chế"
    assert names[items["NV03"].pillar or ""] == "Hạ tầng"


def test_goals(annex: Loaded) -> None:
    goals = {code: item.goal for code, item in by_code(annex.plan).items() if item.goal}
    assert {c: (g.value, g.upper) for c, g in goals.items()} == {
        "CT01": (20, None),
        "CT02": (10, None),
        "CT03": (40, 50),
        "CT04": (3, None),
        "CT5.1": (50, None),
        "CT5.2": (80, None),
        "CT06": (None, None),
    }
    assert {g.direction for g in goals.values()} == {Direction.UP}


def test_leads(annex: Loaded) -> None:
    items = by_code(annex.plan)
    assert items["CT03"].leads == ("BKHDT",)
    assert items["CT5.1"].leads == items["CT5.2"].leads == ("BTTTT", "CAT")  # merged over both rows
    assert items["CT06"].leads == ("VTV", "SYT")
    assert items["NV03"].leads == items["NV04"].leads == ("STTTT",)
    assert items["NV05"].leads == ("BCA", "BQP")
    assert items["NV06"].leads == ("SVHTTDL",)
    assert items["NV01"].leads == ("CSBN", "UBNDCHTP")
    groups = {u.name_vi for u in annex.plan.units if u.kind == GROUP}
    assert {"Các sở, ban, ngành", "UBND các huyện, thành phố", "Các cơ quan, đơn vị liên quan"} == groups


def test_due_dates_and_their_words(annex: Loaded) -> None:
    items = by_code(annex.plan)
    assert [(items[c].due, items[c].due_text) for c in ("NV01", "NV02", "NV03", "NV04", "NV05", "NV06")] == [
        (None, "Nhiệm vụ thường xuyên"),
        (date(2025, 10, 31), "Tháng 10/2025"),
        (date(2026, 12, 31), "2025 - 2026"),
        (date(2025, 12, 31), "Năm 2025 và những năm tiếp theo"),
        (date(2025, 9, 30), "Quý II, III/2025"),
        (None, None),
    ]


def test_what_is_no_item_is_told(annex: Loaded) -> None:
    skipped = {(n.sheet, n.row) for n in annex.notes if n.code == ProblemCode.ROW_SKIPPED}
    assert skipped == {("Phụ lục 1", row) for row in (18, 19, 20, 21, 22)}
    headings = [n.params["text"] for n in annex.notes if n.code == ProblemCode.HEADING_ROW]
    assert headings == ["5 Tỷ lệ dân số trưởng thành"]
    assert {n.params["text"] for n in annex.notes if n.code == ProblemCode.COLUMN_NOT_READ} == {"Ghi chú"}


def test_it_tells_how_vague_cells_were_read(annex: Loaded) -> None:
    read = {n.params["text"]: n.code for n in annex.notes if "text" in n.params}
    assert read["≥ 3% và tăng dần"] == ProblemCode.GOAL_READ
    assert read["40 - 50"] == ProblemCode.GOAL_READ
    assert read["Đề án"] == ProblemCode.GOAL_YES_NO
    assert read["Nhiệm vụ thường xuyên"] == ProblemCode.DUE_RECURRING
    assert read["2025 - 2026"] == ProblemCode.DUE_READ
