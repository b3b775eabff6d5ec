"""Recordings that a flow asks for, echoes, and sounds under others: a leg on a clock that only moves when told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from outdial.audio.g711 import decode, encode
from outdial.audio.law import ALAW, FRAME, ULAW, Law
from outdial.rtp.packet import Packet
from outdial.switch.embedded.media.echo import Echo
from outdial.switch.embedded.media.mixing import folded
from outdial.switch.embedded.media.playlist import Piece, Playlist
from outdial.switch.embedded.media.recording import File
from outdial.switch.embedded.media.tapes import Limits, Tape
from outdial.switch.port import Played, Sides
from tests.media.test_recording import Keep
from tests.media.test_wheel import Table

QUIET = bytes([ALAW.silence])
LOUD = 0x2A


class Studio(Table):
    """One answered leg whose person says a frame every 20 ms."""

    def __init__(self) -> None:
        super().__init__(1)
        self.answer()
        self.leg, self.wire = self.legs[0], self.wires[0]
        self.keep = Keep()
        self._said = 0

    @property
    def round(self) -> int:
        return self.wheel.round(self.now)

    def tape(self, number: int = 1, sides: Sides = "both", **limits: int) -> File:
        file = File(1, Path("unused"), ALAW, sides, number)
        self.leg.record(Tape(file, self.keep, self.round, Limits(**limits)))
        return file

    def say(self, *frames: bytes, law: Law = ALAW) -> None:
        for frame in frames:
            self.wire.waiting.append(Packet(law.payload_type, self._said & 0xFFFF, self._said * FRAME, 77, frame))
            self._said += 1
            self.pass_ms(20)

    def sent(self) -> bytes:
        return b"".join(packet.payload for _, packet in self.wire.sent)


def loud(frames: int) -> list[bytes]:
    return [bytes([LOUD]) * FRAME] * frames


def quiet(frames: int) -> list[bytes]:
    return [QUIET * FRAME] * frames


def test_it_ends_exactly_at_its_limit() -> None:
    studio = Studio()
    file = studio.tape(max_ms=500)
    studio.say(*loud(50))
    assert (file.end, len(studio.keep.right)) == ("limit", 4000)
    assert studio.leg.sink is None


def test_it_ends_when_the_silence_has_lasted_long_enough() -> None:
    studio = Studio()
    file = studio.tape(silence_level=200, silence_ms=400)
    studio.say(*loud(10), *quiet(15), *loud(5), *quiet(60))
    assert file.end == "silence"
    assert studio.keep.right.rstrip(QUIET).count(LOUD) == 15 * FRAME
    tail = len(studio.keep.right) - len(studio.keep.right.rstrip(QUIET))
    assert 400 * 8 <= tail < 420 * 8, "the silence belongs to the recording, to the frame"


def test_who_says_nothing_is_silent_from_the_beginning_also_without_any_packet() -> None:
    studio = Studio()
    file = studio.tape(silence_level=200, silence_ms=300)
    studio.pass_ms(1000)
    assert (file.end, len(studio.keep.right)) == ("silence", 2400)


def test_a_level_without_a_time_ends_nothing() -> None:
    studio = Studio()
    file = studio.tape(silence_level=200)
    studio.say(*quiet(40))
    studio.leg.close(studio.round, 0)
    assert file.end == "hungup"


@pytest.mark.parametrize(("level", "end"), [(100, "hungup"), (300, "silence")])
def test_the_level_is_the_mean_amplitude(level: int, end: str) -> None:
    studio = Studio()
    file = studio.tape(silence_level=level, silence_ms=200)
    murmur = encode(np.tile(np.array([250, -250], dtype=np.int16), FRAME // 2), ALAW)
    studio.say(*[murmur] * 40)
    studio.leg.close(studio.round, 0)
    assert file.end == end


def test_stopping_takes_what_has_come_and_the_end_of_the_call_ends_it_too() -> None:
    studio = Studio()
    first, second = studio.tape(1), studio.tape(2)
    studio.say(*loud(3), *quiet(1))
    studio.leg.stop_tape(1, studio.round, 0)
    studio.leg.stop_tape(1, studio.round, 0)
    assert first.end == "stopped" and studio.keep.right.count(LOUD) == 3 * FRAME
    studio.leg.close(studio.round, 0)
    assert second.end == "hungup" and studio.keep.right.count(LOUD) == 6 * FRAME


def test_sides() -> None:
    left, right = encode(np.full(9, 4000, dtype=np.int16), ALAW), encode(np.full(9, -1000, dtype=np.int16), ALAW)
    stereo = bytearray(18)
    stereo[0::2], stereo[1::2] = left, right
    assert folded(stereo, "both", ALAW) is stereo
    assert folded(stereo, "heard", ALAW) == right
    assert abs(int(decode(bytes(folded(stereo, "mixed", ALAW)), ALAW)[0]) - 3000) < 100


def test_a_mix_that_is_too_loud_is_clipped_not_wrapped() -> None:
    stereo = bytearray(encode(np.full(4, 30000, dtype=np.int16), ULAW))
    assert decode(bytes(folded(stereo, "mixed", ULAW)), ULAW)[0] > 30000


def test_a_mono_file_says_so(tmp_path: Path) -> None:
    file = File(1, tmp_path / "heard.wav", ALAW, "heard", 1)
    file.write(bytearray(b"ab" * 8000), last=True)
    file.close()
    assert file.ms == 1000
    assert (tmp_path / "heard.wav").read_bytes().endswith(b"b" * 8000)


# ── echo ─────────────────────────────────────────────────────────────────────────────────────────


def echo(studio: Studio, delay_ms: int = 0) -> list[Played]:
    ends: list[Played] = []
    mirror = Echo(delay_ms, studio.leg.outgoing.law)
    studio.leg.outgoing.play(mirror.speak, ends.append)
    studio.leg.add(mirror)
    return ends


def spoken(count: int) -> list[bytes]:
    return [bytes([n + 1]) * FRAME for n in range(count)]


@pytest.mark.parametrize(("asked_ms", "least_ms"), [(0, 120), (1000, 1000)])
def test_what_is_said_comes_back_whole_after_the_delay(asked_ms: int, least_ms: int) -> None:
    studio = Studio()
    ends = echo(studio, asked_ms)
    studio.say(*spoken(60), *quiet(60))
    assert b"".join(spoken(60)) in studio.sent()
    late = studio.sent().index(spoken(1)[0]) // 8
    assert least_ms <= late <= least_ms + 140
    studio.leg.outgoing.stop("stopped")
    assert ends[0].end == "stopped"


def test_a_lost_packet_is_silence_in_the_echo_and_a_late_one_is_dropped() -> None:
    studio = Studio()
    echo(studio)
    frames = spoken(20)
    studio.say(*frames[:10])
    studio._said += 1
    studio.say(*frames[11:], *quiet(20))
    assert frames[9] + QUIET * FRAME + frames[11] in studio.sent()


def test_the_echo_is_in_the_law_that_is_sent() -> None:
    studio = Studio()
    echo(studio)
    words = encode(np.full(FRAME, 5000, dtype=np.int16), ULAW)
    studio.say(*[words] * 20, law=ULAW)
    assert encode(decode(words, ULAW), ALAW) in studio.sent()


def test_a_person_whose_clock_is_fast_does_not_pile_up() -> None:
    echo_ = Echo(0, ALAW)
    for n in range(1000):
        echo_.heard(7, n * FRAME, bytes(FRAME), ALAW, 0, exact=False)
    taken = 0
    while echo_.take() == bytes(FRAME):
        taken += 1
    assert taken <= (120 + 500) // 20


# ── a sound under others ─────────────────────────────────────────────────────────────────────────


def tone(level: int, frames: int = 50) -> bytes:
    return encode(np.full(frames * FRAME, level, dtype=np.int16), ALAW)


@pytest.mark.parametrize(("reduction_db", "level"), [(0, 8000), (6, 4010), (20, 800), (-6, 15962)])
def test_a_sound_under_silence_has_its_level(reduction_db: int, level: int) -> None:
    studio = Studio()
    studio.leg.play_under("bg", lambda law: Playlist([Piece(tone(8000), 8000, 0)], law), reduction_db)
    studio.pass_ms(200)
    heard = decode(studio.sent()[-FRAME:], ALAW)
    assert abs(int(heard[0]) - level) <= level / 30 + 16


def test_it_goes_on_under_a_prompt_is_recorded_and_stops() -> None:
    studio = Studio()
    studio.tape()
    studio.leg.play_under("bg", lambda law: Playlist([Piece(tone(1000), 8000, 0)], law), 0)
    studio.leg.outgoing.play(lambda law: Playlist([Piece(tone(4000), 8000)], law), lambda _: None)
    studio.pass_ms(100)
    assert abs(int(decode(studio.sent()[-1:], ALAW)[0]) - 5000) < 200
    studio.pass_ms(2000)
    assert abs(int(decode(studio.sent()[-1:], ALAW)[0]) - 1000) < 50, "the prompt is over"
    studio.leg.stop_under("bg")
    studio.pass_ms(100)
    assert studio.sent()[-1:] == QUIET
    studio.leg.close(studio.round, 0)
    assert studio.keep.left.strip(QUIET) == studio.sent().strip(QUIET)


def test_two_of_different_names_sound_together_and_the_same_name_replaces() -> None:
    studio = Studio()
    for name, level in (("a", 4000), ("b", 1000), ("b", 2000)):
        studio.leg.play_under(name, lambda law, level=level: Playlist([Piece(tone(level), 8000, 0)], law), 0)  # type: ignore[misc]
    studio.pass_ms(100)
    assert abs(int(decode(studio.sent()[-1:], ALAW)[0]) - 6000) < 300
    studio.leg.stop_under("a")
    studio.pass_ms(100)
    assert abs(int(decode(studio.sent()[-1:], ALAW)[0]) - 2000) < 100


def test_the_law_may_change_under_it() -> None:
    studio = Studio()
    sounds = {law: encode(np.full(8000, 2000, dtype=np.int16), law) for law in (ALAW, ULAW)}
    studio.leg.play_under("bg", lambda law: Playlist([Piece(sounds[law], 8000, 0)], law), 0)
    studio.pass_ms(100)
    studio.leg.point(ULAW.payload_type, 101, held=False, round_=studio.round)
    studio.pass_ms(100)
    assert abs(int(decode(studio.sent()[-1:], ULAW)[0]) - 2000) < 100


def test_nothing_to_play_under_it_is_no_harm() -> None:
    studio = Studio()
    studio.leg.play_under("bg", lambda law: Playlist([], law), 0)
    studio.pass_ms(100)
    assert decode(studio.sent()[-FRAME:], ALAW)[0] == decode(QUIET, ALAW)[0]
