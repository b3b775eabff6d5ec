"""G.711 (ITU-T, 1988) by table: 16-bit linear samples to A-law or µ-law bytes and back."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from outdial.audio.law import ALAW, Law

Samples = NDArray[np.int16]
_Bytes = NDArray[np.uint8]

_TOP_BIT = np.array([np.frexp(n)[1] for n in range(1 << 14)], dtype=np.int32)
"""Bits needed to write n: the segment of a companded value follows from it."""


def encode(samples: Samples, law: Law) -> bytes:
    return bytes(_encoder(law)[samples.view(np.uint16)].tobytes())


def decode(data: bytes, law: Law) -> Samples:
    return _decoder(law)[np.frombuffer(data, dtype=np.uint8)]


def translation(of: Law, to: Law) -> bytes:
    """For ``bytes.translate``: one law's bytes into the other's."""
    return encode(decode(bytes(range(256)), of), to)


@cache
def _encoder(law: Law) -> _Bytes:
    """All 65,536 samples, indexed by their unsigned bit pattern."""
    linear = np.arange(1 << 16, dtype=np.uint16).view(np.int16).astype(np.int32)
    return _to_alaw(linear) if law is ALAW else _to_ulaw(linear)


@cache
def _decoder(law: Law) -> Samples:
    code = np.arange(256, dtype=np.int32)
    return (_from_alaw(code) if law is ALAW else _from_ulaw(code)).astype(np.int16)


def _to_alaw(linear: NDArray[np.int32]) -> _Bytes:
    value = linear >> 3  # 13 bits
    magnitude = np.where(value < 0, -value - 1, value)
    segment = np.maximum(_TOP_BIT[magnitude] - 5, 0)
    mantissa = (magnitude >> np.maximum(segment, 1)) & 0x0F
    sign = np.where(value < 0, 0x00, 0x80)
    code: NDArray[np.int32] = (sign | segment << 4 | mantissa) ^ 0x55
    return code.astype(np.uint8)


def _from_alaw(code: NDArray[np.int32]) -> NDArray[np.int32]:
    code = code ^ 0x55
    segment = (code >> 4) & 7
    step = ((code & 0x0F) << 4) + 8  # the middle of the quantum
    magnitude = np.where(segment == 0, step, (step + 0x100) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude)


def _to_ulaw(linear: NDArray[np.int32]) -> _Bytes:
    value = linear >> 2  # 14 bits
    magnitude = np.minimum(np.abs(value), 8158) + 33
    segment = _TOP_BIT[magnitude] - 6
    mantissa = (magnitude >> (segment + 1)) & 0x0F
    sign = np.where(value < 0, 0x00, 0x80)
    code: NDArray[np.int32] = sign | (~(segment << 4 | mantissa) & 0x7F)
    return code.astype(np.uint8)


def _from_ulaw(code: NDArray[np.int32]) -> NDArray[np.int32]:
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << ((code >> 4) & 7)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude)
