"""Which gateways can be reached from here, and which registrations follow from them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outdial.domain.errors import CallRefused
from outdial.domain.resource import Gateway
from outdial.sip.events import RegistrationChanged, Wire
from outdial.sip.registration import RegistrationMachine
from outdial.switch.embedded.config import SwitchConfig, is_loopback, resolve, route_address
from outdial.switch.embedded.trunks import Changes, Trunks
from outdial.switch.port import GatewayState

LOCAL = Gateway(1, "local", True, "127.0.0.1:5070")
FAR = Gateway(2, "far", True, "192.0.2.1")
ACCOUNT = Gateway(3, "account", True, "localhost:5070", register=True, account="7@localhost", password="s")


def trunks(sip_host: str = "127.0.0.1", public_host: str = "") -> Trunks:
    return Trunks(SwitchConfig(sip_host=sip_host, public_host=public_host), (sip_host, 5060), born=1)


def join(known: Trunks, changes: Changes) -> None:
    for account in changes.join:
        known.joined(account, RegistrationMachine(account, Wire()))


def test_bound_to_loopback_only_loopback_is_reached() -> None:
    known = trunks()
    assert known.why_unreachable(LOCAL) is None
    why = known.why_unreachable(FAR)
    assert why == (
        "Gateway far is at 192.0.2.1, but SIP is bound to 127.0.0.1: "
        "set OUTDIAL_SIP_HOST to 0.0.0.0 or to an address of this machine."
    )
    with pytest.raises(CallRefused, match="SIP is bound to") as refused:
        known.route(FAR)
    assert refused.value.cause == "GATEWAY_DOWN"


def test_a_proxy_that_is_none_is_a_reason() -> None:
    assert trunks().why_unreachable(replace(LOCAL, proxy="sips:x")) is not None


async def test_a_name_without_an_address_is_a_reason_until_it_has_one() -> None:
    known = trunks()
    nowhere = replace(LOCAL, proxy="no-such-host.invalid")
    assert known.why_unreachable(nowhere) == "Gateway local: the name no-such-host.invalid has no address."
    await known.follow([nowhere])
    assert known.why_unreachable(nowhere) is not None


async def test_names_are_looked_up() -> None:
    assert await resolve("192.0.2.9") == "192.0.2.9"
    assert await resolve("localhost") == "127.0.0.1"
    assert await resolve("no-such-host.invalid") is None


def test_loopback_is_known_by_name_and_number() -> None:
    assert [is_loopback(host) for host in ("localhost", "127.9.9.9", "::1", "0.0.0.0", "x.example")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_bound_to_all_addresses_the_route_s_own_address_is_ours() -> None:
    """Decided by a connected UDP socket, which sends nothing."""
    assert route_address("127.0.0.1") == "127.0.0.1"
    peer, here = trunks("0.0.0.0").route(LOCAL)
    assert peer == ("127.0.0.1", 5070)
    assert (here.host, here.media_host, here.sent_by) == ("127.0.0.1", "127.0.0.1", "127.0.0.1:5060")


async def test_the_public_host_is_told_to_peers_elsewhere_but_not_to_loopback() -> None:
    known = trunks("0.0.0.0", public_host="localhost")
    await known.start()
    assert known.route(LOCAL)[1].host == "127.0.0.1"
    here = known.route(FAR)[1]
    assert (here.host, here.media_host) == ("localhost", "127.0.0.1")


async def test_a_registration_begins_once_and_ends_with_its_gateway() -> None:
    known = trunks()
    first = await known.follow([LOCAL, ACCOUNT])
    join(known, first)
    assert [account.name for account in first.join] == ["3"]
    assert await known.follow([LOCAL, ACCOUNT]) == Changes()
    for later in ([replace(ACCOUNT, enabled=False)], []):
        gone = await known.follow(later)
        assert (len(gone.leave), gone.join) == (1, [])
        join(known, await known.follow([ACCOUNT]))


async def test_a_changed_account_leaves_and_joins_under_a_new_call_id() -> None:
    known = trunks()
    first = await known.follow([ACCOUNT])
    join(known, first)
    changed = await known.follow([replace(ACCOUNT, password="other")])
    assert len(changed.leave) == 1
    assert changed.join[0].dialog.call_id != first.join[0].dialog.call_id


async def test_states_are_those_of_the_wire() -> None:
    known = trunks()
    broken = replace(ACCOUNT, id=5, account="no user")
    far = replace(FAR, id=6, register=True, account="7@x")
    off = replace(ACCOUNT, id=7, enabled=False)
    join(known, await known.follow([LOCAL, ACCOUNT, broken, far, off]))
    known.hear(RegistrationChanged("3", "registered"))
    states = {state.gateway_id: state.r_state for state in known.states()}
    assert states == {1: 0, 3: 3, 5: 4, 6: 7, 7: 1}
    for event, r_state in (("trying", 2), ("denied", 5), ("timeout", 6), ("rejected", 4)):
        known.hear(RegistrationChanged("3", event, "why"))  # type: ignore[arg-type]
        assert GatewayState(3, r_state, "why") in known.states()


async def test_credentials_are_found_by_the_gateway_s_number() -> None:
    known = trunks()
    await known.follow([ACCOUNT])
    assert known.credentials("3") is not None
    assert known.credentials("9") is None
    assert known.credentials("") is None
