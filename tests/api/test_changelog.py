"""The log of changes: who, when, from where, before and after; and that no secret ever leaves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from outdial.store.changes import SECRET
from tests.api.campaign import a_calendar, a_gateway, a_queue, a_resource, a_schema
from tests.api.door import NOON, TOKEN, Door
from tests.api.people import PASSWORD, a_person, as_, grant
from tests.api.test_account import factor, now


def told(door: Door, object: str, record_id: str) -> list[dict[str, Any]]:
    """The newest first, states parsed."""
    rows = door.get(f"/logger/{object}/record/{record_id}/logs").items()
    for row in rows:
        for state in ("old_state", "new_state"):
            row[state] = json.loads(row[state]) if state in row else None
    return rows


def test_a_change_says_who_when_from_where_and_what(door: Door) -> None:
    ann = a_person(door, calendars="xrwd")
    with as_(door, ann.token):
        calendar = a_calendar(door)
        door.clock.now += 1000
        body = door.get(f"/calendars/{calendar}").ok()
        door.put(f"/calendars/{calendar}", {**body, "name": "Weekdays"}).ok()
        door.delete(f"/calendars/{calendar}").ok()
        door.get("/logger/logs").refused(403)
    deleted, updated, created = told(door, "calendars", calendar)
    assert [row["action"] for row in (created, updated, deleted)] == ["create", "update", "delete"]
    assert created["new_state"]["name"] == "Workdays" and created["old_state"] is None
    assert (updated["old_state"], updated["new_state"]) == ({"name": "Workdays"}, {"name": "Weekdays"})
    assert deleted["old_state"]["name"] == "Weekdays" and deleted["new_state"] is None
    assert updated["user"] == {"id": ann.id, "name": "Ann"} and updated["user_ip"] == "127.0.0.1"
    assert updated["date"] == str(NOON + 1000)
    assert updated["record"] == {"id": calendar, "name": "Weekdays"}


def test_what_changes_nothing_is_not_told(door: Door) -> None:
    calendar = a_calendar(door)
    door.put(f"/calendars/{calendar}", door.get(f"/calendars/{calendar}").ok()).ok()
    door.put(f"/calendars/{calendar}", {"name": "x"}).refused()
    assert [row["action"] for row in told(door, "calendars", calendar)] == ["create"]


def test_a_change_that_failed_leaves_no_trace(door: Door) -> None:
    calendar = a_queue(door).calendar
    before = len(told(door, "calendars", calendar))
    door.delete(f"/calendars/{calendar}").refused()
    assert len(told(door, "calendars", calendar)) == before


def test_parts_are_told_of_the_record_they_belong_to(door: Door) -> None:
    resource = a_resource(door)
    number = door.id(f"/call_center/resources/{resource}/display", {"display": "380441"})
    door.delete(f"/call_center/resources/{resource}/display/{number}").ok()
    rows = told(door, "cc_resource", resource)
    assert [(row["action"], row.get("part")) for row in rows] == [
        ("delete", "caller number 380441"), ("create", "caller number 380441"), ("create", None),
    ]  # fmt: skip


def test_members_one_by_one_and_in_bulk(door: Door) -> None:
    queue = a_queue(door)
    member = door.id(queue.members, queue.person())
    door.patch(f"{queue.members}/{member}", {"priority": 5}).ok()
    door.post(f"{queue.members}/bulk", {"items": [queue.person() for _ in range(30)]}).ok()
    door.patch(f"{queue.members}/{member}", {"stop_cause": "no_answer"}).ok()
    door.patch(f"{queue.members}/reset", {}).ok()
    door.delete(queue.members, {"id": [], "without_members": True}).ok()
    door.delete(queue.members, {"id": [], "without_members": True}).ok()
    rows = told(door, "cc_queue", queue.id)[:-1]
    assert [(row["action"], row["part"], row["count"]) for row in rows] == [
        ("delete", "members", 31), ("update", "members, to be rung again", 1), ("update", f"member {member}", 1),
        ("create", "members", 30), ("update", f"member {member}", 1), ("create", f"member {member}", 1),
    ]  # fmt: skip
    assert (rows[4]["old_state"], rows[4]["new_state"]) == ({"priority": 0}, {"priority": 5})


def test_many_batches_are_one_entry(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outdial.api.members.BATCH", 10)
    queue = a_queue(door)
    door.post(f"{queue.members}/bulk", {"items": [queue.person() for _ in range(35)]}).ok()
    door.delete(queue.members, {"id": []}).ok()
    assert [row["count"] for row in told(door, "cc_queue", queue.id)] == [35, 35, 1]


def test_rights_are_told(door: Door) -> None:
    ann = a_person(door, calendars="r")
    role = told(door, "roles", ann.role)[0]
    assert role["new_state"] == {"access": {"calendars": "r"}}
    calendar = a_calendar(door)
    grant(door, f"/calendars/{calendar}", ann, "w")
    granted = told(door, "calendars", calendar)[0]
    assert (granted["part"], granted["new_state"]) == ("rights of ann", {"granted": "w"})
    door.patch(f"/users/{ann.id}", {"admin": True}).ok()
    (chief,) = told(door, "users", ann.id)[0]["new_state"]["roles"]
    assert chief["name"] == "Administrators"


def test_the_whole_log_is_searched(door: Door) -> None:
    ann = a_person(door, calendars="x", schema="x")
    with as_(door, ann.token):
        calendar = a_calendar(door)
        a_schema(door)
    assert {row["object"] for row in door.get("/logger/logs", user_id=ann.id).items()} == {"calendars", "schema"}
    assert len(door.get(f"/logger/users/{ann.id}/logs", action="create").items()) == 2
    (one,) = door.get("/logger/logs", object="calendars", record_id=calendar).items()
    later = {"date.from": str(int(one["date"]) + 1)}
    assert door.get("/logger/logs", object="calendars", **later).items() == []
    newest, older = door.get("/logger/logs", size=2).items()
    assert int(newest["id"]) > int(older["id"])
    assert door.get("/logger/logs", size=1).ok()["next"] is True


def test_no_secret_ever_leaves(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither in an answer after the one that hands it out, nor in the log of changes, nor in the service's log."""
    ann = a_person(door)
    secret, codes = factor(door, ann.token)
    session = door.post(
        "/login/2fa", {"id": door.post("/login", {"username": "ann", "password": PASSWORD}).ok()["id"],
                       "totp": now(door, secret)}
    ).ok()["access_token"]  # fmt: skip
    gateway = a_gateway(door)
    door.patch(f"/sip/gateways/{gateway}", {"password": "trunk-password"}).ok()
    variable = door.post("/routing/schema/variables", {"name": "key", "value": "hidden-value", "encrypt": True}).ok()[
        "id"
    ]
    door.patch(f"/routing/schema/variables/{variable}", {"value": "other-hidden-value"}).ok()
    door.patch(f"/users/{ann.id}", {"password": "yet another one"}).ok()
    door.post("/login", {"username": "ann", "password": "guessed-password"}).refused()
    fresh = door.post(f"/users/{ann.id}/tokens").ok()["token"]
    secrets = (
        PASSWORD, "yet another one", "guessed-password", "trunk-password", "hidden-value", "other-hidden-value", TOKEN,
        ann.token, session, fresh, *codes, secret.hex(),
    )  # fmt: skip
    paths = (
        "/logger/logs?size=1000", "/users", f"/users/{ann.id}", f"/users/{ann.id}/tokens", "/users/1/tokens", "/roles",
        "/sip/gateways", f"/sip/gateways/{gateway}", "/routing/schema/variables", "/userinfo", "/user", "/user/2fa",
        "/user/sessions", "/settings",
    )  # fmt: skip
    answers = "".join(door.get(path).response.text for path in paths) + str(capsys.readouterr())
    assert SECRET in answers and "trunk-password" not in answers
    assert [text for text in secrets if text in answers] == []
    tables = ("user", "token", "second_factor", "gateway", "schema_variable", "change")
    kept = str(door.write(lambda conn: [conn.exec_driver_sql(f"SELECT * FROM {name}").all() for name in tables]))
    assert [text for text in secrets if text in kept] == []
