"""Sounds from the world outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from outdial.flow.errors import AppFailed
from outdial.flow.ports.speech import SoundFile


@dataclass(frozen=True, slots=True)
class RemoteSound:
    """Where a sound is fetched from."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)


class RemoteAudio(Protocol):
    async def sound(self, where: RemoteSound) -> SoundFile:
        """Raises an ``OutdialError`` with a sentence when it cannot be had."""
        ...


class NoRemoteAudio:
    """A place without a way out."""

    async def sound(self, where: RemoteSound) -> SoundFile:
        raise AppFailed("sounds from the outside are not available here")


NO_REMOTE = NoRemoteAudio()
