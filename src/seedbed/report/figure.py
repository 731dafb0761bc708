"""What a figure is: a title that says the finding, panels, how to read it, the evidence, so what, and its table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from seedbed.report.charts import Panel
from seedbed.report.render import Picture
from seedbed.report.view import Group
from seedbed.seeds.spreadsheets import defused

__all__ = ["Block", "Figure", "Table", "drawn_panel", "to_csv"]


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
    table: Table | None = None
    """The numbers of these panels, where they are others than the figure's table holds."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: 1 to 7 are those of the paper's appendix A, later numbers are ours."""

    number: int
    slug: str
    title: str
    what: str
    blocks: tuple[Block, ...]
    read: str
    evidence: tuple[str, ...]
    so_what: str
    table: Table

    @property
    def distances(self) -> Table | None:
        """How far the sets lie from the seeds, of all blocks that say so."""
        found = [block.table for block in self.blocks if block.table is not None]
        return Table(found[0].headers, tuple(row for table in found for row in table.rows), found[0].numeric) if (
            found) else None  # fmt: skip


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
        writer.writerow([cell if place in table.numeric else defused(cell) for place, cell in enumerate(row)])
    return buffer.getvalue()
