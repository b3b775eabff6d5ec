"""``generateLink``: an address where anybody may fetch one file for some time (flow-engine §4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from outdial.flow.declare import application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run
from outdial.flow.values import as_text

DAY_S = 86_400
ROOT = "/api/storage"


@dataclass(frozen=True, slots=True)
class LinkedFile:
    id: int = arg(0, required=True, help="Id of the file.")


@dataclass(frozen=True, slots=True)
class Link:
    set: str = arg("", required=True, sets=True, help="Variable for the link.")
    server: str = arg("", example="https://dialer.example", help="What it begins with: this service as others see it.")
    expire: int = arg(DAY_S, unit="s", help="How long it is good for.")
    source: str = arg("media", choices=("media", "file"), help="`media`, or `file` for a recording.")
    file: LinkedFile | None = arg(None, required=True, lookup="media", help="Which file.")
    query: dict[str, Any] = arg(dict, help="More parameters for the link.")


@application(
    "generateLink",
    args=Link,
    group="outside",
    outside=True,
    help="Makes a signed link to a file; whoever has it needs no token until it expires.",
)
async def generate_link(run: Run, args: Link) -> None:
    if args.expire <= 0:
        raise AppFailed("expire must be a number of seconds")
    if args.file is None:
        raise AppFailed("file is missing")
    path = await run.env.net.link(args.source or "media", args.file.id, args.expire)
    server = args.server.strip().rstrip("/").removesuffix(ROOT)
    more = urlencode({name: as_text(value) for name, value in args.query.items()}, errors="replace")
    run.connection.set(args.set, f"{server}{path}{'&' if more else ''}{more}")
