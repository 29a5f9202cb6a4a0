"""Files that are no plan, or mean harm: a clear refusal, quickly, in little memory."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import bot
from bot.workbook import Loaded, ProblemCode, Refused, read_workbook
from bot.workbook.xlsx import LIMITS, open_xlsx
from tests.workbook.build import TASK_HEADINGS, TASK_ROW, UNITS, Rows, book, codes, load, only

SAMPLE = (Path(bot.__file__).parent / "demo" / "ninh-thuan-2025.xlsx").read_bytes()
MEGABYTE = 1024 * 1024
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKED = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@contextmanager
def bounded(seconds: float = 10) -> Iterator[None]:
    """Holds the block to its processor time; a crowded machine may take a few times what it takes alone."""
    started = time.process_time()
    yield
    taken = time.process_time() - started
    assert taken < seconds, f"{taken:.1f} s"


def refusal(file: io.BytesIO) -> Refused:
    with bounded(), pytest.raises(Refused) as caught:
        read_workbook(file)
    return caught.value


def parts(**changed: str | bytes) -> dict[str, str | bytes]:
    """The parts of a small right workbook, some of them changed: by `sheet`, `book`, `strings`, `styles`, `types`."""
    sheet = changed.get("sheet") or f"<worksheet {MAIN}><sheetData/></worksheet>"
    relations = f'{RELATIONS}<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    relations += f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    relations += f'<Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>'
    return {
        "[Content_Types].xml": changed.get("types") or "<Types/>",
        "_rels/.rels": f'{RELATIONS}<Relationship Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": changed.get("book")
        or f'<workbook {MAIN} {LINKED}><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": changed.get("relations") or relations,
        "xl/sharedStrings.xml": changed.get("strings") or f"<sst {MAIN}/>",
        "xl/styles.xml": changed.get("styles") or f"<styleSheet {MAIN}/>",
        "xl/worksheets/sheet1.xml": sheet,
    }


def packed(content: dict[str, str | bytes], stored: bool = False) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    file.seek(0)
    return file


def sheet(rows: str) -> io.BytesIO:
    return packed(parts(sheet=f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"))


def test_the_small_workbook_of_these_tests_is_right_but_for_what_it_lacks() -> None:
    assert codes(read_workbook(packed(parts())).problems)[0] == ProblemCode.MISSING_SHEET


# What is no workbook.


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ProblemCode.NOT_A_WORKBOOK),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, ProblemCode.NOT_A_WORKBOOK),
        (b"Ma;Ten\nCT01;x\n", ProblemCode.NOT_A_WORKBOOK),
        (b"\x00" * MEGABYTE, ProblemCode.NOT_A_WORKBOOK),
        (b"PK\x03\x04", ProblemCode.DAMAGED),
        (SAMPLE[: len(SAMPLE) // 2], ProblemCode.DAMAGED),
        (SAMPLE[:-30], ProblemCode.DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, ProblemCode.OLD_FORMAT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), ProblemCode.ENCRYPTED),
    ],
    ids=["empty", "png", "csv", "zeros", "zip start", "half", "tail cut", "xls", "password"],
)
def test_what_is_no_workbook(content: bytes, code: ProblemCode) -> None:
    assert refusal(io.BytesIO(content)).code == code


def test_zips_of_other_things() -> None:
    assert refusal(packed({"word/document.xml": "<w/>"})).code == ProblemCode.NOT_A_WORKBOOK
    assert (
        refusal(packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})).code
        == ProblemCode.NOT_A_WORKBOOK
    )
    assert refusal(packed({"mimetype": "application/vnd.oasis", "content.xml": "<c/>"})).params == {"format": ".ods"}
    assert refusal(packed({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x"})).params == {"format": ".xlsb"}


def test_macros() -> None:
    assert refusal(packed(parts() | {"xl/vbaProject.bin": b"x"})).code == ProblemCode.MACROS
    types = '<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    assert refusal(packed(parts(types=types))).code == ProblemCode.MACROS


def test_a_zip_with_a_password() -> None:
    raw = bytearray(packed(parts()).getvalue())
    at = raw.find(b"PK\x01\x02")
    raw[at + 8] |= 1
    assert refusal(io.BytesIO(bytes(raw))).code == ProblemCode.ENCRYPTED


# Bombs.


def test_two_hundred_megabytes_of_zeros(tmp_path: Path) -> None:
    path = tmp_path / "zeros.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(200 * MEGABYTE)
    with bounded(2), pytest.raises(Refused) as caught:
        read_workbook(path)
    assert (caught.value.code, caught.value.params) == (ProblemCode.FILE_TOO_BIG, {"limit": "20"})


def zeros(megabytes: int) -> io.BytesIO:
    """A workbook whose sheet unpacks to zeros, made without holding them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts().items():
            if "sheet1" not in name:
                archive.writestr(name, data)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(megabytes):
                part.write(bytes(MEGABYTE))
    file.seek(0)
    return file


def test_a_sheet_that_unpacks_to_two_hundred_megabytes() -> None:
    file = zeros(200)
    assert len(file.getvalue()) < 2 * MEGABYTE
    with bounded(2), pytest.raises(Refused) as caught:
        read_workbook(file)
    assert caught.value.code == ProblemCode.UNPACKS_TOO_BIG


def test_a_sheet_that_lies_about_its_size() -> None:
    """The directory says a hundred bytes; reading must not go on to the end of what is really there."""
    raw = bytearray(zeros(30).getvalue())
    for marker, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = raw.rfind(marker)
        raw[at + offset : at + offset + 4] = struct.pack("<I", 100)
    with bounded(2), pytest.raises(Refused) as caught:
        read_workbook(io.BytesIO(bytes(raw)))
    assert caught.value.code == ProblemCode.DAMAGED


def test_a_zip_in_a_zip_is_not_opened() -> None:
    inner = zeros(3).getvalue()
    loaded = read_workbook(packed(parts() | {f"xl/media/{n}.zip": inner for n in range(20)}))
    assert loaded.problems


def test_very_many_parts() -> None:
    many: dict[str, str | bytes] = {f"xl/media/{n}": b"" for n in range(LIMITS.parts + 1)}
    assert refusal(packed(parts() | many)).code == ProblemCode.UNPACKS_TOO_BIG
    raw = packed(parts()).getvalue()
    at = raw.rfind(b"PK\x05\x06")
    lying = raw[: at + 12] + struct.pack("<I", 50 * MEGABYTE) + raw[at + 16 :]
    assert refusal(io.BytesIO(lying)).code == ProblemCode.UNPACKS_TOO_BIG


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'


@pytest.mark.parametrize("part", ["sheet", "book", "strings", "styles", "types", "relations"])
def test_entities_are_refused_in_every_part(part: str) -> None:
    assert refusal(packed(parts(**{part: f"{LAUGHS}<x>&c;</x>"}))).code == ProblemCode.UNSAFE_XML


def test_an_entity_that_reads_a_file_is_refused() -> None:
    outside = '<!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
    assert refusal(packed(parts(strings=outside))).code == ProblemCode.UNSAFE_XML


def test_xml_that_nests_without_end() -> None:
    deep = "".join(f"<a{n % 97}>" for n in range(300_000))
    assert refusal(packed(parts(sheet=deep))).code == ProblemCode.UNSAFE_XML


def test_a_tag_that_does_not_end() -> None:
    wide = "<worksheet " + " ".join(f'a{n}="{n}"' for n in range(400_000)) + "/>"
    assert refusal(packed(parts(sheet=wide))).code == ProblemCode.UNSAFE_XML


@pytest.mark.parametrize("part", ["sheet", "book", "strings", "styles"])
@pytest.mark.parametrize(
    "broken", ["<x", "no xml", "<x></y>", "<x>\x01</x>", b"\xff\xfe\x00", '<?xml version="1.0" encoding="x"?><x/>']
)
def test_broken_xml(part: str, broken: str | bytes) -> None:
    assert refusal(packed(parts(**{part: broken}))).code in (ProblemCode.DAMAGED, ProblemCode.NOT_A_WORKBOOK)


# Too much of everything.


def test_a_million_rows() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts().items():
            if "sheet1" not in name:
                archive.writestr(name, data)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(f"<worksheet {MAIN}><sheetData>".encode())
            for thousand in range(1000):
                part.write(b"".join(b"<row><c><v>%d</v></c></row>" % (thousand * 7919 + n * 31) for n in range(1000)))
            part.write(b"</sheetData></worksheet>")
    file.seek(0)
    refused = refusal(file)
    assert (refused.code, refused.params) == (ProblemCode.TOO_MANY_ROWS, {"sheet": "A", "limit": "50000"})


def test_thousands_of_columns() -> None:
    cells = "".join("<c><v>1</v></c>" for _ in range(5000))
    assert refusal(sheet(f"<row>{cells}</row>")).code == ProblemCode.TOO_MANY_COLUMNS
    assert refusal(sheet('<row><c r="XFD1"><v>1</v></c></row>')).code == ProblemCode.TOO_MANY_COLUMNS


def test_thousands_of_sheets() -> None:
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, 3000))
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="s{n}.xml"/>' for n in range(1, 3000)
    )
    content = parts(
        book=f"<workbook {MAIN} {LINKED}><sheets>{sheets}</sheets></workbook>",
        relations=f"{RELATIONS}{relations}</Relationships>",
    )
    few = {f"xl/s{n}.xml": "<worksheet/>" for n in range(1, 100)}
    assert refusal(packed(content | few)).code == ProblemCode.TOO_MANY_SHEETS


def test_one_sheet_under_many_names() -> None:
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, 50))
    content = parts(book=f"<workbook {MAIN} {LINKED}><sheets>{sheets}</sheets></workbook>")
    assert refusal(packed(content)).code == ProblemCode.DAMAGED


def test_too_many_cells() -> None:
    """With smaller limits, so that the test need not make half a million cells."""
    row = "<row>" + "".join(f"<c><v>{n}</v></c>" for n in range(400)) + "</row>"
    limits = replace(LIMITS, cells=1_000)
    assert len(open_xlsx(sheet(row * 2), limits).grids[0].rows) == 2
    with pytest.raises(Refused) as caught:
        open_xlsx(sheet(row * 3), limits)
    assert (caught.value.code, caught.value.params) == (ProblemCode.TOO_MANY_CELLS, {"limit": "1000"})


def test_too_many_shared_strings() -> None:
    words = "".join(f"<si><t>{n}</t></si>" for n in range(1_001))
    with pytest.raises(Refused) as caught:
        open_xlsx(packed(parts(strings=f"<sst {MAIN}>{words}</sst>")), replace(LIMITS, cells=1_000))
    assert caught.value.code == ProblemCode.TOO_MANY_CELLS


def test_very_many_styles() -> None:
    styles = f"<styleSheet {MAIN}><cellXfs>" + '<xf numFmtId="9"/>' * 80_000 + "</cellXfs></styleSheet>"
    assert refusal(packed(parts(styles=styles))).code == ProblemCode.DAMAGED


@pytest.mark.parametrize("area", ["A1:XFD1048576", "A1:A1048576", "B2:B30000"])
def test_absurd_merged_ranges(area: str) -> None:
    merged = f'<worksheet {MAIN}><sheetData/><mergeCells><mergeCell ref="{area}"/></mergeCells></worksheet>'
    refused = refusal(packed(parts(sheet=merged)))
    assert (refused.code, refused.params) == (ProblemCode.MERGE_TOO_BIG, {"sheet": "A", "range": area})


def test_merged_ranges_upon_each_other() -> None:
    heads = "".join(f'<c t="inlineStr"><is><t>{h}</t></is></c>' for h in ("TT", "Nhiệm vụ", "Chủ trì"))
    rows = f"<row>{heads}</row>" + "".join("<row><c/><c><v>1</v></c></row>" for _ in range(10_000))
    merges = "".join(f'<mergeCell ref="B{2 + n % 7}:B10000"/>' for n in range(3_000))
    content = f"<worksheet {MAIN}><sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells></worksheet>"
    assert refusal(packed(parts(sheet=content))).code == ProblemCode.MERGE_TOO_BIG


def test_a_whole_row_may_be_merged() -> None:
    def merge(made: Workbook) -> None:
        made["Nhiệm vụ"].merge_cells("A1:XFD1")

    loaded = load({"Units": UNITS, "Nhiệm vụ": (("NHIỆM VỤ",), TASK_HEADINGS, TASK_ROW)}, merge)
    assert loaded.problems == ()


def test_a_sheet_whose_dimension_lies() -> None:
    content = book({"Units": UNITS, "Nhiệm vụ": (TASK_HEADINGS, TASK_ROW)})
    with zipfile.ZipFile(content) as archive:
        changed = {n: archive.read(n) for n in archive.namelist()}
    for name, data in changed.items():
        for written in (b"A1:G2", b"A1:G6"):
            data = data.replace(b'<dimension ref="%s"/>' % written, b'<dimension ref="A1:XFD1048576"/>')
        changed[name] = data
    with bounded(5):
        loaded = read_workbook(packed(changed))
    assert loaded.problems == () and len(loaded.plan.items) == 1


# Cells.


def task_with(change: Callable[[Workbook], None]) -> Loaded:
    return load({"Units": UNITS, "Nhiệm vụ": (TASK_HEADINGS, TASK_ROW)}, change, year=2025)


def test_cells_with_error_values() -> None:
    def spoil(made: Workbook) -> None:
        for address, error in (("B2", "#REF!"), ("D2", "#N/A"), ("F2", "#NAME?")):
            made["Nhiệm vụ"][address].value = error
            made["Nhiệm vụ"][address].data_type = "e"

    assert [(p.column, p.code, p.params) for p in task_with(spoil).problems] == [
        ("B", ProblemCode.CELL_ERROR, {"text": "#REF!"}),
        ("F", ProblemCode.CELL_ERROR, {"text": "#NAME?"}),
        ("D", ProblemCode.CELL_ERROR, {"text": "#N/A"}),
    ]


def test_an_error_outside_the_columns_that_are_read_does_not_matter() -> None:
    def spoil(made: Workbook) -> None:
        made["Nhiệm vụ"]["K2"].value = "#REF!"
        made["Nhiệm vụ"]["K2"].data_type = "e"

    assert task_with(spoil).problems == ()


def formula(value: str) -> io.BytesIO:
    """A task whose due date is a formula, with this inside its cell beside the formula."""
    file = book({"Units": UNITS, "Nhiệm vụ": (TASK_HEADINGS, TASK_ROW)})
    with zipfile.ZipFile(file) as archive:
        content: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    name = "xl/worksheets/sheet2.xml"
    text = content[name].decode()  # type: ignore[union-attr]
    before, after = text.split('<c r="D2"')
    content[name] = before + f'<c r="D2" t="str"><f>TEXT(NOW(),"0")</f>{value}</c>' + after.split("</c>", 1)[1]
    return packed(content)


def test_a_formula_counts_by_its_last_value() -> None:
    loaded = read_workbook(formula("<v>30/6/2025</v>"))
    assert loaded.problems == ()
    assert str(loaded.plan.items[0].due) == "2025-06-30"


def test_a_formula_without_a_value_is_an_error_that_says_so() -> None:
    problem = only(read_workbook(formula(""), year=2025).problems, ProblemCode.FORMULA_WITHOUT_VALUE)
    assert (problem.sheet, problem.row, problem.column) == ("Nhiệm vụ", 2, "D")


def test_links_to_other_files_are_told_and_not_followed() -> None:
    file = book({"Units": UNITS, "Nhiệm vụ": (TASK_HEADINGS, TASK_ROW)})
    with zipfile.ZipFile(file) as archive:
        content: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    outside = f'Type="{OFFICE}/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"'
    link = f'{RELATIONS}<Relationship Id="r1" {outside}/></Relationships>'
    content |= {
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
        "xl/externalLinks/_rels/externalLink1.xml.rels": link,
    }
    loaded = read_workbook(packed(content))
    assert loaded.problems == ()
    assert ProblemCode.EXTERNAL_LINKS in codes(loaded.notes)


def test_cells_of_thirty_thousand_characters() -> None:
    long = "Sở Y tế, và " * 2700
    rows: Rows = (TASK_HEADINGS, *((n, long, long, long, long, long, long) for n in range(1, 6)))
    with bounded():
        loaded = load({"Units": UNITS, "Nhiệm vụ": rows}, year=2025)
    assert {p.code for p in loaded.problems} >= {ProblemCode.TEXT_TOO_LONG}
    assert {p.row for p in loaded.problems} == set(range(2, 7))


def test_a_cell_longer_than_any_spreadsheet_keeps() -> None:
    refused = refusal(sheet(f'<row><c r="B3" t="inlineStr"><is><t>{"x" * 300_000}</t></is></c></row>'))
    assert (refused.code, refused.params["limit"]) == (ProblemCode.CELL_TOO_LONG, "32767")


def test_numbers_beyond_measure() -> None:
    for number in ("1e999999", "9" * 5000, "NaN", "-Infinity", "1e-999999", "0x10"):
        row = f'<row><c t="inlineStr"><is><t>TT</t></is></c></row><row><c><v>{number}</v></c></row>'
        assert read_workbook(sheet(row)).problems


def test_so_many_errors_that_nobody_would_read_them() -> None:
    rows = [(n, None, "x") for n in range(1, 5_101)]
    loaded = load({"Units": UNITS, "Nhiệm vụ": (("TT", "Nhiệm vụ", "Sản phẩm"), *rows)}, year=2025)
    assert len(loaded.problems) == 5_001
    assert (loaded.problems[-1].code, loaded.problems[-1].params) == (ProblemCode.MORE_PROBLEMS, {"count": "100"})


# Memory, where it is dearest.

MEASURE = """
import resource, sys
from pathlib import Path
from bot.workbook import Refused, read_workbook
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_workbook(Path(sys.argv[1]))
    said = "read"
except Refused as refused:
    said = str(refused.code)
print(said, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def megabytes_taken(path: Path) -> tuple[str, int]:
    """What became of a file in a process of its own, and by how many megabytes that process grew at most."""
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    said, grown = ran.stdout.split()
    return said, int(grown)


def test_memory_stays_bounded(tmp_path: Path) -> None:
    """As many rows and cells as are allowed before the refusal, and a bomb."""
    full = "".join("<row>" + f"<c><v>{r * 7919}</v></c>" * 8 + "</row>" for r in range(LIMITS.rows + 1))
    files = {"zeros": (zeros(200), "unpacks_too_big", 20), "rows": (sheet(full), "too_many_rows", 220)}
    for name, (file, outcome, most) in files.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(file.getvalue())
        said, grown = megabytes_taken(path)
        assert said == outcome
        assert grown < most, name


# Anything at all.


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), min_size=1, max_size=20),
    st.integers(0, 3000),
)
def test_a_file_with_flipped_bytes_is_read_or_refused(flips: list[tuple[int, int]], cut: int) -> None:
    raw = bytearray(SAMPLE)
    for at, byte in flips:
        raw[at] = byte
    try:
        loaded = read_workbook(io.BytesIO(bytes(raw[: len(raw) - cut])))
    except Refused as refused:
        assert refused.code
    else:
        assert loaded.plan.year


NASTY = st.sampled_from(
    (
        *("", " ", "-", "I", "II.", "A", "a)", "1", "1.1", "11", "TT", "Chỉ tiêu", "Nhiệm vụ", "Chủ trì", "Mã", "Ngày"),
        *(
            "≥",
            "≥ 80",
            "%",
            "40 - 50",
            "2025-2026",
            "Quý V/2025",
            "31/2/2025",
            "0/0/2025",
            "Hằng năm",
            ";",
            ";;;",
            "và",
        ),
        *("và và", "Sở", "Sở ; và , Bộ", "Các", "Ghi chú", "=1+1", "_x0000_", "\u0301", "১২", "ক", "SYT", "G", "all"),
        *("Units", "group", "٣", "²", "1e5", "İ", "ẞ", "\U0001f600"),
    )
)
OTHER = (st.integers(-5, 3000), st.dates(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
TYPED = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=12)
CELLS = st.one_of(st.none(), NASTY, NASTY, *OTHER, TYPED)
HEADS = {
    "Nhiệm vụ": TASK_HEADINGS,
    "Targets": ("TT", "Chỉ tiêu", "ĐVT", "Hiện trạng", "Kế hoạch", "Thời hạn", "Quý I", "Chủ trì"),
    "Báo cáo": ("Mã", "Ngày", "percent", "value", "state", "difficulty", "id", "at"),
    "People": ("name", "unit", "role", "language"),
    "Units": UNITS[0],
    "Holidays": ("date", "kind", "note"),
    "Plan": ("field", "text"),
}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(st.lists(CELLS, max_size=8), max_size=8), st.booleans(), st.sampled_from(sorted(HEADS)))
def test_any_cells_are_read_or_told(rows: list[list[object]], add: bool, title: str) -> None:
    loaded = load({title: (HEADS[title], *rows), "Đơn vị": UNITS}, add_units=add)
    assert all(p.code for p in loaded.problems)
    assert all(i.code and i.name_vi for i in loaded.plan.items)
