"""``sendEmail``: mail by SMTP (flow-engine §4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outdial.domain.errors import OutdialError
from outdial.flow.declare import application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.ports.net import Enclosed, Mail, MailServer

SUBMISSION = 587
MAX_RETRIES = 5


@dataclass(frozen=True, slots=True)
class Auth:
    user: str = arg("", help="Name to sign in with.")
    password: str = arg("", secret=True, help="Its password.")


@dataclass(frozen=True, slots=True)
class Smtp:
    server: str = arg("", required=True, help="Host name.")
    port: int = arg(SUBMISSION, help="465 speaks TLS from the first byte; any other begins it by STARTTLS.")
    tls: bool | None = arg(None, help="true: never without TLS. Unless false, no password goes without it.")
    auth: Auth | None = arg(None, help="Name and password.")


@dataclass(frozen=True, slots=True)
class Profile:
    id: int = arg(0, help="Not used here: profiles have names.")
    name: str = arg("", help="Name in OUTDIAL_MAIL_PROFILES.")


@dataclass(frozen=True, slots=True)
class MailFile:
    id: int = arg(0, required=True, lookup="media", help="Id of the file.")
    source: str = arg("", choices=("", "file", "media"), help="`media`, or `file` for a recording; empty: either.")


@dataclass(frozen=True, slots=True)
class Attachment:
    files: list[MailFile] = arg(list, help="Files to go with it.")


@dataclass(frozen=True, slots=True)
class MailSet:
    message_id: str = arg("", sets=True, help="Variable for the Message-ID.")
    id: str = arg("", sets=True, help="Variable for the id of the stored mail; empty here, nothing is stored.")
    error: str = arg("", sets=True, help="Variable for what went wrong; empty when nothing did.")


@dataclass(frozen=True, slots=True)
class SendEmail:
    to: list[str] = arg(list, required=True, help="Addresses.")
    message: str = arg("", required=True, help="The text.")
    subject: str = arg("", help="Its subject.")
    sender: str = arg("", wire="from", help="Sender; empty: the profile's.")
    cc: list[str] = arg(list, help="Further addresses.")
    type: str = arg("text/html", choices=("text/html", "text/plain"), help="What the text is.")
    profile: Profile | None = arg(None, help="A server of the settings; without profile and smtp the first of them.")
    smtp: Smtp | None = arg(None, unless=("profile",), help="A server of your own.")
    reply_to: str = arg("", wire="replyToId", help="Message-ID of the mail that this answers.")
    attachment: Attachment | None = arg(None, help="Files to go with it.")
    retry_count: int = arg(0, wire="retryCount", help="How often to try again; at most five times.")
    aside: bool = arg(False, wire="async", help="Do not wait until it is sent; it is sent even if the call ends.")
    store: bool = arg(False, help="Accepted; nothing is stored.")
    contact_ids: list[Any] = arg(list, wire="contactIds", help="Accepted; does nothing.")
    owner_id: int = arg(0, wire="ownerId", help="Accepted; does nothing.")
    set: MailSet | None = arg(None, help="Variables for what came of it.")


@application("sendEmail", args=SendEmail, group="outside", waits=True, outside=True, help="Sends a mail.")
async def send_email(run: Run, args: SendEmail) -> str:
    names = args.set or MailSet("", "", "")
    try:
        message_id = await run.env.net.send_mail(_mail(args), wait=not args.aside)
    except OutdialError as error:
        if names.error:
            run.connection.set(names.error, error.detail)
        raise
    for variable, value in ((names.message_id, message_id), (names.id, ""), (names.error, "")):
        if variable:
            run.connection.set(variable, value)
    return message_id


def _mail(args: SendEmail) -> Mail:
    if not args.to:
        raise AppFailed("`to` must be a list of addresses")
    if not args.message:
        raise AppFailed("`message` is empty")
    files = args.attachment.files if args.attachment else []
    return Mail(
        to=tuple(args.to),
        text=args.message,
        subject=args.subject,
        sender=args.sender,
        cc=tuple(args.cc),
        html="html" in args.type,
        in_reply_to=args.reply_to,
        enclosed=tuple(Enclosed(file.id, file.source) for file in files),
        server=_server(args.smtp) if args.smtp and args.smtp.server else None,
        profile=args.profile.name if args.profile else "",
        retries=min(max(0, args.retry_count), MAX_RETRIES),
    )


def _server(smtp: Smtp) -> MailServer:
    auth = smtp.auth or Auth("", "")
    return MailServer(smtp.server, smtp.port or SUBMISSION, smtp.tls, auth.user, auth.password)
