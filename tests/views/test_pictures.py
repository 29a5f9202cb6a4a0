"""Pictures: the right figures in the right digits, right Bengali, nothing missing, nothing beyond the edge."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import typst
import uharfbuzz as hb
from pypdf import PdfReader

from bot.rules.acts import Act, Intent
from bot.rules.answers import Scope, Told
from bot.rules.figures import Figures, card, course, heat, month_before, ranking, unit_sheet
from bot.rules.plan import Plan
from bot.views.pictures.press import FONTS, UNCOVERED, Press, Sheet, drawable
from bot.views.pictures.shown import picture_screen, sheet_of
from bot.views.screen import CAPTION_LIMIT, length
from tests.views.looks import (
    ASKER,
    EVERYTHING,
    MADE,
    TODAY,
    book_of,
    languages,
    long_names,
    pixels,
    printed,
    reports_on,
    sample,
)

HARD_BENGALI = (
    "লক্ষ্যমাত্রা ক্ষমতা কর্তৃপক্ষ উন্নয়ন স্বাস্থ্য রাষ্ট্রীয় সিদ্ধান্ত স্ত্রী উজ্জ্বল বিশ্ববিদ্যালয় দুর্ভাগ্য হৃদয় "
    "গুরুত্বপূর্ণ অন্তর্ভুক্ত বৈদ্যুতিক সম্পৃক্ত র\u200d্যাংকিং দ্বন্দ্ব কৃষি জ্ঞান সংস্কৃতি শৃঙ্খলা ব্রাহ্মণ "
    "পর্যবেক্ষণ নির্মাণ অর্থনীতি প্ল্যাটফর্ম তথ্যভান্ডার হ্রাস রূপান্তর"
)
HARD_VIETNAMESE = "nghiệp trưởng thuở quyết người ướm Ặ ữ ỡ Đường chuyển đổi nghĩa"


def figures_of(plan: Plan) -> dict[str, Figures]:
    """One of each kind of figures that have a picture."""
    book = book_of(plan)
    earlier = book_of(plan, month_before(TODAY))
    told = tuple(Told(report) for report in reports_on("CT04"))
    return {
        "card": card(book, earlier, EVERYTHING, ASKER),
        "unit": unit_sheet(book, Scope(TODAY, unit="STTTT"), ASKER),
        "ranking": ranking(book, EVERYTHING, ASKER),
        "item": course(plan.item["CT04"], book, TODAY, told),
        "yes or no": course(plan.item["CT03"], book, TODAY, tuple(Told(r) for r in reports_on("CT03"))),
        "task": course(plan.item["NV13"], book, TODAY, tuple(Told(r) for r in reports_on("NV13"))),
        "never measured": course(plan.item["CT02"], book, TODAY, ()),
    }


KINDS = tuple(figures_of(sample()[0]))


def text_of(sheet: Sheet) -> str:
    reader = PdfReader(BytesIO(printed(sheet, "pdf")))
    assert len(reader.pages) == 1
    return re.sub(r"\s+", " ", reader.pages[0].extract_text())


# ---------------------------------------------------------------- what they say


def test_the_card_has_the_figures_of_the_plan() -> None:
    plan = sample()[0]
    text = text_of(sheet_of(languages()["vi"], plan, figures_of(plan)["card"], MADE))
    for said in ("9/44", "18/66", "CT41", "NV13", "CT17", "31/5", "Sở Y tế", "Chính quyền số", "07:30", "18/6/2025"):
        assert said in text, said


@pytest.mark.parametrize("kind", KINDS)
def test_bengali_pictures_have_bengali_digits_only(kind: str) -> None:
    plan = sample()[0]
    data = sheet_of(languages()["bn"], plan, figures_of(plan)[kind], MADE).data
    words = re.findall(
        r'"(?:text|title|covers|source|reason|figure|due|goal|done|of|now|change|share|name)":"([^"]*)"', data
    )
    assert words
    strays = [w for w in words if re.search(r"[0-9]", re.sub(r"\b(?:CT|NV)\d+|\b5G\b|\bVNeID\b|\(DTI\)", "", w))]
    assert strays == []


@pytest.mark.parametrize("lang", ["vi", "bn"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_caption_says_what_the_picture_says_within_telegrams_limit(kind: str, lang: str) -> None:
    for plan in (sample()[0], long_names(sample()[0])):
        figures = figures_of(plan)[kind]
        screen = picture_screen(languages()[lang], plan, _act(kind), figures, b"png")
        assert 0 < length(screen.text) <= CAPTION_LIMIT


def _act(kind: str) -> Act:
    if kind == "ranking":
        return Act(Intent.RANKING)
    return Act(Intent.SUMMARY if kind in ("card", "unit") else Intent.DETAIL)


def test_a_heat_cell_is_as_hot_as_the_share_that_is_behind() -> None:
    book = book_of(sample()[0])
    table = heat(book, EVERYTHING, ASKER)
    row = next(r for r in table.rows if r.unit == "STTTT")
    cell = row.cells[table.pillars.index("HTS")]
    assert (cell.bad, cell.total, str(cell.level)) == (3, 9, "some")
    assert row.whole.total == sum(c.total for c in row.cells)


def test_the_first_month_has_nothing_to_compare_with() -> None:
    plan = sample()[0]
    january = date(2025, 1, 15)
    scope = Scope(january)
    found = card(book_of(plan, january), book_of(plan, january), scope, ASKER)
    assert found.before is None
    assert "31/12" not in text_of(sheet_of(languages()["vi"], plan, found, MADE))


# ---------------------------------------------------------------- how they look


@pytest.mark.parametrize("lang", ["vi", "bn"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_lies_beyond_the_edge_at_the_longest_names(kind: str, lang: str) -> None:
    plan = long_names(sample()[0])
    png = printed(sheet_of(languages()[lang], plan, figures_of(plan)[kind], MADE, dark=lang == "bn"), "png", 54)
    width, height, rows = pixels(png)
    edge = 4 * 7  # of a margin of 10 pixels at this size
    paper = rows[0][:4]
    assert all(row[:edge] == paper * 7 and row[-edge:] == paper * 7 for row in rows)
    assert rows[0] == rows[-1] == paper * width
    assert height < 8 * width


def test_light_and_dark_differ_in_colours_only() -> None:
    plan = sample()[0]
    figures = figures_of(plan)["card"]
    light, dark = (sheet_of(languages()["vi"], plan, figures, MADE, dark=d) for d in (False, True))
    assert text_of(light) == text_of(dark)
    assert pixels(printed(light, "png", 18))[2][0][:3] > pixels(printed(dark, "png", 18))[2][0][:3]


@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_hard_words_are_shaped_as_harfbuzz_shapes_them(style: str, tmp_path: Path) -> None:
    """Glyph by glyph: the same places, the same outlines, the same glyph where it comes again; none is missing."""
    weight = "bold" if style == "Bold" else "regular"
    source = f"""#set page(width: auto, height: auto, margin: 0pt)
#set text(font: "Tiendo Sans", size: 10pt, weight: "{weight}", fallback: false, lang: "bn")
#sys.inputs.word"""
    template = tmp_path / "word.typ"
    template.write_text(source, encoding="utf-8")
    compiler = typst.Compiler(template, font_paths=[FONTS], ignore_system_fonts=True)
    face = hb.Face(hb.Blob.from_file_path(str(FONTS / f"TiendoSans-{style}.ttf")))
    for word in f"{HARD_BENGALI} {HARD_VIETNAMESE}".split():
        svg = compiler.compile(format="svg", sys_inputs={"word": word})
        assert isinstance(svg, bytes)
        drawn, shaped = _in_svg(svg.decode()), _in_harfbuzz(face, word)
        assert [glyph[1:] for glyph in drawn] == [glyph[1:] for glyph in shaped], word
        assert [glyph[0] for glyph in drawn] == pytest.approx([glyph[0] for glyph in shaped], abs=0.03), word


def _in_svg(svg: str) -> list[tuple[float, int, int]]:
    """Place, number of contours and first use of every glyph."""
    shapes = dict(re.findall(r'<symbol id="(\w+)"[^>]*><path d="([^"]*)"', svg))
    used: list[tuple[str, float]] = []
    for start, run in re.findall(r'<g transform="matrix\(1 0 0 -1 (\S+) \S+\)">(.*?)</g>', svg):
        used += [(name, float(start) + float(x)) for name, x in re.findall(r'href="#(\w+)" x="(\S+)"', run)]
    names = [name for name, _ in used]
    return [(x, shapes[name].lower().count("z"), names.index(name)) for name, x in used]


def _in_harfbuzz(face: hb.Face, word: str) -> list[tuple[float, int, int]]:
    font, buffer = hb.Font(face), hb.Buffer()
    buffer.add_str(word)
    buffer.guess_segment_properties()
    hb.shape(font, buffer)
    found, x = [], 0
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        assert info.codepoint != 0, f"{word} has a glyph that is missing"
        contours = _contours(font, info.codepoint)
        if contours:
            found.append(((x + place.x_offset) / face.upem * 10, contours, info.codepoint))
        x += place.x_advance
    glyphs = [glyph for _, _, glyph in found]
    return [(at, contours, glyphs.index(glyph)) for at, contours, glyph in found]


def _contours(font: hb.Font, glyph: int) -> int:
    closed: list[int] = []
    pen = hb.DrawFuncs()
    pen.set_close_path_func(lambda data: data.append(1))
    font.draw_glyph(glyph, pen, closed)
    return len(closed)


def test_every_character_that_is_let_through_has_a_glyph() -> None:
    for style in ("Regular", "Bold"):
        face = hb.Face(hb.Blob.from_file_path(str(FONTS / f"TiendoSans-{style}.ttf")))
        held = face.unicodes
        kept = {code for code in range(0x20, 0x3000) if not UNCOVERED.match(chr(code))}
        assert {hex(code) for code in kept if code not in held} == set()


def test_every_sentence_of_the_catalogues_can_be_drawn_but_for_emoji() -> None:
    for lang in ("vi", "bn"):
        for said in languages()[lang].messages.values():
            for text in (said,) if isinstance(said, str) else said:
                lost = set(text) - set(drawable(text)) - {"\n"}
                assert all(ord(c) >= 0x2300 or c in "\ufe0f‹›" for c in lost), (text, lost)


def test_what_people_write_is_data_never_markup() -> None:
    plan = sample()[0]
    item = plan.item["NV13"]
    evil = '#panic("x") $x$ *b* _i_ `r` <lbl> @ref \\ "quoted" 😀 #read("/etc/passwd")'
    renamed = replace(plan, items=tuple(replace(i, name_vi=evil) if i is item else i for i in plan.items))
    text = text_of(sheet_of(languages()["vi"], renamed, figures_of(renamed)["task"], MADE))
    assert '#panic("x") $x$ *b* _i_ `r` <lbl> @ref \\ "quoted"' in text


# ---------------------------------------------------------------- the press


async def test_what_was_printed_is_kept_by_its_content() -> None:
    press = Press()
    plan = sample()[0]
    figures = figures_of(plan)["ranking"]
    first = await press.printed(sheet_of(languages()["vi"], plan, figures, MADE))
    again = await press.printed(sheet_of(languages()["vi"], plan, figures, MADE))
    other = await press.printed(sheet_of(languages()["bn"], plan, figures, MADE))
    press.close()
    assert again is first
    assert other != first


async def test_what_is_kept_has_a_bound() -> None:
    plan = sample()[0]
    figures = figures_of(plan)["ranking"]
    sheets = [sheet_of(languages()[lang], plan, figures, MADE) for lang in ("vi", "bn")]
    room = max([len(Press().print_now(sheet)) for sheet in sheets])
    press = Press(room=room + 1)
    made = [await press.printed(sheet) for sheet in (*sheets, sheets[0])]
    press.close()
    assert made[0] == made[2]
    assert made[0] is not made[2]


async def test_the_loop_goes_on_while_a_picture_is_printed() -> None:
    press, plan = Press(), sample()[0]
    printing = asyncio.create_task(press.printed(sheet_of(languages()["bn"], plan, figures_of(plan)["card"], MADE)))
    turns = 0
    while not printing.done():
        turns += 1
        await asyncio.sleep(0.001)
    press.close()
    assert turns > 5


def test_pictures_that_nobody_asked_for_wait_for_a_calm_moment() -> None:
    press = Press()
    granted = [press.has_time(100.0) for _ in range(8)]
    assert granted == [True] * 5 + [False] * 3
    assert press.has_time(101.5)
    assert not press.has_time(101.5)
    press.close()
