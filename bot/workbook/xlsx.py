"""Opens an .xlsx safely: cells, formats and merged ranges, read as a stream within fixed limits.

A file from outside may be anything, so the zip directory is judged before anything is unpacked, every part is read in
pieces, document types (and with them entities) are refused, and reading stops at the first limit passed. openpyxl is
not used here: it builds what a file claims to hold before it can be asked, its streaming mode knows no merged cells,
and with cached values it cannot tell an empty formula from an empty cell.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple
from xml.parsers import expat

from bot.rules.loading import ProblemCode, Refused

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How big a workbook may be. Rows and cells count only where something is written in them."""

    file_bytes: int = 20 * MEGABYTE
    unpacked_bytes: int = 48 * MEGABYTE
    ratio: int = 250  # unpacked to packed, of a part over `ratio_from`
    ratio_from: int = 4 * MEGABYTE
    directory_bytes: int = MEGABYTE
    parts: int = 2_000
    sheets: int = 60
    rows: int = 50_000
    columns: int = 500
    cells: int = 500_000
    merges: int = 50_000
    merged_rows: int = 20_000
    text: int = 32_767  # a spreadsheet's own limit of one cell


LIMITS = Limits()
DEEPEST = 100  # elements inside one another; a spreadsheet has about ten
MOST_STYLES = 70_000  # a spreadsheet's own limit is 65,490
MOST_RELATIONS = 10_000


RowRead = Callable[[], None]


class Flaw(StrEnum):
    """Why a cell has no usable value."""

    ERROR = "error"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Form:
    """What a cell's number format says of how its number is shown."""

    percent: bool = False
    date: bool = False
    day: bool = True
    month: bool = True
    decimals: int | None = None


PLAIN = Form()
Value = str | Decimal | date | bool


class Cell(NamedTuple):
    """A written cell. Of a cell formatted as a percentage `value` is what is shown (80, not 0.8)."""

    value: Value
    form: Form = PLAIN
    flaw: Flaw | None = None


class Range(NamedTuple):
    """A merged range, its corners included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: its written cells by row and column (both from 1), and its merged ranges."""

    title: str
    rows: Mapping[int, Mapping[int, Cell]]
    merged: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file holds. `links`: it refers to other files, which are never followed."""

    grids: tuple[Grid, ...]
    links: bool = False


def _nothing(*_: object) -> None:
    return None


def open_xlsx(source: Path | BinaryIO, limits: Limits = LIMITS, row_read: RowRead = _nothing) -> Opened:
    """Read a workbook's sheets. Raises `Refused`; an `OSError` of a path is the caller's.

    `row_read` is called after every row of every sheet, whether or not the row holds anything.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            return _open(file, limits, row_read)
    return _open(source, limits, row_read)


def _open(file: BinaryIO, limits: Limits, row_read: RowRead) -> Opened:
    file = _seekable(file, limits)
    _judge_start(file)
    _judge_directory(file, limits)
    with _archive(file) as archive:
        _judge_parts(archive, limits)
        with _damage_told():
            return _Workbook(archive, limits, row_read).read()


def _archive(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error) as error:
        raise Refused(ProblemCode.DAMAGED) from error


def _seekable(file: BinaryIO, limits: Limits) -> BinaryIO:
    if not file.seekable():
        file = io.BytesIO(file.read(limits.file_bytes + 1))
    if file.seek(0, io.SEEK_END) > limits.file_bytes:
        raise Refused(ProblemCode.FILE_TOO_BIG, limit=str(limits.file_bytes // MEGABYTE))
    file.seek(0)
    return file


@contextmanager
def _damage_told() -> Iterator[None]:
    """Whatever a broken archive or broken XML raises, told as one refusal."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError, LookupError) as error:
        raise Refused(ProblemCode.DAMAGED) from error
    except (NotImplementedError, ValueError) as error:  # an encoding, or a record of the archive, that makes no sense
        raise Refused(ProblemCode.DAMAGED) from error


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _judge_start(file: BinaryIO) -> None:
    """By its first bytes: a zip goes on; a password-protected .xlsx is an OLE file, and so is an old .xls."""
    start = file.read(8)
    if start.startswith(_OLE):
        file.seek(0)
        if "EncryptedPackage".encode("utf-16-le") in file.read():
            raise Refused(ProblemCode.ENCRYPTED)
        raise Refused(ProblemCode.OLD_FORMAT, format=".xls")
    if not start.startswith(b"PK\x03\x04"):
        raise Refused(ProblemCode.NOT_A_WORKBOOK)
    file.seek(0)


def _judge_directory(file: BinaryIO, limits: Limits) -> None:
    """The size of the zip's directory, before a reader builds an object for each of its entries."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise Refused(ProblemCode.DAMAGED)
    if int.from_bytes(tail[at + 12 : at + 16], "little") > limits.directory_bytes:
        raise Refused(ProblemCode.UNPACKS_TOO_BIG, limit=str(limits.unpacked_bytes // MEGABYTE))
    file.seek(0)


def _judge_parts(archive: zipfile.ZipFile, limits: Limits) -> None:
    """By the directory alone: macros, other formats, passwords, and how much the parts would unpack to."""
    parts = archive.infolist()
    names = {p.filename for p in parts}
    if any(n.lower().endswith("vbaproject.bin") for n in names):
        raise Refused(ProblemCode.MACROS)
    for name, kind in (("xl/workbook.bin", ".xlsb"), ("mimetype", ".ods")):
        if name in names:
            raise Refused(ProblemCode.OLD_FORMAT, format=kind)
    if "[Content_Types].xml" not in names:
        raise Refused(ProblemCode.NOT_A_WORKBOOK)
    if any(p.flag_bits & 1 for p in parts):
        raise Refused(ProblemCode.ENCRYPTED)
    if any(p.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for p in parts):
        raise Refused(ProblemCode.DAMAGED)
    if len(parts) > limits.parts or any(_is_bomb(p, limits) for p in parts) or _unpacked(parts) > limits.unpacked_bytes:
        raise Refused(ProblemCode.UNPACKS_TOO_BIG, limit=str(limits.unpacked_bytes // MEGABYTE))


def _is_bomb(part: zipfile.ZipInfo, limits: Limits) -> bool:
    return part.file_size > limits.ratio_from and part.file_size > limits.ratio * max(part.compress_size, 1)


def _unpacked(parts: list[zipfile.ZipInfo]) -> int:
    return sum(p.file_size for p in parts)


Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def _scan(stream: IO[bytes], start: Start, end: End = _nothing, text: Text = _nothing) -> None:
    """Run XML past three callbacks, by local names.

    Raises `Refused` at a document type (that is where bombs hide), at elements nested without end, and at a single tag
    or remark that goes on for longer than any spreadsheet writes: a parser would hold all of it.
    """
    depth = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Refused(ProblemCode.UNSAFE_XML)
        start(name.rpartition("|")[2], attributes)

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition("|")[2])

    parser = expat.ParserCreate(namespace_separator="|")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.CharacterDataHandler = text
    _feed(parser, stream)


def _feed(parser: expat.XMLParserType, stream: IO[bytes]) -> None:
    fed = 0
    while chunk := stream.read(65_536):
        parser.Parse(chunk, False)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > MEGABYTE:
            raise Refused(ProblemCode.UNSAFE_XML)
    parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    raise Refused(ProblemCode.UNSAFE_XML)


class _Workbook:
    """One open archive: finds its parts and reads its sheets."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits, row_read: RowRead) -> None:
        self.archive = archive
        self.row_read = row_read
        self.limits = limits
        self.names = frozenset(archive.namelist())
        self.epoch = date(1899, 12, 30)
        self.cells = 0

    def read(self) -> Opened:
        self._judge_types()
        main = next((t for t, kind in self._relations("") if kind == "officeDocument"), "xl/workbook.xml")
        if main not in self.names:
            raise Refused(ProblemCode.NOT_A_WORKBOOK)
        sheets = self._sheets(main)
        strings, forms = self._strings(main), self._forms(main)
        links = any(n.startswith("xl/externalLinks/") for n in self.names)
        return Opened(tuple(self._grid(title, part, strings, forms) for title, part in sheets), links)

    def _judge_types(self) -> None:
        def start(_: str, attributes: dict[str, str]) -> None:
            if "macroEnabled" in attributes.get("ContentType", ""):
                raise Refused(ProblemCode.MACROS)

        self._scan("[Content_Types].xml", start)

    def _scan(self, part: str, start: Start, end: End = _nothing, text: Text = _nothing) -> None:
        with self.archive.open(part) as stream:
            _scan(stream, start, end, text)

    def _relations(self, part: str) -> list[tuple[str, str]]:
        """What a part refers to inside the file: (part, last word of the relation's type)."""
        return [(target, kind) for _, target, kind in self._relations_by_id(part)]

    def _relations_by_id(self, part: str) -> list[tuple[str, str, str]]:
        folder, name = posixpath.split(part)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        found: list[tuple[str, str, str]] = []

        def start(element: str, attributes: dict[str, str]) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
                kind = attributes.get("Type", "").rpartition("/")[2]
                found.append((attributes.get("Id", ""), target.lstrip("/"), kind))
            if len(found) > MOST_RELATIONS:
                raise Refused(ProblemCode.DAMAGED)

        if where in self.names:
            self._scan(where, start)
        return found

    def _sheets(self, main: str) -> list[tuple[str, str]]:
        """The worksheets as (title, part), in the workbook's order; chart sheets are left out."""
        parts = {i: target for i, target, kind in self._relations_by_id(main) if kind == "worksheet"}
        found: list[tuple[str, str]] = []

        def start(element: str, attributes: dict[str, str]) -> None:
            if element == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self.epoch = date(1904, 1, 1)
            if element != "sheet":
                return
            part = parts.get(next((v for k, v in attributes.items() if k.endswith("|id")), ""), "")
            if any(part == other for _, other in found):
                raise Refused(ProblemCode.DAMAGED)  # one part under many names is read as often
            if part in self.names:
                found.append((attributes.get("name", ""), part))
            if len(found) > self.limits.sheets:
                raise Refused(ProblemCode.TOO_MANY_SHEETS, limit=str(self.limits.sheets))

        self._scan(main, start)
        if not found:
            raise Refused(ProblemCode.NOT_A_WORKBOOK)
        return found

    def _part(self, main: str, kind: str) -> str | None:
        return next((t for t, k in self._relations(main) if k == kind and t in self.names), None)

    def _strings(self, main: str) -> list[str]:
        part = self._part(main, "sharedStrings")
        reader = _Strings(self.limits.text, self.limits.cells)
        if part:
            self._scan(part, reader.start, reader.end, reader.text)
        return reader.found

    def _forms(self, main: str) -> list[Form]:
        """The form of every cell style, in the order that cells refer to."""
        part = self._part(main, "styles")
        own: dict[str, str] = {}
        used: list[str] = []
        inside: list[str] = []

        def start(element: str, attributes: dict[str, str]) -> None:
            if element == "numFmt":
                own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif element == "xf" and inside and inside[-1] == "cellXfs":
                used.append(attributes.get("numFmtId", "0"))
            inside.append(element)
            if len(own) > MOST_STYLES or len(used) > MOST_STYLES:
                raise Refused(ProblemCode.DAMAGED)

        def end(_: str) -> None:
            inside.pop()

        if part:
            self._scan(part, start, end)
        from openpyxl.styles.numbers import BUILTIN_FORMATS  # when it is wanted: openpyxl takes 11 MiB

        built_in = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        forms = {i: _form(own.get(i) or built_in.get(i, "General")) for i in set(used)}
        return [forms[i] for i in used]

    def _grid(self, title: str, part: str, strings: list[str], forms: list[Form]) -> Grid:
        reader = _Sheet(title, strings, forms, self.epoch, self.limits, self.cells, self.row_read)
        self._scan(part, reader.start, reader.end, reader.text)
        self.cells = reader.cells
        return Grid(title, reader.rows, tuple(reader.merged))


def _form(code: str) -> Form:
    from openpyxl.styles.numbers import is_date_format

    shown = code.split(";")[0][:255]  # a spreadsheet's own limit
    bare = re.sub(r'"[^"]*"|\\.|_.|\[[^\]]*\]', "", shown).lower()
    if is_date_format(shown):
        return Form(date=True, day="d" in bare, month="m" in bare)
    decimals = re.search(r"\.(0+)", bare)
    return Form(percent="%" in bare, decimals=len(decimals.group(1)) if decimals else None)


class _Strings:
    """The shared strings: runs of rich text joined, phonetic hints left out."""

    def __init__(self, limit: int, most: int) -> None:
        self.limit = limit
        self.most = most
        self.found: list[str] = []
        self._now: list[str] = []
        self._length = 0
        self._phonetic = False
        self._open = False

    def start(self, element: str, _: dict[str, str]) -> None:
        if element == "si":
            self._now, self._length = [], 0
        elif element == "rPh":
            self._phonetic = True
        elif element == "t":
            self._open = not self._phonetic

    def end(self, element: str) -> None:
        if element == "t":
            self._open = False
        elif element == "rPh":
            self._phonetic = False
        elif element == "si":
            self.found.append(_unescaped("".join(self._now)))
            if len(self.found) > self.most:
                raise Refused(ProblemCode.TOO_MANY_CELLS, limit=str(self.most))

    def text(self, data: str) -> None:
        if not self._open:
            return
        self._length += len(data)
        if self._length > 8 * self.limit:  # an escaped character takes up to seven
            raise Refused(ProblemCode.CELL_TOO_LONG, sheet="", cell="", limit=str(self.limit))
        self._now.append(data)


_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def _unescaped(text: str) -> str:
    """Spreadsheets write characters that XML lacks as _x000D_."""
    if "_x" not in text:
        return text
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m.group(1), 16)), text).translate(_SURROGATES)


@dataclass(slots=True)
class _Sheet:
    """Reads one worksheet's XML into rows of cells."""

    title: str
    strings: list[str]
    forms: list[Form]
    epoch: date
    limits: Limits
    cells: int
    row_read: RowRead
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _type: str = "n"
    _style: int = 0
    _formula: bool = False
    _valued: bool = False
    _open: bool = False
    _phonetic: bool = False
    _text: list[str] = field(default_factory=list)
    _length: int = 0

    def start(self, element: str, attributes: dict[str, str]) -> None:
        if element == "c":
            self._start_cell(attributes)
        elif element == "v" or (element == "t" and not self._phonetic):
            self._open = self._valued = True
        elif element == "f":
            self._formula = True
        elif element == "row":
            self._row = _number(attributes.get("r"), self._row + 1)
            self._column = 0
        elif element == "rPh":
            self._phonetic = True
        elif element == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def end(self, element: str) -> None:
        if element == "c":
            self._end_cell()
        elif element in ("v", "t"):
            self._open = False
        elif element == "row":
            self.row_read()
        elif element == "rPh":
            self._phonetic = False

    def text(self, data: str) -> None:
        if not self._open:
            return
        self._length += len(data)
        if self._length > 8 * self.limits.text:
            raise self._refused(ProblemCode.CELL_TOO_LONG, self.limits.text, cell=self._address())
        self._text.append(data)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._column = _column(attributes.get("r")) or self._column + 1
        self._type = attributes.get("t", "n")
        self._style = _number(attributes.get("s"), 0)
        self._formula = self._valued = False
        self._text, self._length = [], 0

    def _end_cell(self) -> None:
        raw = "".join(self._text)
        lacking = self._formula and raw == "" and not (self._type == "str" and self._valued)
        cell = Cell("", flaw=Flaw.FORMULA) if lacking else self._cell(raw)
        if cell is None:
            return
        if self._column > self.limits.columns:
            raise self._refused(ProblemCode.TOO_MANY_COLUMNS, self.limits.columns)
        self.rows.setdefault(self._row, {})[self._column] = cell
        if len(self.rows) > self.limits.rows:
            raise self._refused(ProblemCode.TOO_MANY_ROWS, self.limits.rows)
        self.cells += 1
        if self.cells > self.limits.cells:
            raise Refused(ProblemCode.TOO_MANY_CELLS, limit=str(self.limits.cells))

    def _cell(self, raw: str) -> Cell | None:
        """The cell that its raw text stands for; None where nothing is written."""
        if self._type == "s":
            index = _number(raw, -1)
            text = self.strings[index] if 0 <= index < len(self.strings) else ""
            return self._text_cell(text)
        if self._type in ("str", "inlineStr"):
            return self._text_cell(_unescaped(raw))
        if raw == "":
            return None
        if self._type == "b":
            return Cell(raw.strip() in ("1", "true"))
        if self._type == "e":
            return Cell(raw, flaw=Flaw.ERROR)
        if self._type == "d":
            return _iso_cell(raw)
        return self._number_cell(raw)

    def _text_cell(self, text: str) -> Cell | None:
        if len(text) > self.limits.text:
            raise self._refused(ProblemCode.CELL_TOO_LONG, self.limits.text, cell=self._address())
        return Cell(text) if text and not text.isspace() else None

    def _number_cell(self, raw: str) -> Cell:
        form = self.forms[self._style] if 0 <= self._style < len(self.forms) else PLAIN
        try:
            number = Decimal(raw.strip())
        except InvalidOperation:
            return Cell(raw, flaw=Flaw.ERROR)
        if not number.is_finite() or abs(number) > Decimal(10) ** 18:
            return Cell(raw, flaw=Flaw.ERROR)
        if form.date:
            return self._date_cell(number, form)
        return Cell(_rounded(number * 100 if form.percent else number), form)

    def _date_cell(self, serial: Decimal, form: Form) -> Cell:
        days = int(serial)
        if not 1 <= days <= 2_900_000:
            return Cell(_rounded(serial))
        return Cell(self.epoch + timedelta(days=days), form)

    def _merge(self, reference: str) -> None:
        found = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})", reference)
        if not found:
            return
        left, top, right, bottom = found.groups()
        if int(bottom) - int(top) > self.limits.merged_rows or len(self.merged) >= self.limits.merges:
            raise Refused(ProblemCode.MERGE_TOO_BIG, sheet=self.title, range=reference)
        self.merged.append(Range(int(top), _column(left), int(bottom), _column(right)))

    def _address(self) -> str:
        from openpyxl.utils.cell import get_column_letter

        return f"{get_column_letter(max(self._column, 1))}{self._row}"

    def _refused(self, code: ProblemCode, limit: int, **params: str) -> Refused:
        return Refused(code, sheet=self.title, limit=str(limit), **params)


def _rounded(number: Decimal) -> Decimal:
    """A binary fraction as a spreadsheet shows it: 15 significant digits, no needless zeros."""
    if number == 0:
        return Decimal(0)
    number = number.quantize(Decimal(1).scaleb(number.adjusted() - 14)).normalize()
    exponent = number.as_tuple().exponent
    return number.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else number


def _iso_cell(raw: str) -> Cell:
    try:
        return Cell(datetime.fromisoformat(raw.strip().removesuffix("Z")).date(), Form(date=True))
    except ValueError:
        return Cell(raw, flaw=Flaw.ERROR)


def _number(raw: str | None, otherwise: int) -> int:
    return int(raw) if raw and len(raw) < 10 and raw.isascii() and raw.isdigit() else otherwise


def _column(reference: str | None) -> int:
    """The number of the column that a reference begins with; 0 where it has none."""
    number = 0
    for char in (reference or "")[:4]:
        if not "A" <= char <= "Z":
            break
        number = number * 26 + ord(char) - 64
    return number
