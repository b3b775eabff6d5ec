"""The demo in the terminal: a table of what happens now, and how far it is."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from outdial.carrier.script import TABLE, ending
from outdial.cli.rest import Rest

STATES = {"waiting": "about to ring", "offering": "ringing…", "bridged": "listening ♪", "leaving": "after-flow"}
RECENT = 12


class View:
    """Draws itself from the REST API; call ``refresh`` as often as the picture shall change."""

    def __init__(self, rest: Rest, queue: str, link: str) -> None:
        self._rest = rest
        self._queue = queue
        self._link = link
        self._progress = Progress(
            TextColumn("[bold]people done"), BarColumn(40), MofNCompleteColumn(), TimeElapsedColumn()
        )
        self._task = self._progress.add_task("people", total=None)

    def refresh(self) -> RenderableType:
        row = self._rest.get(f"/call_center/queues/{self._queue}")
        count, waiting = int(row.get("count", 0)), int(row.get("waiting", 0))
        self._progress.update(self._task, total=count, completed=count - waiting)
        active = int(row.get("active", 0))
        said = row.get("why_idle") or f"{active} calls, {waiting} people to go"
        if not waiting and not active:
            said = "Everybody has been rung; the live page keeps the history. Ctrl-C ends the demo."
        return Group(f"[dim]{self._link}[/dim]", self._progress, f"[italic]{said}[/italic]", self._calls())

    def _calls(self) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bold", expand=False)
        for title, width in (("number", 13), ("try", 3), ("what the script says", 36), ("what happens", 34)):
            table.add_column(title, min_width=width)
        for attempt in self._items("/call_center/queues/attempts/active", size=20):
            table.add_row(*_who(attempt), f"[cyan]{STATES.get(attempt.get('state', ''), '')}[/cyan]")
        history = {"joined_at.from": 1, "sort": "-leaving_at", "size": RECENT}
        for attempt in self._items("/call_center/queues/attempts/history", **history):
            table.add_row(*_who(attempt), _end(attempt))
        return table

    def _items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        return list(self._rest.get(path, queue_id=self._queue, **query).get("items") or [])


def _who(attempt: dict[str, Any]) -> tuple[str, str, str]:
    number = (attempt.get("destination") or {}).get("destination", "")
    return number, str(attempt.get("attempts") or attempt.get("seq") or ""), TABLE[ending(number)].name


def _end(attempt: dict[str, Any]) -> str:
    if attempt.get("result") == "success":
        return "[green]success[/green]"
    status = (attempt.get("variables") or {}).get("status", "")
    return f"[yellow]{attempt.get('result', '')}[/yellow] {attempt.get('cause', '')} [dim]{status}[/dim]"
