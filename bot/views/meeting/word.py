"""The paper as a Word document that the office can go on editing: real styles, headings and repeating table heads."""

from __future__ import annotations

import io
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
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
CELL, SMALL = "Table Text", "Annex Text"
RULES = (22.0, 50.0)  # millimetres of the lines under the issuer and the motto
CELL_MARGIN = 1.2  # millimetres left and right of a cell's words


def paper_docx(paper: Paper) -> bytes:
    """The paper as a file's bytes. Takes a while for long annexes: run it in a thread."""
    document = Document()
    _page(document)
    _styles(document, paper.lang)
    _letterhead(document, paper)
    _add_all(document, paper.blocks)
    _closing(document, paper)
    document.add_section(WD_SECTION.NEW_PAGE)
    _add_all(document, paper.annex, SMALL)
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
    for name, size in ((CELL, 10.0), (SMALL, 9.0)):
        cell = styles.add_style(name, 1)  # 1: a paragraph style
        cell.base_style = styles["Normal"]
        _font(cell, size, lang)
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
    _lines(left, ((head.authority, False), (head.issuer, True)))
    _ruled(left, RULES[0])
    _lines(left, ((head.number, False),))
    _lines(right, ((head.state, True), (head.motto, True)))
    _ruled(right, RULES[1])
    for run in _lines(right, ((head.dated, False),)):
        run.italic = _slants(paper)
    for text, size in ((paper.title, 14), (paper.subtitle, 13)):
        paragraph = _paragraph(document, text, bold=True, size=size)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Pt(8 if text is paper.title else 0)


def _slants(paper: Paper) -> bool:
    """Whether the date and the recipients' title are in italics, as Vietnam has them; Bengali has no italics."""
    return paper.lang != "bn"


def _lines(cell: Any, lines: Iterable[tuple[str, bool]]) -> list[Any]:
    """Lines in the middle of a cell, some in bold; their runs."""
    return [_run(_middle(cell), text, bold=bold) for text, bold in lines]


def _middle(cell: Any) -> Any:
    """A new paragraph in the middle of a cell; the empty one that every cell begins with is used first."""
    first = cell.paragraphs[0]
    paragraph = cell.add_paragraph() if first.runs else first
    paragraph.style = CELL
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _ruled(cell: Any, length: float) -> None:
    """A line of some millimetres under the last paragraph's words: a border between two indents."""
    paragraph = _middle(cell)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm((_width(cell) - length) / 2)
    paragraph.paragraph_format.line_spacing = Pt(4)
    paragraph.paragraph_format.space_after = Pt(4)
    properties = paragraph._p.get_or_add_pPr()
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc")


def _width(cell: Any) -> float:
    """Millimetres between a cell's inner edges, with the margins that Word gives a table by itself."""
    return float(cell.width / Mm(1)) - 3.8


def _closing(document: Any, paper: Paper) -> None:
    end = paper.closing
    document.add_paragraph()
    table = document.add_table(1, 2)
    _widths(table, (0.5, 0.5))
    left, right = table.rows[0].cells
    _run(left.paragraphs[0], end.recipients_title, bold=True).italic = _slants(paper)
    left.paragraphs[0].style = CELL
    for line in end.recipients:
        left.add_paragraph(line, style=CELL)
    _lines(right, tuple((line, True) for line in end.signer))


# ---------------------------------------------------------------- blocks


def _add_all(document: Any, blocks: Iterable[Block], cells: str = CELL) -> None:
    """Blocks one after the other; `cells` is the style of what stands in tables."""
    for block in blocks:
        match block:
            case Heading():
                document.add_heading(block.text, block.level)
            case Para():
                _para(document, block)
            case Table():
                _table(document, block, cells)


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


def _table(document: Any, block: Table, style: str) -> None:
    """A table whose first row repeats on every page. One row is styled, the others are copies of it: much faster."""
    table = document.add_table(2, len(block.columns))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _narrow_margins(table)
    total = sum(column.width for column in block.columns)
    _widths(table, [column.width / total for column in block.columns])
    head, model = table.rows[0], table.rows[1]
    for cell, column in zip(head.cells, block.columns, strict=True):
        _cell(cell, column.head, Side.CENTER, style, bold=True)
    for whole in (head, model):
        _mark(whole, "w:cantSplit")
    _mark(head, "w:tblHeader")
    for cell, column in zip(model.cells, block.columns, strict=True):
        _cell(cell, " ", column.side, style)
    row = model._tr
    table._tbl.remove(row)
    bold_from = len(block.rows) - block.totals
    for n, texts in enumerate(block.rows):
        table._tbl.append(_copied(row, texts, bold=n >= bold_from))
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _cell(cell: Any, text: str, side: Side, style: str, *, bold: bool = False) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.style = style
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


def _mark(row: Any, name: str) -> None:
    """Give a row a property: that it repeats on every page, that it is not split between two."""
    properties = row._tr.get_or_add_trPr()
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    properties.append(mark)


def _narrow_margins(table: Any) -> None:
    """Less air beside the words than Word gives by itself: dates and codes stay in one piece."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(round(CELL_MARGIN * 56.7)))  # twentieths of a point
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def _widths(table: Any, shares: Iterable[float]) -> None:
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        width = Mm(TEXT_WIDTH * share)
        column.width = width
        for cell in column.cells:
            cell.width = width
