"""assessment/cache.db: what was measured on a text, by content, so that a second assessment costs little.

    measured(text, measure, value)   text = HMAC of the text with the study's key, measure = digest of a fingerprint
    summed(name, value)              figures of whole sets, named by the digest of all that they were computed from

Runs share it: the same text has the same vector wherever it stands. It holds nothing that cannot be computed
again, so a damaged file is thrown away. What it knows of a text goes with `forget`, whatever measured it, and the
sums with it, because words of the text may stand in them.
"""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from seedbed.study import Folder, storage_errors

__all__ = ["Cache", "forget"]

T = TypeVar("T")
_VERSION = 2
_SCHEMA = (
    "DROP TABLE IF EXISTS cache",  # version 1 named an entry by text and measure together: no text could be forgotten
    "CREATE TABLE IF NOT EXISTS measured(text BLOB NOT NULL, measure BLOB NOT NULL, value BLOB NOT NULL, "
    "PRIMARY KEY(text, measure)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS summed(name TEXT PRIMARY KEY, value BLOB NOT NULL)",
    f"PRAGMA user_version={_VERSION}",
)
BATCH = 256  # computed between two commits: about a second of work, which a kill repeats at most
_ASKED = 500  # keys in one query: SQLite's default limit is 999 bound values in old builds


class Cache:
    """The cache of `folder`, open until `close`. Raises StorageError when the disk refuses."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        path = folder.assessment / "cache.db"
        with storage_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = _open(path)
        except sqlite3.DatabaseError:
            for part in (path, path.with_name("cache.db-wal"), path.with_name("cache.db-shm")):
                part.unlink(missing_ok=True)
            self._db = _open(path)
        self._used: set[str] = set()
        self._keys: dict[str, bytes] = {}  # an HMAC takes longer than what is looked up by it
        self.hits = 0
        self.misses = 0

    def get(
        self,
        fingerprint: str,
        texts: Iterable[str],
        compute: Callable[[Sequence[str]], Iterable[bytes]],
        *,
        listen: Callable[[int, int], None] = lambda done, total: None,
    ) -> dict[str, bytes]:
        """Each distinct text with its value: stored ones from disk, the others as `compute` gives them.

        `compute` gets all texts that are missing and answers in their order; what it gave is written down every
        `BATCH` answers, so that it may be a stream.
        """
        measure = _digest(fingerprint)
        keys = {text: self._keys.get(text) or self._key(text) for text in texts}
        stored = self._stored(measure, list(keys.values()))
        found = {text: value for text, key in keys.items() if (value := stored.get(key)) is not None}
        del stored
        missing = [text for text in keys if text not in found]
        self.hits += len(found)
        self.misses += len(missing)
        if not missing:
            return found
        answers = zip(missing, compute(missing), strict=True)
        while part := list(itertools.islice(answers, BATCH)):
            with self._db:
                self._db.executemany(
                    "INSERT OR REPLACE INTO measured VALUES(?, ?, ?)",
                    [(keys[text], measure, value) for text, value in part],
                )
            found.update(part)
            listen(len(found), len(keys))
        return found

    def sum(self, name: str, compute: Callable[[], bytes]) -> bytes:
        """The value stored under `name`, or what `compute` gives, which is stored."""
        self._used.add(name)
        row = self._db.execute("SELECT value FROM summed WHERE name = ?", (name,)).fetchone()
        if row is not None:
            return bytes(row[0])
        value = compute()
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO summed VALUES(?, ?)", (name, value))
        return value

    def drop_unused_sums(self) -> None:
        """Delete the sums that were not asked for since the cache was opened: their sets are no longer."""
        with self._db:
            names = [name for (name,) in self._db.execute("SELECT name FROM summed") if name not in self._used]
            self._db.executemany("DELETE FROM summed WHERE name = ?", [(name,) for name in names])

    def _stored(self, measure: bytes, keys: list[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), _ASKED):
            part = keys[start : start + _ASKED]
            marks = ",".join("?" * len(part))
            query = f"SELECT text, value FROM measured WHERE text IN ({marks}) AND measure = ?"
            found.update(self._db.execute(query, [*part, measure]))
        return found

    def _key(self, text: str) -> bytes:
        key = self._keys[text] = _key(self._folder, text)
        return key

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def forget(folder: Folder, texts: Iterable[str]) -> int:
    """Delete what the cache holds of `texts`, whatever measured it; returns how many entries of theirs went."""
    path = folder.assessment / "cache.db"
    if not path.exists():
        return 0
    keys = [(_key(folder, text),) for text in texts]
    with closing(_open(path)) as db, db:
        db.execute("PRAGMA secure_delete=ON")
        db.execute("DELETE FROM summed")
        return db.executemany("DELETE FROM measured WHERE text = ?", keys).rowcount


def _key(folder: Folder, text: str) -> bytes:
    return bytes.fromhex(folder.digest("assess", text))


def _digest(fingerprint: str) -> bytes:
    return hashlib.sha256(fingerprint.encode()).digest()[:8]


def _open(path: Path) -> sqlite3.Connection:
    with storage_errors(path):
        db = sqlite3.connect(path, timeout=30)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")  # a power cut may cost the last entries, never the file
            if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                with db:
                    for statement in _SCHEMA:
                        db.execute(statement)
        except BaseException:
            db.close()
            raise
        return db
