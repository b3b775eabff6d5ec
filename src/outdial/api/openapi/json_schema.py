"""Shapes and kinds as JSON Schema, with examples; what comes in is looser than what leaves (webitel-api §1.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from outdial.api.fields import Part, Parts, Shape
from outdial.api.kinds import (
    INT32,
    Choice,
    Flag,
    Free,
    Ids,
    Instant,
    Kind,
    Link,
    Long,
    Span,
    Text,
    TextMap,
    Texts,
    Whole,
    Zone,
)

Json = dict[str, Any]
Named = Callable[[Shape], str | None]
"""The component of a shape, if it has one; the answer is a reference."""

LONG = r"^-?[0-9]{1,19}$"
NO_NUL = r"^[^\x00]*$"
JSON_TYPES: Mapping[Any, str] = {dict: "object", list: "array"}

EXAMPLES: Mapping[str, Any] = {
    "name": "Reminder", "username": "olena", "email": "olena@example.com", "destination": "380501234567",
    "number": "380501234567", "display": "380441112233", "code": "mobile", "description": "Appointments of tomorrow",
    "proxy": "sip.carrier.example", "host": "sip.carrier.example", "account": "380441112233@sip.carrier.example",
    "schema": [{"playback": {"files": [{"name": "hello.wav"}]}}, {"hangup": "NORMAL_CLEARING"}],
    "variables": {"city": "Kyiv"}, "start_time_of_day": 540, "end_time_of_day": 1200, "channel": "Phone",
    "ip": "192.0.2.10", "port": 5060, "limit": 10, "rps": 10, "expires": 600, "cause": "NORMAL_CLEARING",
    "mime_type": "audio/wav", "password": "correct-horse-battery", "sip_code": 200, "result": "success",
}  # fmt: skip
"""By field name; the rest is made from its kind."""


def leaving(shape: Shape, named: Named) -> Json:
    """The schema of an answer: int64 as text. Zero values are left out, so no field is promised."""
    shown = {name: spec for name, spec in shape.fields.items() if not spec.hidden}
    return _object({name: _out(spec.kind, named) for name, spec in shown.items()}, required=[])


def coming(shape: Shape, named: Named, *, partial: bool = False) -> Json:
    """The schema of a body: what is only read has no place in it."""
    taken = {name: spec for name, spec in shape.fields.items() if not spec.read_only}
    required = [] if partial else [name for name, spec in taken.items() if spec.required]
    return _object({name: _in(spec.kind, named) for name, spec in taken.items()}, required)


def parameter(kind: Kind) -> Json:
    """The schema of a query parameter."""
    return _in(kind, lambda _: None)


def _object(properties: Json, required: list[str]) -> Json:
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _out(kind: Kind, named: Named) -> Json:
    match kind:
        case Part(shape):
            return _reference(named(shape)) or leaving(shape, named)
        case Parts(shape):
            return {"type": "array", "items": _reference(named(shape)) or leaving(shape, named)}
        case Long() | Instant():
            return {"type": "string", "pattern": LONG, **_note(kind)}
        case Link():
            return {"$ref": "#/components/schemas/Lookup"}
        case Choice(options):
            return {"type": "string", "enum": [option for option in options if option]}
        case Ids():
            return {"type": "array", "items": {"type": "string", "pattern": LONG}}
        case Text():
            return {"type": "string"}
        case Whole():
            return {"type": "integer", "format": "int32"}
        case _:
            return _either_way(kind)


def _in(kind: Kind, named: Named) -> Json:
    match kind:
        case Part(shape):
            return coming(shape, named)
        case Parts(shape, most):
            limit = {"maxItems": most} if most else {}
            return {"type": "array", "items": coming(shape, named), **limit}
        case Long() | Instant():
            return {"type": ["string", "integer"], "pattern": r"^[0-9]{1,18}$", **_range(0, 10**18 - 1), **_note(kind)}
        case Link():
            zone = {"name": {"type": "string", "description": "IANA name; does instead of the id"}}
            ids = {"id": {"type": ["string", "integer"], "pattern": r"^[0-9]{0,18}$"}}
            return {"type": "object", "properties": {**ids, **(zone if isinstance(kind, Zone) else {})}}
        case Choice(options):
            return {"type": "string", "enum": list(dict.fromkeys((*options, "")))}
        case Ids():
            return {"type": "array", "items": {"type": ["string", "integer"], "pattern": r"^[0-9]{1,18}$"}}
        case Text(most, least):
            lengths = {**({"maxLength": most} if most else {}), **({"minLength": least} if least else {})}
            return {"type": "string", "pattern": NO_NUL, **lengths}
        case Whole(low, high):
            return {"type": "integer", "format": "int32", **_range(low, high)}
        case _:
            return _either_way(kind)


def _either_way(kind: Kind) -> Json:
    match kind:
        case Flag():
            return {"type": "boolean"}
        case TextMap():
            return {"type": "object", "additionalProperties": {"type": "string"}}
        case Texts(text):
            return {"type": "array", "items": _in(text, lambda _: None)}
        case Free(type_):
            return {"type": JSON_TYPES[type_]} if type_ in JSON_TYPES else {}
        case Span():
            end = {"type": ["string", "integer"], "pattern": r"^[0-9]{1,18}$"}
            return {"type": "object", "properties": {"from": end, "to": end}, "description": "inclusive; 0 is open"}
        case _:
            raise TypeError(f"{type(kind).__name__} has no JSON Schema; add it here")


def _note(kind: Kind) -> Json:
    return {"description": "epoch milliseconds"} if isinstance(kind, Instant) else {"format": "int64"}


def _range(low: int, high: int) -> Json:
    return {"minimum": low, "maximum": high} if (low, high) != (-INT32 - 1, INT32) else {}


def _reference(name: str | None) -> Json | None:
    return {"$ref": f"#/components/schemas/{name}"} if name else None


def example_body(shape: Shape, *, partial: bool = False) -> Json:
    """A body as somebody would write it: what is required, and what is commonly given."""
    return {
        name: example(name, spec.kind, example_body)
        for name, spec in shape.fields.items()
        if not spec.read_only
        and (spec.required or name in EXAMPLES or isinstance(spec.kind, Parts))
        and not (partial and spec.required)
    }


def example_answer(shape: Shape) -> Json:
    return {name: example(name, spec.kind, example_answer) for name, spec in shape.fields.items() if not spec.hidden}


def example(name: str, kind: Kind, inner: Callable[[Shape], Json]) -> Any:
    """By the field's name where the kind allows it, else by the kind."""
    match kind:
        case Part(shape):
            return inner(shape)
        case Parts(shape):
            return [inner(shape)]
        case Choice(options):
            return next((option for option in options if option == EXAMPLES.get(name)), options[-1])
        case Instant():
            return "1764000000000"
        case Long():
            return "42"
        case Zone():
            return {"id": "374", "name": "Europe/Kyiv"}
        case Link():
            return {"id": "7", "name": name.replace("_", " ")}
        case _:
            return _plain(name, kind)


def _plain(name: str, kind: Kind) -> Any:
    known = EXAMPLES.get(name)
    match kind:
        case Flag():
            return True
        case Whole(low):
            return known if isinstance(known, int) else max(low, 1)
        case Text():
            return known if isinstance(known, str) else name.replace("_", " ")
        case Texts():
            return [name.rstrip("s")]
        case Ids():
            return ["7"]
        case TextMap():
            return EXAMPLES["variables"]
        case Free(type_):
            return known if type_ is list and isinstance(known, list) else kind.zero()
        case _:
            return {}
