"""The accounts of a server: organisers and curators, who come by name and password."""

from __future__ import annotations

import hmac
import sqlite3
from dataclasses import dataclass

from seedbed.server.people.database import Database, stamp
from seedbed.server.people.names import LONGEST, clean_name, name_key
from seedbed.server.people.passwords import LONGEST as LONGEST_PASSWORD
from seedbed.server.people.passwords import SHORTEST as SHORTEST_PASSWORD
from seedbed.server.people.tokens import digest, new_id, new_token
from seedbed.server.refusals import Refusal

__all__ = ["SCHEMA", "Account", "Accounts", "SetupToken", "checked_name", "checked_password"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL, password TEXT NOT NULL, created TEXT NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Account:
    """`role` is organiser or curator; `created` ISO 8601 UTC."""

    id: str
    name: str
    role: str
    created: str


class Accounts:
    """The table of accounts. It stores hashes that others made: hashing takes long and belongs elsewhere."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[Account]:
        return [_account(row) for row in self._db.rows("SELECT * FROM accounts ORDER BY created, rowid")]

    def get(self, id: str) -> Account:
        """Raises Refusal unknown_account."""
        row = self._db.row("SELECT * FROM accounts WHERE id = ?", (id,))
        if row is None:
            raise Refusal("unknown_account")
        return _account(row)

    def named(self, name: str) -> tuple[Account, str] | None:
        """The account of that name (case does not matter) and its password's hash."""
        row = self._db.row("SELECT * FROM accounts WHERE name_key = ?", (name_key(clean_name(name)),))
        return None if row is None else (_account(row), row["password"])

    def has_organiser(self) -> bool:
        return self._db.row("SELECT 1 FROM accounts WHERE role = 'organiser'") is not None

    def add(self, name: str, role: str, password: str, *, only_first: bool = False) -> Account:
        """Add an account; `password` is a hash. Raises Refusal name_taken, or setup_over when not the first."""
        name = checked_name(name)
        made = Account(new_id("a"), name, role, stamp())
        with self._db.write() as db:
            # inside the transaction, so that two who hold the same setup link make one organiser
            if only_first and db.execute("SELECT 1 FROM accounts WHERE role = 'organiser'").fetchone():
                raise Refusal("setup_over")
            try:
                db.execute(
                    "INSERT INTO accounts VALUES(?, ?, ?, ?, ?, ?)",
                    (made.id, name, name_key(name), role, password, made.created),
                )
            except sqlite3.IntegrityError:
                raise Refusal("name_taken") from None
        return made

    def remove(self, id: str) -> None:
        """Raises Refusal unknown_account, last_organiser."""
        with self._db.write() as db:
            row = db.execute("SELECT role FROM accounts WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise Refusal("unknown_account")
            others = db.execute("SELECT 1 FROM accounts WHERE role = 'organiser' AND id != ?", (id,)).fetchone()
            if row["role"] == "organiser" and not others:
                raise Refusal("last_organiser")
            db.execute("DELETE FROM accounts WHERE id = ?", (id,))

    def set_password(self, id: str, password: str, *, was: str | None = None) -> None:
        """Store a new hash; with `was`, only if that is still the stored one."""
        with self._db.write() as db:
            db.execute(
                "UPDATE accounts SET password = ? WHERE id = ? AND password = coalesce(?, password)",
                (password, id, was),
            )


class SetupToken:
    """The one-time right to make the first organiser, held in memory: a new one at each start, until there is one.

    `token` is given where several processes serve at one address.
    """

    def __init__(self, token: str | None = None) -> None:
        self.token = token or new_token()
        self._digest = digest(self.token)

    def fits(self, token: str) -> bool:
        return hmac.compare_digest(self._digest, digest(token))


def checked_name(given: str) -> str:
    """`given` as a name. Raises Refusal bad_name."""
    name = clean_name(given)
    if not name or len(given) > 4 * LONGEST:
        raise Refusal("bad_name")
    return name


def checked_password(given: str) -> str:
    """`given`, if it may be a password. Raises Refusal bad_password."""
    if not SHORTEST_PASSWORD <= len(given) <= LONGEST_PASSWORD:
        raise Refusal("bad_password")
    return given


def _account(row: sqlite3.Row) -> Account:
    return Account(row["id"], row["name"], row["role"], row["created"])
