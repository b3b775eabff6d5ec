"""A parsed schema: immutable, and shared by every run of it (flow-engine §1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from outdial.flow.declare import Application
from outdial.flow.expression import Expression

Level = Literal["error", "warning", "note"]
"""error: cannot run; warning: will hardly do what was meant; note: right only if something outside is as assumed."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to tell the author of a schema."""

    path: str
    level: Level
    message: str


@dataclass(frozen=True, slots=True)
class Limit:
    """The step runs ``max`` times; every later arrival jumps to ``failover``."""

    max: int
    failover: str


@dataclass(frozen=True, slots=True)
class If:
    expression: Expression | None
    """None: missing, empty or not a string; the step fails."""
    then: int
    otherwise: int


@dataclass(frozen=True, slots=True)
class Switch:
    variable: str
    cases: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class While:
    condition: Expression | None
    do: int
    max_steps: int
    again: bool = False
    """True at the step behind the last one of the body, which decides about a further pass."""


Branch = If | Switch | While
"""Where a composite leads; the numbers are blocks of the program."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One application object."""

    index: int
    """Unique in its program; counters of a run are kept under it."""
    path: str
    app: str
    application: Application | None
    """None: not built here, or unknown."""
    args: Any
    tag: str = ""
    trace_name: str = ""
    """``trace.name``: how the author calls this step in reports."""
    breaks: bool = False
    limit: Limit | None = None
    branch: Branch | None = None
    forks: Mapping[str, Program] = field(default_factory=dict)
    """Lists of applications among its arguments, by the argument's name; a branch is none of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One list of steps: the root, or a branch of the step that stands at ``at`` in ``parent``."""

    parent: int
    """-1 for the root."""
    at: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    blocks: tuple[Block, ...]
    """The first is the root."""
    tags: Mapping[str, tuple[int, int]]
    """Tag → block and place in it."""
    functions: Mapping[str, Program]
    triggers: Mapping[str, Program]
    """``disconnected`` only; commands belong to chats."""
    warnings: tuple[Problem, ...] = ()
