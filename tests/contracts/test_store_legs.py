"""Second legs on disk."""

from __future__ import annotations

from outdial.store import gateways, legs
from outdial.store.legs import Leg
from outdial.store.steps import Ended
from tests.store.builders import Campaign, a_campaign, add_members, facts, offering, reserve
from tests.store.ground import NOON, Ground


def a_leg(campaign: Campaign, attempt_id: int, gateway_id: int, call_id: str = "a-b1") -> Leg:
    return Leg(call_id, campaign.domain, attempt_id, gateway_id, "101", b"dialog")


def an_attempt(ground: Ground, campaign: Campaign, number: str = "380001") -> int:
    """One whose INVITE has left."""
    add_members(ground, campaign, number)
    (attempt,) = reserve(ground, campaign)
    ground.step(offering(ground, attempt))
    return attempt.id


def a_gateway(ground: Ground, campaign: Campaign, name: str = "pbx", enable: bool = True) -> int:
    values = {"name": name, "enable": enable, "proxy": "127.0.0.1:5070", "host": "x"}
    row = ground.write(gateways.create, campaign.domain, values)
    return int(row["id"])


def test_a_gateway_is_found_by_id_or_name_in_its_own_domain_while_it_is_on(ground: Ground) -> None:
    mine, others = a_campaign(ground), a_campaign(ground, "other")
    on, off = a_gateway(ground, mine), a_gateway(ground, mine, "off", enable=False)
    domain = mine.domain
    wanted = [(on, ""), (0, "pbx"), (on, "wrong name"), (off, ""), (0, "off"), (0, "nobody"), (999, "")]
    found = [ground.read(legs.gateway_of, domain, id, name) for id, name in wanted]
    assert found == [on, on, on, None, None, None, None]
    assert ground.read(legs.gateway_of, others.domain, on, "") is None


def test_it_is_there_from_the_offer_to_its_end(ground: Ground) -> None:
    campaign = a_campaign(ground)
    attempt, gateway = an_attempt(ground, campaign), a_gateway(ground, campaign)
    leg = a_leg(campaign, attempt, gateway)
    assert ground.write(legs.offer, leg, NOON)
    assert ground.read(legs.left) == [leg]
    ground.write(lambda conn: legs.note(conn, "a-b1", b"later", answered=True))
    assert ground.read(legs.left) == [Leg("a-b1", campaign.domain, attempt, gateway, "101", b"later", answered=True)]
    ground.write(legs.over, ["a-b1", "unknown"])
    assert ground.read(legs.left) == []


def test_no_leg_for_a_call_that_is_over_or_by_a_gateway_that_is_off(ground: Ground) -> None:
    campaign = a_campaign(ground)
    attempt, gateway = an_attempt(ground, campaign), a_gateway(ground, campaign)
    off = a_gateway(ground, campaign, "off", enable=False)
    assert not ground.write(legs.offer, a_leg(campaign, attempt, off), NOON)
    assert not ground.write(legs.offer, a_leg(campaign, attempt + 1, gateway), NOON)
    ground.step(Ended(attempt, facts()))
    assert not ground.write(legs.offer, a_leg(campaign, attempt, gateway), NOON)
    assert ground.read(legs.left) == []
