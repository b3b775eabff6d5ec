"""``outdial serve``: the service."""

from __future__ import annotations

import asyncio

import uvloop

from outdial.app import Service
from outdial.settings import load


def serve() -> None:
    """Run the service until SIGTERM or Ctrl-C; calls in progress may then go on for drain_s seconds."""
    loaded = load()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Service(loaded.settings).run())
