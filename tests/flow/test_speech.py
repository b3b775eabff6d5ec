"""``tts``, spoken items of ``playback``, and ``getSpeech`` (flow-engine §4.2, §4.3)."""

from __future__ import annotations

from typing import Any

import pytest

from outdial.flow.apps.speaking import known_ahead
from outdial.flow.parse import parse
from outdial.flow.ports import MediaRef
from outdial.flow.ports.speech import NO_SPEECH, Heard, Question, Speech, Utterance

from .voice import Voice, sound
from .world import Call, call


def tts(text: str = "Hello", **more: Any) -> list[dict[str, Any]]:
    return [{"tts": {"text": text, **more}}]


def test_a_text_is_said_with_its_variables() -> None:
    voice = Voice()
    done = call(tts("Hi ${name}"), {"name": "Ann"}, speech=voice)
    assert done.person.heard == [[sound("Hi Ann")]]
    assert (done.results, done.ms) == (["ok"], 600)


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({}, Utterance("Hello")),
        ({"textType": "SSML"}, Utterance("Hello", ssml=True)),
        ({"textType": "text"}, Utterance("Hello")),
        ({"language": "uk-UA", "voice": "f2"}, Utterance("Hello", language="uk-UA", voice="f2")),
        (
            {"speakingRate": 1.25, "pitch": -2.5, "volumeGainDb": 6},
            Utterance("Hello", rate=1.25, pitch=-2.5, gain_db=6),
        ),
        ({"speakingRate": "${fast}", "pitch": ""}, Utterance("Hello", rate=1.5)),
        ({"speakingRate": 99, "pitch": -99, "volumeGainDb": 99}, Utterance("Hello", rate=4, pitch=-20, gain_db=16)),
        ({"speakingRate": 0.01}, Utterance("Hello", rate=0.25)),
        ({"profile": {"id": 4}, "static": True, "provider": "polly", "key": "k"}, Utterance("Hello")),
    ],
)
def test_each_field(fields: dict[str, Any], asked: Utterance) -> None:
    voice = Voice()
    call(tts(**fields), {"fast": "1.5"}, speech=voice)
    assert voice.said == [asked]


def test_a_background_is_named_and_the_text_is_said() -> None:
    done = call(tts(background={"url": "http://x"}), speech=Voice())
    assert done.person.heard == [[sound("Hello")]]
    assert done.results == ["the background is not supported here"]


@pytest.mark.parametrize(
    ("schema", "voice", "result"),
    [
        (tts(""), Voice(), "failed: no text to say"),
        (tts("  ${missing} "), Voice(), "failed: no text to say"),
        (tts(speakingRate="quick"), Voice(), "failed: speakingRate: expected a number"),
        (tts(), Voice(out_of_order=True), "failed: the voice is hoarse"),
        (tts(), NO_SPEECH, "failed: there is no text to speech here"),
    ],
)
def test_what_cannot_be_said_fails_with_a_sentence_and_the_flow_goes_on(
    schema: list[Any], voice: Speech, result: str
) -> None:
    done = call([*schema, {"log": "x"}], speech=voice)
    assert (done.results[0], done.lines, done.person.heard) == (result, ["x"], [])


def test_a_terminator_stops_it_and_keys_are_collected_as_in_playback() -> None:
    done = call(tts("0123456789"), presses={300: "*"}, speech=Voice())
    assert (done.ms, done.variables["playback_terminator_used"]) == (300, "*")
    done = call(tts("0123456789", getDigits={"setVar": "d", "max": 2}), presses={300: "42"}, speech=Voice())
    assert (done.variables["d"], done.results) == ("42", ["success"])


def test_a_playback_mixes_files_and_texts() -> None:
    files = [{"id": 1}, {"type": "tts", "tts": {"text": "Ann", "background": {"url": "x"}}}, {"type": "tts"}]
    done = call([{"playback": {"files": files}}], speech=Voice())
    assert done.person.heard == [[MediaRef(1, "hello.wav"), sound("Ann")]]
    assert done.results == ["the background is not supported here; no text to say"]


def test_a_playback_whose_voice_fails_plays_the_rest() -> None:
    files = [{"type": "tts", "tts": {"text": "Ann"}}, {"id": 1}]
    done = call([{"playback": {"files": files}}], speech=Voice(out_of_order=True))
    assert done.person.heard == [[MediaRef(1, "hello.wav")]]
    assert done.results == ["the voice is hoarse"]


def test_nothing_is_spoken_when_nobody_is_on_the_line() -> None:
    voice = Voice()
    done = call([*tts("0123456789"), *tts("more")], hangs_up_at=500, speech=voice)
    assert (voice.texts, done.ms) == (["0123456789"], 500)


def test_texts_without_variables_are_known_before_anybody_is_called() -> None:
    schema = [
        *tts("first", language="uk-UA"),
        *tts("${name}"),
        *tts("second", voice="${voice}"),
        *tts("$${company}"),
        {"if": {"expression": "1", "then": tts("third")}},
        {"function": {"name": "f", "actions": tts("fifth")}},
        {"playback": {"files": [{"id": 1}, {"type": "tts", "tts": {"text": "fourth"}}, "x"]}},
        {"playback": "${files}"},
        {"tts": "text"},
        *tts("bad", speakingRate="quick"),
    ]
    found = list(known_ahead(parse(schema)))
    assert sorted(what.text for what in found) == ["fifth", "first", "fourth", "third"]
    assert next(what for what in found if what.text == "first").language == "uk-UA"


# ── getSpeech ────────────────────────────────────────────────────────────────────────────────────


def ask(answers: tuple[int, Heard] | None, variables: dict[str, str] | None = None, **fields: Any) -> Call:
    """After a prompt of a second."""
    schema = tts("0123456789", getSpeech={"setVar": "said", "lang": "uk-UA", **fields})
    return call(schema, variables, speech=Voice(answers=answers))


def test_what_is_said_stops_the_prompt_and_is_kept() -> None:
    done = ask((400, Heard("так")))
    assert (done.ms, done.results) == (400, ["heard"])
    assert (done.variables["said"], done.variables["google_transcript"]) == ("так", "так")


def test_the_timeout_is_silence_after_the_prompt() -> None:
    assert ask((1800, Heard("yes")), timeout=1000).variables["said"] == "yes"
    done = ask((2100, Heard("yes")), {"said": "old", "google_transcript": "old"}, timeout=1000)
    assert (done.ms, done.results) == (2000, ["nothing was said in time"])
    assert not {"said", "google_transcript"} & done.variables.keys()


def test_version_3_has_names_of_its_own() -> None:
    done = ask((400, Heard("maybe", final=False)), version="v3", setVar="")
    assert {name: done.variables[name] for name in ("wbt_stt_text", "wbt_stt_final")} == {
        "wbt_stt_text": "maybe",
        "wbt_stt_final": "false",
    }


def test_a_recognizer_that_fails_is_named_after_the_prompt() -> None:
    schema = [{"playback": {"files": [{"id": 1}], "getSpeech": {"setVar": "said", "version": "v3", "timeout": 3000}}}]
    done = call(schema, {"said": "old"}, speech=Voice(out_of_order=True))
    assert (done.ms, done.results, done.variables["wbt_stt_error"]) == (1000, ["the ear is deaf"], "the ear is deaf")
    assert "said" not in done.variables


def test_the_recognizer_is_told_whom_to_hear_and_what_to_expect() -> None:
    voice = Voice(answers=(1, Heard("x")))
    speech = {"lang": "uk-UA", "hints": "так, ні", "minWords": 1, "maxWords": "3"}
    call(tts(getSpeech=speech), {"uuid": "call-7"}, speech=voice)
    assert voice.asked == [Question("call-7", "uk-UA", "так, ні", 1, 3)]


def test_a_hangup_ends_the_listening() -> None:
    schema = tts("0123456789", getSpeech={"setVar": "said", "timeout": 9000})
    done = call([*schema, {"log": "never"}], hangs_up_at=3000, speech=Voice(answers=(60_000, Heard("x"))))
    assert (done.ms, done.lines) == (3000, [])
