"""Cells that name units: several in one, by any name, unknown ones, groups."""

from __future__ import annotations

import pytest

from bot.rules.plan import GROUP
from bot.workbook import Loaded, ProblemCode, Sheet
from bot.workbook.text import initials
from tests.workbook.build import TASK_HEADINGS, TASK_ROW, UNITS, Rows, codes, load, load_tasks, only


def led_by(cell: str, **how: object) -> Loaded:
    return load_tasks((1, "Lắp đặt trạm", None, "30/6/2025", "Biên bản", cell), **how)


@pytest.mark.parametrize(
    ("cell", "leads"),
    [
        ("SYT", ("SYT",)),
        ("sở y tế", ("SYT",)),
        ("SỞ Y TẾ", ("SYT",)),
        ("So Y te", ("SYT",)),
        ("Sở Y tế", ("SYT",)),  # decomposed marks
        ("Sở\u00a0Y  tế", ("SYT",)),
        ("স্বাস্থ্য বিভাগ", ("SYT",)),
        ("Sở TT-TT", ("STTTT",)),
        ("SYT; STTTT", ("SYT", "STTTT")),
        ("Sở Y tế, Sở Thông tin và Truyền thông", ("SYT", "STTTT")),
        ("Sở Y tế và Sở Thông tin và Truyền thông", ("SYT", "STTTT")),
        ("Sở Y tế\nSở TT&TT", ("SYT", "STTTT")),
        ("- Sở Y tế;\n- Sở TT&TT.", ("SYT", "STTTT")),
        ("Bác Ái, Thuận Bắc", ("BACAI", "TBAC")),
        ("Ủy ban nhân dân huyện Bác Ái", ("BACAI",)),
        ("Sở Văn hóa, Thể thao và Du lịch", ("SVHTTDL",)),
        ("Sở Văn hóa,\nThể thao và Du lịch; SYT", ("SVHTTDL", "SYT")),
        ("Sở Văn hóa, Sở Y tế", ("SVHTTDL", "SYT")),
        ("SYT; Sở Y tế", ("SYT",)),
        ("-", ()),
    ],
)
def test_known_units_by_code_name_or_alias(cell: str, leads: tuple[str, ...]) -> None:
    loaded = led_by(cell)
    assert loaded.problems == ()
    assert loaded.plan.items[0].leads == leads


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Bộ Khoa học và Công nghệ", ("Bộ Khoa học và Công nghệ",)),
        ("Bộ Khoa học và Công nghệ và Bộ Công an", ("Bộ Khoa học và Công nghệ", "Bộ Công an")),
        ("Các bộ, ngành, địa phương", ("Các bộ, ngành, địa phương",)),
        ("Các sở, ban, ngành; UBND các huyện, thành phố", ("Các sở, ban, ngành", "UBND các huyện, thành phố")),
        ("Các Sở, Ban, Ngành và các địa phương", ("Các Sở, Ban, Ngành", "các địa phương")),
        ("Bộ TT&TT, VTV, VOV", ("Bộ TT&TT", "VTV", "VOV")),
        (
            "Sở Tài nguyên, Môi trường và Khoáng sản, Hội Nông dân",
            ("Sở Tài nguyên, Môi trường và Khoáng sản", "Hội Nông dân"),
        ),
        ("Văn phòng UBND tỉnh và các đơn vị liên quan", ("Văn phòng UBND tỉnh", "các đơn vị liên quan")),
        ("Công an tỉnh, Ngân hàng Nhà nước, Viện Kiểm sát", ("Công an tỉnh", "Ngân hàng Nhà nước", "Viện Kiểm sát")),
        ("Sở Thông tin và Truyền thông tỉnh bạn", ("Sở Thông tin và Truyền thông tỉnh bạn",)),
    ],
)
def test_unknown_units_are_cut_only_where_the_next_begins_like_one(cell: str, names: tuple[str, ...]) -> None:
    loaded = led_by(cell)
    assert tuple(p.params["name"] for p in loaded.problems) == names
    assert tuple(u.name_vi for u in loaded.unknown_units) == names


def test_a_name_with_more_words_after_it_suggests_the_name() -> None:
    near_by_letters = ("CATNTX", "Công an tỉnh Ninh Thuận", None, "Y tế Ninh Thuận Xy", "department")
    task = (1, "Lắp đặt trạm", None, "30/6/2025", "Biên bản", "Sở Y Tế Ninh Thuận Xyz")
    loaded = load({"Đơn vị": (*UNITS, near_by_letters), "Nhiệm vụ": (TASK_HEADINGS, task)}, year=2025)
    assert only(loaded.problems, ProblemCode.UNKNOWN_UNIT).params["nearest"] == "Sở Y tế"


def test_an_unknown_unit_is_an_error_that_suggests_the_nearest_name() -> None:
    problem = only(led_by("Sở Y tê tỉnh").problems, ProblemCode.UNKNOWN_UNIT)
    assert (problem.sheet, problem.row, problem.column) == ("Nhiệm vụ", 2, "F")
    assert problem.params == {"name": "Sở Y tê tỉnh", "nearest": "Sở Y tế", "code": "SYT"}


def test_units_may_be_added_with_codes_from_their_initials() -> None:
    loaded = led_by("Bộ Thông tin và Truyền thông; Các bộ, ngành, địa phương", add_units=True)
    assert loaded.problems == ()
    assert loaded.plan.items[0].leads == ("BTTTT", "CBNDP")
    ministry, group = loaded.plan.units[-2:]
    assert (ministry.code, ministry.name_vi, ministry.kind) == ("BTTTT", "Bộ Thông tin và Truyền thông", None)
    assert (group.kind, group.members) == (GROUP, ())
    assert codes(loaded.notes) == [ProblemCode.UNIT_ADDED, ProblemCode.GROUP_ADDED]


def test_a_unit_is_added_once_however_often_it_is_named() -> None:
    rows = [(n, f"Việc {n}", None, "2025", "x", name) for n, name in enumerate(("Bộ Công an", "BỘ CÔNG AN", "BCA"), 1)]
    loaded = load_tasks(*rows, add_units=True)
    assert [i.leads for i in loaded.plan.items] == [("BCA",), ("BCA",), ("BCA2",)]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Bộ Thông tin và Truyền thông", "BTTTT"),
        ("Sở Văn hóa, Thể thao và Du lịch", "SVHTTDL"),
        ("Đài Truyền hình VTV", "DTHVTV"),
        ("UBND huyện Đông Hải", "UBNDHDH"),
    ],
)
def test_initials(name: str, code: str) -> None:
    assert initials(name) == code


def groups(members: str) -> Rows:
    return (*UNITS, ("G", "Các sở, ban, ngành", None, None, "group", None, members))


@pytest.mark.parametrize(
    ("members", "kept", "units"),
    [
        ("SYT; STTTT", ("SYT", "STTTT"), {"SYT", "STTTT"}),
        ("department", ("department",), {"SYT", "STTTT", "SVHTTDL"}),
        ("all", ("all",), {"SYT", "STTTT", "SVHTTDL", "BACAI", "TBAC"}),
        ("tất cả", ("all",), {"SYT", "STTTT", "SVHTTDL", "BACAI", "TBAC"}),
        ("Sở Y tế, locality", ("SYT", "locality"), {"SYT", "BACAI", "TBAC"}),
    ],
)
def test_a_group_has_members_by_code_by_kind_or_all(members: str, kept: tuple[str, ...], units: set[str]) -> None:
    loaded = load(
        {
            "Units": groups(members),
            "Nhiệm vụ": (("TT", "Nhiệm vụ", "Chủ trì"), (1, "Việc", "Các sở, ban, ngành")),
        },
        year=2025,
    )
    assert loaded.problems == ()
    assert loaded.plan.unit["G"].members == kept
    assert loaded.plan.members_of["G"] == units
    assert all(loaded.plan.leads(u, loaded.plan.items[0]) for u in units)


def test_an_unknown_member_is_an_error() -> None:
    loaded = load(
        {"Units": groups("SYT; Sở Xyz"), "Nhiệm vụ": (("TT", "Nhiệm vụ", "Chủ trì"), (1, "Việc", "G"))}, year=2025
    )
    assert only(loaded.problems, ProblemCode.UNKNOWN_MEMBER).params["text"] == "Sở Xyz"


def test_a_name_that_two_units_share_means_neither() -> None:
    units = (*UNITS, ("YTDP", "Trung tâm Y tế dự phòng", None, "Y tế", None, None, None))
    loaded = load(
        {"Units": units, "Nhiệm vụ": (("TT", "Nhiệm vụ", "Chủ trì"), (1, "Việc", "Y tế"), (2, "Việc", "SYT"))},
        year=2025,
    )
    assert only(loaded.problems, ProblemCode.AMBIGUOUS_UNIT).params == {"name": "Y tế", "codes": "SYT, YTDP"}
    assert only(loaded.notes, ProblemCode.SAME_NAME).params["name"] == "Y tế"


def test_units_are_checked_row_by_row() -> None:
    units = (
        ("code", "name_vi", "parent"),
        ("A", "Sở A", None),
        ("a", "Sở A khác", None),
        (None, "Sở B", None),
        ("C", None, "A"),
        ("D E", "Sở D", None),
        ("F", "Sở F", "Sở Zzz"),
    )
    loaded = load({"Units": units, "Nhiệm vụ": (("TT", "Nhiệm vụ", "Chủ trì"), (1, "Việc", "A"))}, year=2025)
    assert [(p.row, p.column, p.code) for p in loaded.problems] == [
        (3, "A", ProblemCode.DUPLICATE_CODE),
        (4, "A", ProblemCode.MISSING_CODE),
        (5, "B", ProblemCode.MISSING_NAME),
        (6, "A", ProblemCode.BAD_CODE),
        (7, "C", ProblemCode.UNKNOWN_UNIT),
    ]
    assert loaded.problems[0].params == {"code": "a", "first": "Units A2"}


def test_units_and_one_of_targets_and_tasks_are_required() -> None:
    assert [p.params["needed"] for p in load({"Units": UNITS}, year=2025).problems] == ["targets_or_tasks"]
    tasks = (("TT", "Nhiệm vụ", "Chủ trì"), TASK_ROW[:2])
    loaded = load({"Nhiệm vụ": tasks}, year=2025)
    assert [p.params["needed"] for p in loaded.problems] == [Sheet.UNITS]
    assert load({"Units": UNITS, "Nhiệm vụ": tasks}, year=2025).problems == ()
