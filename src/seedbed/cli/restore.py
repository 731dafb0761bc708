"""seedbed restore"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedbed.cli.arguments import AsJson, NewStudy
from seedbed.cli.console import command, data, hint, note, working


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A zip file that seedbed backup wrote.")],
    folder: NewStudy,
    database: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Keep people's acts in this PostgreSQL database, whose schema has to be empty; without a password, "
            "which comes from PGPASSWORD or ~/.pgpass. Left out: in people.db.",
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Make a study from a backup, whole or not at all. Pages that were open on the old study begin anew."""
    from seedbed.study.restore import restore as make

    with working("Restoring") as listen:
        made = make(file, folder, database=database, listen=listen)
    if as_json:
        data({"schema": 1, "path": str(made.path), "files": made.files, "bytes": made.bytes, "made": made.made,
              "study": made.study, "seedbed": made.seedbed})  # fmt: skip
        return
    note(f"Restored: {made.path} ({made.files:,} files, {made.bytes / 1e6:.1f} MB)")
    note(f"  as {made.study} was on {made.made[:16].replace('T', ' ')} UTC")
    hint(command("status", made.path))
