"""Media files (webitel-api §3)."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

import pytest

from outdial.api import media
from tests.api.door import Answer, Door

PATH = "/storage/media"
MP3 = Path(__file__).parent.parent / "audio" / "tones-1000-left-6000-right.mp3"


def wav(seconds: float = 0.5) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x01\x02" * round(8000 * seconds))
    return out.getvalue()


def upload(door: Door, *files: tuple[str, bytes, str]) -> Answer:
    parts: list[Any] = [(f"file[{place}]", file) for place, file in enumerate(files)]
    return door("POST", PATH, files=parts)


def one(door: Door, name: str = "hello.wav", data: bytes | None = None) -> int:
    return int(upload(door, (name, data or wav(), "audio/wav")).ok()["items"][0]["id"])


def kept(door: Door) -> list[str]:
    root = door.files.path("media").parent
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def test_an_upload_answers_plain_numbers(door: Door) -> None:
    answer = upload(door, ("hello.wav", wav(), "audio/wav")).ok()
    item = answer["items"][0]
    assert item["id"] == 1 and item["size"] == len(wav()) and item["mime_type"] == "audio/wav"
    assert item["created_by"]["id"] == 1 and item["channel"] == "media" and item["properties"] == {}


def test_several_files_of_any_part_name_at_once(door: Door) -> None:
    upload(door, ("one.wav", wav(), "audio/x-wav"), ("two.mp3", MP3.read_bytes(), "application/octet-stream")).ok()
    rows = door.get(PATH, sort="name").items()
    assert [(row["name"], row["mime_type"]) for row in rows] == [("one.wav", "audio/wav"), ("two.mp3", "audio/mpeg")]
    assert set(rows[0]) == {"id", "name", "mime_type", "size", "created_at"}
    assert rows[0]["size"] == str(len(wav()))


def test_a_raw_body_is_named_in_the_query(door: Door) -> None:
    door("POST", f"{PATH}?name=raw.wav", content=wav(), headers={"Content-Type": "audio/wav"}).ok()
    assert door.get(PATH).items()[0]["name"] == "raw.wav"


def test_the_token_may_come_in_the_query(door: Door) -> None:
    token, door.token = door.token, ""
    door("POST", f"{PATH}?access_token={token}", files={"x": ("hello.wav", wav(), "audio/wav")}).ok()
    assert door("GET", f"{PATH}/1/stream?access_token={token}").response.content == wav()


def test_read_and_length(door: Door) -> None:
    read = door.get(f"{PATH}/{one(door)}").ok()
    assert (read["id"], read["duration_ms"], read["created_by"]["name"]) == ("1", 500, "Administrator")
    assert "key" not in read and "prompt_key" not in read


def test_stream_whole_and_by_range(door: Door) -> None:
    path, data = f"{PATH}/{one(door)}/stream", wav()
    whole = door.get(path).response
    assert whole.status_code == 200 and whole.content == data
    assert whole.headers["content-type"] == "audio/wav" and whole.headers["accept-ranges"] == "bytes"
    part = door("GET", path, headers={"Range": "bytes=10-19"}).response
    assert part.status_code == 206 and part.content == data[10:20]
    assert part.headers["content-range"] == f"bytes 10-19/{len(data)}"
    assert door("GET", path, headers={"Range": "bytes=-5"}).response.content == data[-5:]
    several = door("GET", path, headers={"Range": "bytes=0-1,4-5"}).response
    assert several.status_code == 200 and several.content == data
    assert door("GET", path, headers={"Range": f"bytes={len(data)}-"}).status == 416


def test_download_names_the_file(door: Door) -> None:
    response = door.get(f"{PATH}/{one(door, 'привіт 1.wav')}/download").response
    disposition = response.headers["content-disposition"]
    assert disposition.startswith("attachment") and "%D0%BF%D1%80%D0%B8%D0%B2%D1%96%D1%82%201.wav" in disposition
    assert response.headers["content-length"] == str(len(wav()))
    assert door.get("/storage/file/1/download?source=media").response.content == wav()


@pytest.mark.parametrize(
    ("name", "data", "code", "id_"),
    [
        ("hello.wav", b"not a sound at all" * 100, 400, "app.media.audio"),
        ("hello.wav", wav()[:50], 400, "app.media.audio"),
        ("a", wav(), 400, "app.request.field"),
        ("x" * 101, wav(), 400, "app.request.field"),
        ("big.wav", b"RIFF" + bytes(media.MAX_FILE), 403, "policy.file.allow"),
    ],
)
def test_a_refusal_leaves_nothing_behind(door: Door, name: str, data: bytes, code: int, id_: str) -> None:
    refused = upload(door, ("fine.wav", wav(), "audio/wav"), (name, data, "audio/wav")).refused(code)
    assert refused["id"] == id_
    assert door.get(PATH).items() == [] and kept(door) == []


def test_names_are_unique(door: Door) -> None:
    one(door)
    before = kept(door)
    assert upload(door, ("hello.wav", wav(), "audio/wav")).refused()["id"] == (
        "store.sql_media_file.save.saving.duplicate"
    )
    assert kept(door) == before


def test_a_name_is_no_path(door: Door) -> None:
    one(door, "../../etc/hello.wav")
    assert door.get(PATH).items()[0]["name"] == "hello.wav"


def test_an_upload_over_the_limit(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "MAX_UPLOAD", 1000)
    upload(door, ("hello.wav", wav(), "audio/wav")).refused(413)


def test_a_broken_upload(door: Door) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        door("POST", PATH, content=b"nonsense", headers={"Content-Type": kind}).refused()
    door("POST", PATH, data={"field": "text"}, files={}).refused()


def test_delete_removes_the_files_when_it_cannot_be_taken_back_any_more(door: Door) -> None:
    id_ = one(door)
    gone = kept(door)
    assert len(gone) == 3
    assert door.delete(f"{PATH}/{id_}").ok()["id"] == str(id_)
    door.clock.now += 30_001
    one(door)
    assert len(kept(door)) == 3 and not set(gone) & set(kept(door))
    door.get(f"{PATH}/{id_}/stream").refused(404)


def test_a_file_that_is_gone_from_the_disk(door: Door) -> None:
    id_ = one(door)
    for path in door.files.path("media").iterdir():
        path.unlink()
    door.get(f"{PATH}/{id_}/stream").refused(404)
