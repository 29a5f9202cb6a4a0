"""Units by any of their names, and cells that name several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.rules.plan import GROUP, Unit
from bot.workbook.text import clean, initials, key, nearest, plain


def name_key(name: str) -> str:
    """`key`, with the words that head the names of localities written one way (UBND, TP)."""
    said = key(name)
    for long, short in (("uybannhandan", "ubnd"), ("thanhpho", "tp")):
        said = said.replace(long, short)
    return said


@dataclass(frozen=True, slots=True)
class Directory:
    """Which unit a name means. A name that two units share means neither; a code always wins."""

    exact: frozenset[str]
    codes: Mapping[str, str]
    names: Mapping[str, frozenset[str]]
    written: Mapping[str, str]  # a name as written -> its unit's code, for suggestions

    def find(self, name: str) -> str | None:
        """The code of the one unit that `name` means, by code, name or alias."""
        found = self.candidates(name)
        return next(iter(found)) if len(found) == 1 else None

    def candidates(self, name: str) -> frozenset[str]:
        if name in self.exact:
            return frozenset({name})
        said = name_key(name)
        if said in self.codes:
            return frozenset({self.codes[said]})
        return self.names.get(said, frozenset())

    def nearest(self, name: str) -> tuple[str, str]:
        """The known name most like `name`, and its code; two empty texts where none is."""
        like = nearest(name, self.written)
        return like, self.written.get(like, "")


def directory_of(units: Iterable[Unit]) -> Directory:
    exact: set[str] = set()
    codes: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    written: dict[str, str] = {}
    for unit in units:
        exact.add(unit.code)
        codes.setdefault(name_key(unit.code), unit.code)
        for name in filter(None, (unit.name_vi, unit.name_bn, *unit.aliases)):
            names.setdefault(name_key(name), set()).add(unit.code)
            written.setdefault(name, unit.code)
    return Directory(frozenset(exact), codes, {k: frozenset(v) for k, v in names.items()}, written)


_SEPARATOR = re.compile(r"\s*(?:[;,\n\r]|(?<!\w)và(?!\w)|(?<!\w)ও(?!\w)|(?<!\w)এবং(?!\w))\s*", re.IGNORECASE)
_BULLET = re.compile(r"^[\s\-–—+*•.]+")
_OPENINGS = (
    "bo", "so", "ban", "cuc", "chi cuc", "tong cuc", "van phong", "cong an", "ubnd", "uy ban", "ngan hang", "hoi",
    "vien", "trung tam", "tap doan", "tong cong ty", "cong ty", "bao hiem", "kho bac", "toa an", "thanh tra",
    "tinh doan", "tinh uy", "thanh uy", "lien doan", "lien minh", "mat tran", "truong", "dai hoc", "hoc vien",
    "dai phat thanh", "doan thanh nien", "hiep hoi", "quy", "buu dien",
)  # fmt: skip
_OPENING = re.compile(r"(?:" + "|".join(_OPENINGS) + r")\b\s*\S")
_GROUP = re.compile(r"(?:(?:ubnd|uy ban nhan dan)\s+)?(?:cac\b|cap (?:huyen|xa)\b)")


def is_group_name(name: str) -> bool:
    """Whether a name stands for several units: "Các sở, ban, ngành", "UBND các huyện"."""
    return _GROUP.match(plain(name)) is not None


def begins_like_unit(piece: str) -> bool:
    """Whether a piece of a cell begins like a unit of its own: "Sở …", "các …", or a word in capitals such as VTV."""
    said = plain(piece)
    if said.startswith("cac "):
        return True
    if not piece[:1].isupper() or said in ("ban nganh", "ban, nganh"):
        return False
    first = re.split(r"[\s(]", piece, maxsplit=1)[0]
    return bool(_OPENING.match(said)) or (len(first) > 1 and first.isupper())


@dataclass(slots=True)
class _Pieces:
    """A cell cut at every separator: the pieces, and where each stands in the cell."""

    text: str
    spans: Sequence[tuple[int, int]]
    firm: Sequence[bool]  # whether the cut before a piece can be nothing else (";")

    def between(self, first: int, last: int) -> str:
        return _BULLET.sub("", clean(self.text[self.spans[first][0] : self.spans[last][1]])).rstrip(" .:")


def _pieces(text: str) -> _Pieces:
    spans: list[tuple[int, int]] = []
    firm: list[bool] = []
    at, certain = 0, True
    for cut in (*_SEPARATOR.finditer(text), None):
        end = cut.start() if cut else len(text)
        if text[at:end].strip(" .:-–—+*•\t"):
            spans.append((at, end))
            firm.append(certain)
            certain = False
        if cut:
            certain = certain or ";" in cut.group()
            at = cut.end()
    return _Pieces(text, spans, firm)


def split_units(text: str, known: Directory) -> Iterator[str]:
    """The units that a cell names, as written. Known names are matched first, the longest that fits.

    Elsewhere the cell is cut only where the next piece begins like a unit, or at a semicolon.
    """
    pieces = _pieces(text)
    at = 0
    while at < len(pieces.spans):
        last = _known_until(pieces, at, known)
        if last is None:
            last = _unknown_until(pieces, at, known)
        yield pieces.between(at, last)
        at = last + 1


def _known_until(pieces: _Pieces, at: int, known: Directory) -> int | None:
    """The last piece of the longest known name that begins at `at`, if what follows can begin another."""
    longest = min(len(pieces.spans), at + 8)
    for last in range(longest - 1, at - 1, -1):
        if known.candidates(pieces.between(at, last)) and _can_begin(pieces, last + 1, known):
            return last
    return None


def _can_begin(pieces: _Pieces, at: int, known: Directory) -> bool:
    if at >= len(pieces.spans) or pieces.firm[at]:
        return True
    if begins_like_unit(pieces.between(at, at)):
        return True
    longest = min(len(pieces.spans), at + 8)
    return any(known.candidates(pieces.between(at, last)) for last in range(at, longest))


def _unknown_until(pieces: _Pieces, at: int, known: Directory) -> int:
    last = at
    while last + 1 < len(pieces.spans) and not _can_begin(pieces, last + 1, known):
        last += 1
    return last


@dataclass(slots=True)
class Taken:
    """The codes that are in use, whatever their case."""

    codes: set[str]
    _last: dict[str, int] = field(default_factory=dict)

    def fresh(self, wished: str) -> str:
        """`wished`, numbered where another has it already; in use from now on."""
        code, number = wished, self._last.get(wished, 1)
        while code.casefold() in self.codes:
            number += 1
            code = f"{wished}{number}"
        self._last[wished] = number
        self.codes.add(code.casefold())
        return code


@dataclass(slots=True)
class NewUnits:
    """The units that a reading met and the Units sheet lacks, in the order met."""

    taken: Taken
    by_name: dict[str, Unit] = field(default_factory=dict)

    def add(self, name: str) -> Unit:
        """The unit made for a name: a code from its initials, a group where the name is one."""
        said = name_key(name)
        if said not in self.by_name:
            code = self.taken.fresh(initials(name) or "DV")
            self.by_name[said] = Unit(code, name, kind=GROUP if is_group_name(name) else None)
        return self.by_name[said]
