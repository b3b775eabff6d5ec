"""What editors ask about the flow language."""

from __future__ import annotations

import dataclasses

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
