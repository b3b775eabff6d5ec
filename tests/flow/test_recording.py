"""``recordFile`` and ``recordSession`` (flow-engine §4.1)."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.flow.ports.recording import Take

from .world import START_MS, call


def record(**fields: Any) -> list[dict[str, Any]]:
    return [{"recordFile": fields}]


def test_the_defaults_of_a_recorded_file() -> None:
    done = call(record())
    assert done.person.takes == [
        Take(f"recordFile_{START_MS // 1000}", "heard", max_ms=60_000, silence_level=200, silence_ms=5000)
    ]
    assert (done.ms, done.variables["record_seconds"]) == (60_000, "60")


def test_every_field_and_blanks_in_the_name() -> None:
    fields = {"name": "mail of ${who}", "type": "wav", "maxSec": "10", "silenceThresh": 90, "silenceHits": 2}
    done = call(record(**fields), {"who": "Ann"})
    assert done.person.takes == [Take("mail_of_Ann", "heard", max_ms=10_000, silence_level=90, silence_ms=2000)]


def test_silence_ends_it() -> None:
    done = call(record(silenceHits=2), talks_until=3500)
    assert (done.ms, done.variables["record_seconds"], done.results) == (5500, "5", ["5.5 s, ended by silence"])


def test_no_hits_are_three_seconds_and_no_threshold_is_never() -> None:
    assert call(record(silenceHits=0), talks_until=0).ms == 3000
    assert call(record(silenceThresh=0, maxSec=20), talks_until=0).ms == 20_000


@pytest.mark.parametrize(("terminators", "key", "ms"), [("#1", "1", 4000), ("#1", "*", 60_000), ("", "*", 4000)])
def test_a_terminator_ends_it(terminators: str, key: str, ms: int) -> None:
    done = call(record(terminators=terminators), presses={4000: key})
    assert done.ms == ms
    assert done.variables.get("playback_terminator_used") == (key if ms == 4000 else None)


def test_its_terminators_become_those_of_playbacks() -> None:
    assert call(record(terminators="9", maxSec=1)).variables["playback_terminators"] == "9"


def test_voice_mail_tags_the_call() -> None:
    assert call(record(voiceMail=True, maxSec=1)).ended.payload == {"wbt_tags": ["vm"]}
    assert call(record(maxSec=1)).ended.payload == {}


def test_the_end_of_the_call_ends_the_recording_and_the_flow() -> None:
    done = call([*record(), {"log": "never"}], hangs_up_at=1500)
    assert (done.ended.how, done.lines, done.ms) == ("closed", [], 1500)


def session(**fields: Any) -> dict[str, Any]:
    return {"recordSession": fields}


def test_a_session_is_recorded_beside_the_flow() -> None:
    numbers = {"caller_id_number": "700", "destination_number": "38044"}
    done = call([session(), {"sleep": 500}], numbers)
    assert done.person.beside == [Take(f"{START_MS // 1000}_700_38044", "mixed", min_ms=2000)]
    assert done.ms == 500


def test_the_fields_of_a_session() -> None:
    done = call([session(action="start", name="a b", stereo="true", minSec=0, followTransfer=True, type="wav")])
    assert done.person.beside == [Take("a_b", "both", min_ms=0)]


def test_stopping_names_one_or_all() -> None:
    both = [session(name="a"), session(name="b")]
    assert [take.name for take in call([*both, session(action="stop", name="a")]).person.beside] == ["b"]
    assert call([*both, session(action="stop")]).person.beside == []
    assert call([session(action="stop")]).results == ["no such recording runs"]


def test_a_session_may_be_of_the_talk_with_another_only() -> None:
    done = call([session(name="talk", bridged=True), session(name="all")])
    assert [take.name for take in done.person.only_connected] == ["talk"]


def test_numbers_out_of_all_bounds_stay_within_a_day_and_names_within_reason() -> None:
    fields = {"name": "n" * 1000, "maxSec": 10**15, "silenceHits": 10**15, "silenceThresh": 10**15}
    [take] = call(record(**fields), hangs_up_at=10).person.takes
    assert (take.max_ms, take.silence_ms, take.silence_level, len(take.name)) == (86_400_000, 86_400_000, 32_768, 200)


def test_a_name_has_nothing_that_no_store_keeps() -> None:
    assert call([session(name="a\x00b\nc é")]).person.beside[0].name == "abc_é"
