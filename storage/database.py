"""The session: how a plain function runs in one transaction, off the event loop.

SQLite: write-ahead log, synchronous FULL, foreign keys on. Writes run on one writer thread in `BEGIN IMMEDIATE`, and
writes that wait together share one commit, each in its own savepoint (one disk flush for many messages). Reads run
beside it in deferred, query-only transactions. PostgreSQL: a small pool of threads, one transaction each.
"""

from __future__ import annotations

import asyncio
import json
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from storage.prepared import as_told

P = ParamSpec("P")
T = TypeVar("T")
Job = Callable[Concatenate[Session, P], T]

BUSY_MS = 10_000
READERS = 4
SHARED_COMMIT = 64  # at most so many writes wait for one commit
WRITES = "writes"  # in `session.info`: what this session sees may still be rolled back


class DatabaseProblem(Exception):
    """The database cannot be used; the text says why, in plain words for the operator."""


class Store(Protocol):
    """Runs `fn(session, …)` in one transaction and returns its frozen result; an exception rolls it back."""

    @property
    def engine(self) -> Engine: ...

    async def read(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    async def write(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    def read_now(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    def write_now(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    def close(self) -> None: ...


def open_store(url: str) -> Store:
    """A store for the database at `url` (`sqlite:///…` or `postgresql://…`), which must be migrated already."""
    return SqliteStore(url) if make_url(url).get_backend_name() == "sqlite" else ServerStore(url)


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def _outcome(future: Future[T]) -> T:
    """The result of work in a thread. A cancelled caller still waits for it: a transaction is never abandoned."""
    waiting = asyncio.wrap_future(future)
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        await asyncio.wait([waiting])
        raise


# ---------------------------------------------------------------- SQLite


def sqlite_engine(url: str, *, read_only: bool = False) -> Engine:
    """An engine whose transactions are ours to begin: the driver's own habits lose updates."""
    engine = _engine(url, read_only, 1)
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _engine(url: str, read_only: bool, connections: int, **options: Any) -> Engine:
    engine = create_engine(
        url,
        json_serializer=_to_json,
        hide_parameters=True,  # an error's text must not quote what people wrote
        pool_size=connections,
        max_overflow=0,
        connect_args={"isolation_level": None, "timeout": BUSY_MS / 1000, "check_same_thread": False},
        **options,
    )
    event.listen(engine, "connect", lambda raw, _: _prepare(raw, read_only))
    return engine


def _prepare(raw: Any, read_only: bool) -> None:
    cursor = raw.cursor()
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
    finally:
        cursor.close()


class _Seat:
    """A connection kept open, with its session: a transaction costs two statements instead of a dozen objects.

    The driver and SQLAlchemy both leave transactions alone here (`isolation_level` is None); ours are plain
    statements. One thread at a time.
    """

    def __init__(self, engine: Engine, begin: str, *, writes: bool) -> None:
        self._connection = engine.connect()
        self._raw: Any = self._connection.connection.driver_connection
        self._begin, self._info = begin, {WRITES: True} if writes else {}
        self.session = self._new_session()

    def _new_session(self) -> Session:
        return Session(self._connection, expire_on_commit=False, info=dict(self._info))

    def begin(self) -> None:
        self._say(self._begin)

    def commit(self) -> None:
        self._say("COMMIT")
        self.session.expunge_all()  # the next transaction sees what is on disk, not what this one read

    def rollback(self) -> None:
        """Undo everything since `begin`, also after errors that have ended the transaction already."""
        self._fresh()
        if self._raw.in_transaction:
            self._raw.rollback()

    def _say(self, sql: str) -> None:
        try:
            self._raw.execute(sql)
        except sqlite3.Error as problem:
            raise as_told(self._connection, sql, problem) from problem

    def run(self, call: Callable[[Session], T]) -> T:
        """The result of a call, with everything that it added written."""
        result = call(self.session)
        self.session.flush()
        return result

    def run_apart(self, call: Callable[[Session], T]) -> T:
        """The same in a savepoint of its own: when it fails, what came before it in the transaction stands."""
        self._raw.execute("SAVEPOINT apart")
        try:
            result = self.run(call)
        except BaseException:
            self._fresh()
            self._raw.execute("ROLLBACK TO apart")
            self._raw.execute("RELEASE apart")
            raise
        self._raw.execute("RELEASE apart")
        self.session.expunge_all()
        return result

    def _fresh(self) -> None:
        """A failed session is not used again."""
        self.session.close()
        self._connection.rollback()  # only SQLAlchemy's own idea of a transaction: see `_seat_engine`
        self.session = self._new_session()

    def close(self) -> None:
        self.session.close()
        self._connection.close()


@dataclass(frozen=True, slots=True)
class _Write:
    call: Callable[[Session], Any]
    future: Future[Any]


class SqliteStore:
    """The store on one SQLite file: one writer thread, a few readers beside it."""

    def __init__(self, url: str) -> None:
        self.engine = sqlite_engine(url)
        self._writing, self._reading = _seat_engine(url), _seat_engine(url, read_only=True)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._seats: queue.LifoQueue[_Seat | None] = queue.LifoQueue()  # None: one that may be opened
        for _ in range(READERS):
            self._seats.put(None)
        self._jobs: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_loop, name="write", daemon=True)
        self._writer.start()

    async def read(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _outcome(self._readers.submit(lambda: self.read_now(fn, *args, **kwargs)))

    async def write(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _outcome(self._enqueue(fn, *args, **kwargs))

    def read_now(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        seat = self._seats.get()
        try:
            seat = seat or _Seat(self._reading, "BEGIN", writes=False)
            return _in_transaction(seat, lambda session: fn(session, *args, **kwargs))
        finally:
            self._seats.put(seat)

    def write_now(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._enqueue(fn, *args, **kwargs).result()

    def close(self) -> None:
        """Finish what was asked for, then stop."""
        self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown()
        for _ in range(READERS):
            if seat := self._seats.get():
                seat.close()
        for engine in (self._reading, self._writing, self.engine):
            engine.dispose()

    def _enqueue(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        self._jobs.put(_Write(lambda session: fn(session, *args, **kwargs), cast("Future[Any]", future)))
        return future

    def _write_loop(self) -> None:
        seat: _Seat | None = None
        open_for_work = True
        while open_for_work:
            batch, open_for_work = self._next_batch()
            if batch:
                seat = self._commit(seat, batch)
        if seat:
            seat.close()

    def _next_batch(self) -> tuple[list[_Write], bool]:
        batch: list[_Write] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == SHARED_COMMIT or self._jobs.empty():
                return batch, True
            job = self._jobs.get()
        return batch, False

    def _commit(self, seat: _Seat | None, batch: list[_Write]) -> _Seat | None:
        """Run the batch in one transaction. Whatever fails is told to whoever asked; no write waits for ever."""
        outcomes: list[_Outcome]
        try:
            seat = seat or _Seat(self._writing, "BEGIN IMMEDIATE", writes=True)
            outcomes = _in_transaction_together(seat, [job.call for job in batch])
        except BaseException as problem:  # noqa: BLE001 - nobody's write stands, and everybody is told
            outcomes = [(None, problem)] * len(batch)
        for job, (result, error) in zip(batch, outcomes, strict=True):
            job.future.set_exception(error) if error else job.future.set_result(result)
        return seat


_Outcome = tuple[Any, BaseException | None]


def _seat_engine(url: str, *, read_only: bool = False) -> Engine:
    """An engine on which SQLAlchemy begins, commits and rolls back nothing: that is the seat's work."""
    return _engine(url, read_only, READERS if read_only else 1, skip_autocommit_rollback=True)


def _in_transaction(seat: _Seat, call: Callable[[Session], T]) -> T:
    seat.begin()
    try:
        result = seat.run(call)
        seat.commit()
    except BaseException:
        seat.rollback()
        raise
    return result


def _in_transaction_together(seat: _Seat, calls: Sequence[Callable[[Session], Any]]) -> list[_Outcome]:
    """The outcome of each call, all under one commit; a call that fails undoes only its own. Raises what undid all."""
    if len(calls) == 1:
        return [(_in_transaction(seat, calls[0]), None)]
    seat.begin()
    try:
        outcomes = [_apart(seat, call) for call in calls]
        seat.commit()
    except BaseException:
        seat.rollback()
        raise
    return outcomes


def _apart(seat: _Seat, call: Callable[[Session], Any]) -> _Outcome:
    try:
        return seat.run_apart(call), None
    except sqlite3.Error:
        raise  # the savepoint itself failed: SQLite has undone the whole transaction
    except BaseException as problem:  # noqa: BLE001 - handed to whoever asked for this write; the others go on
        return None, problem


# ---------------------------------------------------------------- PostgreSQL


class ServerStore:
    """The store on a database server, which several processes may share."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(
            url, json_serializer=_to_json, hide_parameters=True, pool_size=READERS * 2, pool_pre_ping=True
        )
        self._threads = ThreadPoolExecutor(READERS * 2, thread_name_prefix="store")

    async def read(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _outcome(self._threads.submit(lambda: self.read_now(fn, *args, **kwargs)))

    async def write(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _outcome(self._threads.submit(lambda: self.write_now(fn, *args, **kwargs)))

    def read_now(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            return fn(session, *args, **kwargs)

    def write_now(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with Session(self.engine, expire_on_commit=False, info={WRITES: True}) as session, session.begin():
            return fn(session, *args, **kwargs)

    def close(self) -> None:
        self._threads.shutdown()
        self.engine.dispose()


# ---------------------------------------------------------------- migrations


def upgrade(url: str, revision: str = "head") -> None:
    """Create or upgrade the database at `url`. Raises `DatabaseProblem` in plain words."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    engine = _migration_engine(url)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    except (DatabaseError, OSError) as problem:
        raise DatabaseProblem(_in_plain_words(problem)) from problem
    finally:
        engine.dispose()


class NoBackup(StrEnum):
    """Why no copy was made."""

    SERVER = "server"  # PostgreSQL has its own tools
    EXISTS = "exists"
    UNWRITABLE = "unwritable"


class BackupRefused(Exception):
    """No copy was made; `reason` says why."""

    def __init__(self, reason: NoBackup) -> None:
        super().__init__(reason)
        self.reason = reason


def backup(url: str, target: Path) -> None:
    """Copy a SQLite database to `target`, consistently, while others use it. Raises `BackupRefused`."""
    if make_url(url).get_backend_name() != "sqlite":
        raise BackupRefused(NoBackup.SERVER)
    if target.exists():
        raise BackupRefused(NoBackup.EXISTS)
    engine = sqlite_engine(url, read_only=True)
    try:
        with engine.connect() as connection, sqlite3.connect(target) as copy:
            source: Any = connection.connection.driver_connection
            source.backup(copy)
    except (DatabaseError, sqlite3.Error, OSError) as problem:
        raise BackupRefused(NoBackup.UNWRITABLE) from problem
    finally:
        engine.dispose()


def _migration_engine(url: str) -> Engine:
    return sqlite_engine(url) if make_url(url).get_backend_name() == "sqlite" else create_engine(url)


def _in_plain_words(problem: Exception) -> str:
    cause = getattr(problem, "orig", None) or problem
    return f"{type(cause).__name__}: {cause}".splitlines()[0]
