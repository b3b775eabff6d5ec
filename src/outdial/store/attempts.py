"""Open attempts given back before anything rang."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from outdial.store import counters
from outdial.store.dialect import raw
from outdial.store.tables.dialing import READY, STOPPED, WAITING


def release(conn: Connection, attempt_ids: Sequence[int]) -> int:
    """Gives up reservations, uncounted; only attempts that are still idle. Answers how many.

    Their members stand in line as before; one with a ``ready_at`` comes in by the next ``claims.promote``.
    """
    driver = raw(conn)
    gone = driver.all(
        "DELETE FROM attempt WHERE id IN {ids} AND state = 'idle' RETURNING domain_id, queue_id, member_id",
        (driver.ids(attempt_ids),),
    )
    driver.run(
        f"UPDATE member SET state = CASE WHEN stop_at IS NOT NULL THEN {STOPPED}"
        f" WHEN ready_at IS NULL THEN {READY} ELSE {WAITING} END WHERE id IN {{ids}}",
        (driver.ids(row[2] for row in gone),),
    )
    counters.add(driver, [counters.Change(domain, queue, active=-1) for domain, queue, _ in gone])
    return len(gone)
