"""What a child does: one job of plain values in, one answer out, within limits that only the kernel can lift."""

from __future__ import annotations

import os
import resource
import signal
import socket
from pathlib import Path

import msgspec

from outdial.flow.errors import AppFailed
from outdial.flow.extract import Extract, extract
from outdial.flow.script import Script, evaluate
from outdial.flow.text import MAX_TEXT

CPU_S = 1.0
"""What a job may cost (flow-engine §1.8)."""
WALL_S = 5.0
"""On a machine so busy that a second of work does not get done."""
MEMORY = 128 << 20
"""Beyond what the nursery has already."""
CHUNK = 1 << 20


class Job(msgspec.Struct, omit_defaults=True):
    """One of the two."""

    script: Script | None = None
    extract: Extract | None = None


class Answer(msgspec.Struct, omit_defaults=True):
    text: str = ""
    found: dict[str, str] = {}
    error: str = ""


def serve(fd: int) -> None:
    """Reads the job from a socket to its end, writes the answer. Never returns: the process ends."""
    limit()
    with socket.socket(fileno=fd) as line:
        parts = []
        while part := line.recv(CHUNK):
            parts.append(part)
        line.sendall(msgspec.json.encode(answer(b"".join(parts))))
    os._exit(0)


def limit() -> None:
    """SIGPROF and SIGALRM at their default end a process whatever library it is in."""
    for number in (signal.SIGPROF, signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, CPU_S)
    signal.setitimer(signal.ITIMER_REAL, WALL_S)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for what, most in (
        (resource.RLIMIT_AS, used + MEMORY),
        (resource.RLIMIT_CPU, int(CPU_S) + 1),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def answer(data: bytes) -> Answer:
    try:
        job = msgspec.json.decode(data, type=Job)
        done = perform(job)
    except AppFailed as error:
        return Answer(error=error.detail)
    except MemoryError:
        return Answer(error="it needs too much memory")
    if len(done.text) + sum(map(len, done.found.values())) > MAX_TEXT:
        return Answer(error=f"the result is longer than {MAX_TEXT} characters")
    return done


def perform(job: Job) -> Answer:
    if job.script is not None:
        return Answer(text=evaluate(job.script))
    assert job.extract is not None
    return Answer(found=extract(job.extract))
