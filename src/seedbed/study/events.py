"""people.db: what people did, as appended events, and apart from them the words people wrote.

    streams(stream, last)                                    one row a stream: the number last given out
    events(stream, seq, at, actor, kind, subject, data)      ids, codes and numbers only
    texts(text_id, person, body)                             the words; erasing a person is one place

A stream's numbers have no gap: an event takes its number under the stream's row lock, in the transaction
that writes it. State is the fold of events; nothing here is ever changed except by erasing a text.
SQLite by default; any SQLAlchemy URL works with the same statements.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError

from seedbed.errors import InputError, StorageError

__all__ = ["Act", "Event", "EventStore"]

_metadata = sa.MetaData()
_streams = sa.Table(
    "streams", _metadata,
    sa.Column("stream", sa.String(200), primary_key=True),
    sa.Column("last", sa.BigInteger, nullable=False),
)  # fmt: skip
_events = sa.Table(
    "events", _metadata,
    sa.Column("stream", sa.String(200), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("actor", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(80), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
)  # fmt: skip
_texts = sa.Table(
    "texts", _metadata,
    sa.Column("text_id", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(200), nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """Something to append. `texts` are words that people wrote: stored apart, and named in the event by id.

    `person` owns those texts (default: the actor), so that a withdrawal finds them.
    """

    kind: str
    subject: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    person: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One appended act. `data` is the act's data with each text in its place again (None where erased)."""

    stream: str
    seq: int
    at: str
    actor: str
    kind: str
    subject: str
    data: dict[str, Any]


class EventStore:
    """The event store at a SQLAlchemy URL; `EventStore.at(path)` for a SQLite file.

    Raises StorageError when the disk refuses, InputError when the file is no people.db.
    """

    def __init__(self, url: str | sa.URL) -> None:
        self._engine = sa.create_engine(url)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _configure_sqlite)
            sa.event.listen(self._engine, "begin", _begin_immediate)
        with _database_errors(str(self._engine.url.database)), self._reading() as connection:
            made = sa.inspect(connection).has_table("texts")
        if not made:
            with _database_errors(str(self._engine.url.database)):
                _metadata.create_all(self._engine)

    @classmethod
    def at(cls, path: Path) -> Self:
        return cls(sa.URL.create("sqlite", database=str(path)))  # a name with ? or # in it is still a name

    def _reading(self) -> sa.Connection:
        # no transaction, so that a reader never waits for a writer's lock, nor takes it
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def append(self, stream: str, actor: str, acts: Iterable[Act]) -> int:
        """Append `acts` in one transaction, all or none; returns the last number of the stream."""
        acts = list(acts)
        if not acts:
            return self.last(stream)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with _database_errors(str(self._engine.url.database)), self._engine.begin() as connection:
            last = self._take_numbers(connection, stream, len(acts))
            rows, texts = [], []
            for seq, act in enumerate(acts, last - len(acts) + 1):
                data = dict(act.data)
                if "texts" in data or data.keys() & act.texts.keys():
                    raise ValueError(f"{act.kind}: a text may not share its name with a datum, nor a datum be 'texts'")
                if act.texts:
                    ids = {name: uuid.uuid4().hex for name in act.texts}
                    owner = act.person or actor
                    texts += [{"text_id": ids[name], "person": owner, "body": body} for name, body in act.texts.items()]
                    data["texts"] = ids
                rows.append(
                    {"stream": stream, "seq": seq, "at": now, "actor": actor, "kind": act.kind,
                     "subject": act.subject, "data": json.dumps(data, ensure_ascii=False)}
                )  # fmt: skip
            if texts:
                connection.execute(_texts.insert(), texts)
            connection.execute(_events.insert(), rows)
        return last

    @staticmethod
    def _take_numbers(connection: sa.Connection, stream: str, count: int) -> int:
        """Take `count` numbers of the stream under its row lock; returns the last of them."""
        taken = connection.execute(
            _streams.update()
            .where(_streams.c.stream == stream)
            .values(last=_streams.c.last + count)
            .returning(_streams.c.last)
        ).scalar()
        if taken is None:
            connection.execute(_streams.insert().values(stream=stream, last=count))
            return count
        return int(taken)

    def read(self, stream: str, after: int = 0) -> Iterator[Event]:
        """The events of `stream` with a number above `after`, in order, texts filled in."""
        with _database_errors(str(self._engine.url.database)), self._reading() as connection:
            query = _events.select().where(_events.c.stream == stream, _events.c.seq > after).order_by(_events.c.seq)
            # a page at a time, so that a long stream costs a page of memory
            for page in connection.execution_options(yield_per=1000).execute(query).partitions():
                loaded = [(row, json.loads(row.data)) for row in page]
                bodies = self._bodies(connection, [i for _, data in loaded for i in data.get("texts", {}).values()])
                for row, data in loaded:
                    names = data.pop("texts", {})
                    data.update({name: bodies.get(text_id) for name, text_id in names.items()})
                    yield Event(row.stream, row.seq, row.at, row.actor, row.kind, row.subject, data)

    @staticmethod
    def _bodies(connection: sa.Connection, ids: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for start in range(0, len(ids), 500):  # SQLite's default limit is 999 bound values in old builds
            query = sa.select(_texts.c.text_id, _texts.c.body).where(_texts.c.text_id.in_(ids[start : start + 500]))
            found.update((row.text_id, row.body) for row in connection.execute(query))
        return found

    def last(self, stream: str) -> int:
        """The number of the stream's newest event; 0 when it has none."""
        with _database_errors(str(self._engine.url.database)), self._reading() as connection:
            return int(connection.execute(sa.select(_streams.c.last).where(_streams.c.stream == stream)).scalar() or 0)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own; _begin_immediate does
    cursor = connection.cursor()
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    # IMMEDIATE, so that two writers queue at the start instead of failing in the middle. SQLAlchemy announces a
    # transaction for readers too, although in AUTOCOMMIT there is none: they must not queue.
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


class _database_errors:
    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(value, OperationalError):
            raise StorageError(
                f"Could not use {self.path}: {value.orig}",
                hint="Nothing that was saved before is lost. Make room or free the file, then try again.",
            ) from value
        if isinstance(value, DatabaseError):
            raise InputError(
                f"{self.path} is not a database of a study: {value.orig}",
                hint="Restore the file from a copy of the study.",
            ) from value
