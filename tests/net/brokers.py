"""Redis, NATS and RabbitMQ for the tests: Debian's, on free ports of loopback, in folders of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .web import LOOPBACK

REQUIRE = "OUTDIAL_REQUIRE_BROKERS"
RABBIT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
PATHS = "/usr/sbin:/usr/bin:/sbin:/bin"
START_S = 90


def program(name: str) -> str:
    """Its path; skips the test where it is missing, unless they are required."""
    found = shutil.which(name, path=PATHS) or (name if Path(name).exists() else None)
    if found is None:
        if os.environ.get(REQUIRE):
            pytest.fail(f"{name} is not installed; see `make test`")
        pytest.skip(f"{name} is not installed")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, **environment: str) -> Iterator[None]:
    """Until it listens; ended with the block."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"PATH": PATHS, **environment}
    )
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < ends:
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"{process.args!r} did not start")


@contextmanager
def redis() -> Iterator[str]:
    """Its URL."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        options = ["--port", str(port), "--bind", LOOPBACK, "--save", "", "--dir", folder]
        with running([program("redis-server"), *options], port):
            yield f"redis://{LOOPBACK}:{port}/0"


@contextmanager
def nats() -> Iterator[str]:
    port = free_port()
    with running([program("nats-server"), "--addr", LOOPBACK, "--port", str(port)], port):
        yield f"nats://{LOOPBACK}:{port}"


@contextmanager
def rabbit() -> Iterator[str]:
    """With the port mapper of its own that it needs, so that nothing stays behind."""
    server, mapper = program(str(RABBIT)), program("epmd")
    port, mapped, distributed = free_port(), free_port(), free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        running([mapper, "-address", LOOPBACK, "-port", str(mapped)], mapped),
        running(
            [server],
            port,
            HOME=folder,
            ERL_EPMD_PORT=str(mapped),
            RABBITMQ_NODENAME=f"outdial{port}@localhost",
            RABBITMQ_NODE_IP_ADDRESS=LOOPBACK,
            RABBITMQ_NODE_PORT=str(port),
            RABBITMQ_DIST_PORT=str(distributed),
            RABBITMQ_MNESIA_BASE=f"{folder}/data",
            RABBITMQ_LOG_BASE=f"{folder}/log",
            RABBITMQ_PID_FILE=f"{folder}/pid",
            RABBITMQ_ENABLED_PLUGINS_FILE=f"{folder}/plugins",
            RABBITMQ_CONF_ENV_FILE="/dev/null",
        ),
    ):
        yield f"amqp://guest:guest@{LOOPBACK}:{port}/"
