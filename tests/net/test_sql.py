"""``sql``: off by default; SQLite in its folder, a real PostgreSQL through the guard."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from outdial.net.errors import Refused
from outdial.net.sql import read_address, read_drivers
from tests.postgres import Cluster, cluster

from .flows import DOMAIN, Done, flow, outside

__all__ = ["cluster"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sql").mkdir()
    with sqlite3.connect(tmp_path / "sql" / "crm.db") as made:
        made.execute("CREATE TABLE people (id INTEGER, name TEXT, debt REAL, paid BOOLEAN)")
        made.execute("INSERT INTO people VALUES (7, 'Оля', 10.5, NULL)")
    made.close()
    with sqlite3.connect(tmp_path / "outside.db") as other:
        other.execute("CREATE TABLE secrets (x)")
    other.close()
    return tmp_path / "sql"


async def lite(folder: Path, query: str, dns: str = "crm.db", **more: Any) -> Done:
    async with outside(sql_drivers="sqlite3", sql_folder=folder) as world:
        return await flow(world.of(DOMAIN), {"sql": {"driver": "sqlite3", "dns": dns, "query": query, **more}})


async def test_it_is_off_unless_the_settings_turn_it_on(folder: Path) -> None:
    async with outside(sql_folder=folder) as world:
        done = await flow(world.of(DOMAIN), {"sql": {"driver": "sqlite3", "dns": "crm.db", "query": "SELECT 1"}})
    assert done.results == ["failed: sql is off; OUTDIAL_SQL_DRIVERS=sqlite3 turns it on"]


@pytest.mark.parametrize("driver", ["mysql", "mssql"])
async def test_other_databases_are_not_supported(driver: str) -> None:
    async with outside(sql_drivers="postgres sqlite3") as world:
        done = await flow(world.of(DOMAIN), {"sql": {"driver": driver, "dns": "x", "query": "SELECT 1"}})
    assert done.results == [f"failed: {driver} databases are not supported; there are postgres and sqlite3"]
    with pytest.raises(ValueError, match="not supported"):
        read_drivers(driver)


async def test_each_column_of_the_first_row_becomes_a_variable(folder: Path) -> None:
    done = await lite(folder, "SELECT name, debt, paid, 1=1 AS yes FROM people WHERE id = ?", params=["7"])
    assert done.variables == {"name": "Оля", "debt": "10.5", "paid": "", "yes": "1"}
    assert (await lite(folder, "SELECT 1 AS x WHERE 0")).results == ["no row"]


async def test_writing_is_kept(folder: Path) -> None:
    await lite(folder, "UPDATE people SET debt = ?", params=["3"])
    assert (await lite(folder, "SELECT debt FROM people")).variables == {"debt": "3"}


@pytest.mark.parametrize(
    "dns", ["../outside.db", "/etc/passwd", "file:x?mode=memory", ":memory:", "missing.db", ".hidden", "a/b.db"]
)
async def test_no_file_outside_of_the_folder(folder: Path, dns: str) -> None:
    done = await lite(folder, "SELECT 1 AS x", dns)
    assert done.variables == {}
    assert not (folder / "missing.db").exists()


@pytest.mark.parametrize(
    "query",
    [
        "ATTACH DATABASE '../outside.db' AS o",
        "PRAGMA writable_schema = 1",
        "SELECT load_extension('x')",
        "CREATE TABLE more (x)",
        "DROP TABLE people",
        "VACUUM INTO '/tmp/copy.db'",
        "SELECT randomblob(900000000) AS x",
        "SELECT 1; SELECT 2",
        "nonsense",
    ],
)
async def test_statements_that_reach_further_fail(folder: Path, query: str) -> None:
    done = await lite(folder, query)
    assert done.results[0].startswith("failed: sqlite3: ")
    assert done.variables == {}


async def test_an_endless_statement_is_interrupted(folder: Path) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) AS x FROM n"
    done = await lite(folder, endless, timeout=50)
    assert done.results[0].startswith("failed: ")


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def by_tcp(cluster: Cluster) -> AsyncGenerator[int, None]:
    """The port where the cluster, which itself listens on a Unix socket only, is reached."""
    socket = cluster.url("postgres").partition("host=")[2] + "/.s.PGSQL.5432"

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(socket)
        await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))

    server = await asyncio.start_server(attend, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
    except ConnectionError:
        pass
    finally:
        writer.close()


async def pg(cluster: Cluster, query: str, *, allowed: str = "127.0.0.0/8", **more: Any) -> Done:
    async with by_tcp(cluster) as port, outside(allowed, sql_drivers="postgres") as world:
        dns = f"postgres://postgres:pass@127.0.0.1:{port}/postgres?sslmode=disable"
        args = {"driver": "postgres", "dns": dns, "query": query, "timeout": 20_000, **more}
        return await flow(world.of(DOMAIN), {"sql": args})


@pytest.mark.postgres
async def test_postgres_answers_as_text(cluster: Cluster) -> None:
    query = (
        "SELECT $1::int + 1 AS n, $2 || '!' AS t, $3::numeric AS d, $4::bool AS b, NULL AS nothing, "
        "$5::date AS day, '{\"a\":1}'::jsonb AS j, ARRAY[1,2] AS many"
    )
    done = await pg(cluster, query, params=["41", "Оля", "10.50", "true", "2026-09-01"])
    assert done.variables == {
        "n": "42",
        "t": "Оля!",
        "d": "10.50",
        "b": "true",
        "nothing": "",
        "day": "2026-09-01",
        "j": '{"a": 1}',
        "many": "[1,2]",
    }
    assert "pass" not in str(done.trace[0]["args"].get("dns"))


@pytest.mark.postgres
async def test_what_postgres_says_is_handed_on(cluster: Cluster) -> None:
    assert "syntax error" in (await pg(cluster, "SELEC 1")).results[0]
    assert "param 1 must be int4, not 'x'" in (await pg(cluster, "SELECT $1::int", params=["x"])).results[0]
    assert "takes 1 params, not 0" in (await pg(cluster, "SELECT $1::int")).results[0]
    assert "did not answer within 300 ms" in (await pg(cluster, "SELECT pg_sleep(30)", timeout=300)).results[0]
    assert (await pg(cluster, "SELECT 1 AS x WHERE false")).results == ["no row"]


@pytest.mark.postgres
async def test_postgres_goes_through_the_guard(cluster: Cluster) -> None:
    done = await pg(cluster, "SELECT 1 AS x", allowed="10.0.0.0/8")
    assert "OUTDIAL_ALLOW_NETWORKS" in done.results[0]


@pytest.mark.parametrize(
    "text",
    ["", "postgres://", "postgres://host/db", "host=/var/run/postgresql user=x", "postgres://u@a,b/db",
     "postgres://u@h:x/db", "host='x", "postgres://u@h/db?sslmode=maybe"],
)  # fmt: skip
def test_addresses_that_cannot_be_used(text: str) -> None:
    with pytest.raises(Refused):
        read_address(text)


def test_both_ways_of_writing_an_address() -> None:
    url = read_address("postgres://me:p%20w@db.example:5433/crm?sslmode=verify-full")
    words = read_address("host=db.example port=5433 user=me password='p w' dbname=crm sslmode=verify-full")
    assert url == words
