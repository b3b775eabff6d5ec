"""The sockets of the media process: RTP on even ports, RTCP on the odd one above, one pair a call."""

from __future__ import annotations

import contextlib
import ctypes
import resource
import socket
import struct
import time
from collections.abc import Callable, Iterator

Address = tuple[str, int]
Send = Callable[[bytes], object]

_PER_LEG = 3
"""File descriptors: RTP, RTCP and the recording."""
_SPARE = 64
_SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@qq")
_DATAGRAM = 2048
_MOST_AT_ONCE = 64
"""Packets of one call taken in one poll; the rest waits for the next."""
PATIENCE = 20
"""So many polls, two seconds, without a packet: listen to any sender again."""
_libc = ctypes.CDLL(None, use_errno=True)
_NOBODY = bytes(16)


def pairs(host: str, ports: range) -> Iterator[Line]:
    """Bound pairs, lowest first, skipping ports in use; ends with the range or the file descriptors.

    Raises the soft limit of file descriptors to the hard one.
    """
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    left = (hard - _SPARE) // _PER_LEG
    for port in range(ports.start + ports.start % 2, ports.stop - 1, 2):
        if not left:
            return
        line = _bind(host, port)
        if line:
            left -= 1
            yield line


def _bind(host: str, port: int) -> Line | None:
    """None when either port of the pair is taken."""
    both = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    try:
        for n, each in enumerate(both):
            each.setblocking(False)
            each.bind((host, port + n))
        both[0].setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    except OSError:
        for each in both:
            each.close()
        return None
    return Line(both[0], both[1], port)


class Line:
    """One pair. At rest it is connected to itself, so that stray packets are refused instead of piling up.

    The first packet decides where the peer really is (symmetric RTP), the address it announced winning over others
    that came in the same moment. From then on the socket is connected: cheaper, and closed to strangers.
    """

    __slots__ = ("_announced", "_latched", "_peer", "_rtcp", "_rtp", "_silent_polls", "patience", "port", "send")

    def __init__(self, rtp: socket.socket, rtcp: socket.socket, port: int) -> None:
        self.port = port
        self._rtp, self._rtcp = rtp, rtcp
        self._announced = self._peer = ("", 0)
        self._latched = False
        self._silent_polls = 0
        self.patience = PATIENCE
        self.send: Send = _nowhere
        self.rest()

    def rest(self) -> None:
        self._announced = self._peer = ("", 0)
        self._latched = False
        self.patience = PATIENCE
        self.send = _nowhere
        for each in (self._rtp, self._rtcp):
            _disconnect(each)
            each.connect(each.getsockname())

    def point(self, address: str, port: int) -> None:
        """Listens to any sender until one is heard. Nothing changes when the same address is announced again.

        At what is no IPv4 address and port the line stays as it is, and the call will hear no RTP.
        """
        if (address, port) == self._announced or not _is_address(address, port):
            return
        if self._peer == ("", 0):
            _disconnect(self._rtcp)
            self._drain()
        self._announced = (address, port)
        self._listen((address, port))

    def receive(self) -> list[bytes]:
        if not self._latched:
            return [data for data, _ in self.receive_stamped()]
        packets = []
        receive = self._rtp.recv
        for _ in range(_MOST_AT_ONCE):
            try:
                packets.append(receive(_DATAGRAM))
            except BlockingIOError:
                break
            except OSError:
                continue  # the peer's host refused one of ours; the next read is good again
        self._watch_silence(bool(packets))
        return packets

    def receive_stamped(self) -> list[tuple[bytes, float]]:
        packets = []
        now_ns = time.time_ns()
        for _ in range(_MOST_AT_ONCE):
            try:
                data, ancillary, _, sender = self._rtp.recvmsg(_DATAGRAM, 64)
            except BlockingIOError:
                break
            except OSError:
                continue
            packets.append((data, _age_ms(ancillary, now_ns), sender))
        if self._latched:
            self._watch_silence(bool(packets))
        elif packets:
            senders = [sender for _, _, sender in packets]
            self._latch(self._announced if self._announced in senders else senders[-1])
        return [(data, age) for data, age, sender in packets if sender == self._peer]

    def send_report(self, data: bytes) -> None:
        address, port = self._peer
        if 0 < port < 0xFFFF:
            with contextlib.suppress(OSError):
                self._rtcp.sendto(data, (address, port + 1))

    def receive_reports(self) -> list[bytes]:
        reports: list[bytes] = []
        with contextlib.suppress(OSError):
            while len(reports) < _MOST_AT_ONCE:
                reports.append(self._rtcp.recv(_DATAGRAM))
        return reports

    def close(self) -> None:
        self._rtp.close()
        self._rtcp.close()

    def _listen(self, peer: Address) -> None:
        _disconnect(self._rtp)
        self._latched, self._peer, self._silent_polls = False, peer, 0
        sendto = self._rtp.sendto

        def send(packet: bytes) -> int:
            return sendto(packet, peer)

        self.send = send

    def _latch(self, peer: Address) -> None:
        self._rtp.connect(peer)
        self._latched, self._peer, self._silent_polls = True, peer, 0
        self.send = self._rtp.send

    def _watch_silence(self, heard: bool) -> None:
        self._silent_polls = 0 if heard else self._silent_polls + 1
        if self._silent_polls >= self.patience:
            self._listen(self._peer)

    def _drain(self) -> None:
        with contextlib.suppress(OSError):
            while self._rtp.recv(_DATAGRAM):
                pass


def _nowhere(packet: bytes) -> None:
    """A line at rest has no peer."""


def _is_address(address: str, port: int) -> bool:
    try:
        socket.inet_pton(socket.AF_INET, address)
    except OSError:
        return False
    return 0 < port <= 0xFFFF


def _disconnect(sock: socket.socket) -> None:
    """Python has no name for this: connect to an address of the family "unspecified" (connect(2))."""
    _libc.connect(sock.fileno(), _NOBODY, len(_NOBODY))


def _age_ms(ancillary: list[tuple[int, int, bytes]], now_ns: int) -> float:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            return max(0, now_ns - int(seconds) * 1_000_000_000 - int(nanoseconds)) / 1e6
    return 0.0
