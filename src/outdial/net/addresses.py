"""Which addresses may be reached from here: pure rules over the registries of special addresses.

IPv4 is open but for what the IANA IPv4 Special-Purpose Address Registry (RFC 6890) and RFC 5771 and RFC 1112 set
apart; IPv6 is closed but for global unicast (RFC 4291, 2000::/3) without what its registry sets apart. An IPv6 address
that carries an IPv4 address is judged by that one.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]

_SPECIAL_4: dict[str, str] = {
    "0.0.0.0/8": "this host",
    "10.0.0.0/8": "a private network",
    "100.64.0.0/10": "a provider's inner network",
    "127.0.0.0/8": "this machine",
    "169.254.0.0/16": "link-local, where clouds keep their secrets",
    "172.16.0.0/12": "a private network",
    "192.0.0.0/24": "set apart for protocols",
    "192.0.2.0/24": "for documentation",
    "192.88.99.0/24": "a relay of 6to4",
    "192.168.0.0/16": "a private network",
    "198.18.0.0/15": "for benchmarks",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "set apart, or broadcast",
}
_SPECIAL_6: dict[str, str] = {
    "::/128": "this host",
    "::1/128": "this machine",
    "fc00::/7": "a private network",
    "fe80::/10": "link-local",
    "fec0::/10": "a private network",
    "ff00::/8": "multicast",
    "2001::/23": "set apart for protocols",
    "2001:db8::/32": "for documentation",
    "3fff::/20": "for documentation",
}
SPECIAL = tuple((ip_network(block), what) for block, what in (_SPECIAL_4 | _SPECIAL_6).items())
_GLOBAL_6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def read_networks(text: str) -> Networks:
    """Networks or addresses, parted by commas or blanks. Raises ValueError naming the wrong one."""
    return tuple(ip_network(part) for part in text.replace(",", " ").split())


EVERYWHERE = read_networks("0.0.0.0/0 ::/0")
"""For addresses that the operator names, who knows what stands there."""


def refusal(address: Address, allowed: Networks = ()) -> str | None:
    """Why nobody goes to this address; None when it may be reached. What ``allowed`` holds always may."""
    if any(address in network for network in allowed):
        return None
    inner = _carried(address)
    if inner is not None:
        return refusal(inner, allowed)
    for network, what in SPECIAL:
        if address in network:
            return what
    if address.version == 6 and address not in _GLOBAL_6:
        return "not a public address"
    return None


def _carried(address: Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped (RFC 4291), 6to4 (RFC 3056) or NAT64 (RFC 6052)."""
    if isinstance(address, IPv4Address):
        return None
    found = address.ipv4_mapped or address.sixtofour
    if found is None and address in _NAT64:
        found = IPv4Address(int(address) & 0xFFFFFFFF)
    return found


def read_address(text: str) -> Address:
    """Without an interface (``%eth0``). Raises ValueError."""
    return ip_address(text.partition("%")[0])
