"""The worker process, for what would hold the event loop. Imports little: the process starts from here."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path

from outdial.audio.prompt import Cut, cut


class Worker:
    """Started when first needed."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def cut(self, source: Path, into: Path) -> Cut:
        """Cuts an uploaded sound. Raises BadAudio."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_end_with_parent)
        return await asyncio.get_running_loop().run_in_executor(self._pool, cut, source, into)

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)


def _end_with_parent() -> None:
    """A pool's process holds both ends of its queue, so it would outlive a killed service for ever."""
    service = parent_process()
    assert service is not None

    def watch(sentinel: int) -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, args=(service.sentinel,), daemon=True).start()
