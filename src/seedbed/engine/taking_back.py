"""The one act that takes rows and replies out of a journal, or flags them: see `engine.withdrawing`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seedbed.engine.journal import Journal
from seedbed.engine.withdrawing import FLAGGED_FOR, Policy, opened
from seedbed.records import OVER_TARGET, WITHDRAWN
from seedbed.study.erasing import scrub_file

__all__ = ["take_back"]

_GONE = "withdrawn"  # in the place of an error, which may quote a reply
_LEFT = ("cell", OVER_TARGET, "ascii")  # the notes that a plan or a judge takes up again: none holds words


def take_back(
    path: Path,
    seeds: Collection[str],
    slots: Collection[int],
    attempts: Collection[tuple[str, int]],
    subtopics: Collection[str],
    policy: Policy,
    *,
    marks: Collection[str] = (),
    scrub: bool = True,
) -> None:
    """In the journal at `path`, withdraw the rows in `slots` and the replies of `attempts` (ask id, number), and under
    "purge" the sub-topics of the asks `subtopics`; "flag" leaves `marks` on them. One transaction; done again it
    changes nothing. With `scrub` the old bytes leave the file; also where nothing is left to do, for an earlier one may
    have been stopped before that.

    Nobody else may have the journal open. Raises StorageError, InputError for what is no journal, Busy as `scrub_file`.
    """
    Journal(path).close()  # brings an older one to the newest form
    with opened(path) as db, db:
        db.execute("PRAGMA secure_delete=ON")
        for slot in slots:
            _take_row(db, slot, policy, marks)
        for ask_id, attempt in attempts:
            _take_call(db, ask_id, attempt, policy, marks)
        for ask_id in subtopics if policy == "purge" else ():
            db.execute(
                "UPDATE calls SET ask = json_set(ask, '$.subtopic', NULL) WHERE ask_id = ? "
                "AND json_extract(ask, '$.subtopic') IS NOT NULL",
                (ask_id,),
            )
        known = {id for (row,) in db.execute("SELECT seeds FROM withdrawals") for id in json.loads(row)}
        if fresh := sorted(set(seeds) - known):
            now = datetime.now(UTC).isoformat(timespec="seconds")
            db.execute(
                "INSERT INTO withdrawals(at, until, policy, seeds) "
                "VALUES(?, (SELECT coalesce(max(first + count), 0) FROM calls WHERE final), ?, ?)",
                (now, policy, json.dumps(fresh)),
            )
    if scrub:
        scrub_file(path)


def _flagged(data: Mapping[str, Any], marks: Collection[str]) -> str:
    return json.dumps(
        {**data, WITHDRAWN: "flag", FLAGGED_FOR: sorted({*data.get(FLAGGED_FOR, ()), *marks})}, ensure_ascii=False
    )


def _take_row(db: sqlite3.Connection, slot: int, policy: Policy, marks: Collection[str]) -> None:
    (kept,) = db.execute("SELECT notes FROM verdicts WHERE slot = ?", (slot,)).fetchone()
    notes: dict[str, Any] = json.loads(kept)
    if notes.get(WITHDRAWN) == "purge":
        return
    if policy == "flag":
        db.execute("UPDATE verdicts SET notes = ? WHERE slot = ?", (_flagged(notes, marks), slot))
        return
    left = {name: notes[name] for name in _LEFT if name in notes}
    db.execute(
        "UPDATE verdicts SET text = '', fields = '{}', reason = '', embedding = NULL, notes = ?, "
        "measured = CASE typeof(measured) WHEN 'text' THEN NULL ELSE measured END WHERE slot = ?",
        (json.dumps({**left, WITHDRAWN: policy}, ensure_ascii=False), slot),
    )


def _take_call(db: sqlite3.Connection, ask_id: str, attempt: int, policy: Policy, marks: Collection[str]) -> None:
    where = (ask_id, attempt)
    (reply, error) = db.execute("SELECT reply, error FROM calls WHERE ask_id = ? AND attempt = ?", where).fetchone()
    data: dict[str, Any] | None = json.loads(reply) if reply is not None else None
    if policy == "purge":
        reply, error = (json.dumps({WITHDRAWN: policy}) if data is not None else None), _GONE if error else ""
    elif data is not None and data.get(WITHDRAWN) != "purge":
        reply = _flagged(data, marks)
    db.execute("UPDATE calls SET reply = ?, error = ? WHERE ask_id = ? AND attempt = ?", (reply, error, *where))
