"""``python -m tests.flow.fuzz_run TARGET [LIBFUZZER OPTIONS]``: new input and finds go to ``.fuzz/TARGET``."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["outdial.flow"]):
    from .fuzz import CORPUS, TARGETS


def main() -> None:
    target = sys.argv[1]
    found = Path(".fuzz") / target
    found.mkdir(parents=True, exist_ok=True)
    options = ["-max_len=4000", "-timeout=20", f"-artifact_prefix={found}/", *sys.argv[2:]]
    atheris.Setup([sys.argv[0], *options, str(found), str(CORPUS / target)], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
