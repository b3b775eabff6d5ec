"""One call's media as the call sees it: a lease, where it points, and what plays."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from outdial.sip.sdp import Media
from outdial.switch.embedded.config import is_address
from outdial.switch.embedded.media.client import Lease, MediaClient
from outdial.switch.port import MediaFigures, Played, SendEnd, Sound, Tape, Taped

NOTHING = Taped("hungup", 0, 0)


class Owner(Protocol):
    """The call, as its media tells it."""

    def pressed(self, digit: str, ms: int, at: int) -> None: ...
    def fell_silent(self) -> None: ...
    def media_gone(self) -> None: ...
    def media_closed(self) -> None: ...


class Recording:
    """See ``port.Recording``."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._ended: asyncio.Future[Taped] = asyncio.get_running_loop().create_future()

    def stop(self) -> None:
        self._stop()

    async def ended(self) -> Taped:
        return await asyncio.shield(self._ended)

    def end(self, taped: Taped) -> None:
        if not self._ended.done():
            self._ended.set_result(taped)


class Voice:
    """The media process's listener for one call. Every method may be called after the end and does nothing then."""

    def __init__(self, client: MediaClient, owner: Owner) -> None:
        """Raises ValueError when no port is free."""
        self._client = client
        self._owner = owner
        lease = client.lease(self)
        if lease is None:
            raise ValueError(client.ill() or "no free media port")
        self._lease: Lease = lease
        self._playing: dict[int, asyncio.Future[Played]] = {}
        self._plays = 0
        self._recordings: dict[int, Recording] = {}
        self._tapes = 0
        self._sending: dict[int, asyncio.Future[SendEnd]] = {}
        self._sendings = 0

    @property
    def port(self) -> int:
        return self._lease.port

    @property
    def figures(self) -> MediaFigures:
        return self._lease.figures

    def point(self, media: Media, peer: str) -> None:
        """Follows the agreement; a description that names its host by name gets its audio at the ``peer``."""
        address = media.address if is_address(media.address) else peer
        port = media.port if media.listening else 0
        self._client.point(self._lease, address, port, media.payload_type, media.events)

    def answer(self, recording: Path | None, timeout_ms: int) -> None:
        self._client.answer(self._lease, recording, timeout_ms)

    async def play(self, sounds: Sequence[Sound]) -> Played:
        return await self._play(lambda number: self._client.play(self._lease, number, sounds))

    async def echo(self, delay_ms: int) -> Played:
        return await self._play(lambda number: self._client.echo(self._lease, number, delay_ms))

    def play_under(self, name: str, sound: Sound | None, reduction_db: int = 0) -> None:
        self._client.play_under(self._lease, name, sound, reduction_db)

    async def send_digits(self, digits: str, ms: int) -> SendEnd:
        if not self._lease.open:
            return "hungup"
        self._sendings += 1
        number = self._sendings
        ended: asyncio.Future[SendEnd] = asyncio.get_running_loop().create_future()
        self._sending[number] = ended
        self._client.send_keys(self._lease, number, digits, ms)
        try:
            return await ended
        finally:
            self._sending.pop(number, None)

    def pass_key(self, key: str, ms: int) -> None:
        """Presses a key that nobody waits for."""
        self._client.send_keys(self._lease, 0, key, ms)

    def connect(self, other: Voice) -> None:
        self._client.join(self._lease, other._lease)

    def part(self) -> None:
        self._client.part(self._lease)

    def record(self, tape: Tape) -> Recording:
        self._tapes += 1
        number = self._tapes
        recording = Recording(lambda: self._client.stop_tape(self._lease, number))
        if self._lease.open:
            self._recordings[number] = recording
            self._client.record(self._lease, number, tape)
        else:
            recording.end(NOTHING)
        return recording

    async def _play(self, command: Callable[[int], None]) -> Played:
        if not self._lease.open:
            return Played("hungup", 0)
        self._plays += 1
        number = self._plays
        ended: asyncio.Future[Played] = asyncio.get_running_loop().create_future()
        self._playing[number] = ended
        command(number)
        try:
            return await ended
        except asyncio.CancelledError:
            if number == self._plays:
                self.stop()
            raise
        finally:
            self._playing.pop(number, None)

    def stop(self) -> None:
        if self._playing:
            self._client.stop(self._lease)

    def release(self) -> None:
        """``Owner.media_closed`` follows, or ``media_gone``; at once if the process died before."""
        if self._lease.open:
            self._client.release(self._lease)
        else:
            self._owner.media_closed()

    # ── from the media process ───────────────────────────────────────────────────────────────────

    def digit(self, digit: str, ms: int, at: int) -> None:
        self._owner.pressed(digit, ms, at)

    def played(self, play_id: int, played: Played) -> None:
        ended = self._playing.get(play_id)
        if ended is not None and not ended.done():
            ended.set_result(played)

    def taped(self, number: int, taped: Taped) -> None:
        if number in self._recordings:
            self._recordings.pop(number).end(taped)

    def keys_sent(self, number: int, end: SendEnd) -> None:
        ended = self._sending.get(number)
        if ended is not None and not ended.done():
            ended.set_result(end)

    def no_rtp(self) -> None:
        self._owner.fell_silent()

    def closed(self, figures: MediaFigures) -> None:
        self._hush()
        self._owner.media_closed()

    def gone(self) -> None:
        self._hush()
        self._owner.media_gone()

    def _hush(self) -> None:
        for ended in self._playing.values():
            if not ended.done():
                ended.set_result(Played("hungup", 0))
        for number in list(self._sending):
            self.keys_sent(number, "hungup")
        for recording in self._recordings.values():
            recording.end(NOTHING)
        self._recordings.clear()
