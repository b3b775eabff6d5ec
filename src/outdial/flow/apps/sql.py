"""``sql``: one statement to another database (flow-engine §4.6)."""

from __future__ import annotations

from dataclasses import dataclass

from outdial.flow.declare import application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.ports.net import Query

MAX_TIMEOUT_MS = 60_000


@dataclass(frozen=True, slots=True)
class Sql:
    driver: str = arg("", required=True, choices=("postgres", "sqlite3"), help="Which kind of database.")
    dns: str = arg(
        "",
        required=True,
        secret=True,
        example="postgres://user:password@db.example/crm",
        help="postgres: where it is, with name and password. sqlite3: name of a file in the folder for them.",
    )
    query: str = arg("", required=True, help="One statement; values go into `params`, never into the text.")
    params: list[str] = arg(list, help="Values for $1, $2 … (postgres) or ? (sqlite3).")
    timeout: int = arg(1000, unit="ms", help="For everything together; at most a minute.")


@application(
    "sql",
    args=Sql,
    group="outside",
    waits=True,
    outside=True,
    help="Runs one statement; each column of its first row becomes a variable. Off unless the settings allow it.",
)
async def sql(run: Run, args: Sql) -> str:
    for name in ("driver", "dns", "query"):
        if not getattr(args, name):
            raise AppFailed(f"{name} is missing")
    timeout_s = min(args.timeout, MAX_TIMEOUT_MS) / 1000 if args.timeout > 0 else 1.0
    row = await run.env.net.query(Query(args.driver, args.dns, args.query, tuple(args.params), timeout_s))
    for name, value in row.items():
        run.connection.set(name, value)
    return f"{len(row)} columns" if row else "no row"
