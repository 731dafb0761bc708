"""Who is behind a person id of one study: identity.db, which is kept apart from what people did and never released."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seedbed.server.identity import UNBOUND
from seedbed.server.people.database import Database, stamp
from seedbed.server.people.names import name_key, unlike
from seedbed.server.people.tokens import new_id
from seedbed.server.refusals import Refusal

__all__ = ["SCHEMA", "People", "Person"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS people(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL, grp TEXT NOT NULL, role TEXT NOT NULL,
    link TEXT NOT NULL, joined TEXT NOT NULL, removed TEXT);
CREATE INDEX IF NOT EXISTS people_by_group ON people(grp, name_key)"""

MOST = 5000  # people in a study, those removed among them


@dataclass(frozen=True, slots=True)
class Person:
    """`group` is "" for a moderator or a rater. `link` is the id of the link they came by. Times are ISO 8601 UTC.

    `name` is "" once the person was erased.
    """

    id: str
    name: str
    group: str
    role: str
    link: str
    joined: str
    removed: str | None


class People:
    """The people of one study."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[Person]:
        return [_person(row) for row in self._db.rows("SELECT * FROM people ORDER BY joined, rowid")]

    def find(self, id: str) -> Person | None:
        row = self._db.row("SELECT * FROM people WHERE id = ?", (id,))
        return None if row is None else _person(row)

    def get(self, id: str) -> Person:
        """Raises Refusal unknown_person."""
        found = self.find(id)
        if found is None:
            raise Refusal("unknown_person")
        return found

    def add(self, db: sqlite3.Connection, name: str, group: str, role: str, link: str) -> Person:
        """Add a person inside the caller's transaction, under a name that nobody they meet has."""
        (count,) = db.execute("SELECT count(*) FROM people").fetchone()
        if count >= MOST:
            raise Refusal("too_many_people")
        name = unlike(name, _taken(db, group, role))
        made = Person(new_id("p"), name, group, role, link, stamp(), None)
        db.execute(
            "INSERT INTO people VALUES(?, ?, ?, ?, ?, ?, ?, NULL)",
            (made.id, name, name_key(name), group, role, link, made.joined),
        )
        return made

    def move(self, id: str, group: str) -> Person:
        """To another group; the name gets a suffix if somebody there has it. Raises Refusal."""
        with self._db.write() as db:
            row = db.execute("SELECT * FROM people WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise Refusal("unknown_person")
            if row["removed"] is not None:
                raise Refusal("removed")
            if row["role"] in UNBOUND:
                raise Refusal("bad_group")
            taken = _taken(db, group, row["role"]) - ({row["name_key"]} if row["grp"] == group else set())
            name = unlike(row["name"], taken)
            db.execute(
                "UPDATE people SET grp = ?, name = ?, name_key = ? WHERE id = ?", (group, name, name_key(name), id)
            )
        return self.get(id)

    def follow(self, members: Mapping[str, Mapping[str, Any]]) -> None:
        """Take group and removal from the workshop's own record, {person: {group, removed}}, which is the truth.

        The two are written one after the other; a server that died between them catches up here.
        """
        for person in self.all():
            known = members.get(person.id)
            if known is None or person.removed is not None:
                continue
            if known["removed"]:
                self.remove(person.id)
            elif person.role not in UNBOUND and known["group"] != person.group:
                self.move(person.id, known["group"])

    def remove(self, id: str) -> None:
        """Raises Refusal unknown_person. Removing twice keeps the first time."""
        with self._db.write() as db:
            changed = db.execute("UPDATE people SET removed = coalesce(removed, ?) WHERE id = ?", (stamp(), id))
            if not changed.rowcount:
                raise Refusal("unknown_person")

    def erase(self, id: str) -> None:
        """Remove the person and forget the name and the link, in every file of this database."""
        self.remove(id)
        with self._db.write() as db:
            db.execute("UPDATE people SET name = '', name_key = '', link = '' WHERE id = ?", (id,))
        self._db.wipe()


def _taken(db: sqlite3.Connection, group: str, role: str) -> set[str]:
    """The keys of the names of those whom a person of that group and role meets: a moderator meets everybody."""
    query = "SELECT name_key FROM people WHERE removed IS NULL"
    if role == "moderator":
        return {row["name_key"] for row in db.execute(query)}
    return {row["name_key"] for row in db.execute(query + " AND (grp = ? OR role = 'moderator')", (group,))}


def _person(row: sqlite3.Row) -> Person:
    return Person(row["id"], row["name"], row["grp"], row["role"], row["link"], row["joined"], row["removed"])
