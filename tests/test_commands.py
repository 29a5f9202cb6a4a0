"""The command line as an operator meets it: each command a process of its own, in a fresh folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "bot" / "demo" / "ninh-thuan-2025.xlsx"
Ran = subprocess.CompletedProcess[str]


def run(folder: Path, *arguments: str, said: str = "", **settings: str) -> Ran:
    """Run `python -m bot …` in `folder` with nothing in its environment but the settings given."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TIENDO_")}
    environment = clean | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | settings
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, input=said, capture_output=True, text=True, timeout=60, check=False
    )


def test_run_without_a_token_says_what_is_missing(tmp_path: Path) -> None:
    ran = run(tmp_path, "run")
    assert ran.returncode == 2
    assert "TIENDO_TOKEN" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(("language", "word"), [("vi", "múi giờ"), ("bn", "সময়-অঞ্চল"), ("en", "time zone")])
def test_a_wrong_setting_is_told_in_the_operators_language(tmp_path: Path, language: str, word: str) -> None:
    ran = run(tmp_path, "check", TIENDO_TIMEZONE="Mars/Olympus", TIENDO_LANGUAGE=language)
    assert ran.returncode == 2
    assert "TIENDO_TIMEZONE" in ran.stderr
    assert word in ran.stderr


def test_a_database_that_is_not_ours_to_use_is_a_wrong_setting(tmp_path: Path) -> None:
    ran = run(tmp_path, "check", TIENDO_DATABASE_URL="mysql://u:secret@x/y")
    assert (ran.returncode, len(ran.stderr.splitlines()), "TIENDO_DATABASE_URL" in ran.stderr) == (2, 1, True)
    assert "secret" not in ran.stderr


def test_wrong_usage_ends_with_2(tmp_path: Path) -> None:
    assert run(tmp_path, "fly").returncode == 2
    assert run(tmp_path, "load").returncode == 2


def test_a_fresh_folder_gets_its_database_and_check_says_that_no_plan_is_loaded(tmp_path: Path) -> None:
    ran = run(tmp_path, "check")
    assert ran.returncode == 1
    assert (tmp_path / "tiendo.db").exists()
    assert "Chưa" in ran.stdout


def test_a_backup_of_a_loaded_plan_exports_the_same(tmp_path: Path) -> None:
    assert run(tmp_path, "load", str(SAMPLE)).returncode == 0
    told = run(tmp_path, "backup", "copy.db")
    assert (told.returncode, told.stdout.strip()) == (0, "copy.db")
    assert run(tmp_path, "backup", "copy.db").returncode == 1
    restored = {"TIENDO_DATABASE_URL": "sqlite:///copy.db"}
    again = run(tmp_path, "load", str(SAMPLE), "--dry-run", **restored)
    assert again.returncode == 0
    assert "2025" in run(tmp_path, "check", **restored).stdout


def test_understand_answers_each_line_in_order(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": "NV05 60%", "unit": "STTTT", "reply_to": None, "previous": None},
        {"id": "b", "text": "কাজ ৫ শেষ", "unit": "SYT", "reply_to": None, "previous": None},
    ]
    said = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    ran = run(tmp_path, "understand", "--plan", str(SAMPLE), "--today", "2025-06-18", said=said)
    first, second = (json.loads(line) for line in ran.stdout.splitlines())
    assert (first["id"], first["lang"], first["acts"][0]["slots"]) == ("a", "vi", {"item": "NV05", "percent": 60})
    assert (second["id"], second["lang"], second["acts"][0]["slots"]) == ("b", "bn", {"item": "NV05", "state": "done"})
    assert ran.stderr == ""


def test_a_file_that_is_no_plan_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "plan.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n")
    for command in (["load", "plan.xlsx"], ["standing", "--plan", "plan.xlsx"], ["understand", "--plan", "plan.xlsx"]):
        ran = run(tmp_path, *command)
        assert ran.returncode == 1, command
        assert "Traceback" not in ran.stderr, command
        assert ran.stdout == "", command
