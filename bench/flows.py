"""Prices flows: what one costs that waits in a playback, and what the seed's after-flow costs.

    python -m bench.flows

Waiting flows are a Run, its connection and its Caller each, on simulated calls, in a process of their own; none of
them has a socket or media. The after-flow runs warm; its floor is the same two expressions in a bare QuickJS context
that lives on, with the variables handed in, in the same process.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import quickjs
import uvloop

from outdial.cli.demo.campaign import AFTER_FLOW
from outdial.dialer.caller import Caller
from outdial.dialer.onward import House, Operator
from outdial.dialer.prompts import Prompts
from outdial.dialer.recordings import Recordings
from outdial.domain.attempt import Attempt
from outdial.domain.member import Communication
from outdial.domain.resource import Gateway
from outdial.flow.attempt import Ask, run_after
from outdial.flow.connection import VoiceConnection
from outdial.flow.expression import prepare
from outdial.flow.parse import parse
from outdial.flow.ports import Env
from outdial.flow.program import Program
from outdial.flow.run import run
from outdial.store.files import Files
from outdial.store.opening import open_store
from outdial.switch.port import Answered, Order
from outdial.switch.simulated import Person, SimulatedSwitch

WAIT = {"playback": {"files": [{"type": "silence", "name": "3600000"}]}}
EXPRESSION = "/^38/.test(${destination})"
"""Only a JavaScript engine can tell."""
SCHEMAS: dict[str, list[dict[str, Any]]] = {
    "a playback": [WAIT],
    "a playback after an expression": [{"if": {"expression": EXPRESSION, "then": [], "else": []}}, WAIT],
}
VARIABLES = 60
"""Of a call: about as many as a campaign with some of its own has."""
BUSY = {"call_cause": "USER_BUSY", "cc_result": "abandoned", "call_sip_code": "486"}
ABSENT = {"call_cause": "NO_ANSWER", "cc_result": "abandoned", "call_sip_code": "487"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Flows that wait, all of one kind."""

    where: str
    flows: int
    kb_each: float
    """What resident memory grew by, per flow with its simulated call."""
    cpu_ms_per_s: float
    """Of the whole process while all of them wait."""


@dataclass(frozen=True, slots=True)
class AfterFlow:
    """The seed's after-flow, for a busy person and for one who did not answer."""

    case: str
    run_ms: float
    floor_ms: float
    """The same expressions alone."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


# ── waiting ──────────────────────────────────────────────────────────────────────────────────────


def price_waiting(where: str, flows: int, seconds: float) -> Waiting:
    """In a process of its own, so that what others left behind counts for nothing."""
    words = [sys.executable, "-m", "bench.flows", "--waiting", where, "--flows", str(flows), "--seconds", str(seconds)]
    said = subprocess.run(words, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    return Waiting(**json.loads(said.stdout))


async def _wait(where: str, flows: int, seconds: float, folder: Path) -> Waiting:
    assert where == "a playback" or prepare(EXPRESSION).native is None
    program = parse(SCHEMAS[where])
    store = await open_store(":memory:", now=now_ms)
    files = Files(folder)
    prompts, recordings = Prompts(store, files), Recordings(files)
    switch = SimulatedSwitch(lambda order: Person(rings_after=None, answers_after=0), now_ms)
    house = House(switch, store, now_ms, dict, 30_000)
    warm = [await _start(program, house, prompts, recordings, n) for n in range(20)]
    before = _resident_kb()
    tasks = [await _start(program, house, prompts, recordings, n) for n in range(20, 20 + flows)]
    await asyncio.sleep(0.5)
    grown = _resident_kb() - before
    cpu, started = time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    spent_ms = (time.process_time() - cpu) * 1000 / (time.monotonic() - started)
    assert not any(task.done() for task in tasks)
    await switch.close()
    for task in (*warm, *tasks):
        task.cancel()
    await asyncio.wait((*warm, *tasks))
    await store.close()
    return Waiting(where, flows, round(grown / flows, 1), round(spent_ms, 2))


async def _start(program: Program, house: House, prompts: Prompts, recordings: Recordings, n: int) -> asyncio.Task[Any]:
    """One call is answered, and its flow runs."""
    order = Order(f"bench-{n}", f"380{n:09}", Gateway(1, "bench", True, "127.0.0.1"))
    call = house.switch.prepare(order)
    call.ring()
    async for event in call.events():
        if isinstance(event, Answered):
            break
    number = Communication(n, 0, order.destination, 1)
    attempt = Attempt(n, 1, 1, n, "", "UTC", number, 0, 1, 1, "", order.call_id, 1, now_ms(), {})
    variables = {f"variable_{m}": f"value {m} of call {n}" for m in range(VARIABLES - 1)}
    connection = VoiceConnection({**variables, "destination": order.destination})
    reel = recordings.reel(attempt, call, now_ms)
    caller = Caller(call, prompts, lambda cause: call.hang_up(cause, "F"), reel, Operator(attempt, call, house))
    task = asyncio.ensure_future(run(program, Env(connection, now_ms, caller=caller)))
    await asyncio.sleep(0)
    return task


def _resident_kb() -> int:
    gc.collect()
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


# ── the after-flow ───────────────────────────────────────────────────────────────────────────────


def price_after(case: str, given: dict[str, str], rounds: int) -> AfterFlow:
    program = parse(AFTER_FLOW)
    known = {f"variable_{n}": f"value {n}" for n in range(VARIABLES)} | given

    async def runs() -> float:
        return await _timed(rounds, lambda: run_after(program, Ask(known, now_ms)))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        run_ms = runner.run(runs())
    return AfterFlow(case, round(run_ms, 4), round(_floor_ms(known, rounds), 4))


async def _timed(rounds: int, work: Callable[[], Any]) -> float:
    """CPU ms of one, warm."""
    for _ in range(rounds // 10):
        await work()
    started = time.process_time()
    for _ in range(rounds):
        await work()
    return (time.process_time() - started) * 1000 / rounds


def _floor_ms(known: dict[str, str], rounds: int) -> float:
    context = quickjs.Context()
    context.eval("let known = {}; const sys = { getVariable: (name) => known[name] ?? '' }; let _result;")
    hand_in = context.eval("(json) => { known = JSON.parse(json); }")
    codes = [f"_result = {prepare(step['if']['expression']).code}; !!_result" for step in AFTER_FLOW]

    def once() -> None:
        hand_in(json.dumps(known))
        for code in codes:
            if context.eval(code):
                return

    for _ in range(rounds // 10):
        once()
    started = time.process_time()
    for _ in range(rounds):
        once()
    return (time.process_time() - started) * 1000 / rounds


def price(quick: bool) -> tuple[list[Waiting], list[AfterFlow]]:
    flows, seconds, rounds = (500, 2.0, 500) if quick else (2000, 5.0, 5000)
    waiting = [price_waiting(where, flows, seconds) for where in SCHEMAS]
    after = [price_after("busy", BUSY, rounds), price_after("no answer", ABSENT, rounds)]
    return waiting, after


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--waiting", choices=SCHEMAS)
    words.add_argument("--flows", type=int, default=2000)
    words.add_argument("--seconds", type=float, default=5.0)
    asked = words.parse_args()
    if asked.waiting:
        with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            print(json.dumps(asdict(runner.run(_wait(asked.waiting, asked.flows, asked.seconds, Path(folder))))))
        return
    for row in (row for rows in price(quick=False) for row in rows):
        print(json.dumps(asdict(row)))


if __name__ == "__main__":
    main()
