"""people.db: what people did and typed, as numbered entries, and apart from them the words of events.

A stream's numbers have no gap: an entry takes its number under the stream's row lock, in the transaction that writes
it. State is the fold of the entries; nothing here is ever changed except by erasing (erasing.py). The tables are in
schema.py. SQLite by default; PostgreSQL works with the same statements.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from seedbed.errors import InputError
from seedbed.study import erasing, schema, turns
from seedbed.study.claim import claim
from seedbed.study.database import Database
from seedbed.study.entries import Act, Entry, Event, iso, now
from seedbed.study.folder import Folder
from seedbed.study.writing import Writing

__all__ = ["Act", "Entry", "Event", "EventStore"]

_PAGE = 1000


class EventStore:
    """The event store at a SQLAlchemy URL; `EventStore.of(folder)` for a study, `EventStore.at(path)` for a file.

    Raises StorageError when the disk or the database refuses, InputError when the file is no people.db.
    """

    def __init__(self, url: str | sa.URL) -> None:
        self.database = Database(url)
        self._writing = Writing(self.database)
        self._people: dict[int, str] = {}  # who the numbers in `updates` stand for; they never change

    @classmethod
    def at(cls, path: Path) -> Self:
        return cls(sa.URL.create("sqlite", database=str(path)))  # a name with ? or # in it is still a name

    @classmethod
    def of(cls, folder: Folder) -> Self:
        """The store that study.toml names. Raises SettingsError too, and InputError when it is another study's."""
        url = folder.store_url()
        if not url:
            return cls.at(folder.people)
        store = cls(url)
        try:
            claim(store.database, folder)
        except BaseException:
            store.close()
            raise
        return store

    # --- writing ------------------------------------------------------------------------------------------------

    def append(self, stream: str, actor: str, acts: Iterable[Act]) -> int:
        """Append `acts` in one transaction, all or none; returns the last number of the stream."""
        acts = list(acts)
        if not acts:
            return self.last(stream)
        at = now()
        with self.database.errors():
            self._writing.know([stream])
            with self.database.writing() as connection:
                lasts = self._writing.lasts(connection, [stream])
                last = lasts[stream]
                entries = [Entry(stream, seq, at, actor, act) for seq, act in enumerate(acts, last + 1)]
                self._writing.append(connection, entries, lasts)
        return last + len(acts)

    def commit(self, submissions: Sequence[Sequence[Entry]]) -> list[Exception | None]:
        """Write `submissions`, each whole or not at all, in one transaction; returns what befell each.

        An entry has to be the next of its stream: else its submission gets a Conflict and the others go on. What
        the database refuses is raised, and nothing was written (but when the connection broke during the commit
        itself: then read `last`).
        """
        with self.database.errors():
            return self._writing.commit(submissions)

    # --- several processes at one store (turns.py), PostgreSQL alone ----------------------------------------------

    @contextmanager
    def turn(self, known: Mapping[str, int], connection: sa.Connection | None = None) -> Iterator[turns.Turn]:
        """The turn of the streams in `known`, which stand at those numbers in memory; blocks until it is theirs.

        By `connection`, one of `database.reading`, where the caller has many turns.
        """
        with ExitStack() as kept:
            kept.enter_context(self.database.errors())
            reading = connection or kept.enter_context(self.database.reading())
            driver = reading.connection.driver_connection
            yield kept.enter_context(turns.turn(driver, self.database, self._writing, known))

    def tell_others(self, tell: bool) -> None:
        """Whether other processes are notified of what is written by this store; they are, unless this was called."""
        self._writing.notifies = tell

    def news(self, known: Mapping[str, int]) -> turns.News:
        """What was written to those streams after those numbers."""
        with self.database.errors(), self.database.reading() as connection:
            return turns.news(connection.connection.driver_connection, known)

    @contextmanager
    def alone(self, at: int = turns.TURNS, *, shared: bool = False) -> Iterator[None]:
        """Nobody else is alone `at` this, or has a turn; with `shared`, nobody is alone. Blocks until it is so."""
        with self.database.errors(), turns.alone(self.database, at, shared=shared):
            yield

    def raise_epoch(self, stream: str) -> int:
        """The stream's past was changed: who holds a copy must not merge it. Returns the new epoch."""
        with self.database.errors(), self.database.writing() as connection:
            return erasing.raise_epoch(connection, stream)

    # --- erasing (erasing.py says how) --------------------------------------------------------------------------

    def rewrite_updates(self, stream: str, rewrite: Callable[[bytes], bytes]) -> int:
        """Put `rewrite(body)` in the place of each update of `stream`; returns how many became different.

        They and the stream's epoch, which rises if any did, change in one transaction. Then `scrub`.
        """
        return erasing.rewrite_updates(self.database, stream, rewrite)

    def blank_texts(self, person: str) -> list[str]:
        """Remove the texts of events that `person` owns; returns their ids. They read as None. Then `scrub`."""
        return erasing.blank_texts(self.database, person)

    def blank_where(self, stream: str, chosen: Callable[[Event], Collection[str]]) -> list[str]:
        """Remove those texts of the events of `stream` that `chosen(event)` names; returns their ids. Then `scrub`.

        `chosen` sees each event with its texts. For words whose owner alone does not say whose they are.
        """
        return erasing.blank_where(self.database, stream, self.read(stream), chosen)

    def scrub(self, *, wait_s: float = 5.0) -> None:
        """Take what was erased from the files. Raises Busy when somebody reads or writes for longer than `wait_s`."""
        erasing.scrub(self.database, wait_s=wait_s)

    @property
    def scrubbed(self) -> bool:
        """False while erased bytes may still stand in the files: after a crash or a Busy, `scrub` is still due."""
        return erasing.is_scrubbed(self.database)

    # --- reading ------------------------------------------------------------------------------------------------

    def entries(self, stream: str, after: int = 0) -> Iterator[Entry]:
        """Events and updates of `stream` above `after`, in order, texts filled in: what stands when reading begins.

        No connection is held between pages. Raises InputError where a number is missing.
        """
        upto = self.last(stream)
        while after < upto:
            through = min(after + _PAGE, upto)
            page = self._updates(stream, after, through)
            page += (_entry(event) for event in self._events(stream, after, through))
            page.sort(key=_seq)
            if len(page) != through - after:
                raise InputError(
                    f"{self.database.name}: {stream!r} lacks {through - after - len(page)} of the entries"
                    f" {after + 1:,} to {through:,}",
                    hint="Restore the study from a backup.",
                )
            yield from page
            after = through

    def read(self, stream: str, after: int = 0) -> Iterator[Event]:
        """The events of `stream` with a number above `after`, in order, texts filled in."""
        upto = self.last(stream)
        while page := self._events(stream, after, upto, limit=_PAGE):
            yield from page
            after = page[-1].seq

    def acted(self, stream: str, after: int = 0) -> dict[str, str]:
        """When each person last wrote an entry of `stream` above `after`, as ISO time, by id."""
        events, updates, names = schema.events, schema.updates, schema.names
        stream_id = sa.select(names.c.id).where(names.c.name == stream).scalar_subquery()
        typed = (
            sa.select(names.c.name, sa.func.max(updates.c.at))
            .join(names, names.c.id == updates.c.actor)
            .where(updates.c.stream == stream_id, updates.c.seq > after)
            .group_by(names.c.name)
        )
        did = (
            sa.select(events.c.actor, sa.func.max(events.c.at))
            .where(events.c.stream == stream, events.c.seq > after)
            .group_by(events.c.actor)
        )
        with self.database.errors(), self.database.reading() as connection:
            found = {str(actor): iso(at) for actor, at in connection.execute(typed)}
            for actor, at in connection.execute(did):
                found[str(actor)] = max(found.get(str(actor), ""), str(at))
        return found

    def last(self, stream: str) -> int:
        """The number of the stream's newest entry; 0 when it has none."""
        return int(self._scalar(sa.select(schema.streams.c.last).where(schema.streams.c.stream == stream)) or 0)

    def epoch(self, stream: str) -> int:
        """From 1; higher after each change of the stream's past."""
        return int(self._scalar(sa.select(schema.epochs.c.epoch).where(schema.epochs.c.stream == stream)) or 1)

    def streams(self, prefix: str = "") -> list[str]:
        """The streams that have entries and whose name starts with `prefix`, sorted."""
        with self.database.errors(), self.database.reading() as connection:
            found = connection.execute(sa.select(schema.streams.c.stream).where(schema.streams.c.last > 0)).scalars()
            # filtered here: LIKE ignores case in SQLite, and the order of text depends on a PostgreSQL's locale
            return sorted(name for name in found if name.startswith(prefix))

    def _scalar(self, query: sa.Select[Any]) -> Any:
        with self.database.errors(), self.database.reading() as connection:
            return connection.execute(query).scalar()

    def _updates(self, stream: str, after: int, through: int) -> list[Entry]:
        table, names = schema.updates, schema.names
        stream_id = sa.select(names.c.id).where(names.c.name == stream).scalar_subquery()
        query = sa.select(table.c.seq, table.c.at, table.c.actor, table.c.body).where(
            table.c.stream == stream_id, table.c.seq > after, table.c.seq <= through
        )
        with self.database.errors(), self.database.reading() as connection:
            found = connection.execute(query).all()
            fresh = {actor for _, _, actor, _ in found} - self._people.keys()
            for one in fresh:
                self._people[one] = connection.execute(sa.select(names.c.name).where(names.c.id == one)).scalar_one()
        people = self._people
        return [Entry(stream, seq, iso(at), people[actor], bytes(body)) for seq, at, actor, body in found]

    def _events(self, stream: str, after: int, through: int, limit: int | None = None) -> list[Event]:
        table = schema.events
        query = (
            table.select()
            .where(table.c.stream == stream, table.c.seq > after, table.c.seq <= through)
            .order_by(table.c.seq)
            .limit(limit)
        )
        with self.database.errors(), self.database.reading() as connection:
            loaded = [(row, json.loads(row.data)) for row in connection.execute(query)]
            bodies = _bodies(connection, [i for _, data in loaded for i in data.get("texts", {}).values()])
        found = []
        for row, data in loaded:
            names = data.pop("texts", {})
            data.update({name: bodies.get(text_id) for name, text_id in names.items()})
            found.append(Event(row.stream, row.seq, row.at, row.actor, row.kind, row.subject, data))
        return found

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _seq(entry: Entry) -> int:
    return entry.seq


def _entry(event: Event) -> Entry:
    return Entry(event.stream, event.seq, event.at, event.actor, event.act)


def _bodies(connection: sa.Connection, ids: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(ids), 500):  # SQLite's default limit is 999 bound values in old builds
        table = schema.texts
        query = sa.select(table.c.text_id, table.c.body).where(table.c.text_id.in_(ids[start : start + 500]))
        found.update((row.text_id, row.body) for row in connection.execute(query))
    return found
