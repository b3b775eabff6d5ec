"""Sounds from a real web server of the tests' own, through the guard, cut as the worker cuts them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from outdial.audio.g711 import encode
from outdial.audio.law import ALAW
from outdial.audio.prompt import cut
from outdial.audio.wav import header
from outdial.dialer.remote_audio import FRESH_MS, RemoteSounds
from outdial.domain.errors import OutdialError
from outdial.flow.ports.remote import RemoteSound
from outdial.flow.ports.speech import SoundFile
from outdial.net.errors import Refused
from outdial.net.outside import Outside
from tests.net.flows import outside
from tests.net.web import Asked, Says, Web
from tests.net.web import web as a_web

SECOND = encode(np.tile(np.array([3000, -3000], dtype=np.int16), 4000), ALAW)


def wav(sound: bytes = SECOND) -> bytes:
    return header(ALAW, 1, len(sound)) + sound


@dataclass
class World:
    web: Web
    sounds: RemoteSounds
    out: Outside
    folder: Path
    now: list[int] = field(default_factory=lambda: [1_000_000])
    cuts: list[Path] = field(default_factory=list)

    @property
    def files(self) -> list[Path]:
        return list(self.folder.iterdir())

    async def get(self, path: str = "/a.wav", domain_id: int = 1, **headers: str) -> SoundFile:
        where = RemoteSound(self.web.url(path), "GET", headers)
        return await self.sounds.of(domain_id, self.out.of(domain_id)).sound(where)

    async def why_not(self, path: str = "/a.wav") -> str:
        with pytest.raises(OutdialError) as failed:
            await self.get(path)
        return failed.value.detail


@asynccontextmanager
async def world(folder: Path, most_bytes: int = 1_000_000, allowed: str = "127.0.0.0/8") -> AsyncGenerator[World, None]:
    now, cuts = [1_000_000], list[Path]()

    async def in_thread(source: Path, into: Path) -> object:
        cuts.append(into)
        return await asyncio.to_thread(cut, source, into)

    async with a_web() as web, outside(allowed) as out:
        web.answer = lambda asked: Says(body=wav())
        yield World(web, RemoteSounds(folder, most_bytes, in_thread, lambda: now[0]), out, folder, now, cuts)


async def test_a_sound_is_fetched_cut_and_kept(tmp_path: Path) -> None:
    async with world(tmp_path) as at:
        sound = await at.get()
        assert sound.ms == 1000 and sound.alaw.read_bytes() == SECOND and len(sound.ulaw.read_bytes()) == 8000
        assert await at.get() == sound
        assert len(at.web.asked) == 1
        assert sorted(path.suffix for path in at.files) == [".alaw", ".ulaw"]


async def test_callers_who_want_the_same_wait_for_one_request(tmp_path: Path) -> None:
    async with world(tmp_path) as at:
        sounds = await asyncio.gather(*(at.get() for _ in range(20)))
        assert len(set(sounds)) == 1 and len(at.web.asked) == len(at.cuts) == 1


async def test_one_who_hangs_up_does_not_take_it_from_the_others(tmp_path: Path) -> None:
    async with world(tmp_path) as at:
        first, second = asyncio.ensure_future(at.get()), asyncio.ensure_future(at.get())
        await asyncio.sleep(0)
        first.cancel()
        assert (await second).ms == 1000


async def test_domains_and_other_headers_share_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as at:
        found = {await at.get(), await at.get(domain_id=2), await at.get(Authorization="Bearer x")}
        assert len(found) == 3
        assert [asked.headers.get("authorization") for asked in at.web.asked] == [None, None, "Bearer x"]


async def test_a_stale_sound_is_asked_for_by_its_etag_and_stays_when_unchanged(tmp_path: Path) -> None:
    async with world(tmp_path) as at:
        marked = (("ETag", '"v1"'), ("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT"))

        def answer(asked: Asked) -> Says:
            return Says(304) if asked.headers.get("if-none-match") == '"v1"' else Says(body=wav(), headers=marked)

        at.web.answer = answer
        first = await at.get()
        at.now[0] += FRESH_MS
        assert await at.get() == first
        assert at.web.asked[1].headers["if-modified-since"] == marked[1][1]
        assert await at.get() == first
        assert (len(at.web.asked), len(at.cuts)) == (2, 1)


async def test_a_changed_sound_is_cut_anew(tmp_path: Path) -> None:
    async with world(tmp_path) as at:
        await at.get()
        at.now[0] += FRESH_MS
        at.web.answer = lambda asked: Says(body=wav(SECOND[:4000]))
        assert (await at.get()).ms == 500


@pytest.mark.parametrize(
    ("control", "after_ms", "requests"),
    [
        ("max-age=60", 59_000, 1),
        ("max-age=60", 60_000, 2),
        ("no-store", 0, 2),
        ("private, max-age=9999999", 86_400_000, 2),
    ],
)
async def test_the_server_says_how_long_it_is_fresh(tmp_path: Path, control: str, after_ms: int, requests: int) -> None:
    async with world(tmp_path) as at:
        at.web.answer = lambda asked: Says(body=wav(), headers=(("Cache-Control", control),))
        await at.get()
        at.now[0] += after_ms
        await at.get()
        assert len(at.web.asked) == requests


async def test_the_folder_stays_within_its_size_and_the_longest_unused_goes(tmp_path: Path) -> None:
    async with world(tmp_path, most_bytes=40_000) as at:
        for path in ("/1.wav", "/2.wav", "/1.wav", "/3.wav"):
            await at.get(path)
        assert sum(path.stat().st_size for path in at.files) <= 40_000
        await at.get("/1.wav")
        assert len(at.web.asked) == 3
        await at.get("/2.wav")
        assert len(at.web.asked) == 4, "it had to go"


async def test_what_cannot_be_had_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as at:
        at.web.answer = lambda asked: Says(404)
        assert await at.why_not() == "the server answered 404"
        at.web.answer = lambda asked: Says(body=b"<html>")
        assert await at.why_not() == "The file is not WAV or MP3 audio."
        at.web.answer = lambda asked: Says(body=bytes(6 * 2**20))
        assert await at.why_not()
        assert at.files == []


async def test_a_private_address_is_refused(tmp_path: Path) -> None:
    async with world(tmp_path, allowed="") as at:
        with pytest.raises(Refused):
            await at.get()
        assert at.web.asked == []
