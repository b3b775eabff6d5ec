"""From a URL to a store, with its tables as this release needs them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from outdial.domain.errors import Misconfigured
from outdial.store import postgres, sqlite
from outdial.store.base import Store
from outdial.store.context import Clock, Context
from outdial.store.dialect import unavailable
from outdial.store.migrations import migrate
from outdial.store.secret import Box
from outdial.store.tables import config_revision, metadata


async def open_store(url: str, *, now: Clock, box: Box | None = None) -> Store:
    """Opens ``:memory:``, ``sqlite:///PATH`` or ``postgresql://…`` and brings its tables up to date.

    ``now`` answers epoch ms; ``box`` seals secrets (none: a key that dies with the process). Raises Misconfigured
    when the URL is not understood, the database cannot be reached, or another service uses it.
    """
    context = Context(now, box or Box.throwaway())
    if url in (":memory:", "sqlite://", "sqlite:///:memory:"):
        return _memory(context)
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Misconfigured("The database URL is not understood; try sqlite:///outdial.db.") from None
    kind = parsed.get_backend_name()
    try:
        if kind == "sqlite" and parsed.database:
            return await _file(Path(parsed.database), context)
        if kind == "postgresql":
            return await _postgres(url, context)
    except Exception as error:
        why = unavailable(error)
        if why is None:
            raise
        raise Misconfigured(f"The database cannot be opened: {why}") from error
    raise Misconfigured("The database URL must begin with sqlite:/// or postgresql://.")


def _memory(context: Context) -> Store:
    """The tables come straight from the metadata: the migrations lead to the same, and take 50 times as long."""
    engine = sqlite.engine_for(":memory:", begin="BEGIN IMMEDIATE")
    with engine.begin() as conn:
        metadata.create_all(conn)
        new_epoch(conn)
    return sqlite.MemoryStore(engine, context)


async def _file(path: Path, context: Context) -> Store:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = sqlite.FileLock(path)
    try:
        await asyncio.to_thread(_prepare_file, path)
    except BaseException:
        lock.release()
        raise
    return sqlite.FileStore(path, lock, context)


def _prepare_file(path: Path) -> None:
    engine: Engine = sqlite.engine_for(str(path), begin="BEGIN IMMEDIATE")
    try:
        with engine.begin() as conn:
            migrate(conn)
            new_epoch(conn)
    finally:
        engine.dispose()


async def _postgres(url: str, context: Context) -> Store:
    engine = postgres.engine_for(url)
    try:
        lock = postgres.ServiceLock(engine)
        await lock.take()
        async with engine.begin() as conn:
            await conn.run_sync(migrate)
            lock.epoch = await conn.run_sync(new_epoch)
    except BaseException:
        await engine.dispose()
        raise
    return postgres.PostgresStore(engine, lock, context)


def new_epoch(conn: Connection) -> int:
    """Counts the starts of the service."""
    row = conn.execute(select(config_revision.c.epoch)).first()
    if row is None:
        conn.execute(insert(config_revision).values(id=1, revision=1, epoch=1))
        return 1
    conn.execute(update(config_revision).values(epoch=row.epoch + 1))
    return int(row.epoch) + 1
