"""Figures to look at: the sample plan on a day, drawn without a database."""

from __future__ import annotations

import struct
import unicodedata
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import typst

from bot.rules.access import Policy
from bot.rules.answers import Period, Scope
from bot.rules.book import Book
from bot.rules.figures import Meeting, NewDeadline, meeting
from bot.rules.people import Person, Post
from bot.rules.plan import Plan, Role
from bot.rules.questions import Asker
from bot.rules.record import Report, facts_of, until
from bot.views.pictures.press import FONTS, HERE, Sheet
from bot.views.words import Words, load_words
from bot.workbook import read_workbook

ROOT = Path(__file__).parents[2]
TODAY = date(2025, 6, 18)
MADE = datetime(2025, 6, 18, 7, 30, tzinfo=UTC)
CHAIR = Person(6, "Trịnh Quang Hiển", "vi", (Post("VPUB", Role.CHAIR),), 1006)
ASKER = Asker(CHAIR, Policy(), TODAY)
EVERYTHING = Scope(TODAY)


@cache
def languages() -> dict[str, Words]:
    return load_words(ROOT / "locales")


@cache
def sample() -> tuple[Plan, tuple[Report, ...]]:
    loaded = read_workbook(ROOT / "bot" / "demo" / "ninh-thuan-2025.xlsx")
    return loaded.plan, tuple(loaded.reports)


def reports_on(code: str, day: date = TODAY) -> list[Report]:
    return until([r for r in sample()[1] if r.item == code], day)


def book_of(plan: Plan, day: date = TODAY) -> Book:
    """The plan with what the sample's reports say by a day."""
    by_item: dict[str, list[Report]] = {}
    for report in sample()[1]:
        by_item.setdefault(report.item, []).append(report)
    facts = {c: facts_of(plan.item[c], until(found, day)) for c, found in by_item.items() if c in plan.item}
    return Book(plan, facts)


def long_names(plan: Plan) -> Plan:
    """The plan with every name as long as names ever get, in words and in one piece."""
    unit = "Ban Quản lý dự án đầu tư xây dựng các công trình giao thông, dân dụng và công nghiệp tỉnh"
    unit_bn = "প্রাদেশিক পরিবহন, নাগরিক ও শিল্প নির্মাণ প্রকল্প ব্যবস্থাপনা কর্তৃপক্ষের প্রধান কার্যালয়"
    title = "Xâydựngnềntảngtíchhợpchiasẻdữliệuliênthôngcáccấp " * 3 + "và tổ chức vận hành thử nghiệm " * 4
    title_bn = "আন্তঃসংযোগকৃত উপাত্ত বিনিময় প্ল্যাটফর্মের পরীক্ষামূলক বাস্তবায়ন ও রক্ষণাবেক্ষণ " * 3
    return replace(
        plan,
        units=tuple(replace(u, name_vi=unit, name_bn=unit_bn) for u in plan.units),
        pillars=tuple(replace(p, name_vi=p.name_vi * 3, name_bn=(p.name_bn or "") * 3) for p in plan.pillars),
        items=tuple(replace(i, name_vi=title, name_bn=title_bn) for i in plan.items),
    )


def meeting_of(plan: Plan) -> Meeting:
    """A meeting's report of June with one extension asked for and one granted."""
    scope = Scope(TODAY, period=Period(date(2025, 6, 1), TODAY))
    nv05, nv13 = plan.item["NV05"], plan.item["NV13"]
    asked = NewDeadline(nv05, date(2025, 9, 30), "chờ thẩm định", "Phạm Đăng Khoa", date(2025, 6, 10), granted=False)
    granted = NewDeadline(nv13, date(2025, 7, 31), None, "Phạm Đăng Khoa", date(2025, 6, 3), granted=True)
    return meeting(book_of(plan), scope, ASKER, (), (asked, granted))


# ---------------------------------------------------------------- looking at what was printed


def printed(sheet: Sheet, kind: str, ppi: float = 72.0) -> bytes:
    """A sheet in another format than it is meant for, so that it can be looked into. Warnings are errors."""
    compiler = typst.Compiler(HERE / sheet.template, root=HERE, font_paths=[FONTS], ignore_system_fonts=True)
    made, warnings = compiler.compile_with_warnings(format=kind, ppi=ppi, sys_inputs={"data": sheet.data})
    assert warnings == [], [str(w) for w in warnings]
    assert isinstance(made, bytes)
    return made


def pixels(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the rows of an RGBA picture."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (depth, colour) == (8, 6)
    data = zlib.decompress(b"".join(_chunks(png)))
    rows, before, size = [], bytes(4 * width), 4 * width
    for start in range(0, height * (size + 1), size + 1):
        before = _unfiltered(data[start], bytearray(data[start + 1 : start + 1 + size]), before)
        rows.append(before)
    return width, height, rows


def _chunks(png: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            found.append(png[at + 8 : at + 8 + length])
        at += 12 + length
    return found


def _unfiltered(kind: int, row: bytearray, above: bytes) -> bytes:
    for n in range(len(row)):
        left, up, corner = (row[n - 4], above[n], above[n - 4]) if n >= 4 else (0, above[n], 0)
        if kind == 1:
            row[n] = (row[n] + left) & 255
        elif kind == 2:
            row[n] = (row[n] + up) & 255
        elif kind == 3:
            row[n] = (row[n] + (left + up) // 2) & 255
        elif kind == 4:
            row[n] = (row[n] + _paeth(left, up, corner)) & 255
    return bytes(row)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda c: abs(guess - c))


def skeleton(text: str) -> str:
    """A text's letters and digits without marks: pypdf leaves out the real text that typst puts beside split glyphs."""
    bare = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in bare if c.isalnum())
