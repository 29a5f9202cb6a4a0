"""The arrows of the house: who may import whom, and which rooms stay pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = (
    "bot.rules", "bot.language", "bot.services", "bot.views", "bot.workbook", "bot.delivery", "bot.demo", "bot.live",
    "handlers", "storage",
)  # fmt: skip

# What a room may import of ours, beside itself. `bot/app.py`, `bot/__main__.py` and the command lines wire everything.
ARROWS = {
    "bot.rules": set(),
    "bot.language": {"bot.rules"},
    "bot.workbook": {"bot.rules"},
    "storage": {"bot.rules"},
    "bot.services": {"bot.rules", "bot.workbook", "storage"},
    "bot.views": {"bot.rules", "bot.workbook"},  # workbook: the headings that a workbook's problems name
    "bot.delivery": {"bot.rules", "bot.views", "storage"},
    "bot.live": {"bot.rules", "bot.services", "bot.views"},
    "handlers": {"bot.rules", "bot.language", "bot.services", "bot.views", "bot.workbook", "bot.delivery", "storage"},
}
ALSO = {"handlers": {"bot.clock", "bot.settings"}}
OUTSIDE = ("telegram", "sqlalchemy", "apscheduler", "babel", "aiohttp")
PURE = {"bot.rules": OUTSIDE, "bot.language": OUTSIDE, "bot.workbook": OUTSIDE, "bot.views": ("telegram", "sqlalchemy")}
CLOCKS = ("now", "today", "utcnow", "time", "monotonic")


def _room_of(module: str) -> str | None:
    return next((room for room in ROOMS if module == room or module.startswith(room + ".")), None)


def _files() -> Iterator[tuple[str, Path]]:
    for top in ("bot", "handlers", "storage"):
        for path in (ROOT / top).rglob("*.py"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield module, path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module


FILES = list(_files())


@pytest.mark.parametrize(("module", "path"), FILES, ids=[module for module, _ in FILES])
def test_arrows_point_one_way(module: str, path: Path) -> None:
    room = _room_of(module)
    if room is None or room == "bot.demo":
        return
    ours = {name for name in _imports(path) if name.split(".")[0] in ("bot", "handlers", "storage")}
    allowed = {room, *ARROWS[room], *ALSO.get(room, ())}
    strays = {name for name in ours if not any(name == a or name.startswith(a + ".") for a in allowed)}
    assert strays - {"bot", "bot.rules"} == set()


def test_the_stand_in_imports_nothing_of_ours() -> None:
    for module, path in FILES:
        if module.startswith("bot.demo.") and module != "bot.demo.morning":
            ours = {n for n in _imports(path) if n.split(".")[0] in ("bot", "handlers", "storage")}
            assert all(name.startswith("bot.demo") for name in ours), module


@pytest.mark.parametrize("room", sorted(PURE))
def test_pure_rooms_know_nothing_of_the_outside(room: str) -> None:
    for module, path in FILES:
        if _room_of(module) == room:
            strays = {name for name in _imports(path) if name.split(".")[0] in PURE[room]}
            assert strays == set(), module


@pytest.mark.parametrize("room", ["bot.rules", "bot.language"])
def test_rules_never_read_a_clock(room: str) -> None:
    for module, path in FILES:
        if _room_of(module) != room:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
                owner = node.func.value
                named = isinstance(owner, ast.Name) and owner.id in ("datetime", "date", "time")
                assert not named, f"{module}:{node.lineno} reads the clock"
