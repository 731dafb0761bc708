"""What an import did, for the person who ran it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from seedbed.records import Origin
from seedbed.seeds.columns import Kind
from seedbed.seeds.drafts import LabelKind

__all__ = ["BadRow", "Formula", "ImportReport", "UnknownLabel"]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out, and why. `number` is its first line, or its place in a format without lines."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that a spreadsheet would take for a formula: kept as text, quoted again when it goes out as CSV."""

    number: int
    field: str


@dataclass(frozen=True, slots=True)
class UnknownLabel:
    """A label that the taxonomy does not know, on how many rows, and the nearest known id for a person to confirm."""

    kind: LabelKind
    raw: str
    suggestion: str | None
    count: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One import. rows_in == added + skipped + len(bad); `skipped` rows were there already, `bad` ones left out."""

    file: Path
    kind: Kind
    origin: Origin
    mapping: dict[str, str]
    unused: tuple[str, ...] = ()
    rows_in: int = 0
    added: int = 0
    skipped: int = 0
    bad: tuple[BadRow, ...] = ()
    labels: tuple[UnknownLabel, ...] = ()
    formulas: tuple[Formula, ...] = ()
    warnings: tuple[str, ...] = ()
    ids: tuple[str, ...] = field(default=(), repr=False)
    run: str | None = None
    taxonomy: int = 1
