"""The signalling side of the media process: starts it, commands it, hears from it.

A call's media, in order: ``lease`` (a bound port at once, nothing sent) → ``point`` (the far end's SDP, as often
as it changes) → ``answer`` (continuous sending, recording and the RTP timeout begin) → ``play``/``stop`` →
``release``. Every call of these after ``release`` or ``gone`` does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from outdial.switch.port import MediaFigures, Now, Played, Sound


class Listener(Protocol):
    """What one call hears of its media; called from the event loop."""

    def digit(self, digit: str, ms: int, at: int) -> None:
        """A key was pressed for ``ms``; ``at`` is epoch ms."""

    def played(self, play_id: int, played: Played) -> None:
        """A ``play`` ended: at its end, by ``stop``, by the next ``play``, or by ``release`` (``hungup``)."""

    def no_rtp(self) -> None:
        """Answered, and not one packet for the media timeout. Reported once."""

    def closed(self, figures: MediaFigures) -> None:
        """The answer to ``release``: final counters; the recording is complete on disk. Nothing follows."""

    def gone(self) -> None:
        """The media process died under this call. Nothing follows; the lease is void."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """How late the wheel turned in the last report's period."""

    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0
    legs: int = 0


class Lease:
    """One bound RTP port (even; RTCP on the next) held for one call."""

    __slots__ = ("figures", "listener", "port")

    def __init__(self, port: int, listener: Listener) -> None:
        self.port = port
        self.listener = listener
        self.figures = MediaFigures()
        """The newest counters; refreshed about every 5 s and final in ``closed``."""


class MediaClient:
    """One media process. Everything but ``start`` and ``close`` is synchronous and returns at once."""

    def __init__(self, host: str, ports: range, now: Now) -> None:
        """``host`` is the local address to bind; ``ports`` the RTP range, such as ``range(20000, 30000)``."""
        self.ticks = Ticks()

    async def start(self) -> None:
        """Returns when the first block of ports can be leased.

        Raises Misconfigured when no port of the range can be bound.
        """
        raise NotImplementedError

    async def close(self) -> None:
        """Completes the recordings and ends the process."""
        raise NotImplementedError

    def ill(self) -> str | None:
        """None while calls can have media, else what is broken."""
        raise NotImplementedError

    def lease(self, listener: Listener) -> Lease | None:
        """A port for one call; None when ports or file descriptors are exhausted, or the process is down."""
        raise NotImplementedError

    def point(self, lease: Lease, address: str, port: int, payload_type: int, dtmf_payload_type: int | None) -> None:
        """Where the far end wants its RTP: payload type 0 (µ-law) or 8 (A-law), and that of its telephone-events.

        ``port`` 0 is hold: nothing is sent and the RTP timeout rests. From here on packets and digits are
        received; nothing is sent before ``answer`` except while something plays (early media).
        """
        raise NotImplementedError

    def answer(self, lease: Lease, recording: Path | None, timeout_ms: int) -> None:
        """The call was answered now. ``recording``: WAV to write; ``timeout_ms``: see ``Listener.no_rtp``, 0 = never."""
        raise NotImplementedError

    def play(self, lease: Lease, play_id: int, sounds: Sequence[Sound]) -> None:
        """Plays one after the other, without a gap; ``Listener.played`` with this ``play_id`` follows.

        Ends what played before. Raises BadAudio when a tone's script does not parse.
        """
        raise NotImplementedError

    def stop(self, lease: Lease) -> None:
        """Ends what plays, if anything does."""
        raise NotImplementedError

    def release(self, lease: Lease) -> None:
        """The call is over; ``Listener.closed`` follows."""
        raise NotImplementedError
