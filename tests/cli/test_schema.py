"""``outdial schema check`` and ``run``, as somebody at a terminal uses them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from outdial.cli import app
from outdial.cli.demo.campaign import AFTER_FLOW
from outdial.cli.schema_run import read_script
from outdial.domain.errors import UserMistake

MENU: list[Any] = [
    {"playback": {"files": [{"name": "menu.wav"}], "getDigits": {"setVar": "d"}}},
    {"if": {"expression": "${d} == 1", "then": [{"log": "[one]"}]}},
    {"hangup": ""},
]


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def file(folder: Path, content: Any, name: str = "flow.json") -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def outdial(*words: str) -> int:
    """Runs a command; its exit code."""
    try:
        app(["schema", *words], exit_on_error=False)
    except SystemExit as left:
        return int(left.code or 0)
    return 0


# ── check ────────────────────────────────────────────────────────────────────────────────────────


def test_a_sound_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str], wide: None) -> None:
    assert outdial("check", file(tmp_path, MENU)) == 0
    assert capsys.readouterr().out == "Nothing is wrong (as a voice schema).\n"


def test_warnings_are_told_with_their_places(tmp_path: Path, capsys: pytest.CaptureFixture[str], wide: None) -> None:
    assert outdial("check", file(tmp_path, [{"playbak": {}}, *MENU, {"log": "[late]"}])) == 0
    lines = [line.strip().split(None, 2) for line in capsys.readouterr().out.splitlines()]
    assert lines[1] == ["[0]", "warning", "unknown application 'playbak'; did you mean playback?"]
    assert lines[2][:2] == ["[4]", "warning"] and "never reached" in lines[2][2]
    assert lines[-1][0] == "2"


def test_an_error_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str], wide: None) -> None:
    assert outdial("check", file(tmp_path, [5])) == 1
    assert "expected an application object" in capsys.readouterr().out


def test_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outdial("check", file(tmp_path, [5]), "--json") == 1
    assert json.loads(capsys.readouterr().out) == [
        {"path": "[0]", "level": "error", "message": "expected an application object"}
    ]


def test_an_exported_record_has_its_type_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wide: None
) -> None:
    path = file(tmp_path, {"name": "Menu", "type": "service", "schema": MENU})
    outdial("check", path)
    assert "playback does nothing in a service flow" in capsys.readouterr().out
    outdial("check", path, "--type", "voice")
    assert "Nothing is wrong (as a voice schema)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("{", "is not JSON"), ({"name": "x"}, "expected a list of applications, or an exported record with its `schema`")],
)
def test_a_file_that_is_no_schema(tmp_path: Path, content: Any, sentence: str) -> None:
    with pytest.raises(UserMistake, match=sentence):
        app(["schema", "check", file(tmp_path, content)], exit_on_error=False)


def test_a_mistake_is_one_sentence_and_2(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "outdial.cli", "schema", "check", str(tmp_path / "none.json")]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.endswith("none.json cannot be read: No such file or directory.\n")


# ── run ──────────────────────────────────────────────────────────────────────────────────────────

SCRIPT = """
caller:
  answers: 2s
  keys: ["1"]
media:
  menu.wav: 4s
"""


def test_a_run_tells_what_happens_when(tmp_path: Path, capsys: pytest.CaptureFixture[str], wide: None) -> None:
    assert outdial("run", file(tmp_path, MENU), "--script", file(tmp_path, SCRIPT, "one.yaml")) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[1:5] == [
        "0.0 s ringing",
        "2.0 s the caller answers",
        "2.0 s [0] plays menu.wav (4.0 s)",
        "6.5 s [0] the caller presses 1",
    ]
    assert lines[5].startswith("6.5 s [0] playback success d = 1")
    assert "6.5 s [1].if.then[0] log [one]" in lines
    assert "The flow hung up, after 6.5 s." in lines


def test_an_after_flow_shows_the_member(tmp_path: Path, capsys: pytest.CaptureFixture[str], wide: None) -> None:
    script = file(tmp_path, {"start": "2026-09-01 12:00", "call": {"cause": "USER_BUSY"}}, "busy.json")
    assert outdial("run", file(tmp_path, AFTER_FLOW), "--script", script) == 0
    out = capsys.readouterr().out
    assert "The flow says: abandoned" in out and "status = Busy" in out
    assert "rung again in 3600 s" in out and "2026-09-01 13:00:00 UTC" in out


def test_a_run_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outdial("run", file(tmp_path, MENU), "--json")
    report = json.loads(capsys.readouterr().out)
    assert report["role"] == "voice" and report["end"]["how"] == "hung_up"


def test_a_run_that_would_not_end_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    endless = [{"while": {"condition": "true", "maxSteps": "90000000", "do": [{"log": "a"}]}}]
    assert outdial("run", file(tmp_path, endless), "--type", "voice") == 1
    assert "Stopped: more than" in capsys.readouterr().out


def test_yaml_has_no_traps_here(tmp_path: Path) -> None:
    text = (
        "caller: {answers: no, keys: [0123, 5#, '1'], hangs_up: 90}\nstart: 2026-09-01 12:30\nx: [true, 1.5, null, ~]\n"
    )
    assert read_script(Path(file(tmp_path, text, "s.yaml"))) == {
        "caller": {"answers": "no", "keys": ["0123", "5#", "1"], "hangs_up": 90},
        "start": "2026-09-01 12:30",
        "x": [True, 1.5, None, None],
    }


def test_a_script_that_is_no_yaml(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="is not YAML"):
        read_script(Path(file(tmp_path, "a: [", "s.yaml")))
