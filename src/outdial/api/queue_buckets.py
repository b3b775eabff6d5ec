"""What a queue says of its buckets: which is rung first, with which share, and which not (webitel-api §9.1)."""

from __future__ import annotations

from outdial.api import wire
from outdial.api.doors import Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Flag, Ids, Link, Whole
from outdial.api.nouns import Noun
from outdial.api.shapes import ID
from outdial.store import buckets

OBJECT = "cc_queue"
SHAPE = Shape(
    id=ID,
    bucket=Field(Link(), required=True),
    ratio=Whole(0, 1_000_000),
    priority=Whole(0),
    disabled=Flag(),
)
BUCKETS = Noun(
    "/call_center/queues/{parent:id}/buckets",
    "bucket of a queue",
    SHAPE,
    buckets.OF_QUEUE,
    filters=wire.filter_shape(bucket_id=Ids(), disabled=Flag()),
)


def install(doors: Doors) -> None:
    BUCKETS.install(doors)
