"""The audit of the dependencies never calls sound what it could not look up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.security.audit import UNKNOWN, WEAK, main, verdict

SOUND = {"name": "a", "version": "1", "vulns": []}
BROKEN = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
UNSEEN = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code", "word"),
    [
        ([SOUND], 0, "1 of 1 packages looked up, 0 weaknesses"),
        ([SOUND, BROKEN, UNSEEN], WEAK, "b 2: PYSEC-1, fixed in 2.1"),
        ([SOUND, UNSEEN], UNKNOWN, "1 could not be looked up"),
    ],
)
def test_the_verdict(packages: list[dict[str, object]], code: int, word: str) -> None:
    ended, lines = verdict({"dependencies": packages})
    assert ended == code
    assert any(word in line for line in lines), lines


def test_a_service_that_cannot_be_reached_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offline = tmp_path / "pip-audit"
    offline.write_text("#!/bin/sh\necho 'Failed to resolve the host' >&2\nexit 1\n", encoding="ascii")
    offline.chmod(0o755)
    assert main(str(offline), "requirements.txt") == UNKNOWN
    assert "could not be reached" in capsys.readouterr().out
