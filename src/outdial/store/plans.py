"""The dialer's plan: everything configured, of all domains, read in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from outdial.domain.buckets import QueueBucket
from outdial.domain.calendar import Calendar, Exceptional, Window
from outdial.domain.plan import Plan
from outdial.domain.queue import Hook, Queue, Rules, decode_rules, unbuilt_settings
from outdial.domain.resource import Gateway, Placed, Resource, ResourceGroup, TimeRange
from outdial.store import domains
from outdial.store import tables as t
from outdial.store.context import context_of, revision


def load(conn: Connection) -> Plan:
    """A queue whose payload cannot be read is in it with that as an unbuilt setting, so that it says so."""
    gateways = {row.id: _gateway(conn, row) for row in _rows(conn, t.gateway)}
    displays: dict[int, list[str]] = {}
    for row in _rows(conn, t.resource_display):
        displays.setdefault(row.resource_id, []).append(row.display)
    resources = {row.id: _resource(row, gateways, tuple(displays.get(row.id, ()))) for row in _rows(conn, t.resource)}
    placed: dict[int, list[Placed]] = {}
    for row in _rows(conn, t.resource_in_group):
        reserve = resources.get(row.reserve_resource_id)
        placed.setdefault(row.group_id, []).append(Placed(resources[row.resource_id], reserve, row.priority))
    groups = {row.id: _group(row, tuple(placed.get(row.id, ()))) for row in _rows(conn, t.resource_group)}
    queue_groups: dict[int, tuple[int, ...]] = {}
    for row in _rows(conn, t.queue_resource_group):
        queue_groups[row.queue_id] = (*queue_groups.get(row.queue_id, ()), row.resource_group_id)
    buckets: dict[int, tuple[QueueBucket, ...]] = {}
    for row in _rows(conn, t.queue_bucket):
        link = QueueBucket(row.bucket_id, row.priority, row.ratio, row.disabled)
        buckets[row.queue_id] = (*buckets.get(row.queue_id, ()), link)
    hooks: dict[int, tuple[Hook, ...]] = {}
    for row in _rows(conn, t.queue_hook):
        if row.enabled:
            hooks[row.queue_id] = (*hooks.get(row.queue_id, ()), Hook(row.event, row.schema_id))
    return Plan(
        revision=revision(conn),
        queues={row.id: _queue(row, buckets.get(row.id, ()), hooks.get(row.id, ())) for row in _rows(conn, t.queue)},
        calendars={row.id: calendar_of(row) for row in _rows(conn, t.calendar)},
        resources=resources,
        gateways=gateways,
        groups=groups,
        queue_groups=queue_groups,
        zones=domains.zones(conn),
        schemas={row.id: row.updated_at for row in conn.execute(select(t.schema.c.id, t.schema.c.updated_at))},
    )


def _rows(conn: Connection, table: Table) -> list[Any]:
    return list(conn.execute(select(table).order_by(table.c.id)))


def _gateway(conn: Connection, row: Any) -> Gateway:
    return Gateway(
        id=row.id,
        name=row.name,
        enabled=row.enable,
        proxy=row.proxy,
        register=row.register,
        host=row.host,
        account=row.account,
        username=row.username,
        password=context_of(conn).box.open(row.password_sealed),
        expires_s=row.expires or 600,
        registrar=row.registrar,
    )


def _resource(row: Any, gateways: dict[int, Gateway], displays: tuple[str, ...]) -> Resource:
    parameters = row.parameters or {}
    return Resource(
        id=row.id,
        name=row.name,
        enabled=row.enabled,
        gateway=gateways.get(row.gateway_id),
        limit=row.limit,
        rps=row.rps,
        displays=displays,
        patterns=tuple(row.patterns),
        cid_type=parameters.get("cid_type") or "",
        ignore_early_media=parameters.get("ignore_early_media") or "",
        variables=row.variables,
    )


def _group(row: Any, placed: tuple[Placed, ...]) -> ResourceGroup:
    times = tuple(TimeRange(item.get("start_time_of_day") or 0, item.get("end_time_of_day") or 0) for item in row.time)
    return ResourceGroup(row.id, row.name, row.communication_id, placed, times)


def _queue(row: Any, buckets: tuple[QueueBucket, ...], hooks: tuple[Hook, ...]) -> Queue:
    try:
        rules, unbuilt = decode_rules(row.payload), unbuilt_settings(row.payload)
    except ValueError as error:
        rules, unbuilt = Rules(), (str(error),)
    return Queue(
        id=row.id,
        domain_id=row.domain_id,
        name=row.name,
        enabled=row.enabled,
        calendar_id=row.calendar_id,
        schema_id=row.schema_id,
        do_schema_id=row.do_schema_id,
        after_schema_id=row.after_schema_id,
        dnc_list_id=row.dnc_list_id,
        strategy=row.strategy or "fifo",
        priority=row.priority,
        rules=rules,
        variables=row.variables,
        buckets=buckets,
        hooks=hooks,
        unbuilt=unbuilt,
    )


def calendar_of(row: Any) -> Calendar:
    return Calendar(
        id=row.id,
        name=row.name,
        timezone=row.timezone,
        accepts=tuple(_window(item) for item in row.accepts if not item.get("disabled")),
        excepts=tuple(_exceptional(item) for item in row.excepts if not item.get("disabled")),
        start_at=row.start_at or 0,
        end_at=row.end_at or 0,
    )


def _window(item: dict[str, Any]) -> Window:
    return Window(item.get("day") or 0, item.get("start_time_of_day") or 0, item.get("end_time_of_day") or 0)


def _exceptional(item: dict[str, Any]) -> Exceptional:
    """Its date is an instant on the wire: midnight UTC of that day."""
    return Exceptional(
        name=item.get("name") or "",
        on=datetime.fromtimestamp(int(item.get("date") or 0) / 1000, UTC).date(),
        yearly=bool(item.get("repeat")),
        working=bool(item.get("working")),
        start=item.get("work_start") or 0,
        end=item.get("work_stop") or 0,
    )
