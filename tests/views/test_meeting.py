"""The meeting's report: the same content as PDF and as Word, official in form, right in both languages."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from bot.rules.answers import Obstacle
from bot.rules.figures import Meeting
from bot.rules.standing import OfficialClass
from bot.views.meeting.paper import Heading, Paper, Para, Table
from bot.views.meeting.print import paper_sheet
from bot.views.meeting.report import ANNEX, meeting_paper
from bot.views.meeting.word import paper_docx
from bot.views.pictures.press import Press
from tests.views.looks import MADE, TODAY, languages, long_names, meeting_of, sample, skeleton

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def a_meeting() -> Meeting:
    """The sample's June with a difficulty and a proposal."""
    plan = sample()[0]
    obstacle = Obstacle(plan.item["NV13"], "STTTT", TODAY, "Khoa", "Mưa lớn, hư đường", "Cho gia hạn đến 31/7")
    return replace(meeting_of(plan), obstacles=(obstacle,))


def paper(lang: str, meeting: Meeting | None = None) -> Paper:
    return meeting_paper(languages()[lang], sample()[0], meeting or a_meeting(), MADE)


def pages(made: Paper) -> list[str]:
    """The text of every page of the PDF."""
    content = Press().print_now(paper_sheet(made))
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def tables(made: Paper) -> list[Table]:
    return [block for block in (*made.blocks, *made.annex) if isinstance(block, Table)]


# ---------------------------------------------------------------- what it says


def test_the_head_is_that_of_an_official_paper() -> None:
    first = pages(paper("vi"))[0]
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BAN CHỈ ĐẠO CHUYỂN ĐỔI SỐ",
        "Số: ……/BC-BCĐ",
        "ngày 18 tháng 6 năm 2025",
        "BÁO CÁO",
        "năm 2025 (kỳ báo cáo: 1/6/2025 – 18/6/2025)",
    ):
        assert said in first, said
    assert "Nơi nhận:" in " ".join(pages(paper("vi")))


def test_the_four_classes_add_up_for_the_plan_and_for_every_unit() -> None:
    meeting = a_meeting()
    now = meeting.now
    assert sum(now.targets.by_class.values()) == now.targets.total == 44
    for unit in meeting.units:
        assert sum(unit.by_class.values()) == unit.total > 0
    overall = tables(paper("vi"))[0]
    assert [row[3] for row in overall.rows] == ["20", "7", "73", "10", "110"]
    late = now.targets.by_class[OfficialClass.DONE_LATE] + now.tasks.by_class[OfficialClass.DONE_LATE]
    assert late == 7


def test_what_is_missed_overdue_asked_and_granted_is_named_with_its_reason() -> None:
    text = skeleton(" ".join(pages(paper("vi"))))
    for said in (
        "10/44 chỉ tiêu chậm tiến độ hoặc quá hạn",
        "Mưa lớn, hư đường",
        "Cho gia hạn đến 31/7",
        "chờ thẩm định",
        "gia hạn đến ngày 30/9/2025",
        "từ 31/5/2025 đến 31/7/2025",
    ):
        assert skeleton(said) in text, said
    overdue = next(t for t in tables(paper("vi")) if any("Số ngày quá hạn" in c.head for c in t.columns))
    assert {row[0]: row[4] for row in overdue.rows}["CT41"] == "49"


def test_sections_without_anything_are_left_out_and_the_others_numbered_on() -> None:
    empty = replace(a_meeting(), missed=(), overdue=(), obstacles=(), waiting=(), granted=())
    heads = [b.text for b in paper("vi", empty).blocks if isinstance(b, Heading) and b.level == 1]
    assert heads == ["I. Kết quả chung", "II. Kết quả theo đơn vị", "III. Nội dung hoàn thành trong kỳ"]


def test_bengali_has_its_own_digits_and_no_vietnamese_words_of_ours() -> None:
    made = paper("bn", replace(a_meeting(), obstacles=()))
    texts = [made.subtitle, made.letterhead.dated, made.source]
    texts += [b.text for b in made.blocks if isinstance(b, Para | Heading)]
    texts += [cell for table in tables(made) for row in table.rows for cell in row[2:]]  # the plan's own words stay
    quoted = re.compile(r"“[^”]*”|\([^)]*thẩm định\)")
    for text in texts:
        assert not re.search(r"[0-9ạảấầẩẫậắằẳẵặẹẻẽếềểễệ]", quoted.sub("", text)), text


# ---------------------------------------------------------------- as PDF


@pytest.mark.parametrize("lang", ["vi", "bn"])
def test_the_body_has_one_to_four_pages_and_the_annex_its_own(lang: str) -> None:
    found = pages(paper(lang))
    annex = next(n for n, text in enumerate(found) if ("PHỤ LỤC" if lang == "vi" else "CT01") in text and n > 0)
    assert 1 <= annex <= 4
    assert all("CT" in text or "NV" in text for text in found[annex:])


def test_long_names_are_printed_whole_pages_and_all() -> None:
    made = meeting_paper(languages()["vi"], long_names(sample()[0]), meeting_of(long_names(sample()[0])), MADE)
    found = pages(made)
    assert len(found) < 30
    assert "NV66" in found[-1]


def test_a_large_annex_is_cut_and_says_so() -> None:
    meeting = a_meeting()
    many = replace(meeting, entries=meeting.entries * 10)
    annex = paper("vi", many).annex
    rows = next(block for block in annex if isinstance(block, Table)).rows
    said = next(block for block in annex if isinstance(block, Para))
    assert len(rows) == ANNEX
    assert "1.100" in said.text


# ---------------------------------------------------------------- as Word


@pytest.mark.parametrize("lang", ["vi", "bn"])
def test_word_has_styles_headings_repeating_heads_and_fonts_for_bengali(lang: str) -> None:
    made = paper(lang)
    document = Document(BytesIO(paper_docx(made)))
    heads = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert heads == [b.text for b in (*made.blocks, *made.annex) if isinstance(b, Heading) and b.level == 1]
    grids = [t for t in document.tables if t.style is not None and t.style.name == "Table Grid"]
    assert len(grids) == len(tables(made))
    for grid, table in zip(grids, tables(made), strict=True):
        assert grid.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
        assert len(grid.rows) == len(table.rows) + 1
        assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in grid.rows)
    assert [c.text for c in grids[-1].rows[-1].cells] == list(tables(made)[-1].rows[-1])
    fonts = document.styles["Normal"].element.rPr.find(qn("w:rFonts"))
    assert fonts.get(qn("w:cs")) == "Nirmala UI"
    assert fonts.get(qn("w:ascii")) == "Times New Roman"


def test_words_head_is_that_of_an_official_paper() -> None:
    document = Document(BytesIO(paper_docx(paper("vi"))))
    left, right = document.tables[0].rows[0].cells
    assert [p.text for p in right.paragraphs][:2] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ]
    assert [p.text for p in left.paragraphs][-1] == "Số: ……/BC-BCĐ"
    assert right.paragraphs[-1].runs[0].italic, "place and date"
    assert "_" not in left.text + right.text, "lines are lines"
    bengali = Document(BytesIO(paper_docx(paper("bn")))).tables[0].rows[0].cells[1]
    assert not bengali.paragraphs[-1].runs[0].italic


def test_pdf_and_word_say_the_same() -> None:
    made = paper("vi")
    document = Document(BytesIO(paper_docx(made)))
    printed = skeleton(" ".join(pages(made)))
    for paragraph in document.paragraphs:
        split = set("ịọỊỌ") & set(paragraph.text)  # drawn as two glyphs, which pypdf does not read as one letter
        assert split or len(paragraph.text) > 70 or skeleton(paragraph.text) in printed, paragraph.text


@pytest.mark.skipif(
    OFFICE is None, reason="no LibreOffice here (package libreoffice-writer-nogui) to open the file with"
)
def test_libreoffice_opens_it_in_both_languages(tmp_path: Path) -> None:
    assert OFFICE is not None
    files = [tmp_path / f"{lang}.docx" for lang in ("vi", "bn")]
    for file in files:
        file.write_bytes(paper_docx(paper(file.stem)))
    own = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"  # beside another that may be open
    command = [OFFICE, own, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=150)
    for file in files:
        found = [page.extract_text() for page in PdfReader(file.with_suffix(".pdf")).pages]
        assert 4 <= len(found) <= 16
        assert "CT41" in " ".join(found)
        assert "NV66" in found[-1]
