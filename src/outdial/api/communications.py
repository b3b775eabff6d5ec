"""Communication types: what kind of number a member has (webitel-api §8.1)."""

from __future__ import annotations

from outdial.api import wire
from outdial.api.doors import Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Choice, Flag, Text, Texts
from outdial.api.nouns import Noun
from outdial.api.shapes import DESCRIPTION, ID, name
from outdial.store import communications

OBJECT = "dictionaries"
SHAPE = Shape(
    id=ID,
    code=Field(Text(100, 1), required=True),
    name=name(50),
    channel=Choice(("Undefined", "Phone", "Email", "Messaging")),
    default=Flag(),
    description=DESCRIPTION,
)
TYPES = Noun(
    "/call_center/communication_type",
    "communication type",
    SHAPE,
    communications,
    filters=wire.filter_shape(channel=Texts(), default=Flag(), code=Text(), name=Text()),
)


def install(doors: Doors) -> None:
    TYPES.install(doors)
