"""The speaking process, for real."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from outdial.audio.g711 import Samples
from outdial.flow.errors import SpeechFailed, SpeechRefused
from outdial.flow.ports.speech import Utterance
from outdial.speech.espeak import PROGRAM, Espeak

HELLO = Utterance("Hello, this is a test call.", language="en-US")
DOBRYDEN = Utterance("Добрий день, це тестовий дзвінок.", language="uk-UA")


async def said(espeak: Espeak, what: Utterance) -> Samples:
    with wave.open(io.BytesIO(await espeak.audio(what))) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")


def loudness(samples: Samples) -> float:
    """Root mean square of a 16-bit sound."""
    return float(np.sqrt(np.mean(samples.astype(float) ** 2)))


async def all_said(*texts: Utterance) -> list[Samples]:
    """Each by a fresh process: the noise in a voice depends on what it said before."""
    found = []
    for what in texts:
        espeak = Espeak()
        try:
            found.append(await said(espeak, what))
        finally:
            await espeak.close()
    return found


@pytest.mark.parametrize("what", [HELLO, DOBRYDEN], ids=lambda what: what.language)
async def test_speech_is_as_loud_as_speech_and_is_no_tone(what: Utterance) -> None:
    (samples,) = await all_said(what)
    assert 1000 < loudness(samples) < 8000
    spectrum = np.abs(np.fft.rfft(samples.astype(float)))
    assert spectrum.max() ** 2 < 0.1 * np.sum(spectrum**2)


async def test_a_longer_text_takes_longer() -> None:
    short, long = await all_said(HELLO, replace(HELLO, text=HELLO.text * 3))
    assert 2 * len(short) < len(long) < 4 * len(short)


async def test_the_same_text_gives_the_same_samples() -> None:
    first, other, again = await all_said(HELLO, DOBRYDEN, HELLO)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


async def test_rate_pitch_and_gain_change_the_sound() -> None:
    usual, fast, slow, high, quiet = await all_said(
        HELLO, replace(HELLO, rate=2), replace(HELLO, rate=0.6), replace(HELLO, pitch=8), replace(HELLO, gain_db=-12)
    )
    assert len(fast) < 0.7 * len(usual) < len(usual) < 0.8 * len(slow)
    assert not np.array_equal(usual, high)
    assert loudness(quiet) == pytest.approx(loudness(usual) / 4, rel=0.15)


async def test_a_higher_pitch_is_higher() -> None:
    usual, high = await all_said(HELLO, replace(HELLO, pitch=12))
    assert fundamental(high) == pytest.approx(2 * fundamental(usual), rel=0.2)


def fundamental(samples: Samples) -> float:
    """Hz of a voice, from its autocorrelation between 60 and 400 Hz."""
    sound = samples.astype(float)
    spectrum = np.abs(np.fft.rfft(sound, 2 * len(sound))) ** 2
    alike = np.fft.irfft(spectrum)[: 22050 // 60]
    return float(22050 / (22050 // 400 + np.argmax(alike[22050 // 400 :])))


async def test_voices_and_languages_differ() -> None:
    names = ["", "f2", "female", "male", "Annie", "Joanna", "en-US-JennyNeural"]
    voices = await all_said(*(replace(HELLO, voice=name) for name in names))
    by_name = dict(zip(names, (samples.tobytes() for samples in voices), strict=True))
    assert len({by_name[name] for name in ("", "f2", "female", "male", "Annie")}) == 5
    assert by_name["Joanna"] == by_name["en-US-JennyNeural"] == by_name[""]
    british, german = await all_said(replace(HELLO, language="en-GB"), replace(HELLO, language="de"))
    assert len({british.tobytes(), german.tobytes(), by_name[""]}) == 3


async def test_a_name_is_no_path() -> None:
    usual, odd = await all_said(HELLO, replace(HELLO, voice="../../lang/zle/uk"))
    assert np.array_equal(usual, odd)


async def test_ssml_pauses_and_tags_are_not_read_out() -> None:
    text = replace(HELLO, ssml=True, text="<speak>Hello <break time='2s'/> there</speak>")
    pausing, plain = await all_said(text, replace(HELLO, text="Hello there"))
    assert 1.5 * 22050 < len(pausing) - len(plain) < 2.6 * 22050


async def test_ssml_opens_no_file(tmp_path: Path) -> None:
    sound = tmp_path / "sound.wav"
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22050)
        file.writeframes(b"\x55\x55" * 22050 * 5)
    text = f"<speak>Hello <audio src='{sound}'>there</audio></speak>"
    tagged, plain = await all_said(replace(HELLO, ssml=True, text=text), replace(HELLO, ssml=True, text="Hello there"))
    assert np.array_equal(tagged, plain)


@pytest.mark.parametrize("language", ["xx-YY", "../uk", "", "language"])
async def test_an_unknown_language_is_refused_by_name(language: str) -> None:
    with pytest.raises(SpeechRefused, match="no voice for the language"):
        await all_said(replace(HELLO, language=language))


async def test_a_text_that_takes_too_long_is_refused_and_the_process_lives() -> None:
    espeak = Espeak()
    await said(espeak, HELLO)
    pid = espeak.pid
    with pytest.raises(SpeechRefused, match="over 5 minutes"):
        await espeak.audio(replace(HELLO, text="word, " * 500, rate=0.1))
    assert len(await said(espeak, HELLO))
    assert espeak.pid == pid
    await espeak.close()


# ── the process ──────────────────────────────────────────────────────────────────────────────────


async def test_it_starts_when_first_needed_and_ends_at_the_close() -> None:
    espeak = Espeak()
    idle = espeak.pid
    await espeak.audio(HELLO)
    pid = espeak.pid
    assert idle is None and pid
    await espeak.close()
    assert not runs(pid)
    await espeak.close()


async def test_a_killed_process_is_replaced_and_the_caller_hears_nothing_of_it() -> None:
    espeak = Espeak()
    before = await said(espeak, HELLO)
    pid = espeak.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    assert np.array_equal(await said(espeak, HELLO), before)
    assert espeak.pid not in (None, pid)
    await espeak.close()


async def test_a_process_killed_under_a_text_is_replaced_and_the_text_is_said() -> None:
    espeak = Espeak()
    await espeak.audio(HELLO)
    pid = espeak.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    saying = asyncio.create_task(said(espeak, HELLO))
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGKILL)
    assert len(await saying)
    assert espeak.pid not in (None, pid)
    await espeak.close()


async def test_ctrl_c_in_the_terminal_does_not_reach_it() -> None:
    """The service drains its calls first, and they may still have something to say."""
    espeak = Espeak()
    await espeak.audio(HELLO)
    assert espeak.pid
    assert os.getpgid(espeak.pid) != os.getpgid(0)
    await espeak.close()


async def test_a_hanging_process_is_ended_and_the_next_text_is_spoken() -> None:
    espeak = Espeak(patience_s=0.5)
    await espeak.audio(HELLO)
    pid = espeak.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(SpeechFailed, match="no sound within"):
        await espeak.audio(HELLO)
    assert not runs(pid)
    patient = Espeak()
    assert len(await said(patient, HELLO))
    await patient.close()


async def test_a_program_that_dies_at_once_is_tried_twice_and_named(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    program = (sys.executable, "-c", f"open({str(starts)!r}, 'a').write('x')")
    with pytest.raises(SpeechFailed, match="espeak-ng does not run"):
        await Espeak(program).audio(HELLO)
    assert starts.read_text() == "xx"


async def test_a_program_that_talks_nonsense_is_named_and_ended() -> None:
    espeak = Espeak((sys.executable, "-c", "import sys; print('\\0\\0\\0\\1x' * 9, flush=True); sys.stdin.read()"))
    with pytest.raises(SpeechFailed, match="espeak-ng does not run: Expecting value"):
        await espeak.audio(HELLO)
    assert espeak.pid is None


async def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(SpeechFailed, match="espeak-ng does not run"):
        await Espeak(("/nowhere/python",)).audio(HELLO)


async def test_what_the_library_prints_goes_neither_among_the_answers_nor_into_the_log() -> None:
    espeak = Espeak()
    await espeak.audio(HELLO)
    printed_to = [opened(espeak.pid, number) for number in (1, 2)]
    await espeak.close()
    assert printed_to == ["/dev/null", "/dev/null"]


def opened(pid: int | None, number: int) -> str:
    """What stands behind a process's file descriptor."""
    return str(Path(f"/proc/{pid}/fd/{number}").readlink())


async def test_what_python_prints_goes_into_the_log() -> None:
    process = await asyncio.create_subprocess_exec(*PROGRAM, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin and process.stderr
    process.stdin.write(b"\0\0\0\1x")
    assert b"JSONDecodeError" in await process.stderr.read()
    await process.communicate()


async def test_many_texts_at_once_do_not_mix() -> None:
    """Their lengths tell them apart."""
    espeak = Espeak()
    texts = [replace(HELLO, text="seven " * n) for n in range(1, 12)]
    alone = [len(await said(espeak, what)) for what in texts]
    together = await asyncio.gather(*(said(espeak, what) for what in texts))
    await espeak.close()
    assert [len(samples) for samples in together] == pytest.approx(alone, rel=0.02)


async def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    """A parent that is killed has no time to tell anybody."""
    script = tmp_path / "parent.py"
    script.write_text(
        "import asyncio\n"
        "from outdial.flow.ports.speech import Utterance\n"
        "from outdial.speech.espeak import Espeak\n"
        "async def main():\n"
        "    espeak = Espeak()\n"
        "    await espeak.audio(Utterance('Hello', language='en'))\n"
        "    print(espeak.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, str(script), stdout=asyncio.subprocess.PIPE)
    assert parent.stdout
    pid = int(await parent.stdout.readline())
    assert runs(pid)
    parent.kill()
    await parent.communicate()
    async with asyncio.timeout(10):
        while runs(pid):  # noqa: ASYNC110 - not our child, nothing to await
            await asyncio.sleep(0.01)


def runs(pid: int) -> bool:
    """A zombie that nobody collects has ended all the same."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_the_library_is_not_loaded_into_this_process() -> None:
    await all_said(HELLO)
    assert "espeakng_loader" not in sys.modules
    assert "libespeak" not in loaded()


def loaded() -> str:
    """The files mapped into this process."""
    return Path("/proc/self/maps").read_text()
