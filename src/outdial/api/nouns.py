"""Records with the usual verbs (webitel-api §1.4): one declaration gives them all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args, runtime_checkable

from sqlalchemy import Connection
from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Many
from outdial.api.doors import Call, Doors, Handler
from outdial.api.fields import Shape
from outdial.store.listing import Page, Row

Verb = Literal["list", "create", "get", "put", "patch", "delete"]
VERBS: frozenset[Verb] = frozenset(get_args(Verb))
Check = Callable[[Call, Verb, dict[str, Any]], Awaitable[None]]


class Records(Protocol):
    """A module of the store, or a declaration in it."""

    @property
    def search(self) -> Callable[..., Page]: ...
    @property
    def get(self) -> Callable[..., Row]: ...
    @property
    def create(self) -> Callable[..., Row]: ...
    @property
    def replace(self) -> Callable[..., Row]: ...
    @property
    def patch(self) -> Callable[..., Row]: ...
    @property
    def delete(self) -> Callable[..., Row]: ...


@runtime_checkable
class Restorable(Protocol):
    """Records whose deletion can be taken back for a while."""

    @property
    def restore(self) -> Callable[..., Row]: ...


@dataclass(frozen=True, slots=True)
class Verbs:
    """Records some of whose verbs do more than the store's."""

    search: Callable[..., Page]
    get: Callable[..., Row]
    create: Callable[..., Row]
    replace: Callable[..., Row]
    patch: Callable[..., Row]
    delete: Callable[..., Row]


@dataclass(frozen=True, slots=True)
class RestorableVerbs(Verbs):
    restore: Callable[..., Row]


async def no_check(call: Call, verb: Verb, values: dict[str, Any]) -> None:
    """Nothing beyond what the shape says."""


def no_rule(row: Row) -> None:
    """Every record is good."""


def in_words(label: str) -> tuple[str, str]:
    """One and several of a kind: ``a bucket of a queue``, ``buckets of a queue``."""
    article = "an" if label[0] in "aeio" else "a"
    head, of, rest = label.partition(" of ")
    return f"{article} {label}", f"{head}s{of}{rest}"


def tag_of(row: Row) -> str:
    """A record's ``ETag``: of each change a later one."""
    return f'"{row.get("updated_at") or 0}"'


def as_stored(call: Call, row: Row) -> Row:
    """Nothing to add."""
    return row


@dataclass(frozen=True)
class Noun:
    path: str
    """Of the collection, with the owner's id as ``{parent}`` where there is one."""
    label: str
    """As sentences call one: ``resource group``."""
    shape: Shape
    records: Records
    filters: Shape = field(default_factory=wire.filter_shape)
    verbs: frozenset[Verb] = VERBS
    check: Check = no_check
    """Looks at what was given before it is stored. Raises BadField."""
    rule: Callable[[Row], None] = no_rule
    """What a record must be like after the change, seen within its transaction. Raises BadField: nothing is stored."""
    on_create: Mapping[str, Any] = field(default_factory=dict)
    """Values of fields that a create leaves out, where they are not the table's own."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """Fields of a body, for readers of the description."""
    live: Callable[[Call, Row], Row] = as_stored
    """Adds what only the running service knows of a record."""

    def install(self, doors: Doors) -> None:
        item = self.path + "/{id:id}"
        every: tuple[tuple[Verb, str, str, Handler], ...] = (
            ("list", "GET", self.path, self.list),
            ("create", "POST", self.path, self.create),
            ("get", "GET", item, self.get),
            ("put", "PUT", item, self.put),
            ("patch", "PATCH", item, self.patch),
            ("delete", "DELETE", item, self.delete),
        )
        docs = self._docs()
        for verb, method, path, handler in every:
            if verb in self.verbs:
                doors.add(method, path, handler, docs[verb])
        if self._restorable:
            letter = "" if "{parent" in item else "d"  # whoever may delete may take it back
            taken_back = Doc(f"Take back a deletion: {self.label}", self.shape, letter=letter)
            doors.add("POST", item + "/restore", self.restore, taken_back)

    @property
    def _restorable(self) -> Restorable | None:
        """With what restores them."""
        return self.records if isinstance(self.records, Restorable) and "delete" in self.verbs else None

    def _docs(self) -> dict[Verb, Doc]:
        shape, (a, several) = self.shape, in_words(self.label)
        example = self.example
        return {
            "list": Doc(f"Search {several}", Many(shape), searches=self.filters),
            "create": Doc(f"Create {a}", shape, takes=shape, example=example),
            "get": Doc(f"Read {a}", shape),
            "put": Doc(f"Replace {a}: what is left out becomes zero", shape, takes=shape, example=example),
            "patch": Doc(f"Change some fields of {a}", shape, takes=shape, partial=True),
            "delete": Doc(f"Delete {a}", shape),
        }

    async def list(self, call: Call) -> Response:
        query, scope = call.query(self.filters), self._scope(call)
        page = await call.read(lambda conn: self.records.search(conn, call.domain_id, query, **scope))
        items = [self.live(call, row) for row in page.items]
        return await wire.answer_page(self.shape, Page(items, page.next))

    async def get(self, call: Call) -> Response:
        id_, scope = call.path_id(), self._scope(call)
        row = await call.read(lambda conn: self.records.get(conn, call.domain_id, id_, **scope))
        return self._answer(call, row)

    async def create(self, call: Call) -> Response:
        values = {**self.on_create, **self.shape.read(await call.body())}
        await self.check(call, "create", values)
        scope = self._scope(call)
        return await self._write(
            call, lambda conn: self.records.create(conn, call.domain_id, values, by=call.user_id, **scope)
        )

    async def put(self, call: Call) -> Response:
        """With ``If-Match``, the ``ETag`` of the record as it was read: refused if somebody changed it since."""
        body = await call.body()
        values = self.shape.read(body)
        await self.check(call, "put", values)
        id_, scope = call.path_id(), self._scope(call)

        def replace(conn: Connection) -> Row:
            self._unchanged(conn, call, id_, scope, body)
            return self.records.replace(conn, call.domain_id, id_, values, by=call.user_id, **scope)

        return await self._write(call, replace)

    async def patch(self, call: Call) -> Response:
        """With ``If-Match``, the ``ETag`` of the record as it was read: refused if somebody changed it since."""
        body = await call.body()
        changes = wire.read_patch(self.shape, body)
        await self.check(call, "patch", changes)
        id_, scope = call.path_id(), self._scope(call)

        def patch(conn: Connection) -> Row:
            self._unchanged(conn, call, id_, scope, body)
            return self.records.patch(conn, call.domain_id, id_, changes, by=call.user_id, **scope)

        return await self._write(call, patch)

    async def delete(self, call: Call) -> Response:
        await self.check(call, "delete", {})
        id_, scope = call.path_id(), self._scope(call)
        row = await call.write(lambda conn: self.records.delete(conn, call.domain_id, id_, **scope))
        return wire.answer(self.shape.write(row))

    async def restore(self, call: Call) -> Response:
        """For 30 s after its deletion a record comes back as it was, under its id, with what went with it."""
        records, id_, scope = self._restorable, call.path_id(), self._scope(call)
        assert records is not None
        return self._answer(call, await call.write(lambda conn: records.restore(conn, call.domain_id, id_, **scope)))

    def _unchanged(self, conn: Connection, call: Call, id: int, scope: Mapping[str, int], yours: Any) -> None:
        """Raises Changed, with both versions, unless the record still is what ``If-Match`` says."""
        expected = call.request.headers.get("if-match", "*")
        if expected == "*":
            return
        row = self.records.get(conn, call.domain_id, id, **scope)
        if tag_of(row) not in (one.strip() for one in expected.split(",")):
            raise wire.Changed(self.shape.write(self.live(call, row)), yours)

    def _answer(self, call: Call, row: Row) -> Response:
        response = wire.answer(self.shape.write(self.live(call, row)))
        if row.get("updated_at"):
            response.headers["ETag"] = tag_of(row)
        return response

    async def _write(self, call: Call, change: Callable[[Connection], Row]) -> Response:
        def ruled(conn: Connection) -> Row:
            row = change(conn)
            self.rule(row)
            return row

        return self._answer(call, await call.write(ruled))

    def _scope(self, call: Call) -> dict[str, int]:
        return {"parent": call.path_id("parent")} if "{parent" in self.path else {}
