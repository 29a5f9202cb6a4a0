"""The statements that every message needs, compiled once and then run on the driver itself.

SQLAlchemy writes the SQL and knows how values are kept; its layers for one execution cost ten times what SQLite needs.
A statement is a function that builds it, with `bindparam`s for what differs from call to call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Insert, Select, Table, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

Statement = Select[*tuple[Any, ...]] | Insert | Update
Build = Callable[[], Statement]
Convert = Callable[[Any], Any]

SEAT = "seat"  # in `session.info`: the connection whose transactions are begun and ended by the store itself


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as the driver wants it. `order` names the values by place; None where the driver takes names."""

    sql: str
    order: tuple[str, ...] | None
    inward: Mapping[str, Convert]
    outward: tuple[Convert | None, ...]
    fixed: Mapping[str, Any]


def fetch(session: Session, build: Build, /, **values: Any) -> list[tuple[Any, ...]]:
    """Run the statement that `build` builds; gives back its rows (those of RETURNING for a write), maybe none.

    Values named like columns of the table are what an INSERT or UPDATE writes: the same names at every call. Raises
    what SQLAlchemy would raise.
    """
    session.flush()  # as a session's own statements do
    connection = session.info.get(SEAT) or session.connection()
    known: dict[Build, Prepared] = connection.info.setdefault("prepared", {})
    prepared = known.get(build)
    if prepared is None:
        prepared = known[build] = prepare(build(), connection.dialect, values)
    return _run(connection, prepared, values)


def table_of(row: type[DeclarativeBase]) -> Table:
    """The table behind a mapped class: writes name it, so that nothing of the session is asked."""
    return cast(Table, row.__table__)


def prepare(statement: Statement, dialect: Dialect, names: Iterable[str]) -> Prepared:
    """Compile a statement for a dialect; `names` are the values that it will be given."""
    if isinstance(statement, Select):
        compiled, columns = statement.compile(dialect=dialect), tuple(statement.selected_columns)
    else:
        written = [name for name in names if name in cast(Table, statement.table).c]
        compiled = statement.compile(dialect=dialect, column_keys=written)
        columns = tuple(statement.exported_columns)
    kinds = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
    inward = {name: convert for name, kind in kinds.items() if (convert := kind.bind_processor(dialect))}
    outward = tuple(c.type.dialect_impl(dialect).result_processor(dialect, None) for c in columns)
    fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
    return Prepared(str(compiled), order, inward, outward, fixed)


def _run(connection: Connection, prepared: Prepared, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    given = {**prepared.fixed, **values}
    for name, convert in prepared.inward.items():
        given[name] = convert(given[name])
    arguments = given if prepared.order is None else tuple([given[name] for name in prepared.order])
    cursor = connection.connection.cursor()
    try:
        cursor.execute(prepared.sql, arguments)
        rows = list(cursor.fetchall()) if cursor.description else []
    except connection.dialect.loaded_dbapi.Error as problem:
        raise as_told(connection, prepared.sql, problem) from problem
    finally:
        cursor.close()
    return _outward(prepared.outward, rows)


def _outward(converts: tuple[Convert | None, ...], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    if not any(converts):
        return [tuple(row) for row in rows]
    return [tuple([v if c is None else c(v) for c, v in zip(converts, row, strict=True)]) for row in rows]


def as_told(connection: Connection, sql: str, problem: Exception) -> BaseException:
    """The driver's error as SQLAlchemy's, without the values: they quote what people wrote."""
    base = connection.dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, None, problem, base, hide_parameters=True, dialect=connection.dialect)
