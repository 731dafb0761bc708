"""judgements/NAME/ in a study: run.json, journal.db and rows.jsonl (what the rows are counted under; no texts).

The journals are the cache: a question that the same judge was asked in any of them is answered from there. They stand
apart from runs/, because a judgement is no row: nothing that reads generated data meets one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed.engine import Journal, RunRecord, read_run
from seedbed.errors import InputError
from seedbed.judges.model.spec import JudgedRow, Kind
from seedbed.study import Folder, write_atomic

__all__ = ["Listed", "judging_folder", "judging_names", "known_replies", "read_listed", "record_of", "write_listed"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A row as rows.jsonl has it."""

    id: str
    kind: Kind
    values: tuple[str, ...]
    slices: dict[str, str]
    cluster: str


def judgements_folder(folder: Folder) -> Path:
    return folder.root / "judgements"


def judging_folder(folder: Folder, name: str) -> Path:
    """Where the judging run `name` stands. Raises UsageError for what cannot name one."""
    return judgements_folder(folder) / Folder.name(name, "judging run")


def judging_names(folder: Folder) -> list[str]:
    """The judging runs, oldest first."""
    found = list(judgements_folder(folder).glob("*/run.json"))
    return [path.parent.name for path in sorted(found, key=lambda path: (path.stat().st_mtime_ns, path))]


def record_of(folder: Folder, name: str) -> RunRecord:
    """run.json of a judging run. Raises UsageError, InputError."""
    return read_run(judging_folder(folder, name))


def known_replies(folder: Folder, by: str, keys: Collection[str], *, but: str) -> dict[str, dict[str, Any]]:
    """The replies by the judge `by` to the questions with these keys, from all judging runs other than `but`."""
    found: dict[str, dict[str, Any]] = {}
    for name in judging_names(folder):
        if name == but or record_of(folder, name).ask.get("by") != by:
            continue
        for data in _replies(judging_folder(folder, name) / "journal.db"):
            if data["key"] in keys:
                found.setdefault(data["key"], {part: data[part] for part in ("text", "finished", "key")})
    return found


def _replies(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        return
    with closing(Journal(path, read_only=True)) as journal:
        for outcome in journal.settled(0):
            if outcome.reply is not None and not outcome.error:
                yield outcome.reply.data


def write_listed(path: Path, rows: Iterable[JudgedRow]) -> None:
    lines = [
        json.dumps(
            {"id": row.id, "kind": row.kind, "values": row.values, "slices": row.slices, "cluster": row.cluster},
            ensure_ascii=False,
        )
        for row in rows
    ]
    write_atomic(path, "".join(f"{line}\n" for line in lines))


def read_listed(path: Path) -> list[Listed]:
    """The rows of a judging run. Raises InputError where the file is missing or damaged."""
    try:
        with path.open(encoding="utf-8") as file:
            data = [json.loads(line) for line in file]
        return [Listed(one["id"], one["kind"], tuple(one["values"]), one["slices"], one["cluster"]) for one in data]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is missing or damaged: {error}", hint="Restore it from a copy of the study."
        ) from None
