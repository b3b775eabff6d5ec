"""What is saved so that a record's drawing and its schema say the same (docs/diagram.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outdial.domain.errors import BadField
from outdial.flow.diagram.compile import compile_drawing
from outdial.flow.diagram.decompile import decompile
from outdial.flow.diagram.drawing import is_ours, read, write

TOLD = frozenset({"schema", "payload", "editor"})


def agreed(given: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """The ``schema`` or the ``payload`` to store beside what is given; nothing when they agree already.

    A given schema is the truth, and the drawing is drawn anew around it; a drawing that comes without a schema is
    compiled. Payloads of other editors are nobody's business here. Raises BadField when a drawing does not compile,
    SchemaError when a schema cannot be read.
    """
    now = {**stored, **given}
    payload = now.get("payload")
    if not TOLD & given.keys() or not now.get("editor") or not is_ours(payload):
        return {}
    if "payload" in given and "schema" not in given:
        return {"schema": _compiled(payload)}
    schema = now.get("schema")
    return {} if _says(payload, schema) else {"payload": write(decompile(schema, payload).drawing)}


def _compiled(payload: Any) -> list[Any]:
    compiled = compile_drawing(read(payload))
    for problem in compiled.errors:
        raise BadField("payload", problem.message)
    return compiled.schema


def _says(payload: Any, schema: object) -> bool:
    """Whether the drawing compiles to this very schema."""
    try:
        return _compiled(payload) == schema
    except BadField:
        return False


def block_at(places: Mapping[str, str], path: str) -> str:
    """The block whose step is at a path or around it; "" when the path is of no block."""
    blocks = {place: node for node, place in places.items()}
    while path and path not in blocks:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return blocks.get(path, "")
