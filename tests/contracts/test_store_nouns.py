"""Configuration records: create, read, list, replace, patch and delete by the wire's rules (webitel-api §1.3, §1.4)."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.domain.errors import BadField, NotFound, UserMistake
from outdial.store import (
    calendars,
    communications,
    context,
    gateways,
    groups,
    lists,
    media,
    plans,
    queues,
    resources,
    schemas,
    variables,
    zones,
)
from outdial.store.listing import ListQuery, Range
from outdial.store.noun import Noun
from tests.store.builders import Campaign, a_campaign, add_members, reserve
from tests.store.ground import NOON, Ground


def names(ground: Ground, noun: Noun, campaign: Campaign, **query: Any) -> list[str]:
    return [item["name"] for item in ground.read(noun.search, campaign.domain, ListQuery(**query)).items]


def test_records_are_stamped_by_whom_and_when(ground: Ground) -> None:
    campaign = a_campaign(ground)
    row = ground.write(gateways.create, campaign.domain, {"name": "A", "proxy": "x"}, by=1)
    assert (row["created_at"], row["updated_at"], row["created_by"]) == (NOON, NOON, {"id": 1, "name": ""})
    row = ground.write(gateways.patch, campaign.domain, row["id"], {"enable": True}, by=2)
    assert (row["created_at"], row["updated_at"], row["updated_by"]) == (NOON, NOON + 1, {"id": 2, "name": ""})


def test_each_domain_sees_only_its_own(ground: Ground) -> None:
    mine, theirs = a_campaign(ground), a_campaign(ground, "other")
    assert names(ground, queues.NOUN, mine) == ["Reminder"]
    for noun, id_ in (
        (queues.NOUN, theirs.queue),
        (resources.NOUN, theirs.resource),
        (calendars.NOUN, theirs.calendar),
    ):
        with pytest.raises(NotFound):
            ground.read(noun.get, mine.domain, id_)
        with pytest.raises(NotFound):
            ground.write(noun.patch, mine.domain, id_, {"name": "taken"})
        with pytest.raises(NotFound):
            ground.write(noun.delete, mine.domain, id_)
    with pytest.raises(BadField) as caught:
        ground.write(queues.patch, mine.domain, mine.queue, {"calendar": theirs.calendar})
    assert caught.value.field == "calendar"
    with pytest.raises(NotFound):
        ground.read(resources.DISPLAYS.search, mine.domain, parent=theirs.resource)
    with pytest.raises(NotFound):
        ground.write(resources.DISPLAYS.create, mine.domain, {"display": "1"}, parent=theirs.resource)


def test_put_zeroes_what_is_absent_but_for_what_is_kept(ground: Ground) -> None:
    campaign = a_campaign(ground)
    given = {"number": "5", "variables": {"a": "b"}, "rps": 7, "parameters": {"cid_type": "pid"}}
    row = ground.write(resources.create, campaign.domain, {"name": "R", "gateway": campaign.gateway, **given})
    row = ground.write(resources.replace, campaign.domain, row["id"], {"name": "R2", "limit": 3})
    assert (row["name"], row["limit"], row["rps"], row["gateway"], row["parameters"]) == ("R2", 3, 0, None, {})
    assert (row["number"], row["variables"], row["reserve"]) == ("5", {"a": "b"}, False)


def test_patch_touches_only_what_the_wire_lets_it(ground: Ground) -> None:
    campaign = a_campaign(ground)
    row = ground.write(
        resources.patch, campaign.domain, campaign.resource, {"rps": 2, "gateway": None, "patterns": ["1"]}
    )
    assert (row["rps"], row["gateway"]["id"], row["patterns"]) == (2, campaign.gateway, [])


def test_a_queues_payload_is_patched_key_by_key_and_its_variables_whole(ground: Ground) -> None:
    campaign = a_campaign(
        ground, payload={"max_attempts": 3, "amd": {"enabled": False, "ai": True}}, variables={"a": "1"}
    )
    changes = {"payload": {"max_calls": 5, "amd": {"enabled": True}}, "variables": {"b": "2"}}
    row = ground.write(queues.patch, campaign.domain, campaign.queue, changes)
    assert row["payload"] == {"max_attempts": 3, "amd": {"enabled": True}, "max_calls": 5}
    assert row["variables"] == {"b": "2"}


def test_search_folds_case_in_any_script(ground: Ground) -> None:
    campaign = a_campaign(ground)
    for name in ("Київ", "київстар", "100%_A", "100xxA"):
        ground.write(gateways.create, campaign.domain, {"name": name})
    assert names(ground, gateways.NOUN, campaign, q="КИЇВ*", sort="name") == ["Київ", "київстар"]
    assert names(ground, gateways.NOUN, campaign, q="київ") == ["Київ"]
    assert names(ground, gateways.NOUN, campaign, q="100%_a") == ["100%_A"]
    assert names(ground, gateways.NOUN, campaign, q="*стар") == ["київстар"]


def test_q_looks_at_the_description_too(ground: Ground) -> None:
    campaign = a_campaign(ground)
    ground.write(calendars.create, campaign.domain, {"name": "Shift", "description": "Night"})
    assert names(ground, calendars.NOUN, campaign, q="night*") == ["Shift"]


def test_lookups_sort_by_name_with_nothing_last(ground: Ground) -> None:
    campaign = a_campaign(ground)
    for name, gateway in (("one", "zebra"), ("two", "Alpha"), ("three", "")):
        made = ground.write(gateways.create, campaign.domain, {"name": gateway})["id"] if gateway else None
        ground.write(resources.create, campaign.domain, {"name": name, "gateway": made})
    assert names(ground, resources.NOUN, campaign, sort="+gateway") == ["two", "Line", "one", "three"]
    assert names(ground, resources.NOUN, campaign, sort="-gateway") == ["three", "one", "Line", "two"]
    assert names(ground, resources.NOUN, campaign, sort=" gateway") == ["two", "Line", "one", "three"]
    assert names(ground, resources.NOUN, campaign, sort="drop table") == ["Line", "one", "two", "three"]


def test_lists_page_and_choose_fields(ground: Ground) -> None:
    campaign = a_campaign(ground)
    for n in range(4):
        ground.write(gateways.create, campaign.domain, {"name": f"G{n}"})
    page = ground.read(gateways.search, campaign.domain, ListQuery(page=2, size=2, fields=("name", "id", "nope")))
    assert ([item["name"] for item in page.items], page.next) == (["G1", "G2"], True)
    assert page.items[0].keys() == {"id", "name"}
    assert len(ground.read(gateways.search, campaign.domain, ListQuery(size=-1)).items) == 5
    assert ground.read(gateways.search, campaign.domain, ListQuery(page=9)).items == []
    ids = tuple(item["id"] for item in page.items)
    assert names(ground, gateways.NOUN, campaign, ids=ids) == ["G1", "G2"]


def test_numbers_that_no_table_holds_match_nothing(ground: Ground) -> None:
    campaign = a_campaign(ground)
    huge = 2**70
    assert names(ground, queues.NOUN, campaign, page=huge, size=20_000) == []
    assert names(ground, queues.NOUN, campaign, ids=(huge,)) == []
    for value in (huge, [huge, -huge], Range(huge)):
        assert names(ground, queues.NOUN, campaign, filters={"priority": value}) == []
        assert names(ground, queues.NOUN, campaign, filters={"created_at": value}) == []
        assert names(ground, queues.NOUN, campaign, filters={"calendar": value}) == []
    assert names(ground, queues.NOUN, campaign, filters={"count": Range(0, huge)}) == ["Reminder"]
    with pytest.raises(NotFound):
        ground.read(queues.get, campaign.domain, huge)


def test_a_duplicate_is_refused_with_the_wires_id(ground: Ground) -> None:
    campaign = a_campaign(ground)
    cases = (
        (schemas.create, {"name": "Greeting", "schema": []}, "store.sql_routing_schema.save.valid.name"),
        (communications.create, {"name": "M", "code": "mobile"}, "store.sql_communication_type.save.app_error"),
    )
    for create, values, id_ in cases:
        with pytest.raises(UserMistake) as caught:
            ground.write(create, campaign.domain, values)
        assert (caught.value.id, caught.value.status) == (id_, 400)
    with pytest.raises(UserMistake):
        ground.write(resources.add_displays, campaign.domain, campaign.resource, ["1", "2", "1"])
    assert len(ground.read(resources.DISPLAYS.search, campaign.domain, parent=campaign.resource).items) == 1
    with pytest.raises(UserMistake):
        ground.write(queues.GROUPS.create, campaign.domain, {"resource_group": campaign.group}, parent=campaign.queue)


def test_what_is_in_use_is_not_deleted_and_says_by_whom(ground: Ground) -> None:
    campaign = a_campaign(ground)
    cases = (
        (calendars.delete, campaign.calendar, "calendar Always is in use by queue Reminder"),
        (schemas.delete, campaign.schema, "flow schema Greeting is in use by queue Reminder"),
        (gateways.delete, campaign.gateway, "gateway Trunk is in use by resource Line"),
        (communications.delete, campaign.type, "in use by resource group Mobiles"),
        (resources.delete, campaign.resource, "resource Line is in use by resource in group"),
        (groups.delete, campaign.group, "resource group Mobiles is in use by queue resource group"),
    )
    for delete, id_, sentence in cases:
        with pytest.raises(UserMistake, match=sentence) as caught:
            ground.write(delete, campaign.domain, id_)
        assert caught.value.status == 400


def test_missing_and_required_lookups_are_named(ground: Ground) -> None:
    campaign = a_campaign(ground)
    with pytest.raises(BadField, match="calendar: is required"):
        ground.write(queues.create, campaign.domain, {"name": "Q", "type": 2})
    with pytest.raises(BadField, match="gateway: there is no such record"):
        ground.write(resources.create, campaign.domain, {"name": "R", "gateway": 99})
    with pytest.raises(BadField, match="timezone"):
        ground.write(calendars.create, campaign.domain, {"name": "Zone", "timezone": 7})


def test_gateway_passwords_are_sealed_and_kept(ground: Ground) -> None:
    campaign = a_campaign(ground)
    row = ground.write(gateways.create, campaign.domain, {"name": "Reg", "register": True, "password": "secret"})
    assert not any("secret" in str(value) for value in row.values())
    assert "secret" not in str(ground.sql("SELECT * FROM gateway"))
    ground.write(gateways.replace, campaign.domain, row["id"], {"name": "Reg"})
    assert ground.read(plans.load).gateways[row["id"]].password == "secret"
    ground.write(gateways.patch, campaign.domain, row["id"], {"password": "new"})
    assert ground.read(plans.load).gateways[row["id"]].password == "new"


def test_schemas_keep_versions_and_the_order_of_their_keys(ground: Ground) -> None:
    campaign = a_campaign(ground)
    flow = [{"playback": {"z": 1, "a": {"Y": 2, "b": 3}}, "tag": "x"}]
    values = {"name": "F", "schema": flow, "payload": {"zebra": 1, "apple": {"nodeId": 2}}, "tags": [{"name": "t"}]}
    row = ground.write(schemas.create, campaign.domain, values)
    assert list(row["schema"][0]) == ["playback", "tag"]
    assert list(row["schema"][0]["playback"]) == ["z", "a"]
    assert list(row["payload"]) == ["zebra", "apple"]
    ground.write(schemas.patch, campaign.domain, row["id"], {"name": "F2"})
    ground.write(schemas.patch, campaign.domain, row["id"], {"schema": [{"hangup": ""}], "note": "shorter"})
    versions = ground.read(schemas.versions, campaign.domain, parent=row["id"]).items
    assert [(v["version"], v["note"]) for v in versions] == [(2, "shorter"), (1, "")]
    flow_now = ground.read(schemas.load, row["id"])
    assert flow_now is not None
    assert (flow_now.name, flow_now.schema, flow_now.updated_at) == ("F2", [{"hangup": ""}], NOON + 2)
    assert names(ground, schemas.NOUN, campaign, filters={"tags": ["t", "u"]}) == ["F2"]
    assert names(ground, schemas.NOUN, campaign, filters={"type": ["voice"]}) == ["Greeting"]
    assert ground.read(schemas.tags, campaign.domain, ListQuery()).items == [{"name": "t"}]
    ground.write(schemas.delete, campaign.domain, row["id"])
    assert ground.read(schemas.load, row["id"]) is None


def test_a_new_default_type_takes_the_flag_from_the_old(ground: Ground) -> None:
    campaign = a_campaign(ground)
    ground.write(communications.patch, campaign.domain, campaign.type, {"default": True})
    values = {"code": "home", "name": "Home", "channel": "Phone", "default": True}
    ground.write(communications.create, campaign.domain, values)
    assert names(ground, communications.NOUN, campaign, filters={"default": True}) == ["Home"]


def test_queues_show_their_trunks_and_counters(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1", "2")
    reserve(ground, campaign, 1)
    (row,) = ground.read(queues.search, campaign.domain).items
    assert (row["count"], row["waiting"], row["active"]) == (2, 2, 1)
    assert row["resource_groups"] == [{"id": campaign.group, "name": "Mobiles"}]
    assert row["resources"] == [{"id": campaign.resource, "name": "Line"}]
    assert ground.read(queues.get, campaign.domain, campaign.queue)["resources"] == row["resources"]


def test_a_queue_with_calls_is_not_deleted_an_idle_one_goes_with_its_members(ground: Ground) -> None:
    campaign = a_campaign(ground)
    add_members(ground, campaign, "1", "2")
    (attempt,) = reserve(ground, campaign, 1)
    with pytest.raises(UserMistake, match="calls in progress"):
        ground.write(queues.delete, campaign.domain, campaign.queue)
    from outdial.store import attempts

    ground.write(attempts.release, [attempt.id])
    ground.write(queues.delete, campaign.domain, campaign.queue)
    assert ground.sql("SELECT count(*) FROM member") == [(0,)]
    assert ground.sql("SELECT count(*) FROM member_number") == [(0,)]


def test_switching_many_queues(ground: Ground) -> None:
    campaign = a_campaign(ground)
    values = {"name": "Second", "type": 2, "calendar": campaign.calendar, "tags": [{"name": "vip"}]}
    ground.write(queues.create, campaign.domain, values)
    assert ground.read(queues.state, campaign.domain, ListQuery()) == (False, 1)
    assert ground.write(queues.set_enabled, campaign.domain, ListQuery(), True) == 1
    assert ground.read(queues.state, campaign.domain, ListQuery()) == (True, 2)
    assert ground.write(queues.set_enabled, campaign.domain, ListQuery(filters={"tags": ["vip"]}), False) == 1
    assert names(ground, queues.NOUN, campaign, filters={"enabled": True}) == ["Reminder"]


def test_why_idle_is_no_change_of_the_configuration(ground: Ground) -> None:
    campaign = a_campaign(ground)
    before = ground.read(context.revision)
    ground.write(queues.set_idle_reason, campaign.queue, "The calendar is closed.")
    row = ground.read(queues.get, campaign.domain, campaign.queue)
    assert (row["why_idle"], row["why_idle_at"]) == ("The calendar is closed.", NOON)
    ground.now += 5
    ground.write(queues.set_idle_reason, campaign.queue, "The calendar is closed.")
    assert ground.read(queues.get, campaign.domain, campaign.queue)["why_idle_at"] == NOON
    ground.write(queues.set_idle_reason, campaign.queue, None)
    assert ground.read(queues.get, campaign.domain, campaign.queue)["why_idle"] is None
    assert ground.read(context.revision) == before


def test_lists_count_fold_and_expire(ground: Ground) -> None:
    campaign = a_campaign(ground)
    stop = ground.write(lists.create, campaign.domain, {"name": "Stop"})["id"]
    before = ground.read(context.revision)
    ground.write(lists.NUMBERS.create, campaign.domain, {"number": "+380 44"}, parent=stop)
    with pytest.raises(UserMistake) as caught:
        ground.write(lists.NUMBERS.create, campaign.domain, {"number": "0038044"}, parent=stop)
    assert caught.value.id == "store.sql_list_communication.save.app_error"
    ground.write(lists.add_number, campaign.domain, stop, "38044", expire_at=NOON + 5)
    assert ground.read(lists.search, campaign.domain).items == [
        {"id": stop, "name": "Stop", "description": "", "count": 1}
    ]
    assert ground.read(lists.contains, campaign.domain, stop, "38044")
    ground.now += 5
    assert not ground.read(lists.contains, campaign.domain, stop, "38044")
    page = ground.read(
        lists.NUMBERS.search, campaign.domain, ListQuery(filters={"expire_at": Range(NOON)}), parent=stop
    )
    assert [item["number"] for item in page.items] == ["+380 44"]
    assert ground.write(lists.remove_number, campaign.domain, stop, "380 44")
    assert ground.read(context.revision) == before


def test_media_is_found_by_id_or_name(ground: Ground) -> None:
    campaign = a_campaign(ground)
    values = {"name": "hi.wav", "mime_type": "audio/wav", "size": 5, "key": "media/1"}
    row = ground.write(media.create, campaign.domain, values)
    assert ground.read(media.find, campaign.domain, row["id"]) == row
    assert ground.read(media.find, campaign.domain, None, "hi.wav") == row
    assert ground.read(media.find, campaign.domain, 99) is None
    assert ground.read(media.search, campaign.domain).items[0].keys() == {
        "id",
        "name",
        "mime_type",
        "size",
        "created_at",
    }


def test_encrypted_variables_are_for_flows_only(ground: Ground) -> None:
    campaign = a_campaign(ground)
    row = ground.write(variables.create, campaign.domain, {"name": "key", "value": {"k": "s3cret"}, "encrypt": True})
    ground.write(variables.create, campaign.domain, {"name": "url", "value": "http://x"})
    assert row["value"] is None
    assert "s3cret" not in str(ground.sql("SELECT * FROM schema_variable"))
    ground.write(variables.patch, campaign.domain, row["id"], {"name": "KEY"})
    assert ground.read(variables.all_globals, campaign.domain) == {"KEY": {"k": "s3cret"}, "url": "http://x"}


def test_time_zones_have_lasting_ids_of_their_own() -> None:
    assert len(zones.names_by_id()) > 400
    assert zones.names_by_id()[zones.zone_id("Europe/Kyiv")] == "Europe/Kyiv"
    page = calendars.timezones(ListQuery(q="europe/ky*"), NOON)
    assert [(item["name"], item["offset_s"]) for item in page.items] == [("Europe/Kyiv", 7200)]
    assert [item["name"] for item in calendars.timezones(ListQuery(q="*kolkata*"), NOON).items] == ["Asia/Kolkata"]
