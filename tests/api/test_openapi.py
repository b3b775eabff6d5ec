"""The description is made of the doors themselves, and is true of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.routing import Mount, Route

from outdial.api import members, resources
from outdial.api.openapi import json_schema
from tests.api.door import Door


@pytest.fixture
def described(door: Door) -> dict[str, Any]:
    found: dict[str, Any] = door.get("/openapi.json").ok()
    return found


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, one) for path, methods in described["paths"].items() for method, one in methods.items()]


def test_every_door_is_described_and_nothing_else(door: Door, described: dict[str, Any]) -> None:
    mount = next(route for route in door.site.routes if isinstance(route, Mount))
    standing = {
        (next(iter((route.methods or set()) - {"HEAD"})).lower(), re.sub(r":\w+(?=})", "", route.path))
        for route in mount.routes
        if isinstance(route, Route) and route.path not in ("/openapi.json", "/docs")
    }
    assert {(method, path) for method, path, _ in operations(described)} == standing


def test_every_call_has_a_summary_of_its_own_and_a_unique_name(described: dict[str, Any]) -> None:
    found = [one for _, _, one in operations(described)]
    assert all(one["summary"] for one in found)
    names = [one["operationId"] for one in found]
    assert len(set(names)) == len(names)


def test_every_body_comes_with_an_example(described: dict[str, Any]) -> None:
    bodies = [
        (f"{method} {path}", content)
        for method, path, one in operations(described)
        for kind, content in one.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json" and content["schema"].get("properties")
    ]
    assert len(bodies) > 30
    assert [name for name, content in bodies if "example" not in content] == []


def test_the_examples_of_bodies_are_taken_as_they_stand() -> None:
    for shape in (resources.SHAPE, members.SHAPE, members.BULK):
        assert shape.read(json_schema.example_body(shape))


def test_ids_leave_as_text_and_come_in_either_way(described: dict[str, Any]) -> None:
    queue = described["components"]["schemas"]["Queues"]["properties"]
    assert queue["id"]["type"] == "string" and queue["calendar"] == {"$ref": "#/components/schemas/Lookup"}
    created = described["paths"]["/call_center/queues"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "id" not in created["properties"] and "calendar" in created["required"]


def test_a_password_comes_in_and_never_leaves(described: dict[str, Any]) -> None:
    assert "password" not in described["components"]["schemas"]["Gateways"]["properties"]
    body = described["paths"]["/sip/gateways"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "password" in body["properties"]


def test_a_range_is_two_parameters(described: dict[str, Any]) -> None:
    history = described["paths"]["/calls/history"]["get"]["parameters"]
    assert {"created_at.from", "created_at.to", "page", "size"} <= {one["name"] for one in history}


def test_only_doors_for_everybody_need_no_token(described: dict[str, Any]) -> None:
    free = {f"{method} {path}" for method, path, one in operations(described) if one.get("security") == []}
    signed = "get /storage/any/file/{id}/download"
    signing_in = {"get /login", "post /login", "post /login/2fa", "post /session", "get /users/password/settings"}
    assert free == {*signing_in, "get /health", "get /flow/schema.json", signed}


def test_the_page_for_people_runs_only_its_own_script(door: Door) -> None:
    page = door("GET", "/docs").response
    assert page.status_code == 200 and "Outdial API" in page.text
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
