"""Pressing keys on the far end, and handing the call on (flow-engine §4.1; RFC 4733, RFC 3515)."""

from __future__ import annotations

from dataclasses import dataclass

from outdial.flow.declare import VOICE, application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run

KEYS = frozenset("0123456789*#ABCDwW")
KEY_MS = 100
SHORTEST_MS, LONGEST_MS = 40, 8000
MOST_KEYS = 128


@dataclass(frozen=True, slots=True)
class SendDtmf:
    digits: str = arg(
        whole=True,
        required=True,
        help="Keys 0-9 * # A-D; `w` waits half a second, `W` a second; `@200` at the end: ms that each is held.",
        example="1w23#@200",
    )


@application("sendDtmf", args=SendDtmf, group="call", kinds=VOICE, waits=True, help="Presses keys on the far end.")
async def send_dtmf(run: Run, args: SendDtmf) -> str:
    run.caller()
    digits, ms = keys_of(args.digits)
    await run.env.onward.press(digits, ms)
    return f"{digits} sent, {ms} ms each"


def keys_of(text: str) -> tuple[str, int]:
    """Keys and how long each is held. Raises AppFailed for what is no key."""
    digits, at, held = text.replace(" ", "").partition("@")
    digits = "".join(key if key in KEYS else key.upper() for key in digits)
    strange = sorted(set(digits) - KEYS)
    if not digits or strange or len(digits) > MOST_KEYS:
        raise AppFailed(f"not keys: {text[:MOST_KEYS]!r}; they are 0-9 * # A-D, w and W, {MOST_KEYS} at most")
    if at and not (held.isascii() and held.isdigit()):
        raise AppFailed(f"after @ stands how many ms a key is held, not {held[:20]!r}")
    return digits, min(max(int(held[:6]), SHORTEST_MS), LONGEST_MS) if at else KEY_MS


@dataclass(frozen=True, slots=True)
class Redirect:
    targets: list[str] = arg(
        whole=True,
        required=True,
        help="SIP URIs, or numbers at the far end's host: the first that works.",
        example=["sip:101@pbx.example"],
    )


@application(
    "sipRedirect",
    args=Redirect,
    group="call",
    kinds=VOICE,
    aliases=("deflect",),
    waits=True,
    outside=True,
    help="Asks the far end to ring somebody else instead (REFER). That worked: hangs up; else the flow goes on.",
)
async def sip_redirect(run: Run, args: Redirect) -> str:
    caller = run.caller()
    targets = [target.strip() for target in args.targets if target.strip()]
    if not targets:
        raise AppFailed("nowhere to redirect to")
    said = []
    for target in targets:
        end, code = await run.env.onward.hand_on(target)
        if end == "transferred":
            caller.hang_up("BLIND_TRANSFER")
            run.shared.hung_up = True
            run.connection.stop()
            return f"handed on to {target}"
        said.append(f"{target}: {end}" + (f" ({code})" if code else ""))
    raise AppFailed("not handed on: " + "; ".join(said))
