"""WAV and MP3 files of any rate, channels and depth to 8 kHz mono 16-bit samples.

Decoded at the file's own rate in bounded pieces, mixed to mono, resampled by soxr (miniaudio's own resampler
aliases). An 8 kHz 16-bit mono WAV passes without a sample changed. Ogg and FLAC are refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import miniaudio
import numpy as np
import soxr
from numpy.typing import NDArray

from outdial.audio.errors import BadAudio
from outdial.audio.g711 import Samples
from outdial.audio.law import RATE

MAX_SECONDS = 600
_PIECE = 65536
_RATES = range(1000, 384_001)
_WAV_CODECS = {1, 2, 3, 6, 7, 17, 0xFFFE}
"""PCM, two ADPCMs, float, G.711 and "extensible"; others would decode to nothing."""
_UNKNOWN_SIZE = 0x7FFFF000
"""From here up a WAV's data size means "not known when the header was written" (pipes)."""


def decode(data: bytes) -> Samples:
    """Raises BadAudio: not audio, cut off, empty, or longer than MAX_SECONDS."""
    info, start = _open(data)
    if info.sample_rate not in _RATES or not 1 <= info.nchannels <= 32:
        raise BadAudio(
            f"The file claims {info.sample_rate} Hz and {info.nchannels} channels; save it as an ordinary WAV."
        )
    samples = _to_8k(_mono(data[start:], info), info.sample_rate)
    if not len(samples):
        raise BadAudio("The file holds no sound.")
    return samples


def _open(data: bytes) -> tuple[Any, int]:
    """What the file is, and where its sound starts."""
    try:
        if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
            _check_wav(data)
            return miniaudio.wav_get_info(data), 0
        padding = len(data) - len(data.lstrip(b"\0"))
        if data[:3] == b"ID3" or _is_mp3_frame(data[padding : padding + 4]):
            _check_mp3(data)
            return miniaudio.mp3_get_info(data[padding:]), padding
    except miniaudio.MiniaudioError as fault:
        raise BadAudio("The file cannot be decoded; save it as PCM WAV or MP3.") from fault
    for magic, name in ((b"OggS", "an Ogg"), (b"fLaC", "a FLAC")):
        if data.startswith(magic):
            raise BadAudio(f"This is {name} file; save it as WAV or MP3.")
    raise BadAudio("The file is not WAV or MP3 audio." if data else "The file is empty.")


def _mono(data: bytes, info: Any) -> Iterator[NDArray[np.float32]]:
    """Pieces of the sound at its own rate, all channels mixed into one."""
    pieces = miniaudio.stream_memory(
        data, miniaudio.SampleFormat.FLOAT32, info.nchannels, info.sample_rate, frames_to_read=_PIECE
    )
    frames = 0
    try:
        for piece in pieces:
            frames += len(piece) // info.nchannels
            if frames > MAX_SECONDS * info.sample_rate:
                raise BadAudio(f"The sound is longer than {MAX_SECONDS // 60} minutes.")
            yield np.frombuffer(piece, dtype=np.float32).reshape(-1, info.nchannels).mean(axis=1)
    except miniaudio.MiniaudioError as fault:
        raise BadAudio("The file cannot be decoded; save it as PCM WAV or MP3.") from fault
    finally:
        pieces.close()


def _to_8k(pieces: Iterator[NDArray[np.float32]], rate: int) -> Samples:
    if rate == RATE:
        done = list(pieces)
    else:
        resampler = soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="HQ")
        done = [resampler.resample_chunk(piece) for piece in pieces]
        done.append(resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
    sound = np.concatenate(done) if done else np.zeros(0, dtype=np.float32)
    return np.clip(np.rint(np.nan_to_num(sound) * 32768), -32768, 32767).astype(np.int16)


def _check_wav(data: bytes) -> None:
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"fmt " and (codec := int.from_bytes(data[at + 8 : at + 10], "little")) not in _WAV_CODECS:
            raise BadAudio(f"The file is a WAV with codec {codec}; save it as PCM WAV or MP3.")
        if name == b"data":
            if len(data) - at - 8 < size < _UNKNOWN_SIZE:
                raise BadAudio(
                    f"The file is cut off: {size:,} bytes of sound announced, {len(data) - at - 8:,} present."
                )
            return
        at += 8 + size + size % 2
    raise BadAudio("The file is cut off before its sound begins.")


def _is_mp3_frame(head: bytes) -> bool:
    """Eleven bits of sync, then no reserved version, layer, bit rate or sampling rate."""
    return (
        len(head) == 4
        and head[0] == 0xFF
        and head[1] & 0xE0 == 0xE0
        and head[1] & 0x18 != 0x08
        and head[1] & 0x06 != 0
        and head[2] >> 4 != 15
        and head[2] & 0x0C != 0x0C
    )


def _check_mp3(data: bytes) -> None:
    """Encoders note the size of the sound in a first silent frame (Xing/Info); most files have one."""
    at = max(data.find(b"Xing", 0, 1 << 17), data.find(b"Info", 0, 1 << 17))
    if at < 0 or len(data) < at + 16 or data[at + 4 : at + 7] != b"\0\0\0" or not data[at + 7] & 2:
        return
    size_at = at + (12 if data[at + 7] & 1 else 8)
    size = int.from_bytes(data[size_at : size_at + 4], "big")
    if size > len(data):
        raise BadAudio(f"The file is cut off: {size:,} bytes of sound announced, the whole file has {len(data):,}.")
