"""The OpenAPI 3.1 document of all doors. Every path, parameter, body and answer comes from a door's own declaration."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from outdial.api.doc import Doc, Many, Raw
from outdial.api.door import Door
from outdial.api.fields import Shape
from outdial.api.kinds import Ids, Kind, Span, TextMap, Texts
from outdial.api.openapi import json_schema
from outdial.api.openapi.json_schema import Json
from outdial.store.listing import DEFAULT_SIZE, MOST

TEXT = """Webitel's REST wire for an outbound IVR queue, and Outdial's own doors beside it.

Ids and times (epoch milliseconds) are 64-bit numbers and leave as text; they may come in as text or as numbers.
Zero values are left out of answers. Names are snake_case; camelCase is understood in bodies and queries.
Every success is 200; every refusal has `id`, `code`, `status` and a `detail` that says what to do.
Sign in with `POST /login`, then send the token as `X-Webitel-Access`, as `Authorization: Bearer`, or, for players
and links, as `?access_token=`."""

ERROR: Json = {
    "type": "object",
    "required": ["id", "code", "status", "detail", "request_id"],
    "properties": {
        "id": {"type": "string", "description": "stable, dotted: what programs look at"},
        "code": {"type": "integer", "description": "the HTTP status"},
        "status": {"type": "string"},
        "detail": {"type": "string", "description": "what is wrong and what to do, for a person"},
        "request_id": {"type": "string"},
        "field": {"type": "string", "description": "which field of the body or the query is wrong, where it is one"},
    },
    "example": {
        "id": "app.request.field", "code": 400, "status": "Bad Request",
        "detail": "name: expected text of 1 to 100 characters", "request_id": "5f2c9d1e8a7b4c3d",
    },
}  # fmt: skip
LOOKUP: Json = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
    "description": "a reference; on the way in only the id counts",
}
_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")


def document(doors: Sequence[Door], version: str) -> Json:
    """The whole document, as plain JSON values."""
    book = _Book()
    paths: dict[str, Json] = {}
    for door in doors:
        paths.setdefault(_PLACE.sub(r"{\1}", door.path), {})[door.method.lower()] = book.operation(door)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Outdial", "version": version, "description": TEXT, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/api"}],
        "security": [{"token": []}],
        "tags": [{"name": name, "description": text} for name, text in _tags(doors).items()],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Webitel-Access"}},
            "schemas": {"Error": ERROR, "Lookup": LOOKUP, **book.schemas},
            "responses": {"Refused": _content({"$ref": "#/components/schemas/Error"}, "Refused; nothing was changed.")},
        },
    }


def _tags(doors: Iterable[Door]) -> dict[str, str]:
    return {door.tag: door.about for door in doors}


class _Book:
    """The components met so far."""

    def __init__(self) -> None:
        self.schemas: dict[str, Json] = {}
        self._names = _named_shapes()

    def operation(self, door: Door) -> Json:
        doc = door.doc
        found: Json = {
            "operationId": f"{door.tag}_{door.name}",
            "tags": [door.tag],
            "summary": doc.summary,
            "parameters": [*_path_parameters(door.path), *_query_parameters(doc)],
            "responses": {"200": self._answer(doc), "default": {"$ref": "#/components/responses/Refused"}},
        }
        said = [door.text, str(door.need) if door.need else ""]
        if any(said):
            found["description"] = "\n\n".join(filter(None, said))
        if doc.takes is not None:
            found["requestBody"] = self._body(doc)
        if door.open:
            found["security"] = []
        return found

    def _body(self, doc: Doc) -> Json:
        match doc.takes:
            case Raw(media_type):
                return {"content": {media_type: {"schema": {"type": "string", "contentMediaType": media_type}}}}
            case Shape() as shape:
                example = {**json_schema.example_body(shape, partial=doc.partial), **doc.example}
                schema = json_schema.coming(shape, self._name, partial=doc.partial)
                return {"content": {"application/json": {"schema": schema, "example": example}}, "required": True}
            case _:
                about = {"schema": dict(doc.takes or {}), **({"example": dict(doc.example)} if doc.example else {})}
                return {"content": {"application/json": about}, "required": True}

    def _answer(self, doc: Doc) -> Json:
        match doc.gives:
            case Raw(media_type):
                schema = {} if media_type.endswith("json") else {"type": "string", "contentMediaType": media_type}
                return {"description": "The bytes.", "content": {media_type: {"schema": schema}}}
            case Many(shape):
                items = {"type": "array", "items": self._out(shape)}
                envelope = {"type": "object", "properties": {"items": items, "next": {"type": "boolean"}}}
                return _content(envelope, "A page; `next` says whether another exists.", self._page_example(shape))
            case Shape() as shape:
                return _content(self._out(shape), "Done.", json_schema.example_answer(shape))
            case _:
                return _content(dict(doc.gives) or {"type": "object"}, "Done.")

    def _page_example(self, shape: Shape) -> Json:
        return {"items": [json_schema.example_answer(shape)], "next": True}

    def _out(self, shape: Shape) -> Json:
        name = self._name(shape)
        return {"$ref": f"#/components/schemas/{name}"} if name else json_schema.leaving(shape, self._name)

    def _name(self, shape: Shape) -> str | None:
        name = self._names.get(id(shape))
        if name is not None and name not in self.schemas:
            self.schemas[name] = {}  # a shape that holds itself finds its name
            self.schemas[name] = json_schema.leaving(shape, self._name)
        return name


def _named_shapes() -> dict[int, str]:
    """A shape is called like its module, and like its constant where that is not SHAPE: ``CallsFile``."""
    found: dict[int, str] = {}
    rooms = sorted(name for name in sys.modules if name.startswith("outdial.api."))
    for room in rooms:
        for attribute, value in vars(sys.modules[room]).items():
            if isinstance(value, Shape) and attribute.isupper():
                own = "" if attribute == "SHAPE" else _pascal(attribute)
                found.setdefault(id(value), _pascal(room.rpartition(".")[2]) + own)
    return found


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.strip("_").split("_"))


def _content(schema: Mapping[str, Any], description: str, example: Any = None) -> Json:
    about: Json = {"schema": schema, **({"example": example} if example is not None else {})}
    return {"description": description, "content": {"application/json": about}}


def _path_parameters(path: str) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _PATH_KINDS[kind]}
        for name, kind in _PLACE.findall(path)
    ]


_PATH_KINDS: Mapping[str, Json] = {
    "id": {"type": "string", "pattern": "^[0-9]{1,18}$", "example": "42"},
    "": {"type": "string", "pattern": r"^[A-Za-z0-9_.-]{1,64}$"},
    "path": {"type": "string"},
}


def _query_parameters(doc: Doc) -> list[Json]:
    if doc.searches is not None:
        return [*_PAGING, *_filters(doc.searches)]
    return _filters(doc.asks) if doc.asks is not None else []


def _parameter(name: str, schema: Json, description: str = "", **more: Any) -> Json:
    return {
        "name": name,
        "in": "query",
        "schema": schema,
        **({"description": description} if description else {}),
        **more,
    }


_TEXT: Json = {"type": "string", "pattern": json_schema.NO_NUL}
_PAGING = (
    _parameter("page", {"type": "integer", "minimum": 0, "maximum": 10**6}, "from 1"),
    _parameter("size", {"type": "integer", "minimum": 0, "maximum": MOST}, f"of a page; {DEFAULT_SIZE} unless said"),
    _parameter("q", _TEXT, "a pattern, `*` stands for anything; without one the whole text must match", example="Rem*"),
    _parameter("sort", _TEXT, "`+name` up, `-name` down", example="-created_at"),
    _parameter("fields", {"type": "array", "items": _TEXT}, "those wanted; a list's own unless said", example=["id"]),
)  # fmt: skip


def _filters(shape: Shape) -> list[Json]:
    return [parameter for name, spec in shape.fields.items() for parameter in _filter(name, spec.kind)]


def _filter(name: str, kind: Kind) -> list[Json]:
    match kind:
        case Span():
            end = {"type": "string", "pattern": "^[0-9]{1,18}$"}
            return [_parameter(f"{name}.{side}", end, "inclusive; 0 is open") for side in ("from", "to")]
        case TextMap():
            return [_parameter(name, json_schema.parameter(kind), style="deepObject", explode=True)]
        case Ids() | Texts():
            return [_parameter(name, json_schema.parameter(kind), "any of several")]
        case _:
            return [_parameter(name, json_schema.parameter(kind))]
