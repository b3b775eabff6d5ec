"""What an application is: one declaration beside its code.

Decoding, validation, the JSON Schema, the reference page and the editor's panel all read this declaration.

    @dataclass(frozen=True, slots=True)
    class Log:
        text: str = arg(whole=True, help="what to write")

    @application("log", group="control", help="Writes a line into the trace.")
    async def log(run: Run, args: Log) -> str: ...
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from outdial.flow.connection import Kind

if TYPE_CHECKING:
    from outdial.flow.machine import Run

Group = Literal["call", "control", "data", "outside", "result", "script", "time"]
Unit = Literal["", "ms", "s"]
Lookup = Literal["", "media", "schema", "list", "queue", "calendar", "gateway", "communication", "member", "variable"]
"""Kinds of the domain's records that an argument may stand for."""
BOTH: frozenset[Kind] = frozenset({"voice", "service"})
VOICE: frozenset[Kind] = frozenset({"voice"})
SERVICE: frozenset[Kind] = frozenset({"service"})

Handler = Callable[["Run", Any], Awaitable[str | None]]
"""Does the work. Returns what the trace says of it (None: "ok"); raises AppFailed when it could not."""


@dataclass(frozen=True)
class Application:
    name: str
    group: Group
    kinds: frozenset[Kind]
    args: type
    """A frozen dataclass whose fields are made with ``arg``."""
    run: Handler
    help: str
    results: Mapping[str, str]
    """Variables it sets, each with a sentence."""
    aliases: tuple[str, ...] = ()
    ends: bool = False
    """Nothing of the flow comes after it, or nothing but where it jumps: no way leads out of its block."""
    waits: bool = False
    """It takes time by itself, so a loop with it does not spin."""
    outside: bool = False
    """It reaches out of the flow: to the world, to the domain's records. A dry run says what it would do."""

    @cached_property
    def forks(self) -> tuple[str, ...]:
        """Names of the arguments that are lists of applications."""
        own = dataclasses.fields(self.args)
        return tuple(one.metadata["wire"] or one.name for one in own if one.metadata["port"])

    def shown_to(self, kind: str) -> bool:
        """Whether a schema of this type on the wire may use it; types other than voice and service run anywhere."""
        return kind not in ("voice", "service") or kind in self.kinds


REGISTRY: dict[str, Application] = {}
"""Every application built here, under its name and its aliases."""

Handled = TypeVar("Handled", bound=Handler)


def application(
    name: str,
    *,
    args: type,
    group: Group,
    help: str,
    kinds: frozenset[Kind] = BOTH,
    results: Mapping[str, str] | None = None,
    aliases: tuple[str, ...] = (),
    ends: bool = False,
    waits: bool = False,
    outside: bool = False,
) -> Callable[[Handled], Handled]:
    """Registers the decorated coroutine function as an application; the words are those of ``Application``."""

    def register(run: Handled) -> Handled:
        made = Application(name, group, kinds, args, run, help, results or {}, aliases, ends, waits, outside)
        for key in (name, *aliases):
            REGISTRY[key] = made
        return run

    return register


def arg(
    default: Any = dataclasses.MISSING,
    *,
    help: str,
    wire: str = "",
    whole: bool = False,
    required: bool = False,
    unless: tuple[str, ...] = (),
    raw: bool = False,
    late: bool = False,
    secret: bool = False,
    port: str = "",
    sets: bool = False,
    choices: tuple[str, ...] = (),
    unit: Unit = "",
    lookup: Lookup = "",
    example: Any = None,
) -> Any:
    """A field of an argument class.

    What decoding goes by: ``wire`` is its name in a schema where that differs from the attribute; ``whole`` means
    the argument is not an object but this value itself; ``raw`` text is not expanded; ``late`` text is
    expanded by the application itself, after it has done something else with it.

    What people, editors and checks go by: ``required`` (an absent value is its type's zero all the same) ``unless``
    one of those other fields stands in for it; ``secret`` never shows in a trace, nor do the values inside it;
    ``port`` names the way out of the block that this list of applications hangs from (of an object: one per key);
    ``sets`` means it names a variable that the application sets; ``choices`` of a text; the ``unit`` of a number;
    ``lookup`` is the kind of record that its id, or its object of id and name, stands for; an ``example``.
    """
    metadata = {
        "help": help,
        "wire": wire,
        "whole": whole,
        "required": required,
        "unless": unless,
        "raw": raw,
        "late": late,
        "secret": secret,
        "port": port,
        "sets": sets,
        "choices": choices,
        "unit": unit,
        "lookup": lookup,
        "example": example,
    }
    if default is list or default is dict:
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)
