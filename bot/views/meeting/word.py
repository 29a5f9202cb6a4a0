"""The paper as a Word document that the office can go on editing: real styles, headings and repeating table heads."""

from __future__ import annotations

import io
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from bot.views.meeting.paper import Block, Heading, Paper, Para, Side, Table

LATIN, BENGALI = "Times New Roman", "Nirmala UI"  # what the offices' computers have; Word takes the second for Bengali
TEXT_WIDTH = 166.0  # millimetres: A4 less 28 and 16
SIDES = {
    Side.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Side.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    Side.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}
CELL = "Table Text"


def paper_docx(paper: Paper) -> bytes:
    """The paper as a file's bytes. Takes a while for long annexes: run it in a thread."""
    document = Document()
    _page(document)
    _styles(document, paper.lang)
    _letterhead(document, paper)
    _add_all(document, paper.blocks)
    _closing(document, paper)
    document.add_section(WD_SECTION.NEW_PAGE)
    _add_all(document, paper.annex)
    _paragraph(document, paper.source, size=8)
    document.core_properties.title = f"{paper.title} {paper.subtitle}"
    document.core_properties.language = paper.lang
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


# ---------------------------------------------------------------- page and styles


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(16)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    _page_number(section.header.paragraphs[0])
    section.different_first_page_header_footer = True


def _page_number(paragraph: Any) -> None:
    """A field that Word fills in."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _styles(document: Any, lang: str) -> None:
    styles = document.styles
    _font(styles["Normal"], 12.0, lang)
    styles["Normal"].paragraph_format.space_after = Pt(4)
    for level, size in ((1, 13.0), (2, 12.0)):
        style = styles[f"Heading {level}"]
        _font(style, size, lang, bold=True)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(10), Pt(4)
    cell = styles.add_style(CELL, 1)  # 1: a paragraph style
    cell.base_style = styles["Normal"]
    _font(cell, 10.0, lang)
    cell.paragraph_format.space_after = Pt(0)


def _font(style: Any, size: float, lang: str, *, bold: bool = False) -> None:
    """Latin and complex-script fonts, sizes and weights alike: Word looks at the second set for Bengali."""
    style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), bold
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for name in [n for n in fonts.attrib if n.endswith("Theme")]:
        del fonts.attrib[name]
    for slot, font in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", LATIN), ("cs", BENGALI)):
        fonts.set(qn(f"w:{slot}"), font)
    _property(properties, "w:bCs", "1" if bold else "0")
    _property(properties, "w:szCs", str(round(size * 2)))
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    language.set(qn("w:bidi"), "bn-BD" if lang == "bn" else "vi-VN")
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(language)


def _property(properties: Any, name: str, value: str) -> None:
    for old in properties.findall(qn(name)):
        properties.remove(old)
    element = OxmlElement(name)
    element.set(qn("w:val"), value)
    properties.append(element)


# ---------------------------------------------------------------- head and end


def _letterhead(document: Any, paper: Paper) -> None:
    """Two columns without borders, as Vietnam's official papers have them; then the title."""
    head = paper.letterhead
    table = document.add_table(1, 2)
    _widths(table, (0.42, 0.58))
    left, right = table.rows[0].cells
    _lines(left, ((head.authority, False), (head.issuer, True), ("_" * 9, False), (head.number, False)))
    _lines(right, ((head.state, True), (head.motto, True), ("_" * 18, False), (head.dated, False)))
    for text, size in ((paper.title, 14), (paper.subtitle, 13)):
        paragraph = _paragraph(document, text, bold=True, size=size)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Pt(8 if text is paper.title else 0)


def _lines(cell: Any, lines: Iterable[tuple[str, bool]]) -> None:
    """Lines in the middle of a cell, some in bold."""
    paragraph = cell.paragraphs[0]
    for n, (text, bold) in enumerate(lines):
        if n:
            paragraph = cell.add_paragraph()
        paragraph.style = CELL
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, text, bold=bold)


def _closing(document: Any, paper: Paper) -> None:
    end = paper.closing
    document.add_paragraph()
    table = document.add_table(1, 2)
    _widths(table, (0.5, 0.5))
    left, right = table.rows[0].cells
    _run(left.paragraphs[0], end.recipients_title, bold=True)
    left.paragraphs[0].style = CELL
    for line in end.recipients:
        left.add_paragraph(line, style=CELL)
    _lines(right, tuple((line, True) for line in end.signer))


# ---------------------------------------------------------------- blocks


def _add_all(document: Any, blocks: Iterable[Block]) -> None:
    for block in blocks:
        match block:
            case Heading():
                document.add_heading(block.text, block.level)
            case Para():
                _para(document, block)
            case Table():
                _table(document, block)


def _para(document: Any, block: Para) -> None:
    paragraph = document.add_paragraph(style="List Bullet" if block.bullet else "Normal")
    if not block.bullet:
        paragraph.paragraph_format.first_line_indent = Mm(10)
    if block.lead:
        _run(paragraph, block.lead, bold=True)
    _run(paragraph, block.text)


def _paragraph(document: Any, text: str, *, bold: bool = False, size: float | None = None) -> Any:
    paragraph = document.add_paragraph()
    run = _run(paragraph, text, bold=bold)
    if size:
        run.font.size = Pt(size)
        _property(run._r.get_or_add_rPr(), "w:szCs", str(round(size * 2)))
    return paragraph


def _run(paragraph: Any, text: str, *, bold: bool = False) -> Any:
    run = paragraph.add_run(text)
    if bold:
        run.bold = True
        _property(run._r.get_or_add_rPr(), "w:bCs", "1")
    return run


def _table(document: Any, block: Table) -> None:
    """A table whose first row repeats on every page. One row is styled, the others are copies of it: much faster."""
    table = document.add_table(2, len(block.columns))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    total = sum(column.width for column in block.columns)
    _widths(table, [column.width / total for column in block.columns])
    head, model = table.rows[0], table.rows[1]
    for cell, column in zip(head.cells, block.columns, strict=True):
        _cell(cell, column.head, Side.CENTER, bold=True)
    _repeat(head)
    for cell, column in zip(model.cells, block.columns, strict=True):
        _cell(cell, " ", column.side)
    row = model._tr
    table._tbl.remove(row)
    bold_from = len(block.rows) - block.totals
    for n, texts in enumerate(block.rows):
        table._tbl.append(_copied(row, texts, bold=n >= bold_from))
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _cell(cell: Any, text: str, side: Side, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = CELL
    paragraph.alignment = SIDES[side]
    _run(paragraph, text, bold=bold)


def _copied(row: Any, texts: tuple[str, ...], *, bold: bool) -> Any:
    copy = deepcopy(row)
    for element, text in zip(copy.iter(qn("w:t")), texts, strict=True):
        element.text = _writable(text)
        if bold:
            properties = element.getparent().get_or_add_rPr()
            for name in ("w:b", "w:bCs"):
                _property(properties, name, "1")
    return copy


def _writable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(c for c in text if c >= " " or c in "\t\n")


def _repeat(row: Any) -> None:
    properties = row._tr.get_or_add_trPr()
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    properties.append(mark)


def _widths(table: Any, shares: Iterable[float]) -> None:
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        width = Mm(TEXT_WIDTH * share)
        column.width = width
        for cell in column.cells:
            cell.width = width
