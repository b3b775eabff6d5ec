"""Whatever arrives, nothing is thrown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outdial.audio.law import Law
from outdial.rtp.events import KEYS, Press
from outdial.rtp.packet import Packet, build
from outdial.switch.embedded.media.incoming import Incoming

PACKETS = st.builds(
    Packet,
    st.sampled_from([0, 8, 13, 101]),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 2),
    st.binary(max_size=8),
)
DATAGRAMS = st.lists(st.tuples(st.binary(max_size=40) | PACKETS.map(build), st.booleans()), max_size=40)


@given(DATAGRAMS)
def test_any_datagrams_in_any_order_are_sound_keys_or_nothing(arriving: list[tuple[bytes, bool]]) -> None:
    incoming = Incoming()
    incoming.dtmf_payload_type = 101
    for n, (data, exact) in enumerate(arriving):
        for press in incoming.take(data, n * 160, exact, n * 20):
            assert press.key in KEYS
    heard = incoming.reception
    assert heard.received <= len(arriving)
    assert heard.lost >= 0
    assert 0 <= heard.fraction_lost() <= 255


class Paper:
    """A sink that writes down what is heard, sound that goes on put together."""

    wants_exact = False

    def __init__(self) -> None:
        self.heard_: list[tuple[int, int, Law, bytes]] = []

    def heard(self, source: int, timestamp: int, sound: bytes, law: Law, arrival: int, *, exact: bool) -> None:
        if self.heard_ and sound:
            before, start, its_law, so_far = self.heard_[-1]
            if (before, start + len(so_far) & 0xFFFFFFFF, its_law) == (source, timestamp, law):
                self.heard_[-1] = (before, start, its_law, so_far + sound)
                return
        if sound:
            self.heard_.append((source, timestamp, law, sound))

    def sent(self, round_: int, sound: bytes, law: Law) -> None: ...
    def flush(self, round_: int) -> None: ...
    def close(self, round_: int) -> None: ...


@st.composite
def streams(draw: st.DrawFn) -> list[bytes]:
    """A stream that mostly goes on, with losses, repetitions, keys, other laws, sources and nonsense in it."""
    sequence, timestamp, source, kind = draw(st.integers(0xFFF0, 0xFFFF)), 0xFFFFFFC0, 1, 8
    sent = []
    for what in draw(st.lists(st.sampled_from("......lrkasxn"), max_size=60)):
        sequence, timestamp = sequence + 1 & 0xFFFF, timestamp + 4 & 0xFFFFFFFF
        if what == "l":
            sequence, timestamp = sequence + 1 & 0xFFFF, timestamp + 4 & 0xFFFFFFFF
        elif what == "a":
            kind ^= 8
        elif what == "s":
            source += 1
        if what == "n":
            sent.append(draw(st.binary(max_size=20)))
        elif what == "k":
            sent.append(build(Packet(101, sequence, timestamp, source, bytes([5, 0x80, 0, 160]))))
        else:
            sound = bytes([sequence & 0xFF]) * 4
            sent.append(build(Packet(kind, sequence, timestamp, source, sound, marker=what == "x")))
        if what == "r":
            sent.append(sent[-1])
    return sent


@given(streams(), st.integers(1, 9))
def test_packets_taken_together_are_what_they_are_one_by_one(sent: list[bytes], at_once: int) -> None:
    single, together = Incoming(), Incoming()
    pressed: list[Press] = []
    pressed_together: list[Press] = []
    for incoming in (single, together):
        incoming.dtmf_payload_type = 101
        incoming.sink = Paper()
    for start in range(0, len(sent), at_once):
        part = sent[start : start + at_once]
        pressed_together += together.take_all(part, start, start)
        for data in part:
            pressed += single.take(data, start, False, start)
    assert (single.reception, single.source) == (together.reception, together.source)
    assert pressed == pressed_together
    assert isinstance(single.sink, Paper)
    assert isinstance(together.sink, Paper)
    assert single.sink.heard_ == together.sink.heard_
