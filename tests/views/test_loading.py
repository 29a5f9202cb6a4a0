"""What is wrong with a plan, how it was read, and what it changes: in words, in every language, within the limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.rules.calendar import DayOverride
from bot.rules.changes import Change, Edit, Part, Sort
from bot.rules.loading import Counts, LoadPreview
from bot.rules.plan import Goal, Item, Pillar, Role, RosterPerson, Unit
from bot.views.loading import (
    ERRORS,
    FIELDS,
    NOTES,
    REFUSALS,
    can_add_units,
    exported_screen,
    load_text,
    loaded_screen,
    plain,
    preview_screen,
    problem_line,
    refusal,
)
from bot.views.screen import CAPTION_LIMIT, TEXT_LIMIT, Screen, length
from bot.views.words import Words, load_words
from bot.workbook import Problem, ProblemCode, Refused, Sheet

WORDS = load_words(Path(__file__).parents[2] / "locales")
LANGUAGES = ("vi", "bn", "en")
BENGALI = re.compile("[\u0980-\u09ff]")

# What each code may come with, as `bot/rules/loading.py` says.
PARAMS: Mapping[str, str] = {
    "text": "ô đã ghi",
    "name": "Sở Vũ trụ",
    "nearest": "Sở Y tế",
    "code": "SYT",
    "codes": "SYT, STC",
    "first": "Chỉ tiêu A6",
    "used": "Mục tiêu",
    "unit": "STC",
    "id": "w0",
    "date": "2025-06-30",
    "start": "2025-07-01",
    "due": "2025-06-30",
    "extended": "2025-05-01",
    "value": "1234.5",
    "upper": "",
    "direction": "up",
    "limit": "20",
    "count": "7",
    "pillar": "HTS",
    "kind": Sheet.TARGETS,
    "needed": Sheet.UNITS,
    "fields": "code, name_vi/name_bn, goal/measure",
    "allowed": "x",
    "format": ".xls",
    "sheet": "Biểu 1",
    "range": "A1:Z9",
    "cell": "B7",
}
RIGHT = LoadPreview(2025, Counts(30, 7, 44, 66, 37, 156), in_force=2025)


def problem(code: ProblemCode) -> Problem:
    return Problem("Biểu 1", 12, "G", code, PARAMS)


def unknown(name: str = "Sở Vũ trụ", row: int = 6) -> Problem:
    params = {"name": name, "nearest": "", "code": ""}
    return Problem("Nhiệm vụ", row, "I", ProblemCode.UNKNOWN_UNIT, params)


def labels(screen: Screen) -> list[str | None]:
    return [button.data for row in screen.rows for button in row]


# ---------------------------------------------------------------- problems


def test_every_code_has_exactly_one_sentence() -> None:
    said = [*REFUSALS, *ERRORS, *NOTES]
    assert sorted(said) == sorted(ProblemCode)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", list(ProblemCode))
def test_every_problem_is_said_with_its_place_and_its_own_language(code: ProblemCode, lang: str) -> None:
    line = plain(problem_line(WORDS[lang], problem(code)))
    assert line.startswith("Biểu 1")
    assert not re.search(r"[{}]|<", line)
    assert ("১২" if lang == "bn" else "12") in line
    if lang == "bn":
        own = line
        for given in sorted(PARAMS.values(), key=len, reverse=True):
            own = own.replace(given, "")
        assert BENGALI.search(own.partition(":")[2])
        assert not re.search(r"[0-9]", own)


def test_a_line_names_the_place_as_far_as_it_is_meant() -> None:
    missing = Problem("Biểu 1", 12, "G", ProblemCode.MISSING_DATE)
    told = [missing, replace(missing, column=None), replace(missing, row=None), replace(missing, sheet="")]
    assert [plain(problem_line(WORDS["en"], p)) for p in told] == [
        "Biểu 1, row 12, column G: The date is missing.",
        "Biểu 1, row 12: The date is missing.",
        "Biểu 1: The date is missing.",
        "The date is missing.",
    ]


def test_the_nearest_name_is_suggested_where_there_is_one() -> None:
    near = replace(unknown(), params={"name": "Sở Y te", "nearest": "Sở Y tế", "code": "SYT"})
    assert plain(problem_line(WORDS["vi"], near)).endswith("Có phải là “Sở Y tế” (SYT)?")
    assert plain(problem_line(WORDS["vi"], unknown())).endswith("không có trong danh sách đơn vị.")


@pytest.mark.parametrize(
    ("lang", "headings"), [("vi", "“Mã”, “Chỉ tiêu”, “Mục tiêu”"), ("bn", "“কোড”, “নাম”, “লক্ষ্য”"), ("en", "“code”")]
)
def test_missing_headings_are_named_as_the_reader_writes_them(lang: str, headings: str) -> None:
    assert headings in plain(problem_line(WORDS[lang], problem(ProblemCode.MISSING_HEADINGS)))


@pytest.mark.parametrize(
    ("direction", "upper", "says"),
    [("up", "", "at least 80"), ("down", "", "at most 80"), ("up", "90", "80 to 90"), ("down", "70", "coming down")],
)
def test_a_goal_says_how_it_was_read(direction: str, upper: str, says: str) -> None:
    params = {"text": "x", "value": "80", "upper": upper, "direction": direction}
    assert says in problem_line(WORDS["en"], Problem("", None, None, ProblemCode.GOAL_READ, params))


def test_dates_and_figures_are_in_the_readers_form() -> None:
    read = Problem("", None, None, ProblemCode.DUE_READ, {"text": "Quý II/2025", "date": "2025-06-30"})
    assert "30/6/2025" in problem_line(WORDS["vi"], read)
    assert "৩০/৬/২০২৫" in problem_line(WORDS["bn"], read)


def test_what_a_cell_holds_is_shown_and_not_obeyed() -> None:
    hostile = replace(unknown("<b>&</b>" + "x" * 500), sheet="<i>")
    line = problem_line(WORDS["vi"], hostile)
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in line
    assert "&lt;i&gt;" in line
    assert length(line) < 300


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_refusal_says_why_and_what_to_do(lang: str) -> None:
    said = {refusal(WORDS[lang], Refused(code, **PARAMS)) for code in REFUSALS}
    assert len(said) == len(REFUSALS)
    no_cell = refusal(WORDS[lang], Refused(ProblemCode.CELL_TOO_LONG, sheet="", cell="", limit="32767"))
    assert "()" not in no_cell


# ---------------------------------------------------------------- changes


def test_every_field_that_can_change_has_a_name() -> None:
    rows = (Unit, Pillar, Item, RosterPerson, DayOverride)
    named = {f.name for row in rows for f in fields(row)} - {"code", "withdrawn", "year", "day", "unit"}
    assert named - FIELDS.keys() == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_change_tells_before_and_after_in_the_readers_form(lang: str) -> None:
    edits = (
        Edit("goal", Goal("≥ 80", Decimal(80)), Goal("≥ 85", Decimal(85))),
        Edit("due", date(2025, 12, 31), date(2025, 11, 30)),
        Edit("baseline", None, Decimal("45.5")),
        Edit("once", False, True),
        Edit("leads", ("STC",), ("SYT", "STC")),
        Edit("points", (None, None, None, None), (None, Decimal(20), None, None)),
    )
    change = Change(Part.TARGETS, Sort.CHANGED, "CT01", "Tỷ lệ hồ sơ", edits, name_bn="আবেদনের হার")
    text = load_text(WORDS[lang], replace(RIGHT, again=True, changes=(change,)))
    assert "CT01 " + {"bn": "আবেদনের হার"}.get(lang, "Tỷ lệ hồ sơ") in text
    assert "≥ 80 → ≥ 85" in text
    assert "STC → SYT; STC" in text
    assert {"vi": "31/12/2025 → 30/11/2025", "bn": "৩১/১২/২০২৫ → ৩০/১১/২০২৫"}.get(lang, "→") in text
    assert {"vi": "45,5", "bn": "৪৫.৫"}.get(lang, "45.5") in text


def test_people_days_and_another_order_are_told_too() -> None:
    changes = (
        Change(Part.PEOPLE, Sort.CHANGED, "SYT", "An", (Edit("role", Role.LEADER, Role.DEPUTY),)),
        Change(Part.HOLIDAYS, Sort.ADDED, "2025-04-26", "làm bù"),
        Change(Part.TASKS, Sort.MOVED),
    )
    text = load_text(WORDS["en"], replace(RIGHT, again=True, changes=changes))
    assert "changed An (SYT); role: " in text
    assert re.search("head of unit → deputy head of unit", text, re.IGNORECASE)
    assert "added 26 Apr 2025 làm bù" in text
    assert "Tasks: in another order" in text


def test_the_first_load_is_told_in_counts() -> None:
    added = tuple(Change(Part.TASKS, Sort.ADDED, f"NV{n:02d}", "x") for n in range(66))
    text = load_text(WORDS["vi"], replace(RIGHT, changes=added, new_reports=156))
    assert "Nhiệm vụ: thêm 66" in text
    assert "Ghi nhận 156 báo cáo." in text
    assert "NV01" not in text


# ---------------------------------------------------------------- the screens


def test_a_right_file_offers_to_load() -> None:
    screen = preview_screen(WORDS["vi"], replace(RIGHT, new_reports=1))
    assert labels(screen) == ["load:yes", "load:no"]
    assert "Kế hoạch năm 2025" in screen.text
    assert "chưa lưu gì" in screen.text


@pytest.mark.parametrize(("gone", "of", "sweeps"), [(5, 20, True), (4, 4, False), (5, 25, False), (102, 110, True)])
def test_a_load_sweeps_from_five_items_and_more_than_a_fifth(gone: int, of: int, sweeps: bool) -> None:
    lost = tuple(Change(Part.TASKS, Sort.WITHDRAWN, f"NV{n:02d}", "x") for n in range(gone))
    screen = preview_screen(WORDS["vi"], replace(RIGHT, again=True, changes=lost, items_before=of))
    assert labels(screen) == (["load:no", "load:sweep"] if sweeps else ["load:yes", "load:no"])
    assert (f"bỏ {gone}/{of}" in screen.text) == sweeps


def test_a_file_with_nothing_new_offers_nothing() -> None:
    screen = preview_screen(WORDS["vi"], replace(RIGHT, again=True))
    assert screen.rows == ()
    assert "Không có gì thay đổi" in screen.text


@pytest.mark.parametrize(("lang", "says"), [("vi", "giữ nguyên"), ("bn", "অপরিবর্তিত"), ("en", "The record stays")])
def test_reports_that_differ_from_the_record_are_told(lang: str, says: str) -> None:
    assert says in preview_screen(WORDS[lang], replace(RIGHT, again=True, other_reports=2)).text


def test_where_only_units_are_missing_they_can_be_added() -> None:
    wrong = replace(RIGHT, problems=(unknown(),), unknown_units=(Unit("SVT", "Sở Vũ trụ"),))
    assert can_add_units(wrong)
    assert labels(preview_screen(WORDS["bn"], wrong)) == ["load:units", "load:no"]
    more = replace(wrong, problems=(unknown(), problem(ProblemCode.MISSING_DATE)))
    assert labels(preview_screen(WORDS["bn"], more)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_long_list_is_cut_and_goes_into_a_file(lang: str) -> None:
    many = replace(RIGHT, problems=tuple(unknown(f"Sở số {n} " + "rất dài " * 20, n) for n in range(1, 501)))
    screen = preview_screen(WORDS[lang], many)
    assert screen.file is not None
    assert length(screen.text) <= CAPTION_LIMIT
    whole = screen.file.content.decode()
    assert all(f"Sở số {n} " in whole for n in range(1, 501))
    rest = 500 - sum("Sở số" in line for line in screen.text.splitlines())
    assert WORDS[lang].number(rest) in screen.text.splitlines()[-1]


def test_errors_beyond_those_listed_are_counted() -> None:
    more = Problem("", None, None, ProblemCode.MORE_PROBLEMS, {"count": "1200"})
    text = load_text(WORDS["vi"], replace(RIGHT, problems=(unknown(), more)))
    assert "Cần sửa 1.201 lỗi" in text
    assert "… và 1.200 lỗi, ghi chú khác." in text


def test_a_short_list_needs_no_file() -> None:
    screen = preview_screen(WORDS["vi"], replace(RIGHT, problems=(unknown(), unknown(row=7))))
    assert screen.file is None
    assert screen.text.count("Sở Vũ trụ") == 2
    assert length(screen.text) <= TEXT_LIMIT


def test_after_the_press_it_says_what_was_done_and_that_nobody_got_access() -> None:
    done = replace(RIGHT, stored=True, changes=(Change(Part.TASKS, Sort.ADDED, "NV01", "x"),), new_reports=3)
    screen = loaded_screen(WORDS["vi"], done)
    assert "Đã nạp kế hoạch." in screen.text
    assert "Ghi nhận 3 báo cáo." in screen.text
    assert "/invite" in screen.text
    assert screen.rows == ()


def test_a_plan_of_another_year_says_which_one_answers_are_about() -> None:
    later = replace(RIGHT, year=2026, in_force=2025, new_reports=1)
    assert "2025" in preview_screen(WORDS["en"], later).text.splitlines()[-1]
    assert "For today" not in preview_screen(WORDS["en"], replace(RIGHT, new_reports=1)).text


def test_a_file_whose_year_is_not_known_names_none() -> None:
    unsure = replace(RIGHT, year=None, problems=(Problem("", None, None, ProblemCode.NO_YEAR),))
    assert "None" not in preview_screen(WORDS["vi"], unsure).text
    assert preview_screen(WORDS["vi"], unsure).text.startswith("<b>Kế hoạch</b>")


def test_an_export_is_a_file_named_by_year_and_day() -> None:
    words: Words = WORDS["bn"]
    screen = exported_screen(words, b"x", date(2025, 6, 18), 2025, whole=True, loads=True)
    assert screen.file is not None
    assert screen.file.name == "plan-2025_2025-06-18.xlsx"
    assert "১৮/৬/২০২৫" in screen.text


@pytest.mark.parametrize(("whole", "loads", "says"), [
    (True, True, "gửi lại cho tôi"), (True, False, "kèm toàn bộ báo cáo, tính đến ngày 18/6/2025."),
    (False, False, "Đây chỉ là một phần của kế hoạch"),
])  # fmt: skip
def test_only_who_loads_plans_is_asked_to_send_it_back(whole: bool, loads: bool, says: str) -> None:
    screen = exported_screen(WORDS["vi"], b"x", date(2025, 6, 18), 2025, whole=whole, loads=loads)
    assert says in screen.text
    assert ("gửi lại" in screen.text) == loads
