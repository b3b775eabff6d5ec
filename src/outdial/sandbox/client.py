"""The service's side of the sandbox."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys

import msgspec
import structlog

from outdial.flow.errors import AppFailed
from outdial.flow.extract import Extract, extract
from outdial.flow.script import Script
from outdial.sandbox.work import CHUNK, WALL_S, Answer, Job

log = structlog.get_logger(__name__)

AT_A_TIME = 4
WAIT_S = 10.0
"""How long a job may wait for its turn."""
MAX_ANSWER = 16 << 20
"""Bytes; more than any honest answer has."""


class Sandbox:
    """Started when first needed. A job that ends without an answer has run into a limit; others do not notice."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self._running: set[asyncio.Task[Answer]] = set()
        self._nursery: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    async def script(self, script: Script) -> str:
        """The ``js`` application's result. Raises AppFailed."""
        return (await self._do(Job(script=script))).text

    async def extract(self, job: Extract) -> dict[str, str]:
        """Raises AppFailed."""
        return extract(job) if job.quick else (await self._do(Job(extract=job))).found

    async def close(self) -> None:
        if self._running:
            await asyncio.wait(self._running)
        if self._control is not None and self._nursery is not None:
            self._control.close()
            await asyncio.to_thread(self._nursery.wait)

    async def _do(self, job: Job) -> Answer:
        """Goes on when nobody waits any more: its turn is over only when its process has ended."""
        try:
            async with asyncio.timeout(WAIT_S):
                await self._turns.acquire()
        except TimeoutError:
            raise AppFailed("too many scripts wait for their turn") from None
        task = asyncio.create_task(self._finish(job))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Answer]) -> None:
        self._turns.release()
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # whoever still waits is told; if nobody does, that is all right

    async def _finish(self, job: Job) -> Answer:
        mine, theirs = socket.socketpair()
        with mine:
            with theirs:
                self._hand_over(theirs)
            mine.setblocking(False)
            data = await _exchange(mine, _encoded(job))
        if not data:
            raise AppFailed("stopped: it took longer than a second, or too much memory")
        try:
            answer = msgspec.json.decode(data, type=Answer)
        except msgspec.MsgspecError:  # whatever took over the child speaks no better
            raise AppFailed("stopped: it gave no answer that can be read") from None
        if answer.error:
            raise AppFailed(answer.error)
        return answer

    def _hand_over(self, line: socket.socket) -> None:
        """Gives a child its end of a socket; a nursery that died is replaced."""
        if self._control is None or self._nursery is None or self._nursery.poll() is not None:
            self._start()
        assert self._control is not None
        try:
            socket.send_fds(self._control, [b"j"], [line.fileno()])
        except OSError as error:
            raise AppFailed(f"no process for scripts: {error.strerror}") from None

    def _start(self) -> None:
        if self._control is not None:
            log.warning("sandbox.started_again", code=self._nursery.returncode if self._nursery else None)
            self._control.close()
        self._control, theirs = socket.socketpair()
        self._control.setblocking(False)
        with theirs:
            command = [sys.executable, "-m", "outdial.sandbox"]
            self._nursery = subprocess.Popen(command, stdin=theirs.fileno(), env=_environment())


def _environment() -> dict[str, str]:
    """What Python needs to start, and no setting of the service: some are secrets."""
    return {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}


async def _exchange(line: socket.socket, data: bytes) -> bytes:
    """Sends everything, reads to the end; b"" when the child ended without a word."""
    loop = asyncio.get_running_loop()
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(2 * WALL_S):
            await loop.sock_sendall(line, data)
            line.shutdown(socket.SHUT_WR)
            while (part := await loop.sock_recv(line, CHUNK)) and size < MAX_ANSWER:
                parts.append(part)
                size += len(part)
    except (OSError, TimeoutError):
        return b""
    return b"".join(parts) if size < MAX_ANSWER else b""


def _encoded(job: Job) -> bytes:
    try:
        return msgspec.json.encode(job)
    except UnicodeEncodeError:  # half a surrogate pair
        return json.dumps(msgspec.to_builtins(job), ensure_ascii=False).encode("utf-8", "replace")
