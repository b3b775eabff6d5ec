"""The embedded switch against sipp: how calls go, and what each end is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import md5, sha256
from pathlib import Path
from typing import Protocol

import pytest

from outdial.sip.message import Request, Response
from tests.e2e.rig import hang_up, hang_up_later, stage, stay

pytestmark = pytest.mark.sipp

CLEARED = ("NORMAL_CLEARING", 200, "F")


class Hash(Protocol):
    def hexdigest(self) -> str: ...


async def test_rings_answers_and_is_hung_up_by_the_flow(tmp_path: Path) -> None:
    async with stage("answers", tmp_path) as on:
        rang = await on.ring(hang_up, cid_type="pid")
    invite = on.sipp.requests("INVITE")[0]
    assert rang.ending == CLEARED
    assert rang.ringing == [(180, False)]
    assert rang.answers == 1
    assert invite.uri.startswith("sip:380441234567@127.0.0.1")
    assert "sip:380440000000@127.0.0.1" in invite.first("from")
    assert "sip:380440000000@127.0.0.1" in invite.first("p-asserted-identity")
    assert [len(on.sipp.requests(method)) for method in ("INVITE", "ACK", "BYE", "CANCEL")] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("scenario", "cause", "status"),
    [
        ("busy", "USER_BUSY", 486),
        ("declines", "CALL_REJECTED", 603),
        ("no-such-number", "UNALLOCATED_NUMBER", 404),
        ("incomplete-number", "INVALID_NUMBER_FORMAT", 484),
        ("unavailable", "NORMAL_TEMPORARY_FAILURE", 503),
        ("moved", "NORMAL_UNSPECIFIED", 302),
        ("busy-by-reason", "USER_BUSY", 480),
    ],
)
async def test_refusals(tmp_path: Path, scenario: str, cause: str, status: int) -> None:
    """A redirection is a failure like others, and the Q.850 value in a Reason header beats the status."""
    async with stage(scenario, tmp_path) as on:
        rang = await on.ring()
    assert rang.ending == (cause, status, "A")
    assert rang.answers == 0
    assert f"SIP/2.0 {status}" in rang.hung_up.trace
    assert len(on.sipp.requests("INVITE")) == 1


async def test_nobody_answers_and_the_ring_timeout_cancels(tmp_path: Path) -> None:
    async with stage("no-answer", tmp_path) as on:
        rang = await on.ring(ring_timeout_ms=400)
    assert rang.ending == ("NO_ANSWER", 487, "B")
    cancel, invite = on.sipp.requests("CANCEL")[0], on.sipp.requests("INVITE")[0]
    assert (cancel.branch, cancel.uri, cancel.cseq[0]) == (invite.branch, invite.uri, invite.cseq[0])


async def test_an_answer_that_crosses_the_cancel_gets_ack_and_bye(tmp_path: Path) -> None:
    async with stage("answer-crosses-cancel", tmp_path) as on:
        rang = await on.ring(ring_timeout_ms=400)
    assert rang.ending == ("NO_ANSWER", 487, "B")
    assert rang.answers == 0
    assert [len(on.sipp.requests(method)) for method in ("ACK", "BYE")] == [1, 1]


@pytest.mark.parametrize(("algorithm", "digest"), [("MD5", md5), ("SHA-256", sha256)])
async def test_credentials_are_given_and_a_stale_nonce_is_renewed(
    tmp_path: Path, algorithm: str, digest: Callable[[bytes], Hash]
) -> None:
    async with stage("challenge", tmp_path, algorithm=algorithm, stale="true") as on:
        rang = await on.ring(trunk={"username": "user", "password": "secret"})
    plain, *proven = on.sipp.requests("INVITE")
    assert rang.ending == CLEARED
    assert rang.challenges == 2
    assert not plain.first("proxy-authorization")
    for invite, nonce in zip(proven, ("first", "second"), strict=True):
        assert_proven(invite, digest, nonce)
    assert [invite.cseq[0] for invite in (plain, *proven)] == [1, 2, 3]
    assert "secret" not in rang.hung_up.trace


def assert_proven(invite: Request, digest: Callable[[bytes], Hash], nonce: str) -> None:
    """RFC 7616 §3.4.1, computed here from its text."""
    found = dict(re.findall(r'(\w+)="?([^",]+)"?', invite.first("proxy-authorization")))

    def h(text: str) -> str:
        return digest(text.encode()).hexdigest()

    a1, a2 = h("user:sipp:secret"), h(f"INVITE:{found['uri']}")
    middle = f"{found['nonce']}:{found['nc']}:{found['cnonce']}:{found['qop']}"
    assert found["nonce"] == nonce
    assert found["response"] == h(f"{a1}:{middle}:{a2}")


async def test_wrong_credentials_are_tried_once(tmp_path: Path) -> None:
    async with stage("refuses-credentials", tmp_path) as on:
        rang = await on.ring(trunk={"username": "user", "password": "wrong"})
    assert rang.ending == ("CALL_REJECTED", 407, "A")
    assert len(on.sipp.requests("INVITE")) == 2


async def test_the_callee_hangs_up_and_says_why(tmp_path: Path) -> None:
    async with stage("hangs-up", tmp_path, reason="Q.850;cause=31") as on:
        rang = await on.ring(stay)
    assert rang.ending[0] == "NORMAL_UNSPECIFIED"
    assert rang.ending[2] == "A"


async def test_answers_and_hangs_up_at_once(tmp_path: Path) -> None:
    async with stage("hangs-up-at-once", tmp_path) as on:
        rang = await on.ring(stay)
    assert rang.ending == ("NORMAL_CLEARING", 200, "A")
    assert rang.answers == 1
    assert len(on.sipp.requests("BYE")) == 0


async def test_a_late_bye_is_answered_and_changes_nothing(tmp_path: Path) -> None:
    async with stage("late-bye", tmp_path) as on:
        rang = await on.ring()
    assert rang.ending == CLEARED
    assert len(on.sipp.requests("BYE")) == 1


async def test_a_repeated_bye_gets_the_same_answer_twice(tmp_path: Path) -> None:
    async with stage("repeated-bye", tmp_path, loose=True) as on:
        rang = await on.ring(stay)
    assert rang.ending == ("NORMAL_CLEARING", 200, "A")
    assert [response.status for response in on.sipp.responses("BYE")] == [200, 200]


async def test_two_phones_answer_and_one_is_told_to_hang_up(tmp_path: Path) -> None:
    async with stage("forked-answer", tmp_path) as on:
        rang = await on.ring(hang_up_later)
    assert rang.answers == 1
    assert {bye.to_tag for bye in on.sipp.requests("BYE")} == {"1", "other"}


async def test_hold_and_back(tmp_path: Path) -> None:
    async with stage("hold", tmp_path) as on:
        rang = await on.ring(hang_up_later)
    assert rang.ending == CLEARED
    answers = [m for m in on.sipp.messages("received") if isinstance(m, Response)]
    assert [(m.status, m.cseq[1]) for m in answers] == [(200, "INVITE"), (200, "UPDATE")]
    assert b"a=recvonly" in answers[0].body
    assert b"a=sendrecv" in answers[1].body
