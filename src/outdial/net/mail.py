"""Mail by SMTP: to servers that a schema names through the guard, to those of the settings directly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate, getaddresses, make_msgid, parseaddr
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import structlog

from outdial.domain.errors import OutdialError
from outdial.flow.ports.net import Enclosed, Mail, MailServer
from outdial.net.addresses import EVERYWHERE
from outdial.net.errors import Refused, Unreachable
from outdial.net.guard import Guard
from outdial.net.tls import trust

log = structlog.get_logger(__name__)

TIMEOUT_S = 30.0
"""For one try."""
PAUSE_S = 2.0
"""Before the first retry; twice as long before each further one."""
FAREWELL_S = 10.0
"""At a stop, mails under way have so long."""
MAX_RECIPIENTS = 100
MAX_ENCLOSED = 20 << 20
"""Bytes of all attachments together."""
MAX_WAITING = 1000
THREADS = 2
PART_LINES = 1000
FOR_EVER = 500
"""Codes from here on say that another try is useless (RFC 5321 §4.2.1)."""
SMTPS = 465


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a domain, on disk."""

    name: str
    mime_type: str
    path: Path


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready for the wire."""

    id: str
    """Its Message-ID."""
    sender: str
    people: tuple[str, ...]
    parts: tuple[bytes, ...]
    """Whole lines, dots doubled."""


Attach = Callable[[int, Enclosed], Awaitable[Attached]]
"""Domain and file. Raises NotFound."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A server of the settings."""

    server: MailServer
    sender: str


def read_profiles(text: str) -> dict[str, Profile]:
    """``name=smtp://user:password@host:587?from=us@example.com``, several parted by blanks. Raises ValueError."""
    found: dict[str, Profile] = {}
    for part in text.split():
        name, _, address = part.partition("=")
        url = urlsplit(address)
        if not name or url.scheme not in ("smtp", "smtps") or not url.hostname:
            raise ValueError(f"{name or part}=smtp://user:password@host:587?from=address is expected")
        sure = True if url.scheme == "smtps" else None
        port = url.port or (SMTPS if url.scheme == "smtps" else 587)
        server = MailServer(url.hostname, port, sure, unquote(url.username or ""), unquote(url.password or ""))
        found[name] = Profile(server, parse_qs(url.query).get("from", [server.user])[0])
    return found


class Mailer:
    """Sends mails; those that nobody waits for on its own."""

    def __init__(self, guard: Guard, profiles: Mapping[str, Profile], attach: Attach, pause_s: float = PAUSE_S) -> None:
        self._guard = guard
        self._open = Guard(EVERYWHERE)
        self._profiles = profiles
        self._attach = attach
        self._pause_s = pause_s
        self._waiting: set[asyncio.Task[None]] = set()
        self._tls = trust(verify=True)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mail")

    async def send(self, domain_id: int, mail: Mail, *, wait: bool) -> str:
        """The Message-ID. Raises Refused, Unreachable or NotFound; without ``wait`` only for what is wrong at once."""
        server, sender, guard = self._server(mail)
        files = [await self._attach(domain_id, file) for file in mail.enclosed]
        letter = await asyncio.get_running_loop().run_in_executor(self._threads, packed, mail, sender, files)
        if wait:
            await self._try(guard, server, letter, mail.retries)
        elif len(self._waiting) >= MAX_WAITING:
            raise Refused(f"{MAX_WAITING} mails wait to be sent already")
        else:
            task = asyncio.create_task(self._later(guard, server, letter, mail.retries))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)
        return letter.id

    async def close(self) -> None:
        if self._waiting:
            _, late = await asyncio.wait(self._waiting, timeout=FAREWELL_S)
            for task in late:
                task.cancel()
        self._threads.shutdown(wait=False)

    def _server(self, mail: Mail) -> tuple[MailServer, str, Guard]:
        if mail.server is not None:
            return mail.server, mail.sender or mail.server.user, self._guard
        name = mail.profile or next(iter(self._profiles), "")
        if name not in self._profiles:
            raise Refused(f"there is no mail profile {name!r}; OUTDIAL_MAIL_PROFILES names them, or give `smtp`")
        profile = self._profiles[name]
        return profile.server, mail.sender or profile.sender, self._open

    async def _later(self, guard: Guard, server: MailServer, letter: Letter, retries: int) -> None:
        try:
            await self._try(guard, server, letter, retries)
        except OutdialError as error:
            log.warning("mail.not_sent", message_id=letter.id, error=error.detail)

    async def _try(self, guard: Guard, server: MailServer, letter: Letter, retries: int) -> None:
        for number in range(retries + 1):
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    await self._send(guard, server, letter)
                    return
            except (Unreachable, TimeoutError) as error:
                if number == retries:
                    raise Unreachable(str(error) or f"{server.host}: no answer") from None
            await asyncio.sleep(self._pause_s * 2**number)

    async def _send(self, guard: Guard, server: MailServer, letter: Letter) -> None:
        """Raises Refused for what will not be taken later either, else Unreachable."""
        implicit = server.port == SMTPS
        line = await guard.connect(server.host, server.port, TIMEOUT_S)
        client = aiosmtplib.SMTP(
            hostname=server.host,
            sock=line,
            use_tls=implicit,
            start_tls=False if implicit else server.tls,
            tls_context=self._tls,
            timeout=TIMEOUT_S,
            local_hostname=_literal(line.getsockname()[0]),
        )
        try:
            await client.connect()
            if server.user:
                if server.tls is not False and client.get_transport_info("ssl_object") is None:
                    raise Refused(f"{server.host} offers no TLS, and no password goes without it unless tls is false")
                await client.login(server.user, server.password)
            await _hand_in(client, letter)
            await client.quit()
        except aiosmtplib.SMTPResponseException as error:
            text = f"{server.host}: {error.code} {error.message}"
            raise (Refused(text) if error.code >= FOR_EVER else Unreachable(text)) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unreachable(f"{server.host}: {error}") from None
        finally:
            client.close()


def written(mail: Mail, sender: str) -> EmailMessage:
    """Without attachments. Raises Refused for addresses and subjects that are none."""
    message = EmailMessage(policy=SMTP_POLICY)
    people = [address for _, address in getaddresses([*mail.to, *mail.cc])]
    if not people or not all("@" in address and address.isascii() for address in people):
        raise Refused("each recipient must be an address such as name@example.com, in ASCII")
    if len(people) > MAX_RECIPIENTS:
        raise Refused(f"a mail goes to at most {MAX_RECIPIENTS} addresses")
    us = parseaddr(sender)[1]
    if "@" not in us or not us.isascii():
        raise Refused("`from` must be an address such as name@example.com, in ASCII")
    try:
        message["From"] = sender
        message["To"] = ", ".join(mail.to)
        if mail.cc:
            message["Cc"] = ", ".join(mail.cc)
        message["Subject"] = mail.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=us.rpartition("@")[2])
        if mail.in_reply_to:
            message["In-Reply-To"] = message["References"] = mail.in_reply_to
    except (ValueError, HeaderParseError) as error:
        raise Refused(f"the mail cannot be written: {error}") from None
    message.set_content(mail.text.encode("utf-8", "replace").decode(), subtype="html" if mail.html else "plain")
    return message


def packed(mail: Mail, sender: str, files: Sequence[Attached]) -> Letter:
    """The mail with its files as it goes over the wire; takes long for long ones. Raises Refused."""
    message = written(mail, sender)
    size = 0
    for file in files:
        data = file.path.read_bytes()
        size += len(data)
        if size > MAX_ENCLOSED:
            raise Refused(f"the attachments have more than {MAX_ENCLOSED >> 20} MB together")
        kind, _, subkind = (file.mime_type or "application/octet-stream").partition("/")
        message.add_attachment(data, maintype=kind, subtype=subkind or "octet-stream", filename=file.name)
    people = [address for _, address in getaddresses([*mail.to, *mail.cc])]
    lines = message.as_bytes().splitlines(keepends=True)
    quoted = [b"." + line if line.startswith(b".") else line for line in lines]  # RFC 5321 §4.5.2
    parts = [b"".join(quoted[at : at + PART_LINES]) for at in range(0, len(quoted), PART_LINES)]
    return Letter(str(message["Message-ID"]), parseaddr(sender)[1], tuple(people), tuple(parts))


async def _hand_in(client: aiosmtplib.SMTP, letter: Letter) -> None:
    """In parts, so that a long mail does not hold the event loop. Raises Refused when not all recipients are taken."""
    await client.mail(letter.sender)
    refused: list[aiosmtplib.SMTPRecipientRefused] = []
    for person in letter.people:
        try:
            await client.rcpt(person)
        except aiosmtplib.SMTPRecipientRefused as error:
            refused.append(error)
    if len(refused) == len(letter.people):
        raise refused[0]
    started = await client.execute_command(b"DATA")
    if started.code != aiosmtplib.SMTPStatus.start_input:
        raise aiosmtplib.SMTPDataError(started.code, started.message)
    line = cast(asyncio.WriteTransport, client.transport)
    for part in letter.parts:
        line.write(part)
        await asyncio.sleep(0)
    taken = await client.execute_command(b".")
    if taken.code != aiosmtplib.SMTPStatus.completed:
        raise aiosmtplib.SMTPDataError(taken.code, taken.message)
    if refused:
        names = ", ".join(error.recipient for error in refused)
        raise Refused(f"sent, but not to {names}: {refused[0].code} {refused[0].message}")


def _literal(address: str) -> str:
    """How a client without a name of its own says hello (RFC 5321 §4.1.3)."""
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
