"""What a message names that cannot be: an item that the plan lacks or has withdrawn, a percentage beyond the whole.

The contract of understanding leaves both out of the slots. A clear answer needs them, so that "NV99 50%" is told that
there is no NV99, and "NV20 130%" that a percentage ends at 100.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.rules.plan import Plan

PERCENT = re.compile(r"(?<![\d.,])((?<![\w%])-)?(\d{1,6})(?:[.,]\d+)?\s*%")
LETTERS = re.compile(r"[A-Z]+")
CODE = re.compile(r"(?<![^\W\d_])([a-z]+)[ .-]?0*(\d{1,4}(?:\.\d{1,3})*)(?!\w)", re.IGNORECASE)
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Misfits:
    """The first code that the plan lacks (written like its own) or has withdrawn; the first percentage not in 0–100."""

    code: str | None = None
    percent: int | None = None


def misfits(text: str, plan: Plan) -> Misfits:
    """What `text` names that cannot be. Digits may be of any script."""
    plain = "".join(str(unicodedata.digit(c, c)) for c in unicodedata.normalize("NFKC", text))
    return Misfits(_unknown_code(plain, plan), _beyond(plain))


def _unknown_code(plain: str, plan: Plan) -> str | None:
    written = [(letters.upper(), number) for letters, number in CODE.findall(plain)]
    missing = []
    for letters, number in written:
        item = plan.item.get(f"{letters}{number.zfill(2)}") or plan.item.get(f"{letters}{number}")
        if item is None:
            missing.append((letters, f"{letters}{number.zfill(2)}"))
        elif item.withdrawn:
            return item.code
    if not missing:
        return None
    prefixes = {found.group() for code in plan.item if (found := LETTERS.match(code))}
    return next((code for letters, code in missing if letters in prefixes), None)


def _beyond(plain: str) -> int | None:
    said = (-int(digits) if sign else int(digits) for sign, digits in PERCENT.findall(plain))
    return next((n for n in said if not 0 <= n <= WHOLE), None)
