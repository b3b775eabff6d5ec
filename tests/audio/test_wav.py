"""Recordings on disk: what we write, any player reads; what a crash leaves, too."""

from __future__ import annotations

import io
import wave

import miniaudio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.audio import g711
from outdial.audio.law import ALAW, ULAW, Law
from outdial.audio.wav import HEADER_BYTES, header, pcm, read

LAWS = st.sampled_from([ALAW, ULAW])


@given(LAWS, st.binary(max_size=2000).map(lambda data: data[: len(data) // 2 * 2]))
def test_reads_what_it_wrote(law: Law, sound: bytes) -> None:
    recording = read(header(law, 2, len(sound)) + sound)
    assert (recording.law, recording.channels) == (law, (sound[0::2], sound[1::2]))


@pytest.mark.parametrize("law", [ALAW, ULAW], ids=lambda law: law.name)
def test_another_program_hears_the_same(law: Law) -> None:
    sound = bytes(range(256)) * 8
    decoded = miniaudio.decode(header(law, 2, len(sound)) + sound, nchannels=2, sample_rate=8000)
    assert decoded.samples.tobytes() == g711.decode(sound, law).tobytes()


@given(st.binary(max_size=400).map(lambda data: data[: len(data) // 2 * 2]), st.sampled_from([8000, 22050]))
def test_plain_samples_are_what_the_standard_library_reads(samples: bytes, rate: int) -> None:
    with wave.open(io.BytesIO(pcm(samples, rate))) as file:
        assert file.getparams()[:4] == (1, 2, rate, len(samples) // 2)
        assert file.readframes(1000) == samples


def test_a_crash_after_the_last_refresh_leaves_what_the_header_announces() -> None:
    sound = bytes(1000)
    assert len(read(header(ALAW, 2, 600) + sound).channels[0]) == 300


def test_a_header_ahead_of_its_sound_is_read_as_far_as_it_goes() -> None:
    assert read(header(ALAW, 2, 600) + b"abcde").channels == (b"ac", b"bd")


def test_four_gigabytes_saturate() -> None:
    assert len(header(ULAW, 2, 1 << 40)) == HEADER_BYTES


@given(st.binary(max_size=100))
def test_garbage_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="WAV"):
        read(data)
