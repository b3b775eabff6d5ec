"""Another voice by HTTP: a request made of templates, a WAV or MP3 as the answer."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from outdial.domain.errors import Misconfigured, OutdialError
from outdial.flow.errors import SpeechFailed, SpeechRefused
from outdial.flow.ports.net import HttpRequest, HttpResponse
from outdial.flow.ports.speech import Utterance
from outdial.flow.text import substitute

AT_A_TIME = 8
TIMEOUT_S = 10.0
MAX_BYTES = 20_000_000
"""Five minutes of any usual format."""
NAMES = ("text", "ssml", "textType", "language", "voice", "speakingRate", "pitch", "volumeGainDb")
"""What templates may name, each as ``${name}``."""
DEFAULT_BODY = json.dumps({name: f"${{{name}}}" for name in NAMES if name != "ssml"})


class Way(Protocol):
    """The way out. Only the operator's own server is on it, wherever that stands: the URL is a setting."""

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """Raises OutdialError."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Server:
    """Where a text goes, from the settings. A URL that names ``${text}`` is asked by GET, others get the body."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: str = DEFAULT_BODY

    @property
    def by_get(self) -> bool:
        return "${text}" in self.url or "${ssml}" in self.url


def read_server(url: str, headers: str, body: str) -> Server:
    """Raises Misconfigured, naming the setting and what was expected."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or "${" in parts.netloc:
        raise Misconfigured("tts_url: expected http://host/path or https://host/path; only the path may name ${text}")
    try:
        given = json.loads(headers or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise Misconfigured('tts_headers: expected a JSON object of texts, such as {"Authorization": "Bearer …"}')
    server = Server(url, given, body or DEFAULT_BODY)
    _check_names("tts_url", url)
    _check_names("tts_body", server.body)
    if _is_json(server.body) and not _reads(_filled(server.body, _values(Utterance('"')), _in_json)):
        raise Misconfigured('tts_body: expected JSON, such as {"input": "${text}"}')
    return server


class Remote:
    """``speech.provider.Provider``."""

    def __init__(self, server: Server, way: Way) -> None:
        self._server = server
        self._way = way
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self.identity = "http " + hashlib.sha256(f"{server.url}\n{server.body}".encode()).hexdigest()

    async def audio(self, what: Utterance) -> bytes:
        request = request_for(self._server, what)
        async with self._turns:
            try:
                answer = await self._way.fetch(request)
            except OutdialError as error:
                raise SpeechFailed(f"the speech server: {error.detail}") from None
        return _sound(answer)

    async def close(self) -> None:
        await self._way.close()


def request_for(server: Server, what: Utterance) -> HttpRequest:
    """Raises SpeechRefused for SSML where the templates have no place for it."""
    template = server.url if server.by_get else server.body
    if what.ssml and not ("${ssml}" in template or "${textType}" in template):
        raise SpeechRefused("the speech server takes no SSML: OUTDIAL_TTS_BODY names neither ${ssml} nor ${textType}")
    values = _values(what)
    url = _filled(server.url, values, lambda value: quote(value, safe=""))
    if server.by_get:
        return HttpRequest(url, headers=server.headers, timeout_s=TIMEOUT_S, max_bytes=MAX_BYTES, max_redirects=0)
    kind, escaped = ("application/json", _in_json) if _is_json(server.body) else ("application/ssml+xml", escape)
    return HttpRequest(
        url,
        "POST",
        {"Content-Type": kind, **server.headers},
        _filled(server.body, values, escaped).encode(),
        timeout_s=TIMEOUT_S,
        max_bytes=MAX_BYTES,
        max_redirects=0,
    )


def _values(what: Utterance) -> dict[str, str]:
    return {
        "text": what.text,
        "ssml": what.text if what.ssml else f"<speak>{escape(what.text)}</speak>",
        "textType": "ssml" if what.ssml else "text",
        "language": what.language,
        "voice": what.voice,
        "speakingRate": f"{what.rate:g}",
        "pitch": f"{what.pitch:g}",
        "volumeGainDb": f"{what.gain_db:g}",
    }


def _filled(template: str, values: Mapping[str, str], escaped: Callable[[str], str]) -> str:
    return substitute(template, "${", lambda name: escaped(values.get(name, "")))


def _check_names(setting: str, template: str) -> None:
    def checked(name: str) -> str:
        if name not in NAMES:
            raise Misconfigured(f"{setting}: there is no ${{{name}}}, only {', '.join(NAMES)}")
        return ""

    substitute(template, "${", checked)


def _is_json(body: str) -> bool:
    return body.lstrip().startswith(("{", "["))


def _in_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def _reads(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _sound(answer: HttpResponse) -> bytes:
    if not 200 <= answer.status < 300:
        said = " ".join(answer.body[:300].decode("utf-8", "replace").split())
        raise SpeechFailed(f"the speech server answered {answer.status}: {said[:200]}")
    if "json" not in answer.header("content-type"):
        return answer.body
    try:
        return base64.b64decode(json.loads(answer.body)["audioContent"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise SpeechFailed("the speech server answered JSON without audioContent, where a sound was expected") from None
