"""``cache``: values that flows keep for each other (flow-engine §4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from outdial.flow.declare import application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.values import as_text


@dataclass(frozen=True, slots=True)
class CacheSet:
    data: dict[str, Any] = arg(dict, required=True, help="Key → value.")
    ttl: int = arg(0, unit="s", help="How long they are kept; 0: until there is no more room.")


@dataclass(frozen=True, slots=True)
class CacheDelete:
    keys: list[str] = arg(list, required=True, help="What to forget.")


@dataclass(frozen=True, slots=True)
class Cache:
    type: str = arg("memory", choices=("memory", "redis"), help="Where: in memory, or in the Redis of the settings.")
    action: str = arg("", required=True, choices=("get", "set", "delete"), help="What to do.")
    get: dict[str, Any] = arg(dict, sets=True, example={"name": "key"}, help="Variable → key; or `key` and `variable`.")
    set: CacheSet | None = arg(None, help="With `set`: what to keep.")
    delete: CacheDelete | None = arg(None, help="With `delete`: what to forget.")


@application(
    "cache",
    args=Cache,
    group="outside",
    waits=True,
    outside=True,
    help="Keeps values for other flows of the domain. A key that is not there fails and sets nothing.",
)
async def cache(run: Run, args: Cache) -> None:
    if args.type not in ("memory", "redis"):
        raise AppFailed(f"type is memory or redis, not {args.type!r}")
    kind = cast(Literal["memory", "redis"], args.type)
    match args.action:
        case "get":
            await _get(run, kind, args.get)
        case "set" if args.set is not None:
            values = {key: as_text(value) for key, value in args.set.data.items()}
            await run.env.net.cache(kind, values, max(0, args.set.ttl))
        case "delete" if args.delete is not None:
            await run.env.net.uncache(kind, args.delete.keys)
        case "set" | "delete":
            raise AppFailed(f"the action {args.action} needs an object `{args.action}`")
        case other:
            raise AppFailed(f"action is get, set or delete, not {other!r}")


async def _get(run: Run, kind: Literal["memory", "redis"], wanted: dict[str, Any]) -> None:
    """Released engines differ in how they write it; both are read."""
    if wanted.keys() == {"key", "variable"}:
        wanted = {as_text(wanted["variable"]): wanted["key"]}
    for variable, key in wanted.items():
        value = await run.env.net.cached(kind, as_text(key))
        if value is None:
            raise AppFailed(f"there is no {key!r} in the cache")
        run.connection.set(variable, value)
