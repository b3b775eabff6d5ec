"""What can stand in a configuration file: one declaration for each section, in the order in which they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from outdial.api import calendars, communications, gateways, groups, lists, queue_groups, queues, resources, schemas
from outdial.api.fields import Shape


@dataclass(frozen=True, slots=True)
class Owned:
    """Records that belong to another one, listed below it."""

    key: str
    """In the file."""
    path: str
    """Below the owner's own."""
    shape: Shape
    main: str
    """The field by which two are the same; an entry that is plain text is this field."""
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    section: str
    label: str
    path: str
    shape: Shape
    links: Mapping[str, str] = field(default_factory=dict)
    """Lookups: field → section."""
    owned: tuple[Owned, ...] = ()
    switch: str = ""
    """The field that turns it on."""
    secret: frozenset[str] = frozenset()
    """Never exported; sent when the record is made."""
    fixed: Mapping[str, object] = field(default_factory=dict)
    """Sent with every body, not written in files."""
    left_out: frozenset[str] = frozenset()
    """Fields that files do not carry."""

    @property
    def fields(self) -> dict[str, object]:
        """What a file may say of it."""
        skipped = self.left_out | self.fixed.keys() | {"name"}
        return {n: s.kind for n, s in self.shape.fields.items() if not s.read_only and n not in skipped}


COMMUNICATIONS = Kind(
    "communication_types", "communication type", "/call_center/communication_type", communications.SHAPE
)
LISTS = Kind(
    "lists", "list", "/call_center/list", lists.SHAPE,
    owned=(Owned("numbers", "communication", lists.NUMBER, "number"),),
)  # fmt: skip
CALENDARS = Kind("calendars", "calendar", "/calendars", calendars.SHAPE)
SCHEMAS = Kind("schemas", "flow schema", "/routing/schema", schemas.SHAPE)
GATEWAYS = Kind(
    "gateways", "gateway", "/sip/gateways", gateways.SHAPE,
    links={"schema": "schemas"}, switch="enable", secret=frozenset({"password"}),
)  # fmt: skip
RESOURCES = Kind(
    "resources", "resource", "/call_center/resources", resources.SHAPE,
    links={"gateway": "gateways"}, switch="enabled",
    owned=(Owned("numbers", "display", resources.DISPLAY, "display"),),
)  # fmt: skip
GROUPS = Kind(
    "resource_groups", "resource group", "/call_center/resource_group", groups.SHAPE,
    links={"communication": "communication_types"},
    owned=(
        Owned("resources", "resource", groups.MEMBER, "resource",
              {"resource": "resources", "reserve_resource": "resources"}),
    ),
)  # fmt: skip
QUEUES = Kind(
    "queues", "queue", "/call_center/queues", queues.SHAPE,
    links={"calendar": "calendars", "schema": "schemas", "do_schema": "schemas", "after_schema": "schemas",
           "dnc_list": "lists"},
    owned=(Owned("resource_groups", "resource_groups", queue_groups.SHAPE, "resource_group",
                 {"resource_group": "resource_groups"}),),
    switch="enabled", fixed={"type": queues.OUTBOUND_IVR}, left_out=frozenset({"grantee"}),
)  # fmt: skip

KINDS = (COMMUNICATIONS, LISTS, CALENDARS, SCHEMAS, GATEWAYS, RESOURCES, GROUPS, QUEUES)
"""Each rests only on those before it. Media files come first of all; they have bytes and are a matter of their own."""
BY_SECTION = {kind.section: kind for kind in KINDS}
