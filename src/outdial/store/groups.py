"""Resource groups and the resources in them."""

from __future__ import annotations

from outdial.store.noun import Noun
from outdial.store.shape import Shape
from outdial.store.tables import resource_group, resource_in_group

NOUN = Noun(
    Shape(
        resource_group,
        listed=("id", "name", "strategy", "description", "communication"),
        q=("name", "description"),
        object="cc_resource_group",
    ),
    label="resource group",
    entity="out_resource_group",
)
create, get, search = NOUN.create, NOUN.get, NOUN.search
replace, patch, delete, restore = NOUN.replace, NOUN.patch, NOUN.delete, NOUN.restore

RESOURCES = Noun(
    Shape(
        resource_in_group,
        order="+resource",
        listed=("id", "resource", "reserve_resource", "priority"),
        parent="group_id",
        object="cc_resource_group",
        granted_by="group_id",
    ),
    label="resource in the group",
    entity="out_resource_in_group",
    title="resource",
)
"""Their ``parent`` is the group's id."""
