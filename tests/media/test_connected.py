"""Calls that are connected: sound passes byte for byte both ways, recordings stay complete, keys pass and are sent."""

from __future__ import annotations

import asyncio
from itertools import groupby
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from outdial.audio.law import ALAW, FRAME, ULAW
from outdial.audio.wav import read
from outdial.rtp.events import KEYS, Keypad, Press, press
from outdial.rtp.packet import Packet
from outdial.switch.embedded.media.client import Lease
from outdial.switch.embedded.media.keying import Keying
from outdial.switch.embedded.media.outgoing import Outgoing
from outdial.switch.embedded.media.recording import TO
from outdial.switch.port import Silence
from tests.media.far_end import QUIET, Ear, FarEnd, call, media, run, speech

COUNT = 40


def sound_of(seed: int) -> list[bytes]:
    """Frames that no other frame is like, none silent."""
    return [bytes([seed, n + 1]) * (FRAME // 2) for n in range(COUNT)]


async def speak(far: FarEnd, lease: Lease, frames: list[bytes], payload_type: int = 8) -> None:
    """A frame for each packet heard, so that the far end keeps the media process's time; then what is in between.

    The first packet says that the calls are connected.
    """
    await far.hear()
    for n, frame in enumerate(frames):
        far.say(lease, speech(n, frame, payload_type, ssrc=lease.port))
        await far.hear()
    await far.hear(20)


def spoken(packets: list[Packet], silence: bytes = QUIET) -> list[bytes]:
    return [packet.payload for packet in packets if packet.payload != silence and packet.payload_type in (0, 8)]


def test_each_hears_the_other_and_the_recording_has_both(tmp_path: Path) -> None:
    async def talk() -> None:
        async with media() as client:
            a, b = FarEnd(), FarEnd()
            (to_a, ear_a), (to_b, _) = call(client, a), call(client, b)
            client.answer(to_a, tmp_path / "a.wav", 0)
            client.answer(to_b, None, 0)
            client.join(to_a, to_b)
            await asyncio.gather(speak(a, to_a, sound_of(0x10)), speak(b, to_b, sound_of(0x20)))
            assert spoken(b.heard) == sound_of(0x10)
            assert spoken(a.heard) == sound_of(0x20)
            first = b.heard[0]
            assert [p.sequence for p in b.heard] == [(first.sequence + n) & 0xFFFF for n in range(len(b.heard))]
            client.release(to_a)
            await ear_a.wait(lambda ear: ear.ended)

    run(talk())
    ours, theirs = read((tmp_path / "a.wav").read_bytes()).channels
    assert frames_in(ours) == sound_of(0x20)
    assert frames_in(theirs) == sound_of(0x10)


def frames_in(side: bytes) -> list[bytes]:
    """The frames of one side of a recording, wherever they begin."""
    runs = [bytes(group) for pair, group in groupby(side, lambda byte: byte != ALAW.silence) if pair]
    joined = b"".join(runs)
    return [joined[at : at + FRAME] for at in range(0, len(joined), FRAME)]


def test_each_speaks_its_own_law() -> None:
    async def talk() -> None:
        async with media() as client:
            a, b = FarEnd(), FarEnd()
            (to_a, _), (to_b, _) = call(client, a), call(client, b)
            client.point(to_b, "127.0.0.1", b.port, ULAW.payload_type, 101)
            client.answer(to_a, None, 0)
            client.answer(to_b, None, 0)
            client.join(to_a, to_b)
            await asyncio.gather(speak(a, to_a, sound_of(0x10)), speak(b, to_b, sound_of(0x20), payload_type=0))
            quiet = bytes([ULAW.silence]) * FRAME
            assert spoken(b.heard, quiet) == [frame.translate(TO[ULAW]) for frame in sound_of(0x10)]
            assert spoken(a.heard) == [frame.translate(TO[ALAW]) for frame in sound_of(0x20)]

    run(talk())


def test_parted_calls_hear_each_other_no_more_and_go_on() -> None:
    async def talk() -> None:
        async with media() as client:
            a, b = FarEnd(), FarEnd()
            (to_a, _), (to_b, ear_b) = call(client, a), call(client, b)
            client.answer(to_a, None, 0)
            client.answer(to_b, None, 0)
            client.join(to_a, to_b)
            await b.hear(5)
            client.part(to_b)
            client.play(to_b, 1, [Silence(40)])
            await ear_b.wait(lambda ear: ear.plays)
            await speak(a, to_a, sound_of(0x10))
            assert spoken(await b.hear(COUNT)) == []

    run(talk())


def test_a_line_leased_again_does_not_hear_who_was_connected_to_the_old_call() -> None:
    """One side ends; what the other plays after it is its own, and the line is nobody's."""

    async def talk() -> None:
        async with media() as client:
            a, b = FarEnd(), FarEnd()
            (to_a, _), (to_b, ear_b) = call(client, a), call(client, b)
            client.answer(to_a, None, 0)
            client.answer(to_b, None, 0)
            client.join(to_a, to_b)
            await b.hear(5)
            client.release(to_b)
            await ear_b.wait(lambda ear: ear.ended)
            await speak(a, to_a, sound_of(0x10))
            assert spoken(a.heard) == []

    run(talk())


def test_keys_pass_with_their_length_under_the_other_sides_payload_type() -> None:
    async def talk() -> None:
        async with media() as client:
            a, b = FarEnd(), FarEnd()
            (to_a, ear_a), (to_b, _) = call(client, a, dtmf=101), call(client, b, dtmf=96)
            client.answer(to_a, None, 0)
            client.answer(to_b, None, 0)
            client.join(to_a, to_b)
            for packet in press("5", 140, packet_type=101, sequence=0, timestamp=0, ssrc=1):
                a.say(to_a, packet)
                await a.hear()
            await ear_a.wait(lambda ear: ear.digits)
            await b.hear_until(lambda packet: packet.payload_type == 96 and packet.payload[1] & 0x80 != 0)
            await b.hear(5)
            assert ear_a.digits == [("5", 140)]
            assert pressed(b.heard, 96) == [Press("5", 140)]

    run(talk())


def pressed(packets: list[Packet], payload_type: int) -> list[Press]:
    keypad, presses = Keypad(), list[Press]()
    for packet in packets:
        if packet.payload_type == payload_type:
            presses += keypad.take(packet.timestamp, packet.payload, 0)
    return presses


def test_keys_are_sent_in_place_of_sound_and_told_of_at_the_end() -> None:
    async def talk() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.answer(lease, None, 0)
            client.send_keys(lease, 1, "1w#", 80)
            client.send_keys(lease, 2, "D", 200)
            await ear.wait(lambda ear: len(ear.sent) == 2)
            await far.hear_until(lambda p: p.payload_type == 101 and p.payload[0] == 15 and p.payload[1] & 0x80 != 0)
            await far.hear(4)
            assert pressed(far.heard, 101) == [Press("1", 80), Press("#", 80), Press("D", 200)]
            assert ear.sent == [(1, "sent"), (2, "sent")]
            first = far.heard[0]
            assert [p.sequence for p in far.heard] == [(first.sequence + n) & 0xFFFF for n in range(len(far.heard))]

    run(talk())


def test_a_far_end_without_telephone_events_is_sent_none() -> None:
    async def talk() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far, dtmf=None)
            client.answer(lease, None, 0)
            client.send_keys(lease, 1, "1", 80)
            await ear.wait(lambda ear: ear.sent)
            assert ear.sent == [(1, "unsupported")]
            early = client.lease(waiting := Ear())
            assert early
            client.send_keys(early, 1, "1", 80)
            await waiting.wait(lambda ear: ear.sent)
            assert waiting.sent == [(1, "unsupported")]

    run(talk())


def test_keys_that_wait_end_with_the_call() -> None:
    async def talk() -> None:
        async with media() as client:
            far = FarEnd()
            lease, ear = call(client, far)
            client.answer(lease, None, 0)
            client.send_keys(lease, 1, "W" * 60 + "1", 80)
            await far.hear(3)
            client.release(lease)
            await ear.wait(lambda ear: ear.ended)
            assert ear.sent == [(1, "hungup")]

    run(talk())


@given(st.text(KEYS + "wW", max_size=8), st.integers(40, 8000))
def test_what_is_pressed_is_what_was_asked(keys: str, ms: int) -> None:
    outgoing = Outgoing(7)
    outgoing.speak(8)
    outgoing.always = True
    keying, told = Keying(outgoing), list[str]()
    keying.send(keys, ms, 101, told.append)
    heard, keypad, round_ = list[Press](), Keypad(), 0
    while keying.busy:
        packet = keying.packet(round_, 0)
        if packet[1] & 0x7F == 101:
            heard += keypad.take(int.from_bytes(packet[4:8], "big"), packet[12:], 0)
        round_ += 1
    assert "".join(press.key for press in heard) == keys.replace("w", "").replace("W", "")
    assert {press.ms for press in heard} <= {ms}
    assert told == ["sent"]
    assert round_ >= 25 * keys.count("w") + 50 * keys.count("W")
