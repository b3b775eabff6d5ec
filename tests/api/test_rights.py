"""Who may do what: rights by class of record, grants on single records, tokens that may less than their user."""

from __future__ import annotations

from types import ModuleType
from typing import cast

import pytest

from outdial.api.app import every_door
from outdial.api.doc import Doc
from outdial.api.doors import Call, Deps, Doors
from outdial.api.needs import ALWAYS, SELF
from outdial.domain.rights import CLASSES, GRANTED
from tests.api.campaign import a_calendar, a_queue, a_schema
from tests.api.door import Door
from tests.api.people import PASSWORD, Person, a_person, as_, grant

DOORS = [door for door in every_door(cast(Deps, None)).described if not door.open]
OWN = {
    "/logout", "/userinfo", "/role/metadata/access", "/users/warnings", "/user", "/user/settings/{key}",
    "/users/password", "/user/2fa", "/user/sessions", "/user/sessions/{id:id}", "/users/{id:id}/tokens",
    "/users/{id:id}/tokens/{token:id}",
}  # fmt: skip
"""Doors to one's own account."""
SIGNED_IN = {"GET /settings"}
"""What everybody who is signed in may read."""
SHUT = {
    f"{door.method} {door.path}": door
    for door in DOORS
    if door.path not in OWN and f"{door.method} {door.path}" not in SIGNED_IN
}


def test_every_door_needs_a_right_or_is_ones_own() -> None:
    assert {door.path for door in DOORS if door.need and door.need.object in (SELF, ALWAYS)} == {*OWN, "/settings"}
    assert all(door.need and door.need.object in CLASSES for door in SHUT.values())


def test_a_door_without_a_class_cannot_be_built() -> None:
    async def handler(call: Call) -> None: ...

    doors = Doors(cast(Deps, None))
    doors.enter(ModuleType("room", "A room."))
    with pytest.raises(ValueError, match="OBJECT"):
        doors.add("GET", "/secrets", handler, Doc("Secrets"))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(SHUT))
def test_without_any_right_every_door_is_shut(door: Door, name: str) -> None:
    method, path = name.split()
    ann = a_person(door)
    for place in ("{id:id}", "{parent:id}", "{member:id}", "{token:id}", "{record:id}", "{user:id}", "{id}"):
        path = path.replace(place, "1")
    with as_(door, ann.token):
        refused = door(method, path.replace("{object}", "cc_queue"), {}).refused(403)
    assert refused["id"] == "api.context.permissions.app_error"


def test_a_role_opens_what_it_says_and_no_more(door: Door) -> None:
    queue = a_queue(door)
    role = door.id("/roles", {"name": "Watchers", "access": [{"class": "cc_queue", "access": "r"}]})
    ann = a_person(door)
    with as_(door, ann.token):
        assert "right to read queues" in door.get("/call_center/queues").refused(403)["detail"]
    door.patch(f"/users/{ann.id}", {"roles": [{"id": role}]}).ok()
    with as_(door, ann.token):
        assert [row["id"] for row in door.get("/call_center/queues").items()] == [queue.id]
        door.get(queue.members).ok()
        door.patch(queue.path, {"enabled": True}).refused(403)
        door.post(queue.members, queue.person()).refused(403)
        door.delete(queue.path).refused(403)
        door.get("/calendars").refused(403)
    door.delete(f"/roles/{role}").ok()
    with as_(door, ann.token):
        door.get("/call_center/queues").refused(403)


def test_the_members_of_a_queue_need_the_right_to_change_it(door: Door) -> None:
    queue = a_queue(door)
    ann = a_person(door, cc_queue="rw")
    with as_(door, ann.token):
        member = door.id(queue.members, queue.person())
        door.patch(f"{queue.members}/{member}", {"name": "Bob"}).ok()
        door.delete(f"{queue.members}/{member}").ok()
        door.post("/call_center/queues", {}).refused(403)


def test_a_grant_opens_one_record(door: Door) -> None:
    mine, other = a_queue(door, "Mine"), a_queue(door, "Other")
    theirs = door.id(other.members, other.person())
    ours = door.id(mine.members, mine.person())
    ann = a_person(door)
    grant(door, mine.path, ann, "r")
    with as_(door, ann.token):
        assert [row["id"] for row in door.get("/call_center/queues").items()] == [mine.id]
        assert [row["id"] for row in door.get("/call_center/members").items()] == [ours]
        door.get(mine.path).ok()
        door.get(f"/call_center/members/{ours}").ok()
        for path in (other.path, other.members, f"{mine.members}/{theirs}", f"/call_center/members/{theirs}",
                     f"/call_center/members/{10**9}", "/call_center/queues/1000"):  # fmt: skip
            door.get(path).refused(403)
        door.patch(mine.path, {"enabled": True}).refused(403)
        door.patch(f"/call_center/members/{ours}", {"name": "x"}).refused(403)
        assert door.get("/live").ok()["queues"][0]["name"] == "Mine"
        assert len(door.get("/live").ok()["queues"]) == 1
    grant(door, mine.path, ann, "w")
    with as_(door, ann.token):
        door.patch(mine.path, {"description": "hers"}).ok()
        assert door.patch("/call_center/queues/state", {"enabled": True}).ok() == {"count": 1}
        door.delete(mine.path).refused(403)
    assert door.get(other.path).ok().get("enabled", False) is False


def test_tags_of_what_was_not_granted_stay_hidden(door: Door) -> None:
    mine, _ = a_queue(door, "Mine", tags=[{"name": "mine"}]), a_queue(door, "Other", tags=[{"name": "theirs"}])
    ann = a_person(door)
    grant(door, mine.path, ann, "r")
    with as_(door, ann.token):
        assert door.get("/call_center/queues/tags").items() == [{"name": "mine"}]
        assert door.get("/call_center/queues/state").ok() == {"potential_rows": 1}


@pytest.mark.parametrize(
    ("patches", "granted"),
    [(["r"], "r"), (["r", "r"], None), (["rr"], "rr"), (["r", "rr"], "rr"), (["rr", "rr"], "r"), (["rr", "r"], None),
     (["rw", "d"], "rwd"), (["rwd", "w"], "rd")],
)  # fmt: skip
def test_grants_are_switched_as_webitels_client_expects(door: Door, patches: list[str], granted: str | None) -> None:
    path = f"/calendars/{a_calendar(door)}"
    ann = a_person(door)
    for letters in patches:
        grant(door, path, ann, letters)
    rows = door.get(f"{path}/acl", page="1", size="10", sort="", q="").items()
    assert [row.get("granted") for row in rows] == ([granted] if granted else [])
    if granted:
        assert rows[0]["grantee"] == {"id": ann.role, "name": "ann"} and rows[0]["user"] is True
        assert rows[0]["grantor"]["name"] == "admin"


def test_a_grant_is_passed_on_only_by_whoever_may(door: Door) -> None:
    path = f"/calendars/{a_calendar(door)}"
    ann, bob = a_person(door, "ann"), a_person(door, "bob")
    grant(door, path, ann, "rw")
    with as_(door, ann.token):
        door.patch(f"{path}/acl", [{"grantee": bob.role, "grants": "r"}]).refused(403)
    grant(door, path, ann, "rr")
    with as_(door, ann.token):
        grant(door, path, bob, "r")
        door.patch(f"{path}/acl", [{"grantee": bob.role, "grants": "w"}]).refused(403)
    with as_(door, bob.token):
        door.get(path).ok()


@pytest.mark.parametrize("body", [{}, [{}], [{"grantee": "1", "grants": "x"}], [{"grantee": "99", "grants": "r"}], [1]])
def test_a_grant_that_makes_no_sense(door: Door, body: object) -> None:
    door.patch(f"/calendars/{a_calendar(door)}/acl", body).refused()


@pytest.mark.parametrize("object", sorted(GRANTED))
def test_every_granted_class_has_its_list(door: Door, object: str) -> None:
    door.get(f"{GRANTED[object]}/99/acl").refused(404)


def test_a_dry_run_does_not_open_other_schemas(door: Door) -> None:
    other = door.id("/routing/schema", {"name": "Other", "type": "voice", "schema": [{"set": {"secret_step": "1"}}]})
    mine = {"name": "Mine", "type": "voice", "schema": [{"schema": {"id": int(other)}}]}
    path = f"/routing/schema/{door.id('/routing/schema', mine)}"
    ann = a_person(door)
    grant(door, path, ann, "r")
    body = {"script": {"caller": {"answers": "1s"}}}
    assert "secret_step" in door.post(f"{path}/run", body).response.text
    with as_(door, ann.token):
        assert "secret_step" not in str(door.post(f"{path}/run", body).ok())


def test_the_maker_of_a_record_keeps_it(door: Door) -> None:
    ann = a_person(door, calendars="x")
    with as_(door, ann.token):
        path = f"/calendars/{a_calendar(door)}"
        door.get(path).ok()
        assert [row["name"] for row in door.get("/calendars").items()] == ["Workdays"]
        door.delete(path).ok()


def test_whoever_may_delete_may_take_it_back(door: Door) -> None:
    path = f"/calendars/{a_calendar(door)}"
    ann = a_person(door, calendars="rd")
    with as_(door, ann.token):
        door.delete(path).ok()
        door.post(f"{path}/restore").ok()
        door.get(path).ok()


def test_the_grants_of_a_record_go_with_it(door: Door) -> None:
    ann = a_person(door)
    path = f"/calendars/{a_calendar(door)}"
    grant(door, path, ann, "rw")
    door.delete(path).ok()
    assert door.write(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM record_grant").scalar()) == 0


def limited(door: Door, person: Person | None, *scope: tuple[str, str]) -> str:
    access = [{"class": name, "access": letters} for name, letters in scope]
    made = door.post(f"/users/{person.id if person else 1}/tokens", {"usage": "script", "scope": access}).ok()
    assert made["scope"] == access
    return str(made["token"])


def test_a_token_may_less_than_its_user(door: Door) -> None:
    path = f"/calendars/{a_calendar(door)}"
    with as_(door, limited(door, None, ("calendars", "r"))):
        door.get(path).ok()
        door.delete(path).refused(403)
        door.get("/routing/schema").refused(403)
        door.post("/users/1/tokens").refused(403)
        door.put("/users/password", {"password": "x", "new_password": "another one"}).refused(403)
        scope = door.get("/userinfo").ok()["scope"]
        assert scope == [{"class": "calendars", "access": "r"}]


def test_a_token_never_may_more_than_its_user(door: Door) -> None:
    path = f"/calendars/{a_calendar(door)}"
    ann = a_person(door)
    grant(door, path, ann, "rw")
    with as_(door, limited(door, ann, ("calendars", "xrd"))):
        door.get(path).ok()
        door.put(path, {}).refused(403)
        door.delete(path).refused(403)
        door.post("/calendars", {}).refused(403)


def test_nobody_gives_more_than_they_have(door: Door) -> None:
    ann = a_person(door, users="xrwd", roles="xrwd", calendars="r")
    bob = a_person(door, "bob", calendars="r")
    cid = a_person(door, "cid", schema="r")
    dan = a_person(door, "dan")
    grant(door, f"/routing/schema/{a_schema(door)}", dan, "r")
    with as_(door, ann.token):
        door.post("/users", {"username": "eve", "password": PASSWORD, "admin": True}).refused(403)
        door.patch(f"/users/{ann.id}", {"admin": True}).refused(403)
        door.patch("/users/1", {"password": "taken over"}).refused(403)
        door.post("/users/1/tokens").refused(403)
        door.delete("/users/1/2fa").refused(403)
        for one in (cid, dan):
            door.patch(f"/users/{one.id}", {"password": "taken over"}).refused(403)
            door.post(f"/users/{one.id}/tokens").refused(403)
        door.patch(f"/users/{bob.id}", {"name": "Robert"}).ok()
        door.patch(f"/roles/{ann.role}", {"access": [{"class": "schema", "access": "r"}]}).refused(403)
        door.post("/roles", {"name": "Big", "access": [{"class": "schema", "access": "r"}]}).refused(403)
        door.post("/roles", {"name": "Small", "access": [{"class": "calendars", "access": "r"}]}).ok()


def test_the_administrators_role_stays(door: Door) -> None:
    (chief,) = [row["id"] for row in door.get("/roles").items() if row.get("everything")]
    door.patch(f"/roles/{chief}", {"access": []}).refused()
    door.delete(f"/roles/{chief}").refused()
    ann = a_person(door)
    assert door.patch(f"/users/{ann.id}", {"roles": [{"id": chief}]}).ok()["admin"] is True
    assert "admin" not in door.patch(f"/users/{ann.id}", {"admin": False}).ok()
    door.delete(f"/roles/{ann.role}").refused()
    door.patch(f"/roles/{ann.role}", {"name": "other"}).refused()


@pytest.mark.parametrize("access", [{"class": "nonsense", "access": "r"}, {"class": "calendars", "access": "q"}])
def test_a_right_that_is_none(door: Door, access: dict[str, str]) -> None:
    assert door.post("/roles", {"name": "Odd", "access": [access]}).refused()["field"].startswith("access[0].")


def test_clients_are_shown_what_they_may(door: Door) -> None:
    ann = a_person(door, cc_queue="rw", cc_list="rw", calls="r")
    grant(door, f"/calendars/{a_calendar(door)}", ann, "r")
    with as_(door, ann.token):
        info = door.get("/userinfo").ok()
        visible = door.get("/role/metadata/access").ok()
    assert info["scope"] == [
        {"class": "cc_queue", "access": "rw"},
        {"class": "cc_list", "access": "rw"},
        {"class": "calendars", "access": "r", "rbac": True},
        {"class": "calls", "access": "r"},
        {"class": "cc_list_number", "access": "xrwd"},
    ]
    named = {one["id"] for one in info["permissions"]}
    assert named == {"view_cdr_phone_numbers", "export_data_grid", "reset_active_attempts"}
    assert visible["admin"].keys() == {"_enabled", "queues", "members", "blacklist", "calendars"}
    assert visible["history"] == {"_enabled": True}
