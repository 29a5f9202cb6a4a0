"""Messages as other writers typed them, about other provinces' plans: what is read right today stays so.

Each was once met for the first time; many were misread then. They say nothing of how messages not met yet are read:
that takes a writer who has not seen these.
"""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import Any

import pytest

from bot.language import Languages, Reader
from bot.rules.acts import ACTIONS, Act, Situation
from bot.workbook import read_workbook
from tests.language.score import act_right
from tests.language.test_corpus import CORPUS

PLANS = tuple(path.stem for path in sorted(CORPUS.glob("*-2026.xlsx")))


@pytest.fixture(scope="module")
def readers(languages: Languages) -> dict[str, Reader]:
    return {name: Reader(languages, read_workbook(CORPUS / f"{name}.xlsx").plan) for name in PLANS}


def typed(lang: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / f"typed.{lang}.jsonl").read_text(encoding="utf-8").splitlines()]


def read(reader: Reader, row: dict[str, Any]) -> list[dict[str, Any]]:
    now = datetime.combine(date.fromisoformat(row["today"]), time(9))
    previous = Act.from_json(row["previous"]) if row["previous"] else None
    return [a.as_json() for a in reader.read(row["text"], Situation(now, row["unit"], row["reply_to"], previous)).acts]


@pytest.mark.parametrize("lang", ["vi", "bn"])
def test_what_was_typed_is_read_as_it_was_meant(readers: dict[str, Reader], lang: str) -> None:
    wrong = {}
    for row in typed(lang):
        acts = read(readers[row["plan"]], row)
        right = len(acts) == len(row["acts"]) and all(map(act_right, row["acts"], acts))
        sure = [a["sure"] for a in row["acts"] if a["intent"] in ACTIONS]
        if not right or all(sure) != all(a["sure"] for a in acts if a["intent"] in ACTIONS):
            wrong[row["text"]] = acts
    assert wrong == {}
