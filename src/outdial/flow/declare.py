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
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from outdial.flow.connection import Kind

if TYPE_CHECKING:
    from outdial.flow.machine import Run

Group = Literal["call", "control", "data", "result", "script", "time"]
BOTH: frozenset[Kind] = frozenset({"voice", "service"})
VOICE: frozenset[Kind] = frozenset({"voice"})
SERVICE: frozenset[Kind] = frozenset({"service"})

Handler = Callable[["Run", Any], Awaitable[str | None]]
"""Does the work. Returns what the trace says of it (None: "ok"); raises AppFailed when it could not."""


@dataclass(frozen=True, slots=True)
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
) -> Callable[[Handled], Handled]:
    """Registers the decorated coroutine function as an application."""

    def register(run: Handled) -> Handled:
        made = Application(name, group, kinds, args, run, help, results or {}, aliases)
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
    raw: bool = False,
) -> Any:
    """A field of an argument class.

    ``wire`` is its name in a schema where that differs from the attribute; ``whole`` means the argument is not an
    object but this value itself; ``required`` is for help and validation, an absent value is its type's zero; ``raw``
    text is not expanded.
    """
    metadata = {"help": help, "wire": wire, "whole": whole, "required": required, "raw": raw}
    if default is list or default is dict:
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)
