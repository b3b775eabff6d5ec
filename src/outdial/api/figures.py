"""The figures of queues, as the feed tells what changed in them at most once a second."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from outdial.api.feed import Feed
from outdial.domain.errors import StoreUnavailable
from outdial.store import board
from outdial.store.base import Store
from outdial.store.listing import Row
from outdial.store.tallies import HOUR_MS

log = structlog.get_logger(__name__)

PERIOD_MS = 24 * HOUR_MS
"""What ended is counted over this time, by whole hours, unless somebody asks for another."""
EACH_S = 1.0
Json = dict[str, Any]


class Board:
    """Tells the feed what changed in the figures of the domains that somebody watches."""

    def __init__(self, store: Store, feed: Feed) -> None:
        self._store = store
        self._feed = feed
        self._watched = Counter[int]()
        self._told: dict[int, dict[int, Json]] = {}
        """Domain → queue → its figures as told last."""
        self._looking: asyncio.Task[None] | None = None

    @contextmanager
    def watched(self, domain_id: int) -> Iterator[None]:
        self._watched[domain_id] += 1
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look_forever())
        try:
            yield
        finally:
            self._watched[domain_id] -= 1
            if not self._watched[domain_id]:
                del self._watched[domain_id]
                self._told.pop(domain_id, None)
            if not self._watched:
                self._looking.cancel()
                self._looking = None

    async def now(self, domain_id: int, queue_ids: Collection[int] = ()) -> list[Json]:
        """Of a watched domain, a second old at most. Raises StoreUnavailable."""
        if domain_id not in self._told:
            await self._look(domain_id)
        told = self._told.get(domain_id, {})
        return [figures for id_, figures in told.items() if not queue_ids or id_ in queue_ids]

    async def _look_forever(self) -> None:
        while True:
            for domain_id in list(self._watched):
                try:
                    await self._look(domain_id)
                except StoreUnavailable as error:
                    log.warning("board.store_unavailable", detail=error.detail)
            await asyncio.sleep(EACH_S)

    async def _look(self, domain_id: int) -> None:
        now = self._feed.now()
        since, until = now - PERIOD_MS, now + 1
        rows = await self._store.read(lambda conn: board.figures(conn, domain_id, since=since, until=until))
        if domain_id not in self._watched:
            return
        rates = self._feed.rates.of(now)
        found = {row["id"]: shown(row, rates, since, until) for row in rows}
        old = self._told.get(domain_id, {})
        self._told[domain_id] = found
        for id_ in old.keys() - found.keys():
            self._feed.add(domain_id, "queue", {"id": str(id_), "gone": True}, queue_id=id_)
        for id_, figures in found.items():
            if id_ in old and _as_it_is(old[id_]) != _as_it_is(figures):
                self._feed.add(domain_id, "queue", figures, queue_id=id_)


def _as_it_is(figures: Json) -> Json:
    """Without when it was looked at."""
    return {name: value for name, value in figures.items() if name not in ("at", "from", "to")}


def shown(row: Row, rates: dict[tuple[int, int], float], since: int, until: int) -> Json:
    """Figures as they leave: every field, ids and instants as texts."""
    queue_id = row["id"]
    trunks = [
        {**r, "id": str(r["id"]), "calls_per_second": rates.get((queue_id, r["id"]), 0.0)} for r in row["resources"]
    ]
    limits = [r["rps"] for r in trunks if r["enabled"]]
    return {
        **row,
        "id": str(queue_id),
        "at": str(until - 1),
        "from": str(since // HOUR_MS * HOUR_MS),
        "to": str(until),
        "why_idle_at": str(row["why_idle_at"]),
        "calls_per_second": round(sum(rate for (mine, _), rate in rates.items() if mine == queue_id), 1),
        "calls_per_second_limit": sum(limits) if limits and min(limits) > 0 else 0,
        "resources": trunks,
    }


def an_object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(of: Json) -> Json:
    return {"type": "array", "items": of}


TEXT, WHOLE, RATE, FLAG = {"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "boolean"}
SUMS: Json = {"attempts": WHOLE, "calls": WHOLE, "answered": WHOLE, "answer_rate": RATE, "talk_sec": WHOLE}
NAMED = _list(an_object(name=TEXT, count=WHOLE))
TRUNK = an_object(
    id=TEXT, name=TEXT, enabled=FLAG, limit=WHOLE, rps=WHOLE, lines=WHOLE, lines_all=WHOLE, calls_per_second=RATE
)
FIELDS: Json = {
    "id": TEXT, "name": TEXT, "enabled": FLAG, "at": TEXT, "from": TEXT, "to": TEXT, "count": WHOLE, "waiting": WHOLE,
    "active": WHOLE, "done": WHOLE, "why_idle": TEXT, "why_idle_at": TEXT, "calls_per_second": RATE,
    "calls_per_second_limit": WHOLE, "resources": _list(TRUNK), **SUMS, "results": NAMED, "causes": NAMED,
}  # fmt: skip
CHARTED = an_object(
    **FIELDS, by_hour=_list(an_object(hour=TEXT, **SUMS)), by_attempt=_list(an_object(attempt=WHOLE, **SUMS))
)
