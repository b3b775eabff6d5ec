"""Both sides of a call on one timeline, in blocks, on disk."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from outdial.audio.law import ALAW, FRAME, ULAW
from outdial.audio.wav import read
from outdial.switch.embedded.media.recording import BLOCK, SLACK, File, Recorder, Window, Writer

QUIET = bytes([ALAW.silence])


def spoken(number: int) -> bytes:
    return bytes([number % 200 + 1]) * FRAME


class Keep(Writer):
    """A writer that keeps instead of writing."""

    def __init__(self) -> None:
        self.sound = b""

    def write(self, file: File, stereo: bytearray, last: bool = False) -> None:
        self.sound += stereo

    @property
    def left(self) -> bytes:
        return self.sound[0::2]

    @property
    def right(self) -> bytes:
        return self.sound[1::2]


def recorder(start_round: int = 0) -> tuple[Recorder, Keep]:
    keep = Keep()
    return Recorder(File(1, Path("unused"), ALAW), keep, start_round), keep


@given(st.sets(st.integers(0, 299)), st.randoms(use_true_random=False))
def test_what_is_lost_is_silence_and_what_is_late_finds_its_place(lost: set[int], chance: random.Random) -> None:
    window, blocks = Window(ALAW), []
    order = sorted((n for n in range(300) if n not in lost), key=lambda n: n + chance.uniform(0, 15))
    for n in order:  # up to 300 ms late
        window.right(n * FRAME, spoken(n))
        if block := window.take(n * FRAME):
            blocks.append(block)
    blocks.append(window.rest(300 * FRAME))
    expected = b"".join(QUIET * FRAME if n in lost else spoken(n) for n in range(300))
    assert b"".join(blocks)[1::2] == expected
    assert b"".join(blocks)[0::2] == QUIET * 300 * FRAME


def test_a_block_waits_for_the_late() -> None:
    window = Window(ALAW)
    window.right(0, spoken(1))
    assert window.take(BLOCK + SLACK - 1) is None
    assert len(window.take(BLOCK + SLACK) or b"") == 2 * BLOCK


def test_what_comes_for_a_block_already_written_is_dropped_and_its_overlap_kept() -> None:
    window = Window(ALAW)
    window.take(BLOCK + SLACK)
    window.right(0, spoken(1))
    window.right(BLOCK - 100, spoken(2))
    assert window.rest(BLOCK + 100)[1::2] == spoken(2)[:60] + QUIET * 40


def test_what_claims_to_be_far_ahead_takes_no_memory() -> None:
    window = Window(ALAW)
    window.right(1 << 40, spoken(1))
    assert window.rest(FRAME)[1::2] == QUIET * FRAME


def test_a_call_without_packets_for_long_is_silence_in_bounded_blocks() -> None:
    taken, keep = recorder()
    taken.sent(0, spoken(1), ALAW)
    taken.flush(1000)
    taken.close(1001)
    assert keep.left == spoken(1) + QUIET * FRAME * 1000
    assert len(keep.right) == 1001 * FRAME


def test_a_round_left_out_is_silence_on_our_side() -> None:
    taken, keep = recorder(start_round=50)
    for n in (50, 51, 54):
        taken.sent(n, spoken(n), ALAW)
    taken.close(55)
    assert keep.left == spoken(50) + spoken(51) + QUIET * 2 * FRAME + spoken(54)


def test_the_person_lies_where_the_first_exact_arrival_ties_them() -> None:
    taken, keep = recorder(start_round=50)
    start = 50 * FRAME
    before = taken.wants_exact
    taken.heard(7, 4000, spoken(1), ALAW, start + 240, exact=True)
    assert (before, taken.wants_exact) == (True, False)
    taken.heard(7, 4160, spoken(2), ALAW, start + 900, exact=False)
    taken.heard(7, 4480, spoken(4), ALAW, start + 900, exact=False)
    taken.close(60)
    assert keep.right[:880] == QUIET * 240 + spoken(1) + spoken(2) + QUIET * FRAME + spoken(4)


def test_another_source_wants_another_tie() -> None:
    taken, keep = recorder()
    taken.heard(7, 0, spoken(1), ALAW, 0, exact=True)
    taken.heard(8, 99_000, spoken(2), ALAW, 1000, exact=False)
    assert taken.wants_exact
    taken.heard(8, 99_160, spoken(3), ALAW, 1100, exact=True)
    taken.close(10)
    assert keep.right[1100 : 1100 + FRAME] == spoken(3)


def test_the_other_law_is_translated() -> None:
    taken, keep = recorder()
    taken.sent(0, bytes([ULAW.silence]) * FRAME, ULAW)
    taken.heard(7, 0, bytes([ULAW.silence]) * FRAME, ULAW, 0, exact=True)
    taken.close(1)
    assert set(keep.sound) == {ALAW.silence}


def test_blocks_on_disk_are_playable_before_the_end(tmp_path: Path) -> None:
    file = File(1, tmp_path / "a" / "call.wav", ULAW)
    file.write(bytearray(b"LR" * BLOCK), last=False)
    first = read((tmp_path / "a" / "call.wav").read_bytes())
    assert first.channels == (b"L" * BLOCK, b"R" * BLOCK)
    for _ in range(3):
        file.write(bytearray(b"LR" * BLOCK), last=False)
    refreshed = len(read((tmp_path / "a" / "call.wav").read_bytes()).channels[0])
    assert refreshed >= 3 * BLOCK  # five seconds at most are missing in the header
    file.write(bytearray(b"lr"), last=True)
    file.close()
    whole = read((tmp_path / "a" / "call.wav").read_bytes())
    assert whole.channels[0] == b"L" * 4 * BLOCK + b"l"
    assert file.bytes_written == (tmp_path / "a" / "call.wav").stat().st_size


def test_a_full_disk_is_a_fault_that_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "full.wav").symlink_to("/dev/full")
    file = File(1, tmp_path / "full.wav", ALAW)
    for _ in range(2):
        file.write(bytearray(100), last=False)
    file.close()
    assert file.fault == f"{tmp_path / 'full.wav'}: No space left on device"
    assert file.bytes_written == 0


def test_the_writer_gives_back_what_is_complete(tmp_path: Path) -> None:
    writer = Writer()
    files = [File(n, tmp_path / f"{n}.wav", ALAW) for n in range(3)]
    for file in files:
        writer.write(file, bytearray(b"ab"))
        writer.write(file, bytearray(b"cd"), last=True)
    writer.finish()
    assert list(writer.closed) == files
    assert [read((tmp_path / f"{n}.wav").read_bytes()).channels for n in range(3)] == [(b"ac", b"bd")] * 3
