"""The voice that comes with Outdial: espeak-ng in a process of its own, asked through a pipe."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from outdial.audio.wav import pcm
from outdial.flow.errors import SpeechFailed, SpeechRefused
from outdial.flow.ports.speech import Utterance
from outdial.speech import markup, voices
from outdial.speech.provider import MAX_SECONDS

log = structlog.get_logger(__name__)

PROGRAM = (sys.executable, "-I", str(Path(__file__).with_name("espeak_process.py")))
"""``-I``: nothing from the working folder or the environment is imported."""
PATIENCE_S = 10.0
"""A text of the greatest length takes about two seconds."""
RATE = 22050
_HEAD_BYTES = 4


class Espeak:
    """``speech.provider.Provider``. The process is started when first needed and again whenever it is gone."""

    identity = "espeak-ng 2"
    """Of the sound that a text gives; changes when the same text is to be rendered anew."""

    def __init__(self, program: Sequence[str] = PROGRAM, patience_s: float = PATIENCE_S) -> None:
        self._program = program
        self._patience_s = patience_s
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        """The library has one global state: one text at a time."""

    @property
    def pid(self) -> int | None:
        """Of the process, while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def audio(self, what: Utterance) -> bytes:
        request = _request(what)
        async with self._turn:
            answer, samples = await self._ask(json.dumps(request).encode())
        if "error" in answer:
            raise _refusal(answer["error"], what)
        return pcm(samples, answer["rate"])

    async def close(self) -> None:
        await self._end()

    async def _ask(self, request: bytes) -> tuple[dict[str, Any], bytes]:
        """A process that dies under the request, or died before, is replaced once."""
        try:
            try:
                return await self._exchange(request)
            except (asyncio.IncompleteReadError, ConnectionError):
                log.warning("speech.died")
                return await self._exchange(request)
        except TimeoutError:
            raise SpeechFailed(
                f"espeak-ng gave no sound within {self._patience_s:g} s and was ended; the next text starts it anew"
            ) from None
        except (asyncio.IncompleteReadError, OSError, ValueError) as error:
            raise SpeechFailed(f"espeak-ng does not run: {error}") from error

    async def _exchange(self, request: bytes) -> tuple[dict[str, Any], bytes]:
        try:
            async with asyncio.timeout(self._patience_s):
                process = await self._running()
                assert process.stdin and process.stdout
                process.stdin.write(len(request).to_bytes(_HEAD_BYTES, "big") + request)
                await process.stdin.drain()
                answer = json.loads(await _frame(process.stdout))
                return answer, await _frame(process.stdout)
        except BaseException:
            await self._end()  # whatever it still says would be taken for the next answer
            raise

    async def _running(self) -> Process:
        if self._process is not None and self._process.returncode is not None:
            await self._end()
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *self._program, stdin=PIPE, stdout=PIPE, start_new_session=True
            )  # a session of its own: Ctrl-C in the terminal is for the service, which drains its calls first
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()  # closes the pipes and waits


async def _frame(source: asyncio.StreamReader) -> bytes:
    return await source.readexactly(int.from_bytes(await source.readexactly(_HEAD_BYTES), "big"))


def _request(what: Utterance) -> dict[str, Any]:
    names, variant = voices.voices(what.language, what.voice)
    return {
        "voices": names,
        "variant": variant,
        "text": voices.readable(markup.safe(what.text) if what.ssml else what.text, names[-1] if names else ""),
        "ssml": what.ssml,
        "rate": voices.rate(what.rate),
        "pitch": voices.pitch(what.pitch),
        "volume": voices.volume(what.gain_db),
        "most": MAX_SECONDS * RATE,
    }


def _refusal(error: str, what: Utterance) -> SpeechRefused | SpeechFailed:
    if error == "voice":
        return SpeechRefused(f"espeak-ng has no voice for the language {what.language[:20]!r}; write one like uk-UA")
    if error == "long":
        return SpeechRefused(f"the text would take over {MAX_SECONDS // 60} minutes; say it in parts")
    return SpeechFailed("espeak-ng could not say this text")
