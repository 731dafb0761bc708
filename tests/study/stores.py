"""One store, on SQLite or PostgreSQL, that a test opens as often as it likes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from seedbed.study import schema
from seedbed.study.events import EventStore

__all__ = ["Stores"]


@dataclass(frozen=True)
class Stores:
    url: str
    path: Path | None
    """The SQLite file; None for PostgreSQL."""

    def open(self) -> EventStore:
        return EventStore.at(self.path) if self.path else EventStore(self.url)

    def empty(self) -> None:
        """Begin anew."""
        with self.open() as store, store.database.writing() as connection:
            for table in schema.metadata.tables.values():
                connection.execute(table.delete())

    def raw(self, query: str) -> list[tuple[Any, ...]]:
        """What any SQL tool would see."""
        with self.open() as store, store.database.reading() as connection:
            found = connection.execute(sa.text(query))
            with suppress(sa.exc.ResourceClosedError):
                return [tuple(row) for row in found]
            return []
