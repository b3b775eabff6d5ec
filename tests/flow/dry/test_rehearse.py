"""Dry runs: what a schema would do, with nobody called and nothing changed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.cli.demo.campaign import AFTER_FLOW
from outdial.flow.dry.rehearse import Library, Report, rehearse, role_of
from outdial.flow.dry.scenario import read_scenario
from outdial.flow.errors import SchemaError
from outdial.flow.parse import parse
from outdial.flow.ports import MediaRef

START_MS = 1_788_264_000_000
Schema = list[Any]
LIBRARY = Library()

MENU: Schema = [
    {
        "tag": "menu",
        "limit": {"max": 2, "failover": "bye"},
        "playback": {"files": [{"id": 12, "name": "menu.wav"}], "getDigits": {"setVar": "d", "timeout": 2000}},
    },
    {"switch": {"variable": "${d}", "case": {"1": [{"log": "one"}], "default": [{"goto": "menu"}]}}},
    {"tag": "bye", "hangup": ""},
]


def go(
    schema: Schema, script: dict[str, Any] | None = None, library: Library = LIBRARY, kind: str = "default"
) -> Report:
    program, scenario = parse(schema), read_scenario(script)
    return rehearse(program, role_of(scenario, kind, program), scenario, library, START_MS)


def events(report: Report, *names: str) -> list[tuple[int, str]]:
    return [(row["ms"], row["event"]) for row in report.timeline if row["event"] in names]


def results(report: Report) -> list[tuple[str, str]]:
    return [(row["app"], row["result"]) for row in report.trace]


# ── the voice flow ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("waits", [{"echo": 0}, {"park": {"name": "p", "lot": "1-9"}}, {"softSleep": 60_000}])
def test_a_timed_hang_up_ends_whatever_waits(waits: dict[str, Any]) -> None:
    report = go([{"scheduleHangup": {"seconds": 2, "cause": "USER_BUSY"}}, waits, {"log": "never"}])
    assert ("log", "ok") not in results(report) and len(results(report)) == 2
    assert (report.end["cause"], report.end["by"]) == ("USER_BUSY", "flow")


def test_keys_answer_the_requests_in_turn() -> None:
    report = go(MENU, {"caller": {"answers": "2s", "keys": ["", "1"]}, "media": {"menu.wav": "4s"}})
    assert results(report) == [
        ("playback", "timeout"),
        ("switch", "default"),
        ("goto", "ok"),
        ("playback", "success"),
        ("switch", "1"),
        ("log", "one"),
        ("hangup", "NORMAL_CLEARING"),
    ]
    assert report.end["how"] == "hung_up" and report.end["by"] == "flow"
    assert events(report, "answered", "play", "key", "hangup") == [
        (2000, "answered"),
        (2000, "play"),
        (8000, "play"),
        (12_500, "key"),
        (12_500, "hangup"),
    ]


def test_keys_at_a_time_stop_the_prompt() -> None:
    report = go(MENU, {"caller": {"presses": {"1500ms": "1"}}, "media": {"12": "10s"}})
    assert events(report, "key", "played", "hangup") == [(2500, "key"), (2500, "played"), (2500, "hangup")]


def test_the_timeline_tells_the_step_the_sound_and_the_changes() -> None:
    report = go(MENU, {"caller": {"keys": ["1"]}, "media": {"menu.wav": "4s"}})
    step, play, *_ = [row for row in report.timeline if row.get("path") == "[0]"]
    assert step == {"ms": 1000, "event": "step", "path": "[0]", "app": "playback"}
    assert play["sounds"] == [{"media": {"id": "12", "name": "menu.wav"}, "length_ms": 4000}]
    done = next(row for row in report.timeline if row["event"] == "done")
    assert done["set"]["d"] == "1" and done["ms"] == 5500
    assert report.variables["destination"] and "d" not in report.variables
    assert report.variables_after["d"] == "1"


def test_the_person_hangs_up_and_the_trigger_runs() -> None:
    schema = [
        {"trigger": {"disconnected": [{"set": {"why": "${hangup_cause}"}}, {"export": ["why"]}]}},
        {"set": {"heard": "no"}},
        {"playback": {"files": [{"id": 1}]}},
        {"set": {"heard": "yes"}},
    ]
    report = go(schema, {"caller": {"hangs_up": "2s"}, "media": {"1": "5s"}})
    assert report.end == {
        "how": "closed",
        "text": "the person hung up",
        "cause": "NORMAL_CLEARING",
        "by": "caller",
        "ms": 3000,
    }
    assert results(report)[1] == ("playback", "interrupted")
    assert report.exports == {"why": "NORMAL_CLEARING"}
    assert report.variables_after["heard"] == "no"


def test_a_flow_that_runs_out_leaves_silence() -> None:
    report = go([{"playback": {"files": [{"type": "silence", "name": "900"}]}}])
    assert report.end["how"] == "finished" and "silence" in report.end["text"]


@pytest.mark.parametrize(
    ("answers", "cause"), [("busy", "USER_BUSY"), ("rejected", "CALL_REJECTED"), ("no", "NO_ANSWER")]
)
def test_nobody_answers_so_nothing_runs(answers: str, cause: str) -> None:
    report = go(MENU, {"caller": {"answers": answers}})
    assert (report.end["how"], report.end["cause"], report.trace) == ("unanswered", cause, [])


def test_dates_are_of_the_scripts_time_and_zone() -> None:
    schema = [{"if": {"expression": "&hour(9)", "then": [{"log": "early"}]}}, {"hangup": ""}]
    report = go(schema, {"start": "2026-09-01 09:30", "timezone": "Europe/Kyiv"})
    assert ("log", "early") in results(report)


def test_a_missing_file_is_missed_as_in_a_call() -> None:
    library = Library(media={"7": (MediaRef(7, "a.wav"), 1500), "a.wav": (MediaRef(7, "a.wav"), 1500)})
    report = go([{"playback": {"files": [{"id": 8}]}}, {"playback": {"files": [{"name": "a.wav"}]}}], None, library)
    assert "not found" in report.trace[0]["result"] and report.trace[1]["ms"] == 1500


def test_other_schemas_run_too() -> None:
    report = go([{"schema": {"id": 5}}, {"hangup": ""}], None, Library(schemas={5: parse([{"log": "inside"}])}))
    assert results(report)[0] == ("log", "inside") and report.trace[0]["schema_id"] == "5"


# ── nothing is done to the world ─────────────────────────────────────────────────────────────────

ASK: dict[str, Any] = {
    "tag": "ask",
    "httpRequest": {
        "url": "https://crm.example/${destination}",
        "exportVariables": {"who": "person.name"},
        "responseCode": "code",
    },
}


def test_what_reaches_out_says_what_it_would_do() -> None:
    report = go([ASK, {"hangup": ""}], {"variables": {"destination": "380441"}})
    assert report.trace[0]["result"] == "would send POST https://crm.example/380441"
    assert [row["text"] for row in report.timeline if row["event"] == "would"] == [report.trace[0]["result"]]
    assert "code" not in report.variables_after


def test_a_canned_answer_is_read_as_a_real_one() -> None:
    report = go([ASK, {"hangup": ""}], {"replies": {"httpRequest": {"body": {"person": {"name": "Ann"}}}}})
    assert report.trace[0]["set"] == {"code": "200", "who": "Ann"}


def test_answers_come_in_turn_and_the_last_one_stays() -> None:
    replies = {"ask": [{"body": {}, "status": 503}, {"set": {"code": "ours"}}]}
    report = go([ASK, ASK, ASK, {"hangup": ""}], {"replies": replies})
    assert [row["set"].get("code") for row in report.trace[:3]] == ["503", "ours", "ours"]


def test_a_step_may_fail_by_script() -> None:
    report = go([ASK, {"hangup": ""}], {"replies": {"[0]": {"fails": "no network"}}})
    assert (
        report.trace[0]["result"] == "failed: would send POST https://crm.example/380000000000; the script: no network"
    )


# ── before and after a call ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("call", "member"),
    [
        (
            {"cause": "USER_BUSY"},
            {"result": "abandoned", "attempts": 1, "ready_at": START_MS + 3_600_000, "variables": {"status": "Busy"}},
        ),
        (
            {"talk": "5s"},
            {
                "result": "abandoned",
                "attempts": 1,
                "ready_at": START_MS + 600_000,
                "variables": {"status": "Not listened"},
            },
        ),
        ({"talk": "60s"}, {"result": "success", "attempts": 1, "stop_cause": "success", "stop_at": START_MS}),
    ],
)
def test_what_an_after_flow_makes_of_the_member(call: dict[str, Any], member: dict[str, Any]) -> None:
    report = go(AFTER_FLOW, {"flow": "after", "call": call, "queue": {"wait_between_retries": 600}})
    assert member.items() <= report.member.items()


def test_the_last_attempt_stops_the_member() -> None:
    script = {"flow": "after", "call": {"cause": "USER_BUSY"}, "queue": {"max_attempts": 3}, "member": {"attempts": 2}}
    report = go(AFTER_FLOW, script)
    assert (report.member["stop_cause"], report.member["attempts"]) == ("abandoned", 3)
    assert report.member["text"] == "done: abandoned" and "ready_at" not in report.member


def test_an_after_flow_that_says_nothing_leaves_it_to_the_queue() -> None:
    report = go([{"log": "${call_cause}"}], {"flow": "after", "call": {"talk": "9s"}, "queue": {"min_duration": 10}})
    assert report.end["how"] == "none" and report.member["result"] == "abandoned"


@pytest.mark.parametrize(
    ("step", "how", "text"),
    [
        (
            {"confirm": {"destination": "380999", "display": "100"}},
            "confirm",
            "the member is called, dial 380999, as 100",
        ),
        ({"cancel": {"description": "on holiday", "waitBetweenRetries": 60}}, "cancel", "nobody is called: on holiday"),
        ({"softSleep": 40_000}, "failed", "the flow did not end in time: nobody is called"),
    ],
)
def test_what_a_pre_flow_decides(step: dict[str, Any], how: str, text: str) -> None:
    report = go([step], {"flow": "before"})
    assert (report.end["how"], report.end["text"]) == (how, text)
    if how == "cancel":
        assert report.member["ready_at"] == START_MS + 60_000 and "attempts" not in report.member


@pytest.mark.parametrize(
    ("schema", "kind", "role"),
    [
        (AFTER_FLOW, "service", "after"),
        ([{"confirm": {}}], "service", "before"),
        (MENU, "voice", "voice"),
        (MENU, "default", "voice"),
        ([{"abandoned": {}}], "default", "after"),
    ],
)
def test_the_kind_of_flow_is_guessed(schema: Schema, kind: str, role: str) -> None:
    assert go(schema, None, LIBRARY, kind).role == role


# ── it always ends ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "schema",
    [
        [{"while": {"condition": "true", "maxSteps": "900000000", "do": [{"log": "a"}]}}],
        [
            {
                "while": {
                    "condition": "true",
                    "maxSteps": "900000000",
                    "do": [{"if": {"expression": "/(a+)+b/.test('aaaa')"}}],
                }
            }
        ],
        [
            {
                "while": {
                    "condition": "true",
                    "maxSteps": "900000000",
                    "do": [{"js": {"data": "for(;;){}", "setVar": "x"}}],
                }
            }
        ],
    ],
)
def test_an_endless_flow_is_stopped(schema: Schema) -> None:
    report = go(schema, {"flow": "voice"})
    assert report.end["how"] == "stopped" and len(report.trace) <= 501


@pytest.mark.parametrize("schema", [[{"echo": 0}], [{"playback": {"files": [{"type": "silence"}]}}], [{"park": {}}]])
def test_a_person_does_not_stay_for_ever(schema: Schema) -> None:
    assert go(schema, {"flow": "voice"}).end["ms"] <= 3_602_000


def test_secrets_stay_hidden() -> None:
    report = go([{"set": {"password": "sesame"}}, {"hangup": ""}])
    assert "sesame" not in str(report.trace) and "sesame" not in str(report.variables_after)


APPS = [
    "log",
    "goto",
    "set",
    "if",
    "switch",
    "playback",
    "execute",
    "schema",
    "break",
    "hangup",
    "httpRequest",
    "list",
    "tts",
    "export",
    "success",
    "x",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["${d}", "$${g}", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["then", "case", "id", "name", "files", "url", "actions", "setVar", "getDigits"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
STEPS = st.lists(st.dictionaries(st.sampled_from([*APPS, "tag", "break"]), JSON, min_size=1, max_size=2), max_size=6)


@given(STEPS, st.sampled_from(["voice", "before", "after"]))
def test_whatever_runs_ends_with_a_plain_report(schema: Schema, role: str) -> None:
    try:
        parse(schema)
    except SchemaError:
        return
    script = {"flow": role, "caller": {"keys": ["1"], "hangs_up": "20s"}, "replies": {"list": {"runs": "actions"}}}
    report = go(schema, script)
    assert report.end["how"] and report.end["text"]
    msgspec.json.encode(report.plain())
