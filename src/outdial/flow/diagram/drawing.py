"""The drawing of a schema as the editor keeps it in ``payload`` (docs/diagram.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from outdial.domain.errors import BadField

FORMAT = "outdial"
VERSION = 1
START = "start"
OUT = "out"
FAILOVER = "failover"
GOTO = "goto"
CUSTOM = "customCode"
"""The block that holds a piece of a schema as it is."""


class Limit(msgspec.Struct, omit_defaults=True):
    """The block runs ``max`` times; a later arrival goes where the port ``failover`` leads, or to that tag."""

    max: int | float | str | None = None
    failover: str = ""


class Meta(msgspec.Struct, omit_defaults=True):
    """What every block has beside its arguments (flow-engine §1.2)."""

    tag: str = ""
    """Empty: by the rule ``<app>__<id>``."""
    breaks: bool = msgspec.field(default=False, name="break")
    aside: bool = msgspec.field(default=False, name="async")
    limit: Limit | None = None
    trace: dict[str, Any] | None = None
    debug_id: str = msgspec.field(default="", name="_id")


class Node(msgspec.Struct, omit_defaults=True):
    """A block."""

    id: str
    app: str
    args: Any = ""
    """As in the schema, with those lists of applications left empty or out that wires lead to."""
    meta: Meta = msgspec.field(default_factory=Meta)
    x: float = 0.0
    y: float = 0.0
    """Of the upper left corner."""
    description: str = ""
    page: str = ""


class Edge(msgspec.Struct, omit_defaults=True):
    """A wire. At most one leaves a port."""

    source: str = msgspec.field(name="from")
    port: str
    target: str = msgspec.field(name="to")
    jump: bool = False
    """It is a ``goto``: the target stands elsewhere, where another wire leads to it."""


class Note(msgspec.Struct, omit_defaults=True):
    """A text on the drawing."""

    id: str
    text: str = ""
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0
    page: str = ""


class Page(msgspec.Struct, omit_defaults=True):
    """A sheet beside the first one, whose id is ""."""

    id: str
    name: str = ""


class Drawing(msgspec.Struct):
    nodes: list[Node]
    edges: list[Edge]
    notes: list[Note] = []
    pages: list[Page] = []
    format: str = FORMAT
    version: int = VERSION


class NodeProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something to tell the person who draws."""

    node: str
    """Id of the block; "" for the whole drawing."""
    level: str
    """``error`` or ``warning``."""
    message: str
    path: str = ""
    """Of the step in the schema, where there is one."""


def is_ours(payload: object) -> bool:
    """Whether a ``payload`` says that it is a drawing of this format."""
    return isinstance(payload, Mapping) and payload.get("format") == FORMAT


def read(payload: object) -> Drawing:
    """Raises BadField when it is not a drawing of this format and version."""
    if not is_ours(payload):
        raise BadField("payload", f'expected a drawing: an object with "format": "{FORMAT}", nodes and edges')
    try:
        drawing = msgspec.convert(payload, Drawing)
    except msgspec.ValidationError as error:
        raise BadField("payload", f"the drawing cannot be read: {error}") from None
    if drawing.version != VERSION:
        raise BadField("payload", f"the drawing is of version {drawing.version}; this service reads version {VERSION}")
    return drawing


def write(drawing: Drawing) -> dict[str, Any]:
    """The drawing as plain JSON; every block has its place."""
    built: dict[str, Any] = msgspec.to_builtins(drawing)
    for node in built["nodes"]:
        node.setdefault("x", 0.0)
        node.setdefault("y", 0.0)
    return built


def shown(node: Node) -> str:
    """How a sentence names a block."""
    return f"{node.app} ({node.id})"


def by_source(edges: Iterable[Edge]) -> dict[tuple[str, str], Edge]:
    """(block, port) → its wire; of several the first."""
    found: dict[tuple[str, str], Edge] = {}
    for edge in edges:
        found.setdefault((edge.source, edge.port), edge)
    return found
