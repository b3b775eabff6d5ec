"""Every table, by area."""

from __future__ import annotations

from outdial.store.tables.accounts import (
    change,
    domain_table,
    record_grant,
    role,
    role_member,
    second_factor,
    setting,
    token,
    user,
)
from outdial.store.tables.base import metadata
from outdial.store.tables.dialing import (
    attempt,
    attempt_history,
    attempt_tally,
    bridge_leg,
    call_history,
    file,
    member,
    member_number,
)
from outdial.store.tables.editing import schema_draft, trash
from outdial.store.tables.flows import media_file, routing_variable, schema, schema_variable, schema_version
from outdial.store.tables.notes import call_annotation
from outdial.store.tables.queues import (
    bucket,
    calendar,
    command,
    config_revision,
    list_number,
    list_table,
    queue,
    queue_bucket,
    queue_counter,
    queue_hook,
    queue_resource_group,
)
from outdial.store.tables.trunks import (
    communication_type,
    gateway,
    resource,
    resource_display,
    resource_group,
    resource_in_group,
)
from outdial.store.tables.webhooks import delivery, webhook

__all__ = [
    "attempt",
    "attempt_history",
    "attempt_tally",
    "bridge_leg",
    "bucket",
    "calendar",
    "call_annotation",
    "call_history",
    "change",
    "command",
    "communication_type",
    "config_revision",
    "delivery",
    "domain_table",
    "file",
    "gateway",
    "list_number",
    "list_table",
    "media_file",
    "member",
    "member_number",
    "metadata",
    "queue",
    "queue_bucket",
    "queue_counter",
    "queue_hook",
    "queue_resource_group",
    "record_grant",
    "resource",
    "resource_display",
    "resource_group",
    "resource_in_group",
    "role",
    "role_member",
    "routing_variable",
    "schema",
    "schema_draft",
    "schema_variable",
    "schema_version",
    "second_factor",
    "setting",
    "token",
    "trash",
    "user",
    "webhook",
]
