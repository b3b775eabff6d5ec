"""Hearing a text before anybody is called."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from argon2 import PasswordHasher

from outdial.api import passwords
from outdial.audio.g711 import encode
from outdial.audio.law import ALAW
from outdial.speech.cache import Cache
from outdial.speech.espeak import Espeak
from outdial.speech.speaker import Speaker
from tests.api.door import Door, opened

PATH = "/storage/tts/stream"


@pytest.fixture
def speaking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """The API with a voice."""
    monkeypatch.setattr(passwords, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with asyncio.Runner() as runner:
        speaker = Speaker(Espeak(), Cache(tmp_path / "speech", 10_000_000), "en-US")
        door = runner.run(opened(tmp_path, runner.get_loop(), speaker))
        yield door
        runner.run(speaker.close())
        runner.run(door.store.close())


def length_ms(wav: bytes) -> int:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return int(file.getnframes()) // 8


def heard(door: Door, **params: str) -> bytes:
    answer = door.get(PATH, **params).response
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav"), answer.text
    return answer.content


def test_a_text_comes_as_what_a_caller_would_hear(speaking: Door, tmp_path: Path) -> None:
    wav = heard(speaking, text="Добрий день, це тест.", language="uk-UA", profile_id="7", format="mp3")
    assert 500 < length_ms(wav) < 5000
    samples = np.frombuffer(wav[44:], dtype="<i2")
    assert np.sqrt(np.mean(samples.astype(float) ** 2)) > 1000
    (played,) = (tmp_path / "speech").glob("*.alaw")
    assert encode(samples, ALAW) == played.read_bytes()


@pytest.mark.parametrize("name", ["speakingRate", "speaking_rate"])
def test_its_fields_are_those_of_the_application(name: str, speaking: Door) -> None:
    usual = length_ms(heard(speaking, text="Hello, this is a test."))
    assert length_ms(heard(speaking, text="Hello, this is a test.", **{name: "2"})) < 0.7 * usual
    pausing = heard(speaking, text="<speak>Hello<break time='3s'/></speak>", text_type="ssml")
    assert length_ms(pausing) > 3000


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({}, "text: "),
        ({"text": " "}, "no text to say"),
        ({"text": "x" * 3001}, "at most 3000"),
        ({"text": "hi", "language": "klingonese"}, "no voice for the language"),
        ({"text": "hi", "pitch": "high"}, "pitch: expected a number"),
        ({"text": "<b>", "text_type": "ssml"}, "the SSML cannot be read"),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_sentence(params: dict[str, str], says: str, speaking: Door) -> None:
    assert says in speaking.get(PATH, **params).refused(400)["detail"]


def test_strangers_hear_nothing(speaking: Door) -> None:
    speaking.token = ""
    speaking.get(PATH, text="hi").refused(401)


def test_without_a_voice_it_is_said(door: Door) -> None:
    assert door.get(PATH, text="hi").refused(400)["detail"] == "there is no text to speech here"
