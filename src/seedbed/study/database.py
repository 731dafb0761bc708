"""A database of people's acts, SQLite or PostgreSQL (psycopg 3): how it is opened and what its errors mean."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, DataError, OperationalError

from seedbed.errors import InputError, MissingExtra, StorageError
from seedbed.study.schema import metadata

__all__ = ["Database"]

_MAKING = 0x5EED_BED0  # the advisory lock under which tables are made


class Database:
    """An engine at a SQLAlchemy URL, with the tables made where they are missing.

    Raises StorageError when it cannot be reached or the disk refuses, InputError when the file is no people.db.
    """

    def __init__(self, url: str | sa.URL) -> None:
        url = sa.make_url(url)
        self.name = str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string()
        self.postgres = url.get_backend_name() == "postgresql"
        try:
            # a server may have been restarted since a connection was last used; a file has not
            self.engine = sa.create_engine(url, pool_pre_ping=self.postgres)
        except ModuleNotFoundError as error:
            raise MissingExtra(
                f"{self.name} needs {error.name}, which is not installed", hint="pip install 'seedbed[postgres]'"
            ) from None
        if not self.postgres:
            sa.event.listen(self.engine, "connect", _configure_sqlite)
            sa.event.listen(self.engine, "begin", _begin_immediate)
        try:
            self._make_tables()
        except BaseException:
            self.close()
            raise

    def _make_tables(self) -> None:
        with self.errors(), self.reading() as connection:
            missing = metadata.tables.keys() - set(sa.inspect(connection).get_table_names())
        if missing:
            with self.errors(), self.writing() as connection:
                if self.postgres:  # "if not exists" is no protection there: two at once collide in the catalogue
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKING)))
                metadata.create_all(connection)

    @cached_property
    def key(self) -> int:
        """PostgreSQL: the advisory lock that stands for the whole study; its schema's own."""
        with self.errors(), self.reading() as connection:
            named = "SELECT hashtextextended('seedbed ' || current_schema(), 0) / 8 * 8"  # and the next seven
            return int(connection.execute(sa.text(named)).scalar_one())

    @cached_property
    def channel(self) -> str:
        """PostgreSQL: where the processes of a study hear of each other. Channels are the whole database's."""
        return f"seedbed_{self.key & 0xFFFF_FFFF_FFFF_FFFF:016x}"

    def reading(self) -> sa.Connection:
        """A connection without a transaction, so that a reader never waits for a writer's lock, nor takes it."""
        return self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def writing(self) -> Any:
        """A context of one transaction: committed at its end, rolled back by an exception."""
        return self.engine.begin()

    def errors(self) -> _Errors:
        """A context that turns what the database raises into Seedbed's errors."""
        return _Errors(self.name, self.engine.dialect.loaded_dbapi, postgres=self.postgres)

    def close(self) -> None:
        self.engine.dispose()


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own; _begin_immediate does
    cursor = connection.cursor()
    # secure_delete: what is erased is overwritten in its page, whichever connection erases it
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    # IMMEDIATE, so that two writers queue at the start instead of failing in the middle. SQLAlchemy announces a
    # transaction for readers too, although in AUTOCOMMIT there is none: they must not queue.
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


class _Errors:
    def __init__(self, name: str, driver: Any, *, postgres: bool) -> None:
        self.name, self.driver, self.postgres = name, driver, postgres

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(value, UnicodeEncodeError):  # half a surrogate pair: an argument that was no UTF-8, or bad JSON
            raise InputError(
                f"{self.name} cannot hold a text that is no Unicode: {value.object[:60]!a}",
                hint="Take the character out.",
            ) from value
        if not isinstance(value, (DatabaseError, self.driver.DatabaseError)):
            return
        reason = str(value.orig if isinstance(value, DatabaseError) else value).strip()
        if isinstance(value, (OperationalError, self.driver.OperationalError)):
            free = "Start the database" if self.postgres else "Make room or free the file"
            raise StorageError(
                f"Could not use {self.name}: {reason}",
                hint=f"Nothing that was saved before is lost. {free}, then try again.",
            ) from value
        if isinstance(value, (DataError, self.driver.DataError)):
            raise InputError(f"{self.name} cannot hold a value: {reason}", hint="Take the character out.") from value
        if self.postgres:
            raise InputError(
                f"{self.name} cannot be used as the database of a study: {reason}",
                hint="Check that the schema exists and that this user may create tables and write in it.",
            ) from value
        raise InputError(
            f"{self.name} is not a database of a study: {reason}",
            hint="Restore the file from a copy of the study.",
        ) from value
