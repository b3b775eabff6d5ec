"""Members by API: create, import, find, change, reset, delete (webitel-api §10)."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.domain.errors import BadField, NotFound
from outdial.store import commands, member_search, members, queues, zones
from outdial.store.listing import ListQuery, Range
from tests.store.builders import Campaign, a_campaign, add_members, finish, people, reserve
from tests.store.ground import NOON, Ground

KYIV = zones.zone_id("Europe/Kyiv")


def names(ground: Ground, campaign: Campaign, **query: Any) -> list[str]:
    page = ground.read(members.search, campaign.domain, ListQuery(**query), queue_id=campaign.queue)
    return [item["name"] for item in page.items]


def waiting(ground: Ground, campaign: Campaign) -> tuple[int, int]:
    row = ground.read(queues.counters, campaign.domain, campaign.queue)
    return row["count"], row["waiting"]


def test_a_member_comes_back_as_it_went_in(ground: Ground) -> None:
    campaign = a_campaign(ground)
    given = {
        "name": "Ann", "priority": 3, "expire_at": NOON + 9, "min_offering_at": NOON + 5, "timezone": KYIV,
        "variables": {"z": "1", "a": "2"},
        "communications": [
            {"destination": " 111 ", "type": campaign.type, "dtmf": "w1", "description": "work"},
            {"destination": "222", "type": campaign.type, "priority": 9, "display": "5", "resource": campaign.resource},
        ],
    }  # fmt: skip
    row = ground.write(members.create, campaign.domain, campaign.queue, given)
    assert {k: row[k] for k in ("name", "priority", "expire_at", "min_offering_at", "attempts", "stop_cause")} == {
        "name": "Ann", "priority": 3, "expire_at": NOON + 9, "min_offering_at": NOON + 5, "attempts": 0,
        "stop_cause": "",
    }  # fmt: skip
    assert row["timezone"] == {"id": KYIV, "name": "Europe/Kyiv"}
    assert row["queue"] == {"id": campaign.queue, "name": "Reminder"}
    assert list(row["variables"].items()) == [("z", "1"), ("a", "2")]
    assert (row["created_at"], row["reserved"]) == (NOON, False)
    first, second = row["communications"]
    assert (first["destination"], first["resource"]) == ("222", {"id": campaign.resource, "name": "Line"})
    assert (second["destination"], second["type"]) == ("111", {"id": campaign.type, "name": "Mobile"})
    assert (second["dtmf"], second["description"]) == ("w1", "work")


def test_an_import_is_taken_whole_or_not_at_all(ground: Ground) -> None:
    campaign = a_campaign(ground)
    rows = people(campaign, *[str(n) for n in range(18)])
    rows[17]["communications"][0]["destination"] = "no digits"
    with pytest.raises(BadField) as caught:
        ground.write(members.bulk, campaign.domain, campaign.queue, rows)
    assert caught.value.field == "items[17].communications[0].destination"
    assert waiting(ground, campaign) == (0, 0)
    rows[17]["communications"] = [{"destination": "1", "type": 99}]
    with pytest.raises(BadField) as caught:
        ground.write(members.bulk, campaign.domain, campaign.queue, rows)
    assert caught.value.field == "items[17].communications[0].type"
    rows[17]["communications"] = []
    with pytest.raises(BadField, match=r"items\[17\]\.communications"):
        ground.write(members.bulk, campaign.domain, campaign.queue, rows)
    assert len(ground.write(members.bulk, campaign.domain, campaign.queue, rows[:17])) == 17
    assert waiting(ground, campaign) == (17, 17)
    assert ground.write(members.bulk, campaign.domain, campaign.queue, []) == []


def test_members_need_a_queue_of_their_domain(ground: Ground) -> None:
    campaign = a_campaign(ground)
    other = a_campaign(ground, "other")
    with pytest.raises(NotFound):
        ground.write(members.bulk, other.domain, campaign.queue, people(other, "1"))
    (mine,) = add_members(ground, campaign, "1")
    with pytest.raises(NotFound) as caught:
        ground.read(members.get, other.domain, mine)
    assert caught.value.id == "store.sql_member.get.app_error"


@pytest.mark.parametrize("few", [0, member_search.FEW], ids=["as if many were found", "few found"])
def test_filters_find_whom_they_should(few: int, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever way the search goes."""
    monkeypatch.setattr(member_search, "FEW", few)
    campaign = a_campaign(ground)
    people_: dict[str, dict[str, Any]] = {
        "Anna": {"priority": 1, "variables": {"city": "Kyiv", 'we"ird': "x"}},
        "anton": {"priority": 2, "min_offering_at": NOON + 50},
        "Борис": {"priority": 3, "stop_cause": "success"},
    }
    for place, (name, fields) in enumerate(people_.items()):
        ground.now = NOON + place
        add_members(ground, campaign, f"+38 (0{place}) 1", **{"name": name, **fields})
    assert names(ground, campaign) == ["Борис", "anton", "Anna"]
    assert names(ground, campaign, q="an*") == ["anton", "Anna"]
    assert names(ground, campaign, q="AN") == []
    assert names(ground, campaign, q="бор*") == ["Борис"]
    assert names(ground, campaign, q="38021*") == ["Борис"]
    assert names(ground, campaign, filters={"name": "*нн*"}) == []
    assert names(ground, campaign, filters={"destination": "0038 001"}) == ["Anna"]
    assert names(ground, campaign, filters={"numbers": ["38001", "38011"]}) == ["anton", "Anna"]
    assert names(ground, campaign, filters={"priority": Range(2)}) == ["Борис", "anton"]
    assert names(ground, campaign, filters={"priority": Range(0, 1)}) == ["Anna"]
    assert names(ground, campaign, filters={"created_at": Range(NOON + 1, NOON + 1)}) == ["anton"]
    assert names(ground, campaign, filters={"offering_at": Range(NOON)}) == ["anton"]
    assert names(ground, campaign, filters={"stop_cause": ["success", "failed"]}) == ["Борис"]
    assert names(ground, campaign, filters={"variables": {"city": "Kyiv"}}) == ["Anna"]
    assert names(ground, campaign, filters={"variables": {'we"ird': "x"}}) == ["Anna"]
    assert names(ground, campaign, filters={"variables": {"city": "Lviv"}}) == []
    assert names(ground, campaign, filters={"unknown": 1}) == ["Борис", "anton", "Anna"]


def test_pages_sorting_and_fields(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1", "2", "3")
    page = ground.read(members.search, campaign.domain, ListQuery(size=2, sort="+name"), queue_id=campaign.queue)
    assert ([item["name"] for item in page.items], page.next) == (["M0", "M1"], True)
    page = ground.read(members.search, campaign.domain, ListQuery(page=2, size=2, sort="name"))
    assert ([item["name"] for item in page.items], page.next) == (["M2"], False)
    assert names(ground, campaign, sort="-name") == ["M2", "M1", "M0"]
    assert len(names(ground, campaign, sort="(select 1)")) == 3
    ground.write(members.patch, campaign.domain, page.items[0]["id"], {"min_offering_at": NOON + 1})
    assert names(ground, campaign, sort="+min_offering_at")[0] == "M2"
    assert names(ground, campaign, sort="-min_offering_at")[2] == "M2"
    page = ground.read(members.search, campaign.domain, ListQuery(fields=("name", "nonsense")))
    assert page.items[0].keys() == {"name"}
    page = ground.read(members.search, campaign.domain, ListQuery(fields=("id", "communications")))
    assert page.items[0].keys() == {"id", "communications"}


def test_patch_merges_variables_and_leaves_the_rest(ground: Ground) -> None:
    campaign = a_campaign(ground)
    (member,) = add_members(ground, campaign, "1", variables={"a": "1", "b": "2"}, priority=4)
    row = ground.write(members.patch, campaign.domain, member, {"variables": {"b": "", "c": "3"}, "name": "Олена"})
    assert (row["variables"], row["name"], row["priority"]) == ({"a": "1", "c": "3"}, "Олена", 4)
    assert names(ground, campaign, q="олена") == ["Олена"]
    with pytest.raises(BadField):
        ground.write(members.patch, campaign.domain, member, {"timezone": 5})
    with pytest.raises(NotFound):
        ground.write(members.patch, campaign.domain, member, {"name": "x"}, queue_id=campaign.queue + 1)


def test_put_zeroes_what_is_absent(ground: Ground) -> None:
    campaign = a_campaign(ground)
    (member,) = add_members(ground, campaign, "1", variables={"a": "1"}, priority=4, timezone=KYIV, expire_at=NOON + 9)
    numbers = [{"destination": "2", "type": campaign.type}]
    row = ground.write(members.replace, campaign.domain, member, {"name": "New", "communications": numbers})
    assert (row["variables"], row["priority"], row["timezone"], row["expire_at"]) == ({}, 0, None, None)
    assert [c["destination"] for c in row["communications"]] == ["2"]
    with pytest.raises(BadField, match="communications"):
        ground.write(members.replace, campaign.domain, member, {"name": "New"})


def test_numbers_that_stay_keep_what_was_done_with_them(ground: Ground) -> None:
    campaign = a_campaign(ground)
    (member,) = add_members(ground, campaign, ["1", "2"])
    (attempt,) = reserve(ground, campaign)
    ground.step(finish(attempt, exclude_current=True))
    numbers = [{"destination": n, "type": campaign.type} for n in ("3", "+1")]
    row = ground.write(members.patch, campaign.domain, member, {"communications": numbers})
    assert [(c["destination"], c["attempts"], c["stop_at"]) for c in row["communications"]] == [
        ("3", 0, None), ("+1", 1, NOON + 9000),
    ]  # fmt: skip
    assert row["communications"][1]["id"] == attempt.communication.id
    numbers = [{"destination": "1", "type": campaign.type}]
    row = ground.write(members.patch, campaign.domain, member, {"communications": numbers})
    assert (row["stop_cause"], row["stop_at"]) == ("no_communications", NOON)
    assert waiting(ground, campaign) == (1, 0)


def test_stop_cause_stops_and_an_empty_one_starts_anew(ground: Ground) -> None:
    campaign = a_campaign(ground)
    (member,) = add_members(ground, campaign, "1")
    (attempt,) = reserve(ground, campaign)
    ground.step(finish(attempt))
    row = ground.write(members.patch, campaign.domain, member, {"stop_cause": "terminate"})
    assert (row["stop_cause"], row["stop_at"], waiting(ground, campaign)) == ("terminate", NOON, (1, 0))
    row = ground.write(members.patch, campaign.domain, member, {"stop_cause": "", "min_offering_at": None})
    assert (row["stop_cause"], row["stop_at"], row["attempts"]) == ("", None, 0)
    assert (row["communications"][0]["attempts"], waiting(ground, campaign)) == (0, (1, 1))
    (again,) = reserve(ground, campaign)
    assert again.seq == 1


def test_put_without_stop_cause_rings_a_stopped_member_again(ground: Ground) -> None:
    campaign = a_campaign(ground)
    (member,) = add_members(ground, campaign, "1", stop_cause="block")
    assert waiting(ground, campaign) == (1, 0)
    body = people(campaign, "1")[0]
    row = ground.write(members.replace, campaign.domain, member, body)
    assert (row["stop_cause"], waiting(ground, campaign)) == ("", (1, 1))


def test_cancelling_a_member_who_is_being_called_hangs_up(ground: Ground) -> None:
    campaign = a_campaign(ground)
    (member,) = add_members(ground, campaign, "1")
    (attempt,) = reserve(ground, campaign)
    rung: list[str] = []
    ground.store.subscribe("command", lambda: rung.append("command"))
    row = ground.write(members.patch, campaign.domain, member, {"stop_cause": "cancel"})
    assert (row["reserved"], rung) == (True, ["command"])
    (command,) = ground.write(commands.take)
    assert (command.kind, command.attempt_id, command.domain_id) == ("hangup", attempt.id, campaign.domain)
    assert ground.write(commands.take) == []
    ground.step(finish(attempt))
    assert ground.read(members.get, campaign.domain, member)["stop_cause"] == "cancel"
    assert waiting(ground, campaign) == (1, 0)


def test_a_member_who_is_being_called_is_not_deleted(ground: Ground) -> None:
    campaign = a_campaign(ground)
    called, _, _ = add_members(ground, campaign, "1", "2", "3")
    (attempt,) = reserve(ground, campaign, 1)
    with pytest.raises(NotFound, match="being called"):
        ground.write(members.delete, campaign.domain, called)
    assert len(ground.write(members.delete_many, campaign.domain, ListQuery(), queue_id=campaign.queue)) == 2
    assert waiting(ground, campaign) == (1, 1)
    ground.step(finish(attempt))
    assert ground.write(members.delete, campaign.domain, called)["name"] == "M0"
    assert waiting(ground, campaign) == (0, 0)
    assert ground.sql("SELECT count(*) FROM member_number") == [(0,)]


def test_delete_many_goes_by_filter_and_in_portions(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1", "2", "3", priority=1)
    add_members(ground, campaign, "4", priority=2)
    query = ListQuery(filters={"priority": Range(1, 1)})
    assert len(ground.write(members.delete_many, campaign.domain, query, limit=2)) == 2
    assert len(ground.write(members.delete_many, campaign.domain, query, limit=2)) == 1
    assert ground.write(members.delete_many, campaign.domain, query, limit=2) == []
    assert waiting(ground, campaign) == (1, 1)


def test_reset_rings_again_whom_it_may(ground: Ground) -> None:
    campaign = a_campaign(ground)
    tired, _, _ = add_members(ground, campaign, "1", "2", "3")
    for attempt, result in zip(reserve(ground, campaign), ("abandoned", "success", "abandoned"), strict=True):
        ground.step(finish(attempt, result=result, max_attempts=1 if attempt.member_id == tired else 9))
    assert waiting(ground, campaign) == (3, 1)
    assert ground.read(members.reset_count, campaign.domain, ListQuery(), queue_id=campaign.queue) == 1
    assert ground.write(members.reset, campaign.domain, ListQuery(), queue_id=campaign.queue) == 1
    row = ground.read(members.get, campaign.domain, tired)
    assert (row["attempts"], row["stop_cause"], row["stop_at"]) == (0, "", None)
    assert row["min_offering_at"] == NOON + 69_000
    assert waiting(ground, campaign) == (3, 2)
