"""The JSON Schema for editors says what the language says."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from outdial.cli.demo.campaign import AFTER_FLOW
from outdial.flow.jsonschema import json_schema

VALIDATOR = Draft202012Validator(json_schema())


def wrong(schema: Any) -> list[str]:
    """Where the schema is not what the JSON Schema wants."""
    return [error.json_path for error in VALIDATOR.iter_errors(schema)]


def test_it_is_a_schema_itself() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize(
    "schema",
    [
        [],
        AFTER_FLOW,
        [{"tag": "a", "limit": {"max": 3, "failover": "b"}, "playback": {"files": [{"id": "1", "name": "a.wav"}]}}],
        [{"set": [{"a": 1}, {"b": "2"}]}, {"export": "a"}, {"hangup": ""}, {"answer": {}}, {"break": True}],
        [{"abandoned": {"waitBetweenRetries": "${wait}", "excludeCurrentCommunication": "true"}}],
        [{"if": {"expression": "1", "then": "", "else": None}}, {"switch": {"variable": "${x}", "case": {"1": {}}}}],
        [{"flushDTMF": {}}, {"httpRequest": {"url": "https://example.com"}}, {"joinQueue": {}}],
        [{"tts": {"text": "a", "speakingRate": 1.25, "pitch": "-1.5", "volumeGainDb": "${gain}"}}, {"say": "en x"}],
        [{"trigger": {"disconnected": [{"log": "gone"}]}}, {"function": {"name": "f", "actions": [{"log": "a"}]}}],
    ],
)
def test_what_runs_is_right(schema: Any) -> None:
    assert wrong(schema) == []


@pytest.mark.parametrize(
    ("schema", "places"),
    [
        ({}, ["$"]),
        ([{"playbak": {}}], ["$[0]"]),
        ([{"softSleep": "long"}], ["$[0].softSleep"]),
        ([{"tts": {"text": "a", "speakingRate": "quick"}}], ["$[0].tts.speakingRate"]),
        ([{"if": {"then": []}}], ["$[0].if"]),
        ([{"playback": {"files": [], "getDigits": {"tries": "two"}}}], ["$[0].playback.getDigits.tries"]),
        ([{"switch": {"variable": "x", "case": {"1": [{"nothing": 1}]}}}], ["$[0].switch.case['1']"]),
    ],
)
def test_what_does_not_is_marked_at_its_place(schema: Any, places: list[str]) -> None:
    assert wrong(schema) == places


def test_it_helps_with_a_sentence_a_default_and_an_example() -> None:
    step = json_schema()["$defs"]["step"]["properties"]
    assert step["hangup"]["description"].startswith("Ends the call and the flow.")
    assert step["playback"]["properties"]["getDigits"]["properties"]["timeout"]["default"] == 3000
    assert step["timezone"]["properties"]["name"]["examples"] == ["Europe/Kyiv"]
