"""The record of a workshop for others: by pseudonyms, with the words of those alone who agreed to have them used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from seedbed.replicate.contents import jsonl
from seedbed.seeds.consents import TRAINING, Standing, read_standing
from seedbed.seeds.record import write_record
from seedbed.seeds.record_columns import TABLES
from seedbed.settings import Settings
from seedbed.study import Folder
from seedbed.study.events import EventStore
from seedbed.study.workplace import workplace

__all__ = ["workshop_files"]

QUOTING = "quoting"
_PEOPLE = ("person", "added_by", "answered_by", "decided_by")
_NEVER: Mapping[str, frozenset[str]] = {
    "model_calls": frozenset({"prompt"}), "prompts": frozenset({"topic", "question_type"}),
    "triples": frozenset({"question"}),
}  # fmt: skip
"""What may be somebody's words whom the table does not name: what a model was shown, and what a group was given."""

_Row: TypeAlias = tuple[str | None, str | None, str | None]


def workshop_files(folder: Folder, settings: Settings, beside: Path) -> dict[str, bytes]:
    """{file name: JSON lines} of every table that has rows.

    Words stay where everybody who had a hand in them agreed to `training` and to `quoting`, else they are null, and the
    row is there all the same: counts stay true. `beside` is a folder in which something may be made.
    """
    workshop = settings.workshop
    with workplace(beside, ".seedbed-replicate-") as place:
        made = write_record(folder, place / "tables", "jsonl", pages=workshop.language, groups=workshop.groups)
        tables = {name: (made.folder / f"{name}.jsonl").read_text(encoding="utf-8") for name in made.rows}
    with EventStore.of(folder) as store:
        standing = read_standing(store, language=settings.language, pages=workshop.language)
    rows = {name: [json.loads(line) for line in text.splitlines()] for name, text in tables.items()}
    closed = _closed_rows(rows, standing)
    return {
        f"{name}.jsonl": jsonl([_agreed(name, row, standing, closed) for row in of_table])
        for name, of_table in rows.items() if of_table
    }  # fmt: skip


def _closed_rows(tables: Mapping[str, list[dict[str, Any]]], standing: Standing) -> set[_Row]:
    """The rows of boards in which somebody wrote who did not agree: nobody else's words about them quote them."""
    found: set[_Row] = set()
    for activity, name in (
        ("questions", "questions"),
        ("triples", "triples"),
        ("reflection", "reflections"),
        ("debrief", "debriefs"),
    ):
        for row in tables.get(name, ()):
            if not _open(row, standing):
                found.add((row["group"], activity, row["row"]))
    return found


def _agreed(table: str, row: dict[str, Any], standing: Standing, closed: set[_Row]) -> dict[str, Any]:
    words = {column.name for column in TABLES[table].columns if column.words}
    hidden = words & _NEVER.get(table, frozenset())
    of = (row.get("group"), row.get("activity", "questions" if table == "slots" else ""), row.get("row"))
    if not _open(row, standing) or of in closed:
        hidden = words
    return {name: None if name in hidden else value for name, value in row.items()}


def _open(row: Mapping[str, Any], standing: Standing) -> bool:
    """Whether everybody agreed who is named as having written in it."""
    people = {str(row[name]) for name in _PEOPLE if row.get(name)}
    people |= {person for person in str(row.get("authors") or "").split(";") if person}
    return all(_lets(standing, person) for person in people)


def _lets(standing: Standing, person: str) -> bool:
    """Whether their words may be given to others. Who is no member runs the study, and gives it."""
    if person not in standing.consents:
        return True
    return standing.lets(person, TRAINING) and standing.lets(person, QUOTING)
