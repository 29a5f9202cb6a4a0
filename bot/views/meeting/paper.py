"""What a paper is made of, whatever prints it: a letterhead, blocks of text and tables, an annex."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """To which side a column leans."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a section, 2 a part of one."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph; `lead` are its first words in bold, `bullet` makes it an entry of a list."""

    text: str
    lead: str = ""
    bullet: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, its share of the width, and its side."""

    head: str
    width: float
    side: Side = Side.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under headings that repeat on every page; the last `totals` rows are in bold."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: int = 0


Block = Heading | Para | Table


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head of an official paper: who issues it, the state's name and motto, number, place and date."""

    authority: str
    issuer: str
    state: str
    motto: str
    number: str
    dated: str


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of an official paper: who receives it, who signs."""

    recipients_title: str
    recipients: tuple[str, ...]
    signer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. `annex` comes after the signature, on pages of its own; `page` is the words for a page number."""

    lang: str
    letterhead: Letterhead
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    closing: Closing
    annex: tuple[Block, ...]
    source: str
