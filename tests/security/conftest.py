"""The town of the scenarios, for those who try to get in."""

from __future__ import annotations

from tests.scenarios.conftest import database, prepared, town

__all__ = ["database", "prepared", "town"]
