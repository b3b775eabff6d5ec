"""The JSON Schema of the language, for editors: what may stand where, with help, defaults and examples.

It is as loose as decoding is (flow-engine §2.4): numbers may be text, texts may hold ``${variables}``.
"""

from __future__ import annotations

from typing import Any

from outdial.flow.catalogue import Field, Meta, applications, fields_of, whole
from outdial.flow.declare import Application
from outdial.flow.names import LANGUAGE

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_EXPANDED = r"\$\{"
_NUMBER = rf"^\s*([+-]?\d+(\.\d*)?)?\s*$|{_EXPANDED}"
_DECIMAL = rf"^\s*([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?)?\s*$|{_EXPANDED}"
_FLAG = rf"^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)?$|{_EXPANDED}"

Json = dict[str, Any]
_EMPTY: Json = {"enum": ["", None, {}]}


def json_schema() -> Json:
    """A schema is an array of application objects."""
    return {
        "$schema": DIALECT,
        "title": "Flow schema",
        "description": "An array of application objects, executed from top to bottom.",
        "$ref": "#/$defs/steps",
        "$defs": {
            "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}},
            "branch": {"anyOf": [{"$ref": "#/$defs/steps"}, _EMPTY]},
            "step": _step(),
        },
    }


def _step() -> Json:
    known = {key: _application(app) for app in applications() for key in (app.name, *app.aliases)}
    others = {key: {"description": "Not supported here: noted in the trace, and the flow goes on."} for key in LANGUAGE}
    meta = {field.name: _value(field) for field in fields_of(Meta)}
    properties = {**dict(sorted(others.items())), **known, **meta}
    return {
        "type": "object",
        "description": "One application, and what belongs to its step.",
        "properties": properties,
        "additionalProperties": False,
    }


def _application(application: Application) -> Json:
    only = whole(application)
    shape = _value(only) if only else _object(fields_of(application.args))
    return {**shape, "description": _help(application, only)}


def _help(application: Application, only: Field | None) -> str:
    lines = [application.help]
    if only is not None:
        lines.append(only.help)
    if application.kinds == {"voice"}:
        lines.append("Only during a call.")
    elif application.kinds == {"service"}:
        lines.append("Only in pre-flows and after-flows.")
    lines += [f"Sets {name}: {text}" for name, text in application.results.items()]
    return "\n".join(lines)


def _value(field: Field) -> Json:
    shape = _shape(field)
    said = {"description": field.help, "default": field.default, "examples": [field.example]}
    return shape | {name: value for name, value in said.items() if value not in (None, "", [None])}


def _shape(field: Field) -> Json:
    match field.type:
        case "text" if field.choices:
            return {"anyOf": [{"enum": list(field.choices)}, {"type": "string", "pattern": f"^$|{_EXPANDED}"}]}
        case "text":
            return {"type": ["string", "number", "boolean", "null"]}
        case "integer":
            return {"type": ["number", "string", "boolean", "null"], "pattern": _NUMBER}
        case "number":
            return {"type": ["number", "string", "boolean", "null"], "pattern": _DECIMAL}
        case "flag":
            return {"type": ["boolean", "string", "number", "null"], "pattern": _FLAG}
        case "steps":
            return {"$ref": "#/$defs/branch"}
        case "list":
            return _list(field.item or Field("", "any", ""))
        case "object":
            return _object(field.fields)
        case "map" if field.item is not None:
            return {"type": ["object", "null"], "additionalProperties": _shape(field.item)}
        case "map":
            return {"type": ["object", "array", "string", "null"], "items": {"type": "object"}}
        case "any":
            return {}


def _list(item: Field) -> Json:
    """A list, a list as JSON text, or one value that stands for a list of one."""
    each = _shape(item)
    return {"anyOf": [{"type": "array", "items": each}, {"type": ["string", "null"]}, each]}


def _object(fields: tuple[Field, ...]) -> Json:
    """An object, or a list of objects taken as one. Unknown keys do nothing."""
    shape: Json = {
        "type": ["object", "array", "string", "null"],
        "properties": {field.name: _value(field) for field in fields},
        "items": {"type": "object"},
    }
    required = [field.name for field in fields if field.required and not field.unless]
    return {**shape, "required": required} if required else shape
