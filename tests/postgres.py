"""A private PostgreSQL cluster for the tests: in a folder of its own, reached by a Unix socket only."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

BINARIES = Path("/usr/lib/postgresql/15/bin")
REQUIRE = "OUTDIAL_REQUIRE_POSTGRES"
MISSING = f"PostgreSQL 15 is not in {BINARIES}; install it with: apt-get install postgresql-15"
USER = "postgres"


def as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups"] if os.geteuid() == 0 else []


class Cluster:
    """Runs from construction until ``stop``."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="outdial-pg-"))
        self._names = (f"test_{n}" for n in itertools.count())
        if os.geteuid() == 0:
            shutil.chown(self._folder, USER, USER)
        init = [BINARIES / "initdb", "-D", self._folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        init += ["--locale=C.UTF-8"]
        subprocess.run([*as_postgres(), *map(str, init)], check=True, stdout=subprocess.DEVNULL)
        self._log = (self._folder / "log").open("wb")
        self.start()

    def start(self) -> None:
        serve = [BINARIES / "postgres", "-D", self._folder / "data", "-k", self._folder, "-c", "listen_addresses="]
        self._server = subprocess.Popen([*as_postgres(), *map(str, serve)], stdout=self._log, stderr=self._log)
        self._wait()

    def halt(self) -> None:
        """At once, as in a crash; ``start`` brings everything committed back."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(20)

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={self._folder}"

    def new_database(self) -> str:
        """The URL of a fresh database."""
        name = next(self._names)
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def name_of(self, url: str) -> str:
        """The database of a URL of this cluster."""
        return url.partition("@/")[2].partition("?")[0]

    def run(self, sql: str, database: str = "postgres") -> None:
        async def once() -> None:
            conn = await asyncpg.connect(host=str(self._folder), user=USER, database=database)
            try:
                await conn.execute(sql)
            finally:
                await conn.close()

        asyncio.run(once())

    def _wait(self) -> None:
        for _ in range(200):
            ready = [str(BINARIES / "pg_isready"), "-q", "-h", str(self._folder)]
            if subprocess.run(ready, check=False).returncode == 0:
                return
            if self._server.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text()}")

    def stop(self) -> None:
        self.halt()
        self._log.close()
        shutil.rmtree(self._folder)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    if not (BINARIES / "postgres").exists():
        if os.environ.get(REQUIRE) == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    running = Cluster()
    yield running
    running.stop()
