"""Messages in, acts out, as JSON lines: how understanding is measured, and how a maintainer asks why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from bot.language.reader import Reader
from bot.rules.acts import Act, Situation, Understood

MORNING = time(9, 0)  # "now" on a day that is given without a time of day


def understand_lines(
    reader: Reader, lines: Iterable[str], today: date, timer: Callable[[], float], why: bool = False
) -> Iterator[str]:
    """One JSON object a line, in the order of the lines: `id`, `lang`, `acts`, `ms` (and `why`).

    It is nine in the morning of `today`. `timer` gives seconds. A line that cannot be read gives an object with `error`
    (and `id`, where it has one); blank lines are passed over.
    """
    now = datetime.combine(today, MORNING)
    for line in lines:
        if line.strip():
            yield json.dumps(_answer(reader, line, now, timer, why), ensure_ascii=False)


def _answer(reader: Reader, line: str, now: datetime, timer: Callable[[], float], why: bool) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as wrong:
        return {"id": None, "error": f"not JSON: {wrong}"}
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return {"id": row.get("id") if isinstance(row, dict) else None, "error": "an object with a text is needed"}
    try:
        situation = _situation(row, now)
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        return {"id": row.get("id"), "error": f"previous cannot be read: {wrong}"}
    began = timer()
    understood = reader.read(row["text"], situation)
    return _shown(row, understood, (timer() - began) * 1000, why)


def _situation(row: Mapping[str, Any], now: datetime) -> Situation:
    previous = row.get("previous")
    return Situation(now, row.get("unit"), row.get("reply_to"), Act.from_json(previous) if previous else None)


def _shown(row: Mapping[str, Any], understood: Understood, ms: float, why: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": row.get("id"),
        "lang": understood.lang,
        "acts": [act.as_json() for act in understood.acts],
        "ms": round(ms, 3),
    }
    return {**shown, "why": list(understood.why())} if why else shown
