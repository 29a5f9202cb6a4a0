"""The languages, the sample plan and its reader, loaded once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from bot.language import Languages, Reader
from bot.rules.acts import Act, Situation
from bot.rules.plan import Plan
from bot.workbook import read_workbook

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "locales"
NOW = datetime.combine(date(2025, 6, 18), time(9))  # a Wednesday

Say = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def languages() -> Languages:
    return Languages.load(LOCALES)


@pytest.fixture(scope="session")
def plan() -> Plan:
    loaded = read_workbook(ROOT / "bot" / "demo" / "ninh-thuan-2025.xlsx")
    assert loaded.plan is not None
    return loaded.plan


@pytest.fixture(scope="session")
def reader(languages: Languages, plan: Plan) -> Reader:
    return Reader(languages, plan)


@pytest.fixture(scope="session")
def say(reader: Reader) -> Say:
    """What a message is read as: one dictionary an act, its slots beside `intent` and `sure`."""

    def read(text: str, unit: str | None = "STTTT", reply_to: str | None = None, previous: Act | None = None) -> Any:
        understood = reader.read(text, Situation(NOW, unit, reply_to, previous))
        return [{"intent": str(a.intent), "sure": a.sure, **a.slots} for a in understood.acts]

    return read
