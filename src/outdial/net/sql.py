"""One statement to another database: PostgreSQL through the guard, SQLite in a folder of its own."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import json
import re
import shlex
import sqlite3
import ssl
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg
import certifi

from outdial.flow.errors import AppFailed
from outdial.flow.ports.net import Query
from outdial.flow.values import as_text
from outdial.net.errors import Refused, Unreachable
from outdial.net.guard import Guard

DRIVERS = ("postgres", "sqlite3")
POSTGRES_PORT = 5432
MAX_VALUE = 1_000_000
"""Characters of one value, and of all of a row."""
THREADS = 4
"""Statements of SQLite at a time; a slow one holds up nobody but others of its kind."""
TICKS = 1000
"""Steps of SQLite's machine between two looks at the clock."""
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


def read_drivers(text: str) -> frozenset[str]:
    """Raises ValueError for one that is not built."""
    found = frozenset(text.replace(",", " ").split())
    wrong = found - set(DRIVERS)
    if wrong:
        raise ValueError(f"{', '.join(sorted(wrong))} is not supported; there are {' and '.join(DRIVERS)}")
    return found


class Databases:
    """``enabled`` is empty unless the operator says otherwise."""

    def __init__(self, guard: Guard, enabled: frozenset[str], folder: Path) -> None:
        self._guard = guard
        self._enabled = enabled
        self._folder = folder
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sqlite")

    async def first_row(self, query: Query) -> dict[str, str]:
        """Raises Refused, Unreachable, or AppFailed with the database's own words."""
        driver = {"sqlite": "sqlite3", "postgresql": "postgres"}.get(query.driver, query.driver)
        if driver not in DRIVERS:
            raise Refused(f"{driver} databases are not supported; there are {' and '.join(DRIVERS)}")
        if driver not in self._enabled:
            raise Refused(f"sql is off; OUTDIAL_SQL_DRIVERS={driver} turns it on")
        try:
            async with asyncio.timeout(query.timeout_s):
                row = await (self._postgres(query) if driver == "postgres" else self._sqlite(query))
        except TimeoutError:
            raise Unreachable(f"the database did not answer within {round(query.timeout_s * 1000)} ms") from None
        values = {name: _text(value) for name, value in row.items()}
        if sum(map(len, values.values())) > MAX_VALUE:
            raise AppFailed(f"the row has more than {MAX_VALUE} characters")
        return values

    async def _postgres(self, query: Query) -> Mapping[str, Any]:
        where = read_address(query.address)
        address, *_ = await self._guard.addresses(where.host, where.port)
        try:
            connection = await asyncpg.connect(
                host=address,
                port=where.port,
                user=where.user,
                password=where.password,
                database=where.database,
                ssl=where.tls(),
                timeout=query.timeout_s,
                statement_cache_size=0,
            )
            try:
                statement = await connection.prepare(query.text)
                kinds = [kind.name for kind in statement.get_parameters()]
                row = await statement.fetchrow(*_typed(query.params, kinds))
                await connection.close()
                return dict(row) if row else {}
            finally:
                connection.terminate()
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise AppFailed(f"postgres: {error}") from None
        except OSError as error:
            raise Unreachable(f"{where.host}: {error}") from None

    async def _sqlite(self, query: Query) -> Mapping[str, Any]:
        if not _FILE.fullmatch(query.address):
            raise Refused("the dns of sqlite3 is the plain name of a file in the folder `sql` of the data folder")
        path = self._folder / query.address
        deadline = time.monotonic() + query.timeout_s
        return await asyncio.get_running_loop().run_in_executor(self._threads, _sqlite_row, path, query, deadline)


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    host: str
    port: int
    user: str
    password: str
    database: str
    sslmode: str

    def tls(self) -> ssl.SSLContext | str:
        """As libpq means it: verify-full checks the name, require only encrypts, prefer takes what there is."""
        if self.sslmode in ("verify-full", "verify-ca"):
            return _named(self.host, check_name=self.sslmode == "verify-full")
        return self.sslmode


def read_address(text: str) -> PostgresAddress:
    """``postgres://user:password@host:port/name?sslmode=…``, or ``host=… user=…``. Raises Refused."""
    try:
        if text.startswith(("postgres://", "postgresql://")):
            url = urlsplit(text)
            given = dict(parse_qsl(url.query)) | {
                "host": url.hostname or "",
                "port": str(url.port or POSTGRES_PORT),
                "user": unquote(url.username or ""),
                "password": unquote(url.password or ""),
                "dbname": unquote(url.path.lstrip("/")),
            }
        else:
            given = dict(part.split("=", 1) for part in shlex.split(text))
        host, port, user = given.get("host", ""), int(given.get("port", POSTGRES_PORT)), given.get("user", "")
    except ValueError:
        raise Refused("the dns cannot be read; write postgres://user:password@host:5432/name") from None
    mode = given.get("sslmode", "prefer")
    if not host or host.startswith("/") or "," in host or not user:
        raise Refused("the dns needs one host and a user: postgres://user:password@host:5432/name")
    if mode not in ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"):
        raise Refused(f"sslmode {mode!r} is not known")
    return PostgresAddress(host, port, user, given.get("password", ""), given.get("dbname") or user, mode)


def _named(host: str, *, check_name: bool) -> ssl.SSLContext:
    context = _Named(ssl.PROTOCOL_TLS_CLIENT)
    context.name = host
    context.check_hostname = check_name
    context.load_default_certs()
    context.load_verify_locations(certifi.where())
    return context


class _Named(ssl.SSLContext):
    """Checks the certificate against the name, though the connection goes to an address."""

    name = ""

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        return super().wrap_bio(incoming, outgoing, server_side, self.name, session)


def _typed(params: tuple[str, ...], kinds: list[str]) -> list[Any]:
    """Texts as the values that the statement's parameters take. Raises AppFailed."""
    if len(params) != len(kinds):
        raise AppFailed(f"the statement takes {len(kinds)} params, not {len(params)}")
    return [_value(text, kind, number) for number, (text, kind) in enumerate(zip(params, kinds, strict=True), 1)]


_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "int2": int,
    "int4": int,
    "int8": int,
    "float4": float,
    "float8": float,
    "numeric": decimal.Decimal,
    "bool": lambda text: {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}[text.lower()],
    "date": datetime.date.fromisoformat,
    "timestamp": datetime.datetime.fromisoformat,
    "timestamptz": datetime.datetime.fromisoformat,
    "time": datetime.time.fromisoformat,
    "uuid": uuid.UUID,
    "bytea": str.encode,
}


def _value(text: str, kind: str, number: int) -> Any:
    try:
        return _FROM_TEXT.get(kind, str)(text)
    except (ValueError, KeyError, decimal.InvalidOperation):
        raise AppFailed(f"param {number} must be {kind}, not {text[:50]!r}") from None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if value is None or isinstance(value, str | bool | int | float):
        return as_text(value)
    return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))


_READ_AND_WRITE = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_INSERT,
        sqlite3.SQLITE_UPDATE,
        sqlite3.SQLITE_DELETE,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_TRANSACTION,
    }
)


def _sqlite_row(path: Path, query: Query, deadline: float) -> dict[str, Any]:
    """No other file, no pragma, no extension; interrupted at the deadline (a ``time.monotonic``)."""
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=query.timeout_s)
    except sqlite3.Error:
        raise Refused(f"there is no database {path.name}") from None
    try:
        connection.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in _READ_AND_WRITE else sqlite3.SQLITE_DENY
        )
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
        connection.set_progress_handler(lambda: int(time.monotonic() > deadline), TICKS)
        with connection:
            cursor = connection.execute(query.text, query.params)
            row = cursor.fetchone()
            return {column[0]: value for column, value in zip(cursor.description, row, strict=True)} if row else {}
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        raise AppFailed(f"sqlite3: {error}") from None
    finally:
        connection.close()
