from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from outdial.api import passwords, site
from tests.api.door import Door, opened


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """The API, its admin signed in, the site not built. Passwords are hashed as cheaply as the library allows."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: cheap)
    monkeypatch.setattr(site, "BUILT", tmp_path / "not built")
    loop = asyncio.new_event_loop()
    opened_door = loop.run_until_complete(opened(tmp_path, loop))
    yield opened_door
    loop.run_until_complete(opened_door.store.close())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
