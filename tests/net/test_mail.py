"""``sendEmail`` against a real SMTP server (aiosmtpd)."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from outdial.net.errors import Refused
from outdial.net.guard import Guard
from outdial.net.mail import Mailer, read_profiles

from .flows import DOMAIN, flow, outside
from .web import LOOPBACK, self_signed


@dataclass
class Post:
    """A mail server; ``answers`` are taken one per mail before it takes them all."""

    port: int = 0
    answers: list[str] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    strangers: set[str] = field(default_factory=set)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.strangers:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        self.secure.append(session.ssl is not None)
        self.arrived.set()
        return "250 OK"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)


@asynccontextmanager
async def post(tls: ssl.SSLContext | None = None) -> AsyncGenerator[Post, None]:
    held = Post()
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            held,
            hostname="test",
            data_size_limit=None,
            tls_context=tls,
            authenticator=held.authenticate,
            auth_required=False,
            auth_require_tls=False,
            loop=loop,
        )

    server = await loop.create_server(session, LOOPBACK, 0)
    held.port = server.sockets[0].getsockname()[1]
    try:
        yield held
    finally:
        server.close()


def step(held: Post, **more: Any) -> dict[str, Any]:
    smtp = {"server": LOOPBACK, "port": str(held.port), **more.pop("smtp", {})}
    args = {"to": ["a@example.com"], "from": "us@example.com", "message": "Hello", "smtp": smtp, **more}
    return {"sendEmail": args}


async def test_a_mail_arrives_as_it_was_written() -> None:
    async with post() as held, outside() as world:
        done = await flow(
            world.of(DOMAIN),
            step(
                held,
                to=["Оля <a@example.com>", "${who}"],
                cc=["c@example.com"],
                subject="Про ${what}",
                message="<b>${what}</b>",
                replyToId="<before@example.com>",
                set={"message_id": "mid", "id": "stored", "error": "error"},
            ),
            variables={"who": "b@example.com", "what": "борг"},
        )
    mail = held.taken[0]
    assert held.recipients[0] == ["a@example.com", "b@example.com", "c@example.com"]
    assert (mail["Subject"], mail["From"], mail["Cc"]) == ("Про борг", "us@example.com", "c@example.com")
    assert (mail["In-Reply-To"], mail["Message-ID"]) == ("<before@example.com>", done.variables["mid"])
    assert (mail.get_content_type(), mail.get_content().strip()) == ("text/html", "<b>борг</b>")
    assert (done.variables["stored"], done.variables["error"]) == ("", "")


async def test_plain_text_with_files(tmp_path: Path) -> None:
    (tmp_path / "рахунок.wav").write_bytes(b"RIFF1234")
    async with post() as held, outside(files={7: tmp_path / "рахунок.wav"}) as world:
        good = step(held, type="text/plain", attachment={"files": [{"id": "7", "name": "ignored"}]})
        done = await flow(world.of(DOMAIN), good, step(held, attachment={"files": [{"id": 8}]}))
        other = await flow(world.of(DOMAIN + 1), good)
    parts = list(held.taken[0].iter_attachments())
    body = held.taken[0].get_body()
    assert body is not None
    assert (body.get_content_type(), body.get_content().strip()) == ("text/plain", "Hello")
    assert [(part.get_filename(), part.get_content()) for part in parts] == [("рахунок.wav", b"RIFF1234")]
    assert "no media file 8" in done.results[1]
    assert "no media file 7" in other.results[0], "a file of another domain is none"
    assert len(held.taken) == 1


async def test_a_header_cannot_be_smuggled_in() -> None:
    async with post() as held, outside() as world:
        for bad in (
            {"subject": "a\r\nBcc: evil@example.com"},
            {"to": ["a@example.com\r\nBcc: evil@example.com"]},
            {"from": "us@example.com\nX: y"},
            {"replyToId": "<a>\r\nX: y"},
        ):
            done = await flow(world.of(DOMAIN), step(held, **bad))
            assert done.results[0].startswith("failed: "), bad
    assert held.taken == []


@pytest.mark.parametrize(
    "bad",
    [
        {"to": []},
        {"to": "a@example.com"},
        {"to": ["nobody"]},
        {"to": ["a@b.c"] * 101},
        {"message": ""},
        {"from": ""},
    ],
)
async def test_what_is_missing_is_said(bad: dict[str, Any]) -> None:
    async with post() as held, outside() as world:
        done = await flow(world.of(DOMAIN), step(held, set={"error": "error"}, **bad))
    assert done.results[0] == f"failed: {done.variables['error']}"
    assert held.taken == []


async def test_a_server_that_is_busy_is_tried_again_and_one_that_refuses_is_not() -> None:
    async with post() as held:
        mailer = Mailer(Guard(), profiles(held), no_files, pause_s=0)
        held.answers = ["451 later", "451 later"]
        await mailer.send(DOMAIN, mail(retries=2), wait=True)
        assert len(held.taken) == 1
        held.answers = ["554 never", "250 not asked for"]
        with pytest.raises(Refused, match="554 never"):
            await mailer.send(DOMAIN, mail(retries=2), wait=True)
        assert held.answers == ["250 not asked for"]
        await mailer.close()


async def test_aside_the_flow_does_not_wait_and_the_mail_leaves_all_the_same() -> None:
    async with post() as held:
        async with outside() as world:
            done = await flow(world.of(DOMAIN), step(held, **{"async": True}, set={"message_id": "mid"}))
            assert held.taken == []
            assert done.variables["mid"]
        await held.arrived.wait()
        assert held.taken[0]["Message-ID"] == done.variables["mid"]


async def test_mail_servers_of_this_machine_are_for_the_settings_to_name() -> None:
    async with post() as held:
        first = f"first=smtp://{LOOPBACK}:{held.port}?from=us@example.com"
        async with outside("", mail_profiles=first) as world:
            done = await flow(
                world.of(DOMAIN),
                step(held),
                {"sendEmail": {"to": ["a@example.com"], "message": "m", "profile": {"id": "5", "name": "first"}}},
                {"sendEmail": {"to": ["a@example.com"], "message": "m"}},
                {"sendEmail": {"to": ["a@example.com"], "message": "m", "profile": {"name": "other"}}},
            )
    assert "OUTDIAL_ALLOW_NETWORKS" in done.results[0]
    assert "OUTDIAL_MAIL_PROFILES" in done.results[3]
    assert [taken["From"] for taken in held.taken] == ["us@example.com"] * 2


async def test_passwords_go_by_tls_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    auth = {"user": "us@example.com", "password": "right"}
    async with post() as held, outside() as world:
        done = await flow(
            world.of(DOMAIN), step(held, smtp={"auth": auth}), step(held, smtp={"auth": auth, "tls": False})
        )
        assert "no password goes without it" in done.results[0]
        assert (len(held.taken), held.logins, held.secure) == (1, [(b"us@example.com", b"right")], [False])
        assert "right" not in str(done.trace)
    tls = self_signed(tmp_path)
    async with post(tls) as held, outside() as world:
        done = await flow(world.of(DOMAIN), step(held, smtp={"auth": auth}))
        assert "certificate verify failed" in done.results[0], "a certificate nobody vouches for is refused"
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    async with post(tls) as held, outside() as world:
        wrong = {"auth": auth | {"password": "wrong"}}
        done = await flow(world.of(DOMAIN), step(held, smtp={"auth": auth, "tls": True}), step(held, smtp=wrong))
        assert (held.secure, len(held.taken)) == ([True], 1)
        assert "535" in done.results[1]


async def test_nobody_there_is_said() -> None:
    async with outside() as world:
        done = await flow(world.of(DOMAIN), step(Post(port=1)))
    assert "no connection to port 1" in done.results[0]


def profiles(held: Post) -> Any:
    return read_profiles(f"p=smtp://{LOOPBACK}:{held.port}?from=us@example.com")


def mail(**more: Any) -> Any:
    from outdial.flow.ports.net import Mail

    return Mail(("a@example.com",), "Hello", **more)


async def no_files(domain_id: int, file: Any) -> Any:
    raise NotImplementedError


@pytest.mark.parametrize("text", ["x", "=smtp://host", "a=http://host", "a=smtp://"])
def test_profiles_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ValueError, match="is expected"):
        read_profiles(text)


def test_profiles_of_the_settings() -> None:
    found = read_profiles("a=smtps://me%40x:p%2Fw@mail.example?from=us@example.com b=smtp://[::1]:2525")
    assert (found["a"].server.host, found["a"].server.port, found["a"].server.tls) == ("mail.example", 465, True)
    assert (found["a"].server.user, found["a"].server.password, found["a"].sender) == ("me@x", "p/w", "us@example.com")
    assert (found["b"].server.host, found["b"].server.port, found["b"].server.tls) == ("::1", 2525, None)
    assert "p/w" not in repr(found)


async def test_dots_and_long_files_arrive_unchanged_and_the_event_loop_stays_free(tmp_path: Path) -> None:
    data = bytes(range(256)) * 20_000
    (tmp_path / "long.wav").write_bytes(data)
    text = ".\r\n..two\r\n.\r\nend"
    async with post() as held, outside(files={7: tmp_path / "long.wav"}) as world:
        args = step(held, type="text/plain", message=text, attachment={"files": [{"id": 7}]})
        done = await flow(world.of(DOMAIN), args)
    assert done.results[0].startswith("<")
    body = held.taken[0].get_body()
    assert body is not None
    assert body.get_content().splitlines() == text.splitlines()
    assert [part.get_content() for part in held.taken[0].iter_attachments()] == [data]


async def test_whoever_is_not_taken_is_named_and_the_others_get_it() -> None:
    async with post() as held, outside() as world:
        held.strangers = {"b@example.com"}
        done = await flow(world.of(DOMAIN), step(held, to=["a@example.com", "b@example.com"]))
        nobody = await flow(world.of(DOMAIN), step(held, to=["b@example.com"]))
    assert done.results[0].startswith("failed: sent, but not to b@example.com: 550")
    assert "550" in nobody.results[0]
    assert held.recipients == [["a@example.com"]]


async def test_a_server_that_says_nothing_costs_the_time_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outdial.net.mail.TIMEOUT_S", 0.1)
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        gone.set()

    server = await asyncio.start_server(silent, LOOPBACK, 0)
    async with outside() as world:
        held = Post(port=server.sockets[0].getsockname()[1])
        done = await flow(world.of(DOMAIN), step(held))
        await gone.wait()
    assert done.results[0].startswith("failed: 127.0.0.1: ")
    server.close()
