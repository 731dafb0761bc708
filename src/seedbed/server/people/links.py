"""Join links: one for each group and role, as many people as like, until withdrawn or too old."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from seedbed.server.identity import LINK_ROLES, UNBOUND
from seedbed.server.people.accounts import checked_name
from seedbed.server.people.database import Database, stamp
from seedbed.server.people.people import People, Person
from seedbed.server.people.tokens import digest, new_id, new_token, valid_token
from seedbed.server.refusals import Refusal

__all__ = ["SCHEMA", "Link", "Links"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS links(
    id TEXT PRIMARY KEY, token BLOB NOT NULL UNIQUE, grp TEXT NOT NULL, role TEXT NOT NULL, label TEXT NOT NULL,
    created TEXT NOT NULL, expires TEXT, revoked TEXT, uses INTEGER NOT NULL)"""

_LONGEST_LIFE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Link:
    """What is kept of a link; its code is shown once, when it is made. Times are ISO 8601 UTC or None."""

    id: str
    group: str
    role: str
    label: str
    created: str
    expires: str | None
    revoked: str | None
    uses: int


class Links:
    """The links of one study. A code is 256 bits; only its hash is stored."""

    def __init__(self, db: Database, people: People) -> None:
        self._db = db
        self._people = people

    def all(self) -> list[Link]:
        return [_link(row) for row in self._db.rows("SELECT * FROM links ORDER BY created, rowid")]

    def make(self, group: str, role: str, label: str = "", expires: datetime | None = None) -> tuple[Link, str]:
        """A new link and its code. Raises Refusal bad_group, bad_expiry."""
        if role not in LINK_ROLES or (group == "") != (role in UNBOUND):
            raise Refusal("bad_group")
        code = new_token()
        until = None if expires is None else _until(expires)
        made = Link(new_id("l"), group, role, label, stamp(), until, None, 0)
        with self._db.write() as db:
            db.execute(
                "INSERT INTO links VALUES(?, ?, ?, ?, ?, ?, ?, NULL, 0)",
                (made.id, digest(code), group, role, label, made.created, until),
            )
        return made, code

    def revoke(self, id: str) -> None:
        """Nobody joins by it any more; who did stays until removed. Raises Refusal unknown_link."""
        with self._db.write() as db:
            changed = db.execute("UPDATE links SET revoked = coalesce(revoked, ?) WHERE id = ?", (stamp(), id))
            if not changed.rowcount:
                raise Refusal("unknown_link")

    def by_code(self, code: str) -> Link | None:
        """The link of that code, while it opens the door."""
        if not valid_token(code):
            return None
        row = self._db.row("SELECT * FROM links WHERE token = ?", (digest(code),))
        return _link(row) if row is not None and _open(row) else None

    def join(self, code: str, name: str) -> Person:
        """A new person by that link. Raises Refusal bad_link, bad_name, too_many_people."""
        name = checked_name(name)
        with self._db.write() as db:
            # looked up again inside the transaction: a link withdrawn a moment ago opens nothing
            row = db.execute("SELECT * FROM links WHERE token = ?", (digest(code),)).fetchone()
            if row is None or not _open(row):
                raise Refusal("bad_link")
            db.execute("UPDATE links SET uses = uses + 1 WHERE id = ?", (row["id"],))
            return self._people.add(db, name, row["grp"], row["role"], row["id"])


def _until(expires: datetime) -> str:
    """`expires` as it is stored. A time without a zone is UTC."""
    moment = (expires if expires.tzinfo else expires.replace(tzinfo=UTC)).astimezone(UTC)
    now = datetime.now(UTC)
    if not now < moment <= now + _LONGEST_LIFE:
        raise Refusal("bad_expiry")
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _open(row: sqlite3.Row) -> bool:
    return row["revoked"] is None and (row["expires"] is None or row["expires"] > stamp())


def _link(row: sqlite3.Row) -> Link:
    return Link(
        row["id"], row["grp"], row["role"], row["label"], row["created"], row["expires"], row["revoked"], row["uses"]
    )
