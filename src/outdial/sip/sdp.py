"""Session descriptions: our G.711 offer, the far end's answer, and answers to its later offers (RFC 4566, 3264)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]

PCMU, PCMA = 0, 8
OUR_EVENTS = 101
"""The payload type of telephone-event in our offers."""
CONTENT_TYPE = "application/sdp"

_STATIC = {PCMU: "pcmu/8000", PCMA: "pcma/8000"}
_MEDIA = re.compile(r"(\w+) (\d{1,5})(?:/\d+)? (\S+)((?: \S+)*)")
_RTPMAP = re.compile(r"rtpmap:(\d{1,3}) ([^\s/]+)/(\d+)(?:/1)?\s*")
_MIRROR: dict[Direction, Direction] = {
    "sendrecv": "sendrecv",
    "sendonly": "recvonly",
    "recvonly": "sendonly",
    "inactive": "inactive",
}
_DIRECTIONS: dict[str, Direction] = {f"a={direction}": direction for direction in _MIRROR}
_RTPMAP_LINES = {PCMU: "a=rtpmap:0 PCMU/8000", PCMA: "a=rtpmap:8 PCMA/8000"}


@dataclass(frozen=True, slots=True)
class Media:
    """What was agreed: where the far end wants its audio, and in which form."""

    address: str
    port: int
    payload_type: int
    """0 (µ-law) or 8 (A-law)."""
    events: int | None
    """Payload type of its telephone-events; None when it takes none."""
    direction: Direction = "sendrecv"
    """The far end's own view: ``recvonly`` means that it only listens."""

    @property
    def listening(self) -> bool:
        """False while we are on hold and should send nothing."""
        return self.direction in ("sendrecv", "recvonly") and self.address not in ("0.0.0.0", "::") and self.port != 0


@dataclass(frozen=True, slots=True)
class Line:
    """One ``m=`` section."""

    kind: str
    port: int
    profile: str
    formats: tuple[str, ...]
    address: str
    direction: Direction
    names: dict[int, str]
    """Payload type → ``name/rate`` in lower case."""


@dataclass(frozen=True, slots=True)
class Local:
    """Our side of a session."""

    address: str
    port: int
    session: int
    """The session id of ``o=``; the same for the life of a call."""
    version: int = 1
    """Grows with each description that says something new."""

    def next(self) -> Local:
        return replace(self, version=self.version + 1)


def offer(local: Local) -> bytes:
    """Both G.711 laws, telephone-events, 20 ms."""
    return _describe(local, [_audio(local.port, (PCMA, PCMU), OUR_EVENTS, "sendrecv")])


def parse(body: bytes) -> tuple[Line, ...]:
    """The media lines of a description, in order. Raises ValueError when there is none or one cannot be read."""
    text = body.decode("utf-8", "replace")
    session, *sections = re.split(r"(?:^|\r?\n)(?=m=)", text.strip())
    if not sections:
        raise ValueError("no media in the session description")
    default = _lines(session)
    return tuple(_parse_section(_lines(section), default) for section in sections)


def answered(body: bytes) -> Media:
    """The audio an answer to our offer agrees on; the codec is the first G.711 in the answer's order.

    Raises ValueError when it has no audio we can speak.
    """
    return _agree(_audio_line(parse(body)))


def answer(local: Local, body: bytes, current: Media | None = None) -> tuple[bytes, Media]:
    """Our answer to the far end's offer and what it agrees on. A codec in use is kept while it is offered.

    Raises ValueError when the offer has no audio we can speak (488 then).
    """
    lines = parse(body)
    audio = _audio_line(lines)
    media = _agree(audio, current.payload_type if current else None)
    sections = []
    for line in lines:
        if line is audio:
            events = media.events
            sections.append(_audio(local.port, (media.payload_type,), events, _MIRROR[media.direction]))
        else:
            sections.append([f"m={line.kind} 0 {line.profile} {' '.join(line.formats)}"])
    return _describe(local, sections), media


def _audio_line(lines: tuple[Line, ...]) -> Line:
    for line in lines:
        if line.kind == "audio" and line.port and line.profile.upper() in ("RTP/AVP", "RTP/AVPF"):
            return line
    raise ValueError("no audio in the session description")


def _agree(line: Line, keep: int | None = None) -> Media:
    laws = [pt for pt in _numbers(line) if line.names.get(pt, _STATIC.get(pt)) == _STATIC.get(pt, "")]
    if not laws:
        raise ValueError("no G.711 in the session description")
    events = [pt for pt in _numbers(line) if line.names.get(pt) == "telephone-event/8000"]
    law = keep if keep in laws else laws[0]
    return Media(line.address, line.port, law, events[0] if events else None, line.direction)


def _numbers(line: Line) -> list[int]:
    return [int(text) for text in line.formats if text.isascii() and text.isdigit() and len(text) <= 3]


def _lines(section: str) -> list[str]:
    return [line.strip() for line in section.split("\n") if line.strip()]


def _parse_section(section: list[str], default: list[str]) -> Line:
    match = _MEDIA.fullmatch(section[0][2:])
    if match is None or int(match[2]) > 65535:
        raise ValueError("media line cannot be read")
    names = {int(m[1]): f"{m[2]}/{m[3]}".lower() for line in section if (m := _RTPMAP.fullmatch(line[2:]))}
    return Line(
        kind=match[1].lower(),
        port=int(match[2]),
        profile=match[3],
        formats=tuple(match[4].split()),
        address=_address(section) or _address(default) or "0.0.0.0",
        direction=_direction(section) or _direction(default) or "sendrecv",
        names=names,
    )


def _address(section: list[str]) -> str:
    for line in section:
        if line.startswith("c="):
            words = line[2:].split()
            if len(words) != 3 or words[0].upper() != "IN":
                raise ValueError("connection line cannot be read")
            return words[2].partition("/")[0]
    return ""


def _direction(section: list[str]) -> Direction | None:
    return next((_DIRECTIONS[line] for line in section if line in _DIRECTIONS), None)


def _audio(port: int, laws: tuple[int, ...], events: int | None, direction: Direction) -> list[str]:
    formats = [str(law) for law in laws] + ([str(events)] if events is not None else [])
    lines = [f"m=audio {port} RTP/AVP {' '.join(formats)}", *(_RTPMAP_LINES[law] for law in laws)]
    if events is not None:
        lines += [f"a=rtpmap:{events} telephone-event/8000", f"a=fmtp:{events} 0-16"]
    return [*lines, "a=ptime:20", f"a={direction}"]


def _describe(local: Local, sections: list[list[str]]) -> bytes:
    kind = "IP6" if ":" in local.address else "IP4"
    lines = [
        "v=0",
        f"o=- {local.session} {local.version} IN {kind} {local.address}",
        "s=-",
        f"c=IN {kind} {local.address}",
        "t=0 0",
        *(line for section in sections for line in section),
    ]
    return ("\r\n".join(lines) + "\r\n").encode()
