"""publications.json in the study's folder: which release was given where, so that a withdrawal can name its copies."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from seedbed.errors import InputError
from seedbed.study import Folder, write_json

__all__ = ["Publication", "publications", "remember"]

_FILE = "publications.json"
_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Publication:
    """A copy that was made: `place` as it was named, `sums` the SHA-256 of its SHA256SUMS, `at` in UTC, `signed` by
    the fingerprint of the key, or ""."""

    version: str
    place: str
    at: str
    sums: str
    signed: str = ""


def publications(folder: Folder) -> tuple[Publication, ...]:
    """What was published, oldest first. Raises InputError for a file that is none."""
    path = folder.root / _FILE
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
        if data["schema"] != _SCHEMA:
            raise ValueError("another version of Seedbed wrote it")
        return tuple(Publication(**one) for one in data["publications"])
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f"{path} is damaged: {error}", hint="Restore it from a copy, or take it away.") from None


def remember(folder: Folder, made: Publication) -> None:
    """Append `made`, whole or not at all. Raises StorageError."""
    kept = [*publications(folder), made]
    write_json(folder.root / _FILE, {"schema": _SCHEMA, "publications": [asdict(one) for one in kept]})
