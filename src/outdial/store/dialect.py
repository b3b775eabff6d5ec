"""Everything in which SQLite and PostgreSQL differ, and the plain driver statements of the hot path.

Statements for ``Raw`` are written with ``?``; many ids or texts go in as one parameter: ``id IN {ids}``,
``name IN {texts}``. JSON goes in as text and is read with ``CAST(… AS TEXT)``, for one driver would decode it and
the other not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Protocol

import msgspec
from sqlalchemy import JSON, ColumnElement, Connection, Text, case, cast, exc, func, literal, literal_column, select
from sqlalchemy.engine.interfaces import DBAPIConnection

Params = Sequence[Any]


class Raw(Protocol):
    """Plain statements on the driver's connection, inside the transaction that is open."""

    def all(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]: ...
    def run(self, sql: str, params: Params = ()) -> int:
        """Answers the number of rows changed."""
        ...

    def many(self, sql: str, rows: Sequence[Params]) -> None: ...
    def ids(self, ids: Iterable[int]) -> Any:
        """The value for one ``{ids}``."""
        ...

    def texts(self, texts: Iterable[str]) -> Any:
        """The value for one ``{texts}``."""
        ...

    def take_ids(self, table: str, count: int) -> list[int]:
        """Ids for new rows, ascending; they never come back for others."""
        ...


class SqliteRaw:
    def __init__(self, driver: Any) -> None:
        self._execute = driver.execute
        self._executemany = driver.executemany

    def all(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self._execute(_for_sqlite(sql), params).fetchall()
        return rows

    def run(self, sql: str, params: Params = ()) -> int:
        return int(self._execute(_for_sqlite(sql), params).rowcount)

    def many(self, sql: str, rows: Sequence[Params]) -> None:
        if rows:
            self._executemany(_for_sqlite(sql), rows)

    def ids(self, ids: Iterable[int]) -> str:
        return f"[{','.join(map(str, ids))}]"

    def texts(self, texts: Iterable[str]) -> str:
        return dump(list(texts))

    def take_ids(self, table: str, count: int) -> list[int]:
        bumped = self.all("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = ? RETURNING seq", (count, table))
        if not bumped:
            self.run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, count))
        last = int(bumped[0][0]) if bumped else count
        return list(range(last - count + 1, last + 1))


class PostgresRaw:
    def __init__(self, driver: DBAPIConnection) -> None:
        self._driver = driver

    def all(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        cursor = self._driver.cursor()
        cursor.execute(_for_postgres(sql), params)
        return list(cursor.fetchall()) if cursor.description else []

    def run(self, sql: str, params: Params = ()) -> int:
        cursor = self._driver.cursor()
        cursor.execute(_for_postgres(sql), params)
        return int(cursor.rowcount)

    def many(self, sql: str, rows: Sequence[Params]) -> None:
        if rows:
            self._driver.cursor().executemany(_for_postgres(sql), rows)

    def ids(self, ids: Iterable[int]) -> list[int]:
        return list(ids)

    def texts(self, texts: Iterable[str]) -> list[str]:
        return list(texts)

    def take_ids(self, table: str, count: int) -> list[int]:
        sql = "SELECT nextval(pg_get_serial_sequence(?, 'id')) FROM generate_series(1, ?::int)"
        return sorted(int(row[0]) for row in self.all(sql, (table, count)))


@lru_cache(maxsize=256)
def _for_sqlite(sql: str) -> str:
    each = "(SELECT value FROM json_each(?))"
    return sql.replace("{ids}", each).replace("{texts}", each).replace("{lock}", "")


@lru_cache(maxsize=256)
def _for_postgres(sql: str) -> str:
    """``?`` becomes ``$1``, ``$2``…; none of our statements has a question mark of its own."""
    sql = sql.replace("IN {ids}", "= ANY(?::bigint[])").replace("IN {texts}", "= ANY(?::text[])")
    parts = sql.replace("{lock}", "FOR UPDATE").split("?")
    return parts[0] + "".join(f"${place}{part}" for place, part in enumerate(parts[1:], 1))


def is_sqlite(conn: Connection) -> bool:
    return conn.dialect.name == "sqlite"


def raw(conn: Connection) -> Raw:
    if is_sqlite(conn):
        return SqliteRaw(conn.connection.driver_connection)
    return PostgresRaw(conn.connection.dbapi_connection)  # type: ignore[arg-type]  # never detached here


@contextmanager
def savepoint(conn: Connection) -> Iterator[None]:
    """What fails inside is undone alone. On SQLite by the driver: a tenth of the toolkit's cost, for each step."""
    if not is_sqlite(conn):
        with conn.begin_nested():
            yield
        return
    driver = conn.connection.driver_connection
    assert driver is not None
    driver.execute("SAVEPOINT job")
    try:
        yield
    except BaseException:
        if driver.in_transaction:  # a full disk ends the whole transaction by itself
            driver.execute("ROLLBACK TO job")
            driver.execute("RELEASE job")
        raise
    driver.execute("RELEASE job")


def dump(value: Any) -> str:
    """JSON text, as both drivers take it."""
    return msgspec.json.encode(value).decode()


def json_has(conn: Connection, column: ColumnElement[Any], key: str, value: str) -> ColumnElement[bool]:
    """Whether a JSON object has this text under this key."""
    if is_sqlite(conn):
        each = func.json_each(column).table_valued("key", "value")
        found = select(literal(1)).select_from(each).where(each.c.key == key, each.c.value == value)
        return found.correlate_except(each).exists()
    return column.op("->>", return_type=Text())(literal(key, Text())) == value


def json_holds(
    conn: Connection, column: ColumnElement[Any], values: Sequence[str], key: str = ""
) -> ColumnElement[bool]:
    """Whether a JSON array, or the one under this key of an object, holds one of the values as text."""
    if is_sqlite(conn):
        each = func.json_each(column, f'$."{key}"' if key else "$").table_valued("value")
        found = select(literal(1)).select_from(each).where(cast(each.c.value, Text).in_(values))
        return found.correlate_except(each).exists()
    array = column.op("->", return_type=JSON())(literal(key, Text())) if key else column
    listed = case((func.json_typeof(array) == "array", array), else_=literal_column("'[]'::json"))
    each = func.json_array_elements_text(listed).table_valued("value")
    return select(literal(1)).select_from(each).where(each.c.value.in_(values)).correlate_except(each).exists()


def has_name(conn: Connection, column: ColumnElement[Any], names: Sequence[str]) -> ColumnElement[bool]:
    """Whether a JSON array of ``{"name": …}`` holds one of the names."""
    if is_sqlite(conn):
        each = func.json_each(column).table_valued("value")
        found = select(literal(1)).select_from(each).where(func.json_extract(each.c.value, "$.name").in_(names))
    else:
        each = func.json_array_elements(column).table_valued("value")
        item = literal_column("value ->> 'name'", Text())
        found = select(literal(1)).select_from(each).where(item.in_(names))
    return found.exists()


_SQLITE_GONE = {5, 6, 7, 8, 10, 11, 13, 14, 26}
"""Busy, locked, out of memory, read only, I/O error, corrupt, full, cannot open, not a database."""
_POSTGRES_GONE = ("08", "53", "57", "58", "40", "XX")
"""Connection, resources, operator intervention, system error, rollback (deadlock), internal error."""


def unavailable(error: BaseException) -> str | None:
    """What is wrong with the database when the error is its doing and not the statement's; else None."""
    if isinstance(error, exc.TimeoutError | OSError | TimeoutError):
        return f"the database does not answer: {error}"
    if not isinstance(error, exc.DBAPIError):
        return _driver_says(error)
    return str(error.orig) if error.connection_invalidated else _driver_says(error.orig)


def _driver_says(error: BaseException | None) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _SQLITE_GONE:
        return str(error)
    state = str(getattr(error, "sqlstate", None) or "")
    gone = state.startswith(_POSTGRES_GONE) or "connection is closed" in str(error)
    return str(error) if gone else None


def unfit(error: BaseException) -> bool:
    """Whether a value did not fit its column: a number too large, a text with a NUL in it."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, OverflowError) or str(state).startswith("22")


def broken_unique(error: exc.IntegrityError) -> bool:
    """Whether the error is a uniqueness violation, else a foreign key or a missing value."""
    text = str(error.orig)
    return "UNIQUE constraint failed" in text or "duplicate key value" in text
