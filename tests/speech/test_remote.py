"""A speech server by HTTP: what it is asked, and what is made of its answers."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from outdial.domain.errors import Misconfigured
from outdial.flow.errors import SpeechFailed, SpeechRefused
from outdial.flow.ports.speech import Utterance
from outdial.net.addresses import read_networks
from outdial.net.guard import Guard
from outdial.net.http import HttpClient
from outdial.speech.remote import Remote, Server, read_server, request_for
from tests.e2e.campaign import a_wav, some_sound
from tests.net.web import Says, moved, web
from tests.net.web import json as says_json
from tests.speech.room import heard, speaking

SOUND = some_sound(0.5)
WAV = Says(body=a_wav(SOUND), headers=(("Content-Type", "audio/wav"),))
HARD = Utterance('Say "<hi>" & go\\', language="uk-UA", voice="alloy", rate=1.25, pitch=-2, gain_db=3)


def remote(server: Server) -> Remote:
    return Remote(server, HttpClient(Guard(read_networks("127.0.0.1"))))


async def test_its_sound_is_cut_to_frames_and_kept(tmp_path: Path) -> None:
    async with web() as server:
        server.answer = lambda asked: WAV
        async with speaking(tmp_path, remote(read_server(server.url("/tts"), '{"X-Key": "k"}', ""))) as speech:
            first = await speech.speak(HARD)
            assert await speech.speak(HARD) == first
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.headers["x-key"]) == ("POST", "/tts", "k")
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.body) == {
        "text": HARD.text,
        "textType": "text",
        "language": "uk-UA",
        "voice": "alloy",
        "speakingRate": "1.25",
        "pitch": "-2",
        "volumeGainDb": "3",
    }
    assert abs(heard(first).astype(int) - SOUND).max() < 600  # what A-law rounds off


def asked_for(server: Server, what: Utterance = HARD) -> Any:
    request = request_for(server, what)
    return json.loads(request.body)


def test_the_body_is_a_template() -> None:
    server = read_server("https://x/v1", "", '{"input": "${text}", "speed": ${speakingRate}, "model": "tts-1"}')
    assert asked_for(server) == {"input": HARD.text, "speed": 1.25, "model": "tts-1"}


def test_a_template_may_always_want_ssml() -> None:
    server = read_server("https://x/v1", "", '{"input": {"ssml": "${ssml}"}}')
    assert asked_for(server) == {"input": {"ssml": '<speak>Say "&lt;hi&gt;" &amp; go\\</speak>'}}
    assert asked_for(server, replace(HARD, text="<speak>x</speak>", ssml=True)) == {
        "input": {"ssml": "<speak>x</speak>"}
    }


def test_a_template_that_is_no_json_is_xml() -> None:
    server = read_server("https://x/v1", "", "<speak><voice name='${voice}'>${text}</voice></speak>")
    request = request_for(server, HARD)
    assert request.body == b"<speak><voice name='alloy'>Say \"&lt;hi&gt;\" &amp; go\\</voice></speak>"
    assert request.headers["Content-Type"] == "application/ssml+xml"


def test_a_content_type_of_the_settings_counts() -> None:
    server = read_server("https://x", '{"Content-Type": "text/xml"}', "<a>${text}</a>")
    assert request_for(server, HARD).headers == {"Content-Type": "text/xml"}


def test_a_url_that_names_the_text_is_asked_by_get() -> None:
    request = request_for(read_server("https://x/say?q=${text}&hl=${language}", "", ""), HARD)
    assert (request.method, request.body) == ("GET", b"")
    assert parse_qs(urlsplit(request.url).query) == {"q": [HARD.text], "hl": ["uk-UA"]}


def test_ssml_is_refused_where_the_template_has_no_place_for_it() -> None:
    server = read_server("https://x", "", '{"input": "${text}"}')
    with pytest.raises(SpeechRefused, match="takes no SSML"):
        request_for(server, replace(HARD, ssml=True))


@pytest.mark.parametrize(
    ("url", "headers", "body", "says"),
    [
        ("ftp://x", "", "", "tts_url: expected http"),
        ("https://${voice}.example", "", "", "only the path may name"),
        ("https://x/${txt}", "", "", r"tts_url: there is no \$\{txt\}, only text, ssml"),
        ("https://x", "Authorization: x", "", "tts_headers: expected a JSON object"),
        ("https://x", '{"n": 1}', "", "tts_headers: expected a JSON object"),
        ("https://x", "", '{"input": ${text}}', "tts_body: expected JSON"),
        ("https://x", "", '{"input": "${tone}"}', r"tts_body: there is no \$\{tone\}"),
    ],
)
def test_wrong_settings_are_named(url: str, headers: str, body: str, says: str) -> None:
    with pytest.raises(Misconfigured, match=says):
        read_server(url, headers, body)


async def answered(says: Says, tmp_path: Path) -> int:
    """Milliseconds of the sound."""
    async with web() as server:
        server.answer = lambda asked: says
        async with speaking(tmp_path, remote(read_server(server.url("/"), "", ""))) as speech:
            return (await speech.speak(HARD)).ms


async def test_a_sound_in_base64_inside_json_is_taken(tmp_path: Path) -> None:
    inside = json.dumps({"audioContent": base64.b64encode(WAV.body).decode()})
    assert await answered(says_json(inside), tmp_path) == 500


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (Says(401, b"no  such\nkey"), "the speech server answered 401: no such key"),
        (says_json('{"error": "quota"}'), "JSON without audioContent"),
        (says_json('{"audioContent": "***"}'), "sound cannot be used"),
        (Says(body=b"<html>"), "the provider's sound cannot be used: The file is not WAV or MP3"),
        (Says(body=b"OggS" + bytes(99)), "save it as WAV or MP3"),
        (moved("http://169.254.169.254/"), "the speech server: .* redirects more than 0 times"),
        (Says(raw=b"nonsense\r\n\r\n"), "the speech server: .* does not answer as HTTP"),
    ],
)
async def test_any_other_answer_is_told_in_a_sentence(says: Says, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SpeechFailed, match=sentence):
        await answered(says, tmp_path)


async def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with web() as server:
        gone = server.url("/")
    async with speaking(tmp_path, remote(read_server(gone, "", ""))) as speech:
        with pytest.raises(SpeechFailed, match=r"the speech server: 127\.0\.0\.1"):
            await speech.speak(HARD)


def test_another_url_or_body_is_another_voice_and_a_new_key_is_not() -> None:
    one, two, three, same = (
        remote(server).identity
        for server in (
            Server("https://x"),
            Server("https://y"),
            Server("https://x", body="<a>${text}</a>"),
            Server("https://x", {"Authorization": "new"}),
        )
    )
    assert len({one, two, three}) == 3
    assert one == same


def test_keys_do_not_show() -> None:
    assert "secret" not in repr(Server("https://x", {"Authorization": "secret"}))
