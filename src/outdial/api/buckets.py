"""Buckets: labels on members, by which a queue rings some before others (webitel-api §9.1)."""

from __future__ import annotations

from outdial.api import wire
from outdial.api.doors import Doors
from outdial.api.fields import Shape
from outdial.api.kinds import Text
from outdial.api.nouns import Noun
from outdial.api.shapes import AUDIT, DESCRIPTION, ID, name
from outdial.store import buckets

OBJECT = "dictionaries"
SHAPE = Shape(id=ID, name=name(100), description=DESCRIPTION, **AUDIT)
BUCKETS = Noun("/call_center/buckets", "bucket", SHAPE, buckets, filters=wire.filter_shape(name=Text()))


def install(doors: Doors) -> None:
    BUCKETS.install(doors)
