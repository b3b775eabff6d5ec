"""Mail by SMTP: to servers that a schema names through the guard, to those of the settings directly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate, getaddresses, make_msgid
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import structlog

from outdial.domain.errors import OutdialError
from outdial.flow.ports.net import Enclosed, Mail, MailServer
from outdial.net.addresses import read_networks
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
SMTPS = 465
EVERYWHERE = read_networks("0.0.0.0/0 ::/0")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a domain, on disk."""

    name: str
    mime_type: str
    path: Path


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

    async def send(self, domain_id: int, mail: Mail, *, wait: bool) -> str:
        """The Message-ID. Raises Refused, Unreachable or NotFound; without ``wait`` only for what is wrong at once."""
        server, sender, guard = self._server(mail)
        message = await self._message(domain_id, mail, sender)
        if wait:
            await self._try(guard, server, message, mail.retries)
        elif len(self._waiting) >= MAX_WAITING:
            raise Refused(f"{MAX_WAITING} mails wait to be sent already")
        else:
            task = asyncio.create_task(self._later(guard, server, message, mail.retries))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)
        return str(message["Message-ID"])

    async def close(self) -> None:
        if self._waiting:
            _, late = await asyncio.wait(self._waiting, timeout=FAREWELL_S)
            for task in late:
                task.cancel()

    def _server(self, mail: Mail) -> tuple[MailServer, str, Guard]:
        if mail.server is not None:
            return mail.server, mail.sender or mail.server.user, self._guard
        name = mail.profile or next(iter(self._profiles), "")
        if name not in self._profiles:
            raise Refused(f"there is no mail profile {name!r}; OUTDIAL_MAIL_PROFILES names them, or give `smtp`")
        profile = self._profiles[name]
        return profile.server, mail.sender or profile.sender, self._open

    async def _message(self, domain_id: int, mail: Mail, sender: str) -> EmailMessage:
        message = written(mail, sender)
        size = 0
        for file in mail.enclosed:
            attached = await self._attach(domain_id, file)
            data = await asyncio.to_thread(attached.path.read_bytes)
            size += len(data)
            if size > MAX_ENCLOSED:
                raise Refused(f"the attachments have more than {MAX_ENCLOSED >> 20} MB together")
            kind, _, subkind = (attached.mime_type or "application/octet-stream").partition("/")
            message.add_attachment(data, maintype=kind, subtype=subkind or "octet-stream", filename=attached.name)
        return message

    async def _later(self, guard: Guard, server: MailServer, message: EmailMessage, retries: int) -> None:
        try:
            await self._try(guard, server, message, retries)
        except OutdialError as error:
            log.warning("mail.not_sent", message_id=message["Message-ID"], error=error.detail)

    async def _try(self, guard: Guard, server: MailServer, message: EmailMessage, retries: int) -> None:
        for number in range(retries + 1):
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    await self._send(guard, server, message)
                    return
            except (Unreachable, TimeoutError) as error:
                if number == retries:
                    raise Unreachable(str(error) or f"{server.host}: no answer") from None
            await asyncio.sleep(self._pause_s * 2**number)

    async def _send(self, guard: Guard, server: MailServer, message: EmailMessage) -> None:
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
            await client.send_message(message)
            await client.quit()
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            raise _judged(codes, f"{server.host} takes no recipient: {error.recipients[0].message}") from None
        except aiosmtplib.SMTPResponseException as error:
            raise _judged([error.code], f"{server.host}: {error.code} {error.message}") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unreachable(f"{server.host}: {error}") from None
        finally:
            client.close()


def written(mail: Mail, sender: str) -> EmailMessage:
    """Without attachments. Raises Refused for addresses and subjects that are none."""
    message = EmailMessage(policy=SMTP_POLICY)
    people = [address for _, address in getaddresses([*mail.to, *mail.cc])]
    if not people or not all("@" in address for address in people):
        raise Refused("each recipient must be an address such as name@example.com")
    if len(people) > MAX_RECIPIENTS:
        raise Refused(f"a mail goes to at most {MAX_RECIPIENTS} addresses")
    if "@" not in sender:
        raise Refused("`from` must be an address such as name@example.com")
    try:
        message["From"] = sender
        message["To"] = ", ".join(mail.to)
        if mail.cc:
            message["Cc"] = ", ".join(mail.cc)
        message["Subject"] = mail.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip("> "))
        if mail.in_reply_to:
            message["In-Reply-To"] = message["References"] = mail.in_reply_to
    except (ValueError, HeaderParseError) as error:
        raise Refused(f"the mail cannot be written: {error}") from None
    message.set_content(mail.text.encode("utf-8", "replace").decode(), subtype="html" if mail.html else "plain")
    return message


def _judged(codes: list[int], text: str) -> OutdialError:
    """5xx is for ever (RFC 5321 §4.2.1)."""
    return Refused(text) if all(code >= 500 for code in codes) else Unreachable(text)


def _literal(address: str) -> str:
    """How a client without a name of its own says hello (RFC 5321 §4.1.3)."""
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
