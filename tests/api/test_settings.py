"""Settings of the domain (webitel-api §2.3)."""

from __future__ import annotations

from outdial.store import domains
from tests.api.door import Door

ZONE = {"name": "timezone", "value": "Europe/Kyiv"}


def test_the_time_zone_of_the_domain(door: Door) -> None:
    assert door.get("/settings").items() == []
    kept = door.post("/settings", ZONE).ok()
    assert (kept["name"], kept["value"]) == ("timezone", "Europe/Kyiv")
    assert door.get("/settings?name=timezone").items() == [kept]
    assert door.get("/settings?name=other").items() == []
    assert door.write(domains.zones) == {1: "Europe/Kyiv"}
    door.post("/settings", {"name": "timezone", "value": ""}).ok()
    assert door.write(domains.zones) == {}


def test_what_is_no_setting_and_no_zone(door: Door) -> None:
    assert "timezone" in door.post("/settings", {"name": "other", "value": "1"}).refused()["detail"]
    assert "Europe/Kyiv" in door.post("/settings", {"name": "timezone", "value": "Nowhere"}).refused()["detail"]
    assert door.post("/settings", {"name": "timezone", "value": 5}).refused()["detail"].startswith("value: ")
    assert door.get("/settings").items() == []


def test_only_an_admin_sets_it(door: Door) -> None:
    ann = door.id("/users", {"username": "ann", "password": "a long password"})
    door.token = door.post(f"/users/{ann}/tokens", {"usage": "script"}).ok()["token"]
    door.post("/settings", ZONE).refused(403)
    assert door.get("/settings").items() == []


def test_one_setting_by_its_number(door: Door) -> None:
    assert {row["name"] for row in door.get("/settings/available").items()} == {"timezone", "scheme_version_limit"}
    made = door.post("/settings", {"name": "scheme_version_limit", "value": "2"}).ok()
    path = f"/settings/{made['id']}"
    assert door.get(path).ok() == {"id": made["id"], "name": "scheme_version_limit", "value": 2}
    assert door.patch(path, {"value": 3}).ok()["value"] == 3
    path = f"/settings/{door.get('/settings').items()[0]['id']}"
    assert door.put(path, {"value": -1}).refused()["field"] == "value"
    door.delete(path).ok()
    door.get(path).refused(404)


def test_so_many_versions_of_a_flow_are_kept(door: Door) -> None:
    door.post("/settings", {"name": "scheme_version_limit", "value": 2}).ok()
    schema = door.id("/routing/schema", {"name": "Greeting", "schema": [{"hangup": {}}]})
    for place in range(3):
        door.patch(f"/routing/schema/{schema}", {"schema": [{"set": {"a": str(place)}}]}).ok()
    assert [v["version"] for v in door.get(f"/routing/schema/{schema}/versions").items()] == [4, 3]
