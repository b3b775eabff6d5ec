"""The older pairs of key and value; flows read the global variables, not these (webitel-api §4)."""

from __future__ import annotations

from outdial.api import wire
from outdial.api.doors import Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Text
from outdial.api.nouns import VERBS, Noun
from outdial.api.shapes import ID
from outdial.store import pairs

OBJECT = "schema"
SHAPE = Shape(id=ID, key=Field(Text(100, 1), required=True), value=Text(10_000))
PAIRS = Noun(
    "/routing/variables",
    "older variable",
    SHAPE,
    pairs,
    filters=wire.filter_shape(key=Text()),
    verbs=VERBS - {"patch"},
)


def install(doors: Doors) -> None:
    PAIRS.install(doors)
