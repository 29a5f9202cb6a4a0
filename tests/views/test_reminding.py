"""What a digest looks like on a phone: what matters now first, a few items a page, buttons that fit, both languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.book import Book
from bot.rules.calendar import WorkCalendar
from bot.rules.notices import BlockedTold, DayTold, Reminded, Unreached
from bot.rules.people import Person, Post
from bot.rules.plan import Direction, Goal, Item, Kind, Plan, Role, Unit
from bot.rules.record import Facts, Report, State
from bot.rules.reminders import Timetable, decisions, outlook
from bot.views.reminding import (
    PAGE,
    completed_report,
    day_screen,
    difficulty_prompt,
    digest_screen,
    figure_prompt,
    notice_screen,
    percent_prompt,
)
from bot.views.screen import TEXT_LIMIT, Screen, length
from bot.views.words import Words, load_words

WORDS = load_words(Path(__file__).parents[2] / "locales")
TODAY = date(2025, 6, 18)
SINCE = date(2025, 6, 13)  # the Friday before: a week has begun since, so that stale items are listed
CALENDAR = WorkCalendar(lambda _: False)
UNIT = Unit("SYT", "Sở Y tế", "স্বাস্থ্য বিভাগ")
LEADER = Person(1, "Đặng Thị Lan Phương", "vi", (Post("SYT", Role.LEADER),), 1)
LATIN = re.compile(r"[A-Za-z]{2,}")


def task(code: str, due: date | None) -> Item:
    names = (f"Nhiệm vụ số hóa hồ sơ {code}", f"নথি ডিজিটাল করার কাজ {code}")
    return Item(code, Kind.TASK, names[0], date(2025, 1, 1), name_bn=names[1], due=due, leads=("SYT",), year=2025)


def target(code: str, due: date) -> Item:
    aim = Goal("80", Decimal(80), None, Direction.UP)
    return replace(task(code, due), kind=Kind.TARGET, measure="%", baseline=Decimal(0), goal=aim)


def reminded(items: Sequence[Item], facts: dict[str, Facts] | None = None, own: bool = False) -> Reminded:
    book = Book(Plan(2025, units=(UNIT,), items=tuple(items)), facts or {})
    day = outlook(CALENDAR, Timetable(), TODAY, SINCE)
    return Reminded(LEADER, book, TODAY, SINCE, decisions(book, [i.code for i in items], day), own=own)


def many(count: int) -> list[Item]:
    """Items overdue, due today, due in three working days and stale, turn by turn."""
    dues = (date(2025, 6, 23), date(2025, 5, 30), None, TODAY)
    return [task(f"NV{n:02}", dues[n % 4]) for n in range(1, count + 1)]


def labels(screen: Screen) -> list[str]:
    return [b.label for row in screen.rows for b in row]


@pytest.mark.parametrize("lang", ["vi", "bn"])
def test_a_digest_of_thirty_items_begins_with_what_matters_now(lang: str) -> None:
    told = reminded(many(30))
    first = digest_screen(WORDS[lang], told)
    assert len(first.rows) == PAGE + 1  # a row an item, and one to turn the page
    assert first.text.count("🔴") == PAGE  # the overdue ones come first
    assert WORDS[lang].say("Overdue") in first.text
    pages = [digest_screen(WORDS[lang], told, n, first.about) for n in range(5)]
    shown = [code for page in pages for code in re.findall(r"<b>(NV\d+)</b>", page.text)]
    assert sorted(shown) == sorted(i.code for i in many(30))
    assert all(length(page.text) <= TEXT_LIMIT for page in pages)


def test_the_head_counts_and_says_the_day() -> None:
    text = digest_screen(WORDS["vi"], reminded(many(8))).text
    assert text.startswith(
        "☀️ Thứ Tư, 18/6: 2 việc quá hạn, 2 việc đến hạn, 2 việc sắp đến hạn, 2 việc lâu chưa báo cáo."
    )
    assert "quá hạn 19 ngày (hạn 30/5)" in text


def test_a_bengali_digest_has_bengali_words_and_digits_and_latin_codes_only() -> None:
    text = digest_screen(WORDS["bn"], reminded(many(4))).text
    assert "মেয়াদ পেরিয়েছে ১৯ দিন (শেষ দিন ছিল ৩০/৫)" in text
    plain = re.sub(r"</?b>|NV\d+", "", text)
    assert not LATIN.search(plain)
    assert not re.search(r"[0-9]", plain)


def test_a_due_date_on_a_day_off_is_said_as_such() -> None:
    friday = TODAY + timedelta(2)
    told = reminded([task("NV01", date(2025, 6, 22))])
    book = told.book
    on_friday = replace(told, today=friday, decisions=decisions(book, ["NV01"], outlook(CALENDAR, Timetable(), friday)))
    assert "hạn Chủ Nhật 22/6, trùng ngày nghỉ" in digest_screen(WORDS["vi"], on_friday).text


def test_a_turned_page_shows_what_was_answered_meanwhile_last() -> None:
    items = many(8)
    about = digest_screen(WORDS["vi"], reminded(items)).about
    done = Facts(done_on=TODAY, last_on=TODAY, percent=Decimal(100), reports=1)
    now = reminded(items, {"NV05": done, "NV01": replace(done, done_on=None, percent=Decimal(50))})
    last = digest_screen(WORDS["vi"], now, 1, about)
    assert "đã báo cáo ngày 18/6" in last.text
    assert "✅" in last.text
    assert [b.data for row in last.rows for b in row if b.label == "NV05 xong"] == [
        f"tell:done:{about.items.index('NV05')}" if about else ""
    ]


def test_a_page_beyond_the_last_is_the_last() -> None:
    told = reminded(many(8))
    assert digest_screen(WORDS["vi"], told, 99).text == digest_screen(WORDS["vi"], told, 1).text


def test_a_yes_or_no_target_has_no_button_for_a_figure() -> None:
    either = replace(target("CT01", TODAY), goal=Goal("Đề án"))
    assert labels(digest_screen(WORDS["vi"], reminded([either]))) == ["CT01 xong", "CT01 vướng mắc", "⏰"]
    counted = replace(target("CT02", TODAY), measure="xã")
    assert labels(digest_screen(WORDS["vi"], reminded([counted]))) == [
        "CT02 xong",
        "CT02 số liệu",
        "CT02 vướng mắc",
        "⏰",
    ]


CODES = st.text(st.characters(categories=("Lu", "Nd")), min_size=1, max_size=40)


@given(codes=st.lists(CODES, min_size=1, max_size=40, unique=True), lang=st.sampled_from(["vi", "bn"]))
def test_whatever_the_codes_a_digest_fits_telegram(codes: list[str], lang: str) -> None:
    told = reminded([replace(task(c, date(2025, 5, 30)), name_vi="Ký tự <b>& " * 40) for c in codes])
    first = digest_screen(WORDS[lang], told)
    assert length(first.text) <= TEXT_LIMIT
    assert all(len((b.data or "").encode()) <= 64 for row in first.rows for b in row)


# ---------------------------------------------------------------- what the buttons ask


@pytest.mark.parametrize("words", [WORDS["vi"], WORDS["bn"]], ids=["vi", "bn"])
def test_a_task_is_asked_in_percent_and_a_target_in_its_own_measure(words: Words) -> None:
    told = reminded([task("NV01", TODAY), target("CT01", TODAY)])
    quick = labels(percent_prompt(words, told.book, told.book.plan.item["NV01"]))
    assert quick[:4] == [words.percent(n) for n in (25, 50, 75, 90)]
    assert words.percent(80) in figure_prompt(words, told.book, told.book.plan.item["CT01"]).text
    hard = difficulty_prompt(words, told.book.plan.item["NV01"])
    assert hard.about.items == ("NV01",)
    assert len(hard.hint) <= 64


def test_a_bare_figure_stands_for_a_line() -> None:
    assert completed_report(task("NV01", None), "60") == "NV01 60%"
    assert completed_report(target("CT01", TODAY), "1.250") == "CT01 1.250"


# ---------------------------------------------------------------- the office

NOON = datetime(2025, 6, 18, 5, tzinfo=UTC)


def report(code: str, **more: object) -> Report:
    return replace(Report(f"r{code}", code, TODAY, by="Ngô Thanh Tùng", unit="SYT", at=NOON), **more)  # type: ignore[arg-type]


def test_the_office_reads_who_said_what_and_opens_an_item_by_its_button() -> None:
    book = reminded([task("NV01", TODAY), task("NV02", TODAY)]).book
    said = (
        report("NV01", state=State.BLOCKED, difficulty="chờ <vốn>", proposal="bổ sung"),
        report("NV02", percent=Decimal(60)),
    )
    told = DayTold(LEADER, book, TODAY, NOON - timedelta(1), NOON, said)
    screen = day_screen(WORDS["vi"], told)
    assert "Báo cáo trong ngày, Thứ Tư 18/6: 2 mục." in screen.text
    assert "60% · Sở Y tế · Ngô Thanh Tùng" in screen.text
    assert "chờ &lt;vốn&gt;" in screen.text
    assert labels(screen) == ["NV01", "NV02"]
    assert "স্বাস্থ্য বিভাগ" in notice_screen(WORDS["bn"], BlockedTold(LEADER, book, TODAY, said[0])).text


@given(count=st.integers(1, 60))
def test_a_busy_day_is_paged(count: int) -> None:
    items = [task(f"NV{n}", TODAY) for n in range(count)]
    book = reminded(items).book
    said = tuple(report(i.code, difficulty="khó khăn " * 100, proposal="đề xuất " * 100) for i in items)
    told = DayTold(LEADER, book, TODAY, NOON, NOON + timedelta(1), said)
    pages = [day_screen(WORDS["vi"], told, n) for n in range(-(-count // 8))]
    assert sum(page.text.count("Sở Y tế") for page in pages) == count
    assert all(length(page.text) <= TEXT_LIMIT for page in pages)
    assert all(len((b.data or "").encode()) <= 64 for page in pages for row in page.rows for b in row)


@pytest.mark.parametrize("closed", [True, False])
def test_the_office_learns_whom_it_must_reach_another_way(closed: bool) -> None:
    told = Unreached(LEADER, reminded([task("NV01", TODAY)]).book, LEADER, closed)
    assert "Đặng Thị Lan Phương (Sở Y tế)" in notice_screen(WORDS["vi"], told).text
    assert "(স্বাস্থ্য বিভাগ)" in notice_screen(WORDS["bn"], told).text
