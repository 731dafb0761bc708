"""Sessions of a server: a cookie's hash, and whom it stands for. Each can be ended by itself, and at once."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from seedbed.server.identity import RETURNING, Who
from seedbed.server.people.accounts import Account
from seedbed.server.people.database import Database, stamp
from seedbed.server.people.people import Person
from seedbed.server.people.tokens import digest, new_id, new_token, valid_token
from seedbed.server.refusals import Refusal

__all__ = ["SCHEMA", "Session", "Sessions"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions(
    id TEXT PRIMARY KEY, token BLOB NOT NULL UNIQUE, account TEXT, study TEXT, person TEXT,
    agent TEXT NOT NULL, created TEXT NOT NULL, seen TEXT NOT NULL, expires TEXT NOT NULL,
    ended INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS sessions_by_owner ON sessions(account, study, person);
CREATE TABLE IF NOT EXISTS returning_sessions(session TEXT PRIMARY KEY, study TEXT NOT NULL, link TEXT NOT NULL)"""

_ACCOUNT_LIFE = timedelta(days=14)
_PERSON_LIFE = timedelta(days=60)  # a workshop may have its sessions weeks apart, and a person has no password
_RETURNING_LIFE = timedelta(hours=12)  # by a link that opens the same again at any time; the device may be another's
_NOTE_EVERY = 60.0  # seconds between writing down who was seen: each is a commit


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in, as its owner sees it. Times are ISO 8601 UTC; `seen` is right to the minute."""

    id: str
    agent: str
    created: str
    seen: str
    expires: str


class Sessions:
    """The sessions of accounts and people. `person(study, id)` looks a person up, None when the study is not here."""

    def __init__(self, db: Database, person: Callable[[str, str], Person | None]) -> None:
        self._db = db
        self._person = person
        self._seen: dict[str, str] = {}
        self._noted = time.monotonic()

    def open_account(self, account: Account, agent: str = "") -> tuple[str, str]:
        """A new session of an account: its cookie's value, and its id."""
        return self._open(account.id, None, None, agent, _ACCOUNT_LIFE)

    def open_person(self, study: str, person: Person, agent: str = "") -> tuple[str, str]:
        """A new session of a person of `study`: its cookie's value, and its id."""
        return self._open(None, study, person.id, agent, _PERSON_LIFE)

    def open_returning(self, study: str, person: Person, link: str, agent: str = "") -> tuple[str, str]:
        """A new session of somebody who came by that personal link of theirs: for their own page alone."""
        return self._open(None, study, person.id, agent, _RETURNING_LIFE, link)

    def _open(
        self,
        account: str | None,
        study: str | None,
        person: str | None,
        agent: str,
        life: timedelta,
        link: str | None = None,
    ) -> tuple[str, str]:
        token, id, now = new_token(), new_id("s"), stamp()
        with self._db.write() as db:
            db.execute(
                "INSERT INTO sessions VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                (id, digest(token), account, study, person, _browser(agent), now, now, stamp(life)),
            )
            if link is not None:
                db.execute("INSERT INTO returning_sessions VALUES(?, ?, ?)", (id, study, link))
        return token, id

    def who(self, cookie: str | None) -> Who | None:
        """Whom a cookie's value stands for at this moment. Two short reads: it may run in the event loop."""
        if cookie is None or not valid_token(cookie):
            return None
        row = self._db.row(
            "SELECT s.*, a.name AS a_name, a.role AS a_role, r.link FROM sessions s "
            "LEFT JOIN accounts a ON a.id = s.account LEFT JOIN returning_sessions r ON r.session = s.id "
            "WHERE s.token = ? AND s.ended = 0",
            (digest(cookie),),
        )
        now = stamp()
        if row is None or row["expires"] <= now:
            return None
        who = self._of_row(row)
        if who is not None:
            self._seen[who.session] = now
        return who

    def _of_row(self, row: sqlite3.Row) -> Who | None:
        if row["account"] is not None:
            if row["a_name"] is None:
                return None
            return Who(row["account"], row["a_name"], row["a_role"], None, None, row["id"])
        person = self._person(row["study"], row["person"])
        if person is None or person.removed is not None:
            return None
        role = person.role if row["link"] is None else RETURNING
        return Who(person.id, person.name, role, row["study"], person.group or None, row["id"])

    def of_account(self, account: str) -> list[Session]:
        rows = self._db.rows(
            "SELECT * FROM sessions WHERE account = ? AND ended = 0 AND expires > ? ORDER BY created DESC, rowid DESC",
            (account, stamp()),
        )
        return [
            Session(row["id"], row["agent"], row["created"], max(row["seen"], self._seen.get(row["id"], "")),
                    row["expires"])
            for row in rows
        ]  # fmt: skip

    def end(self, id: str, *, account: str | None = None) -> None:
        """End one session; with `account`, only one of theirs. Raises Refusal unknown_session."""
        with self._db.write() as db:
            changed = db.execute(
                "UPDATE sessions SET ended = 1 WHERE id = ? AND ended = 0 AND account IS coalesce(?, account)",
                (id, account),
            )
            if not changed.rowcount:
                raise Refusal("unknown_session")

    def end_account(self, account: str, *, but: str = "") -> list[str]:
        """End an account's sessions, `but` one; returns the ids of those that ended."""
        return self._end_all("account = ? AND id != ?", account, but)

    def end_person(self, study: str, person: str) -> list[str]:
        """End a person's sessions; returns their ids."""
        return self._end_all("study = ? AND person = ?", study, person)

    def end_link(self, study: str, link: str) -> list[str]:
        """End the sessions that a personal link opened; returns their ids."""
        chosen = "id IN (SELECT session FROM returning_sessions WHERE study = ? AND link = ?)"
        return self._end_all(chosen, study, link)

    def _end_all(self, where: str, *values: str) -> list[str]:
        with self._db.write() as db:
            rows = db.execute(f"UPDATE sessions SET ended = 1 WHERE {where} AND ended = 0 RETURNING id", values)
            return [row["id"] for row in rows.fetchall()]

    def sweep(self, open: Collection[str] = ()) -> list[str]:
        """Write down who was seen, and forget what ended or expired, also by another process; returns those ids, and
        those of the `open` sessions that another process has forgotten.

        To be called every few seconds: a socket does not ask who it is again.
        """
        seen: dict[str, str] = {}
        if time.monotonic() - self._noted > _NOTE_EVERY:
            self._noted = time.monotonic()
            seen, self._seen = self._seen, {}
        marks = ", ".join("?" * len(open))
        left = {row["id"] for row in self._db.rows(f"SELECT id FROM sessions WHERE id IN ({marks})", list(open))}
        forgotten = [id for id in open if id not in left]
        gone = "ended = 1 OR expires <= ?"
        if not seen and self._db.row(f"SELECT 1 FROM sessions WHERE {gone}", (stamp(),)) is None:
            return forgotten
        with self._db.write() as db:
            db.executemany("UPDATE sessions SET seen = ? WHERE id = ?", [(at, id) for id, at in seen.items()])
            rows = db.execute(f"DELETE FROM sessions WHERE {gone} RETURNING id", (stamp(),)).fetchall()
            db.execute("DELETE FROM returning_sessions WHERE session NOT IN (SELECT id FROM sessions)")
            return [*forgotten, *(row["id"] for row in rows)]


_BROWSERS = ("Edg", "OPR", "Firefox", "SamsungBrowser", "Chrome", "Safari", "curl")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "CrOS", "Linux")


def _browser(agent: str) -> str:
    """A user agent in two words: enough to tell one's own devices apart, too little to track anybody."""
    browser = next((name for name in _BROWSERS if re.search(rf"\b{name}(iOS)?/", agent)), "")
    system = next((name for name in _SYSTEMS if name in agent), "")
    return " ".join(filter(None, (browser.replace("Edg", "Edge").replace("OPR", "Opera"), system)))
