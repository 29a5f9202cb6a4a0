"""`reminders`: what would be sent on a day, what is held back, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import main

SAMPLE = Path(__file__).parents[1] / "bot" / "demo" / "ninh-thuan-2025.xlsx"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["reminders", *arguments]) == 0
    return capsys.readouterr().out


def of(text: str, name: str) -> str:
    """What is said of one person."""
    return next(part for part in text.split("\n\n") if part.startswith(name))


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIENDO_LANGUAGE", "vi")
    return tmp_path


def test_for_each_person_what_is_sent_and_what_is_held_back(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "--plan", str(SAMPLE), "--today", "2025-06-09", "--why")
    leader = of(text, "Phạm Đăng Khoa")
    assert "08:00 danh sách nhắc việc buổi sáng" in leader
    assert "+ NV27 (quá hạn 40 ngày)" in leader
    assert ": đã có báo cáo" in text
    assert "không có việc cần nhắc: không gửi" in of(text, "Đỗ Trung Kiên")
    short = told(capsys, "--plan", str(SAMPLE), "--today", "2025-06-09")
    assert "+ NV27" in short
    assert "Đỗ Trung Kiên" not in short
    assert "\n    - " not in short


def test_a_day_off_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Ngày nghỉ: không gửi gì." in told(capsys, "--plan", str(SAMPLE), "--today", "2025-09-02", "--why")


def test_from_the_database_as_well_and_nothing_is_written(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert main(["reminders", "--today", "2025-06-09"]) == 1
    assert "kế hoạch" in capsys.readouterr().err
    assert main(["load", str(SAMPLE)]) == 0
    capsys.readouterr()
    before = (folder / "tiendo.db").read_bytes()
    assert "+ NV27 (quá hạn 40 ngày)" in told(capsys, "--today", "2025-06-09", "--why")
    assert (folder / "tiendo.db").read_bytes() == before
