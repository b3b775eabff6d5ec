"""The domain's records that a schema names: media, schemas, lists, global variables …"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from outdial.flow.checks.walk import Part, globals_read, parts, texts_of
from outdial.flow.declare import Lookup
from outdial.flow.decode import decode
from outdial.flow.errors import AppFailed, SchemaError
from outdial.flow.parse import parse
from outdial.flow.program import Problem, Program, Step

WORDS: dict[Lookup, str] = {
    "media": "media file",
    "schema": "schema",
    "list": "list",
    "queue": "queue",
    "calendar": "calendar",
    "gateway": "gateway",
    "communication": "communication type",
    "variable": "global variable",
}


class Reference(NamedTuple):
    """A record by its id, or by its name when the id is 0."""

    lookup: Lookup
    id: int
    name: str

    def __str__(self) -> str:
        return f"{WORDS.get(self.lookup, self.lookup)} {self.id or repr(self.name)}"


def references(schema: object) -> frozenset[Reference]:
    """Every record that a schema names by a fixed id or name. A schema that cannot be read names none."""
    try:
        program = parse(schema)
    except SchemaError:
        return frozenset()
    return frozenset(reference for _, reference in _all(program))


def missing_records(program: Program, missing: Collection[Reference]) -> Iterator[Problem]:
    if missing:
        for step, reference in _all(program):
            if reference in missing:
                yield Problem(step.path, "warning", _sentence(reference))


def _sentence(reference: Reference) -> str:
    if reference.lookup == "variable":
        return f"there is no {reference}, so it is empty; make it, or mend its name"
    return f"there is no {reference} in this domain; choose another, or add it"


def _all(program: Program) -> Iterator[tuple[Step, Reference]]:
    found = list(parts(program))
    made = {name for part in found for step in part.steps() if step.app == "global" for name in _keys(step.args)}
    for part in found:
        yield from _of_part(part, made)


def _of_part(part: Part, made: Collection[str]) -> Iterator[tuple[Step, Reference]]:
    for step in part.steps():
        for name in dict.fromkeys(globals_read(texts_of(step))):
            if name not in made:
                yield step, Reference("variable", 0, name)
        if step.application is not None and step.branch is None:
            for reference in _of_arguments(step):
                yield step, reference


def _of_arguments(step: Step) -> Iterator[Reference]:
    assert step.application is not None
    try:
        yield from dict.fromkeys(_in(decode(step.application.args, step.args, fixed)))
    except AppFailed:
        return


def fixed(text: str) -> str:
    """Expansion as far as it is known beforehand: a text with variables could be anything, so it counts as empty."""
    return "" if "${" in text else text


def _in(value: Any) -> Iterator[Reference]:
    if isinstance(value, list):
        for item in value:
            yield from _in(item)
    if not dataclasses.is_dataclass(value) or isinstance(value, type) or not getattr(value, "refers", True):
        return
    for field in dataclasses.fields(value):
        lookup, item = field.metadata.get("lookup"), getattr(value, field.name)
        if not lookup:
            yield from _in(item)
        elif field.name == "id":
            yield from _named(lookup, item, getattr(value, "name", ""))
        else:
            for one in item if isinstance(item, list) else [item]:
                yield from _of_value(lookup, one)


def _of_value(lookup: Lookup, item: Any) -> Iterator[Reference]:
    """An id, a name, or an object of both."""
    if isinstance(item, int):
        yield from _named(lookup, item, "")
    elif isinstance(item, str):
        yield from _named(lookup, 0, item)
    elif dataclasses.is_dataclass(item):
        yield from _named(lookup, getattr(item, "id", 0), getattr(item, "name", ""))


def _named(lookup: Lookup, id_: int, name: str) -> Iterator[Reference]:
    if id_ or name:
        yield Reference(lookup, id_, "" if id_ else name)


def _keys(args: Any) -> list[str]:
    return list(args) if isinstance(args, dict) else []
