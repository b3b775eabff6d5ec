"""What editors ask about the flow language."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from outdial.cli.demo.campaign import AFTER_FLOW
from outdial.store import variables
from tests.api.calling import Campaign
from tests.api.door import Door


def test_the_applications_with_fields_results_and_ports(door: Door) -> None:
    found = {app["name"]: app for app in door.get("/flow/applications").ok()["applications"]}
    assert found["if"]["ports"][0] == {"label": "Then", "path": "then"}
    assert {field["name"] for field in found["playback"]["fields"]} >= {"files", "getDigits"}
    assert found["abandoned"]["kinds"] == ["service"]
    assert {field["name"] for field in door.get("/flow/applications").ok()["meta"]} >= {"tag", "limit", "break"}


def test_the_json_schema_is_open_to_any_editor(door: Door) -> None:
    answer = dataclasses.replace(door, token="").get("/flow/schema.json")
    assert answer.ok()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert answer.response.headers["content-type"] == "application/schema+json"


def test_the_applications_are_for_those_signed_in(door: Door) -> None:
    assert dataclasses.replace(door, token="").get("/flow/applications").refused(401)


# ── dry runs ─────────────────────────────────────────────────────────────────────────────────────

SCHEMA: list[Any] = [
    {"playback": {"files": [{"type": "silence", "name": "900"}], "getDigits": {"setVar": "d"}}},
    {"log": "$${city} $${key}"},
    {"hangup": ""},
]


def test_a_stored_schema_runs_by_script(door: Door) -> None:
    city, key = {"name": "city", "value": "Kyiv1"}, {"name": "key", "value": "sesame", "encrypt": True}
    door.write(lambda conn: [variables.create(conn, 1, one) for one in (city, key)])
    id_ = door.id("/routing/schema", {"name": "Menu", "type": "voice", "schema": SCHEMA})
    report = door.post(f"/routing/schema/{id_}/run", {"script": {"caller": {"keys": ["5"]}}}).ok()
    assert report["end"]["how"] == "hung_up" and report["variables_after"]["d"] == "5"
    assert [row["result"] for row in report["trace"]] == ["success", "Kyiv1 ••••", "NORMAL_CLEARING"]
    assert door.get("/calls/history", **{"created_at.from": 1}).items() == []


def test_an_unsaved_schema_runs_too(door: Door) -> None:
    id_ = door.id("/routing/schema", {"name": "Menu", "type": "voice", "schema": []})
    changed: dict[str, Any] = {"schema": [{"log": "changed"}, {"schema": {"id": id_}}]}
    for path in ("/routing/schema/run", f"/routing/schema/{id_}/run"):
        assert [row["app"] for row in door.post(path, changed).ok()["trace"]] == ["log", "schema"]


def test_a_schema_of_another_schema_and_media_of_the_domain(door: Door) -> None:
    inner = door.id("/routing/schema", {"name": "Inner", "schema": [{"playback": {"files": [{"id": 99}]}}]})
    report = door.post("/routing/schema/run", {"type": "voice", "schema": [{"schema": {"id": inner}}]}).ok()
    assert report["trace"][0]["result"].startswith("failed: nothing to play: media 99 not found")


def test_an_after_flow_shows_the_member(door: Door) -> None:
    script = {"call": {"cause": "USER_BUSY"}, "queue": {"max_attempts": 1}}
    report = door.post("/routing/schema/run", {"type": "service", "schema": AFTER_FLOW, "script": script}).ok()
    assert report["role"] == "after" and report["member"]["stop_cause"] == "abandoned"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "schema: expected a list of applications"),
        ({"schema": [5]}, "schema[0]: expected an application object"),
        ({"schema": [], "script": {"caller": {"keys": "x"}}}, "script.caller.keys[0]: expected keys of 0 to 9"),
    ],
)
def test_what_cannot_run_is_refused(door: Door, body: dict[str, Any], detail: str) -> None:
    assert door.post("/routing/schema/run", body).refused()["detail"].startswith(detail)
    assert door.post("/routing/schema/77/run", {}).refused(404)


def test_scripts_of_a_dry_run_run_where_the_service_runs_scripts(door: Door) -> None:
    steps = [
        {"js": {"data": "return 6 * 7", "setVar": "answer"}},
        {"js": {"data": "return nothing", "setVar": "other"}},
        {"success": {"export": ["answer", "other"]}},
    ]
    report = door.post("/routing/schema/run", {"type": "service", "schema": steps}).ok()
    assert report["exports"] == {"answer": "42", "other": ""}
    assert "nothing is not defined" in report["trace"][1]["result"]


def test_an_after_flow_is_tried_on_an_attempt_of_the_past(door: Door) -> None:
    campaign = Campaign(door)
    campaign.member(variables={"city": "Kyiv"})
    attempt = campaign.ring(answered_at=0, cause="USER_BUSY", sip_code=486)
    body: dict[str, Any] = {
        "type": "service",
        "schema": [*AFTER_FLOW, {"log": "${city}"}],
        "attempt_id": str(attempt.id),
    }
    report = door.post("/routing/schema/run", body).ok()
    assert report["variables"]["call_cause"] == "USER_BUSY" and report["variables"]["destination"] == "380441"
    assert report["variables"]["city"] == "Kyiv"
    assert report["member"]["variables"] == {"status": "Busy"} and report["member"]["attempts"] == 1
    again = door.post(
        "/routing/schema/run", {**body, "script": {"call": {"talk": "60s"}, "variables": {"city": "Lviv"}}}
    ).ok()
    assert again["member"]["result"] == "success" and again["trace"][-1]["args"] == {"text": "Lviv"}
    assert door.post("/routing/schema/run", {**body, "attempt_id": 999}).refused(404)
