"""The store on PostgreSQL: the same functions by ``run_sync`` in pooled transactions, steps in groups."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from sqlalchemy import Connection, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from outdial.domain.errors import Misconfigured, StoreUnavailable
from outdial.store.base import Failed, Function, Store
from outdial.store.context import Context, attach
from outdial.store.dialect import dump
from outdial.store.gather import Gatherer, Job
from outdial.store.group import write_group
from outdial.store.steps import Step
from outdial.store.tables import config_revision

T = TypeVar("T")
SERVICE_LOCK = 0x0D1A1
"""The advisory lock of the one service that may use a database."""


def engine_for(url: str) -> AsyncEngine:
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        json_serializer=dump,
        pool_size=8,
        max_overflow=0,
        pool_pre_ping=False,
        connect_args={"timeout": 5, "command_timeout": 60, "prepared_statement_cache_size": 500},
    )


class PostgresStore(Store):
    def __init__(self, engine: AsyncEngine, lock: ServiceLock, context: Context) -> None:
        super().__init__()
        self._engine = engine
        self.lock = lock
        self._context = context
        self._gatherer = Gatherer(asyncio.get_running_loop(), self._start)
        self._tasks: set[asyncio.Task[list[Any]]] = set()

    async def read(self, fn: Function[T]) -> T:
        return await self._transaction(fn, read_only=True)

    async def write(self, fn: Function[T]) -> T:
        return await self._transaction(fn)

    async def _step(self, step: Step) -> Any:
        return await self._gatherer.add(step)

    async def _transaction(self, fn: Function[T], *, read_only: bool = False) -> T:
        context = Context(self._context.now, self._context.box)

        def run(conn: Connection) -> T:
            attach(conn, context)
            return fn(conn)

        try:
            if self.lock.lost:
                await self.lock.keep()
            async with self._engine.connect() as conn:
                if read_only:
                    await conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                async with conn.begin():
                    answer = await conn.run_sync(run)
        except Exception as error:
            told = self._told(error)
            if told is error:
                raise
            raise told from error
        if not read_only:
            self._ill = None
            self._ring(context.bells)
        return answer

    def _start(self, group: list[Job]) -> None:
        """One transaction for the steps that waited together."""
        works = [job.work for job in group]
        loop = asyncio.get_running_loop()
        began = loop.time()
        task = loop.create_task(self._transaction(lambda conn: write_group(conn, works)))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._committed(group, done, loop.time() - began))

    def _committed(self, group: list[Job], task: asyncio.Task[list[Any]], seconds: float) -> None:
        self._tasks.discard(task)
        error = task.exception()
        if error is None:
            self.committed(seconds, len(group))
        failed = [Failed(error)] * len(group) if isinstance(error, Exception) else None
        self._gatherer.done(group, failed or task.result())

    async def close(self) -> None:
        await self._gatherer.drained()
        await self.lock.release()
        await self._engine.dispose()


class ServiceLock:
    """An advisory lock on a connection of its own: two services never dial from one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._conn: AsyncConnection | None = None
        self._driver: Any = None
        self._taking = asyncio.Lock()
        self.epoch = 0
        """The start of the service that this one is; another service that came between would have raised it."""

    async def take(self) -> None:
        """Raises Misconfigured, naming the server process of the service that has it."""
        conn = await self._engine.connect()
        taken = await conn.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": SERVICE_LOCK})
        if not taken:
            holder = await conn.scalar(_HOLDER, {"key": SERVICE_LOCK})
            await conn.close()
            raise Misconfigured(f"The database is in use by another service (server process {holder}); stop it first.")
        await conn.commit()
        self._conn, self._driver = conn, (await conn.get_raw_connection()).driver_connection

    async def keep(self) -> None:
        """Takes it again after the server was away. Raises StoreUnavailable if another service came between."""
        async with self._taking:
            if not self._driver.is_closed():
                return
            await self.release()
            await self._engine.dispose()  # the pool's connections went the same way
            try:
                await self.take()
            except Misconfigured as error:
                raise StoreUnavailable(error.detail) from error
            assert self._conn is not None
            epoch = await self._conn.scalar(select(config_revision.c.epoch))
            await self._conn.commit()
            if epoch != self.epoch:
                raise StoreUnavailable("Another service has used the database meanwhile; start this one anew.")

    @property
    def lost(self) -> bool:
        return bool(self._driver.is_closed())

    async def release(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            if self._driver.is_closed():
                await conn.invalidate()
            await conn.close()


_HOLDER = text(
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
