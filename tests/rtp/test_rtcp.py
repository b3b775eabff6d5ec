"""RTCP as built is as read, and the broken is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.rtp.rtcp import Block, Bye, Report, Sender, build, ntp, parse

U8, U32, U64 = st.integers(0, 255), st.integers(0, 0xFFFFFFFF), st.integers(0, (1 << 64) - 1)
BLOCKS = st.builds(Block, U32, U8, st.integers(-0x800000, 0x7FFFFF), U32, U32, U32, U32)
REPORTS = st.builds(
    Report, U32, st.none() | st.builds(Sender, U64, U32, U32, U32), st.lists(BLOCKS, max_size=31).map(tuple)
)


@given(REPORTS, st.binary(max_size=255), st.booleans())
def test_reads_what_it_built(report: Report, name: bytes, bye: bool) -> None:
    data = build(report, name, bye)
    assert len(data) % 4 == 0
    assert parse(data) == [report, *([Bye(report.ssrc)] if bye else [])]


def test_the_name_is_an_sdes_chunk_closed_by_zero() -> None:
    sdes = build(Report(1, None), b"abc")[8:]
    assert sdes == bytes.fromhex("81ca0003 00000001 0103 616263 000000")


def test_loss_beyond_24_bits_saturates() -> None:
    (report,) = parse(build(Report(1, None, (Block(2, 0, 1 << 30, 0, 0),)), b"x"))
    assert isinstance(report, Report)
    assert report.blocks[0].lost == 0x7FFFFF


def test_ntp_counts_from_1900() -> None:
    assert ntp(500) == (2_208_988_800 << 32) + (1 << 31)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (bytes(7), "shorter than"),
        (bytes(8), "not RTCP version 2"),
        (bytes.fromhex("80c9000200000001"), "cut off"),
        (bytes.fromhex("81c9000100000001"), "report is cut off"),
        (bytes.fromhex("80c800010000000180"), "report is cut off"),
    ],
)
def test_the_broken_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse(data)


@given(st.binary(max_size=120))
def test_garbage_is_a_list_or_a_value_error(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(parse(data), list)
