"""A backup is the database of one moment, taken under calls; a restore puts it back whole, or changes nothing."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from outdial.carrier.server import Carrier, Config
from outdial.cli import backup
from outdial.domain.errors import Misconfigured, UserMistake
from outdial.settings import Settings
from outdial.store.opening import open_store
from outdial.store.secret import Box
from tests.e2e.campaign import Wanted, set_up
from tests.e2e.service import OutdialService


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(data=tmp_path / "data")
    Box.from_file(made.key_path)
    asyncio.run(touch(made))
    (made.data / "media").mkdir()
    (made.data / "media" / "1.alaw").write_bytes(b"sound")
    return made


async def touch(settings: Settings) -> None:
    await (await open_store(settings.store_url, now=lambda: 1)).close()


def epoch(settings: Settings) -> int:
    with closing(sqlite3.connect(settings.data / "outdial.db")) as conn:
        return int(conn.execute("SELECT epoch FROM config_revision").fetchone()[0])


async def test_under_calls_it_takes_one_moment_and_a_service_starts_from_it(tmp_path: Path) -> None:
    numbers = tuple(f"38044{n:04}" for n in range(40))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    async with Carrier(Config()) as carrier, OutdialService(tmp_path / "a") as service:
        campaign = await set_up(service.rest, Wanted(numbers, carrier.address, prompt_s=1.2, max_attempts=1))
        await campaign.enable()
        await campaign.ended(3)
        source = Settings(data=tmp_path / "a" / "data")
        await asyncio.to_thread(backup.write, source, tmp_path / "b.tar", backup.SOUNDS, True)
        status, _ = await service.rest.health()
        await campaign.ended(6)  # calls go on
    assert status == 200
    assert await asyncio.to_thread(backup.read, Settings(data=tmp_path / "b" / "data"), tmp_path / "b.tar") is None
    with closing(sqlite3.connect(tmp_path / "b" / "data" / "outdial.db")) as conn:
        ended = conn.execute("SELECT sum(attempts) FROM attempt_tally").fetchone()[0]
        history = conn.execute("SELECT count(*) FROM attempt_history").fetchone()[0]
        counted = conn.execute("SELECT count, active FROM queue_counter").fetchone()
        open_now = conn.execute("SELECT count(*) FROM attempt").fetchone()[0]
    assert ended == history >= 3
    assert counted == (40, open_now)
    assert len(list((tmp_path / "b" / "data" / "prompts").iterdir())) == 2
    async with OutdialService(tmp_path / "b") as again:
        queues = await again.rest.items("/call_center/queues")
        media = await again.rest.items("/storage/media")
        assert len(queues) == 1
        assert await again.rest.stream(f"/storage/media/{media[0]['id']}/stream")


def test_what_was_there_is_kept_beside_it(settings: Settings, tmp_path: Path) -> None:
    backup.write(settings, tmp_path / "one.tar", ("media",), False)
    before = epoch(settings)
    asyncio.run(touch(settings))
    (settings.data / "media" / "1.alaw").unlink()
    aside = backup.read(settings, tmp_path / "one.tar")
    assert epoch(settings) == before
    assert aside is not None and aside.exists()
    assert (settings.data / "media" / "1.alaw").read_bytes() == b"sound"


def test_only_its_owner_may_read_it_and_the_key_is_in_it_only_when_asked(settings: Settings, tmp_path: Path) -> None:
    for with_key in (False, True):
        backup.write(settings, tmp_path / "one.tar", (), with_key)
        assert (tmp_path / "one.tar").stat().st_mode & 0o777 == 0o600
        with tarfile.open(tmp_path / "one.tar") as tar:
            assert ("secret.key" in tar.getnames()) is with_key


async def test_a_running_service_keeps_its_database(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    store = await open_store(settings.store_url, now=lambda: 1)
    backup.write(settings, tmp_path / "one.tar", (), False)
    with pytest.raises(Misconfigured, match="stop it first"):
        backup.read(settings, tmp_path / "one.tar")
    await store.close()


@pytest.mark.parametrize("name", ["../outdial.db", "/etc/passwd", "media/../../x", "media/.hidden", "outdial.toml"])
def test_a_file_with_another_name_in_it_changes_nothing(settings: Settings, tmp_path: Path, name: str) -> None:
    before = epoch(settings)
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    with pytest.raises(UserMistake, match="no backup of Outdial"):
        backup.read(settings, tmp_path / "bad.tar")
    assert epoch(settings) == before


def test_links_in_a_backup_are_refused(settings: Settings, tmp_path: Path) -> None:
    link = tarfile.TarInfo("media/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        tar.addfile(link)
    with pytest.raises(UserMistake, match="no backup of Outdial"):
        backup.read(settings, tmp_path / "bad.tar")


def test_a_damaged_database_is_not_put_back(settings: Settings, tmp_path: Path) -> None:
    before = epoch(settings)
    (tmp_path / "outdial.db").write_bytes(b"no database" * 1000)
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        tar.add(tmp_path / "outdial.db", "outdial.db")
    with pytest.raises(UserMistake, match="damaged"):
        backup.read(settings, tmp_path / "bad.tar")
    assert epoch(settings) == before
