"""``bridge``, ``sipRedirect`` and ``sendDtmf`` (flow-engine §4.1, §4.4)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from outdial.flow.errors import AppFailed
from outdial.flow.ports import SilenceMs
from outdial.flow.ports.onward import Bridge, Bridged, Endpoint, Handed
from tests.flow.world import Call, call

LOG = {"log": "after"}
ENDPOINT = {"type": "gateway", "gateway": {"id": 7, "name": "pbx"}, "dialString": "101"}
GOES_ON = {"set": {"hangup_after_bridge": "false"}}


@dataclass
class Others:
    """``Onward`` by a script: ``talks_ms`` None, nobody answers."""

    talks_ms: int | None = 1000
    rings_ms: int = 500
    cause: str = "NORMAL_CLEARING"
    hands: list[tuple[Handed, int]] = field(default_factory=list)
    wanted: list[Bridge] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    pressed: list[tuple[str, int]] = field(default_factory=list)
    taken_back: int = 0

    async def bridge(self, wanted: Bridge, connected: Callable[[], None]) -> Bridged:
        self.wanted.append(wanted)
        try:
            await asyncio.sleep(self.rings_ms / 1000)
            if self.talks_ms is None:
                return Bridged(False, self.cause)
            connected()
            await asyncio.sleep(self.talks_ms / 1000)
        except asyncio.CancelledError:
            self.taken_back += 1
            raise
        return Bridged(True, self.cause)

    async def hand_on(self, target: str) -> tuple[Handed, int]:
        self.asked.append(target)
        return self.hands.pop(0)

    async def press(self, digits: str, ms: int) -> None:
        self.pressed.append((digits, ms))


def bridged(others: Others, *, before: list[Any] | None = None, variables: dict[str, str] | None = None,
            hangs_up_at: int | None = None, **more: Any) -> Call:  # fmt: skip
    step = {"bridge": {"endpoints": [ENDPOINT]} | more}
    given = {"hangup_after_bridge": "true", "effective_caller_id_number": "700"} | (variables or {})
    return call([*(before or []), step, LOG], given, onward=others, hangs_up_at=hangs_up_at)


def causes(done: Call) -> tuple[str | None, ...]:
    names = "originate_disposition", "bridge_hangup_cause", "last_bridge_hangup_cause"
    return tuple(done.variables.get(name) for name in names)


def test_after_the_second_leg_the_call_is_hung_up_as_on_a_queues_calls() -> None:
    others = Others()
    done = bridged(others)
    assert (done.person.cause, done.lines, done.ms) == ("NORMAL_CLEARING", [], 1500)
    assert causes(done) == ("SUCCESS", "NORMAL_CLEARING", "NORMAL_CLEARING")
    assert done.ended.how == "hung_up"
    assert others.wanted[0].sets == ((Endpoint(7, "pbx", "101", "700", 60_000),),)


def test_without_hangup_after_bridge_the_flow_goes_on() -> None:
    done = bridged(Others(), before=[GOES_ON])
    assert (done.person.cause, done.lines) == ("", ["after"])


@pytest.mark.parametrize(
    ("rule", "hangs_up_after", "goes_on"),
    [
        ("", "true", False), ("", "false", True), ("", "", True),
        ("true", "true", True), ("false", "false", False),
        ("USER_BUSY,NO_ANSWER", "true", True), ("17", "true", True), ("NO_ANSWER, 3", "false", False),
    ],
)  # fmt: skip
def test_nobody_answers(rule: str, hangs_up_after: str, goes_on: bool) -> None:
    variables = {"continue_on_fail": rule, "hangup_after_bridge": hangs_up_after}
    done = bridged(Others(talks_ms=None, cause="USER_BUSY"), variables=variables)
    assert (done.person.cause, done.lines) == (("", ["after"]) if goes_on else ("USER_BUSY", []))
    assert causes(done) == ("USER_BUSY",) * 3


def test_continue_on_fail_says_nothing_of_legs_that_answered() -> None:
    assert bridged(Others(), variables={"continue_on_fail": "true"}).lines == []


def test_the_person_hangs_up_while_it_rings_and_while_they_talk() -> None:
    ringing, talking = Others(), Others()
    assert causes(bridged(ringing, hangs_up_at=200))[1] == "ORIGINATOR_CANCEL"
    assert causes(bridged(talking, hangs_up_at=900)) == ("SUCCESS", "NORMAL_CLEARING", "NORMAL_CLEARING")
    assert (ringing.taken_back, talking.taken_back) == (1, 1)


@pytest.mark.parametrize(("strategy", "sizes"), [("", [2]), ("multiple", [2]), ("failover", [1, 1]), ("x", [1, 1])])
def test_strategies(strategy: str, sizes: list[int]) -> None:
    others = Others()
    bridged(others, endpoints=[ENDPOINT, ENDPOINT], strategy=strategy)
    assert [len(each) for each in others.wanted[0].sets] == sizes


@pytest.mark.parametrize(
    ("shared", "own", "timeout_ms"),
    [
        ({}, {}, 60_000), ({"leg_timeout": "5"}, {}, 5000), ({"leg_timeout": 5}, {"leg_timeout": "9"}, 9000),
        ({"originate_timeout": "12"}, {}, 12_000),
        ({"leg_timeout": "soon"}, {}, 60_000), ({"leg_timeout": "0"}, {}, 60_000),
        ({"leg_timeout": "99999"}, {}, 600_000),
    ],
)  # fmt: skip
def test_how_long_a_leg_may_ring(shared: dict[str, Any], own: dict[str, Any], timeout_ms: int) -> None:
    others = Others()
    bridged(others, endpoints=[ENDPOINT | {"parameters": own}], parameters=shared)
    assert others.wanted[0].sets[0][0].timeout_ms == timeout_ms


def test_caller_id_headers_and_keys_of_the_second_leg() -> None:
    others = Others()
    more = {"parameters": {"sip_h_X-Ticket": "${ticket}", "origination_caller_id_number": "800"}}
    bridged(others, endpoints=[ENDPOINT | more], sendOnAnswer="W1#", before=[{"setAll": {"sip_h_X-All": "1"}}],
            variables={"ticket": "T1"})  # fmt: skip
    (endpoint,) = others.wanted[0].sets[0]
    assert (endpoint.display, endpoint.headers) == ("800", {"X-All": "1", "X-Ticket": "T1"})
    assert others.wanted[0].digits == "W1#"
    other = Others()
    bridged(other, endpoints=[ENDPOINT | {"displayName": "900"}])
    assert other.wanted[0].sets[0][0].display == "900"


def test_endpoints_as_one_json_text() -> None:
    others = Others()
    bridged(
        others, endpoints="${list}", variables={"list": '[{"name":"pbx","dialString":"5"},{"id":3,"dialString":"6"}]'}
    )
    assert [(e.gateway_id, e.gateway_name, e.number) for e in others.wanted[0].sets[0]] == [
        (0, "pbx", "5"),
        (3, "", "6"),
    ]


def test_users_are_nobody_here_and_gateways_beside_them_are_rung() -> None:
    user = {"type": "user", "extension": "200"}
    alone = bridged(Others(), endpoints=[user], before=[GOES_ON])
    assert causes(alone) == ("USER_NOT_REGISTERED",) * 3
    assert "not supported here" in alone.results[1]
    others = Others()
    assert causes(bridged(others, endpoints=[user, ENDPOINT]))[0] == "SUCCESS"
    assert len(others.wanted[0].sets[0]) == 1


def test_no_endpoints_is_a_failure_and_the_flow_goes_on() -> None:
    done = bridged(Others(), endpoints=[])
    assert (done.person.cause, done.lines) == ("", ["after"])


def test_a_place_without_a_switch_says_so() -> None:
    done = call([{"bridge": {"endpoints": [ENDPOINT]}}, {"sendDtmf": "1"}, {"sipRedirect": ["sip:1@a"]}, LOG])
    assert [result.partition(":")[0] for result in done.results] == ["failed", "failed", "failed", "after"]


def test_the_bridged_fork_runs_beside_the_talk_with_the_variables_of_that_moment() -> None:
    steps = [{"log": "with ${originate_disposition}"}, {"softSleep": "100"}, {"log": "${later}"}]
    done = bridged(Others(talks_ms=2000), bridged=steps, before=[{"set": {"later": "still"}}])
    assert done.lines == ["with SUCCESS", "still"]


def test_ringback_is_heard_until_they_are_connected_only() -> None:
    tone = {"type": "tone", "name": "%(1000,4000,425)"}
    done = bridged(Others(), before=[{"ringback": {"call": tone}}])
    assert [(name, sound.script) for name, sound, _ in done.person.heard_under] == [("ringback", "%(1000,4000,425)")]  # type: ignore[union-attr]
    assert done.person.under == {}


# ── handing on ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("app", ["sipRedirect", "deflect"])
def test_handed_on_and_hung_up(app: str) -> None:
    others = Others(hands=[("transferred", 200)])
    done = call([{app: ["sip:101@pbx.example"]}, LOG], onward=others)
    assert (done.person.cause, done.lines, others.asked) == ("BLIND_TRANSFER", [], ["sip:101@pbx.example"])


def test_the_next_target_is_asked_for_and_when_none_works_the_flow_goes_on() -> None:
    others = Others(hands=[("refused", 603), ("failed", 486), ("timeout", 0)])
    done = call([{"sipRedirect": ["sip:1@a", "", "sip:2@a", "3"]}, LOG], onward=others)
    assert (done.person.cause, done.lines, others.asked) == ("", ["after"], ["sip:1@a", "sip:2@a", "3"])
    assert done.results[0] == "failed: not handed on: sip:1@a: refused (603); sip:2@a: failed (486); 3: timeout"
    second = Others(hands=[("refused", 603), ("transferred", 200)])
    assert call([{"sipRedirect": ["sip:1@a", "sip:2@a"]}, LOG], onward=second).person.cause == "BLIND_TRANSFER"


def test_one_target_may_be_a_text() -> None:
    others = Others(hands=[("transferred", 200)])
    call([{"set": {"x": "sip:9@b"}}, {"sipRedirect": ["${x}"]}], onward=others)
    assert others.asked == ["sip:9@b"]
    assert call([{"sipRedirect": []}, LOG], onward=Others()).lines == ["after"]


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "pressed"),
    [
        ("1w2W#*", ("1w2W#*", 100)), ("12 34@250", ("1234", 250)), ("abd", ("ABD", 100)),
        ("1@1", ("1", 40)), ("1@999999", ("1", 8000)), ("${code}", ("77", 100)),
    ],
)  # fmt: skip
def test_keys_are_pressed(text: str, pressed: tuple[str, int]) -> None:
    others = Others()
    done = call([{"sendDtmf": text}, LOG], {"code": "77"}, onward=others)
    assert (others.pressed, done.lines) == ([pressed], ["after"])


@pytest.mark.parametrize("text", ["", "1x", "1@fast", "9" * 129, "@100"])
def test_what_is_no_key_is_a_failure(text: str) -> None:
    others = Others()
    done = call([{"sendDtmf": text}, LOG], onward=others)
    assert done.results[0].startswith("failed: ")
    assert (others.pressed, done.lines) == ([], ["after"])


def test_a_far_end_that_takes_no_keys_is_a_failure() -> None:
    class Deaf(Others):
        async def press(self, digits: str, ms: int) -> None:
            raise AppFailed("the far end takes no keys (telephone-events)")

    assert call([{"sendDtmf": "1"}], onward=Deaf()).results == ["failed: the far end takes no keys (telephone-events)"]


OTHERS = ("joinQueue", "joinAgent", "cancelQueue", "conference", "pickup", "ccOutbound", "voiceBot")


@pytest.mark.parametrize("app", OTHERS)
def test_the_rest_is_not_supported_here_sets_nothing_and_goes_on(app: str) -> None:
    done = call([{app: {"queue": {"id": 1}, "agent": {"id": 1}}}, {"sleep": 10}, LOG])
    assert (done.results[0], done.lines) == ("not supported here", ["after"])
    assert done.variables == {}
    assert done.person.heard == [[SilenceMs(10)]]
