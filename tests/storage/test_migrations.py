"""The migrations: from nothing and from every earlier revision to the tables that the code knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import storage.migrations
from storage.database import DatabaseProblem, is_newest, sqlite_engine, upgrade
from storage.tables import Base


def _script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(storage.migrations.__file__).parent))
    return ScriptDirectory.from_config(config)


REVISIONS = [script.revision for script in reversed(list(_script().walk_revisions()))]


def _differences(url: str) -> list[object]:
    engine = sqlite_engine(url)
    try:
        with engine.begin() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, Base.metadata))
    finally:
        engine.dispose()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'plan.db'}"


def test_from_nothing_the_migrations_make_the_tables_that_the_code_knows(url: str) -> None:
    upgrade(url)
    assert _differences(url) == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_earlier_revision_comes_to_the_same_tables(url: str, revision: str) -> None:
    upgrade(url, revision)
    upgrade(url)
    assert _differences(url) == []


def test_upgrading_again_changes_nothing(url: str) -> None:
    upgrade(url)
    engine = sqlite_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO leases VALUES ('poller', 'me', '2025-06-18 01:00:00')"))
    upgrade(url)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT owner FROM leases")).scalar_one() == "me"
        assert inspect(connection).has_table("reports")
    engine.dispose()


def test_a_file_is_named_after_its_revision_so_that_the_newest_is_known_by_name(url: str) -> None:
    names = {Path(script.path).name: script.revision for script in _script().walk_revisions()}
    assert all(name.startswith(f"{revision}_") for name, revision in names.items())
    assert max(names).startswith(f"{_script().get_current_head()}_")
    engine = sqlite_engine(url)
    with engine.begin() as connection:
        assert not is_newest(connection)
    upgrade(url)
    with engine.begin() as connection:
        assert is_newest(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        assert not is_newest(connection)
    engine.dispose()


def test_the_history_is_one_line() -> None:
    script = _script()
    assert len(script.get_heads()) == 1
    assert REVISIONS[0] == script.get_base()


def test_a_file_that_is_no_database_is_told_in_plain_words(tmp_path: Path) -> None:
    path = tmp_path / "plan.db"
    path.write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(DatabaseProblem) as problem:
        upgrade(f"sqlite:///{path}")
    assert "not a database" in str(problem.value)
    assert "\n" not in str(problem.value)
