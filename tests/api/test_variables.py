"""Global variables of flows (webitel-api §4)."""

from __future__ import annotations

from outdial.store import variables
from tests.api.door import Door

PATH = "/routing/schema/variables"


def test_a_variable_of_any_json(door: Door) -> None:
    for place, value in enumerate(("41.5", 5, {"a": [1]}, [True])):
        made = door.post(PATH, {"name": f"v{place}", "value": value}).ok()
        assert isinstance(made["id"], int)
        assert door.get(f"{PATH}/{made['id']}").ok()["value"] == value
    assert [row["name"] for row in door.get(PATH, sort="name", q="v*").items()] == ["v0", "v1", "v2", "v3"]
    door.patch(f"{PATH}/1", {"value": "new"}).ok()
    assert door.write(lambda conn: variables.all_globals(conn, 1))["v0"] == "new"
    door.delete(f"{PATH}/1").ok()
    door.get(f"{PATH}/1").refused(404)


def test_an_encrypted_one_never_comes_out(door: Door) -> None:
    made = door.post(PATH, {"name": "token", "value": "s3cret", "encrypt": True})
    path = f"{PATH}/{made.ok()['id']}"
    shown = [
        made,
        door.get(path),
        door.get(PATH),
        door.patch(path, {"name": "key"}),
        door.patch(path, {"encrypt": False}),
    ]
    assert not [answer for answer in shown if "s3cret" in answer.response.text]


def test_a_changed_name_keeps_what_is_sealed(door: Door) -> None:
    id_ = door.post(PATH, {"name": "token", "value": "s3cret", "encrypt": True}).ok()["id"]
    door.patch(f"{PATH}/{id_}", {"name": "key"}).ok()
    assert door.write(lambda conn: variables.all_globals(conn, 1)) == {"key": "s3cret"}
    door.put(f"{PATH}/{id_}", {"name": "key", "value": "other", "encrypt": True}).ok()
    assert door.write(lambda conn: variables.all_globals(conn, 1)) == {"key": "other"}


def test_refusals(door: Door) -> None:
    door.post(PATH, {"name": "a", "value": "1"}).ok()
    assert "already" in door.post(PATH, {"name": "a", "value": "2"}).refused()["detail"]
    assert door.post(PATH, {"value": "2"}).refused()["detail"].startswith("name: ")
