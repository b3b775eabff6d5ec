"""Sounds from the web (``http_audio``, flow-engine §4.2): fetched, cut to frames like an upload, kept for a while."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from outdial.audio.prompt import MAX_BYTES
from outdial.flow.errors import AppFailed
from outdial.flow.ports.net import HttpRequest, HttpResponse, Net
from outdial.flow.ports.remote import RemoteSound
from outdial.flow.ports.speech import SoundFile
from outdial.speech.cache import Cache
from outdial.switch.port import Now

FRESH_MS = 300_000
"""A sound is played so long without asking again, where its server does not say."""
MOST_FRESH_MS = 86_400_000
TIMEOUT_S = 10.0
MOST_KNOWN = 10_000
_MAX_AGE = re.compile(r"max-age\s*=\s*(\d{1,9})", re.IGNORECASE)
_ALWAYS_ASK = re.compile(r"no-store|no-cache", re.IGNORECASE)

Cutter = Callable[[Path, Path], Awaitable[object]]
"""Cuts the first file into ``<second>.alaw`` and ``.ulaw``; raises ValueError with a sentence for no audio."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the server said of a sound that is kept."""

    etag: str
    last_modified: str
    fresh_until: int

    @property
    def conditions(self) -> dict[str, str]:
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}


class RemoteSounds:
    """Kept on disk up to a size, the longest unused going first. What is stale is asked for again, by its ETag."""

    def __init__(self, folder: Path, most_bytes: int, cut: Cutter, now: Now) -> None:
        self._folder = folder
        self._cache = Cache(folder, most_bytes)
        self._cut = cut
        self._now = now
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[SoundFile]] = {}

    def of(self, domain_id: int, net: Net) -> DomainRemoteSounds:
        return DomainRemoteSounds(self, domain_id, net)

    async def sound(self, domain_id: int, net: Net, where: RemoteSound) -> SoundFile:
        """Calls that want the same at the same time wait for one request.

        Raises AppFailed, and what ``net`` raises.
        """
        key = _key(domain_id, where)
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.ensure_future(self._get(key, net, where))
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)

    def _forget(self, key: str, done: asyncio.Task[SoundFile]) -> None:
        del self._under_way[key]
        if not done.cancelled():
            done.exception()  # all who waited may have gone

    async def _get(self, key: str, net: Net, where: RemoteSound) -> SoundFile:
        kept = self._cache.find(key)
        known = self._known.get(key) if kept else None
        if kept and known and self._now() < known.fresh_until:
            return kept
        headers = {**where.headers, **(known.conditions if known else {})}
        response = await net.fetch(HttpRequest(where.url, where.method, headers, b"", TIMEOUT_S, max_bytes=MAX_BYTES))
        if response.status == 304 and kept and known:
            self._know(key, replace(known, fresh_until=self._now() + fresh_ms(response)))
            return kept
        if response.status != 200:
            raise AppFailed(f"the server answered {response.status}")
        await self._write(key, response.body)
        etag, modified = response.header("etag"), response.header("last-modified")
        self._know(key, _Known(etag, modified, self._now() + fresh_ms(response)))
        return self._cache.keep(key)

    async def _write(self, key: str, body: bytes) -> None:
        source = self._folder / f"{key}.part"
        try:
            await asyncio.to_thread(source.write_bytes, body)
            await self._cut(source, self._folder / key)
        except ValueError as error:
            raise AppFailed(str(error)) from None
        finally:
            source.unlink(missing_ok=True)

    def _know(self, key: str, known: _Known) -> None:
        self._known[key] = known
        self._known.move_to_end(key)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


@dataclass(frozen=True, slots=True)
class DomainRemoteSounds:
    """``flow.ports.remote.RemoteAudio`` of one domain, by its way out."""

    sounds: RemoteSounds
    domain_id: int
    net: Net

    async def sound(self, where: RemoteSound) -> SoundFile:
        return await self.sounds.sound(self.domain_id, self.net, where)


def fresh_ms(response: HttpResponse) -> int:
    """How long an answer may be used without asking again (RFC 9111, as far as a prompt needs it)."""
    said = response.header("cache-control")
    if _ALWAYS_ASK.search(said):
        return 0
    age = _MAX_AGE.search(said)
    return min(int(age[1]) * 1000, MOST_FRESH_MS) if age else FRESH_MS


def _key(domain_id: int, where: RemoteSound) -> str:
    """Domains, and requests with other headers, share nothing."""
    told = [domain_id, where.method, where.url, sorted(where.headers.items())]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:40]
