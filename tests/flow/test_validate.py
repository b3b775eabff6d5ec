"""What authors are told (flow-engine §8, point 7)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outdial.cli.demo.campaign import AFTER_FLOW
from outdial.flow.program import Problem
from outdial.flow.validate import Reference, references, validate

Schema = list[Any]
HANGUP: dict[str, Any] = {"hangup": ""}


def warnings(schema: Schema, kind: str = "voice") -> list[tuple[str, str]]:
    """Path and message of each warning."""
    return [(problem.path, problem.message) for problem in validate(schema, kind) if problem.level == "warning"]


def messages(step: dict[str, Any], kind: str = "voice") -> list[str]:
    """What is said of one step; in a voice flow with a hangup behind it."""
    return [message for _, message in warnings([step, HANGUP] if kind == "voice" else [step], kind)]


def test_an_error_forbids_saving() -> None:
    assert validate([{"log": "a"}, 5], "voice") == [Problem("[1]", "error", "expected an application object")]


def test_a_sound_schema_has_no_problems() -> None:
    schema = [
        {"tag": "menu", "limit": {"max": 3, "failover": "bye"}, "playback": {"files": [{"id": 1}], "getDigits": {}}},
        {"switch": {"variable": "${MyVar}", "case": {"1": [{"log": "one"}], "default": [{"goto": "menu"}]}}},
        {"set": {"a": "${destination}", "where": "bye"}},
        {"if": {"expression": "${a}.length > 1", "then": [{"goto": "${where}"}]}},
        {"tag": "bye", "hangup": ""},
    ]
    assert validate(schema, "voice") == []


def test_the_example_after_flow_has_no_problems() -> None:
    assert validate(AFTER_FLOW, "service") == []


@pytest.mark.parametrize(
    ("step", "kind", "message"),
    [
        ({"playbak": {}}, "voice", "unknown application 'playbak'; did you mean playback?"),
        ({"joinQueue": {}}, "voice", "not supported here"),
        (
            {"playback": {"files": [{"id": 1}]}},
            "service",
            "playback does nothing in a service flow: there is no call before and after a call",
        ),
        (
            {"success": {}},
            "voice",
            "success does nothing in a voice flow: it answers in pre-flows and after-flows only",
        ),
        ({"goto": "x"}, "voice", "there is no tag 'x' in this schema; the flow would go on with the next step"),
        ({"if": {"expression": ""}}, "voice", "expression must be a text of 1 to 10000 characters"),
        ({"while": {"condition": "1" * 10_001}}, "voice", "condition must be a text of 1 to 10000 characters"),
        (
            {"if": {"expression": "${destination} == 'new'"}},
            "voice",
            "the expression loses the words new, even inside quotes",
        ),
        (
            {"switch": {"variable": "${destination}", "case": {"_": [], "default": []}}},
            "voice",
            "the case `_` is never reached: there is a `default`",
        ),
        (
            {"switch": {"variable": "destination", "case": {"1": []}}},
            "voice",
            "it compares the fixed text 'destination', so the same case runs every time; write ${name}",
        ),
        ({"execute": {"name": "f"}}, "voice", "there is no function 'f' in this schema"),
        (
            {"cancel": {"description": "no"}},
            "service",
            "cancel without `waitBetweenRetries` or `stop`: the member would be tried again at once, over and over",
        ),
        ({"log": "a", "set": {}}, "voice", "two applications in one object: log runs, set does not"),
        (
            {"tag": 7, "log": "a"},
            "voice",
            "the tag is a number; Webitel ignores such a tag, here it is taken as text",
        ),
    ],
)
def test_each_warning(step: dict[str, Any], kind: str, message: str) -> None:
    assert messages(step, kind) == [message]


def test_a_failover_to_nowhere() -> None:
    found = messages({"limit": {"max": 1, "failover": "x"}, "log": ""})
    assert found[0] == "the failover 'x' is no tag of this schema; the flow would end there"


def test_an_expression_that_does_not_compile() -> None:
    (message,) = messages({"if": {"expression": "1 +", "then": [{"log": "a"}]}})
    assert message.startswith("the expression does not compile: SyntaxError")


@pytest.mark.parametrize(("stop", "wait"), [(True, 0), ("true", ""), (False, "60"), (False, "${wait}")])
def test_a_cancel_that_waits_or_stops_is_right(stop: Any, wait: Any) -> None:
    assert messages({"cancel": {"stop": stop, "waitBetweenRetries": wait}}, "service") == []


def test_other_types_run_anywhere() -> None:
    assert warnings([{"playback": {"files": [{"id": 1}]}}, HANGUP], "default") == []
    assert warnings([{"success": {}}], "default") == []


def test_problems_inside_functions_and_triggers_have_their_path() -> None:
    schema = [
        {"function": {"name": "f", "actions": [{"log": ""}, {"goto": "x"}]}},
        {"trigger": {"disconnected": [{"playbak": ""}, {"playback": {"files": [{"id": 1}]}}]}},
        {"tag": 1, "execute": {"name": "f"}},
        HANGUP,
    ]
    assert [path for path, _ in warnings(schema)] == [
        "[0].function.actions[1]",
        "[1].trigger.disconnected[0]",
        "[1].trigger.disconnected[1]",
        "[2]",
    ]


def test_problems_come_in_the_order_of_the_steps() -> None:
    paths = [path for path, _ in warnings([{"goto": "x"}] * 12 + [HANGUP])]
    assert paths == [f"[{n}]" for n in range(12)]
    validate([{"switch": {"variable": "${a}", "case": {"²" + "7" * 5000: [{"goto": "x"}]}}}], "voice")


def test_no_more_problems_than_somebody_could_read() -> None:
    found = validate([{"goto": f"${{a{n}}}x"} for n in range(900)] + [HANGUP], "voice")
    assert len(found) == 501 and found[-1].message.startswith("400 more problems are left out")


def test_a_function_that_nothing_executes() -> None:
    schema = [{"log": ""}, {"function": {"name": "f", "actions": [{"log": ""}]}}, HANGUP]
    assert warnings(schema) == [("[1]", "the function 'f' is never executed")]


def test_a_tag_that_stands_twice() -> None:
    schema = [{"tag": "a", "log": "1"}, {"tag": "a", "log": "2"}, HANGUP]
    assert warnings(schema) == [("[1]", "the tag 'a' stands at [0], too; jumps go to the last of them")]


# ── arguments ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"playback": {}}, "playback needs `files`: what to play, in order, as one prompt."),
        ({"timezone": {"name": ""}}, "timezone needs `name`: IANA name."),
        ({"softSleep": "soon"}, "softSleep: expected a number"),
        ({"set": []}, "set needs an argument: names and values, or a list of such objects."),
        (
            {"playback": {"files": [{"id": 1}], "getDigits": {"tries": "two"}}},
            "playback.getDigits.tries: expected a number",
        ),
        (
            {"playback": {"files": [{"id": 1}], "getDigit": {}}},
            "playback has no argument 'getdigit', so it does nothing; did you mean getDigits?",
        ),
    ],
)
def test_arguments(step: dict[str, Any], message: str) -> None:
    assert [text.lower() for text in messages(step)] == [message.lower()]


def test_what_variables_fill_is_not_judged() -> None:
    step = {"playback": {"files": "${files}", "getDigits": {"tries": "${tries}", "GETDIGITS": 1}}}
    assert messages(step) == []


def test_another_spelling_stands_in() -> None:
    schema = [{"function": {"name": "f", "actions": [{"log": "a"}]}}, {"execute": {"fn": "f"}}, HANGUP]
    assert warnings(schema) == []


# ── ways through the schema ──────────────────────────────────────────────────────────────────────

SILENCE = "the flow can end after this step without hangup: the call would stay up in silence; add hangup"


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ([{"playback": {"files": [{"id": 1}]}}], "[0]"),
        ([{"if": {"expression": "${destination}", "then": [HANGUP]}}], "[0]"),
        ([{"if": {"expression": "${destination}", "then": [HANGUP], "else": [{"log": ""}]}}], "[0].if.else[0]"),
        ([{"break": True, "log": "a"}, HANGUP], "[0]"),
        ([{"function": {"name": "f", "actions": [{"break": True}]}}, {"execute": {"name": "f"}}, HANGUP], "[1]"),
        (
            [{"tag": "a", "limit": {"max": 1, "failover": "b"}, "sleep": 9}, {"goto": "a"}, {"tag": "b", "log": ""}],
            "[2]",
        ),
    ],
)
def test_a_voice_flow_that_can_end_in_silence(schema: Schema, path: str) -> None:
    assert (path, SILENCE) in warnings(schema)


@pytest.mark.parametrize(
    "schema",
    [
        [{"playback": {"files": [{"id": 1}]}}, HANGUP],
        [{"if": {"expression": "${destination}", "then": [HANGUP], "else": [HANGUP]}}],
        [{"function": {"name": "f", "actions": [HANGUP]}}, {"execute": {"name": "f"}}],
        [{"tag": "a", "sleep": 1000}, {"goto": "a"}],
        [{"log": "a"}, {"schema": {"id": 5}}],
        [],
    ],
)
def test_a_voice_flow_that_cannot(schema: Schema) -> None:
    assert SILENCE not in [message for _, message in warnings(schema)]


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ([{"goto": "b"}, {"log": "a"}, {"log": "a2"}, {"tag": "b", "hangup": ""}], "[1]"),
        ([HANGUP, {"log": "late"}], "[1]"),
        ([{"if": {"expression": "1", "then": [HANGUP], "else": [{"break": True}]}}, {"log": "late"}], "[1]"),
        (
            [{"if": {"expression": "1", "then": [{"goto": "e"}, {"log": ""}]}}, {"tag": "e", "hangup": ""}],
            "[0].if.then[1]",
        ),
        ([{"function": {"name": "f", "actions": [HANGUP]}}, {"execute": {"name": "f"}}, {"log": "late"}], "[2]"),
    ],
)
def test_a_step_that_is_never_reached(schema: Schema, path: str) -> None:
    assert [where for where, message in warnings(schema) if "never reached" in message] == [path]


def test_a_step_behind_a_goto_is_reached_by_its_tag() -> None:
    schema = [{"goto": "b"}, {"tag": "a", "hangup": ""}, {"tag": "b", "log": ""}, {"goto": "a"}]
    assert warnings(schema) == []


def spins(schema: Schema) -> list[str]:
    return [path for path, message in warnings([*schema, HANGUP]) if "without a pause" in message]


@pytest.mark.parametrize(
    "schema",
    [
        [{"tag": "a", "log": "1"}, {"goto": "a"}],
        [{"tag": "a", "if": {"expression": "${destination}", "then": [{"goto": "a"}]}}],
        [{"while": {"condition": "true", "do": [{"log": "a"}]}}],
        [{"while": {"condition": "&hour() < 9", "do": [{"log": "a"}]}}],
    ],
)
def test_a_loop_without_a_pause(schema: Schema) -> None:
    assert len(spins(schema)) == 1


@pytest.mark.parametrize(
    "schema",
    [
        [{"tag": "a", "playback": {"files": [{"id": 1}]}}, {"goto": "a"}],
        [{"tag": "a", "limit": {"max": 3, "failover": "b"}, "log": "1"}, {"goto": "a"}, {"tag": "b", "log": ""}],
        [{"while": {"condition": "${n} < 9", "do": [{"js": {"data": "return +${n} + 1", "setVar": "n"}}]}}],
        [{"while": {"condition": "&hour() < 9", "do": [{"softSleep": 60000}]}}],
    ],
)
def test_a_loop_that_waits_counts_or_changes_what_it_decides_by(schema: Schema) -> None:
    assert spins(schema) == []


# ── records of the domain ────────────────────────────────────────────────────────────────────────


def test_the_records_a_schema_names() -> None:
    schema = [
        {
            "playback": {
                "files": [{"id": "12"}, {"name": "a.wav"}, {"name": "${x}.wav"}, {"type": "silence", "name": "9"}]
            }
        },
        {"schema": {"id": 5}},
        {"schema": {"id": "${next}"}},
        {"function": {"name": "f", "actions": [{"log": "$${greeting}"}]}},
    ]
    assert references(schema) == {
        Reference("media", 12, ""),
        Reference("media", 0, "a.wav"),
        Reference("schema", 5, ""),
        Reference("variable", 0, "greeting"),
    }
    assert references("no schema") == frozenset()


def test_a_record_that_is_missing() -> None:
    schema = [{"playback": {"files": [{"id": 12}, {"id": 13}]}}, {"log": "$${who}"}, HANGUP]
    missing = {Reference("media", 13, ""), Reference("variable", 0, "who")}
    assert [(p.path, p.message) for p in validate(schema, "voice", missing)] == [
        ("[0]", "there is no media file 13 in this domain; choose another, or add it"),
        ("[1]", "there is no global variable 'who', so it is empty; make it, or mend its name"),
    ]


# ── variables ────────────────────────────────────────────────────────────────────────────────────


def unset(schema: Schema, kind: str) -> list[tuple[str, str]]:
    return [(p.level, p.message) for p in validate(schema, kind) if "${" in p.message]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("${call_cause} ${call_voice_sec} ${cc_attempt_seq} ${destination.uri()}", "service"),
        ("${uuid} ${member_name} ${usr_debt} ${sip_h_X-Id} ${strepoch()} ${1}", "voice"),
        ("$${global}", "voice"),
    ],
)
def test_what_is_given_counts_as_set(text: str, kind: str) -> None:
    assert unset([{"log": text}, HANGUP], kind) == []


def test_what_the_schema_sets_counts_anywhere() -> None:
    schema = [
        {"log": "${a} ${b.c.0} ${q1} ${digits} ${digits_invalid} ${read_result}"},
        {"set": [{"a": 1}, {"b": "{}"}, {"q${n}": 1, "n": "1"}]},
        {"playback": {"files": [{"id": 1}], "getDigits": {"setVar": "digits"}}},
        HANGUP,
    ]
    assert unset(schema, "voice") == []


def test_what_only_a_member_could_bring_is_a_note() -> None:
    assert unset([{"log": "${debt}"}, {"export": ["debt"]}, HANGUP], "voice") == [
        (
            "note",
            "${debt} is set nowhere in this schema: it is empty unless the member, the queue or the resource has it",
        )
    ]


def test_what_looks_like_a_slip_of_the_pen_is_a_warning() -> None:
    schema = [{"set": {"status": "Busy"}}, {"abandoned": {"export": ["statsu"]}}]
    assert unset(schema, "service") == [("warning", "${statsu} is set nowhere in this schema; did you mean status?")]
    assert unset([{"if": {"expression": "${call_voice_secs} > 3"}}], "service")[0][0] == "warning"


def test_what_comes_only_after_a_call_is_a_warning_during_it() -> None:
    assert unset([{"log": "${call_cause}"}, HANGUP], "voice") == [
        ("warning", "${call_cause} is empty during a call: only the after-flow is given it")
    ]


# ── whatever it is given ─────────────────────────────────────────────────────────────────────────

NAMES = st.sampled_from(["log", "goto", "set", "if", "switch", "while", "playback", "execute", "break", "hangup", "x"])
KEYS = st.sampled_from(["then", "else", "do", "case", "name", "expression", "condition", "variable", "files", "id"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
STEPS = st.lists(st.dictionaries(NAMES, JSON, min_size=1, max_size=2) | JSON, max_size=6)


@given(STEPS, st.sampled_from(["voice", "service", "default", "anything"]))
def test_it_never_fails(schema: Any, kind: str) -> None:
    for problem in validate(schema, kind):
        assert problem.message and problem.level in ("error", "warning", "note")
    references(schema)
