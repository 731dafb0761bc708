"""Taking words out of a journal whose verdicts do not need them: what a model said stays as the label that was read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from seedbed.errors import InputError, StorageError
from seedbed.records import Ask
from seedbed.study.erasing import scrub_file

__all__ = ["forget_replies"]

_ERASED = "erased"
_SPOKEN = (
    "SELECT c.ask_id, c.attempt, c.ask, coalesce(c.reply, ''), c.error, c.final, v.fields "
    "FROM calls c LEFT JOIN verdicts v ON v.slot = c.first"
)


def forget_replies(path: Path, chosen: Callable[[Ask, str], bool]) -> int:
    """In the journal at `path`, put the verdict's `says` (or nothing) in place of the words of each reply, and of each
    error, that `chosen` picks by its ask and its text; returns how many. The old bytes leave the file.

    A reply that was not judged yet goes whole, so that a run that is taken up asks again rather than judge nothing.
    Nobody else may have the journal open. Raises StorageError, InputError for what is no journal, Busy as `scrub_file`.
    """
    try:
        with closing(sqlite3.connect(path, timeout=30)) as db, db:
            db.execute("PRAGMA secure_delete=ON")
            left: list[tuple[str | None, str, str, int]] = []
            unjudged: list[tuple[str, int]] = []
            for ask_id, attempt, ask, reply, error, final, fields in db.execute(_SPOKEN):
                data: dict[str, Any] = json.loads(reply) if reply else {}
                if not chosen(Ask.from_json(ask_id, json.loads(ask)), f"{data.get('text', '')}\n{error}"):
                    continue
                label = str(json.loads(fields).get("says", "")) if fields else ""
                if reply and final and fields is None:
                    unjudged.append((ask_id, attempt))
                elif data.get("text", "") != label or error not in ("", _ERASED):
                    words = json.dumps({**data, "text": label}, ensure_ascii=False) if reply else None
                    left.append((words, _ERASED if error else "", ask_id, attempt))
            db.executemany("UPDATE calls SET reply = ?, error = ? WHERE ask_id = ? AND attempt = ?", left)
            db.executemany("DELETE FROM calls WHERE ask_id = ? AND attempt = ?", unjudged)
    except sqlite3.OperationalError as error:
        raise StorageError(f"Could not use {path}: {error}", hint="Close what reads it, then try again.") from error
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        raise InputError(f"{path} is damaged or no journal: {error}", hint="Restore it from a copy.") from error
    # also where nothing is left to do: an earlier erasing may have been stopped before it came so far
    scrub_file(path)
    return len(left) + len(unjudged)
