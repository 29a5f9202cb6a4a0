"""An export reads back as the same plan and the same reports, whatever they hold."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.rules.calendar import DayOverride
from bot.rules.plan import ALL, GROUP, Direction, Goal, Item, Kind, Pillar, Plan, Role, RosterPerson, Unit
from bot.rules.record import Report, State
from bot.workbook import Loaded, Sheet, read_workbook
from bot.workbook.write import plan_book, write_workbook
from tests.workbook.build import TASK_HEADINGS, UNITS, load

YEAR = 2025


def exported(
    plan: Plan, reports: tuple[Report, ...] = (), calendar: tuple[DayOverride, ...] | None = None
) -> io.BytesIO:
    file = io.BytesIO()
    write_workbook(plan, reports, file, calendar=calendar)
    return file


def again(plan: Plan, reports: tuple[Report, ...] = (), calendar: tuple[DayOverride, ...] | None = None) -> Loaded:
    loaded = read_workbook(exported(plan, reports, calendar))
    assert loaded.problems == ()
    return loaded


# What a plan may hold: texts as a workbook gives them (composed, no white space at the ends).
_VI = "Sở Y tế và Bộ, ngành; ĐỀ ÁN — 5G (số hóa) “≥ 80%” =+-@'\"<&>_x0041_"
_BN = "স্বাস্থ্য বিভাগ ও কার্যালয়, ২০২৫; ডিজিটাল রূপান্তর"
_LETTERS = st.sampled_from(_VI + _BN + "abcXYZ019")
_LINES = st.text(_LETTERS, min_size=1, max_size=40).map(lambda t: " ".join(unicodedata.normalize("NFC", t).split()))
LINE = _LINES.filter(bool)
_ANY = st.text(st.one_of(_LETTERS, st.characters(exclude_categories=["Cs"])), min_size=1, max_size=60)
PROSE = _ANY.map(lambda t: unicodedata.normalize("NFC", t).replace("\r", "\n").strip()).filter(bool)
WORDS = _ANY.filter(lambda t: not t.isspace())
AMOUNT = st.decimals(min_value=-10_000_000, max_value=10_000_000, places=3).map(lambda d: d + 0)
PERCENT = st.decimals(min_value=0, max_value=100, places=2)
DAY = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def goal(sign: str, low: Decimal, high: Decimal, baseline: Decimal | None) -> Goal:
    """A goal as the contract reads its text."""

    def say(number: Decimal) -> str:
        return f"{number:f}".replace(".", ",")

    if sign == "yes":
        return Goal("Ban hành Đề án")
    if sign == "range":
        up = baseline is None or baseline <= high
        bounds = (low, high) if up else (high, low)
        return Goal(f"{say(low)} - {say(high)}", *bounds, Direction.UP if up else Direction.DOWN)
    up = sign in ("≥ ", "trên ") or (sign == "" and (baseline is None or low >= baseline))
    return Goal(sign + say(low), low, None, Direction.UP if up else Direction.DOWN)


@st.composite
def targets(draw: st.DrawFn, code: str, units: list[str], pillars: list[str]) -> Item:
    base = draw(bare_items(code, Kind.TARGET, units, pillars))
    low = draw(st.decimals(min_value=0, max_value=100_000, places=2))
    high = low + draw(st.decimals(min_value=1, max_value=1000, places=1))
    baseline = draw(optional(AMOUNT))
    aim = draw(optional(st.sampled_from(("≥ ", "≤ ", "trên ", "dưới ", "", "range", "yes"))))
    found = None if aim is None else goal(aim, low, high, baseline)
    if found and found.value is not None and found.direction is Direction.UP and baseline is None:
        baseline = Decimal(0)
    points = draw(st.tuples(*(optional(AMOUNT) for _ in range(4))))
    once = draw(st.booleans())
    return replace(base, goal=found, baseline=baseline, points=points, once=once, measure=draw(optional(LINE)))


DUE = st.sampled_from(
    [
        (None, None),
        (None, "Thường xuyên"),
        (None, "theo tiến độ"),
        (date(2025, 6, 30), "Quý II/2025"),
        (date(2026, 12, 31), "2025-2026"),
        (date(2025, 12, 31), "2025 và những năm tiếp theo"),
    ]
)


@st.composite
def bare_items(draw: st.DrawFn, code: str, kind: Kind, units: list[str], pillars: list[str]) -> Item:
    due, words = draw(DUE | st.tuples(DAY, st.none()))
    start = draw(st.just(date(YEAR, 1, 1)) | st.dates(date(2019, 1, 1), due or date(2035, 1, 1)))
    some = st.lists(st.sampled_from(units), max_size=4, unique=True).map(tuple)
    return Item(
        code=code,
        kind=kind,
        name_vi=draw(LINE),
        name_bn=draw(optional(LINE)),
        start=start,
        year=YEAR,
        pillar=draw(optional(st.sampled_from(pillars))),
        due=due,
        due_text=words,
        extended=draw(optional(DAY)),
        leads=draw(some),
        partners=draw(some),
        source=draw(optional(PROSE)),
        withdrawn=draw(st.booleans()),
    )


@st.composite
def tasks(draw: st.DrawFn, code: str, units: list[str], pillars: list[str], aims: list[str]) -> Item:
    base = draw(bare_items(code, Kind.TASK, units, pillars))
    return replace(base, target=draw(st.sampled_from([None, *aims])), product=draw(optional(PROSE)))


CODE = st.from_regex(r"[A-ZĐ]{1,6}[0-9]{0,3}(-[A-Z0-9]{1,3})?", fullmatch=True)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    codes = draw(st.lists(CODE, min_size=1, max_size=4, unique_by=str.casefold))
    kinds = st.sampled_from(("department", "locality", "sở, ngành", None))
    units = [draw(single_unit(c, kinds, codes)) for c in codes]
    members = st.lists(st.sampled_from([*codes, ALL]), max_size=3, unique=True).map(tuple)
    if draw(st.booleans()):
        units.append(Unit("GR1", "Các sở, ban, ngành", kind=GROUP, members=draw(members)))
    pillars = [Pillar(f"P{n}", f"Lĩnh vực số {n}", draw(optional(LINE))) for n in range(draw(st.integers(1, 3)))]
    every, fields = [u.code for u in units], [p.code for p in pillars]
    numbers = draw(
        st.lists(st.sampled_from(("01", "02", "11", "11.1", "11.2", "11.2.1", "100")), max_size=3, unique=True)
    )
    aims = [draw(targets(f"CT{n}", every, fields)) for n in numbers]
    works = [draw(tasks(f"NV{n}", every, fields, [a.code for a in aims])) for n in numbers]
    people = draw(
        st.lists(
            st.builds(RosterPerson, LINE, st.sampled_from(every), st.sampled_from(Role), st.sampled_from(("vi", "bn"))),
            max_size=4,
            unique_by=lambda p: (p.name, p.unit),
        )
    )
    title, decision = draw(st.just("") | LINE), draw(st.just("") | LINE)
    return Plan(YEAR, tuple(units), tuple(pillars), (*aims, *works), tuple(people), title, decision)


@st.composite
def single_unit(draw: st.DrawFn, code: str, kinds: st.SearchStrategy[str | None], codes: list[str]) -> Unit:
    alias = LINE.filter(lambda t: ";" not in t)
    return Unit(
        code=code,
        name_vi=draw(LINE),
        name_bn=draw(optional(LINE)),
        aliases=tuple(draw(st.lists(alias, max_size=3))),
        kind=draw(kinds),
        parent=draw(optional(st.sampled_from(codes))),
    )


@st.composite
def reports_of(draw: st.DrawFn, plan: Plan) -> tuple[Report, ...]:
    if not plan.items:
        return ()
    one = st.builds(
        Report,
        id=st.uuids().map(str),
        item=st.sampled_from([i.code for i in plan.items]),
        on=DAY,
        percent=optional(PERCENT),
        value=optional(AMOUNT),
        state=optional(st.sampled_from(State)),
        difficulty=optional(WORDS),
        proposal=optional(WORDS),
        by=optional(WORDS),
        unit=optional(st.sampled_from([u.code for u in plan.units])),
        at=optional(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001
        text=optional(WORDS),
        evidence=st.integers(0, 9),
        corrects=optional(st.uuids().map(str)),
        undoes=optional(st.uuids().map(str)),
    )
    return tuple(draw(st.lists(one, max_size=4, unique_by=lambda r: r.id)))


@st.composite
def records(draw: st.DrawFn) -> tuple[Plan, tuple[Report, ...]]:
    plan = draw(plans())
    return plan, draw(reports_of(plan))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(records())
def test_any_plan_and_its_reports_read_back_equal(record: tuple[Plan, tuple[Report, ...]]) -> None:
    plan, reports = record
    loaded = again(plan, reports)
    assert loaded.plan.units == plan.units
    assert loaded.plan.items == plan.items
    assert loaded.plan == plan
    assert loaded.reports == reports
    assert loaded.unknown_units == ()


HEADED = ("=1+1", "+84 912", "-5%", "@SUM(A1)", "\t=cmd|' /C calc'!A1", "\r=1", '=HYPERLINK("http://x")', "＝1+1")


@pytest.mark.parametrize("text", HEADED)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    plan = one_task(text.strip())
    report = Report("r1", "NV01", date(2025, 5, 1), difficulty=text, by=text, text=text)
    assert again(plan, (report,)).reports == (report,)
    assert again(plan).plan == plan
    book = load_workbook(exported(plan, (report,)))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert all(c.data_type != "f" for c in cells)
    risky = [c for c in cells if isinstance(c.value, str) and c.value[0] in "=+-@\t"]
    assert risky == [] or all(c.quotePrefix and c.number_format == "@" for c in risky)


def one_task(name: str = "Lắp đặt trạm", **facts: Any) -> Plan:
    units = (Unit("SYT", "Sở Y tế"),)
    item = Item("NV01", Kind.TASK, name, date(2025, 1, 1), year=YEAR, leads=("SYT",), **facts)
    return Plan(YEAR, units, (), (item,))


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\x0bb", "a_x0041_b", "_x005F_", "dòng 1\ndòng 2", "a\r\nb", "\ufffe", "\U0001f600"]
)
def test_characters_that_xml_lacks_survive(text: str) -> None:
    report = Report("r1", "NV01", date(2025, 5, 1), difficulty=text)
    assert again(one_task(), (report,)).reports == (report,)


@pytest.mark.parametrize(
    "amount", ["0", "0.1", "-0.001", "123456789012345", "1234567890123456.789", "0.0000000001", "99.5", "1E+3"]
)
def test_amounts_keep_every_digit(amount: str) -> None:
    report = Report("r1", "NV01", date(2025, 5, 1), value=Decimal(amount))
    assert again(one_task(), (report,)).reports == (report,)


def test_a_withdrawn_item_stays_withdrawn() -> None:
    plan = one_task(withdrawn=True)
    assert again(plan).plan == plan
    assert list(again(plan).plan.live) == []


def test_an_extension_and_the_words_of_the_due_date_stay() -> None:
    plan = one_task(due=date(2025, 6, 30), due_text="Quý II/2025", extended=date(2025, 9, 30))
    assert again(plan).plan == plan


def test_the_year_stays_even_where_most_is_due_in_another() -> None:
    plan = one_task(due=date(2027, 6, 30))
    assert again(plan).plan.year == YEAR


def test_title_and_decision_stay_whatever_they_are() -> None:
    plan = replace(one_task(), title="=Tên kế hoạch", decision="Quyết định số 123/QĐ-UBND (bản sửa)")
    assert again(plan).plan == plan


def test_holidays_are_written_where_given() -> None:
    calendar = (DayOverride(date(2025, 4, 26), True, "làm bù"), DayOverride(date(2025, 5, 2), False, ""))
    assert again(one_task(), calendar=calendar).calendar == calendar
    assert Sheet.HOLIDAYS not in again(one_task()).sheets


def test_the_export_is_tidy_and_in_english() -> None:
    book = load_workbook(exported(one_task(due=date(2025, 6, 30), due_text=None), calendar=()))
    assert book.sheetnames == ["Plan", "Units", "Pillars", "Targets", "Tasks", "People", "Reports", "Holidays"]
    tasks_sheet = book["Tasks"]
    assert [c.value for c in tasks_sheet[1]][:3] == ["code", "name_vi", "name_bn"]
    assert tasks_sheet["A2"].value == "NV01"
    assert tasks_sheet.freeze_panes == "A2"
    assert tasks_sheet["A1"].font.bold
    assert tasks_sheet.column_dimensions["B"].width == 60
    assert (tasks_sheet["G2"].value, tasks_sheet["G2"].number_format) == (datetime(2025, 6, 30), "dd/mm/yyyy")  # noqa: DTZ001


def test_sheets_that_a_caller_adds_do_not_disturb_the_reload() -> None:
    plan = one_task()
    book = plan_book(plan, ())
    progress = book.create_sheet("Tiến độ")
    progress.append(["Mã", "Nhiệm vụ", "Chủ trì", "Thời hạn", "Trạng thái"])
    progress.append(["NV01", "Lắp đặt trạm", "Sở Y tế", "2025", "chậm"])
    units = book.create_sheet("Đơn vị")
    units.append(["Mã", "Đơn vị", "Đúng hạn"])
    units.append(["SYT", "Sở Y tế", 1])
    file = io.BytesIO()
    book.save(file)
    loaded = read_workbook(file)
    assert (loaded.problems, loaded.plan) == ((), plan)


def test_units_added_from_an_annex_stay() -> None:
    rows = (TASK_HEADINGS, (1, "Việc", None, "2025", "x", "Bộ Công an; Các bộ, ngành, địa phương"))
    first = load({"Units": UNITS, "Nhiệm vụ": rows}, add_units=True)
    assert again(first.plan).plan == first.plan
