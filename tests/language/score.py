"""The measures of understanding, as the contract of understanding defines them: `measured(gold, got)`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FREE = {"difficulty", "proposal", "reason"}
ACTIONS = {"update", "extend", "remind", "undo", "language"}
Row = Mapping[str, Any]


@dataclass
class Measures:
    """Counts over a corpus; the shares are computed from them."""

    messages: int = 0
    frames: int = 0
    acts: int = 0
    intents: int = 0
    langs: int = 0
    hits: int = 0
    extra: int = 0
    missed: int = 0
    wrong_and_sure: list[str] = field(default_factory=list)
    rash: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)
    none: Counter[str] = field(default_factory=Counter)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def frame_accuracy(self) -> float:
        return self.frames / max(1, self.messages)

    @property
    def intent_accuracy(self) -> float:
        return self.intents / max(1, self.acts)

    @property
    def slot_f1(self) -> float:
        return 2 * self.hits / max(1, 2 * self.hits + self.extra + self.missed)

    @property
    def none_recall(self) -> float:
        return self.none["hit"] / max(1, self.none["hit"] + self.none["missed"])

    @property
    def none_precision(self) -> float:
        return self.none["hit"] / max(1, self.none["hit"] + self.none["extra"])

    def summary(self) -> str:
        return (
            f"{self.messages} messages: frames {self.frame_accuracy:.3f}, intents {self.intent_accuracy:.3f}, "
            f"slots {self.slot_f1:.3f}, lang {self.langs / max(1, self.messages):.3f}, "
            f"wrong and sure {len(self.wrong_and_sure)}, rash {len(self.rash)}, needless {len(self.needless)}, "
            f"none {self.none_recall:.3f}/{self.none_precision:.3f}"
        )


def token_f1(a: str, b: str) -> float:
    left, right = Counter(_words(a)), Counter(_words(b))
    common = sum((left & right).values())
    return 2 * common / (sum(left.values()) + sum(right.values())) if common else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"[\w\u0980-\u09ff]+", unicodedata.normalize("NFC", str(text)).lower())


def same_slot(name: str, gold: Any, got: Any) -> bool:
    if name in FREE:
        return token_f1(gold, got) >= 0.6
    if name == "candidates":
        return bool(set(gold) & set(got or ()))
    if isinstance(gold, (int, float)) and not isinstance(gold, bool):
        return isinstance(got, (int, float)) and abs(float(gold) - float(got)) < 1e-6
    return bool(gold == got)


def slots_of(act: Row) -> dict[str, Any]:
    return {k: v for k, v in (act.get("slots") or {}).items() if k != "note" and v is not None and v != ""}


def act_right(gold: Row, got: Row) -> bool:
    a, b = slots_of(gold), slots_of(got)
    return gold["intent"] == got["intent"] and a.keys() == b.keys() and all(same_slot(k, a[k], b[k]) for k in a)


def measured(gold: Sequence[Row], got: Mapping[str, Row]) -> Measures:
    """`gold` rows against what was understood, by id."""
    m = Measures()
    for row in gold:
        _count(m, row, got[row["id"]])
    return m


def _count(m: Measures, row: Row, out: Row) -> None:
    wanted, acts = row["acts"], out["acts"]
    right = len(acts) == len(wanted) and all(map(act_right, wanted, acts))
    m.messages += 1
    m.frames += right
    m.langs += out["lang"] == row["lang"]
    if not right:
        m.wrong.append(row["id"])
    for at, act in enumerate(wanted):
        _count_act(m, act, acts[at] if at < len(acts) else {"intent": "", "slots": {}})
    m.extra += sum(len(slots_of(a)) for a in acts[len(wanted) :])
    _count_trust(m, row, acts, right)


def _count_act(m: Measures, gold: Row, got: Row) -> None:
    hit = gold["intent"] == got["intent"]
    m.acts += 1
    m.intents += hit
    m.confusion[gold["intent"], got["intent"]] += 1
    a, b = slots_of(gold), slots_of(got)
    good = sum(hit and k in b and same_slot(k, a[k], b[k]) for k in a)
    m.hits, m.extra, m.missed = m.hits + good, m.extra + len(b) - good, m.missed + len(a) - good
    m.none["hit"] += gold["intent"] == "none" and hit
    m.none["missed"] += gold["intent"] == "none" and not hit
    m.none["extra"] += gold["intent"] != "none" and got["intent"] == "none"


def _count_trust(m: Measures, row: Row, acts: Sequence[Row], right: bool) -> None:
    wanted = row["acts"]
    bold = [a for a in acts if a["intent"] in ACTIONS and a.get("sure")]
    if any(not any(act_right(g, a) for g in wanted) for a in bold):
        m.wrong_and_sure.append(row["id"])
    if any(act_right(g, a) and not g.get("sure", True) for a in bold for g in wanted):
        m.rash.append(row["id"])
    sure = all(g.get("sure", True) for g in wanted) and any(g["intent"] in ACTIONS for g in wanted)
    if right and sure and not all(a.get("sure") for a in acts):
        m.needless.append(row["id"])


def confusions(m: Measures) -> Iterable[str]:
    return (f"{a} read as {b or 'nothing'}: {n}" for (a, b), n in sorted(m.confusion.items()) if a != b)
