"""Personal links: each leads one person back to their own page, for as long as nobody withdraws it.

A link is a secret that people keep in a drawer for months, send to themselves, and lose. So it opens little: a session
of the role `returning`, which reads and withdraws what is that person's, and writes nothing in their name on a board.
The secret stands behind the `#` of its address, which browsers send to no server; it comes in the body of a request.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from seedbed.server.people.database import Database, stamp
from seedbed.server.people.people import People, Person
from seedbed.server.people.tokens import digest, new_id, new_token, valid_token
from seedbed.server.refusals import Refusal

__all__ = ["MOST", "SCHEMA", "PersonalLink", "PersonalLinks"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS personal_links(
    id TEXT PRIMARY KEY, token BLOB NOT NULL UNIQUE, person TEXT NOT NULL, made_by TEXT NOT NULL,
    created TEXT NOT NULL, used TEXT, revoked TEXT);
CREATE INDEX IF NOT EXISTS personal_links_by_person ON personal_links(person)"""

MOST = 10  # that work at a time, of one person


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """What is kept of a link; its code is shown once, when it is made. Times are ISO 8601 UTC or None."""

    id: str
    person: str
    made_by: Literal["organiser", "person"]
    created: str
    used: str | None
    revoked: str | None


class PersonalLinks:
    """The personal links of one study. A code is 256 bits; only its hash is stored."""

    def __init__(self, db: Database, people: People) -> None:
        self._db = db
        self._people = people

    def of(self, person: str) -> list[PersonalLink]:
        """Every link of this person, newest first."""
        query = "SELECT * FROM personal_links WHERE person = ? ORDER BY created DESC, rowid DESC"
        return [_link(row) for row in self._db.rows(query, (person,))]

    def counts(self) -> dict[str, int]:
        """How many links of each person work."""
        rows = self._db.rows("SELECT person, count(*) AS n FROM personal_links WHERE revoked IS NULL GROUP BY person")
        return {row["person"]: int(row["n"]) for row in rows}

    def make(self, person: str, made_by: Literal["organiser", "person"]) -> tuple[PersonalLink, str]:
        """A new link and its code. Raises Refusal unknown_person, removed, links_full."""
        code = new_token()
        made = PersonalLink(new_id("k"), person, made_by, stamp(), None, None)
        with self._db.write() as db:
            if self._people.get(person).removed is not None:
                raise Refusal("removed")
            (count,) = db.execute(
                "SELECT count(*) FROM personal_links WHERE person = ? AND revoked IS NULL", (person,)
            ).fetchone()
            if count >= MOST:
                raise Refusal("links_full")
            db.execute(
                "INSERT INTO personal_links VALUES(?, ?, ?, ?, ?, NULL, NULL)",
                (made.id, digest(code), person, made_by, made.created),
            )
        return made, code

    def revoke(self, person: str, id: str) -> None:
        """It opens nothing any more. Raises Refusal unknown_link."""
        with self._db.write() as db:
            changed = db.execute(
                "UPDATE personal_links SET revoked = coalesce(revoked, ?) WHERE id = ? AND person = ?",
                (stamp(), id, person),
            )
            if not changed.rowcount:
                raise Refusal("unknown_link")

    def by_code(self, code: str) -> tuple[PersonalLink, Person] | None:
        """The link of that code and whose it is, while it works; also of somebody who was erased since, who may hear
        that."""
        if not valid_token(code):
            return None
        row = self._db.row("SELECT * FROM personal_links WHERE token = ? AND revoked IS NULL", (digest(code),))
        person = None if row is None else self._people.find(row["person"])
        return None if row is None or person is None else (_link(row), person)

    def used(self, id: str) -> None:
        """Note that it was used now, so that its owner sees a use that was not theirs."""
        with self._db.write() as db:
            db.execute("UPDATE personal_links SET used = ? WHERE id = ?", (stamp(), id))


def _link(row: sqlite3.Row) -> PersonalLink:
    return PersonalLink(row["id"], row["person"], row["made_by"], row["created"], row["used"], row["revoked"])
