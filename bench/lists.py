"""Prices lists: pages of many members and of a long history of calls, through the API.

    python -m bench.lists [--members 1000000] [--calls 5000000]

Each page is asked for at the door, in this process, without a socket; beside it the same work in plain SQL on the same
file in the same run: the same rows by hand-written statements, without names, shapes or JSON. SQLite on disk.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection
from tests.api.door import cut_here

from outdial.api import session
from outdial.api.app import build
from outdial.api.doors import Deps
from outdial.api.feed import Feed
from outdial.api.figures import Board
from outdial.flow.validate import validate
from outdial.net.links import Links
from outdial.store import Store, open_store
from outdial.store.files import Files

TOKEN = "bench-token"
NOON = 1_764_000_000_000
DAY = 86_400_000
DAYS, QUEUES = 30, 20
CAUSES = (
    "NORMAL_CLEARING",
    "USER_BUSY",
    "NO_ANSWER",
    "CALL_REJECTED",
    "NORMAL_TEMPORARY_FAILURE",
    "UNALLOCATED_NUMBER",
)
SIZE = 40
Ask = Callable[[random.Random], Awaitable[int]]
Plain = Callable[[random.Random], int]


@dataclass(frozen=True, slots=True)
class Price:
    page: str
    p50_ms: float
    p95_ms: float
    plain_p50_ms: float
    plain_p95_ms: float

    @property
    def ratio(self) -> float:
        return self.p50_ms / self.plain_p50_ms


def price(members: int, calls: int, asked: int = 200) -> list[Price]:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_price(Path(folder), members, calls, asked))


async def _price(folder: Path, members: int, calls: int, asked: int) -> list[Price]:
    path = folder / "bench.db"
    store = await open_store(f"sqlite:///{path}", now=_noon)
    await session.ensure_admin(store)
    await session.preset_token(store, TOKEN)
    await store.write(lambda conn: _fill(conn, members, calls))
    site = build(_deps(store, folder))
    found = []
    with sqlite3.connect(path) as plain:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://bench.test/api") as client:
            client.headers["X-Webitel-Access"] = TOKEN
            for page, params, by_hand in pages(plain, members):
                found.append(await _measure(page, _asking(client, params), by_hand, asked))
    await store.close()
    return found


def _deps(store: Store, folder: Path) -> Deps:
    links, feed = Links(b"key of the bench"), Feed(_noon)
    return Deps(store, Files(folder), cut_here, validate, dict, _noon, links, feed, Board(store, feed))


def _noon() -> int:
    return NOON


async def _measure(page: str, ask: Ask, by_hand: Plain, asked: int) -> Price:
    """The same pages in the same order, one way after the other, so that neither finds a warmer cache."""
    ours, theirs = [], []
    for seed in range(asked):
        began = time.perf_counter()
        rows = await ask(random.Random(seed))
        middle = time.perf_counter()
        expected = by_hand(random.Random(seed))
        ours.append((middle - began) * 1000)
        theirs.append((time.perf_counter() - middle) * 1000)
        if rows != expected:
            raise SystemExit(f"{page}: {rows} rows at the door, {expected} by hand")
    return Price(page, *_quantiles(ours), *_quantiles(theirs))


def _quantiles(times: list[float]) -> tuple[float, float]:
    times = sorted(times)
    return round(times[len(times) // 2], 2), round(times[int(len(times) * 0.95)], 2)


def _asking(client: httpx.AsyncClient, params: Callable[[random.Random], tuple[str, dict[str, Any]]]) -> Ask:
    async def ask(rng: random.Random) -> int:
        path, asked = params(rng)
        answer = await client.get(path, params=asked)
        answer.raise_for_status()
        return len(answer.json()["items"])

    return ask


Params = Callable[[random.Random], tuple[str, dict[str, Any]]]
_MEMBERS = "/call_center/queues/1/members"
_NUMBERS = "SELECT * FROM member_number WHERE member_id IN ({})"


def pages(plain: sqlite3.Connection, members: int) -> list[tuple[str, Params, Plain]]:
    def with_numbers(sql: str, *values: Any) -> int:
        rows = plain.execute(sql, values).fetchall()
        ids = [row[0] for row in rows]
        plain.execute(_NUMBERS.format(",".join("?" * len(ids))), ids).fetchall()
        return len(rows)

    newest = f"ORDER BY created_at DESC, id DESC LIMIT {SIZE}"
    head = "SELECT * FROM member WHERE domain_id = 1 AND queue_id = 1"
    few = "name_folded >= ? AND name_folded < ?"
    size = {"size": SIZE}

    def rare(rng: random.Random) -> str:
        return f"ann {rng.randrange(members // 10):06d}"

    def span(rng: random.Random) -> tuple[int, str, int, int]:
        begin = NOON - DAY * rng.randrange(1, DAYS)
        return rng.randrange(1, QUEUES + 1), rng.choice(CAUSES), begin, begin + DAY

    def history(rng: random.Random) -> tuple[str, dict[str, Any]]:
        queue, cause, since, until = span(rng)
        return "/calls/history", {**size, "queue_id": queue, "cause": cause, "created_at.from": since,
                                  "created_at.to": until}  # fmt: skip

    def by_day(rng: random.Random) -> int:
        sql = (
            "SELECT * FROM call_history WHERE domain_id = 1 AND queue_id = ? AND cause = ? AND created_at >= ?"
            f" AND created_at <= ? ORDER BY created_at DESC, id DESC LIMIT {SIZE}"
        )
        return len(plain.execute(sql, span(rng)).fetchall())

    return [
        (
            "members, newest first",
            lambda rng: (_MEMBERS, {**size, "priority.from": 0}),
            lambda rng: with_numbers(f"{head} {newest}"),
        ),
        (
            "members, a name that few have",
            lambda rng: (_MEMBERS, {**size, "q": f"{rare(rng)}*"}),
            lambda rng: with_numbers(f"{head} AND {few} {newest}", (name := rare(rng)), name + "\U0010ffff"),
        ),
        (
            "members, a name that many have",
            lambda rng: (_MEMBERS, {**size, "q": "ann*"}),
            lambda rng: with_numbers(f"{head} AND name_folded LIKE 'ann%' {newest}"),
        ),
        (
            "members, a number",
            lambda rng: (_MEMBERS, {**size, "destination": str(380_000_000_000 + rng.randrange(members))}),
            lambda rng: with_numbers(
                f"{head} AND id IN (SELECT member_id FROM member_number WHERE domain_id = 1 AND number = ?) {newest}",
                str(380_000_000_000 + rng.randrange(members)),
            ),
        ),
        ("calls by queue, cause and day", history, by_day),
    ]


_COUNTING = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)"
_CALENDAR = """
    INSERT INTO calendar (domain_id, name, name_folded, description, description_folded, timezone, accepts, excepts,
    specials, created_at, updated_at) VALUES (1, 'c', 'c', '', '', 'UTC', '[]', '[]', '[]', 0, 0)
"""
_TYPE = """
    INSERT INTO communication_type (domain_id, code, name, name_folded, channel, "default", description,
    description_folded) VALUES (1, 'm', 'Mobile', 'mobile', 'Phone', 0, '', '')
"""
_QUEUE = """
    INSERT INTO queue (domain_id, name, name_folded, type, enabled, calendar_id, strategy, priority, payload, variables,
    tags, description, description_folded, created_at, updated_at)
    VALUES (1, ?, ?, 2, 0, 1, 'fifo', 0, '{}', '{}', '[]', '', '', 0, 0)
"""
_MEMBER = f"""
    {_COUNTING}
    INSERT INTO member (domain_id, queue_id, state, priority, timezone, attempts, stop_cause, created_at, name,
    name_folded, variables, import_id, deferred)
    SELECT 1, 1, 0, i % 3, '', 0, '', ? + i, name, lower(name), '{{"city":"Kyiv"}}', '', '' FROM (
        SELECT i, CASE WHEN i % 10 = 0 THEN printf('Ann %06d', i / 10) ELSE printf('Bob %06d', i) END AS name FROM n
    )
"""
_NUMBER = """
    INSERT INTO member_number (domain_id, member_id, position, destination, number, type_id, priority, display,
    description, dtmf, attempts, last_activity_at)
    SELECT 1, id, 0, CAST(380000000000 + id - 1 AS TEXT), CAST(380000000000 + id - 1 AS TEXT), 1, 0, '', '', '', 0, 0
    FROM member
"""
_CAUSE = " ".join(f"WHEN i % 100 >= {90 - 15 * at} THEN '{name}'" for at, name in enumerate(CAUSES[1:]))
_CALL = f"""
    {_COUNTING}
    INSERT INTO call_history (id, domain_id, attempt_id, queue_id, queue_name, member_id, member_name, gateway_id,
    gateway_name, resource_id, from_number, destination, number, created_at, joined_at, leaving_at, stored_at, duration,
    talk_sec, cause, sip_code, hangup_by, hangup_phrase, result, disposition, amd_result, variables, schema_ids,
    flow_trace, sip_trace)
    SELECT printf('%08x-call', i), 1, i, 1 + (i * 7919) % ?, 'q', i, 'Ann', 1, 'gw', 1, '100', '380' || i, '380' || i,
    at, at, at + 9000, at + 9000, 9, 7, cause, 200, 'A', '', 'abandoned', 'answered', '', '{{}}', '[]', '[]', '' FROM (
        SELECT i, CASE {_CAUSE} ELSE '{CAUSES[0]}' END AS cause, ? - (i * 2654435761) % ? AS at FROM n
    )
"""


def _fill(conn: Connection, members: int, calls: int) -> None:
    """Straight into the tables: how rows get there is priced elsewhere."""
    run = conn.exec_driver_sql
    run(_CALENDAR)
    run(_TYPE)
    for queue in range(1, QUEUES + 1):
        run(_QUEUE, (f"q{queue}", f"q{queue}"))
    run(_MEMBER, (members, NOON - members))
    run(_NUMBER)
    run(_CALL, (calls, QUEUES, NOON, DAY * DAYS))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--members", type=int, default=1_000_000)
    words.add_argument("--calls", type=int, default=5_000_000)
    words.add_argument("--asked", type=int, default=200, help="pages of each kind")
    given = words.parse_args()
    for one in price(given.members, given.calls, given.asked):
        print(json.dumps({**asdict(one), "ratio": round(one.ratio, 2)}))


if __name__ == "__main__":
    main()
