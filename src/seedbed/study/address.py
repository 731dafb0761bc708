"""The `database` key of study.toml: which database holds what people did."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from seedbed.errors import SettingsError
from seedbed.study.toml import with_key

__all__ = ["postgres_url", "read_database_key", "with_database_key"]

_EXAMPLE = 'database = "postgresql://me@db.example.org/studies?options=-csearch_path%3Dmy_study"'


def read_database_key(path: Path) -> str:
    """The `database` key of the study.toml at `path`, as `postgres_url` gives it; "" when unset, or there is no file.

    Only this key is looked at, so that the store opens without the rooms that know the others. Raises SettingsError.
    """
    try:
        value = tomllib.loads(path.read_bytes().decode("utf-8-sig")).get("database", "")
    except FileNotFoundError:
        return ""
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} is not valid TOML: {error}", hint="Mend that line, then run the command again."
        ) from None
    except OSError as error:
        raise SettingsError(f"Cannot read {path}: {error.strerror}", hint="Check its owner and rights.") from None
    return postgres_url(value, where=str(path))


def postgres_url(value: Any, *, where: str = "database") -> str:
    """`value` as the URL that SQLAlchemy opens with psycopg 3; "" stays "".

    One study has one schema: the one that `options=-csearch_path%3DNAME` names, or else the database's own default.
    Raises SettingsError for another database, and for a password, which does not belong in a file that is shared.
    """
    if value == "":
        return ""
    try:
        if not isinstance(value, str):
            raise ValueError
        parts = urlsplit(value)
        queries = parse_qs(parts.query)
        parts.port  # noqa: B018 - raises when it is no number
    except ValueError:
        raise SettingsError(f"{where}: database is not a URL", hint=f"Write such as {_EXAMPLE}") from None
    if parts.scheme not in ("postgresql", "postgresql+psycopg"):
        raise SettingsError(
            f"{where}: database has to start with postgresql://", hint=f'Write such as {_EXAMPLE}, or "" for people.db.'
        )
    if parts.password is not None or "password" in queries:
        # the value is not shown: the message may go to a log
        raise SettingsError(
            f"{where}: database holds a password",
            hint="Take it out: set the environment variable PGPASSWORD, or write it to ~/.pgpass.",
        )
    return _with_driver(parts)


def with_database_key(text: str, value: str, *, where: str) -> str:
    """The study.toml `text` with its key `database` set to `value` and nothing else changed. Raises SettingsError."""
    hint = f"Put it on a line of its own, such as {_EXAMPLE}"
    return with_key(text, "database", value, where=where, hint=hint)


def _with_driver(parts: SplitResult) -> str:
    return parts._replace(scheme="postgresql+psycopg").geturl()
