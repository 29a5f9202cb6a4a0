"""The README's unit for systemd is one that systemd accepts, and it shuts the process in."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def unit() -> str:
    found = re.search(r"```ini\n(\[Unit\].*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found, "the README has a unit"
    return found[1]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_accepts_it(tmp_path: Path) -> None:
    here = unit().replace("/opt/tiendo/.venv/bin/python", shutil.which("true") or "/bin/true")
    path = tmp_path / "tiendo.service"
    path.write_text(here, encoding="utf-8")
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    complaints = [line for line in ran.stderr.splitlines() if "tiendo.service" in line]
    assert (ran.returncode, complaints) == (0, []), ran.stderr


@pytest.mark.parametrize(
    "line",
    ["DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "Restart=always"],
)
def test_it_is_hardened(line: str) -> None:
    assert line in unit().splitlines()


def test_it_stops_later_than_the_bot_needs() -> None:
    seconds = re.search(r"TimeoutStopSec=(\d+)", unit())
    assert seconds
    assert int(seconds[1]) > 10
