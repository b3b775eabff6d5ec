"""``outdial doctor``: looks at all that a service needs and says how to mend what is not right."""

from __future__ import annotations

import asyncio
import sys

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from outdial.cli.doctor import far, here
from outdial.cli.doctor.finding import MARKS, Finding
from outdial.settings import Settings, load


def doctor() -> None:
    """Look at all that the service needs, whether it runs or not; nothing is changed.

    The exit code is 0 unless something keeps the service from working as it should: then 1. What is only worth
    knowing (!) does not count.
    """
    found = asyncio.run(examine(load().settings))
    show(found, Console())
    sys.exit(any(finding.level == "bad" for finding in found))


async def examine(settings: Settings) -> list[Finding]:
    """In the order in which a service would stumble over them."""
    answer = await far.health(settings)
    database, gateways = await far.database(settings)
    found = [here.data_folder(settings), here.key_file(settings), here.disk(settings), database]
    found += [answer] if answer else here.ports(settings)
    found += [here.clock(), here.descriptors(), here.sounds(), here.site()]
    return found + list(await asyncio.gather(*(far.trunk(gateway, settings) for gateway in gateways)))


def show(found: list[Finding], console: Console) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for finding in found:
        mark, colour = MARKS[finding.level]
        text = escape(finding.says)
        if finding.mend:
            text += f"\n[{colour}]→[/] {escape(finding.mend)}"
        table.add_row(f"[{colour}]{mark}[/]", escape(finding.name), text)
    console.print(table)
    bad = sum(finding.level == "bad" for finding in found)
    console.print("\nAll is well." if not bad else f"\n{bad} to mend.", style="bold green" if not bad else "bold red")
