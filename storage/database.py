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
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.orm import Session

from storage.prepared import SEAT, as_told

P = ParamSpec("P")
T = TypeVar("T")
Job = Callable[Concatenate[Session, P], T]

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 10_000
READERS = 4
SHARED_COMMIT = 64  # at most so many writes wait for one commit
UNDONE_BY_OTHERS = ("40001", "40P01")  # a serialization failure, a deadlock: nothing was written
TRANSACTION_TRIES = 5
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


def _json_writer() -> Callable[[Any], str]:
    return json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


async def _waited_for(waiting: asyncio.Future[T]) -> T:
    """The result of work in a thread. A cancelled caller still waits for it: a transaction is never abandoned."""
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
        json_serializer=_json_writer(),
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
        self._begin, self._info = begin, {SEAT: self._connection, WRITES: writes}
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


_Outcome = tuple[Any, BaseException | None]
Waiting = asyncio.Future[Any] | Future[Any]


@dataclass(frozen=True, slots=True)
class _Work:
    """A call, and who waits for its outcome: a coroutine of `loop`, or a thread."""

    call: Callable[[Session], Any]
    waiting: Waiting
    loop: asyncio.AbstractEventLoop | None


_Works = queue.SimpleQueue[_Work | None]  # None: no more work


class SqliteStore:
    """The store on one SQLite file: one writer thread, a few readers beside it."""

    def __init__(self, url: str) -> None:
        self.engine = sqlite_engine(url)
        self._writing, self._reading = _seat_engine(url), _seat_engine(url, read_only=True)
        self._writes: _Works = queue.SimpleQueue()
        self._reads: _Works = queue.SimpleQueue()
        loops = [("write", self._write_loop), *(("read", self._read_loop) for _ in range(READERS))]
        self._threads = [threading.Thread(target=loop, name=name, daemon=True) for name, loop in loops]
        for thread in self._threads:
            thread.start()

    async def read(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _asked(self._reads, lambda session: fn(session, *args, **kwargs))

    async def write(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _asked(self._writes, lambda session: fn(session, *args, **kwargs))

    def read_now(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return _asked_now(self._reads, lambda session: fn(session, *args, **kwargs))

    def write_now(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return _asked_now(self._writes, lambda session: fn(session, *args, **kwargs))

    def close(self) -> None:
        """Finish what was asked for, then stop."""
        for thread in self._threads:
            (self._writes if thread.name == "write" else self._reads).put(None)
        for thread in self._threads:
            thread.join()
        for engine in (self._reading, self._writing, self.engine):
            engine.dispose()

    def _read_loop(self) -> None:
        seat: _Seat | None = None
        outcome: _Outcome
        while work := self._reads.get():
            try:
                seat = seat or _Seat(self._reading, "BEGIN", writes=False)
                outcome = _in_transaction(seat, work.call), None
            except BaseException as problem:  # noqa: BLE001 - told to whoever asked; no reader dies of it
                outcome = None, problem
            _tell([work], [outcome])
        if seat:
            seat.close()

    def _write_loop(self) -> None:
        seat: _Seat | None = None
        open_for_work = True
        while open_for_work:
            batch, open_for_work = self._next_batch()
            if batch:
                seat = self._commit(seat, batch)
        if seat:
            seat.close()

    def _next_batch(self) -> tuple[list[_Work], bool]:
        batch: list[_Work] = []
        work = self._writes.get()
        while work is not None:
            batch.append(work)
            if len(batch) == SHARED_COMMIT or self._writes.empty():
                return batch, True
            work = self._writes.get()
        return batch, False

    def _commit(self, seat: _Seat | None, batch: list[_Work]) -> _Seat | None:
        """Run the batch in one transaction. Whatever fails is told to whoever asked; no write waits for ever."""
        outcomes: list[_Outcome]
        try:
            seat = seat or _Seat(self._writing, "BEGIN IMMEDIATE", writes=True)
            outcomes = _in_transaction_together(seat, [work.call for work in batch])
        except BaseException as problem:  # noqa: BLE001 - nobody's write stands, and everybody is told
            outcomes = [(None, problem)] * len(batch)
        _tell(batch, outcomes)
        return seat


async def _asked(works: _Works, call: Callable[[Session], T]) -> T:
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[T] = loop.create_future()
    works.put(_Work(call, waiting, loop))
    return await _waited_for(waiting)


def _asked_now(works: _Works, call: Callable[[Session], T]) -> T:
    waiting: Future[T] = Future()
    works.put(_Work(call, cast("Future[Any]", waiting), None))
    return waiting.result()


def _tell(works: Sequence[_Work], outcomes: Sequence[_Outcome]) -> None:
    """Hand the outcomes to those who wait; an event loop is woken once for all of its own."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[tuple[Waiting, _Outcome]]] = {}
    for work, outcome in zip(works, outcomes, strict=True):
        by_loop.setdefault(work.loop, []).append((work.waiting, outcome))
    for loop, told in by_loop.items():
        if loop is None:
            _settle(told)
        else:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, told)


def _settle(told: Sequence[tuple[Waiting, _Outcome]]) -> None:
    for waiting, (result, problem) in told:
        if waiting.cancelled():
            continue
        waiting.set_exception(problem) if problem else waiting.set_result(result)


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
            url, json_serializer=_json_writer(), hide_parameters=True, pool_size=READERS * 2, pool_pre_ping=True
        )
        self._threads = ThreadPoolExecutor(READERS * 2, thread_name_prefix="store")

    async def read(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _waited_for(asyncio.wrap_future(self._threads.submit(lambda: self.read_now(fn, *args, **kwargs))))

    async def write(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _waited_for(asyncio.wrap_future(self._threads.submit(lambda: self.write_now(fn, *args, **kwargs))))

    def read_now(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            return fn(session, *args, **kwargs)

    def write_now(self, fn: Job[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A transaction that the server undid because of another one is run again, a few times."""
        for again in range(TRANSACTION_TRIES - 1, -1, -1):
            try:
                with Session(self.engine, expire_on_commit=False, info={WRITES: True}) as session, session.begin():
                    return fn(session, *args, **kwargs)
            except DBAPIError as problem:
                if not again or getattr(problem.orig, "sqlstate", None) not in UNDONE_BY_OTHERS:
                    raise
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        self._threads.shutdown()
        self.engine.dispose()


# ---------------------------------------------------------------- migrations


def upgrade(url: str, revision: str = "head") -> None:
    """Create or upgrade the database at `url`. Raises `DatabaseProblem` in plain words."""
    engine = _migration_engine(url)
    try:
        with engine.begin() as connection:
            if revision != "head" or not is_newest(connection):
                _migrate(connection, revision)
    except (DatabaseError, OSError) as problem:
        raise DatabaseProblem(in_plain_words(problem)) from problem
    finally:
        engine.dispose()


def is_newest(connection: Connection) -> bool:
    """Whether the database stands at the newest migration: by the files' names, which begin with their revisions.

    Asking Alembic itself costs every start a quarter of a second and 10 MB.
    """
    newest = max(path.name for path in (MIGRATIONS / "versions").glob("*.py")).partition("_")[0]
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [newest]


def _migrate(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as problem:
        raise DatabaseProblem("it is not of this version, or of a newer one") from problem


class NoBackup(StrEnum):
    """Why no copy was made."""

    SERVER = "server"  # PostgreSQL has its own tools
    EXISTS = "exists"
    UNWRITABLE = "unwritable"
    DAMAGED = "damaged"


class BackupRefused(Exception):
    """No copy was made; `reason` says why."""

    def __init__(self, reason: NoBackup) -> None:
        super().__init__(reason)
        self.reason = reason


def backup(url: str, target: Path) -> None:
    """Copy a SQLite database to `target`, consistently, while others use it.

    Raises `BackupRefused` (then no copy stays), and what SQLAlchemy raises for a database that does not open.
    """
    if make_url(url).get_backend_name() != "sqlite":
        raise BackupRefused(NoBackup.SERVER)
    if target.exists():
        raise BackupRefused(NoBackup.EXISTS)
    engine = sqlite_engine(url, read_only=True)
    try:
        with engine.connect() as connection:
            _copy(connection.connection.driver_connection, target)
    finally:
        engine.dispose()


def _copy(source: Any, target: Path) -> None:
    """The copy, and a look at each of its pages: one of a damaged database would push the whole ones out."""
    try:
        with closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            whole = copy.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    except (sqlite3.Error, OSError) as problem:
        target.unlink(missing_ok=True)
        damaged = getattr(problem, "sqlite_errorname", "") in ("SQLITE_CORRUPT", "SQLITE_NOTADB")
        raise BackupRefused(NoBackup.DAMAGED if damaged else NoBackup.UNWRITABLE) from problem
    if not whole:
        target.unlink()
        raise BackupRefused(NoBackup.DAMAGED)


def _migration_engine(url: str) -> Engine:
    return sqlite_engine(url) if make_url(url).get_backend_name() == "sqlite" else create_engine(url)


def in_plain_words(problem: Exception) -> str:
    """A driver's error in one line, without what was to be written."""
    cause = getattr(problem, "orig", None) or problem
    return f"{type(cause).__name__}: {cause}".splitlines()[0]
