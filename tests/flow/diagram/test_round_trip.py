"""Schema → drawing → schema: the same run, and a drawing that stays as it is."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from outdial.flow.diagram import compile_drawing, decompile, read, write

from ..world import Schema
from .grammar import performed, schemas, scripts


def back(schema: Schema) -> Schema:
    """Through the drawing and back."""
    compiled = compile_drawing(decompile(schema).drawing)
    assert compiled.errors == []
    return compiled.schema


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas, scripts)
def test_a_schema_runs_the_same_after_its_drawing_was_compiled(schema: Schema, script: dict[str, Any]) -> None:
    assert performed(back(schema), **script) == performed(schema, **script)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas)
def test_a_compiled_schema_is_drawn_and_compiled_to_itself(schema: Schema) -> None:
    once = back(schema)
    assert back(once) == once
    drawing = decompile(once).drawing
    assert drawing == decompile(once, write(drawing)).drawing
    assert read(write(drawing)) == drawing
