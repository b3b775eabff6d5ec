"""Which addresses may be reached: the rules over the registries of special addresses."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.net.addresses import SPECIAL, read_address, read_networks, refusal

SPECIAL_4 = [network for network, _ in SPECIAL if network.version == 4]
SPECIAL_6 = [network for network, _ in SPECIAL if network.version == 6]
special_4 = st.sampled_from(SPECIAL_4).flatmap(lambda network: st.ip_addresses(network=network))
special_6 = st.sampled_from(SPECIAL_6).flatmap(lambda network: st.ip_addresses(network=network))
global_6 = st.ip_addresses(network="2000::/3")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
        "2001:0:5ef5:79fb::1",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "2001:db8::1",
        "4000::1",
    ],
)
def test_nobody_goes_there(address: str) -> None:
    assert refusal(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "223.255.255.255",
     "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"],
)  # fmt: skip
def test_public_addresses_may_be_reached(address: str) -> None:
    assert refusal(ip_address(address)) is None


@given(special_4)
def test_every_special_address_is_refused_in_every_dress(address: IPv4Address) -> None:
    inner = int(address)
    assert refusal(address)
    assert refusal(IPv6Address((0xFFFF << 32) | inner))  # mapped
    assert refusal(IPv6Address((0x2002 << 112) | (inner << 80) | 7))  # 6to4
    assert refusal(IPv6Address((0x64FF9B << 96) | inner))  # NAT64
    assert refusal(IPv6Address(inner))  # compatible


@given(special_6)
def test_every_special_ipv6_address_is_refused(address: IPv6Address) -> None:
    assert refusal(address)


@given(st.ip_addresses(v=6))
def test_outside_of_global_unicast_only_addresses_that_carry_a_public_one_pass(address: IPv6Address) -> None:
    if refusal(address) is None and address not in ip_network("2000::/3"):
        assert address.ipv4_mapped or address in ip_network("64:ff9b::/96")


@given(st.ip_addresses(v=4) | global_6)
def test_what_python_calls_private_we_do_not_reach(address: IPv4Address | IPv6Address) -> None:
    """A second opinion: the standard library's own tables, which also allow less than ours in places."""
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert refusal(address)


@given(special_4, special_6)
def test_an_allowed_network_opens_itself_and_nothing_else(four: IPv4Address, six: IPv6Address) -> None:
    allowed = read_networks(f"{four}, {six}")
    assert refusal(four, allowed) is None
    assert refusal(IPv6Address((0xFFFF << 32) | int(four)), allowed) is None
    assert refusal(six, allowed) is None
    assert refusal(ip_address("127.0.0.1"), read_networks("10.0.0.0/8 fd00::/8"))


def test_networks_are_read_from_text() -> None:
    assert read_networks("") == ()
    assert [str(network) for network in read_networks("10.0.0.0/8, ::1 192.168.1.7")] == [
        "10.0.0.0/8",
        "::1/128",
        "192.168.1.7/32",
    ]
    with pytest.raises(ValueError, match=r"10\.0\.0\.1/8"):
        read_networks("10.0.0.1/8")


def test_an_interface_does_not_change_an_address() -> None:
    assert refusal(read_address("fe80::1%eth0"))
