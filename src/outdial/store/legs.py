"""Second legs of calls: on disk before their INVITE leaves, gone when they are over.

They are few, so these are plain functions and no steps.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from outdial.store.tables import attempt, bridge_leg, gateway

_c = bridge_leg.c


@dataclass(frozen=True, slots=True)
class Leg:
    """A second leg about to be rung, or left by a dead service."""

    call_id: str
    domain_id: int
    attempt_id: int
    """Of the call it is for."""
    gateway_id: int
    destination: str
    dialog: bytes
    answered: bool = False


def gateway_of(conn: Connection, domain_id: int, id: int, name: str) -> int | None:
    """The id of an enabled gateway of the domain, by id or, when that is 0, by name."""
    mine = gateway.c.id == id if id else gateway.c.name == name
    wanted = select(gateway.c.id).where(gateway.c.domain_id == domain_id, mine, gateway.c.enable)
    return conn.execute(wanted.order_by(gateway.c.id).limit(1)).scalar()


def offer_alone(conn: Connection, leg: Leg, at: int) -> bool:
    """A call for itself, with no attempt (``attempt_id`` 0). False: its gateway was switched off or is gone."""
    if gateway_of(conn, leg.domain_id, leg.gateway_id, "") is None:
        return False
    _write(conn, leg, at)
    return True


def offer(conn: Connection, leg: Leg, at: int) -> bool:
    """False: it must not be rung, for its call is not up any more, or its gateway was switched off."""
    up = select(attempt.c.id).where(attempt.c.id == leg.attempt_id, attempt.c.state.in_(("offering", "bridged")))
    if conn.execute(up).first() is None or gateway_of(conn, leg.domain_id, leg.gateway_id, "") is None:
        return False
    _write(conn, leg, at)
    return True


def _write(conn: Connection, leg: Leg, at: int) -> None:
    conn.execute(
        insert(bridge_leg).values(
            call_id=leg.call_id,
            domain_id=leg.domain_id,
            attempt_id=leg.attempt_id,
            gateway_id=leg.gateway_id,
            destination=leg.destination,
            answered=False,
            dialog=leg.dialog,
            created_at=at,
        )
    )


def note(conn: Connection, call_id: str, dialog: bytes, *, answered: bool) -> None:
    """The dialog has changed, or was made by the answer."""
    conn.execute(update(bridge_leg).where(_c.call_id == call_id).values(dialog=dialog, answered=answered))


def over(conn: Connection, call_ids: Collection[str]) -> None:
    conn.execute(delete(bridge_leg).where(_c.call_id.in_(call_ids)))


def left(conn: Connection) -> list[Leg]:
    """All that are up, of all domains: at a start, what a dead service left."""
    columns = _c.call_id, _c.domain_id, _c.attempt_id, _c.gateway_id, _c.destination, _c.dialog, _c.answered
    return [Leg(**{**row._mapping, "dialog": bytes(row.dialog)}) for row in conn.execute(select(*columns))]
