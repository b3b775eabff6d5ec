"""SIP gateways: trunks by registration or by address (webitel-api §5)."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from outdial.api import wire
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Parts, Shape
from outdial.api.kinds import Choice, Flag, Link, Text, Whole
from outdial.api.nouns import Noun, Verb
from outdial.api.shapes import AUDIT, ID, name
from outdial.domain.errors import BadField
from outdial.store import gateways
from outdial.store.listing import Row

OBJECT = "gateways"
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?:sips?:)?({_HOST}|\[[0-9A-Fa-f:.]+\])(?::(\d{{1,5}}))?")
_ACCOUNT = re.compile(rf"(?:sips?:)?[^\s@<>\"]+@{_HOST}(?::\d{{1,5}})?")
DEFAULT_EXPIRES_S = 600

_ACL = Shape(ip=Field(Text(64, 1), required=True), proto=Choice(("any", "udp", "tcp"), shy=False), port=Whole(0, 65535))

SHAPE = Shape(
    id=ID,
    name=name(100),
    usage=Text(200),
    enable=Flag(),
    register=Flag(),
    schema=Link(),
    proxy=Field(Text(255), required=True),
    account=Text(255),
    username=Text(255),
    password=Field(Text(255), hidden=True),
    expires=Whole(0, 3600),
    registrar=Text(255),
    host=Text(255),
    ipacl=Field(Parts(_ACL), always=True),
    r_state=Field(Whole(), read_only=True),
    **AUDIT,
)


async def _check(call: Call, verb: Verb, values: dict[str, Any]) -> None:
    if verb == "create" and values.get("register") and not values.get("password"):
        raise BadField("password", "expected the password of the registration")


def _rule(row: Row) -> None:
    _address(row, "proxy")
    if row["registrar"]:
        _address(row, "registrar")
    if row["register"]:
        if not _ACCOUNT.fullmatch(row["account"]):
            raise BadField("account", "expected user@host or user@host:port")
        if row["expires"] and not 32 <= row["expires"] <= 3600:
            raise BadField("expires", "expected a whole number from 32 to 3600")
    else:
        _address(row, "host")
    for place, entry in enumerate(row["ipacl"] or ()):
        _network(entry["ip"], f"ipacl[{place}].ip")


def _address(row: Row, field: str) -> None:
    found = _ADDRESS.fullmatch(row[field])
    if found is None or int(found[2] or 0) > 65535:
        raise BadField(field, "expected a host or address, with :port if needed")


def _network(text: str, path: str) -> None:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise BadField(path, "expected an IP address") from None


def _live(call: Call, row: Row) -> Row:
    """How its registration stands; a trunk by address has none, nor a row that does not show ``register``."""
    if not row.get("register"):
        return row
    return row | {"r_state": call.deps.gateway_states().get(row["id"], 0)}


GATEWAYS = Noun(
    "/sip/gateways",
    "gateway",
    SHAPE,
    gateways,
    filters=wire.filter_shape(name=Text(), enable=Flag(), register=Flag()),
    check=_check,
    rule=_rule,
    on_create={"enable": True, "expires": DEFAULT_EXPIRES_S},
    live=_live,
)


def install(doors: Doors) -> None:
    GATEWAYS.install(doors)
