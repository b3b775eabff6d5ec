"""RTCP (RFC 3550 §6): sender and receiver reports, the source's name, goodbye; built and parsed."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_SR, _RR, _SDES, _BYE = 200, 201, 202, 203
_HEAD = struct.Struct("!BBHI")
_SENDER = struct.Struct("!QIII")
_BLOCK = struct.Struct("!IIIIII")
_EPOCH_1900_S = 2_208_988_800


@dataclass(frozen=True, slots=True)
class Block:
    """What a receiver says of one source (§6.4.1)."""

    ssrc: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int
    last_report: int = 0
    """The middle 32 bits of the NTP time of the newest sender report heard; 0 = none."""
    delay: int = 0
    """Since then, in 1/65536 s."""


@dataclass(frozen=True, slots=True)
class Sender:
    ntp: int
    """64 bits, see ``ntp``."""
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class Report:
    """A sender report, or a receiver report when ``sender`` is None."""

    ssrc: int
    sender: Sender | None
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Bye:
    ssrc: int


def ntp(epoch_ms: float) -> int:
    """Epoch milliseconds as a 64-bit NTP time."""
    return int((epoch_ms / 1000 + _EPOCH_1900_S) * (1 << 32)) & 0xFFFFFFFFFFFFFFFF


def build(report: Report, name: bytes, bye: bool = False) -> bytes:
    """A compound packet: the report, the source's canonical name, and goodbye if this is the last."""
    sender, blocks = report.sender, b"".join(map(_block, report.blocks))
    info = _SENDER.pack(sender.ntp, sender.timestamp, sender.packets, sender.octets) if sender else b""
    head = _head(len(report.blocks), _SR if sender else _RR, report.ssrc, len(info) + len(blocks))
    item = b"\x01" + bytes([len(name)]) + name
    item += bytes(4 - len(item) % 4)
    end = _head(1, _BYE, report.ssrc, 0) if bye else b""
    return head + info + blocks + _head(1, _SDES, report.ssrc, len(item)) + item + end


def parse(data: bytes) -> list[Report | Bye]:
    """The parts of a compound packet that concern us. Raises ValueError when it is not RTCP or is cut off."""
    if len(data) < 8:
        raise ValueError("shorter than an RTCP packet")
    parts: list[Report | Bye] = []
    at = 0
    while at < len(data):
        if len(data) < at + 4 or data[at] & 0xC0 != 0x80:
            raise ValueError("not RTCP version 2")
        count, kind = data[at] & 0x1F, data[at + 1]
        end = at + 4 + 4 * int.from_bytes(data[at + 2 : at + 4], "big")
        if end > len(data):
            raise ValueError("RTCP packet is cut off")
        if kind in (_SR, _RR):
            parts.append(_report(data[at:end], count, kind == _SR))
        elif kind == _BYE and end >= at + 8:
            parts.append(Bye(int.from_bytes(data[at + 4 : at + 8], "big")))
        at = end
    return parts


def _head(count: int, kind: int, ssrc: int, body_bytes: int) -> bytes:
    return _HEAD.pack(0x80 | count, kind, 1 + body_bytes // 4, ssrc)


def _block(block: Block) -> bytes:
    lost = max(-0x800000, min(block.lost, 0x7FFFFF)) & 0xFFFFFF
    return _BLOCK.pack(
        block.ssrc, block.fraction_lost << 24 | lost, block.highest, block.jitter, block.last_report, block.delay
    )


def _report(data: bytes, count: int, is_sender: bool) -> Report:
    start = 28 if is_sender else 8
    if len(data) < start + _BLOCK.size * count:
        raise ValueError("RTCP report is cut off")
    ssrc = int.from_bytes(data[4:8], "big")
    sender = Sender(*_SENDER.unpack_from(data, 8)) if is_sender else None
    return Report(ssrc, sender, tuple(_read_block(data, start + _BLOCK.size * n) for n in range(count)))


def _read_block(data: bytes, at: int) -> Block:
    ssrc, loss, highest, jitter, last_report, delay = _BLOCK.unpack_from(data, at)
    lost = (loss & 0xFFFFFF ^ 0x800000) - 0x800000
    return Block(ssrc, loss >> 24, lost, highest, jitter, last_report, delay)
