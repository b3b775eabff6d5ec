"""Secrets at rest."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from outdial.domain.errors import Misconfigured
from outdial.store.secret import Box


def test_the_key_is_made_once_and_only_we_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret.key"
    sealed = Box.from_file(path).seal("pässword")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Box.from_file(path).open(sealed) == "pässword"
    assert [other.name for other in path.parent.iterdir()] == ["secret.key"]


def test_equal_texts_look_different_and_hide_the_text() -> None:
    box = Box.throwaway()
    assert box.seal("secret") != box.seal("secret")
    assert "secret" not in box.seal("secret")
    assert box.seal("") == ""
    assert box.open("") == ""


def test_another_key_is_named_as_the_fault() -> None:
    with pytest.raises(Misconfigured, match="another key"):
        Box.throwaway().open(Box.throwaway().seal("secret"))


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_text("short")
    with pytest.raises(Misconfigured, match="32 bytes"):
        Box.from_file(path)
    with pytest.raises(Misconfigured, match="cannot be read"):
        Box.from_file(tmp_path)
