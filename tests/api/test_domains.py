"""Domains see nothing of each other: every door is tried with every id of another domain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from sqlalchemy import Connection, select

from outdial.api.app import every_door
from outdial.api.doc import Raw
from outdial.api.door import Door as Described
from outdial.api.doors import Deps
from outdial.api.fields import Shape
from outdial.api.openapi.json_schema import example_body
from outdial.store import domains, tokens, users
from outdial.store.tables import metadata
from tests.api.calling import Campaign
from tests.api.campaign import a_queue
from tests.api.door import Answer, Door
from tests.api.people import a_person, as_, grant

DOORS = [door for door in every_door(cast(Deps, None)).described if not door.open]
PLACED = [door for door in DOORS if "{" in door.path and "{key}" not in door.path]
ENDLESS = Raw("text/event-stream")
"""test_events.py reads it, and who hears of what."""
READ = [door for door in DOORS if door.need and door.need.letter == "r" and door.doc.gives != ENDLESS]
PLAIN = [door for door in READ if "{" not in door.path]
EMPTY = ("{}", '{"items":[]}', '{"items":[],"next":false}')


def furnish(door: Door) -> list[str]:
    """A domain with a record of every kind; answers its names."""
    campaign = Campaign(door, name="Reminder of acme", tags=[{"name": "tag of acme"}])
    member = campaign.member("380441112233")
    door.files.new("recordings/of_acme.wav").write_bytes(b"RIFF")
    campaign.ring(recording="recordings/of_acme.wav")
    campaign.member("380441112244")
    (attempt,) = campaign.claim()
    campaign.offer(attempt)
    numbers = door.id("/call_center/list", {"name": "List of acme"})
    door.post(f"/call_center/list/{numbers}/communication", {"number": "380449998877"}).ok()
    door.post(f"/call_center/resources/{campaign.resource}/display", {"display": "380445556677"}).ok()
    door.post(f"{campaign.queue.path}/resource_groups", {"resource_group": {"id": campaign.group}}).ok()
    door.post("/routing/schema/variables", {"name": "variable_of_acme", "value": "value of acme"}).ok()
    door.put("/user/settings/timezone", {"timezone": "zone of acme"}).ok()
    door.post("/settings", {"name": "timezone", "value": "Pacific/Chatham"}).ok()
    grant(door, campaign.queue.path, a_person(door, "ann_of_acme", cc_queue="r"), "w")
    assert member
    found = door.write(names)
    assert len(found) > 12
    return [*found, "tag of acme", "zone of acme", "value of acme", "Pacific/Chatham", "380441112233", "380441112244",
            "380449998877", "380445556677"]  # fmt: skip


def names(conn: Connection) -> list[str]:
    texts: set[str] = set()
    for table in metadata.sorted_tables:
        if "name" in table.c and "domain_id" in table.c:
            texts |= {name for name in conn.scalars(select(table.c.name).where(table.c.domain_id == 1)) if name}
    return sorted(texts - {"Administrator", "Administrators", "admin", "timezone"})


def kept(conn: Connection) -> dict[str, list[str]]:
    """All that is stored of the first domain."""
    tables = [table for table in metadata.sorted_tables if "domain_id" in table.c]
    mine = {table.name: conn.execute(select(table).where(table.c.domain_id == 1)) for table in tables}
    return {name: sorted(repr(row) for row in rows) for name, rows in mine.items()}


def another_admin(door: Door) -> tuple[str, int]:
    """The token of the admin of another domain, and the highest id of the first one."""

    def make(conn: Connection) -> int:
        tables = [table for table in metadata.sorted_tables if "id" in table.c]
        highest = max(id_ for table in tables for id_ in conn.scalars(select(table.c.id)) if isinstance(id_, int))
        conn.exec_driver_sql("UPDATE sqlite_sequence SET seq = 1000")  # the ids of this domain begin elsewhere
        domain_id = domains.ensure(conn, "globex")
        admin = users.create(conn, domain_id, {"username": "eve", "admin": True})
        tokens.create(conn, domain_id, admin["id"], tokens.New("token-of-globex"))
        return highest

    return "token-of-globex", door.write(make)


def body_of(one: Described) -> Any:
    if isinstance(one.doc.takes, Shape):
        return {**example_body(one.doc.takes, partial=one.doc.partial), **one.doc.example}
    return [{"grantee": "1", "grants": "r"}] if one.path.endswith("/acl") else dict(one.doc.example) or {}


def places(path: str, id_: int) -> str:
    return re.sub(r"\{\w+(:id)?\}", str(id_), path.replace("{object}", "cc_queue"))


def nothing(method: str, answer: Answer) -> bool:
    """There is no such record, or nothing in it; or the body was refused before it was looked for."""
    if answer.status == 400 and method != "GET":
        return "field" in answer.body
    return answer.status == 404 or answer.response.text in EMPTY


@pytest.fixture
def furnished(door: Door) -> Iterator[tuple[Door, list[str], str, int]]:
    hidden = furnish(door)
    token, highest = another_admin(door)
    yield door, hidden, token, highest


def test_no_door_leads_to_a_record_of_another_domain(furnished: tuple[Door, list[str], str, int]) -> None:
    door, hidden, token, highest = furnished
    before = door.write(kept)
    wrong, leaked = [], []
    with as_(door, token):
        for one in PLACED:
            for id_ in range(1, highest + 1):
                answer = door(one.method, places(one.path, id_), body_of(one))
                text = answer.response.text
                if any(name in text for name in hidden):
                    leaked.append((one.method, one.path, id_, text))
                if not nothing(one.method, answer):
                    wrong.append((one.method, one.path, id_, answer.status, text[:200]))
    assert leaked == []
    assert wrong == []
    assert door.write(kept) == before


def test_no_list_shows_a_record_of_another_domain(furnished: tuple[Door, list[str], str, int]) -> None:
    door, hidden, token, _ = furnished
    own: set[str] = set()
    empty: set[str] = set()
    for one in PLAIN:
        path = {"/call_center/queues/attempts/history": f"{one.path}?joined_at.from=1"}.get(one.path, one.path)
        mine = door(one.method, path, None if one.method == "GET" else body_of(one)).response.text
        with as_(door, token):
            theirs = door(one.method, path, None if one.method == "GET" else body_of(one))
        assert [name for name in hidden if name in theirs.response.text] == [], one.path
        (own if any(name in mine for name in hidden) else empty).add(f"{one.method} {one.path}")
    assert len(own) >= 20, empty


def test_a_lookup_of_another_domain_is_no_record(door: Door) -> None:
    queue = a_queue(door)
    token, _ = another_admin(door)
    with as_(door, token):
        body = {"name": "x", "type": 2, "calendar": {"id": queue.calendar}, "schema": {"id": queue.schema}}
        assert door.post("/call_center/queues", body).refused()["field"] in ("calendar", "schema")
        assert door.post("/users", {"username": "x", "password": "long enough", "roles": [{"id": "1"}]}).refused()
