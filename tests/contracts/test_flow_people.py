"""Members that flows make, read and change, on each database (flow-engine §4.6)."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.domain.zones import zone_id
from outdial.store import buckets, claims, members, queues
from outdial.store.listing import ListQuery
from tests.contracts.flow_on_store import Flow
from tests.store.builders import Campaign, a_campaign, add_members, facts, finish, offering, reserve
from tests.store.ground import NOON, Ground

MINUTE = 60_000


@pytest.fixture
def campaign(ground: Ground) -> Campaign:
    return a_campaign(ground)


@pytest.fixture
def flow(ground: Ground, campaign: Campaign) -> Flow:
    return Flow(ground, campaign)


# ── callbackQueue ────────────────────────────────────────────────────────────────────────────────


def waiting(ground: Ground, campaign: Campaign, queue: int | None = None) -> tuple[int, int]:
    row = ground.read(queues.counters, campaign.domain, queue or campaign.queue)
    return row["count"], row["waiting"]


def test_callback_queue_makes_a_member_that_is_rung_when_its_time_comes(
    ground: Ground, campaign: Campaign, flow: Flow
) -> None:
    gold = ground.write(buckets.create, campaign.domain, {"name": "Gold"})
    fields = {
        "queue": {"id": campaign.queue}, "holdSec": "60", "name": "Ann ${x}", "priority": 7,
        "communication": {"destination": "${destination}", "type": {"id": campaign.type}, "display": "5",
                          "priority": 2, "resource_id": campaign.resource},
        "variables": {"reason": "${x}", "n": 5}, "timezone": {"id": zone_id("Europe/Kyiv")},
        "expire_at": NOON + 9_999_999, "bucket": {"name": "Gold"}, "agent": {"id": 1},
    }  # fmt: skip
    flow.sets("callbackQueue", fields, x="again", destination="+380 1")
    [row] = ground.read(members.search, campaign.domain).items
    assert (row["name"], row["priority"], row["min_offering_at"]) == ("Ann again", 7, NOON + MINUTE)
    assert (row["timezone"]["name"], row["expire_at"]) == ("Europe/Kyiv", NOON + 9_999_999)
    assert row["variables"] == {"reason": "again", "n": "5"}
    assert row["bucket"] == {"id": gold["id"], "name": "Gold"}
    [number] = row["communications"]
    assert (number["destination"], number["display"], number["priority"]) == ("+380 1", "5", 2)
    assert number["resource"]["id"] == campaign.resource
    assert waiting(ground, campaign) == (1, 1)
    assert reserve(ground, campaign) == []
    ground.now = NOON + MINUTE
    assert ground.write(claims.promote, ground.now) == 1
    [attempt] = reserve(ground, campaign)
    assert attempt.communication.destination == "+380 1"


def test_callback_queue_by_the_older_names_and_already_stopped(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    number = {"destination": "1", "type_id": campaign.type}
    flow.sets("callbackQueue", {"queue_id": campaign.queue, "communication": number, "stop_cause": "later"})
    [row] = ground.read(members.search, campaign.domain).items
    assert (row["stop_cause"], row["stop_at"]) == ("later", NOON)
    assert waiting(ground, campaign) == (1, 0)
    assert reserve(ground, campaign) == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"queue": {"id": 999}}, "There is no queue 999."),
        ({"communication": {"destination": "none"}}, "items[0].communications[0].destination"),
        ({"communication": {"destination": "1"}}, "items[0].communications[0].type"),
    ],
)
def test_a_callback_that_cannot_be_makes_nobody(
    ground: Ground, campaign: Campaign, flow: Flow, fields: dict[str, Any], why: str
) -> None:
    [result] = flow.results([{"callbackQueue": {"queue": {"id": campaign.queue}, **fields}}])
    assert why in result
    assert waiting(ground, campaign) == (0, 0)


def test_flows_find_and_move_members_by_bucket(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    gold, tin = (ground.write(buckets.create, campaign.domain, {"name": name})["id"] for name in ("Gold", "Tin"))
    inside = add_members(ground, campaign, "1", bucket=gold)[0]
    add_members(ground, campaign, "2")
    wanted = {"queue_ids": [campaign.queue], "bucket": {"name": "Gold"}}
    found = flow.sets("memberInfo", {"member": wanted, "set": {"a": "id", "b": "bucket_id"}})
    assert found == {"a": str(inside), "b": str(gold)}
    flow.sets("patchMembers", {"member": wanted, "patch": {"bucket": {"id": tin}}})
    assert ground.read(members.get, campaign.domain, inside)["bucket"] == {"id": tin, "name": "Tin"}
    flow.sets("patchMembers", {"member": {"id": inside}, "patch": {"bucket": {"id": 0}}})
    assert ground.read(members.get, campaign.domain, inside)["bucket"] is None
    [result] = flow.results([{"memberInfo": {"member": {"name": "M0", "bucket": {"id": 99}}, "set": {"x": "id"}}}])
    assert "There is no bucket 99" in result


# ── memberInfo ───────────────────────────────────────────────────────────────────────────────────


def test_member_info_reads_the_first_that_matches(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    first, second = add_members(ground, campaign, ["1", "2"], "+38 2", variables={"city": "Kyiv"}, priority=4)
    wanted = {
        "a": "id", "b": "name", "c": "priority", "d": "attempts", "e": "stop_cause", "f": "bucket_id",
        "g": "count_destinations", "h": "all_destinations", "i": "variables.city", "j": "variables.none",
        "k": "nothing",
    }  # fmt: skip
    found = flow.sets("memberInfo", {"member": {"destination": "0 0 2", "queue_ids": [campaign.queue]}, "set": wanted})
    assert list(found.values()) == [str(first), "M0", "4", "0", "", "", "2", "2", "Kyiv", "", ""]
    by_number = {"member": {"destination": "0038-2", "queues": [{"name": "Reminder"}]}, "set": {"a": "id"}}
    assert flow.sets("memberInfo", by_number) == {"a": str(second)}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "m0"}, True),
        ({"name": "%0"}, True),
        ({"name": "M_"}, True),
        ({"name": "M"}, False),
        ({"name": "M0", "completed": "false"}, True),
        ({"name": "M0", "completed": True}, False),
        ({"name": "M0", "today": True}, True),
        ({"name": "M0", "queue_ids": [999]}, False),
        ({"destination": "2"}, False),
    ],
)
def test_member_info_finds_by(
    ground: Ground, campaign: Campaign, flow: Flow, query: dict[str, Any], found: bool
) -> None:
    add_members(ground, campaign, "1")
    result = flow.results([{"memberInfo": {"member": query, "set": {"x": "id"}}}])
    assert result == (["ok"] if found else ["failed: no member matches"])


def test_member_info_of_yesterday_and_of_other_domains(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    add_members(ground, campaign, "1")
    theirs = a_campaign(ground, "other")
    (other,) = add_members(ground, theirs, "5")
    ground.now = NOON + 24 * 60 * MINUTE
    ask = {"set": {"x": "id"}}
    assert flow.results(
        [
            {"memberInfo": {"member": {"destination": "1", "today": True}, **ask}},
            {"memberInfo": {"member": {"id": other}, **ask}},
            {"memberInfo": {"member": {"today": True}, **ask}},
        ]
    ) == [
        "failed: no member matches",
        "failed: no member matches",
        "failed: member: say at least an id, queues, a destination or a name",
    ]


# ── patchMembers ─────────────────────────────────────────────────────────────────────────────────


def test_patch_members_changes_all_that_match(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    add_members(ground, campaign, "1", "2", variables={"a": "1", "b": "2"})
    patch = {"name": "Neü", "priority": "9", "readyAt": NOON + 5, "variables": {"b": "${x}", "c": "4"}}
    [row] = flow.run([{"patchMembers": {"member": {"queue_ids": [campaign.queue]}, "patch": patch}}], x="3").trace
    assert row["result"] == "2 changed"
    for item in ground.read(members.search, campaign.domain, ListQuery(filters={"name": "neü"})).items:
        assert (item["name"], item["priority"], item["min_offering_at"]) == ("Neü", 9, NOON + 5)
        assert item["variables"] == {"a": "1", "b": "3", "c": "4"}
    assert reserve(ground, campaign) == []  # not before its time
    assert waiting(ground, campaign) == (2, 2)


def test_patch_members_stops_for_good(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    one, two = add_members(ground, campaign, "1", "2")
    for cause, member in (("stopCause", one), ("stop_cause", two)):
        flow.sets("patchMembers", {"member": {"id": member}, "patch": {cause: "asked"}})
    rows = ground.read(members.search, campaign.domain).items
    assert [(row["stop_cause"], row["stop_at"]) for row in rows] == [("asked", NOON)] * 2
    assert waiting(ground, campaign) == (2, 0)
    flow.sets("patchMembers", {"member": {"id": one}, "patch": {"stopCause": "${missing}"}})
    assert ground.read(members.get, campaign.domain, one)["stop_cause"] == "asked"
    assert reserve(ground, campaign) == []


def test_a_member_stopped_under_its_call_stays_stopped_and_the_call_goes_on(
    ground: Ground, campaign: Campaign, flow: Flow
) -> None:
    (member,) = add_members(ground, campaign, "1")
    [attempt] = reserve(ground, campaign)
    assert ground.step(offering(ground, attempt)) == "go"
    flow.sets("patchMembers", {"member": {"id": member}, "patch": {"stopCause": "cancel"}})
    assert ground.sql("SELECT count(*) FROM command") == [(0,)]
    assert ground.step(finish(attempt, facts=facts())) is True
    row = ground.read(members.get, campaign.domain, member)
    assert (row["stop_cause"], row["attempts"]) == ("cancel", 1)
    assert waiting(ground, campaign) == (1, 0)


def test_patch_members_changes_numbers_by_their_place(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    (member,) = add_members(ground, campaign, ["1", "2"])
    patch = {
        "communications": [
            {"id": 1, "destination": "+3", "display": "77", "priority": 0, "description": "new",
             "resource": {"id": campaign.resource}, "type": {"id": campaign.type}},
        ]
    }  # fmt: skip
    flow.sets("patchMembers", {"member": {"id": member}, "patch": patch})
    first, second = ground.read(members.get, campaign.domain, member)["communications"]
    assert first["destination"] == "1"
    assert (second["destination"], second["display"], second["description"]) == ("+3", "77", "new")
    assert second["resource"]["id"] == campaign.resource
    assert flow.results([{"memberInfo": {"member": {"destination": "3"}, "set": {"x": "id"}}}]) == ["ok"]
    bad = {"communications": [{"id": 0, "destination": "none"}], "name": "never"}
    [result] = flow.results([{"patchMembers": {"member": {"id": member}, "patch": bad}}])
    assert result.startswith("failed: communications[0].destination")
    assert ground.read(members.get, campaign.domain, member)["name"] == "M0"


def test_a_member_moves_to_another_queue_with_its_counters(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    add_members(ground, campaign, "1", "2")
    values = {"name": "Other", "type": 2, "enabled": True, "calendar": campaign.calendar, "schema": campaign.schema}
    other = ground.write(queues.create, campaign.domain, values)["id"]
    [attempt, _] = reserve(ground, campaign)
    flow.sets("patchMembers", {"member": {"queue_ids": [campaign.queue]}, "patch": {"queueId": other}})
    assert (waiting(ground, campaign), waiting(ground, campaign, other)) == ((0, 0), (2, 2))
    # The open attempt stays with the queue that made it; its end counts for the member's.
    assert ground.step(finish(attempt, result="success")) is True
    assert waiting(ground, campaign, other) == (2, 1)
    assert ground.read(queues.counters, campaign.domain, campaign.queue) == {"count": 0, "waiting": 0, "active": 1}
    assert reserve(ground, campaign) == []
    nowhere = {"member": {"id": attempt.member_id}, "patch": {"queueId": 999}}
    assert flow.results([{"patchMembers": nowhere}]) == ["failed: There is no queue 999."]


def test_patch_members_takes_many_piece_by_piece(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    add_members(ground, campaign, *[str(n) for n in range(450)])
    patch = {"member": {"queue_ids": [campaign.queue]}, "patch": {"priority": 5}}
    assert flow.results([{"patchMembers": patch}]) == ["450 changed"]
    assert ground.sql("SELECT count(*) FROM member WHERE priority = 5") == [(450,)]
