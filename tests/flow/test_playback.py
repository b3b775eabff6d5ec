"""``playback`` and ``getDigits`` to the letter of flow-engine §4.2. A media file of these tests lasts a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from outdial.flow.errors import AppFailed
from outdial.flow.ports import MediaRef, SilenceMs, Sound, ToneScript
from outdial.flow.ports.remote import RemoteSound
from outdial.flow.ports.speech import SoundFile

from .world import Call, call

HELLO, BYE = MediaRef(1, "hello.wav"), MediaRef(2, "bye.wav")
PROMPT = [{"id": 1}]


def play(files: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"playback": {"files": files, **more}}]


@pytest.mark.parametrize(
    ("item", "sound"),
    [
        ({"id": 1, "name": "hello.wav"}, HELLO),
        ({"id": "1"}, HELLO),
        ({"name": "bye.wav"}, BYE),
        ({"name": "its_${lang}.wav"}, MediaRef(3, "its_uk.wav")),
        ({"type": "audio/mpeg", "id": 2}, BYE),
        ({"type": "mp3", "id": "2"}, BYE),
        ({"type": "silence", "name": "2000"}, SilenceMs(2000)),
        ({"type": "tone", "name": "%(1000,6000,425);loops=2"}, ToneScript("%(1000,6000,425);loops=2")),
    ],
)
def test_each_kind_of_file(item: dict[str, Any], sound: Sound) -> None:
    assert call(play([item]), {"lang": "uk"}).person.heard == [[sound]]


def test_files_play_in_order_as_one_prompt() -> None:
    done = call(play([{"id": 1}, {"type": "silence", "name": "500"}, {"id": 2}]))
    assert done.person.heard == [[HELLO, SilenceMs(500), BYE]]
    assert done.ms == 2500


def test_a_silence_without_a_length_lasts_until_the_end_of_the_call() -> None:
    done = call(play([{"type": "silence"}]), hangs_up_at=5000)
    assert done.person.heard == [[SilenceMs(0)]]
    assert done.ms == 5000


def test_what_cannot_be_played_is_skipped_and_named() -> None:
    files = [{"id": 99}, {"type": "tts", "tts": {"text": "hi"}}, {"type": "silence", "name": "long"}, {"id": 1}]
    done = call(play(files))
    assert done.person.heard == [[HELLO]]
    assert done.results == ["media 99 not found; there is no text to speech here; a silence of 'long'"]


@pytest.mark.parametrize("files", [[], [{"id": 99}], None, "nothing"])
def test_nothing_to_play_is_an_error_and_the_flow_goes_on(files: object) -> None:
    done = call([*play(files), {"log": "x"}])
    assert done.results[0].startswith("failed: nothing to play")
    assert done.lines == ["x"]


def test_files_may_be_json_text_in_a_variable() -> None:
    assert call(play("${files}"), {"files": '[{"id": 2}]'}).person.heard == [[BYE]]


@pytest.mark.parametrize(
    ("setting", "key", "stops"),
    [
        (None, "*", True),
        (None, "5", False),
        ("5", "5", True),
        ("5", "*", False),
        ("none", "*", False),
        ("any", "7", True),
    ],
)
def test_a_terminator_stops_a_plain_playback(setting: str | None, key: str, stops: bool) -> None:
    variables = {"playback_terminators": setting} if setting else {}
    done = call(play(PROMPT), variables, presses={300: key})
    assert done.ms == (300 if stops else 1000)
    assert done.variables.get("playback_terminator_used") == (key if stops else None)


def test_quirk_the_terminator_argument_is_not_used() -> None:
    assert call(play(PROMPT, terminator="5"), presses={300: "5"}).ms == 1000


def test_without_a_recognizer_the_files_are_played_and_nothing_is_set() -> None:
    done = call(play(PROMPT, getSpeech={"setVar": "said", "timeout": 5000}, getDigits={}), {"said": "old"})
    assert done.person.heard == [[HELLO]]
    assert done.results == ["getSpeech needs a speech recognition provider, and none is set up here"]
    assert "said" not in done.variables
    assert done.ms == 1000


# ── getDigits ────────────────────────────────────────────────────────────────────────────────────


def ask(presses: dict[int, str], variables: dict[str, str] | None = None, **fields: Any) -> Call:
    return call(play(PROMPT, getDigits={"setVar": "d", **fields}), variables, presses=presses)


def test_the_first_key_stops_the_prompt_and_counts() -> None:
    done = ask({300: "7"})
    assert (done.ms, done.variables["d"], done.variables["read_result"]) == (300, "7", "success")


def test_it_waits_after_the_prompt() -> None:
    done = ask({3900: "7"})
    assert (done.ms, done.variables["d"]) == (3900, "7")


def test_timeout_leaves_the_variable_unset() -> None:
    done = ask({}, {"d": "old"})
    assert done.ms == 1000 + 3000
    assert "d" not in done.variables
    assert done.variables["read_result"] == "timeout"


def test_input_ends_at_the_most_digits() -> None:
    assert ask({1500: "12345"}, max=3).variables["d"] == "123"


def test_digits_after_the_first_have_their_own_timeout() -> None:
    done = ask({1500: "1", 2400: "2", 3500: "3"}, max=4, digitTimeout=1000)
    assert (done.variables["d"], done.ms) == ("12", 3400)
    done = ask({1500: "1", 4400: "2"}, max=4)  # as long as the first, unless said otherwise
    assert (done.variables["d"], done.ms) == ("12", 7400)


def test_enough_digits_count_after_a_timeout() -> None:
    done = ask({1500: "12"}, min=2, max=4, timeout="1000")
    assert (done.variables["d"], done.variables["read_result"]) == ("12", "success")


def test_too_few_digits_are_no_input() -> None:
    done = ask({1500: "1"}, min=2, max=4, timeout=1000)
    assert "d" not in done.variables
    assert done.variables["read_result"] == "timeout"


def test_a_terminator_ends_the_input_and_is_not_part_of_it() -> None:
    done = ask({1500: "12#"}, max=9)
    assert (done.ms, done.variables["d"], done.variables["read_terminator_used"]) == (1500, "12", "#")


def test_other_terminators() -> None:
    assert ask({1500: "1#*"}, max=9, terminators="*").variables["d"] == "1#"


def test_a_single_terminator_key_yields_nothing() -> None:
    done = ask({300: "#"})
    assert "d" not in done.variables
    assert done.variables["read_result"] == "failure"
    assert ask({300: "#"}, min=0).variables["d"] == ""


def test_min_0_takes_nothing_for_an_answer() -> None:
    done = ask({}, min=0)
    assert (done.variables["d"], done.variables["read_result"]) == ("", "success")


def test_max_below_min_is_min() -> None:
    assert ask({1500: "12345"}, min=3, max=1).variables["d"] == "123"


def test_a_mismatch_is_kept_as_invalid() -> None:
    done = ask({1500: "7"}, regexp="^[1-3]$")
    assert "d" not in done.variables
    assert (done.variables["d_invalid"], done.variables["read_result"]) == ("7", "failure")


def test_the_regexp_is_a_search() -> None:
    assert ask({1500: "77177"}, max=5, regexp="1").variables["d"] == "77177"


def test_a_wrong_regexp_fails_the_application() -> None:
    assert ask({}, regexp="(").results[0].startswith("failed: getDigits.regexp")


def test_tries_play_the_prompt_again_after_a_quarter_of_a_second() -> None:
    done = ask({1500: "9", 2000: "2"}, tries=3, regexp="[1-3]")
    assert done.person.heard == [[HELLO], [SilenceMs(250)], [HELLO]]
    assert (done.ms, done.variables["d"], done.variables["d_invalid"]) == (2000, "2", "9")


def test_all_tries_missed() -> None:
    done = ask({}, tries="2", timeout=1000)
    assert done.ms == 2000 + 250 + 2000
    assert done.person.heard == [[HELLO], [SilenceMs(250)], [HELLO]]


def test_keys_typed_ahead_are_taken_unless_flushed() -> None:
    schema = [{"softSleep": 1000}, *play(PROMPT, getDigits={"setVar": "d", "max": 2})]
    assert call(schema, presses={500: "12"}).ms == 1000
    for name in ("flushDtmf", "flushDTMF"):
        flushed = [schema[0], {name: ""}, schema[1]]
        assert "d" not in call(flushed, presses={500: "12"}).variables


def test_keys_typed_into_a_plain_playback_are_kept_for_the_question() -> None:
    schema = [*play(PROMPT), *play(PROMPT, getDigits={"setVar": "d"})]
    done = call(schema, presses={500: "4"})
    assert (done.ms, done.variables["d"]) == (1000, "4")


def test_quirk_flush_dtmf_of_get_digits_is_not_used() -> None:
    schema = [{"softSleep": 100}, *play(PROMPT, getDigits={"setVar": "d", "flushDTMF": True})]
    assert call(schema, presses={50: "4"}).variables["d"] == "4"


def test_the_default_variable() -> None:
    assert call(play(PROMPT, getDigits={}), presses={100: "1"}).variables["MyVar"] == "1"


def test_the_end_of_the_call_ends_the_question() -> None:
    done = call([*play(PROMPT, getDigits={"tries": 9}), {"log": "never"}], hangs_up_at=1700)
    assert (done.ended.how, done.ms, done.lines) == ("closed", 1700, [])


def test_the_length_of_what_sounded() -> None:
    done = call(play([{"id": 1}, {"type": "silence", "name": "1500"}]))
    assert (done.variables["playback_ms"], done.variables["playback_seconds"]) == ("2500", "2")
    assert ask({300: "7"}).variables["playback_ms"] == "300"
    assert ask({1800: "7"}).variables["playback_seconds"] == "1", "what was waited is no playback"


def test_the_key_of_an_earlier_playback_says_nothing_of_a_later_one() -> None:
    assert "playback_terminator_used" not in call([*play(PROMPT), *play(PROMPT)], presses={300: "*"}).variables


# ── http_audio ───────────────────────────────────────────────────────────────────────────────────


class Web:
    """``RemoteAudio`` of one sound."""

    def __init__(self) -> None:
        self.asked: list[RemoteSound] = []

    async def sound(self, where: RemoteSound) -> SoundFile:
        self.asked.append(where)
        if where.url != "https://x/a.mp3":
            raise AppFailed("404")
        return REMOTE


REMOTE = SoundFile(Path("a.alaw"), Path("a.ulaw"), 700)


def http_audio(url: str, **more: Any) -> dict[str, Any]:
    return {"type": "http_audio", "args": {"url": url, **more}}


def test_a_sound_from_the_web_is_one_of_the_prompt() -> None:
    web = Web()
    item = http_audio("https://${host}/a.mp3", method="post", fileType="mp3", headers={"X-Key": "${key}", "n": 1})
    done = call(play([{"id": 1}, item]), {"host": "x", "key": "k"}, remote=web)
    assert done.person.heard == [[HELLO, REMOTE]]
    assert web.asked == [RemoteSound("https://x/a.mp3", "POST", {"X-Key": "k", "n": "1"})]


def test_one_that_cannot_be_had_is_skipped_with_a_sentence() -> None:
    done = call(play([http_audio("https://x/b.mp3"), http_audio(""), {"id": 1}]), remote=Web())
    assert done.person.heard == [[HELLO]]
    assert done.results == ["https://x/b.mp3: 404; http_audio without a url"]


def test_without_a_way_out_there_is_no_sound_from_the_web() -> None:
    done = call(play([http_audio("https://x/a.mp3")]))
    assert done.results[0].endswith("sounds from the outside are not available here")
