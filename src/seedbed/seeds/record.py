"""The whole record of a workshop as flat tables: for a spreadsheet, a notebook, a statistics program."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Literal, get_args

from seedbed.errors import MissingExtra, UsageError
from seedbed.seeds.boards import read_board
from seedbed.seeds.consents import read_standing
from seedbed.seeds.fold import SeedsFold, read
from seedbed.seeds.record_columns import TABLES, Column, explained
from seedbed.seeds.record_leading import of_agenda, of_facilitation
from seedbed.seeds.record_lessons import of_lessons
from seedbed.seeds.record_rows import of_board, of_workshop
from seedbed.seeds.spreadsheets import defused
from seedbed.study import Folder, storage_errors
from seedbed.study.events import EventStore
from seedbed.study.workplace import workplace
from seedbed.workshop.agenda import Agenda
from seedbed.workshop.facilitation import Facilitation
from seedbed.workshop.members import Members
from seedbed.workshop.places import AGENDA, DEBRIEF, FACILITATION, WORKSHOP, parse_place

__all__ = ["FORMATS", "Format", "Written", "record_tables", "write_record"]

Format = Literal["csv", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
_README = "README.md"


@dataclass(frozen=True, slots=True)
class Written:
    """Where the record is, in which format, and how many rows each table has."""

    folder: Path
    format: Format
    rows: Mapping[str, int] = field(default_factory=dict)


def write_record(
    folder: Folder, target: Path, format: str, *, pages: str = "en", groups: Sequence[str] = ()
) -> Written:
    """Write every table to `target`, a new or empty folder, whole or not at all; and a README that explains them.

    Reads the study and never writes it; people may write meanwhile, and each board is as it stood when it was read.
    `pages` is the language of the workshop's default template, `groups` those that exist from the start.

    Raises NotAStudy, UsageError where `target` holds something or the format is none, MissingExtra where Parquet cannot
    be written, and what the store raises.
    """
    folder.check()
    chosen: Format | None = next((known for known in FORMATS if known == format), None)
    if chosen is None:
        raise UsageError(f"No format {format!r}", hint=f"Formats: {', '.join(FORMATS)}")
    write = _writer(chosen)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is there already", hint="Name a new folder, or an empty one.")
    tables = record_tables(folder, pages, groups)
    with workplace(target.parent, ".seedbed-record-") as made, storage_errors(target):
        for name, rows in tables.items():
            (made / f"{name}.{chosen}").write_bytes(write(TABLES[name].columns, rows))
        (made / _README).write_text(_readme(chosen, tables), encoding="utf-8")
        made.rename(target)  # over an empty folder too; it stays readable for its owner alone
    return Written(target, chosen, {name: len(rows) for name, rows in tables.items()})


def record_tables(folder: Folder, pages: str, groups: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Every table of the record by name, its rows with the columns of `TABLES`; all empty where nobody took part."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    if not folder.has_people:
        return found
    with EventStore.of(folder) as store:
        seeds: SeedsFold = read(store)
        standing = read_standing(store, language="", pages=pages)
        members = Members(groups).after(store.read(WORKSHOP))
        agenda_events = list(store.read(AGENDA))
        agenda = Agenda(pages).after(agenda_events)
        went = [event for event in agenda_events if event.kind == "step.go"]
        told = Facilitation().after(store.read(FACILITATION))
        boards = [place for doc in store.streams("board/") if (place := parse_place(doc))]
        named = dict.fromkeys([*members.groups, *(place.group for place in boards if place.activity.name != DEBRIEF)])
        for name, row in of_workshop(members, named, agenda, went, standing):
            found[name].append(row)
        for name, row in chain(of_agenda(agenda_events), of_facilitation(told), of_lessons(agenda_events)):
            found[name].append(row)
        for place in boards:
            for name, row in of_board(read_board(store.entries(place.stream), place), seeds, standing):
                found[name].append(row)
    return {name: [{column.name: row[column.name] for column in TABLES[name].columns} for row in rows]
            for name, rows in found.items()}  # fmt: skip


# --- formats ---------------------------------------------------------------------------------------------------------

_Write = Callable[[Sequence[Column], Sequence[Mapping[str, Any]]], bytes]


def _writer(format: Format) -> _Write:
    if format == "parquet":
        try:
            import polars  # noqa: F401
        except ImportError as error:
            raise MissingExtra(
                "Parquet files need polars", hint="pip install 'seedbed[local]', or take --format csv"
            ) from error
    return {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}[format]


def _csv(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> bytes:
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    writer.writerows([_cell(row[column.name]) for column in columns] for row in rows)
    return made.getvalue().encode("utf-8-sig")  # without the mark Excel takes the file for the computer's old code page


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return defused(value.replace("\0", ""))
    return str(value)


def _jsonl(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(dict(row), ensure_ascii=False) + "\n" for row in rows).encode()


def _parquet(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> bytes:
    import polars as pl

    types = {
        "text": pl.String(), "time": pl.String(), "whole number": pl.Int64(), "number": pl.Float64(),
        "yes or no": pl.Boolean(),
    }  # fmt: skip
    made = io.BytesIO()
    pl.DataFrame(list(rows), schema={item.name: types[item.kind] for item in columns}).write_parquet(made)
    return made.getvalue()


def _readme(format: Format, tables: Mapping[str, Sequence[Any]]) -> str:
    lines = ["# The record of a workshop", "", "One file a table. People are named by pseudonyms.", ""]
    for name, rows in tables.items():
        lines += [f"## {name}.{format}: {len(rows):,} rows", "", *explained(TABLES[name])]
    return "\n".join(lines).rstrip() + "\n"
