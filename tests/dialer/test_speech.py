"""Spoken flows as the dialer runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from outdial.flow.ports.speech import SoundFile, Utterance
from outdial.switch.port import Order
from outdial.switch.simulated import Person
from tests.dialer.world import Setup, World, simulate
from tests.flow.voice import Voice

STEPS: list[dict[str, Any]] = [
    {"tts": {"text": "to everybody"}},
    {"tts": {"text": "to ${cc_queue_name}"}},
    {"hangup": ""},
]


class Recorded(Voice):
    """Two seconds of each text, on disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._sound = SoundFile(folder / "said.alaw", folder / "said.ulaw", 2000)
        for path in (self._sound.alaw, self._sound.ulaw):
            path.write_bytes(bytes(16_000))

    async def speak(self, what: Utterance) -> SoundFile:
        await super().speak(what)
        return self._sound


def answers(order: Order) -> Person:
    return Person(rings_after=100, answers_after=2000)


def test_texts_without_variables_are_rendered_ahead_and_the_call_hears_them_all(tmp_path: Path) -> None:
    voice = Recorded(tmp_path)

    async def test(world: World) -> None:
        await world.dialer.reload()
        assert [what.text for what in voice.ahead] == ["to everybody"]
        await world.dial(60)
        assert voice.texts == ["to everybody", "to q"]
        assert await world.rows("call_history", "cause, talk_sec") == [("NORMAL_CLEARING", 4)]

    simulate(test, tmp_path, answers, Setup(voice=STEPS, speech=voice))


def test_without_a_voice_the_flow_goes_on(tmp_path: Path) -> None:
    async def test(world: World) -> None:
        await world.dial(60)
        assert await world.rows("call_history", "cause, talk_sec") == [("NORMAL_CLEARING", 0)]

    simulate(test, tmp_path, answers, Setup(voice=STEPS))
