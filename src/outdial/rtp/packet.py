"""RTP packets (RFC 3550 §5.1): bytes to values and back."""

from __future__ import annotations

import struct
from dataclasses import dataclass

HEADER = struct.Struct("!BBHII")
"""Version and flags, marker and payload type, sequence, timestamp, SSRC."""
VERSION = 0x80
_PADDING, _EXTENSION, _CSRC_COUNT, _MARKER = 0x20, 0x10, 0x0F, 0x80


@dataclass(frozen=True, slots=True)
class Packet:
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False


def parse(data: bytes) -> Packet:
    """Raises ValueError for what is not a whole RTP packet of version 2; contributors and extensions are skipped."""
    if len(data) < HEADER.size:
        raise ValueError("shorter than an RTP header")
    flags, kind, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    if flags & 0xC0 != VERSION:
        raise ValueError("not RTP version 2")
    start = HEADER.size + 4 * (flags & _CSRC_COUNT)
    if flags & _EXTENSION:
        if len(data) < start + 4:
            raise ValueError("RTP extension is cut off")
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    end = len(data) - (data[-1] if flags & _PADDING else 0)
    if start > end or (flags & _PADDING and not data[-1]):
        raise ValueError("RTP payload is cut off")
    return Packet(kind & 0x7F, sequence, timestamp, ssrc, data[start:end], bool(kind & _MARKER))


def build(packet: Packet) -> bytes:
    kind = packet.payload_type | (_MARKER if packet.marker else 0)
    return HEADER.pack(VERSION, kind, packet.sequence, packet.timestamp, packet.ssrc) + packet.payload
