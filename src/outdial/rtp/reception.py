"""What one source's packets say about the way they came: loss and jitter (RFC 3550 §6.4.1, A.1, A.3, A.8)."""

from __future__ import annotations

from dataclasses import dataclass

_MAX_DROPOUT = 3000
_MAX_MISORDER = 100


def unwrap(last: int, sequence: int) -> int:
    """The 16-bit ``sequence`` as the count nearest to ``last``."""
    return last + ((sequence - last + 0x8000) & 0xFFFF) - 0x8000


@dataclass(slots=True)
class Reception:
    """Counters of one call's incoming stream; a source that restarts is counted on, not as loss."""

    received: int = 0
    highest: int = -1
    """Extended sequence number; -1 before the first packet."""
    jitter: float = 0.0
    """In timestamp units; divide by 8 for ms."""
    _base: int = 0
    _earlier_expected: int = 0
    _suspect: int = -1
    _transit: float | None = None
    _reported_expected: int = 0
    _reported_received: int = 0

    @property
    def expected(self) -> int:
        return self._earlier_expected + (self.highest - self._base + 1 if self.highest >= 0 else 0)

    @property
    def lost(self) -> int:
        """Duplicates may outnumber losses; then none is reported."""
        return max(0, self.expected - self.received)

    def take(self, sequence: int) -> None:
        self.received += 1
        if sequence == (self.highest + 1) & 0xFFFF and self.highest >= 0:
            self.highest += 1
        elif self.highest < 0:
            self._base = self.highest = sequence
        else:
            self._take_odd(sequence)

    def take_run(self, count: int) -> None:
        """So many packets with the sequence numbers after the highest."""
        self.received += count
        self.highest += count

    def _take_odd(self, sequence: int) -> None:
        extended = unwrap(self.highest, sequence)
        if -_MAX_MISORDER <= extended - self.highest <= _MAX_DROPOUT:
            self.highest = max(self.highest, extended)
        elif sequence == self._suspect:
            self.restart(sequence - 1)  # the second in a row from the new place; the first counts too
            self.highest = sequence
        else:
            self._suspect = (sequence + 1) & 0xFFFF

    def restart(self, sequence: int) -> None:
        """The source began anew at ``sequence`` (another SSRC, or a jump)."""
        self._earlier_expected = self.expected
        self._base, self.highest = sequence, sequence - 1
        self._suspect, self._transit = -1, None

    def arrived(self, timestamp: int, arrival: float) -> None:
        """``arrival`` in timestamp units of any origin; give it for as many neighbouring packets as are at hand."""
        transit = arrival - timestamp
        if self._transit is not None and abs(transit - self._transit) < 1 << 16:
            self.jitter += (abs(transit - self._transit) - self.jitter) / 16
        self._transit = transit

    def skip_arrivals(self) -> None:
        """The next ``arrived`` is no neighbour of the last one."""
        self._transit = None

    def fraction_lost(self) -> int:
        """Of 256, since last asked: for a report block."""
        expected = self.expected - self._reported_expected
        lost = expected - (self.received - self._reported_received)
        self._reported_expected, self._reported_received = self.expected, self.received
        return min(255, lost * 256 // expected) if lost > 0 else 0
