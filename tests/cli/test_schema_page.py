"""The worked example of docs/schemas.md does what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outdial.cli import app

PAGE = (Path(__file__).parents[2] / "docs" / "schemas.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return [
        text for kind, text in re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE) if kind == language
    ]


def test_the_worked_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "110")
    Path("reminder.json").write_text(blocks("json")[0])
    Path("hesitates.yaml").write_text(blocks("yaml")[0])
    command, _, expected = next(b for b in blocks("") if "schema run" in b).removeprefix("$ outdial ").partition("\n")
    app(command.split(), exit_on_error=False, result_action="return_value")
    shown = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert shown == expected.splitlines()


def test_the_script_of_the_after_flow_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script, flow = tmp_path / "busy.yaml", tmp_path / "after.json"
    script.write_text(blocks("yaml")[1])
    flow.write_text("[]")
    app(["schema", "run", str(flow), "--script", str(script)], exit_on_error=False, result_action="return_value")
    assert "rung again in 1800 s" in capsys.readouterr().out
