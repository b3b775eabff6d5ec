"""``outdial config``: every setting, its value and where the value came from."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from outdial.settings import PREFIX, describe, load, shown


def config() -> None:
    """Print each setting with its value, its source and what it is for."""
    loaded = load()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("setting", "value", "from", "for"):
        table.add_column(title, overflow="fold")
    for name, help_text in describe():
        table.add_row(name, shown(loaded, name) or "-", loaded.sources[name], help_text)
    console = Console()
    console.print(table)
    console.print(f"\nSet one by {PREFIX}NAME in the environment, or by name = value in outdial.toml.", style="dim")
