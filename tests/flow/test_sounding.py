"""Echo, parking, background sounds, ringback, built-in sounds, timed hang-up (flow-engine §4.1)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from outdial.flow.ports import MediaRef, SilenceMs, ToneScript

from .world import call

HELLO = MediaRef(1, "hello.wav")


@pytest.mark.parametrize(("delay", "ms"), [(0, 0), ("1500", 1500), ("", 0), (-5, 0), (10**9, 60_000)])
def test_echo_lasts_until_hang_up(delay: Any, ms: int) -> None:
    done = call([{"echo": delay}, {"log": "never"}], hangs_up_at=9000)
    assert (done.person.echoes, done.ms, done.lines) == ([ms], 9000, [])


def test_park_holds_in_silence_until_hang_up() -> None:
    done = call([{"park": {"name": "p", "lot": "1-9"}}, {"log": "never"}], hangs_up_at=9000)
    assert (done.person.heard, done.person.under, done.lines, done.ms) == ([[SilenceMs(0)]], {}, [], 9000)


def test_park_plays_the_hold_music_again_and_again() -> None:
    schema = [{"ringback": {"hold": {"id": 1}}}, {"park": {"name": "p", "lot": "1-9"}}]
    done = call(schema, hangs_up_at=900)
    assert done.person.heard == [[SilenceMs(0)]]
    assert done.person.heard_under == [("hold_music", HELLO, 0)]
    assert done.person.under == {}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"lot": "1-9"}, "no name"),
        ({"name": "p"}, "no lot"),
        ({"name": "p", "lot": "1-9", "auto": "out"}, "no call is parked here"),
    ],
)
def test_park_without_what_it_needs_fails_and_the_flow_goes_on(fields: dict[str, str], why: str) -> None:
    assert call([{"park": fields}]).results == [f"failed: {why}"]


def test_a_background_sound_runs_until_it_is_stopped() -> None:
    start = {"backgroundPlayback": {"file": {"id": 1}, "name": "a long name, cut", "volumeReduction": "12"}}
    done = call([start, {"sleep": 1000}])
    assert done.person.under == {"a long nam": (HELLO, 12)}
    assert call([start, {"backgroundPlaybackStop": {"name": "a long name, cut"}}]).person.under == {}


def test_a_background_may_be_a_tone_and_is_never_made_louder() -> None:
    file = {"type": "tone", "name": "%(1,1,400)"}
    done = call([{"backgroundPlayback": {"file": file, "volumeReduction": -10}}])
    assert done.person.under == {"": (ToneScript("%(1,1,400)"), 0)}


@pytest.mark.parametrize(("file", "why"), [(None, "no file"), ({"id": 99}, "media 99 not found")])
def test_no_background(file: Any, why: str) -> None:
    assert call([{"backgroundPlayback": {"file": file}}]).results == [f"failed: {why}"]


def test_ringback_keeps_its_files_in_variables() -> None:
    fields = {"all": True, "call": {"type": "tone", "name": "%(1000,4000,425)"}, "transfer": {"id": "2"}}
    done = call([{"ringback": fields}])
    assert json.loads(done.variables["ringback"]) == {"type": "tone", "name": "%(1000,4000,425)"}
    assert json.loads(done.variables["transfer_ringback"]) == {"id": 2}
    assert "hold_music" not in done.variables
    assert done.connection.leg_b.keys() == {"ringback", "transfer_ringback"}


def test_set_sounds() -> None:
    done = call([{"setSounds": {"lang": "uk_UA", "voice": "olena"}}])
    assert (done.variables["sound_prefix"], done.variables["default_language"]) == ("/uk/ua/olena", "uk")
    assert call([{"setSounds": {"lang": "uk_UA"}}]).results == ["failed: no voice"]


def test_a_hang_up_is_scheduled_and_the_flow_goes_on() -> None:
    done = call([{"scheduleHangup": {"seconds": "3", "cause": "user_busy"}}, {"log": "on"}, {"sleep": 60_000}])
    assert (done.lines, done.ms, done.person.cause) == (["on"], 3000, "USER_BUSY")


def test_a_hang_up_is_scheduled_in_two_seconds_by_default() -> None:
    done = call([{"scheduleHangup": {}}, {"sleep": 60_000}])
    assert (done.ms, done.person.cause) == (2000, "NORMAL_CLEARING")


@pytest.mark.parametrize("name", ["answer", "preAnswer", "ringReady"])
def test_what_belongs_to_calls_that_come_in_does_nothing(name: str) -> None:
    assert call([{name: ""}, {"log": "on"}]).lines == ["on"]
