"""What the signalling process and the media process tell each other: small msgpack records.

Both travel several to a datagram. A call is named by its leased port: the socket between the two
keeps order, and a port is leased again only after its ``Closed`` has been read.
"""

from __future__ import annotations

import msgspec

from outdial.switch.port import PlayEnd, RecordEnd, SendEnd, Sides


class Record(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    pass


# ── commands ─────────────────────────────────────────────────────────────────────────────────────


class Bind(Record, frozen=True):
    """Bind so many more ports, as far as there are any."""

    count: int


class Point(Record, frozen=True):
    port: int
    address: str
    peer_port: int
    """0 = on hold."""
    payload_type: int
    dtmf_payload_type: int | None


class Answer(Record, frozen=True):
    port: int
    recording: str
    """Empty = none."""
    timeout_ms: int


class Clip(Record, frozen=True):
    """Raw G.711 files, played ``loops`` times; 0 = until stopped."""

    alaw: str
    ulaw: str
    loops: int = 1


class Quiet(Record, frozen=True):
    ms: int
    """0 = until stopped."""


class Play(Record, frozen=True):
    port: int
    play_id: int
    sounds: list[Clip | Quiet]


class Stop(Record, frozen=True):
    port: int


class Echo(Record, frozen=True):
    """Plays back what the person says."""

    port: int
    play_id: int
    delay_ms: int


class Under(Record, frozen=True):
    """Plays a sound under everything else, again and again."""

    port: int
    name: str
    sound: Clip | Quiet | None
    """None = no more of this name."""
    reduction_db: int


class Tape(Record, frozen=True):
    """Records from now on. ``number`` is unique for the call, and not 0: that is the recording from its answer."""

    port: int
    number: int
    path: str
    sides: Sides
    max_ms: int
    silence_level: int
    silence_ms: int


class StopTape(Record, frozen=True):
    port: int
    number: int


class Join(Record, frozen=True):
    """Connects two calls: each hears the other, keys included."""

    port: int
    other: int


class Part(Record, frozen=True):
    port: int


class Keys(Record, frozen=True):
    """Presses keys by telephone-events; ``w`` and ``W`` are pauses."""

    port: int
    number: int
    keys: str
    ms: int


class Release(Record, frozen=True):
    port: int


Command = Bind | Point | Answer | Play | Echo | Under | Stop | Tape | StopTape | Join | Part | Keys | Release

# ── reports ──────────────────────────────────────────────────────────────────────────────────────


class Bound(Record, frozen=True):
    ports: list[int]
    last: bool
    """No more can be bound: the range or the file descriptors are used up."""


class Pressed(Record, frozen=True):
    port: int
    key: str
    ms: int
    at: int


class PlayEnded(Record, frozen=True):
    port: int
    play_id: int
    end: PlayEnd
    ms: int
    first_packet_at: int
    fault: str
    """Why a sound could not be played; empty when all were."""


class Taped(Record, frozen=True):
    """A ``Tape`` ended, and its file is complete."""

    port: int
    number: int
    end: RecordEnd
    ms: int
    size: int
    fault: str


class KeysSent(Record, frozen=True):
    port: int
    number: int
    end: SendEnd


class NoRtp(Record, frozen=True):
    port: int


class Counted(Record, frozen=True):
    port: int
    sent: int
    received: int
    lost: int
    jitter_ms: float
    record_bytes: int


class Closed(Record, frozen=True):
    figures: Counted
    fault: str
    """Why the recording is not whole; empty when it is."""


class Turned(Record, frozen=True):
    """How late the wheel's ticks began since the last such report."""

    p50_ms: float
    p99_ms: float
    max_ms: float
    legs: int


Report = Bound | Pressed | PlayEnded | Taped | KeysSent | NoRtp | Counted | Closed | Turned

encode = msgspec.msgpack.Encoder().encode
decode_commands = msgspec.msgpack.Decoder(list[Command]).decode
decode_reports = msgspec.msgpack.Decoder(list[Report]).decode
