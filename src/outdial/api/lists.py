"""Stop lists and their numbers (webitel-api §12)."""

from __future__ import annotations

from typing import Any

from outdial.api import wire
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Instant, Long, Span, Text
from outdial.api.nouns import VERBS, Noun, Verb
from outdial.api.shapes import AUDIT, DESCRIPTION, ID, name
from outdial.domain.errors import BadField
from outdial.domain.number import has_digits
from outdial.store import lists
from outdial.store.listing import Row

OBJECT = "cc_list"
SHAPE = Shape(id=ID, name=name(50), description=DESCRIPTION, count=Field(Long(), read_only=True), **AUDIT)
NUMBER = Shape(
    id=ID,
    list_id=Field(Long(), read_only=True),
    number=Field(Text(256, 1), required=True),
    description=DESCRIPTION,
    expire_at=Instant(),
)


async def _check(call: Call, verb: Verb, values: dict[str, Any]) -> None:
    expires = values.get("expire_at")
    if expires and expires <= call.deps.now():
        raise BadField("expire_at", "expected an instant in the future", id="list_communication.valid.expire_at")


def _dialable(row: Row) -> None:
    if not has_digits(row["number"]):
        raise BadField("number", "expected a number with digits")


LISTS = Noun(
    "/call_center/list", "stop list", SHAPE, lists, filters=wire.filter_shape(name=Text()), verbs=VERBS - {"patch"}
)
NUMBERS = Noun(
    "/call_center/list/{parent:id}/communication",
    "stopped number",
    NUMBER,
    lists.NUMBERS,
    filters=wire.filter_shape(number=Text(), expire_at=Span()),
    verbs=VERBS - {"patch"},
    check=_check,
    rule=_dialable,
)


def install(doors: Doors) -> None:
    LISTS.install(doors)
    NUMBERS.install(doors)
