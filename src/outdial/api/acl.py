"""Rights on single records: who was granted what on a queue, a list, a schema … (webitel-api §2.3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Connection, Table, select
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors
from outdial.api.fields import Shape
from outdial.api.kinds import Flag, Link, Text
from outdial.api.needs import SELF
from outdial.domain.errors import BadField, Forbidden, NotFound
from outdial.domain.rights import GRANTED, toggled
from outdial.store import grants, roles, tables
from outdial.store.changes import About, record
from outdial.store.listing import ListQuery, Page, matches

OBJECT = SELF
"""Only in name: each door below says its own class."""
SHAPE = Shape(grantee=Link(), grantor=Link(), granted=Text(), user=Flag())
CHANGES = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"grantee": {"type": ["string", "integer"]}, "grants": {"type": "string"}},
    },
}
LETTERS = frozenset("rwd")
TABLES: dict[str, Table] = {
    "cc_queue": tables.queue,
    "cc_resource": tables.resource,
    "cc_resource_group": tables.resource_group,
    "cc_list": tables.list_table,
    "calendars": tables.calendar,
    "schema": tables.schema,
    "media_file": tables.media_file,
    "gateways": tables.gateway,
    "users": tables.user,
}


def install(doors: Doors) -> None:
    for object, collection in GRANTED.items():
        path = f"{collection}/{{id:id}}/acl"
        doors.add("GET", path, _lister(object), Doc("Who was granted this record", Many(SHAPE), object=object))
        doors.add("PATCH", path, _changer(object), Doc("Grant this record", Many(SHAPE), takes=CHANGES, object=object))


def _name(conn: Connection, domain_id: int, object: str, record_id: int) -> str:
    """Of a record of the domain. Raises NotFound."""
    c = TABLES[object].c
    row = conn.execute(select(c.name).where(c.domain_id == domain_id, *matches(c.id, record_id))).first()
    if row is None:
        raise NotFound(f"There is no such record: {record_id}.", id=f"store.sql_{TABLES[object].name}.get.app_error")
    return str(row.name)


def _lister(object: str) -> Callable[[Call], Awaitable[Response]]:
    async def list_(call: Call) -> Response:
        """`granted` has the letters, doubled where they may be passed on."""
        query, id_ = call.query(wire.filter_shape()), call.path_id()

        def read(conn: Connection) -> Page:
            _name(conn, call.domain_id, object, id_)
            return grants.of_record(conn, call.domain_id, object, id_, query)

        return await wire.answer_page(SHAPE, await call.read(read))

    return list_


def _changer(object: str) -> Callable[[Call], Awaitable[Response]]:
    async def change(call: Call) -> Response:
        """`grants` switches letters: `r` gives it or takes it, `rr` gives it so that it may be passed on.

        Only whoever has a letter for the whole class, or doubled on this record, may give or take it.
        """
        wanted, id_ = _read(await call.body()), call.path_id()

        def write(conn: Connection) -> Page:
            about = About(object, id_, _name(conn, call.domain_id, object, id_))
            for role_id, given in wanted:
                _may_pass_on(conn, call, object, id_, given)
                _change(conn, call.domain_id, about, role_id, given)
            return grants.of_record(conn, call.domain_id, object, id_, ListQuery())

        return await wire.answer_page(SHAPE, await call.write(write))

    return change


def _read(body: Any) -> list[tuple[int, str]]:
    if not isinstance(body, list):
        raise BadField("body", 'expected a list of {"grantee": "id of a role", "grants": "rwd"}')
    found = []
    for place, one in enumerate(body):
        entry = one if isinstance(one, dict) else {}
        grantee, given = entry.get("grantee"), entry.get("grants", "")
        grantee = grantee.get("id") if isinstance(grantee, dict) else grantee
        if not str(grantee).isascii() or not str(grantee).isdigit() or len(str(grantee)) > 18:
            raise BadField(f"[{place}].grantee", "expected the id of a role")
        if not isinstance(given, str) or not given or set(given) - LETTERS:
            raise BadField(f"[{place}].grants", "expected letters of rwd: read, change, delete")
        found.append((int(str(grantee)), given))
    return found


def _may_pass_on(conn: Connection, call: Call, object: str, record_id: int, given: str) -> None:
    rights, who = call.actor.rights, call.session
    here = grants.letters_on(conn, call.actor.roles, object, record_id)
    for letter in set(given):
        if not (rights.may(object, letter) or (here.count(letter) > 1 and who.grantable(object, letter))):
            raise Forbidden(f"You may not pass on {letter} of this record.")


def _change(conn: Connection, domain_id: int, about: About, role_id: int, given: str) -> None:
    try:
        role = roles.get(conn, domain_id, role_id)
    except NotFound:
        raise BadField("grantee", f"there is no such role: {role_id}") from None
    assert about.record_id is not None
    had = grants.granted_to(conn, about.object, about.record_id, role_id)
    has = toggled(had, given)
    grants.put(conn, domain_id, about.object, about.record_id, role_id=role_id, granted=has)
    part = About(about.object, about.record_id, about.name, f"rights of {role['name']}")
    record(conn, domain_id, "update", part, {"granted": had}, {"granted": has})
