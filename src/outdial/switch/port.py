"""The telephony port: what the dialer asks of a switch, and what a switch reports.

Order of a call: ``prepare`` (leases a port and a dialog, sends nothing) → the dialer writes ``offering``
with ``Call.dialog`` to disk → ``ring`` → events → exactly one ``HungUp``, always last.
Drivers: ``embedded`` (our own user agent), ``simulated`` (a virtual carrier on virtual time). Both pass
``tests/contracts/test_switch.py``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from outdial.domain.resource import CidType, EarlyMedia, Gateway

Now = Callable[[], int]
"""Epoch milliseconds, from whoever owns the clock."""


# ── what is asked ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Frames:
    """A prompt cut to G.711: two raw files of the same length, 8000 bytes a second each."""

    alaw: Path
    ulaw: Path


@dataclass(frozen=True, slots=True)
class Silence:
    ms: int
    """0 = until stopped."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A tone in the tone generation language, such as ``%(1000,4000,425);loops=2``."""

    script: str


Sound = Frames | Silence | Tone

Sides = Literal["both", "mixed", "heard"]
"""both: stereo, left our side, right the person; mixed: both in one channel; heard: the person alone."""


@dataclass(frozen=True, slots=True)
class Tape:
    """A recording beside that of the whole call; a G.711 WAV."""

    path: Path
    sides: Sides = "both"
    max_ms: int = 0
    """It ends when it is so long; 0 = never."""
    silence_level: int = 0
    """Mean amplitude (of 32768) of the person's 20 ms below which they are silent; 0 = nobody is ever silent."""
    silence_ms: int = 0
    """It ends after so much unbroken silence, that at its beginning too."""


@dataclass(frozen=True, slots=True)
class Order:
    """One call to be made."""

    call_id: str
    """Ours, unique for ever; the SIP Call-ID is built from it."""
    destination: str
    gateway: Gateway
    display: str = ""
    """Caller id number; empty lets a registration's account stand."""
    cid_type: CidType = ""
    ignore_early_media: EarlyMedia = ""
    ring_timeout_ms: int = 60_000
    """From INVITE to answer, wall clock; then CANCEL and NO_ANSWER/487."""
    headers: tuple[tuple[str, str], ...] = ()
    recording: Path | None = None
    """Stereo WAV to write from answer: left our side, right the person."""
    media_timeout_ms: int = 30_000
    """Answered and no RTP for so long: hang up, MEDIA_TIMEOUT. 0 = never."""


# ── what is reported ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Ringing:
    """180, or 183; the first of either counts."""

    at: int
    code: int
    early_media: bool
    """True when media may be played before answer (SDP came and the order does not ignore it)."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The far end hears that we noticed when the reader asks for the next event: write ``dialog`` to disk before."""

    at: int
    dialog: bytes
    """The dialog's state, to be written as ``bridged``; enough to send BYE after a crash."""


@dataclass(frozen=True, slots=True)
class Challenged:
    """The trunk asked for credentials; a second INVITE with this dialog state leaves now."""

    dialog: bytes


@dataclass(frozen=True, slots=True)
class Digit:
    at: int
    digit: str
    """One of ``0-9*#A-D``."""
    ms: int
    """How long it was held."""


HangupBy = Literal["A", "B", "F", "service"]


@dataclass(frozen=True, slots=True)
class HungUp:
    """The end; nothing comes after it."""

    at: int
    cause: str
    sip_code: int
    by: HangupBy
    q850: int | None = None
    phrase: str = ""
    trace: str = ""
    """The SIP messages of this call, oldest first, credentials masked."""


CallEvent = Ringing | Answered | Challenged | Digit | HungUp
PlayEnd = Literal["done", "stopped", "hungup"]


@dataclass(frozen=True, slots=True)
class Played:
    """How a playback ended. ``first_packet_at`` is epoch ms, 0 when nothing left."""

    end: PlayEnd
    ms: int
    first_packet_at: int = 0


@dataclass(frozen=True, slots=True)
class MediaFigures:
    """Counters of one call's media, in packets unless named otherwise."""

    sent: int = 0
    received: int = 0
    lost: int = 0
    jitter_ms: float = 0.0
    record_bytes: int = 0

    def __add__(self, other: MediaFigures) -> MediaFigures:
        """Of two calls together; the jitter is the greater one."""
        return MediaFigures(
            self.sent + other.sent,
            self.received + other.received,
            self.lost + other.lost,
            max(self.jitter_ms, other.jitter_ms),
            self.record_bytes + other.record_bytes,
        )


SendEnd = Literal["sent", "hungup", "unsupported"]
"""unsupported: the far end takes no telephone-events, or is not there yet."""
ReferEnd = Literal["transferred", "refused", "failed", "timeout", "hungup"]


@dataclass(frozen=True, slots=True)
class Referral:
    """What came of handing a call on. It is up unless it was hung up meanwhile."""

    end: ReferEnd
    """refused: the far end will not; failed: it rang the target in vain; timeout: it never said how it went."""
    code: int = 0
    """The newest SIP status told."""
    phrase: str = ""


RecordEnd = Literal["limit", "silence", "stopped", "hungup", "failed"]


@dataclass(frozen=True, slots=True)
class Taped:
    """How a recording ended; the file is complete."""

    end: RecordEnd
    ms: int
    size: int
    """Bytes of the file; 0: there is none."""


class Recording(Protocol):
    """A recording that runs."""

    def stop(self) -> None:
        """Nothing happens when it has ended already."""
        ...

    async def ended(self) -> Taped:
        """Waits for its end: by its limits, by ``stop``, or with the call."""
        ...


class Call(Protocol):
    """One leg to one person. All methods may be called after the end; they then do nothing."""

    @property
    def id(self) -> str: ...

    @property
    def dialog(self) -> bytes:
        """The dialog's state so far, opaque to everybody but the driver's ``forget``."""
        ...

    @property
    def figures(self) -> MediaFigures: ...

    def ring(self) -> None:
        """Sends the INVITE. Write ``dialog`` to disk first."""
        ...

    def events(self) -> AsyncIterator[CallEvent]:
        """Everything that happens, in order; ends after ``HungUp``. One reader only."""
        ...

    async def play(self, sounds: Sequence[Sound]) -> Played:
        """Plays one after the other; returns at the end, at ``stop_playing`` or at hang-up.

        A second ``play`` stops the first.
        """
        ...

    async def echo(self, delay_ms: int) -> Played:
        """Plays back what the person says, until ``stop_playing`` or hang-up; as ``play`` in all else."""
        ...

    def stop_playing(self) -> None: ...

    def play_under(self, name: str, sound: Sound, reduction_db: int) -> None:
        """Mixes a sound under everything else, again and again, so many decibels lower.

        A second one of this name takes the place of the first; several names sound at once.
        """
        ...

    def stop_under(self, name: str) -> None: ...

    def record(self, tape: Tape) -> Recording:
        """Records from now on, beside other recordings."""
        ...

    async def send_digits(self, digits: str, ms: int) -> SendEnd:
        """Presses keys on the far end by telephone-events (RFC 4733), ``ms`` each; waits for the last.

        ``digits``: ``0-9*#A-D``, with pauses of half a second (``w``) and of one (``W``).
        """
        ...

    async def refer(self, target: str) -> Referral:
        """Asks the far end of an answered call to ring ``target`` instead of us (RFC 3515), and waits how it goes.

        ``target`` is a SIP URI, or a number of the far end's host. Nobody hangs up by that. Raises ValueError for
        what is neither.
        """
        ...

    def connect(self, other: Call) -> None:
        """Both hear each other from now on, keys included, in place of what played; until ``part``, the next
        ``play`` of either, or the end of either."""
        ...

    def part(self) -> None: ...

    def hang_up(self, cause: str, by: HangupBy) -> None:
        """CANCEL or BYE, whichever fits; the cause is reported unless the far end was faster."""
        ...


@dataclass(frozen=True, slots=True)
class GatewayState:
    """``r_state`` of the wire: 0 none, 1 unregistered, 2 trying, 3 registered, 4..7 failed."""

    gateway_id: int
    r_state: int
    detail: str = ""


class Switch(Protocol):
    async def start(self) -> None: ...

    async def close(self) -> None:
        """Ends every call left with BYE or CANCEL (SYSTEM_SHUTDOWN) and frees the sockets."""
        ...

    def prepare(self, order: Order) -> Call:
        """Leases what the call needs and sends nothing.

        Raises CallRefused: no port or file descriptor, gateway unreachable from our address,
        shutting down.
        """
        ...

    async def forget(self, dialog: bytes, answered: bool) -> None:
        """Ends, as well as it can, a call that a dead service left: CANCEL or BYE; late 2xx get ACK and BYE."""
        ...

    async def set_gateways(self, gateways: Sequence[Gateway]) -> None:
        """The trunks in use: registers, refreshes and unregisters as needed. Idempotent."""
        ...

    def gateway_states(self) -> list[GatewayState]: ...

    def why_unreachable(self, gateway: Gateway) -> str | None:
        """A sentence when calls by this gateway cannot leave at all (bound to loopback …), else None."""
        ...

    def ill(self) -> str | None:
        """None while calls can be made, else what is broken (for /api/health)."""
        ...
