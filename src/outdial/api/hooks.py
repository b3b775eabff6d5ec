"""Hooks of a queue: flows that are started when an attempt changes its state (webitel-api §9.1)."""

from __future__ import annotations

from outdial.api import wire
from outdial.api.doors import Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Choice, Flag, Ids, Link, Texts, Whole
from outdial.api.nouns import Noun
from outdial.store import hooks

OBJECT = "cc_queue"
EVENTS = (
    "", "joined", "answered", "offering", "bridged", "missed", "leaving", "processing", "active", hooks.ADDED,
)  # fmt: skip
"""An outbound IVR queue fires joined, offering, bridged, leaving and add_member; the others wait for other queues."""
SHAPE = Shape(
    id=Field(Whole(), read_only=True),
    event=Field(Choice(EVENTS), required=True),
    schema=Field(Link(), required=True),
    enabled=Flag(),
    properties=Texts(),
)
HOOKS = Noun(
    "/call_center/queues/{parent:id}/hooks",
    "hook of a queue",
    SHAPE,
    hooks.NOUN,
    filters=wire.filter_shape(event=Texts(), schema_id=Ids(), enabled=Flag()),
    example={"event": "leaving", "enabled": True},
)


def install(doors: Doors) -> None:
    HOOKS.install(doors)
