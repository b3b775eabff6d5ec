"""The call as a voice flow sees it: keys and playback over the telephony port."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from outdial.dialer.onward import Operator, never
from outdial.dialer.prompts import Prompts
from outdial.dialer.recordings import Reel, Running
from outdial.flow.errors import AppFailed
from outdial.flow.ports import MediaRef, SilenceMs, Sound
from outdial.flow.ports.recording import Take, Took
from outdial.flow.ports.speech import SoundFile
from outdial.switch import port
from outdial.switch.port import Call

T = TypeVar("T")

MOST_UNDER = 4
MOST_BESIDE = 4
"""At a time: each is work for every packet, and no flow may take what other calls need."""


class Caller:
    """``flow.ports.Caller`` on one leg. Keys wait in a buffer until the flow asks for them."""

    def __init__(
        self, call: Call, prompts: Prompts, hang_up: Callable[[str], None], reel: Reel, onward: Operator
    ) -> None:
        self._call = call
        self.onward = onward
        """Who connects it with others."""
        self._reel = reel
        self._beside: list[Running] = []
        self._of_talks: dict[str, Take] = {}
        """By their names; they run while the call is connected."""
        onward.heard = self._connected
        self._under: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        """Of the hang-up to come."""
        self.played_ms = 0
        """Of the last ``play``."""
        self._prompts = prompts
        self._hang_up = hang_up
        self._keys: deque[str] = deque()
        self._arrived = asyncio.Event()
        self._stop_keys = ""
        self._stopped_by = ""
        self._stop: Callable[[], None] = call.stop_playing
        self._gone = False

    def pressed(self, key: str) -> None:
        """A key came from the switch."""
        if self.onward.connected:
            return
        if self._stop_keys and key in self._stop_keys and not self._stopped_by:
            self._stopped_by = key
            self._stop()
            return
        self._keys.append(key)
        self._arrived.set()

    def gone(self) -> None:
        """The call is over: nobody waits for a key any more."""
        self._gone = True
        self._arrived.set()
        if self._timer:
            self._timer.cancel()

    async def answer(self) -> None:
        """Our leg is answered by the person; there is nothing to do."""

    async def play(self, sounds: Sequence[Sound], stop_keys: str) -> str:
        self.played_ms = 0
        key = self._waiting(stop_keys)
        if key:
            return key
        playing = self._call.play([self._sound(sound) for sound in sounds])
        played, key = await self._unless_stopped(playing, stop_keys, self._call.stop_playing)
        if played.end == "hungup":
            await never()
        self.played_ms = played.ms
        return key

    async def echo(self, delay_ms: int) -> None:
        played, _ = await self._unless_stopped(self._call.echo(delay_ms), "", self._call.stop_playing)
        if played.end == "hungup":
            await never()

    def play_under(self, name: str, sound: Sound, reduction_db: int) -> None:
        if len(self._under | {name}) > MOST_UNDER:
            raise AppFailed(f"{MOST_UNDER} background sounds run already")
        self._under.add(name)
        self._call.play_under(name, self._sound(sound), reduction_db)

    def stop_under(self, name: str) -> None:
        self._under.discard(name)
        self._call.stop_under(name)

    async def record(self, take: Take, stop_keys: str) -> Took:
        key = self._waiting(stop_keys)
        if key:
            return Took("stopped", 0, key)
        recording = self._reel.begin(take).recording
        taped, key = await self._unless_stopped(recording.ended(), stop_keys, recording.stop)
        if taped.end == "hungup":
            return await never()
        return Took(taped.end, taped.ms, key)

    def start_recording(self, take: Take, *, while_connected: bool = False) -> None:
        running = {running.take.name for running in self._beside}
        if len(self._beside) + len(self._of_talks.keys() - running) >= MOST_BESIDE:
            raise AppFailed(f"{MOST_BESIDE} recordings run already")
        if while_connected:
            self._of_talks[take.name] = take
        if not while_connected or self.onward.connected:
            self._beside.append(self._reel.begin(take))

    def stop_recordings(self, name: str) -> int:
        waiting = [other for other in self._of_talks if name in ("", other)]
        for other in waiting:
            del self._of_talks[other]
        running = {running.take.name for running in self._stop_beside(lambda take: name in ("", take.name))}
        return len(running | set(waiting))

    def _connected(self, on: bool) -> None:
        """The talk with another has begun, or is over."""
        if not on:
            self._stop_beside(lambda take: take.name in self._of_talks)
            return
        for take in self._of_talks.values():
            with suppress(AppFailed):  # the call has its most recordings: the talk is not to suffer for it
                self._beside.append(self._reel.begin(take))

    def _stop_beside(self, which: Callable[[Take], bool]) -> list[Running]:
        stopped = [running for running in self._beside if which(running.take)]
        for running in stopped:
            running.recording.stop()
            self._beside.remove(running)
        return stopped

    def _waiting(self, stop_keys: str) -> str:
        """A key of these that was pressed before, taken out of the buffer."""
        key = next((key for key in self._keys if key in stop_keys), "")
        if key:
            self._keys.remove(key)
        return key

    async def _unless_stopped(self, work: Coroutine[Any, Any, T], keys: str, stop: Callable[[], None]) -> tuple[T, str]:
        """What came of it, and the key that ended it."""
        self._stop_keys, self._stopped_by, self._stop = keys, "", stop
        try:
            return await work, self._stopped_by
        finally:
            self._stop_keys = ""
            stop()

    async def digit(self, timeout_ms: int) -> str:
        if not self._keys and not self._gone:
            self._arrived.clear()
            try:
                async with asyncio.timeout(timeout_ms / 1000):
                    await self._arrived.wait()
            except TimeoutError:
                return ""
        return self._keys.popleft() if self._keys else ""

    def flush_digits(self) -> None:
        self._keys.clear()

    def hang_up(self, cause: str) -> None:
        self._hang_up(cause)

    def hang_up_later(self, cause: str, ms: int) -> None:
        """The earliest of several counts."""
        loop = asyncio.get_running_loop()
        if self._timer is None or loop.time() + ms / 1000 < self._timer.when():
            if self._timer:
                self._timer.cancel()
            self._timer = loop.call_later(ms / 1000, self._hang_up, cause)

    def _sound(self, sound: Sound) -> port.Sound:
        if isinstance(sound, MediaRef):
            return self._prompts.frames(sound.id)
        if isinstance(sound, SilenceMs):
            return port.Silence(sound.ms)
        if isinstance(sound, SoundFile):
            return port.Frames(sound.alaw, sound.ulaw)
        return port.Tone(sound.script)
