"""The resource groups of a queue, each with the communication type that it dials (webitel-api §9.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from outdial.api.doors import Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Link
from outdial.api.nouns import VERBS, Noun, Verbs
from outdial.api.shapes import ID
from outdial.store import groups, queues
from outdial.store.listing import ListQuery, Page, Row

OBJECT = "cc_queue"
SHAPE = Shape(
    id=ID,
    resource_group=Field(Link(), required=True),
    communication=Field(Link(), read_only=True),
)


def _with_types(conn: Connection, domain_id: int, rows: list[Row]) -> None:
    chosen = [row for row in rows if row.get("resource_group")]
    ids = tuple(row["resource_group"]["id"] for row in chosen)
    wanted = ListQuery(size=len(ids), ids=ids, fields=("id", "communication"))
    types = {g["id"]: g["communication"] for g in groups.search(conn, domain_id, wanted).items} if ids else {}
    for row in chosen:
        row["communication"] = types.get(row["resource_group"]["id"])


def _search(conn: Connection, domain_id: int, query: ListQuery, *, parent: int) -> Page:
    page = queues.GROUPS.search(conn, domain_id, query, parent=parent)
    _with_types(conn, domain_id, page.items)
    return page


def _typed(verb: Callable[..., Row]) -> Callable[..., Row]:
    def one(conn: Connection, domain_id: int, *args: Any, **scope: Any) -> Row:
        row = verb(conn, domain_id, *args, **scope)
        _with_types(conn, domain_id, [row])
        return row

    return one


_STORE = queues.GROUPS
GROUPS = Noun(
    "/call_center/queues/{parent:id}/resource_groups",
    "resource group of a queue",
    SHAPE,
    Verbs(
        _search,
        _typed(_STORE.get),
        _typed(_STORE.create),
        _typed(_STORE.replace),
        _typed(_STORE.patch),
        _typed(_STORE.delete),
    ),
    verbs=VERBS - {"patch"},
)


def install(doors: Doors) -> None:
    GROUPS.install(doors)
