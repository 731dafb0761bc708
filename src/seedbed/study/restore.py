"""A study from a backup: whole under its name, or not there at all.

The zip may come from anywhere. So nothing is believed: its own list says what may be in it, every name has to stay
inside, every size and checksum has to be met, and all of it is made in a folder beside the target, which takes the
target's name at the very end.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from seedbed.errors import InputError, StorageError, UsageError
from seedbed.study.address import postgres_url, with_database_key
from seedbed.study.claim import claim
from seedbed.study.copying import copy_store
from seedbed.study.events import EventStore
from seedbed.study.files import storage_errors
from seedbed.study.folder import Folder
from seedbed.study.manifest import FIRST, MANIFEST, Manifest, Saved
from seedbed.study.workplace import sync_folder, workplace

__all__ = ["Limits", "RestoreReport", "restore"]

Listen = Callable[[str, int, int], None]

_BLOCK = 1 << 20
_ANOTHER = "Take another backup; this one is damaged, or is none."


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may ask for: files, bytes of its list, bytes in all, and bytes for each byte of the zip.

    Text and databases pack to a tenth, rarely to a fiftieth; the first `free_bytes` may pack as they like.
    """

    files: int = 100_000
    manifest_bytes: int = 64 << 20
    bytes: int = 1 << 40
    ratio: int = 200
    free_bytes: int = 256 << 20


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """Where the study stands; how many files and bytes; when the backup was made, of which study, by which version."""

    path: Path
    files: int
    bytes: int
    made: str
    study: str
    seedbed: str


def restore(
    archive: Path,
    target: Path,
    *,
    database: str = "",
    limits: Limits | None = None,
    listen: Listen = lambda what, done, total: None,
) -> RestoreReport:
    """Make the study `target` from a backup. Every document's epoch rises: pages that hold a later state begin anew.

    With `database` (a PostgreSQL URL whose schema is empty) people's acts go there, and study.toml names it. Links,
    people and settings are as they were. Raises UsageError when `target` is in the way, InputError when the archive
    is not what a backup is, StorageError when the disk refuses; then nothing stands at `target`.
    """
    url = postgres_url(database)
    if target.is_symlink() or (target.exists() and not target.is_dir()) or (target.is_dir() and any(target.iterdir())):
        raise UsageError(f"{target} is there already", hint="Name a folder that does not exist, or is empty.")
    if not archive.is_file():
        raise InputError(f"There is no file {archive}", hint="Name a zip file that seedbed backup has written.")
    with _reading(archive):
        opened = zipfile.ZipFile(archive)
    with opened:
        manifest = _manifest(opened, archive, limits or Limits())
        with workplace(target.parent, ".seedbed-restore-") as place, storage_errors(target):
            _check_room(manifest, place)
            study = place / "study"
            study.mkdir()
            _extract(opened, manifest, study, archive, listen)
            _make_current(Folder(study), url)
            _sync(study)
            study.rename(target)  # takes the place of an empty folder, and of nothing else
            sync_folder(target.parent)
    total = sum(saved.size for saved in manifest.files)
    return RestoreReport(target, len(manifest.files), total, manifest.made, manifest.study, manifest.seedbed)


@contextmanager
def _reading(archive: Path) -> Iterator[None]:
    """What zipfile raises when bytes are not what they should be: more than it says."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise InputError(f"{archive} is not a sound zip file: {error}", hint=_ANOTHER) from error


def _manifest(opened: zipfile.ZipFile, archive: Path, limits: Limits) -> Manifest:
    """The list, after a look at whether the zip holds exactly what it names, and no more than is allowed."""
    entries = opened.infolist()
    by_name = {entry.filename: entry for entry in entries}
    listed = by_name.get(MANIFEST)
    if listed is None:
        raise InputError(f"{archive} is no backup of a study: it has no {MANIFEST}", hint=_ANOTHER)
    if len(entries) > limits.files or listed.file_size > limits.manifest_bytes:
        raise InputError(f"{archive} holds more files than a study has", hint=_ANOTHER)
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG) or entry.flag_bits & 0x1:
            raise InputError(f"{archive}: {entry.filename!r} is not a plain file", hint=_ANOTHER)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(f"{archive}: {entry.filename!r} is packed in an unknown way", hint=_ANOTHER)
    with _reading(archive), opened.open(listed) as file:
        text = file.read(limits.manifest_bytes)
    manifest = Manifest.from_json(text, where=str(archive))
    sizes = {saved.path: saved.size for saved in manifest.files}
    if len(by_name) != len(entries) or by_name.keys() - {MANIFEST} != sizes.keys():
        raise InputError(f"{archive} does not hold exactly the files that it lists", hint=_ANOTHER)
    for name, size in sizes.items():
        if by_name[name].file_size != size:
            raise InputError(f"{archive}: {name!r} has not the size that is listed", hint=_ANOTHER)
    total = sum(sizes.values())
    if total > min(limits.bytes, limits.free_bytes + limits.ratio * archive.stat().st_size):
        raise InputError(f"{archive} would unpack to {total / 1e9:,.1f} GB, which no study does", hint=_ANOTHER)
    return manifest


def _check_room(manifest: Manifest, place: Path) -> None:
    total, free = sum(saved.size for saved in manifest.files), shutil.disk_usage(place).free
    if total > free:
        raise StorageError(
            f"The study needs {total / 1e6:,.0f} MB and the disk has {free / 1e6:,.0f} MB",
            hint="Make room, then again.",
        )


def _extract(opened: zipfile.ZipFile, manifest: Manifest, study: Path, archive: Path, listen: Listen) -> None:
    done, total = 0, sum(saved.size for saved in manifest.files)
    for saved in manifest.files:
        path, digest, size = study / saved.path, hashlib.sha256(), 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = _create(path, saved)
        except (FileExistsError, NotADirectoryError):
            # "a" beside "a/b"; or names that this file system takes for one
            raise InputError(f"{archive}: {saved.path!r} stands where another file does", hint=_ANOTHER) from None
        with os.fdopen(handle, "wb") as sink:
            for block in _blocks(opened, saved, archive):
                size += len(block)
                digest.update(block)
                sink.write(block)
                listen(saved.path, done + size, total)
        if size != saved.size or digest.hexdigest() != saved.sha256:
            raise InputError(f"{archive}: {saved.path!r} is not what was saved (wrong checksum)", hint=_ANOTHER)
        os.utime(path, ns=(saved.changed_ns, saved.changed_ns))
        done += size


def _blocks(opened: zipfile.ZipFile, saved: Saved, archive: Path) -> Iterator[bytes]:
    """What is packed; zipfile stops at the size that the zip gives, which is the listed one."""
    with _reading(archive):
        source = opened.open(saved.path)
    with source:
        while True:
            with _reading(archive):
                block = source.read(_BLOCK)
            if not block:
                return
            yield block


def _create(path: Path, saved: Saved) -> int:
    mode = 0o600 if saved.path == "identity.db" else 0o666
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, mode)


def _make_current(folder: Folder, url: str) -> None:
    """What a restored study differs in: epochs, and where its acts are kept. Raises InputError when it is no study."""
    if not folder.settings.is_file():
        raise InputError("The backup holds no study.toml", hint=_ANOTHER)
    _set_database(folder, "")
    for path in sorted(folder.root.rglob("*.db")):
        _check(path, folder.root)
    if folder.people.is_file():
        with EventStore.at(folder.people) as store:
            for stream in store.streams():
                store.raise_epoch(stream)
            if url:
                with EventStore(url) as behind:
                    copy_store(store.database, behind.database)
    if url:
        folder.people.unlink(missing_ok=True)
        with EventStore(url) as behind:
            claim(behind.database, folder)
        _set_database(folder, url)


def _set_database(folder: Folder, url: str) -> None:
    if folder.store_url() != url:
        text = folder.settings.read_bytes().decode("utf-8-sig")
        folder.settings.write_text(with_database_key(text, url, where="study.toml"), encoding="utf-8")


def _check(path: Path, root: Path) -> None:
    """Raises InputError for a database that would do something of its own when it is used, or a people.db that is none.

    Other databases may be damaged: then they were so when they were saved.
    """
    needed = path.relative_to(root).as_posix() in FIRST
    try:
        with closing(sqlite3.connect(path)) as db:
            (acting,) = db.execute("SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'view')").fetchone()
            (sound,) = db.execute("PRAGMA quick_check(1)").fetchone() if needed else ("ok",)
    except sqlite3.DatabaseError as error:
        sound, acting = str(error) if needed else "ok", 0
    if sound != "ok" or acting:
        reason = f"is damaged: {sound}" if sound != "ok" else "has triggers or views, which no database of a study has"
        raise InputError(f"{path.relative_to(root)} of the backup {reason}", hint=_ANOTHER)


def _sync(study: Path) -> None:
    for folder, _, names in os.walk(study):
        for name in names:
            with Path(folder, name).open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(Path(folder))
