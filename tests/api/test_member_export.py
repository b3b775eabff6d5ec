"""Members as a table, and the deletion of members of any queue (webitel-api §10)."""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import Any

import pytest

from outdial.api import member_export
from tests.api.campaign import a_queue
from tests.api.door import Door


def table(door: Door, path: str, **asked: Any) -> list[list[str]]:
    answer = door.get(f"{path}/export", **asked)
    assert answer.status == 200, answer.response.text
    chunks = [base64.b64decode(json.loads(line)["data"]) for line in answer.response.text.splitlines()]
    return list(csv.reader(io.StringIO(b"".join(chunks).decode(), newline=""), delimiter=asked.get("separator", ",")))


def test_all_members_chunk_by_chunk(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member_export, "ROWS", 2)
    queue = a_queue(door)
    people = [queue.person(f"38044{n}", name=f"Ann, {n}", variables={"city": "Kyiv"}) for n in range(5)]
    door.post(f"{queue.members}/bulk", {"items": people}).ok()
    heading, *rows = table(door, queue.members, format="csv", separator=";")
    assert heading[:3] == ["id", "name", "destination"]
    assert [row[1:3] for row in rows] == [[f"Ann, {n}", f"38044{n}"] for n in range(5)]
    assert json.loads(rows[0][-1]) == {"city": "Kyiv"}


def test_chosen_columns_and_members(door: Door) -> None:
    queue = a_queue(door)
    for number in ("380441", "380442"):
        door.id(queue.members, queue.person(number, name=number))
    assert table(door, queue.members, fields=["name", "attempts"], destination="380442") == [
        ["name", "attempts"],
        ["380442", "0"],
    ]
    assert table(door, queue.members, fields="name", q="nobody*") == [["name"]]


def test_what_cannot_be_exported(door: Door) -> None:
    queue = a_queue(door)
    assert door.get(f"{queue.members}/export", format="xlsx").refused()["field"] == "format"
    assert door.get(f"{queue.members}/export", separator="x").refused()["field"] == "separator"
    door.get("/call_center/queues/99/members/export").refused(404)


def test_members_of_any_queue_are_deleted_by_filter_and_never_all(door: Door) -> None:
    one, other = a_queue(door, "One"), a_queue(door, "Other")
    for queue in (one, other):
        door.id(queue.members, queue.person("380441"))
        door.id(queue.members, queue.person("380442"))
    path = "/call_center/queues/members"
    everything: tuple[dict[str, Any], ...] = ({}, {"id": []}, {"without_members": True})
    for body in everything:
        assert door.delete(path, body).refused()["field"] == "queue_id"
    assert len(door.delete(path, {"numbers": ["380441"]}).items()) == 2
    assert len(door.delete(path, {"queueId": [one.id]}).items()) == 1
    assert len(door.get("/call_center/members").items()) == 1
