"""How entries are written: straight through the driver, many rows a statement.

The writer's thread shares the interpreter with the event loop. The SQLite driver gives up the interpreter's lock at
every step and may wait 5 ms for it while the loop is busy: one statement of sixteen rows waits once, sixteen
statements wait sixteen times. And SQLAlchemy's own work is some 20 µs a statement: as much as SQLite's.
"""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeAlias

import sqlalchemy as sa

from seedbed.study.database import Database
from seedbed.study.entries import Act, Conflict, Entry, milliseconds

__all__ = ["Statement", "Writing"]

_COLUMNS = {
    "updates": "stream, seq, at, actor, body",
    "events": "stream, seq, at, actor, kind, subject, data",
    "texts": "text_id, person, body",
}
_NOTIFIED = 30  # streams a notification, which may have 8,000 bytes; the name of one has 200 characters at most
_EXACT, _LARGEST = 16, 64  # rows a statement: any number up to 16, then powers of two, so that few are prepared

_Row = tuple[Any, ...]
Statement: TypeAlias = tuple[str, Iterable[Any], int | None]
"""SQL, its values, and how many rows it has to change, where that matters."""


@dataclass(slots=True)
class _Rows:
    """What one or more submissions come to: rows by table, and the streams' new last numbers."""

    lasts: dict[str, int] = field(default_factory=dict)
    updates: list[_Row] = field(default_factory=list)
    events: list[_Row] = field(default_factory=list)
    texts: list[_Row] = field(default_factory=list)

    def add(self, other: _Rows) -> None:
        self.lasts |= other.lasts
        self.updates += other.updates
        self.events += other.events
        self.texts += other.texts


class Writing:
    """The statements that write to one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._streams: set[str] = set()
        self._names: dict[str, int] = {}
        self.notifies = True
        self._mark = "%s" if database.postgres else "?"

    def commit(self, submissions: Sequence[Sequence[Entry]]) -> list[Exception | None]:
        """One transaction for every submission whose entries are the next of their streams; what befell each."""
        made = self._all_made(submissions)
        expected: dict[str, int] = {}
        for entry in chain.from_iterable(submissions):
            expected.setdefault(entry.stream, entry.seq - 1)
        self.know(expected)
        if not self._database.postgres:
            # most often the streams stand where their first entries say: then nothing need be read. (PostgreSQL needs
            # the reading: it locks the rows in one order, so that no two writers wait for each other in a ring.)
            with contextlib.suppress(_Moved), self._database.writing() as connection:
                told, whole = _accepted(submissions, made, expected)
                if any(isinstance(failed, Conflict) for failed in told):
                    raise _Moved
                self._write(connection, whole, expected)
                return told
        with self._database.writing() as connection:
            lasts = self.lasts(connection, expected)
            told, whole = _accepted(submissions, made, lasts)
            self._write(connection, whole, lasts)
            return told

    def statements(
        self, submissions: Sequence[Sequence[Entry]], lasts: Mapping[str, int]
    ) -> tuple[list[Exception | None], list[Statement]]:
        """What befalls each submission in a transaction that has the streams locked, at `lasts`, and what it has to do
        for that."""
        told, whole = _accepted(submissions, self._all_made(submissions), lasts)
        return told, list(self._statements(whole, lasts))

    def _all_made(self, submissions: Sequence[Sequence[Entry]]) -> list[_Rows | Exception]:
        """What each comes to. An act that cannot be written is what befalls its own submission alone."""
        made: list[_Rows | Exception] = []
        self._name(chain.from_iterable(submissions))
        for entries in submissions:
            try:
                made.append(self._made(entries))
            except (TypeError, ValueError) as error:
                made.append(error)
        return made

    def append(self, connection: sa.Connection, entries: Sequence[Entry], lasts: Mapping[str, int]) -> None:
        """Write entries that are the next of their streams, whose rows are locked and stand at `lasts`."""
        self._name(entries)
        self._write(connection, self._made(entries), lasts)

    def know(self, streams: Iterable[str]) -> None:
        """Make the row of each stream, in one transaction before the one that locks them."""
        unknown = sorted(set(streams) - self._streams)
        for part, values in self._parts([(stream,) for stream in unknown], 1):
            with self._database.reading() as connection:
                self._execute(
                    connection,
                    f"INSERT INTO streams(stream, last) SELECT column1, 0 FROM (VALUES {values}) AS fresh WHERE true"
                    " ON CONFLICT DO NOTHING",
                    chain.from_iterable(part),
                )
        self._streams.update(unknown)

    def lasts(self, connection: sa.Connection, streams: Collection[str]) -> dict[str, int]:
        """The last number of each stream, whose row is then locked until the transaction ends."""
        if not streams:
            return {}
        lock = "ORDER BY stream FOR UPDATE" if self._database.postgres else ""
        marks = ", ".join([self._mark] * len(streams))
        query = f"SELECT stream, last FROM streams WHERE stream IN ({marks}) {lock}"
        return {str(stream): int(last) for stream, last in self._execute(connection, query, streams).fetchall()}

    def _name(self, entries: Iterable[Entry]) -> None:
        """Give each stream and person of `updates` the number that stands for it there.

        All at once, in one transaction before the entries': when a session begins, many people type for the first time
        in one batch, and a transaction for each was a flush for each (15 to 35, some 30 ms, in which nobody was told).
        """
        wanted = {name for entry in entries if isinstance(entry.body, bytes) for name in (entry.stream, entry.actor)}
        for part, values in self._parts([(name,) for name in sorted(wanted - self._names.keys())], 1):
            names = [name for (name,) in part]
            with self._database.reading() as connection:
                self._execute(connection, f"INSERT INTO names(name) VALUES {values} ON CONFLICT DO NOTHING", names)
                marks = ", ".join([self._mark] * len(names))
                found = self._execute(connection, f"SELECT name, id FROM names WHERE name IN ({marks})", names)
                self._names.update((str(name), int(id)) for name, id in found.fetchall())

    def _made(self, entries: Sequence[Entry]) -> _Rows:
        made = _Rows()
        for entry in entries:
            made.lasts[entry.stream] = entry.seq
            if isinstance(entry.body, bytes):
                stream, actor = self._names[entry.stream], self._names[entry.actor]
                made.updates.append((stream, entry.seq, milliseconds(entry.at), actor, entry.body))
            else:
                act = entry.body
                data, texts = _apart(act, entry.actor)
                made.events.append((entry.stream, entry.seq, entry.at, entry.actor, act.kind, act.subject, data))
                made.texts += texts
        return made

    def _write(self, connection: sa.Connection, rows: _Rows, lasts: Mapping[str, int]) -> None:
        """Raises _Moved when a stream does not stand at its number in `lasts`."""
        for statement, values, count in self._statements(rows, lasts):
            done = self._execute(connection, statement, values)
            if count is not None and done.rowcount != count:
                raise _Moved

    def _statements(self, rows: _Rows, lasts: Mapping[str, int]) -> Iterator[Statement]:
        moved = [(stream, lasts[stream], last) for stream, last in rows.lasts.items()]
        for part, values in self._parts(moved, 3):
            update = (
                # both databases call the columns of VALUES so
                f"UPDATE streams SET last = moved.column3 FROM (VALUES {values}) AS moved"
                " WHERE streams.stream = moved.column1 AND streams.last = moved.column2"
            )
            yield update, chain.from_iterable(part), len(part)
        for table, columns in _COLUMNS.items():
            for part, values in self._parts(getattr(rows, table), columns.count(",") + 1):
                yield f"INSERT INTO {table}({columns}) VALUES {values}", chain.from_iterable(part), None
        if self._database.postgres and self.notifies:
            # the other processes hear how far streams have come, when and if this transaction commits
            lines = [f"{last} {stream}" for stream, last in rows.lasts.items()]
            for start in range(0, len(lines), _NOTIFIED):
                said = "\n".join(lines[start : start + _NOTIFIED])
                yield "SELECT pg_notify(%s, %s)", (self._database.channel, said), None

    def _parts(self, rows: Sequence[_Row], width: int) -> Iterable[tuple[Sequence[_Row], str]]:
        """`rows` in parts, each with its marks for VALUES."""
        row, start = f"({', '.join([self._mark] * width)})", 0
        while (left := len(rows) - start) > 0:
            size = left if left <= _EXACT else min(_LARGEST, 1 << (left.bit_length() - 1))
            yield rows[start : start + size], ", ".join([row] * size)
            start += size

    @staticmethod
    def _execute(connection: sa.Connection, statement: str, values: Iterable[Any]) -> Any:
        cursor = connection.connection.cursor()
        cursor.execute(statement, tuple(values))
        return cursor


class _Moved(Exception):
    """A stream does not stand where it was expected."""


def _accepted(
    submissions: Sequence[Sequence[Entry]], made: Sequence[_Rows | Exception], lasts: Mapping[str, int]
) -> tuple[list[Exception | None], _Rows]:
    """What befalls each submission when the streams stand at `lasts`, and the rows of all that are written."""
    told: list[Exception | None] = []
    whole, reached = _Rows(), dict(lasts)
    for entries, rows in zip(submissions, made, strict=True):
        failed = rows if isinstance(rows, Exception) else _conflict(entries, reached)
        if isinstance(rows, _Rows) and failed is None:
            reached |= rows.lasts
            whole.add(rows)
        told.append(failed)
    return told, whole


def _conflict(entries: Sequence[Entry], lasts: Mapping[str, int]) -> Conflict | None:
    moved: dict[str, int] = {}
    for entry in entries:
        last = moved.get(entry.stream, lasts[entry.stream])
        if entry.seq != last + 1:
            return Conflict(entry.stream, expected=entry.seq - 1, last=last)
        moved[entry.stream] = entry.seq
    return None


def _apart(act: Act, actor: str) -> tuple[str, list[tuple[str, str, str]]]:
    """The act's data as JSON that names its texts, and the rows of those texts."""
    data = dict(act.data)
    if "texts" in data or data.keys() & act.texts.keys():
        raise ValueError(f"{act.kind}: a text may not share its name with a datum, nor a datum be 'texts'")
    ids = {name: uuid.uuid4().hex for name in act.texts}
    if ids:
        data["texts"] = ids
    texts = [(ids[name], act.person or actor, body) for name, body in act.texts.items()]
    return json.dumps(data, ensure_ascii=False), texts
