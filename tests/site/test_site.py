"""The site in a real browser against a real service; each file of ui/tests/e2e tells its own tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.node import CACHE, tools

ROOT = Path(__file__).resolve().parents[2]
UI = ROOT / "ui"
FILES = sorted(path.name for path in (UI / "tests" / "e2e").glob("*.mjs") if path.name != "run.mjs")
NEEDED = {
    "Chromium": os.environ.get("CHROMIUM") or shutil.which("chromium"),
    "the site's libraries (make site)": (UI / "node_modules" / "playwright-core").is_dir(),
    "the built site (make site)": (ROOT / "src" / "outdial" / "api" / "site" / "built" / "index.html").is_file(),
}


@pytest.mark.parametrize("file", FILES)
def test_what_people_do_on_the_site(file: str) -> None:
    missing = [name for name, found in NEEDED.items() if not found]
    if missing:
        (pytest.fail if os.environ.get("OUTDIAL_REQUIRE_NODE") else pytest.skip)(f"not here: {', '.join(missing)}")
    CACHE.mkdir(exist_ok=True)
    environment = os.environ | {
        "OUTDIAL": str(Path(sys.executable).with_name("outdial")),
        "CHROMIUM": str(NEEDED["Chromium"]),
    }
    done = subprocess.run(
        [tools()[0], "tests/e2e/run.mjs", file], cwd=UI, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
