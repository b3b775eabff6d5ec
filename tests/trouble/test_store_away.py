"""The database server gone, the disk full: the promise of outage.py on both stores."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.service import OutdialService
from tests.postgres import Cluster
from tests.trouble.outage import rides_out, told_ill

DISK = 12 << 20
BLOCK = 4096


@pytest.fixture
def database(cluster: Cluster) -> str:
    return cluster.new_database()


@pytest.mark.postgres
async def test_the_database_is_gone_and_comes_back(tmp_path: Path, cluster: Cluster, database: str) -> None:
    async with OutdialService(tmp_path, database_url=database) as service:
        await rides_out(service, cluster.halt, cluster.start)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


async def test_the_disk_is_full_and_has_room_again(tmp_path: Path, small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    async with OutdialService(tmp_path, data=small_disk / "data") as service:
        await rides_out(service, lambda: fill(ballast), ballast.unlink)


def fill(ballast: Path) -> None:
    """Until nothing more fits, not even a page."""
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(BLOCK))


@pytest.mark.postgres
async def test_the_database_is_gone_and_so_the_service_goes(tmp_path: Path, cluster: Cluster, database: str) -> None:
    async with OutdialService(tmp_path, database_url=database) as service:
        await asyncio.to_thread(cluster.halt)
        await told_ill(service)
        assert await service.stop() == 0
        assert "Traceback" not in service.log.read_text()
    cluster.start()
