"""The store on SQLite: one writer thread with group commit and a few readers; in memory, everything in place."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from outdial.domain.beat import next_beat
from outdial.domain.errors import Misconfigured
from outdial.store.base import Failed, Function, Store, translated
from outdial.store.context import Bell, Context, attach
from outdial.store.dialect import dump
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
        driver = conn.connection.driver_connection
        if driver is not None and not driver.in_transaction:  # the writer opens its own
            driver.execute(begin)

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


class Commit(NamedTuple):
    answers: list[Any]
    bells: set[Bell]
    seconds: float


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

    def write(self, works: Sequence[Function[Any] | Step]) -> Commit:
        """One commit. Raises what the database itself says; then nothing of it is written."""
        self._context.bells.clear()
        began = perf_counter()
        try:
            conn = self._connection()
            driver = conn.connection.driver_connection
            assert driver is not None
            driver.execute("BEGIN IMMEDIATE")
            answers = write_group(conn, works)
            conn.commit()
            if driver.in_transaction:  # steps alone do not go through the toolkit
                driver.execute("COMMIT")
        except BaseException:
            self.close()
            raise
        return Commit(answers, set(self._context.bells), perf_counter() - began)

    def close(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            with suppress(SQLAlchemyError, sqlite3.Error):  # what failed is raised elsewhere; this one is thrown away
                conn.invalidate()
                conn.close()


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
            except OverflowError as error:
                raise translated(error) from error
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
        self._gatherer = Gatherer(self._loop, self._start)
        self._engine = engine_for(str(path), begin="BEGIN IMMEDIATE")
        self._reading = engine_for(str(path), begin="BEGIN")
        self._writer = Writer(self._engine, context)
        self._groups: SimpleQueue[list[Job] | None] = SimpleQueue()
        """For the writer thread; None ends it."""
        self._written: deque[tuple[list[Job], Commit | Exception]] = deque()
        """From the writer thread: one group at most, for the next is handed over after it."""
        self._writing = Thread(target=self._write_groups, name="store", daemon=True)
        self._writing.start()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")

    async def read(self, fn: Function[T]) -> T:
        try:
            return await self._loop.run_in_executor(self._readers, self._read, fn)
        except Exception as error:
            told = self._told(error)
            if told is error:
                raise
            raise told from error

    def _read(self, fn: Function[T]) -> T:
        with self._reading.connect() as conn, conn.begin():
            attach(conn, Context(self._context.now, self._context.box))
            return fn(conn)

    async def write(self, fn: Function[T]) -> T:
        answer: T = await self._gatherer.add(fn)
        return answer

    async def _step(self, step: Step) -> Any:
        return await self._gatherer.add(step)

    def _start(self, group: list[Job]) -> None:
        """Hands a group to the writer thread. Steps hear of it at a beat, somebody who asked at once."""
        self._groups.put(group)
        if all(job.is_step for job in group):
            self._look_later()

    def _write_groups(self) -> None:
        """The writer thread: a commit for each group, its outcome for the event loop."""
        while (group := self._groups.get()) is not None:
            try:
                outcome: Commit | Exception = self._writer.write([job.work for job in group])
            except Exception as error:  # noqa: BLE001 - told to those who wait for this group
                outcome = error
            self._written.append((group, outcome))
            if not all(job.is_step for job in group):
                self._loop.call_soon_threadsafe(self._look)
        self._writer.close()

    def _look_later(self) -> None:
        self._loop.call_at(next_beat(self._loop.time()), self._look)

    def _look(self) -> None:
        if self._written:
            self._committed(*self._written.popleft())
        else:
            self._look_later()

    def _committed(self, group: list[Job], outcome: Commit | Exception) -> None:
        if isinstance(outcome, Exception):
            told = self._told(outcome)
            told.__cause__ = outcome if told is not outcome else None
            self._gatherer.done(group, [Failed(told)] * len(group))
            return
        self._ill = None
        self.committed(outcome.seconds, len(group))
        self._gatherer.done(group, outcome.answers)
        self._ring(outcome.bells)

    async def close(self) -> None:
        await self._gatherer.drained()
        await asyncio.to_thread(self._shut)
        self._lock.release()

    def _shut(self) -> None:
        self._groups.put(None)
        self._writing.join()
        self._readers.shutdown()
        self._engine.dispose()
        self._reading.dispose()
