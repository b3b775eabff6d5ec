"""What the machines tell, and where they put what they have to say."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from outdial.sip.message import Message
from outdial.sip.sdp import Media
from outdial.sip.uri import HostPort

_Q850 = re.compile(r"Q\.850\s*;[^,]*?cause\s*=\s*(\d{1,3})", re.IGNORECASE)

End = Literal["refused", "timeout", "cancelled", "local", "remote", "unsuitable"]
"""refused: a final status from 300; timeout: nobody answered the INVITE at all; cancelled, local: our hang-up
before and after the answer; remote: their BYE; unsuitable: answered without audio we can speak."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A provisional response above 100."""

    call_id: str
    code: int
    media: Media | None
    """Where early media comes from and may go to; None without a session description."""


@dataclass(frozen=True, slots=True)
class Challenged:
    """Credentials were asked for; the second INVITE is behind this event in ``out``."""

    call_id: str


@dataclass(frozen=True, slots=True)
class Answered:
    call_id: str
    media: Media


@dataclass(frozen=True, slots=True)
class Renegotiated:
    """A re-INVITE or UPDATE: on hold, resumed, moved or another codec."""

    call_id: str
    media: Media


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key sent by INFO."""

    call_id: str
    digit: str
    ms: int


ReferEnd = Literal["transferred", "refused", "failed", "timeout"]
"""refused: the REFER itself was; failed: the far end rang the target in vain; timeout: one or the other was never
answered."""


@dataclass(frozen=True, slots=True)
class Referred:
    """What came of a REFER (RFC 3515). The call is still up."""

    call_id: str
    end: ReferEnd
    code: int = 0
    """The newest status told: of the REFER, or by NOTIFY of the target."""
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over; nothing follows."""

    call_id: str
    end: End
    code: int = 0
    phrase: str = ""
    q850: int | None = None
    """From a Reason header (RFC 3326)."""


RegistrationState = Literal["unregistered", "trying", "registered", "rejected", "denied", "timeout"]
"""denied: the credentials are wrong; rejected: any other refusal; timeout: no answer at all."""


@dataclass(frozen=True, slots=True)
class RegistrationChanged:
    name: str
    state: RegistrationState
    detail: str = ""


SipEvent = Progress | Challenged | Answered | Renegotiated | Pressed | Referred | Ended | RegistrationChanged


@dataclass(slots=True)
class Counters:
    """Datagrams that went nowhere, by why."""

    malformed: int = 0
    stray: int = 0
    """Responses to nothing we know, and ACKs."""
    repeated: int = 0
    refused: int = 0
    """Requests outside of any call of ours."""
    late_answers: int = 0
    """2xx to an INVITE that nobody remembers: ACK and BYE."""


@dataclass(slots=True)
class Wire:
    """Shared by all machines of an agent: datagrams to send and events to tell, in order."""

    out: deque[tuple[bytes, HostPort]] = field(default_factory=deque)
    events: deque[SipEvent] = field(default_factory=deque)
    counters: Counters = field(default_factory=Counters)


def q850_of(message: Message) -> int | None:
    """The Q.850 cause of the Reason headers, if there is one."""
    for line in message.headers.get("reason", ()):
        match = _Q850.search(line)
        if match is not None:
            return int(match[1])
    return None
