"""Global variables of flows (webitel-api §4). The value of an encrypted one goes in and never comes out."""

from __future__ import annotations

from outdial.api import wire
from outdial.api.doors import Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Flag, Free, Text, Whole
from outdial.api.nouns import Noun
from outdial.api.shapes import name
from outdial.store import variables

OBJECT = "schema"

SHAPE = Shape(id=Field(Whole(), read_only=True), name=name(100), value=Free(object), encrypt=Flag())
VARIABLES = Noun(
    "/routing/schema/variables",
    "global variable",
    SHAPE,
    variables,
    filters=wire.filter_shape(name=Text(), encrypt=Flag()),
    example={"name": "rate", "value": "41.5"},
)


def install(doors: Doors) -> None:
    VARIABLES.install(doors)
