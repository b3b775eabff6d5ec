"""Running a voice flow."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from outdial.flow.connection import Connection, VoiceConnection
from outdial.flow.machine import Run, Shared
from outdial.flow.ports import Env
from outdial.flow.program import Program

DISCONNECTED_S = 60.0
"""How long ``trigger.disconnected`` may run."""

How = Literal["finished", "hung_up", "closed"]
"""finished: nothing more to run, and the call stays up in silence; hung_up: the flow hung up; closed: the call
ended under it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a voice flow ended."""

    how: How
    payload: dict[str, Any]
    """What was exported: for history and the after-flow."""
    trace: tuple[dict[str, Any], ...]
    disconnected: Program | None = None
    """To be run with ``run_disconnected`` once the call has ended."""


async def run(program: Program, env: Env) -> Ended:
    """Runs to its end or to the end of the call: close ``env.connection`` when the call is gone."""
    shared = Shared(env)
    connection = env.connection
    if not connection.closed:
        await _until_closed(program, shared)
    await end_background(shared)
    how: How = "hung_up" if shared.hung_up else "closed" if connection.closed else "finished"
    return Ended(how, payload(connection), env.trace.rows(), shared.triggers.get("disconnected"))


async def run_disconnected(program: Program, env: Env) -> dict[str, Any]:
    """Runs ``trigger.disconnected`` after the call; returns what it exported, for the call's history alone.

    ``env`` has the last variables of the call in a new VoiceConnection, and no caller.
    """
    connection = env.connection
    for name in [name for name in connection.variables if name.startswith("usr_")]:
        connection.unset(name)
    await run_for(DISCONNECTED_S, program, Shared(env))
    return payload(connection)


async def run_for(limit_s: float, program: Program, shared: Shared) -> bool:
    """Runs a flow that has only so much time; whether it ended within it."""
    try:
        async with asyncio.timeout(limit_s):
            await Run(program, shared, shared.env.zone).go()
    except TimeoutError:
        shared.env.connection.stop()
        return False
    finally:
        await end_background(shared)
    return True


async def end_background(shared: Shared) -> None:
    pending = list(shared.background)
    for task in pending:
        task.cancel()
    if pending:
        await asyncio.wait(pending)


def payload(connection: Connection) -> dict[str, Any]:
    return connection.payload if isinstance(connection, VoiceConnection) else {}


async def _until_closed(program: Program, shared: Shared) -> None:
    """Runs, with all that runs aside; interrupted when the connection closes, wherever it waits."""
    connection, loop = shared.env.connection, asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as scope:
            connection.on_close(lambda: scope.reschedule(loop.time()))
            await Run(program, shared, shared.env.zone).go()
            while shared.background and not connection.closed:
                await asyncio.wait(shared.background)
    except TimeoutError:
        if not connection.closed:
            raise
    finally:
        connection.on_close(None)
