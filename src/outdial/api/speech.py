"""Text to speech, to hear a text before anybody is called (webitel-api §3)."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from outdial.api import wire
from outdial.api.doc import Doc, Raw
from outdial.api.doors import Call, Doors
from outdial.api.fields import Field, Shape
from outdial.api.kinds import Text
from outdial.audio.g711 import decode as linear
from outdial.audio.law import ALAW
from outdial.audio.wav import pcm
from outdial.flow.apps.speaking import Spoken, utterance
from outdial.flow.decode import decode
from outdial.flow.ports.speech import SoundFile

OBJECT = "schema"
ASKS = Shape(
    text=Field(Text(), required=True),
    text_type=Text(),
    language=Text(),
    voice=Text(),
    speaking_rate=Text(),
    pitch=Text(),
    volume_gain_db=Text(),
)
"""The fields of the application ``tts``. Others that clients send, such as a profile or a format, do not count."""
_IN_SCHEMAS = {"text_type": "textType", "speaking_rate": "speakingRate", "volume_gain_db": "volumeGainDb"}


def install(doors: Doors) -> None:
    doors.add("GET", "/storage/tts/stream", _stream, Doc("Hear a text spoken", Raw("audio/wav"), asks=ASKS))


async def _stream(call: Call) -> Response:
    """A WAV with what a caller would hear: 8 kHz, through the telephone's companding."""
    given = ASKS.read(wire.nested(call.request.url.query))
    asked = {_IN_SCHEMAS.get(name, name): value for name, value in given.items()}
    sound = await call.deps.speech.speak(utterance(decode(Spoken, asked, str)))
    return Response(await asyncio.to_thread(_wav, sound), media_type="audio/wav")


def _wav(sound: SoundFile) -> bytes:
    return pcm(linear(sound.alaw.read_bytes(), ALAW).astype("<i2").tobytes())
