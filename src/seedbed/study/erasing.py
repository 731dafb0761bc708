"""Erasing: the only acts that change what was written.

Each changes its rows and leaves the mark `scrub` in one transaction; `scrub` then takes the old bytes from the file
and the mark away. So a power cut between the two is seen at the next start, and `scrub` does the rest.

SQLite's secure_delete is not enough: where a page of a tree is split or joined, bytes of the cells that moved on stay
in the page's free space (of 5,000 updates of mixed size 107 stood twice in the file). Only VACUUM writes every page
anew; the truncating checkpoint then empties the write-ahead log. PostgreSQL does the same with VACUUM FULL. Out of
reach: copies and backups, a file system's snapshots, blocks that a disk has freed and not reused; and PostgreSQL's own
write-ahead log, archives and replicas.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from seedbed.errors import Busy, InputError, StorageError
from seedbed.study import schema
from seedbed.study.database import Database
from seedbed.study.entries import Event, now

__all__ = ["blank_texts", "blank_where", "is_scrubbed", "raise_epoch", "rewrite_updates", "scrub", "scrub_file"]

_PAGE = 1000
_HINT = "Close what reads the study (another program, a report that is being made), then run the same command again."


def rewrite_updates(database: Database, stream: str, rewrite: Callable[[bytes], bytes]) -> int:
    """Put `rewrite(body)` in the place of each update's body; returns how many became different.

    They change in one transaction together with the stream's epoch, which rises if any changed. `rewrite` runs before
    that transaction, so that writers of other streams need not wait for it, and it may be asked twice about the same
    bytes. Memory: the bodies that change.
    """
    while True:
        with database.errors(), database.reading() as connection:
            epoch, stream_id = _epoch(connection, stream), _stream_id(connection, stream)
            if stream_id is None:
                return 0
        seen, changed = _changed(_bodies(database, stream_id, 0), rewrite)
        with database.errors(), database.writing() as connection:
            lock = schema.streams.update().where(schema.streams.c.stream == stream)
            connection.execute(lock.values(last=schema.streams.c.last))
            if _epoch(connection, stream) != epoch:
                continue  # somebody else erased in the meantime: what was read is old
            table = schema.updates
            newer = sa.select(table.c.seq, table.c.body).where(table.c.stream == stream_id, table.c.seq > seen)
            changed |= _changed(((seq, bytes(body)) for seq, body in connection.execute(newer).tuples()), rewrite)[1]
            if not changed:
                return 0
            connection.execute(
                table.update()
                .where(table.c.stream == stream_id, table.c.seq == sa.bindparam("at_seq"))
                .values(body=sa.bindparam("fresh")),
                [{"at_seq": seq, "fresh": body} for seq, body in changed.items()],
            )
            raise_epoch(connection, stream)
            _mark(connection)
            return len(changed)


def blank_texts(database: Database, person: str) -> list[str]:
    """Remove the texts that `person` owns; returns their ids. Events keep the ids and read None in their place."""
    with database.errors(), database.writing() as connection:
        table = schema.texts
        ids = connection.execute(table.delete().where(table.c.person == person).returning(table.c.text_id)).scalars()
        found = sorted(ids)
        if found:
            _mark(connection)
        return found


def blank_where(
    database: Database, stream: str, events: Iterable[Event], chosen: Callable[[Event], Collection[str]]
) -> list[str]:
    """Remove the texts that `chosen` names of each of the `events` of `stream`; returns their ids.

    One transaction. Events keep the ids and read None in their place.
    """
    wanted = {event.seq: names for event in events if (names := set(chosen(event)))}
    found: list[str] = []
    with database.errors(), database.writing() as connection:
        table, texts = schema.events, schema.texts
        for seq, names in wanted.items():
            query = sa.select(table.c.data).where(table.c.stream == stream, table.c.seq == seq)
            ids: dict[str, str] = json.loads(connection.execute(query).scalar_one()).get("texts", {})
            gone = texts.delete().where(texts.c.text_id.in_([ids[name] for name in names if name in ids]))
            found += connection.execute(gone.returning(texts.c.text_id)).scalars()
        if found:
            _mark(connection)
    return sorted(found)


def raise_epoch(connection: sa.Connection, stream: str) -> int:
    """The stream's past changes in this transaction: who holds a copy must not merge it. Returns the new epoch."""
    query = sa.text(
        "INSERT INTO epochs(stream, epoch) VALUES(:stream, 2)"
        " ON CONFLICT(stream) DO UPDATE SET epoch = epochs.epoch + 1 RETURNING epoch"
    )
    return int(connection.execute(query, {"stream": stream}).scalar_one())


def is_scrubbed(database: Database) -> bool:
    """Whether no erased bytes wait to be taken from the file."""
    with database.errors(), database.reading() as connection:
        return connection.execute(sa.text("SELECT 1 FROM marks WHERE name = 'scrub'")).scalar() is None


def scrub(database: Database, *, wait_s: float = 5.0) -> None:
    """Take what was erased from the files. Raises Busy when somebody reads or writes for longer than `wait_s`.

    Needs as much free disk as the store is large; else StorageError. Nothing is lost by either: scrub again.
    """
    with database.errors():
        if database.postgres:
            _vacuum_full(database, wait_s)
        else:
            with database.reading() as connection:
                driver = connection.connection.dbapi_connection
                assert isinstance(driver, sqlite3.Connection)
                _vacuum(driver, database.name, wait_s)
        with database.writing() as connection:
            connection.execute(sa.text("DELETE FROM marks WHERE name = 'scrub'"))


def scrub_file(path: Path, *, wait_s: float = 5.0) -> None:
    """`scrub` for another SQLite file of the study, such as identity.db."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA secure_delete=ON")
            _vacuum(db, str(path), wait_s)
    except sqlite3.OperationalError as error:
        raise StorageError(
            f"Could not use {path}: {error}", hint="Make room or free the file, then try again."
        ) from error
    except sqlite3.DatabaseError as error:
        raise InputError(f"{path} is no database: {error}", hint="Restore the file from a backup.") from error


def _vacuum(db: sqlite3.Connection, name: str, wait_s: float) -> None:
    (before,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute(f"PRAGMA busy_timeout={int(wait_s * 1000)}")
    try:
        db.execute("VACUUM")
        deadline = time.monotonic() + wait_s
        while (busy := _is_log_in_use(db)) and time.monotonic() < deadline:
            # SQLite itself does not wait for another's checkpoint, and after a VACUUM the next writer begins one
            time.sleep(0.02)
    except sqlite3.OperationalError as error:
        if not _is_busy(error):
            raise
        busy = True
    finally:
        db.execute(f"PRAGMA busy_timeout={before}")
    if busy:
        raise Busy(f"{name} is in use, so that erased text still stands in its files", hint=_HINT)


def _is_log_in_use(db: sqlite3.Connection) -> bool:
    """Empty the write-ahead log; whether it could not be."""
    try:
        return bool(db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if not _is_busy(error):
            raise
        return True


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _vacuum_full(database: Database, wait_s: float) -> None:
    tables = ", ".join(schema.metadata.tables)
    with database.reading() as connection:
        connection.execute(sa.text(f"SET lock_timeout = {int(wait_s * 1000)}"))
        try:
            connection.execute(sa.text(f"VACUUM FULL {tables}"))
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == "55P03":  # lock_not_available
                raise Busy(
                    f"{database.name} is in use, so that erased text still stands in its files", hint=_HINT
                ) from error
            raise
        finally:
            connection.execute(sa.text("RESET lock_timeout"))


def _bodies(database: Database, stream_id: int, after: int) -> Iterator[tuple[int, bytes]]:
    table = schema.updates
    while True:
        query = (
            sa.select(table.c.seq, table.c.body)
            .where(table.c.stream == stream_id, table.c.seq > after)
            .order_by(table.c.seq)
            .limit(_PAGE)
        )
        with database.errors(), database.reading() as connection:
            page = [(seq, bytes(body)) for seq, body in connection.execute(query).tuples()]
        if not page:
            return
        yield from page
        after = page[-1][0]


def _changed(bodies: Iterator[tuple[int, bytes]], rewrite: Callable[[bytes], bytes]) -> tuple[int, dict[int, bytes]]:
    """The last number seen, and by number the bodies that become different."""
    seen, changed = 0, {}
    for seq, body in bodies:
        seen, fresh = seq, rewrite(body)
        if fresh != body:
            changed[seq] = fresh
    return seen, changed


def _epoch(connection: sa.Connection, stream: str) -> int:
    query = sa.select(schema.epochs.c.epoch).where(schema.epochs.c.stream == stream)
    return int(connection.execute(query).scalar() or 1)


def _stream_id(connection: sa.Connection, stream: str) -> int | None:
    return connection.execute(sa.select(schema.names.c.id).where(schema.names.c.name == stream)).scalar()


def _mark(connection: sa.Connection) -> None:
    insert = "INSERT INTO marks(name, value) VALUES('scrub', :at) ON CONFLICT(name) DO NOTHING"
    connection.execute(sa.text(insert), {"at": now()})
