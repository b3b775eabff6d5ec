"""The wheel and its legs on a clock that only moves when told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest

from outdial.audio.law import ALAW, FRAME, ULAW
from outdial.rtp.events import press
from outdial.rtp.packet import Packet, build, parse
from outdial.rtp.rtcp import Block, Bye, Report, Sender
from outdial.rtp.rtcp import build as build_rtcp
from outdial.rtp.rtcp import parse as parse_rtcp
from outdial.switch.embedded.media import records
from outdial.switch.embedded.media.leg import Leg
from outdial.switch.embedded.media.playlist import Piece, Playlist
from outdial.switch.embedded.media.wheel import CROWD, PHASES, SLOTS, Wheel
from outdial.switch.port import Played

SEED = 0x1234_0000_FFFE_0000_0009
"""SSRC 9, first sequence number 0xFFFE, timestamps from 0x12340000: all about to be checked."""


class Wire:
    """A line that ends in lists."""

    def __init__(self, port: int, clock: Callable[[], float]) -> None:
        self.port = port
        self.send: Callable[[bytes], object] = self._keep
        self.sent: list[tuple[float, Packet]] = []
        self.waiting: list[Packet] = []
        self.reports_sent: list[bytes] = []
        self.reports_waiting: list[bytes] = []
        self.polls: list[float] = []
        self._clock = clock

    def _keep(self, data: bytes) -> None:
        self.sent.append((self._clock(), parse(data)))

    def receive(self) -> list[bytes]:
        self.polls.append(self._clock())
        waiting, self.waiting = self.waiting, []
        return [build(packet) for packet in waiting]

    def receive_stamped(self) -> list[tuple[bytes, float]]:
        return [(data, 20.0 * n) for n, data in reversed(list(enumerate(reversed(self.receive()))))]

    def send_report(self, data: bytes) -> None:
        self.reports_sent.append(data)

    def receive_reports(self) -> list[bytes]:
        waiting, self.reports_waiting = self.reports_waiting, []
        return waiting


class Table:
    """A wheel, some legs and their clock."""

    def __init__(self, legs: int) -> None:
        self._ms = 0
        self.wheel = Wheel(100.0)
        self.told: list[records.Report] = []
        self.wires = [Wire(n, lambda: self.now) for n in range(legs)]
        self.legs = [Leg(wire, self.told.append, SEED) for wire in self.wires]
        for leg in self.legs:
            leg.point(ALAW.payload_type, 101, held=False, round_=0)
            self.wheel.add(leg, self.now)

    @property
    def now(self) -> float:
        """A hundredth of a millisecond after the tick."""
        return 100.00001 + self._ms / 1000

    def pass_ms(self, ms: int, step_ms: int = 1) -> None:
        for _ in range(0, ms, step_ms):
            self._ms += step_ms
            self.wheel.turn(lambda: self.now, lambda: round(self.now * 1000))

    def answer(self, timeout_ms: int = 0) -> None:
        for leg in self.legs:
            leg.answer(self.wheel.round(self.now), None, timeout_ms)


def test_many_legs_spread_evenly_over_slots_and_phases() -> None:
    table = Table(SLOTS * 40)
    assert set(Counter(leg.slot for leg in table.legs).values()) == {40}
    assert set(Counter((leg.slot, leg.phase) for leg in table.legs).values()) == {8}
    table.wheel.remove(table.legs[33])
    late = Leg(Wire(999, lambda: 0.0), table.told.append, SEED)
    table.wheel.add(late, table.now)
    assert (late.slot, late.phase) == (table.legs[33].slot, table.legs[33].phase)


def test_few_legs_share_a_slot_so_that_the_process_wakes_seldom() -> None:
    table = Table(CROWD + 1)
    assert sorted(Counter(leg.slot for leg in table.legs).values()) == [1, CROWD]
    assert max(Counter((leg.slot, leg.phase) for leg in table.legs).values()) <= CROWD // PHASES + 1


def test_every_leg_sends_every_20_ms_and_listens_every_100() -> None:
    table = Table(30)
    table.answer()
    table.pass_ms(1000)
    for wire in table.wires:
        times = [round(at * 1000) for at, _ in wire.sent[1:]]
        assert {b - a for a, b in pairwise(times)} == {20}
        polls = [round(at * 1000) for at in wire.polls[1:]]
        assert {b - a for a, b in pairwise(polls)} == {100}


def test_numbers_and_times_step_and_wrap_and_the_first_packet_is_marked() -> None:
    table = Table(1)
    table.answer()
    table.pass_ms(100)
    sent = [packet for _, packet in table.wires[0].sent]
    assert [packet.sequence for packet in sent[:3]] == [0xFFFF, 0, 1]
    assert {b.timestamp - a.timestamp for a, b in pairwise(sent)} == {FRAME}
    assert [packet.marker for packet in sent] == [True] + [False] * (len(sent) - 1)
    assert {packet.ssrc for packet in sent} == {9}


def test_a_short_delay_is_made_up_and_a_long_one_is_left_out() -> None:
    table = Table(1)
    table.answer()
    wire = table.wires[0]
    table.pass_ms(100)
    before = len(wire.sent)
    table.pass_ms(50, step_ms=50)
    table.pass_ms(20)
    assert len(wire.sent) - before in (3, 4)
    before, last = len(wire.sent), wire.sent[-1][1]
    table.pass_ms(1000, step_ms=1000)
    table.pass_ms(20)
    new = [packet for _, packet in wire.sent[before:]]
    assert len(new) <= 3
    assert new[0].sequence == (last.sequence + 1) & 0xFFFF
    assert new[-1].timestamp - last.timestamp == pytest.approx(1020 * 8, abs=FRAME)


def test_an_idle_wheel_waits_for_nothing_and_counts_no_lateness() -> None:
    table = Table(0)
    assert table.wheel.next_due() is None
    table.pass_ms(5000, step_ms=5000)
    leg = Leg(Wire(1, lambda: table.now), table.told.append, SEED)
    table.wheel.add(leg, table.now)
    table.pass_ms(100)
    turned = table.wheel.report()
    assert (turned.legs, turned.max_ms <= 0.1) == (1, True)


def test_lateness_is_told_once_and_starts_anew() -> None:
    table = Table(SLOTS * CROWD)
    table.pass_ms(90)
    table.pass_ms(10, step_ms=10)
    turned = table.wheel.report()
    assert turned.p50_ms <= 0.1
    assert 8 <= turned.p99_ms <= 10.1
    assert turned.max_ms == pytest.approx(9, abs=0.1)
    assert table.wheel.report().max_ms == 0


def test_a_peer_that_refuses_does_not_stop_the_others() -> None:
    table = Table(2)
    table.answer()

    def refuse(data: bytes) -> None:
        raise ConnectionRefusedError

    table.wires[0].send = refuse
    table.pass_ms(100)
    assert len(table.wires[1].sent) >= 4


def test_the_law_may_change_while_something_plays() -> None:
    table = Table(1)
    leg, wire, ends = table.legs[0], table.wires[0], list[Played]()
    sounds = {ALAW: b"a" * 8000, ULAW: b"u" * 8000}
    leg.outgoing.play(lambda law: Playlist([Piece(sounds[law], 8000)], law), ends.append)
    table.pass_ms(400)
    leg.point(ULAW.payload_type, None, held=False, round_=20)
    table.pass_ms(1000)
    kinds = Counter((packet.payload_type, packet.payload[:1]) for _, packet in wire.sent)
    assert sum(kinds.values()) == 50
    assert set(kinds) == {(8, b"a"), (0, b"u")}
    assert [(end.end, end.ms) for end in ends] == [("done", 1000)]


def test_on_hold_nothing_is_sent_and_playing_runs_on() -> None:
    table = Table(1)
    leg, ends = table.legs[0], list[Played]()
    table.answer()
    leg.point(ALAW.payload_type, 101, held=True, round_=0)
    leg.outgoing.play(lambda law: Playlist([Piece(bytes(1600), 1600)], law), ends.append)
    table.pass_ms(300)
    assert table.wires[0].sent == []
    assert ends == [Played("done", 200, 0)]
    leg.point(ALAW.payload_type, 101, held=False, round_=15)
    table.pass_ms(100)
    assert len(table.wires[0].sent) == 5


def test_keys_come_out_of_the_stream() -> None:
    table = Table(1)
    sent = list(press("5", 80, packet_type=101, sequence=1, timestamp=1, ssrc=3))
    table.wires[0].waiting = [*sent, Packet(101, 9, 99, 3, b"cut")]
    table.pass_ms(200)
    assert [(each.key, each.ms) for each in table.told if isinstance(each, records.Pressed)] == [("5", 80)]


def test_a_key_whose_end_is_lost_comes_when_it_has_been_quiet() -> None:
    table = Table(1)
    table.wires[0].waiting = list(press("5", 80, packet_type=101, sequence=1, timestamp=1, ssrc=3))[:3]
    table.pass_ms(500)
    assert [each.key for each in table.told if isinstance(each, records.Pressed)] == ["5"]


def test_no_rtp_is_told_once_and_never_before_the_answer() -> None:
    table = Table(1)
    table.pass_ms(1000)
    assert table.told == []
    table.answer(timeout_ms=500)
    table.pass_ms(2000)
    assert table.told == [records.NoRtp(0)]


def test_reports_carry_the_peers_and_go_out_every_five_seconds() -> None:
    table = Table(1)
    wire = table.wires[0]
    table.answer()
    wire.waiting = [Packet(8, n, n * FRAME, 3, bytes(FRAME)) for n in (1, 2, 4)]
    stamp = 0x1111_2222_3333_4444
    wire.reports_waiting = [b"garbage!", build_rtcp(Report(3, Sender(stamp, 0, 0, 0)), b"peer")]
    table.pass_ms(10_000)
    assert len(wire.reports_sent) == 2
    first, second = (parse_rtcp(data)[0] for data in wire.reports_sent)
    assert isinstance(first, Report)
    assert isinstance(second, Report)
    assert first.sender
    assert second.sender
    assert second.sender.packets - first.sender.packets == 250
    assert second.sender.timestamp - first.sender.timestamp == 250 * FRAME
    (block,) = second.blocks
    assert isinstance(block, Block)
    assert (block.ssrc, block.lost, block.highest, block.last_report) == (3, 1, 4, 0x2222_3333)
    assert block.delay == pytest.approx(5 * 65536, rel=0.01)
    counted = [each for each in table.told if isinstance(each, records.Counted)]
    assert [(each.received, each.lost) for each in counted] == [(3, 1)] * 2
    table.legs[0].close(500, 0)
    assert isinstance(parse_rtcp(wire.reports_sent[-1])[-1], Bye)


def test_steady_packets_have_no_jitter() -> None:
    table = Table(1)
    for n in range(40):
        table.wires[0].waiting = [Packet(8, k, k * FRAME, 3, bytes(FRAME)) for k in range(n * 5, n * 5 + 5)]
        table.pass_ms(100)
    assert table.legs[0].figures().jitter_ms == 0
