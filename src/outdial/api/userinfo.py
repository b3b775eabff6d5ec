"""What Webitel's clients ask at their start: who is signed in, and what is shown to them (webitel-api §2.2)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc
from outdial.api.doors import Call, Doors
from outdial.api.fields import Parts, Shape
from outdial.api.kinds import Flag, Free, Instant, Long, Text
from outdial.api.needs import ALWAYS
from outdial.domain.rights import CLASSES, LETTERS, letters
from outdial.store import grants, users
from outdial.store.listing import Row

OBJECT = ALWAYS

NAMED = Shape(id=Text(), name=Text())
SCOPE = Shape(class_=Text(), access=Text(), rbac=Flag())
USERINFO = Shape(
    dc=Long(),
    domain=Text(),
    user_id=Long(),
    name=Text(),
    username=Text(),
    preferred_username=Text(),
    updated_at=Instant(),
    expires_at=Instant(),
    must_change_password=Flag(),
    scope=Parts(SCOPE),
    permissions=Parts(NAMED),
    roles=Parts(NAMED),
    license=Free(list),
)
WARNINGS = Shape(warnings=Free(list))

TWINS = {"cc_list_number": "cc_list", "acr_routing": "schema", "cc_bucket": "dictionaries"}
"""Classes that clients know beside ours: whoever may change the other may everything here."""
OVERALL = {"add": "x", "read": "r", "write": "w", "delete": "d"}
"""Permissions of whoever has the letter for every class."""
SPECIAL = {
    "playback_record_file": ("record_file", "r"),
    "view_cdr_phone_numbers": ("calls", "r"),
    "export_data_grid": ("calls", "r"),
    "reset_active_attempts": ("cc_queue", "w"),
    "scheme_variables": ("schema", "w"),
    "change_user_password": ("users", "w"),
    "manage_user_roles": ("roles", "w"),
    "system_setting": ("settings", "w"),
}
"""Permission → the right it follows from."""
SECTIONS = {
    "media": "media_file", "flow": "schema", "global-variables": "schema", "gateways": "gateways",
    "resources": "cc_resource", "resource-groups": "cc_resource_group", "queues": "cc_queue", "members": "cc_queue",
    "calendars": "calendars", "communications": "dictionaries", "buckets": "dictionaries", "blacklist": "cc_list",
    "users": "users", "roles": "roles", "changelogs": "logger", "configuration": "settings",
}  # fmt: skip
"""Part of the admin site → the class that must be readable."""


def install(doors: Doors) -> None:
    doors.add("GET", "/userinfo", _userinfo, Doc("Who is signed in, with which rights", USERINFO))
    doors.add(
        "GET", "/role/metadata/access", _visible, Doc("Which parts of the admin site are shown", {"type": "object"})
    )
    doors.add("GET", "/users/warnings", _warnings, Doc("What the signed-in user should know", WARNINGS))


def _reach(conn: Connection, call: Call) -> dict[str, str]:
    """Class → letters that hold for all its records or for some."""
    who = call.session
    some = {} if who.admin else grants.classes_of(conn, who.roles)
    return {
        name: letters(who.rights.of(name) + "".join(one for one in some.get(name, "") if who.grantable(name, one)))
        for name in CLASSES
    }


def _scope(call: Call, reach: Mapping[str, str]) -> list[Row]:
    twins = {twin: LETTERS if "w" in reach[name] else letters(reach[name]) for twin, name in TWINS.items()}
    rights = call.session.rights
    return [
        {"class": name, "access": access, **({"rbac": True} if name in CLASSES and access != rights.of(name) else {})}
        for name, access in {**reach, **twins}.items()
        if access
    ]


def _permissions(call: Call) -> list[Row]:
    rights = call.session.rights
    found = [name for name, letter in OVERALL.items() if all(rights.may(object, letter) for object in CLASSES)]
    found += [name for name, right in SPECIAL.items() if rights.may(*right)]
    return [{"id": name, "name": name} for name in found]


async def _userinfo(call: Call) -> Response:
    """`scope` has every class of records that is open to the user; `rbac` marks those of which only some are."""
    who = call.session

    def read(conn: Connection) -> tuple[Row, dict[str, str]]:
        return users.get(conn, who.domain_id, who.user_id), _reach(conn, call)

    row, reach = await call.read(read)
    return wire.answer(
        {
            "dc": str(who.domain_id),
            "domain": who.domain_name,
            "user_id": str(who.user_id),
            "name": who.name or who.username,
            "username": who.username,
            "preferred_username": who.username,
            "updated_at": str(row["updated_at"]),
            "expires_at": str(who.expires_at or 0),
            "scope": _scope(call, reach),
            "permissions": _permissions(call),
            "roles": [{"id": str(one["id"]), "name": one["name"]} for one in row["roles"]],
            "license": [],
            **({"must_change_password": True} if who.must_change else {}),
        }
    )


async def _visible(call: Call) -> Response:
    reach = await call.read(lambda conn: _reach(conn, call))
    on = {"_enabled": True}
    shown = {section: on for section, name in SECTIONS.items() if "r" in reach[name]}
    return wire.answer({"admin": on | shown, **({"history": on} if "r" in reach["calls"] else {})})


async def _warnings(call: Call) -> Response:
    return wire.answer({"warnings": []})
