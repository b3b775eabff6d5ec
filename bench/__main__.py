"""``make bench``: prices calls and media in one run and writes docs/benchmarks.md.

python -m bench [--quick]
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import calls, feed, flows, media

REPORT = Path(__file__).parent.parent / "docs" / "benchmarks.md"
RATES = (50, 200)
LEGS = (100, 500, 1000)
WATCHERS = 1000


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--quick", action="store_true", help="short runs, and the report is only printed")
    quick = words.parse_args().quick
    said(f"Pricing calls at {', '.join(map(str, RATES))} a second …")
    priced = [shown(asdict(calls.price(rate, 5 if quick else 20))) for rate in RATES]
    said(f"Pricing media for {', '.join(map(str, LEGS))} played and recorded calls at once …")
    paced = [shown(asdict(media.price(legs, 5 if quick else 12))) for legs in LEGS]
    said("Pricing flows …")
    waiting, after = ([shown(asdict(row)) for row in rows] for rows in flows.price(quick))
    said(f"Pricing the live feed for {WATCHERS} watchers …")
    watched = [shown(asdict(feed.price(WATCHERS, 5 if quick else 15)))]
    text = report(priced, paced, waiting, after, watched)
    print(text)
    if not quick:
        REPORT.write_text(text)
        said(f"Written to {REPORT.relative_to(REPORT.parent.parent)}.")


def said(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def shown(row: dict[str, Any]) -> dict[str, Any]:
    said(f"  {row}")
    return row


HEAD = """# Benchmarks

`make bench` on {date}: {machine}. Everything runs on this one machine, the far end
too, and the machine is shared: read the ratio to sipp in the same run, not the bare figure.

## What a completed call costs

Answered by sipp, half a second of media, hung up by the flow, the after-flow run, in history. CPU (user and system)
of the service's processes for one call, in ms; beside it sipp as the caller of the same calls.
"""

MEDIA = """
## Media: played and recorded calls at once

One media process; each call plays and is recorded in stereo; the far end echoes. Lateness is against the call's own
20 ms clock, by kernel arrival times; frames left out are those whose time was over when the process came to them.
"""


FLOWS = """
## Flows

Flows that wait in a playback, with connection, caller and simulated call, without media: resident memory of each, and
CPU of the process while all of them wait.
"""

AFTER = """
The seed's after-flow, warm, in ms of CPU; the floor is its expressions alone in a bare QuickJS context that lives on.
"""

FEED = """
## Live feed

CPU of a process that has the API and its feed, told six stages of each call, with one and with all watchers of every
event by Server-Sent Events.
"""

Rows = list[dict[str, Any]]


def report(priced: Rows, paced: Rows, waiting: Rows, after: Rows, watched: Rows) -> str:
    machine = (
        f"{os.cpu_count()} cores ({_cpu()}), Linux {platform.release()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f} at the end"
    )
    head = ("calls/s", "reached", "calls", "failed", "main", "media", "all", "sipp", "main : sipp")
    names = ("rate", "reached", "calls", "failed", "main_ms", "media_ms", "total_ms", "sipp_ms")
    rows = [(*(p[name] for name in names), f"{p['main_ms'] / p['sipp_ms']:.1f}") for p in priced]
    legs = ("calls", "failed", "% of a core", "µs per packet pair", "p50 ms", "p99 ms", "max ms", "left out")
    keys = ("calls", "failed", "cpu_percent", "cpu_us_per_packet_pair", "late_p50_ms", "late_p99_ms", "late_max_ms")
    lines = [(*(p[key] for key in keys), p["left_out"]) for p in paced]
    date = f"{datetime.now(UTC):%Y-%m-%d}"
    return "\n".join(
        [
            *(HEAD.format(date=date, machine=machine), *table(head, rows)),
            *(MEDIA, *table(legs, lines)),
            *of_flows(waiting, after),
            *(
                FEED,
                *table(
                    ("watchers", "calls/s", "with one, % of a core", "with all", "added", "events/s to each"),
                    [tuple(row.values()) for row in watched],
                ),
            ),
            "",
        ]
    )


def of_flows(waiting: Rows, after: Rows) -> list[str]:
    waits = [(row["where"], row["flows"], row["kb_each"], row["cpu_ms_per_s"]) for row in waiting]
    runs = [(*row.values(), f"{row['run_ms'] / row['floor_ms']:.1f}") for row in after]
    return [
        *(FLOWS, *table(("waiting in", "flows", "kB each", "CPU ms/s, all"), waits)),
        *(AFTER, *table(("case", "ms", "floor", "ms : floor"), runs)),
    ]


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> list[str]:
    return ["| " + " | ".join(map(str, row)) + " |" for row in (head, tuple("---" for _ in head), *rows)]


def _cpu() -> str:
    names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()]
    return next((name for name in names if "CPU" in name or "Processor" in name), platform.machine())


if __name__ == "__main__":
    main()
