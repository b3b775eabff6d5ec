"""The flow language for editors: its applications, and its JSON Schema."""

from __future__ import annotations

from functools import cache

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from outdial.api.doc import Doc, Raw
from outdial.api.doors import Call, Deps, Doors
from outdial.flow.catalogue import catalogue
from outdial.flow.jsonschema import json_schema

OBJECT = "schema"
WHILE_IT_RUNS = "public, max-age=300"


def install(doors: Doors) -> None:
    doors.add("GET", "/flow/applications", _applications, Doc("What the flow language can do", {"type": "object"}))
    doors.add_open(
        "GET", "/flow/schema.json", _json_schema, Doc("The JSON Schema of flow schemas", Raw("application/schema+json"))
    )


async def _applications(call: Call) -> Response:
    """Every application with its arguments, ports and results, and what any step may have beside it."""
    return Response(_catalogue_json(), media_type="application/json")


async def _json_schema(request: Request, deps: Deps) -> Response:
    """For any editor; it says nothing of this installation, so nobody has to sign in."""
    headers = {"Cache-Control": WHILE_IT_RUNS, "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(_schema_json(), media_type="application/schema+json", headers=headers)


@cache
def _catalogue_json() -> bytes:
    return msgspec.json.encode(catalogue())


@cache
def _schema_json() -> bytes:
    return msgspec.json.encode(json_schema())
