"""The store as a service: savepoints, groups, bells, trouble, locks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from outdial.domain.errors import Misconfigured, StoreUnavailable, UserMistake
from outdial.store import domains, open_store, queues
from outdial.store.postgres import PostgresStore
from outdial.store.tables import domain_table
from tests.store.builders import a_campaign, add_members, finish, offering, reserve
from tests.store.ground import NOON, Ground


def test_a_function_that_fails_leaves_nothing_and_its_neighbours_stand(ground: Ground) -> None:
    def half(conn: Connection) -> None:
        domains.ensure(conn, "half")
        raise ValueError("no")

    async def together() -> Any:
        write = ground.store.write
        return await asyncio.gather(
            write(lambda c: domains.ensure(c, "one")),
            write(half),
            write(lambda c: domains.ensure(c, "two")),
            return_exceptions=True,
        )

    first, failed, second = ground.do(together())
    assert isinstance(failed, ValueError)
    assert [ground.read(domains.find, name) for name in ("one", "half", "two")] == [first, None, second]


def test_a_broken_step_does_not_take_its_neighbours_along(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1", "2")
    good, bad = reserve(ground, campaign)
    broken = offering(ground, bad, dialog=object())

    async def together() -> Any:
        steps = (ground.store.step(broken), ground.store.step(offering_of_good))
        return await asyncio.gather(*steps, return_exceptions=True)

    offering_of_good = offering(ground, good)
    failed, answer = ground.do(together())
    assert isinstance(failed, Exception)
    assert not isinstance(failed, StoreUnavailable)
    assert answer == "go"


def test_bells_ring_after_the_commit_and_only_then(ground: Ground) -> None:
    rung: list[str] = []
    ground.store.subscribe("config", lambda: rung.append("config"))
    ground.store.subscribe("members", lambda: rung.append("members"))
    campaign = a_campaign(ground)
    assert rung == ["config"]
    add_members(ground, campaign, "1")
    assert rung == ["config", "members"]

    def undone(conn: Connection) -> None:
        queues.patch(conn, campaign.domain, campaign.queue, {"enabled": False})
        raise ValueError

    with pytest.raises(ValueError):  # it is ours
        ground.write(undone)
    assert rung == ["config", "members"]


def test_reading_cannot_write(ground: Ground) -> None:
    if ground.name == "memory":
        ground.read(lambda conn: conn.execute(insert(domain_table).values(name="sneaked")))
    else:
        with pytest.raises(Exception, match=r"read.?only"):
            ground.read(lambda conn: conn.execute(insert(domain_table).values(name="sneaked")))
    assert ground.read(domains.find, "sneaked") is None


def test_a_cancelled_waiter_does_not_undo_the_step(durable: Ground) -> None:
    campaign = a_campaign(durable)
    add_members(durable, campaign, "1")
    (attempt,) = reserve(durable, campaign)

    async def give_up() -> None:
        waiting = asyncio.ensure_future(durable.store.step(finish(attempt)))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    durable.do(give_up())
    durable.reopen()
    assert durable.sql("SELECT count(*) FROM attempt_history") == [(1,)]


def test_what_was_written_is_there_after_a_restart_and_ids_do_not_come_back(durable: Ground) -> None:
    campaign = a_campaign(durable)
    add_members(durable, campaign, "1")
    (attempt,) = reserve(durable, campaign)
    durable.step(finish(attempt, wait_s=0, at=NOON))
    durable.reopen()
    (again,) = reserve(durable, campaign)
    assert again.id > attempt.id
    assert again.seq == 2


def test_two_services_never_share_a_database(durable: Ground) -> None:
    with pytest.raises(Misconfigured, match=r"in use by another service \((server )?process \d+\)"):
        durable.do(open_store(durable.url, now=lambda: NOON))
    durable.reopen()


def test_a_full_disk_is_told_and_forgotten_when_there_is_room(tmp_path: Any) -> None:
    ground = Ground(f"sqlite:///{tmp_path / 'x.db'}", "file")
    campaign = a_campaign(ground)
    pages = ground.sql("PRAGMA page_count")[0][0]
    ground.write(lambda conn: conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close())
    with pytest.raises(StoreUnavailable, match="full"):
        add_members(ground, campaign, *(str(n) for n in range(2000)))
    assert "full" in (ground.store.ill() or "")
    assert ground.read(queues.counters, campaign.domain, campaign.queue)["count"] == 0
    assert len(add_members(ground, campaign, "1")) == 1
    assert ground.store.ill() is None
    ground.close()


def test_a_locked_database_is_told_to_every_waiter_and_works_again(tmp_path: Any) -> None:
    import sqlite3

    ground = Ground(f"sqlite:///{tmp_path / 'x.db'}", "file")
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1", "2")
    first, second = reserve(ground, campaign)
    ground.write(lambda conn: conn.exec_driver_sql("PRAGMA busy_timeout = 0").close())
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def together() -> list[Any]:
        steps = (ground.store.step(finish(a)) for a in (first, second))
        return await asyncio.gather(*steps, return_exceptions=True)

    assert [type(error) for error in ground.do(together())] == [StoreUnavailable, StoreUnavailable]
    other.execute("ROLLBACK")
    other.close()
    assert ground.steps(finish(first), finish(second)) == [True, True]
    ground.close()


def notice_loss(ground: Ground) -> None:
    """Lets the event loop hear that the server has hung up."""
    assert isinstance(ground.store, PostgresStore)
    while not ground.store.lock.lost:
        ground.do(asyncio.sleep(0))


@pytest.mark.postgres
def test_a_database_that_went_away_is_used_again_when_it_is_back(cluster: Any) -> None:
    ground = Ground(cluster.new_database(), "postgres")
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1")
    (attempt,) = reserve(ground, campaign)
    database = cluster.name_of(ground.url)
    cluster.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
    notice_loss(ground)
    assert ground.step(finish(attempt)) is True
    assert ground.store.ill() is None
    with pytest.raises(Misconfigured, match="in use"):
        ground.do(open_store(ground.url, now=lambda: NOON))
    ground.close()


@pytest.mark.postgres
def test_a_service_that_was_replaced_cannot_write_any_more(cluster: Any) -> None:
    ground = Ground(cluster.new_database(), "postgres")
    a_campaign(ground)
    database = cluster.name_of(ground.url)
    cluster.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
    notice_loss(ground)
    other = Ground(ground.url, "postgres")
    with pytest.raises(StoreUnavailable, match="in use by another service"):
        ground.write(domains.ensure, "late")
    other.close()
    with pytest.raises(StoreUnavailable, match="start this one anew"):
        ground.write(domains.ensure, "late")
    ground.close()


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "sqlite:///", "nonsense", "postgresql://nobody@127.0.0.1:1/none", "sqlite:////proc/x/y.db"]
)
def test_a_url_that_cannot_be_opened_is_a_misconfiguration(url: str) -> None:
    with pytest.raises(Misconfigured):
        asyncio.run(open_store(url, now=lambda: NOON))


def test_every_table_belongs_to_a_domain() -> None:
    from outdial.store.tables import metadata

    without = {name for name, table in metadata.tables.items() if "domain_id" not in table.c}
    assert without == {"domain", "config_revision"}


def test_a_value_that_fits_no_column_is_the_askers_mistake(ground: Ground) -> None:
    campaign = a_campaign(ground)
    with pytest.raises(UserMistake, match="does not fit"):
        ground.write(queues.patch, campaign.domain, campaign.queue, {"priority": 2**64})
    with pytest.raises(UserMistake, match="does not fit"):
        ground.read(lambda conn: conn.scalar(select(domain_table.c.id).where(domain_table.c.id == 2**64)))
    if ground.name == "postgres":
        with pytest.raises(UserMistake, match="does not fit"):
            ground.write(domains.ensure, "nul\0")
    assert ground.read(queues.get, campaign.domain, campaign.queue)["priority"] == 0


def test_reads_see_what_was_written_before(ground: Ground) -> None:
    async def write_then_read() -> Any:
        made = await ground.store.write(lambda c: domains.ensure(c, "now"))
        found = await ground.store.read(lambda c: c.scalar(select(domain_table.c.id)))
        return made == found

    assert ground.do(write_then_read())
