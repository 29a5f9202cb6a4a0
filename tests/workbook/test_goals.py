"""Goals, baselines and other figures: the contract's paragraph on goals, sentence by sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from openpyxl import Workbook

from bot.rules.plan import Direction
from bot.workbook import ProblemCode
from bot.workbook.amounts import number_of, written
from tests.workbook.build import codes, load_targets, only, target

UP, DOWN = Direction.UP, Direction.DOWN


@pytest.mark.parametrize(
    ("text", "value", "direction"),
    [
        ("≥ 80", 80, UP),
        (">= 80%", 80, UP),
        ("=> 80", 80, UP),
        ("80 trở lên", 80, UP),
        ("60 bộ dữ liệu trở lên", 60, UP),
        ("Tối thiểu 80%", 80, UP),
        ("Đạt trên 80%", 80, UP),
        ("không dưới 80%", 80, UP),
        ("≤ 15", 15, DOWN),
        ("dưới 15", 15, DOWN),
        ("< 15", 15, DOWN),
        ("không quá 48 giờ", 48, DOWN),
        ("15 trở xuống", 15, DOWN),
        ("> 80", 80, UP),
        ("≥ 3% và tăng dần", 3, UP),
        ("duy trì 100%", 100, UP),
        ("100", 100, UP),
        ("≥ 1.200", 1200, UP),
        ("≥ 1.234,5", Decimal("1234.5"), UP),
        ("99.5", Decimal("99.5"), UP),
        ("≥ ৮০%", 80, UP),
        ("৮০ বা তার বেশি", 80, UP),
        ("সর্বোচ্চ ১৫", 15, DOWN),
        ("at most 15", 15, DOWN),
        ("≥ 80% (đô thị), ≥ 60% (nông thôn)", 80, UP),
        ("Cấp tỉnh: 100%; cấp huyện: 80%", 100, UP),
        ("Năm 2025 đạt 85%", 85, UP),
        ("100% (12/12 huyện)", 100, UP),
        ("10%/năm", 10, UP),
    ],
)
def test_a_goal_with_a_number(text: str, value: Decimal, direction: Direction) -> None:
    goal = target(text).goal
    assert goal is not None
    assert (goal.value, goal.direction, goal.text) == (value, direction, text)


@pytest.mark.parametrize(
    ("baseline", "direction"), [(20, DOWN), (10, UP), (15, UP), (None, UP)], ids=["above", "below", "same", "none"]
)
def test_without_a_sign_the_baseline_gives_the_direction(baseline: int | None, direction: Direction) -> None:
    goal = target(15, baseline).goal
    assert goal is not None and goal.direction is direction


@pytest.mark.parametrize("text", ["40 - 50", "40-50%", "từ 40 đến 50", "40% – 50%", "40 ~ 50"])
def test_of_a_range_the_lower_bound_suffices_where_higher_is_better(text: str) -> None:
    goal = target(text, 32).goal
    assert goal is not None
    assert (goal.value, goal.upper, goal.direction) == (40, 50, UP)


def test_of_a_range_the_upper_bound_suffices_where_lower_is_better() -> None:
    goal = target("40 - 50", 60).goal
    assert goal is not None
    assert (goal.value, goal.upper, goal.direction) == (50, 40, DOWN)


@pytest.mark.parametrize("text", ["Đề án", "Có", "Quyết định", "Quyết định số 411/QĐ-TTg", "Mạng 5G", "হ্যাঁ"])
def test_a_goal_with_no_number_is_a_yes_or_no(text: str) -> None:
    item = target(text)
    assert item.yes_no
    assert item.baseline is None


def test_a_vague_goal_is_told_as_it_was_read() -> None:
    loaded = load_targets((1, "Kinh tế số", "%", 2, "≥ 3% và tăng dần", "2025", "SYT"))
    note = only(loaded.notes, ProblemCode.GOAL_READ)
    assert (note.row, note.column) == (2, "E")
    assert note.params == {"text": "≥ 3% và tăng dần", "value": "3", "upper": "", "direction": "up"}


@pytest.mark.parametrize("text", ["≥ 80%", "duy trì 100%", "80 trở lên", "dưới 15", "≥ 500 tin, bài"])
def test_a_plain_goal_needs_no_word(text: str) -> None:
    loaded = load_targets((1, "Một chỉ tiêu", "tin, bài", 2, text, "31/12/2025", "SYT"))
    assert loaded.notes == ()


def test_a_missing_baseline_is_zero_only_where_higher_is_better() -> None:
    assert target("≥ 80").baseline == 0
    assert target("≤ 15").baseline is None
    assert target("≥ 80", "-").baseline == 0
    assert target("≤ 15", "chưa thống kê").baseline is None


def test_a_target_without_a_goal_is_kept_and_told() -> None:
    loaded = load_targets((1, "Một chỉ tiêu", "%", 20, None, "2025", "SYT"))
    assert loaded.plan.items[0].goal is None
    assert ProblemCode.NO_GOAL in codes(loaded.notes)


def test_a_cell_formatted_as_a_percentage_is_read_as_shown() -> None:
    def percent(made: Workbook) -> None:
        for address in ("D2", "E2"):
            made["Chỉ tiêu"][address].number_format = "0%"

    loaded = load_targets((1, "Một chỉ tiêu", "%", 0.07, 0.8, "2025", "SYT"), finish=percent)
    item = loaded.plan.items[0]
    assert item.goal is not None
    assert (item.baseline, item.goal.value, item.goal.text) == (7, 80, "80%")


def test_a_baseline_in_words_is_yes_or_no_where_the_goal_is() -> None:
    assert target("Có", "Chưa có").baseline == 0
    assert target("Có", "Đã có").baseline == 1


def test_a_figure_with_words_around_it_is_read_and_told() -> None:
    loaded = load_targets((1, "Một chỉ tiêu", "%", "khoảng 80% (2024)", "≥ 90", "2025", "SYT"))
    assert loaded.plan.items[0].baseline == 80
    assert only(loaded.notes, ProblemCode.FIGURE_READ).column == "D"


def test_a_figure_that_is_none_is_an_error() -> None:
    loaded = load_targets((1, "Một chỉ tiêu", "%", "nhiều", "≥ 90", "2025", "SYT"))
    problem = only(loaded.problems, ProblemCode.NOT_A_NUMBER)
    assert (problem.sheet, problem.row, problem.column) == ("Chỉ tiêu", 2, "D")
    assert problem.params == {"text": "nhiều"}


def test_a_range_that_a_spreadsheet_made_a_date_is_an_error() -> None:
    from datetime import date

    loaded = load_targets((1, "Một chỉ tiêu", "%", 2, date(2025, 10, 5), "2025", "SYT"))
    assert only(loaded.problems, ProblemCode.DATE_FOR_NUMBER).params == {"text": "05/10/2025"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,5", "1234.5"),
        ("1.250", "1250"),
        ("1.234.567", "1234567"),
        ("0.125", "0.125"),
        ("81,7", "81.7"),
        ("81.7", "81.7"),
        ("25 000", "25000"),
        ("1,234.5", "1234.5"),
        ("১.২৩৪,৫", "1234.5"),
        ("১,২৫,০০০", "125000"),
        ("-5", "-5"),
        ("−5", "-5"),
    ],
)
def test_numbers_in_vietnamese_writing_or_plain(text: str, number: str) -> None:
    assert number_of(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "5G", "--3", "1/2"])
def test_what_is_no_number(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize("number", ["0", "1.234", "1234.5", "-7", "25000", "0.125", "123456789.123456789"])
def test_a_number_is_written_as_it_is_read(number: str) -> None:
    assert number_of(written(Decimal(number))) == Decimal(number)


def test_points_measured_and_planned() -> None:
    headings = ("TT", "Chỉ tiêu", "Mục tiêu", "Thời hạn", "Quý I", "Quý II", "Quý III", "Quý IV", "Kỳ đo", "Chủ trì")
    loaded = load_targets(
        (1, "Một", "≥ 25.000", "2025", "3.000", 10000, None, "২৫.০০০", None, "SYT"),
        (2, "Hai", "≥ 5", "2025", None, None, None, None, "một lần", "SYT"),
        (3, "Ba", "≥ 5", "2025", None, None, None, None, "Hằng quý", "SYT"),
        headings=headings,
    )
    one, two, three = loaded.plan.items
    assert one.points == (3000, 10000, None, 25000)
    assert (one.once, two.once, three.once) == (False, True, False)
    assert one.year == 2025
