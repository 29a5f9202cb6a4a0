"""On which database the tests run: SQLite, or a real PostgreSQL (`--database postgres`).

Tests marked `on_postgres` run on both, whatever is asked for: they always prove that PostgreSQL works.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from storage.database import upgrade
from tests.places import POSTGRES, SQLITE, Places, SqlitePlaces, postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=(SQLITE, POSTGRES), default=SQLITE, help="what the tests' stores are")

    parser.addoption("--thorough", action="store_true", help="every case where a usual run takes a part of them")


def pytest_configure(config: pytest.Config) -> None:
    # Speed is measured by the benchmarks; a busy machine must not fail a property.
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")
    config.addinivalue_line("markers", "on_postgres: runs on PostgreSQL as well as on the database asked for")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "places" in metafunc.fixturenames:
        asked = metafunc.config.getoption("database")
        both = metafunc.definition.get_closest_marker("on_postgres") is not None
        kinds = dict.fromkeys((asked, POSTGRES) if both else (asked,))
        metafunc.parametrize("places", list(kinds), indirect=True, scope="session")


@pytest.fixture(scope="session")
def places(request: pytest.FixtureRequest) -> Iterator[Places]:
    """Where this test's databases are."""
    if request.param == SQLITE:
        yield SqlitePlaces()
        return
    with postgres() as found:
        yield found


@pytest.fixture(scope="session")
def migrated(places: Places, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with empty tables, to be copied."""
    url = places.new(tmp_path_factory.mktemp("migrated"))
    upgrade(url)
    return url
