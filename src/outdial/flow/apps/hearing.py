"""``getSpeech``: what the caller says while and after a prompt plays (flow-engine §4.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from outdial.flow.connection import Connection
from outdial.flow.declare import arg
from outdial.flow.errors import SpeechFailed, SpeechRefused
from outdial.flow.machine import Run
from outdial.flow.ports.speech import Heard, Question

OF_V3 = ("wbt_stt_text", "wbt_stt_final", "wbt_stt_error")
TRANSCRIPT = "google_transcript"


@dataclass(frozen=True, slots=True)
class GetSpeech:
    set_var: str = arg("", wire="setVar", sets=True, help="Variable for what was said.")
    lang: str = arg("", help="Language.", example="uk-UA")
    timeout: int = arg(0, unit="ms", help="How long to go on listening after the files.")
    version: str = arg("", help="`v3`: the results are wbt_stt_text, wbt_stt_final and wbt_stt_error.")
    hints: str = arg("", help="Words to expect.")
    min_words: int = arg(0, wire="minWords", help="Fewest words of an answer.")
    max_words: int = arg(0, wire="maxWords", help="Most words of an answer.")


async def listen(run: Run, args: GetSpeech, prompt: Coroutine[Any, Any, None]) -> str:
    """Plays the prompt while it listens; an answer stops it. Returns what the trace says of it.

    Without an answer all result variables are unset.
    """
    connection = run.connection
    for name in (args.set_var, TRANSCRIPT, *OF_V3):
        if connection.get(name) is not None:
            connection.unset(name)
    question = Question(connection.get("uuid") or "", args.lang, args.hints, args.min_words, args.max_words)
    hearing = asyncio.ensure_future(run.env.speech.hear(question))
    playing = asyncio.ensure_future(prompt)
    try:
        await asyncio.wait({hearing, playing}, return_when=asyncio.FIRST_COMPLETED)
        if not _answered(hearing):
            await playing
            await asyncio.wait({hearing}, timeout=max(0, args.timeout) / 1000)
        return _result(connection, args, hearing)
    finally:
        hearing.cancel()
        playing.cancel()
        await asyncio.wait({hearing, playing})


def _answered(hearing: asyncio.Future[Heard]) -> bool:
    return hearing.done() and hearing.exception() is None


def _result(connection: Connection, args: GetSpeech, hearing: asyncio.Future[Heard]) -> str:
    if not hearing.done():
        return "nothing was said in time"
    try:
        heard = hearing.result()
    except SpeechFailed as error:
        if args.version == "v3":
            connection.set("wbt_stt_error", error.detail)
        return error.detail
    except SpeechRefused as error:
        return error.detail
    _keep(connection, args, heard)
    return "heard"


def _keep(connection: Connection, args: GetSpeech, heard: Heard) -> None:
    if args.version == "v3":
        connection.set(args.set_var or "wbt_stt_text", heard.text)
        connection.set("wbt_stt_final", "true" if heard.final else "false")
        return
    connection.set(TRANSCRIPT, heard.text)
    if args.set_var:
        connection.set(args.set_var, heard.text)
