"""What a server keeps: accounts and sessions in its home, and beside them the identities of each study it serves."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from seedbed.errors import UsageError
from seedbed.server.people import accounts, devices, links, people, personal, sessions
from seedbed.server.people.accounts import Accounts, SetupToken
from seedbed.server.people.database import Database
from seedbed.server.people.devices import Devices
from seedbed.server.people.links import Links
from seedbed.server.people.people import People, Person
from seedbed.server.people.personal import PersonalLinks
from seedbed.server.people.sessions import Sessions
from seedbed.study import Folder, storage_errors

__all__ = ["Home", "StudyIdentity", "default_home", "named_studies"]

_SERVER = ";".join(
    (accounts.SCHEMA, sessions.SCHEMA, "CREATE TABLE IF NOT EXISTS keys(name TEXT PRIMARY KEY, value BLOB NOT NULL)")
)
_STUDY = ";".join((people.SCHEMA, links.SCHEMA, devices.SCHEMA, personal.SCHEMA))


def default_home() -> Path:
    """Where a server keeps its accounts when it is not told: $XDG_DATA_HOME/seedbed, or ~/.local/share/seedbed."""
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "share") / "seedbed"


def named_studies(folders: list[Path]) -> dict[str, Folder]:
    """The studies by the names they have in addresses: their folders'. Raises UsageError, NotAStudy."""
    named: dict[str, Folder] = {}
    for path in folders:
        folder = Folder(path.resolve())
        folder.check()
        name = Folder.name(folder.root.name, "study in an address")
        if name in named:
            raise UsageError(
                f"Two studies are called {name}: {named[name].root} and {folder.root}",
                hint="Rename one folder: the name stands in the addresses that people share.",
            )
        named[name] = folder
    return named


@dataclass(frozen=True, slots=True)
class StudyIdentity:
    """Who is who in one study, and by which links they come. `labelling` is held while its labels change."""

    folder: Folder
    db: Database
    people: People
    links: Links
    devices: Devices
    personal: PersonalLinks
    labelling: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def of(cls, folder: Folder) -> Self:
        db = Database(folder.identity, _STUDY)
        found = People(db)
        return cls(folder, db, found, Links(db, found), Devices(db, found), PersonalLinks(db, found))


class Home:
    """The server's own folder, readable by its owner alone, and the identities of its studies.

    `setup` is the one-time right to make the first organiser; None when there is one.
    """

    def __init__(self, path: Path, studies: Mapping[str, Folder], *, setup: str | None = None) -> None:
        with storage_errors(path):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.chmod(0o700)
        self.path = path
        self.db = Database(path / "server.db", _SERVER)
        self.studies = {name: StudyIdentity.of(folder) for name, folder in studies.items()}
        self.accounts = Accounts(self.db)
        self.sessions = Sessions(self.db, self.person)
        self.setup = None if self.accounts.has_organiser() else SetupToken(setup)
        with self.db.write() as db:
            db.execute("INSERT OR IGNORE INTO keys VALUES('devices', ?)", (secrets.token_bytes(32),))
            (key,) = db.execute("SELECT value FROM keys WHERE name = 'devices'").fetchone()
        self.device_key = bytes(key)

    @property
    def url(self) -> str | None:
        """Where the pages were last served from."""
        row = self.db.row("SELECT value FROM keys WHERE name = 'url'")
        return None if row is None else bytes(row["value"]).decode()

    @url.setter
    def url(self, url: str) -> None:
        with self.db.write() as db:
            db.execute("INSERT OR REPLACE INTO keys VALUES('url', ?)", (url.encode(),))

    def person(self, study: str, id: str) -> Person | None:
        identity = self.studies.get(study)
        return None if identity is None else identity.people.find(id)

    def close(self) -> None:
        for identity in self.studies.values():
            identity.db.close()
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
