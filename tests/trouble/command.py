"""The ``outdial`` command as a person runs it: what it prints, and its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

WITHIN_S = 110


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """Of a mistake: exit code 2, and nothing but one sentence beside the log and the first password."""
        said = [line for line in self.err.splitlines() if not line.startswith("timestamp=")]
        out = [line for line in self.out.splitlines() if not line.startswith("First start: ")]
        assert (self.code, len(said), out) == (2, 1, []), self
        assert said[0].startswith("outdial: "), self
        return said[0].removeprefix("outdial: ")


def outdial(*words: str, folder: Path, **settings: object) -> Said:
    """``settings`` are OUTDIAL_… variables, without the prefix and in lower case."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OUTDIAL_")}
    given = {f"OUTDIAL_{name.upper()}": str(value) for name, value in settings.items()}
    done = subprocess.run(
        [sys.executable, "-m", "outdial.cli", *words],
        cwd=folder,
        env=clean | {"COLUMNS": "200"} | given,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)
