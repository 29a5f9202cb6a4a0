"""Answers in words: within Telegram's limits whatever the plan holds, in one language, with reasons in figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from bot.demo import html
from bot.rules.access import Policy
from bot.rules.acts import Act, Intent
from bot.rules.answers import (
    Answer,
    Answered,
    Contact,
    Detailed,
    Historied,
    Obstacle,
    Obstacles,
    Owned,
    Page,
    Period,
    Pick,
    Problem,
    Scope,
    Told,
    Unanswered,
    Which,
)
from bot.rules.book import Book
from bot.rules.people import Person, Post
from bot.rules.plan import Goal, Item, Kind, Pillar, Plan, Role, Unit
from bot.rules.questions import (
    Asker,
    Spoken,
    basis_of,
    counted,
    entry_of,
    listed,
    ranked,
    scope_of,
    silence,
    summed,
)
from bot.rules.record import Facts, Report, State
from bot.rules.standing import Status
from bot.views.asking import answer_screen, no_such_format, only_words, report_prompt
from bot.views.asking_lists import bar
from bot.views.asking_words import trimmed
from bot.views.screen import TEXT_LIMIT, Screen, length
from bot.views.words import Words, load_words

LOCALES = Path(__file__).parents[2] / "locales"
TODAY = date(2025, 6, 18)
START, END = date(2025, 1, 1), date(2025, 12, 31)
CHAIR = Person(1, "Chủ tịch", "vi", (Post("U0", Role.CHAIR),), 11)
ASKER = Asker(CHAIR, Policy(), TODAY)
MOST_BUTTONS, MOST_DATA = 100, 64  # Bot API: a keyboard's buttons, a button's bytes of data
RAW = re.compile(r"\b(at_risk|no_data|not_done|on_track|not_started|in_progress|behind_only|target|task|leader)\b")


@pytest.fixture(scope="module")
def words() -> dict[str, Words]:
    return load_words(LOCALES)


# ---------------------------------------------------------------- plans of any kind


def plan_of(size: int, code: str, name: str, name_bn: str | None, units: int = 3) -> Plan:
    """A plan whose every name is the same (long, odd) one."""
    unit = [Unit(f"U{n}", name, name_bn) for n in range(units)]
    return Plan(2025, tuple(unit), (Pillar("P", name, name_bn),), tuple(items_of(size, code, name, name_bn, units)))


def items_of(size: int, code: str, name: str, name_bn: str | None, units: int) -> Iterator[Item]:
    for n in range(size):
        kind = Kind.TARGET if n % 2 else Kind.TASK
        yield Item(
            f"{code}{n}",
            kind,
            name,
            START,
            name_bn=name_bn,
            pillar="P",
            measure=name if n % 4 == 1 else "%",
            baseline=Decimal(0) if n % 3 else None,
            goal=Goal(name, Decimal(100) if n % 5 else None) if kind is Kind.TARGET else None,
            due=(START + timedelta(n % 365)) if n % 7 else None,
            due_text=name,
            extended=END if n % 11 == 0 and n % 7 else None,
            leads=tuple(f"U{(n + m) % units}" for m in range(n % 3 + 1)),
            partners=tuple(f"U{m}" for m in range(min(units, 40))),
            target=f"{code}1" if kind is Kind.TASK and size > 1 else None,
        )


def facts_of_plan(plan: Plan, text: str) -> dict[str, Facts]:
    states = (State.IN_PROGRESS, State.BLOCKED, State.NOT_STARTED)
    found = {}
    for n, item in enumerate(plan.items):
        day = TODAY - timedelta(n % 90)
        figure = Decimal(n % 101)
        done = day if not item.is_target and n % 9 == 0 else None
        found[item.code] = Facts(
            figure, day, figure, day, states[n % 3], day, done, text if n % 2 else None, text if n % 3 else None, 1
        )
    return dict(list(found.items())[: len(found) * 4 // 5])


def every_answer(book: Book, text: str) -> Iterator[tuple[Act, Answer]]:
    """Every kind of answer on a book, with texts as long as anybody may have written them."""
    items = list(book.plan.items)
    for pick in [None, *Pick]:
        yield asked_list(book, pick)
        act = Act(Intent.COUNT, {"state": str(pick)} if pick else {})
        yield act, counted(act, book, scope(act, book), ASKER)
    for slots in ({}, {"unit": "U0"}, {"pillar": "P"}, {"period": {"from": "2025-04-01", "to": "2025-06-30"}}):
        act = Act(Intent.SUMMARY, {**slots})
        yield act, summed(book, scope(act, book), ASKER)
    for act in (Act(Intent.RANKING), Act(Intent.RANKING, {"order": "worst", "kind": "task"})):
        yield act, ranked(act, book, scope(act, book), ASKER)
    for act in (Act(Intent.SILENT), Act(Intent.SILENT, {"unit": "U1"})):
        yield act, silence(act, book, scope(act, book), ASKER, Spoken({}, {}))
    for item in items[:4]:
        yield from about_item(book, item, text)
    yield Act(Intent.HISTORY, {"unit": "U0"}), Historied(None, "U0", None, told(items, text), Page(2, 9, 70))
    yield Act(Intent.DIFFICULTIES), obstacles(items, text)
    codes = [i.code for i in items[:4]]
    which = Which(tuple(Act(Intent.DETAIL, {"item": code}) for code in codes))
    yield Act(Intent.DETAIL, {"candidates": codes}), which
    for problem in Problem:
        yield Act(Intent.LIST), Unanswered(problem, "U0")


def asked_list(book: Book, pick: Pick | None) -> tuple[Act, Answer]:
    act = Act(Intent.LIST, {"state": str(pick)} if pick else {})
    return act, listed(act, book, scope(act, book), ASKER)


def about_item(book: Book, item: Item, text: str) -> Iterator[tuple[Act, Answer]]:
    entry, trail = entry_of(item, book, TODAY), told([item], text)
    act = Act(Intent.DETAIL, {"item": item.code, "back": Act(Intent.LIST).as_json()})
    yield act, Detailed(entry, basis_of(item, TODAY), trail[:5], True, TODAY)
    yield Act(Intent.HISTORY, {"item": item.code}), Historied(item, None, Period(START, END), trail, Page(1, 2, 9))
    people = tuple(Contact(text, lead, Role.LEADER) for lead in item.leads for _ in range(9))
    yield Act(Intent.OWNER, {"item": item.code}), Owned(item, people)


def told(items: list[Item], text: str) -> tuple[Told, ...]:
    reports = [
        Report(f"r{n}", item.code, TODAY, Decimal(n), None, State.BLOCKED, text, text, text, evidence=n, corrects="r")
        for n, item in enumerate((items * 8)[:8])
    ]
    return tuple(Told(r, corrected=n % 2 == 0, withdrawn=n % 3 == 0) for n, r in enumerate(reports))


def obstacles(items: list[Item], text: str) -> Obstacles:
    found = tuple(Obstacle(i, next(iter(i.leads), None), TODAY, text, text, text) for i in (items * 6)[:12])
    return Obstacles(Scope(TODAY), None, found, Page(1, 2, 12))


def scope(act: Act, book: Book) -> Scope:
    found = scope_of(act, book, ASKER)
    assert isinstance(found, Scope)
    return found


def screens(book: Book, language: Words, text: str) -> Iterator[tuple[Act, Screen]]:
    for act, answer in every_answer(book, text):
        yield act, answer_screen(language, Answered(act, answer, book.plan))
    yield Act(Intent.EXPORT), no_such_format(language, "pdf", Act(Intent.EXPORT, {"format": "pdf"}))
    yield Act(Intent.DETAIL), only_words(language, book.plan)
    for item in book.plan.items[:2]:
        yield Act(Intent.DETAIL), Screen(report_prompt(language, book.plan, item.code).text)


def plain_text(screen: Screen) -> str:
    """What is read, without formatting."""
    return html.parse(str(screen.text))[0]


def check(act: Act, screen: Screen) -> None:
    """What Telegram would refuse, and what a person would stumble over."""
    where = f"{act}: {screen.text[:200]}"
    assert 0 < length(screen.text) <= TEXT_LIMIT, where
    html.parse(str(screen.text))  # raises where Telegram would
    assert sum(len(row) for row in screen.rows) <= MOST_BUTTONS, where
    for row in screen.rows:
        for button in row:
            assert button.label.strip(), where
            assert button.data is not None
            assert 0 < len(button.data.encode()) <= MOST_DATA, where


# ---------------------------------------------------------------- within the limits

ODD = st.sampled_from("aữক্ষ👩🏽‍🚀<&>\"'{} \n:%_*")
odd_texts = st.builds(lambda piece, times: piece * times, st.text(ODD, min_size=1, max_size=12), st.integers(1, 60))
odd_codes = st.text("aZ0.:Đক-", min_size=1, max_size=36)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(code=odd_codes, name=odd_texts, text=odd_texts, has_bengali=st.booleans(), size=st.integers(1, 12))
def test_no_answer_breaks_telegrams_limits(
    words: dict[str, Words], code: str, name: str, text: str, has_bengali: bool, size: int
) -> None:
    plan = plan_of(size, code, name, name if has_bengali else None)
    book = Book(plan, facts_of_plan(plan, text))
    for lang in ("vi", "bn"):
        for act, screen in screens(book, words[lang], text):
            check(act, screen)


@pytest.mark.parametrize("lang", ["vi", "bn"])
def test_ten_thousand_items_of_two_hundred_units_fit_too(words: dict[str, Words], lang: str) -> None:
    name = "Xây dựng, nâng cấp và đưa vào sử dụng kho dữ liệu dùng chung của tỉnh " * 5
    plan = plan_of(10_000, "NV", name, None, units=200)
    book = Book(plan, facts_of_plan(plan, name * 10))
    seen = 0
    for act, screen in screens(book, words[lang], name * 10):
        check(act, screen)
        seen += 1
    assert seen > 40


# ---------------------------------------------------------------- in one language


def bengali_plan(size: int = 40) -> Plan:
    return plan_of(size, "NV", "মান", "প্রদেশের উপাত্ত ভান্ডার", units=3)


def test_a_bengali_answer_is_in_bengali_with_bengali_digits(words: dict[str, Words]) -> None:
    plan = bengali_plan()
    book = Book(plan, facts_of_plan(plan, "অর্থ আসেনি"))
    for act, screen in screens(book, words["bn"], "অর্থ আসেনি"):
        labels = " ".join(button.label for row in screen.rows for button in row)
        plain = re.sub(r"NV\d+|U\d", "", plain_text(screen) + " " + labels)
        assert not re.search(r"[0-9A-Za-zÀ-ɏḀ-ỿ]", plain), f"{act}: {plain}"


def test_no_answer_shows_a_word_of_the_machine(words: dict[str, Words]) -> None:
    plan = bengali_plan()
    book = Book(plan, facts_of_plan(plan, "thiếu vốn"))
    for lang in ("vi", "bn"):
        for act, screen in screens(book, words[lang], "thiếu vốn"):
            assert not RAW.search(str(screen.text)), f"{act}: {screen.text}"


def test_names_fall_back_to_vietnamese_where_there_is_no_other(words: dict[str, Words]) -> None:
    plan = plan_of(3, "NV", "Xây dựng kho dữ liệu", None)
    act, answer = asked_list(Book(plan, {}), None)
    assert "Xây dựng kho dữ liệu" in answer_screen(words["bn"], Answered(act, answer, plan)).text


# ---------------------------------------------------------------- what a person reads


def one_item(item: Item, facts: Facts, language: Words, state: str = "behind") -> str:
    """The list that shows this item, as plain text."""
    book = Book(Plan(2025, (Unit("U0", "Sở Y tế", "স্বাস্থ্য বিভাগ"),), (), (item,)), {item.code: facts})
    act = Act(Intent.LIST, {"state": state})
    screen = answer_screen(language, Answered(act, listed(act, book, scope(act, book), ASKER), book.plan))
    return plain_text(screen)


BEHIND = Item(
    "CT07", Kind.TARGET, "Khu vực lõm sóng", START, baseline=Decimal(0), goal=Goal("≥ 80%", Decimal(80)),
    measure="%", due=END, leads=("U0",), name_bn="নেটওয়ার্কবিহীন এলাকা",
)  # fmt: skip
MEASURED = Facts(value=Decimal("16.4"), value_on=date(2025, 6, 2), last_on=date(2025, 6, 2), reports=1)


def test_a_reason_gives_the_figures(words: dict[str, Words]) -> None:
    text = one_item(BEHIND, MEASURED, words["vi"])
    assert text.startswith("1 chỉ tiêu chậm tiến độ")
    assert "16,4% (mục tiêu ≥ 80%)" in text
    assert "đạt 20,5% lộ trình theo số liệu 2/6" in text
    assert "đến nay phải đạt 46,2%" in text
    assert "thiếu 25,7 điểm phần trăm" in text
    assert "Sở Y tế · hạn 31/12" in text


def test_the_same_reason_in_bengali(words: dict[str, Words]) -> None:
    text = one_item(BEHIND, MEASURED, words["bn"])
    assert text.startswith("১টি লক্ষ্যমাত্রা পিছিয়ে আছে")
    for part in ("১৬.৪% (লক্ষ্য ≥ ৮০%)", "২/৬ তারিখের তথ্যে অগ্রগতি ২০.৫%", "২৫.৭ পয়েন্ট কম", "স্বাস্থ্য বিভাগ · সময়সীমা ৩১/১২"):
        assert part in text


@pytest.mark.parametrize(
    ("lang", "says"), [("vi", "Không có chỉ tiêu, nhiệm vụ nào chậm tiến độ."), ("bn", "কোনো লক্ষ্যমাত্রা বা কাজ পিছিয়ে নেই।")]
)
def test_nothing_is_behind_is_an_answer_too(words: dict[str, Words], lang: str, says: str) -> None:
    done = Facts(value=Decimal(80), value_on=TODAY, done_on=TODAY, last_on=TODAY, reports=1)
    assert one_item(BEHIND, done, words[lang]) == says


def test_the_summary_has_its_point_in_two_lines(words: dict[str, Words]) -> None:
    plan = bengali_plan(10)
    act = Act(Intent.SUMMARY)
    book = Book(plan, {})
    screen = answer_screen(words["vi"], Answered(act, summed(book, scope(act, book), ASKER), plan))
    first, second, *_ = plain_text(screen).splitlines()
    assert first == "Chỉ tiêu đạt: 0/5 · Nhiệm vụ hoàn thành: 0/5"
    assert "quá hạn" in second


@given(st.dictionaries(st.sampled_from(list(Status)), st.integers(0, 5000)))
def test_the_bar_has_ten_marks_and_forgets_no_standing(counts: dict[Status, int]) -> None:
    present = {status for status, n in counts.items() if n}
    drawn = bar(counts)
    assert len(drawn) == (10 if present else 0)
    assert len(set(drawn)) == len(present)


@given(odd_texts, st.integers(1, 300))
def test_a_trimmed_text_fits_and_starts_the_same(text: str, limit: int) -> None:
    whole = Markup("<b>{}</b>").format(text)
    cut = trimmed(whole, limit)
    assert length(cut) <= limit
    if length(whole) <= limit:
        assert cut == whole


def test_a_code_too_long_for_a_button_is_found_by_its_place(words: dict[str, Words]) -> None:
    plan = plan_of(3, "Đ" * 38, "Việc", None)
    act, answer = asked_list(Book(plan, {}), None)
    screen = answer_screen(words["vi"], Answered(act, answer, plan))
    assert [button.data for button in screen.rows[0]] == ["nth:0", "nth:1", "nth:2"]
    assert screen.about is not None
    assert set(screen.about.items) == {item.code for item in plan.items}


def test_history_marks_what_became_of_a_report(words: dict[str, Words]) -> None:
    plan = bengali_plan(1)
    report = Report("r", "NV0", TODAY, Decimal(55), by="Khoa", corrects="q", evidence=2)
    act = Act(Intent.HISTORY, {"item": "NV0"})
    rows = (Told(report), Told(report, corrected=True), Told(report, withdrawn=True))
    answer: Any = Historied(plan.items[0], None, None, rows, Page(1, 1, 3))
    text = plain_text(answer_screen(words["vi"], Answered(act, answer, plan)))
    assert "• 18/6: 55% – Khoa (bản sửa, 2 tệp kèm theo)" in text
    assert "(đã được sửa sau đó, bản sửa, 2 tệp kèm theo)" in text
    assert "(đã thu hồi, bản sửa, 2 tệp kèm theo)" in text


def test_a_group_leads_by_its_members(words: dict[str, Words]) -> None:
    group = Unit("G", "Các huyện", "জেলাসমূহ", kind="group", members=("all",))
    item = Item("NV1", Kind.TASK, "Việc", START, leads=("G",))
    plan = Plan(2025, (Unit("A", "Huyện A"), Unit("B", "Huyện B"), group), (), (item,))
    answered = Answered(Act(Intent.OWNER, {"item": "NV1"}), Owned(item, ()), plan)
    text = plain_text(answer_screen(words["vi"], answered))
    assert "Chủ trì: Các huyện" in text
    assert "Các huyện: 2 đơn vị, đơn vị nào cũng báo cáo được" in text
    assert "chưa có ai tham gia" not in text
