"""Files by key."""

from __future__ import annotations

from pathlib import Path

import pytest

from outdial.domain.errors import Bug, NotFound
from outdial.store.files import Files


def test_bytes_go_in_and_are_found_by_key(tmp_path: Path) -> None:
    files = Files(tmp_path / "files")
    assert files.put("media/1/hi.wav", b"RIFF") == 4
    assert files.path("media/1/hi.wav").read_bytes() == b"RIFF"
    assert files.size("media/1/hi.wav") == 4
    files.put("media/1/hi.wav", b"other")
    assert files.size("media/1/hi.wav") == 5
    files.delete("media/1/hi.wav")
    files.delete("media/1/hi.wav")
    with pytest.raises(NotFound):
        files.size("media/1/hi.wav")


def test_a_finished_file_is_moved_in(tmp_path: Path) -> None:
    files = Files(tmp_path / "files")
    upload = tmp_path / "files" / "upload.tmp"
    upload.write_bytes(b"abc")
    assert files.put("media/2.wav", upload) == 3
    assert not upload.exists()


def test_nothing_half_written_is_left_behind(tmp_path: Path) -> None:
    files = Files(tmp_path / "files")
    files.put("a/b.wav", b"abc")
    assert [p.name for p in (tmp_path / "files" / "a").iterdir()] == ["b.wav"]


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../x", "a/../x", "a//b", ".hidden", "a/.x", "a\\b", "a b", "a\0b", "a/", "x" * 201, "a\n"],
)
def test_keys_cannot_leave_the_folder(tmp_path: Path, key: str) -> None:
    files = Files(tmp_path)
    for act in (files.path, files.new, files.size, files.delete, lambda k: files.put(k, b"")):
        with pytest.raises(Bug):
            act(key)
