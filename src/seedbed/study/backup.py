"""A backup of a study, also of one that is being served: one zip file with a list of what is in it.

Each database is copied as it stands at one moment, through SQLite's own backup; people.db first, then identity.db,
then the others, then the files, so that what a file or row names was there before it. Every file has its checksum in
the list. What is behind a PostgreSQL URL becomes a people.db in the zip, and the key `database` is emptied in the
zip's study.toml: a backup opens anywhere.

The zip holds identity.db, that is who is behind each pseudonym: it is written for its owner alone (mode 0600).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
import stat
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from seedbed import __version__
from seedbed.errors import InputError, StorageError, UsageError
from seedbed.study.address import with_database_key
from seedbed.study.copying import copy_store
from seedbed.study.entries import now
from seedbed.study.events import EventStore
from seedbed.study.files import storage_errors, write_json
from seedbed.study.folder import Folder
from seedbed.study.manifest import FIRST, MANIFEST, Manifest, Saved
from seedbed.study.workplace import sync_folder, workplace

__all__ = ["BackupReport", "Listen", "Made", "backup", "made_of"]

Listen = Callable[[str, int, int], None]

_MADE = "backups.json"
_BLOCK = 1 << 20
_PAGES = 100  # of a database between two words on progress
_BESIDE = ("-wal", "-shm", "-journal")  # what stands beside a database and is in its copy
_UNFINISHED = re.compile(r"\..+\.[a-z0-9_]{8}")  # the names under which files.write_atomic writes


@dataclass(frozen=True, slots=True)
class BackupReport:
    """Where it is; how many files it holds; their bytes; the zip's own; and by path what is not in it, or not sound."""

    path: Path
    files: int
    bytes: int
    size: int
    notes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: where it was put, and when."""

    path: str
    made: str


def made_of(folder: Folder) -> list[Made]:
    """The backups of this study that still are where they were put, oldest first. What was copied on is not known."""
    try:
        found = [Made(**one) for one in json.loads((folder.root / _MADE).read_bytes())]
    except (OSError, ValueError, TypeError):
        return []
    return [one for one in found if Path(one.path).is_file()]


def _note(folder: Folder, target: Path) -> None:
    known = [one for one in made_of(folder) if one.path != str(target.resolve())]
    with contextlib.suppress(StorageError):  # a study on a full or read-only disk is the one to be saved
        write_json(folder.root / _MADE, [asdict(one) for one in (*known, Made(str(target.resolve()), now()))])


def backup(folder: Folder, target: Path, *, listen: Listen = lambda what, done, total: None) -> BackupReport:
    """Write the whole study to the zip file `target`, or nothing.

    `listen(what, done, total)` hears of progress in bytes. Raises NotAStudy; UsageError when `target` exists or lies
    in the study; StorageError when the disk refuses; InputError when a file is not what it should be.
    """
    folder.check()
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target} is there already", hint="Choose another name; a backup overwrites nothing.")
    if target.resolve().is_relative_to(folder.root.resolve()):
        raise UsageError(f"{target} lies in the study itself", hint="Choose a place outside of the study's folder.")
    url = folder.store_url()
    notes: dict[str, str] = {}
    with workplace(target.parent, ".seedbed-backup-") as place, storage_errors(target):
        paths = [path for path in _files(folder.root, notes) if not (url and path == folder.people)]
        sizes = {path: path.stat().st_size for path in paths}
        zip_path, saved = place / "backup.zip", list[Saved]()
        with os.fdopen(os.open(zip_path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                adding = _Adding(archive, listen, sum(sizes.values()))
                if url:
                    saved.append(_copied_store(adding, folder, place / "people.db"))
                for path in paths:
                    name = path.relative_to(folder.root).as_posix()
                    try:
                        saved.append(_add(adding, path, name, place / "copy", notes, emptied=bool(url)))
                    except FileNotFoundError:
                        notes[name] = "left out: it went away meanwhile"
                    adding.before += sizes[path]
                manifest = Manifest(
                    seedbed=__version__, made=now(), study=folder.root.resolve().name,
                    database="postgresql" if url else "sqlite", files=tuple(saved),
                )  # fmt: skip
                archive.writestr(MANIFEST, manifest.to_json())
            file.flush()
            os.fsync(file.fileno())
        size = zip_path.stat().st_size
        _put(zip_path, target)
        _note(folder, target)
        return BackupReport(target, len(saved), sum(one.size for one in saved), size, notes)


@dataclass(slots=True)
class _Adding:
    """Files on their way into the zip, and how far they are. `before`: bytes of the files that are done."""

    archive: zipfile.ZipFile
    listen: Listen
    total: int
    before: int = 0

    def add(self, path: Path, name: str, *, changed_ns: int) -> Saved:
        digest, size = hashlib.sha256(), 0
        entry = zipfile.ZipInfo(name)
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, (stat.S_IFREG | 0o600) << 16
        with path.open("rb") as source, self.archive.open(entry, "w", force_zip64=True) as sink:
            while block := source.read(_BLOCK):
                digest.update(block)
                size += len(block)
                sink.write(block)
                self.listen(name, min(self.before + size, self.total), self.total)
        return Saved(path=name, size=size, sha256=digest.hexdigest(), changed_ns=changed_ns)


def _files(root: Path, notes: dict[str, str]) -> list[Path]:
    """What belongs to the study, in the order in which it is copied."""
    found = []
    for folder, folders, names in os.walk(root):
        for name in sorted([*names, *folders]):
            path = Path(folder, name)
            mode = path.lstat().st_mode
            where = path.relative_to(root).as_posix()
            if stat.S_ISDIR(mode) or _is_passing(name):
                continue
            if not stat.S_ISREG(mode):
                notes[where] = "left out: it is a link" if stat.S_ISLNK(mode) else "left out: it is no file"
            elif not _is_text(where):
                notes[where.encode("utf-8", "replace").decode()] = "left out: its name is not UTF-8"
            else:
                found.append(path)
    first = [root / name for name in FIRST]
    return sorted(found, key=lambda path: (first.index(path) if path in first else 2, path.suffix != ".db", path))


def _is_passing(name: str) -> bool:
    """Locks, files that are being written, and what SQLite keeps beside a database."""
    return name.endswith((".lock", *(f".db{end}" for end in _BESIDE))) or _UNFINISHED.fullmatch(name) is not None


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _add(adding: _Adding, path: Path, name: str, copy: Path, notes: dict[str, str], *, emptied: bool) -> Saved:
    changed_ns, source = path.stat().st_mtime_ns, path
    if name == "study.toml" and emptied:
        text = path.read_bytes().decode("utf-8-sig")
        copy.write_text(with_database_key(text, "", where=str(path)), encoding="utf-8")
        source = copy
    elif path.suffix == ".db" and (_is_sqlite(path) or name in FIRST):
        copy.unlink(missing_ok=True)
        try:
            _copy_database(path, copy, lambda done: adding.listen(name, adding.before + done, adding.total))
            source = copy
        except InputError:
            if name in FIRST:
                raise
            notes[name] = "damaged, and saved as it is"
    return adding.add(source, name, changed_ns=changed_ns)


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def _copy_database(path: Path, copy: Path, listen: Callable[[int], None]) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None)) as source,
            closing(sqlite3.connect(copy, isolation_level=None)) as made,
        ):
            made.execute("PRAGMA synchronous=OFF")  # the zip is what has to last
            source.execute("PRAGMA busy_timeout=10000")
            (page_size,) = source.execute("PRAGMA page_size").fetchone()
            # one reading from beginning to end: else every commit of another process would begin the copy anew
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(made, pages=_PAGES, progress=lambda _, left, total: listen((total - left) * page_size))
            (sound,) = made.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        raise StorageError(f"Could not copy {path}: {error}", hint="Make room or free the file, then again.") from error
    except sqlite3.DatabaseError as error:
        raise _damaged(path, error) from error
    if sound != "ok":
        raise _damaged(path, sound)


def _damaged(path: Path, why: object) -> InputError:
    return InputError(f"{path} is damaged: {why}", hint="Restore it from an earlier backup.")


def _copied_store(adding: _Adding, folder: Folder, copy: Path) -> Saved:
    """What stands behind the study's URL, as people.db."""
    with EventStore.of(folder) as source, EventStore.at(copy) as made:
        copy_store(source.database, made.database, lambda rows: adding.listen(f"people.db ({rows:,} rows)", 0, 0))
    return adding.add(copy, "people.db", changed_ns=time.time_ns())


def _put(made: Path, target: Path) -> None:
    """Give the finished zip its name, which nobody has taken meanwhile."""
    try:
        os.link(made, target)  # unlike a renaming this never replaces a file
    except FileExistsError:
        raise UsageError(f"{target} is there already", hint="Choose another name.") from None
    except OSError:  # a file system without links, such as a memory stick's
        made.rename(target)
    sync_folder(target.parent)
