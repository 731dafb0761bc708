"""assessment/cache.db: embeddings and parses by content, so that a second assessment costs little.

    cache(key, value)     key = HMAC of (measure's fingerprint, text) with the study's key; no text, no id

Runs share it: the same text has the same vector wherever it stands. It holds nothing that cannot be computed
again, so a damaged file is thrown away; what is in it of a text that was withdrawn goes with `forget`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from seedbed.study import Folder, storage_errors

__all__ = ["Cache", "forget"]

T = TypeVar("T")
_SCHEMA = "CREATE TABLE IF NOT EXISTS cache(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
BATCH = 256  # computed between two commits: about a second of embedding, which a kill repeats at most
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
        self.hits = 0
        self.misses = 0

    def get(
        self,
        fingerprint: str,
        texts: Sequence[str],
        compute: Callable[[Sequence[str]], Iterable[bytes]],
        *,
        listen: Callable[[int, int], None] = lambda done, total: None,
    ) -> dict[str, bytes]:
        """Each distinct text with its value: stored ones from disk, the others by `compute`, in the order given."""
        keys = {text: self._folder.digest(fingerprint, text) for text in dict.fromkeys(texts)}
        stored = self._stored(list(keys.values()))
        found = {text: stored[key] for text, key in keys.items() if key in stored}
        missing = [text for text in keys if text not in found]
        self.hits += len(found)
        self.misses += len(missing)
        for start in range(0, len(missing), BATCH):
            part = missing[start : start + BATCH]
            values = list(compute(part))
            with self._db:
                self._db.executemany(
                    "INSERT OR REPLACE INTO cache VALUES(?, ?)",
                    [(keys[text], value) for text, value in zip(part, values, strict=True)],
                )
            found.update(zip(part, values, strict=True))
            listen(len(found), len(keys))
        return found

    def _stored(self, keys: list[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for start in range(0, len(keys), _ASKED):
            part = keys[start : start + _ASKED]
            marks = ",".join("?" * len(part))
            found.update(self._db.execute(f"SELECT key, value FROM cache WHERE key IN ({marks})", part))
        return found

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def forget(folder: Folder, fingerprints: Iterable[str], texts: Iterable[str]) -> int:
    """Delete what the cache holds of `texts` under `fingerprints`; returns how many entries went."""
    path = folder.assessment / "cache.db"
    if not path.exists():
        return 0
    names = list(fingerprints)
    keys = [(folder.digest(name, text),) for text in texts for name in names]
    with closing(_open(path)) as db, db:
        db.execute("PRAGMA secure_delete=ON")
        return db.executemany("DELETE FROM cache WHERE key = ?", keys).rowcount


def _open(path: Path) -> sqlite3.Connection:
    with storage_errors(path):
        db = sqlite3.connect(path, timeout=30)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")  # a power cut may cost the last entries, never the file
            db.execute(_SCHEMA)
        except BaseException:
            db.close()
            raise
        return db
