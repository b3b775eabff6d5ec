"""Keys pressed as RFC 4733 events: each press once, whatever the network did to its packets."""

from __future__ import annotations

import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.rtp.events import KEYS, QUIET_MS, Keypad, Press, press
from outdial.rtp.packet import Packet


def packets(key: str, ms: int = 100, timestamp: int = 8000) -> list[Packet]:
    return list(press(key, ms, packet_type=101, sequence=7, timestamp=timestamp, ssrc=1))


def heard(arriving: list[Packet], keypad: Keypad | None = None) -> list[Press]:
    keypad = keypad or Keypad()
    presses = [
        each for n, packet in enumerate(arriving) for each in keypad.take(packet.timestamp, packet.payload, n * 20)
    ]
    return presses + keypad.expire(len(arriving) * 20 + QUIET_MS)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_heard_once_with_its_length(key: str) -> None:
    assert heard(packets(key)) == [Press(key, 100)]


def test_the_packets_of_a_press() -> None:
    sent = packets("5", 60)
    assert [packet.payload.hex() for packet in sent] == ["050a00a0", "050a0140"] + ["058a01e0"] * 3
    assert [packet.marker for packet in sent] == [True, False, False, False, False]
    assert [packet.sequence for packet in sent] == [7, 8, 9, 10, 11]
    assert {packet.timestamp for packet in sent} == {8000}


@given(st.lists(st.integers(0, 6)), st.randoms(use_true_random=False))
def test_repeats_and_disorder_change_nothing(again: list[int], chance: random.Random) -> None:
    sent = packets("7")
    arriving = sent + [sent[n] for n in again]
    chance.shuffle(arriving)
    found = heard(arriving)
    assert [each.key for each in found] == ["7"]


@given(st.sets(st.integers(4, 6), max_size=2), st.sets(st.integers(0, 3)))
def test_one_end_of_three_suffices(ends_lost: set[int], others_lost: set[int]) -> None:
    lost = ends_lost | others_lost
    assert heard([packet for n, packet in enumerate(packets("3")) if n not in lost]) == [Press("3", 100)]


def test_without_its_end_a_press_counts_from_60_ms() -> None:
    assert heard(packets("1", 200)[:3]) == [Press("1", 60)]
    assert heard(packets("1", 200)[:2]) == []


def test_a_lost_end_is_noticed_at_the_next_key_at_once() -> None:
    keypad = Keypad()
    first, second = packets("1", 200, 8000)[:4], packets("1", 100, 16000)
    presses = [each for packet in first + second[:1] for each in keypad.take(packet.timestamp, packet.payload, 0)]
    assert presses == [Press("1", 80)]


def test_the_same_key_twice_is_two_presses() -> None:
    assert heard(packets("2", timestamp=8000) + packets("2", timestamp=9600)) == [Press("2", 100)] * 2


def test_a_straggler_of_an_earlier_key_is_no_new_press() -> None:
    first, second = packets("1", timestamp=8000), packets("2", timestamp=9600)
    assert heard(first[:-1] + second + first[-1:]) == [Press("1", 100), Press("2", 100)]


def test_timestamps_may_wrap_between_two_keys() -> None:
    assert len(heard(packets("1", timestamp=0xFFFFFF00) + packets("2", timestamp=1600))) == 2


def test_flash_is_no_key() -> None:
    assert heard([Packet(101, 1, 1, 1, bytes([16, 0x80, 1, 0x40]))]) == []


def test_what_is_no_key_cannot_be_pressed() -> None:
    with pytest.raises(ValueError, match="substring not found"):
        packets("x")


@given(st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=6)), max_size=30))
def test_garbage_never_surprises(arriving: list[tuple[int, bytes]]) -> None:
    keypad = Keypad()
    for timestamp, payload in arriving:
        with contextlib.suppress(ValueError):
            assert all(each.key in KEYS for each in keypad.take(timestamp, payload, 0))
