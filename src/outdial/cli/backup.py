"""``outdial backup`` and ``outdial restore``: one tar file of the database as it was at one moment, and the sounds."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from sqlalchemy.engine import make_url

from outdial.domain.errors import Misconfigured, UserMistake
from outdial.settings import Settings, load
from outdial.store.sqlite import FileLock

DATABASE, KEY = "outdial.db", "secret.key"
SOUNDS = ("media", "prompts")
"""What people uploaded, and the same cut for playing."""
RECORDINGS = "recordings"
_NAME = re.compile(r"(?:media|prompts|recordings)(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)+")
"""As ``store.files`` makes them: no way up, nothing hidden."""


def backup(
    file: Path,
    *,
    recordings: Annotated[bool, Parameter(help="recordings of calls too")] = False,
    key: Annotated[bool, Parameter(help="the key file too: who has the backup can then open stored secrets")] = False,
) -> None:
    """Write the database and the media files to FILE (.tar), whether the service runs or not; calls go on.

    Only its owner may read the file. On PostgreSQL use pg_dump, and copy the media folder.
    """
    settings = load().settings
    size = write(settings, file, (*SOUNDS, RECORDINGS) if recordings else SOUNDS, key)
    print(f"{file}: {size / 2**20:.1f} MB." + ("" if key else f" Keep a copy of {settings.key_path} elsewhere."))


def restore(file: Path) -> None:
    """Put the backup FILE into the data folder, with the service stopped; a database that is there is kept."""
    aside = read(load().settings, file)
    print(f"{file} is restored." + (f" What was there before is now {aside}." if aside else ""))


def write(settings: Settings, file: Path, folders: tuple[str, ...], key: bool) -> int:
    """Bytes written; the file is there whole or not at all. Raises Misconfigured, UserMistake."""
    source = _database(settings)
    if not source.exists():
        raise Misconfigured(f"There is no database {source}. Is OUTDIAL_DATA the service's data folder?")
    aside = file.with_name(f".{file.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".outdial-backup-") as folder:
            copy = Path(folder) / DATABASE
            _snapshot(source, copy)
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out, tarfile.open(fileobj=out, mode="w") as tar:
                tar.add(copy, DATABASE)
                if key:
                    tar.add(settings.key_path, KEY)
                for name in folders:
                    _add_sounds(tar, settings.data, name)
                tar.close()
                out.flush()
                os.fsync(out.fileno())
        aside.replace(file)
    except OSError as error:
        raise UserMistake(f"The backup {file} cannot be written: {error.strerror or error}.") from error
    finally:
        aside.unlink(missing_ok=True)
    return file.stat().st_size


def _database(settings: Settings) -> Path:
    url = make_url(settings.store_url)
    if url.get_backend_name() != "sqlite":
        raise Misconfigured("The database is PostgreSQL: use pg_dump and pg_restore, and copy the media folder.")
    return Path(url.database or "")


def _snapshot(source: Path, copy: Path) -> None:
    """All pages in one step, so in one read transaction: writers go on in the log meanwhile."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as there, closing(sqlite3.connect(copy)) as here:
        there.backup(here, pages=-1)
        here.execute("PRAGMA journal_mode=DELETE")


def _add_sounds(tar: tarfile.TarFile, data: Path, name: str) -> None:
    """After the database, so that what it names is there. What is deleted meanwhile is left out."""
    for path in sorted((data / name).rglob("*")):
        key = path.relative_to(data).as_posix()
        if path.is_file() and not path.is_symlink() and _NAME.fullmatch(key):
            try:
                tar.add(path, key)
            except FileNotFoundError:
                continue


def read(settings: Settings, file: Path) -> Path | None:
    """Where the database that was there before is now. Raises Misconfigured while a service runs, UserMistake."""
    target = _database(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    settings.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(target)
    try:
        with tempfile.TemporaryDirectory(dir=settings.data, prefix=".outdial-restore-") as folder:
            found = Path(folder)
            _unpack(file, found)
            _check(found / DATABASE, file)
            return _put(found, settings, target)
    finally:
        lock.release()


def _unpack(file: Path, folder: Path) -> None:
    """Nothing but plain files of the names that a backup has."""
    try:
        with tarfile.open(file, "r:") as tar:
            for member in tar:
                known = member.name in (DATABASE, KEY) or _NAME.fullmatch(member.name)
                if not known or not member.isfile():
                    raise UserMistake(f"{file} is no backup of Outdial: it has {member.name!r} in it.")
                tar.extract(member, folder, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise UserMistake(f"{file} cannot be read as a backup: {error}") from error


def _check(database: Path, file: Path) -> None:
    if not database.exists():
        raise UserMistake(f"{file} is no backup of Outdial: there is no {DATABASE} in it.")
    try:
        with closing(sqlite3.connect(database)) as conn:
            said = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise UserMistake(f"The database in {file} is damaged ({said}); nothing was changed. Take an earlier backup.")


def _put(found: Path, settings: Settings, target: Path) -> Path | None:
    aside = None
    if target.exists():
        aside = target.with_name(f"{target.name}.before-{time.strftime('%Y%m%d-%H%M%S')}")
        for end in ("-wal", "-shm", ""):
            here = target.with_name(target.name + end)
            if here.exists():
                here.replace(aside.with_name(aside.name + end))
    for name in (*SOUNDS, RECORDINGS):
        for path in (found / name).rglob("*"):
            if path.is_file():
                place = settings.data / path.relative_to(found)
                place.parent.mkdir(parents=True, exist_ok=True)
                path.replace(place)
    if (found / KEY).exists():
        shutil.copyfile(found / KEY, settings.key_path)
        settings.key_path.chmod(0o600)
    shutil.move(found / DATABASE, target)
    return aside
