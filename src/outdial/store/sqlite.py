"""The store on SQLite: one writer thread with group commit and a few readers; in memory, everything in place."""

from __future__ import annotations

import asyncio
import fcntl
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

from outdial.domain.errors import Misconfigured
from outdial.store.base import Failed, Function, Store
from outdial.store.context import Context, attach
from outdial.store.dialect import dump, unavailable
from outdial.store.gather import Gatherer, Job
from outdial.store.group import write_group
from outdial.store.steps import Step

T = TypeVar("T")
READERS = 3
BUSY_MS = 5000


def engine_for(path: str, *, begin: str) -> Engine:
    """An engine whose transactions open with ``begin``; the driver itself never opens one."""
    memory = path == ":memory:"
    url = "sqlite://" if memory else f"sqlite:///{path}"
    engine = create_engine(
        url,
        json_serializer=dump,
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
        **({"poolclass": StaticPool} if memory else {"pool_size": READERS}),
    )

    @event.listens_for(engine, "connect")
    def prepare(driver: Any, _: Any) -> None:
        driver.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-65536",
            "temp_store=MEMORY",
        ):
            driver.execute(f"PRAGMA {pragma}")
        if begin == "BEGIN":
            driver.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def open_transaction(conn: Connection) -> None:
        conn.exec_driver_sql(begin)

    return engine


class FileLock:
    """Held while a service uses a database file; the system lets go of it when the process dies."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.read(self._file, 32).decode().strip() or "unknown"
            os.close(self._file)
            raise Misconfigured(
                f"The database {database} is in use by another service (process {other}); stop it first."
            ) from None
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        os.close(self._file)


class Writer:
    """The one connection that writes, with a fresh one after trouble."""

    def __init__(self, engine: Engine, context: Context) -> None:
        self._engine = engine
        self._context = context
        self._conn: Connection | None = None

    def _connection(self) -> Connection:
        if self._conn is None:
            self._conn = self._engine.connect()
            attach(self._conn, self._context)
        return self._conn

    def write(self, works: Sequence[Function[Any] | Step]) -> list[Any]:
        """One commit. Raises what the database itself says; then nothing of it is written."""
        self._context.bells.clear()
        try:
            conn = self._connection()
            with conn.begin():
                return write_group(conn, works)
        except BaseException:
            self._context.bells.clear()
            self.close()
            raise

    def close(self) -> None:
        if self._conn is not None:
            with suppress(Exception):  # the connection is being thrown away; what failed is raised elsewhere
                self._conn.invalidate()
            with suppress(Exception):
                self._conn.close()
            self._conn = None


class MemoryStore(Store):
    """SQLite in memory, in place: no threads, so a run under a virtual clock is the same each time."""

    def __init__(self, engine: Engine, context: Context) -> None:
        super().__init__()
        self._context = context
        self._conn = engine.connect()
        attach(self._conn, context)
        self._engine = engine

    async def read(self, fn: Function[T]) -> T:
        with self._conn.begin() as transaction:
            try:
                return fn(self._conn)
            finally:
                transaction.rollback()

    async def write(self, fn: Function[T]) -> T:
        answer: T = self._write(fn)
        return answer

    async def _step(self, step: Step) -> Any:
        return self._write(step)

    def _write(self, work: Function[Any] | Step) -> Any:
        self._context.bells.clear()
        with self._conn.begin():
            answer = write_group(self._conn, [work])[0]
        if isinstance(answer, Failed):
            raise answer.error
        self._ring(set(self._context.bells))
        return answer

    async def close(self) -> None:
        self._conn.close()
        self._engine.dispose()


class FileStore(Store):
    """SQLite in a file."""

    def __init__(self, path: Path, lock: FileLock, context: Context) -> None:
        super().__init__()
        self._lock = lock
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._gatherer = Gatherer(self._loop, self._hand_over)
        self._groups: SimpleQueue[list[Job] | None] = SimpleQueue()
        self._engine = engine_for(str(path), begin="BEGIN IMMEDIATE")
        self._reading = engine_for(str(path), begin="BEGIN")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    async def read(self, fn: Function[T]) -> T:
        try:
            return await self._loop.run_in_executor(self._readers, self._read, fn)
        except Exception as error:
            why = unavailable(error)
            if why is None:
                raise
            raise self._gone(why) from error

    def _read(self, fn: Function[T]) -> T:
        with self._reading.connect() as conn, conn.begin():
            attach(conn, Context(self._context.now, self._context.box))
            return fn(conn)

    async def write(self, fn: Function[T]) -> T:
        answer: T = await self._gatherer.add(fn)
        return answer

    async def _step(self, step: Step) -> Any:
        return await self._gatherer.add(step)

    def _hand_over(self, group: list[Job]) -> None:
        self._groups.put(group)

    def _run(self) -> None:
        """The writer thread."""
        writer = Writer(self._engine, self._context)
        while (group := self._groups.get()) is not None:
            try:
                answers = writer.write([job.work for job in group])
                failure = None
            except Exception as error:  # noqa: BLE001  # handed to everybody who waits for this commit
                answers, failure = [], error
            self._loop.call_soon_threadsafe(self._committed, group, answers, failure, set(self._context.bells))
        writer.close()

    def _committed(self, group: list[Job], answers: list[Any], failure: Exception | None, bells: set[Any]) -> None:
        if failure is None:
            self._ill = None
        else:
            why = unavailable(failure)
            error = self._gone(why) if why else failure
            error.__cause__ = failure if why else None
            answers = [Failed(error)] * len(group)
        self._gatherer.done(group, answers)
        self._ring(bells)

    async def close(self) -> None:
        await self._gatherer.drained()
        self._groups.put(None)
        await asyncio.to_thread(self._thread.join)
        self._readers.shutdown()
        self._engine.dispose()
        self._reading.dispose()
        self._lock.release()
