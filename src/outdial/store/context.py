"""What a store function may ask of the connection it runs on: the time, the seal, and whom to wake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from sqlalchemy import Connection, update

from outdial.domain.rights import Rights
from outdial.store.dialect import raw
from outdial.store.secret import Box
from outdial.store.tables import config_revision

Bell = Literal["config", "members", "command", "attempts", "lists"]
Clock = Callable[[], int]
"""Epoch ms."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Actor:
    """The person at a door, for whom a function reads or writes."""

    user_id: int
    name: str
    address: str
    """Where the request came from."""
    rights: Rights
    roles: tuple[int, ...]
    object: str
    """The class of records that the door is about, and what it does with them: a letter of ``LETTERS``."""
    letter: str
    wide: bool
    """Whether that is allowed for the whole class; else only for records on which it was granted."""


@dataclass(slots=True)
class Context:
    now: Clock
    box: Box
    actor: Actor | None = None
    """None: the service itself, which may everything."""
    bells: set[Bell] = field(default_factory=set)
    """Rung after the commit."""


def attach(conn: Connection, context: Context) -> None:
    conn.info["outdial"] = context


def context_of(conn: Connection) -> Context:
    context = conn.info["outdial"]
    assert isinstance(context, Context)
    return context


def acting(actor: Actor, fn: Callable[[Connection], T]) -> Callable[[Connection], T]:
    """The function, run for somebody: it sees and changes what they may, and the log of changes names them."""

    def run(conn: Connection) -> T:
        context = context_of(conn)
        before, context.actor = context.actor, actor
        try:
            return fn(conn)
        finally:
            context.actor = before

    return run


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
