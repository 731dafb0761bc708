"""journal.db: every reply once, as it came, and every verdict once, in slot order.

    calls(ask_id, attempt, first, count, ask, reply, prompt_tokens, completion_tokens, error, final, at, seconds)
    verdicts(slot, state, gate, reason, measured, rival, text, fields, notes, embedding)
    belongs(ask)                the fingerprint of the ask settings that the replies are to
    judged_by(id, settings, at, until)    the gates' settings that the verdicts stand on; the newest row counts
    withdrawals(id, at, until, policy, seeds, ask, verdict)    seeds that were taken back (withdrawing.py)

SQLite, WAL, synchronous=FULL: what `commit` has returned from survives a power cut. One writer at a time; any
SQL tool can read the file while a run goes on. `final` marks the row that settles an ask: its reply, or the
attempt after which it was given up. A row with both a reply and an error is one that could not be read: it was
paid for. `seconds` is what the attempt took, our own queue not counted.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seedbed.errors import InputError, StorageError
from seedbed.records import OVER_TARGET, Ask, Reply, State, Usage, Verdict

__all__ = ["Journal", "Outcome"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls(
  ask_id TEXT NOT NULL, attempt INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
  ask TEXT NOT NULL, reply TEXT, prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL,
  error TEXT NOT NULL, final INTEGER NOT NULL, at TEXT NOT NULL, seconds REAL NOT NULL DEFAULT 0,
  PRIMARY KEY(ask_id, attempt)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS settled ON calls(first) WHERE final;
CREATE TABLE IF NOT EXISTS verdicts(
  slot INTEGER PRIMARY KEY, state TEXT NOT NULL, gate TEXT NOT NULL, reason TEXT NOT NULL, measured,
  rival TEXT, text TEXT NOT NULL, fields TEXT NOT NULL, notes TEXT NOT NULL, embedding BLOB);
CREATE TABLE IF NOT EXISTS belongs(ask TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS judged_by(id INTEGER PRIMARY KEY, settings TEXT NOT NULL, at TEXT NOT NULL,
  until INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS withdrawals(id INTEGER PRIMARY KEY, at TEXT NOT NULL, until INTEGER NOT NULL,
  policy TEXT NOT NULL, seeds TEXT NOT NULL, ask TEXT, verdict TEXT);
"""
VERSION = 2
# What turns a journal of the version before into the next; each in one transaction with its number.
_UPGRADES = {
    1: "ALTER TABLE calls ADD COLUMN seconds REAL NOT NULL DEFAULT 0; "
    "ALTER TABLE judged_by ADD COLUMN until INTEGER NOT NULL DEFAULT 0"
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt at an ask ended. `final` when it settles the ask: with a reply, or given up.

    With an `error`, a `reply` is one that could not be read.
    """

    ask: Ask
    attempt: int
    reply: Reply | None
    error: str = ""
    final: bool = True
    seconds: float = 0.0


class Journal:
    """The journal at `path`. Raises StorageError when the disk refuses, InputError when the file is no journal.

    `commit` is for one thread at a time; reading opens a connection of its own and may go on beside it.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path, self._read_only = path, read_only
        with self._errors():
            self._db = self._connect()
            if read_only:
                return
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            (found,) = self._db.execute("PRAGMA user_version").fetchone()
            if found in _UPGRADES:
                self._db.executescript(f"BEGIN; {_UPGRADES[found]}; PRAGMA user_version={found + 1}; COMMIT")
                found += 1
            if found not in (0, VERSION):
                raise InputError(
                    f"{path} was written by another version of Seedbed (journal {found}, this one reads {VERSION})",
                    hint="Use that version for this run, or start a new one with --run NAME.",
                )
            self._db.executescript(_SCHEMA)
            self._db.execute(f"PRAGMA user_version={VERSION}")

    def _connect(self) -> sqlite3.Connection:
        # mode=ro writes nothing, so that a run on a full or read-only disk can still be read
        if self._read_only:
            return sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False, timeout=30
            )
        return sqlite3.connect(self.path, check_same_thread=False, isolation_level=None, timeout=30)

    def close(self) -> None:
        self._db.close()

    def commit(self, outcomes: Iterable[Outcome], verdicts: Iterable[tuple[Verdict, bytes | None]]) -> None:
        """Write both in one transaction; returns when they are on disk. Nothing is written twice."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        calls = [
            (o.ask.id, o.attempt, o.ask.first, o.ask.count, _dump(o.ask.to_json()),
             None if o.reply is None else _dump(o.reply.data),
             0 if o.reply is None else o.reply.usage.prompt_tokens,
             0 if o.reply is None else o.reply.usage.completion_tokens, _storable(o.error), int(o.final), now,
             o.seconds)
            for o in outcomes
        ]  # fmt: skip
        rows = [
            (v.slot, v.state.value, v.gate, v.reason, v.measured, v.rival, v.text, _dump(v.fields), _dump(v.notes), e)
            for v, e in verdicts
        ]
        with self._errors(reading=False):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany("INSERT INTO calls VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", calls)
                self._db.executemany("INSERT INTO verdicts VALUES(?,?,?,?,?,?,?,?,?,?)", rows)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def belong(self, ask: str) -> None:
        """Bind the journal to the ask settings with this fingerprint. Raises InputError when it is bound to others."""
        with self._errors():
            found = self._db.execute("SELECT ask FROM belongs").fetchone()
            if found is None:
                self._db.execute("INSERT INTO belongs VALUES(?)", (ask,))
        if found is not None and found[0] != ask:
            raise InputError(
                f"{self.path} holds the replies of another run than the run.json beside it",
                hint="Restore both from one copy, or start a new run with --run NAME.",
            )

    def check(self) -> None:
        """Raises InputError when SQLite finds a damaged page, or verdicts stand there whose calls are gone."""
        with self._errors():
            (found,) = self._db.execute("PRAGMA quick_check(1)").fetchone()
            slots, judged = self._db.execute(
                "SELECT (SELECT coalesce(sum(count),0) FROM calls WHERE final), (SELECT count(*) FROM verdicts)"
            ).fetchone()
        if found != "ok" or judged > slots:
            said = found if found != "ok" else f"{judged} verdicts, and replies for {slots}"
            raise InputError(f"{self.path} is damaged: {said}", hint="Restore it from a copy.")

    def judge_anew(self, settings: dict[str, Any]) -> None:
        """Drop every verdict, so that the same replies are judged by `settings`. Replies stay. One transaction."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM verdicts")
            self._db.execute(
                "INSERT INTO judged_by(settings, at, until) "
                "VALUES(?, ?, (SELECT coalesce(max(first + count), 0) FROM calls WHERE final))",
                (_dump(settings), now),
            )
            self._db.execute("UPDATE withdrawals SET verdict = ? WHERE verdict IS NOT NULL", (_dump(settings),))
            self._db.execute("COMMIT")

    def answered(self) -> bool:
        """Whether any attempt brought a reply, read or not: it was paid for."""
        with self._errors():
            return self._db.execute("SELECT 1 FROM calls WHERE reply IS NOT NULL LIMIT 1").fetchone() is not None

    def planned_otherwise(self) -> int:
        """The slot before which the asks on disk were planned by verdicts that are no longer the ones in force."""
        with self._errors():
            row = self._db.execute("SELECT until FROM judged_by ORDER BY id DESC LIMIT 1").fetchone()
        return int(row[0]) if row else 0

    def withdrawn_until(self) -> int:
        """The slot before which the asks on disk were planned with seeds that have been withdrawn since; 0: none."""
        with self._errors():
            if self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'withdrawals'").fetchone() is None:
                return 0  # a journal that was written before there was the table, and is only read
            return int(self._db.execute("SELECT coalesce(max(until), 0) FROM withdrawals").fetchone()[0])

    def judged_by(self) -> dict[str, Any] | None:
        """The settings of the last judgement anew; None when the verdicts still stand on run.json's."""
        with self._errors():
            row = self._db.execute("SELECT settings FROM judged_by ORDER BY id DESC LIMIT 1").fetchone()
        found: dict[str, Any] | None = json.loads(row[0]) if row else None
        return found

    # --- reading -----------------------------------------------------------------------------------------------

    def verdicts(self) -> Iterator[tuple[Verdict, bytes | None]]:
        """Verdicts with their stored vectors, in slot order, streamed."""
        with self._errors():
            for row in self._stream("SELECT * FROM verdicts ORDER BY slot"):
                yield _verdict(row[:9]), row[9]

    def settled(self, after: int) -> Generator[Outcome, None, None]:
        """The outcomes that settled asks whose first slot is `after` or later, in slot order, streamed."""
        query = (
            "SELECT ask_id, attempt, ask, reply, prompt_tokens, completion_tokens, error FROM calls "
            "WHERE final AND first >= ? ORDER BY first"
        )
        with self._errors():
            for ask_id, attempt, ask, reply, p, c, error in self._stream(query, (after,)):
                got = None if reply is None else Reply(json.loads(reply), Usage(p, c))
                yield Outcome(Ask.from_json(ask_id, json.loads(ask)), attempt, got, error)

    def attempts(self) -> dict[str, tuple[int, int]]:
        """Asks that are not settled: the number of the last attempt made, and how many replies could not be read."""
        query = "SELECT ask_id, max(attempt), sum(reply IS NOT NULL) FROM calls GROUP BY ask_id HAVING max(final) = 0"
        with self._errors():
            return {id: (attempt, unread) for id, attempt, unread in self._db.execute(query)}

    def rows(self) -> Iterator[tuple[Verdict, Ask, str]]:
        """(verdict, ask, time of the reply) of every slot that has a verdict, in order, streamed."""
        # CROSS JOIN holds SQLite to this order: calls in slot order, and for each a look-up of its verdicts by key.
        # Left to choose, it searched all calls for each verdict: quadratic, 10 minutes at 66,609 slots.
        query = (
            "SELECT v.slot, v.state, v.gate, v.reason, v.measured, v.rival, v.text, v.fields, v.notes, "
            "c.ask_id, c.ask, c.at FROM calls c CROSS JOIN verdicts v "
            "ON v.slot >= c.first AND v.slot < c.first + c.count WHERE c.final ORDER BY c.first, v.slot"
        )
        found = 0
        with self._errors(), closing(self._connect()) as db:
            db.execute("BEGIN")  # one view of the file for both: a run may go on meanwhile
            (judged,) = db.execute("SELECT count(*) FROM verdicts").fetchone()
            for row in db.execute(query):
                found += 1
                yield _verdict(row[:9]), Ask.from_json(row[9], json.loads(row[10])), row[11]
        if found < judged:  # a page that is torn, or calls that were removed
            raise InputError(
                f"{self.path} is damaged: {judged - found} of {judged} verdicts have no call",
                hint="Restore it from a copy.",
            )

    def settled_calls(self) -> Iterator[tuple[str, Usage, float, int, int]]:
        """(time, usage, seconds, slots, slots kept) of each ask that was answered, in slot order, streamed.

        Usage and seconds include attempts that were paid for and could not be read.
        """
        query = (
            "SELECT max(c.at), sum(c.prompt_tokens), sum(c.completion_tokens), max(c.seconds), max(c.count), "
            "(SELECT count(*) FROM verdicts v WHERE v.slot >= c.first AND v.slot < c.first + c.count "
            "AND v.state = 'kept') FROM calls c GROUP BY c.ask_id HAVING max(c.final) ORDER BY c.first"
        )
        for at, read, written, seconds, slots, kept in self._stream(query):
            yield at, Usage(read, written), seconds, slots, kept

    def attempts_at(self, ask_id: str) -> list[tuple[int, str, float, Usage, str]]:
        """(number, error, seconds, usage, time) of each attempt at one ask, in order."""
        query = (
            "SELECT attempt, error, seconds, prompt_tokens, completion_tokens, at FROM calls WHERE ask_id = ? "
            "ORDER BY attempt"
        )
        with self._errors():
            return [
                (number, error, seconds, Usage(read, written), at)
                for number, error, seconds, read, written, at in self._db.execute(query, (ask_id,))
            ]

    def spent(self) -> tuple[Usage, Usage]:
        """The tokens of all attempts that were answered, read or not; and the most that one of them took."""
        with self._errors():
            read, written, most_read, most_written = self._db.execute(
                "SELECT coalesce(sum(prompt_tokens),0), coalesce(sum(completion_tokens),0), "
                "coalesce(max(prompt_tokens),0), coalesce(max(completion_tokens),0) FROM calls WHERE reply IS NOT NULL"
            ).fetchone()
        return Usage(read, written), Usage(most_read, most_written)

    def totals(self) -> dict[str, Any]:
        """Counts for status: calls, attempts, tokens, and verdicts by state and by (state, gate)."""
        with self._errors():
            attempts, settled, prompt, completion = self._db.execute(
                "SELECT count(*), coalesce(sum(final),0), coalesce(sum(prompt_tokens),0), "
                "coalesce(sum(completion_tokens),0) FROM calls"
            ).fetchone()
            gates = self._db.execute("SELECT state, gate, count(*) FROM verdicts GROUP BY state, gate").fetchall()
            (over,) = self._db.execute(
                "SELECT count(*) FROM verdicts WHERE state = 'kept' AND json_extract(notes, ?)", (f"$.{OVER_TARGET}",)
            ).fetchone()
        states = {state.value: 0 for state in State}
        reasons: dict[str, int] = {}
        for state, gate, count in gates:
            states[state] += count
            if state != State.KEPT.value:
                reasons[gate] = reasons.get(gate, 0) + count
        return {
            "calls": settled, "attempts": attempts, "prompt_tokens": prompt, "completion_tokens": completion,
            **states, "over_target": over,
            "reasons": dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        }  # fmt: skip

    def _stream(self, query: str, arguments: tuple[Any, ...] = ()) -> Iterator[Any]:
        # a connection of its own: one view of the file for as long as the caller reads, in any thread
        with self._errors(), closing(self._connect()) as db:
            yield from db.execute(query, arguments)

    @contextmanager
    def _errors(self, *, reading: bool = True) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"Could not use {self.path}: {error}",
                hint="What was saved before is safe. Make room or free the file, then run the same command again.",
            ) from error
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"{self.path} is damaged or no journal: {error}", hint="Restore it from a copy."
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:  # JSON that is none, or of another form
            if not reading:
                raise
            raise InputError(f"{self.path} is damaged: {error}", hint="Restore it from a copy.") from error


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # json.dumps makes one at each call


def _storable(text: str) -> str:
    """Without half surrogates, which have no UTF-8 form: servers that cut an emoji send them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _dump(data: dict[str, Any]) -> str:
    return _ENCODER.encode(data) if data else "{}"


def _verdict(row: Any) -> Verdict:
    slot, state, gate, reason, measured, rival, text, fields, notes = row
    return Verdict(slot, State(state), gate, reason, measured, rival, text, json.loads(fields), json.loads(notes))
