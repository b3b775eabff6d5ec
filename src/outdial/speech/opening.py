"""Text to speech put together from the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from outdial.speech.cache import Cache
from outdial.speech.espeak import Espeak
from outdial.speech.provider import Provider
from outdial.speech.remote import Remote, Server, Way
from outdial.speech.speaker import Speaker


def open_speech(
    folder: Path, cache_mb: int, server: Server | None, way: Callable[[], Way], *, language: str, voice: str
) -> Speaker:
    """Without a server, the voices that come with Outdial speak. ``way`` is made when it is needed."""
    provider: Provider = Espeak() if server is None else Remote(server, way())
    return Speaker(provider, Cache(folder, cache_mb * 2**20), language, voice)
