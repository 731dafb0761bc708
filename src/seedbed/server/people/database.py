"""One small SQLite file of secrets: private to its owner, durable, and wiped where it is deleted."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from seedbed.errors import InputError, StorageError
from seedbed.study import storage_errors

__all__ = ["Database", "stamp"]


def stamp(later: timedelta = timedelta()) -> str:
    """Now, or so much later, as ISO 8601 in UTC with milliseconds: these sort as text."""
    return (datetime.now(UTC) + later).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Database:
    """A SQLite file with `schema`, usable from any thread. Raises StorageError or InputError.

    Both sides are short: a read takes some 20 µs and may run in an event loop; a write waits for the disk, so it
    belongs in a thread. Readers have a connection of their own and never wait for a writer.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        with self._errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            # made before SQLite does, so that it is never readable by others; -wal and -shm take its mode
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            path.chmod(0o600)
            self._writer = self._connect()
            self._reader = self._connect()
            self._reader.execute("PRAGMA busy_timeout=1000")  # may be asked in an event loop
            self._writing = threading.Lock()
            self._reading = threading.Lock()
            with self.write() as db:
                for statement in schema.split(";"):
                    db.execute(statement)

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=10, isolation_level=None, check_same_thread=False)
        db.row_factory = sqlite3.Row
        for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            db.execute(f"PRAGMA {pragma}")
        return db

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, all or none."""
        with self._errors(), self._writing:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._errors(), self._reading:
            return self._reader.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        return next(iter(self.rows(query, values)), None)

    def wipe(self) -> None:
        """Empty the write-ahead log, so that what was deleted is in no file. Raises StorageError when it is in use."""
        with self._errors(), self._writing:
            self._writer.execute("VACUUM")  # bytes of split pages stay in their free space, secure_delete or not
            busy, *_ = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StorageError(
                f"Could not empty the log of {self.path}: another program reads it",
                hint="Close the other program, then do the same again: what was deleted is still in the log.",
            )

    def close(self) -> None:
        with self._writing, self._reading:
            self._writer.close()
            self._reader.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            with storage_errors(self.path):
                yield
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"Could not use {self.path}: {error}",
                hint="Nothing that was saved before is lost. Make room or free the file, then try again.",
            ) from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError):
                raise
            raise InputError(f"{self.path} is not a database: {error}", hint="Restore it from a copy.") from error
