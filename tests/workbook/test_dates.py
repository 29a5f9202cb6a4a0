"""Dates: the contract's paragraph on them, sentence by sentence."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.workbook import ProblemCode
from bot.workbook.dates import period_of
from tests.workbook.build import codes, load_tasks, only


def task_due(due: object) -> tuple[date | None, str | None]:
    loaded = load_tasks((1, "Lắp đặt trạm", None, due, "Biên bản", "SYT"))
    assert loaded.problems == ()
    return loaded.plan.items[0].due, loaded.plan.items[0].due_text


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("6/2025", date(2025, 6, 30)),
        ("2/2024", date(2024, 2, 29)),
        ("Quý II/2025", date(2025, 6, 30)),
        ("QUÝ  ii / 2025", date(2025, 6, 30)),
        ("Quý II năm 2025", date(2025, 6, 30)),
        ("Quý 4/2025", date(2025, 12, 31)),
        ("Q2/2025", date(2025, 6, 30)),
        ("2025", date(2025, 12, 31)),
        ("Năm 2025", date(2025, 12, 31)),
        ("2025-2026", date(2026, 12, 31)),
        ("Giai đoạn 2025 - 2030", date(2030, 12, 31)),
        ("2025 và những năm tiếp theo", date(2025, 12, 31)),
        ("Năm 2025 và những năm tiếp theo", date(2025, 12, 31)),
        ("Tháng 10/2025", date(2025, 10, 31)),
        ("tháng 10 năm 2025", date(2025, 10, 31)),
        ("Trước ngày 30/6/2025", date(2025, 6, 30)),
        ("ngày 30 tháng 6 năm 2025", date(2025, 6, 30)),
        ("Từ 01/3/2025 đến 30/6/2025", date(2025, 6, 30)),
        ("Quý I - Quý II/2025", date(2025, 6, 30)),
        ("Quý III, IV/2025", date(2025, 12, 31)),
        ("Quý IV/2025 - Quý I/2026", date(2026, 3, 31)),
        ("6 tháng đầu năm 2025", date(2025, 6, 30)),
        ("২০২৫ সালের জুন", date(2025, 6, 30)),
        ("২০২৫ সালের ২য় প্রান্তিক", date(2025, 6, 30)),
        ("June 2025", date(2025, 6, 30)),
        ("30.6.2025", date(2025, 6, 30)),
    ],
)
def test_a_text_with_a_date_gives_its_last_day_and_keeps_its_words(text: str, due: date) -> None:
    assert task_due(text) == (due, text)


@pytest.mark.parametrize(
    "written", ["30/6/2025", "30/06/2025", "৩০/৬/২০২৫", datetime.fromisoformat("2025-06-30T14:05")]
)
def test_a_full_date_says_no_more_than_the_date(written: object) -> None:
    assert task_due(written) == (date(2025, 6, 30), None)


@pytest.mark.parametrize(
    "text", ["Hằng năm", "Hàng năm", "Thường xuyên", "Nhiệm vụ thường xuyên", "নিয়মিত", "প্রতি বছর"]
)
def test_what_recurs_has_no_due_date(text: str) -> None:
    loaded = load_tasks((1, "Lắp đặt trạm", None, text, "Biên bản", "SYT"))
    assert (loaded.plan.items[0].due, loaded.plan.items[0].due_text) == (None, text)
    assert only(loaded.notes, ProblemCode.DUE_RECURRING).params == {"text": text}


@pytest.mark.parametrize(
    "text", ["Theo tiến độ dự án", "Quý II", "31/6/2025", "13/2025", "Sau khi có hướng dẫn", "45838"]
)
def test_anything_else_is_no_due_date_with_a_warning(text: str) -> None:
    loaded = load_tasks((1, "Lắp đặt trạm", None, text, "Biên bản", "SYT"))
    assert loaded.problems == ()
    assert (loaded.plan.items[0].due, loaded.plan.items[0].due_text) == (None, text)
    assert only(loaded.notes, ProblemCode.DUE_NOT_READ).column == "D"


def test_nothing_is_no_due_date_with_a_warning() -> None:
    loaded = load_tasks((1, "Lắp đặt trạm", None, None, "Biên bản", "SYT"))
    assert loaded.problems == ()
    assert only(loaded.notes, ProblemCode.NO_DUE).row == 2


def test_a_month_that_a_spreadsheet_made_a_date_is_that_month() -> None:
    """ "6/2025" typed into a cell is kept as 1 June, shown without its day."""

    def shown_as_month(made: Workbook) -> None:
        made["Nhiệm vụ"]["D2"].number_format = "m/yyyy"

    loaded = load_tasks((1, "Lắp đặt trạm", None, date(2025, 6, 1), "Biên bản", "SYT"), finish=shown_as_month)
    assert (loaded.plan.items[0].due, loaded.plan.items[0].due_text) == (date(2025, 6, 30), "6/2025")


def test_a_year_typed_as_a_number_is_a_year() -> None:
    assert task_due(2025) == (date(2025, 12, 31), "2025")


def test_the_plans_year_is_that_of_most_due_dates() -> None:
    rows = [(n, f"Việc {n}", None, due, "x", "SYT") for n, due in enumerate(("2026", "2025", "6/2025", "2027"), 1)]
    assert load_tasks(*rows, year=None).plan.year == 2025
    assert load_tasks(*rows, year=2024).plan.year == 2024


def test_a_plan_without_any_date_needs_a_year() -> None:
    loaded = load_tasks((1, "Lắp đặt trạm", None, "Thường xuyên", "x", "SYT"), year=None)
    assert ProblemCode.NO_YEAR in codes(loaded.problems)
    assert load_tasks((1, "Lắp đặt trạm", None, "Thường xuyên", "x", "SYT"), year=2025).problems == ()


STARTS = ("TT", "Nhiệm vụ", "Bắt đầu", "Thời hạn", "Gia hạn đến", "Chủ trì")


def test_a_missing_start_is_the_first_of_january() -> None:
    loaded = load_tasks(
        (1, "Một", None, "30/6/2025", None, "SYT"),
        (2, "Hai", "Quý II/2025", "30/6/2025", None, "SYT"),
        (3, "Ba", "khi có vốn", "30/6/2025", None, "SYT"),
        headings=STARTS,
    )
    assert [i.start for i in loaded.plan.items] == [date(2025, 1, 1), date(2025, 4, 1), date(2025, 1, 1)]
    assert only(loaded.notes, ProblemCode.START_NOT_READ).row == 4
    assert loaded.problems == ()


def test_a_due_date_before_its_start_is_an_error() -> None:
    loaded = load_tasks((1, "Một", "1/7/2025", "30/6/2025", None, "SYT"), headings=STARTS)
    problem = only(loaded.problems, ProblemCode.DUE_BEFORE_START)
    assert problem.params == {"start": "2025-07-01", "due": "2025-06-30"}


def test_an_old_due_date_without_a_start_is_no_error() -> None:
    loaded = load_tasks((1, "Một", None, "15/12/2024", None, "SYT"), headings=STARTS)
    assert loaded.problems == ()


def test_an_extension_stands_beside_the_original_date() -> None:
    loaded = load_tasks((1, "Một", None, "30/6/2025", "30/9/2025", "SYT"), headings=STARTS)
    item = loaded.plan.items[0]
    assert (item.due, item.extended, item.approved_due) == (date(2025, 6, 30), date(2025, 9, 30), date(2025, 9, 30))


def test_an_extension_that_cannot_be_read_is_an_error() -> None:
    loaded = load_tasks((1, "Một", None, "30/6/2025", "đến khi xong", "SYT"), headings=STARTS)
    assert only(loaded.problems, ProblemCode.NOT_A_DATE).column == "E"


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_in_every_writing(day: date) -> None:
    short = (day.day, day.month, day.year)
    for text in (f"{day:%d/%m/%Y}", "/".join(map(str, short)), "-".join(map(str, short)), day.isoformat()):
        period = period_of(text)
        assert period is not None and period.first == period.last == day


@given(st.text(max_size=60))
def test_any_text_is_read_or_left_in_peace(text: str) -> None:
    period = period_of(text)
    assert period is None or 2000 <= period.last.year <= 2099
