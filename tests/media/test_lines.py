"""The sockets: how many there may be, and to whom they listen."""

from __future__ import annotations

import socket
import subprocess
import sys

from outdial.switch.embedded.media.sockets import Line, pairs
from tests.media.far_end import free_range

COUNT = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (50, 100))
from outdial.switch.embedded.media.sockets import pairs
print(len(list(pairs("127.0.0.1", range(%d, %d)))), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def peer() -> socket.socket:
    each = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    each.bind(("127.0.0.1", 0))
    each.settimeout(5)
    return each


def test_file_descriptors_bound_the_calls_three_each() -> None:
    ports = free_range(20)
    words = [sys.executable, "-c", COUNT % (ports.start, ports.stop)]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == "12 100\n"


def test_pairs_start_even_and_fit_the_range() -> None:
    ports = free_range(3)
    lines = list(pairs("127.0.0.1", range(ports.start + 1, ports.stop)))
    assert [line.port for line in lines] == [ports.start + 2, ports.start + 4]
    for line in lines:
        line.close()


def test_a_line_at_rest_takes_nothing_and_one_released_forgets() -> None:
    (line,) = pairs("127.0.0.1", free_range(1))
    with peer() as old, peer() as new:
        old.sendto(b"early", ("127.0.0.1", line.port))
        line.point(*new.getsockname())
        assert line.receive() == []
        new.sendto(b"hello", ("127.0.0.1", line.port))
        assert line.receive() == [b"hello"]
        line.rest()
        new.sendto(b"late", ("127.0.0.1", line.port))
        line.point(*old.getsockname())
        old.sendto(b"mine", ("127.0.0.1", line.port))
        assert line.receive() == [b"mine"]
        line.send(b"back")
        assert old.recv(10) == b"back"
    line.close()


def test_the_announced_peer_wins_over_a_stranger_of_the_same_moment() -> None:
    (line,) = pairs("127.0.0.1", free_range(1))
    with peer() as real, peer() as stranger:
        line.point(*real.getsockname())
        real.sendto(b"real", ("127.0.0.1", line.port))
        stranger.sendto(b"strange", ("127.0.0.1", line.port))
        assert line.receive() == [b"real"]
        stranger.sendto(b"strange", ("127.0.0.1", line.port))
        assert line.receive() == []
    line.close()


def test_another_announcement_moves_the_line_and_the_same_one_does_not() -> None:
    (line,) = pairs("127.0.0.1", free_range(1))
    with peer() as first, peer() as real, peer() as second:
        line.point(*first.getsockname())
        real.sendto(b"real", ("127.0.0.1", line.port))
        assert line.receive() == [b"real"]
        line.point(*first.getsockname())  # the 200 repeats the 183's SDP
        line.send(b"one")
        assert real.recv(10) == b"one"
        line.point(*second.getsockname())
        line.send(b"two")
        assert second.recv(10) == b"two"
    line.close()


def test_a_refusal_of_the_peers_host_is_no_end() -> None:
    (line,) = pairs("127.0.0.1", free_range(1))
    with peer() as gone:
        address = gone.getsockname()
        line.point(*address)
        gone.sendto(b"hello", ("127.0.0.1", line.port))
        assert line.receive() == [b"hello"]
    refused(line)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as back:
        back.bind(address)
        back.sendto(b"again", ("127.0.0.1", line.port))
        assert line.receive() == [b"again"]
    line.close()


def refused(line: Line) -> None:
    line.send(b"into nowhere")
    assert line.receive() == []


def test_what_is_no_address_leaves_the_line_at_rest() -> None:
    (line,) = pairs("127.0.0.1", free_range(1))
    for address, port in (("somewhere.example", 4000), ("::1", 4000), ("127.0.0.1", 70_000), ("", 1)):
        line.point(address, port)
        line.send(b"into nowhere")
        line.send_report(b"into nowhere")
        assert line.receive() == []
    line.close()


def test_a_peer_on_the_last_port_gets_no_reports() -> None:
    (line,) = pairs("127.0.0.1", free_range(1))
    line.point("127.0.0.1", 65535)
    line.send_report(b"there is no port above")
    line.close()
