"""What a store function may ask of the connection it runs on: the time, the seal, and whom to wake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import Connection, update

from outdial.store.dialect import raw
from outdial.store.secret import Box
from outdial.store.tables import config_revision

Bell = Literal["config", "members", "command", "attempts", "lists"]
Clock = Callable[[], int]
"""Epoch ms."""


@dataclass(slots=True)
class Context:
    now: Clock
    box: Box
    bells: set[Bell] = field(default_factory=set)
    """Rung after the commit."""


def attach(conn: Connection, context: Context) -> None:
    conn.info["outdial"] = context


def context_of(conn: Connection) -> Context:
    context = conn.info["outdial"]
    assert isinstance(context, Context)
    return context


def now_of(conn: Connection) -> int:
    return context_of(conn).now()


def ring(conn: Connection, bell: Bell) -> None:
    """Wakes those who subscribed, once this transaction is committed."""
    context_of(conn).bells.add(bell)


def configuration_changed(conn: Connection) -> None:
    """An INVITE planned under the old configuration does not leave any more."""
    conn.execute(update(config_revision).values(revision=config_revision.c.revision + 1))
    ring(conn, "config")


def revision(conn: Connection) -> int:
    return int(raw(conn).all("SELECT revision FROM config_revision")[0][0])
