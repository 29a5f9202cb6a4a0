"""The development messages: 200 a language, read as two careful clerks agreed to read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.language import Reader
from bot.rules.acts import Act, Situation
from tests.language.conftest import NOW
from tests.language.score import Measures, confusions, measured

CORPUS = Path(__file__).parents[1] / "data" / "corpus"


def rows_of(lang: str) -> list[dict[str, Any]]:
    lines = (CORPUS / f"dev.{lang}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def read_all(reader: Reader, rows: list[dict[str, Any]]) -> Measures:
    got = {}
    for row in rows:
        previous = Act.from_json(row["previous"]) if row["previous"] else None
        understood = reader.read(row["text"], Situation(NOW, row["unit"], row["reply_to"], previous))
        got[row["id"]] = {"lang": understood.lang, "acts": [a.as_json() for a in understood.acts]}
    return measured(rows, got)


@pytest.fixture(scope="module", params=["vi", "bn"])
def figures(request: pytest.FixtureRequest, reader: Reader) -> Measures:
    return read_all(reader, rows_of(request.param))


def test_frames_intents_and_slots_reach_their_bars(figures: Measures) -> None:
    told = "\n".join([figures.summary(), *confusions(figures), f"wrong: {figures.wrong}"])
    assert figures.messages == 200
    assert figures.frame_accuracy >= 0.95, told
    assert figures.intent_accuracy >= 0.96, told
    assert figures.slot_f1 >= 0.95, told
    assert figures.langs >= 196, told


def test_no_action_is_wrong_and_sure(figures: Measures) -> None:
    assert figures.wrong_and_sure == []


def test_few_are_rash_and_few_doubt_needlessly(figures: Measures) -> None:
    assert len(figures.rash) <= 2, figures.rash
    assert len(figures.needless) <= 6, figures.needless


def test_knows_what_it_does_not_know(figures: Measures) -> None:
    assert figures.none_recall >= 0.95
    assert figures.none_precision >= 0.92
