"""What flows read and write of the domain's records, on each database (flow-engine §4.6)."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.domain.zones import zone_id
from outdial.store import calendars, lists, users, variables
from outdial.store.steps import Bridged
from tests.contracts.flow_on_store import Flow, Schema
from tests.store.builders import Campaign, a_campaign, add_members, facts, finish, offering, reserve
from tests.store.ground import NOON, Ground

MINUTE = 60_000


@pytest.fixture
def campaign(ground: Ground) -> Campaign:
    return a_campaign(ground)


@pytest.fixture
def flow(ground: Ground, campaign: Campaign) -> Flow:
    return Flow(ground, campaign)


# ── calendar ─────────────────────────────────────────────────────────────────────────────────────


def test_a_calendar_is_open_or_not(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    assert flow.sets("calendar", {"id": campaign.calendar, "setVar": "open"}) == {"open": "true"}
    assert flow.sets("calendar", {"name": "Always", "setVar": "open"}) == {"open": "true"}
    night = {"name": "Night", "timezone": zone_id("UTC"), "accepts": []}
    ground.write(calendars.create, campaign.domain, night)
    for extended in (False, True):
        fields = {"name": "Night", "setVar": "open", "extended": extended}
        assert flow.sets("calendar", fields) == {"open": "false"}


def test_a_calendar_says_why_it_is_closed_when_asked(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    days = [{"day": day, "start_time_of_day": 0, "end_time_of_day": 1440} for day in range(7)]
    today = {"name": "Independence Day", "date": NOON, "working": False}
    ground.write(calendars.create, campaign.domain, {"name": "Off", "accepts": days, "excepts": [today]})
    ground.write(calendars.create, campaign.domain, {"name": "Over", "accepts": days, "end_at": NOON - 1})
    said = {
        (name, extended): flow.sets("calendar", {"name": name, "setVar": "o", "extended": extended})["o"]
        for name in ("Off", "Over")
        for extended in (False, True)
    }
    assert said == {
        ("Off", False): "false", ("Off", True): "Independence Day", ("Over", False): "false", ("Over", True): "expire",
    }  # fmt: skip


def test_a_calendar_of_another_domain_is_not_there(ground: Ground, flow: Flow) -> None:
    theirs = a_campaign(ground, "other")
    assert flow.results([{"calendar": {"id": theirs.calendar, "setVar": "o"}}]) == [
        f"failed: no calendar {theirs.calendar}"
    ]
    assert flow.results([{"calendar": {"name": "Always"}}]) == ["failed: setVar is needed"]


# ── lists ────────────────────────────────────────────────────────────────────────────────────────


def a_list(ground: Ground, campaign: Campaign, *numbers: str) -> int:
    id_: int = ground.write(lists.create, campaign.domain, {"name": "stop"})["id"]
    for number in numbers:
        ground.write(lists.add_number, campaign.domain, id_, number)
    return id_


def test_list_runs_its_actions_for_a_number_that_stands_there(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    id_ = a_list(ground, campaign, "+380 44 1")
    actions = [{"set": {"barred": "1"}}, {"break": True}]

    def asked(number: str, **which: Any) -> list[str]:
        return flow.results([{"list": {**which, "destination": number, "actions": actions}}, {"log": "on"}])

    assert asked("00380441", list={"id": str(id_)}) == ["ok", "ok", "on the list"]  # its break ends the flow
    assert asked("380442", list={"id": id_}) == ["not on the list", "on"]
    assert asked("1", list={"name": "none"}) == ["failed: There is no list 'none'.", "on"]


def test_ours_a_list_is_found_by_its_name_in_both_places(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    a_list(ground, campaign, "1")
    for which in ({"list": {"name": "stop"}}, {"name": "stop"}):
        asked: Schema = [{"list": {**which, "destination": "1", "actions": [{"log": "in"}]}}]
        assert flow.results(asked) == ["in", "on the list"]


def test_the_applications_inside_a_list_have_paths_and_tags_of_their_own(
    ground: Ground, campaign: Campaign, flow: Flow
) -> None:
    a_list(ground, campaign, "1")
    inside: Schema = [{"goto": "here"}, {"log": "skipped"}, {"tag": "here", "log": "in"}, {"goto": "out"}]
    schema: Schema = [{"list": {"name": "stop", "destination": "1", "Actions": inside}}, {"tag": "out", "log": "out"}]
    assert [row["path"] for row in flow.run(schema).trace] == [
        "[0].list.Actions[0]", "[0].list.Actions[2]", "[0].list.Actions[3]", "[0]", "[1]",
    ]  # fmt: skip


def test_the_opt_out_key_puts_the_number_on_the_list(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    id_ = a_list(ground, campaign)
    pressed = [
        {"switch": {"variable": "${key}", "case": {"9": [
            {"listAdd": {"list": {"id": id_}, "destination": "${destination}", "description": "asked ${member_name}"}},
        ]}}},
    ]  # fmt: skip
    flow.run(pressed, key="1", destination="380441")
    assert not ground.read(lists.contains, campaign.domain, id_, "380441")
    flow.run(pressed, key="9", destination="380441", member_name="Ann")
    assert ground.read(lists.contains, campaign.domain, id_, "+380441")
    page = ground.read(lists.NUMBERS.search, campaign.domain, parent=id_)
    assert [(item["number"], item["description"], item["expire_at"]) for item in page.items] == [
        ("380441", "asked Ann", None)
    ]


def test_list_add_changes_nothing_when_the_number_stands_there(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    id_ = a_list(ground, campaign, "1")
    fields = {"list": {"name": "stop"}, "destination": "1", "expireAt": NOON + 5, "description": "new"}
    flow.sets("listAdd", fields)
    ground.now = NOON + 10
    assert ground.read(lists.contains, campaign.domain, id_, "1")
    assert flow.results([{"listAdd": {"list": {"name": "stop"}}}]) == ["failed: destination is needed"]


def test_an_expired_number_counts_no_more_and_is_purged(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    id_ = a_list(ground, campaign, "forever")
    add = {"list": {"id": id_}, "destination": "1"}
    flow.sets("listAdd", {**add, "expireAt": str(NOON + MINUTE)})
    ground.now = NOON + MINUTE
    assert not ground.read(lists.contains, campaign.domain, id_, "1")
    flow.sets("listAdd", {**add, "expireAt": NOON + 2 * MINUTE})  # over, so it is put there anew
    assert ground.read(lists.contains, campaign.domain, id_, "1")
    assert ground.write(lists.purge, ground.now, 100) == 0
    assert ground.write(lists.purge, NOON + 2 * MINUTE, 100) == 1
    assert ground.read(lists.get, campaign.domain, id_)["count"] == 1


# ── queues, calls, users ─────────────────────────────────────────────────────────────────────────


def test_queue_info(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    add_members(ground, campaign, "1", "2")
    add_members(ground, campaign, "3", stop_cause="success")
    wanted = {name: name for name in ("type", "name", "enabled", "priority", "waiting", "size")}
    found = {"type": "2", "name": "Reminder", "enabled": "true", "priority": "0", "waiting": "2", "size": "3"}
    for which in ({"id": campaign.queue}, {"name": "Reminder"}):
        assert flow.sets("getQueueInfo", {"queue": which, "set": wanted}) == found
    assert flow.results([{"getQueueInfo": {"queue": {"id": 9}, "set": wanted}}]) == ["failed: no queue 9"]


def talks(ground: Ground, campaign: Campaign) -> None:
    """Three attempts: answered after 2 s for 7 s, answered after 30 s for 1.5 s, and never."""
    add_members(ground, campaign, "1", "2", "3")
    one, two, three = reserve(ground, campaign)
    ground.steps(*(offering(ground, attempt) for attempt in (one, two, three)))
    for attempt, answered, ended in ((one, 2000, 9000), (two, 30_000, 31_500), (three, 0, 40_000)):
        at = {"answered_at": NOON + answered if answered else 0, "hangup_at": NOON + ended}
        if answered:
            ground.step(Bridged(attempt.id, NOON + answered, b""))
        done = finish(
            attempt, at=NOON + ended, facts=facts(**at), call_variables={"status": "Busy"}, description="told"
        )
        assert ground.step(done) is True
    ground.now = NOON + 50_000


@pytest.mark.parametrize(
    ("fields", "figure"),
    [
        ({"metric": "avg", "field": "wait_time"}, "24"),
        ({"metric": "max", "field": "wait_time"}, "40"),
        ({"metric": "min", "field": "wait_time"}, "2"),
        ({"metric": "avg", "field": "talk_time"}, "4.25"),
        ({"metric": "max", "field": "talk_time"}, "7"),
        ({"metric": "sl", "slSec": "10"}, "33.333"),
        ({"field": "sl", "slSec": 30}, "66.667"),
        ({"metric": "avg", "field": "wait_time", "lastMinutes": 0}, "0"),
    ],
)
def test_queue_metrics(ground: Ground, campaign: Campaign, flow: Flow, fields: dict[str, Any], figure: str) -> None:
    talks(ground, campaign)
    given = {"queue": {"id": campaign.queue}, "set": "x", "calls": "complete", **fields}
    assert flow.sets("getQueueMetrics", given) == {"x": figure}


@pytest.mark.parametrize("fields", [{"calls": "active"}, {"metric": "median"}, {"field": "name"}])
def test_queue_metrics_that_do_not_exist(campaign: Campaign, flow: Flow, fields: dict[str, Any]) -> None:
    [result] = flow.results([{"getQueueMetrics": {"queue": {"id": campaign.queue}, "set": "x", **fields}}])
    assert result.startswith("failed: ")


def test_the_last_answered_call_with_a_number(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    talks(ground, campaign)
    wanted = {
        "a": "queue_id", "b": "destination", "c": "variables.status", "d": "created_at", "e": "gateway_id",
        "f": "extension", "g": "description", "h": "agent_id",
    }  # fmt: skip
    found = flow.sets("lastBridged", {"number": "00 1", "hours": "1", "set": wanted})
    gateway = str(campaign.gateway)
    assert list(found.values()) == [str(campaign.queue), "1", "Busy", str(NOON), gateway, "", "told", ""]

    def result(**fields: Any) -> str:
        return flow.results([{"lastBridged": {"number": "1", "hours": 1, "set": {"x": "id"}, **fields}}])[0]

    assert result(calls={"dialer": True, "inbound": True}) == "ok"
    assert result(filter={"queue_ids": [campaign.queue]}) == "ok"
    assert result(calls={"queue_ids": [999]}).startswith("failed: no call with 1")
    assert result(calls={"inbound": True}).startswith("failed: no call with 1")
    assert result(number="3").startswith("failed: no call with 3")  # never answered
    ground.now = NOON + 3_600_001
    assert result().startswith("failed: no call with 1")


def test_user_info(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    values = {"name": "Ann", "username": "ann", "email": "ann@example.org"}
    id_ = ground.write(users.create, campaign.domain, values)["id"]
    wanted = {"a": "name", "b": "user_id", "c": "username", "d": "email", "e": "extension", "f": "agent_id"}
    for who in ({"id": id_}, {"name": "ann"}, {"name": "Ann"}):
        found = flow.sets("userInfo", {"user": who, "set": wanted})
        assert list(found.values()) == ["Ann", str(id_), "ann", "ann@example.org", "", ""]
    for nobody in ({"extension": "100"}, {"name": "bob"}, {}):
        assert flow.results([{"userInfo": {"user": nobody, "set": wanted}}]) == ["failed: no such user"]


# ── global variables ─────────────────────────────────────────────────────────────────────────────


def test_global_variables_are_stored_for_the_domain(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    theirs = Flow(ground, a_campaign(ground, "other"))
    schema: Schema = [
        {"global": {"rate": {"value": "4${n}"}, "token": {"value": "s3cret", "encrypt": "true"}}},
        {"log": "$${rate} $${token} $${none}."},
    ]
    told, shown = flow.run(schema, n="2").trace
    assert shown["result"].startswith("42 ") and shown["result"].endswith(" .")
    assert "s3cret" not in str((told, shown))
    assert ground.read(variables.all_globals, campaign.domain) == {"rate": "42", "token": "s3cret"}
    assert ground.read(variables.all_globals, theirs.domain) == {}
    assert theirs.results([{"log": "$${rate}."}]) == ["."]


def test_a_flagged_global_variable_is_encrypted_at_rest(ground: Ground, campaign: Campaign, flow: Flow) -> None:
    flow.sets("global", {"token": {"value": "s3cret", "encrypt": True}})
    [(value, sealed)] = ground.sql("SELECT CAST(value AS TEXT), sealed FROM schema_variable")
    assert value is None
    assert sealed and "s3cret" not in sealed
    assert ground.read(variables.search, campaign.domain).items[0]["value"] is None
    flow.sets("global", {"token": {"value": "open"}})  # set again without the flag, it is plain
    assert ground.sql("SELECT CAST(value AS TEXT), sealed FROM schema_variable") == [('"open"', None)]


def test_flows_see_what_others_wrote_after_a_refresh_even_while_they_run(
    ground: Ground, campaign: Campaign, flow: Flow
) -> None:
    running = flow.globals.of(campaign.domain)
    ground.write(variables.create, campaign.domain, {"name": "x", "value": {"a": [1]}})
    assert dict(running) == {}
    ground.do(flow.globals.refresh())
    assert dict(running) == {"x": '{"a":[1]}'}
    assert flow.results([{"log": "$${x}"}]) == ['{"a":[1]}']


def test_a_global_variable_is_no_change_of_the_configuration(ground: Ground, flow: Flow) -> None:
    before = ground.sql("SELECT revision FROM config_revision")
    flow.sets("global", {"x": {"value": "1"}})
    assert ground.sql("SELECT revision FROM config_revision") == before
