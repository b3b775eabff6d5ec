"""Flow schemas (webitel-api §4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.door import Door

PATH = "/routing/schema"
FLOW: list[Any] = [{"playback": {"files": [{"type": "silence", "name": "900"}]}}, {"hangup": ""}]


def test_create_and_read(door: Door) -> None:
    body = {"name": "Greeting", "type": "voice", "schema": FLOW, "payload": {}, "editor": True, "tags": [{"name": "a"}]}
    made = door.post(PATH, body).ok()
    assert made["schema"] == FLOW and made["type"] == "voice" and made["editor"] is True
    assert door.get(f"{PATH}/{made['id']}").ok() == made


def test_the_default_type_is_left_out(door: Door) -> None:
    assert "type" not in door.post(PATH, {"name": "Any", "schema": []}).ok()
    assert door.get(PATH, type="default").items()[0]["name"] == "Any"


def test_the_list_of_webitels_client(door: Door) -> None:
    door.id(PATH, {"name": "Voice", "type": "voice", "schema": [], "tags": [{"name": "x"}]})
    door.clock.now += 1
    door.id(PATH, {"name": "After", "type": "service", "schema": []})
    fields = "&".join(f"fields={name}" for name in ("id", "name", "editor", "type", "tags", "created_at"))
    types = "&".join(f"type={name}" for name in ("chat", "voice", "service", "processing", "default"))
    rows = door.get(f"{PATH}?page=1&size=10&q=&sort=&{fields}&{types}").items()
    assert [row["name"] for row in rows] == ["After", "Voice"]
    assert set(rows[1]) == {"id", "name", "type", "tags", "created_at"}
    assert [row["name"] for row in door.get(f"{PATH}?type=service&type=default").items()] == ["After"]
    assert [row["name"] for row in door.get(f"{PATH}?tags=x&tags=y").items()] == ["Voice"]
    assert door.get(f"{PATH}/tags").items() == [{"name": "x"}]


def test_put_patch_and_versions(door: Door) -> None:
    id_ = door.id(PATH, {"name": "Greeting", "type": "voice", "schema": FLOW})
    assert door.patch(f"{PATH}/{id_}", {"name": "Renamed"}).ok()["schema"] == FLOW
    door.patch(f"{PATH}/{id_}", {"schema": [], "note": "emptied"}).ok()
    replaced = door.put(f"{PATH}/{id_}", {"name": "New", "schema": FLOW}).ok()
    assert "type" not in replaced and replaced["schema"] == FLOW
    versions = door.get(f"{PATH}/{id_}/versions").items()
    assert [row["version"] for row in versions] == [3, 2, 1]
    assert versions[1]["note"] == "emptied" and versions[0]["schema_id"] == id_


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"hangup": {}}, "schema: "),
        ("[]", "schema: "),
        ([7], "schema[0]: "),
        ([{"if": {"expression": "1", "then": [{}, "x"]}}], "schema[0]"),
    ],
)
def test_a_flow_that_cannot_be_read_is_refused_with_its_path(door: Door, schema: Any, path: str) -> None:
    for method, where in (("POST", PATH), ("PUT", f"{PATH}/1"), ("PATCH", f"{PATH}/1")):
        refused = door(method, where, {"name": "Broken", "schema": schema}).refused()
        assert refused["detail"].startswith(path), refused
    assert door.get(PATH).items() == []


def test_refusals(door: Door) -> None:
    assert door.post(PATH, {"name": "No flow"}).refused()["detail"].startswith("schema: ")
    assert door.post(PATH, {"schema": []}).refused()["detail"].startswith("name: ")
    assert door.post(PATH, {"name": "x", "type": "fax", "schema": []}).refused()["detail"].startswith("type: ")
    door.id(PATH, {"name": "Greeting", "schema": []})
    twice = door.post(PATH, {"name": "Greeting", "schema": []}).refused()
    assert twice["id"] == "store.sql_routing_schema.save.valid.name"


def test_a_flow_in_use_is_not_deleted(door: Door) -> None:
    id_ = door.id(PATH, {"name": "Greeting", "schema": []})
    gateway = {"name": "Trunk", "proxy": "10.0.0.1", "host": "10.0.0.1", "schema": {"id": id_}}
    trunk = door.id("/sip/gateways", gateway)
    assert "gateway Trunk" in door.delete(f"{PATH}/{id_}").refused()["detail"]
    door.delete(f"/sip/gateways/{trunk}").ok()
    assert door.delete(f"{PATH}/{id_}").ok()["name"] == "Greeting"


# ── what a save finds ────────────────────────────────────────────────────────────────────────────


def told(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(p["path"], p["level"], p["message"]) for p in answer.get("problems", [])]


def test_warnings_come_back_with_the_record_and_are_not_kept(door: Door) -> None:
    body = {"name": "Greeting", "type": "voice", "schema": [{"playbak": {}}, {"log": "${debt}"}, {"hangup": ""}]}
    made = door.post(PATH, body).ok()
    assert told(made) == [
        ("[0]", "warning", "unknown application 'playbak'; did you mean playback?"),
        (
            "[1]",
            "note",
            "${debt} is set nowhere in this schema: it is empty unless the member, the queue or the resource has it",
        ),
    ]
    assert "problems" not in door.get(f"{PATH}/{made['id']}").ok()
    assert told(door.put(f"{PATH}/{made['id']}", made).ok()) == told(made)


def test_a_patch_is_checked_as_the_type_it_has(door: Door) -> None:
    id_ = door.id(PATH, {"name": "After", "type": "service", "schema": []})
    patched = door.patch(f"{PATH}/{id_}", {"schema": [{"playback": {"files": [{"type": "silence", "name": "9"}]}}]})
    assert "does nothing in a service flow" in told(patched.ok())[0][2]
    assert told(door.patch(f"{PATH}/{id_}", {"name": "Renamed"}).ok()) == []


def test_records_that_are_not_there(door: Door) -> None:
    other = door.id(PATH, {"name": "Other", "schema": []})
    schema = [{"schema": {"id": other}}, {"schema": {"id": 999}}, {"playback": {"files": [{"name": "no.wav"}]}}]
    messages = [message for _, _, message in told(door.post(PATH, {"name": "Main", "schema": schema}).ok())]
    assert "there is no schema 999 in this domain; choose another, or add it" in messages
    assert "there is no media file 'no.wav' in this domain; choose another, or add it" in messages
    assert not any(f"schema {other} " in message for message in messages)


def test_a_check_without_saving(door: Door) -> None:
    found = door.post(f"{PATH}/check", {"type": "voice", "schema": [{"goto": "x"}]}).items()
    assert [(p["path"], p["level"]) for p in found] == [("[0]", "warning")] * 2
    assert door.post(f"{PATH}/check", {"schema": {}}).items() == [
        {"path": "", "level": "error", "message": "expected an array of application objects"}
    ]
    assert door.get(PATH).items() == []
