"""Where things stand in a study folder, and the key that is the study's own.

study.toml  people.db  identity.db  taxonomy/N.json  profiles/ID.toml  seeds/  runs/NAME/  assessment/  propagation/
report/  releases/VERSION/
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from seedbed.errors import InputError, NotAStudy, UsageError
from seedbed.study.address import read_database_key
from seedbed.study.files import hold, storage_errors

__all__ = ["SERVE_LOCK", "Folder"]

SERVE_LOCK = ".serve.lock"
"""In a study's folder; whoever holds it may write its live documents."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Folder:
    """The paths of one study. `Folder(path)` does not touch the disk; `check()` raises NotAStudy."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __repr__(self) -> str:
        return f"Folder({str(self.root)!r})"

    @property
    def settings(self) -> Path:
        return self.root / "study.toml"

    @property
    def people(self) -> Path:
        return self.root / "people.db"

    def store_url(self) -> str:
        """The URL of the database that study.toml names; "" for people.db in the folder. Raises SettingsError."""
        return read_database_key(self.settings)

    @property
    def has_people(self) -> bool:
        """Whether there is a store to read: people.db, or a database by URL."""
        return self.people.is_file() or bool(self.store_url())

    @property
    def identity(self) -> Path:
        return self.root / "identity.db"

    @property
    def seeds(self) -> Path:
        return self.root / "seeds"

    @property
    def assessment(self) -> Path:
        return self.root / "assessment"

    @property
    def propagation(self) -> Path:
        return self.root / "propagation"

    @property
    def report(self) -> Path:
        return self.root / "report"

    @property
    def rehearsal(self) -> Path:
        """There where simulated people have taken part: who they were, and whether the study was made for them."""
        return self.root / "rehearsal.json"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    def taxonomy(self, version: int) -> Path:
        return self.root / "taxonomy" / f"{version}.json"

    def run(self, name: str) -> Path:
        return self.runs / self.name(name, "run")

    def release(self, version: str) -> Path:
        return self.releases / self.name(version, "release")

    def run_names(self) -> list[str]:
        """The runs that have a run.json, oldest first."""
        found = list(self.runs.glob("*/run.json")) if self.runs.is_dir() else []
        return [path.parent.name for path in sorted(found, key=lambda path: (path.stat().st_mtime_ns, path))]

    @staticmethod
    def name(text: str, what: str) -> str:
        """`text` if it can name a `what` on every file system; raises UsageError otherwise."""
        if not _NAME.fullmatch(text):
            raise UsageError(
                f"{text!r} cannot name a {what}",
                hint="Use up to 64 letters, digits, dots, dashes and underscores, starting with a letter or digit.",
            )
        return text

    def check(self) -> None:
        """Raises NotAStudy when there is no study.toml."""
        if not self.settings.is_file():
            raise NotAStudy(f"{self.root} is not a study: it has no study.toml", hint=f"seedbed new {self.root}")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the study's people-side for one process (import, curate); raises Busy."""
        with hold(self.root / ".lock", what=f"The study {self.root}"):
            yield

    @functools.cached_property
    def key(self) -> bytes:
        """The study's own 32-byte key, made at first use and kept in identity.db, which is never released."""
        with storage_errors(self.identity):
            fresh = not self.identity.exists()
            try:
                with closing(sqlite3.connect(self.identity, timeout=10)) as db, db:
                    db.execute("PRAGMA secure_delete=ON")
                    if fresh:
                        self.identity.chmod(0o600)
                    db.execute("CREATE TABLE IF NOT EXISTS keys(name TEXT PRIMARY KEY, value BLOB NOT NULL)")
                    db.execute("INSERT OR IGNORE INTO keys VALUES('study', ?)", (secrets.token_bytes(32),))
                    (value,) = db.execute("SELECT value FROM keys WHERE name = 'study'").fetchone()
            except sqlite3.DatabaseError as error:
                raise InputError(
                    f"{self.identity} is not a database of a study: {error}", hint="Restore it from a copy."
                ) from error
        return bytes(value)

    def digest(self, *parts: str) -> str:
        """A name for texts that only this study can compute: HMAC-SHA256 with the study's key, 32 hex digits."""
        joined = "\x1f".join(parts).encode()
        return hmac.new(self.key, joined, hashlib.sha256).hexdigest()[:32]
