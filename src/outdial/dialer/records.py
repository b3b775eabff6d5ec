"""The domain's records as flows see them: the flow's port on the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from sqlalchemy import Connection, Table

from outdial.dialer.globals import Globals
from outdial.domain.calendar import Calendar, local
from outdial.flow.ports.records import CallQuery, Fields, Global, MemberPatch, MemberQuery, Metric, NumberPatch, Ref
from outdial.store import amend, calendars, figures, lists, members, queues, users, variables
from outdial.store.amend import Changes, Wanted
from outdial.store.base import Store
from outdial.store.figures import Figure, Time
from outdial.store.named import id_of
from outdial.store.tables import bucket, communication_type, list_table, queue, resource
from outdial.switch.port import Now

AT_ONCE = 200
"""Members changed in one transaction."""


@dataclass(frozen=True, slots=True)
class DomainRecords:
    """``flow.ports.Records`` of one domain."""

    store: Store
    domain_id: int
    globals: Globals
    now: Now

    async def calendar(self, which: Ref) -> Calendar | None:
        return await self.store.read(partial(calendars.load, domain_id=self.domain_id, id=which.id, name=which.name))

    async def on_list(self, which: Ref, number: str) -> bool:
        def look(conn: Connection) -> bool:
            return lists.contains(conn, self.domain_id, self._id(conn, list_table, which), number)

        return await self.store.read(look)

    async def put_on_list(self, which: Ref, number: str, description: str, expire_at: int | None) -> None:
        def put(conn: Connection) -> None:
            id_ = self._id(conn, list_table, which)
            lists.keep_number(conn, self.domain_id, id_, number, description=description, expire_at=expire_at)

        await self.store.write(put)

    async def add_member(self, queue_: Ref, member: Fields) -> int:
        def add(conn: Connection) -> int:
            id_ = self._id(conn, queue, queue_)
            given = {**member, "bucket": self._bucket(conn, member.get("bucket"))}
            return members.bulk(conn, self.domain_id, id_, [given])[0]

        return await self.store.write(add)

    async def member(self, wanted: MemberQuery, zone: str) -> Fields | None:
        def find(conn: Connection) -> Fields | None:
            asked = self._wanted(conn, wanted, zone)
            row = amend.find(conn, self.domain_id, asked)
            if row is None:
                return None
            numbers = row["communications"]
            still_open = sum(1 for number in numbers if not number["stop_at"])
            bucket_id = row["bucket"]["id"] if row["bucket"] else ""
            return {**row, "bucket_id": bucket_id, "count_destinations": still_open, "all_destinations": len(numbers)}

        return await self.store.read(find)

    async def patch_members(self, wanted: MemberQuery, patch: MemberPatch, zone: str) -> int:
        """Many are changed piece by piece, so that calls need not wait for it."""
        changed, after = 0, 0
        while True:
            ids = await self.store.write(partial(self._patch_some, wanted=wanted, patch=patch, zone=zone, after=after))
            changed += len(ids)
            if len(ids) < AT_ONCE:
                return changed
            after = ids[-1]

    def _patch_some(
        self, conn: Connection, wanted: MemberQuery, patch: MemberPatch, zone: str, after: int
    ) -> list[int]:
        asked = self._wanted(conn, wanted, zone)
        return amend.amend(conn, self.domain_id, asked, self._changes(conn, patch), after=after, limit=AT_ONCE)

    async def queue(self, which: Ref) -> Fields | None:
        return await self.store.read(partial(queues.info, domain_id=self.domain_id, id=which.id, name=which.name))

    async def queue_metric(self, which: Ref, metric: Metric) -> float:
        def count(conn: Connection) -> float:
            id_ = self._id(conn, queue, which)
            if metric.how == "sl":
                return figures.service_level(conn, self.domain_id, id_, metric.within_s, since=metric.since)
            how, field = cast(Figure, metric.how), cast(Time, metric.field)
            return figures.queue_time(conn, self.domain_id, id_, how, field, since=metric.since)

        return await self.store.read(count)

    async def last_bridged(self, wanted: CallQuery) -> Fields | None:
        return await self.store.read(
            partial(
                figures.last_bridged,
                domain_id=self.domain_id,
                number=wanted.number,
                since=wanted.since,
                queue_ids=wanted.queue_ids,
            )
        )

    async def user(self, which: Ref, extension: str) -> Fields | None:
        """Nobody has an extension here."""
        if which == Ref():
            return None
        return await self.store.read(partial(users.find, domain_id=self.domain_id, id=which.id, name=which.name))

    async def set_globals(self, values: Mapping[str, Global]) -> None:
        def put(conn: Connection) -> None:
            for name, one in sorted(values.items()):
                variables.put(conn, self.domain_id, name, one.value, encrypt=one.encrypt)

        await self.store.write(put)
        plain = {name: one.value for name, one in values.items()}
        self.globals.now(self.domain_id, plain, [one.value for one in values.values() if one.encrypt])

    def _id(self, conn: Connection, table: Table, which: Ref) -> int:
        return id_of(conn, table, self.domain_id, which.id, which.name)

    def _wanted(self, conn: Connection, wanted: MemberQuery, zone: str) -> Wanted:
        named = [self._id(conn, queue, which) for which in wanted.queues]
        return Wanted(
            id=wanted.id,
            queue_ids=[*wanted.queue_ids, *named],
            destination=wanted.destination,
            name=wanted.name,
            created_since=_midnight(self.now(), zone) if wanted.today else 0,
            completed=wanted.completed,
            bucket_id=self._bucket(conn, wanted.bucket),
        )

    def _bucket(self, conn: Connection, which: Ref | None) -> int:
        """0: none is meant. Raises NotFound."""
        return 0 if which is None or which == Ref() else self._id(conn, bucket, which)

    def _changes(self, conn: Connection, patch: MemberPatch) -> Changes:
        given = {
            "name": patch.name,
            "priority": patch.priority,
            "min_offering_at": patch.ready_at if patch.ready_at is not None else patch.ready_at_,
            "stop_cause": patch.stop_cause or patch.stop_cause_ or None,
            "variables": patch.variables,
            "bucket": None if patch.bucket is None else self._bucket(conn, patch.bucket),
        }
        numbers = {number.id: self._number(conn, number) for number in patch.communications}
        moved = self._id(conn, queue, Ref(patch.queue_id)) if patch.queue_id else None
        return Changes({name: value for name, value in given.items() if value is not None}, numbers, moved)

    def _number(self, conn: Connection, patch: NumberPatch) -> dict[str, Any]:
        given = {
            "destination": patch.destination,
            "type": self._id(conn, communication_type, patch.type) if patch.type else None,
            "display": patch.display,
            "resource": self._id(conn, resource, patch.resource) if patch.resource else None,
            "priority": patch.priority,
            "description": patch.description,
        }
        return {name: value for name, value in given.items() if value is not None}


def _midnight(now: int, zone: str) -> int:
    """When the day began, epoch ms."""
    return int(local(now, zone).replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
