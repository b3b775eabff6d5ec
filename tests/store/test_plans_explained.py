"""The hot statements use their indexes on both databases (EXPLAIN)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Connection, event

from outdial.store import calls, claims, history, members
from outdial.store.dialect import PostgresRaw, SqliteRaw, _for_postgres, _for_sqlite
from outdial.store.listing import ListQuery, Range
from outdial.store.steps import Finish
from outdial.store.writing import write_steps
from tests.store.builders import Campaign, a_campaign, claim, facts, finish, people, queue_of, reservation
from tests.store.ground import NOON, Ground

MANY = 4000


@dataclass
class Plans:
    """The plans of everything a function executes, statement by statement."""

    conn: Connection
    texts: list[tuple[str, str]] = field(default_factory=list)

    def explain(self, sql: str, params: Any) -> None:
        if not sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
            return
        head = "EXPLAIN QUERY PLAN " if self.conn.dialect.name == "sqlite" else "EXPLAIN "
        if self.conn.dialect.name == "sqlite":
            rows = self.conn.connection.driver_connection.execute(head + sql, params).fetchall()  # type: ignore[union-attr]  # attached
        else:
            cursor = self.conn.connection.cursor()
            cursor.execute(head + sql, params)
            rows = cursor.fetchall()
        self.texts.append((sql, "\n".join(str(row[-1]) for row in rows)))

    def of(self, start: str) -> str:
        """The plans of the statements that begin so."""
        found = [plan for sql, plan in self.texts if " ".join(sql.split()).startswith(start)]
        assert found, f"nothing begins with {start}: {[sql for sql, _ in self.texts]}"
        return "\n".join(found)


@contextmanager
def explaining(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plans]:
    """Explains each statement before it runs: ours of the hot path, and the toolkit's."""
    plans = Plans(conn)

    def before(method: Any, convert: Callable[[str], str], many: bool) -> Any:
        def run(self: Any, sql: str, params: Any = ()) -> Any:
            if not many or params:
                plans.explain(convert(sql), params[0] if many else params)
            return method(self, sql, params)

        return run

    for raw, convert in ((SqliteRaw, _for_sqlite), (PostgresRaw, _for_postgres)):
        for name in ("all", "run", "many"):
            monkeypatch.setattr(raw, name, before(getattr(raw, name), convert, name == "many"))

    def listen(_conn: Any, _cursor: Any, sql: str, params: Any, *_: Any) -> None:
        plans.explain(sql, params)

    event.listen(conn, "before_cursor_execute", listen)
    try:
        yield plans
    finally:
        event.remove(conn, "before_cursor_execute", listen)
        monkeypatch.undo()


@pytest.fixture
def crowd(durable: Ground) -> tuple[Ground, Campaign]:
    """Two queues with members and a past, and fresh statistics."""
    campaign = a_campaign(durable, after_schema=None)
    numbers = [str(10_000 + n) for n in range(MANY)]
    durable.write(members.bulk, campaign.domain, campaign.queue, people(campaign, *numbers))
    durable.write(_past, campaign)
    if durable.name == "postgres":
        durable.write(lambda conn: conn.exec_driver_sql("ANALYZE").close())
    return durable, campaign


def _past(conn: Connection, campaign: Campaign) -> None:
    """Most members have been rung once and wait."""
    due = claims.due(conn, queue_of(conn, campaign), NOON, MANY // 2)
    attempts = claims.reserve(conn, [reservation(campaign, m, NOON + 60 * n) for n, m in enumerate(due)])
    write_steps(conn, [finish(a, facts=facts(a.joined_at), at=a.joined_at) for a in attempts])


def explained(crowd: tuple[Ground, Campaign], patch: pytest.MonkeyPatch, fn: Callable[..., Any]) -> Plans:
    ground, campaign = crowd

    def run(conn: Connection) -> Plans:
        with explaining(conn, patch) as plans:
            fn(conn, campaign)
        return plans

    return ground.write(run)


def test_claim(crowd: tuple[Ground, Campaign], monkeypatch: pytest.MonkeyPatch) -> None:
    queue = crowd[0].read(queue_of, crowd[1])
    plans = explained(crowd, monkeypatch, lambda conn, _: claims.due(conn, queue, NOON, 100))
    text = plans.of("SELECT id, attempts, priority, ready_at FROM member")
    assert "ix_member_claim" in text
    assert "Sort" not in text
    assert "TEMP B-TREE" not in text
    assert "ix_member_claim" in plans.of("SELECT timezone FROM member")
    assert "ix_member_claim" in plans.of("SELECT priority FROM member")


def test_due_retries(crowd: tuple[Ground, Campaign], monkeypatch: pytest.MonkeyPatch) -> None:
    plans = explained(crowd, monkeypatch, lambda conn, _: claims.promote(conn, NOON + 61_000))
    assert "ix_member_waiting" in plans.of("UPDATE member")
    plans = explained(crowd, monkeypatch, lambda conn, campaign: claims.next_due(conn, campaign.queue))
    assert "ix_member_waiting" in plans.of("SELECT min(ready_at)")
    plans = explained(crowd, monkeypatch, lambda conn, _: claims.expire(conn, NOON))
    assert "ix_member_expire" in plans.of("UPDATE member")


def test_finish(crowd: tuple[Ground, Campaign], monkeypatch: pytest.MonkeyPatch) -> None:
    (attempt,) = crowd[0].write(claim, crowd[1], NOON, 1)
    step: Finish = finish(attempt)
    plans = explained(crowd, monkeypatch, lambda conn, _: write_steps(conn, [step]))
    for statement in ("SELECT id, queue_id, attempts", "UPDATE member SET", "UPDATE member_number SET"):
        text = plans.of(statement)
        assert "Seq Scan on member" not in text
        assert "SCAN member" not in text
    assert "ix_member_number_member_id" in plans.of("SELECT member_id, id, attempts, stop_at FROM member_number")


def test_lists(crowd: tuple[Ground, Campaign], monkeypatch: pytest.MonkeyPatch) -> None:
    def search(conn: Connection, campaign: Campaign) -> None:
        members.search(conn, campaign.domain, ListQuery(size=10), queue_id=campaign.queue)

    assert "ix_member_list" in explained(crowd, monkeypatch, search).of("SELECT member.id")

    def find(conn: Connection, campaign: Campaign) -> None:
        query = ListQuery(size=10, filters={"destination": "10007"})
        members.search(conn, campaign.domain, query, queue_id=campaign.queue)

    found = explained(crowd, monkeypatch, find).of("SELECT member_number.member_id FROM member_number")
    assert "ix_member_number_number" in found

    def named(conn: Connection, campaign: Campaign) -> None:
        members.search(conn, campaign.domain, ListQuery(size=10, q="m12*"), queue_id=campaign.queue)

    assert "ix_member_name" in explained(crowd, monkeypatch, named).of("SELECT member.id FROM member")


def test_histories(crowd: tuple[Ground, Campaign], monkeypatch: pytest.MonkeyPatch) -> None:
    span = Range(NOON, NOON + 1000)

    def attempts_of_queue(conn: Connection, campaign: Campaign) -> None:
        query = ListQuery(size=10, filters={"joined_at": span, "queue_id": [campaign.queue]})
        history.search(conn, campaign.domain, query)

    plan = explained(crowd, monkeypatch, attempts_of_queue).of("SELECT attempt_history.id")
    assert "ix_attempt_history" in plan

    def attempts_of_member(conn: Connection, campaign: Campaign) -> None:
        history.search(conn, campaign.domain, ListQuery(size=10, filters={"member_id": [7]}))

    plan = explained(crowd, monkeypatch, attempts_of_member).of("SELECT attempt_history.id")
    assert "ix_attempt_history_member" in plan

    def todays_calls(conn: Connection, campaign: Campaign) -> None:
        calls.search(conn, campaign.domain, ListQuery(size=10, filters={"created_at": span}))

    assert "ix_call_history" in explained(crowd, monkeypatch, todays_calls).of("SELECT call_history.id")
