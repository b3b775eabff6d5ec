"""Second legs: calls that a flow connects its own with, each on disk before its INVITE leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

import structlog

from outdial.domain.attempt import Attempt
from outdial.domain.errors import Bug, CallRefused, StoreUnavailable
from outdial.domain.resource import Gateway
from outdial.flow.errors import AppFailed
from outdial.flow.ports.onward import Bridge, Bridged, Endpoint, Handed
from outdial.store import legs
from outdial.store.base import Store
from outdial.switch.port import Answered, Call, Challenged, HungUp, Now, Order, Ringing, SendEnd, Switch

log = structlog.get_logger(__name__)

NOTE_PATIENCE_S = 5.0
"""An answer is not acknowledged before it is on disk; but no longer than this."""
KEY_MS = 100
FIRST = "W"
"""Before a number's own keys."""


class Leg:
    """One second leg, from its INVITE to its end."""

    def __init__(self, call: Call, endpoint: Endpoint, store: Store) -> None:
        self.call = call
        self.endpoint = endpoint
        self._store = store
        loop = asyncio.get_running_loop()
        self.early: asyncio.Future[None] = loop.create_future()
        """It may be heard before it answers."""
        self.decided: asyncio.Future[bool] = loop.create_future()
        """Whether it answered, as soon as that is known."""
        self.ended: asyncio.Future[str] = loop.create_future()
        """With its cause."""

    @property
    def cause(self) -> str:
        """Of its end; the one it is hung up with when the first leg has gone."""
        if self.ended.done():
            return self.ended.result()
        return "NORMAL_CLEARING" if self.decided.done() else "ORIGINATOR_CANCEL"

    async def live(self) -> None:
        self.call.ring()
        async for event in self.call.events():
            match event:
                case Ringing(early_media=True) if not self.early.done():
                    self.early.set_result(None)
                case Challenged():
                    await self._note(event.dialog, answered=False)
                case Answered():
                    await self._note(event.dialog, answered=True)
                    _settle(self.decided, True)
                case HungUp():
                    _settle(self.decided, False)
                    self.ended.set_result(event.cause)
        await self._write(partial(legs.over, call_ids=[self.call.id]))

    async def _note(self, dialog: bytes, *, answered: bool) -> None:
        await self._write(partial(legs.note, call_id=self.call.id, dialog=dialog, answered=answered))

    async def _write(self, change: Callable[..., None]) -> None:
        """A lost note only costs knowledge after a crash."""
        try:
            async with asyncio.timeout(NOTE_PATIENCE_S):
                await self._store.write(change)
        except (StoreUnavailable, TimeoutError) as error:
            log.warning("leg.note_lost", call=self.call.id, detail=str(error))


@dataclass(frozen=True, slots=True)
class House:
    """What second legs are made with, the same for all calls."""

    switch: Switch
    store: Store
    now: Now
    gateways: Callable[[], Mapping[int, Gateway]]
    """Those in force."""
    media_timeout_ms: int


class Operator:
    """``flow.ports.Onward`` on one call."""

    def __init__(self, attempt: Attempt, call: Call, house: House) -> None:
        self.connected = False
        """Keys are for the other side now."""
        self.heard: Callable[[bool], None] = lambda on: None
        """Told when the call is connected, and when no more."""
        self._attempt = attempt
        self._call = call
        self._house = house
        self._rung = 0
        self._bridge_at = 0
        self._last: Leg | None = None
        self._refusal = ("", "")
        """Number and cause of one that could not even be rung, as the last."""
        self._lives: set[asyncio.Task[None]] = set()
        self._own_keys: asyncio.Task[SendEnd] | None = None

    def answered(self) -> None:
        """Presses the keys that belong to the number, a pause before them (dialer-core §4.4)."""
        keys = keys_of(self._attempt.communication.dtmf)
        if keys:
            self._own_keys = asyncio.create_task(self._call.send_digits(FIRST + keys, KEY_MS))

    async def own_keys_sent(self) -> None:
        """Returns at once where there are none; a flow begun before the answer does not wait."""
        if self._own_keys and await self._own_keys == "unsupported":
            log.warning("attempt.keys_not_taken", attempt=self._attempt.id)

    def facts(self) -> dict[str, Any]:
        """What ``CallFacts`` say of second legs."""
        number, cause = self._refusal
        if self._last is not None:
            number = self._last.endpoint.number
            cause = self._last.cause
        return {"bridge_at": self._bridge_at, "bridge_to": number, "bridge_cause": cause}

    async def over(self) -> None:
        """Waits until no second leg is left."""
        if self._lives:
            await asyncio.wait(set(self._lives))

    # ── the port ─────────────────────────────────────────────────────────────────────────────────

    async def press(self, digits: str, ms: int) -> None:
        end = await self._call.send_digits(digits, ms)
        if end == "hungup":
            await never()
        if end == "unsupported":
            raise AppFailed("the far end takes no keys (telephone-events)")

    async def hand_on(self, target: str) -> tuple[Handed, int]:
        try:
            referral = await self._call.refer(target)
        except ValueError as error:
            raise AppFailed(f"{target!r} is neither a SIP URI nor a number: {error}") from None
        if referral.end == "hungup":
            await never()
        return referral.end, referral.code

    async def bridge(self, wanted: Bridge, connected: Callable[[], None]) -> Bridged:
        last = Bridged(False, "NO_ROUTE_DESTINATION")
        for endpoints in wanted.sets:
            last = await self._ring_all(endpoints, wanted.digits, connected)
            if last.answered:
                break
        return last

    # ── one set of endpoints ─────────────────────────────────────────────────────────────────────

    async def _ring_all(self, endpoints: tuple[Endpoint, ...], digits: str, connected: Callable[[], None]) -> Bridged:
        rung: list[Leg] = []
        cause = ""
        try:
            for endpoint in endpoints:
                cause = await self._ring(endpoint, rung) or cause
            winner = await self._first(rung)
            if winner is None:
                return Bridged(False, rung[-1].ended.result() if rung else cause)
            for leg in rung:
                if leg is not winner:
                    leg.call.hang_up("LOSE_RACE", "service")
            return Bridged(True, await self._talk(winner, digits, connected))
        finally:
            if self.connected:
                self.connected = False
                self.heard(False)
            self._call.part()
            for leg in rung:
                leg.call.hang_up(leg.cause, "service")

    async def _ring(self, endpoint: Endpoint, rung: list[Leg]) -> str:
        """Adds the leg; or answers the cause for which it was not rung."""
        try:
            gateway_id = await self._house.store.read(
                lambda conn: legs.gateway_of(conn, self._attempt.domain_id, endpoint.gateway_id, endpoint.gateway_name)
            )
            gateway = self._house.gateways().get(gateway_id or 0)
            if not endpoint.number.strip():
                return self._refused(endpoint, "INVALID_NUMBER_FORMAT")
            if gateway is None or not gateway.enabled or self._house.switch.why_unreachable(gateway):
                return self._refused(endpoint, "GATEWAY_DOWN")
            call = self._house.switch.prepare(self._order(endpoint, gateway))
            row = legs.Leg(call.id, self._attempt.domain_id, self._attempt.id, gateway.id, endpoint.number, call.dialog)
            if not await self._on_disk(row, call):
                return self._refused(endpoint, "GATEWAY_DOWN")
        except CallRefused as error:
            return self._refused(endpoint, error.cause)
        except StoreUnavailable:
            return self._refused(endpoint, "NORMAL_TEMPORARY_FAILURE")
        leg = self._last = Leg(call, endpoint, self._house.store)
        rung.append(leg)
        life = asyncio.create_task(leg.live())
        self._lives.add(life)
        life.add_done_callback(self._lives.discard)
        return ""

    async def _on_disk(self, row: legs.Leg, call: Call) -> bool:
        """Writes the leg; a call that may not leave is given back."""
        written = False
        try:
            written = await self._house.store.write(partial(legs.offer, leg=row, at=self._house.now()))
        finally:
            if not written:
                call.hang_up("NORMAL_CLEARING", "service")
        return written

    def _refused(self, endpoint: Endpoint, cause: str) -> str:
        self._last, self._refusal = None, (endpoint.number, cause)
        return cause

    def _order(self, endpoint: Endpoint, gateway: Gateway) -> Order:
        self._rung += 1
        return Order(
            call_id=f"{self._attempt.call_id}-b{self._rung}",
            destination=endpoint.number.replace(" ", ""),
            gateway=gateway,
            display=endpoint.display,
            ring_timeout_ms=endpoint.timeout_ms,
            headers=tuple(endpoint.headers.items()),
            media_timeout_ms=self._house.media_timeout_ms,
        )

    async def _first(self, rung: list[Leg]) -> Leg | None:
        """The first that answers; while a single one rings, its early media is heard."""
        waiting: set[asyncio.Future[Any]] = {leg.decided for leg in rung}
        if len(rung) == 1:
            waiting.add(rung[0].early)
        while waiting and not all(leg.decided.done() for leg in rung):
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            answered = _answered(rung)
            if answered:
                return answered
            if len(rung) == 1 and rung[0].early.done() and not rung[0].decided.done():
                self._call.connect(rung[0].call)
        return _answered(rung)

    async def _talk(self, leg: Leg, digits: str, connected: Callable[[], None]) -> str:
        """Until the second leg ends; the first one's end cancels this."""
        self._last = leg
        self._bridge_at = self._bridge_at or self._house.now()
        self._call.connect(leg.call)
        self.connected = True
        self.heard(True)
        connected()
        if digits:
            await leg.call.send_digits(digits, KEY_MS)
        return await asyncio.shield(leg.ended)


async def never() -> NoReturn:
    """The call has ended: the flow must not go on, its connection is about to be closed."""
    await asyncio.get_running_loop().create_future()
    raise Bug("nobody ends this wait")


def keys_of(dtmf: str) -> str:
    """What can be pressed of a number's own keys; pauses keep their length, anything else is left out."""
    keys = (key if key in "wW" else key.upper() for key in dtmf)
    return "".join(key for key in keys if key in "0123456789*#ABCDwW")


def _answered(rung: list[Leg]) -> Leg | None:
    return next((leg for leg in rung if leg.decided.done() and leg.decided.result()), None)


def _settle(future: asyncio.Future[bool], value: bool) -> None:
    if not future.done():
        future.set_result(value)
