"""The signalling side of the media process: starts it, commands it, hears from it.

A call's media, in order: ``lease`` (a bound port at once, nothing sent) → ``point`` (the far end's SDP, as often
as it changes) → ``answer`` (continuous sending, recording and the RTP timeout begin) → ``play``/``stop`` →
``release``. Every call of these after ``release`` or ``gone`` does nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import structlog

from outdial.domain.beat import TURNS
from outdial.domain.errors import Misconfigured
from outdial.switch.embedded.media import records
from outdial.switch.embedded.media.sounds import Sounds
from outdial.switch.embedded.polled import Polled
from outdial.switch.port import MediaFigures, Now, Played, SendEnd, Sound, Tape, Taped

log = structlog.get_logger(__name__)

_STOCK = 500
"""Free ports kept at hand, so that a burst of calls never waits for them."""
_BLOCK = 20
"""Ports bound at a time while calls are up: each takes some 50 µs in which nobody's packet leaves."""
_QUARANTINE_MS = 2000
"""A released port rests: what is still on its way to the old call must not reach a new one."""
_DATAGRAM = 1 << 18
_COMMANDS_AT_ONCE = 16
_REPORTS_AT_ONCE = 256
"""Taken before the loop gets its turn again; datagrams are not split."""
_RESTART_S = (0.0, 0.5, 2.0, 5.0)
_START_S = 10.0
_END_S = 5.0


class Listener(Protocol):
    """What one call hears of its media; called from the event loop."""

    def digit(self, digit: str, ms: int, at: int) -> None:
        """A key was pressed for ``ms``; ``at`` is epoch ms."""

    def played(self, play_id: int, played: Played) -> None:
        """A ``play`` ended: at its end, by ``stop``, by the next ``play``, or by ``release`` (``hungup``)."""

    def taped(self, number: int, taped: Taped) -> None:
        """A ``record`` ended, by itself, by ``stop_tape`` or by ``release``."""

    def keys_sent(self, number: int, end: SendEnd) -> None:
        """A ``send_keys`` ended."""

    def no_rtp(self) -> None:
        """Answered, and not one packet for the media timeout. Reported once."""

    def closed(self, figures: MediaFigures) -> None:
        """The answer to ``release``: final counters; the recording is complete on disk. Nothing follows."""

    def gone(self) -> None:
        """The media process died under this call. Nothing follows; the lease is void."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """How late the wheel turned in the last report's period."""

    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0
    legs: int = 0


class Lease:
    """One bound RTP port (even; RTCP on the next) held for one call."""

    __slots__ = ("figures", "listener", "open", "port")

    def __init__(self, port: int, listener: Listener) -> None:
        self.port = port
        self.listener = listener
        self.open = True
        """False after ``release`` or ``gone``: commands do nothing any more."""
        self.figures = MediaFigures()
        """The newest counters; refreshed about every 5 s and final in ``closed``."""


class MediaClient:
    """One media process. Everything but ``start`` and ``close`` is synchronous and returns at once."""

    def __init__(self, host: str, ports: range, now: Now) -> None:
        """``host`` is the local address to bind; ``ports`` the RTP range, such as ``range(20000, 30000)``."""
        self.ticks, self.totals = Ticks(), MediaFigures()
        self._host = host
        self._ports = ports
        self._now = now
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._unsent: deque[records.Command] = deque()
        """What was said in these turns of the loop goes out together."""
        self._free: deque[int] = deque()
        self._resting: deque[tuple[int, int]] = deque()
        """Epoch ms from which a port may be leased again, and the port."""
        self._leases: dict[int, Lease] = {}
        self._binding = False
        self._all_bound = False
        self._ready = asyncio.Event()
        self._deaths = 0
        self._restart: asyncio.Task[None] | None = None
        self._sounds = Sounds()

    async def start(self) -> None:
        """Returns when the first block of ports can be leased.

        Raises Misconfigured when no port of the range can be bound.
        """
        self._spawn()
        async with asyncio.timeout(_START_S):
            await self._ready.wait()
        if not self._free:
            await self.close()
            raise Misconfigured(f"No RTP port of {self._ports.start}–{self._ports.stop - 1} is free on {self._host}.")

    async def close(self) -> None:
        """Completes the recordings and ends the process; calls that still have a lease hear ``gone``."""
        if self._restart:
            self._restart.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._restart
        self._hang_up_socket()
        if self._process:
            await asyncio.to_thread(_reap, self._process)
            self._process = None
        self._sounds.close()

    @property
    def pid(self) -> int | None:
        """Of the process while there is one."""
        return self._process.pid if self._process else None

    def ill(self) -> str | None:
        """None while calls can have media, else what is broken."""
        return None if self._socket and self._ready.is_set() else "the media process is not running"

    # ── commands ─────────────────────────────────────────────────────────────────────────────────

    def lease(self, listener: Listener) -> Lease | None:
        """A port for one call; None when ports or file descriptors are exhausted, or the process is down."""
        while self._resting and self._resting[0][0] <= self._now():
            self._free.append(self._resting.popleft()[1])
        self._restock()
        if not self._free or self.ill():
            return None
        lease = Lease(self._free.popleft(), listener)
        self._leases[lease.port] = lease
        return lease

    def point(self, lease: Lease, address: str, port: int, payload_type: int, dtmf_payload_type: int | None) -> None:
        """Where the far end wants its RTP: payload type 0 (µ-law) or 8 (A-law), and that of its telephone-events.

        ``port`` 0 is hold: nothing is sent and the RTP timeout rests. From here on packets and digits are
        received; nothing is sent before ``answer`` except while something plays (early media).
        """
        self._command(lease, records.Point(lease.port, address, port, payload_type, dtmf_payload_type))

    def answer(self, lease: Lease, recording: Path | None, timeout_ms: int) -> None:
        """The call was answered now. ``recording``: WAV to write; ``timeout_ms`` without RTP: ``no_rtp``, 0 = never."""
        self._command(lease, records.Answer(lease.port, str(recording or ""), timeout_ms))

    def play(self, lease: Lease, play_id: int, sounds: Sequence[Sound]) -> None:
        """Plays one after the other, without a gap; ``Listener.played`` with this ``play_id`` follows.

        Ends what played before. ``point`` first: before it nothing can play. Raises BadAudio when a tone's script
        does not parse.
        """
        self._command(lease, records.Play(lease.port, play_id, [self._sounds.record(sound) for sound in sounds]))

    def echo(self, lease: Lease, play_id: int, delay_ms: int) -> None:
        """As ``play``, but plays back what is heard, until ``stop``."""
        self._command(lease, records.Echo(lease.port, play_id, delay_ms))

    def play_under(self, lease: Lease, name: str, sound: Sound | None, reduction_db: int = 0) -> None:
        """Mixes a sound under everything else, again and again; None ends it. Raises BadAudio, as ``play`` does."""
        endless = None if sound is None else self._sounds.endless(sound)
        self._command(lease, records.Under(lease.port, name, endless, reduction_db))

    def record(self, lease: Lease, number: int, tape: Tape) -> None:
        """Records from now on; ``Listener.taped`` with this ``number``, from 1 on, follows."""
        limits = tape.max_ms, tape.silence_level, tape.silence_ms
        self._command(lease, records.Tape(lease.port, number, str(tape.path), tape.sides, *limits))

    def stop_tape(self, lease: Lease, number: int) -> None:
        self._command(lease, records.StopTape(lease.port, number))

    def join(self, lease: Lease, other: Lease) -> None:
        """Connects two calls, in place of what both played, until ``part``, a ``play`` or the ``release`` of either."""
        if other.open:
            self._command(lease, records.Join(lease.port, other.port))

    def part(self, lease: Lease) -> None:
        self._command(lease, records.Part(lease.port))

    def send_keys(self, lease: Lease, number: int, keys: str, ms: int) -> None:
        """Presses keys, each for so long; ``Listener.keys_sent`` with this ``number`` follows."""
        self._command(lease, records.Keys(lease.port, number, keys, ms))

    def stop(self, lease: Lease) -> None:
        """Ends what plays, if anything does."""
        self._command(lease, records.Stop(lease.port))

    def release(self, lease: Lease) -> None:
        """The call is over; ``Listener.closed`` follows."""
        self._command(lease, records.Release(lease.port))
        lease.open = False

    def _command(self, lease: Lease, command: records.Command) -> None:
        if lease.open:
            self._send(command)

    # ── the process and its socket ───────────────────────────────────────────────────────────────

    def _spawn(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            ours.setblocking(False)
            fd = theirs.fileno()
            words = [str(fd), self._host, str(self._ports.start), str(self._ports.stop)]
            self._process = subprocess.Popen(
                [sys.executable, "-m", __package__, *words],
                pass_fds=[fd],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C is the service's business, and the scheduler shares by session
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            )
        self._socket = ours
        self._polled = Polled(ours, self._read, _REPORTS_AT_ONCE)
        self._binding, self._all_bound = True, False
        self._send(records.Bind(_STOCK))

    def _restock(self) -> None:
        if len(self._free) < _STOCK and not self._binding and not self._all_bound:
            self._binding = True
            self._send(records.Bind(_BLOCK))

    def _send(self, command: records.Command) -> None:
        if self._socket is None:
            return
        if not self._unsent:
            asyncio.get_running_loop().call_soon(self._flush, TURNS)
        self._unsent.append(command)

    def _flush(self, turns: int) -> None:
        """After so many turns of the loop."""
        if turns:
            asyncio.get_running_loop().call_soon(self._flush, turns - 1)
        elif not self._sent_all():
            assert self._socket
            asyncio.get_running_loop().add_writer(self._socket, self._send_rest)

    def _send_rest(self) -> None:
        if self._sent_all():
            assert self._socket
            asyncio.get_running_loop().remove_writer(self._socket)

    def _sent_all(self) -> bool:
        """False when the process is busy and takes no more just now."""
        while self._unsent:
            assert self._socket
            batch = list(islice(self._unsent, _COMMANDS_AT_ONCE))
            try:
                self._socket.send(records.encode(batch))
            except BlockingIOError:
                return False
            except ConnectionError:  # it died: _read sees that too, and tells the calls
                self._unsent.clear()
                return True
            for _ in batch:
                self._unsent.popleft()
        return True

    def _read(self) -> int:
        taken = 0
        while self._socket and taken < _REPORTS_AT_ONCE:
            try:
                data = self._socket.recv(_DATAGRAM)
            except BlockingIOError:
                break
            except ConnectionError:
                data = b""
            if not data:
                self._died()
                break
            reports = records.decode_reports(data)
            taken += len(reports)
            for report in reports:
                self._hear(report)
        return taken

    def _died(self) -> None:
        self._deaths += 1
        log.error("media.died", pid=self.pid, calls=len(self._leases))
        self._restart = asyncio.get_running_loop().create_task(self._start_again())
        self._hang_up_socket()

    async def _start_again(self) -> None:
        if self._process:
            await asyncio.to_thread(_reap, self._process)
        await asyncio.sleep(_RESTART_S[min(self._deaths, len(_RESTART_S)) - 1])
        self._spawn()

    def _hang_up_socket(self) -> None:
        """Forgets the process: its ports, and its calls, which are told."""
        if self._socket:
            self._polled.close()
            asyncio.get_running_loop().remove_writer(self._socket)
            self._socket.close()
            self._socket = None
        self._ready.clear()
        self._unsent.clear()
        self._free.clear()
        self._resting.clear()
        leases, self._leases = list(self._leases.values()), {}
        for lease in leases:
            lease.open = False
            lease.listener.gone()

    # ── reports ──────────────────────────────────────────────────────────────────────────────────

    def _hear(self, report: records.Report) -> None:
        match report:
            case records.PlayEnded():
                self._play_ended(report)
            case records.Taped():
                self._taped(report)
            case records.KeysSent(port, number, end):
                self._leases[port].listener.keys_sent(number, end)
            case records.Closed():
                self._closed(report)
            case records.Counted():
                self._counted(report)
            case records.Pressed(port, key, ms, at):
                self._leases[port].listener.digit(key, ms, at)
            case records.NoRtp(port):
                self._leases[port].listener.no_rtp()
            case records.Bound():
                self._bound(report)
            case records.Turned():
                self._deaths = 0
                self.ticks = Ticks(report.p50_ms, report.p99_ms, report.max_ms, report.legs)

    def _bound(self, report: records.Bound) -> None:
        self._free.extend(report.ports)
        self._binding, self._all_bound = False, report.last
        self._ready.set()
        self._restock()

    def _play_ended(self, report: records.PlayEnded) -> None:
        if report.fault:
            log.warning("media.sound", fault=report.fault)
        played = Played(report.end, report.ms, report.first_packet_at)
        self._leases[report.port].listener.played(report.play_id, played)

    def _taped(self, report: records.Taped) -> None:
        if report.fault:
            log.error("media.recording", fault=report.fault)
        self._leases[report.port].listener.taped(report.number, Taped(report.end, report.ms, report.size))

    def _counted(self, report: records.Counted) -> None:
        figures = MediaFigures(report.sent, report.received, report.lost, report.jitter_ms, report.record_bytes)
        self._leases[report.port].figures = figures

    def _closed(self, report: records.Closed) -> None:
        self._counted(report.figures)
        if report.fault:
            log.error("media.recording", fault=report.fault)
        lease = self._leases.pop(report.figures.port)
        self.totals += lease.figures
        self._resting.append((self._now() + _QUARANTINE_MS, lease.port))
        lease.listener.closed(lease.figures)


def _reap(process: subprocess.Popen[bytes]) -> None:
    """Waits for its end; it has no reason to live without its socket."""
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
