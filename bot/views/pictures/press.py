"""The press: typst templates and their data to PNG or PDF, off the event loop, kept by content."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typst

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
ROOM = 24 * 1024 * 1024  # bytes of finished sheets that are kept
SPARE_BURST, SPARE_A_SECOND = 5.0, 1.0  # pictures that were not asked for as such
PIXELS_PER_INCH = 216.0  # three pixels a point: 360 points are a phone's 1080 pixels

# What the fonts of `fonts/` can draw. Anything else (emoji, other scripts) is left out of a picture, never a box.
COVERED = (
    "\\u0020-\\u007e\\u00a0-\\u017f\\u01a0\\u01a1\\u01af\\u01b0\\u0218-\\u021b\\u0300-\\u0303\\u0309\\u031b\\u0323"
    "\\u0964\\u0965\\u0980-\\u0983\\u0985-\\u098c\\u098f\\u0990\\u0993-\\u09a8\\u09aa-\\u09b0\\u09b2\\u09b6-\\u09b9"
    "\\u09bc-\\u09c4\\u09c7\\u09c8\\u09cb-\\u09ce\\u09d7\\u09dc\\u09dd\\u09df-\\u09e3\\u09e6-\\u09fb"
    "\\u1ea0-\\u1ef9\\u200c\\u200d\\u2010-\\u2015\\u2018-\\u201e\\u2020-\\u2022\\u2026\\u2030\\u2032\\u2033\\u2039\\u203a"
    "\\u20ab\\u20ac\\u20b9\\u2116\\u2122\\u2190-\\u2193\\u2212\\u2248\\u2260\\u2264\\u2265"
)
UNCOVERED = re.compile(f"[^{COVERED}\n]")


class Kind(StrEnum):
    """What a sheet is printed as."""

    PNG = "png"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed: a template of this folder by its name, and its data as JSON text."""

    template: str
    data: str
    kind: Kind = Kind.PNG

    @staticmethod
    def of(template: str, data: Mapping[str, Any], kind: Kind = Kind.PNG) -> Sheet:
        """The sheet of a template with JSON values, reduced to what the fonts can draw."""
        return Sheet(template, drawable(json.dumps(data, ensure_ascii=False, separators=(",", ":"))), kind)

    @property
    def key(self) -> str:
        return hashlib.sha256(f"{self.template}\0{self.kind}\0{self.data}".encode()).hexdigest()


def drawable(text: str) -> str:
    """The text in composed form, without the characters that our fonts lack."""
    return UNCOVERED.sub("", unicodedata.normalize("NFC", text))


class Press:
    """Prints sheets. Pictures and documents have a thread each, so that a long report holds up no picture."""

    def __init__(self, room: int = ROOM) -> None:
        self._room, self._used = room, 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._compilers: dict[str, typst.Compiler] = {}
        self._tokens, self._counted_at = SPARE_BURST, 0.0
        self._threads = {kind: ThreadPoolExecutor(1, f"press-{kind}") for kind in Kind}

    async def printed(self, sheet: Sheet) -> bytes:
        """The sheet's file, from what is kept or printed now in a thread."""
        kept = self._kept.get(sheet.key)
        if kept is not None:
            self._kept.move_to_end(sheet.key)
            return kept
        loop = asyncio.get_running_loop()
        made = await loop.run_in_executor(self._threads[sheet.kind], self.print_now, sheet)
        self._keep(sheet.key, made)
        return made

    def has_time(self, now: float) -> bool:
        """Whether there is time for a picture that an answer can do without: a few a second. `now` in seconds."""
        self._tokens = min(SPARE_BURST, self._tokens + (now - self._counted_at) * SPARE_A_SECOND)
        self._counted_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def print_now(self, sheet: Sheet) -> bytes:
        """The sheet's file, printed here and now. One thread a kind at a time."""
        made = self._compiler(sheet.template).compile(
            format=sheet.kind.value, ppi=PIXELS_PER_INCH, sys_inputs={"data": sheet.data}
        )
        assert isinstance(made, bytes)  # pictures have one page
        return made

    def close(self) -> None:
        """Let the threads end."""
        for threads in self._threads.values():
            threads.shutdown(wait=False, cancel_futures=True)

    def _compiler(self, template: str) -> typst.Compiler:
        known = self._compilers.get(template)
        if known is None:
            import typst  # when the first picture is wanted: it takes memory that answers in words do not need

            known = typst.Compiler(HERE / template, root=HERE, font_paths=[FONTS], ignore_system_fonts=True)
            self._compilers[template] = known
        return known

    def _keep(self, key: str, made: bytes) -> None:
        """Keep a file; what was used longest ago makes room."""
        if len(made) > self._room or key in self._kept:
            return
        self._kept[key] = made
        self._used += len(made)
        while self._used > self._room:
            _, dropped = self._kept.popitem(last=False)
            self._used -= len(dropped)
