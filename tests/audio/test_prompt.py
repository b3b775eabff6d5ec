"""What a person may upload, what it becomes, and what they are told when it will not do."""

from __future__ import annotations

import contextlib
import io
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from outdial.audio import g711
from outdial.audio.decode import MAX_SECONDS, decode
from outdial.audio.errors import BadAudio
from outdial.audio.law import ALAW, RATE, ULAW
from outdial.audio.prompt import MAX_BYTES, cut

MP3 = (Path(__file__).parent / "tones-1000-left-6000-right.mp3").read_bytes()
"""One second, 44.1 kHz, made with LAME: 1 kHz on the left, 6 kHz on the right, both at 0.3."""


def wav(samples: NDArray[np.generic], rate: int = RATE, channels: int = 1, width: int = 2) -> bytes:
    into = io.BytesIO()
    with wave.open(into, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return into.getvalue()


def sine(hertz: float, rate: int, seconds: float = 1.0, level: float = 0.5) -> NDArray[np.float64]:
    return level * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def level(samples: NDArray[np.generic], hertz: float) -> float:
    """The amplitude of one frequency, 1.0 = full scale."""
    middle = samples[len(samples) // 4 : -len(samples) // 4].astype(float) / 32768
    wave_ = np.exp(-2j * np.pi * hertz * np.arange(len(middle)) / RATE)
    return float(2 * abs((middle * wave_).mean()))


def every_sample() -> NDArray[np.int16]:
    return np.random.default_rng(1).permutation(np.arange(-32768, 32768)).astype(np.int16)


def test_the_seeds_wav_is_cut_sample_exact(tmp_path: Path) -> None:
    samples = every_sample()
    (tmp_path / "promo.wav").write_bytes(wav(samples))
    done = cut(tmp_path / "promo.wav", tmp_path / "promo")
    padding = -len(samples) % 160
    assert done.ms == 8192
    for path, law in ((done.alaw, ALAW), (done.ulaw, ULAW)):
        assert path.read_bytes() == g711.encode(samples, law) + bytes([law.silence] * padding)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["promo.alaw", "promo.ulaw", "promo.wav"]


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_any_rate_channels_and_depth_keep_the_sound(rate: int, channels: int, width: int) -> None:
    mono = sine(1000, rate)
    if width == 1:
        raw = np.rint(mono * 127 + 128).astype(np.uint8)
    elif width == 3:
        raw = np.rint(mono * (2**31 - 1)).astype("<i4").view(np.uint8).reshape(-1, 4)[:, 1:]
    else:
        raw = np.rint(mono * (2 ** (8 * width - 1) - 1)).astype(f"<i{width}")
    both = np.repeat(raw.reshape(len(mono), -1), channels, axis=0)
    samples = decode(wav(both, rate, channels, width))
    assert abs(len(samples) - RATE) <= 1
    assert level(samples, 1000) == pytest.approx(0.5, rel=0.02)


def test_what_a_telephone_cannot_carry_does_not_come_back_as_another_tone() -> None:
    samples = decode(wav(np.rint(sine(5000, 44100) * 32767).astype("<i2"), 44100))
    assert level(samples, 3000) < 0.0001  # where 5 kHz would fold to at 8 kHz


def test_mp3_is_mixed_to_mono_without_aliases() -> None:
    samples = decode(MP3)
    assert len(samples) == pytest.approx(RATE, abs=0.15 * RATE)  # the encoder pads
    assert level(samples, 1000) == pytest.approx(0.15, rel=0.1)  # LAME scales by 0.95
    assert level(samples, 2000) < 0.001  # 6 kHz would fold to here


def test_a_wav_that_already_is_g711_keeps_its_bytes() -> None:
    codes = bytes(range(256)) * 10
    body = b"WAVEfmt " + (18).to_bytes(4, "little") + bytes.fromhex("0600 0100 401f0000 401f0000 0100 0800 0000")
    body += b"data" + len(codes).to_bytes(4, "little") + codes
    samples = decode(b"RIFF" + len(body).to_bytes(4, "little") + body)
    assert g711.encode(samples, ALAW) == codes


def test_a_wav_written_into_a_pipe_announces_no_size() -> None:
    whole = bytearray(wav(every_sample()))
    whole[40:44] = b"\xff\xff\xff\xff"
    assert (decode(bytes(whole)) == every_sample()).all()


WITH_SIZE = (bytes.fromhex("fffb9064") + bytes(32) + b"Info\0\0\0\x02" + len(MP3).to_bytes(4, "big")).ljust(417, b"\0")
"""The silent first frame in which most encoders note how long the sound is."""
SILENT_SECOND = wav(np.zeros(RATE, dtype=np.int16))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"<html>not found</html>", "not WAV or MP3"),
        (b"\0" * 400, "not WAV or MP3"),
        (b"OggS" + bytes(50), "an Ogg file; save it as WAV or MP3"),
        (b"fLaC" + bytes(50), "a FLAC file; save it as WAV or MP3"),
        (wav(np.zeros(0, dtype=np.int16)), "holds no sound"),
        (SILENT_SECOND[:-1], "cut off: 16,000 bytes of sound announced, 15,999 present"),
        (SILENT_SECOND[:40], "cut off before its sound begins"),
        (SILENT_SECOND.replace(b"\x01\x00\x01\x00", b"\x55\x00\x01\x00", 1), "WAV with codec 85"),
        (WITH_SIZE + MP3[: len(MP3) // 2], "cut off: 16,718 bytes of sound announced"),
        (wav(np.zeros(RATE * MAX_SECONDS + 1, dtype=np.uint8), width=1), "longer than 10 minutes"),
        (wav(np.zeros(50, dtype=np.int16), rate=500), "claims 500 Hz"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_played_is_refused_with_the_reason(data: bytes, sentence: str) -> None:
    with pytest.raises(BadAudio, match=sentence):
        decode(data)


def test_too_large_a_file_is_refused_unread_and_leaves_nothing(tmp_path: Path) -> None:
    with (tmp_path / "huge.wav").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(BadAudio, match=r"5\.0 MB; at most 5 MB"):
        cut(tmp_path / "huge.wav", tmp_path / "huge")
    assert [path.name for path in tmp_path.iterdir()] == ["huge.wav"]


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=600), st.sampled_from([b"", b"RIFF\x00\x01\x00\x00WAVE", b"ID3\x03\0\0", b"\xff\xfb\x90\x64"])
)
def test_garbage_is_refused_or_decoded_but_never_an_accident(tail: bytes, head: bytes) -> None:
    with contextlib.suppress(BadAudio):
        assert len(decode(head + tail))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(MP3) - 1), st.integers(0, 255))
def test_a_flipped_byte_in_an_mp3_is_survived(at: int, byte: int) -> None:
    with contextlib.suppress(BadAudio):
        decode(MP3[:at] + bytes([byte]) + MP3[at + 1 :])
