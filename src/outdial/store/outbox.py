"""The outbox: what webhooks are to be told, written with what happened, sent until it is taken or given up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from outdial.store.context import context_of, now_of
from outdial.store.dialect import Raw, dump
from outdial.store.tables import delivery, webhook

OVER = "attempt.over"
TEST = "test"
EVENTS = (OVER,)
"""What can be subscribed to."""
WAITS_S = (10, 30, 60, 300, 900, 3600, 10_800, 21_600)
"""Between tries; after the last of them it is given up."""
KEPT_MS = 7 * 24 * 3_600_000
"""The log of what is settled."""
_HOOKS = "SELECT id, domain_id, queue_id, CAST(events AS TEXT) FROM webhook WHERE enabled"
_INSERT = (
    "INSERT INTO delivery (domain_id, webhook_id, event, body, created_at, due_at, tries, state, status, problem, ms)"
    " VALUES (?, ?, ?, ?, ?, ?, 0, 'waiting', 0, '', 0)"
)
_d = delivery.c


class Fact(NamedTuple):
    """Something that happened in a queue."""

    domain_id: int
    queue_id: int
    event: str
    body: dict[str, Any]


def add(driver: Raw, facts: Iterable[Fact], now: int) -> None:
    """In the transaction of the facts: a row for each webhook that wants to hear of one. They are made only where
    there is a webhook."""
    hooks = driver.all(_HOOKS)
    if not hooks:
        return
    told = list(facts)
    rows = []
    for hook_id, domain_id, queue_id, events in hooks:
        wanted = msgspec.json.decode(events)
        for fact in told:
            if fact.domain_id == domain_id and queue_id in (None, fact.queue_id) and fact.event in wanted:
                rows.append((domain_id, hook_id, fact.event, dump(fact.body), now, now))
    driver.many(_INSERT, rows)


def test(conn: Connection, domain_id: int, webhook_id: int) -> int:
    """A delivery that only says that it is one; answers its id."""
    now = now_of(conn)
    values = {
        "domain_id": domain_id, "webhook_id": webhook_id, "event": TEST, "body": dump({"hello": "from Outdial"}),
        "created_at": now, "due_at": now, "tries": 0, "state": "waiting", "status": 0, "problem": "", "ms": 0,
    }  # fmt: skip
    key = conn.execute(insert(delivery).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to send."""

    id: int
    webhook_id: int
    url: str
    secret: str
    event: str
    body: str
    created_at: int
    tries: int


def due(conn: Connection, now: int, busy: Iterable[int], limit: int) -> list[Due]:
    """What is to be sent, the longest due first, beside that of webhooks that are busy."""
    shown = (_d.id, _d.webhook_id, webhook.c.url, webhook.c.secret_sealed, _d.event, _d.body, _d.created_at, _d.tries)
    wanted = (
        select(*shown)
        .join(webhook, webhook.c.id == _d.webhook_id)
        .where(_d.due_at <= now, webhook.c.enabled, _d.webhook_id.not_in(list(busy)))
        .order_by(_d.due_at, _d.id)
        .limit(limit)
    )
    box = context_of(conn).box
    return [Due(r[0], r[1], r[2], box.open(r[3]), *r[4:]) for r in conn.execute(wanted)]


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one try."""

    id: int
    tries: int
    """With this one."""
    at: int
    ms: int
    status: int
    """Of the answer; 0: there was none."""
    problem: str
    """Empty: it was taken."""


def settle(conn: Connection, sent: Iterable[Sent]) -> None:
    """Taken, to be tried again, or given up."""
    for one in sent:
        again = one.problem and one.tries <= len(WAITS_S)
        due_at = one.at + WAITS_S[one.tries - 1] * 1000 if again else None
        state = "waiting" if again else "failed" if one.problem else "delivered"
        values: dict[str, Any] = {"tries": one.tries, "sent_at": one.at, "ms": one.ms, "status": one.status}
        values |= {"problem": one.problem[:300], "due_at": due_at, "state": state}
        conn.execute(update(delivery).where(_d.id == one.id).values(values))


def purge(conn: Connection, now: int, limit: int) -> int:
    """Forgets what was settled long ago; answers how many, at most ``limit``."""
    old = select(_d.id).where(_d.created_at < now - KEPT_MS, _d.due_at.is_(None)).limit(limit)
    return int(conn.execute(delete(delivery).where(_d.id.in_(old))).rowcount)
