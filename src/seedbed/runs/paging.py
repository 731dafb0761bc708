"""A run's rows page by page, straight from its journal: a page costs the same at the end of a million rows."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from seedbed.engine import RunRecord, read_run
from seedbed.errors import InputError
from seedbed.records import WITHDRAWN, Ask, Row, State, Verdict

__all__ = ["Page", "page", "rows_at"]

LOOKED_AT = 5000
"""Slots that one page looks at, at most: the rows of a rare state may be far apart."""

_COLUMNS = "slot, state, gate, reason, measured, rival, text, fields, notes"


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is `after` of the next page, None when there is nothing more now."""

    rows: tuple[Row, ...]
    next: int | None


def page(folder: Path, *, state: State | None = None, after: int = -1, limit: int = 50) -> Page:
    """The rows in `folder` (a run's) with a slot above `after`, in slot order.

    A page may hold fewer than `limit` rows, or none, and have a next one. Raises UsageError when there is no such run,
    InputError when its journal cannot be read.
    """
    record = read_run(folder)
    if not (folder / "journal.db").is_file():
        return Page((), None)
    until = after + LOOKED_AT
    # + keeps SQLite from looking for an index on anything but the slot
    query = (
        f"SELECT {_COLUMNS} FROM verdicts WHERE slot > ? AND slot <= ? "
        f"{'AND +state = ? ' if state is not None else ''}ORDER BY slot LIMIT ?"
    )
    bound = (after, until, *([state.value] if state is not None else []), limit)
    try:
        with closing(_open(folder)) as db:
            found = db.execute(query, bound).fetchall()
            (last,) = db.execute("SELECT coalesce(max(slot), -1) FROM verdicts").fetchone()
            rows = tuple(_row(record, line, db) for line in found)
    except sqlite3.Error as error:
        raise _unreadable(folder, error) from error
    reached = found[-1][0] if len(found) == limit else min(until, last)
    return Page(rows, reached if reached < last else None)


def rows_at(folder: Path, slots: list[int]) -> list[Row]:
    """The rows in these slots, as far as they have a verdict. Raises as `page`."""
    record = read_run(folder)
    try:
        with closing(_open(folder)) as db:
            found = [
                line
                for slot in slots
                for line in db.execute(f"SELECT {_COLUMNS} FROM verdicts WHERE slot = ?", (slot,))
            ]
            return [_row(record, line, db) for line in found]
    except sqlite3.Error as error:
        raise _unreadable(folder, error) from error


def _open(folder: Path) -> sqlite3.Connection:
    uri = f"{(folder / 'journal.db').absolute().as_uri()}?mode=ro"  # SQLite's own file name rules, a # or ? in it too
    return sqlite3.connect(uri, uri=True, timeout=10)


def _row(record: RunRecord, line: tuple[int, str, str, str, float | str | None, str | None, str, str, str],
         db: sqlite3.Connection) -> Row:  # fmt: skip
    slot, state, gate, reason, measured, rival, text, fields, notes = line
    asked = db.execute(
        "SELECT ask_id, ask, at FROM calls WHERE final AND first <= ? ORDER BY first DESC LIMIT 1", (slot,)
    ).fetchone()
    if asked is None:
        raise sqlite3.DatabaseError(f"slot {slot} has a verdict and no call")
    verdict = Verdict(slot, State(state), gate, reason, measured, rival, text, json.loads(fields), json.loads(notes))
    if WITHDRAWN in verdict.notes:  # its place is shown, and no words
        verdict = Verdict(slot, verdict.state, gate, rival=rival, notes={WITHDRAWN: verdict.notes[WITHDRAWN]})
    return Row(
        id=f"{record.name}.{slot:06d}",
        run=record.name,
        verdict=verdict,
        ask=Ask.from_json(asked[0], json.loads(asked[1])),
        prompt_version=str(record.ask.get("prompt_version", "")),
        model=str(record.ask.get("model", "")),
        at=asked[2],
    )


def _unreadable(folder: Path, error: sqlite3.Error) -> InputError:
    return InputError(f"{folder / 'journal.db'} cannot be read: {error}", hint="Restore it from a copy.")
