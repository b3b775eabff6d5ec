"""``bridge``: a second leg to an endpoint behind a gateway, connected to this call (flow-engine §4.4)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from outdial.domain.causes import CAUSES
from outdial.flow.apps.sounding import stored_sound
from outdial.flow.declare import VOICE, application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.ports.onward import Bridge, Bridged, Endpoint
from outdial.flow.values import as_text

TIMEOUTS = ("leg_timeout", "originate_timeout", "call_timeout")
"""Parameters that say how long a leg may ring, in seconds; the first one found counts."""
DEFAULT_TIMEOUT_S = 60
LONGEST_TIMEOUT_S = 600
HEADER = "sip_h_"
SETTLED_BY_US = "NORMAL_CLEARING"


@dataclass(frozen=True, slots=True)
class Gateway:
    id: int = arg(0, lookup="gateway", help="Id of the gateway.")
    name: str = arg("", help="Its name.")


@dataclass(frozen=True, slots=True)
class Target:
    type: str = arg("gateway", choices=("gateway", "user"), help="`user` is not supported here: nobody answers.")
    gateway: Gateway | None = arg(None, help="The gateway by which it is rung.")
    id: int = arg(0, help="Another place for the gateway's id.")
    name: str = arg("", help="Another place for the gateway's name.")
    dial_string: str = arg("", wire="dialString", required=True, help="The number to ring.", example="101")
    display_name: str = arg("", wire="displayName", help="Caller id to show; the call's own when empty.")
    extension: str = arg("", help="Of a user.")
    parameters: dict[str, Any] = arg(dict, help="Variables of this leg, such as `leg_timeout` in seconds.")


@dataclass(frozen=True, slots=True)
class BridgeArgs:
    endpoints: list[Target] = arg(list, required=True, help="Whom to ring.")
    strategy: str = arg("", help="`multiple` or empty: all at once; `failover` or any other: one after the other.")
    parameters: dict[str, Any] = arg(dict, help="Variables of every leg; an endpoint's own come before them.")
    codecs: list[str] = arg(list, help="Not used: G.711 is spoken.")
    send_on_answer: str = arg("", wire="sendOnAnswer", help="Keys to press when it answers.", example="W101#")
    pickup: str = arg("", help="Not supported here.")
    bridged: list[Any] = arg(list, raw=True, port="Bridged", help="Runs beside this, from when they are connected.")


@application(
    "bridge",
    args=BridgeArgs,
    group="call",
    kinds=VOICE,
    waits=True,
    outside=True,
    help="Rings others and connects them with this call. When that is over, the call is hung up while the variable "
    "hangup_after_bridge is true, as it is on a queue's calls; without it the flow goes on. When nobody answered, "
    "continue_on_fail decides (true, false, or causes with which the flow goes on); unset: as hangup_after_bridge.",
    results={
        "originate_disposition": "SUCCESS, or why nobody answered.",
        "bridge_hangup_cause": "The cause with which the second leg ended.",
        "last_bridge_hangup_cause": "The same.",
    },
)
async def bridge(run: Run, args: BridgeArgs) -> str:
    shared = run.voice().leg_b | args.parameters
    targets = [_endpoint(run, target, shared) for target in args.endpoints if target.type != "user"]
    if not args.endpoints:
        raise AppFailed("no endpoints")
    at_once = args.strategy in ("", "multiple")
    sets = (tuple(targets),) if at_once else tuple((target,) for target in targets)
    talk = _Talk(run, args)
    try:
        if targets:
            await talk.hold(Bridge(sets, args.send_on_answer))
        else:
            talk.ended(Bridged(False, "USER_NOT_REGISTERED"))
    except asyncio.CancelledError:
        talk.ended(Bridged(talk.connected, SETTLED_BY_US if talk.connected else "ORIGINATOR_CANCEL"))
        raise
    if not _goes_on(run, talk.end):
        run.caller().hang_up(talk.end.cause)
        run.shared.hung_up = True
        run.connection.stop()
    left_out = len(args.endpoints) - len(targets)
    return talk.end.cause + (f"; {left_out} endpoints of type user are not supported here" if left_out else "")


class _Talk:
    """One bridge, and what it leaves in the variables."""

    def __init__(self, run: Run, args: BridgeArgs) -> None:
        from outdial.flow.parse import parse  # which knows the applications, this one too

        self._run = run
        self._actions = parse(args.bridged, "bridge.bridged") if args.bridged else None
        self.connected = False
        self.end = Bridged(False, "")

    async def hold(self, wanted: Bridge) -> None:
        music = await stored_sound(self._run, "ringback")
        caller = self._run.caller()
        if music is not None:
            caller.play_under("ringback", music, 0)
        try:
            self.ended(await self._run.env.onward.bridge(wanted, self._connected))
        finally:
            caller.stop_under("ringback")
            caller.flush_digits()

    def _connected(self) -> None:
        self.connected = True
        self._run.caller().stop_under("ringback")
        self._run.connection.set("originate_disposition", "SUCCESS")
        if self._actions is not None:
            with contextlib.suppress(AppFailed):  # too many beside this flow: the talk is what matters
                self._run.fork_aside(self._actions)

    def ended(self, end: Bridged) -> None:
        self.end = end
        connection = self._run.connection
        if not end.answered:
            connection.set("originate_disposition", end.cause)
        connection.set("bridge_hangup_cause", end.cause)
        connection.set("last_bridge_hangup_cause", end.cause)


def _goes_on(run: Run, end: Bridged) -> bool:
    hangs_up = _is_true(run.connection.get("hangup_after_bridge"))
    rule = (run.connection.get("continue_on_fail") or "").strip()
    if end.answered or not rule:
        return not hangs_up
    return _is_true(rule) or end.cause in set(_causes(rule))


def _causes(rule: str) -> Iterator[str]:
    """Names of a list like ``USER_BUSY,19``."""
    names = {str(cause.number): cause.name for cause in CAUSES.values()}
    for word in rule.split(","):
        yield names.get(word.strip(), word.strip().upper())


def _is_true(text: str | None) -> bool:
    return (text or "").strip().lower() in ("true", "1", "yes", "on")


def _endpoint(run: Run, target: Target, shared: Mapping[str, Any]) -> Endpoint:
    parameters = {name: as_text(value) for name, value in {**shared, **target.parameters}.items()}
    gateway = target.gateway or Gateway(target.id, target.name)
    shown = parameters.get("origination_caller_id_number") or target.display_name
    return Endpoint(
        gateway_id=gateway.id,
        gateway_name=gateway.name,
        number=target.dial_string,
        display=shown or run.connection.get("effective_caller_id_number") or "",
        timeout_ms=_timeout_s(parameters) * 1000,
        headers={n[len(HEADER) :]: value for n, value in parameters.items() if n.startswith(HEADER)},
    )


def _timeout_s(parameters: dict[str, str]) -> int:
    for name in TIMEOUTS:
        text = parameters.get(name, "").strip()
        if text.isascii() and text.isdigit() and int(text[:9]) > 0:
            return min(int(text[:9]), LONGEST_TIMEOUT_S)
    return DEFAULT_TIMEOUT_S
