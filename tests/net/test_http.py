"""The HTTP client, against a real server on loopback."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.flow.ports.net import HttpRequest
from outdial.net.addresses import read_networks
from outdial.net.errors import Refused, Unreachable
from outdial.net.guard import Guard, Resolve
from outdial.net.http import HttpClient

from .web import LOOPBACK, Says, moved, self_signed, web

HERE = read_networks("127.0.0.0/8")


@asynccontextmanager
async def client(guard: Guard | None = None) -> AsyncGenerator[HttpClient, None]:
    made = HttpClient(guard or Guard(HERE))
    try:
        yield made
    finally:
        await made.close()


async def test_a_request_arrives_as_it_was_said() -> None:
    async with web() as server, client() as http:
        request = HttpRequest(server.url("/a?b=%20c"), "PUT", {"X-Name": "Öl", "content-type": "text/plain"}, b"body")
        response = await http.fetch(request)
        assert (response.status, response.body) == (200, b"hello")
        asked = server.asked[0]
        assert (asked.method, asked.path, asked.body) == ("PUT", "/a?b=%20c", b"body")
        assert asked.headers["x-name"].encode("latin-1").decode() == "Öl"
        assert asked.headers["host"] == f"{LOOPBACK}:{server.port}"
        assert asked.headers["accept-encoding"] == "identity"


async def test_a_connection_serves_again() -> None:
    async with web() as server, client() as http:
        for _ in range(3):
            await http.fetch(HttpRequest(server.url()))
        assert server.connections == 1


async def test_without_the_setting_this_machine_is_not_reached() -> None:
    async with web() as server, client(Guard()) as http:
        with pytest.raises(Refused, match="this machine"):
            await http.fetch(HttpRequest(server.url()))
        assert server.connections == 0


async def test_a_redirect_into_a_private_network_is_refused() -> None:
    async with web() as server, client() as http:
        server.answer = lambda asked: moved("http://169.254.169.254/latest/meta-data/")
        with pytest.raises(Refused, match=r"169\.254\.169\.254"):
            await http.fetch(HttpRequest(server.url()))


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://127.0.0.1:25/"])
async def test_a_redirect_to_what_is_no_web_server_is_refused(to: str) -> None:
    async with web() as server, client() as http:
        server.answer = lambda asked: moved(to)
        with pytest.raises(Refused):
            await http.fetch(HttpRequest(server.url()))


async def test_redirects_are_counted() -> None:
    async with web() as server, client() as http:
        server.answer = lambda asked: moved("/again")
        with pytest.raises(Refused, match="more than 3 times"):
            await http.fetch(HttpRequest(server.url(), max_redirects=3))
        assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("status", "method", "body"), [(302, "GET", b""), (303, "GET", b""), (307, "POST", b"x"), (308, "POST", b"x")]
)
async def test_what_a_redirect_does_to_a_post(status: int, method: str, body: bytes) -> None:
    async with web() as server, client() as http:
        server.answer = lambda asked: moved("/there", status) if asked.path == "/" else Says()
        response = await http.fetch(HttpRequest(server.url(), "POST", {"Authorization": "Bearer t"}, b"x"))
        assert (server.asked[1].method, server.asked[1].body) == (method, body)
        assert server.asked[1].headers["authorization"] == "Bearer t"
        assert response.url == server.url("/there")


async def test_secrets_do_not_follow_to_another_origin() -> None:
    async with web() as first, web() as other, client() as http:
        first.answer = lambda asked: moved(other.url(), 307)
        headers = {"Authorization": "Bearer t", "Cookie": "a=b", "X-Kept": "yes"}
        await http.fetch(HttpRequest(first.url(), "POST", headers, b"x"))
        arrived = other.asked[0].headers
        assert "authorization" not in arrived
        assert "cookie" not in arrived
        assert arrived["x-kept"] == "yes"


async def test_name_and_password_in_the_url() -> None:
    async with web() as server, client() as http:
        await http.fetch(HttpRequest(f"http://me:pass@{LOOPBACK}:{server.port}/"))
        assert server.asked[0].headers["authorization"] == "Basic bWU6cGFzcw=="


@pytest.mark.parametrize(
    "answer",
    [
        Says(body=b"x" * 101),
        Says(raw=b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 101),
        Says(body=gzip.compress(b"x" * 1_000_000), headers=(("Content-Encoding", "gzip"),)),
        Says(body=zlib.compress(b"x" * 1_000_000), headers=(("Content-Encoding", "deflate"),)),
    ],
)
async def test_a_long_answer_is_refused_however_it_is_packed(answer: Says) -> None:
    async with web() as server, client() as http:
        server.answer = lambda asked: answer
        with pytest.raises(Refused, match="longer than the 100 bytes"):
            await http.fetch(HttpRequest(server.url(), max_bytes=100))


async def test_what_is_compressed_unasked_is_read() -> None:
    async with web() as server, client() as http:
        server.answer = lambda asked: Says(body=gzip.compress(b"hello"), headers=(("Content-Encoding", "gzip"),))
        assert (await http.fetch(HttpRequest(server.url()))).body == b"hello"


@pytest.mark.parametrize(
    "answer",
    [
        Says(body=b"not gzip", headers=(("Content-Encoding", "gzip"),)),
        Says(body=b"x", headers=(("Content-Encoding", "br"),)),
        Says(raw=b"SSH-2.0-OpenSSH\r\n\r\n"),
        Says(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"),
        Says(raw=b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000 + b"\r\n\r\n"),
    ],
)
async def test_nonsense_is_the_other_sides_fault(answer: Says) -> None:
    async with web() as server, client() as http:
        server.answer = lambda asked: answer
        with pytest.raises(Unreachable):
            await http.fetch(HttpRequest(server.url(), timeout_s=5))


async def test_a_silent_server_costs_the_time_given_and_its_connection_is_closed() -> None:
    async with web() as server, client() as http:
        server.answer = lambda asked: Says(silent=True)
        with pytest.raises(Unreachable, match="within 50 ms"):
            await http.fetch(HttpRequest(server.url(), timeout_s=0.05))
        await server.left.wait()


async def test_a_server_that_never_shakes_hands_costs_the_time_given() -> None:
    async with web() as server, client() as http:
        server.scheme = "https"  # it waits for a request in plain text
        with pytest.raises(Unreachable, match="within 50 ms"):
            await http.fetch(HttpRequest(server.url(), timeout_s=0.05))


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET /evil HTTP/1.1\r\nX:", {}),
        ("GÉT", {}),
        ("GET", {"X": "a\r\nHost: evil"}),
        ("GET", {"Bad Name": "x"}),
        ("GET", {"": "x"}),
    ],
)
async def test_a_line_cannot_be_smuggled_in(method: str, headers: dict[str, str]) -> None:
    async with web() as server, client() as http:
        with pytest.raises(Refused):
            await http.fetch(HttpRequest(server.url(), method, headers))
        assert server.asked == []


async def test_headers_of_the_connection_are_ours() -> None:
    async with web() as server, client() as http:
        headers = {"Host": "evil.example", "Content-Length": "5", "Transfer-Encoding": "chunked", "Connection": "close"}
        await http.fetch(HttpRequest(server.url(), "POST", headers, b"x"))
        arrived = server.asked[0].headers
        assert (arrived["host"], arrived["content-length"]) == (f"{LOOPBACK}:{server.port}", "1")
        assert "transfer-encoding" not in arrived


async def test_a_self_signed_certificate_is_refused_unless_told_otherwise(tmp_path: Path) -> None:
    async with web(self_signed(tmp_path)) as server, client() as http:
        with pytest.raises(Unreachable, match="certificate is not trusted: self-signed"):
            await http.fetch(HttpRequest(server.url()))
        assert server.asked == []
        assert (await http.fetch(HttpRequest(server.url(), verify=False))).body == b"hello"
        with pytest.raises(Unreachable):  # the connection without verification is not taken for one with it
            await http.fetch(HttpRequest(server.url()))


async def test_a_certificate_the_machine_trusts_is_good_for_its_names_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    async with web(tls) as server, client(Guard(HERE, _always(LOOPBACK))) as http:
        assert (await http.fetch(HttpRequest(f"https://outdial.test:{server.port}/"))).status == 200
        with pytest.raises(Unreachable, match="not trusted"):
            await http.fetch(HttpRequest(f"https://other.test:{server.port}/"))


def _always(address: str) -> Resolve:
    async def resolve(host: str, port: int) -> list[str]:
        return [address]

    return resolve


async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with web() as server, web() as proxy, client() as http:
        monkeypatch.setenv("HTTP_PROXY", proxy.url())
        monkeypatch.setenv("ALL_PROXY", proxy.url())
        await http.fetch(HttpRequest(server.url()))
        assert proxy.connections == 0


async def test_many_slow_servers_do_not_hold_up_a_quick_one() -> None:
    async with web() as slow, web() as quick, client() as http:
        slow.answer = lambda asked: Says(silent=True)
        waiting = [asyncio.create_task(http.fetch(HttpRequest(slow.url(), timeout_s=30))) for _ in range(100)]
        assert (await http.fetch(HttpRequest(quick.url()))).body == b"hello"
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)


@given(
    url=st.text(max_size=40) | st.builds("http://nobody.example/{}".format, st.text(max_size=40)),
    method=st.sampled_from(["GET", "POST"]) | st.text(max_size=10),
    headers=st.dictionaries(st.text(max_size=10), st.text(max_size=20), max_size=3),
)
def test_whatever_is_asked_the_answer_is_a_sentence(url: str, method: str, headers: dict[str, str]) -> None:
    async def once() -> None:
        async with client(Guard(resolve=_nobody)) as http:
            with pytest.raises((Refused, Unreachable)):
                await http.fetch(HttpRequest(url, method, headers))

    asyncio.run(once())


async def _nobody(host: str, port: int) -> list[str]:
    return []
