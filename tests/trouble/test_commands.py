"""The commands: what each prints, and that a mistake is one sentence and exit code 2."""

from __future__ import annotations

import asyncio
import socket
from functools import partial
from pathlib import Path

import httpx
import pytest

from outdial.carrier.script import table
from outdial.carrier.server import Carrier, Config
from tests.e2e.campaign import Wanted, set_up
from tests.e2e.service import TOKEN, OutdialService
from tests.trouble.command import Said, outdial


def test_config_tells_each_setting_and_its_source(tmp_path: Path) -> None:
    (tmp_path / "outdial.toml").write_text('host = "127.0.0.9"\nport = 9999\n')
    said = outdial("config", folder=tmp_path, port=8765, admin_token="do-not-show")
    rows = {words[0]: words[1:3] for line in said.out.splitlines() if len(words := line.split()) > 2}
    assert said.code == 0
    assert rows["host"] == ["127.0.0.9", "outdial.toml"]
    assert rows["port"] == ["8765", "OUTDIAL_PORT"]
    assert rows["sip_port"] == ["5060", "default"]
    assert rows["admin_token"] == ["********", "OUTDIAL_ADMIN_TOKEN"]
    assert "do-not-show" not in said.out


def test_the_carriers_table_tells_every_ending(tmp_path: Path) -> None:
    said = outdial("carrier", "--table", folder=tmp_path)
    assert said.code == 0
    assert [line.strip().split(maxsplit=1) for line in said.out.splitlines()[1:]] == [list(row) for row in table()]


@pytest.mark.parametrize(
    ("settings", "file", "words"),
    [
        ({"port": "many"}, "", "port: expected a whole number, got 'many'"),
        ({"database_url": "mysql://x/y"}, "", "database_url: expected postgresql://"),
        ({"database_url": "postgresql://nobody@127.0.0.1:1/none"}, "", "The database cannot be opened"),
        ({"drain_s": -1}, "", "drain_s: expected"),
        ({"host": "not.an.address.invalid"}, "", "on not.an.address.invalid"),
        ({"sip_host": "192.0.2.1"}, "", "192.0.2.1 cannot be used for SIP"),
        ({"sip_host": "not.an.address.invalid"}, "", "on not.an.address.invalid"),
        ({"data": "/proc/nowhere"}, "", "The folder /proc/nowhere cannot be made"),
        ({"key_file": "/proc/nowhere/key"}, "", "The key file /proc/nowhere/key"),
        ({}, "colour = 1\n", "unknown setting colour"),
        ({}, "port = \n", "outdial.toml"),
        ({}, "host = 7\n", "host: expected text"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, settings: dict[str, object], file: str, words: str) -> None:
    if file:
        (tmp_path / "outdial.toml").write_text(file)
    free = {"port": 0, "sip_port": 0, "rtp_first": 47000, "rtp_last": 47099}
    assert words in outdial("serve", folder=tmp_path, **(free | settings)).complaint


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as http, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sip:
        http.bind(("127.0.0.1", 0))
        http.listen()
        sip.bind(("127.0.0.1", 0))
        taken, sip_taken = http.getsockname()[1], sip.getsockname()[1]
        serve = partial(outdial, "serve", folder=tmp_path, rtp_first=47100, rtp_last=47199)
        for_http = serve(port=taken, sip_port=0).complaint
        for_sip = serve(port=0, sip_port=sip_taken).complaint
        for_carrier = outdial("carrier", "--port", str(sip_taken), folder=tmp_path).complaint
    assert for_http.startswith(f"Port {taken} on 127.0.0.1 cannot be used for HTTP: Address already in use.")
    assert for_sip.startswith(f"UDP port {sip_taken} on 127.0.0.1 cannot be used for SIP: Address already in use.")
    assert for_carrier.startswith(f"The test carrier cannot use UDP port {sip_taken} on 127.0.0.1")


async def test_the_wrong_key_file_is_named(tmp_path: Path) -> None:
    """The database holds a trunk's password sealed with another key."""
    async with OutdialService(tmp_path) as service:
        await set_up(service.rest, Wanted(("100",), ("127.0.0.1", 5060)))
    (tmp_path / "data" / "secret.key").unlink()
    said = await run_beside("serve", folder=tmp_path, port=0, sip_port=0, rtp_first=47200, rtp_last=47299)
    assert "A stored secret was sealed with another key" in said.complaint


async def test_call_rings_a_number_and_tells_the_end(tmp_path: Path) -> None:
    async with Carrier(Config()) as carrier, OutdialService(tmp_path) as service:
        campaign = await set_up(service.rest, Wanted(("380440000100",), carrier.address, name="lines"))
        run = partial(run_beside, folder=tmp_path, port=service.port)
        idle = await run("call", "380440000140", "--queue", "lines", "--token", TOKEN, "--seconds", "1")
        await campaign.enable()
        busy = await run("call", "380440000240", "--queue", campaign.queue, admin_token=TOKEN)
        lost = await run("call", "1", "--queue", "nowhere", "--token", TOKEN)
        wrong = await run("call", "no digits", "--queue", "lines", "--token", TOKEN)
        denied = await run("call", "1", "--queue", "lines", "--token", "wrong")
        without = await run("call", "1", "--queue", "lines")
    assert "switched off" in idle.out
    assert "380440000240 is first in line of queue lines" in busy.out
    assert "abandoned, USER_BUSY (486)" in busy.out
    assert lost.complaint == "There is no outbound IVR queue named nowhere."
    assert "destination" in wrong.complaint
    assert "token" in denied.complaint
    assert without.complaint == "A token is needed: --token, OUTDIAL_TOKEN or OUTDIAL_ADMIN_TOKEN."


async def test_users_are_listed_given_tokens_and_reset(tmp_path: Path) -> None:
    async with OutdialService(tmp_path) as service:
        run = partial(run_beside, folder=tmp_path, port=service.port, data=tmp_path / "data")
        listed = await run("user", "list", "--token", TOKEN)
        token = (await run("user", "token", "admin", "--token", TOKEN)).out.strip()
        nobody = await run("user", "token", "nobody", "--token", TOKEN)
        working = await run("user", "list", "--token", token)
        in_use = await run("user", "reset")
        await service.stop()
        stopped = await run("user", "list", "--token", TOKEN)
        reset = await run("user", "reset")
        unknown = await run("user", "reset", "nobody")
        await service.start()
        ended = await run("user", "list", "--token", token)
        password = reset.out.split("the password ")[1].split()[0]
        signed_in = await sign_in(service.port, password)
    assert "admin" in listed.out and "admin" in working.out
    assert "There is no user nobody" in nobody.complaint
    assert f"in use by another service (process {service.pid})" not in in_use.out
    assert "in use by another service" in in_use.complaint
    assert "Does `outdial serve` run?" in stopped.complaint
    assert "nobody" in unknown.complaint
    assert "token" in ended.complaint, "a reset ends the user's tokens"
    assert signed_in == 200


async def test_users_are_added_shut_out_and_let_in(tmp_path: Path) -> None:
    async with OutdialService(tmp_path) as service:
        run = partial(run_beside, folder=tmp_path, port=service.port, data=tmp_path / "data")
        added = await run("user", "add", "ann", "--full-name", "Ann", "--role", "Administrators", "--token", TOKEN)
        unknown = await run("user", "add", "bob", "--role", "Nonsense", "--token", TOKEN)
        listed = await run("user", "list", "--token", TOKEN)
        password = added.out.split("the password ")[1].split()[0]
        first = await sign_in(service.port, password, "ann")
        disabled = await run("user", "disable", "ann", "--token", TOKEN)
        shut = await sign_in(service.port, password, "ann")
        await run("user", "enable", "ann", "--token", TOKEN)
        again = await sign_in(service.port, password, "ann")
        await service.stop()
        off = await run("user", "2fa-off", "ann")
    assert "Administrators" in listed.out and "ann" in listed.out
    assert "there are: Administrators" in unknown.complaint
    assert "shut out" in disabled.out and (first, shut, again) == (200, 400, 200)
    assert "ann has no second factor" in off.out


async def sign_in(port: int, password: str, username: str = "admin") -> int:
    async with httpx.AsyncClient() as http:
        body = {"username": username, "password": password}
        return (await http.post(f"http://127.0.0.1:{port}/api/login", json=body)).status_code


async def run_beside(*words: str, **more: object) -> Said:
    return await asyncio.to_thread(partial(outdial, *words, **more))  # type: ignore[arg-type]


def test_help_and_wrong_words(tmp_path: Path) -> None:
    assert outdial("--help", folder=tmp_path).code == 0
    wrong = outdial("ring", folder=tmp_path)
    assert wrong.code != 0 and "Traceback" not in wrong.err + wrong.out
