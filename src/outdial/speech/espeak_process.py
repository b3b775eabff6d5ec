"""The speaking process: espeak-ng behind a pipe.

A program of its own, started by its path: it imports nothing of Outdial's and Outdial never imports it, because
espeak-ng is under the GPL. It ends when its standard input closes, whatever it is doing.

Each request and answer is a frame: four bytes of length (big endian), then the bytes. A request is JSON: ``voices``
(names, the first that exists counts), ``variant``, ``text``, ``ssml``, ``rate`` (words a minute), ``pitch`` (0 to 99),
``volume`` (0 to 200), ``most`` (samples). Its answer is JSON, ``{"rate": Hz}`` or ``{"error": word}`` (``voice``,
``long`` or ``failed``), and a second frame with the samples: 16-bit, mono, in this machine's byte order.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import struct
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

import espeakng_loader

HEAD = struct.Struct(">I")
NICE = 5
"""The media process comes first."""
BUFFER_MS = 200
SYNCHRONOUS = 2
DO_NOT_EXIT = 0x8000
UTF8, SSML = 0x01, 0x10
RATE, VOLUME, PITCH = 1, 2, 3
SEED = 1

ON_SOUND = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
ON_AUDIO_TAG = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p)


class Voice:
    """The library, which has one global state: not for use in two threads."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._data = Path(espeakng_loader.get_data_path())
        self._sound = bytearray()
        self._most = 0
        self._keep = (ON_SOUND(self._take), ON_AUDIO_TAG(lambda kind, uri, base: 1))  # 1: no file is opened
        self._rate = self._library.espeak_Initialize(
            SYNCHRONOUS, BUFFER_MS, os.fsencode(self._data.parent), DO_NOT_EXIT
        )
        if self._rate <= 0:
            sys.exit(f"espeak-ng did not start: {self._rate}")
        self._library.espeak_SetSynthCallback(self._keep[0])
        self._library.espeak_SetUriCallback(self._keep[1])

    def say(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        self._sound.clear()
        self._most = request["most"] * 2
        if not self._choose(request["voices"], request["variant"]):
            return {"error": "voice"}, b""
        for parameter, value in ((RATE, "rate"), (VOLUME, "volume"), (PITCH, "pitch")):
            self._library.espeak_SetParameter(parameter, request[value], 0)
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(SEED))
        text = request["text"].encode() + b"\0"
        flags = UTF8 | (SSML if request["ssml"] else 0)
        failed = self._library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 0, 0, flags, None, None)
        if len(self._sound) > self._most:
            return {"error": "long"}, b""
        return ({"error": "failed"}, b"") if failed else ({"rate": self._rate}, bytes(self._sound))

    def _choose(self, names: list[str], variant: str) -> bool:
        if variant and (self._data / "voices" / "!v" / variant).is_file():
            names = [f"{name}+{variant}" for name in names]
        return any(self._library.espeak_SetVoiceByName(name.encode()) == 0 for name in names)

    def _take(self, samples: Any, count: int, events: Any) -> int:
        """1 stops the voice."""
        if count > 0:
            self._sound += ctypes.string_at(samples, count * 2)
        return int(len(self._sound) > self._most)


def read_frames(source: BinaryIO, into: queue.SimpleQueue[bytes]) -> None:
    """Until the service is gone; then the process ends at once, even in the middle of a word."""
    while True:
        head = source.read(HEAD.size)
        if len(head) < HEAD.size:
            os._exit(0)
        into.put(source.read(*HEAD.unpack(head)))


def main() -> None:
    os.nice(NICE)
    out, sys.stderr = os.fdopen(os.dup(1), "wb"), os.fdopen(os.dup(2), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # whatever the library prints must get neither among the answers
    os.dup2(nowhere, 2)  # nor into the service's log
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=read_frames, args=(sys.stdin.buffer, requests), daemon=True).start()
    voice = Voice()
    while True:
        answer, sound = voice.say(json.loads(requests.get()))
        told = json.dumps(answer).encode()
        out.write(HEAD.pack(len(told)) + told + HEAD.pack(len(sound)) + sound)
        out.flush()


if __name__ == "__main__":
    main()
