"""One test for each fault that existing SIP libraries were seen to have; ours must not have it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from outdial.switch.port import Ringing
from tests.e2e.ear import Ear
from tests.e2e.rig import a_prompt, a_switch, a_trunk, hang_up_later, play, stage
from tests.e2e.sipp import Sipp

pytestmark = pytest.mark.sipp

CLEARED = ("NORMAL_CLEARING", 200, "F")


async def test_fault_a_contact_with_capital_transport_leaks_the_call(tmp_path: Path) -> None:
    async with stage("capital-transport", tmp_path) as on:
        rang = await on.ring()
    assert rang.ending == CLEARED
    assert len(on.sipp.requests("BYE")) == 1
    assert ";transport=udp" in on.sipp.requests("BYE")[0].uri.lower()


async def test_fault_a_refusal_gets_no_ack(tmp_path: Path) -> None:
    async with stage("busy", tmp_path) as on:
        await on.ring()
    ack, invite = on.sipp.requests("ACK")[0], on.sipp.requests("INVITE")[0]
    assert (ack.branch, ack.cseq[0], ack.to_tag) == (invite.branch, invite.cseq[0], "1")


async def test_fault_the_invite_is_never_repeated(tmp_path: Path) -> None:
    async with stage("first-invite-ignored", tmp_path) as on:
        rang = await on.ring()
    assert rang.ending == CLEARED
    invites = on.sipp.requests("INVITE")
    assert len(invites) >= 2
    assert len({(invite.branch, invite.cseq, invite.call_id) for invite in invites}) == 1


async def test_fault_a_repeated_200_gets_no_second_ack(tmp_path: Path) -> None:
    async with stage("repeated-answer", tmp_path, loose=True) as on:
        rang = await on.ring(hang_up_later)
    assert rang.ending == CLEARED
    assert rang.answers == 1
    assert len(on.sipp.requests("ACK")) == 3
    assert len({ack.branch for ack in on.sipp.requests("ACK")}) == 1


async def test_fault_requests_go_to_the_address_in_to_instead_of_contact(tmp_path: Path) -> None:
    async with stage("contact-elsewhere", tmp_path) as on:
        await on.ring()
    for method in ("ACK", "BYE"):
        request = on.sipp.requests(method)[0]
        assert request.uri == f"sip:desk@127.0.0.1:{on.sipp.port};line=3"
        assert [("near" in route, "far" in route) for route in request.every("route")] == [
            (True, False),
            (False, True),
        ]


async def test_fault_provisional_responses_are_swallowed(tmp_path: Path) -> None:
    async with stage("answers", tmp_path) as on:
        rang = await on.ring()
    assert isinstance(rang.events[0], Ringing)
    assert rang.ringing == [(180, False)]


async def test_fault_cancel_before_a_provisional_response(tmp_path: Path) -> None:
    async with stage("silent", tmp_path) as on:
        rang = await on.ring(ring_timeout_ms=300)
    assert rang.ending == ("NO_ANSWER", 487, "B")
    received = [message.cseq[1] for message in on.sipp.messages("received")]
    assert received[-2:] == ["CANCEL", "ACK"]


async def test_fault_one_prompt_for_all_calls(tmp_path: Path) -> None:
    prompts = [a_prompt(tmp_path, 0.5, seed=n) for n in range(2)]
    async with (
        a_switch(tmp_path) as rig,
        Ear() as one,
        Ear() as other,
        Sipp("answers", tmp_path, ear=one.port) as first,
        Sipp("answers", tmp_path, ear=other.port) as second,
    ):
        await asyncio.gather(
            rig.ring(a_trunk(first.port), play(prompts[0])), rig.ring(a_trunk(second.port), play(prompts[1]))
        )
    assert one.heard_whole(prompts[0].alaw.read_bytes())
    assert other.heard_whole(prompts[1].alaw.read_bytes())


async def test_fault_calls_at_once_are_few(tmp_path: Path) -> None:
    """More than a library's silent default of four."""
    async with stage("answers", tmp_path, calls=30) as on:
        rangs = await asyncio.gather(*(on.ring() for _ in range(30)))
    assert {rang.ending for rang in rangs} == {CLEARED}
