"""Stores to test on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from outdial.store.tables import metadata
from tests.postgres import Cluster, cluster
from tests.store.ground import Ground

__all__ = ["blank", "cluster", "durable", "ground", "shared"]

KINDS = ["memory", "file", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def shared(cluster: Cluster) -> str:
    """The URL of a database with our tables, for one test after the other."""
    url = cluster.new_database()
    Ground(url, "postgres").close()
    return url


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with our tables, to copy from."""
    path = tmp_path_factory.mktemp("store") / "blank.db"
    Ground(f"sqlite:///{path}", "file").close()
    return path


@pytest.fixture(params=KINDS)
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """An empty store, on each database in turn."""
    open_ground = Ground(_url(request, tmp_path), request.param)
    yield open_ground
    open_ground.close()


@pytest.fixture(params=KINDS[1:])
def durable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """An empty store that outlives its process."""
    open_ground = Ground(_url(request, tmp_path), request.param)
    yield open_ground
    open_ground.close()


def _url(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "postgres":
        running: Cluster = request.getfixturevalue("cluster")
        url: str = request.getfixturevalue("shared")
        tables = ", ".join(f'"{name}"' for name in metadata.tables)
        running.run(f"TRUNCATE {tables} RESTART IDENTITY CASCADE", running.name_of(url))
        return url
    if request.param == "memory":
        return ":memory:"
    shutil.copy(request.getfixturevalue("blank"), folder / "outdial.db")
    return f"sqlite:///{folder / 'outdial.db'}"
