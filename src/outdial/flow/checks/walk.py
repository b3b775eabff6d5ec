"""Walking through a schema: its programs, the lists of applications inside arguments, and what texts read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from outdial.flow import text
from outdial.flow.catalogue import ports
from outdial.flow.declare import REGISTRY
from outdial.flow.errors import SchemaError
from outdial.flow.parse import parse
from outdial.flow.program import If, Program, Step, Switch, While

Role = Literal["root", "function", "disconnected", "fork"]
"""fork: a list of applications inside another one's arguments, such as what runs when a bridge is up."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One program of a schema, with tags of its own."""

    role: Role
    program: Program
    name: str = ""
    """Of a function."""
    path: str = ""

    def steps(self) -> Iterator[Step]:
        """Each once, in the order of the schema's text but for branches, which come after their block."""
        for block in self.program.blocks:
            for step in block.steps:
                if not (isinstance(step.branch, While) and step.branch.again):
                    yield step


def parts(program: Program, role: Role = "root", name: str = "", path: str = "") -> Iterator[Part]:
    """The program and every one inside it. A list inside arguments that is no list of applications is left out."""
    part = Part(role, program, name, path)
    yield part
    for function, inner in program.functions.items():
        yield from parts(inner, "function", function)
    for inner in program.triggers.values():
        yield from parts(inner, "disconnected")
    for step in part.steps():
        for place, actions in branches(step):
            try:
                yield from parts(parse(actions, place), "fork", path=place)
            except SchemaError:
                continue


def broken_branches(program: Program) -> Iterator[SchemaError]:
    """Lists inside arguments that cannot be read."""
    for part in parts(program):
        for step in part.steps():
            for place, actions in branches(step):
                try:
                    parse(actions, place)
                except SchemaError as error:
                    yield error


def branches(step: Step) -> Iterator[tuple[str, list[Any]]]:
    """The lists of applications in a step's arguments that run as forks, with their paths."""
    if step.application is None or step.branch is not None:
        return
    for path in _branch_paths(step.application.name):
        yield from _at(step.args, path.split("."), f"{step.path}.{step.app}")


@cache
def _branch_paths(name: str) -> tuple[str, ...]:
    return tuple(port.path for port in ports(REGISTRY[name]) if port.path not in ("", "limit.failover"))


def _at(value: Any, path: list[str], place: str) -> Iterator[tuple[str, list[Any]]]:
    if not path:
        if isinstance(value, list):
            yield place, value
        return
    if not isinstance(value, Mapping):
        return
    name, rest = path[0], path[1:]
    each = name.endswith("[]")
    for key, item in value.items():
        if name != "*" and str(key).lower() != name.removesuffix("[]").lower():
            continue
        if not each:
            yield from _at(item, rest, f"{place}.{key}")
        elif isinstance(item, list):
            for index, one in enumerate(item):
                yield from _at(one, rest, f"{place}.{key}[{index}]")


def texts(value: Any) -> Iterator[str]:
    """Every text in an argument, keys of objects too, lists of applications included."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            stack += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            stack += item


def texts_of(step: Step) -> Iterator[str]:
    """Every text of a step itself; the branches of ``if``, ``switch`` and ``while`` have steps of their own."""
    match step.branch:
        case None:
            yield from texts(step.args)
        case If(expression=expression) | While(condition=expression):
            yield expression.source if expression else ""
        case Switch(variable=variable):
            yield variable


def reads(texts: Iterator[str]) -> Iterator[str]:
    """Names of the variables that texts expand: the heads of paths."""
    for one in texts:
        for start, _, name in text.names(one):
            if not one[:start].endswith("$"):
                plain = name.removesuffix(".uri()").strip()
                if plain and plain != "strepoch()":
                    yield text.head(plain) or plain


def globals_read(texts: Iterator[str]) -> Iterator[str]:
    for one in texts:
        for _, _, name in text.names(one, "$${"):
            yield name.removesuffix(".uri()")
