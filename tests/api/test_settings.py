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
