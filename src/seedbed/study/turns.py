"""Turns: how several processes number the same streams. A turn is a transaction of PostgreSQL.

It begins by locking the rows of the streams it is for; what others wrote since comes with it, so that memory equals
disk whenever something is decided; and what is decided is written by the transaction that holds the rows. So a turn is
given back by the commit that it is for, and by nothing else: there is nothing to release, to renew or to believe. A
process that dies in its turn loses the transaction, and one that stands still loses it after `_PATIENCE_S`.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeAlias

from seedbed.errors import StorageError
from seedbed.study.entries import Act, Entry, iso

if TYPE_CHECKING:
    import sqlalchemy as sa

    from seedbed.study.database import Database
    from seedbed.study.events import EventStore
    from seedbed.study.log import Done
    from seedbed.study.writing import Writing

__all__ = ["ERASURES", "STEPS", "TURNS", "News", "Turn", "TurnLog", "alone", "news", "turn"]

ERASURES = "erasures"  # its epoch counts the erasures of the study: whoever keeps any stream in memory reads it anew
TURNS, STEPS = 0, 1  # what there are locks of: who erases is alone at the first, who turns boards at the second
_IDLE = 0  # libpq's PQTRANS_IDLE: no transaction
_PATIENCE_S = 10  # a turn that stands still for so long is taken away: everybody else's words wait for it


Submissions: TypeAlias = Sequence[tuple[Sequence[Entry], "Done"]]


@dataclass(frozen=True, slots=True)
class News:
    """What others wrote: by stream the entries after the number that was known, and the epoch of `ERASURES`."""

    entries: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    erasures: int = 1


class Turn:
    """The turn of some streams, within its transaction."""

    def __init__(self, driver: Any, writing: Writing, lasts: Mapping[str, int], news: News) -> None:
        self._driver, self._writing, self._lasts = driver, writing, lasts
        self.news = news

    def write(self, submissions: Sequence[Sequence[Entry]]) -> list[Exception | None]:
        """As `EventStore.commit`; the turn is over with it."""
        told, statements = self._writing.statements(submissions, self._lasts)
        # the rows are locked: every exchange with the database is waited for by other processes too, so there is one
        with self._driver.pipeline(), self._driver.cursor() as cursor:
            for statement, values, _ in statements:
                cursor.execute(statement, tuple(values))
            cursor.execute("COMMIT")
        return told


@contextmanager
def turn(driver: Any, database: Database, writing: Writing, known: Mapping[str, int]) -> Iterator[Turn]:
    """The turn of the streams in `known`, which are at those numbers in the caller's memory. Blocks until it is theirs.

    `driver` is a connection of psycopg in autocommit. The transaction is rolled back at the end of the context, unless
    it was written.
    """
    writing.know(known)
    with driver.pipeline(), driver.cursor() as begin, driver.cursor() as cursor:
        begin.execute("BEGIN")
        begin.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{_PATIENCE_S}s'")
        # before any row: who erases waits for whoever has a turn, and holds up whoever wants one
        begin.execute("SELECT pg_advisory_xact_lock_shared(%s)", (database.key + TURNS,))
        # in one order, so that no two wait for each other in a ring
        cursor.execute(
            "SELECT stream, last, (SELECT epoch FROM epochs WHERE stream = %s) FROM streams WHERE stream = ANY(%s)"
            " ORDER BY stream FOR UPDATE",
            (ERASURES, list(known)),
        )
        found = cursor.fetchall()
    try:
        lasts = {str(stream): int(last) for stream, last, _ in found}
        erasures = int(found[0][2] or 1) if found else 1
        yield Turn(driver, writing, lasts, News(_entries(driver, known, lasts), erasures))
    finally:
        if not driver.closed and driver.info.transaction_status != _IDLE:
            driver.execute("ROLLBACK")


def news(driver: Any, known: Mapping[str, int]) -> News:
    """What was written to those streams after those numbers, without a turn."""
    cursor = driver.execute(
        "SELECT stream, last FROM streams WHERE stream = ANY(%s) UNION ALL"
        " SELECT '', epoch FROM epochs WHERE stream = %s",
        (list(known), ERASURES),
    )
    lasts = {str(stream): int(last) for stream, last in cursor.fetchall()}
    erasures = lasts.pop("", 1)
    return News(_entries(driver, known, lasts), erasures)


@contextmanager
def alone(database: Database, at: int = TURNS, *, shared: bool = False) -> Iterator[None]:
    """Nobody else is alone `at` this meanwhile, and nobody has a turn while somebody is at TURNS; with `shared`,
    nobody is alone but others may share. On SQLite the caller is alone anyway."""
    if not database.postgres:
        yield
        return
    lock = "_shared" if shared else ""
    with database.reading() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f"SELECT pg_advisory_lock{lock}({database.key + at})")
        try:
            yield
        finally:
            cursor.execute(f"SELECT pg_advisory_unlock{lock}({database.key + at})")


def _entries(driver: Any, known: Mapping[str, int], lasts: Mapping[str, int]) -> dict[str, list[Entry]]:
    """Entries above the number in `known`, up to that in `lasts`, which are on disk, in order."""
    behind = [(stream, seq, lasts[stream]) for stream, seq in known.items() if lasts.get(stream, 0) > seq]
    if not behind:
        return {}
    wanted = "unnest(%s::text[], %s::bigint[], %s::bigint[]) AS w(stream, low, high)"
    values = [list(column) for column in zip(*behind, strict=True)]
    found: dict[str, list[Entry]] = {stream: [] for stream, _, _ in behind}
    with driver.pipeline(), driver.cursor() as updates, driver.cursor() as acts:
        updates.execute(
            f"SELECT w.stream, u.seq, u.at, actors.name, u.body FROM {wanted} JOIN names ON names.name = w.stream"
            " JOIN updates u ON u.stream = names.id AND u.seq > w.low AND u.seq <= w.high"
            " JOIN names actors ON actors.id = u.actor",
            values,
        )
        acts.execute(
            f"SELECT w.stream, e.seq, e.at, e.actor, e.kind, e.subject, e.data FROM {wanted}"
            " JOIN events e ON e.stream = w.stream AND e.seq > w.low AND e.seq <= w.high",
            values,
        )
        typed, happened = updates.fetchall(), acts.fetchall()
    for stream, seq, at, actor, body in typed:
        found[stream].append(Entry(stream, int(seq), iso(int(at)), actor, bytes(body)))
    events = [(*row[:6], json.loads(row[6])) for row in happened]
    bodies = _bodies(driver, [id for *_, data in events for id in data.get("texts", {}).values()])
    for stream, seq, at, actor, kind, subject, data in events:
        names = data.pop("texts", {})
        data.update({name: bodies.get(id) for name, id in names.items()})
        found[stream].append(Entry(stream, int(seq), at, actor, Act(kind, subject, data)))
    for entries in found.values():
        entries.sort(key=lambda entry: entry.seq)
    return found


def _bodies(driver: Any, ids: list[str]) -> dict[str, str]:
    if not ids:
        return {}
    return dict(driver.execute("SELECT text_id, body FROM texts WHERE text_id = ANY(%s)", (ids,)).fetchall())


@dataclass(frozen=True, slots=True)
class _Asked:
    """A turn that is asked for."""

    known: Mapping[str, int]
    opened: Callable[[News | BaseException], None]


class TurnLog:
    """Turns of a store, one at a time, in a thread of their own: `take`, and when it is given, `hand`."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._queue: SimpleQueue[_Asked | Submissions | None] = SimpleQueue()
        self._connection: sa.Connection | None = None
        self._handed: SimpleQueue[Submissions] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="seedbed-turns", daemon=True)
        self._thread.start()

    def take(self, known: Mapping[str, int], opened: Callable[[News | BaseException], None]) -> None:
        """Ask for the turn of these streams, which are at those numbers in memory. Returns at once.

        `opened` is called in the thread: with the news, and then `hand` has to be called, whatever happened, for
        everybody waits for it; or with what was raised, and then there is no turn.
        """
        self._queue.put(_Asked(known, opened))

    def submit_all(self, submissions: Submissions) -> None:
        """Write these without a turn: one that is not the next of its stream gets a Conflict, as in `Log`."""
        self._queue.put(submissions)

    def tell_others(self, tell: bool) -> None:
        """Whether other processes hear of what is written."""
        self._store.tell_others(tell)

    def hand(self, submissions: Submissions) -> None:
        """Write these, each whole or not at all, and give the turn back. `Log.submit` says what `done` hears."""
        self._handed.put(submissions)

    def close(self) -> None:
        """End the thread, once the turn that is under way is over."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            told: Sequence[BaseException | None] = ()
            if not isinstance(item, _Asked):
                entries = [entries for entries, _ in item]
                try:
                    told = self._store.commit(entries)
                except Exception as error:
                    told = self._again(entries, error)
                self._tell_all(item, told)
                continue
            known, opened = item.known, item.opened
            handed: Submissions | None = None
            try:
                with self._store.database.errors(), self._turn(known) as given:
                    opened(given.news)
                    handed = self._handed.get()
                    told = given.write([entries for entries, _ in handed])
            except Exception as error:
                if handed is None:
                    with suppress(RuntimeError):  # the loop that asked is closed
                        opened(error)
                    continue
                told = self._again([entries for entries, _ in handed], error)
            self._tell_all(handed, told)
        if self._connection is not None:
            self._connection.close()

    @contextmanager
    def _turn(self, known: Mapping[str, int]) -> Iterator[Turn]:
        """A turn by a connection that is kept, so that it costs as few exchanges as can be."""
        if self._connection is None:
            self._connection = self._store.database.reading()
        try:
            with self._store.turn(known, self._connection) as given:
                yield given
        except BaseException:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
            raise

    def _again(self, submissions: Sequence[Sequence[Entry]], error: Exception) -> Sequence[BaseException | None]:
        if isinstance(error, StorageError) or len(submissions) == 1:
            return [error] * len(submissions)
        told: list[BaseException | None] = []
        for one in submissions:  # something in one of them cannot be written: the others do not suffer for it
            try:
                told += self._store.commit([one])
            except Exception as own:
                told.append(own)
        return told

    def _tell_all(self, submissions: Submissions, told: Sequence[BaseException | None]) -> None:
        for (_, done), error in zip(submissions, told, strict=True):
            try:
                done(error)
            except BaseException:
                threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), self._thread)))
