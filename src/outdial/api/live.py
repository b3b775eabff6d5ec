"""What happens right now, for the page at ``/``: one cheap read a second."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc
from outdial.api.doors import Call, Doors
from outdial.store import calls, history, members, queues
from outdial.store.listing import ListQuery, Row

OBJECT = "cc_queue"
QUEUES = 20
COUNTED = 500
"""Results and causes are counted over the last so many attempts."""
SHOWN = 40
ACTIVE = 50
QUEUE = ("id", "name", "enabled", "count", "waiting", "active", "why_idle")
OPEN = ("id", "queue_name", "member", "destination", "state", "joined_at", "offering_at", "bridged_at", "seq")


def install(doors: Doors) -> None:
    doors.add("GET", "/live", _live, Doc("What happens right now: one cheap read", {"type": "object"}, filtered=True))


async def _live(call: Call) -> Response:
    found = await call.read(lambda conn: _read(conn, call.domain_id))
    return wire.answer({"now": call.deps.now(), "ill": _ill(call), **found})


def _ill(call: Call) -> dict[str, str]:
    return {part: why for part, why in call.deps.health().items() if why}


def _read(conn: Connection, domain_id: int) -> dict[str, Any]:
    last = history.search(conn, domain_id, ListQuery(size=COUNTED, fields=("result", "cause"))).items
    return {
        "queues": queues.search(conn, domain_id, ListQuery(size=QUEUES, fields=QUEUE)).items,
        "results": _counts(last, "result"),
        "causes": _counts(last, "cause"),
        "counted": len(last),
        "active": history.search_open(conn, domain_id, ListQuery(size=ACTIVE, fields=OPEN)).items,
        "recent": _recent(conn, domain_id),
    }


def _counts(rows: list[Row], field: str) -> list[Row]:
    """The most frequent values first."""
    found = Counter(row[field] for row in rows if row[field])
    return [{"name": name, "count": count} for name, count in found.most_common(12)]


def _recent(conn: Connection, domain_id: int) -> list[Row]:
    """The last attempts, each with what its after-flow exported, its recording, and when the member is next."""
    fields = (
        "id", "queue", "member", "destination", "seq", "joined_at", "bridged_at", "leaving_at", "result", "cause",
        "sip_code", "disposition", "reason", "variables", "call_id",
    )  # fmt: skip
    rows = history.search(conn, domain_id, ListQuery(size=SHOWN, fields=fields)).items
    next_tries = _next_tries(conn, domain_id, {row["member"]["id"] for row in rows if row["member"]})
    recordings = _recordings(conn, domain_id, [row["call_id"] for row in rows if row["call_id"]])
    rows.sort(key=lambda row: -row["leaving_at"])
    for row in rows:
        row["status"] = str((row.pop("variables") or {}).get("status", ""))
        row["recording"] = recordings.get(row.pop("call_id"))
        row["next"] = next_tries.get(row["member"]["id"]) if row["member"] else None
    return rows


def _next_tries(conn: Connection, domain_id: int, ids: set[int]) -> dict[int, Row]:
    fields = ("id", "min_offering_at", "stop_cause", "attempts")
    rows = members.search(conn, domain_id, ListQuery(size=SHOWN, ids=tuple(ids), fields=fields)).items if ids else []
    return {row["id"]: {"at": row["min_offering_at"], "stop_cause": row["stop_cause"]} for row in rows}


def _recordings(conn: Connection, domain_id: int, call_ids: list[str]) -> dict[str, int]:
    query = ListQuery(size=SHOWN, fields=("id", "call_id"), filters={"call_id": call_ids})
    return {row["call_id"]: row["id"] for row in calls.FILES.search(conn, domain_id, query).items} if call_ids else {}
