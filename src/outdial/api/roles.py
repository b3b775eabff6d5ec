"""Roles: what their members may do with each class of records (webitel-api §2.3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Connection

from outdial.api import wire
from outdial.api.authority import over
from outdial.api.doors import Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Flag, Text
from outdial.api.nouns import Noun, Verbs
from outdial.api.shapes import AUDIT, DESCRIPTION, ID, name
from outdial.domain.errors import BadField, UserMistake
from outdial.domain.rights import CLASSES, LETTERS, Rights, Scope, letters
from outdial.store import roles
from outdial.store.context import context_of
from outdial.store.listing import ListQuery, Page, Row

OBJECT = "roles"

ACCESS = Shape(class_=Field(Text(100), required=True), access=Text(10))
SHAPE = Shape(
    id=ID,
    name=name(100),
    description=DESCRIPTION,
    access=Parts(ACCESS, most=100),
    everything=Field(Flag(), read_only=True),
    user=Field(Flag(), read_only=True),
    **AUDIT,
)


def read_scope(given: list[Row], field: str) -> dict[str, str]:
    """Class → letters. Raises BadField for a class that is not known, or what is no letter."""
    found: dict[str, str] = {}
    for place, one in enumerate(given):
        if one["class"] not in CLASSES:
            raise BadField(f"{field}[{place}].class", f"expected one of {', '.join(CLASSES)}")
        if set(one["access"]) - set(LETTERS):
            raise BadField(f"{field}[{place}].access", f"expected letters of {LETTERS}: create, read, change, delete")
        found[one["class"]] = letters(one["access"])
    return found


def write_scope(scope: Scope) -> list[Row]:
    return [{"class": name, "access": scope[name]} for name in CLASSES if scope.get(name)]


def _out(row: Row) -> Row:
    """The role of one person is marked by ``user``."""
    shown = {**row, "user": row.get("personal", False)}
    return {**shown, "access": write_scope(row["access"])} if "access" in row else shown


def _in(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "access": read_scope(values["access"], "access")} if "access" in values else values


def _search(conn: Connection, domain_id: int, query: ListQuery) -> Page:
    page = roles.search(conn, domain_id, query)
    return Page([_out(row) for row in page.items], page.next)


def _get(conn: Connection, domain_id: int, id: int) -> Row:
    return _out(roles.get(conn, domain_id, id))


def _within(conn: Connection, access: Scope) -> None:
    """Nobody puts more into a role than they have."""
    actor = context_of(conn).actor
    assert actor is not None
    over(actor, Rights(classes=access))


def _create(conn: Connection, domain_id: int, values: dict[str, Any], **by: Any) -> Row:
    given = _in(values)
    _within(conn, given.get("access", {}))
    return _out(roles.create(conn, domain_id, given, **by))


def _replace(conn: Connection, domain_id: int, id: int, values: dict[str, Any], **by: Any) -> Row:
    return _changed(conn, domain_id, id, values, partial(roles.replace, **by))


def _patch(conn: Connection, domain_id: int, id: int, values: dict[str, Any], **by: Any) -> Row:
    return _changed(conn, domain_id, id, values, partial(roles.patch, **by))


def _changed(conn: Connection, domain_id: int, id: int, values: dict[str, Any], change: Callable[..., Row]) -> Row:
    _changeable(conn, domain_id, id, values.get("name"))
    given = _in(values)
    _within(conn, given.get("access", {}))
    return _out(change(conn, domain_id, id, given))


def _delete(conn: Connection, domain_id: int, id: int) -> Row:
    row = _changeable(conn, domain_id, id, None)
    if row["personal"]:
        raise UserMistake("This role is one person's own and goes with them.")
    return _out(roles.remove(conn, domain_id, id))


def _changeable(conn: Connection, domain_id: int, id: int, name: str | None) -> Row:
    """Raises UserMistake for the administrators' role, and for another name of one person's own."""
    row = roles.get(conn, domain_id, id)
    if row["everything"]:
        raise UserMistake("This role may everything and stays as it is; give it to users or take it from them.")
    if row["personal"] and name not in (None, row["name"]):
        raise UserMistake("This role is one person's own and has their user name.")
    _within(conn, row["access"])
    return row


ROLES = Noun(
    "/roles",
    "role",
    SHAPE,
    Verbs(_search, _get, _create, _replace, _patch, _delete),
    filters=wire.filter_shape(name=Text()),
    example={"name": "Supervisors", "access": [{"class": "cc_queue", "access": "rw"}]},
)


def install(doors: Doors) -> None:
    ROLES.install(doors)
