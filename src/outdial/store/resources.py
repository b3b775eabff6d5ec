"""Outbound resources and their caller numbers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import resource, resource_display

NOUN = Noun(
    Shape(
        resource,
        listed=("id", "name", "gateway", "enabled", "reserve", "limit", "description"),
        q=("name", "description"),
        object="cc_resource",
    ),
    label="resource",
    entity="out_resource",
    read_only=frozenset({"last_error_id", "last_error_at", "successively_errors"}),
    patchable=frozenset(
        {"limit", "rps", "max_successively_errors", "enabled", "reserve", "name", "description", "failure_dial_delay"}
    ),
    kept=frozenset({"reserve", "number", "variables"}),
)
create, get, search = NOUN.create, NOUN.get, NOUN.search
replace, patch, delete, restore = NOUN.replace, NOUN.patch, NOUN.delete, NOUN.restore

DISPLAYS = Noun(
    Shape(
        resource_display,
        order="+display",
        q=("display",),
        parent="resource_id",
        object="cc_resource",
        granted_by="resource_id",
    ),
    label="caller number",
    entity="out_resource_display",
    title="display",
)
"""Their ``parent`` is the resource's id."""


def add_displays(
    conn: Connection, domain_id: int, resource_id: int, numbers: Sequence[str], *, by: int | None = None
) -> list[int]:
    """All or nothing; answers the ids. Raises UserMistake for one that the resource has already."""
    return [DISPLAYS.create(conn, domain_id, {"display": n}, parent=resource_id, by=by)["id"] for n in numbers]


def numbers_of(conn: Connection, domain_id: int, resource_id: int) -> set[str]:
    c = resource_display.c
    return set(conn.scalars(select(c.display).where(c.domain_id == domain_id, c.resource_id == resource_id)))
