"""A leader reports in one line, sees it on record, corrects it, takes it back, and proves it."""

from __future__ import annotations

from tests.scenarios.conftest import Town


async def test_a_sure_report_goes_on_record_at_once(town: Town) -> None:
    card = await town.says(town.leader, "NV05 60% vướng kinh phí, đề xuất bổ sung")
    assert "NV05" in card.text
    assert "60%" in card.text
    assert "kinh phí" in card.text
    assert card.labels
