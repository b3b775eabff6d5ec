"""Stores to test on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Cluster, cluster
from tests.store.ground import Ground

__all__ = ["cluster", "durable", "ground"]

KINDS = ["memory", "file", pytest.param("postgres", marks=pytest.mark.postgres)]


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
        return running.new_database()
    return ":memory:" if request.param == "memory" else f"sqlite:///{folder / 'outdial.db'}"
