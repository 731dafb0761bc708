"""Reading a file into rows of named cells: CSV, JSONL, JSON, Parquet, or a pasted sheet of notes.

Only form is judged here; what the cells mean is not. Every error names the file and the line.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from seedbed.errors import InputError, MissingExtra
from seedbed.seeds.columns import known_names, plain
from seedbed.seeds.decode import decode
from seedbed.seeds.notes import Reading, read_notes

__all__ = ["RawRow", "Table", "read_table"]

# csv refuses cells over 131,072 characters by itself, in its own words; too long ones are refused later, by row.
_CSV_CELL_LIMIT = 64 * 1024 * 1024
_DELIMITERS = {".csv": ",;\t|", ".tsv": "\t", ".tab": "\t"}


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: the number of its first line (or its place, in a format without lines), its cells, or its fault."""

    number: int
    cells: Mapping[str, Any]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows. `unit` says what their numbers count, `remarks` how the file was read where that was a choice."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[RawRow, ...]
    unit: str = "line"
    remarks: tuple[str, ...] = ()
    sha256: str = ""


def read_table(
    path: Path, *, encoding: str | None = None, given: Mapping[str, str] | None = None, notes: Reading = "auto"
) -> Table:
    """The rows of the file at `path`, by its ending.

    `given` are column names that the caller will ask for; they help to find the delimiter. Raises InputError for a
    file that is missing, undecodable or malformed, MissingExtra for Parquet without polars.
    """
    readers: dict[str, Callable[[], Table]] = {
        **{
            ending: lambda: _csv(path, _text(path, encoding), path.suffix.lower(), given or {})
            for ending in _DELIMITERS
        },
        ".jsonl": lambda: _jsonl(path, _text(path, encoding)),
        ".ndjson": lambda: _jsonl(path, _text(path, encoding)),
        ".json": lambda: _json(path, _text(path, encoding)),
        ".parquet": lambda: _parquet(path),
        ".txt": lambda: _sheet(path, _text(path, encoding), given or {}, notes),
        ".md": lambda: _sheet(path, _text(path, encoding), given or {}, notes),
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"{path}: files ending in {path.suffix or 'nothing'!r} are not read",
            hint=f"Save it as CSV in UTF-8. Read are: {' '.join(readers)}",
        )
    return replace(reader(), sha256=hashlib.sha256(_bytes(path)).hexdigest())


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"There is no file {path}") from None
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}") from error


def _text(path: Path, encoding: str | None) -> str:
    text = decode(_bytes(path), path, encoding)
    if not text.strip():
        raise InputError(f"{path} is empty")
    return text


# --- CSV ---------------------------------------------------------------------------------------------------------


def _csv(path: Path, text: str, ending: str, given: Mapping[str, str]) -> Table:
    csv.field_size_limit(max(_CSV_CELL_LIMIT, csv.field_size_limit()))
    first_line, delimiter = 1, ""
    if text[:4].lower() == "sep=":  # a line that some spreadsheets write before the header
        head, _, text = text.partition("\n")
        delimiter, first_line = head.strip()[4:5], 2
    delimiter = delimiter or _delimiter(text, _DELIMITERS[ending], given)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: tuple[str, ...] = ()
    rows: list[RawRow] = []
    end = 0
    try:
        for cells in reader:
            number, end = first_line + end, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                while cells and not cells[-1].strip():
                    cells.pop()  # columns that a spreadsheet left at the right edge
                columns = tuple(cell.strip() for cell in cells)
                continue
            rows.append(_csv_row(number, cells, columns))
    except csv.Error as error:
        raise InputError(
            f"{path}: the row that starts at line {first_line + end} is not CSV: {error}",
            hint="Often a double quote inside a cell that is not doubled, or one that is never closed.",
        ) from None
    return Table(path, columns, tuple(rows), remarks=_remark_delimiter(delimiter))


def _csv_row(number: int, cells: list[str], columns: tuple[str, ...]) -> RawRow:
    beyond = [cell for cell in cells[len(columns) :] if cell.strip()]
    if beyond:
        fault = f"it has {len(cells)} cells and the header {len(columns)}: a delimiter inside a cell may not be quoted"
        return RawRow(number, {}, fault)
    cells = cells + [""] * (len(columns) - len(cells))
    return RawRow(number, dict(zip(columns, cells, strict=False)))


def _remark_delimiter(delimiter: str) -> tuple[str, ...]:
    names = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
    return (f"Cells are separated by {names[delimiter]}.",) if delimiter in names else ()


def _delimiter(text: str, candidates: str, given: Mapping[str, str]) -> str:
    """The one whose header has the most names that we know; then the most cells; then the first in the list."""
    known = known_names() | {plain(column) for column in given.values()}
    best, best_score = candidates[0], (-1, -1)
    for delimiter in candidates:
        try:
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            header = next((row for row in rows if any(cell.strip() for cell in row)), [])
        except csv.Error:
            continue
        score = (sum(plain(cell) in known for cell in header), len(header))
        if score > best_score:
            best, best_score = delimiter, score
    return best


# --- JSON --------------------------------------------------------------------------------------------------------


def _jsonl(path: Path, text: str) -> Table:
    rows: list[RawRow] = []
    for number, line in enumerate(text.split("\n"), 1):  # not splitlines: U+2028 is a character of a JSON string
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: line {number} is not valid JSON: {error}") from None
        if not isinstance(item, dict):
            raise InputError(
                f"{path}: line {number} is {_json_name(item)}, not an object", hint='Each line is {"column": value, …}.'
            )
        rows.append(RawRow(number, item))
    return Table(path, _union(rows), tuple(rows))


def _json(path: Path, text: str) -> Table:
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: line {error.lineno} is not valid JSON: {error.msg}") from None
    except RecursionError:
        raise InputError(f"{path} is nested too deeply") from None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InputError(f"{path} is not a list of objects", hint='Write [{"column": value, …}, …], or use .jsonl.')
    rows = [RawRow(number, item) for number, item in enumerate(items, 1)]
    return Table(path, _union(rows), tuple(rows), unit="row")


def _json_name(item: object) -> str:
    names = {list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(item), "a number")


def _union(rows: list[RawRow]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column for row in rows for column in row.cells))


# --- Parquet -----------------------------------------------------------------------------------------------------


def _parquet(path: Path) -> Table:
    try:
        import polars as pl
    except ImportError as error:
        raise MissingExtra(
            f"Reading {path} needs polars, which is not installed", hint="pip install 'seedbed[tables]'"
        ) from error
    if not path.is_file():
        raise InputError(f"There is no file {path}")
    try:
        frame = pl.scan_parquet(path).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{path} is no Parquet file that can be read: {error}") from error
    rows = tuple(RawRow(number, item) for number, item in enumerate(frame.iter_rows(named=True), 1))
    return Table(path, tuple(frame.columns), rows, unit="row")


# --- notes -------------------------------------------------------------------------------------------------------


def _sheet(path: Path, text: str, given: Mapping[str, str], reading: Reading) -> Table:
    head = text.lstrip("\ufeff\r\n \t").partition("\n")[0]
    names = [plain(cell) for cell in head.split("\t")]
    if reading == "auto" and len(names) > 1 and sum(name in known_names() for name in names) * 2 > len(names):
        return _csv(path, text, ".tsv", given)  # a spreadsheet's "text" export: a table with tabs
    notes, remark = read_notes(text, reading)
    rows = tuple(RawRow(note.line, note.cells()) for note in notes)
    return Table(path, ("topic", "question type", "question"), rows, remarks=(remark,))
