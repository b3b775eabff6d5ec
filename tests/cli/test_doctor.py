"""``outdial doctor``: what is well is said to be, what is not comes with its mend, running or stopped."""

from __future__ import annotations

import asyncio
import io
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from outdial.carrier.server import Carrier, Config
from outdial.cli.doctor import examine, far, here, show
from outdial.cli.doctor.finding import Finding
from outdial.domain.resource import Gateway
from outdial.settings import Settings
from outdial.store.opening import open_store
from outdial.store.secret import Box
from tests.e2e.service import OutdialService, free_tcp_port


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    data = tmp_path / "data"
    data.mkdir()
    return Settings(data=data, port=free_tcp_port(), sip_port=free_tcp_port(), rtp_first=45_000, rtp_last=45_019)


def by_name(found: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in found}


def test_a_key_that_others_can_read_is_said_with_its_mend(settings: Settings) -> None:
    Box.from_file(settings.key_path)
    assert here.key_file(settings).level == "well"
    settings.key_path.chmod(0o644)
    assert here.key_file(settings)[0::3] == ("bad", f"chmod 600 {settings.key_path}")
    settings.key_path.write_bytes(b"short")
    assert here.key_file(settings).level == "bad"


def test_a_port_that_is_taken_is_named(settings: Settings) -> None:
    assert {finding.level for finding in here.ports(settings)} == {"well"}
    with socket.create_server(("127.0.0.1", settings.port)):
        web, sip, _ = here.ports(settings)
    assert (web.level, sip.level) == ("bad", "well")
    assert str(settings.port) in web.says and "OUTDIAL_PORT" in web.mend


def test_a_database_is_read_and_a_damaged_one_found(settings: Settings) -> None:
    async def look() -> str:
        return (await far.database(settings))[0].level

    assert asyncio.run(look()) == "note"
    asyncio.run(made(settings))
    assert asyncio.run(look()) == "well"
    (settings.data / "outdial.db").write_bytes(b"this is no database" * 500)
    assert asyncio.run(look()) == "bad"


async def made(settings: Settings) -> None:
    store = await open_store(settings.store_url, now=lambda: 1)
    await store.close()


def test_a_trunk_is_asked_by_options(settings: Settings) -> None:
    async def look() -> tuple[Finding, Finding]:
        async with Carrier(Config()) as carrier:
            host, port = carrier.address
            there = await far.trunk(Gateway(1, "there", True, f"{host}:{port}"), settings)
        return there, await far.trunk(Gateway(2, "gone", True, f"127.0.0.1:{free_tcp_port()}"), settings)

    there, gone = asyncio.run(look())
    assert (there.level, gone.level) == ("well", "bad")
    assert there.says.endswith("answers: 200 OK")


def test_it_says_what_it_found_in_lines_and_a_count(settings: Settings) -> None:
    console = Console(file=io.StringIO(), width=100)
    show([Finding("well", "disk", "enough"), Finding("bad", "key file", "open to all", "chmod 600 key")], console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "✓  disk" in text and "→ chmod 600 key" in text and "1 to mend." in text


async def test_it_works_beside_the_running_service(tmp_path: Path) -> None:
    async with OutdialService(tmp_path) as service:
        running = Settings(data=tmp_path / "data", port=service.port, sip_port=service.sip_port)
        found = by_name(await examine(running))
        elsewhere = by_name(await examine(replace(running, port=free_tcp_port())))
    assert found["service"].level == found["database"].level == found["key file"].level == "well"
    assert [finding for finding in found.values() if finding.level == "bad"] == []
    assert elsewhere["SIP port"].level == "bad"
