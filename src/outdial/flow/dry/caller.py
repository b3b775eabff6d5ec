"""The person on the line, by script."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from outdial.flow.connection import VoiceConnection
from outdial.flow.dry.scenario import Person
from outdial.flow.dry.timeline import Timeline, shown
from outdial.flow.ports import KEYS, MediaRef, SilenceMs, Sound
from outdial.flow.ports.recording import Take, Took

USUAL_MS = 3000
"""Length of a sound that nothing is known of."""
THINKS_MS = 500
"""Until a key is pressed when keys are asked for, and between two keys."""
ENDLESS_MS = 24 * 3_600_000


class ScriptedCaller:
    """``flow.ports.Caller``. Made when the call is answered, on the loop that keeps the virtual time."""

    def __init__(
        self, person: Person, connection: VoiceConnection, timeline: Timeline, lengths: Mapping[str, int]
    ) -> None:
        self.hung_up_by = ""
        self.cause = ""
        self.played_ms = 0
        self._connection = connection
        self._timeline = timeline
        self._lengths = lengths
        self._in_turn = deque(person.keys)
        self._answer = ""
        """Keys that the person is about to press because they were asked for."""
        self._keys: deque[str] = deque()
        self._arrived = asyncio.Event()
        self._stop_keys = ""
        self._beside: list[str] = []
        for at, keys in person.presses:
            for place, key in enumerate(keys):
                self._later(at + place * THINKS_MS, lambda key=key: self._press(key))  # type: ignore[misc]
        if person.hangs_up is not None:
            self._later(person.hangs_up, lambda: self._end("caller", "NORMAL_CLEARING"))

    # ── what the flow asks ───────────────────────────────────────────────────────────────────────

    async def answer(self) -> None:
        """Answered already."""

    async def play(self, sounds: Sequence[Sound], stop_keys: str) -> str:
        if stop_keys == KEYS:  # keys are asked for
            self._answer = self._in_turn.popleft() if self._in_turn else ""
        self._timeline.tell("play", sounds=[shown(sound, self._length) for sound in sounds])
        loop = asyncio.get_running_loop()
        started = loop.time()
        key = await self._key(sum(map(self._length, sounds)), stop_keys)
        self.played_ms = round((loop.time() - started) * 1000)
        self._timeline.tell("played", played_ms=self.played_ms, **({"stopped_by": key} if key else {}))
        return key

    async def digit(self, timeout_ms: int) -> str:
        if self._answer and not self._keys:
            self._later(min(THINKS_MS, timeout_ms // 2), lambda key=self._answer[0]: self._press(key))  # type: ignore[misc]
            self._answer = self._answer[1:]
        key = await self._key(timeout_ms, KEYS)
        if not key:
            self._timeline.tell("no_key", waited_ms=timeout_ms)
        return key

    def flush_digits(self) -> None:
        self._keys.clear()

    def hang_up(self, cause: str) -> None:
        self._end("flow", cause)

    def hang_up_later(self, cause: str, ms: int) -> None:
        def hang_up() -> None:
            """Under whatever application waits: none of them says so itself."""
            self._end("flow", cause)
            self._connection.close()

        self._later(ms, hang_up)

    async def echo(self, delay_ms: int) -> None:
        self._timeline.tell("echo", delay_ms=delay_ms)
        await asyncio.get_running_loop().create_future()

    def play_under(self, name: str, sound: Sound, reduction_db: int) -> None:
        self._timeline.tell("play_under", name=name, sounds=[shown(sound, self._length)])

    def stop_under(self, name: str) -> None:
        self._timeline.tell("stop_under", name=name)

    async def record(self, take: Take, stop_keys: str) -> Took:
        """The person speaks for the usual time, or until a key."""
        self._timeline.tell("record", name=take.name)
        most = min(take.max_ms or ENDLESS_MS, USUAL_MS)
        loop = asyncio.get_running_loop()
        started = loop.time()
        key = await self._key(most, stop_keys)
        ms = round((loop.time() - started) * 1000)
        self._timeline.tell("recorded", recorded_ms=ms)
        return Took("stopped" if key else "silence", ms, key)

    def start_recording(self, take: Take, *, while_connected: bool = False) -> None:
        self._beside.append(take.name)
        self._timeline.tell("record", name=take.name)

    def stop_recordings(self, name: str) -> int:
        stopped = [one for one in self._beside if name in ("", one)]
        self._beside = [one for one in self._beside if one not in stopped]
        return len(stopped)

    # ── the person ───────────────────────────────────────────────────────────────────────────────

    def _later(self, ms: int, act: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(ms / 1000, act)

    def _press(self, key: str) -> None:
        if not self.hung_up_by:
            self._timeline.tell("key", key=key)
            self._keys.append(key)
            self._arrived.set()

    def _end(self, by: str, cause: str) -> None:
        if self.hung_up_by:
            return
        self.hung_up_by, self.cause = by, cause
        self._timeline.tell("hangup", by=by, cause=cause)
        if by == "caller":
            self._connection.close()

    async def _key(self, timeout_ms: int, keys: str) -> str:
        """The earliest key of these, taken out of the buffer; "" when none comes in time."""
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                while True:
                    found = next((key for key in self._keys if key in keys), "")
                    if found:
                        self._keys.remove(found)
                        return found
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            return ""

    def _length(self, sound: Sound) -> int:
        if isinstance(sound, SilenceMs):
            return sound.ms or ENDLESS_MS
        if isinstance(sound, MediaRef):
            return self._lengths.get(str(sound.id), self._lengths.get(sound.name, USUAL_MS))
        return getattr(sound, "ms", USUAL_MS)
