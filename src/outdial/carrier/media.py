"""The callees' ears and mouths: one socket each, all served by one tick of 20 ms."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable
from functools import cache

from outdial.audio.g711 import encode
from outdial.audio.law import BY_PAYLOAD_TYPE, FRAME, FRAME_MS, Law
from outdial.audio.tones import render
from outdial.rtp.events import Keypad, Press, press
from outdial.rtp.packet import Packet, build, parse
from outdial.rtp.reception import Reception
from outdial.sip.sdp import Media

GREETING = "v=-12;%(250,100,300,450);%(400,50,330,500)"
"""What a callee says after picking up; enough to find him on a recording."""
RINGBACK = "v=-15;%(1000,4000,425)"
HUM = "v=-12;%(1000,0,{})"
KEY_MS = 100
_LISTEN_EVERY = 5
"""Ticks between two looks into the sockets of those who have heard something: events are dear, polling is not."""
_QUIET = {0: b"\xff\x7f", 8: b"\xd5\x55"}
"""The bytes that are silence, by payload type."""
_RTCP = range(192, 224)

Now = Callable[[], int]


@cache
def _frames(script: str, law: Law) -> tuple[bytes, ...]:
    data = encode(render(script).samples, law)
    data += bytes([law.silence]) * (-len(data) % FRAME)
    return tuple(data[at : at + FRAME] for at in range(0, len(data), FRAME))


class Ear:
    """One callee's audio: the agreed law out, and what is heard counted."""

    def __init__(self, loop: asyncio.AbstractEventLoop, host: str, now: Now) -> None:
        self._loop, self._now = loop, now
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((host, 0))
        self._watched = False
        self._out: deque[Packet] = deque()
        self._frames: deque[bytes] = deque()
        self._loops: tuple[bytes, ...] = ()
        self._media: Media | None = None
        self._law = BY_PAYLOAD_TYPE[8]
        self._sequence = self._timestamp = 0
        self._ssrc = self.port
        self.reception = Reception()
        self._keypad = Keypad()
        self.pressed: Callable[[Press], None] | None = None
        """Hears each key the caller presses."""
        self.answered_at = 0
        self.first_rtp_at = self.first_sound_at = 0
        """Epoch ms, counted from the answer; 0 = nothing yet."""

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def connect(self, media: Media) -> None:
        """From here on packets go to the caller."""
        self._media, self._law = media, BY_PAYLOAD_TYPE[media.payload_type]
        self._socket.connect((media.address, media.port))
        self._watch(True)

    def ring_back(self) -> None:
        """Early media: the ringback tone until the answer."""
        self._loops = _frames(RINGBACK, self._law)

    def answer(self, mute: bool, hums: int = 0) -> None:
        """What is heard counts from here."""
        self.answered_at, self.first_rtp_at, self.first_sound_at = self._now(), 0, 0
        self._frames.clear()
        self._loops = () if mute else (bytes([self._law.silence]) * FRAME,)
        if hums:
            self._loops = _frames(HUM.format(hums), self._law)
        else:
            self._frames.extend(_frames(GREETING, self._law))
        self._watch(True)

    def press(self, key: str) -> None:
        """Presses a key by telephone-events, if the caller takes them."""
        if self._media is None or self._media.events is None:
            return
        self._out.extend(
            press(
                key, KEY_MS, packet_type=self._media.events, sequence=self._sequence,
                timestamp=self._timestamp, ssrc=self._ssrc,
            )
        )  # fmt: skip

    def speak(self) -> None:
        """One tick's packet, if there is anything to send."""
        if not self._loops:
            return
        if self._out:
            packet = self._out.popleft()
        else:
            if not self._frames:
                self._frames.extend(self._loops)
            kind, frame = self._law.payload_type, self._frames.popleft()
            packet = Packet(kind, self._sequence, self._timestamp, self._ssrc, frame)
        self._sequence = (packet.sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + FRAME) & 0xFFFFFFFF
        with contextlib.suppress(OSError):  # the caller is gone, or nobody listens there; the signalling will tell
            self._socket.send(build(packet))

    def listen(self) -> None:
        """Takes what has come."""
        while True:
            try:
                data = self._socket.recv(2048)
            except BlockingIOError:
                return
            except OSError:
                continue  # what one sent found nobody (ICMP); what came may follow
            if len(data) > 1 and data[1] not in _RTCP:
                self._hear(data)

    def _hear(self, data: bytes) -> None:
        try:
            packet = parse(data)
        except ValueError:
            return
        self.reception.take(packet.sequence)
        if not self.answered_at:
            return
        self.first_rtp_at = self.first_rtp_at or self._now()
        if self._media and packet.payload_type == self._media.events:
            self._hear_key(packet)
            return
        if not self.first_sound_at and packet.payload.strip(_QUIET.get(packet.payload_type, packet.payload)):
            self.first_sound_at = self._now()
            self._watch(False)

    def _hear_key(self, packet: Packet) -> None:
        with contextlib.suppress(ValueError):  # cut off; events are repeated anyway
            for pressed in self._keypad.take(packet.timestamp, packet.payload, self._now()):
                if self.pressed:
                    self.pressed(pressed)

    def _watch(self, wanted: bool) -> None:
        """Until the first sound each packet is looked at when it comes, so that its time is true."""
        if wanted and not self._watched:
            self._loop.add_reader(self._socket, self.listen)
        elif self._watched and not wanted:
            self._loop.remove_reader(self._socket)
        self._watched = wanted

    def close(self) -> None:
        self.listen()
        self._watch(False)
        self._socket.close()


class Ears:
    """All of them, and the tick."""

    def __init__(self, loop: asyncio.AbstractEventLoop, host: str, now: Now) -> None:
        self._loop, self._host, self._now = loop, host, now
        self._open: set[Ear] = set()
        self._ticks = 0
        self._next_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def open(self) -> Ear:
        """Raises OSError when there is no descriptor left."""
        ear = Ear(self._loop, self._host, self._now)
        self._open.add(ear)
        if self._timer is None:
            self._next_at = self._loop.time()
            self._tick()
        return ear

    def close(self, ear: Ear) -> None:
        self._open.discard(ear)
        ear.close()

    def close_all(self) -> None:
        for ear in list(self._open):
            self.close(ear)
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        """Deadlines are absolute, so nothing drifts; after a stall the beat is taken up anew."""
        self._ticks += 1
        poll = not self._ticks % _LISTEN_EVERY
        for ear in self._open:
            ear.speak()
            if poll:
                ear.listen()
        if not self._open:
            self._timer = None
            return
        self._next_at = max(self._next_at + FRAME_MS / 1000, self._loop.time() - 0.1)
        self._timer = self._loop.call_at(self._next_at, self._tick)
