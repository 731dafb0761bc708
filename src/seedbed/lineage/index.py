"""lineage/index.db: the links of every run and release, read once and kept until their files change.

It holds ids and slot numbers, no words and nobody's name, and nothing that cannot be read again: delete it when you
like. A source is known by its files as they stood before they were read; one that changed is read anew, whole, at
30,000 rows a second.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from seedbed.lineage import stored
from seedbed.lineage.journals import read_links
from seedbed.lineage.links import JUDGEMENTS, RUNS, Place, ReleaseLinks, RunLinks
from seedbed.lineage.releases import MANIFEST, read_release
from seedbed.study import Folder

__all__ = ["Index", "index_path"]

Listen = Callable[[str, int, int], None]
L = TypeVar("L", RunLinks, ReleaseLinks)

# A file that was written so shortly ago may be written again within one tick of the disk's clock
_SETTLED_S = 0.1
_WAIT_S = 5.0


def index_path(folder: Folder) -> Path:
    return folder.root / "lineage" / "index.db"


@dataclass(frozen=True, slots=True)
class _Source(Generic[L]):
    """Something on the disk with its links, and the mark of its files from before they were read."""

    name: str
    path: Path
    files: tuple[str, ...]
    read: Callable[[Path], L]

    def size(self) -> int:
        files = [self.path / file for file in self.files]
        if MANIFEST in self.files:
            files += self.path.glob("*/*.jsonl")
        return sum(file.stat().st_size for file in files if file.is_file())

    def mark(self) -> str:
        found: list[str] = []
        newest = 0.0
        for file in self.files:
            with contextlib.suppress(OSError):
                stat = (self.path / file).stat()
                # an empty -wal comes and goes with whoever reads
                if stat.st_size or not file.endswith("-wal"):
                    newest = max(newest, stat.st_mtime)
                    found.append(f"{file}:{stat.st_ino}:{stat.st_size}:{stat.st_mtime_ns}")
        if time.time() - newest < _SETTLED_S:
            found.append(f"at {time.time_ns()}")
        return " ".join(found)


class Index:
    """The links of a study's runs, judging runs and releases, as the disk has them when `refresh` was last called."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._runs: dict[str, tuple[str, RunLinks]] = {}
        self._releases: dict[str, tuple[str, ReleaseLinks]] = {}

    @property
    def runs(self) -> Mapping[str, RunLinks]:
        """By name. A run that is gone is here as far as a release tells of it."""
        return self._named(RUNS)

    @property
    def judgings(self) -> Mapping[str, RunLinks]:
        return self._named(JUDGEMENTS)

    @property
    def releases(self) -> Mapping[str, ReleaseLinks]:
        return {links.version: links for _, links in self._releases.values()}

    def _named(self, place: Place) -> dict[str, RunLinks]:
        found = {links.name: links for _, links in self._runs.values() if links.place == place}
        if place == RUNS:
            for _, release in self._releases.values():
                for name, links in release.runs.items():
                    found.setdefault(name, links)
        return found

    def stale(self) -> int:
        """How many bytes of journals and releases' lists are neither in memory nor, as they are now, in the index."""
        held = {name: mark for name, (mark, _) in (*self._runs.items(), *self._releases.items())}
        sources: list[_Source[RunLinks] | _Source[ReleaseLinks]] = [*self._run_sources(), *self._release_sources()]
        changed = [one for one in sources if held.get(one.name) != one.mark()]
        if not changed:
            return 0
        known: dict[str, str] = {}
        with contextlib.suppress(sqlite3.Error), self._database() as db:
            known = dict(db.execute("SELECT source, mark FROM sources")) if db else {}
        return sum(one.size() for one in changed if known.get(one.name) != one.mark())

    def refresh(self, listen: Listen = lambda what, done, total: None) -> bool:
        """Read what changed; returns whether anything did. A folder that cannot be written is indexed in memory."""
        runs = {one.name: one for one in self._run_sources()}
        releases = {one.name: one for one in self._release_sources()}
        marks = {name: one.mark() for name, one in runs.items()} | {name: one.mark() for name, one in releases.items()}
        have = {name: mark for name, (mark, _) in (*self._runs.items(), *self._releases.items())}
        if marks == have:
            return False
        try:
            with self._database() as db:
                self._take(db, runs, releases, marks, listen)
        except sqlite3.Error:  # a full disk, or a damaged page: read all of it, and keep it in memory
            index_path(self._folder).unlink(missing_ok=True)
            self._take(None, runs, releases, marks, listen)
        return True

    def _take(
        self,
        db: sqlite3.Connection | None,
        runs: Mapping[str, _Source[RunLinks]],
        releases: Mapping[str, _Source[ReleaseLinks]],
        marks: Mapping[str, str],
        listen: Listen,
    ) -> None:
        known = dict(db.execute("SELECT source, mark FROM sources")) if db else {}
        self._runs = _taken(db, runs, marks, known, self._runs, stored.load_run, stored.store_run, listen)
        self._releases = _taken(
            db, releases, marks, known, self._releases, stored.load_release, stored.store_release, listen
        )
        if db:
            for gone in known.keys() - marks.keys():
                stored.drop(db, gone)

    def _run_sources(self) -> Iterator[_Source[RunLinks]]:
        files = ("run.json", "journal.db", "journal.db-wal")
        for place in (RUNS, JUDGEMENTS):
            for path in _folders(self._folder.root / place, "run.json", "journal.db"):
                read = _of_runs if place == RUNS else _of_judgements
                yield _Source(f"{place}/{path.name}", path, files, read)

    def _release_sources(self) -> Iterator[_Source[ReleaseLinks]]:
        for path in _folders(self._folder.releases, MANIFEST):
            yield _Source(f"releases/{path.name}", path, (MANIFEST, "SHA256SUMS"), read_release)

    @contextlib.contextmanager
    def _database(self) -> Iterator[sqlite3.Connection | None]:
        """The index in one transaction, or None where it cannot be written: it is a cache, and never in the way."""
        path = index_path(self._folder)
        try:
            path.parent.mkdir(exist_ok=True)
            db = _opened(path)
        except (OSError, sqlite3.Error):
            yield None
            return
        try:
            yield db
            db.execute("COMMIT")
        finally:
            db.close()


def _taken(
    db: sqlite3.Connection | None,
    sources: Mapping[str, _Source[L]],
    marks: Mapping[str, str],
    known: Mapping[str, str],
    held: Mapping[str, tuple[str, L]],
    load: Callable[[sqlite3.Connection, str], L],
    store: Callable[[sqlite3.Connection, str, str, L], None],
    listen: Listen,
) -> dict[str, tuple[str, L]]:
    found: dict[str, tuple[str, L]] = {}
    for number, (name, source) in enumerate(sources.items()):
        mark = marks[name]
        if name in held and held[name][0] == mark:
            found[name] = held[name]
        elif db and known.get(name) == mark:
            found[name] = mark, load(db, name)
        else:
            listen(f"reading {name}", number, len(sources))
            found[name] = mark, source.read(source.path)
            if db:
                stored.drop(db, name)
                store(db, name, mark, found[name][1])
    return found


def _opened(path: Path) -> sqlite3.Connection:
    try:
        return _begun(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:  # damaged, or of another version: it is made anew
        for part in (path, path.with_name("index.db-wal"), path.with_name("index.db-shm")):
            part.unlink(missing_ok=True)
        return _begun(path)


def _begun(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version not in (0, stored.VERSION):
            raise sqlite3.DatabaseError("of another version")
        db.execute("PRAGMA synchronous=OFF")  # what a power cut takes is read again
        db.execute("BEGIN IMMEDIATE")
        for statement in filter(str.strip, stored.SCHEMA.split(";")):
            db.execute(statement)
        db.execute(f"PRAGMA user_version={stored.VERSION}")
    except BaseException:
        db.close()
        raise
    return db


def _folders(root: Path, *marks: str) -> list[Path]:
    """The folders in `root` that hold one of the files `marks`, by name."""
    if not root.is_dir():
        return []
    return [
        path
        for path in sorted(root.iterdir())
        if not path.name.startswith(".") and any((path / mark).is_file() for mark in marks)
    ]


def _of_runs(path: Path) -> RunLinks:
    return read_links(path, RUNS)


def _of_judgements(path: Path) -> RunLinks:
    return read_links(path, JUDGEMENTS)
