from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.conftest import door
from tests.api.door import Door, opened

__all__ = ["door"]


@pytest.fixture
def second_door(tmp_path: Path) -> Iterator[Door]:
    """Another service."""
    folder = tmp_path / "another"
    folder.mkdir()
    loop = asyncio.new_event_loop()
    made = loop.run_until_complete(opened(folder, loop))
    yield made
    loop.run_until_complete(made.store.close())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
