"""The drawing of a schema: its format, drawing → schema, schema → drawing, and a picture of it (docs/diagram.md)."""

from outdial.flow.diagram.compile import Compiled, compile_drawing
from outdial.flow.diagram.decompile import Decompiled, decompile
from outdial.flow.diagram.drawing import Drawing, NodeProblem, is_ours, read, write

__all__ = [
    "Compiled",
    "Decompiled",
    "Drawing",
    "NodeProblem",
    "compile_drawing",
    "decompile",
    "is_ours",
    "read",
    "write",
]
