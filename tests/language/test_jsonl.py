"""JSON lines in and out."""

from __future__ import annotations

import json
from datetime import date
from itertools import count

from bot.language import Reader
from bot.language.jsonl import understand_lines

DAY = date(2025, 6, 18)


def answers(reader: Reader, *lines: str, why: bool = False) -> list[dict[str, object]]:
    ticks = count(0, 0.002)
    return [json.loads(line) for line in understand_lines(reader, lines, DAY, lambda: float(next(ticks)), why)]


def line(**fields: object) -> str:
    return json.dumps({"id": "a1", "unit": None, "reply_to": None, "previous": None, **fields}, ensure_ascii=False)


def test_acts_come_out_in_the_order_of_the_lines(reader: Reader) -> None:
    first, second = answers(reader, line(text="NV05 80%"), line(id="b2", text="কোন কাজ পিছিয়ে আছে"))
    assert first == {
        "id": "a1",
        "lang": "vi",
        "acts": [{"intent": "update", "slots": {"item": "NV05", "percent": 80}, "sure": True}],
        "ms": 2.0,
    }
    assert second["id"] == "b2"
    assert second["lang"] == "bn"


def test_the_situation_is_read(reader: Reader) -> None:
    previous = {"intent": "list", "slots": {"kind": "task", "state": "overdue"}, "sure": True}
    replied, followed = answers(
        reader, line(text="được 70%", reply_to="NV40"), line(text="còn Sở Y tế thì sao?", previous=previous)
    )
    assert replied["acts"] == [{"intent": "update", "slots": {"item": "NV40", "percent": 70}, "sure": True}]
    assert followed["acts"] == [
        {"intent": "list", "slots": {"kind": "task", "state": "overdue", "unit": "SYT"}, "sure": True}
    ]


def test_a_malformed_line_gives_an_error_and_the_rest_go_on(reader: Reader) -> None:
    broken, textless, wrong, good = answers(
        reader, "{not json", line(text=5), line(text="hi", previous={"intent": "dance"}), "", line(text="cảm ơn em")
    )
    assert "error" in broken
    assert textless["id"] == "a1" and "error" in textless
    assert "error" in wrong
    assert good["acts"] == [{"intent": "smalltalk", "slots": {}, "sure": True}]


def test_why_shows_rule_spans_and_runner_up(reader: Reader) -> None:
    (answer,) = answers(reader, line(text="NV05 được 80% chưa"), why=True)
    told = "\n".join(str(w) for w in answer["why"])  # type: ignore[union-attr]
    assert "rule: detail" in told
    assert "scores: " in told
    assert "[chưa]" in told
