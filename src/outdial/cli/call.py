"""``outdial call``: ring one number now, with a queue's flow, trunk and rules, and tell what happens."""

from __future__ import annotations

import time
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console

from outdial.cli.rest import Rest, connect
from outdial.domain.errors import UserMistake
from outdial.settings import load

FIRST_IN_LINE = 1_000_000
POLL_S = 0.3
STATES = {
    "waiting": "waiting for its turn",
    "offering": "ringing",
    "bridged": "answered, the flow runs",
    "leaving": "hung up",
}


def call(
    number: str,
    *,
    queue: Annotated[str, Parameter(help="name or id of the queue whose flow, trunk and rules are used")],
    token: Annotated[str, Parameter(help="API token; else OUTDIAL_TOKEN or OUTDIAL_ADMIN_TOKEN")] = "",
    seconds: Annotated[float, Parameter(help="give up watching after so many seconds")] = 120,
) -> None:
    """Ring NUMBER as the first member of a queue and follow the attempt to its end."""
    rest = connect(load().settings, token)
    console = Console()
    found = _queue(rest, queue)
    member = _add(rest, found, number)
    console.print(f"{number} is first in line of queue {found['name']} (member {member}).")
    _follow(rest, found, member, time.monotonic() + seconds, console)


def _queue(rest: Rest, wanted: str) -> dict[str, Any]:
    if wanted.isdigit():
        return dict(rest.get(f"/call_center/queues/{wanted}"))
    items = rest.get("/call_center/queues", q=wanted, type=2, size=2).get("items") or []
    if not items:
        raise UserMistake(f"There is no outbound IVR queue named {wanted}.")
    return dict(rest.get(f"/call_center/queues/{items[0]['id']}"))


def _add(rest: Rest, queue: dict[str, Any], number: str) -> str:
    groups = rest.get(f"/call_center/queues/{queue['id']}/resource_groups", size=1).get("items") or []
    if not groups:
        raise UserMistake(f"Queue {queue['name']} has no resource group, so nothing can carry the call.")
    communication = {"destination": number, "type": {"id": groups[0]["communication"]["id"]}}
    body = {"name": f"Call to {number}", "priority": FIRST_IN_LINE, "communications": [communication]}
    return str(rest.post(f"/call_center/queues/{queue['id']}/members", body)["id"])


def _follow(rest: Rest, queue: dict[str, Any], member: str, until: float, console: Console) -> None:
    said = ""
    while time.monotonic() < until:
        ended = rest.get("/call_center/queues/attempts/history", member_id=member, size=1).get("items") or []
        if ended:
            _tell_end(rest, member, ended[0], console)
            return
        text = _now(rest, queue, member)
        if text != said:
            console.print(text)
            said = text
        time.sleep(POLL_S)
    console.print("Still not over; the call history will tell.")


def _now(rest: Rest, queue: dict[str, Any], member: str) -> str:
    active = rest.get("/call_center/queues/attempts/active", member_id=member).get("items") or []
    if active:
        return STATES.get(active[0].get("state", ""), "…")
    idle = rest.get(f"/call_center/queues/{queue['id']}").get("why_idle")
    return idle or STATES["waiting"]


def _tell_end(rest: Rest, member: str, attempt: dict[str, Any], console: Console) -> None:
    calls = rest.get("/calls/history", member_id=member, attempt_id=attempt["id"], size=1, **_ever()).get("items") or []
    cause = f", {calls[0].get('cause')} ({calls[0].get('sip_code', 0)})" if calls else ""
    console.print(f"[bold]{attempt.get('result', '?')}[/bold]{cause}. {attempt.get('description', '')}")


def _ever() -> dict[str, Any]:
    return {"created_at.from": 1}
