"""Reading URLs: the host that is read is the host that is checked and connected to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.net.errors import Refused
from outdial.net.target import BAD_PORTS, read_target


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://Example.COM/a?b=c", "example.com", 80),
        ("https://example.com.", "example.com", 443),
        ("http://example.com:8081/", "example.com", 8081),
        ("http://[::1]/", "::1", 80),
        ("http://münchen.de/", "xn--mnchen-3ya.de", 80),
        ("http://good.example@evil.example/", "evil.example", 80),
        ("http://good.example:80@evil.example/", "evil.example", 80),
        ("http://evil.example#@good.example/", "evil.example", 80),
        ("http://evil.example?@good.example/", "evil.example", 80),
    ],
)
def test_the_host_is_what_a_browser_would_take(url: str, host: str, port: int) -> None:
    target = read_target(url)
    assert (target.host, target.port) == (host, port)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "example.com",
        "http:///nohost",
        "http://",
        "",
        "http://good.example\\@evil.example/",
        "http://good.example/\r\nHost: evil",
        "http://[::1",
        "http://example.com:99999/",
        "http://example.com/" + "a" * 9000,
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        read_target(url)


@pytest.mark.parametrize("port", sorted(BAD_PORTS))
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(Refused, match=f"port {port}"):
        read_target(f"http://example.com:{port}/")


def test_name_and_password_become_a_header_and_leave_the_url() -> None:
    target = read_target("https://me:p%40ss@example.com/x#y")
    assert target.authorization == "Basic bWU6cEBzcw=="
    assert target.url == "https://example.com/x"


def test_a_redirect_is_read_against_where_it_came_from() -> None:
    assert read_target("/b?c", base="https://example.com/a").url == "https://example.com/b?c"
    assert read_target("//evil.example/", base="https://example.com/a").host == "evil.example"
    with pytest.raises(Refused):
        read_target("file:///etc/passwd", base="https://example.com/a")


@given(st.text(max_size=80) | st.builds("http://{}".format, st.text(max_size=60)))
def test_any_text_is_refused_or_has_a_host_and_a_port(text: str) -> None:
    try:
        target = read_target(text)
    except Refused:
        return
    assert target.host.isascii()
    assert not set(target.host) & set("/\\@#? \r\n")
    assert 0 < target.port < 65536
