"""seedbed record"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedbed.cli.arguments import AsJson, StudyFolder
from seedbed.cli.console import data, note


def record(
    folder: StudyFolder,
    to: Annotated[
        Path, typer.Option("--to", metavar="FOLDER", help="A new or empty folder for the tables.", show_default=False)
    ],
    format: Annotated[str, typer.Option(help="csv, jsonl or parquet.")] = "csv",
    as_json: AsJson = False,
) -> None:
    """Write everything that people did in the workshop as flat tables.

    One file a table: rows, comments, ratings, model calls and the rest, by pseudonyms only. It reads and never writes
    the study, so it may run while people write. What each column holds stands in a README beside the files.
    """
    from seedbed.acts import Study

    written = Study.open(folder).record(to, format)
    if as_json:
        data({"schema": 1, "folder": str(written.folder), "format": written.format, "rows": dict(written.rows)})
        return
    for name, rows in written.rows.items():
        if rows:
            note(f"  {name:<12} {rows:,}")
    note(f"{sum(written.rows.values()):,} rows in {len(written.rows)} tables: {written.folder}")
