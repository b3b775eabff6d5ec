"""``outdial carrier``: the test carrier, a real far end on loopback."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import uvloop
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from outdial.carrier import script
from outdial.carrier.server import Config, run


def carrier(
    *,
    host: Annotated[str, Parameter(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="UDP port of SIP; 0 = any free one")] = 5070,
    journal: Annotated[Path | None, Parameter(help="append what it sees to this file, a JSON object a line")] = None,
    seed: Annotated[int, Parameter(help="chooses the delays")] = 1,
    table: Annotated[bool, Parameter(help="print which number does what, and end")] = False,
) -> None:
    """Answer calls like people would: the last two digits of the dialled number choose what happens."""
    if table:
        _print_table()
        return

    def ready(address: tuple[str, int]) -> None:
        print(f"The test carrier listens on {address[0]}:{address[1]}; `outdial carrier --table` tells who does what.")
        print(f"ready {address[0]}:{address[1]}", flush=True)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(Config(host=host, port=port, journal=journal, seed=seed), ready))


def _print_table() -> None:
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column("last digits")
    shown.add_column("what happens")
    for digits, name in script.table():
        shown.add_row(digits, name)
    Console().print(shown)
