"""Sounds in a row are one sound: whatever their lengths, no sample is added, lost or moved."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outdial.audio.law import ALAW, FRAME, ULAW
from outdial.switch.embedded.media.playlist import Piece, Playlist, quiet

PIECES = st.lists(st.tuples(st.binary(max_size=700), st.integers(1, 4)), max_size=6)


def pieces(sounds: list[tuple[bytes, int]]) -> list[Piece]:
    return [Piece(data, len(data), loops) for data, loops in sounds]


def frames(playlist: Playlist) -> list[bytes]:
    found = []
    while frame := playlist.take():
        found.append(frame)
    return found


@given(PIECES)
def test_the_frames_joined_are_the_sounds_joined(sounds: list[tuple[bytes, int]]) -> None:
    playlist = Playlist(pieces(sounds), ALAW)
    found = frames(playlist)
    whole = b"".join(data * loops for data, loops in sounds)
    assert {len(frame) for frame in found} <= {FRAME}
    assert b"".join(found) == whole + bytes([ALAW.silence]) * (-len(whole) % FRAME)
    assert playlist.taken == len(whole)
    assert playlist.take() == b""


@given(PIECES, st.integers(0, 30))
def test_skipping_comes_to_the_same_place(sounds: list[tuple[bytes, int]], count: int) -> None:
    walked, skipped = Playlist(pieces(sounds), ALAW), Playlist(pieces(sounds), ALAW)
    for _ in range(count):
        walked.take()
    skipped.skip(walked.taken)
    assert frames(walked) == frames(skipped)


def test_a_loop_of_zero_never_ends() -> None:
    playlist = Playlist([Piece(b"abc", 3, 0), Piece(b"never", 5)], ALAW)
    sound = b"".join(playlist.take() for _ in range(1000))
    assert sound == (b"abc" * FRAME * 1000)[: 1000 * FRAME]


@given(st.integers(1, 5000))
def test_silence_has_its_length(ms: int) -> None:
    playlist = Playlist(quiet(ULAW, ms), ULAW)
    assert set(b"".join(frames(playlist))) == {ULAW.silence}
    assert playlist.taken == ms * 8


def test_silence_of_zero_never_ends() -> None:
    playlist = Playlist(quiet(ULAW, 0), ULAW)
    assert all(playlist.take() for _ in range(1000))
