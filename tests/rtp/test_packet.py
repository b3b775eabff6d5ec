"""RTP headers: what is built is read back, what carriers add is skipped, what is broken is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.rtp.packet import Packet, build, parse

U16, U32 = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
PACKETS = st.builds(Packet, st.integers(0, 127), U16, U32, U32, st.binary(max_size=400), st.booleans())


@given(PACKETS)
def test_reads_what_it_built(packet: Packet) -> None:
    assert parse(build(packet)) == packet


@given(PACKETS, st.integers(0, 15), st.binary(max_size=40).map(lambda x: x + bytes(-len(x) % 4)), st.integers(1, 9))
def test_contributors_extensions_and_padding_are_skipped(
    packet: Packet, contributors: int, extension: bytes, padding: int
) -> None:
    plain = build(packet)
    dressed = (
        bytes([plain[0] | 0x30 | contributors])
        + plain[1:12]
        + bytes(4 * contributors)
        + b"\xbe\xde"
        + (len(extension) // 4).to_bytes(2, "big")
        + extension
        + packet.payload
        + bytes(padding - 1)
        + bytes([padding])
    )
    assert parse(dressed) == packet


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (bytes(11), "shorter than an RTP header"),
        (bytes(12), "not RTP version 2"),
        (b"\x8f" + bytes(20), "payload is cut off"),
        (b"\x90" + bytes(13), "extension is cut off"),
        (b"\xa0" + bytes(11), "payload is cut off"),
        (b"\xa0" + bytes(12) + b"\xff", "payload is cut off"),
    ],
)
def test_a_broken_packet_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse(data)


@given(st.binary(max_size=80))
def test_garbage_is_a_packet_or_a_value_error(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert len(parse(data).payload) <= len(data) - 12
