"""Each text is rendered once; the cache on disk is bounded."""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from outdial.audio.g711 import decode
from outdial.audio.law import ALAW, FRAME, ULAW
from outdial.flow.errors import SpeechFailed, SpeechRefused
from outdial.flow.ports.speech import MAX_TEXT, Question, Utterance
from outdial.speech import speaker as speaker_module
from outdial.speech.espeak import Espeak
from tests.e2e.campaign import a_wav, some_sound
from tests.speech.room import Counted, heard, speaking

HELLO = Utterance("Hello, this is a test call.")


async def test_it_is_cut_to_ready_frames_in_both_laws(tmp_path: Path) -> None:
    async with speaking(tmp_path) as speech:
        sound = await speech.speak(HELLO)
    alaw, ulaw = sound.alaw.read_bytes(), sound.ulaw.read_bytes()
    assert len(alaw) == len(ulaw) == sound.ms * 8
    assert len(alaw) % FRAME == 0
    assert np.abs(decode(alaw, ALAW).astype(int) - decode(ulaw, ULAW)).max() < 2100
    assert np.abs(decode(alaw, ALAW)).max() > 8000


async def test_what_was_said_is_on_disk_and_nobody_is_asked_again(tmp_path: Path) -> None:
    provider = Counted(Espeak())
    async with speaking(tmp_path, provider) as speech:
        first = await speech.speak(HELLO)
        again = await speech.speak(HELLO)
    after_restart = Counted(Espeak())
    async with speaking(tmp_path, after_restart) as speech:
        third = await speech.speak(HELLO)
    assert first == again == third
    assert (len(provider.asked), len(after_restart.asked)) == (1, 0)


async def test_two_hundred_calls_with_one_text_render_it_once(tmp_path: Path) -> None:
    provider = Counted(Espeak())
    async with speaking(tmp_path, provider) as speech:
        sounds = await asyncio.gather(*(speech.speak(HELLO) for _ in range(200)))
    assert len(set(sounds)) == len(provider.asked) == 1


@pytest.mark.parametrize(
    "other",
    [
        Utterance("Hello"),
        Utterance(HELLO.text, voice="f2"),
        Utterance(HELLO.text, language="en-GB"),
        Utterance(HELLO.text, rate=1.1),
        Utterance(HELLO.text, pitch=1),
        Utterance(HELLO.text, gain_db=1),
        Utterance(HELLO.text, ssml=True),
    ],
)
async def test_whatever_differs_is_another_sound(other: Utterance, tmp_path: Path) -> None:
    async with speaking(tmp_path) as speech:
        assert (await speech.speak(HELLO)).alaw != (await speech.speak(other)).alaw


async def test_a_caller_who_leaves_does_not_take_the_text_from_others(tmp_path: Path) -> None:
    provider = Counted(Espeak())
    provider.open.clear()
    async with speaking(tmp_path, provider) as speech:
        leaves, stays = (asyncio.create_task(speech.speak(HELLO)) for _ in range(2))
        while not provider.asked:  # noqa: ASYNC110 - until the provider was asked
            await asyncio.sleep(0)
        leaves.cancel()
        provider.open.set()
        assert (await stays).alaw.exists()
    assert len(provider.asked) == 1


async def test_texts_known_ahead_are_rendered_in_the_background(tmp_path: Path) -> None:
    """One that cannot be spoken does not hold up the next; one known twice is rendered once."""
    provider = Counted(Espeak())
    async with speaking(tmp_path, provider) as speech:
        speech.prepare([HELLO, Utterance("unspeakable", language="xx")])
        speech.prepare([HELLO, Utterance("Bye")])
        while len(list((tmp_path / "speech").glob("*.ulaw"))) < 2:  # noqa: ASYNC110 - the files are what counts
            await asyncio.sleep(0.01)
    assert [what.text for what in provider.asked] == [HELLO.text, "unspeakable", "Bye"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "neither letters nor digits"),
        ("… !!! \0\x01", "neither letters nor digits"),
        ("x" * (MAX_TEXT + 1), "3001 characters; at most 3000"),
    ],
)
async def test_nonsense_is_refused_before_anybody_is_asked(text: str, says: str, tmp_path: Path) -> None:
    provider = Counted(Espeak())
    async with speaking(tmp_path, provider) as speech:
        with pytest.raises(SpeechRefused, match=says):
            await speech.speak(Utterance(text))
    assert provider.asked == []


async def test_control_characters_and_lone_surrogates_do_not_reach_the_voice(tmp_path: Path) -> None:
    provider = Counted(Espeak())
    async with speaking(tmp_path, provider) as speech:
        assert (await speech.speak(Utterance("one\x01\0two\ud800\n"))).ms > 100
    assert [what.text for what in provider.asked] == ["one  two?"]


async def test_the_language_is_told_from_the_letters(tmp_path: Path) -> None:
    provider = Counted(Espeak())
    async with speaking(tmp_path, provider) as speech:
        for text in ("Hello", "Добрий день"):
            await speech.speak(Utterance(text))
    assert [what.language for what in provider.asked] == ["en-US", "uk-UA"]


async def test_nobody_listens(tmp_path: Path) -> None:
    async with speaking(tmp_path) as speech:
        with pytest.raises(SpeechRefused, match="getSpeech needs a speech recognition provider"):
            await speech.hear(Question("call", "uk-UA"))


# ── the cache ────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Noise:
    """A provider whose every text is half a second: 8000 bytes in the cache."""

    identity: str = "noise"

    async def audio(self, what: Utterance) -> bytes:
        return a_wav(some_sound(0.5))

    async def close(self) -> None: ...


def kept(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "speech").iterdir())


async def test_the_longest_unused_go_when_the_folder_is_full(tmp_path: Path) -> None:
    provider = Counted(Noise())
    async with speaking(tmp_path, provider, most_bytes=24_000) as speech:
        for text in ("one", "two", "three", "one", "four", "one", "two"):
            await speech.speak(Utterance(text))
            assert kept(tmp_path) <= 24_000
    assert [what.text for what in provider.asked] == ["one", "two", "three", "four", "two"]


async def test_what_was_used_last_is_known_after_a_restart(tmp_path: Path) -> None:
    async with speaking(tmp_path, Noise(), most_bytes=24_000) as speech:
        sounds = [await speech.speak(Utterance(text)) for text in ("one", "two", "three")]
    for age, sound in zip((1, 3, 2), sounds, strict=True):
        state = sound.alaw.stat()
        os.utime(sound.alaw, ns=(state.st_atime_ns - age * 10**9, state.st_mtime_ns))
    (tmp_path / "speech" / "dead.alaw.77.part").write_bytes(b"x")
    async with speaking(tmp_path, Noise(), most_bytes=24_000) as speech:
        await speech.speak(Utterance("four"))
    assert [sound.alaw.exists() for sound in sounds] == [True, False, True]
    assert kept(tmp_path) == 24_000


async def test_a_file_that_somebody_removed_is_made_again(tmp_path: Path) -> None:
    provider = Counted(Noise())
    async with speaking(tmp_path, provider) as speech:
        for law in ("alaw", "ulaw"):
            sound = await speech.speak(HELLO)
            getattr(sound, law).unlink()
        sound = await speech.speak(HELLO)
        assert sound.alaw.exists() and sound.ulaw.exists()
    assert len(provider.asked) == 3


async def test_a_folder_that_somebody_removed_is_made_again(tmp_path: Path) -> None:
    async with speaking(tmp_path, Noise()) as speech:
        await speech.speak(HELLO)
        shutil.rmtree(tmp_path / "speech")
        assert (await speech.speak(HELLO)).alaw.exists()


async def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    async with speaking(tmp_path, Noise()) as speech:
        shutil.rmtree(tmp_path / "speech")
        (tmp_path / "speech").touch()
        with pytest.raises(SpeechFailed, match="cannot be written to the data folder: File exists"):
            await speech.speak(HELLO)


async def test_another_provider_has_sounds_of_its_own(tmp_path: Path) -> None:
    async with speaking(tmp_path, Noise()) as speech:
        first = await speech.speak(HELLO)
    async with speaking(tmp_path, Noise("louder noise")) as speech:
        assert (await speech.speak(HELLO)).alaw != first.alaw


# ── when it does not work ────────────────────────────────────────────────────────────────────────


@dataclass
class Broken:
    sound: bytes
    identity: str = "broken"

    async def audio(self, what: Utterance) -> bytes:
        return self.sound

    async def close(self) -> None: ...


@pytest.mark.parametrize(
    ("sound", "says"),
    [(b"", "sound cannot be used"), (b"<html>", "sound cannot be used"), (a_wav(some_sound(301)), "5 minutes")],
    ids=["nothing", "a page", "a long sound"],
)
async def test_a_sound_that_is_none_is_told_and_nothing_is_kept(sound: bytes, says: str, tmp_path: Path) -> None:
    async with speaking(tmp_path, Broken(sound)) as speech:
        with pytest.raises(SpeechFailed, match=says):
            await speech.speak(HELLO)
    assert list((tmp_path / "speech").iterdir()) == []


async def test_a_flow_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker_module, "WAIT_S", 0.01)
    provider = Counted(Noise())
    provider.open.clear()
    async with speaking(tmp_path, provider) as speech:
        with pytest.raises(SpeechFailed, match=r"not spoken within 0\.01 s"):
            await speech.speak(HELLO)


async def test_no_endless_queue_of_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker_module, "MOST_AT_A_TIME", 2)
    provider = Counted(Noise())
    provider.open.clear()
    async with speaking(tmp_path, provider) as speech:
        waiting = [asyncio.create_task(speech.speak(Utterance(text))) for text in ("one", "two")]
        await asyncio.sleep(0)
        with pytest.raises(SpeechFailed, match="2 texts wait"):
            await speech.speak(Utterance("three"))
        provider.open.set()
        assert [sound.ms for sound in await asyncio.gather(*waiting)] == [500, 500]


async def test_a_heard_text_sounds_like_one(tmp_path: Path) -> None:
    """On the telephone: 8 kHz, neither silent nor clipped, and about as long as a person would take."""
    async with speaking(tmp_path) as speech:
        for text in (HELLO.text, "Добрий день, це тестовий дзвінок."):
            samples = heard(await speech.speak(Utterance(text))).astype(float)
            assert 1.0 < len(samples) / 8000 < 4.0
            assert 1000 < np.sqrt(np.mean(samples**2)) < 8000
            assert np.mean(np.abs(samples) > 32000) < 0.01
