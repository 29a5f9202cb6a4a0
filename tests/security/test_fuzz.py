"""A short run of the fuzzer; the long one is among the benchmarks."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.delivery.inbox import chat_of, incoming
from tests.bench.fuzz import fuzzed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PARTS = st.dictionaries(st.sampled_from(("update_id", "message", "callback_query", "chat", "from", "id", "x")), JSON)


async def test_nothing_escapes_and_everybody_is_answered(tmp_path: Path) -> None:
    found = await fuzzed(tmp_path, texts=250, updates=250, workbooks=8)
    assert (found.unanswered, found.escaped) == (0, ())
    assert (found.unfinished, found.beyond) == (0, 0)
    assert found.aside > 0
    assert found.broken == 0


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(raw=JSON | PARTS)
def test_whatever_comes_can_be_kept(raw: object) -> None:
    kept = incoming(raw)
    assert kept.raw.isascii()
    assert len(kept.digest) == 64
    assert isinstance(chat_of(raw) if isinstance(raw, dict) else None, int | None)
