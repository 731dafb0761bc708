"""All that one database of people's acts holds, into another that is empty: between SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from seedbed.errors import UsageError
from seedbed.study import schema
from seedbed.study.database import Database

__all__ = ["copy_store"]

_PAGE = 2000


def copy_store(source: Database, target: Database, listen: Callable[[int], None] = lambda rows: None) -> int:
    """Copy every row as it stands at one moment, whole or not at all; returns how many. `target` has to be empty.

    Raises UsageError when it is not, StorageError and InputError as databases do.
    """
    copied = 0
    with source.errors(), source.engine.connect() as reading, target.errors(), target.writing() as writing:
        if source.postgres:
            reading.execution_options(isolation_level="REPEATABLE READ")  # every table of the same moment
        for table in schema.metadata.sorted_tables:
            if writing.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).scalar():
                raise UsageError(
                    f"{target.name} is not empty", hint="Name an empty schema, or drop what stands in this one."
                )
            rows = reading.execution_options(yield_per=_PAGE).execute(table.select())
            for page in rows.mappings().partitions():
                writing.execute(table.insert(), [dict(row) for row in page])
                copied += len(page)
                listen(copied)
        if target.postgres:  # the numbers came with the rows, and the counter knows nothing of them
            following = "SELECT coalesce(max(id), 0) + 1 FROM names"
            writing.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('names', 'id'), ({following}), false)"))
    return copied
