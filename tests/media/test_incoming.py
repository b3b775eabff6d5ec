"""Whatever arrives, nothing is thrown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outdial.rtp.events import KEYS
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
