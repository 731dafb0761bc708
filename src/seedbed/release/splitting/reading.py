"""Anybody's splits from files: one file a split, or files with a column that names it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seedbed.errors import InputError, UsageError
from seedbed.measures.tokens import tokenise
from seedbed.seeds.decode import decode
from seedbed.seeds.tables import RawRow, Table, read_table

__all__ = ["TEXT_COLUMNS", "Split", "read_splits", "run_of_words"]

TEXT_COLUMNS = ("question", "prompt", "instruction", "input", "text", "query", "messages")
_SPLIT = "split"
_QUESTION_WORDS = 30  # texts with a median up to this are compared as questions are
_SHOWN = 12


@dataclass(slots=True)
class Split:
    """The texts of one split, and where each stands ("file:line"). `blank` counts rows without a word."""

    name: str
    places: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    blank: int = 0


def read_splits(
    files: Sequence[Path], columns: Sequence[str] = (), by: str = "", encoding: str | None = None
) -> tuple[list[Split], list[str]]:
    """The splits of `files` with the columns that were read. Of several `columns` the cells are joined to one text.

    Without `columns` the first of `TEXT_COLUMNS` that a file has is read; `by` names the column of the splits, which is
    looked for as "split" where there is one file. Raises InputError for a file that cannot be read or lacks a column,
    UsageError where there is but one split.
    """
    splits: dict[str, Split] = {}
    read: list[str] = []
    names = _names(files)
    for file in files:
        plain = file.suffix.lower() in (".txt", ".text")
        table = _lines(file, encoding) if plain else read_table(file, encoding=encoding)
        found = _columns(table, columns)
        read += [name for name in found if name not in read]
        named_by = _named_by(table, by, alone=len(files) == 1)
        for row in table.rows:
            if row.fault:
                raise InputError(f"{file}: {table.unit} {row.number}: {row.fault}")
            name = str(row.cells.get(named_by) or "").strip() if named_by else names[file]
            if not name:
                raise InputError(f"{file}: {table.unit} {row.number} names no split in {named_by!r}")
            split = splits.setdefault(name, Split(name))
            text = "\n".join(_text(row.cells.get(column), table, row, column) for column in found).strip()
            if not text:
                split.blank += 1
                continue
            split.places.append(f"{file.name}:{row.number}")
            split.texts.append(text)
    if len(splits) < 2:
        raise UsageError(
            "There is one split only, and nothing to hold it against",
            hint="Name a file for each split (train.csv test.csv), or the column that tells: --split COLUMN.",
        )
    return list(splits.values()), read


def run_of_words(splits: Sequence[Split]) -> int:
    """How many words in a row may not be shared: 8 for questions, 13 for texts that are longer in the median."""
    from seedbed.measures.contamination import LONG_NGRAM, QUESTION_NGRAM

    lengths = [len(tokenise(text)) for split in splits for text in split.texts[:1000]]
    return QUESTION_NGRAM if not lengths or statistics.median(lengths) <= _QUESTION_WORDS else LONG_NGRAM


def _names(files: Sequence[Path]) -> dict[Path, str]:
    """A file's name without its ending; the whole path where two are alike."""
    if len({file.resolve() for file in files}) < len(files):
        raise UsageError("A file is named twice", hint="Name each split's file once.")
    stems = [file.stem for file in files]
    return {file: file.stem if stems.count(file.stem) == 1 else str(file) for file in files}


def _lines(file: Path, encoding: str | None) -> Table:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"Cannot read {file}: {error.strerror}") from error
    lines = decode(content, file, encoding).splitlines()
    return Table(file, ("text",), tuple(RawRow(n, {"text": line}) for n, line in enumerate(lines, 1) if line.strip()))


def _columns(table: Table, wanted: Sequence[str]) -> list[str]:
    if missing := [name for name in wanted if name not in table.columns]:
        raise InputError(f"{table.path} has no column {missing[0]!r}", hint=f"It has: {_some(table.columns)}")
    if wanted:
        return list(wanted)
    plain = {column.strip().lower(): column for column in reversed(table.columns)}
    if found := next((plain[name] for name in TEXT_COLUMNS if name in plain), None):
        return [found]
    if len(table.columns) == 1:
        return [table.columns[0]]
    raise InputError(
        f"{table.path}: no column is named like a text", hint=f"Name it with --text. It has: {_some(table.columns)}"
    )


def _named_by(table: Table, by: str, *, alone: bool) -> str:
    if by and by not in table.columns:
        raise InputError(f"{table.path} has no column {by!r}", hint=f"It has: {_some(table.columns)}")
    if by or not alone:
        return by
    return next((column for column in table.columns if column.strip().lower() == _SPLIT), "")


def _text(value: Any, table: Table, row: RawRow, column: str) -> str:
    """A cell as text; a list of messages as what was said, a line each."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, dict) and isinstance(one.get("content"), str) for one in value):
        return "\n".join(one["content"] for one in value)
    raise InputError(
        f"{table.path}: {table.unit} {row.number}: {column!r} is neither text nor a list of messages",
        hint="Name another column with --text.",
    )


def _some(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:_SHOWN])
    return shown + (f" and {len(columns) - _SHOWN} more" if len(columns) > _SHOWN else "")
