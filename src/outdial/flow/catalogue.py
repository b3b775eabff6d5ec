"""Every application as plain values, read off its declaration: for the editor, the JSON Schema and the reference."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import outdial.flow.apps  # noqa: F401  # registers the applications
from outdial.flow.declare import REGISTRY, Application, arg

Type = Literal["text", "integer", "number", "flag", "list", "object", "map", "any", "steps"]
"""map: free keys; object: the fields named; steps: a list of applications, which hangs from a port."""

SCALARS: dict[Any, Type] = {str: "text", int: "integer", float: "number", bool: "flag"}


@dataclass(frozen=True, slots=True)
class LimitMeta:
    max: int = arg(0, help="How often the step runs.")
    failover: str = arg("", help="Tag to go on at, at every later arrival.")


@dataclass(frozen=True, slots=True)
class TraceMeta:
    name: str = arg("", help="How reports call this step.")


@dataclass(frozen=True, slots=True)
class Meta:
    """What every application object may have beside its application (flow-engine §1.2)."""

    tag: str = arg("", help="A name to jump to with `goto` or a failover.")
    limit: LimitMeta | None = arg(None, help="Counts the arrivals at this step; works with both of its parts only.")
    breaks: bool = arg(False, wire="break", help="End the flow after this step. The call stays up.")
    trace: TraceMeta | None = arg(None, help="For reports of paths.")
    id: str = arg("", wire="_id", help="For editors; does nothing.")
    aside: bool = arg(False, wire="async", help="Accepted; does nothing.")


@dataclass(frozen=True, slots=True)
class Field:
    """One argument. ``item`` is what a list holds."""

    name: str
    type: Type
    help: str
    default: Any = None
    required: bool = False
    unless: tuple[str, ...] = ()
    secret: bool = False
    raw: bool = False
    sets: bool = False
    port: str = ""
    unit: str = ""
    lookup: str = ""
    choices: tuple[str, ...] = ()
    example: Any = None
    fields: tuple[Field, ...] = ()
    item: Field | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """A way out of a block."""

    label: str
    path: str
    """Where in the arguments its applications stand, such as ``then``; ``case.*``: one port per key,
    ``timers[].actions``: one per entry; empty: the step after this one; ``limit.failover``: the step of that tag."""


OUT = Port("Out", "")
FAILOVER = Port("Failover", "limit.failover")


def applications() -> list[Application]:
    """Each once, by group and name."""
    found = {application.name: application for application in REGISTRY.values()}
    return sorted(found.values(), key=lambda application: (application.group, application.name.casefold()))


def whole(application: Application) -> Field | None:
    """The one field of an application whose argument is no object but this value itself."""
    own = dataclasses.fields(application.args)
    return fields_of(application.args)[0] if len(own) == 1 and own[0].metadata["whole"] else None


@cache
def fields_of(cls: type) -> tuple[Field, ...]:
    """The fields of an argument class, in the order of their declaration."""
    hints = get_type_hints(cls)
    return tuple(_field(field, hints[field.name]) for field in dataclasses.fields(cls))


def ports(application: Application) -> list[Port]:
    """Its branches, then the way on, then the way taken when a limit is reached."""
    branches = list(_branches(fields_of(application.args), ""))
    declares = application.name in ("function", "trigger")
    if declares:
        return branches
    return [*branches, *([] if application.ends else [OUT]), FAILOVER]


def describe(application: Application) -> dict[str, Any]:
    """Plain JSON, with what is at its default left out."""
    only = whole(application)
    return {
        "name": application.name,
        "aliases": list(application.aliases),
        "group": application.group,
        "kinds": sorted(application.kinds),
        "help": application.help,
        "fields": [] if only else [_plain(field) for field in fields_of(application.args)],
        "whole": _plain(only) if only else None,
        "results": [{"name": name, "help": text} for name, text in application.results.items()],
        "ports": [dataclasses.asdict(port) for port in ports(application)],
        "ends": application.ends,
        "waits": application.waits,
        "outside": application.outside,
    }


def catalogue() -> dict[str, Any]:
    """All that an editor has to know of the language."""
    return {
        "applications": [describe(application) for application in applications()],
        "meta": [_plain(field) for field in fields_of(Meta)],
    }


def _plain(field: Field) -> dict[str, Any]:
    values = {name: getattr(field, name) for name in field.__dataclass_fields__}
    values["fields"] = [_plain(inner) for inner in field.fields]
    values["item"] = _plain(field.item) if field.item else None
    values |= {"choices": list(field.choices), "unless": list(field.unless)}
    return {name: value for name, value in values.items() if value not in (None, "", [], {}) and value is not False}


def _field(field: dataclasses.Field[Any], hint: Any) -> Field:
    known = {key: value for key, value in field.metadata.items() if key in _TAKEN}
    name = "" if field.metadata["whole"] else field.metadata["wire"] or field.name
    return dataclasses.replace(_typed(name, hint, steps=bool(known["port"])), default=_default(field), **known)


_TAKEN = ("help", "required", "unless", "secret", "raw", "sets", "port", "unit", "lookup", "choices", "example")


def _default(field: dataclasses.Field[Any]) -> Any:
    """The value of an absent argument, where it says more than its type's zero."""
    return None if field.default in (dataclasses.MISSING, None, "", 0, False) else field.default


def _typed(name: str, hint: Any, *, steps: bool = False) -> Field:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _typed(name, next(option for option in inner if option is not type(None)), steps=steps)
    if dataclasses.is_dataclass(hint):
        return Field(name, "object", "", fields=fields_of(hint))  # type: ignore[arg-type]  # a class, no instance
    if origin is list:
        return Field(name, "steps", "") if steps else Field(name, "list", "", item=_typed("", inner[0]))
    if origin is dict:
        return Field(name, "map", "", item=Field("", "steps", "") if steps else None)
    return Field(name, SCALARS.get(hint, "any"), "")


def _branches(fields: tuple[Field, ...], path: str) -> Iterator[Port]:
    for field in fields:
        place = f"{path}.{field.name}".strip(".")
        if field.port:
            yield Port(field.port, f"{place}.*" if field.type == "map" else place)
        yield from _branches(field.fields, place)
        if field.item is not None:
            yield from _branches(field.item.fields, f"{place}[]")
