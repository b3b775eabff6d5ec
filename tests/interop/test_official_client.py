"""The official client drives the seed's procedure, and every verb beside it, against a running service."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import uvicorn

from outdial.api import session
from outdial.store import commands
from tests.api.calling import Campaign
from tests.api.door import TOKEN, Door, opened
from tests.api.test_media import wav
from tests.interop.node import HERE, environment, prepared

STEPS = (
    "signing in", "media files", "flow schemas", "gateways", "outbound resources", "communication types",
    "resource groups", "calendars", "stop lists", "queues", "resource groups of a queue", "members", "attempts",
    "calls and recordings", "calls in progress", "access tokens",
)  # fmt: skip


NOUNS = (
    "start-up of the admin client", "buckets", "buckets of a queue", "hooks of a queue", "global variables",
    "older variables", "settings", "numbers from a file", "queues together", "members of any queue",
    "attempts in progress", "calls that are over", "what a phone could do",
)  # fmt: skip
"""Before the procedure, which hangs up the call in progress and deletes the recording."""


@dataclass
class Run:
    """What the client said of each step, and the service it spoke to, stopped again."""

    results: dict[str, str | None]
    door: Door


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    node = prepared()
    loop = asyncio.new_event_loop()
    door = loop.run_until_complete(opened(tmp_path_factory.mktemp("interop"), loop))
    facts = prepare(door)
    yield Run(drive(node, door, facts), door)
    loop.run_until_complete(door.store.close())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def prepare(door: Door) -> dict[str, str]:
    """One attempt that is over and one in progress, as the dialer leaves them, and the admin's password."""
    door.files.put("recordings/1.wav", wav())
    campaign = Campaign(door, name="Earlier")
    campaign.member()
    campaign.ring(recording="recordings/1.wav")
    campaign.member("380442")
    (attempt,) = campaign.claim()
    campaign.offer(attempt)
    password = door.loop.run_until_complete(session.reset_password(door.store, session.ADMIN))
    door.loop.run_until_complete(session.preset_token(door.store, TOKEN))
    return {
        "username": session.ADMIN,
        "password": password,
        "queue": campaign.queue.id,
        "wav": base64.b64encode(wav()).decode(),
    }


def drive(node: str, door: Door, facts: dict[str, str]) -> dict[str, str | None]:
    """Serves the API on a free port for as long as the client needs."""
    server = uvicorn.Server(uvicorn.Config(door.site, log_config=None, access_log=False, lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=lambda: door.loop.run_until_complete(server.serve([listener])))
        serving.start()
        try:
            base = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
            return ask(node, "nouns.cjs", base, facts) | ask(node, "procedure.cjs", base, facts)
        finally:
            server.should_exit = True
            serving.join()


def ask(node: str, script: str, base: str, facts: dict[str, str]) -> dict[str, str | None]:
    command = [node, str(HERE / script), base, TOKEN, json.dumps(facts)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    results: dict[str, str | None] = json.loads(done.stdout)
    return results


@pytest.mark.parametrize("step", NOUNS + STEPS)
def test_the_official_client(run: Run, step: str) -> None:
    assert run.results[step] is None, run.results[step]


def test_no_step_is_left_out(run: Run) -> None:
    assert set(run.results) == {*NOUNS, *STEPS}


def test_its_hang_up_reached_the_dialer(run: Run) -> None:
    (command,) = run.door.write(commands.take)
    assert (command.kind, command.payload) == ("hangup", {"cause": "NORMAL_CLEARING"})
