"""The call as a voice flow sees it: keys and playback over the telephony port."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from outdial.dialer.prompts import Prompts
from outdial.flow.ports import MediaRef, SilenceMs, Sound
from outdial.flow.ports.speech import SoundFile
from outdial.switch import port
from outdial.switch.port import Call


class Caller:
    """``flow.ports.Caller`` on one leg. Keys wait in a buffer until the flow asks for them."""

    def __init__(self, call: Call, prompts: Prompts, hang_up: Callable[[str], None]) -> None:
        self._call = call
        self._prompts = prompts
        self._hang_up = hang_up
        self._keys: deque[str] = deque()
        self._arrived = asyncio.Event()
        self._stop_keys = ""
        self._stopped_by = ""
        self._gone = False

    def pressed(self, key: str) -> None:
        """A key came from the switch."""
        if self._stop_keys and key in self._stop_keys and not self._stopped_by:
            self._stopped_by = key
            self._call.stop_playing()
            return
        self._keys.append(key)
        self._arrived.set()

    def gone(self) -> None:
        """The call is over: nobody waits for a key any more."""
        self._gone = True
        self._arrived.set()

    async def answer(self) -> None:
        """Our leg is answered by the person; there is nothing to do."""

    async def play(self, sounds: Sequence[Sound], stop_keys: str) -> str:
        for key in self._keys:
            if key in stop_keys:
                self._keys.remove(key)
                return key
        self._stop_keys, self._stopped_by = stop_keys, ""
        try:
            played = await self._call.play([self._sound(sound) for sound in sounds])
            if played.end == "hungup":
                await self._never()
        finally:
            self._stop_keys = ""
            self._call.stop_playing()
        return self._stopped_by

    async def digit(self, timeout_ms: int) -> str:
        if not self._keys and not self._gone:
            self._arrived.clear()
            try:
                async with asyncio.timeout(timeout_ms / 1000):
                    await self._arrived.wait()
            except TimeoutError:
                return ""
        return self._keys.popleft() if self._keys else ""

    async def _never(self) -> None:
        """The call has ended: the flow must not go on, its connection is about to be closed."""
        await asyncio.get_running_loop().create_future()

    def flush_digits(self) -> None:
        self._keys.clear()

    def hang_up(self, cause: str) -> None:
        self._hang_up(cause)

    def _sound(self, sound: Sound) -> port.Sound:
        if isinstance(sound, MediaRef):
            return self._prompts.frames(sound.id)
        if isinstance(sound, SilenceMs):
            return port.Silence(sound.ms)
        if isinstance(sound, SoundFile):
            return port.Frames(sound.alaw, sound.ulaw)
        return port.Tone(sound.script)
