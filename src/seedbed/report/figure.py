"""What a figure is: a title that says the finding, panels, how to read it, the evidence, so what, and its table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from seedbed.report.charts import Panel
from seedbed.report.render import Picture
from seedbed.report.view import Group

__all__ = ["Block", "Figure", "Table", "drawn_panel", "to_csv"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers behind a figure. `numeric` columns are set in tabular figures, to the right."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int]


@dataclass(frozen=True, slots=True)
class Block:
    """A row of panels under a heading of its own: pictures, and what is missing in words."""

    heading: str
    panels: tuple[tuple[str, Picture | None, str], ...]
    """(title, the picture or None, its words: what a reader who does not see it is told, or why there is none)"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the seven figures of the paper's appendix A."""

    number: int
    slug: str
    title: str
    what: str
    blocks: tuple[Block, ...]
    read: str
    evidence: tuple[str, ...]
    so_what: str
    table: Table


def drawn_panel(group: Group) -> Panel:
    """The chart's panel for a group of arms: its title, and under it what its bars are."""
    parts = [f"{arm.name} ({arm.n:,})" for arm in group.arms]
    return Panel(group.title, " · ".join(parts), tuple((arm.key, arm.role, arm.filled) for arm in group.arms))


def to_csv(table: Table) -> str:
    """The table as CSV (RFC 4180). A cell that a spreadsheet would take for a formula is quoted with an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(table.headers)
    for row in table.rows:
        writer.writerow([_safe(cell, numeric=place in table.numeric) for place, cell in enumerate(row)])
    return buffer.getvalue()


def _safe(cell: str, *, numeric: bool) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not numeric else cell
