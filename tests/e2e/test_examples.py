"""The campaigns in ``examples/``, applied as they stand and rung against the test carrier."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from outdial.carrier.script import Times
from outdial.carrier.server import Carrier, Config
from outdial.cli.files.have import read_state
from outdial.cli.files.make import Maker
from outdial.cli.files.plan import plan
from outdial.cli.files.wanted import Wanted, load
from outdial.cli.rest import Rest
from outdial.flow.validate import validate
from tests.e2e.service import TOKEN, OutdialService

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
QUICK = Times(ring_ms=(5, 50), pick_up_ms=(50, 200), slow_ms=(600, 900), hang_up_ms=300, press_ms=400)
ANY_TIME = [{"day": day, "end_time_of_day": 1440} if day else {"end_time_of_day": 1440} for day in range(7)]

Ends = dict[str, tuple[str, dict[str, str]]]
"""Number → result of its first attempt, and what the member keeps of it."""

EXPECTED: dict[str, Ends] = {
    "appointment-reminder": {
        "380500000080": ("success", {"confirmed": "yes"}),
        "380500000040": ("abandoned", {}),
    },
    "payment-reminder": {
        "380500000081": ("success", {"optout": "yes"}),
        "380500000003": ("success", {}),
    },
    "survey": {
        "380500000082": ("success", {"friendly": "1", "quick": "5", "again": "9"}),
        "380500000030": ("abandoned", {}),
    },
    "emergency": {
        "380500000080": ("success", {"acknowledged": "yes"}),
        "380500000050": ("abandoned", {}),
    },
    "voicemail-drop": {
        "380500000002": ("success", {"left": "yes"}),
        "380500000031": ("abandoned", {}),
    },
}


def test_every_example_is_here() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_its_flows_have_no_faults(name: str) -> None:
    """Notes aside: what a flow reads may come with the member."""
    wanted = load(EXAMPLES / f"{name}.yaml", {})
    for record in wanted.records["schemas"].values():
        found = validate(record.fields["schema"], record.fields["type"])
        assert [problem for problem in found if problem.level != "note"] == []


@pytest.mark.parametrize("name", EXPECTED)
async def test_it_rings_as_it_says(name: str, tmp_path: Path) -> None:
    ends = EXPECTED[name]
    async with Carrier(Config(times=QUICK)) as carrier, OutdialService(tmp_path) as service:
        trunk = "{}:{}".format(*carrier.address)
        wanted = at_any_time(load(EXAMPLES / f"{name}.yaml", {"TRUNK": trunk}))
        await asyncio.to_thread(applied, wanted, f"http://127.0.0.1:{service.port}")
        (queue,) = (await service.rest.get("/call_center/queues"))["items"]
        await service.rest.patch(f"/call_center/queues/{queue['id']}", {"enabled": True})
        attempts = await first_attempts(service, queue["id"], ends)
        members = (await service.rest.get(f"/call_center/queues/{queue['id']}/members"))["items"]
    assert {number: attempts[number]["result"] for number in ends} == {n: result for n, (result, _) in ends.items()}
    for number, (_, kept) in ends.items():
        assert kept.items() <= variables_of(members, number).items()


async def test_the_opt_out_key_puts_the_number_on_the_stop_list(tmp_path: Path) -> None:
    async with Carrier(Config(times=QUICK)) as carrier, OutdialService(tmp_path) as service:
        trunk = "{}:{}".format(*carrier.address)
        wanted = at_any_time(load(EXAMPLES / "payment-reminder.yaml", {"TRUNK": trunk}))
        await asyncio.to_thread(applied, wanted, f"http://127.0.0.1:{service.port}")
        (queue,) = (await service.rest.get("/call_center/queues"))["items"]
        await service.rest.patch(f"/call_center/queues/{queue['id']}", {"enabled": True})
        await first_attempts(service, queue["id"], EXPECTED["payment-reminder"])
        (stop_list,) = (await service.rest.get("/call_center/list"))["items"]
        numbers = (await service.rest.get(f"/call_center/list/{stop_list['id']}/communication"))["items"]
    assert [row["number"] for row in numbers] == ["380500000081"]


def at_any_time(wanted: Wanted) -> Wanted:
    """The test may run at night."""
    for calendar in wanted.records["calendars"].values():
        calendar.fields["accepts"] = ANY_TIME
    for group in wanted.records["resource_groups"].values():
        group.fields["time"] = [{"end_time_of_day": 1440}]
    return wanted


def applied(wanted: Wanted, base: str) -> None:
    with Rest(base, TOKEN) as rest:
        state = read_state(rest)
        Maker(rest, state).take(plan(wanted, state), lambda step: None)


async def first_attempts(service: OutdialService, queue: str, ends: Ends) -> dict[str, dict[str, Any]]:
    """Of each number, when all are over."""
    async with asyncio.timeout(90):
        while True:
            rows = await service.rest.items(
                "/call_center/queues/attempts/history", queue_id=queue, sort="+joined_at", **{"joined_at.from": 1}
            )
            found = {row["destination"]["destination"]: row for row in reversed(rows)}
            if ends.keys() <= found.keys():
                return found
            await asyncio.sleep(0.3)


def variables_of(members: list[dict[str, Any]], number: str) -> dict[str, str]:
    for member in members:
        if any(one["destination"] == number for one in member["communications"]):
            return dict(member.get("variables") or {})
    raise AssertionError(f"nobody has the number {number}")
