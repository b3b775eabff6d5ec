"""Who is taken first (dialer-core §1.2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from outdial.store import claims, members, queues, zones
from tests.store.builders import Campaign, a_campaign, add_members, finish, people, queue_of, reserve
from tests.store.ground import NOON, Ground

KYIV, NEW_YORK = zones.zone_id("Europe/Kyiv"), zones.zone_id("America/New_York")


def due(ground: Ground, campaign: Campaign, limit: int = 100, closed: tuple[str, ...] = ()) -> list[str]:
    """The names of those who are due, in order."""

    def ask(conn: Connection) -> list[str]:
        queue = queue_of(conn, campaign)
        return [m.name for m in claims.due(conn, queue, ground.now, limit, closed)]

    return ground.read(ask)


def join(ground: Ground, campaign: Campaign, **members_: dict[str, Any]) -> None:
    """Members by name, in the order given."""
    rows = []
    for place, (name, fields) in enumerate(members_.items()):
        rows += people(campaign, f"100{place}", **fields | {"name": name})
    ground.write(members.bulk, campaign.domain, campaign.queue, rows)


def test_bigger_priority_first_then_due_retries_then_the_longest_there(ground: Ground) -> None:
    campaign = a_campaign(ground)
    join(
        ground, campaign, fresh={}, late={"min_offering_at": NOON - 1}, early={"min_offering_at": NOON - 9},
        later={}, first={"priority": 5}, last={"priority": -1, "min_offering_at": NOON - 99},
    )  # fmt: skip
    assert due(ground, campaign) == ["first", "early", "late", "fresh", "later", "last"]
    assert due(ground, campaign, 3) == ["first", "early", "late"]


def test_lifo_takes_the_newest_of_those_never_rung(ground: Ground) -> None:
    campaign = a_campaign(ground, strategy="lifo")
    join(ground, campaign, old={}, new={}, retry={"min_offering_at": NOON - 1}, first={"priority": 1})
    assert due(ground, campaign) == ["first", "retry", "new", "old"]


def test_retries_descending_takes_the_freshest_retry(ground: Ground) -> None:
    campaign = a_campaign(ground, payload={"wait_between_retries_desc": True, "max_attempts": 3})
    join(ground, campaign, fresh={}, early={"min_offering_at": NOON - 9}, late={"min_offering_at": NOON - 1})
    assert due(ground, campaign) == ["late", "early", "fresh"]


def test_strict_fifo_gives_nobody_a_second_try_before_all_had_the_first(ground: Ground) -> None:
    campaign = a_campaign(ground, strategy="strict_fifo")
    join(ground, campaign, tried={"priority": 9}, fresh={}, important={"priority": 5})
    (attempt,) = reserve(ground, campaign, 1)
    assert attempt.member_name == "tried"
    ground.step(finish(attempt, wait_s=0, at=NOON))
    assert due(ground, campaign) == ["important", "fresh", "tried"]


def test_closed_zones_are_left_out_and_open_ones_are_mixed_in_order(ground: Ground) -> None:
    campaign = a_campaign(ground)
    join(
        ground, campaign, home={}, kyiv={"timezone": KYIV}, york={"timezone": NEW_YORK, "priority": 1},
        later={"timezone": KYIV},
    )  # fmt: skip
    assert ground.read(claims.zones, campaign.queue) == ["", "America/New_York", "Europe/Kyiv"]
    assert due(ground, campaign) == ["york", "home", "kyiv", "later"]
    assert due(ground, campaign, closed=("America/New_York",)) == ["home", "kyiv", "later"]
    assert due(ground, campaign, 2, closed=("America/New_York", "")) == ["kyiv", "later"]


def test_members_come_with_their_numbers_and_variables(ground: Ground) -> None:
    campaign = a_campaign(ground)
    row = people(campaign, "1")[0] | {
        "variables": {"b": "1", "a": "2"},
        "communications": [
            {"destination": "1", "type": campaign.type},
            {"destination": "2", "type": campaign.type, "priority": 5, "display": "777", "resource": campaign.resource},
        ],
    }
    ground.write(members.create, campaign.domain, campaign.queue, row)

    def ask(conn: Connection) -> Any:
        return claims.due(conn, queue_of(conn, campaign), NOON, 1)[0]

    member = ground.read(ask)
    assert list(member.variables) == ["b", "a"]
    assert [(c.index, c.destination, c.priority) for c in member.communications] == [(0, "2", 5), (1, "1", 0)]
    assert (member.communications[0].display, member.communications[0].resource_id) == ("777", campaign.resource)


def test_only_the_queue_itself_is_asked(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1")
    other = ground.write(queues.create, campaign.domain, {"name": "Other", "type": 2, "calendar": campaign.calendar})
    assert ground.read(claims.zones, other["id"]) == []
    assert ground.read(claims.next_due, other["id"]) is None
