"""When each leg sends and listens: 20 slots of 1 ms, every leg in one of them, deadlines absolute.

A leg sends once a round (20 ms) and listens every fifth round; within a slot the listening is spread over five
phases, so that no millisecond has much more to do than another.
"""

from __future__ import annotations

from collections.abc import Callable

from outdial.audio.law import FRAME_MS, RATE
from outdial.switch.embedded.media.leg import Leg
from outdial.switch.embedded.media.records import Turned

SLOTS = FRAME_MS
CROWD = 32
"""So many legs share a slot before the next one opens: each slot in use is one more wake-up in 20 ms."""
_ORDER = (0, 10, 5, 15, 2, 12, 7, 17, 4, 14, 9, 19, 1, 11, 6, 16, 3, 13, 8, 18)
"""In which slots open, so that those in use lie apart."""
PHASES = 5
_TICK_S = 0.001
_STALL_S = 0.060
"""Later than this, whole rounds are left out instead of sent in a burst."""
_BUCKETS_PER_MS = 20
_BUCKETS = 100 * _BUCKETS_PER_MS


class Wheel:
    """Time is seconds on any steady clock, handed in."""

    def __init__(self, zero: float) -> None:
        self._zero = zero
        self._tick = 0
        """The next tick to turn, counted from zero."""
        self._slots: list[list[list[Leg]]] = [[[] for _ in range(PHASES)] for _ in range(SLOTS)]
        self._counts = [0] * SLOTS
        self._legs = 0
        self._lateness = [0] * (_BUCKETS + 1)
        self._latest_s = 0.0

    def round(self, now: float) -> int:
        """The round that is sending now."""
        return int((now - self._zero) / _TICK_S) // SLOTS

    def add(self, leg: Leg, now: float) -> None:
        """Into the first slot that is not crowded, else the emptiest; and the emptiest phase there."""
        if not self._legs:
            self._tick = max(self._tick, int((now - self._zero) / _TICK_S) + 1)
        self._legs += 1
        leg.slot = min(_ORDER, key=lambda slot: max(CROWD, self._counts[slot] + 1))
        self._counts[leg.slot] += 1
        leg.phase = min(range(PHASES), key=lambda phase: len(self._slots[leg.slot][phase]))
        self._slots[leg.slot][leg.phase].append(leg)

    def remove(self, leg: Leg) -> None:
        self._slots[leg.slot][leg.phase].remove(leg)
        self._counts[leg.slot] -= 1
        self._legs -= 1

    def next_due(self) -> float | None:
        """When ``turn`` has something to do; None when no leg is on the wheel."""
        if not self._legs:
            return None
        while not self._counts[self._tick % SLOTS]:
            self._tick += 1
        return self._zero + self._tick * _TICK_S

    def turn(self, clock: Callable[[], float], epoch_ms: Callable[[], int]) -> None:
        """Does what is due, slot after slot, until it is up to date or one round has passed."""
        for _ in range(SLOTS):
            due, now = self.next_due(), clock()
            if due is None or now < due:
                return
            if now - due > _STALL_S:
                self._tick += int((now - due) / _TICK_S) // SLOTS * SLOTS
            self._count(now - due)
            self._turn_slot(now, epoch_ms())
            self._tick += 1

    def report(self) -> Turned:
        """How late ticks began since last asked."""
        p50, p99 = self._percentile(0.5), self._percentile(0.99)
        turned = Turned(p50, p99, self._latest_s * 1000, self._legs)
        self._lateness, self._latest_s = [0] * (_BUCKETS + 1), 0.0
        return turned

    def _turn_slot(self, now: float, now_ms: int) -> None:
        round_, slot = divmod(self._tick, SLOTS)
        phases = self._slots[slot]
        for phase in phases:
            for leg in phase:
                packet = leg.tick(round_, now_ms)
                if packet:
                    try:
                        leg.line.send(packet)
                    except OSError:
                        continue  # refused by the peer's host, or no room: a packet lost like any other
        arrival = self.arrival(slot, now)
        for leg in phases[round_ % PHASES]:
            leg.poll(round_, arrival, now_ms)

    def arrival(self, slot: int, now: float) -> int:
        """What comes now to a leg of this slot came at this sample of the rounds' clock."""
        return int((now - self._zero) * RATE) - slot * RATE // 1000

    def _count(self, late_s: float) -> None:
        self._latest_s = max(self._latest_s, late_s)
        self._lateness[min(_BUCKETS, int(late_s * 1000 * _BUCKETS_PER_MS))] += 1

    def _percentile(self, part: float) -> float:
        left = sum(self._lateness) * part
        for bucket, count in enumerate(self._lateness):
            left -= count
            if left <= 0 and count:
                return (bucket + 1) / _BUCKETS_PER_MS
        return 0.0
