"""One-time codes by which a person takes their place on a second device: phone beside laptop, or after a lost one."""

from __future__ import annotations

from datetime import timedelta

from seedbed.server.people.database import Database, stamp
from seedbed.server.people.people import People, Person
from seedbed.server.people.tokens import digest, new_token, valid_token
from seedbed.server.refusals import Refusal

__all__ = ["LIFE", "SCHEMA", "Devices"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS devices(token BLOB PRIMARY KEY, person TEXT NOT NULL UNIQUE, expires TEXT NOT NULL)"""

LIFE = timedelta(minutes=10)


class Devices:
    """The codes of one study. A code is 256 bits; only its hash is stored, one a person, until used or too old."""

    def __init__(self, db: Database, people: People) -> None:
        self._db = db
        self._people = people

    def make(self, person: str) -> tuple[str, str]:
        """A fresh code for this person and when it ends (ISO 8601 UTC); the one before opens nothing any more."""
        code, until = new_token(), stamp(LIFE)
        with self._db.write() as db:
            db.execute("DELETE FROM devices WHERE expires <= ?", (stamp(),))
            db.execute("INSERT OR REPLACE INTO devices VALUES(?, ?, ?)", (digest(code), person, until))
        return code, until

    def by_code(self, code: str) -> Person | None:
        """Whom that code lets in, while it does and while they take part."""
        if not valid_token(code):
            return None
        row = self._db.row("SELECT * FROM devices WHERE token = ? AND expires > ?", (digest(code), stamp()))
        person = None if row is None else self._people.find(row["person"])
        return None if person is None or person.removed is not None else person

    def use(self, code: str) -> Person:
        """Whom that code lets in, once. Raises Refusal bad_link."""
        person = self.by_code(code)
        with self._db.write() as db:
            gone = db.execute("DELETE FROM devices WHERE token = ?", (digest(code),)).rowcount
        if person is None or not gone:
            raise Refusal("bad_link")
        return person
